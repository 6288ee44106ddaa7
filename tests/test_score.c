/* Role: the score on whole mails: what it may depend on and what not, and that it adds up.
 * May not: judge how well the model tells spam; docs/score/model.md does that on mail that is not part of the project. */
#include <check.h>
#include <glib.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "rule/engine.h"
#include "rule/score.h"
#include "run.h"

#define HEAD "From: \"Kadowaki Books\" <news@example.jp>\nTo: reader@example.jp\nDate: Tue, 24 Nov 2026 00:00:00 +0000\nMessage-ID: <1@example.jp>\n"
#define MIME "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n"

static const char good_ja[] = "図書館だより 11 月号をお届けします。\n\n今月の展示は「冬の星座」です。市内の天文台から借りた望遠鏡を 12 月 20 日まで展示しています。\n"
			      "読み聞かせの会は毎週土曜日の午後に開きます。お子さんと一緒にお越しください。\n";
static const char bad_ja[] = "お客様のアカウントが不正利用された可能性があるため、ご利用を一時停止しました。\n24 時間以内に下記のリンクよりログインし、カード情報を更新してください。\n"
			     "確認がない場合はアカウントを永久に凍結いたします。\nhttp://203.0.113.7/login\n";
static const char good_en[] = "Hello everybody,\n\nthe new release is out. It fixes the crash with long file names that Kim reported, and the manual has a chapter on locales.\n"
			      "Thanks to all who sent patches; please try it and tell us on the tracker what breaks.\n";
static const char bad_en[] = "Dear friend,\n\nYou have been selected! Make $5,000 a week from home, no experience needed, 100% guaranteed.\n"
			     "Click here now to claim your free money, this offer will not last. Lowest prices on viagra, no prescription.\n";


static GPtrArray *lint(const char *mail, size_t n, enum stage stage, double prior)
{
	struct lint_options options = { .stage = stage, .stage_given = stage != STAGE_DRAFT, .profiles = PROFILE_GMAIL | PROFILE_GMAIL_BULK, .now = 1795478430,
					.prior = prior, .select = g_ptr_array_new() };
	const struct rule_set set = *builtin_rules();
	GPtrArray *results = run_lint_bytes(&set, &options, "a.eml", span_of(mail, n), false, TEMPLATE_NONE);

	g_ptr_array_free(options.select, TRUE);
	return results;
}

static void release(GPtrArray *results)
{
	for (guint i = 0; i < results->len; i++)
		message_result_free(g_ptr_array_index(results, i));
	g_ptr_array_free(results, TRUE);
}

static const struct score *score_in(const GPtrArray *results)
{
	ck_assert_uint_eq(results->len, 1);
	const struct message_result *result = g_ptr_array_index(results, 0);
	ck_assert_ptr_nonnull(result->score);
	return result->score;
}

static struct score score_of(const char *mail, enum stage stage, double prior)
{
	GPtrArray *results = lint(mail, strlen(mail), stage, prior);
	struct score out = *score_in(results);

	out.contributions = NULL;
	out.verdict = strcmp(out.verdict, "clean") == 0 ? "clean" : strcmp(out.verdict, "suspicious") == 0 ? "suspicious" : "spam-like";
	release(results);
	return out;
}

static struct score score_of_text(const char *subject, const char *text)
{
	char *mail = g_strconcat(HEAD, MIME, "Subject: ", subject, "\n\n", text, NULL);
	struct score out = score_of(mail, STAGE_DRAFT, 0);

	g_free(mail);
	return out;
}

/* The probability is a function of the points at the model's prior. */
static double probability_of(double points)
{
	return 1 / (1 + exp(-((points - SCORE_LINE) / SCORE_SCALE + builtin_score_model.suspicious)));
}

/* Contributions add up, and each has a place, a rule or a name. */
static const char *const files[] = { "corpus/bad/unsolicited-ad-label.eml", "corpus/bad/founding-story.eml", "corpus/good/fashion-sale-base64.eml",
				     "corpus/good/three-issues.mbox", "corpus/good/english-bookshop-qp.eml", "corpus/bad/hidden-keywords.eml" };

START_TEST(adds_up)
{
	char *mail;
	gsize n;
	ck_assert(g_file_get_contents(files[_i], &mail, &n, NULL));
	GPtrArray *results = lint(mail, n, STAGE_DRAFT, 0);

	for (guint r = 0; r < results->len; r++) {
		const struct message_result *result = g_ptr_array_index(results, r);
		const struct score *score = result->score;
		double sum = 0;
		bool has_start = false;
		for (size_t i = 0; i < score->n_contributions; i++) {
			const struct contribution *contribution = &score->contributions[i];
			sum += contribution->points;
			has_start |= contribution->kind == CONTRIBUTION_START;
			ck_assert(i == 0 || contribution->points <= score->contributions[i - 1].points);
			if (contribution->kind == CONTRIBUTION_LINE || contribution->kind == CONTRIBUTION_SUBJECT || contribution->kind == CONTRIBUTION_SENDER) {
				ck_assert_ptr_nonnull(contribution->excerpt);
				ck_assert_uint_gt(contribution->start.line, 0);
				ck_assert_uint_le(contribution->start.offset, contribution->end.offset);
				ck_assert_uint_le(contribution->end.offset, n);
			}
			if (contribution->kind == CONTRIBUTION_RULE && contribution->definition)
				ck_assert_str_eq(contribution->definition->id, contribution->name);
		}
		ck_assert(has_start);
		ck_assert_double_eq_tol(score->points, sum, 1e-9);
		ck_assert_double_eq_tol(score->probability, probability_of(score->points), 1e-3);
	}
	release(results);
	g_free(mail);
}
END_TEST

/* What transport and list software add says nothing. */
START_TEST(delivered_copy)
{
	static const char *const added[] = {
		"Received: from mx.example.net (mx.example.net [192.0.2.1]) by mail.example.org; Tue, 24 Nov 2026 00:00:05 +0000\n",
		"Return-Path: <bounce@bulk.example.net>\n",
		"DKIM-Signature: v=1; a=rsa-sha256; d=example.net; s=k1; h=from:to:subject; bh=AAAA; b=AAAA\n",
		"ARC-Seal: i=1; a=rsa-sha256; d=example.net; s=k1; cv=none; b=AAAA\n",
		"Authentication-Results: mx.example.org; spf=fail; dkim=fail; dmarc=fail\n",
		"X-Spam-Flag: YES\nX-Spam-Status: Yes, score=20\nX-Spam-Level: ********************\n",
		"List-Id: <talk.example.net>\nList-Post: <mailto:talk@example.net>\nPrecedence: bulk\nSender: talk-bounces@example.net\n",
		"X-Mailer: Bulk Mailer 1.0\nX-Priority: 1\n",
	};
	static const char *const texts[] = { good_ja, bad_ja, good_en, bad_en };

	for (size_t k = 0; k < G_N_ELEMENTS(texts); k++) {
		char *draft = g_strconcat(HEAD, MIME, "Subject: News\n\n", texts[k], NULL);
		char *copy = g_strconcat(added[_i], draft, NULL);
		struct score before = score_of(draft, STAGE_DRAFT, 0);
		ck_assert_double_eq(before.points, score_of(copy, STAGE_DRAFT, 0).points);
		ck_assert_double_eq(before.points, score_of(copy, STAGE_RECEIVED, 0).points);
		ck_assert_double_eq(before.points, score_of(draft, STAGE_FINAL, 0).points);
		g_free(draft);
		g_free(copy);
	}
}
END_TEST

/* What list software writes into the mail says nothing either. */
START_TEST(list_software)
{
	static const char footer[] = "_______________________________________________\nTalk mailing list\ntalk@lists.example.net\nhttps://lists.example.net/mailman/listinfo/talk\n";
	char *with = g_strconcat(bad_en, footer, NULL);

	ck_assert_double_eq(score_of_text("News", bad_en).points, score_of_text("News", with).points);
	ck_assert_double_eq(score_of_text("News", bad_en).points, score_of_text("Re: [Talk] News", bad_en).points);
	g_free(with);
}
END_TEST

static char *encode_qp(const char *text)
{
	GString *out = g_string_new(NULL);
	size_t column = 0;

	for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
		if (*p == '\n') {
			g_string_append_c(out, '\n');
			column = 0;
			continue;
		}
		if (column > 70) {
			g_string_append(out, "=\n");
			column = 0;
		}
		if (*p == '=' || *p > '~' || (*p == ' ' && p[1] == '\n')) {
			g_string_append_printf(out, "=%02X", *p);
			column += 3;
		} else {
			g_string_append_c(out, (char)*p);
			column++;
		}
	}
	return g_string_free(out, FALSE);
}

static char *encode_base64(const char *text, size_t n)
{
	char *flat = g_base64_encode((const guchar *)text, n);
	GString *out = g_string_new(NULL);

	for (size_t i = 0; i < strlen(flat); i += 76)
		g_string_append_printf(out, "%.76s\n", flat + i);
	g_free(flat);
	return g_string_free(out, FALSE);
}

/* Charset, transfer encoding, line ends: the same text has the same score. */
START_TEST(encodings)
{
	static const char *const texts[] = { good_ja, bad_ja, good_en, bad_en };
	const char *text = texts[_i];
	double want = score_of_text("News", text).points;
	char *qp = encode_qp(text), *base64 = encode_base64(text, strlen(text));
	gsize n;
	char *jis = g_convert(text, -1, "ISO-2022-JP", "UTF-8", NULL, &n, NULL), *sjis = g_convert(text, -1, "SHIFT_JIS", "UTF-8", NULL, NULL, NULL);
	ck_assert(jis && sjis);
	char *jis64 = encode_base64(jis, n);
	const char *const parts[][3] = { { "utf-8", "quoted-printable", qp }, { "utf-8", "base64", base64 }, { "iso-2022-jp", "7bit", jis },
					 { "shift_jis", "8bit", sjis }, { "iso-2022-jp", "base64", jis64 } };

	for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
		char *mail = g_strdup_printf(HEAD "Subject: News\nMIME-Version: 1.0\nContent-Type: text/plain; charset=%s\nContent-Transfer-Encoding: %s\n\n%s", parts[i][0],
					     parts[i][1], parts[i][2]);
		char **lines = g_strsplit(mail, "\n", -1);
		char *crlf = g_strjoinv("\r\n", lines);
		ck_assert_msg(fabs(score_of(mail, STAGE_DRAFT, 0).points - want) < 1e-9, "%s %s", parts[i][0], parts[i][1]);
		ck_assert_msg(fabs(score_of(crlf, STAGE_DRAFT, 0).points - want) < 1e-9, "%s %s, CRLF", parts[i][0], parts[i][1]);
		g_strfreev(lines);
		g_free(mail);
		g_free(crlf);
	}
	ck_assert_double_eq(score_of_text("=?utf-8?B?44GK55+l44KJ44Gb?=", text).points, score_of_text("=?iso-2022-jp?B?GyRCJCpDTiRpJDsbKEI=?=", text).points);
	g_free(qp);
	g_free(base64);
	g_free(jis);
	g_free(sjis);
	g_free(jis64);
}
END_TEST

/* The same text as HTML, alone or beside the plain text: a move of less than 0.05 (0.01 where both alternatives say the same). */
START_TEST(wrapped_in_html)
{
	static const char *const texts[] = { good_ja, bad_ja, good_en, bad_en };
	const char *text = texts[_i];
	char **paragraphs = g_strsplit(text, "\n", -1), *body = g_strjoinv("<br>\n", paragraphs);
	char *page = g_strdup_printf("<!DOCTYPE html><html><body><p>%s</p></body></html>\n", body);
	char *alone = g_strdup_printf(HEAD "Subject: News\nMIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n%s", page);
	char *both = g_strdup_printf(HEAD "Subject: News\nMIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain; charset=utf-8\n"
				     "Content-Transfer-Encoding: 8bit\n\n%s\n--b\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n%s\n--b--\n", text, page);
	double want = score_of_text("News", text).probability;

	ck_assert_double_eq_tol(score_of(alone, STAGE_DRAFT, 0).probability, want, 0.05);
	ck_assert_double_eq_tol(score_of(both, STAGE_DRAFT, 0).probability, want, 0.01);
	g_strfreev(paragraphs);
	g_free(body);
	g_free(page);
	g_free(alone);
	g_free(both);
}
END_TEST

/* The order of paragraphs says nothing, their content all. */
START_TEST(paragraphs)
{
	static const char *const texts[][2] = { { good_ja, bad_ja }, { good_en, bad_en } };
	const char *good = texts[_i][0], *bad = texts[_i][1];
	char *one = g_strconcat(good, "\n", bad, NULL), *other = g_strconcat(bad, "\n", good, NULL);
	double of_good = score_of_text("News", good).points, of_bad = score_of_text("News", bad).points, mixed = score_of_text("News", one).points;

	ck_assert_double_eq_tol(mixed, score_of_text("News", other).points, 1e-3);
	ck_assert_double_lt(of_good, mixed);
	ck_assert_double_lt(mixed, of_bad);
	ck_assert_str_eq(score_of_text("News", good).verdict, "clean");
	ck_assert_double_gt(score_of_text("News", bad).probability, 0.5);
	g_free(one);
	g_free(other);
}
END_TEST

/* Nothing to read is no reason for suspicion: the probability of any mail. */
START_TEST(nothing)
{
	static const char *const mails[] = { HEAD "Subject:\n\n", HEAD MIME "\n", HEAD MIME "Subject: \n\n\n\n" };
	struct score score = score_of(mails[_i], STAGE_DRAFT, 0);

	ck_assert_double_le(score.probability, 0.55);
	ck_assert_str_eq(score.verdict, "clean");
}
END_TEST

/* Another prior moves the probability as Bayes has it, and nothing else. */
START_TEST(prior)
{
	static const double priors[] = { 0.01, 0.05, 0.5, 0.9 };
	char *mail = g_strconcat(HEAD, MIME, "Subject: News\n\n", bad_en, NULL);
	struct score at_model = score_of(mail, STAGE_DRAFT, 0);
	double odds = at_model.probability / (1 - at_model.probability) * (1 - builtin_score_model.prior) / builtin_score_model.prior;

	for (size_t i = 0; i < G_N_ELEMENTS(priors); i++) {
		struct score score = score_of(mail, STAGE_DRAFT, priors[i]);
		double there = odds * priors[i] / (1 - priors[i]);
		ck_assert_double_eq_tol(score.probability, there / (1 + there), 1e-6);
		ck_assert_double_eq(score.points, at_model.points);
		ck_assert_str_eq(score.verdict, at_model.verdict);
	}
	g_free(mail);
}
END_TEST

/* Being Japanese is no offence: pieces of daily life, each alone, are clean, and a language's own signs weigh nothing. */
static const char *const daily[] = {
	"定例会を次の水曜日に開きます。場所は公民館の二階です。",
	"新刊のご案内です。十二月は詩集を三冊出します。",
	"先月号の訂正です。七頁の写真の説明が入れ替わっていました。",
	"駅前の工事のため、来週からバス停が南口に移ります。",
};

START_TEST(japanese)
{
	struct score score = score_of_text("お知らせ", daily[_i]);

	ck_assert_msg(strcmp(score.verdict, "clean") == 0, "%s: %.2f", daily[_i], score.points);
}
END_TEST

/* What the advice promises comes true when the lines are really taken out, and an unreachable limit is said to be one. */
START_TEST(advised)
{
	struct lint_options options = { .profiles = PROFILE_GMAIL | PROFILE_GMAIL_BULK, .now = 1795478430, .advice = true, .select = g_ptr_array_new() };
	const struct rule_set set = *builtin_rules();
	char *mail = g_strconcat(HEAD, MIME, "Subject: News\n\n", bad_en, "\n", good_en, NULL);
	static const double wanted[] = { 1.0, 0.5, -1000, 1000 };
	struct score before = score_of(mail, STAGE_DRAFT, 0);

	options.advice_limit = wanted[_i] == 1000 || wanted[_i] == -1000 ? wanted[_i] : before.points - wanted[_i];
	GPtrArray *results = run_lint_bytes(&set, &options, "a.eml", span_str(mail), false, TEMPLATE_NONE);
	const struct advice *advice = score_in(results)->advice;
	ck_assert_ptr_nonnull(advice);
	ck_assert_int_eq(advice->reached, wanted[_i] != -1000);
	ck_assert_int_eq(advice->n_edits > 0, wanted[_i] != 1000);
	ck_assert(advice->reached == (advice->points <= advice->limit + 1e-4));
	double sum = 0;
	bool lines_only = true;
	GString *rest = g_string_new(mail);
	for (size_t i = 0; i < advice->n_edits; i++) {
		const struct contribution *what = &advice->edits[i].what;
		sum += advice->edits[i].gain;
		lines_only &= what->kind == CONTRIBUTION_LINE;
		if (what->kind == CONTRIBUTION_LINE)
			memset(rest->str + what->start.offset, ' ', what->end.offset - what->start.offset);
	}
	ck_assert_double_eq_tol(before.points - sum, advice->points, 1e-2);
	if (wanted[_i] < 1000 && wanted[_i] > -1000) {
		ck_assert(lines_only);
		ck_assert_double_eq_tol(score_of(rest->str, STAGE_DRAFT, 0).points, advice->points, 1e-2);
	}
	g_string_free(rest, TRUE);
	g_free(mail);
	release(results);
	g_ptr_array_free(options.select, TRUE);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("score");
	TCase *tcase = tcase_create("score");
	SRunner *runner;
	int failed;

	message_library_init();
	tcase_add_loop_test(tcase, adds_up, 0, G_N_ELEMENTS(files));
	tcase_add_loop_test(tcase, delivered_copy, 0, 8);
	tcase_add_test(tcase, list_software);
	tcase_add_loop_test(tcase, encodings, 0, 4);
	tcase_add_loop_test(tcase, wrapped_in_html, 0, 4);
	tcase_add_loop_test(tcase, paragraphs, 0, 2);
	tcase_add_loop_test(tcase, nothing, 0, 3);
	tcase_add_test(tcase, prior);
	tcase_add_loop_test(tcase, japanese, 0, G_N_ELEMENTS(daily));
	tcase_add_loop_test(tcase, advised, 0, 4);
	suite_add_tcase(suite, tcase);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
