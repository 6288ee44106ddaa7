/* Fuzz target: one message or template through the whole pipeline, every reporter and all fixes, in memory.
 * May not write a file, keep anything between two inputs, or judge what was found: sanitizers and the clock judge. */
#include <glib.h>
#include <stdint.h>
#include <stdlib.h>

#include "doc/message.h"
#include "report/report.h"
#include "rule/fix.h"
#include "run.h"

/* The first byte of an input chooses the options, so that a fuzzer can turn each of them:
 * bits 0-2 kind (0-3 message, 4-7 the template kinds), bits 3-4 stage, bit 5 language, bits 6-7 outgoing charset. */
struct choice {
	bool is_template;
	enum template_kind template_kind;
	const char *path;
	enum language language;
	struct lint_options options;
};

static struct choice choice_of(uint8_t byte)
{
	static const struct {
		enum template_kind kind;
		const char *path;
	} templates[] = {
		{ TEMPLATE_HTML, "draft.html" },
		{ TEMPLATE_TEXT, "draft.txt" },
		{ TEMPLATE_MARKDOWN, "draft.md" },
		{ TEMPLATE_MESSAGE, "draft.eml.j2" },
	};
	struct choice choice = { .path = "draft.eml", .language = byte & 0x20 ? LANGUAGE_JA : LANGUAGE_EN };

	if (byte & 0x04) {
		choice.is_template = true;
		choice.template_kind = templates[byte & 0x03].kind;
		choice.path = templates[byte & 0x03].path;
	}
	choice.options.stage_given = true;
	choice.options.stage = (enum stage)(byte >> 3 & 0x03);
	/* The strictest of the other options: the more rules speak, the more code runs. */
	choice.options.mail_class = CLASS_NEWSLETTER;
	choice.options.volume = VOLUME_BULK;
	choice.options.profiles = ~0u;
	choice.options.target_jis = byte >> 6 == 1;
	choice.options.target_sjis = byte >> 6 == 2;
	choice.options.now = 1795478430; /* 2026-11-24T00:00:30Z, as for the drafts of corpus/ */
	return choice;
}

static void report_all(const GPtrArray *results, enum language language)
{
	static const struct report_error error = { "other.eml", "No such file" };
	static const struct reporter *const reporters[] = { &report_text, &report_json, &report_jsonl };
	const struct report_view view = { .results = (struct message_result *const *)results->pdata,
					  .n_results = results->len,
					  .errors = &error,
					  .n_errors = 1,
					  .tool_version = "0",
					  .rules_version = "0" };
	const struct report_options options = { .language = language,
						.language_given = true,
						.color = true,
						.hyperlinks = true,
						.verbose = true,
						.statistics = true,
						.width = 100,
						.fail_on = SEVERITY_WARNING };

	for (size_t i = 0; i < G_N_ELEMENTS(reporters); i++) {
		GString *out = g_string_new(NULL);
		reporters[i]->write(out, &view, &options);
		/* Reports are UTF-8 whatever the draft was; a control character in one could take over the reader's terminal. */
		g_assert(g_utf8_validate(out->str, (gssize)out->len, NULL));
		g_string_free(out, TRUE);
	}
}

/* The safe fixes, then all of them. One that changes nothing would be made again in every round. */
static void fix_all(const GPtrArray *results, struct span bytes)
{
	const struct text file = { .bytes = bytes };

	for (int unsafe = 0; unsafe < 2; unsafe++) {
		GString *fixed = g_string_new(NULL);
		size_t n = fix_apply(fixed, &file, (struct message_result *const *)results->pdata, results->len, unsafe);
		g_assert(n ? !span_eq(span_of(fixed->str, fixed->len), bytes) : fixed->len == 0);
		g_string_free(fixed, TRUE);
	}
}

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	message_library_init();
	return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct rule_set rules = *builtin_rules();

	if (size == 0)
		return 0;
	struct choice choice = choice_of(data[0]);
	struct span bytes = span_of((const char *)data + 1, size - 1);
	GPtrArray *results =
		run_lint_bytes(&rules, &choice.options, choice.path, bytes, choice.is_template, choice.template_kind);
	report_all(results, choice.language);
	fix_all(results, bytes);
	for (guint i = 0; i < results->len; i++)
		message_result_free(g_ptr_array_index(results, i));
	g_ptr_array_free(results, TRUE);
	return 0;
}
