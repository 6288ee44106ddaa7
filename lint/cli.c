/* The command line: one table of options, from which parser and --help are made. Runs nothing. */
#include "cli.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "config/keys.h"
#include "mail/date.h"
#include "report/checklist.h"
#include "rule/client.h"
#include "rule/score.h"

enum option_id {
	OPTION_FORMAT, OPTION_PROFILE, OPTION_STAGE, OPTION_CLASS, OPTION_VOLUME, OPTION_SELECT, OPTION_IGNORE, OPTION_EXTEND_SELECT,
	OPTION_FAIL_ON, OPTION_MAX_SCORE, OPTION_ADVICE, OPTION_PRIOR, OPTION_RULES, OPTION_NO_BUILTIN_RULES, OPTION_STDIN_FILENAME,
	OPTION_INPUT, OPTION_TARGET_CHARSET, OPTION_CLIENTS, OPTION_OUTPUT,
	OPTION_LANG, OPTION_NOW, OPTION_JOBS, OPTION_COLOR, OPTION_VERBOSE, OPTION_QUIET, OPTION_STATISTICS, OPTION_CONFIG, OPTION_ISOLATED,
	OPTION_FORCE_EXCLUDE, OPTION_NO_INLINE_IGNORES, OPTION_BASELINE, OPTION_WRITE_BASELINE, OPTION_STAGED, OPTION_CHANGED_SINCE,
	OPTION_MESSAGE, OPTION_ROW, OPTION_SUMMARY, OPTION_DRAFT, OPTION_MESSAGE_ID, OPTION_FROM, OPTION_SINCE, OPTION_DATA, OPTION_FIX,
	OPTION_UNSAFE_FIXES, OPTION_DIFF, OPTION_RESOLVER, OPTION_IP, OPTION_SELECTOR, OPTION_HELO, OPTION_MAIL_FROM, OPTION_SAVE_DNS, OPTION_DNS,
	OPTION_DNS_TIMEOUT, OPTION_BLOCKLISTS, OPTION_MTA_CONFIG,
	OPTION_PRINT, OPTION_SCHEMA, OPTION_TIMEOUT, OPTION_ON_FAILURE, OPTION_HELP, OPTION_VERSION
};

/* Commands that an option belongs to; 0 stands for those that check mail. */
#define FOR(command) (1u << COMMAND_##command)
#define FOR_MAIL (FOR(LINT) | FOR(CHECKLIST) | FOR(GATE) | FOR(CONFIG) | FOR(LSP)) /* config shows what becomes of them */
#define FOR_FILES (FOR(LINT) | FOR(CHECKLIST))
#define FOR_DNS (FOR(PREFLIGHT) | FOR(CHECKLIST))
#define FOR_RULES (FOR_MAIL | FOR(EXPLAIN) | FOR(RULES))
#define FOR_ALL (~0u)

/* A row: id, letter, name, argument, help, group, commands (0: FOR_MAIL), kind of value, words. In the order of --help. */
static const struct option_definition option_definitions[] = {
	{ OPTION_STAGE, 0, "stage", { "STAGE", "段階" },
	  { "what the file is: template, draft, final, received; default: template for a template file, draft for a message",
	    "ファイルの段階: template、draft、final、received。既定はテンプレートなら template、メールなら draft" },
	  GROUP_DRAFT, 0, VALUE_WORD, "template draft final received" },
	{ OPTION_CLASS, 0, "class", { "CLASS", "種別" },
	  { "newsletter (default), transactional, discussion", "newsletter（既定）、transactional、discussion" },
	  GROUP_DRAFT, 0, VALUE_WORD, "newsletter transactional discussion" },
	{ OPTION_VOLUME, 0, "volume", { "VOLUME", "規模" },
	  { "bulk, small, unknown (default): Gmail counts as bulk from about 5,000 messages a day",
	    "bulk、small、unknown（既定）。Gmail では 1 日およそ 5,000 通から bulk" },
	  GROUP_DRAFT, FOR_MAIL | FOR(PREFLIGHT), VALUE_WORD, "bulk small unknown" },
	{ OPTION_PROFILE, 0, "profile", { "NAME,...", "名前,..." },
	  { "receivers and laws: gmail, gmail-bulk (default), yahoo, outlook, icloud, japan-carriers, law-jp, law-us, law-ca, law-eu",
	    "受信側と法令: gmail、gmail-bulk（既定）、yahoo、outlook、icloud、japan-carriers、law-jp、law-us、law-ca、law-eu" },
	  GROUP_DRAFT, 0, VALUE_WORDS, "gmail gmail-bulk yahoo outlook icloud japan-carriers law-jp law-us law-ca law-eu" },
	{ OPTION_TARGET_CHARSET, 0, "target-charset", { "CHARSET", "文字コード" },
	  { "the charset in which the list system will send (iso-2022-jp, shift_jis, utf-8), if it is not the draft's",
	    "配信システムが送信時に使う文字コード（iso-2022-jp、shift_jis、utf-8）。原稿と違う場合に指定" },
	  GROUP_DRAFT, 0, VALUE_WORD, "iso-2022-jp shift_jis utf-8" },
	{ OPTION_CLIENTS, 0, "clients", { "NAME,...", "名前,..." },
	  { "mail clients of the readers, such as outlook-windows, or presets: default, gmail, apple, outlook, yahoo, aol, thunderbird, protonmail, japan, france, germany, all; NAME=40: a share of the readers",
	    "読者のメールソフト（outlook-windows など）またはプリセット: default、gmail、apple、outlook、yahoo、aol、thunderbird、protonmail、japan、france、germany、all。名前=40 で読者に占める割合を指定" },
	  GROUP_DRAFT, FOR_MAIL | FOR(PREVIEW), VALUE_WORDS, "default gmail apple outlook yahoo aol thunderbird protonmail japan france germany all" },
	{ OPTION_STDIN_FILENAME, 0, "stdin-filename", { "NAME", "名前" },
	  { "name of standard input in reports; it also tells what kind of file it is", "レポートでの標準入力の名前（ファイルの種類の判定にも使用）" },
	  GROUP_DRAFT, (FOR_MAIL & ~FOR(LSP)) | FOR(BOUNCE) | FOR(PREVIEW) | FOR(PREFLIGHT), VALUE_FILE, NULL },
	{ OPTION_INPUT, 0, "input", { "mail|jsonl", "mail|jsonl" },
	  { "jsonl: each line of the files is a message as JSON, with text or base64, path and id; each gets a line of --format jsonl, in its order. Default: mail",
	    "jsonl なら、ファイルの各行を、text または base64、path、id を持つ JSON のメールとして読み、1 行ごとに --format jsonl の 1 行を同じ順で出力。既定は mail" },
	  GROUP_DRAFT, FOR(LINT), VALUE_WORD, "mail jsonl" },
	{ OPTION_DATA, 0, "data", { "FILE", "ファイル" },
	  { "fill templates in with each row of FILE (CSV, JSON) and check what every recipient gets; worst-cases: made up values only",
	    "テンプレートにデータ（CSV、JSON）の各行を差し込み、受信者ごとの結果を検査。worst-cases なら作りものの値だけを差し込む" },
	  GROUP_DRAFT, FOR(LINT) | FOR(PREVIEW), VALUE_FILE, NULL },
	{ OPTION_STAGED, 0, "staged", { NULL, NULL },
	  { "check what is staged in git, as it is in the index", "git でステージされた内容を検査（作業ツリーではなくインデックスの内容）" },
	  GROUP_DRAFT, FOR_FILES, VALUE_NONE, NULL },
	{ OPTION_CHANGED_SINCE, 0, "changed-since", { "REV", "リビジョン" },
	  { "check what changed since HEAD left this revision, and new files", "このリビジョンから HEAD が分かれた後に変更されたファイルと新しいファイルを検査" },
	  GROUP_DRAFT, FOR_FILES, VALUE_TEXT, NULL },
	{ OPTION_NOW, 0, "now", { "TIME", "時刻" },
	  { "take this as the present time (ISO 8601)", "現在時刻とみなす時刻（ISO 8601）" },
	  GROUP_DRAFT, FOR_MAIL | FOR(BOUNCE) | FOR(PREFLIGHT), VALUE_TEXT, NULL },

	{ OPTION_SELECT, 0, "select", { "IDS", "ID" },
	  { "run only these rules: rule ids, requirement ids or prefixes of them, separated by commas",
	    "指定したルールだけを実行（ルール ID、要件 ID、その先頭部分。カンマ区切り）" },
	  GROUP_RULES, 0, VALUE_RULES, NULL },
	{ OPTION_IGNORE, 0, "ignore", { "IDS", "ID" }, { "do not run these rules", "指定したルールを実行しない" },
	  GROUP_RULES, 0, VALUE_RULES, NULL },
	{ OPTION_EXTEND_SELECT, 0, "extend-select", { "IDS", "ID" },
	  { "run these rules, too, even those that are off by default", "指定したルールを追加で実行（既定で無効のルールも可）" },
	  GROUP_RULES, 0, VALUE_RULES, NULL },
	{ OPTION_RULES, 0, "rules", { "PATH", "パス" },
	  { "add the rules of a folder, or of a file of presend rules compile", "フォルダー、または presend rules compile で作成したファイルのルールを追加" },
	  GROUP_RULES, FOR_RULES, VALUE_FILE, NULL },
	{ OPTION_NO_BUILTIN_RULES, 0, "no-builtin-rules", { NULL, NULL },
	  { "leave the built-in rules out", "組み込みルールを使わない" },
	  GROUP_RULES, FOR_RULES, VALUE_NONE, NULL },
	{ OPTION_OUTPUT, 'o', "output", { "FILE", "ファイル" }, { "what rules compile writes", "rules compile の書き込み先" },
	  GROUP_RULES, FOR(RULES), VALUE_FILE, NULL },

	{ OPTION_FAIL_ON, 0, "fail-on", { "SEVERITY", "重大度" },
	  { "exit with 1 if a finding has this severity or a higher one: error (default), warning, info, never",
	    "この重大度以上の指摘があれば終了コード 1: error（既定）、warning、info、never" },
	  GROUP_FAIL, (FOR_MAIL & ~FOR(LSP)) | FOR(PREFLIGHT), VALUE_WORD, "error warning info never" },
	{ OPTION_MAX_SCORE, 0, "max-score", { "N", "点数" },
	  { "exit with 1 when the score is above N points", "スコアがこの点数を超えたら終了コード 1" },
	  GROUP_FAIL, FOR_MAIL & ~FOR(LSP), VALUE_TEXT, NULL },
	{ OPTION_ADVICE, 0, "advice", { NULL, NULL },
	  { "say which few places to change so that the score comes to --max-score (5 without it) or below",
	    "スコアを --max-score（省略時は 5 点）以下にするために変更する箇所を、少数に絞って表示" },
	  GROUP_FAIL, FOR(LINT), VALUE_NONE, NULL },
	{ OPTION_PRIOR, 0, "prior", { "P", "割合" },
	  { "share of spam in all mail that the probability is to speak of, above 0 and below 1", "確率の計算で、全メールに占める迷惑メールの割合とみなす値（0 より大きく 1 より小さい数）" },
	  GROUP_FAIL, FOR(LINT), VALUE_TEXT, NULL },

	{ OPTION_FIX, 0, "fix", { NULL, NULL },
	  { "mend what has one right answer, in the files themselves; of standard input the mended draft is printed",
	    "正しい答えが 1 つに決まる問題を、ファイルを書き換えて修正（標準入力なら、修正後の原稿を標準出力に出力）" },
	  GROUP_FIX, FOR(LINT), VALUE_NONE, NULL },
	{ OPTION_UNSAFE_FIXES, 0, "unsafe-fixes", { NULL, NULL },
	  { "with --fix or --diff: also what somebody should look at", "--fix や --diff で、内容の確認が必要な修正も適用" },
	  GROUP_FIX, FOR(LINT), VALUE_NONE, NULL },
	{ OPTION_DIFF, 0, "diff", { NULL, NULL },
	  { "show what --fix would change, and change nothing; exit with 1 if there is anything",
	    "--fix による変更点を表示（ファイルは書き換えない）。変更点があれば終了コード 1" },
	  GROUP_FIX, FOR(LINT), VALUE_NONE, NULL },

	{ OPTION_BASELINE, 0, "baseline", { "FILE", "ファイル" },
	  { "leave out the findings that this baseline knows", "ベースラインに記録済みの指摘を除く" },
	  GROUP_FAIL, FOR_FILES | FOR(GATE), VALUE_FILE, NULL },
	{ OPTION_WRITE_BASELINE, 0, "write-baseline", { NULL, NULL },
	  { "write all findings into the baseline (--baseline, else presend-baseline.json)",
	    "すべての指摘をベースラインに書き込む（--baseline のファイル、既定は presend-baseline.json）" },
	  GROUP_FAIL, FOR_FILES, VALUE_NONE, NULL },
	{ OPTION_NO_INLINE_IGNORES, 0, "no-inline-ignores", { NULL, NULL },
	  { "obey no presend-ignore comment and no X-Presend-Ignore field", "原稿内の presend-ignore コメントと X-Presend-Ignore ヘッダーに従わない" },
	  GROUP_FAIL, 0, VALUE_NONE, NULL },

	{ OPTION_TIMEOUT, 0, "timeout", { "SECONDS", "秒数" },
	  { "how long a mail may be looked at, 60 by default; then it counts as not checked", "検査にかける時間の上限。既定は 60 秒。超えると「検査できなかった」とみなす" },
	  GROUP_GATE, FOR(GATE), VALUE_TEXT, NULL },
	{ OPTION_ON_FAILURE, 0, "on-failure", { "pass|hold", "pass|hold" },
	  { "what becomes of a mail that could not be checked: hold (default) ends with 75, pass hands it on",
	    "検査できなかったメールの扱い: hold（既定）は終了コード 75 で保留、pass はそのまま渡す" },
	  GROUP_GATE, FOR(GATE), VALUE_WORD, "pass hold" },

	{ OPTION_SUMMARY, 0, "summary", { NULL, NULL },
	  { "count by reply and receiver", "応答と受信側ごとに集計" },
	  GROUP_BOUNCE, FOR(BOUNCE), VALUE_NONE, NULL },
	{ OPTION_DRAFT, 0, "draft", { "FILE", "ファイル" },
	  { "check this draft with the rules that the replies lead to", "応答に対応するルールでこの原稿を検査" },
	  GROUP_BOUNCE, FOR(BOUNCE), VALUE_FILE, NULL },
	{ OPTION_MESSAGE_ID, 0, "message-id", { "ID", "ID" },
	  { "only what came back of the mail with this Message-ID", "この Message-ID のメールに関するものだけ" },
	  GROUP_BOUNCE, FOR(BOUNCE), VALUE_TEXT, NULL },
	{ OPTION_FROM, 0, "from", { "ADDRESS", "アドレス" },
	  { "only mail of this sender", "この送信者のメールに関するものだけ" },
	  GROUP_BOUNCE, FOR(BOUNCE), VALUE_TEXT, NULL },
	{ OPTION_SINCE, 0, "since", { "TIME", "時刻" },
	  { "only what came back since then (ISO 8601)", "この時刻以降のものだけ（ISO 8601）" },
	  GROUP_BOUNCE, FOR(BOUNCE), VALUE_TEXT, NULL },

	{ OPTION_MESSAGE, 0, "message", { "N", "番号" },
	  { "which message of an mbox, 1 by default", "mbox の何通目を表示するか。既定は 1" },
	  GROUP_PREVIEW, FOR(PREVIEW), VALUE_TEXT, NULL },
	{ OPTION_ROW, 0, "row", { "N", "番号" },
	  { "with --data: which row to fill in, 1 by default", "--data のどの行を差し込むか。既定は 1" },
	  GROUP_PREVIEW, FOR(PREVIEW), VALUE_TEXT, NULL },

	{ OPTION_IP, 0, "ip", { "ADDRESS", "アドレス" },
	  { "an address that sends, IPv4 or IPv6; may be given several times", "送信する IP アドレス（IPv4 または IPv6）。複数回指定可" },
	  GROUP_PREFLIGHT, FOR_DNS, VALUE_TEXT, NULL },
	{ OPTION_SELECTOR, 0, "selector", { "NAME", "名前" },
	  { "a DKIM selector that will be signed with, or NAME._domainkey.DOMAIN; may be given several times",
	    "署名に使う DKIM のセレクター、または セレクター._domainkey.ドメイン。複数回指定可" },
	  GROUP_PREFLIGHT, FOR_DNS, VALUE_TEXT, NULL },
	{ OPTION_MAIL_FROM, 0, "mail-from", { "ADDRESS", "アドレス" },
	  { "the envelope address, or its domain; default: Return-Path, else the domain of From",
	    "エンベロープのアドレスまたはドメイン。既定は Return-Path、なければ From のドメイン" },
	  GROUP_PREFLIGHT, FOR_DNS, VALUE_TEXT, NULL },
	{ OPTION_HELO, 0, "helo", { "NAME", "名前" },
	  { "the name that the sending server says in EHLO", "送信サーバーが EHLO で名乗る名前" },
	  GROUP_PREFLIGHT, FOR_DNS, VALUE_TEXT, NULL },
	{ OPTION_RESOLVER, 0, "resolver", { "ADDRESS[:PORT]", "アドレス[:ポート]" },
	  { "the DNS server to ask, instead of the system's", "問い合わせる DNS サーバー（システムの設定の代わりに使用）" },
	  GROUP_PREFLIGHT, FOR(PREFLIGHT), VALUE_TEXT, NULL },
	{ OPTION_DNS_TIMEOUT, 0, "dns-timeout", { "SECONDS", "秒数" },
	  { "how long DNS may take in all, 30 by default; what has not come by then is unknown",
	    "DNS の回答を待つ時間の合計。既定は 30 秒。それまでに届かない回答は unknown" },
	  GROUP_PREFLIGHT, FOR(PREFLIGHT), VALUE_TEXT, NULL },
	{ OPTION_SAVE_DNS, 0, "save-dns", { "FILE", "ファイル" },
	  { "write every answer of DNS into FILE", "DNS の回答をすべてファイルに保存" },
	  GROUP_PREFLIGHT, FOR(PREFLIGHT), VALUE_FILE, NULL },
	{ OPTION_DNS, 0, "dns", { "FILE", "ファイル" },
	  { "take the answers from FILE, as --save-dns wrote it, and use no network", "--save-dns で保存したファイルの回答を使い、ネットワークを使わない" },
	  GROUP_PREFLIGHT, FOR_DNS, VALUE_FILE, NULL },

	{ OPTION_BLOCKLISTS, 0, "blocklists", { "NAME,...", "名前,..." },
	  { "ask these block lists about the addresses, the domain and the links; default: those in wide use",
	    "送信元の IP アドレス、ドメイン、リンク先をブロックリストに照会。default を指定すると、広く使われているもの" },
	  GROUP_PREFLIGHT, FOR_DNS, VALUE_TEXT, NULL },
	{ OPTION_MTA_CONFIG, 0, "mta-config", { "FILE", "ファイル" },
	  { "settings of the mail server (Postfix, sendmail, Exim): is TLS used, is a closed block list named; may be given several times",
	    "メールサーバーの設定ファイル（Postfix、sendmail、Exim）。TLS の使用と、終了したブロックリストの有無を確認。複数回指定可" },
	  GROUP_PREFLIGHT, FOR_DNS, VALUE_FILE, NULL },

	{ OPTION_CONFIG, 0, "config", { "FILE", "ファイル" },
	  { "the configuration file, instead of the presend.toml found upwards from each file",
	    "設定ファイル（各ファイルから上へたどって見つかる presend.toml の代わりに使用）" },
	  GROUP_CONFIGURATION, FOR_RULES | FOR(PREVIEW) | FOR(PREFLIGHT), VALUE_FILE, NULL },
	{ OPTION_ISOLATED, 0, "isolated", { NULL, NULL }, { "read no configuration file", "設定ファイルを読まない" },
	  GROUP_CONFIGURATION, FOR_RULES | FOR(PREVIEW) | FOR(PREFLIGHT), VALUE_NONE, NULL },
	{ OPTION_FORCE_EXCLUDE, 0, "force-exclude", { NULL, NULL },
	  { "leave excluded files out even where they are named", "除外したファイルは、直接指定されても検査しない" },
	  GROUP_CONFIGURATION, FOR_FILES, VALUE_NONE, NULL },

	{ OPTION_PRINT, 0, "print", { NULL, NULL },
	  { "what is in force for PATH, with the origin of each value (the default)", "パスに適用される設定を、値ごとの出所とともに表示（既定）" },
	  GROUP_CONFIGURATION, FOR(CONFIG), VALUE_NONE, NULL },
	{ OPTION_SCHEMA, 0, "schema", { NULL, NULL },
	  { "the JSON Schema of presend.toml, for editors", "presend.toml の JSON Schema（エディター用）を表示" },
	  GROUP_CONFIGURATION, FOR(CONFIG), VALUE_NONE, NULL },

	{ OPTION_FORMAT, 0, "format", { "FORMAT[=FILE]", "形式[=ファイル]" },
	  { "the report; with FILE it is written there; may be given several times", "レポートの形式。ファイルを指定するとそこへ書き出す。複数回指定可" },
	  GROUP_OUTPUT, FOR_FILES | FOR(BOUNCE) | FOR(PREVIEW) | FOR(PREFLIGHT) | FOR(EXPLAIN) | FOR(RULES) | FOR(CONFIG), VALUE_FORMAT, NULL },
	{ OPTION_LANG, 0, "lang", { "en|ja", "en|ja" },
	  { "language of the messages; default from LC_MESSAGES", "メッセージの言語。既定は LC_MESSAGES に従う" },
	  GROUP_OUTPUT, FOR_ALL, VALUE_WORD, "en ja" },
	{ OPTION_VERBOSE, 'v', "verbose", { NULL, NULL },
	  { "show every info remark and repeated finding", "info の指摘と、同じルールの繰り返しをすべて表示" },
	  GROUP_OUTPUT, FOR_FILES | FOR(BOUNCE) | FOR(PREFLIGHT), VALUE_NONE, NULL },
	{ OPTION_QUIET, 'q', "quiet", { NULL, NULL }, { "only the summary; nothing if there are no findings", "要約だけを表示。指摘がなければ何も表示しない" },
	  GROUP_OUTPUT, (FOR_MAIL & ~FOR(LSP)) | FOR(BOUNCE), VALUE_NONE, NULL },
	{ OPTION_STATISTICS, 0, "statistics", { NULL, NULL }, { "count the findings by rule", "ルール別の件数を表示" },
	  GROUP_OUTPUT, FOR(LINT), VALUE_NONE, NULL },
	{ OPTION_COLOR, 0, "color", { "auto|always|never", "auto|always|never" }, { "whether to use colours", "色を付けるかどうか" },
	  GROUP_OUTPUT, FOR_ALL, VALUE_WORD, "auto always never" },
	{ OPTION_JOBS, 'j', "jobs", { "N", "数" }, { "how many files to check at the same time", "同時に検査するファイルの数" },
	  GROUP_OUTPUT, FOR_FILES, VALUE_TEXT, NULL },
	{ OPTION_HELP, 'h', "help", { NULL, NULL }, { "show this text", "この説明を表示" },
	  GROUP_OUTPUT, FOR_ALL, VALUE_NONE, NULL },
	{ OPTION_VERSION, 'V', "version", { NULL, NULL }, { "show the version", "バージョンを表示" },
	  GROUP_OUTPUT, FOR_ALL, VALUE_NONE, NULL },
};

static const struct command_definition command_definitions[] = {
	{ COMMAND_LINT, "lint", { "[lint] [OPTION]... PATH|-...", "[lint] [オプション]... パス|-..." },
	  { "check drafts, newsletters and templates (the default command)", "原稿、メールマガジン、テンプレートを検査（既定のコマンド）" },
	  "presend draft.eml\npresend --stage final --volume bulk --fail-on warning out/*.eml\n"
	  "presend --format text --format json=report.json drafts/",
	  { "Check every PATH. This is the default command: its name may be left out.", "パスで指定したものをすべて検査します。既定のコマンドなので、名前は省略できます。" } },
	{ COMMAND_CHECKLIST, "checklist", { "checklist [OPTION]... PATH|-", "checklist [オプション]... パス|-" },
	  { "everything that receivers and laws ask, row by row, with what became of it", "受信側と法令の要件を 1 件ずつ判定した一覧を表示" },
	  "presend checklist --profile gmail-bulk,law-jp draft.eml\npresend preflight --save-dns dns.json draft.eml\n"
	  "presend checklist --dns dns.json --ip 192.0.2.25 draft.eml",
	  { "The verdict sheet: one row for everything that the receivers and laws of --profile ask, with what became of it. With --dns, what presend preflight makes of "
	    "these answers stands in the rows that need DNS.",
	    "--profile で選んだ受信側と法令の要件を 1 件 1 行で並べ、それぞれの判定を示します。--dns を指定すると、DNS が必要な項目も、保存した回答をもとに presend preflight が"
	    "判定します。" } },
	{ COMMAND_BOUNCE, "bounce", { "bounce [OPTION]... PATH|-...", "bounce [オプション]... パス|-..." },
	  { "read what came back: why, and which rule to look at", "バウンスメールを読み、理由と見るべきルールを表示" },
	  "presend bounce returned.eml\npresend bounce --draft issue.eml returned.eml",
	  { "Read bounces, transcripts and complaints, and say what the receiver meant, whether the sender can do anything, and which rules to look at.",
	    "バウンスメール、配送エラーの記録、苦情の報告を読み、受信側が何を伝えているか、送信側で対処できるか、どのルールを見ればよいかを示します。" } },
	{ COMMAND_PREVIEW, "preview", { "preview [OPTION]... FILE|-", "preview [オプション]... ファイル|-" },
	  { "the inbox row and the mail as readers see them", "受信トレイでの見え方と、読者に見える本文を表示" },
	  "presend preview draft.eml\npresend preview --data readers.csv --row 17 weekly.html.j2",
	  { "Show the row of FILE as the inboxes of Gmail, Outlook and Apple Mail show it, the mail with images off, and what a screen reader reads first. Nothing is "
	    "judged.",
	    "Gmail、Outlook、Apple Mail の受信トレイでの見え方、画像を表示しないときの本文、スクリーンリーダーが最初に読み上げる内容を表示します。検査はしません。" } },
	{ COMMAND_PREFLIGHT, "preflight", { "preflight [OPTION]... DOMAIN|FILE|-...", "preflight [オプション]... ドメイン|ファイル|-..." },
	  { "what only DNS can tell: SPF, DKIM, DMARC, reverse DNS (uses the network)", "DNS でしか分からないこと（SPF、DKIM、DMARC、逆引き）を確認（ネットワークを使用）" },
	  "presend preflight --ip 192.0.2.25 --selector s1 hanami.example\npresend preflight --save-dns dns.json drafts/weekly.eml\n"
	  "presend preflight --dns dns.json --format json drafts/weekly.eml",
	  { "Ask DNS about the domain, or about whoever sends FILE, and say what receivers will make of it and what to publish. This is the only command that uses "
	    "the network. What DNS does not answer is unknown and never fails.",
	    "ドメイン、またはファイルの送信者について DNS に問い合わせ、受信側でどう扱われるかと、公開すべきレコードを示します。ネットワークを使うコマンドはこれだけです。"
	    "DNS から回答が得られない項目は「不明」とし、失敗とはみなしません。" } },
	{ COMMAND_EXPLAIN, "explain", { "explain [OPTION]... RULE...", "explain [オプション]... ルール..." },
	  { "why a rule exists, its source, examples, how to mend what it finds", "ルールの理由、根拠、例、対処を表示" },
	  "presend explain header-duplicate\npresend explain UN-01",
	  { "Print why a rule exists, where it comes from, how to mend what it finds, and examples. A requirement id such as UN-01 names all rules that decide it.",
	    "ルールの理由、根拠、対処、例を表示します。UN-01 のような要件 ID を指定すると、その要件を判定するルールをすべて表示します。" } },
	{ COMMAND_RULES, "rules", { "rules [OPTION]... [check PATH | compile DIR... -o FILE]", "rules [オプション]... [check パス | compile フォルダー... -o ファイル]" },
	  { "list the rules in force, test rules of your own, or compile them", "有効なルールの一覧を表示、独自ルールをテストまたはコンパイル" },
	  "presend rules --format json\npresend rules check rules/\npresend rules compile rules/ -o house.rules",
	  { "List the rules in force. rules check PATH loads the rules of a folder strictly, runs their examples and names the patterns that are slow. "
	    "rules compile makes one file of all rules of the folders, which --rules loads at once, however many they are.",
	    "有効なルールの一覧を表示します。rules check パス は、フォルダー内のルールを厳密に読み込み、例を実行し、処理の遅い正規表現を表示します。"
	    "rules compile は、フォルダー内のすべてのルールを 1 つのファイルにまとめます。数が多くても --rules ですぐに読み込めます。" } },
	{ COMMAND_CONFIG, "config", { "config [OPTION]... [PATH]", "config [オプション]... [パス]" },
	  { "the configuration in force for a path, or its JSON Schema", "パスに適用される設定、または JSON Schema を表示" },
	  "presend config newsletters/2026-11.eml\npresend config --schema > presend.schema.json",
	  { "Print what is in force for PATH (a file that may still be written, or a folder; default: the working directory), each value with the file and line it "
	    "comes from. --format markdown prints what every key means.",
	    "パス（これから作るファイルやフォルダーでもよい。既定はカレントディレクトリ）に適用される設定を、それぞれの値がどのファイルの何行目に書かれているかとともに"
	    "表示します。--format markdown を指定すると、すべてのキーの説明を表示します。" } },
	{ COMMAND_GATE, "gate", { "gate [OPTION]... -- COMMAND...", "gate [オプション]... -- コマンド..." },
	  { "check standard input and hand the same bytes to COMMAND, or refuse", "標準入力を検査し、同じ内容をコマンドに渡すか拒否" },
	  "presend gate -- /usr/sbin/sendmail -t -i < issue.eml\n"
	  "presend gate --volume bulk --on-failure pass -- /usr/sbin/sendmail -G -i -f \"$sender\" -- \"$@\"",
	  { "Read one mail from standard input and check it, at stage final unless --stage says otherwise. Where nothing is at or above --fail-on, become "
	    "COMMAND with the same bytes as its standard input: the exit code is COMMAND's. Else the mail is refused: exit code 65, and the reasons on "
	    "standard error. Where presend could not do its work: exit code 75, for the mail system to try again. The gate itself never ends with 1 or 2.",
	    "標準入力からメールを 1 通読み、--stage の指定がなければ final の段階として検査します。--fail-on 以上の指摘がなければ、同じ内容を標準入力として"
	    "コマンドを実行し、終了コードはコマンドのものになります。指摘があればメールを拒否します（終了コード 65、理由は標準エラー出力）。presend の処理に"
	    "失敗したときは、配信システムが再試行できるよう終了コード 75 で終わります。ゲート自身の終了コードが 1 や 2 になることはありません。" } },
	{ COMMAND_INIT, "init", { "init", "init" },
	  { "write a presend.toml to begin with and, in a git repository, the hook", "設定ファイルのひな型と、git リポジトリではフックを作成" },
	  "presend init\npresend --lang ja init",
	  { "Write presend.toml into the working directory, with every key explained in comments, and in a git repository the pre-commit hook that checks what is "
	    "staged. Nothing that is there is overwritten.",
	    "カレントディレクトリに、すべての項目をコメントで説明した presend.toml を作成します。git リポジトリでは、ステージされた内容を検査する pre-commit フックも作成します。"
	    "すでにあるファイルは上書きしません。" } },
	{ COMMAND_COMPLETIONS, "completions", { "completions bash|zsh|fish", "completions bash|zsh|fish" },
	  { "print the completion script of a shell", "シェルの補完スクリプトを表示" },
	  "source <(presend completions bash)\npresend completions zsh > ~/.zfunc/_presend\n"
	  "presend completions fish > ~/.config/fish/completions/presend.fish",
	  { "Print the script with which a shell completes commands, options, their values and rule ids. make install puts the three where the shells look for them.",
	    "コマンド、オプションとその値、ルール ID をシェルで補完するスクリプトを表示します。make install を実行すると、シェルごとの所定の場所に入ります。" } },
	{ COMMAND_LSP, "lsp", { "lsp [OPTION]...", "lsp [オプション]..." },
	  { "a language server, for editors: findings as you type, and their fixes", "エディター用の言語サーバー（入力中の指摘と修正）" },
	  "presend lsp --profile gmail-bulk,law-jp",
	  { "Speak the Language Server Protocol over standard input and output. An editor starts this for mail, HTML and templates: it shows what is found while one "
	    "types, explains the rule under the cursor and offers fixes.",
	    "標準入出力で Language Server Protocol を話します。メール、HTML、テンプレートを開いたエディターから起動すると、入力中に指摘を表示し、カーソル位置のルールの説明と修正候補を示します。" } },
	{ COMMAND_MCP, "mcp", { "mcp", "mcp" },
	  { "tools for AI agents (Model Context Protocol)", "AI エージェント用のツール（Model Context Protocol）" },
	  "presend mcp",
	  { "Speak the Model Context Protocol over standard input and output, with the tools lint, fix, checklist, preview, explain and bounce. Nothing uses the "
	    "network, no file is written, and only files below the working directory are read.",
	    "標準入出力で Model Context Protocol を話し、lint、fix、checklist、preview、explain、bounce の 6 つのツールを提供します。ネットワークは使わず、ファイルへの書き込みもせず、"
	    "カレントディレクトリより下のファイルだけを読みます。" } },
	{ COMMAND_HELP, "help", { "help [COMMAND]", "help [コマンド]" },
	  { "options and examples of a command", "コマンドのオプションと例を表示" },
	  "presend help checklist",
	  { "Print the options and examples of a command, or of presend as a whole.", "指定したコマンド、または presend 全体のオプションと例を表示します。" } },
	{ COMMAND_VERSION, "version", { "version", "version" }, { "print the version", "バージョンを表示" }, NULL,
	  { "Print the version.", "バージョンを表示します。" } },
};

const struct option_definition *cli_options(size_t *n)
{
	*n = G_N_ELEMENTS(option_definitions);
	return option_definitions;
}

const struct command_definition *cli_commands(size_t *n)
{
	*n = G_N_ELEMENTS(command_definitions);
	return command_definitions;
}

bool cli_option_of(const struct option_definition *option, enum command command)
{
	return (option->commands ? option->commands : FOR_MAIL) & 1u << command;
}

static const char *const profile_names[] = { "gmail", "gmail-bulk", "yahoo", "outlook", "icloud", "japan-carriers",
					     "law-jp", "law-us", "law-ca", "law-eu", NULL };

const char *cli_formats(enum command command)
{
	switch (command) {
	case COMMAND_LINT:
		return "text json jsonl sarif junit github gitlab checkstyle rdjson markdown html";
	case COMMAND_CHECKLIST:
		return "text json";
	case COMMAND_BOUNCE:
		return "text json jsonl csv";
	case COMMAND_PREVIEW:
	case COMMAND_PREFLIGHT:
		return "text json";
	case COMMAND_EXPLAIN:
		return "text json markdown";
	case COMMAND_RULES:
		return "text json markdown coverage";
	case COMMAND_CONFIG:
		return "text markdown";
	default:
		return "";
	}
}

static const char *say(enum language language, const char *en, const char *ja)
{
	return language == LANGUAGE_JA ? ja : en;
}

enum language cli_environment_language(void)
{
	static const char *const variables[] = { "LC_ALL", "LC_MESSAGES", "LANG" };

	for (size_t i = 0; i < G_N_ELEMENTS(variables); i++) {
		const char *value = getenv(variables[i]);
		if (value && *value)
			return strncmp(value, "ja", 2) == 0 ? LANGUAGE_JA : LANGUAGE_EN;
	}
	return LANGUAGE_EN;
}

/* --- parsing ----------------------------------------------------------------------------------------------------------------- */

/* "presend: MESSAGE" with an optional did-you-mean. Returns false, for the caller to pass on. */
static bool refuse(enum language language, const char *suggestion, const char *message, const char *word)
{
	run_say(message, word);
	if (suggestion)
		run_say(say(language, "did you mean", "もしかして"), suggestion);
	return false;
}

static const struct option_definition *find_option(const char *name, size_t length)
{
	for (size_t i = 0; i < G_N_ELEMENTS(option_definitions); i++)
		if (strlen(option_definitions[i].name) == length && memcmp(option_definitions[i].name, name, length) == 0)
			return &option_definitions[i];
	return NULL;
}

static bool unknown_option(enum language language, const char *word)
{
	char *name = g_strndup(word + 2, strcspn(word + 2, "="));
	const char *nearest = NULL;
	unsigned best = G_MAXUINT;
	char *suggestion = NULL;

	for (size_t i = 0; word[1] == '-' && i < G_N_ELEMENTS(option_definitions); i++)
		if (word_nearer(name, option_definitions[i].name, &best))
			nearest = option_definitions[i].name;
	if (nearest)
		suggestion = g_strdup_printf("--%s", nearest);
	refuse(language, suggestion, say(language, "unknown option", "不明なオプションです"), word);
	g_free(suggestion);
	g_free(name);
	return false;
}

static const struct reporter *find_checklist(const char *name)
{
	static const struct reporter *const reporters[] = { &report_checklist, &report_checklist_json };

	for (size_t i = 0; i < G_N_ELEMENTS(reporters); i++)
		if (strcmp(reporters[i]->name, name) == 0)
			return reporters[i];
	return NULL;
}

/* Two reports in one place would be no report: a file or standard output takes one. */
static bool place_free(const struct cli *cli, const char *file, const char *value)
{
	enum language language = cli->run.report.language;

	for (size_t i = 0; i < cli->run.n_formats; i++)
		if (g_strcmp0(cli->run.formats[i].file, file) == 0)
			return refuse(language, NULL,
				      file ? say(language, "two reports into one file", "1 つのファイルに 2 つのレポートは書き込めません")
					   : say(language, "two reports on standard output; give one a file: --format NAME=FILE",
						 "標準出力に 2 つのレポートは出せません。--format 形式=ファイル でファイルを指定してください"),
				      value);
	return true;
}

static bool parse_format(struct cli *cli, const char *value)
{
	enum language language = cli->run.report.language;
	char *name = g_strndup(value, strcspn(value, "="));
	const struct reporter *reporter = cli->command == COMMAND_CHECKLIST ? find_checklist(name) : reporter_find(name);
	bool good = false;

	if (cli->command == COMMAND_RULES && strcmp(name, "coverage") == 0) {
		cli->coverage = good = true;
	} else if (cli->command == COMMAND_BOUNCE) {
		good = !strchr(value, '=') && bounce_format_parse(name, &cli->bounce.format);
		if (!good)
			refuse(language, NULL, say(language, "unknown format", "不明な形式です"), value);
	} else if (cli->command == COMMAND_PREVIEW || cli->command == COMMAND_PREFLIGHT) {
		cli->preview.json = cli->preflight.json = strcmp(value, "json") == 0;
		good = cli->preview.json || strcmp(value, "text") == 0;
		if (!good)
			refuse(language, NULL, say(language, "unknown format", "不明な形式です"), value);
	} else if (cli->command == COMMAND_RULES || cli->command == COMMAND_EXPLAIN || cli->command == COMMAND_CONFIG) {
		good = !strchr(value, '=') && explain_format_parse(name, &cli->rules_format) &&
		       !(cli->command == COMMAND_CONFIG && cli->rules_format == EXPLAIN_JSON);
		if (!good && strchr(value, '='))
			refuse(language, NULL, say(language, "this command writes to standard output only", "このコマンドは標準出力にだけ書き出します"), value);
		else if (!good)
			refuse(language, NULL, say(language, "unknown format", "不明な形式です"), name);
	} else if (reporter && g_str_has_suffix(value, "=")) {
		refuse(language, NULL, say(language, "needs a file name", "ファイル名が必要です"), value);
	} else if (reporter) {
		const char *equals = strchr(value, '='), *file = equals && strcmp(equals, "=-") != 0 ? equals + 1 : NULL;
		good = place_free(cli, file, value);
		cli->run.formats[cli->run.n_formats++] = (struct run_format){ reporter, file };
	} else {
		char **names = g_strsplit(cli_formats(cli->command), " ", -1);
		refuse(language, word_nearest(name, (const char *const *)names), say(language, "unknown format", "不明な形式です"), name);
		g_strfreev(names);
	}
	g_free(name);
	return good;
}

static void add_ids(GPtrArray **list, const char *value)
{
	char **words = g_strsplit(value, ",", -1);

	if (!*list)
		*list = g_ptr_array_new_with_free_func(g_free);
	for (char **word = words; *word; word++)
		if (*(const char *)g_strstrip(*word))
			g_ptr_array_add(*list, g_strdup(*word));
	g_strfreev(words);
}

static void add_word(GPtrArray **list, const char *value)
{
	if (!*list)
		*list = g_ptr_array_new();
	g_ptr_array_add(*list, (gpointer)value);
}

static bool parse_profiles(struct cli *cli, const char *value)
{
	char **words = g_strsplit(value, ",", -1);
	bool good = true;

	cli->run.lint.profiles = 0;
	for (char **word = words; good && *word; word++) {
		unsigned bit = 0;
		good = profile_parse(g_strstrip(*word), &bit);
		cli->run.lint.profiles |= bit;
		if (!good)
			refuse(cli->run.report.language, word_nearest(*word, profile_names),
			       say(cli->run.report.language, "unknown profile", "不明なプロファイルです"), *word);
	}
	g_strfreev(words);
	/* Who sends in bulk must do what every sender to Gmail must. */
	if (cli->run.lint.profiles & PROFILE_GMAIL_BULK)
		cli->run.lint.profiles |= PROFILE_GMAIL;
	return good;
}

static bool parse_clients(struct cli *cli, const char *value)
{
	enum language language = cli->run.report.language;
	struct client_choice choice;
	char *bad;

	cli->run.lint.clients = value;
	if (client_choice_parse(value, &choice, &bad))
		return true;
	char *name = g_strndup(bad, strcspn(bad, " ="));
	if (*bad)
		refuse(language, client_word_is_known(name) ? NULL : client_suggest(name), say(language, "unknown mail client", "不明なメールソフトです"), bad);
	else
		refuse(language, NULL, say(language, "no mail client is left", "メールソフトが 1 つも残りません"), value);
	g_free(name);
	g_free(bad);
	return false;
}

static bool parse_number(const char *value, double *out)
{
	char *end;

	*out = g_ascii_strtod(value, &end);
	return end != value && !*end && *out >= 0;
}

static bool parse_fail_on(const char *value, enum severity *out)
{
	if (strcmp(value, "never") == 0) {
		*out = SEVERITY_OFF;
		return true;
	}
	return severity_parse(value, out) && *out != SEVERITY_OFF;
}

static bool parse_target_charset(struct lint_options *lint, const char *value)
{
	lint->target_jis = lint->target_sjis = false;
	if (g_ascii_strcasecmp(value, "iso-2022-jp") == 0)
		lint->target_jis = true;
	else if (g_ascii_strcasecmp(value, "shift_jis") == 0 || g_ascii_strcasecmp(value, "windows-31j") == 0)
		lint->target_sjis = true;
	else
		return g_ascii_strcasecmp(value, "utf-8") == 0;
	return true;
}

struct parse_state {
	struct cli *cli;
	const char *color;
	const char *formats[8];        /* read when the command is known */
	size_t n_formats;
	const struct option_definition *given[64]; /* whether an option is one of the command likewise */
	size_t n_given;
	bool help, version;
	bool fix, diff;
};

/* What the sheet hands on to presend-preflight, with its meaning; it has a format, a language and an exit code of its own. */
static void add_dns_word(struct parse_state *state, const struct option_definition *option, const char *value)
{
	switch ((enum option_id)option->id) {
	case OPTION_FORMAT:
	case OPTION_LANG:
	case OPTION_COLOR:
	case OPTION_FAIL_ON:
	case OPTION_STDIN_FILENAME:
	case OPTION_HELP:
	case OPTION_VERSION:
		return;
	default:
		break;
	}
	if (!cli_option_of(option, COMMAND_PREFLIGHT))
		return;
	if (!state->cli->dns_words)
		state->cli->dns_words = g_ptr_array_new_with_free_func(g_free);
	g_ptr_array_add(state->cli->dns_words, value ? g_strdup_printf("--%s=%s", option->name, value) : g_strdup_printf("--%s", option->name));
}

static bool apply_option(struct parse_state *state, const struct option_definition *option, const char *value)
{
	struct cli *cli = state->cli;
	struct lint_options *lint = &cli->run.lint;
	enum language language = cli->run.report.language;
	const struct config_key_definition *key = config_key_of_option(option->name);
	double number = 0;
	bool good = true;

	if (key)
		cli->run.given |= (uint64_t)1 << key->key;
	if (state->n_given < G_N_ELEMENTS(state->given))
		state->given[state->n_given++] = option;
	add_dns_word(state, option, value);
	switch ((enum option_id)option->id) {
	case OPTION_FORMAT:
		if (state->n_formats == G_N_ELEMENTS(state->formats))
			return refuse(language, NULL, say(language, "too many formats", "形式の指定が多すぎます"), value);
		state->formats[state->n_formats++] = value;
		return true;
	case OPTION_PROFILE:
		return parse_profiles(cli, value);
	case OPTION_CLIENTS:
		return parse_clients(cli, value);
	case OPTION_STAGE:
		good = stage_parse(value, &lint->stage);
		lint->stage_given = true;
		break;
	case OPTION_CLASS:
		good = class_parse(value, &lint->mail_class);
		break;
	case OPTION_VOLUME:
		good = volume_parse(value, &lint->volume);
		break;
	case OPTION_TARGET_CHARSET:
		good = parse_target_charset(lint, value);
		break;
	case OPTION_SELECT:
		add_ids(&lint->select, value);
		break;
	case OPTION_IGNORE:
		add_ids(&lint->ignore, value);
		break;
	case OPTION_EXTEND_SELECT:
		add_ids(&lint->extend_select, value);
		break;
	case OPTION_FAIL_ON:
		good = parse_fail_on(value, &cli->run.report.fail_on);
		break;
	case OPTION_MAX_SCORE:
		good = parse_number(value, &cli->run.max_score);
		lint->advice_limit = cli->run.max_score;
		break;
	case OPTION_ADVICE:
		lint->advice = true;
		break;
	case OPTION_PRIOR:
		good = parse_number(value, &lint->prior) && lint->prior > 0 && lint->prior < 1;
		break;
	case OPTION_RULES:
		cli->run.rules_path = value;
		break;
	case OPTION_OUTPUT:
		cli->output = value;
		break;
	case OPTION_NO_BUILTIN_RULES:
		cli->run.no_builtin_rules = true;
		break;
	case OPTION_STDIN_FILENAME:
		cli->run.stdin_name = value;
		break;
	case OPTION_NOW:
		good = date_parse_iso(span_str(value), &lint->now);
		break;
	case OPTION_LANG:
		good = strcmp(value, "en") == 0 || strcmp(value, "ja") == 0;
		cli->run.report.language = strcmp(value, "ja") == 0 ? LANGUAGE_JA : LANGUAGE_EN;
		cli->run.report.language_given = true;
		break;
	case OPTION_JOBS:
		good = parse_number(value, &number) && number >= 1 && number <= 1024 && number == (int)number;
		cli->run.jobs = good ? (int)number : 0;
		break;
	case OPTION_COLOR:
		good = strcmp(value, "auto") == 0 || strcmp(value, "always") == 0 || strcmp(value, "never") == 0;
		state->color = value;
		break;
	case OPTION_VERBOSE:
		cli->run.report.verbose = true;
		break;
	case OPTION_QUIET:
		cli->run.report.quiet = true;
		break;
	case OPTION_STATISTICS:
		cli->run.report.statistics = true;
		break;
	case OPTION_CONFIG:
		cli->run.config_file = value;
		break;
	case OPTION_PRINT:
		break;
	case OPTION_SCHEMA:
		cli->schema = true;
		break;
	case OPTION_ISOLATED:
		cli->run.isolated = true;
		break;
	case OPTION_FORCE_EXCLUDE:
		cli->run.force_exclude = true;
		break;
	case OPTION_INPUT:
		cli->run.input_lines = strcmp(value, "jsonl") == 0;
		good = cli->run.input_lines || strcmp(value, "mail") == 0;
		break;
	case OPTION_DATA:
		cli->run.data = value;
		break;
	case OPTION_STAGED:
		cli->run.staged = true;
		break;
	case OPTION_CHANGED_SINCE:
		cli->run.changed_since = value;
		break;
	case OPTION_FIX:
		state->fix = true;
		break;
	case OPTION_DIFF:
		state->diff = true;
		break;
	case OPTION_UNSAFE_FIXES:
		cli->run.fix.unsafe = true;
		break;
	case OPTION_BASELINE:
		cli->run.baseline = value;
		break;
	case OPTION_WRITE_BASELINE:
		cli->run.write_baseline = true;
		break;
	case OPTION_NO_INLINE_IGNORES:
		lint->no_inline_ignores = true;
		break;
	case OPTION_TIMEOUT:
		good = parse_number(value, &number) && number >= 1 && number <= 86400 && number == (int)number;
		cli->gate.timeout_seconds = good ? (unsigned)number : 0;
		break;
	case OPTION_ON_FAILURE:
		cli->gate.pass_on_failure = strcmp(value, "pass") == 0;
		good = cli->gate.pass_on_failure || strcmp(value, "hold") == 0;
		break;
	case OPTION_MESSAGE:
		good = parse_number(value, &number) && number >= 1 && number <= 1e9 && number == (int)number;
		cli->preview.message = good ? (size_t)number : 0;
		break;
	case OPTION_ROW:
		good = parse_number(value, &number) && number >= 1 && number <= 1e9 && number == (int)number;
		cli->preview.row = good ? (size_t)number : 0;
		break;
	case OPTION_IP:
		add_word(&cli->preflight.addresses, value);
		break;
	case OPTION_SELECTOR:
		add_word(&cli->preflight.selectors, value);
		break;
	case OPTION_MAIL_FROM:
		cli->preflight.mail_from = value;
		break;
	case OPTION_HELO:
		cli->preflight.helo = value;
		break;
	case OPTION_BLOCKLISTS:
		cli->preflight.blocklists = value;
		break;
	case OPTION_MTA_CONFIG:
		add_word(&cli->preflight.mta_configs, value);
		break;
	case OPTION_RESOLVER:
		cli->preflight.resolver = value;
		break;
	case OPTION_DNS_TIMEOUT:
		good = parse_number(value, &number) && number >= 1 && number <= 3600 && number == (int)number;
		cli->preflight.dns_seconds = good ? (unsigned)number : 0;
		break;
	case OPTION_SAVE_DNS:
		cli->preflight.save_dns = value;
		break;
	case OPTION_DNS:
		cli->preflight.dns = value;
		break;
	case OPTION_SUMMARY:
		cli->bounce.summary = true;
		break;
	case OPTION_DRAFT:
		cli->bounce.draft = value;
		break;
	case OPTION_MESSAGE_ID:
		cli->bounce.message_id = value;
		break;
	case OPTION_FROM:
		cli->bounce.from = value;
		break;
	case OPTION_SINCE:
		good = date_parse_iso(span_str(value), &cli->bounce.since);
		break;
	case OPTION_HELP:
		state->help = true;
		break;
	case OPTION_VERSION:
		state->version = true;
		break;
	}
	if (!good) {
		char *what = g_strdup_printf("--%s %s", option->name, value);
		refuse(language, NULL, say(language, "not a value of this option", "このオプションの値として使えません"), what);
		g_free(what);
	}
	return good;
}

/* One option at argv[*i], long or a cluster of short ones. */
static bool parse_option(struct parse_state *state, int argc, char **argv, int *i)
{
	enum language language = state->cli->run.report.language;
	const char *word = argv[*i];

	if (word[1] != '-') {
		for (const char *p = word + 1; *p; p++) {
			const struct option_definition *option = NULL;
			for (size_t k = 0; k < G_N_ELEMENTS(option_definitions); k++)
				if (option_definitions[k].short_name == *p)
					option = &option_definitions[k];
			if (!option)
				return unknown_option(language, word);
			const char *value = NULL;
			if (option->argument[LANGUAGE_EN]) {
				value = p[1] ? p + 1 : *i + 1 < argc ? argv[++*i] : NULL;
				if (!value)
					return refuse(language, NULL, say(language, "needs a value", "値が必要です"), word);
			}
			if (!apply_option(state, option, value))
				return false;
			if (value)
				break;
		}
		return true;
	}
	size_t length = strcspn(word + 2, "=");
	const struct option_definition *option = find_option(word + 2, length);
	if (!option)
		return unknown_option(language, word);
	const char *value = word[2 + length] == '=' ? word + 3 + length : NULL;
	if (!option->argument[LANGUAGE_EN] && value)
		return refuse(language, NULL, say(language, "takes no value", "値を取らないオプションです"), word);
	if (option->argument[LANGUAGE_EN] && !value) {
		if (*i + 1 >= argc)
			return refuse(language, NULL, say(language, "needs a value", "値が必要です"), word);
		value = argv[++*i];
	}
	return apply_option(state, option, value);
}

/* --lang and LC_MESSAGES decide how mistakes of the command line itself are told, wherever --lang stands. */
static void find_language(int argc, char **argv, struct cli *cli)
{
	cli->run.report.language = cli_environment_language();
	for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
		const char *value = NULL;
		if (strncmp(argv[i], "--lang=", 7) == 0)
			value = argv[i] + 7;
		else if (strcmp(argv[i], "--lang") == 0 && i + 1 < argc)
			value = argv[i + 1];
		if (value)
			cli->run.report.language = strcmp(value, "ja") == 0 ? LANGUAGE_JA : LANGUAGE_EN;
	}
}

static bool use_color(const char *wanted)
{
	const char *no_color = getenv("NO_COLOR"), *force = getenv("CLICOLOR_FORCE"), *term = getenv("TERM");

	if (strcmp(wanted, "always") == 0)
		return true;
	if (strcmp(wanted, "never") == 0 || (no_color && *no_color))
		return false;
	if (force && *force && strcmp(force, "0") != 0)
		return true;
	return isatty(STDOUT_FILENO) && !(term && strcmp(term, "dumb") == 0);
}

enum { LEAST_WIDTH = 24 };

static int terminal_width(void)
{
	struct winsize size;
	const char *columns = getenv("COLUMNS");

	if (isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		return MAX(size.ws_col, LEAST_WIDTH);
	int width = columns ? atoi(columns) : 0;
	return width > 0 && width <= 1000 ? MAX(width, LEAST_WIDTH) : 100;
}

/* Terminals that are known to make links of OSC 8: some of the others print its letters. FORCE_HYPERLINK (0 or 1) is the word of the user, as in
 * other programs. */
static bool terminal_links(bool color)
{
	static const struct {
		const char *variable, *begin;
	} known[] = { { "TERM", "xterm-kitty" },	{ "TERM", "alacritty" },	  { "TERM", "foot" },		  { "TERM", "tmux" },
		      { "TERM_PROGRAM", "iTerm.app" },	{ "TERM_PROGRAM", "WezTerm" },	  { "TERM_PROGRAM", "vscode" },   { "TERM_PROGRAM", "ghostty" },
		      { "TERM_PROGRAM", "Hyper" },	{ "TERM_PROGRAM", "tmux" },	  { "WT_SESSION", "" },		  { "KONSOLE_VERSION", "" },
		      { "DOMTERM", "" } };
	const char *forced = getenv("FORCE_HYPERLINK"), *vte = getenv("VTE_VERSION");

	if (forced && *forced)
		return strcmp(forced, "0") != 0;
	if (!color || !isatty(STDOUT_FILENO))
		return false;
	if (vte && atoi(vte) >= 5000)
		return true;
	for (size_t i = 0; i < G_N_ELEMENTS(known); i++) {
		const char *value = getenv(known[i].variable);
		if (value && *value && g_str_has_prefix(value, known[i].begin))
			return true;
	}
	return false;
}

static void finish_terminal(struct cli *cli, const struct parse_state *state)
{
	cli->run.report.color = use_color(state->color);
	cli->run.report.hyperlinks = terminal_links(cli->run.report.color);
	cli->run.report.terminal = isatty(STDOUT_FILENO);
	cli->run.report.width = terminal_width();
}

static const struct command_definition *find_command(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(command_definitions); i++)
		if (strcmp(command_definitions[i].name, name) == 0)
			return &command_definitions[i];
	return NULL;
}

static const char *nearest_command(const char *word)
{
	const char *nearest = NULL;
	unsigned best = G_MAXUINT;

	for (size_t i = 0; i < G_N_ELEMENTS(command_definitions); i++)
		if (word_nearer(word, command_definitions[i].name, &best))
			nearest = command_definitions[i].name;
	return nearest;
}

/* A first word that is no file but nearly a command is a slip of the finger. */
static bool parse_command(struct cli *cli, const char *word, bool *taken)
{
	enum language language = cli->run.report.language;
	const struct command_definition *command = find_command(word);
	const char *nearest = nearest_command(word);

	*taken = command != NULL;
	if (command) {
		cli->command = command->command;
		return true;
	}
	if (access(word, F_OK) == 0)
		return true;
	if (nearest && !strchr(word, '.') && !strchr(word, '/'))
		return refuse(language, nearest, say(language, "no such file or command", "そのようなファイルもコマンドもありません"), word);
	return true;
}

/* --help of a command, "help COMMAND" and --version are told before anything else is judged. true where there is nothing more to parse. */
static bool parse_help(struct cli *cli, const struct parse_state *state, bool command_named, bool *good)
{
	enum language language = cli->run.report.language;

	*good = true;
	if (state->version) {
		cli->command = COMMAND_VERSION;
		return true;
	}
	if (cli->command == COMMAND_HELP && cli->n_operands) {
		const char *word = cli->operands[0];
		const struct command_definition *command = find_command(word);
		if (command)
			cli->help_of = command;
		else
			*good = refuse(language, nearest_command(word), say(language, "no such command", "そのようなコマンドはありません"), word);
		return true;
	}
	if (state->help && cli->command != COMMAND_HELP) {
		if (command_named)
			for (size_t i = 0; i < G_N_ELEMENTS(command_definitions); i++)
				if (command_definitions[i].command == cli->command)
					cli->help_of = &command_definitions[i];
		cli->command = COMMAND_HELP;
	}
	return cli->command == COMMAND_HELP;
}

/* Every option must be one of the command's, or it would be passed over without a word. */
static bool options_fit(const struct cli *cli, const struct parse_state *state)
{
	enum language language = cli->run.report.language;

	for (size_t i = 0; i < state->n_given; i++) {
		if (cli_option_of(state->given[i], cli->command))
			continue;
		const char *name = "lint";
		for (size_t k = 0; k < G_N_ELEMENTS(command_definitions); k++)
			if (command_definitions[k].command == cli->command)
				name = command_definitions[k].name;
		char *what = g_strdup_printf("%s --%s", name, state->given[i]->name);
		refuse(language, NULL, say(language, "the command does not have this option", "このコマンドにはないオプションです"), what);
		g_free(what);
		return false;
	}
	return true;
}

/* The sheet asks nobody by itself: what DNS would say comes from a file. */
static bool dns_fits(struct cli *cli, const struct parse_state *state)
{
	enum language language = cli->run.report.language;

	if (cli->command != COMMAND_CHECKLIST)
		return true;
	if (cli->preflight.dns) {
		cli->run.dns_words = cli->dns_words;
		return true;
	}
	for (size_t i = 0; i < state->n_given; i++) {
		if (state->given[i]->group != GROUP_PREFLIGHT)
			continue;
		char *what = g_strdup_printf("--%s", state->given[i]->name);
		refuse(language, NULL, say(language, "needs --dns FILE, as presend preflight --save-dns writes it",
					   "--dns ファイル（presend preflight --save-dns で保存したもの）と一緒に指定してください"), what);
		g_free(what);
		return false;
	}
	return true;
}

/* What the three options about fixes come to, and what does not go together with them. */
static bool fixes_fit(struct cli *cli, const struct parse_state *state)
{
	enum language language = cli->run.report.language;

	cli->run.fix.mode = state->diff ? FIX_DIFF : state->fix ? FIX_WRITE : FIX_NONE;
	if (cli->run.fix.mode == FIX_NONE)
		return !cli->run.fix.unsafe ||
		       refuse(language, NULL, say(language, "needs --fix or --diff", "--fix か --diff と一緒に指定してください"), "--unsafe-fixes");
	const char *mode = state->diff ? "--diff" : "--fix";
	if (cli->run.staged)
		return refuse(language, NULL, say(language, "cannot be given together with --staged: the index of git is not rewritten",
						  "--staged と同時には指定できません（git のインデックスは書き換えません）"), mode);
	if (state->diff && (state->n_formats || cli->run.write_baseline))
		return refuse(language, NULL, say(language, "shows nothing but the difference; leave out --format and --write-baseline",
						  "変更点だけを表示します。--format や --write-baseline と同時には指定できません"), mode);
	return true;
}

/* --input jsonl: a line for each line, and nothing else. */
static bool lines_fit(struct cli *cli, const struct parse_state *state)
{
	const struct run_options *run = &cli->run;

	if (!run->input_lines)
		return true;
	if (run->fix.mode != FIX_NONE || run->data || run->staged || run->changed_since || run->baseline || run->write_baseline || run->lint.advice || run->report.statistics)
		return refuse(run->report.language, NULL,
			      say(run->report.language, "cannot be given together with --fix, --diff, --data, --staged, --changed-since, --baseline, --write-baseline, --advice, --statistics",
				  "--fix、--diff、--data、--staged、--changed-since、--baseline、--write-baseline、--advice、--statistics と同時には指定できません"), "--input");
	if (state->n_formats && !(run->n_formats == 1 && run->formats[0].reporter == &report_jsonl && !run->formats[0].file))
		return refuse(run->report.language, NULL, say(run->report.language, "goes with --format jsonl only", "--format jsonl でのみ使えます"), "--input");
	cli->run.formats[0] = (struct run_format){ &report_jsonl, NULL };
	cli->run.n_formats = 1;
	cli->run.given |= (uint64_t)1 << config_key_of_option("format")->key;
	return true;
}

bool cli_parse(int argc, char **argv, struct cli *cli)
{
	*cli = (struct cli){ .rules_format = EXPLAIN_TEXT, .gate.timeout_seconds = GATE_TIMEOUT_SECONDS };
	cli->run.lint.volume = VOLUME_UNKNOWN;
	cli->run.lint.profiles = PROFILE_GMAIL | PROFILE_GMAIL_BULK;
	cli->run.lint.now = (int64_t)time(NULL);
	cli->run.report.fail_on = SEVERITY_ERROR;
	cli->run.max_score = -1;
	cli->run.lint.advice_limit = SCORE_LINE;
	cli->operands = g_new0(char *, (size_t)argc + 1);
	find_language(argc, argv, cli);
	struct parse_state state = { .cli = cli, .color = "auto" };
	bool only_operands = false, command_known = false, command_named = false;

	for (int i = 1; i < argc; i++) {
		const char *word = argv[i];
		if (!only_operands && strcmp(word, "--") == 0) {
			only_operands = true;
		} else if (!only_operands && word[0] == '-' && word[1]) {
			if (!parse_option(&state, argc, argv, &i))
				return false;
		} else {
			bool taken = false;
			if (!command_known && !only_operands && strcmp(word, "-") != 0 && !parse_command(cli, word, &taken))
				return false;
			command_known = true;
			command_named |= taken;
			if (taken)
				cli->command_at = i;
			if (!taken && cli->command == COMMAND_GATE && !only_operands)
				return refuse(cli->run.report.language, NULL,
					      say(cli->run.report.language, "the command stands behind --", "コマンドは -- の後に書いてください"), word);
			if (!taken)
				cli->operands[cli->n_operands++] = argv[i];
		}
	}
	bool good;
	if (parse_help(cli, &state, command_named, &good)) {
		finish_terminal(cli, &state);
		return good;
	}
	if (!options_fit(cli, &state) || !fixes_fit(cli, &state) || !dns_fits(cli, &state))
		return false;
	if (cli->preview.row && !cli->run.data)
		return refuse(cli->run.report.language, NULL, say(cli->run.report.language, "needs --data FILE", "--data ファイル と一緒に指定してください"), "--row");
	if (cli->command == COMMAND_GATE) {
		cli->gate.command = cli->operands;
		if (cli->n_operands == 0)
			return refuse(cli->run.report.language, NULL,
				      say(cli->run.report.language, "needs -- and a command behind it", "-- と、その後にコマンドが必要です"), "gate");
		/* The last step before the mail leaves: a configuration made for drafts does not make a draft of it. */
		if (!cli->run.lint.stage_given)
			cli->run.lint.stage = STAGE_FINAL;
		cli->run.lint.stage_given = true;
		cli->run.given |= (uint64_t)1 << config_key_of_option("stage")->key;
	}
	for (size_t i = 0; i < state.n_formats; i++)
		if (!parse_format(cli, state.formats[i]))
			return false;
	if (cli->command == COMMAND_CHECKLIST && cli->run.n_formats == 0)
		cli->run.formats[cli->run.n_formats++] = (struct run_format){ &report_checklist, NULL };
	if (!lines_fit(cli, &state))
		return false;
	/* Machine formats are English unless --lang is given. */
	if (cli->rules_format == EXPLAIN_JSON && !cli->run.report.language_given)
		cli->run.report.language = LANGUAGE_EN;
	if (cli->run.staged && cli->run.changed_since)
		return refuse(cli->run.report.language, NULL,
			      say(cli->run.report.language, "cannot be given together with --staged", "--staged と同時には指定できません"),
			      "--changed-since");
	cli->root = run_find_root();
	cli->run.lint.root = cli->root;
	finish_terminal(cli, &state);
	return true;
}

void cli_release(struct cli *cli)
{
	GPtrArray *const lists[] = { cli->run.lint.select, cli->run.lint.ignore, cli->run.lint.extend_select, cli->preflight.addresses,
				     cli->preflight.selectors, cli->preflight.mta_configs, cli->dns_words };

	for (size_t i = 0; i < G_N_ELEMENTS(lists); i++)
		if (lists[i])
			g_ptr_array_free(lists[i], TRUE);
	g_free(cli->operands);
	g_free(cli->root);
}
