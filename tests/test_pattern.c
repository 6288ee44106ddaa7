/* Tests of rule/pattern.c and rule/prefilter.c: required literals, windows against whole-text search, budgets. */
#include <check.h>
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/limits.h"
#include "rule/pattern.h"
#include "rule/prefilter.h"

#define NONE PATTERN_UNBOUNDED

static struct arena *arena;

static void set_up(void)
{
	arena = arena_new();
}

static void tear_down(void)
{
	arena_free(arena);
}

static int compare_strings(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The literals, sorted, with '|' between. */
static char *joined(const struct pattern_shape *shape)
{
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);

	for (size_t i = 0; i < shape->n_literals; i++)
		g_ptr_array_add(names, g_strndup(shape->literals[i].p, shape->literals[i].n));
	g_ptr_array_sort(names, compare_strings);
	g_ptr_array_add(names, NULL);
	return g_strjoinv("|", (char **)names->pdata);
}

/* What must be in every match, where it stands at most, and how long a match is at most: by hand from the regex. */
static const struct {
	const char *regex, *literals;
	size_t before_min, before_max, length_max;
} shapes[] = {
        {"無料", "無料", 0, 0, 6},
        {"^無料$", "無料", 0, 0, 6},
        {"ご?当選おめでとう", "ご当選おめでとう|当選おめでとう", 0, 0, 24},
        {"当(選|せん)権利", "当せん権利|当選権利", 0, 0, 15},
        {"[0-9]{1,4}万円", "万円", 1, 4, 10},
        {"[0-9]+億円", "億円", 1, NONE, NONE},
        {"未承諾.{0,3}広告", "未承諾", 0, 0, 27},
        {".{0,6}収入", "収入", 0, 24, 30},
        {"free\\s+gift", "free", 0, 0, NONE},
        {"[!]{3,}", "!!!", 0, 0, NONE},
        {"a{3}b", "aaab", 0, 0, 4},
        {"(?:abc)+x", "abc", 0, 0, NONE},
        {"(?:x|y)foobar", "xfoobar|yfoobar", 0, 0, 7},
        {"[xy]foobar", "xfoobar|yfoobar", 0, 0, 7},
        {"[a-z]foobar", "foobar", 1, 1, 7},
        {"\\bfoo\\b", "foo", 0, 0, 3},
        {"foo(?=bar)", "foo", 0, 0, 6},
        {"(?<!x)foo", "foo", 0, 0, 3},
        {"foo(?!bar)baz", "foobaz", 0, 0, 9},
        {"\\.exe$", ".exe", 0, 0, 4},
        {"(?i)\\.exe$", ".exe", 0, 0, 4},
        {"(?i)Click", "clic", 0, 0, 7},
        {"(?i)無料", "無料", 0, 0, 6},
        {"\\x41\\x{3042}b", "Aあb", 0, 0, 5},
        {"\\Qa.b\\Ec", "a.bc", 0, 0, 4},
        {"foo|barbaz", "barbaz|foo", 0, 0, 6},
        {"[0-9]+%", "%", 1, NONE, NONE},
        {"(?:[a-z] ){5,}", "", 0, NONE, NONE},
        {"a.{0,3}b", "", 0, NONE, 14},
        {"(?:foo|[0-9])bar", "0bar|1bar|2bar|3bar|4bar|5bar|6bar|7bar|8bar|9bar|foobar", 0, 0, 6},
        {"(?:foo|[a-z])bar", "bar", 1, 3, 6},
        {"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen)!",
                "eight|eleven|five|four|nine|one|seven|six|ten|thirteen|three|twelve|two", 0, 0, 9},
        {"(?# note )foo", "foo", 0, 0, 3},
        {"(?<name>foo)bar", "foobar", 0, 0, 6},
        {"a{,2}b", "a{,2}b", 0, 0, 6},
        {"[[:alpha:]]foo", "foo", 1, 1, 4},
        {"[[:^alpha:]]foo", "foo", 1, 4, 7},
        {"[^a]foo", "foo", 1, 4, 7},
        {"[]a]foo", "]foo|afoo", 0, 0, 4},
        {"[ぁ-ん]foo", "foo", 1, 3, 6},
        /* Without a required literal. */
        {"[a-z]+", "", 0, NONE, NONE},
        {"\\d{3}", "", 0, NONE, 3},
        {"[0-9]+", "", 0, NONE, NONE},
        {"[0-9]{3}", "", 0, NONE, 3},
        {"foo|[a-z]+", "", 0, NONE, NONE},
        {"(?:foo)?", "", 0, NONE, 3},
        {"(?:foo)*[a-z]", "", 0, NONE, NONE},
        {"(a)\\1foo", "", 0, NONE, NONE},
        {"(?x) foo", "", 0, NONE, NONE},
        {"foo(*ACCEPT)bar", "", 0, NONE, NONE},
        {"\\N{U+41}", "", 0, NONE, NONE},
        {"\\Qab\\E{2}", "", 0, NONE, NONE},
        {"foo\\Kbar", "", 0, NONE, NONE},
};

START_TEST(analysis)
{
	struct pattern_shape got = pattern_analyse(arena, shapes[_i].regex, FORM_DECODED);
	g_autofree char *literals = joined(&got);

	ck_assert_msg(
	        strcmp(literals, shapes[_i].literals) == 0, "%s: %s, not %s", shapes[_i].regex, literals, shapes[_i].literals);
	if (got.n_literals) {
		ck_assert_msg(got.before_min == shapes[_i].before_min && got.before_max == shapes[_i].before_max,
		        "%s: before %zu to %zu", shapes[_i].regex, got.before_min, got.before_max);
	}
	ck_assert_msg(got.length_max == shapes[_i].length_max, "%s: %zu long", shapes[_i].regex, got.length_max);
}
END_TEST

static const struct {
	const char *regex;
	bool nested;
	enum match_form form;
	uint32_t foreign;
} judgements[] = {
        {"(a+)+$", true, FORM_DECODED, 0},
        {"(\\w+\\s?)+:", true, FORM_DECODED, 0},
        {"(?:a*b*)*", true, FORM_DECODED, 0},
        {"((a{2,})?b)*", true, FORM_DECODED, 0},
        {"(?:a++b)+", false, FORM_DECODED, 0},
        {"(?>a+)+", false, FORM_DECODED, 0},
        {"(a+){1,3}", false, FORM_DECODED, 0},
        {"(a{1,3})+", false, FORM_DECODED, 0},
        {"a+b+c*", false, FORM_DECODED, 0},
        {"(a|aa)+$", false, FORM_DECODED, 0},
        {"(?:無料|無|料)+円", false, FORM_L1, 0},
        {"Free", false, FORM_L1, 'F'},
        {"Free", false, FORM_DECODED, 0},
        {"free~", false, FORM_L1, '~'},
        {"１０", false, FORM_L1, 0xff11},
        {"①", false, FORM_L1, 0x2460},
        {"〜ー-", false, FORM_L1, 0},
        {"メール", false, FORM_L1, 0},
        {"メール", false, FORM_L1_KANA, 0x30e1},
        {"めーる", false, FORM_L1_KANA, 0},
        {"[A-Z]x", false, FORM_L1, 0},
};

START_TEST(judgement)
{
	struct pattern_shape got = pattern_analyse(arena, judgements[_i].regex, judgements[_i].form);

	ck_assert_msg(got.nested_repeats == judgements[_i].nested, "%s", judgements[_i].regex);
	ck_assert_msg(got.foreign == judgements[_i].foreign, "%s: U+%04X", judgements[_i].regex, (unsigned)got.foreign);
}
END_TEST

static bool collect(struct range range, void *data)
{
	g_array_append_val((GArray *)data, range);
	return true;
}

struct place {
	uint32_t literal;
	size_t offset;
};

static void on_place(uint32_t literal, size_t offset, void *data)
{
	struct place place = {literal, offset};

	g_array_append_val((GArray *)data, place);
}

/* Every match of PCRE2 alone, the plain way; empty ones left out. */
static GArray *plain_search(const char *regex, struct span text)
{
	int number;
	PCRE2_SIZE offset;
	pcre2_compile_context *context = pcre2_compile_context_create(NULL);
	pcre2_code *code;
	pcre2_match_data *data;
	GArray *found = g_array_new(FALSE, FALSE, sizeof(struct range));
	size_t at = 0;

	pcre2_set_newline(context, PCRE2_NEWLINE_ANYCRLF);
	code = pcre2_compile((PCRE2_SPTR)regex, PCRE2_ZERO_TERMINATED, PCRE2_UTF | PCRE2_MULTILINE | PCRE2_NO_START_OPTIMIZE,
	        &number, &offset, context);
	ck_assert_ptr_nonnull(code);
	data = pcre2_match_data_create(1, NULL);
	while (at <= text.n && pcre2_match(code, (PCRE2_SPTR)text.p, text.n, at, 0, data, NULL) >= 0) {
		PCRE2_SIZE *places = pcre2_get_ovector_pointer(data);
		struct range range = {places[0], places[1]};

		if (range.end > range.start)
			g_array_append_val(found, range);
		at = range.end > at ? range.end : at + 1;
		while (at < text.n && ((unsigned char)text.p[at] & 0xc0) == 0x80)
			at++;
	}
	pcre2_match_data_free(data);
	pcre2_code_free(code);
	pcre2_compile_context_free(context);
	return found;
}

static int compare_starts(const void *a, const void *b)
{
	const size_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

/* The windows way for a bounded prefix: around each place of a literal. */
static GArray *window_search(const char *regex, struct span text)
{
	struct pattern_shape shape = pattern_analyse(arena, regex, FORM_DECODED);
	struct pattern *pattern = pattern_compile(regex, NULL);
	GArray *found = g_array_new(FALSE, FALSE, sizeof(struct range));
	int64_t message_us = 60000000;
	struct pattern_budget budget = {.rule_us = 60000000, .message_us = &message_us};
	size_t next = 0;

	ck_assert_ptr_nonnull(pattern);
	if (shape.n_literals == 0 || shape.before_max == PATTERN_UNBOUNDED) {
		ck_assert_int_eq(pattern_find(pattern, &shape, text, 0, text.n, &budget, collect, found, NULL), PATTERN_DONE);
	} else {
		struct prefilter *prefilter = prefilter_new(arena);
		GArray *places = g_array_new(FALSE, FALSE, sizeof(struct place));
		GArray *starts = g_array_new(FALSE, FALSE, sizeof(size_t));

		for (size_t i = 0; i < shape.n_literals; i++)
			prefilter_add(prefilter, shape.literals[i], shape.ignore_case);
		prefilter_finish(prefilter);
		prefilter_scan(prefilter, text, on_place, places);
		for (guint i = 0; i < places->len; i++)
			g_array_append_val(starts, g_array_index(places, struct place, i).offset);
		if (starts->len)
			qsort(starts->data, starts->len, sizeof(size_t), compare_starts);
		for (guint i = 0; i < starts->len; i++) {
			size_t place = g_array_index(starts, size_t, i);
			size_t from = place > shape.before_max ? place - shape.before_max : 0;

			if (place < shape.before_min)
				continue;
			from = from < next ? next : from;
			if (from <= place - shape.before_min) {
				ck_assert_int_eq(pattern_find(pattern, &shape, text, from, place - shape.before_min, &budget,
				                         collect, found, &next),
				        PATTERN_DONE);
			}
		}
		g_array_free(places, TRUE);
		g_array_free(starts, TRUE);
	}
	pattern_free(pattern);
	return found;
}

static const char *const same_regexes[] = {"無料", "^無料", "料$", "ご?当選", "当(選|せん)", "[0-9]{1,4}万円", "free\\b",
        "\\bfree\\b", "(?<=送料)無料", "無料(?=配)", "free(?!dom)", "(?i)FREE", "(?i)click here", "a.b", ".{0,3}円",
        "x[^\\n]{0,40}y", "!{3,}", "(?:今|本)日(?:限り|まで)", "[^a-z]free", "\\d+%off", "free|無料|円", "\\s無", "円\\n",
        "(?:ab){2,3}", "ab+c", "\\p{Han}{2}料", "(?s)free.{0,8}無料", "d?free", "[あ-ん]無料", "e\\z", "\\A無料", "[a-z]+!",
        "(.)\\1"};

START_TEST(windows_as_plain_search)
{
	static const char *const pieces[] = {"無料", "送料", "円", "free", "freedom", "FREE", "Click here", " ", "\n", "!!!!",
	        "当選", "ご", "当せん", "1234万円", "50%off", "ababab", "abbc", "x", "y", "今日限り", "本日まで", "配", "a", "b",
	        "あ", "\xf0\x9f\x98\x80", "é", "料", "e"};
	const char *regex = same_regexes[_i];
	uint32_t state = 7;

	for (int round = 0; round < 60; round++) {
		g_autoptr(GString) text = g_string_new(NULL);
		struct span s;
		char *copy;
		GArray *plain, *windows;

		for (int i = 0; i < 10 + round * 4; i++) {
			state = state * 1103515245u + 12345u;
			g_string_append(text, pieces[(state >> 16) % G_N_ELEMENTS(pieces)]);
		}
		copy = g_memdup2(text->str, text->len);
		s = span_of(copy, text->len);
		plain = plain_search(regex, s);
		windows = window_search(regex, s);
		ck_assert_msg(plain->len == windows->len, "%s: %u, not %u in <%s>", regex, windows->len, plain->len, text->str);
		for (guint i = 0; i < plain->len; i++) {
			struct range a = g_array_index(plain, struct range, i), b = g_array_index(windows, struct range, i);

			ck_assert_msg(a.start == b.start && a.end == b.end, "%s: %zu-%zu, not %zu-%zu", regex, b.start, b.end,
			        a.start, a.end);
		}
		g_array_free(plain, TRUE);
		g_array_free(windows, TRUE);
		g_free(copy);
	}
}
END_TEST

/* CR LF ends a line. */
START_TEST(line_ends)
{
	GArray *found = window_search("^b$", SPAN_LIT("a\r\nb\r\nb\nxb\rb"));

	ck_assert_uint_eq(found->len, 3);
	ck_assert_uint_eq(g_array_index(found, struct range, 0).start, 3);
	g_array_free(found, TRUE);
}
END_TEST

/* A long line: what can be looked at is bounded, and what is near is found. */
START_TEST(long_line)
{
	g_autoptr(GString) text = g_string_new(NULL);
	GArray *found;

	for (int i = 0; i < 30000; i++)
		g_string_append(text, "あ ");
	g_string_append(text, "x無料y");
	for (int i = 0; i < 30000; i++)
		g_string_append(text, " あ");
	found = window_search("[^\\n]{0,5}無料.*", span_of(text->str, text->len));
	ck_assert_uint_eq(found->len, 1);
	g_array_free(found, TRUE);
	/* The end of what is seen is no line end. */
	found = window_search("無料[^\\n]{0,2}$", span_of(text->str, text->len));
	ck_assert_uint_eq(found->len, 0);
	g_array_free(found, TRUE);
}
END_TEST

/* Patterns that run away, on text made for them. */
static const struct {
	const char *regex, *unit, *tail;
} runaways[] = {
        {"(a+)+$", "a", "!"},
        {"(a|aa)+$", "a", "!"},
        {"^(([a-z])+.)+[A-Z]([a-z])+$", "a", "!"},
        {"(.*a){12}x", "a", "!x"},
        {"(\\w+\\s?)+:", "wwwww ", "!:"},
        {"a.{0,40}a.{0,40}a.{0,40}z", "a", "!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!!z"},
        {"(?:無料|無|料)+円", "無料", "!円"},
};

START_TEST(runaway)
{
	g_autoptr(GString) text = g_string_new(NULL);
	struct pattern_shape shape = pattern_analyse(arena, runaways[_i].regex, FORM_DECODED);
	struct pattern *pattern = pattern_compile(runaways[_i].regex, NULL);
	GArray *found = g_array_new(FALSE, FALSE, sizeof(struct range));
	int64_t message_us = LIMIT_MESSAGE_BUDGET_US, before, used;
	struct pattern_budget budget = {.rule_us = LIMIT_PATTERN_BUDGET_US, .message_us = &message_us};
	enum pattern_result result;

	ck_assert_ptr_nonnull(pattern);
	while (text->len < 100000)
		g_string_append(text, runaways[_i].unit);
	g_string_append(text, runaways[_i].tail);
	before = pattern_cpu_us();
	result = pattern_find(pattern, &shape, span_of(text->str, text->len), 0, text->len, &budget, collect, found, NULL);
	used = pattern_cpu_us() - before;
	if (g_getenv("PRESEND_TEST_TIMES"))
		printf("%-30s %6.1f ms, %s\n", runaways[_i].regex, (double)used / 1000,
		        result == PATTERN_GAVE_UP ? "gave up" : "done");
	/* Five times the budget: sanitizers and a busy machine stretch a slice. */
	ck_assert_int_lt(used, LIMIT_PATTERN_BUDGET_US * 5);
	ck_assert_int_eq(result, PATTERN_GAVE_UP);
	g_array_free(found, TRUE);
	pattern_free(pattern);
}
END_TEST

/* Honest patterns must not give up on a long text. */
static const char *const honest[] = {"無料.{0,40}円", "[0-9]{1,4}[^\\n]{0,20}円",
        "(?:今すぐ|本日|限定)[^。\\n]{0,60}(?:クリック|登録|申込)", "料[^\\n]{0,200}z", "(?i)click[^\\n]{0,80}now"};

START_TEST(honest_patterns)
{
	g_autoptr(GString) text = g_string_new(NULL);
	struct pattern_shape shape = pattern_analyse(arena, honest[_i], FORM_DECODED);
	struct pattern *pattern = pattern_compile(honest[_i], NULL);
	GArray *found = g_array_new(FALSE, FALSE, sizeof(struct range));
	int64_t message_us = 10000000;
	struct pattern_budget budget = {.rule_us = 10000000, .message_us = &message_us};

	while (text->len < 100000)
		g_string_append(text, "本日は送料無料のお知らせです。今すぐご登録を。価格は1,980円。click and read it right now\n");
	ck_assert_int_eq(pattern_find(pattern, &shape, span_of(text->str, text->len), 0, text->len, &budget, collect, found, NULL),
	        PATTERN_DONE);
	g_array_free(found, TRUE);
	pattern_free(pattern);
}
END_TEST

static const struct {
	const char *name, *regex;
} refused[] = {
        {"bad syntax", "(abc"},
        {"one code unit", "a\\Cb"},
        {"not UTF-8", "a\xff"},
};

START_TEST(refusal)
{
	GError *error = NULL;

	ck_assert_msg(!pattern_compile(refused[_i].regex, &error), "%s", refused[_i].name);
	ck_assert_ptr_nonnull(error);
	g_error_free(error);
}
END_TEST

START_TEST(too_long)
{
	g_autofree char *regex = g_strnfill(LIMIT_PATTERN_BYTES + 1, 'a');
	GError *error = NULL;

	ck_assert(!pattern_compile(regex, &error));
	ck_assert_ptr_nonnull(error);
	g_error_free(error);
	regex[LIMIT_PATTERN_BYTES] = '\0';
	struct pattern *pattern = pattern_compile(regex, NULL);
	ck_assert_ptr_nonnull(pattern);
	pattern_free(pattern);
}
END_TEST

/* Odd regexes must not crash or take long. */
START_TEST(odd_regexes)
{
	static const char *const odd[] = {"", "(", ")", "[", "[]", "[^", "\\", "a{", "a{1", "a{1,", "(?", "(?<", "(?#", "(?i",
	        "\\Q", "\\x", "\\x{", "[a-", "[\\", "*", "a**", "|", "||a", "(|a)", "(?:)", "[[:", "(?P<", "\\p{", "()", "a|",
	        "[z-a]", "(*UTF)", "\\p", "[\\p", "a+++", "(?-i", "(?^:a)", "\\o{12", "[\\Qa]", "{2}", "a{2}{3}"};
	g_autoptr(GString) deep = g_string_new(NULL);
	static const char alphabet[] = "a()[]|*+?{}1,2\\QEpx-^$.:=!<>i\xe3\x81\x82";
	uint32_t state = 3;

	for (size_t i = 0; i < G_N_ELEMENTS(odd); i++) {
		char *copy = g_strdup(odd[i]);

		pattern_analyse(arena, copy, FORM_L1);
		g_free(copy);
	}
	for (int i = 0; i < 900; i++)
		g_string_append_c(deep, '(');
	for (int i = 0; i < 900; i++)
		g_string_append_c(deep, ')');
	ck_assert_uint_eq(pattern_analyse(arena, deep->str, FORM_L1).n_literals, 0);
	g_string_truncate(deep, 0);
	for (int i = 0; i < 200; i++)
		g_string_append(deep, "^{60000}");
	pattern_analyse(arena, deep->str, FORM_L1);
	for (int round = 0; round < 20000; round++) {
		char regex[24];
		size_t n = 1 + round % 20;

		for (size_t i = 0; i < n; i++) {
			state = state * 1103515245u + 12345u;
			regex[i] = alphabet[(state >> 16) % (sizeof(alphabet) - 1)];
		}
		regex[n] = '\0';
		pattern_analyse(arena, regex, FORM_DECODED);
	}
}
END_TEST

/* What is called a required literal must be in every match: random small regexes on random small texts. */
START_TEST(literals_are_required)
{
	/* Rare punctuation, since one letter alone is no literal. */
	static const char *const atoms[] = {"!", "%", "@", "[!%]", "[^!]", "(?:!|%@)", "(?:!%|@)?", "!+", "%*", "@?", ".", "(?i)!",
	        "\\W", "(?=!)", "(?:!|%|)", "\\b", "(?:!%){2}", "!{0,2}", "(?:@|!%)+", "\\Q!\\E", "|", "|@", "!%@", "a", "%a@"};
	uint32_t state = 99u + (uint32_t)_i;

	for (int round = 0; round < 1500; round++) {
		char regex[200] = "", text[40];
		size_t n;
		GArray *plain, *windows;
		struct arena *outer = arena;

		arena = arena_new();
		for (int i = 0; i < 2 + round % 4; i++) {
			state = state * 1103515245u + 12345u;
			g_strlcat(regex, atoms[(state >> 16) % G_N_ELEMENTS(atoms)], sizeof(regex));
		}
		n = 1 + (state >> 8) % 38;
		for (size_t i = 0; i < n; i++) {
			state = state * 1103515245u + 12345u;
			text[i] = "!%@a\n"[(state >> 16) % 5];
		}
		text[n] = '\0';
		plain = plain_search(regex, span_of(text, n));
		windows = window_search(regex, span_of(text, n));
		ck_assert_msg(plain->len == windows->len &&
		                      (!plain->len || memcmp(plain->data, windows->data, plain->len * sizeof(struct range)) == 0),
		        "%s in <%s>: %u, not %u", regex, text, windows->len, plain->len);
		g_array_free(plain, TRUE);
		g_array_free(windows, TRUE);
		arena_free(arena);
		arena = outer;
	}
}
END_TEST

/* The prefilter against a plain search, literals of every length, texts that end anywhere. */
START_TEST(prefilter_finds_all)
{
	static const char *const literals[] = {
	        "a", "ab", "abc", "abcd", "abcdef", "abcdefg", "bcdefgh", "無", "無料", "無料配", "fx", "cde", "!"};
	static const char *const text = "abcabcdefghfx!無料配布 無 abcd!xFXabcdefg";
	struct prefilter *prefilter = prefilter_new(arena);

	for (size_t i = 0; i < G_N_ELEMENTS(literals); i++)
		ck_assert_uint_eq(prefilter_add(prefilter, span_str(literals[i]), false), i);
	ck_assert_uint_eq(prefilter_add(prefilter, SPAN_LIT("無料"), false), 8);
	ck_assert_uint_eq(prefilter_add(prefilter, SPAN_LIT("fx"), true), G_N_ELEMENTS(literals));
	prefilter_finish(prefilter);
	for (size_t n = 0; n <= strlen(text); n++) {
		char *copy = g_memdup2(text, n ? n : 1);
		GArray *places = g_array_new(FALSE, FALSE, sizeof(struct place));
		size_t want = 0, ignoring_case = 0;

		prefilter_scan(prefilter, span_of(copy, n), on_place, places);
		for (size_t i = 0; i < G_N_ELEMENTS(literals); i++) {
			for (size_t at = span_find(span_of(copy, n), span_str(literals[i]), 0); at < n;
			        at = span_find(span_of(copy, n), span_str(literals[i]), at + 1))
				want++;
		}
		for (size_t at = 0; at + 2 <= n; at++)
			ignoring_case += span_eq_ci(span_of(copy + at, 2), SPAN_LIT("fx"));
		ck_assert_msg(places->len == want + ignoring_case, "%zu bytes: %u, not %zu", n, places->len, want + ignoring_case);
		for (guint i = 0; i < places->len; i++) {
			struct place place = g_array_index(places, struct place, i);

			if (place.literal < G_N_ELEMENTS(literals))
				ck_assert(
				        memcmp(copy + place.offset, literals[place.literal], strlen(literals[place.literal])) == 0);
		}
		g_array_free(places, TRUE);
		g_free(copy);
	}
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("pattern");
	TCase *tests = tcase_create("pattern");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_set_timeout(tests, 60);
	tcase_add_loop_test(tests, analysis, 0, (int)G_N_ELEMENTS(shapes));
	tcase_add_loop_test(tests, judgement, 0, (int)G_N_ELEMENTS(judgements));
	tcase_add_loop_test(tests, windows_as_plain_search, 0, (int)G_N_ELEMENTS(same_regexes));
	tcase_add_test(tests, line_ends);
	tcase_add_test(tests, long_line);
	tcase_add_loop_test(tests, runaway, 0, (int)G_N_ELEMENTS(runaways));
	tcase_add_loop_test(tests, honest_patterns, 0, (int)G_N_ELEMENTS(honest));
	tcase_add_loop_test(tests, refusal, 0, (int)G_N_ELEMENTS(refused));
	tcase_add_test(tests, too_long);
	tcase_add_test(tests, odd_regexes);
	tcase_add_loop_test(tests, literals_are_required, 0, 4);
	tcase_add_test(tests, prefilter_finds_all);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
