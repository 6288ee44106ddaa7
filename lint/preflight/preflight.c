/* "presend preflight": read the operands, find who sends, run the checks, write the report. Asks DNS nothing itself. */
#include "preflight/preflight.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "preflight/check.h"
#include "report/preflight.h"
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
	enum input_kind kind;
	enum template_kind template_kind;
	struct range *ranges;          /* of its messages */
	size_t n;                      /* of them; a domain counts as one */
};

static bool read_file(struct arena *arena, const struct run_options *run, const char *word, struct operand *out)
{
	const bool is_stdin = strcmp(word, "-") == 0;
	GError *error = NULL;

	out->path = is_stdin && run->stdin_name ? run->stdin_name : word;
	out->kind = input_kind_of(out->path, &out->template_kind);
	if (!input_read(word, &out->input, &error)) {
		char *reason = reason_in(run->report.language, error->message);
		run_say(word, reason);
		g_free(reason);
		g_error_free(error);
		return false;
	}
	if (out->input.cut)
		run_say(out->path, say(run->report.language, "only the beginning was read", "先頭の部分だけを読みました"));
	out->text = (struct text){ .bytes = out->input.bytes };
	out->lines = line_index_new(arena, out->text.bytes);
	run_correct_kind(&run->lint, out->text.bytes, &out->kind, &out->template_kind);
	if (out->kind == INPUT_MESSAGE)
		out->ranges = input_split_mbox(arena, out->text.bytes, &out->n, NULL);
	if (out->n == 0) {
		out->ranges = ARENA_ARRAY(arena, struct range, 1);
		out->ranges[0] = (struct range){ 0, out->text.bytes.n };
		out->n = 1;
	}
	message_library_init();
	return true;
}

/* A file that is there is one; what has no slash is else a domain. */
static bool read_operand(struct arena *arena, const struct run_options *run, const char *word, struct operand *out)
{
	*out = (struct operand){ 0 };
	if (strcmp(word, "-") != 0 && !strchr(word, '/') && access(word, F_OK) != 0) {
		out->domain = word;
		out->n = 1;
		return true;
	}
	return read_file(arena, run, word, out);
}

/* What the configuration says of the file, or of the list that writes from the domain. */
static const struct settings *settings_for(struct arena *arena, struct setup *setup, const struct operand *operand, const struct message *message)
{
	struct setup_place place;

	if (message)
		return setup_place_of(setup, operand->path, &place) && setup_sound(setup) ? setup_settings_for(setup, &place, message) : NULL;
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

/* A domain that does not exist has no records either: that is one fault, told once, of all that they would decide. */
static bool follows(const struct preflight_row *row, const char *domain)
{
	static const char *const checks[] = { "spf-missing", "spf-from-missing", "dkim-key-missing", "dmarc-missing", "auth-neither", "web-unknown", "mx-open" };

	for (size_t i = 0; i < G_N_ELEMENTS(checks); i++)
		if (strcmp(row->check, checks[i]) == 0)
			return !row->query || g_str_has_suffix(row->query, domain);
	return false;
}

static void fold_missing(struct preflight *p)
{
	const char *query = arena_printf(p->arena, "MX %s", p->sender->from_domain);
	guint missing = 0;

	while (missing < p->rows->len && (strcmp(g_array_index(p->rows, struct preflight_row, missing).check, "domain-missing") != 0 ||
					  g_strcmp0(g_array_index(p->rows, struct preflight_row, missing).query, query) != 0))
		missing++;
	if (missing == p->rows->len)
		return;
	for (guint i = p->rows->len; i-- > 0;) {
		struct preflight_row row = g_array_index(p->rows, struct preflight_row, i);
		if (!follows(&row, p->sender->from_domain))
			continue;
		for (const char *const *id = row.requirements; *id; id++)
			row_requirement(p, &g_array_index(p->rows, struct preflight_row, missing), *id);
		g_array_remove_index(p->rows, i);
		missing -= i < missing;
	}
}

static int exit_code(const struct preflight *p, enum severity fail_on)
{
	enum preflight_status least = fail_on == SEVERITY_ERROR ? PREFLIGHT_FAIL : PREFLIGHT_WARN;

	for (guint i = 0; fail_on != SEVERITY_OFF && i < p->rows->len; i++)
		if (g_array_index(p->rows, struct preflight_row, i).status >= least)
			return EXIT_FINDINGS;
	return EXIT_CLEAN;
}

/* --- the run ---------------------------------------------------------------------------------------------------------------------- */

struct flight {
	const struct run_options *run;
	const struct preflight_options *options;
	struct setup *setup;
	struct dns *dns;
	struct preflight_groups *groups; /* of the text report */
	bool several;                  /* messages or operands */
	int code;
};

static void trouble(struct flight *flight)
{
	flight->code = EXIT_TROUBLE;
}

static void write_out(struct flight *flight, GString *out)
{
	if (fwrite(out->str, 1, out->len, stdout) != out->len || fflush(stdout) != 0)
		trouble(flight);
	g_string_free(out, TRUE);
}

/* Programs are told at once, people by domain once all is known. */
static void take_report(struct flight *flight, const struct preflight_report *report)
{
	if (!flight->options->json) {
		if (report->domain)
			preflight_groups_add(flight->groups, report);
		return;
	}
	GString *out = g_string_new(NULL);
	report_preflight_json(out, report, flight->several);
	write_out(flight, out);
}

/* Who sends is known: ask. */
static void check_sender(struct flight *flight, struct arena *arena, const struct settings *settings, const struct sender *sender, size_t index)
{
	struct preflight p = { .arena = arena, .dns = flight->dns, .language = flight->run->report.language, .volume = settings->lint.volume,
			       .now = flight->run->lint.now, .sender = sender, .rows = g_array_new(FALSE, FALSE, sizeof(struct preflight_row)) };

	run_checks(&p, flight->options);
	fold_missing(&p);
	const struct preflight_report report = { .path = sender->path, .index = index, .domain = sender->from_domain, .snapshot = flight->options->snapshot,
						 .rows = (const struct preflight_row *)(const void *)p.rows->data, .n = p.rows->len,
						 .assumed = sender->envelope_assumed ? preflight_say(&p, "The envelope domain is taken to be that of From; --mail-from names another.",
												     "エンベロープのドメインは From と同じとみなしています（--mail-from で指定できます）。") : NULL };
	take_report(flight, &report);
	flight->code = MAX(flight->code, exit_code(&p, settings->fail_on));
	g_array_free(p.rows, TRUE);
}

static void check_message(struct flight *flight, const struct operand *operand, size_t index)
{
	enum language language = flight->run->report.language;
	struct arena *arena = arena_new();
	struct message *message = operand->domain ? NULL : message_new(operand->path, &operand->text, &operand->lines, operand->ranges[index], index,
									operand->kind, operand->template_kind);
	const struct settings *settings = settings_for(arena, flight->setup, operand, message);
	const char *why = NULL;
	struct sender sender;

	if (!settings) {
		trouble(flight);
	} else if (sender_find(arena, flight->options, settings->lint.list, message, operand->domain, language, &why, &sender)) {
		check_sender(flight, arena, settings, &sender, index);
	} else {
		trouble(flight);
		run_say(operand->domain ? operand->domain : operand->path, why);
		if (message)
			take_report(flight, &(struct preflight_report){ .path = operand->path, .index = index, .trouble = why });
	}
	if (message)
		message_free(message);
	arena_free(arena);
}

static void check_operand(struct flight *flight, const char *word)
{
	struct arena *arena = arena_new();
	struct operand operand;

	if (read_operand(arena, flight->run, word, &operand)) {
		flight->several |= operand.n > 1;
		for (size_t i = 0; i < operand.n; i++)
			check_message(flight, &operand, i);
		if (!operand.domain)
			input_bytes_release(&operand.input);
	} else {
		trouble(flight);
	}
	arena_free(arena);
}

int preflight_run(const struct run_options *run, const struct preflight_options *options, struct dns *dns)
{
	struct run_options now = *run;
	struct flight flight = { .run = &now, .options = options, .setup = setup_new(run), .dns = dns, .several = options->n_operands > 1 };

	if (!setup_run_keys(flight.setup, &now)) {
		setup_free(flight.setup);
		return EXIT_TROUBLE;
	}
	/* Programs get English unless they ask for something else. */
	if (options->json && !run->report.language_given)
		now.report.language = LANGUAGE_EN;
	flight.groups = preflight_groups_new();
	for (size_t i = 0; i < options->n_operands; i++)
		check_operand(&flight, options->operands[i]);
	GString *out = g_string_new(NULL);
	preflight_groups_append(flight.groups, out, &now.report);
	write_out(&flight, out);
	preflight_groups_free(flight.groups);
	setup_free(flight.setup);
	return flight.code;
}
