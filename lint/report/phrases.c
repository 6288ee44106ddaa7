/* Role: the fixed words of reports, one row each, English and Japanese side by side.
 * May not: hold any word of a rule; those stand in rules.d. */
#include "report/phrases.h"

static const struct localized_phrase {
	const char *text[N_LANGUAGES];
} phrases[N_PHRASES] = {
        [PHRASE_DECODED] = {{"decoded", "デコード後"}},
        [PHRASE_BECOMES] = {{"becomes", "差し込み後"}},
        [PHRASE_ROW] = {{"data", "データ"}},
        [PHRASE_SOURCE] = {{"source", "根拠"}},
        [PHRASE_HELP] = {{"help", "対処"}},
        [PHRASE_REPLY] = {{"receiver's reply", "受信側の応答"}},
        [PHRASE_SUBJECT] = {{"“{0}”", "「{0}」"}},
        [PHRASE_MESSAGE_NUMBER] = {{"(message {0})", "（{0} 通目）"}},
        [PHRASE_TEMPLATE] = {{"(template)", "（テンプレート）"}},
        [PHRASE_DATED] = {{"as of {0}", "{0} 時点"}},
        [PHRASE_MORE_OF_RULE] = {{"… and {0} more of {1} (first at {2}; --verbose shows all)",
                "… {1} がほかに {0} 件あります（次は {2}。--verbose ですべて表示）"}},
        [PHRASE_MORE_INFO_ONE] = {{"… and 1 more info remark (--verbose shows it)",
                "… 情報（info）の指摘がほかに 1 件あります（--verbose で表示）"}},
        [PHRASE_MORE_INFO_MANY] = {{"… and {0} more info remarks (--verbose shows them)",
                "… 情報（info）の指摘がほかに {0} 件あります（--verbose ですべて表示）"}},
        [PHRASE_SCORE] = {{"score {0} points, spam probability {1} (provisional, not calibrated): {2}",
                "スコア {0} 点、迷惑メールと判定される確率 {1}（未較正の暫定値）: {2}"}},
        [PHRASE_MORE_POINTS] = {{"{0}  from {1} more", "{0}  ほか {1} 件"}},
        [PHRASE_CLEAN] = {{"clean", "迷惑メールらしくない"}},
        [PHRASE_SUSPICIOUS] = {{"suspicious", "疑わしい"}},
        [PHRASE_SPAM_LIKE] = {{"spam-like", "迷惑メールらしい"}},
        [PHRASE_PATH_NO_FINDINGS] = {{"{0}: no findings", "{0}: 指摘なし"}},
        [PHRASE_NOTHING_CHECKED] = {{"no message to check", "検査対象のメールがありません"}},
        [PHRASE_MESSAGES_ONE] = {{"1 message", "メール 1 通"}},
        [PHRASE_MESSAGES_MANY] = {{"{0} messages", "メール {0} 通"}},
        [PHRASE_NO_FINDINGS] = {{"no findings", "指摘なし"}},
        [PHRASE_ERRORS_ONE] = {{"1 error", "エラー 1 件"}},
        [PHRASE_ERRORS_MANY] = {{"{0} errors", "エラー {0} 件"}},
        [PHRASE_WARNINGS_ONE] = {{"1 warning", "警告 1 件"}},
        [PHRASE_WARNINGS_MANY] = {{"{0} warnings", "警告 {0} 件"}},
        [PHRASE_INFO] = {{"{0} info", "情報 {0} 件"}},
        [PHRASE_SUPPRESSED] = {{"{0} suppressed", "抑制 {0} 件"}},
        [PHRASE_UNREADABLE] = {{"{0} not checked", "未検査 {0} 件"}},
        [PHRASE_FIXABLE] = {{"{0} can be fixed with --fix", "--fix で修正できる指摘 {0} 件"}},
        [PHRASE_FIXABLE_UNSAFE] = {{"{0} with --fix --unsafe-fixes", "--fix --unsafe-fixes で修正できる指摘 {0} 件"}},
        [PHRASE_UNREADABLE_TITLE] = {{"Not checked:", "検査できなかったファイル:"}},
        [PHRASE_NO_ROOM] = {{"There was no room for {0} more.", "ほかに {0} 件ありますが、文字数の上限のため省略しました。"}},
        [PHRASE_LIST_COMMA] = {{", ", "、"}},
        [PHRASE_LIST_COLON] = {{": ", ": "}},
        [PHRASE_COUNT] = {{"count", "件数"}},
        [PHRASE_SEVERITY] = {{"severity", "重大度"}},
        [PHRASE_RULE] = {{"rule", "ルール"}},
        [PHRASE_REFUSED] = {{"refused: “{0}”", "受け付けません: 「{0}」"}},
        [PHRASE_REFUSED_SCORE] = {{"the score of {0} points is above --max-score", "スコア {0} 点が --max-score を超えています"}},
        [PHRASE_REFUSED_MORE] = {{"... and {0} more", "… ほか {0} 件"}},
        [PHRASE_GATE_CANNOT_RUN] = {{"gate: the mail is held, because {0} cannot be run", "ゲート: {0} を実行できないため、メールを保留します"}},
        [PHRASE_GATE_TIMEOUT] = {{"time limit of {0} s reached", "制限時間（{0} 秒）に達しました"}},
        [PHRASE_GATE_DIED] = {{"presend died of signal {0}", "presend がシグナル {0} で終了しました"}},
        [PHRASE_INBOX] = {{"In the inbox", "受信トレイでの表示"}},
        [PHRASE_IMAGES_OFF] = {{"The mail with images off", "画像を表示しないときの本文"}},
        [PHRASE_PLAIN_VIEW] = {{"The mail (plain text)", "本文（テキスト形式）"}},
        [PHRASE_SPOKEN] = {{"What a screen reader reads first", "スクリーンリーダーが最初に読み上げる内容"}},
        [PHRASE_ON_COMPUTER] = {{"desktop", "パソコン"}},
        [PHRASE_ON_PHONE] = {{"phone", "スマートフォン"}},
        [PHRASE_NO_SENDER] = {{"(no sender)", "（差出人なし）"}},
        [PHRASE_NO_SUBJECT] = {{"(no subject)", "（件名なし）"}},
        [PHRASE_SENDER_ELSEWHERE] = {{"(sender: not in this template)", "（差出人: テンプレートに記載なし）"}},
        [PHRASE_SUBJECT_ELSEWHERE] = {{"(subject: not in this template)", "（件名: テンプレートに記載なし）"}},
        [PHRASE_PREVIEW_NOTHING] = {{"There is no text to show behind the subject.", "件名の後に表示される文字はありません。"}},
        [PHRASE_PREVIEW_HIDDEN] = {{"The text behind the subject is the hidden preheader.", "件名の後に表示されるのは、隠しプリヘッダーです。"}},
        [PHRASE_PREVIEW_VISIBLE] = {{"The text behind the subject is the first text of the mail; there is no preheader.",
                "件名の後に表示されるのは、本文の最初の文字です。プリヘッダーはありません。"}},
        [PHRASE_PREVIEW_PLAIN] = {{"The text behind the subject is the first text of the mail.", "件名の後に表示されるのは、本文の最初の文字です。"}},
        [PHRASE_PREVIEW_DECLARED] = {{"The text behind the subject is the preheader of the template.", "件名の後に表示されるのは、テンプレートのプリヘッダーです。"}},
        [PHRASE_OF_MESSAGES] = {{"message {0} of {1}", "{1} 通中 {0} 通目"}},
        [PHRASE_IMAGE] = {{"[image: {0}]", "［画像: {0}］"}},
        [PHRASE_IMAGE_EMPTY] = {{"[image]", "［画像］"}},
        [PHRASE_BODY_EMPTY] = {{"(nothing to read)", "（読める文字がありません）"}},
        [PHRASE_SPOKEN_TITLE] = {{"title: {0}", "タイトル: {0}"}},
        [PHRASE_SPOKEN_NO_TITLE] = {{"title: none", "タイトル: なし"}},
        [PHRASE_SPOKEN_LANGUAGE] = {{"language: {0}", "言語: {0}"}},
        [PHRASE_SPOKEN_NO_LANGUAGE] = {{"language: not given, so that the voice may be the wrong one", "言語: 指定なし（別の言語の音声で読み上げられることがあります）"}},
        [PHRASE_SPOKEN_TABLE] = {{"table, {0} rows, {1} columns", "表、{0} 行 {1} 列"}},
        [PHRASE_SPOKEN_HEADING] = {{"heading level {0}: {1}", "見出しレベル {0}: {1}"}},
        [PHRASE_SPOKEN_ITEM] = {{"list item: {0}", "リスト項目: {0}"}},
        [PHRASE_SPOKEN_TEXT] = {{"{0}", "{0}"}},
        [PHRASE_SPOKEN_LINK] = {{"link: {0}", "リンク: {0}"}},
        [PHRASE_SPOKEN_LINK_ADDRESS] = {{"link without a name, its address is read: {0}", "名前のないリンク（URL が読み上げられます）: {0}"}},
        [PHRASE_SPOKEN_IMAGE] = {{"image: {0}", "画像: {0}"}},
        [PHRASE_SPOKEN_IMAGE_FILE] = {{"image without alt, its file name is read: {0}", "alt のない画像（ファイル名が読み上げられます）: {0}"}},
        [PHRASE_SPOKEN_TABLES] = {{"tables that are announced although they may be layout (no role=\"presentation\"): {0}",
                "レイアウト用でも表として読み上げられる table（role=\"presentation\" なし）: {0} 箇所"}},
        [PHRASE_SPOKEN_IMAGE_FILES] = {{"images without alt: {0}", "alt のない画像: {0} 枚"}},
        [PHRASE_SPOKEN_LINK_ADDRESSES] = {{"links without a name: {0}", "名前のないリンク: {0} 箇所"}},
        [PHRASE_GMAIL] = {{"Gmail", "Gmail"}},
        [PHRASE_YAHOO] = {{"Yahoo, AOL", "Yahoo、AOL"}},
        [PHRASE_OUTLOOK] = {{"Outlook.com", "Outlook.com"}},
        [PHRASE_ICLOUD] = {{"iCloud", "iCloud"}},
        [PHRASE_JAPAN_CARRIERS] = {{"Japanese carriers", "国内キャリア"}},
        [PHRASE_LAW_JP] = {{"Law: Japan", "法令: 日本"}},
        [PHRASE_LAW_US] = {{"Law: United States", "法令: 米国"}},
        [PHRASE_LAW_EU] = {{"Law: European Union", "法令: EU"}},
        [PHRASE_LAW_CA] = {{"Law: Canada", "法令: カナダ"}},
        [PHRASE_SEVERAL_RECEIVERS] = {{"Asked by several of them", "複数の受信側が求めるもの"}},
        [PHRASE_VERDICT_FAIL] = {{"fail", "不合格"}},
        [PHRASE_VERDICT_UNKNOWN] = {{"unknown", "未判定"}},
        [PHRASE_VERDICT_PASS] = {{"pass", "合格"}},
        [PHRASE_VERDICT_NEEDS_DNS] = {{"needs-dns", "DNS 要確認"}},
        [PHRASE_VERDICT_NEEDS_RECEIVER] = {{"needs-receiver", "要実地確認"}},
        [PHRASE_VERDICT_NOT_APPLICABLE] = {{"not-applicable", "対象外"}},
        [PHRASE_REASON_NOTHING] = {{"nothing of the kind in this mail", "このメールには該当するものがありません"}},
        [PHRASE_REASON_STAGE] = {{"not asked at this stage (--stage)", "この段階では求められません（--stage）"}},
        [PHRASE_REASON_CLASS] = {{"not asked of this kind of mail (--class)", "この種別のメールには求められません（--class）"}},
        [PHRASE_REASON_VOLUME] = {{"asked of bulk senders only (--volume)", "大量送信者だけに求められます（--volume）"}},
        [PHRASE_REASON_PROFILE] = {{"asked under another profile only (--profile)", "ほかのプロファイルだけで求められます（--profile）"}},
        [PHRASE_REASON_REMARK] = {{"a remark, to be judged by you", "参考の指摘です。内容を見て判断してください"}},
        [PHRASE_REASON_SEVERAL] = {{"seen only when several messages are checked at once", "複数のメールを一度に検査したときだけ分かります"}},
        [PHRASE_REASON_ADDED] = {{"the list system adds it (adds-headers); check a mail that was sent (--stage final or received)",
                "配信システムが追加するため（adds-headers）、送信したメールで確認してください（--stage final または received）"}},
        [PHRASE_REASON_NO_RULE] = {{"no rule of this run decides it", "判定するルールが今回の実行にありません"}},
        [PHRASE_ANSWER] = {{"answered by", "確認先"}},
        [PHRASE_MORE_FINDINGS] = {{"… and {0} more (--verbose shows all)", "… ほかに {0} 件あります（--verbose ですべて表示）"}},
        [PHRASE_PREFLIGHT_WARN] = {{"warn", "注意"}},
        [PHRASE_PREFLIGHT_UNKNOWN] = {{"unknown", "不明"}},
        [PHRASE_PREFLIGHT_PUBLISH] = {{"publish", "公開するレコード"}},
        [PHRASE_PREFLIGHT_SNAPSHOT] = {{"answers of DNS from", "DNS の回答の出所"}},
        [PHRASE_PREFLIGHT_MORE_LINES] = {{"and {0} more lines (--verbose)", "ほか {0} 行（--verbose で表示）"}},
};

const char *phrase(enum phrase which, enum language language)
{
	return phrases[which].text[language];
}

void phrase_append(GString *out, enum phrase which, enum language language, const char *const *args)
{
	size_t n_args = 0;

	while (args[n_args])
		n_args++;
	for (const char *p = phrase(which, language); *p; p++) {
		if (p[0] == '{' && p[1] >= '0' && p[1] <= '9' && p[2] == '}' && (size_t)(p[1] - '0') < n_args) {
			g_string_append(out, args[p[1] - '0']);
			p += 2;
		} else {
			g_string_append_c(out, *p);
		}
	}
}
