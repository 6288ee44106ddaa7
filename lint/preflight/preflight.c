/* "presend preflight": read the operand, find who sends, run the checks, write the report. Asks DNS nothing itself. */
#include "preflight/preflight.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "preflight/check.h"
#include "report/reason.h"
#include "setup.h"

static const char *say(enum language language, const char *en, const char *ja)
{
	return language == LANGUAGE_JA ? ja : en;
}

/* --- the operand ------------------------------------------------------------------------------------------------------------------ */

struct operand {
	const char *domain;            /* NULL: a file */
	const char *path;              /* as reports name it; NULL: a domain */
	struct input_bytes input;
	struct text text;
	struct line_index lines;
	struct message *message;       /* NULL: a domain */
};

static bool read_file(struct arena *arena, const struct run_options *run, const char *operand, struct operand *out)
{
	const bool is_stdin = strcmp(operand, "-") == 0;
	enum template_kind template_kind;
	GError *error = NULL;
	size_t n = 1;

	out->path = is_stdin && run->stdin_name ? run->stdin_name : operand;
	enum input_kind kind = input_kind_of(out->path, &template_kind);
	if (!input_read(operand, &out->input, &error)) {
		char *reason = reason_in(run->report.language, error->message);
		run_say(operand, reason);
		g_free(reason);
		g_error_free(error);
		return false;
	}
	if (out->input.cut)
		run_say(out->path, say(run->report.language, "only the beginning was read", "先頭の部分だけを読みました"));
	out->text = (struct text){ .bytes = out->input.bytes };
	out->lines = line_index_new(arena, out->text.bytes);
	run_correct_kind(&run->lint, out->text.bytes, &kind, &template_kind);
	struct range whole = { 0, out->text.bytes.n }, *ranges = &whole;
	if (kind == INPUT_MESSAGE)
		ranges = input_split_mbox(arena, out->text.bytes, &n, NULL);
	if (n > 1)
		run_say(out->path, say(run->report.language, "only its first message is looked at", "最初の 1 通だけを確認します"));
	message_library_init();
	out->message = message_new(out->path, &out->text, &out->lines, n ? ranges[0] : whole, 0, kind, template_kind);
	return true;
}

/* A file that is there is one; what has no slash is else a domain. */
static bool read_operand(struct arena *arena, const struct run_options *run, const char *operand, struct operand *out)
{
	*out = (struct operand){ 0 };
	if (strcmp(operand, "-") != 0 && !strchr(operand, '/') && access(operand, F_OK) != 0) {
		out->domain = operand;
		return true;
	}
	return read_file(arena, run, operand, out);
}

static void operand_release(struct operand *operand)
{
	if (!operand->message)
		return;
	message_free(operand->message);
	input_bytes_release(&operand->input);
}

/* What the configuration says of the file, or of the list that writes from the domain. */
static const struct settings *settings_for(struct arena *arena, struct setup *setup, const struct operand *operand)
{
	struct setup_place place;

	if (operand->message)
		return setup_place_of(setup, operand->path, &place) && setup_sound(setup) ? setup_settings_for(setup, &place, operand->message) : NULL;
	if (!setup_place_of_folder(setup, ".", &place) || !setup_sound(setup))
		return NULL;
	return setup_settings_from(setup, &place, SPAN_EMPTY, span_str(arena_printf(arena, "@%s", operand->domain)));
}

/* --- the checks ------------------------------------------------------------------------------------------------------------------- */

static void run_checks(struct preflight *p, const struct preflight_options *options)
{
	check_domains(p);
	check_spf(p);
	check_dkim(p);
	check_dmarc(p);
	check_alignment(p);
	check_authentication(p);
	check_addresses(p);
	check_further_records(p);
	check_links(p);
	check_blocklists(p, options->blocklists);
	check_mta_configs(p, options->mta_configs);
}

static int exit_code(const struct preflight *p, enum severity fail_on)
{
	enum preflight_status least = fail_on == SEVERITY_ERROR ? PREFLIGHT_FAIL : PREFLIGHT_WARN;

	for (guint i = 0; fail_on != SEVERITY_OFF && i < p->rows->len; i++)
		if (g_array_index(p->rows, struct preflight_row, i).status >= least)
			return EXIT_FINDINGS;
	return EXIT_CLEAN;
}

static bool write_report(const struct preflight *p, const struct report_options *report, const struct preflight_options *options)
{
	const struct sender *s = p->sender;
	const struct preflight_report found = { .path = s->path, .domain = s->from_domain, .snapshot = options->snapshot,
						.rows = (const struct preflight_row *)(const void *)p->rows->data, .n = p->rows->len,
						.assumed = s->envelope_assumed ? preflight_say(p, "The envelope domain is taken to be that of From; --mail-from names another.",
											       "エンベロープのドメインは From と同じとみなしています（--mail-from で指定できます）。") : NULL };
	GString *out = g_string_new(NULL);

	if (options->json)
		report_preflight_json(out, &found);
	else
		report_preflight_text(out, &found, report);
	bool good = fwrite(out->str, 1, out->len, stdout) == out->len && fflush(stdout) == 0;
	g_string_free(out, TRUE);
	return good;
}

static int check_operand(struct arena *arena, const struct run_options *run, const struct settings *settings, const struct preflight_options *options,
			 const struct operand *operand, struct dns *dns)
{
	struct sender sender;

	if (!sender_find(arena, options, settings->lint.list, operand->message, operand->domain, run->report.language, &sender))
		return EXIT_TROUBLE;
	struct preflight p = { .arena = arena, .dns = dns, .language = run->report.language, .volume = settings->lint.volume, .now = run->lint.now,
			       .sender = &sender, .rows = g_array_new(FALSE, FALSE, sizeof(struct preflight_row)) };
	run_checks(&p, options);
	int code = write_report(&p, &run->report, options) ? exit_code(&p, settings->fail_on) : EXIT_TROUBLE;
	g_array_free(p.rows, TRUE);
	return code;
}

int preflight_run(const struct run_options *run, const struct preflight_options *options, struct dns *dns)
{
	struct run_options now = *run;
	struct setup *setup = setup_new(run);
	struct arena *arena = arena_new();
	struct operand operand;
	int code = EXIT_TROUBLE;

	if (setup_run_keys(setup, &now) && read_operand(arena, &now, options->operand, &operand)) {
		/* Programs get English unless they ask for something else. */
		if (options->json && !run->report.language_given)
			now.report.language = LANGUAGE_EN;
		const struct settings *settings = settings_for(arena, setup, &operand);
		if (settings)
			code = check_operand(arena, &now, settings, options, &operand, dns);
		operand_release(&operand);
	}
	arena_free(arena);
	setup_free(setup);
	return code;
}
