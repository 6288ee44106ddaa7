/* The program presend-preflight, which "presend preflight" starts: command line in, exit code out. Nothing else belongs here. */
#include <signal.h>
#include <stdio.h>

#include "cli.h"
#include "help.h"
#include "preflight/preflight.h"
#include "report/reason.h"

static const char *say(enum language language, const char *en, const char *ja)
{
	return language == LANGUAGE_JA ? ja : en;
}

static int run(const struct cli *cli)
{
	const struct cli_preflight *words = &cli->preflight;
	enum language language = cli->run.report.language;
	const struct preflight_options options = { .operands = cli->operands, .n_operands = cli->n_operands, .json = words->json, .addresses = words->addresses,
						   .selectors = words->selectors, .helo = words->helo, .mail_from = words->mail_from, .blocklists = words->blocklists,
						   .mta_configs = words->mta_configs, .snapshot = words->dns };
	const struct dns_options dns_options = { .resolver = words->resolver, .replay = words->dns, .save = words->save_dns,
						 .total_seconds = words->dns_seconds };
	char *error = NULL;

	if (cli->n_operands == 0) {
		run_say("preflight", say(language, "needs a domain or a file", "ドメインまたはファイルを指定してください"));
		return EXIT_TROUBLE;
	}
	struct arena *arena = arena_new();
	struct dns *dns = dns_open(arena, &dns_options, &error);
	int code = dns ? preflight_run(&cli->run, &options, dns) : EXIT_TROUBLE;
	if (dns && !dns_close(dns, &error))
		code = EXIT_TROUBLE;
	if (error) {
		char *reason = reason_in(language, error);
		run_say(NULL, reason);
		g_free(reason);
	}
	g_free(error);
	arena_free(arena);
	return code;
}

static int print_help(const struct cli *cli)
{
	GString *text = g_string_new(NULL);

	if (cli->command == COMMAND_VERSION)
		g_string_append(text, "presend " PRESEND_VERSION "\n");
	else
		help_append(text, cli->help_of, &cli->run.report);
	int code = fputs(text->str, stdout) >= 0 && fflush(stdout) == 0 ? EXIT_CLEAN : EXIT_TROUBLE;
	g_string_free(text, TRUE);
	return code;
}

int main(int argc, char **argv)
{
	/* The words behind "presend preflight" are ours; the table of options knows them by that command. */
	char **words = g_new0(char *, (size_t)argc + 2);
	struct cli cli;

	words[0] = argv[0];
	words[1] = (char *)"preflight";
	for (int i = 1; i < argc; i++)
		words[i + 1] = argv[i];
	signal(SIGPIPE, SIG_IGN);
	bool good = cli_parse(argc + 1, words, &cli);
	int code = !good ? EXIT_TROUBLE : cli.command == COMMAND_PREFLIGHT ? run(&cli) : print_help(&cli);
	cli_release(&cli);
	g_free(words);
	return code;
}
