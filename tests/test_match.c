/* Tests of rule/match.c: trees over messages made by hand, traps of Japanese substrings, budgets, the check of rules. */
#include <check.h>
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/normal.h"
#include "rule/match.h"
#include "rule/pattern.h"

#define PHRASES(...) ((const char *const[]){__VA_ARGS__, NULL})
#define CHILDREN(...) ((const struct rule_match *const[]){__VA_ARGS__, NULL})
#define LEAF(target_value, form_value, ...)                                                                                        \
	{                                                                                                                          \
		.target = (target_value), .form = (form_value), __VA_ARGS__                                                        \
	}

static struct arena *arena;
static struct message message;
static struct text file;
static struct body bodies[2];
static struct html html;

static void set_up(void)
{
	arena = arena_new();
	memset(&message, 0, sizeof(message));
	memset(bodies, 0, sizeof(bodies));
	memset(&html, 0, sizeof(html));
	message.arena = arena;
	message.file = &file;
}

static void tear_down(void)
{
	free((void *)file.bytes.p);
	file = (struct text){0};
	arena_free(arena);
}

/* The file is an exact copy on the heap. */
static void set_file(const char *bytes)
{
	size_t n = strlen(bytes);
	char *copy = malloc(n ? n : 1);

	ck_assert_ptr_nonnull(copy);
	memcpy(copy, bytes, n);
	file = (struct text){.bytes = {copy, n}};
}

/* A message whose only body is plain text: the file. */
static void set_plain(const char *bytes)
{
	set_file(bytes);
	bodies[0] = (struct body){.source = &file, .visible = &file, .l1 = normal_l1(arena, &file)};
	message.bodies = bodies;
	message.n_bodies = 1;
}

/* Part of the file as a text. */
static struct text *part(const char *bytes)
{
	size_t at = span_find(file.bytes, span_str(bytes), 0);
	struct map_builder map;

	ck_assert(at < file.bytes.n);
	map_builder_init(&map);
	map_add_copied(&map, at, strlen(bytes));
	return text_new(arena, span_cut(file.bytes, at, at + strlen(bytes)), map_builder_finish(&map, arena), &file);
}

struct result {
	int called;
	bool gave_up;
	size_t n;
	char hits[400]; /* raw bytes of the file, '|' between */
};

static void on_hit(const struct rule *rule, const struct match_hit *hits, size_t n_hits, bool gave_up, void *data)
{
	struct result *result = data;
	size_t used = 0;

	ck_assert_str_eq(rule->id, "r");
	result->called++;
	result->gave_up = gave_up;
	result->n = n_hits;
	for (size_t i = 0; i < n_hits; i++) {
		struct range range = text_to_file(hits[i].text, hits[i].range.start, hits[i].range.end);

		struct span shown = span_cut(hits[i].text->bytes, hits[i].range.start, hits[i].range.end);

		/* What was found across a wrapped line reads in one piece. */
		ck_assert(span_eq(hits[i].matched, shown) || span_find_byte(shown, '\n', 0) < shown.n);
		ck_assert(span_find_byte(hits[i].matched, '\n', 0) == hits[i].matched.n);
		if (used + (range.end - range.start) + 2 < sizeof(result->hits))
			used += (size_t)snprintf(result->hits + used, sizeof(result->hits) - used, "%s%.*s", used ? "|" : "",
			        (int)(range.end - range.start), file.bytes.p + range.start);
	}
}

static struct result run_match(const struct rule_match *match)
{
	const struct rule rule = {.id = "r", .match = match}, other = {.id = "other", .check = "native"};
	const struct rule *const rules[] = {&other, &rule};
	const struct rule_set rule_set = {rules, 2};
	struct match_set *set = match_set_new(&rule_set);
	struct match_worker *worker = match_worker_new(set, NULL);
	struct result first = {0}, second = {0};

	match_run(worker, &message, NULL, on_hit, &first);
	/* A worker keeps nothing of a message. */
	match_run(worker, &message, NULL, on_hit, &second);
	ck_assert_int_eq(first.called, second.called);
	ck_assert_str_eq(first.hits, second.hits);
	match_worker_free(worker);
	match_set_free(set);
	return first;
}

static const struct rule_match free_l1 = LEAF(TARGET_BODY, FORM_L1, .kind = MATCH_PHRASE, .phrases = PHRASES("無料", "完全無料"));
static const struct rule_match free_word = LEAF(TARGET_BODY, FORM_L1, .kind = MATCH_PHRASE, .border = BORDER_WORD,
        .phrases = PHRASES("無料", "援助", "エロ", "sex", "line追加", "人妻", "出会い", "副業"));
static const struct rule_match kana =
        LEAF(TARGET_BODY, FORM_L1_KANA, .kind = MATCH_PHRASE, .phrases = PHRASES("すごい", "むりょう"));
static const struct rule_match decoded = LEAF(TARGET_BODY, FORM_DECODED, .kind = MATCH_PHRASE, .phrases = PHRASES("FREE"));
static const struct rule_match except = LEAF(TARGET_BODY, FORM_L1, .kind = MATCH_PHRASE, .phrases = PHRASES("処女", "当選"),
        .except = PHRASES("処女作", "処女航海", "当選者発表"));
static const struct rule_match regex = LEAF(TARGET_BODY, FORM_L1, .kind = MATCH_REGEX, .regex = "[0-9]{1,4}(?:万|億)円");
static const struct rule_match regex_any_prefix = LEAF(TARGET_BODY, FORM_L1, .kind = MATCH_REGEX, .regex = "[a-z]+@example");
static const struct rule_match slow = LEAF(TARGET_BODY, FORM_L1, .kind = MATCH_REGEX, .regex = "[0-9]{3}");
static const struct rule_match now = LEAF(TARGET_BODY, FORM_L1, .kind = MATCH_PHRASE, .phrases = PHRASES("今すぐ"));
static const struct rule_match click = LEAF(TARGET_BODY, FORM_L1, .kind = MATCH_PHRASE, .phrases = PHRASES("クリック"));
static const struct rule_match opt_out = LEAF(TARGET_BODY, FORM_L1, .kind = MATCH_PHRASE, .phrases = PHRASES("配信停止"));
static const struct rule_match any = {.kind = MATCH_ANY, .children = CHILDREN(&now, &click)};
static const struct rule_match all = {.kind = MATCH_ALL, .children = CHILDREN(&now, &click)};
static const struct rule_match no_opt_out = {.kind = MATCH_NOT, .children = CHILDREN(&opt_out)};
static const struct rule_match all_but = {.kind = MATCH_ALL, .children = CHILDREN(&now, &no_opt_out)};
static const struct rule_match three = {.kind = MATCH_COUNT, .min = 3, .max = -1, .children = CHILDREN(&free_l1)};
static const struct rule_match two_distinct = {
        .kind = MATCH_COUNT, .min = 2, .max = -1, .distinct = true, .children = CHILDREN(&free_l1)};
static const struct rule_match at_most_one = {.kind = MATCH_COUNT, .min = 1, .max = 1, .children = CHILDREN(&free_l1)};
static const struct rule_match none_allowed = {.kind = MATCH_COUNT, .min = 0, .max = 0, .children = CHILDREN(&free_l1)};
static const struct rule_match near = {.kind = MATCH_WITHIN, .distance = 5, .children = CHILDREN(&now, &click)};
static const struct rule_match chain = {.kind = MATCH_WITHIN, .distance = 3, .children = CHILDREN(&now, &free_l1, &click)};

static const struct {
	const char *name;
	const struct rule_match *match;
	const char *body, *hits; /* NULL: not called */
} cases[] = {
        {"phrase", &free_l1, "送料は無料です", "無料"},
        {"phrase, absent", &free_l1, "送料は有料です", NULL},
        {"the longer phrase counts", &free_l1, "完全無料 無料", "完全無料|無料"},
        {"full width and zero width", &free_l1, "無\u200b料 🈚料", "無\u200b料|🈚料"},
        {"kana", &kana, "スゴイ ｽｺﾞｲ すごい ﾑﾘｮｳ", "スゴイ|ｽｺﾞｲ|すごい|ﾑﾘｮｳ"},
        {"decoded: case counts", &decoded, "FREE free ＦＲＥＥ", "FREE"},
        {"border: grant", &free_word, "支援助成金のご案内", NULL},
        {"border: with or without fee", &free_word, "有無料金", NULL},
        {"border: pierrot", &free_word, "ピエロの公演", NULL},
        {"border: online", &free_word, "online追加", NULL},
        {"border: Essex", &free_word, "essex", NULL},
        {"border: three", &free_word, "三人妻子", NULL},
        {"border: meeting", &free_word, "出会い頭", NULL},
        {"border: vice", &free_word, "副業務責任者", NULL},
        {"border: free shipping", &free_word, "期間限定送料無料キャンペーン", "無料"},
        {"except", &except, "処女作と処女航海、当選者発表", NULL},
        {"except, and one beside", &except, "処女作。当選!", "当選"},
        {"except at the ends", &except, "当選者発表", NULL},
        {"regex", &regex, "賞金１００万円と2億円と５円", "１００万円|2億円"},
        {"regex without bound in front", &regex_any_prefix, "mail to me@example or\nyou@example", "me@example|you@example"},
        {"regex without a literal", &slow, "12 345 6789", "345|678"},
        {"any", &any, "クリック", "クリック"},
        {"any, both, in order", &any, "クリック 今すぐ", "クリック|今すぐ"},
        {"all", &all, "今すぐ\n\nクリック", "今すぐ|クリック"},
        {"all, one is missing", &all, "今すぐ", NULL},
        {"not", &all_but, "今すぐ", "今すぐ"},
        {"not, but there", &all_but, "今すぐ 配信停止", NULL},
        {"absence alone", &no_opt_out, "本文", ""},
        {"count", &three, "無料 無料 無料", "無料|無料|無料"},
        {"count, too few", &three, "無料 無料", NULL},
        {"count distinct", &two_distinct, "無料 完全無料", "無料|完全無料"},
        {"count distinct, the same", &two_distinct, "無料 無料", NULL},
        {"count, too many", &at_most_one, "無料 無料", NULL},
        {"count, just one", &at_most_one, "無料", "無料"},
        {"count none", &none_allowed, "本文", ""},
        {"count none, but there", &none_allowed, "無料", NULL},
        {"within", &near, "今すぐ12345クリック", "今すぐ|クリック"},
        {"within, characters not bytes", &near, "今すぐ一二三四五クリック", "今すぐ|クリック"},
        {"within, too far", &near, "今すぐ123456クリック", NULL},
        {"within, other order", &near, "クリックして今すぐ", "クリック|今すぐ"},
        {"within, only the near ones", &near, "今すぐ ずっと離れたところで 今すぐクリック", "今すぐ|クリック"},
        {"within, a chain", &chain, "今すぐ12無料34クリック", "今すぐ|無料|クリック"},
        {"within, a chain with a gap", &chain, "今すぐ12無料3456クリック", NULL},
        {"empty body", &free_l1, "", NULL},
        {"broken UTF-8", &slow,
                "\xff"
                "12\xe3"
                "345",
                "345"},
};

START_TEST(table)
{
	struct result result;

	set_plain(cases[_i].body);
	result = run_match(cases[_i].match);
	ck_assert_msg(
	        result.called == (cases[_i].hits ? 1 : 0), "%s: called %d times, <%s>", cases[_i].name, result.called, result.hits);
	if (cases[_i].hits) {
		ck_assert_msg(strcmp(result.hits, cases[_i].hits) == 0, "%s: <%s>, not <%s>", cases[_i].name, result.hits,
		        cases[_i].hits);
		ck_assert(!result.gave_up);
	}
}
END_TEST

/* Every target by one regex and one phrase that would hit in any of them. */
static const struct {
	const char *name;
	enum match_target target;
	const char *header, *hits;
} targets[] = {
        {"subject", TARGET_SUBJECT, NULL, "hit-subject"},
        {"From name", TARGET_FROM_NAME, NULL, "hit-name"},
        {"From address", TARGET_FROM_ADDRESS, NULL, "hit-from@x"},
        {"To name", TARGET_TO_NAME, NULL, "hit-toname"},
        {"Reply-To address", TARGET_REPLY_TO_ADDRESS, NULL, "hit-reply@x"},
        {"header", TARGET_HEADER, "x-test", "hit-value"},
        {"header, raw", TARGET_HEADER_RAW, "X-Test", "hit-unfolded"},
        {"header, absent", TARGET_HEADER, "x-other", NULL},
        {"body", TARGET_BODY, NULL, "hit-plain|hit-visible"},
        {"plain", TARGET_PLAIN, NULL, "hit-plain"},
        {"HTML, visible", TARGET_HTML_VISIBLE, NULL, "hit-visible"},
        {"HTML, hidden", TARGET_HTML_HIDDEN, NULL, "hit-hidden"},
        {"HTML source", TARGET_HTML_SOURCE, NULL, "hit-source"},
        {"text", TARGET_TEXT, NULL, "hit-subject|hit-plain|hit-visible"},
        {"link URL", TARGET_LINK_URL, NULL, "https://HIT-host.example/hit-path"},
        {"link host", TARGET_LINK_HOST, NULL, "HIT-host.example"},
        {"link label", TARGET_LINK_LABEL, NULL, "hit-label"},
        {"file name", TARGET_FILE_NAME, NULL, "hit-file"},
};

START_TEST(every_target)
{
	struct mailbox from = {0}, to = {0}, reply = {0};
	struct field field = {.name = SPAN_LIT("X-TEST")};
	struct header header = {.fields = &field, .n = 1};
	struct link link = {0};
	struct entity entity = {0};
	struct entity *entities[] = {&entity};
	struct rule_match match = LEAF(
	        targets[_i].target, FORM_DECODED, .kind = MATCH_REGEX, .regex = "[^ ]*hit-[^ ]*", .header = targets[_i].header);
	struct result result;
	size_t at;

	set_file("hit-subject hit-name hit-from@x hit-toname hit-reply@x hit-value hit-unfolded hit-plain hit-visible hit-hidden "
	         "hit-source "
	         "https://HIT-host.example/hit-path hit-label hit-file");
	message.subject = part("hit-subject");
	message.subject_l1 = normal_l1(arena, message.subject);
	from.name_text = part("hit-name");
	at = span_find(file.bytes, SPAN_LIT("hit-from@x"), 0);
	from.address = (struct range){at, at + 10};
	to.name_text = part("hit-toname");
	at = span_find(file.bytes, SPAN_LIT("hit-reply@x"), 0);
	reply.address = (struct range){at, at + 11};
	message.from = (struct address_list){.mailboxes = &from, .n = 1};
	message.to = (struct address_list){.mailboxes = &to, .n = 1};
	message.reply_to = (struct address_list){.mailboxes = &reply, .n = 1};
	field.value = part("hit-value");
	field.unfolded = part("hit-unfolded");
	message.header = &header;
	html.hidden = part("hit-hidden");
	bodies[0].visible = bodies[0].source = part("hit-plain");
	bodies[0].l1 = normal_l1(arena, bodies[0].visible);
	bodies[1] = (struct body){.html = &html, .source = part("hit-source"), .visible = part("hit-visible")};
	bodies[1].l1 = normal_l1(arena, bodies[1].visible);
	message.bodies = bodies;
	message.n_bodies = 2;
	link.target = part("https://HIT-host.example/hit-path");
	link.url.whole = link.target->bytes;
	link.url.host = span_cut(link.target->bytes, 8, 24);
	link.label = part("hit-label");
	message.links = &link;
	message.n_links = 1;
	entity.file_name = part("hit-file");
	message.mime = (struct mime){.root = &entity, .all = entities, .n = 1};

	/* In every form; the text is lower case but for the host. */
	for (int form = FORM_L1; form <= FORM_DECODED; form++) {
		match.form = (enum match_form)form;
		result = run_match(&match);
		ck_assert_msg(result.called == (targets[_i].hits ? 1 : 0), "%s, form %d: %s", targets[_i].name, form, result.hits);
		if (targets[_i].hits)
			ck_assert_msg(
			        strcmp(result.hits, targets[_i].hits) == 0, "%s, form %d: %s", targets[_i].name, form, result.hits);
	}
}
END_TEST

/* Two texts are not one: nothing is near across them. */
START_TEST(within_one_text)
{
	struct result result;

	set_file("今すぐクリック");
	for (int i = 0; i < 2; i++) {
		bodies[i].source = bodies[i].visible = part(i ? "クリック" : "今すぐ");
		bodies[i].l1 = normal_l1(arena, bodies[i].visible);
	}
	message.bodies = bodies;
	message.n_bodies = 2;
	result = run_match(&near);
	ck_assert_int_eq(result.called, 0);
	result = run_match(&all);
	ck_assert_str_eq(result.hits, "今すぐ|クリック");
}
END_TEST

static bool not_wanted(const struct rule *rule, void *data)
{
	(void)data;
	return strcmp(rule->id, "r") != 0;
}

/* Phrases across line ends that a width made, and beside them what is not one: the raw bytes found. */
static const struct {
	const char *text, *hits;
} wrapped[] = {
	{"一行が三十五字で折り返されるメールマガジンでは、言葉が途中で切れて不労\n所得と書かれます。\n", "不労\n所得"},
	{"a line of English that was wrapped where the page was full, work from \r\nhome they say\n", "work from \r\nhome"},
	{"a line of English that was wrapped where the page was full, work\nfrom\nhome they say\n", ""},
	{"不労所得で、一行が三十五字で折り返されるメールマガジンでは、不労\n所得、不労所得\n", "不労所得|不労\n所得|不労所得"},
	{"短い行は不労\n所得\n", ""},
	{"一行が三十五字で折り返されるメールマガジンでは、段落の終わりの不労\n\n所得\n", ""},
	{"一行が三十五字で折り返されるメールマガジンでは、次の段落の前で不労\n　所得\n", ""},
	{"一行が三十五字で折り返されるメールマガジンでは、見出しが続くので不労\n■所得\n", ""},
	{"> a line of English that was wrapped where the page was full, work from\n> home they say\n", ""},
	{"a heading that is as wide as a page, and a list below: work from\n- home\n", ""},
	{"言葉の間で折り返した行では、空白は入りませんから、この不労 \n所得も同じ\n", "不労 \n所得"},
	{"homework from home and a line of English that was wrapped where work f\nrom home\n", "work from home"},
};

START_TEST(across_lines)
{
	const struct rule_match match =
	        LEAF(TARGET_BODY, FORM_L1, .kind = MATCH_PHRASE, .phrases = PHRASES("不労所得", "work from home"));

	set_plain(wrapped[_i].text);
	ck_assert_str_eq(run_match(&match).hits, wrapped[_i].hits);
}
END_TEST

START_TEST(wanted)
{
	const struct rule rule = {.id = "r", .match = &free_l1};
	const struct rule *const rules[] = {&rule};
	const struct rule_set rule_set = {rules, 1};
	struct match_set *set = match_set_new(&rule_set);
	struct match_worker *worker = match_worker_new(set, NULL);
	struct result result = {0};

	set_plain("無料");
	match_run(worker, &message, not_wanted, on_hit, &result);
	ck_assert_int_eq(result.called, 0);
	match_run(worker, &message, NULL, on_hit, &result);
	ck_assert_int_eq(result.called, 1);
	match_worker_free(worker);
	match_set_free(set);
}
END_TEST

/* Hits without end: at most 1,000 are given, in the order of the text. */
START_TEST(many_hits)
{
	g_autoptr(GString) text = g_string_new(NULL);
	struct result result;

	for (int i = 0; i < 300000; i++)
		g_string_append(text, "無料 ");
	set_plain(text->str);
	result = run_match(&free_l1);
	ck_assert_uint_eq(result.n, 1000);
	ck_assert(!result.gave_up);
	result = run_match(&near);
	ck_assert_int_eq(result.called, 0);
}
END_TEST

/* Runaway patterns as rules, on text made for them: bounded, and said. */
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
        /* Below the limit at every start position, so that only the clock stops it. */
        {"a.{0,20}a.{0,20}a.{0,12}[x-z]", "a", "!"},
};

START_TEST(runaway)
{
	const struct rule_match match = LEAF(TARGET_BODY, FORM_DECODED, .kind = MATCH_REGEX, .regex = runaways[_i].regex);
	const struct rule rule = {.id = "r", .match = &match};
	const struct rule *const rules[] = {&rule};
	const struct rule_set rule_set = {rules, 1};
	g_autoptr(GString) text = g_string_new(NULL);
	struct match_set *set = match_set_new(&rule_set);
	struct match_worker *worker = match_worker_new(set, NULL);
	struct result result = {0};
	int64_t before, used;

	while (text->len < 20000)
		g_string_append(text, runaways[_i].unit);
	g_string_append(text, runaways[_i].tail);
	set_plain(text->str);
	before = pattern_cpu_us();
	match_run(worker, &message, NULL, on_hit, &result);
	used = pattern_cpu_us() - before;
	if (g_getenv("PRESEND_TEST_TIMES"))
		printf("%-30s %6.1f ms, %s, %zu hits\n", runaways[_i].regex, (double)used / 1000,
		        result.gave_up ? "gave up" : "done", result.n);
	/* Five times the budget: sanitizers and a busy machine stretch it. */
	ck_assert_int_lt(used, LIMIT_PATTERN_BUDGET_US * 5);
	ck_assert(result.called == 1 && result.gave_up && result.n == 0);
	match_worker_free(worker);
	match_set_free(set);
}
END_TEST

/* What match_check_rule() says of one leaf. */
static const struct {
	const char *name, *phrase, *regex, *except;
	enum match_form form;
	bool good, is_slow;
} checks[] = {
        {"phrase", "無料", NULL, NULL, FORM_L1, true, false},
        {"capitals", "Free", NULL, NULL, FORM_L1, false, false},
        {"capitals, decoded", "Free", NULL, NULL, FORM_DECODED, true, false},
        {"full width", "１０円", NULL, NULL, FORM_L1, false, false},
        {"tilde", "a~b", NULL, NULL, FORM_L1, false, false},
        {"wave dash", "a〜b", NULL, NULL, FORM_L1, true, false},
        {"two blanks", "a  b", NULL, NULL, FORM_L1, false, false},
        {"katakana under kana folding", "メール", NULL, NULL, FORM_L1_KANA, false, false},
        {"hiragana under kana folding", "めーる", NULL, NULL, FORM_L1_KANA, true, false},
        {"empty", "", NULL, NULL, FORM_L1, false, false},
        {"not UTF-8", "a\xff", NULL, NULL, FORM_DECODED, false, false},
        {"except not in the form", "無料", NULL, "無料Ｘ", FORM_L1, false, false},
        {"regex", NULL, "[0-9]+万円", NULL, FORM_L1, true, false},
        {"slow regex", NULL, "[0-9]+", NULL, FORM_L1, true, true},
        {"bad regex", NULL, "(", NULL, FORM_L1, false, false},
        {"nested repeats", NULL, "(a+)+", NULL, FORM_L1, false, false},
        {"capitals in a regex", NULL, "FREE", NULL, FORM_L1, false, false},
        {"no regex", NULL, "", NULL, FORM_L1, true, true},
};

START_TEST(check_rule)
{
	const struct rule_match leaf = {.kind = checks[_i].regex ? MATCH_REGEX : MATCH_PHRASE,
	        .form = checks[_i].form,
	        .regex = checks[_i].regex,
	        .phrases = checks[_i].phrase ? PHRASES(checks[_i].phrase) : NULL,
	        .except = checks[_i].except ? PHRASES(checks[_i].except) : NULL};
	const struct rule_match tree = {.kind = MATCH_ANY, .children = CHILDREN(&leaf)};
	const struct rule rule = {.id = "r", .match = &tree};
	GError *error = NULL;
	bool is_slow = false, good = match_check_rule(&rule, &is_slow, &error);

	ck_assert_msg(good == checks[_i].good, "%s: %s", checks[_i].name, error ? error->message : "good");
	ck_assert((error == NULL) == good);
	if (good)
		ck_assert_msg(is_slow == checks[_i].is_slow, "%s", checks[_i].name);
	g_clear_error(&error);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("match");
	TCase *tests = tcase_create("match");
	SRunner *runner;
	int failed;

	tcase_add_checked_fixture(tests, set_up, tear_down);
	tcase_set_timeout(tests, 60);
	tcase_add_loop_test(tests, table, 0, (int)G_N_ELEMENTS(cases));
	tcase_add_loop_test(tests, every_target, 0, (int)G_N_ELEMENTS(targets));
	tcase_add_test(tests, within_one_text);
	tcase_add_loop_test(tests, across_lines, 0, G_N_ELEMENTS(wrapped));
	tcase_add_test(tests, wanted);
	tcase_add_test(tests, many_hits);
	tcase_add_loop_test(tests, runaway, 0, (int)G_N_ELEMENTS(runaways));
	tcase_add_loop_test(tests, check_rule, 0, (int)G_N_ELEMENTS(checks));
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
