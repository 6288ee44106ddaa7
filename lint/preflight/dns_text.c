/* Role: why an answer of DNS did not come, as words for people in both languages.
 * May not: ask; dns.c does, and gives each reason its English words. */
#include "preflight/dns_text.h"

#include <glib.h>
#include <string.h>

static const struct {
	const char *reason, *ja;
} words[] = {
	{ "timeout", "応答がありません（タイムアウト）" },
	{ "no time left", "制限時間に達しました" },
	{ "no server answers", "DNS サーバーに接続できません" },
	{ "FORMERR", "DNS サーバーがエラーを返しました（FORMERR）" },
	{ "SERVFAIL", "DNS サーバーがエラーを返しました（SERVFAIL）" },
	{ "NOTIMP", "DNS サーバーがエラーを返しました（NOTIMP）" },
	{ "REFUSED", "DNS サーバーが問い合わせを拒否しました（REFUSED）" },
	{ "an error that is not known", "DNS サーバーが不明なエラーを返しました" },
	{ "malformed answer", "回答の形式が壊れています" },
	{ "truncated answer", "回答が途中で切れています" },
	{ "CNAME loop", "CNAME が循環しているか、長すぎます" },
	{ "the server does not answer for this name (lame)", "サーバーがこの名前に回答しません（lame）" },
	{ "cannot be asked", "問い合わせを作成できません" },
	{ "too many questions in one run", "1 回の実行での問い合わせが多すぎます" },
	{ "too many bytes of answers in one run", "1 回の実行での回答が大きすぎます" },
	{ "not in the snapshot", "スナップショットに含まれていません" },
};

const char *dns_reason_text(const struct dns_answer *answer, enum language language)
{
	const char *reason = answer->reason ? answer->reason : "?";

	for (size_t i = 0; language == LANGUAGE_JA && i < G_N_ELEMENTS(words); i++)
		if (strcmp(words[i].reason, reason) == 0)
			return words[i].ja;
	return reason;
}
