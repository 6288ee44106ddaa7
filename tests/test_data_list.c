/* Lists of facts: what a good file becomes, every refusal with its place, and the edges of looking up. Writes into a temporary folder only. */
#include <check.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "rule/rule.h"

#define HEADER                                                                                                                    \
	"# title: Test\n"                                                                                                         \
	"# source: A page <https://example.org/list>\n"                                                                           \
	"# date: 2026-11-24\n"                                                                                                    \
	"# licence: facts\n"                                                                                                      \
	"# refresh: docs\n"
#define TABLE_HEADER "# title: Test\n# licence: facts\n# refresh: docs\n"
#define LINE(key, amount, unit) key "\t" amount "\t" unit "\tReceiver\tA page\thttps://example.org/limits\t2026\n"

struct bench {
	char *folder, *file;
	struct arena *arena;
	GPtrArray *errors;
	struct data_set set;
};

static void load(struct bench *b, const char *name, const char *bytes, size_t n)
{
	b->folder = g_dir_make_tmp(NULL, NULL);
	b->file = g_build_filename(b->folder, name, NULL);
	b->arena = arena_new();
	b->errors = g_ptr_array_new_with_free_func(g_free);
	ck_assert(g_file_set_contents(b->file, bytes, (gssize)n, NULL));
	b->set = data_load_folder(b->arena, b->folder, b->errors);
}

static void release(struct bench *b)
{
	g_remove(b->file);
	g_rmdir(b->folder);
	g_free(b->file);
	g_free(b->folder);
	g_ptr_array_unref(b->errors);
	arena_free(b->arena);
}

static const struct data_list *load_good(struct bench *b, const char *name, const char *text)
{
	load(b, name, text, strlen(text));
	ck_assert_msg(b->errors->len == 0, "%s", b->errors->len ? (const char *)b->errors->pdata[0] : "");
	ck_assert_uint_eq(b->set.n, 1);
	return b->set.lists[0];
}

START_TEST(good_list)
{
	struct bench b;
	const struct data_list *list = load_good(&b, "test-list.txt", HEADER ".short.gy\nbit.ly\nyahoo.*\n株式会社\n");

	ck_assert_str_eq(list->name, "test-list");
	ck_assert_str_eq(list->title, "Test");
	ck_assert_str_eq(list->date, "2026-11-24");
	ck_assert_uint_eq(list->n, 4);
	ck_assert(span_eq(data_list_line(list, 1), SPAN_LIT("bit.ly")));
	ck_assert(data_list_has(list, SPAN_LIT("株式会社")));
	release(&b);
}
END_TEST

/* First, last, between, before the first, behind the last, a beginning and a continuation of an entry. */
START_TEST(look_up)
{
	static const char *const there[] = {"b.example", "c.example", "d.example", "D.Example", "e.example"};
	static const char *const missing[] = {"", "a", "b", "b.exampl", "b.example.", "b.examples", "cc.example", "e.example0", "z", "\xFF"};
	struct bench b;
	const struct data_list *list = load_good(&b, "a.txt", HEADER "b.example\nc.example\nd.example\ne.example\n");

	for (size_t i = 0; i < G_N_ELEMENTS(there); i++)
		ck_assert_msg(data_list_has(list, span_str(there[i])), "%s", there[i]);
	for (size_t i = 0; i < G_N_ELEMENTS(missing); i++)
		ck_assert_msg(!data_list_has(list, span_str(missing[i])), "%s", missing[i]);
	ck_assert(!data_list_has(list, span_of("b.example\0x", 11)));
	release(&b);
}
END_TEST

START_TEST(hosts_and_domains)
{
	static const char *const words[] = {"inline.example", NULL};
	struct bench b;
	const struct data_list *const lists[] = {load_good(&b, "a.txt", HEADER ".below.example\nhost.example\nyahoo.*\n"), NULL};
	const struct word_list both = {words, lists}, none = {NULL, NULL};
	static const struct {
		const char *host;
		bool there;
	} hosts[] = {{"host.example", true}, {"HOST.example", true}, {"host.example.", true}, {"host.example..", false}, {"www.host.example", false},
	        {"below.example", false}, {"a.below.example", true}, {"A.B.Below.Example.", true}, {"abelow.example", false},
	        {"inline.example", true}, {"inline.example.org", false}, {"", false}, {".", false}, {"*", false}},
	  domains[] = {{"yahoo.fr", true}, {"yahoo.co.jp", true}, {"Yahoo.com.br", true}, {"yahoo.com", true}, {"yahoo.com.", true},
	          {"yahoo.hanami-books.jp", false}, {"mail.yahoo.fr", false}, {"yahoo", false}, {"yahoo.", false}, {"yahoo.c", false},
	          {"host.example", true}, {"myyahoo.fr", false}};

	for (size_t i = 0; i < G_N_ELEMENTS(hosts); i++)
		ck_assert_msg(word_list_has_host(both, span_str(hosts[i].host)) == hosts[i].there, "host %s", hosts[i].host);
	for (size_t i = 0; i < G_N_ELEMENTS(domains); i++)
		ck_assert_msg(word_list_has_domain(both, span_str(domains[i].host)) == domains[i].there, "domain %s", domains[i].host);
	ck_assert(!word_list_has_host(none, SPAN_LIT("host.example")));
	release(&b);
}
END_TEST

/* A label longer than any that a family could have is looked up whole and not copied. */
START_TEST(long_label)
{
	struct bench b;
	const struct data_list *const lists[] = {load_good(&b, "a.txt", HEADER "yahoo.*\n"), NULL};
	const struct word_list list = {NULL, lists};
	char *label = g_strnfill(1000, 'a'), *domain = g_strconcat(label, ".fr", NULL);

	ck_assert(!word_list_has_domain(list, span_str(domain)));
	g_free(label);
	g_free(domain);
	release(&b);
}
END_TEST

START_TEST(limits)
{
	static const struct {
		const char *key;
		uint64_t value;
		const char *written;
	} wanted[] = {{"a", 26214400, "25 MB"}, {"b", 500000, "500 kB"}, {"c", 5000, "5,000"}, {"d", 32768, "32 kB"}, {"e", 102400, "102,400 bytes"},
	        {"f", 999999999, "999,999,999"}};
	struct bench b;
	const struct data_list *list = load_good(&b, "l.tsv",
	        TABLE_HEADER LINE("a", "25", "MiB") LINE("b", "500", "kB") LINE("c", "5000", "count") LINE("d", "32", "KiB")
	                LINE("e", "102400", "bytes") LINE("f", "999999999", "count"));
	struct data_limit limit;

	ck_assert(list->is_table);
	for (size_t i = 0; i < G_N_ELEMENTS(wanted); i++) {
		ck_assert(data_list_limit(list, span_str(wanted[i].key), &limit));
		ck_assert_uint_eq(limit.value, wanted[i].value);
		ck_assert_str_eq(limit.written, wanted[i].written);
	}
	ck_assert(!data_list_limit(list, SPAN_LIT("g"), &limit));
	ck_assert(!data_list_limit(list, SPAN_LIT(""), &limit));
	release(&b);
}
END_TEST

#define REFUSED(name, text, place) {name, text, sizeof(text) - 1, place}
static const struct {
	const char *name, *text;
	size_t n;
	const char *refusal; /* "line:column: message" */
} refused[] = {
        REFUSED("a.txt", HEADER "b\na\n", "7:1: \"a\" is not in order behind \"b\" (bytewise)"),
        REFUSED("a.txt", HEADER "a\na\n", "7:1: \"a\" stands twice"),
        REFUSED("a.txt", HEADER "abC\n", "6:3: capital letter in an entry"),
        REFUSED("a.txt", HEADER "aÉ\n", "6:2: capital letter in an entry"),
        REFUSED("a.txt", HEADER "ab \n", "6:3: blank at the end of a line"),
        REFUSED("a.txt", HEADER " ab\n", "6:1: blank at the end of a line"),
        REFUSED("a.txt", HEADER "a\tb\n", "6:2: tab in an entry"),
        REFUSED("a.txt", HEADER "a\n\nb\n", "7:1: empty line"),
        REFUSED("a.txt", HEADER "ab\r\n", "6:3: CR; lines end in LF alone"),
        REFUSED("a.txt", HEADER "a\x01\n", "6:2: control character"),
        REFUSED("a.txt", HEADER "a\xFF\n", "6:2: not UTF-8"),
        REFUSED("a.txt", HEADER "a\0b\n", "6:2: NUL character"),
        REFUSED("a.txt", HEADER "a\n# note: late\n", "7:1: a line of the header below the first entry"),
        REFUSED("a.txt", HEADER "a", "1:1: the last line has no line end"),
        REFUSED("a.txt", HEADER, "6:1: there is no entry"),
        REFUSED("a.txt", "", "1:1: the file is empty"),
        REFUSED("a.txt", "\xEF\xBB\xBF" HEADER "a\n", "1:1: byte order mark; save the file as UTF-8 without it"),
        REFUSED("a.txt", HEADER "# colour: red\na\n", "6:3: unknown key \"colour\" in the header"),
        REFUSED("a.txt", HEADER "# date: 2026\na\n", "6:3: key \"date\" stands twice"),
        REFUSED("a.txt", HEADER "# note\na\n", "6:1: a line of the header has the form \"# key: value\""),
        REFUSED("a.txt", HEADER "#note: b\na\n", "6:1: a line of the header has the form \"# key: value\""),
        REFUSED("a.txt", HEADER "# source: A page <http://example.org/>\na\n", "6:11: source must be NAME <https://...>"),
        REFUSED("a.txt", HEADER "# source: https://example.org/\na\n", "6:11: source must be NAME <https://...>"),
        REFUSED("a.txt", HEADER "# source: <https://example.org/>\na\n", "6:11: source must be NAME <https://...>"),
        REFUSED("a.txt", "# title: T\n# source: A <https://e.org/>\n# date: 24.11.2026\n# licence: l\n# refresh: r\na\n",
                "3:9: date must be 2026, 2026-03, 2026-03-21 or undated"),
        REFUSED("a.txt", "# source: A <https://e.org/>\n# date: 2026\n# licence: l\n# refresh: r\na\n", "1:1: the header lacks \"# title: ...\""),
        REFUSED("a.txt", "# title: T\n# date: 2026\n# licence: l\n# refresh: r\na\n", "1:1: the header lacks \"# source: ...\""),
        REFUSED("a.txt", "# title: T\n# source: A <https://e.org/>\n# licence: l\n# refresh: r\na\n", "1:1: the header lacks \"# date: ...\""),
        REFUSED("a.txt", "# title: T\n# source: A <https://e.org/>\n# date: 2026\n# refresh: r\na\n", "1:1: the header lacks \"# licence: ...\""),
        REFUSED("a.txt", "# title: T\n# source: A <https://e.org/>\n# date: 2026\n# licence: l\na\n", "1:1: the header lacks \"# refresh: ...\""),
        REFUSED("A.txt", HEADER "a\n", "1:1: a list is NAME.txt or NAME.tsv (small letters, digits, hyphens)"),
        REFUSED("a.csv", HEADER "a\n", "1:1: a list is NAME.txt or NAME.tsv (small letters, digits, hyphens)"),
        REFUSED("t.tsv", TABLE_HEADER "a\t1\tMiB\n",
                "4:1: a line of a table has 7 columns: key, amount, unit, receiver, source, address, date"),
        REFUSED("t.tsv", TABLE_HEADER "a\t1\tMiB\tb\tc\thttps://e.org/\t2026\td\n",
                "4:1: a line of a table has 7 columns: key, amount, unit, receiver, source, address, date"),
        REFUSED("t.tsv", TABLE_HEADER LINE("a", "0", "MiB"), "4:3: amount cannot be \"0\""),
        REFUSED("t.tsv", TABLE_HEADER LINE("a", "1.5", "MiB"), "4:3: amount cannot be \"1.5\""),
        REFUSED("t.tsv", TABLE_HEADER LINE("a", "1000000000", "MiB"), "4:3: amount cannot be \"1000000000\""),
        REFUSED("t.tsv", TABLE_HEADER LINE("a", "1", "MB"), "4:5: unit cannot be \"MB\""),
        REFUSED("t.tsv", TABLE_HEADER "a\t1\tkB\tR\tS\thttp://e.org/\t2026\n", "4:12: address cannot be \"http://e.org/\""),
        REFUSED("t.tsv", TABLE_HEADER "a\t1\tkB\tR\tS\t-\t26\n", "4:14: date cannot be \"26\""),
        REFUSED("t.tsv", TABLE_HEADER LINE("b", "1", "kB") LINE("a", "1", "kB"), "5:1: \"a\" is not in order behind \"b\" (bytewise)"),
        REFUSED("t.tsv", TABLE_HEADER LINE("a", "1", "kB") LINE("a", "2", "kB"), "5:1: \"a\" stands twice"),
        REFUSED("t.tsv", "# title: T\n# date: 2026\n# licence: l\n# refresh: r\n" LINE("a", "1", "kB"),
                "1:1: source and date stand in the lines of a table, not in its header"),
};

START_TEST(refusal)
{
	struct bench b;
	load(&b, refused[_i].name, refused[_i].text, refused[_i].n);
	char *wanted = g_strdup_printf("%s:%s", b.file, refused[_i].refusal);

	ck_assert_uint_ge(b.errors->len, 1);
	ck_assert_str_eq(b.errors->pdata[0], wanted);
	ck_assert_uint_eq(b.set.n, 0);
	g_free(wanted);
	release(&b);
}
END_TEST

/* All faults are told at once, and other lists are read. */
START_TEST(all_faults)
{
	struct bench b;
	static const char text[] = HEADER "A\nb \nc\n";
	load(&b, "a.txt", text, sizeof text - 1);
	ck_assert_uint_eq(b.errors->len, 2);
	release(&b);
}
END_TEST

START_TEST(too_large)
{
	struct bench b;
	GString *text = g_string_new(HEADER);
	for (int i = 0; text->len <= LIMIT_DATA_FILE_BYTES; i++)
		g_string_append_printf(text, "%08d\n", i);
	load(&b, "a.txt", text->str, text->len);
	ck_assert_uint_eq(b.errors->len, 1);
	ck_assert(g_str_has_suffix(b.errors->pdata[0], "a.txt:1:1: more than 1048576 bytes"));
	g_string_free(text, TRUE);
	release(&b);
}
END_TEST

/* Own lists beside the built-in ones: no name twice. */
START_TEST(joined)
{
	struct bench b;
	load_good(&b, "a.txt", HEADER "x\n");
	struct data_set both = data_set_join(b.arena, &b.set, &builtin_data, "own/data", b.errors);
	ck_assert_uint_eq(b.errors->len, 0);
	ck_assert_ptr_nonnull(data_set_find(&both, "a"));
	ck_assert_ptr_nonnull(data_set_find(&both, "shorteners"));
	release(&b);

	load_good(&b, "shorteners.txt", HEADER "x\n");
	data_set_join(b.arena, &b.set, &builtin_data, "own/data", b.errors);
	ck_assert_uint_eq(b.errors->len, 1);
	ck_assert_str_eq(b.errors->pdata[0], "own/data/shorteners.txt:1:1: there is already a list of this name");
	release(&b);
}
END_TEST

/* The tables that rules2c made: each entry is found, and nothing between. */
START_TEST(builtin_list)
{
	const struct data_list *list = builtin_data.lists[_i];

	ck_assert_ptr_eq(data_set_find(&builtin_data, list->name), list);
	for (size_t i = 0; i < list->n; i++) {
		struct span line = data_list_line(list, i), key = span_cut(line, 0, span_find_byte(line, '\t', 0));
		char *upper = g_ascii_strup(key.p, (gssize)key.n);
		ck_assert_msg(data_list_has(list, span_str(upper)), "%s: %s", list->name, upper);
		ck_assert_int_eq(list->text[list->starts[i + 1] - 1], '\0');
		g_free(upper);
	}
	ck_assert(!data_list_has(list, SPAN_LIT("")));
	ck_assert(!data_list_has(list, SPAN_LIT("~")));
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("data_list");
	TCase *tcase = tcase_create("all");

	tcase_add_test(tcase, good_list);
	tcase_add_test(tcase, look_up);
	tcase_add_test(tcase, hosts_and_domains);
	tcase_add_test(tcase, long_label);
	tcase_add_test(tcase, limits);
	tcase_add_loop_test(tcase, refusal, 0, G_N_ELEMENTS(refused));
	tcase_add_test(tcase, all_faults);
	tcase_add_test(tcase, too_large);
	tcase_add_test(tcase, joined);
	tcase_add_loop_test(tcase, builtin_list, 0, (int)builtin_data.n);
	suite_add_tcase(suite, tcase);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
