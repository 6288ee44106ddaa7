/* One row speaks for others of its shape (row_shape.c): the report is the same as when each row is linted. Values are made of names, numbers and tokens,
 * of what means something in a mail, and of the words that rules look for, whole, in parts, and inside of names. */
#include <check.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "mail/input.h"
#include "rule/engine.h"
#include "run.h"

enum { ROWS = 1500 };

static const char *const templates[][2] = {
	{ "weekly.html.j2", "---\nsubject: '{{ name }} 様、11 月号'\n---\n<html lang=ja><body><p>{{ name }}様</p><p>{{ city }}のお店から。ポイントは {{ points }} です。</p>"
			    "<p>{% if code %}<a href='https://shop.hanami-books.jp/c?code={{ code }}'>使う</a>{% endif %}</p>"
			    "<p>花見書店 {{ mail }} 宛て <a href='{{ url }}'>配信停止</a></p></body></html>\n" },
	{ "weekly.html.liquid", "<html lang=en><body><p>Dear {{ name }},</p><p title='{{ city }}'>From <b>{{ city }}</b>: only {{ points }} left until "
				"{{ points }}/12, {{ points }}% for {{ name }}.</p><p>{{ code }} {{ mail }}</p><p><a href='https://hanami-books.jp/u/{{ code }}'>"
				"unsubscribe</a> {{ url }}</p></body></html>\n" },
	{ "weekly.txt.j2", "Subject: {{ city }} {{ name }}\nFrom: \"{{ name }}\" <news@hanami-books.jp>\n\n{{ name }}さま\n\n{{ city }}{{ name }}料{{ city }}金 {{ points }}円 {{ points }}\n"
			"無{{ name }}料 今{{ city }}だけ\n{{ code }}\n配信停止: {{ url }}\n{{ mail }}\n" },
};

static const char *const names[] = { "山田", "佐藤", "田中", "斎藤", "花子", "太郎", "さくら", "ユキ", "Sato", "Smith", "O'Brien", "Zoë", "ANNA", "Lee", "Yamada", "林", "中", "本田" };
static const char *const odd[] = { "",	     "null",	 "無料",      "今だけ",	   "100%",  "12/25(月)",  "11月31日", "25:61",	 "Act now",	 "FREE",      "ＦＲＥＥ",
				   "v i a g r a", "無 料",	 "髙橋",      "①",	   "ﾔﾏﾀﾞ",  "<b>x</b>",	  "R&D",      "R&amp;D", "\"x\"",	 "a\u200bb",  "縺ゅ→縺",
				   "配信停止",	  "お客様",	 "https://bit.ly/x",	   "0120-123-456", "1,980円",	  "¥500",     "!!!",	 "🎉",	 "محمد",
				   "paypa1",	  "раураl",	 "株式会社",  "ご当選",	   "2026年11月24日",	  "{{ x }}",  "[NAME]",	 "○○", "undefined" };

static GPtrArray *words;

static void collect_words(void)
{
	words = g_ptr_array_new();
	for (size_t i = 0; i < builtin_rules()->n; i++) {
		const struct rule *rule = builtin_rules()->rules[i];
		for (size_t k = 0; k < rule->n_settings; k++)
			for (const char *const *word = rule->settings[k].list; word && *word; word++)
				if (strlen(*word) < 40)
					g_ptr_array_add(words, (gpointer)*word);
		if (rule->match)
			for (const struct rule_match *const *child = rule->match->children; child && *child; child++)
				for (const char *const *word = (*child)->phrases; word && *word; word++)
					if (strlen(*word) < 40)
						g_ptr_array_add(words, (gpointer)*word);
	}
	ck_assert_uint_gt(words->len, 1000);
}

static const char *any_of(GRand *rand, const char *const *list, size_t n)
{
	return list[g_rand_int_range(rand, 0, (gint32)n)];
}

/* The first or the last half of a word, by characters. */
static char *half(GRand *rand, const char *word)
{
	glong n = g_utf8_strlen(word, -1);

	return g_rand_boolean(rand) ? g_utf8_substring(word, 0, (n + 1) / 2) : g_utf8_substring(word, n / 2, n);
}

static char *any_name(GRand *rand)
{
	const char *a = any_of(rand, names, G_N_ELEMENTS(names)), *b = any_of(rand, names, G_N_ELEMENTS(names));
	static const char *const between[] = { "", " ", "　" };

	return g_strconcat(a, any_of(rand, between, G_N_ELEMENTS(between)), b, NULL);
}

static char *any_text(GRand *rand)
{
	const char *word = words->pdata[g_rand_int_range(rand, 0, (gint32)words->len)];
	char *name = any_name(rand), *part = half(rand, word), *text;

	switch (g_rand_int_range(rand, 0, 12)) {
	case 0: text = g_strdup(any_of(rand, odd, G_N_ELEMENTS(odd))); break;
	case 1: text = g_strdup(word); break;
	case 2: text = g_strconcat(name, word, NULL); break;
	case 3: text = g_strdup(part); break;
	default: text = g_strdup(name);
	}
	g_free(name);
	g_free(part);
	return text;
}

static char *any_token(GRand *rand, size_t n, const char *letters)
{
	char *token = g_malloc0(n + 1);

	for (size_t i = 0; i < n; i++)
		token[i] = letters[g_rand_int_range(rand, 0, (gint32)strlen(letters))];
	return token;
}

static void add_field(GString *csv, char *text, char behind)
{
	char **parts = g_strsplit(text, "\"", -1), *doubled = g_strjoinv("\"\"", parts);

	g_string_append_printf(csv, "\"%s\"%c", doubled, behind);
	g_strfreev(parts);
	g_free(doubled);
	g_free(text);
}

static GString *make_data(guint32 seed)
{
	GRand *rand = g_rand_new_with_seed(seed);
	GString *csv = g_string_new("name,city,points,code,mail,url\n");

	for (int i = 0; i < ROWS; i++) {
		bool odd_one = g_rand_int_range(rand, 0, 15) == 0;
		char *local = any_token(rand, 6, "abcdefgh");
		char *token = any_token(rand, 12, "0123456789abcdef");
		add_field(csv, any_text(rand), ',');
		add_field(csv, any_text(rand), ',');
		add_field(csv, g_strdup_printf("%d", g_rand_int_range(rand, 0, odd_one ? 100 : 100000)), ',');
		add_field(csv, odd_one ? any_text(rand) : any_token(rand, 10, "ABCDEFGH23456789"), ',');
		add_field(csv, g_strconcat(odd_one ? "info" : local, odd_one ? "@hanami-books.jp" : "@example.com", NULL), ',');
		add_field(csv, g_strconcat(odd_one ? "http://192.0.2.1/" : "https://hanami-books.jp/u/", token, NULL), '\n');
		g_free(token);
		g_free(local);
	}
	g_rand_free(rand);
	return csv;
}

static GString *report(const struct lint_options *options, const char *const *template, const GString *csv, bool each_row)
{
	const struct rule_set set = *builtin_rules();
	enum template_kind template_kind = TEMPLATE_NONE;
	GPtrArray *errors = g_ptr_array_new_with_free_func(g_free);
	GString *out = g_string_new(NULL);

	ck_assert_int_eq(input_kind_of(template[0], &template_kind), INPUT_TEMPLATE);
	GPtrArray *results = run_lint_rows(&set, options, template[0], span_str(template[1]), (int)template_kind, span_of(csv->str, csv->len), each_row, errors);
	ck_assert_msg(results != NULL, "%s", errors->len ? (const char *)errors->pdata[0] : "");
	for (guint i = 0; i < results->len; i++) {
		struct message_result *result = g_ptr_array_index(results, i);
		for (size_t k = 0; k < result->n_findings; k++) {
			const struct finding *finding = &result->findings[k];
			g_string_append_printf(out, "%s %s %zu %zu %s", finding->rule->id, finding->message->case_name, finding->start.offset, finding->end.offset, finding->print);
			for (size_t r = 0; finding->rows && r < finding->rows->n_first; r++)
				g_string_append_printf(out, " %zu of %zu: %s %s", finding->rows->first[r].number, finding->rows->n, finding->rows->first[r].values,
						       finding->rows->first[r].becomes);
			g_string_append_c(out, '\n');
		}
		message_result_free(result);
	}
	g_ptr_array_free(results, TRUE);
	g_ptr_array_unref(errors);
	return out;
}

static void assert_same_lines(const char *full, const char *quick)
{
	char **a = g_strsplit(full, "\n", -1), **b = g_strsplit(quick, "\n", -1);
	size_t i = 0;

	while (a[i] && b[i] && strcmp(a[i], b[i]) == 0)
		i++;
	ck_assert_msg(!a[i] && !b[i], "each row: %.400s\none for all: %.400s", a[i] ? a[i] : "-", b[i] ? b[i] : "-");
	g_strfreev(a);
	g_strfreev(b);
}

START_TEST(same_as_each_row)
{
	const size_t n = G_N_ELEMENTS(templates);
	struct lint_options options = { .stage = STAGE_DRAFT, .mail_class = CLASS_NEWSLETTER, .volume = VOLUME_BULK,
					.profiles = PROFILE_GMAIL | PROFILE_GMAIL_BULK | PROFILE_JAPAN_CARRIERS | PROFILE_LAW_JP,
					.target_jis = _i % 2 == 1, .now = 1795478430 };

	collect_words();
	GString *csv = make_data((guint32)(_i * 7919 + 1));
	GString *full = report(&options, templates[(size_t)_i % n], csv, true), *quick = report(&options, templates[(size_t)_i % n], csv, false);
	ck_assert_uint_gt(full->len, 1000);
	assert_same_lines(full->str, quick->str);
	g_string_free(full, TRUE);
	g_string_free(quick, TRUE);
	g_string_free(csv, TRUE);
	g_ptr_array_free(words, TRUE);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("row_shape");
	TCase *tcase = tcase_create("row_shape");
	/* check-full asks for more. */
	const char *rounds = g_getenv("ROW_SHAPE_ROUNDS");

	tcase_set_timeout(tcase, 600);
	tcase_add_loop_test(tcase, same_as_each_row, 0, rounds ? atoi(rounds) : (int)G_N_ELEMENTS(templates));
	suite_add_tcase(suite, tcase);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
