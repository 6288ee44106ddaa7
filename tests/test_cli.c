/* The tables of options and commands: what parser, help and man pages make of them must be the same. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "completions.h"
#include "help.h"

static const char *const pages[N_LANGUAGES] = { "docs/presend.1", "docs/presend.ja.1" };

static char *page_text(int language)
{
	char *text = NULL;

	ck_assert_msg(g_file_get_contents(pages[language], &text, NULL, NULL), "%s cannot be read; tests run in the top folder", pages[language]);
	return text;
}

/* Parse a line of words; what is said of it is not of interest. */
static bool parses(const char *const *words)
{
	struct cli cli;
	char **argv = g_strdupv((char **)(void *)words);
	int saved = dup(STDERR_FILENO);

	ck_assert(freopen("/dev/null", "w", stderr) != NULL);
	bool good = cli_parse((int)g_strv_length(argv), argv, &cli);
	cli_release(&cli);
	fflush(stderr);
	dup2(saved, STDERR_FILENO);
	close(saved);
	g_strfreev(argv);
	return good;
}

/* presend COMMAND --NAME VALUE, with an operand that the command takes. */
static bool takes(const struct command_definition *command, const struct option_definition *option, const char *value)
{
	char *name = g_strconcat("--", option->name, NULL);
	const char *words[10] = { "presend", command->name, name };
	size_t n = 3;

	if (option->value != VALUE_NONE)
		words[n++] = value;
	/* It says what else the fixes may be, so it needs one that asks for them. */
	if (strcmp(option->name, "unsafe-fixes") == 0)
		words[n++] = "--diff";
	/* A row is one of a file. */
	if (strcmp(option->name, "row") == 0) {
		words[n++] = "--data";
		words[n++] = "1";
	}
	/* The sheet asks nobody: what is said of who sends is for the answers of a file. */
	if (command->command == COMMAND_CHECKLIST && option->group == GROUP_PREFLIGHT) {
		words[n++] = "--dns";
		words[n++] = "1";
	}
	if (command->command == COMMAND_GATE) {
		words[n++] = "--";
		words[n++] = "true";
	}
	bool good = parses(words);
	g_free(name);
	return good;
}

static const char *some_value(const struct option_definition *option, const struct command_definition *command)
{
	static char word[64];
	const char *words = option->value == VALUE_FORMAT ? cli_formats(command->command) : option->words;

	if (words) {
		g_strlcpy(word, words, MIN(sizeof word, strcspn(words, " ") + 1));
		return word;
	}
	if (strcmp(option->name, "now") == 0 || strcmp(option->name, "since") == 0)
		return "2026-11-24T00:00:00Z";
	if (strcmp(option->name, "prior") == 0)
		return "0.5";
	return "1";
}

START_TEST(every_option_belongs_to_its_commands)
{
	size_t n_options, n_commands;
	const struct option_definition *options = cli_options(&n_options);
	const struct command_definition *commands = cli_commands(&n_commands);

	for (size_t i = 0; i < n_options; i++) {
		size_t n_takers = 0;
		for (size_t k = 0; k < n_commands; k++) {
			/* Help and version tell of themselves before anything is judged. */
			if (commands[k].command == COMMAND_HELP || commands[k].command == COMMAND_VERSION || options[i].commands == ~0u)
				continue;
			bool of = cli_option_of(&options[i], commands[k].command);
			n_takers += of;
			ck_assert_msg(takes(&commands[k], &options[i], some_value(&options[i], &commands[k])) == of, "%s --%s is %s", commands[k].name,
				      options[i].name, of ? "refused" : "taken");
		}
		ck_assert_msg(n_takers > 0 || options[i].commands == ~0u, "no command has --%s", options[i].name);
	}
}
END_TEST

START_TEST(every_word_is_a_value_and_no_other)
{
	size_t n_options, n_commands;
	const struct option_definition *options = cli_options(&n_options);
	const struct command_definition *commands = cli_commands(&n_commands);

	for (size_t i = 0; i < n_options; i++) {
		const struct option_definition *option = &options[i];
		ck_assert_msg((option->value == VALUE_NONE) == !option->argument[LANGUAGE_EN], "--%s: argument and kind of value", option->name);
		ck_assert_msg((option->value == VALUE_WORD || option->value == VALUE_WORDS) == (option->words != NULL), "--%s: words", option->name);
		if (option->value == VALUE_NONE || option->value == VALUE_TEXT || option->value == VALUE_FILE || option->value == VALUE_FOLDER ||
		    option->value == VALUE_RULES)
			continue;
		for (size_t k = 0; k < n_commands; k++) {
			const struct command_definition *command = &commands[k];
			if (!cli_option_of(option, command->command) || command->command == COMMAND_HELP || command->command == COMMAND_VERSION)
				continue;
			char **words = g_strsplit(option->words ? option->words : cli_formats(command->command), " ", -1);
			ck_assert_msg(g_strv_length(words) >= 2, "%s --%s: a choice of one", command->name, option->name);
			for (char **word = words; *word; word++)
				ck_assert_msg(takes(command, option, *word), "%s --%s %s is refused", command->name, option->name, *word);
			char *all = g_strjoinv(",", words);
			ck_assert_msg(takes(command, option, all) == (option->value == VALUE_WORDS), "%s --%s %s", command->name, option->name, all);
			ck_assert_msg(!takes(command, option, "nonsense"), "%s --%s nonsense is taken", command->name, option->name);
			g_free(all);
			g_strfreev(words);
		}
	}
}
END_TEST

/* In both languages: the help of a command names its options and no others, their values, and nothing is wider than the terminal. */
START_TEST(help_is_whole)
{
	size_t n_options, n_commands;
	const struct option_definition *options = cli_options(&n_options);
	const struct command_definition *commands = cli_commands(&n_commands);

	for (size_t k = 0; k < n_commands; k++) {
		struct report_options report = { .language = (enum language)_i, .width = 100 };
		GString *help = g_string_new(NULL);
		help_append(help, &commands[k], &report);
		ck_assert_msg(strstr(help->str, commands[k].usage[_i]) != NULL, "%s: usage", commands[k].name);
		for (size_t i = 0; i < n_options; i++) {
			char *name = g_strdup_printf("--%s%s%s\n", options[i].name, options[i].argument[_i] ? " " : "",
						     options[i].argument[_i] ? options[i].argument[_i] : "");
			ck_assert_msg((strstr(help->str, name) != NULL) == cli_option_of(&options[i], commands[k].command), "%s: %s", commands[k].name, name);
			g_free(name);
		}
		g_string_free(help, TRUE);
	}
	for (size_t i = 0; i < n_options; i++) {
		char **words = g_strsplit(options[i].words ? options[i].words : "", " ", -1);
		for (char **word = words; *word; word++)
			ck_assert_msg(strstr(options[i].help[_i], *word) || strstr(options[i].argument[_i], *word), "--%s: the help says nothing of %s", options[i].name,
				      *word);
		g_strfreev(words);
	}
}
END_TEST

/* What stands of an option in the man page: from its .It to the next. NULL where it is not in a list of options. */
static char *entry_of(const char *page, const char *name)
{
	char *mark = g_strdup_printf("Fl -%s", name);

	for (const char *at = page; (at = strstr(at, "\n.It Fl ")); at++) {
		const char *line_end = strchr(at + 1, '\n'), *found = strstr(at, mark);
		if (!line_end || !found || found >= line_end || !strchr(" \n", found[strlen(mark)]))
			continue;
		const char *next = strstr(line_end, "\n.It "), *list_end = strstr(line_end, "\n.El");
		const char *end = next && (!list_end || next < list_end) ? next : list_end;
		g_free(mark);
		return g_strndup(at, (size_t)((end ? end : page + strlen(page)) - at));
	}
	g_free(mark);
	return NULL;
}

/* As mdoc has it: words end at blanks, commas, line ends. */
static bool has_word(const char *text, const char *word)
{
	size_t n = strlen(word);

	for (const char *at = text; (at = strstr(at, word)); at++)
		if ((at == text || strchr(" \n,", at[-1])) && strchr(" \n,", at[n]))
			return true;
	return false;
}

START_TEST(man_page_is_whole)
{
	char *page = page_text(_i);
	size_t n_options, n_commands;
	const struct option_definition *options = cli_options(&n_options);
	const struct command_definition *commands = cli_commands(&n_commands);

	for (size_t k = 0; k < n_commands; k++) {
		char *entry = g_strdup_printf("\n.It Cm %s", commands[k].name);
		ck_assert_msg(strstr(page, entry) != NULL, "%s: no command %s", pages[_i], commands[k].name);
		g_free(entry);
	}
	for (size_t i = 0; i < n_options; i++) {
		const struct option_definition *option = &options[i];
		char *entry = entry_of(page, option->name), *flag = g_strdup_printf("-%s", option->name);
		/* Options of one command may stand with the command. */
		ck_assert_msg(entry || has_word(page, flag), "%s: no option --%s", pages[_i], option->name);
		g_free(flag);
		if (!entry)
			continue;
		if (option->short_name) {
			char *both = g_strdup_printf(".It Fl %c , Fl -%s", option->short_name, option->name);
			ck_assert_msg(strstr(entry, both) != NULL, "%s: no -%c beside --%s", pages[_i], option->short_name, option->name);
			g_free(both);
		}
		char **words = g_strsplit(option->words ? option->words : option->value == VALUE_FORMAT ? cli_formats(COMMAND_LINT) : "", " ", -1);
		for (char **word = words; *word; word++)
			ck_assert_msg(has_word(entry, *word), "%s: --%s says nothing of %s", pages[_i], option->name, *word);
		g_strfreev(words);
		g_free(entry);
	}
	/* And nothing that is gone. */
	char **lines = g_strsplit(page, "\n", -1);
	for (char **line = lines; *line; line++) {
		for (const char *at = *line; g_str_has_prefix(*line, ".") && (at = strstr(at, "Fl -")); at++) {
			char *name = g_strndup(at + 4, strspn(at + 4, "abcdefghijklmnopqrstuvwxyz-"));
			bool known = !*name;
			for (size_t i = 0; i < n_options; i++)
				known |= strcmp(options[i].name, name) == 0;
			ck_assert_msg(known, "%s: there is no --%s", pages[_i], name);
			g_free(name);
		}
	}
	g_strfreev(lines);
	g_free(page);
}
END_TEST

/* The groups of --help are the sections of the man page. */
START_TEST(groups_are_sections)
{
	char *page = page_text(_i);

	for (int group = 0; group < N_GROUPS; group++) {
		size_t n, of_several = 0;
		const struct option_definition *options = cli_options(&n);
		for (size_t i = 0; i < n; i++)
			of_several += options[i].group == (enum option_group)group && entry_of(page, options[i].name);
		char *section = g_strdup_printf("\n.Ss %s\n", help_group_title((enum option_group)group, (enum language)_i));
		ck_assert_msg(of_several == 0 || strstr(page, section) != NULL, "%s: no section%s", pages[_i], section);
		g_free(section);
	}
	g_free(page);
}
END_TEST

START_TEST(completions_are_whole)
{
	static const char *const shells[] = { "bash", "zsh", "fish" };
	size_t n_options, n_commands;
	const struct option_definition *options = cli_options(&n_options);
	const struct command_definition *commands = cli_commands(&n_commands);
	GString *out = g_string_new(NULL);

	ck_assert(!completions_append(out, "tcsh") && out->len == 0);
	ck_assert(completions_append(out, shells[_i]));
	for (size_t i = 0; i < n_options; i++) {
		char *name = g_strdup_printf(_i == 2 ? "-l %s" : "--%s", options[i].name);
		ck_assert_msg(strstr(out->str, name) != NULL, "%s: %s", shells[_i], name);
		ck_assert_msg(!options[i].words || strstr(out->str, options[i].words) != NULL, "%s: values of %s", shells[_i], name);
		g_free(name);
	}
	for (size_t k = 0; k < n_commands; k++)
		ck_assert_msg(has_word(out->str, commands[k].name), "%s: %s", shells[_i], commands[k].name);
	g_string_free(out, TRUE);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("cli");
	TCase *tests = tcase_create("cli");
	SRunner *runner;
	int failed;

	tcase_set_timeout(tests, 60);
	tcase_add_test(tests, every_option_belongs_to_its_commands);
	tcase_add_test(tests, every_word_is_a_value_and_no_other);
	tcase_add_loop_test(tests, help_is_whole, 0, N_LANGUAGES);
	tcase_add_loop_test(tests, man_page_is_whole, 0, N_LANGUAGES);
	tcase_add_loop_test(tests, groups_are_sections, 0, N_LANGUAGES);
	tcase_add_loop_test(tests, completions_are_whole, 0, 3);
	suite_add_tcase(suite, tests);
	runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
