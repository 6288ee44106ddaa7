/* The loader of rule files: what a good file becomes, and every refusal with its place. Writes into a temporary folder only. */
#include <check.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "rule/rule_load.h"

/* Refusals below name lines and columns of this text. */
static const char good_rule[] = "id: good-rule\n"                                            /* 1 */
                                "requirements: [UN-01]\n"                                    /* 2 */
                                "severity: warning\n"                                        /* 3 */
                                "confidence: certain\n"                                      /* 4 */
                                "when:\n"                                                    /* 5 */
                                "  - {stage: template, severity: off}\n"                     /* 6 */
                                "  - {volume: bulk, severity: error}\n"                      /* 7 */
                                "title: {en: Title, ja: 題}\n"                               /* 8 */
                                "why: {en: Why, ja: 理由}\n"                                 /* 9 */
                                "message: {en: \"has {excerpt}\", ja: \"{excerpt} です\"}\n" /* 10 */
                                "help: {en: Help, ja: 助け}\n"                               /* 11 */
                                "sources:\n"                                                 /* 12 */
                                "  - {rfc: 8058, section: \"3.1\"}\n"                        /* 13 */
                                "match:\n"                                                   /* 14 */
                                "  any:\n"                                                   /* 15 */
                                "    - {on: subject, phrase: [abc]}\n"                       /* 16 */
                                "    - {on: body, regex: 'x+'}\n"                            /* 17 */
                                "examples:\n"                                                /* 18 */
                                "  - fail: {subject: abc}\n"                                 /* 19 */
                                "  - pass: {subject: abd}\n";                                /* 20 */

struct bench {
	char *folder;
	struct arena *arena;
	GPtrArray *errors;
};

static void bench_init(struct bench *b)
{
	b->folder = g_dir_make_tmp(NULL, NULL);
	ck_assert_ptr_nonnull(b->folder);
	b->arena = arena_new();
	b->errors = g_ptr_array_new_with_free_func(g_free);
}

static void remove_tree(const char *path)
{
	GDir *dir = g_dir_open(path, 0, NULL);
	const char *name;
	while (dir && (name = g_dir_read_name(dir))) {
		char *child = g_build_filename(path, name, NULL);
		if (g_file_test(child, G_FILE_TEST_IS_DIR))
			remove_tree(child);
		else
			g_remove(child);
		g_free(child);
	}
	if (dir)
		g_dir_close(dir);
	g_rmdir(path);
}

static void bench_release(struct bench *b)
{
	remove_tree(b->folder);
	g_free(b->folder);
	arena_free(b->arena);
	g_ptr_array_unref(b->errors);
}

static void put_file(const struct bench *b, const char *name, const char *bytes, size_t n)
{
	char *path = g_build_filename(b->folder, name, NULL), *folder = g_path_get_dirname(path);
	g_mkdir_with_parents(folder, 0700);
	ck_assert(g_file_set_contents(path, bytes, (gssize)n, NULL));
	g_free(folder);
	g_free(path);
}

static bool known_check(const char *name)
{
	return strcmp(name, "known") == 0;
}

/* All errors, the temporary folder cut off, one a line. */
static char *errors_text(const struct bench *b)
{
	GString *out = g_string_new(NULL);
	size_t cut = strlen(b->folder) + 1;
	for (guint i = 0; i < b->errors->len; i++) {
		const char *error = g_ptr_array_index(b->errors, i);
		ck_assert(g_str_has_prefix(error, b->folder));
		g_string_append_printf(out, "%s%s", i ? "\n" : "", error + cut);
	}
	return g_string_free(out, FALSE);
}

/* text with its first "from" replaced. */
static char *replaced(const char *text, const char *from, const char *to)
{
	const char *at = strstr(text, from);
	ck_assert_msg(at != NULL, "the test's own text lacks: %s", from);
	return g_strdup_printf("%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
}

static const struct {
	const char *from, *to, *want; /* want: without the file's name */
} refusals[] = {
        /* the file as a whole */
        {"id: good-rule\n", "id: good-rule\nextra: x\n", "2:1: unknown key \"extra\" in a rule"},
        {"title:", "tittle:", "1:1: \"title\" is missing|8:1: unknown key \"tittle\" in a rule; did you mean \"title\"?"},
        {"severity: warning\n", "severity: warning\nseverity: error\n", "4:1: key \"severity\" stands twice"},
        {"stage: template,", "stage: template, stage: draft,", "6:23: key \"stage\" stands twice"},
        {"[UN-01]", "&a [UN-01]", "2:15: anchors are not allowed"},
        {"warning", "*a", "3:11: aliases are not allowed"},
        {"warning", "!!str warning", "3:11: tags are not allowed"},
        {"id: good-rule\n", "%YAML 1.1\n---\nid: good-rule\n", "1:1: YAML directives are not allowed"},
        {"  - pass: {subject: abd}\n", "  - pass: {subject: abd}\n---\nid: x\n", "21:1: a second document in the file"},
        {"warning", "{a: [}", "3:16: did not find expected node content"},
        {"id: good-rule\n", "{a: b}: x\nid: good-rule\n", "1:1: a key must be a word"},
        {"en: Why", "en: \"a\\0b\"", "9:11: NUL character in a text"},
        {"en: Why", "en: [[[[[[[[[[[[[x]]]]]]]]]]]]]", "9:21: nested more than 12 levels deep"},
        /* single keys */
        {"good-rule", "Good_Rule", "1:5: \"Good_Rule\" is no id (small letters, digits, hyphens)"},
        {"good-rule", "other-rule", "1:5: id \"other-rule\" is not the file's name, good-rule.yaml"},
        {"id: good-rule\n", "", "1:1: \"id\" is missing"},
        {"[UN-01]", "[un-1]", "2:16: \"un-1\" is no requirement id such as UN-01"},
        {"[UN-01]", "UN-01", "2:15: requirements must be a list"},
        {"[UN-01]", "[UN-01, UN-01]", "2:23: \"UN-01\" stands twice in requirements"},
        {"warning", "fatal", "3:11: severity must be error, warning, info or off"},
        {"certain", "sure", "4:13: confidence must be certain, likely or opinion"},
        {"id: good-rule\n", "id: good-rule\ndefault: no\n", "2:10: default must be on or off"},
        {"match:\n  any:\n    - {on: subject, phrase: [abc]}\n    - {on: body, regex: 'x+'}\n", "check: known\nskip-quoted-warnings: true\n",
                "15:1: skip-quoted-warnings needs match"},
        {"id: good-rule\n", "id: good-rule\nseveral-messages: true\n", "2:1: several-messages needs check"},
        {"id: good-rule\n", "id: good-rule\nsupersedes: [good-rule]\n", "2:13: a rule cannot supersede itself"},
        {"id: good-rule\n", "id: good-rule\nwith: {a: b}\n", "2:1: with belongs to check"},
        {"match:\n", "skip-quoted-warnings: yes\nmatch:\n", "14:23: skip-quoted-warnings must be true or false"},
        {"id: good-rule\n", "id: good-rule\ncheck: known\n", "1:1: a rule has one of check, match and phrases"},
        {"id: good-rule\n", "id: good-rule\nsmtp_reply: \"a\\nb\"\n", "2:13: smtp_reply must be one line"},
        /* texts */
        {", ja: 題", "", "8:8: title has no \"ja\""},
        {"ja: 題", "ja: \" \"", "8:24: title is empty"},
        {"en: Title", "en: \"a\\nb\"", "8:8: title must be one line"},
        {"ja: 題", "fr: x, ja: 題", "8:20: unknown key \"fr\" in title"},
        {"ja: 理由", "ja: ''", "9:20: why is empty"},
        {"why: {en: Why, ja: 理由}", "why: x", "9:6: why must be a map"},
        {"has {excerpt}", "has {Excerpt}", "10:15: \"{\" begins no argument such as {count}"},
        {"has {excerpt}", "has {excerpt", "10:15: \"{\" begins no argument such as {count}"},
        {"has {excerpt}", "has", "10:15: the argument {excerpt} of the other language is missing here"},
        {"{excerpt} です", "です", "10:36: the argument {excerpt} of the other language is missing here"},
        {"{en: Help, ja: 助け}", "{en: \"{n}\", ja: \"{n}\"}",
                "11:12: {n}: a rule with match or phrases has the arguments {excerpt}, {words} and {count} only|11:23: {n}: a rule with match or phrases has the "
                "arguments {excerpt}, {words} and {count} only"},
        {"message: {en: \"has {excerpt}\", ja: \"{excerpt} です\"}", "message: {one: {en: a, ja: a}}",
                "10:10: a rule with match has one message, {en: ..., ja: ...}"},
        /* when */
        {"stage: template", "stage: templates", "6:13: \"templates\" is no stage"},
        {"stage: template", "class: [newsletter, spam]", "6:26: \"spam\" is no class"},
        {"volume: bulk", "volume: much", "7:14: \"much\" is no volume"},
        {"volume: bulk", "profile: hotmail", "7:15: \"hotmail\" is no profile"},
        {"volume: bulk", "target: jis", "7:14: target must be japanese or other"},
        {"volume: bulk", "field: To", "7:13: field \"To\" must be in small letters"},
        {"volume: bulk", "case: dots", "7:12: message has no case \"dots\""},
        {"volume: bulk, ", "", "7:5: an entry of when needs a condition"},
        {"volume: bulk, severity: error", "volume: bulk", "7:5: an entry of when needs severity or requirements"},
        {"volume: bulk", "volumes: bulk", "7:6: unknown key \"volumes\" in when; did you mean \"volume\"?"},
        {"severity: warning\nconfidence: certain\nwhen:\n  - {stage: template, severity: off}\n  - {volume: bulk, severity: error}",
                "severity: off\nconfidence: certain\nwhen:\n  - {stage: template, severity: off}",
                "3:11: severity off, and no entry of when raises it"},
        /* sources */
        {"  - {rfc: 8058, section: \"3.1\"}", "  []", "13:3: sources must be a list of maps"},
        {"{rfc: 8058, section: \"3.1\"}", "{section: \"3.1\"}", "13:5: a source needs a name or an rfc"},
        {"rfc: 8058", "rfc: x", "13:11: rfc must be a whole number from 1 to 999999"},
        {"rfc: 8058", "rfc: 8058, url: 'https://a'", "13:5: rfc stands for name and url; leave them out"},
        {"rfc: 8058", "name: a, url: ftp://a", "13:20: url must be an http or https address"},
        {"rfc: 8058", "name: a, date: March", "13:21: date must be such as 2026-03-21, 2026-03 or 2026"},
        /* match */
        {"on: subject", "on: subjekt", "16:12: unknown target \"subjekt\""},
        {"on: subject, ", "", "16:7: a match needs \"on\", or one of any, all, count, within"},
        {"phrase: [abc]", "phrase: [abc], regex: x", "16:7: a match has either phrase or regex"},
        {", phrase: [abc]", "", "16:7: a match has either phrase or regex"},
        {"phrase: [abc]", "phrase: []", "16:29: phrase is an empty list"},
        {"phrase: [abc]", "phrase: [abc, \"\"]", "16:35: phrase is empty"},
        {"phrase: [abc]", "phrases: [abc]",
                "16:21: unknown key \"phrases\" in match; did you mean \"phrase\"?|16:7: a match has either phrase or regex"},
        {"on: subject", "on: header", "16:7: on: header needs the field's name in header"},
        {"on: subject", "on: subject, header: To", "16:7: header belongs to on: header and header-raw"},
        {"on: subject", "on: subject, form: l2", "16:27: form must be l1 or decoded"},
        {"on: subject", "on: link-url, form: l1", "16:28: link-url is matched as it is, form: decoded"},
        {"on: subject", "on: subject, form: decoded, kana: fold", "16:42: kana: fold needs form: l1"},
        {"on: subject", "on: subject, kana: keep", "16:27: kana must be fold, or left out"},
        {"on: subject", "on: subject, border: line", "16:29: border must be word or none"},
        {"- {on: body, regex: 'x+'}", "- not: {on: body, regex: 'x+'}", "17:7: not may stand inside all only"},
        {"  any:\n    - {on: subject, phrase: [abc]}\n    - {on: body, regex: 'x+'}\n",
                "  all:\n    - not: {on: body, regex: 'x+'}\n", "16:5: all needs a child that is not a \"not\""},
        {"  any:", "  on: body\n  any:", "15:3: any must stand alone in its map"},
        {"- {on: body, regex: 'x+'}", "- count: {min: 3}", "17:14: count needs \"of\""},
        {"- {on: body, regex: 'x+'}", "- count: {min: 3, max: 2, of: {on: body, phrase: x}}", "17:28: max is less than min"},
        {"- {on: body, regex: 'x+'}", "- count: {min: 0, of: {on: body, phrase: x}}",
                "17:20: min must be a whole number from 1 to 999999"},
        {"- {on: body, regex: 'x+'}", "- count: {distinct: yes, of: {on: body, phrase: x}}",
                "17:25: distinct must be true or false"},
        {"- {on: body, regex: 'x+'}", "- within: {of: [{on: body, phrase: x}, {on: body, phrase: y}]}",
                "17:15: within needs \"distance\""},
        {"- {on: body, regex: 'x+'}", "- within: {distance: 4, of: [{on: body, phrase: x}]}",
                "17:33: within needs two matches at least"},
        {"- {on: body, regex: 'x+'}", "- x", "17:7: a match must be a map"},
        /* examples */
        {"  - pass: {subject: abd}\n", "", "19:3: there is no passing example"},
        {"  - fail: {subject: abc}\n", "", "19:3: there is no failing example"},
        {"fail: {subject: abc}", "fail: {subjekt: abc}", "19:12: unknown key \"subjekt\" in an example; did you mean \"subject\"?"},
        {"fail: {subject: abc}", "fail: {subject: abc, text: x}", "19:11: an example has exactly one kind of content"},
        {"fail: {subject: abc}", "fail: abc", "19:11: an example must be a map"},
        {"fail: {subject: abc}", "fail: {bytes: '\\q'}", "19:19: a backslash must begin \\xHH, \\e, \\r, \\n, \\t or \\\\"},
        {"fail: {subject: abc}", "fail: {file: ../secret}", "19:18: file must be a path below corpus/"},
        {"fail: {subject: abc}", "fail: {messages: [a]}", "19:22: messages must be a list of two at least"},
        {"fail: {subject: abc}", "fail: {template: {name: a.html}}", "19:22: template needs name and content"},
        {"fail: {subject: abc}", "fail: {repeat: {header: a, line: b}}", "19:20: repeat needs header, line and times"},
        {"fail: {subject: abc}", "fail: {subject: abc}\n    options: --fast",
                "20:14: options may be --stage, --class, --volume, --profile, "
                "--target-charset, --now, --tags, --names, --domains, each with its value"},
        {"fail: {subject: abc}", "fail: {subject: abc}\n    severity: off",
                "20:15: a finding cannot have the severity off; write a passing example"},
        {"fail: {subject: abc}", "fail: {subject: abc}\n    count: many", "20:12: count must be a whole number from 1 to 999999"},
        {"pass: {subject: abd}", "pass: {subject: abd}\n    hit: x", "21:5: hit belongs to a failing example"},
        {"pass: {subject: abd}", "pass: {subject: abd}\n    fail: {text: x}", "20:5: an example is either fail or pass"},
};

START_TEST(refusal)
{
	struct bench b;
	bench_init(&b);
	char *text = replaced(good_rule, refusals[_i].from, refusals[_i].to);
	put_file(&b, "list/good-rule.yaml", text, strlen(text));
	struct rule_set set = rule_load_folder(b.arena, b.folder, known_check, NULL, b.errors);

	char *got = errors_text(&b);
	char **wanted = g_strsplit(refusals[_i].want, "|", -1);
	GString *want = g_string_new(NULL);
	for (char **line = wanted; *line; line++)
		g_string_append_printf(want, "%slist/good-rule.yaml:%s", line == wanted ? "" : "\n", *line);
	/* Two faults may be told in either order. */
	if (wanted[1] && !wanted[2] && strcmp(got, want->str) != 0)
		g_string_printf(want, "list/good-rule.yaml:%s\nlist/good-rule.yaml:%s", wanted[1], wanted[0]);
	ck_assert_str_eq(got, want->str);
	ck_assert_uint_eq(set.n, 0);
	g_string_free(want, TRUE);
	g_strfreev(wanted);
	g_free(got);
	g_free(text);
	bench_release(&b);
}
END_TEST

/* Rules with a native check: base and refusals. */
static const struct {
	const char *from, *to, *want;
} check_refusals[] = {
        {"check: known", "check: unknown_one", "there is no check \"unknown_one\""},
        {"check: known", "check: Known", "\"Known\" is no name of a check (small letters, digits, underscores)"},
        {"check: known", "check: known\nwith: {a-b: c}", "\"a-b\" is no name of a setting (small letters, digits, underscores)"},
        {"check: known", "check: known\nwith: {a: {b: c}}", "a must be a text"},
        {"check: known", "check: known\nwith: []", "with must be a map"},
        {"check: known", "check: known\nwith: {a: []}", "a is an empty list"},
};

static char *check_rule_text(void)
{
	const char *match = strstr(good_rule, "match:\n"), *examples = strstr(good_rule, "examples:\n");
	return g_strdup_printf("%.*scheck: known\n%s", (int)(match - good_rule), good_rule, examples);
}

START_TEST(check_refusal)
{
	struct bench b;
	bench_init(&b);
	char *base = check_rule_text(), *text = replaced(base, check_refusals[_i].from, check_refusals[_i].to);
	put_file(&b, "good-rule.yaml", text, strlen(text));
	rule_load_folder(b.arena, b.folder, known_check, NULL, b.errors);
	char *got = errors_text(&b);
	ck_assert_uint_eq(b.errors->len, 1);
	ck_assert_msg(g_str_has_prefix(got, "good-rule.yaml:14:") || g_str_has_prefix(got, "good-rule.yaml:15:"), "%s", got);
	ck_assert_msg(g_str_has_suffix(got, check_refusals[_i].want), "%s", got);
	g_free(got);
	g_free(text);
	g_free(base);
	bench_release(&b);
}
END_TEST

/* Lists of facts in "with" and in texts. */
static const struct {
	const char *from, *to, *want; /* want: without the file's name */
} list_refusals[] = {
        {"check: known", "check: link_shortener\nwith: {hosts: \"@shortners\"}",
                "15:15: there is no list \"@shortners\"; did you mean \"@shorteners\"?"},
        {"check: known", "check: link_shortener\nwith: {hosts: [a.example, \"@\"]}", "15:27: there is no list \"@\""},
        {"check: known", "check: link_shortener\nwith: {hosts: \"@receiver-limits\"}",
                "15:15: \"@receiver-limits\" is a table; write \"@receiver-limits/KEY\""},
        {"check: known", "check: link_scheme\nwith: {schemes: [\"@shorteners\"]}", "15:17: the setting schemes of link_scheme cannot be a list of facts"},
        {"check: known", "check: size_over\nwith: {limit: \"@shorteners/bit.ly\"}", "15:15: \"@shorteners\" is a list of words, not a table"},
        {"check: known", "check: size_over\nwith: {limit: \"@receiver-limits/gmail\"}",
                "15:15: the table \"@receiver-limits\" has no such line as \"@receiver-limits/gmail\""},
        {"en: Why", "en: \"{@receiver-limits/gmail}\"", "9:11: the table \"@receiver-limits\" has no such line as \"@receiver-limits/gmail\""},
        {"en: Title", "en: \"a {@no-such-thing/b}\"", "8:13: there is no list \"@no-such-thing\""},
};

START_TEST(list_refusal)
{
	struct bench b;
	bench_init(&b);
	char *base = check_rule_text(), *text = replaced(base, list_refusals[_i].from, list_refusals[_i].to);
	put_file(&b, "good-rule.yaml", text, strlen(text));
	struct rule_set set = rule_load_folder(b.arena, b.folder, NULL, &builtin_data, b.errors);
	char *got = errors_text(&b), *want = g_strdup_printf("good-rule.yaml:%s", list_refusals[_i].want);
	ck_assert_str_eq(got, want);
	ck_assert_uint_eq(set.n, 0);
	g_free(want);
	g_free(got);
	g_free(text);
	g_free(base);
	bench_release(&b);
}
END_TEST

START_TEST(lists)
{
	struct bench b;
	bench_init(&b);
	char *base = check_rule_text();
	char *text = replaced(base, "check: known", "check: link_shortener\nwith: {hosts: [a.example, \"@shorteners\", b.example], most: \"@receiver-limits/gmail-message\"}");
	char *titled = replaced(text, "en: Title", "en: \"More than {@receiver-limits/gmail-message}\"");
	put_file(&b, "good-rule.yaml", titled, strlen(titled));
	put_file(&b, "data/notes.yaml", "x", 1); /* no folder of rules */
	struct rule_set set = rule_load_folder(b.arena, b.folder, NULL, &builtin_data, b.errors);
	ck_assert_uint_eq(b.errors->len, 0);
	ck_assert_uint_eq(set.n, 1);
	const struct rule *rule = set.rules[0];
	struct word_list hosts = rule_setting_words(rule, "hosts");
	ck_assert(word_list_has(hosts, SPAN_LIT("a.example")) && word_list_has(hosts, SPAN_LIT("b.example")));
	ck_assert(word_list_has(hosts, SPAN_LIT("bit.ly")) && !word_list_has(hosts, SPAN_LIT("c.example")));
	ck_assert_int_eq(rule_setting_int(rule, "most", 0), 25 * 1024 * 1024);
	ck_assert_str_eq(rule->title.text[LANGUAGE_EN], "More than 25 MB");
	g_free(titled);
	g_free(text);
	g_free(base);
	bench_release(&b);
}
END_TEST

/* Rules made of phrases: one good entry, and what is refused of it. */
#define GOOD_PHRASE "phrase: [abc], strength: weak, hit: x abc, miss: abcd"
static const struct {
	const char *entry, *want;
} phrase_refusals[] = {
        {GOOD_PHRASE, ""},
        {"regex: 'ab+', strength: strong, on: subject, hit: x abc, miss: abcd, note: shops", ""},
        {"near: {distance: 3, of: [[a], [b, c]]}, strength: medium, hit: a b, miss: a", ""},
        {"phrase: [abc], strength: weak, miss: abcd",
                "15:5: a phrase needs hit, a text it is found in, and miss, a text like it where it is not"},
        {"phrase: [abc], strength: weak, hit: x abc",
                "15:5: a phrase needs hit, a text it is found in, and miss, a text like it where it is not"},
        {"phrase: [abc], strength: weak, hit: \"\", miss: abcd", "15:42: hit is empty"},
        {"phrase: [abc], hit: x, miss: y", "15:5: a phrase needs its strength: weak, medium or strong"},
        {"phrase: [abc], strength: huge, hit: x, miss: y", "15:31: a phrase needs its strength: weak, medium or strong"},
        {"strength: weak, hit: x, miss: y", "15:5: an entry has one of phrase, regex and near"},
        {GOOD_PHRASE ", regex: a", "15:5: an entry has one of phrase, regex and near"},
        {GOOD_PHRASE ", on: body", "15:65: a phrase is looked for in Subject and body; on: subject is the one choice"},
        {GOOD_PHRASE ", shop: true", ""},
        {GOOD_PHRASE ", shop: yes", "15:67: shop must be true or false"},
        {"phrase: [abc], strength: medium, shop: true, hit: x abc, miss: abcd", "15:45: a word of shops is weak"},
        {GOOD_PHRASE ", disguise: gaps", "15:71: the message has no case disguised"},
        {"near: {distance: 3, of: [[a]]}, strength: weak, hit: x, miss: y",
                "15:12: near needs distance, and of: two lists of phrases at least"},
};

START_TEST(phrase_refusal)
{
	struct bench b;
	bench_init(&b);
	const char *match = strstr(good_rule, "match:\n"), *examples = strstr(good_rule, "examples:\n");
	char *text = g_strdup_printf(
	        "%.*sphrases:\n  - {%s}\n%s", (int)(match - good_rule), good_rule, phrase_refusals[_i].entry, examples);
	put_file(&b, "good-rule.yaml", text, strlen(text));
	struct rule_set set = rule_load_folder(b.arena, b.folder, known_check, NULL, b.errors);
	char *got = errors_text(&b);
	char *want = g_strconcat(*phrase_refusals[_i].want ? "good-rule.yaml:" : "", phrase_refusals[_i].want, NULL);
	ck_assert_str_eq(got, want);
	ck_assert_uint_eq(set.n, *want ? 0 : 1);
	g_free(want);
	g_free(got);
	g_free(text);
	bench_release(&b);
}
END_TEST

START_TEST(good_file)
{
	struct bench b;
	bench_init(&b);
	put_file(&b, "list/good-rule.yaml", good_rule, strlen(good_rule));
	put_file(&b, "list/notes.md", "x", 1);
	put_file(&b, ".hidden/x.yaml", "x", 1);
	struct rule_set set = rule_load_folder(b.arena, b.folder, known_check, NULL, b.errors);
	ck_assert_uint_eq(b.errors->len, 0);
	ck_assert_uint_eq(set.n, 1);

	const struct rule *rule = rule_set_find(&set, "good-rule");
	ck_assert_ptr_nonnull(rule);
	ck_assert_str_eq(rule->area, "list");
	ck_assert(g_str_has_suffix(rule->file, "/list/good-rule.yaml"));
	ck_assert_str_eq(rule->requirements[0], "UN-01");
	ck_assert_ptr_null(rule->requirements[1]);
	ck_assert_int_eq(rule->severity, SEVERITY_WARNING);
	ck_assert_int_eq(rule->confidence, CONFIDENCE_CERTAIN);
	ck_assert_uint_eq(rule->n_conditions, 2);
	ck_assert_uint_eq(rule->conditions[0].stages, 1U << STAGE_TEMPLATE);
	ck_assert_int_eq(rule->conditions[0].severity, SEVERITY_OFF);
	ck_assert_uint_eq(rule->conditions[1].volumes, 1U << VOLUME_BULK);
	ck_assert_str_eq(rule->title.text[LANGUAGE_JA], "題");
	ck_assert_uint_eq(rule->n_messages, 1);
	ck_assert_str_eq(rule->messages[0].case_name, "default");
	ck_assert_str_eq(rule->sources[0].name, "RFC 8058");
	ck_assert_str_eq(rule->sources[0].url, "https://www.rfc-editor.org/rfc/rfc8058#section-3.1");
	ck_assert_int_eq(rule->match->kind, MATCH_ANY);
	const struct rule_match *phrase = rule->match->children[0], *regex = rule->match->children[1];
	ck_assert_int_eq(phrase->kind, MATCH_PHRASE);
	ck_assert_int_eq(phrase->target, TARGET_SUBJECT);
	ck_assert_int_eq(phrase->form, FORM_L1);
	ck_assert_int_eq(phrase->border, BORDER_WORD);
	ck_assert_str_eq(phrase->phrases[0], "abc");
	ck_assert_int_eq(regex->kind, MATCH_REGEX);
	ck_assert_int_eq(regex->border, BORDER_NONE);
	ck_assert_str_eq(regex->regex, "x+");
	ck_assert_ptr_null(rule->match->children[2]);
	ck_assert_uint_eq(rule->n_examples, 2);
	ck_assert(rule->examples[0].fail && !rule->examples[1].fail);
	ck_assert_int_eq(rule->examples[0].line, 19);
	ck_assert_ptr_null(rule->examples[0].hit);
	bench_release(&b);
}
END_TEST

START_TEST(good_details)
{
	struct bench b;
	bench_init(&b);
	char *base = check_rule_text();
	char *text = replaced(base, "check: known",
	        "check: known\nwith: {minimum: 16, words: [a, b]}\ndefault: off\nsupersedes: [other-rule]\nseveral-messages: true");
	char *cases = replaced(text, "message: {en: \"has {excerpt}\", ja: \"{excerpt} です\"}",
	        "message:\n  dots: {en: \"{a} {{name}} {% if %}\", ja: \"{a}\"}\n  other: {en: b, ja: b}");
	char *when = replaced(cases, "volume: bulk, severity: error",
	        "case: dots, field: [to, cc], target: japanese, profile: [law-jp, law-us], requirements: [LJ-11]");
	put_file(&b, "good-rule.yaml", when, strlen(when));
	struct rule_set set = rule_load_folder(b.arena, b.folder, known_check, NULL, b.errors);
	ck_assert_uint_eq(b.errors->len, 0);
	ck_assert_uint_eq(set.n, 1);

	const struct rule *rule = set.rules[0];
	ck_assert_str_eq(rule->area, "user");
	ck_assert_str_eq(rule->check, "known");
	ck_assert_int_eq(rule_setting_int(rule, "minimum", 3), 16);
	ck_assert_int_eq(rule_setting_int(rule, "maximum", 3), 3);
	ck_assert_str_eq(rule_setting(rule, "minimum", "x"), "16");
	ck_assert_str_eq(rule_setting(rule, "words", "x"), "x");
	ck_assert_str_eq(rule_setting_list(rule, "words")[1], "b");
	ck_assert_ptr_null(rule_setting_list(rule, "words")[2]);
	ck_assert_ptr_null(rule_setting_list(rule, "minimum"));
	ck_assert(rule->default_off && rule->several_messages);
	ck_assert_str_eq(rule->supersedes[0], "other-rule");
	ck_assert_uint_eq(rule->n_messages, 2);
	ck_assert_str_eq(rule->messages[1].case_name, "other");
	const struct rule_condition *condition = &rule->conditions[1];
	ck_assert_int_eq(condition->severity, -1);
	ck_assert_int_eq(condition->target_jis, 1);
	ck_assert_uint_eq(condition->profiles, PROFILE_LAW_JP | PROFILE_LAW_US);
	ck_assert_str_eq(condition->fields[1], "cc");
	ck_assert_str_eq(condition->cases[0], "dots");
	ck_assert_str_eq(condition->requirements[0], "LJ-11");
	g_free(when);
	g_free(cases);
	g_free(text);
	g_free(base);
	bench_release(&b);
}
END_TEST

START_TEST(all_faults_at_once)
{
	struct bench b;
	bench_init(&b);
	char *one = replaced(good_rule, "warning", "fatal"), *two = replaced(one, "certain", "sure"),
	     *three = replaced(two, "abd", "\"\"");
	put_file(&b, "list/good-rule.yaml", three, strlen(three));
	put_file(&b, "list/second.yaml", "x: [", 4);
	char *fine = replaced(good_rule, "good-rule", "third");
	put_file(&b, "list/third.yaml", fine, strlen(fine));
	struct rule_set set = rule_load_folder(b.arena, b.folder, known_check, NULL, b.errors);
	ck_assert_uint_eq(b.errors->len, 3);
	ck_assert_uint_eq(set.n, 1);
	ck_assert_str_eq(set.rules[0]->id, "third");
	g_free(fine);
	g_free(three);
	g_free(two);
	g_free(one);
	bench_release(&b);
}
END_TEST

static const struct {
	const char *name, *bytes;
	size_t n;
	const char *want;
} bad_files[] = {
        {"a.yaml", "", 0, "a.yaml:1:1: the file is empty"},
        {"a.yaml", "- x\n", 4, "a.yaml:1:1: the file must be a map of keys"},
        {"a.yaml", "id: a\nwhy: \xE3\x81\x82\xFF\n", 15, "a.yaml:2:7: not UTF-8"},
        {"a.yaml", "id: a\0b\n", 8, "a.yaml:1:6: NUL character"},
        {"a.yaml", "\xEF\xBB\xBFid: a\n", 9, "a.yaml:1:1: byte order mark; save the file as UTF-8 without it"},
        {"a.yaml", "id: a\nwhy: \x01\n", 13, "a.yaml:2:6: control characters are not allowed"},
        {"a.yml", "id: a\n", 6, "a.yml:1:1: a rule file ends in .yaml"},
        {"one/two/a.yaml", "id: a\n", 6, "one/two:1:1: folders of rules are one level deep"},
        {"One/a.yaml", "id: a\n", 6, "One:1:1: \"One\" is no name of an area (small letters, digits, hyphens)"},
};

START_TEST(bad_file)
{
	struct bench b;
	bench_init(&b);
	put_file(&b, bad_files[_i].name, bad_files[_i].bytes, bad_files[_i].n);
	rule_load_folder(b.arena, b.folder, NULL, NULL, b.errors);
	char *got = errors_text(&b);
	ck_assert_str_eq(got, bad_files[_i].want);
	g_free(got);
	bench_release(&b);
}
END_TEST

START_TEST(too_large)
{
	struct bench b;
	bench_init(&b);
	char *bytes = g_strnfill(LIMIT_RULE_FILE_BYTES + 1, '#');
	put_file(&b, "a.yaml", bytes, LIMIT_RULE_FILE_BYTES + 1);
	/* 65,000 levels: refused at the thirteenth, not after seconds. */
	char *deep = g_strnfill(65000, '[');
	put_file(&b, "b.yaml", deep, 65000);
	gint64 start = g_get_monotonic_time();
	rule_load_folder(b.arena, b.folder, NULL, NULL, b.errors);
	ck_assert_int_lt(g_get_monotonic_time() - start, G_USEC_PER_SEC);
	char *got = errors_text(&b);
	ck_assert_str_eq(got, "a.yaml:1:1: more than 262144 bytes\nb.yaml:1:13: nested more than 12 levels deep");
	g_free(got);
	g_free(deep);
	g_free(bytes);
	bench_release(&b);
}
END_TEST

START_TEST(same_id_twice)
{
	struct bench b;
	bench_init(&b);
	put_file(&b, "one/good-rule.yaml", good_rule, strlen(good_rule));
	put_file(&b, "two/good-rule.yaml", good_rule, strlen(good_rule));
	struct rule_set set = rule_load_folder(b.arena, b.folder, NULL, NULL, b.errors);
	ck_assert_uint_eq(set.n, 1);
	ck_assert_uint_eq(b.errors->len, 1);
	ck_assert_ptr_nonnull(strstr(g_ptr_array_index(b.errors, 0), "two/good-rule.yaml:1:1: the rule \"good-rule\" is also in "));
	bench_release(&b);
}
END_TEST

START_TEST(no_folder)
{
	struct bench b;
	bench_init(&b);
	char *path = g_build_filename(b.folder, "none", NULL);
	struct rule_set set = rule_load_folder(b.arena, path, NULL, NULL, b.errors);
	ck_assert_uint_eq(set.n, 0);
	ck_assert_uint_eq(b.errors->len, 1);
	g_free(path);
	bench_release(&b);
}
END_TEST

/* Whatever is cut off: no crash, and no rule out of a part of a file. */
START_TEST(every_prefix)
{
	struct bench b;
	bench_init(&b);
	size_t n = strlen(good_rule);
	for (size_t length = 0; length + 1 < n; length += 3) {
		struct arena *arena = arena_new();
		char *bytes = g_memdup2(good_rule, length ? length : 1);
		put_file(&b, "good-rule.yaml", bytes, length);
		guint before = b.errors->len;
		struct rule_set set = rule_load_folder(arena, b.folder, NULL, NULL, b.errors);
		/* The last example may lose its end and still be one. */
		ck_assert(b.errors->len > before || length > n - 8);
		ck_assert(set.n == 0 || length > n - 8);
		g_free(bytes);
		arena_free(arena);
	}
	bench_release(&b);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("rule_load");
	TCase *load = tcase_create("load"), *refuse_case = tcase_create("refuse");

	tcase_add_test(load, good_file);
	tcase_add_test(load, good_details);
	tcase_add_test(load, lists);
	tcase_add_test(load, all_faults_at_once);
	tcase_add_test(load, same_id_twice);
	tcase_add_test(load, no_folder);
	tcase_add_test(load, every_prefix);
	tcase_add_loop_test(refuse_case, refusal, 0, G_N_ELEMENTS(refusals));
	tcase_add_loop_test(refuse_case, check_refusal, 0, G_N_ELEMENTS(check_refusals));
	tcase_add_loop_test(refuse_case, list_refusal, 0, G_N_ELEMENTS(list_refusals));
	tcase_add_loop_test(refuse_case, phrase_refusal, 0, G_N_ELEMENTS(phrase_refusals));
	tcase_add_loop_test(refuse_case, bad_file, 0, G_N_ELEMENTS(bad_files));
	tcase_add_test(refuse_case, too_large);
	suite_add_tcase(suite, load);
	suite_add_tcase(suite, refuse_case);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? 1 : 0;
}
