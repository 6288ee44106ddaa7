/* Role: --help and usage, from the tables of options and commands.
 * May not: know an option or a command by name. */
#include "help.h"

#include <string.h>

#include "base/utf8.h"
#include "report/terminal.h"

enum { HELP_INDENT = 8, MOST_COLUMNS = 120 };

static const struct words {
	const char *text[N_LANGUAGES];
} group_titles[N_GROUPS] = {
	[GROUP_DRAFT] = { { "What the draft is", "原稿の性質" } },
	[GROUP_RULES] = { { "Which rules run", "実行するルール" } },
	[GROUP_FAIL] = { { "What makes a run fail", "失敗とみなす条件" } },
	[GROUP_FIX] = { { "What is mended", "自動修正" } },
	[GROUP_GATE] = { { "The gate", "ゲート" } },
	[GROUP_BOUNCE] = { { "What came back", "バウンス" } },
	[GROUP_PREVIEW] = { { "The preview", "プレビュー" } },
	[GROUP_PREFLIGHT] = { { "Who sends, and whom to ask", "送信者と問い合わせ先" } },
	[GROUP_CONFIGURATION] = { { "Configuration", "設定" } },
	[GROUP_OUTPUT] = { { "What is printed", "表示" } },
};

static const struct words about = { { "Checks mail drafts, newsletters and templates before they are sent. A PATH is a message, an mbox, a Maildir, a template or a "
				      "folder of them; - is standard input.",
				      "送信前のメールの原稿・メールマガジン・テンプレートを検査します。パスにはメール、mbox、Maildir、テンプレート、それらを含むフォルダーを"
				      "指定します。- は標準入力です。" } };
static const struct words exit_codes = { { "Exit codes: 0 nothing at or above --fail-on; 1 something is; 2 wrong use, unreadable input, broken rule file.",
					   "終了コード: 0 --fail-on 以上の指摘なし、1 指摘あり、2 使い方の誤り・読めない入力・ルールファイルの誤り" } };
static const struct words usage_label = { { "usage: ", "使い方: " } };
static const struct words commands_title = { { "Commands", "コマンド" } };
static const struct words examples_title = { { "Examples", "例" } };
static const struct words more = { { "presend help COMMAND tells the options of one command.", "コマンドごとのオプションは presend help コマンド で表示します。" } };

const char *help_group_title(enum option_group group, enum language language)
{
	return group_titles[group].text[language];
}

static void append_paragraph(GString *out, const char *text, size_t indent, size_t width)
{
	append_spaces(out, indent);
	append_wrapped(out, span_str(text), indent, indent, width);
	g_string_append_c(out, '\n');
}

static void append_title(GString *out, const struct report_options *report, const char *title)
{
	g_string_append_c(out, '\n');
	append_styled(out, report, STYLE_BOLD, title);
	g_string_append(out, ":\n");
}

/* "presend COMMAND ...", which begins at column. */
static void append_usage_of(GString *out, const struct command_definition *command, enum language language, size_t column, size_t width)
{
	char *usage = g_strdup_printf("presend %s", command->usage[language]);

	append_wrapped(out, span_str(usage), column, column + 4, width);
	g_string_append_c(out, '\n');
	g_free(usage);
}

void help_append_usage(GString *out, enum language language, size_t width)
{
	const char *label = usage_label.text[language];
	size_t n, columns = text_width(span_str(label), false);
	const struct command_definition *commands = cli_commands(&n);

	for (size_t i = 0; i < n; i++) {
		if (i == 0)
			g_string_append(out, label);
		else
			append_spaces(out, columns);
		append_usage_of(out, &commands[i], language, columns, width);
	}
}

/* "text, json: ", the formats that a command has. */
static char *format_names(enum command command, enum language language)
{
	char **names = g_strsplit(cli_formats(command), " ", -1);
	char *joined = g_strjoinv(language == LANGUAGE_JA ? "、" : ", ", names);
	char *result = g_strconcat(joined, ": ", NULL);

	g_free(joined);
	g_strfreev(names);
	return result;
}

static void append_options(GString *out, enum command command, const struct report_options *report, size_t width)
{
	enum language language = report->language;
	size_t n;
	const struct option_definition *options = cli_options(&n);

	for (int group = 0; group < N_GROUPS; group++) {
		bool titled = false;
		for (size_t i = 0; i < n; i++) {
			const struct option_definition *option = &options[i];
			if (option->group != (enum option_group)group || !cli_option_of(option, command))
				continue;
			if (!titled)
				append_title(out, report, group_titles[group].text[language]);
			titled = true;
			g_string_append(out, "  ");
			if (option->short_name)
				g_string_append_printf(out, "-%c, ", option->short_name);
			g_string_append_printf(out, "--%s", option->name);
			if (option->argument[language])
				g_string_append_printf(out, " %s", option->argument[language]);
			g_string_append_c(out, '\n');
			char *formats = option->value == VALUE_FORMAT ? format_names(command, language) : NULL;
			char *help = g_strconcat(formats ? formats : "", option->help[language], NULL);
			append_paragraph(out, help, HELP_INDENT, width);
			g_free(help);
			g_free(formats);
		}
	}
}

static void append_commands(GString *out, const struct report_options *report, size_t width)
{
	size_t n, longest = 0;
	const struct command_definition *commands = cli_commands(&n);

	append_title(out, report, commands_title.text[report->language]);
	for (size_t i = 0; i < n; i++)
		longest = MAX(longest, strlen(commands[i].name));
	for (size_t i = 0; i < n; i++) {
		g_string_append(out, "  ");
		append_padded(out, commands[i].name, longest + 2, false);
		append_wrapped(out, span_str(commands[i].summary[report->language]), longest + 4, longest + 4, width);
		g_string_append_c(out, '\n');
	}
}

static void append_examples(GString *out, const char *examples, const struct report_options *report)
{
	if (!examples)
		return;
	append_title(out, report, examples_title.text[report->language]);
	for (const char *line = examples; *line;) {
		size_t length = strcspn(line, "\n");
		g_string_append_printf(out, "  %.*s\n", (int)length, line);
		line += length + (line[length] == '\n');
	}
}

void help_append(GString *out, const struct command_definition *command, const struct report_options *report)
{
	enum language language = report->language;
	size_t width = MIN((size_t)report->width, MOST_COLUMNS), n;

	if (command) {
		g_string_append(out, usage_label.text[language]);
		append_usage_of(out, command, language, text_width(span_str(usage_label.text[language]), false), width);
		g_string_append_c(out, '\n');
		append_paragraph(out, command->description[language], 0, width);
		append_options(out, command->command, report, width);
		append_examples(out, command->examples, report);
		return;
	}
	command = cli_commands(&n);
	help_append_usage(out, language, width);
	g_string_append_c(out, '\n');
	append_paragraph(out, about.text[language], 0, width);
	append_commands(out, report, width);
	append_options(out, COMMAND_LINT, report, width);
	append_examples(out, command->examples, report);
	g_string_append_c(out, '\n');
	append_paragraph(out, exit_codes.text[language], 0, width);
	append_paragraph(out, more.text[language], 0, width);
}
