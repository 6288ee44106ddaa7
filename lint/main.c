/* The program: command line in, exit code out. Nothing else belongs here. */
#include <malloc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/heap.h"
#include "cli.h"
#include "completions.h"
#include "config/schema.h"
#include "config_command.h"
#include "help.h"
#include "init.h"
#include "lsp.h"
#include "mcp.h"
#include "own_rules.h"
#include "rule/coverage.h"
#include "rule/explain.h"
#include "run_preflight.h"
#include "setup.h"

static const char *say(enum language language, const char *en, const char *ja)
{
	return language == LANGUAGE_JA ? ja : en;
}

static int print(const char *text)
{
	return fputs(text, stdout) >= 0 && fflush(stdout) == 0 ? EXIT_CLEAN : EXIT_TROUBLE;
}

static int print_and_free(GString *text)
{
	int code = print(text->str);
	g_string_free(text, TRUE);
	return code;
}

static int print_rule(const struct rule *rule, const struct cli *cli)
{
	GString *out = g_string_new(NULL);
	explain_rule(out, rule, cli->rules_format, cli->run.report.language, cli->run.report.width);
	return print_and_free(out);
}

static int explain(const struct cli *cli)
{
	enum language language = cli->run.report.language;
	int code = EXIT_CLEAN;

	if (cli->n_operands == 0) {
		fprintf(stderr, "%s\n", say(language, "presend: explain needs a rule id; presend rules lists them",
					    "presend: explain にはルール ID を指定してください。一覧は presend rules で表示できます"));
		return EXIT_TROUBLE;
	}
	struct run_options options = cli->run;
	struct setup *setup = setup_new(&cli->run);
	if (!setup_run_keys(setup, &options)) {
		setup_free(setup);
		return EXIT_TROUBLE;
	}
	const struct rule_set *rules = setup_rules(setup);
	for (size_t i = 0; i < cli->n_operands; i++) {
		const char *id = cli->operands[i];
		const struct rule *rule = rule_set_find(rules, id);
		bool found = rule != NULL;
		if (rule)
			print_rule(rule, cli);
		/* A requirement id names the rules that decide it. */
		for (size_t k = 0; !rule && k < rules->n; k++) {
			const struct rule *candidate = rules->rules[k];
			for (const char *const *req = candidate->requirements; req && *req; req++) {
				if (strcmp(*req, id) == 0) {
					print_rule(candidate, cli);
					found = true;
				}
			}
		}
		if (found)
			continue;
		const char *nearest = rule_set_suggest(rules, id);
		run_say(say(language, "no such rule", "そのようなルールはありません"), id);
		if (nearest)
			run_say(say(language, "did you mean", "もしかして"), nearest);
		code = EXIT_TROUBLE;
	}
	setup_free(setup);
	return code;
}

static int rules_compile(const struct cli *cli)
{
	enum language language = cli->run.report.language;

	if (cli->n_operands > 1 && cli->output)
		return own_rules_compile(cli->operands + 1, cli->n_operands - 1, cli->output, language);
	fprintf(stderr, "%s\n", say(language, "presend: rules compile needs folders, and -o with the file to write",
				    "presend: rules compile にはフォルダーと、書き込み先のファイル（-o）を指定してください"));
	return EXIT_TROUBLE;
}

/* presend rules, presend rules check PATH, presend rules compile DIR... -o FILE. */
static int rules(const struct cli *cli)
{
	enum language language = cli->run.report.language;

	if (cli->n_operands && strcmp(cli->operands[0], "check") == 0) {
		if (cli->n_operands != 2) {
			fprintf(stderr, "%s\n", say(language, "presend: rules check needs one folder or file",
						    "presend: rules check にはフォルダーかファイルを 1 つ指定してください"));
			return EXIT_TROUBLE;
		}
		return run_check_rules(cli->operands[1], language);
	}
	if (cli->n_operands && strcmp(cli->operands[0], "compile") == 0)
		return rules_compile(cli);
	if (cli->output) {
		run_say("--output", say(language, "belongs to rules compile", "rules compile のオプションです"));
		return EXIT_TROUBLE;
	}
	if (cli->n_operands) {
		run_say(say(language, "unexpected argument", "余分な引数です"), cli->operands[0]);
		return EXIT_TROUBLE;
	}
	struct run_options options = cli->run;
	struct setup *setup = setup_new(&cli->run);
	if (!setup_run_keys(setup, &options)) {
		setup_free(setup);
		return EXIT_TROUBLE;
	}
	GString *out = g_string_new(NULL);
	if (cli->coverage)
		coverage_append(out, setup_rules(setup), language);
	else
		explain_list(out, setup_rules(setup), cli->rules_format, language);
	int code = print_and_free(out);
	setup_free(setup);
	return code;
}

/* presend config. */
static int config(const struct cli *cli)
{
	enum language language = cli->run.report.language;
	GString *out = g_string_new(NULL);
	bool good = true;

	if (cli->n_operands > 1) {
		run_say(say(language, "unexpected argument", "余分な引数です"), cli->operands[1]);
		good = false;
	} else if (cli->schema) {
		config_write_schema(out, cli->run.report.language_given ? language : LANGUAGE_EN);
	} else if (cli->rules_format == EXPLAIN_MARKDOWN) {
		config_write_reference(out, language);
	} else {
		good = config_command_print(out, &cli->run, cli->n_operands ? cli->operands[0] : NULL);
	}
	int code = print_and_free(out);
	return good ? code : EXIT_TROUBLE;
}

static int preview(const struct cli *cli)
{
	enum language language = cli->run.report.language;

	if (cli->n_operands == 1)
		return run_preview(&cli->run, &cli->preview, cli->operands[0]);
	if (cli->n_operands)
		run_say(say(language, "unexpected argument", "余分な引数です"), cli->operands[1]);
	else
		run_say("preview", say(language, "needs a file", "ファイルを指定してください"));
	return EXIT_TROUBLE;
}

static bool no_operands(const struct cli *cli)
{
	if (cli->n_operands)
		run_say(say(cli->run.report.language, "unexpected argument", "余分な引数です"), cli->operands[0]);
	return cli->n_operands == 0;
}

static int init(const struct cli *cli)
{
	return no_operands(cli) ? init_run(cli->run.report.language) : EXIT_TROUBLE;
}

static int completions(const struct cli *cli)
{
	GString *out = g_string_new(NULL);

	if (cli->n_operands == 1 && completions_append(out, cli->operands[0]))
		return print_and_free(out);
	g_string_free(out, TRUE);
	run_say(say(cli->run.report.language, "needs the name of a shell: bash, zsh, fish", "シェルの名前を指定してください: bash、zsh、fish"),
		cli->n_operands ? cli->operands[0] : "completions");
	return EXIT_TROUBLE;
}

static int program(int argc, char **argv);

static int run(const struct cli *cli, int argc, char *const *argv)
{
	enum language language = cli->run.report.language;
	GString *help;

	switch (cli->command) {
	case COMMAND_HELP:
		help = g_string_new(NULL);
		help_append(help, cli->help_of, &cli->run.report);
		return print_and_free(help);
	case COMMAND_VERSION:
		return print("presend " PRESEND_VERSION "\n");
	case COMMAND_EXPLAIN:
		return explain(cli);
	case COMMAND_RULES:
		return rules(cli);
	case COMMAND_CONFIG:
		return config(cli);
	case COMMAND_INIT:
		return init(cli);
	case COMMAND_COMPLETIONS:
		return completions(cli);
	case COMMAND_PREVIEW:
		return preview(cli);
	case COMMAND_LSP:
		return no_operands(cli) ? lsp_serve(&cli->run) : EXIT_TROUBLE;
	case COMMAND_MCP:
		return no_operands(cli) ? mcp_serve(program) : EXIT_TROUBLE;
	case COMMAND_PREFLIGHT:
		return run_preflight(language, argc, argv, cli->command_at);
	case COMMAND_GATE:
		return gate_run(&cli->gate, &cli->run);
	case COMMAND_LINT:
	case COMMAND_CHECKLIST:
	case COMMAND_BOUNCE:
		break;
	}
	if (cli->command == COMMAND_BOUNCE && cli->n_operands)
		return run_bounce(&cli->run, &cli->bounce, cli->operands, cli->n_operands);
	int code = cli->n_operands || cli->command == COMMAND_LINT ? run_lint(&cli->run, cli->operands, cli->n_operands) : -1;
	if (code < 0) {
		GString *usage = g_string_new(NULL);
		help_append_usage(usage, language, (size_t)cli->run.report.width);
		fputs(usage->str, stderr);
		g_string_free(usage, TRUE);
		code = EXIT_TROUBLE;
	}
	return code;
}

/* One command line, as main() runs it and as the tools of presend mcp do. */
static int program(int argc, char **argv)
{
	struct cli cli;
	int code = EXIT_TROUBLE;

	if (cli_parse(argc, argv, &cli)) {
		/* A reader that closes the pipe (presend ... | head) is an error of write(), not a signal. The command behind the gate shall find
		 * signals as its caller left them. */
		if (cli.command != COMMAND_GATE)
			signal(SIGPIPE, SIG_IGN);
		code = run(&cli, argc, argv);
	} else if (cli.command == COMMAND_GATE) {
		/* A slip in the mail server's configuration must not send a mail back. */
		code = EXIT_GATE_FAILED;
	}
	cli_release(&cli);
	return code;
}

int main(int argc, char **argv)
{
	/* Large blocks come from the heap and stay there: a fresh mapping for each costs more than decoding the text in it. */
	mallopt(M_MMAP_THRESHOLD, 64 << 20);
	mallopt(M_TRIM_THRESHOLD, 64 << 20);
	/* What our rules and one newsletter take. */
	heap_warm(2 << 20);
	return program(argc, argv);
}
