/* Fuzz target: files of `presend rules compile`. What loads is explained in all formats, its examples are unpacked, and it is run over a mail.
 * The sum of the file is put right first: it guards against accidents, and would keep everything else from a fuzzer.
 * May not write a file or keep anything between two inputs. */
#include <glib.h>
#include <stdint.h>
#include <string.h>

#include "doc/message.h"
#include "rule/explain.h"
#include "rule/rule_file.h"
#include "run.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char mail[] = "From: News <news@hanami-books.jp>\nTo: reader@hanami-reader.jp\nSubject: peony\nDate: Tue, 24 Nov 2026 09:00:00 +0900\n"
			   "Message-ID: <1@hanami-books.jp>\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n"
			   "A peony, 完全無料 and T9-004711: https://go.hanami-short.jp/a\n";

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	message_library_init();
	return 0;
}

static void use(const struct rule_set *rules, struct arena *arena)
{
	static const enum explain_format formats[] = { EXPLAIN_TEXT, EXPLAIN_MARKDOWN, EXPLAIN_JSON };
	struct lint_options options = { .profiles = PROFILE_GMAIL, .now = 1795478430 };

	for (size_t i = 0; i < rules->n && i < 20; i++) {
		size_t n;
		rule_examples(rules->rules[i], arena, &n);
		for (size_t k = 0; k < G_N_ELEMENTS(formats); k++) {
			GString *out = g_string_new(NULL);
			explain_rule(out, rules->rules[i], formats[k], (enum language)(k % N_LANGUAGES), 80);
			g_assert(g_utf8_validate(out->str, (gssize)out->len, NULL));
			g_string_free(out, TRUE);
		}
	}
	GPtrArray *results = run_lint_bytes(rules, &options, "a.eml", span_of(mail, sizeof mail - 1), false, 0);
	for (guint i = 0; i < results->len; i++)
		message_result_free(g_ptr_array_index(results, i));
	g_ptr_array_free(results, TRUE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct rule_file file = { 0 };
	struct rule_set rules;
	struct data_set lists;
	struct arena *arena = arena_new();
	char *bytes = g_memdup2(data, size ? size : 1);

	if (size >= RULE_FILE_HEADER_BYTES)
		rule_file_seal(bytes, size);
	if (rule_file_look(bytes, size, &file) == RULE_FILE_GOOD && rule_pack_read(arena, &file.pack, &builtin_data, &rules, &lists, NULL))
		use(&rules, arena);
	arena_free(arena);
	g_free(bytes);
	return 0;
}
