/* Tests of the table of replies: each is found by its example and not by its near miss, and everything in it leads somewhere; and of the
 * reader of its files: every refusal with its place. */
#include <check.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

#include "bounce/reply.h"
#include "rule/reply_load.h"
#include "rule/requirement.h"

static struct bounce_entry entry_of(struct arena *arena, const struct reply_example *example)
{
	struct bounce_entry entry = {.kind = BOUNCE_DSN, .action = ACTION_FAILED, .reply = example->text, .stage = example->stage};

	entry.reply_code = reply_code_of(span_str(example->text));
	entry.status = example->status ? example->status : reply_status_of(arena, span_str(example->text));
	entry.temporary = entry.status ? entry.status[0] == '4' : entry.reply_code / 100 == 4;
	if (entry.status && entry.status[0] == '2')
		entry.action = ACTION_DELIVERED;
	if (example->receiver) {
		const struct reply_receiver *receiver = reply_receiver_find(example->receiver);
		ck_assert_msg(receiver != NULL, "no receiver %s", example->receiver);
		const char *const *names = receiver->hosts ? receiver->hosts : receiver->domains;
		entry.remote_mta = names[0][0] == '.' ? arena_printf(arena, "mx%s", names[0]) : names[0];
	}
	reply_judge(&entry);
	return entry;
}

static char *found(const struct bounce_entry *entry)
{
	GString *ids = g_string_new(NULL);

	for (size_t i = 0; i < entry->n_replies; i++)
		g_string_append_printf(ids, "%s%s", i ? " " : "", entry->replies[i]->id);
	return g_string_free(ids, FALSE);
}

START_TEST(examples)
{
	for (size_t i = 0; i < n_builtin_replies; i++) {
		const struct reply *reply = &builtin_replies[i];
		struct arena *arena = arena_new();

		for (size_t k = 0; k < reply->n_examples; k++) {
			const struct reply_example *example = &reply->examples[k];
			struct bounce_entry entry = entry_of(arena, example);
			char *ids = found(&entry);
			if (example->hit)
				ck_assert_msg(entry.n_replies && entry.replies[0] == reply, "%s: \"%s\" is %s", reply->id, example->text, ids);
			for (size_t n = 0; !example->hit && n < entry.n_replies; n++)
				ck_assert_msg(entry.replies[n] != reply, "%s: near miss \"%s\" is %s", reply->id, example->text, ids);
			g_free(ids);
		}
		arena_free(arena);
	}
}
END_TEST

/* The catalogue has 47 + 14 + 23 + 12 + 14 + 13 rows. */
START_TEST(the_table_is_whole)
{
	static const struct {
		const char *letter;
		int n;
	} rows[] = {{"G", 47}, {"Y", 14}, {"M", 23}, {"A", 12}, {"D", 14}, {"X", 13}};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		for (int n = 1; n <= rows[i].n; n++) {
			char id[16];
			g_snprintf(id, sizeof(id), "%s-%02d", rows[i].letter, n);
			ck_assert_msg(reply_find(id) != NULL, "%s is missing", id);
		}
	}
	ck_assert_uint_eq(n_builtin_replies, 123);
}
END_TEST

START_TEST(requirements_exist)
{
	for (size_t i = 0; i < n_builtin_replies; i++) {
		for (const char *const *id = builtin_replies[i].requirements; id && *id; id++) {
			bool kind = strchr(*id, '*') != NULL, known = requirement_find(*id) != NULL;
			for (size_t k = 0; kind && k < n_builtin_requirements; k++)
				known = known || strncmp(builtin_requirements[k].id, *id, 3) == 0;
			ck_assert_msg(known, "%s: there is no requirement %s", builtin_replies[i].id, *id);
		}
	}
}
END_TEST

static struct bounce_entry judged(struct arena *arena, const char *reply, const char *host, const char *recipient)
{
	struct bounce_entry entry = {.kind = BOUNCE_TRANSCRIPT, .action = ACTION_FAILED, .reply = reply, .remote_mta = host, .recipient = recipient};

	entry.reply_code = reply_code_of(span_str(reply));
	entry.status = reply_status_of(arena, span_str(reply));
	entry.temporary = entry.status ? entry.status[0] == '4' : entry.reply_code / 100 == 4;
	reply_judge(&entry);
	return entry;
}

/* The bounce of 2016 with which it all began: only the first line was kept, and three continuations are known. */
START_TEST(founding_story)
{
	struct arena *arena = arena_new();
	struct bounce_entry entry = judged(arena, "550-5.7.1 Our system has detected that this message is", NULL, NULL);
	char *ids = found(&entry);

	ck_assert_str_eq(ids, "G-26 G-27 G-28 G-29 G-30 G-01 G-03 G-04");
	ck_assert(entry.ambiguous);
	g_free(ids);
	/* With the address in front, and with the rest of it. */
	entry = judged(arena, "550-5.7.1 [192.0.2.1 12] Our system has detected that this message is", NULL, NULL);
	ck_assert(entry.n_replies == 8 && entry.ambiguous);
	entry = judged(arena, "550-5.7.1 [192.0.2.1 12] Our system has detected that this message is\n550-5.7.1 likely unsolicited mail. To reduce", NULL, NULL);
	ck_assert(entry.n_replies == 1 && strcmp(entry.replies[0]->id, "G-01") == 0 && !entry.ambiguous);
	arena_free(arena);
}
END_TEST

START_TEST(closed_lists)
{
	struct arena *arena = arena_new();
	struct bounce_entry entry = judged(arena, "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using relays.ordb.org", NULL, NULL);

	ck_assert(entry.list && entry.list->dead && entry.n_replies == 0);
	entry = judged(arena, "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using dnsbl.sorbs.net; see http://www.sorbs.net/", NULL, NULL);
	ck_assert(entry.list && entry.list->dead);
	entry = judged(arena, "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org", NULL, NULL);
	ck_assert(entry.list && !entry.list->dead);
	/* Near misses: another domain that ends alike, and an address. */
	entry = judged(arena, "550 5.7.1 blocked by modul.ru", NULL, NULL);
	ck_assert(!entry.list);
	entry = judged(arena, "550 5.1.1 <reader@dul.ru> rejected", NULL, NULL);
	ck_assert(!entry.list);
	arena_free(arena);
}
END_TEST

START_TEST(receivers)
{
	struct arena *arena = arena_new();

	/* The server says who answers, not the reader's domain: many companies have their mail at Google. */
	ck_assert_str_eq(judged(arena, "550 5.1.1 x", "aspmx.l.google.com", "a@example.jp").receiver->id, "gmail");
	ck_assert_str_eq(judged(arena, "550 5.1.1 x", NULL, "a@docomo.ne.jp").receiver->id, "docomo");
	ck_assert_str_eq(judged(arena, "550 5.1.1 x", "example-jp.mail.protection.outlook.com", "a@example.jp").receiver->id, "microsoft");
	ck_assert_ptr_eq(judged(arena, "550 5.1.1 x", "mx.notgoogle.com", "a@example.jp").receiver, NULL);
	ck_assert_str_eq(judged(arena, "552 5.2.2 x", NULL, "a@x1234567890123.dion.ne.jp").receiver->id, "au");
	ck_assert_str_eq(judged(arena, "550 5.1.1 x", "mail2.pdx.ne.jp", "a@wm.pdx.ne.jp").receiver->id, "softbank");
	/* Google's page says who answers where it explains a refusal, not where Google could not deliver to another. */
	ck_assert_str_eq(judged(arena, "550-5.1.1 x https://support.google.com/mail/?p=NoSuchUser", NULL, "a@example.jp").receiver->id, "gmail");
	ck_assert_ptr_eq(judged(arena, "The recipient server did not accept our requests to connect. Learn more at https://support.google.com/mail/answer/7720", NULL, "a@example.jp").receiver, NULL);
	/* Common words say nothing where another answers. */
	ck_assert_str_eq(judged(arena, "550 5.1.1 this account does not exist", "mx.example.jp", "a@example.jp").replies[0]->id, "X-01");
	arena_free(arena);
}
END_TEST

START_TEST(forms)
{
	struct arena *arena = arena_new();
	GString *folded = reply_fold(SPAN_LIT("550-5.7.1 [192.0.2.1]  Your E-Mail\r\n550-5.7.1 didn\xE2\x80\x99t pass 550-5.7.1 Email\n550 5.7.1 checks"));

	ck_assert_str_eq(folded->str, "[192.0.2.1] your mail didn't pass mail checks");
	g_string_free(folded, TRUE);
	ck_assert_str_eq(reply_joined(arena, SPAN_LIT("550-5.7.1 one\n550-5.7.1 two\n550 5.7.1 three")), "550-5.7.1 one two three");
	ck_assert(reply_is_cut(SPAN_LIT("550-5.7.1 Our system has")));
	ck_assert(!reply_is_cut(SPAN_LIT("550-5.7.1 Our system has\n550 5.7.1 ended")));
	ck_assert(!reply_is_cut(SPAN_LIT("550 5.7.1 call 555-1234")));
	ck_assert_int_eq(reply_code_of(SPAN_LIT("host mx[192.0.2.250] said: 452 4.2.2 full")), 452);
	ck_assert_int_eq(reply_code_of(SPAN_LIT("port 25000 of 192.0.2.1")), 0);
	ck_assert_str_eq(reply_status_of(arena, SPAN_LIT("550-5.7.26 x 4.2.1 y")), "5.7.26");
	ck_assert_ptr_eq(reply_status_of(arena, SPAN_LIT("550 version 5.7.1.2")), NULL);
	ck_assert(is_status_code(SPAN_LIT("5.7.606")) && !is_status_code(SPAN_LIT("5.7")) && !is_status_code(SPAN_LIT("3.7.1")));
	arena_free(arena);
}
END_TEST

/* --- the reader of rules.d/replies ------------------------------------------------------------------------------------------------ */

/* Refusals below name lines and columns of this text. */
/* clang-format off */
static const char good_file[] =
	"receivers:\n" /* 1 */
	"  - id: test\n" /* 2 */
	"    name: {en: Test, ja: 試験}\n" /* 3 */
	"    hosts: [\".example.net\"]\n" /* 4 */
	"sources:\n" /* 5 */
	"  page: {name: Page, url: \"https://example.net/\", date: \"2026-01-01\"}\n" /* 6 */
	"replies:\n" /* 7 */
	"  - id: T-01\n" /* 8 */
	"    codes: [\"550\"]\n" /* 9 */
	"    statuses: [\"5.7.1\"]\n" /* 10 */
	"    any: [\"refused here\"]\n" /* 11 */
	"    who: draft\n" /* 12 */
	"    requirements: [UN-01, LK-*]\n" /* 13 */
	"    meaning: {en: Refused, ja: 拒否}\n" /* 14 */
	"    fix: {en: Mend it, ja: 直します}\n" /* 15 */
	"    source: page\n" /* 16 */
	"    hit: \"550 5.7.1 refused here\"\n" /* 17 */
	"    miss: \"550 5.7.1 refused there\"\n" /* 18 */
	"  - id: T-02\n" /* 19 */
	"    any: [\"full here\"]\n" /* 20 */
	"    who: list\n" /* 21 */
	"    meaning: {en: Full, ja: 満杯}\n" /* 22 */
	"    fix: {en: Wait, ja: 待ちます}\n" /* 23 */
	"    source: page\n" /* 24 */
	"    hit: [\"552 full here\", \"452 full here\"]\n" /* 25 */
	"    miss: \"552 full there\"\n" /* 26 */
	"cut:\n" /* 27 */
	"  - text: \"refused\"\n" /* 28 */
	"    replies: [T-01, T-02]\n" /* 29 */
	"lists:\n" /* 30 */
	"  - zone: bl.example.net\n" /* 31 */
	"    dead: true\n" /* 32 */
	"    now: {en: Closed, ja: 閉鎖}\n" /* 33 */
	"    source: page\n"; /* 34 */
/* clang-format on */

static const struct {
	const char *from, *to, *want; /* the first "from" of the text is replaced; want: without the file's name, "|" between two */
} refusals[] = {
	{"    who: draft\n", "    whom: draft\n", "12:5: unknown key \"whom\" in a reply; did you mean \"who\"?|8:5: T-01 has no \"who\""},
	{"    who: draft\n", "    who: draft\n    colour: red\n", "13:5: unknown key \"colour\" in a reply"},
	{"    hit: \"550 5.7.1 refused here\"\n", "", "8:5: T-01 has no \"hit\""},
	{"    miss: \"550 5.7.1 refused there\"\n", "", "8:5: T-01 has no \"miss\""},
	{"    miss: \"552 full there\"\n", "    miss: {text: \"552 full there\"}\n", "26:12: unknown key \"text\" in an example"},
	{"id: T-02", "id: T-01", "19:9: the reply T-01 stands twice|29:14: there is no reply T-02"},
	{"[\"550\"]", "[\"55\"]", "9:12: \"55\" is no reply code such as 550"},
	{"[\"550\"]", "[\"350\"]", "9:12: \"350\" is no reply code such as 550"},
	{"[\"550\"]", "[\"5.50\"]", "9:12: \"5.50\" is no reply code such as 550"},
	{"[\"5.7.1\"]", "[\"3.7.1\"]", "10:15: \"3.7.1\" is no status such as 5.7.1, 5.5.* or 5.7.606-649"},
	{"[\"5.7.1\"]", "[\"5.\"]", "10:15: \"5.\" is no status such as 5.7.1, 5.5.* or 5.7.606-649"},
	{"UN-01", "UN-1", "13:19: \"UN-1\" is no requirement such as UN-01 or LK-*"},
	{"LK-*", "lk-*", "13:19: \"lk-*\" is no requirement such as UN-01 or LK-*"},
	{"refused here", "Refused here", "11:10: any: \"Refused here\" is not in folded form (small letters, single blanks, mail for email, straight quotes)"},
	{"refused here", "email refused", "11:10: any: \"email refused\" is not in folded form (small letters, single blanks, mail for email, straight quotes)"},
	{"who: draft", "who: nobody", "12:10: who must be one of: draft, sending, list, setup, receiver, wait"},
	{", ja: 拒否}", "}", "14:14: meaning has no \"ja\""},
	{"    fix: {en: Mend it, ja: 直します}\n", "", "8:5: T-01 has no \"fix\""},
	{"source: page", "source: pages", "16:13: there is no source \"pages\" in this file"},
	{"    who: draft\n", "    who: draft\n    since: yesterday\n", "13:12: since must be such as 2026-03-21, 2026-03 or 2026"},
	{"    statuses: [\"5.7.1\"]\n    any: [\"refused here\"]\n", "", "8:5: T-01: no words, anchor or status by which it can be found"},
	{"    any: [\"full here\"]\n", "    any: [\"full here\"]\n    before: [T-01]\n", "21:13: T-01 must stand behind this reply"},
	{"    any: [\"full here\"]\n", "    use: status\n", "19:5: T-02: use: status without statuses"},
	{"[T-01, T-02]", "[T-01, T-03]", "29:14: there is no reply T-03"},
	{"    now: {en: Closed, ja: 閉鎖}\n", "", "31:5: bl.example.net: what does the list do now?"},
	{".example.net", ".Example.net", "4:12: hosts: \".Example.net\" is no name of a domain in small letters"},
	{"  - id: test\n    name", "  - name", "2:5: a receiver needs id and name"},
	{"replies:\n", "answers:\n", "7:1: unknown key \"answers\" in the file|29:14: there is no reply T-01|29:14: there is no reply T-02"},
};

static void put(const char *folder, const char *name, const char *text)
{
	char *path = g_build_filename(folder, name, NULL);

	ck_assert(g_file_set_contents(path, text, -1, NULL));
	g_free(path);
}

/* Read the folder, and take it away. All errors, one a line, without the folder's name. */
static struct reply_tables load(struct arena *arena, char *folder, GString *errors)
{
	GPtrArray *list = g_ptr_array_new_with_free_func(g_free);
	struct reply_tables tables = reply_load_folder(arena, folder, list);
	GDir *dir = g_dir_open(folder, 0, NULL);
	const char *name;

	for (guint i = 0; i < list->len; i++) {
		const char *error = g_ptr_array_index(list, i);
		ck_assert(g_str_has_prefix(error, folder));
		g_string_append_printf(errors, "%s%s", i ? "\n" : "", error + strlen(folder) + 1);
	}
	while (dir && (name = g_dir_read_name(dir))) {
		char *path = g_build_filename(folder, name, NULL);
		g_remove(path);
		g_free(path);
	}
	g_dir_close(dir);
	g_rmdir(folder);
	g_free(folder);
	g_ptr_array_unref(list);
	return tables;
}

START_TEST(refusal)
{
	const char *at = strstr(good_file, refusals[_i].from);
	ck_assert_msg(at != NULL, "the test's own text lacks: %s", refusals[_i].from);
	char *text = g_strdup_printf("%.*s%s%s", (int)(at - good_file), good_file, refusals[_i].to, at + strlen(refusals[_i].from));
	char *folder = g_dir_make_tmp(NULL, NULL);
	struct arena *arena = arena_new();
	GString *got = g_string_new(NULL), *want = g_string_new(NULL);
	char **wanted = g_strsplit(refusals[_i].want, "|", -1);

	put(folder, "test.yaml", text);
	struct reply_tables tables = load(arena, folder, got);
	for (char **line = wanted; *line; line++)
		g_string_append_printf(want, "%stest.yaml:%s", line == wanted ? "" : "\n", *line);
	ck_assert_str_eq(got->str, want->str);
	reply_tables_release(&tables);
	g_strfreev(wanted);
	g_string_free(got, TRUE);
	g_string_free(want, TRUE);
	arena_free(arena);
	g_free(text);
}
END_TEST

START_TEST(good_files)
{
	char *folder = g_dir_make_tmp(NULL, NULL);
	struct arena *arena = arena_new();
	GString *errors = g_string_new(NULL);
	static const char other[] = "sources:\n  page: {name: Page, url: \"https://example.net/\"}\nreplies:\n  - id: T-03\n    any: [busy]\n    who: wait\n"
				    "    meaning: {en: Busy, ja: 混雑}\n    fix: {en: Wait, ja: 待ちます}\n    source: page\n    hit: 450 busy\n    miss: 450 bus\n";

	/* "standard" is read last, whatever its name. */
	put(folder, "standard.yaml", other);
	put(folder, "test.yaml", good_file);
	put(folder, "notes.txt", "no: [yaml");
	struct reply_tables tables = load(arena, folder, errors);
	ck_assert_str_eq(errors->str, "");
	ck_assert_uint_eq(tables.replies->len, 3);
	const struct reply *first = &g_array_index(tables.replies, struct reply, 0), *last = &g_array_index(tables.replies, struct reply, 2);
	ck_assert_str_eq(first->id, "T-01");
	ck_assert_str_eq(first->receivers[0], "test");
	ck_assert_str_eq(first->meaning.text[LANGUAGE_JA], "拒否");
	ck_assert(first->fixer == FIXER_DRAFT && first->n_examples == 2 && first->examples[0].hit && !first->examples[1].hit);
	ck_assert_uint_eq(g_array_index(tables.replies, struct reply, 1).n_examples, 3);
	ck_assert_str_eq(last->id, "T-03");
	ck_assert_ptr_eq(last->receivers, NULL);
	ck_assert_uint_eq(tables.cuts->len, 1);
	ck_assert_uint_eq(tables.receivers->len, 1);
	ck_assert(tables.lists->len == 1 && g_array_index(tables.lists, struct reply_list, 0).dead);
	reply_tables_release(&tables);
	g_string_free(errors, TRUE);
	arena_free(arena);
}
END_TEST

/* An id is one over all files; a folder that is not there is told. */
START_TEST(files_together)
{
	char *folder = g_dir_make_tmp(NULL, NULL);
	struct arena *arena = arena_new();
	GString *errors = g_string_new(NULL);

	put(folder, "a.yaml", good_file);
	put(folder, "b.yaml", good_file);
	struct reply_tables tables = load(arena, folder, errors);
	ck_assert_str_eq(errors->str, "b.yaml:8:9: the reply T-01 stands twice\nb.yaml:19:9: the reply T-02 stands twice");
	reply_tables_release(&tables);
	GPtrArray *list = g_ptr_array_new_with_free_func(g_free);
	tables = reply_load_folder(arena, "/nowhere/at/all", list);
	ck_assert_uint_eq(list->len, 1);
	ck_assert_str_eq(g_ptr_array_index(list, 0), "/nowhere/at/all:1:1: cannot be read");
	reply_tables_release(&tables);
	g_ptr_array_unref(list);
	g_string_free(errors, TRUE);
	arena_free(arena);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("reply");
	TCase *table = tcase_create("table"), *cases = tcase_create("cases"), *reader = tcase_create("reader");

	tcase_add_test(table, examples);
	tcase_add_test(table, the_table_is_whole);
	tcase_add_test(table, requirements_exist);
	tcase_add_test(cases, founding_story);
	tcase_add_test(cases, closed_lists);
	tcase_add_test(cases, receivers);
	tcase_add_test(cases, forms);
	tcase_add_loop_test(reader, refusal, 0, G_N_ELEMENTS(refusals));
	tcase_add_test(reader, good_files);
	tcase_add_test(reader, files_together);
	suite_add_tcase(suite, table);
	suite_add_tcase(suite, reader);
	suite_add_tcase(suite, cases);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
