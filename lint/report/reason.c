/* Role: Japanese words for the system's reasons and for the remarks of mail/input.c, message_line.c and preflight/dns.c, found by their English ones, as the layer that
 * meets them knows no language. May not: look at a file or a message. */
#include "report/reason.h"

#include <errno.h>
#include <glib.h>
#include <string.h>

static const struct {
	int number;                    /* of the system; 0: the words of our own */
	const char *en, *ja;
} reasons[] = {
        {ENOENT, NULL, "ファイルまたはフォルダーが見つかりません"},
        {EACCES, NULL, "アクセス権がありません"},
        {EPERM, NULL, "許可されていない操作です"},
        {EISDIR, NULL, "ファイルではなくフォルダーです"},
        {ENOTDIR, NULL, "フォルダーではありません"},
        {EIO, NULL, "読み書き中にエラーが発生しました"},
        {ENOSPC, NULL, "ディスクの空き容量が足りません"},
        {EDQUOT, NULL, "ディスクの使用量が上限に達しています"},
        {EROFS, NULL, "書き込めないファイルシステムです"},
        {EMFILE, NULL, "開いているファイルが多すぎます"},
        {ENFILE, NULL, "システム全体で開いているファイルが多すぎます"},
        {ELOOP, NULL, "シンボリックリンクが循環しています"},
        {ENAMETOOLONG, NULL, "名前が長すぎます"},
        {ENXIO, NULL, "読み取れない種類のファイルです"},
        {0, "no drafts in this folder", "このフォルダーに原稿がありません"},
        {0, "it changed while it was being fixed", "修正中にファイルが変更されました"},
        {0, "must be ADDRESS, ADDRESS:PORT or [V6]:PORT", "アドレス、アドレス:ポート、[IPv6 アドレス]:ポートのいずれかで指定してください"},
        {0, "not JSON", "JSON として読めません"},
        {0, "the line ends inside its JSON", "JSON の途中で行が終わっています"},
        {0, "not a JSON object", "JSON のオブジェクトではありません"},
        {0, "\"path\" is no name", "\"path\" が名前として使えません"},
        {0, "has both \"text\" and \"base64\"", "\"text\" と \"base64\" の両方があります"},
        {0, "has neither \"text\" nor \"base64\"", "\"text\" も \"base64\" もありません"},
        {0, "\"text\" is no string", "\"text\" が文字列ではありません"},
        {0, "\"base64\" is no string", "\"base64\" が文字列ではありません"},
        {0, "\"base64\" is not base64", "\"base64\" の値が base64 として正しくありません"},
        {0, "the line is too long", "行が長すぎます"},
        {0, "its configuration is not sound", "適用される設定ファイルに誤りがあります"},
        {0, "holds several messages, as an mbox does; each needs a line of its own", "mbox のように複数のメールが入っています。1 行に 1 通ずつ入れてください"},
        {0, "folders are nested too deeply; not looked at", "フォルダーの入れ子が深すぎるため、検査していません"},
};

char *reason_in(enum language language, const char *text)
{
	for (size_t i = 0; language == LANGUAGE_JA && i < G_N_ELEMENTS(reasons); i++) {
		const char *en = reasons[i].number ? g_strerror(reasons[i].number) : reasons[i].en;
		if (!g_str_has_suffix(text, en))
			continue;
		size_t behind = strlen(text) - strlen(en);
		if (behind == 0 || (behind > 2 && strncmp(text + behind - 2, ": ", 2) == 0))
			return g_strdup_printf("%.*s%s", (int)behind, text, reasons[i].ja);
	}
	return g_strdup(text);
}
