/* The table of keys. Reads no file; what a value does is decided in settings.c. */
#include "config/keys.h"

#include <arpa/inet.h>
#include <string.h>

#include "rule/client.h"

static const char *const stages[] = { "template", "draft", "final", "received", NULL };
static const char *const classes[] = { "newsletter", "transactional", "discussion", NULL };
static const char *const volumes[] = { "bulk", "small", "unknown", NULL };
static const char *const profiles[] = { "gmail", "gmail-bulk", "yahoo", "outlook", "icloud", "japan-carriers",
					"law-jp", "law-us", "law-ca", "law-eu", NULL };
static const char *const charsets[] = { "utf-8", "iso-2022-jp", "shift_jis", NULL };
static const char *const thresholds[] = { "error", "warning", "info", "never", NULL };
static const char *const severities[] = { "error", "warning", "info", "off", NULL };
static const char *const languages[] = { "en", "ja", NULL };

static bool is_host(const char *value)
{
	const char *dot = strchr(value, '.');

	return dot && dot != value && dot[1] && !strpbrk(value, "@/:<>, \t*");
}

static bool is_address(const char *value)
{
	const char *at = strrchr(value, '@');

	return at && at != value && !strpbrk(value, "<>, \t") && is_host(at + 1);
}

/* A domain, or an address at one. */
static bool is_envelope(const char *value)
{
	return strchr(value, '@') ? is_address(value) : is_host(value);
}

static bool is_network_address(const char *value)
{
	unsigned char bytes[sizeof(struct in6_addr)];

	return inet_pton(AF_INET, value, bytes) == 1 || inet_pton(AF_INET6, value, bytes) == 1;
}

/* Labels of a domain name (RFC 6376, section 3.1), or the whole name of a key. */
static bool is_selector(const char *value)
{
	const char *p = value;

	while ((*p >= '0' && *p <= '9') || (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || *p == '-' || *p == '_' || *p == '.')
		p++;
	return *value && !*p && *value != '.' && p[-1] != '.' && !strstr(value, "..");
}

/* ftext of RFC 5322, section 3.6.8. */
static bool is_field_name(const char *value)
{
	for (const char *p = value; *p; p++)
		if (*p <= ' ' || *p > '~' || *p == ':')
			return false;
	return *value;
}

/* The reader says more of it, see config.c. */
static const struct config_form client_form = { "^[a-z0-9-]+( *= *[0-9]{1,4})?$", { "a mail client or a preset, such as gmail or outlook-windows=20", "メールソフトかプリセット（例: gmail、outlook-windows=20）" }, client_word_is_known };
static const struct config_form host_form = { "^[^.@/:<>,\\s*][^@/:<>,\\s*]*\\.[^@/:<>,\\s*]+$", { "a domain, such as hanami-books.jp", "ドメイン（例: hanami-books.jp）" }, is_host };
static const struct config_form list_id_form = { "^[^.@/:<>,\\s*][^@/:<>,\\s*]*\\.[^@/:<>,\\s*]+$", { "a List-Id without angle brackets, such as weekly.hanami-books.jp", "< > を除いた List-Id（例: weekly.hanami-books.jp）" }, is_host };
static const struct config_form address_form = { "^[^<>,\\s]+@[^.@/:<>,\\s*][^@/:<>,\\s*]*\\.[^@/:<>,\\s*]+$", { "a mail address without a name", "メールアドレス（表示名なし）" }, is_address };
static const struct config_form field_form = { "^[!-9;-~]+$", { "the name of a header field, without a colon", "ヘッダー名（コロンなし）" }, is_field_name };

static const struct config_form envelope_form = { "^([^<>,\\s]+@)?[^.@/:<>,\\s*][^@/:<>,\\s*]*\\.[^@/:<>,\\s*]+$", { "a domain or a mail address", "ドメインかメールアドレス" }, is_envelope };
static const struct config_form network_form = { "^([0-9]+\\.[0-9]+\\.[0-9]+\\.[0-9]+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)$", { "an IPv4 or IPv6 address", "単独の IP アドレス（IPv4 または IPv6）" }, is_network_address };
static const struct config_form selector_form = { "^[0-9A-Za-z_-]+(\\.[0-9A-Za-z_-]+)*$", { "a DKIM selector, such as s1, or the whole name of its key", "セレクター（例: s1）か公開鍵の名前全体" }, is_selector };

#define EVERYWHERE (SCOPE_FILE | SCOPE_LIST | SCOPE_PATH)

static const struct config_key_definition definitions[] = {
	{ .key = KEY_ROOT, .name = "root", .scopes = SCOPE_FILE, .type = TYPE_BOOLEAN, .standard = "false", .example = "true",
	  .help = { "Look for no configuration in the folders above.",
		    "これより上のフォルダーの設定ファイルを探しません。" } },
	{ .key = KEY_EXTENDS, .name = "extends", .scopes = SCOPE_FILE, .type = TYPE_STRINGS, .example = "\"../shared/presend-base.toml\"",
	  .help = { "Files to begin with, relative to this one; what stands here wins over them. Their globs count from the folder of this file.",
		    "土台にする設定ファイル（このファイルからの相対パス）。このファイルの記述が優先されます。土台の中のパターンは、このファイルのフォルダーが起点になります。" } },
	{ .key = KEY_INCLUDE, .name = "include", .scopes = SCOPE_FILE, .type = TYPE_STRINGS, .globs = true,
	  .example = "[\"*.eml\", \"newsletters/*.txt\"]",
	  .help = { "What counts in a folder, instead of what presend takes for mail and templates by its name.",
		    "フォルダーを指定したときに検査するファイル。書かなければ、名前からメールまたはテンプレートとわかるファイルを検査します。" } },
	{ .key = KEY_EXCLUDE, .name = "exclude", .scopes = SCOPE_FILE, .type = TYPE_STRINGS, .globs = true,
	  .example = "[\"archive/\", \"*.draft.html\"]",
	  .help = { "What is left out of folders, besides what .gitignore and .presendignore name. A file named on the command line is checked all the same, unless --force-exclude is given.",
		    "フォルダーの検査から除くファイル（.gitignore と .presendignore に書いたものに加えて除外）。コマンドラインで直接指定したファイルは、--force-exclude がない限り検査します。" } },
	{ .key = KEY_RULES, .name = "rules", .scopes = SCOPE_FILE, .type = TYPE_STRING, .option = "rules", .example = "\"house-rules\"",
	  .help = { "Rules to add: a folder, or a file of presend rules compile; relative to this file.", "追加するルール。フォルダー、または presend rules compile で作成したファイル（このファイルからの相対パス）。" } },
	{ .key = KEY_LANG, .name = "lang", .scopes = SCOPE_FILE, .type = TYPE_WORD, .words = languages, .option = "lang", .example = "\"ja\"",
	  .help = { "Language of the messages. Read from the configuration of the working directory, once for a run.",
		    "メッセージの言語。実行時のカレントディレクトリに適用される設定から 1 回だけ読みます。" } },
	{ .key = KEY_FORMAT, .name = "format", .scopes = SCOPE_FILE, .type = TYPE_STRINGS, .option = "format", .standard = "\"text\"",
	  .example = "[\"text\", \"json=presend.json\"]",
	  .help = { "How to report, as --format has it. Read from the configuration of the working directory, once for a run.",
		    "レポートの形式（--format と同じ書き方）。実行時のカレントディレクトリに適用される設定から 1 回だけ読みます。" } },
	{ .key = KEY_STAGE, .name = "stage", .scopes = SCOPE_FILE | SCOPE_PATH, .type = TYPE_WORD, .words = stages, .option = "stage",
	  .example = "\"draft\"",
	  .help = { "What the files are. Where nothing is said: \"template\" for a template file, \"draft\" for a message.",
		    "ファイルの段階。書かなければ、テンプレートは template、メールは draft とみなします。" } },
	{ .key = KEY_CLASS, .name = "class", .scopes = EVERYWHERE, .type = TYPE_WORD, .words = classes, .option = "class",
	  .standard = "\"newsletter\"", .example = "\"transactional\"",
	  .help = { "What the mail is to its readers.", "メールの種別。" } },
	{ .key = KEY_VOLUME, .name = "volume", .scopes = EVERYWHERE, .type = TYPE_WORD, .words = volumes, .option = "volume",
	  .standard = "\"unknown\"", .example = "\"bulk\"",
	  .help = { "How much is sent: Gmail counts as bulk from about 5,000 messages a day, and asks more of bulk senders.",
		    "配信の規模。Gmail では 1 日およそ 5,000 通から bulk で、要件が厳しくなります。" } },
	{ .key = KEY_PROFILE, .name = "profile", .scopes = EVERYWHERE, .type = TYPE_WORDS, .words = profiles, .option = "profile",
	  .standard = "\"gmail-bulk\"", .example = "[\"gmail-bulk\", \"japan-carriers\", \"law-jp\"]",
	  .help = { "Receivers and laws to check for.", "検査の対象とする受信側と法令。" } },
	{ .key = KEY_TARGET_CHARSET, .name = "target-charset", .scopes = EVERYWHERE, .type = TYPE_WORD, .words = charsets,
	  .option = "target-charset", .standard = "\"utf-8\"", .example = "\"iso-2022-jp\"",
	  .help = { "The charset in which the list system sends, where it is not the draft's.",
		    "配信システムが送信時に使う文字コード（原稿と違う場合）。" } },
	{ .key = KEY_CLIENTS, .name = "clients", .scopes = EVERYWHERE, .type = TYPE_STRINGS, .form = &client_form, .option = "clients",
	  .standard = "\"default\"", .example = "[\"gmail=40\", \"apple=35\", \"outlook-windows=20\"]",
	  .help = { "Mail clients of the readers, or presets for several of them, each with its share of the readers where it is known. A name from a later entry wins, and =0 leaves it out.",
		    "読者が使うメールソフト、またはそのまとまり（プリセット）。読者に占める割合がわかれば = の後に書きます。後に書いたものが優先され、=0 で除外します。" } },
	{ .key = KEY_SELECT, .name = "select", .scopes = EVERYWHERE, .type = TYPE_STRINGS, .rule_ids = true, .option = "select",
	  .example = "[\"UN\", \"link-plain-http\"]",
	  .help = { "Run only these rules: rule ids, requirement ids or beginnings of them. What was selected or ignored before is forgotten.",
		    "指定したルールだけを実行します（ルール ID、要件 ID、その先頭部分）。それまでの select や ignore は取り消されます。" } },
	{ .key = KEY_EXTEND_SELECT, .name = "extend-select", .scopes = EVERYWHERE, .type = TYPE_STRINGS, .rule_ids = true,
	  .option = "extend-select", .example = "[\"generic-greeting\"]",
	  .help = { "Run these, too: rules that are off by default or were ignored before.",
		    "指定したルールも実行します（既定で無効のルールや、それまでに ignore したルール）。" } },
	{ .key = KEY_IGNORE, .name = "ignore", .scopes = EVERYWHERE, .type = TYPE_STRINGS, .rule_ids = true, .option = "ignore",
	  .example = "[\"subject-long\"]",
	  .help = { "Do not run these rules. Adds to what was ignored before.", "指定したルールを実行しません。それまでの ignore に追加されます。" } },
	{ .key = KEY_SEVERITY, .name = "severity", .scopes = EVERYWHERE, .type = TYPE_SEVERITIES, .words = severities, .rule_ids = true,
	  .example = "{ link-plain-http = \"error\", subject-long = \"off\" }",
	  .help = { "Another severity for rules, where they report something. The longest id wins, \"off\" is silence.",
		    "ルールの重大度を変えます（指摘がある場合に適用）。最も長い ID の指定が優先され、off にすると指摘しません。" } },
	{ .key = KEY_FAIL_ON, .name = "fail-on", .scopes = EVERYWHERE, .type = TYPE_WORD, .words = thresholds, .option = "fail-on",
	  .standard = "\"error\"", .example = "\"warning\"",
	  .help = { "Exit with 1 if a finding has this severity or a higher one.", "この重大度以上の指摘があれば、終了コードを 1 にします。" } },
	{ .key = KEY_MAX_SCORE, .name = "max-score", .scopes = EVERYWHERE, .type = TYPE_NUMBER, .option = "max-score", .example = "5",
	  .help = { "Exit with 1 when the score of a message is above this.", "メールのスコアがこの点数を超えたら、終了コードを 1 にします。" } },
	{ .key = KEY_LIST_ID, .name = "list-id", .scopes = SCOPE_LIST, .type = TYPE_STRING, .form = &list_id_form,
	  .example = "\"weekly.hanami-books.jp\"",
	  .help = { "The List-Id of the list. A message with it belongs to the list.", "リストの List-Id。これを持つメールは、このリストのメールとみなします。" } },
	{ .key = KEY_NAMES, .name = "names", .scopes = SCOPE_LIST, .type = TYPE_STRINGS, .example = "[\"Hanami Books\", \"株式会社花見書房\"]",
	  .help = { "What the sender is called, in every spelling that is right.", "送信者の名前。正しい表記をすべて書きます。" } },
	{ .key = KEY_DOMAINS, .name = "domains", .scopes = SCOPE_LIST, .type = TYPE_STRINGS, .form = &host_form, .example = "[\"hanami-books.jp\"]",
	  .help = { "The sender's own domains, with all hosts below them. Links and replies to them are no strangers; look-alikes of them are.",
		    "送信者自身のドメイン（下位のホストも含む）。リンク先や返信先がこのドメインなら外部とみなさず、紛らわしいドメインは指摘します。" } },
	{ .key = KEY_ADDRESSES, .name = "addresses", .scopes = SCOPE_LIST, .type = TYPE_STRINGS, .form = &address_form,
	  .example = "[\"news@hanami-books.jp\"]",
	  .help = { "From addresses of the list. A message from one of them, without another List-Id, belongs to the list.",
		    "リストの差出人アドレス。別の List-Id がなければ、このアドレスからのメールはこのリストのメールとみなします。" } },
	{ .key = KEY_ADDS_HEADERS, .name = "adds-headers", .scopes = SCOPE_LIST, .type = TYPE_STRINGS, .form = &field_form,
	  .example = "[\"List-Unsubscribe\", \"List-Unsubscribe-Post\", \"List-Id\"]",
	  .help = { "Header fields that the list system adds when it sends. That they are missing is told only with the stages final and received.",
		    "配信システムが送信時に追加するヘッダー。ないことを指摘するのは、final と received の段階だけになります。" } },
	{ .key = KEY_TAGS, .name = "tags", .scopes = SCOPE_LIST, .type = TYPE_STRINGS, .example = "[\"{{first_name}}\", \"{{unsubscribe_url}}\"]",
	  .help = { "The merge tags that the list system fills in, with or without their marks. Another one in a template is told.",
		    "配信システムが差し込むタグ（記号はあってもなくても構いません）。テンプレートにほかのタグがあれば指摘します。" } },
	{ .key = KEY_MAIL_FROM, .name = "mail-from", .scopes = SCOPE_LIST, .type = TYPE_STRING, .form = &envelope_form,
	  .example = "\"bounce.hanami-books.jp\"",
	  .help = { "The envelope sender, to which bounces go, or its domain, for presend preflight. Where nothing is said: the From domain.",
		    "エンベロープの差出人（バウンスメールの宛先）、またはそのドメイン。presend preflight で使います。書かなければ From のドメインとみなします。" } },
	{ .key = KEY_DKIM_DOMAINS, .name = "dkim-domains", .scopes = SCOPE_LIST, .type = TYPE_STRINGS, .form = &host_form,
	  .example = "[\"hanami-books.jp\"]",
	  .help = { "The domains (d=) that the list system signs with, for presend preflight.", "配信システムが署名に使うドメイン（d=）。presend preflight で使います。" } },
	{ .key = KEY_DKIM_SELECTORS, .name = "dkim-selectors", .scopes = SCOPE_LIST, .type = TYPE_STRINGS, .form = &selector_form,
	  .example = "[\"s1\", \"k2._domainkey.esp.example\"]",
	  .help = { "The selectors (s=) that it signs with, or whole names of keys, for presend preflight.",
		    "署名に使うセレクター（s=）、または公開鍵の名前全体。presend preflight で使います。" } },
	{ .key = KEY_SENDING_ADDRESSES, .name = "sending-addresses", .scopes = SCOPE_LIST, .type = TYPE_STRINGS, .form = &network_form,
	  .example = "[\"192.0.2.25\", \"2001:db8::25\"]",
	  .help = { "The addresses that send, as receivers see them, for presend preflight.",
		    "送信元の IP アドレス（受信側から見えるもの）。presend preflight で使います。" } },
	{ .key = KEY_HELO, .name = "helo", .scopes = SCOPE_LIST, .type = TYPE_STRING, .example = "\"mail.hanami-books.jp\"",
	  .help = { "The name that the sending server gives in EHLO, for presend preflight.", "送信サーバーが EHLO で名乗る名前。presend preflight で使います。" } },
	{ .key = KEY_MATCH, .name = "match", .scopes = SCOPE_PATH, .type = TYPE_STRINGS, .globs = true, .must = true,
	  .example = "[\"templates/**\"]", .help = { "The files that this table is about.", "この表の対象となるファイル。" } },
	{ .key = KEY_LIST, .name = "list", .scopes = SCOPE_PATH, .type = TYPE_STRING, .example = "\"weekly\"",
	  .help = { "The list that these files belong to, whatever their header says.", "対象のファイルが属するリスト（ヘッダーの内容より優先）。" } },
	{ .key = KEY_LISTS, .name = "lists", .scopes = SCOPE_FILE, .type = TYPE_LISTS,
	  .help = { "One table for each mailing list: who sends it and what the list system does.",
		    "メーリングリストごとの表。送信者と、配信システムが行うことを書きます。" } },
	{ .key = KEY_PATH, .name = "path", .scopes = SCOPE_FILE, .type = TYPE_PATHS,
	  .help = { "Settings for some files. Every table that fits counts; of two that say the same key, the later one.",
		    "一部のファイルだけの設定。当てはまる表がすべて適用され、同じキーは後の表が優先されます。" } },
};

const struct config_key_definition *config_key(enum config_key key)
{
	g_assert(definitions[key].key == key);
	return &definitions[key];
}

const struct config_key_definition *config_key_find(const char *name, unsigned scopes)
{
	for (size_t i = 0; i < N_CONFIG_KEYS; i++)
		if (definitions[i].scopes & scopes && strcmp(definitions[i].name, name) == 0)
			return &definitions[i];
	return NULL;
}

const struct config_key_definition *config_key_of_option(const char *option)
{
	for (size_t i = 0; i < N_CONFIG_KEYS; i++)
		if (definitions[i].option && strcmp(definitions[i].option, option) == 0)
			return &definitions[i];
	return NULL;
}
