/* Role: completion scripts for bash, zsh and fish, from the tables of options and commands.
 * May not: know an option by name. What stands here of a command is what its operands are. */
#include "completions.h"

#include <string.h>

static const char *operands_of(enum command command)
{
	switch (command) {
	case COMMAND_EXPLAIN:
		return "rules";
	case COMMAND_RULES:
		return "check";
	case COMMAND_HELP:
		return "commands";
	case COMMAND_COMPLETIONS:
		return "shells";
	case COMMAND_GATE:
	case COMMAND_INIT:
	case COMMAND_LSP:
	case COMMAND_MCP:
	case COMMAND_VERSION:
		return "nothing";
	default:
		return "files";
	}
}

/* The first clause of a help text: lists of words and remarks behind it stand in the help. */
static char *brief(const char *help)
{
	size_t end = strlen(help);

	for (const char *const *mark = (const char *const[]){ ": ", "; ", NULL }; *mark; mark++) {
		const char *at = strstr(help, *mark);
		if (at && (size_t)(at - help) < end)
			end = (size_t)(at - help);
	}
	return g_strndup(help, end);
}

static void append_command_names(GString *out)
{
	size_t n;
	const struct command_definition *commands = cli_commands(&n);

	for (size_t i = 0; i < n; i++)
		g_string_append_printf(out, "%s%s", i ? " " : "", commands[i].name);
}

/* The script with @COMMANDS@ replaced by the names of the commands. */
static void append_script(GString *out, const char *script)
{
	static const char mark[] = "@COMMANDS@";

	for (const char *at; (at = strstr(script, mark)); script = at + strlen(mark)) {
		g_string_append_len(out, script, at - script);
		append_command_names(out);
	}
	g_string_append(out, script);
}

/* --- bash -------------------------------------------------------------------------------------------------------------------- */

static const char bash_head[] =
	"# bash completion of presend, made by \"presend completions bash\".\n"
	"\n"
	"# Usage: _presend_list PREFIX WORD...: words with commas between, of which the last is being written.\n"
	"_presend_list() {\n"
	"\tlocal done= last=$1\n"
	"\tshift\n"
	"\t[[ $last == *,* ]] && done=${last%,*}, last=${last##*,}\n"
	"\tmapfile -t COMPREPLY < <(compgen -P \"$done\" -W \"$*\" -- \"$last\")\n"
	"\tcompopt -o nospace\n"
	"}\n"
	"\n"
	"_presend() {\n"
	"\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} command= word i\n"
	"\tCOMPREPLY=()\n"
	"\t# bash takes --stage=draft for three words.\n"
	"\tif [[ $cur == = ]]; then\n"
	"\t\tcur=\n"
	"\telif [[ $prev == = ]]; then\n"
	"\t\tprev=${COMP_WORDS[COMP_CWORD - 2]}\n"
	"\tfi\n"
	"\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
	"\t\tword=${COMP_WORDS[i]}\n"
	"\t\tif [[ $word == -- ]]; then\n"
	"\t\t\tif [[ $command == gate && i -eq COMP_CWORD-1 ]]; then\n"
	"\t\t\t\tmapfile -t COMPREPLY < <(compgen -c -- \"$cur\")\n"
	"\t\t\tfi\n"
	"\t\t\tcompopt -o default\n"
	"\t\t\treturn\n"
	"\t\tfi\n"
	"\t\t[[ -z $command && \" @COMMANDS@ \" == *\" $word \"* ]] && command=$word\n"
	"\tdone\n"
	"\tcase $prev in\n";

static const char bash_middle[] =
	"\tesac\n"
	"\tif [[ $cur == -* ]]; then\n"
	"\t\tcase $command in\n";

static const char bash_operands[] =
	"\t\tesac\n"
	"\t\treturn\n"
	"\tfi\n"
	"\tcase $command in\n"
	"\t'')\n"
	"\t\tmapfile -t COMPREPLY < <(compgen -W '@COMMANDS@' -- \"$cur\"; compgen -f -- \"$cur\")\n"
	"\t\tcompopt -o filenames\n"
	"\t\t;;\n";

static const char bash_tail[] =
	"\tesac\n"
	"}\n"
	"complete -F _presend presend\n";

static void bash_value(GString *out, const struct option_definition *option)
{
	if (option->value == VALUE_NONE)
		return;
	g_string_append(out, "\t");
	if (option->short_name)
		g_string_append_printf(out, "-%c | ", option->short_name);
	g_string_append_printf(out, "--%s)\n", option->name);
	switch (option->value) {
	case VALUE_WORD:
		g_string_append_printf(out, "\t\tmapfile -t COMPREPLY < <(compgen -W '%s' -- \"$cur\")\n", option->words);
		break;
	case VALUE_WORDS:
		g_string_append_printf(out, "\t\t_presend_list \"$cur\" %s\n", option->words);
		break;
	case VALUE_RULES:
		g_string_append(out, "\t\t_presend_list \"$cur\" $(\"$1\" rules 2>/dev/null | sed 's/ .*//')\n");
		break;
	case VALUE_FORMAT:
		g_string_append(out, "\t\tcase $command in\n");
		size_t n;
		const struct command_definition *commands = cli_commands(&n);
		for (size_t i = 0; i < n; i++)
			if (*cli_formats(commands[i].command))
				g_string_append_printf(out, "\t\t%s%s) mapfile -t COMPREPLY < <(compgen -W '%s' -- \"$cur\") ;;\n",
						       commands[i].command == COMMAND_LINT ? "'' | " : "", commands[i].name,
						       cli_formats(commands[i].command));
		g_string_append(out, "\t\tesac\n");
		break;
	case VALUE_FILE:
		g_string_append(out, "\t\tcompopt -o default\n");
		break;
	case VALUE_FOLDER:
		g_string_append(out, "\t\tmapfile -t COMPREPLY < <(compgen -d -- \"$cur\")\n\t\tcompopt -o filenames\n");
		break;
	case VALUE_TEXT:
	case VALUE_NONE:
		break;
	}
	g_string_append(out, "\t\treturn\n\t\t;;\n");
}

static void bash_options(GString *out, const struct command_definition *command)
{
	size_t n;
	const struct option_definition *options = cli_options(&n);

	g_string_append_printf(out, "\t\t%s%s) mapfile -t COMPREPLY < <(compgen -W '", command->command == COMMAND_LINT ? "'' | " : "", command->name);
	for (size_t i = 0; i < n; i++)
		if (cli_option_of(&options[i], command->command))
			g_string_append_printf(out, "--%s ", options[i].name);
	g_string_append(out, "' -- \"$cur\") ;;\n");
}

static void append_bash(GString *out)
{
	static const char *const operands[][2] = {
		{ "rules", "mapfile -t COMPREPLY < <(compgen -W \"$(\"$1\" rules 2>/dev/null | sed 's/ .*//')\" -- \"$cur\")" },
		{ "commands", "mapfile -t COMPREPLY < <(compgen -W '@COMMANDS@' -- \"$cur\")" },
		{ "shells", "mapfile -t COMPREPLY < <(compgen -W 'bash zsh fish' -- \"$cur\")" },
		{ "check", "if [[ $prev == check ]]; then\n\t\t\tmapfile -t COMPREPLY < <(compgen -d -- \"$cur\")\n\t\t\tcompopt -o filenames\n\t\telse\n"
			   "\t\t\tmapfile -t COMPREPLY < <(compgen -W check -- \"$cur\")\n\t\tfi" },
		{ "files", "compopt -o default" },
		{ "nothing", NULL },
	};
	size_t n_options, n_commands;
	const struct option_definition *options = cli_options(&n_options);
	const struct command_definition *commands = cli_commands(&n_commands);

	append_script(out, bash_head);
	for (size_t i = 0; i < n_options; i++)
		bash_value(out, &options[i]);
	g_string_append(out, bash_middle);
	for (size_t i = 0; i < n_commands; i++)
		bash_options(out, &commands[i]);
	append_script(out, bash_operands);
	for (size_t i = 0; i < n_commands; i++) {
		const char *kind = operands_of(commands[i].command);
		for (size_t k = 0; k < G_N_ELEMENTS(operands); k++) {
			if (strcmp(operands[k][0], kind) != 0 || !operands[k][1])
				continue;
			g_string_append_printf(out, "\t%s)\n\t\t", commands[i].name);
			append_script(out, operands[k][1]);
			g_string_append(out, "\n\t\t;;\n");
		}
	}
	g_string_append(out, bash_tail);
}

/* --- zsh --------------------------------------------------------------------------------------------------------------------- */

static const char zsh_head[] =
	"#compdef presend\n"
	"# zsh completion of presend, made by \"presend completions zsh\".\n"
	"\n"
	"_presend_rules() {\n"
	"\tlocal -a ids\n"
	"\tids=(${(f)\"$(_call_program rules $words[1] rules 2>/dev/null)\"})\n"
	"\tids=(${ids%% *})\n"
	"\tcompadd \"$@\" -a ids\n"
	"}\n"
	"\n"
	"_presend_rule_list() {\n"
	"\tcompset -P '*,'\n"
	"\t_presend_rules -S '' \"$@\"\n"
	"}\n"
	"\n";

static const char zsh_middle[] =
	"_presend_commands_or_files() {\n"
	"\t_alternative 'commands:command:_presend_commands' 'files:file:_files'\n"
	"}\n"
	"\n"
	"_presend() {\n"
	"\tlocal command= word\n"
	"\tinteger i\n"
	"\tfor ((i = 2; i < CURRENT; i++)); do\n"
	"\t\tword=$words[i]\n"
	"\t\tif [[ $word == -- ]]; then\n"
	"\t\t\tif [[ $command == gate ]]; then\n"
	"\t\t\t\tshift $i words\n"
	"\t\t\t\t((CURRENT -= i))\n"
	"\t\t\t\t_normal\n"
	"\t\t\telse\n"
	"\t\t\t\t_files\n"
	"\t\t\tfi\n"
	"\t\t\treturn\n"
	"\t\tfi\n"
	"\t\t[[ -z $command && \" @COMMANDS@ \" == *\" $word \"* ]] && command=$word\n"
	"\tdone\n"
	"\tcase $command in\n";

/* Inside '...' and of what _arguments takes for its own. */
static void zsh_quote(GString *out, const char *text)
{
	for (const char *p = text; *p; p++) {
		if (*p == '\'')
			g_string_append(out, "'\\''");
		else if (strchr("[]:\\", *p))
			g_string_append_printf(out, "\\%c", *p);
		else
			g_string_append_c(out, *p);
	}
}

static void zsh_option(GString *out, const struct option_definition *option, enum command command)
{
	char *help = brief(option->help[LANGUAGE_EN]);

	g_string_append(out, " \\\n\t\t\t");
	if (option->short_name)
		g_string_append_printf(out, "'(-%c --%s)'{-%c,--%s%s}'", option->short_name, option->name, option->short_name, option->name,
				       option->value == VALUE_NONE ? "" : "=");
	else
		g_string_append_printf(out, "'%s--%s%s", option->value == VALUE_FORMAT ? "*" : "", option->name, option->value == VALUE_NONE ? "" : "=");
	g_string_append_c(out, '[');
	zsh_quote(out, help);
	g_string_append_c(out, ']');
	if (option->value != VALUE_NONE)
		g_string_append_printf(out, ":%s:", option->name);
	switch (option->value) {
	case VALUE_WORD:
		g_string_append_printf(out, "(%s)", option->words);
		break;
	case VALUE_WORDS:
		g_string_append_printf(out, "_values -s , %s %s", option->name, option->words);
		break;
	case VALUE_RULES:
		g_string_append(out, "_presend_rule_list");
		break;
	case VALUE_FORMAT:
		g_string_append_printf(out, "(%s)", cli_formats(command));
		break;
	case VALUE_FILE:
		g_string_append(out, "_files");
		break;
	case VALUE_FOLDER:
		g_string_append(out, "_files -/");
		break;
	case VALUE_TEXT:
	case VALUE_NONE:
		break;
	}
	g_string_append_c(out, '\'');
	g_free(help);
}

static void append_zsh(GString *out)
{
	static const char *const operands[][2] = {
		{ "rules", "'*:rule:_presend_rules'" },	 { "commands", "'2:command:_presend_commands'" }, { "shells", "'2:shell:(bash zsh fish)'" },
		{ "check", "'2:what:(check)' '3:folder:_files -/'" }, { "files", "'*:file:_files'" },  { "nothing", "'*: :'" },
	};
	size_t n_options, n_commands;
	const struct option_definition *options = cli_options(&n_options);
	const struct command_definition *commands = cli_commands(&n_commands);

	append_script(out, zsh_head);
	g_string_append(out, "_presend_commands() {\n\tlocal -a commands\n\tcommands=(\n");
	for (size_t i = 0; i < n_commands; i++) {
		g_string_append_printf(out, "\t\t'%s:", commands[i].name);
		zsh_quote(out, commands[i].summary[LANGUAGE_EN]);
		g_string_append(out, "'\n");
	}
	g_string_append(out, "\t)\n\t_describe -t commands command commands\n}\n\n");
	append_script(out, zsh_middle);
	for (size_t i = 0; i < n_commands; i++) {
		const struct command_definition *command = &commands[i];
		const char *kind = operands_of(command->command), *rest = "";
		for (size_t k = 0; k < G_N_ELEMENTS(operands); k++)
			if (strcmp(operands[k][0], kind) == 0)
				rest = operands[k][1];
		g_string_append_printf(out, "\t%s%s)\n\t\t_arguments -s -S", command->command == COMMAND_LINT ? "'' | " : "", command->name);
		for (size_t k = 0; k < n_options; k++)
			if (cli_option_of(&options[k], command->command))
				zsh_option(out, &options[k], command->command);
		g_string_append_printf(out, " \\\n\t\t\t'1: :_presend_commands_or_files' %s\n\t\t;;\n", rest);
	}
	g_string_append(out, "\tesac\n}\n\n_presend \"$@\"\n");
}

/* --- fish -------------------------------------------------------------------------------------------------------------------- */

static const char fish_head[] =
	"# fish completion of presend, made by \"presend completions fish\".\n"
	"\n"
	"# The command on the line; lint where none is named.\n"
	"function __presend_command\n"
	"\tfor word in (commandline -opc)[2..]\n"
	"\t\tif contains -- $word @COMMANDS@\n"
	"\t\t\techo $word\n"
	"\t\t\treturn\n"
	"\t\tend\n"
	"\tend\n"
	"\techo none\n"
	"end\n"
	"\n"
	"function __presend_in\n"
	"\tcontains -- (__presend_command) $argv\n"
	"end\n"
	"\n"
	"function __presend_rules\n"
	"\tset -l words (commandline -opc)\n"
	"\t$words[1] rules 2>/dev/null | string replace -r ' .*' ''\n"
	"end\n"
	"\n";

/* Inside '...'. */
static void fish_quote(GString *out, const char *text)
{
	for (const char *p = text; *p; p++) {
		if (*p == '\'' || *p == '\\')
			g_string_append_c(out, '\\');
		g_string_append_c(out, *p);
	}
}

/* One line: in the commands of condition, an option with what its value may be. */
static void fish_option(GString *out, const struct option_definition *option, const char *condition, const char *formats)
{
	char *help = brief(option->help[LANGUAGE_EN]);

	g_string_append_printf(out, "complete -c presend -n '__presend_in%s'", condition);
	if (option->short_name)
		g_string_append_printf(out, " -s %c", option->short_name);
	g_string_append_printf(out, " -l %s", option->name);
	switch (option->value) {
	case VALUE_WORD:
		g_string_append_printf(out, " -x -a '%s'", option->words);
		break;
	case VALUE_WORDS:
		g_string_append_printf(out, " -x -a '(__fish_append , %s)'", option->words);
		break;
	case VALUE_RULES:
		g_string_append(out, " -x -a '(__fish_append , (__presend_rules))'");
		break;
	case VALUE_FORMAT:
		g_string_append_printf(out, " -x -a '%s'", formats);
		break;
	case VALUE_FILE:
		g_string_append(out, " -r -F");
		break;
	case VALUE_FOLDER:
		g_string_append(out, " -x -a '(__fish_complete_directories)'");
		break;
	case VALUE_TEXT:
		g_string_append(out, " -x");
		break;
	case VALUE_NONE:
		break;
	}
	g_string_append(out, " -d '");
	fish_quote(out, help);
	g_string_append(out, "'\n");
	g_free(help);
}

static void append_fish(GString *out)
{
	static const char *const operands[][2] = {
		{ "rules", "-f -a '(__presend_rules)'" },
		{ "commands", "-f -a '@COMMANDS@'" },
		{ "shells", "-f -a 'bash zsh fish'" },
		{ "check", "-f -a 'check (__fish_complete_directories)'" },
		{ "files", "-F" },
		{ "nothing", "-f" },
	};
	size_t n_options, n_commands;
	const struct option_definition *options = cli_options(&n_options);
	const struct command_definition *commands = cli_commands(&n_commands);

	append_script(out, fish_head);
	for (size_t i = 0; i < n_commands; i++) {
		g_string_append_printf(out, "complete -c presend -n '__presend_in none' -a %s -d '", commands[i].name);
		fish_quote(out, commands[i].summary[LANGUAGE_EN]);
		g_string_append(out, "'\n");
	}
	for (size_t i = 0; i < n_commands; i++)
		for (size_t k = 0; k < G_N_ELEMENTS(operands); k++)
			if (strcmp(operands[k][0], operands_of(commands[i].command)) == 0) {
				g_string_append_printf(out, "complete -c presend -n '__presend_in %s' ", commands[i].name);
				append_script(out, operands[k][1]);
				g_string_append_c(out, '\n');
			}
	for (size_t i = 0; i < n_options; i++) {
		GString *condition = g_string_new(NULL);
		for (size_t k = 0; k < n_commands; k++) {
			if (!cli_option_of(&options[i], commands[k].command))
				continue;
			const char *name = commands[k].command == COMMAND_LINT ? "none lint" : commands[k].name;
			if (options[i].value == VALUE_FORMAT) {
				char *one = g_strconcat(" ", name, NULL);
				fish_option(out, &options[i], one, cli_formats(commands[k].command));
				g_free(one);
			} else {
				g_string_append_printf(condition, " %s", name);
			}
		}
		if (condition->len)
			fish_option(out, &options[i], condition->str, NULL);
		g_string_free(condition, TRUE);
	}
}

bool completions_append(GString *out, const char *shell)
{
	if (strcmp(shell, "bash") == 0)
		append_bash(out);
	else if (strcmp(shell, "zsh") == 0)
		append_zsh(out);
	else if (strcmp(shell, "fish") == 0)
		append_fish(out);
	else
		return false;
	return true;
}
