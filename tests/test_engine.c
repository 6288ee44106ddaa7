/* The engine with rules built by hand: which severity holds, which finding gives way, how many are told, in what order. The rules here
 * use two native checks (header_duplicate gives the argument "field", header_missing the cases "missing" and "empty") and phrases. */
#include <check.h>
#include <glib.h>
#include <stdlib.h>

#include "base/limits.h"
#include "doc/message.h"
#include "draft_file.h"
#include "rule/engine.h"
#include "run.h"

/* --- rules ------------------------------------------------------------------------------------------------------------------- */

#define SAY(words) { { words, words } }

static const struct rule_message plain_message[] = { { "default", SAY("{excerpt}") } };
static const struct rule_message missing_messages[] = { { "missing", SAY("no {field}") }, { "empty", SAY("empty {field}") } };
static const char *const to_and_subject[] = { "To", "Subject", NULL };
static const struct rule_setting duplicate_settings[] = { { .key = "names", .list = to_and_subject } };
static const char *const no_ids[] = { NULL };

/* A rule that tells of each second To and Subject. */
static struct rule duplicate_rule(const char *id)
{
	return (struct rule){ .id = id,
			      .area = "header",
			      .requirements = no_ids,
			      .severity = SEVERITY_WARNING,
			      .messages = plain_message,
			      .n_messages = 1,
			      .check = "header_duplicate",
			      .settings = duplicate_settings,
			      .n_settings = 1 };
}

static struct rule missing_rule(const char *id, const struct rule_setting *name)
{
	return (struct rule){ .id = id,
			      .area = "header",
			      .requirements = no_ids,
			      .severity = SEVERITY_WARNING,
			      .messages = missing_messages,
			      .n_messages = 2,
			      .check = "header_missing",
			      .settings = name,
			      .n_settings = 1 };
}

static struct rule phrase_rule(const char *id, const struct rule_match *match)
{
	return (struct rule){ .id = id,
			      .area = "text",
			      .requirements = no_ids,
			      .severity = SEVERITY_WARNING,
			      .messages = plain_message,
			      .n_messages = 1,
			      .match = match };
}

/* A phrase in the body, not at borders of words. */
#define PHRASE(word)                                                                                                             \
	{                                                                                                                        \
		.kind = MATCH_PHRASE, .target = TARGET_BODY, .phrases = (const char *const[]){ word, NULL }                      \
	}

static int compare_rules(const void *a, const void *b)
{
	return strcmp((*(const struct rule *const *)a)->id, (*(const struct rule *const *)b)->id);
}

enum { MOST_RULES = 4 };

/* Lint one message by up to four rules. The result is the caller's. */
static struct message_result *lint(const struct rule *const *rules, size_t n, const struct lint_options *options, const char *path,
				   const char *in, bool is_template)
{
	const struct rule *sorted[MOST_RULES];
	struct draft_file draft;

	ck_assert_uint_le(n, MOST_RULES);
	memcpy(sorted, rules, n * sizeof *rules);
	qsort(sorted, n, sizeof *sorted, compare_rules);
	const struct rule_set set = { sorted, n };
	draft_file_init(&draft, in, strlen(in));
	GPtrArray *results = run_lint_bytes(&set, options, path, draft.file->bytes, is_template,
					    is_template ? TEMPLATE_MESSAGE : TEMPLATE_NONE);
	ck_assert_uint_eq(results->len, 1);
	struct message_result *result = g_ptr_array_index(results, 0);
	g_ptr_array_free(results, TRUE);
	draft_file_release(&draft);
	return result;
}

#define LINT(options, in, ...)                                                                                                   \
	lint((const struct rule *const[]){ __VA_ARGS__ }, G_N_ELEMENTS(((const struct rule *const[]){ __VA_ARGS__ })), (options), \
	     "draft.eml", (in), false)

static const struct finding *find(const struct message_result *result, const char *rule)
{
	for (size_t i = 0; i < result->n_findings; i++)
		if (strcmp(result->findings[i].rule->id, rule) == 0)
			return &result->findings[i];
	return NULL;
}

static size_t count(const struct message_result *result, const char *rule)
{
	size_t n = 0;

	for (size_t i = 0; i < result->n_findings; i++)
		n += strcmp(result->findings[i].rule->id, rule) == 0;
	return n;
}

/* "A B": the ids with blanks between. */
static char *join(const char *const *ids)
{
	return g_strjoinv(" ", (char **)ids);
}

/* --- severity ---------------------------------------------------------------------------------------------------------------- */

#define BIT(value) (1u << (value))

static const char twice[] = "From: a@b.example\nTo: c@d.example\nTo: e@f.example\nSubject: one\nSubject: two\n\nText\n";

static const struct {
	const char *name;
	struct rule_condition conditions[3];
	size_t n;
	const char *options;
	bool is_template;
	enum severity want_to, want_subject; /* SEVERITY_OFF: no finding */
} severities[] = {
	{ "no condition", { { 0 } }, 0, "", false, SEVERITY_WARNING, SEVERITY_WARNING },
	{ "stage fits", { { .stages = BIT(STAGE_FINAL), .severity = SEVERITY_ERROR } }, 1, "--stage final", false, SEVERITY_ERROR, SEVERITY_ERROR },
	{ "stage does not fit", { { .stages = BIT(STAGE_FINAL), .severity = SEVERITY_ERROR } }, 1, "--stage draft", false, SEVERITY_WARNING,
	  SEVERITY_WARNING },
	{ "a message is a draft by itself", { { .stages = BIT(STAGE_DRAFT), .severity = SEVERITY_INFO } }, 1, "", false, SEVERITY_INFO,
	  SEVERITY_INFO },
	{ "a template is at the stage template by itself", { { .stages = BIT(STAGE_TEMPLATE), .severity = SEVERITY_INFO } }, 1, "", true,
	  SEVERITY_INFO, SEVERITY_INFO },
	{ "the stage given beats the file's kind", { { .stages = BIT(STAGE_TEMPLATE), .severity = SEVERITY_INFO } }, 1, "--stage final", true,
	  SEVERITY_WARNING, SEVERITY_WARNING },
	{ "one of several stages", { { .stages = BIT(STAGE_FINAL) | BIT(STAGE_RECEIVED), .severity = SEVERITY_ERROR } }, 1, "--stage received",
	  false, SEVERITY_ERROR, SEVERITY_ERROR },
	{ "the first condition that fits wins",
	  { { .stages = BIT(STAGE_FINAL), .severity = SEVERITY_INFO }, { .severity = SEVERITY_ERROR } }, 2, "--stage final", false,
	  SEVERITY_INFO, SEVERITY_INFO },
	{ "one that does not fit is passed over",
	  { { .stages = BIT(STAGE_FINAL), .severity = SEVERITY_INFO }, { .severity = SEVERITY_ERROR } }, 2, "--stage draft", false,
	  SEVERITY_ERROR, SEVERITY_ERROR },
	{ "one that names no severity is passed over", { { .severity = -1 }, { .severity = SEVERITY_ERROR } }, 2, "", false, SEVERITY_ERROR,
	  SEVERITY_ERROR },
	{ "class", { { .classes = BIT(CLASS_TRANSACTIONAL), .severity = SEVERITY_OFF } }, 1, "--class transactional", false, SEVERITY_OFF,
	  SEVERITY_OFF },
	{ "another class", { { .classes = BIT(CLASS_TRANSACTIONAL), .severity = SEVERITY_OFF } }, 1, "--class newsletter", false,
	  SEVERITY_WARNING, SEVERITY_WARNING },
	{ "volume", { { .volumes = BIT(VOLUME_BULK), .severity = SEVERITY_ERROR } }, 1, "--volume bulk", false, SEVERITY_ERROR, SEVERITY_ERROR },
	{ "another volume", { { .volumes = BIT(VOLUME_BULK), .severity = SEVERITY_ERROR } }, 1, "--volume small", false, SEVERITY_WARNING,
	  SEVERITY_WARNING },
	{ "one of the profiles", { { .profiles = PROFILE_GMAIL | PROFILE_YAHOO, .severity = SEVERITY_ERROR } }, 1, "--profile yahoo,law-jp",
	  false, SEVERITY_ERROR, SEVERITY_ERROR },
	{ "gmail-bulk is gmail too", { { .profiles = PROFILE_GMAIL, .severity = SEVERITY_ERROR } }, 1, "--profile gmail-bulk", false,
	  SEVERITY_ERROR, SEVERITY_ERROR },
	{ "no profile given", { { .profiles = PROFILE_GMAIL, .severity = SEVERITY_ERROR } }, 1, "", false, SEVERITY_WARNING, SEVERITY_WARNING },
	{ "outgoing charset is legacy", { { .target_jis = 1, .severity = SEVERITY_ERROR } }, 1, "--target-charset iso-2022-jp", false,
	  SEVERITY_ERROR, SEVERITY_ERROR },
	{ "Shift_JIS is legacy too", { { .target_jis = 1, .severity = SEVERITY_ERROR } }, 1, "--target-charset shift_jis", false, SEVERITY_ERROR,
	  SEVERITY_ERROR },
	{ "outgoing charset is not legacy", { { .target_jis = 1, .severity = SEVERITY_ERROR } }, 1, "", false, SEVERITY_WARNING,
	  SEVERITY_WARNING },
	{ "only without a legacy charset", { { .target_jis = -1, .severity = SEVERITY_OFF } }, 1, "", false, SEVERITY_OFF, SEVERITY_OFF },
	{ "only without a legacy charset, and there is one", { { .target_jis = -1, .severity = SEVERITY_OFF } }, 1,
	  "--target-charset iso-2022-jp", false, SEVERITY_WARNING, SEVERITY_WARNING },
	{ "by field", { { .fields = (const char *const[]){ "to", NULL }, .severity = SEVERITY_ERROR } }, 1, "", false, SEVERITY_ERROR,
	  SEVERITY_WARNING },
	{ "off for one field", { { .fields = (const char *const[]){ "subject", NULL }, .severity = SEVERITY_OFF } }, 1, "", false,
	  SEVERITY_WARNING, SEVERITY_OFF },
	{ "off but for one field",
	  { { .fields = (const char *const[]){ "subject", NULL }, .severity = SEVERITY_INFO }, { .severity = SEVERITY_OFF } }, 2, "", false,
	  SEVERITY_OFF, SEVERITY_INFO },
	{ "all that is set must fit",
	  { { .stages = BIT(STAGE_FINAL), .volumes = BIT(VOLUME_BULK), .severity = SEVERITY_ERROR } }, 1, "--stage final --volume small", false,
	  SEVERITY_WARNING, SEVERITY_WARNING },
	{ "all that is set fits",
	  { { .stages = BIT(STAGE_FINAL), .volumes = BIT(VOLUME_BULK), .severity = SEVERITY_ERROR } }, 1, "--stage final --volume bulk", false,
	  SEVERITY_ERROR, SEVERITY_ERROR },
};

static void assert_severity(const char *name, const struct message_result *result, const char *field, enum severity want)
{
	enum severity got = SEVERITY_OFF;

	for (size_t i = 0; i < result->n_findings; i++) {
		const struct finding_arg *arg = finding_arg(&result->findings[i], "field");
		if (arg && strcmp(arg->text, field) == 0)
			got = result->findings[i].severity;
	}
	ck_assert_msg(got == want, "%s: %s is %s, want %s", name, field, severity_name(got), severity_name(want));
}

START_TEST(severity_by_condition)
{
	struct rule rule = duplicate_rule("twice");
	struct lint_options options = { .mail_class = CLASS_NEWSLETTER, .volume = VOLUME_UNKNOWN };
	const struct rule *rules[] = { &rule };

	rule.conditions = severities[_i].conditions;
	rule.n_conditions = severities[_i].n;
	ck_assert(lint_options_set_line(&options, severities[_i].options));
	struct message_result *result = lint(rules, 1, &options, "draft.eml", twice, severities[_i].is_template);
	assert_severity(severities[_i].name, result, "To", severities[_i].want_to);
	assert_severity(severities[_i].name, result, "Subject", severities[_i].want_subject);
	message_result_free(result);
}
END_TEST

static const struct rule_setting subject_name[] = { { .key = "name", .value = "Subject" } };

START_TEST(severity_by_case)
{
	const struct rule_condition conditions[] = { { .cases = (const char *const[]){ "empty", NULL }, .severity = SEVERITY_ERROR } };
	struct rule rule = missing_rule("no-subject", subject_name);
	struct lint_options options = { 0 };

	rule.conditions = conditions;
	rule.n_conditions = 1;
	struct message_result *result = LINT(&options, "From: a@b.example\nSubject:\n\nText\n", &rule);
	ck_assert_uint_eq(result->n_findings, 1);
	ck_assert_int_eq(result->findings[0].severity, SEVERITY_ERROR);
	ck_assert_str_eq(result->findings[0].message->case_name, "empty");
	message_result_free(result);
	result = LINT(&options, "From: a@b.example\nTo: c@d.example\n\nText\n", &rule);
	ck_assert_uint_eq(result->n_findings, 1);
	ck_assert_int_eq(result->findings[0].severity, SEVERITY_WARNING);
	ck_assert_str_eq(result->findings[0].message->case_name, "missing");
	message_result_free(result);
}
END_TEST

/* --- requirements ------------------------------------------------------------------------------------------------------------ */

START_TEST(requirements_of_conditions)
{
	const struct rule_condition conditions[] = {
		{ .stages = BIT(STAGE_FINAL), .severity = -1, .requirements = (const char *const[]){ "CC-03", "AA-01", NULL } },
		{ .fields = (const char *const[]){ "to", NULL }, .severity = SEVERITY_ERROR, .requirements = (const char *const[]){ "BB-02", NULL } },
	};
	struct rule rule = duplicate_rule("twice");
	struct lint_options options = { .stage_given = true, .stage = STAGE_FINAL };

	rule.requirements = (const char *const[]){ "AA-01", NULL };
	rule.conditions = conditions;
	rule.n_conditions = G_N_ELEMENTS(conditions);
	struct message_result *result = LINT(&options, twice, &rule);
	ck_assert_uint_eq(result->n_findings, 2);
	/* The rule's own first; each once; in file order To comes before Subject. */
	char *ids = join(result->findings[0].requirements);
	ck_assert_str_eq(ids, "AA-01 CC-03 BB-02");
	g_free(ids);
	ids = join(result->findings[1].requirements);
	ck_assert_str_eq(ids, "AA-01 CC-03");
	g_free(ids);
	/* The added ones count in the verdicts too. */
	ck_assert_uint_eq(result->n_requirements, 3);
	for (size_t i = 0; i < 3; i++)
		ck_assert_int_eq(result->requirements[i].verdict, REQUIREMENT_FAIL);
	ck_assert_str_eq(result->requirements[0].id, "AA-01");
	ck_assert_str_eq(result->requirements[2].id, "CC-03");
	message_result_free(result);

	options.stage = STAGE_DRAFT;
	result = LINT(&options, twice, &rule);
	ids = join(find(result, "twice")->requirements);
	ck_assert_str_eq(ids, "AA-01 BB-02");
	g_free(ids);
	message_result_free(result);
}
END_TEST

static const struct {
	const char *name;
	enum severity severity;
	const char *in;
	enum requirement_verdict want;
} verdicts[] = {
	{ "a warning fails", SEVERITY_WARNING, twice, REQUIREMENT_FAIL },
	{ "an error fails", SEVERITY_ERROR, twice, REQUIREMENT_FAIL },
	{ "a remark leaves it open", SEVERITY_INFO, twice, REQUIREMENT_UNKNOWN },
	{ "nothing found passes", SEVERITY_ERROR, "From: a@b.example\nTo: c@d.example\n\nText\n", REQUIREMENT_PASS },
	{ "a rule that is off says nothing", SEVERITY_OFF, twice, REQUIREMENT_NOT_APPLICABLE },
};

START_TEST(verdict_of_requirement)
{
	struct rule rule = duplicate_rule("twice");
	struct lint_options options = { 0 };

	rule.severity = verdicts[_i].severity;
	rule.requirements = (const char *const[]){ "AA-01", NULL };
	struct message_result *result = LINT(&options, verdicts[_i].in, &rule);
	ck_assert_uint_eq(result->n_requirements, 1);
	ck_assert_msg(result->requirements[0].verdict == verdicts[_i].want, "%s: %d, want %d", verdicts[_i].name,
		      (int)result->requirements[0].verdict, (int)verdicts[_i].want);
	message_result_free(result);
}
END_TEST

/* --- one fault, one finding -------------------------------------------------------------------------------------------------- */

static const struct rule_match gift = PHRASE("gift"), free_gift = PHRASE("free gift"), hurry = PHRASE("hurry");

START_TEST(superseded_on_the_same_bytes)
{
	struct rule loser = phrase_rule("gift", &gift), winner = phrase_rule("free-gift", &free_gift);
	struct lint_options options = { 0 };

	loser.requirements = (const char *const[]){ "AA-01", "BB-02", NULL };
	winner.requirements = (const char *const[]){ "BB-02", NULL };
	winner.supersedes = (const char *const[]){ "gift", NULL };
	struct message_result *result = LINT(&options, "Subject: x\n\nA free gift. Another gift.\n", &loser, &winner);
	/* The first gift gives way, the second has nothing to do with it. */
	ck_assert_uint_eq(result->n_findings, 2);
	ck_assert_str_eq(result->findings[0].rule->id, "free-gift");
	ck_assert_str_eq(result->findings[1].rule->id, "gift");
	ck_assert_uint_eq(result->findings[1].start.offset, strlen("Subject: x\n\nA free gift. Another "));
	char *ids = join(result->findings[0].requirements);
	ck_assert_str_eq(ids, "BB-02 AA-01");
	g_free(ids);
	message_result_free(result);
}
END_TEST

START_TEST(supersedes_everything)
{
	struct rule everything = phrase_rule("hurry", &hurry), other = duplicate_rule("twice"), phrase = phrase_rule("gift", &gift);
	struct lint_options options = { 0 };

	everything.supersedes = (const char *const[]){ "*", NULL };
	struct message_result *result = LINT(&options, "To: a@b.example\nTo: c@d.example\n\nA gift. hurry, hurry\n", &everything, &other, &phrase);
	ck_assert_uint_eq(result->n_findings, 2);
	ck_assert_uint_eq(count(result, "hurry"), 2);
	message_result_free(result);
	/* Silent, it supersedes nothing. */
	result = LINT(&options, "To: a@b.example\nTo: c@d.example\n\nA gift.\n", &everything, &other, &phrase);
	ck_assert_uint_eq(result->n_findings, 2);
	ck_assert_uint_eq(count(result, "hurry"), 0);
	message_result_free(result);
}
END_TEST

START_TEST(superseding_needs_a_finding_in_force)
{
	struct rule loser = phrase_rule("gift", &gift), winner = phrase_rule("free-gift", &free_gift);
	struct lint_options options = { 0 };

	winner.supersedes = (const char *const[]){ "gift", NULL };
	winner.severity = SEVERITY_OFF;
	struct message_result *result = LINT(&options, "Subject: x\n\nA free gift.\n", &loser, &winner);
	ck_assert_uint_eq(result->n_findings, 1);
	ck_assert_str_eq(result->findings[0].rule->id, "gift");
	message_result_free(result);
}
END_TEST

/* --- how many ---------------------------------------------------------------------------------------------------------------- */

static char *many_fields(int n)
{
	GString *in = g_string_new("From: a@b.example\n");

	for (int i = 0; i < n; i++)
		g_string_append_printf(in, "To: <r%d@b.example>\n", i);
	g_string_append(in, "\nText\n");
	return g_string_free(in, FALSE);
}

static struct rule more_rule(void)
{
	static const struct rule_message message[] = { { "default", SAY("{count} more of {rule}") } };

	return (struct rule){ .id = "more-of-the-same",
			      .area = "engine",
			      .requirements = no_ids,
			      .severity = SEVERITY_INFO,
			      .messages = message,
			      .n_messages = 1,
			      .check = "reported_by_engine" };
}

START_TEST(cap_of_findings)
{
	struct rule rule = duplicate_rule("twice"), more = more_rule();
	struct lint_options options = { 0 };
	char *in = many_fields(LIMIT_FINDINGS_PER_RULE + 31); /* the first To is no finding */
	struct message_result *result = LINT(&options, in, &rule, &more);

	ck_assert_uint_eq(count(result, "twice"), LIMIT_FINDINGS_PER_RULE);
	ck_assert_uint_eq(count(result, "more-of-the-same"), 1);
	const struct finding *told = find(result, "more-of-the-same");
	ck_assert_int_eq(finding_arg(told, "count")->number, 30);
	ck_assert_str_eq(finding_arg(told, "rule")->text, "twice");
	/* It stands where the first one that is not listed stands: line 1 is From, line 2 the first To, 100 findings follow. */
	ck_assert_uint_eq(told->start.line, 2 + LIMIT_FINDINGS_PER_RULE + 1);
	char *said = finding_format(told, &told->message->text, LANGUAGE_EN);
	ck_assert_str_eq(said, "30 more of twice");
	g_free(said);
	message_result_free(result);

	/* Exactly as many as are listed: nothing more to tell. */
	g_free(in);
	in = many_fields(LIMIT_FINDINGS_PER_RULE + 1);
	result = LINT(&options, in, &rule, &more);
	ck_assert_uint_eq(count(result, "twice"), LIMIT_FINDINGS_PER_RULE);
	ck_assert_uint_eq(count(result, "more-of-the-same"), 0);
	message_result_free(result);
	g_free(in);
}
END_TEST

/* --- order, place, fingerprint ----------------------------------------------------------------------------------------------- */

START_TEST(order_of_findings)
{
	struct rule b = phrase_rule("b-gift", &gift), a = phrase_rule("a-gift", &gift), z = duplicate_rule("z-twice");
	struct lint_options options = { 0 };
	struct message_result *result = LINT(&options, "To: a@b.example\nTo: c@d.example\n\ngift\ngift\n", &b, &a, &z);
	static const char *const want[] = { "z-twice", "a-gift", "b-gift", "a-gift", "b-gift" };

	ck_assert_uint_eq(result->n_findings, G_N_ELEMENTS(want));
	for (size_t i = 0; i < G_N_ELEMENTS(want); i++)
		ck_assert_str_eq(result->findings[i].rule->id, want[i]);
	ck_assert_uint_eq(result->findings[1].start.line, 4);
	ck_assert_uint_eq(result->findings[1].start.column, 1);
	ck_assert_uint_eq(result->findings[1].end.column, 5);
	ck_assert_uint_eq(result->findings[4].start.line, 5);
	message_result_free(result);
}
END_TEST

static char *fingerprint(const struct rule *rule, const char *path, const char *in)
{
	struct lint_options options = { 0 };
	struct message_result *result = lint(&rule, 1, &options, path, in, false);

	ck_assert_uint_eq(result->n_findings, 1);
	char *copy = g_strdup(result->findings[0].fingerprint);
	ck_assert_uint_eq(strlen(copy), 16);
	ck_assert_uint_eq(strspn(copy, "0123456789abcdef"), 16);
	message_result_free(result);
	return copy;
}

static const struct {
	const char *name, *id, *path, *in;
	bool other_words; /* the rule speaks otherwise: another version, another language */
	enum severity severity;
	bool same;
} fingerprints[] = {
	{ "the same", "gift", "a.eml", "Subject: x\n\nA gift.\n", false, SEVERITY_WARNING, true },
	{ "other lines in front", "gift", "a.eml", "Subject: x\nTo: c@d.example\n\nGood morning.\n\nA gift.\n", false, SEVERITY_WARNING, true },
	{ "CRLF", "gift", "a.eml", "Subject: x\r\n\r\nA gift.\r\n", false, SEVERITY_WARNING, true },
	{ "base64", "gift", "a.eml", "Subject: x\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n"
				     "QSBnaWZ0Lgo=\n", false, SEVERITY_WARNING, true },
	{ "other wording", "gift", "a.eml", "Subject: x\n\nA gift.\n", true, SEVERITY_WARNING, true },
	{ "another severity", "gift", "a.eml", "Subject: x\n\nA gift.\n", false, SEVERITY_ERROR, true },
	{ "another file", "gift", "b.eml", "Subject: x\n\nA gift.\n", false, SEVERITY_WARNING, false },
	{ "another rule", "present", "a.eml", "Subject: x\n\nA gift.\n", false, SEVERITY_WARNING, false },
	{ "another excerpt", "gift", "a.eml", "Subject: x\n\nA GIFT.\n", false, SEVERITY_WARNING, false },
};

START_TEST(fingerprint_of_finding)
{
	static const struct rule_message other_message[] = { { "default", { { "Found: {excerpt}", "発見: {excerpt}" } } } };
	struct rule rule = phrase_rule("gift", &gift);
	char *first = fingerprint(&rule, "a.eml", "Subject: x\n\nA gift.\n");

	rule.id = fingerprints[_i].id;
	rule.severity = fingerprints[_i].severity;
	if (fingerprints[_i].other_words)
		rule.messages = other_message;
	char *second = fingerprint(&rule, fingerprints[_i].path, fingerprints[_i].in);
	ck_assert_msg((strcmp(first, second) == 0) == fingerprints[_i].same, "%s: %s and %s", fingerprints[_i].name, first, second);
	g_free(first);
	g_free(second);
}
END_TEST

/* --- which rules run --------------------------------------------------------------------------------------------------------- */

static const struct {
	const char *name, *select, *ignore, *extend; /* NULL or one word */
	bool want_gift, want_hurry;                  /* hurry is off by default */
} selections[] = {
	{ "by default", NULL, NULL, NULL, true, false },
	{ "select one", "gift", NULL, NULL, true, false },
	{ "select the other", "hurry", NULL, NULL, false, true },
	{ "select by the beginning", "gi", NULL, NULL, true, false },
	{ "select by a requirement", "ZZ-09", NULL, NULL, false, true },
	{ "select by the beginning of a requirement", "ZZ", NULL, NULL, false, true },
	{ "ignore", NULL, "gift", NULL, false, false },
	{ "extend", NULL, NULL, "hurry", true, true },
	{ "ignore beats extend", NULL, "hurry", "hurry", true, false },
	{ "ignore beats select", "gift", "gift", NULL, false, false },
};

static GPtrArray *words(const char *word)
{
	GPtrArray *list = g_ptr_array_new();
	if (word)
		g_ptr_array_add(list, (gpointer)word);
	return list;
}

START_TEST(rules_selected)
{
	struct rule on = phrase_rule("gift", &gift), off = phrase_rule("hurry", &hurry);
	struct lint_options options = { .select = words(selections[_i].select),
					.ignore = words(selections[_i].ignore),
					.extend_select = words(selections[_i].extend) };

	off.default_off = true;
	off.requirements = (const char *const[]){ "ZZ-09", NULL };
	struct message_result *result = LINT(&options, "Subject: x\n\nA gift, hurry.\n", &on, &off);
	ck_assert_msg((count(result, "gift") == 1) == selections[_i].want_gift, "%s: gift", selections[_i].name);
	ck_assert_msg((count(result, "hurry") == 1) == selections[_i].want_hurry, "%s: hurry", selections[_i].name);
	message_result_free(result);
	g_ptr_array_free(options.select, TRUE);
	g_ptr_array_free(options.ignore, TRUE);
	g_ptr_array_free(options.extend_select, TRUE);
}
END_TEST

/* What a finding shows lives on when message and file are gone: lint() has freed both. */
START_TEST(finding_owns_what_it_shows)
{
	struct rule rule = phrase_rule("gift", &gift);
	struct lint_options options = { 0 };
	struct message_result *result = LINT(&options, "From: Ann <a@b.example>\nSubject: =?utf-8?B?44GC?=\n\nA gift\x01.\n", &rule);

	ck_assert_str_eq(result->path, "draft.eml");
	ck_assert_str_eq(result->subject, "\xE3\x81\x82");
	ck_assert_str_eq(result->from, "Ann <a@b.example>");
	ck_assert_str_eq(result->findings[0].excerpt, "gift");
	ck_assert_str_eq(result->findings[0].raw_line, "A gift\x01.");
	ck_assert_uint_eq(result->findings[0].raw_line_column, 3);
	message_result_free(result);
}
END_TEST

int main(void)
{
	TCase *tcase = tcase_create("engine");

	message_library_init();
	tcase_add_loop_test(tcase, severity_by_condition, 0, N_ROWS(severities));
	tcase_add_test(tcase, severity_by_case);
	tcase_add_test(tcase, requirements_of_conditions);
	tcase_add_loop_test(tcase, verdict_of_requirement, 0, N_ROWS(verdicts));
	tcase_add_test(tcase, superseded_on_the_same_bytes);
	tcase_add_test(tcase, supersedes_everything);
	tcase_add_test(tcase, superseding_needs_a_finding_in_force);
	tcase_add_test(tcase, cap_of_findings);
	tcase_add_test(tcase, order_of_findings);
	tcase_add_loop_test(tcase, fingerprint_of_finding, 0, N_ROWS(fingerprints));
	tcase_add_loop_test(tcase, rules_selected, 0, N_ROWS(selections));
	tcase_add_test(tcase, finding_owns_what_it_shows);
	return run_case("engine", tcase);
}
