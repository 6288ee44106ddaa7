/* The fixed words of the HTML report in every language, one row each. Words it shares with other reports stand in phrases.h. */
#ifndef PRESEND_REPORT_PAGE_WORDS_H
#define PRESEND_REPORT_PAGE_WORDS_H

#include <glib.h>

#include "rule/options.h"

/* {0}, {1} are places. ..._ONE is said of 1. */
#define PAGE_WORDS(X) \
	X(SKIP, "Skip to the findings", "指摘へ移動") \
	X(THEME, "Dark or light", "明暗を切り替え") \
	X(STOPS_ONE, "1 finding stops this mail.", "このメールは送信できません。指摘 1 件を直してください。") \
	X(STOPS_MANY, "{0} findings stop this mail.", "このメールは送信できません。指摘 {0} 件を直してください。") \
	X(STOPS_ERROR_ONE, "1 error stops this mail.", "エラーが 1 件あります。このままでは送信しないでください。") \
	X(STOPS_ERROR_MANY, "{0} errors stop this mail.", "エラーが {0} 件あります。このままでは送信しないでください。") \
	X(STOPS_SCORE, "The score is above the limit.", "スコアが上限を超えています。") \
	X(LIKE_SPAM, "It reads like spam: {0} % of such mails would be taken for it. Reword it before you send it.", "迷惑メールに似た文面です（判定される確率 {0} %）。送信前に文面を見直してください。") \
	X(NOTHING_STOPS, "Nothing stops this mail. Look at the findings below before you send it.", "送信を止める指摘はありません。送信前に、下の指摘を確認してください。") \
	X(GOOD, "Ready to send, as far as the draft can tell.", "原稿を見るかぎり、送信できます。") \
	X(FIRST, "Mend first", "最初に直すところ") \
	X(TIMES, "× {0}", "× {0}") \
	X(SECTIONS, "Sections", "目次") \
	X(FINDINGS, "Findings", "指摘") \
	X(NO_FINDINGS, "No findings.", "指摘はありません。") \
	X(ERROR, "error", "エラー") \
	X(WARNING, "warning", "警告") \
	X(ERRORS, "Errors", "エラー") \
	X(WARNINGS, "Warnings", "警告") \
	X(INFOS, "Info", "情報") \
	X(SHOW, "Show", "表示") \
	X(SEARCH, "Search the findings", "指摘を検索") \
	X(FOUND, "findings shown", "件を表示") \
	X(KEYS, "j and k: next and previous finding", "j / k: 次の指摘・前の指摘") \
	X(LINE, "line {0}", "{0} 行目") \
	X(IN_SOURCE, "in the source", "ソースで表示") \
	X(IN_DECODED, "in the decoded text", "デコード後の本文で表示") \
	X(MORE_PLACES, "{0} more", "ほか {0} 箇所") \
	X(HELP, "What to do", "対処") \
	X(WHY, "Why", "理由") \
	X(SOURCE_OF_RULE, "Source", "根拠") \
	X(REQUIREMENTS, "Requirements", "要件") \
	X(REPLY, "What a receiver answers", "受信側の応答") \
	X(FIX_SAFE, "--fix mends this.", "--fix で修正できます。") \
	X(FIX_UNSAFE, "--fix --unsafe-fixes mends this; look at the result.", "--fix --unsafe-fixes で修正できます。結果を確認してください。") \
	X(CHANGE, "The change", "修正内容") \
	X(CHANGE_OLD, "now", "現在") \
	X(CHANGE_NEW, "new", "修正後") \
	X(CHANGE_MORE, "{0} more places change; presend --diff shows them.", "ほか {0} 箇所も変わります。presend --diff で確認できます。") \
	X(COPY, "Copy the new text", "修正後をコピー") \
	X(COPIED, "Copied", "コピーしました") \
	X(ROWS, "{0} of {1} rows of {2}", "{2} の {1} 行のうち {0} 行") \
	X(SUPPRESSED_ONE, "1 finding is suppressed by the draft or the baseline and not shown.", "原稿またはベースラインで抑制された指摘が 1 件あります（表示していません）。") \
	X(SUPPRESSED_MANY, "{0} findings are suppressed by the draft or the baseline and not shown.", "原稿またはベースラインで抑制された指摘が {0} 件あります（表示していません）。") \
	X(SOURCE, "Source", "ソース") \
	X(RAW, "The file as it is", "ファイルの内容") \
	X(DECODED, "Part {0}, decoded", "パート {0}（デコード後）") \
	X(LEFT_OUT, "{0} bytes are not shown here", "{0} バイトを省略しました") \
	X(PARTLY, "Not all of it is shown: attachments, pictures and base64 are left out, and of a long text what lies far from every finding.", "一部だけを表示しています。添付ファイル・画像・base64 のデータと、長いテキストのうち指摘から離れた部分は省略しています。") \
	X(MAIL, "The mail", "メールの表示") \
	X(MAIL_FRAME, "The mail as a reader sees it", "読者から見たメール") \
	X(MAIL_SAFE, "A picture of the mail: no script runs, no form is sent, no link leads away, and nothing is loaded.", "表示の確認用です。スクリプトは実行されず、フォームは送信されず、リンクは開かず、外部からは何も読み込みません。") \
	X(MAIL_CUT, "The HTML has {0} bytes; the first {1} are shown.", "HTML は {0} バイトあります。先頭の {1} バイトを表示しています。") \
	X(MAIL_SCRIPT, "Of several mails on a page, the view is made by JavaScript, which is off.", "複数のメールをまとめたページでの表示には JavaScript が必要です（現在は無効です）。") \
	X(PICTURES_MISSING, "Pictures of the mail itself (cid:) that are not shown here: {0}. They are not in the mail, are no PNG, JPEG, GIF or WebP, or too large together.", "メールに添付された画像（cid:）のうち、{0} 件は表示していません。メールに含まれていないか、PNG・JPEG・GIF・WebP ではないか、合計サイズが大きすぎます。") \
	X(WIDTH, "Width", "幅") \
	X(DESKTOP, "Computer", "パソコン") \
	X(PHONE, "Phone", "スマートフォン") \
	X(COLOURS, "Colours", "配色") \
	X(LIGHT, "Light", "ライト") \
	X(DARK, "Dark", "ダーク") \
	X(INVERTED, "Inverted by the mail program", "メールソフトによる反転") \
	X(IMAGES, "Load the images", "画像を読み込む") \
	X(IMAGES_NOTE, "Images from servers are off; those in the mail itself are shown. Loading tells the servers that somebody looked.", "サーバー上の画像は表示していません（メールに含まれる画像は表示します）。読み込むと、画像のサーバーに閲覧したことが伝わります。") \
	X(PLAIN, "The plain text part", "テキスト形式の本文") \
	X(NO_BODY, "There is no text to show.", "表示できる本文がありません。") \
	X(INBOX, "In the inbox", "受信トレイでの表示") \
	X(CLIENT, "Mail program", "メールソフト") \
	X(ROW_SHOWN, "What is shown", "表示される内容") \
	X(NO_SENDER, "(no sender)", "（差出人なし）") \
	X(NO_SUBJECT, "(no subject)", "（件名なし）") \
	X(LINKS, "Links", "リンク") \
	X(LINKS_NOTE, "Addresses are plain text here, so that nobody unsubscribes a reader by a click.", "誤って配信停止などを実行しないよう、URL はクリックできない文字で表示しています。") \
	X(NO_LINKS, "No links.", "リンクはありません。") \
	X(LINK_TEXT, "What is read", "リンクの文字") \
	X(LINK_TARGET, "Where it leads", "リンク先") \
	X(LINK_NOTES, "To note", "備考") \
	X(LINK_HEADER, "header field", "ヘッダー") \
	X(LINK_BARE, "bare address in the text", "本文中の URL") \
	X(LINK_FORM, "form", "フォーム") \
	X(LINK_EMPTY, "(no text)", "（文字なし）") \
	X(LINK_HTTP, "http, unencrypted", "http（暗号化なし）") \
	X(LINK_HIDDEN, "hidden", "非表示") \
	X(LINKS_MORE, "{0} more links are not shown.", "ほかに {0} 件のリンクがあります（省略）。") \
	X(LINK_FINDINGS_ONE, "1 finding", "指摘 1 件") \
	X(LINK_FINDINGS_MANY, "{0} findings", "指摘 {0} 件") \
	X(SHEET, "What the receivers ask", "受信側の要件") \
	X(SHEET_TALLY, "{0} met, {1} failed, {2} open", "合格 {0}、不合格 {1}、未確認 {2}") \
	X(SHEET_NONE, "Nothing was asked.", "要件はありません。") \
	X(SHEET_ID, "Id", "ID") \
	X(SHEET_WHAT, "Requirement", "要件") \
	X(SHEET_WHO, "Who asks", "求める側") \
	X(SHEET_DETAIL, "Why, or who would know", "理由・確認先") \
	X(SHEET_IDS, "What the ids stand for", "ID の一覧と内容") \
	X(SHEET_ALL, "Requirements", "要件の一覧") \
	X(SHEET_KNOWS, "Who would know", "確認先") \
	X(SCORE, "Spam-likeness", "迷惑メールらしさ") \
	X(SCORE_IS, "{0} points: {1}. Probability of being taken for spam: {2} %", "{0} 点: {1}（迷惑メールと判定される確率: {2} %）") \
	X(SCORE_SHORT, "Score {0} points ({1}, {2} %)", "スコア {0} 点（{1}、{2} %）") \
	X(SCORE_LIMIT, "limit: {0} points", "上限: {0} 点") \
	X(SCORE_NOTHING, "Nothing adds to the score.", "スコアを上げる要素はありません。") \
	X(SCORE_WHAT, "What contributes", "要素") \
	X(SCORE_POINTS, "Points", "点") \
	X(SCORE_SHARE, "Share", "割合") \
	X(INDEX_TITLE, "{0} messages checked", "メール {0} 通の検査結果") \
	X(INDEX_STOPPED_ONE, "1 of {1} messages should not be sent yet.", "{1} 通のうち 1 通は、まだ送信しないでください。") \
	X(INDEX_STOPPED_MANY, "{0} of {1} messages should not be sent yet.", "{1} 通のうち {0} 通は、まだ送信しないでください。") \
	X(INDEX_GOOD, "Nothing stops any of the {0} messages.", "{0} 通とも、送信を止める指摘はありません。") \
	X(INDEX_NONE, "No message to check.", "検査対象のメールがありません。") \
	X(NOT_CHECKED, "Not checked", "検査できなかったファイル") \
	X(MESSAGES, "Messages", "メール一覧") \
	X(MESSAGE, "Message", "メール") \
	X(DATE, "Date", "日付") \
	X(VERDICT, "Verdict", "判定") \
	X(SIZE, "Size", "サイズ") \
	X(CHARACTERS, "Characters of text", "本文の文字数") \
	X(LINK_COUNT, "Links", "リンク数") \
	X(POINTS, "Score", "スコア") \
	X(STOP, "stop", "送信不可") \
	X(LOOK, "look", "要確認") \
	X(SEND, "good", "問題なし") \
	X(CHARTS, "Charts", "グラフ") \
	X(CHART_SCORES, "Messages by score", "スコアの分布") \
	X(CHART_RULES, "Findings by rule", "ルール別の指摘数") \
	X(CHART_GROWTH, "From issue to issue", "号ごとの推移") \
	X(CHART_DATES, "in the order of their dates", "日付順") \
	X(CHART_NAMES, "in the order of their names", "ファイル名順") \
	X(CHART_RULE, "Rule", "ルール") \
	X(CHART_RANGE, "Points", "点") \
	X(CHART_COUNT, "Messages", "通数") \
	X(CHART_FINDINGS, "Findings", "指摘数") \
	X(CHART_MORE_RULES, "{0} more rules", "ほか {0} ルール") \
	X(CHART_FROM_TO, "first {0}, last {1}, highest {2}", "最初 {0}、最後 {1}、最大 {2}") \
	X(CHART_FIGURE, "Figure", "項目") \
	X(CHART_FIRST, "First", "最初") \
	X(CHART_LAST, "Last", "最後") \
	X(CHART_LOWEST, "Lowest", "最小") \
	X(CHART_MEDIAN, "Median", "中央値") \
	X(CHART_HIGHEST, "Highest", "最大") \
	X(CHART_NUMBERS, "The numbers of every issue", "号ごとの数値") \
	X(BYTES, "Bytes", "バイト") \
	X(DETAILS_FIRST, "The first {0} messages are shown in full. Of the others the table has a row; give presend one of them to see all of it.", "先頭の {0} 通だけ詳細を表示しています。残りは一覧表だけに載せています。詳細は、そのファイルだけを指定して presend を実行すると確認できます。") \
	X(BACK, "Back to the list", "一覧に戻る") \
	X(NUMBER, "message {0}", "{0} 通目") \
	X(TEMPLATE, "template", "テンプレート") \
	X(MADE_BY, "Made by presend {0}. Nothing in this page is loaded from anywhere.", "presend {0} が作成しました。このページは外部から何も読み込みません。")

#define PAGE_WORD_NAME(name, en, ja) WORD_##name,
enum page_word { PAGE_WORDS(PAGE_WORD_NAME) N_PAGE_WORDS };
#undef PAGE_WORD_NAME

/* The words with places filled in, escaped for HTML; args ends with NULL. */
void page_word_append(GString *out, enum page_word which, enum language language, const char *const *args);

#define WORD_APPEND(out, which, language, ...) page_word_append((out), (which), (language), (const char *const[]){__VA_ARGS__, NULL})

#endif
