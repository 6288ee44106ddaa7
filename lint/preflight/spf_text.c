/* Role: what is wrong with SPF, as sentences for people in both languages.
 * May not: find it; spf.c and spf_lint.c do. */
#include <glib.h>

#include "preflight/dns_text.h"
#include "preflight/spf.h"

struct wording {
	enum spf_fault_kind kind;
	const char *text[N_LANGUAGES], *help[N_LANGUAGES];
};

/* {term}, {domain}, {detail} and {number} are those of the fault. */
static const struct wording wordings[] = {
	{ SPF_DNS,
	  { "DNS did not answer: {detail}", "DNS の応答が得られませんでした: {detail}" },
	  { "Try again later. If it stays so, ask whoever runs the name servers: receivers get no answer either, and put mail off.",
	    "時間をおいて再度実行してください。続く場合は、ネームサーバーの管理者に確認してください。受信側でも応答が得られず、配送が遅れます。" } },
	{ SPF_MULTIPLE,
	  { "{domain} has {number} SPF records; receivers then use none", "{domain} に SPF レコードが {number} 件あります。この場合、受信側はどれも使いません" },
	  { "Keep one TXT record that begins with v=spf1 and write what the others allow into it.",
	    "v=spf1 で始まる TXT レコードを 1 件だけにし、ほかのレコードの内容をそこにまとめてください。" } },
	{ SPF_INCLUDE_NONE,
	  { "\"{term}\" names {detail}, which has no SPF record", "「{term}」が指す {detail} に SPF レコードがありません" },
	  { "Take the term out, or write the name that the service gives in its instructions.",
	    "この項目を削除するか、配信サービスの説明にある正しい名前に直してください。" } },
	{ SPF_LOOP,
	  { "\"{term}\" leads back to the record of {detail}", "「{term}」をたどると {detail} のレコードに戻ってしまいます" },
	  { "Take the term out: a record must not include itself.", "この項目を削除してください。レコードが自分自身を参照することはできません。" } },
	{ SPF_TOO_MANY_LOOKUPS,
	  { "the record needs {number} DNS look-ups; receivers give up after 10", "DNS の参照が {number} 回必要です。受信側は 10 回で打ち切ります" },
	  { "Take out services that do not send for you any more; write addresses that never change as ip4: and ip6:; give each service a subdomain of its own.",
	    "使っていない配信サービスの項目を削除し、変わらないアドレスは ip4: や ip6: で書き、サービスごとにサブドメインを分けてください。" } },
	{ SPF_TOO_MANY_VOIDS,
	  { "{number} look-ups find nothing; receivers give up after 2", "{number} 回の参照で結果が得られません。受信側は 2 回までしか認めません" },
	  { "Take out the names that do not exist any more.", "存在しない名前を指す項目を削除してください。" } },
	{ SPF_TOO_MANY_MX,
	  { "\"{term}\" stands for {number} mail servers; receivers give up at more than 10", "「{term}」に該当するメールサーバーが {number} 台あります。受信側は 10 台を超えると打ち切ります" },
	  { "Write the sending servers as ip4: and ip6: instead.", "送信サーバーを ip4: や ip6: で書いてください。" } },
	{ SPF_NON_ASCII,
	  { "\"{term}\" holds a character that is not ASCII", "「{term}」に ASCII 以外の文字が含まれています" },
	  { "Type the term again: often a long dash or a full-width character was copied.", "この項目を入力し直してください。長いダッシュや全角文字がコピーされていることがよくあります。" } },
	{ SPF_UNKNOWN_MECHANISM,
	  { "\"{term}\" is nothing that SPF knows", "「{term}」は SPF にない書き方です" },
	  { "Mechanisms are all, include, a, mx, ip4, ip6 and exists; between terms stand blanks, and no comma or semicolon.",
	    "使えるのは all、include、a、mx、ip4、ip6、exists です。項目は空白で区切り、カンマやセミコロンは使いません。" } },
	{ SPF_NEEDS_VALUE,
	  { "\"{term}\" lacks its value", "「{term}」に値がありません" },
	  { "Write the value right behind the colon, without a blank: ip4:192.0.2.1.", "コロンのすぐ後に、空白を入れずに値を書いてください（例: ip4:192.0.2.1）。" } },
	{ SPF_NO_VALUE,
	  { "\"{term}\" has a value that it cannot have", "「{term}」に指定できない値が付いています" },
	  { "Write all alone, as -all or ~all; ptr takes no prefix length.", "all は -all や ~all のように単独で書いてください。ptr にプレフィックス長は付けられません。" } },
	{ SPF_BAD_ADDRESS,
	  { "\"{term}\" is no address", "「{term}」はアドレスとして正しくありません" },
	  { "ip4: takes an IPv4 address and ip6: an IPv6 address, each with or without a prefix length.", "ip4: には IPv4、ip6: には IPv6 のアドレスを書いてください。プレフィックス長も付けられます。" } },
	{ SPF_BAD_PREFIX,
	  { "the prefix length of \"{term}\" is not valid", "「{term}」のプレフィックス長が正しくありません" },
	  { "It is a number from 0 to 32 for IPv4, and to 128 for IPv6; behind a and mx the one for IPv6 has two slashes: a/24//64.",
	    "IPv4 は 0〜32、IPv6 は 0〜128 です。a と mx では、IPv6 の値の前にスラッシュを 2 つ書きます（例: a/24//64）。" } },
	{ SPF_ADDRESS_AS_NAME,
	  { "\"{term}\" has an address where a name must stand", "「{term}」では、名前を書くところにアドレスが書かれています" },
	  { "Write ip4: or ip6: before an address.", "アドレスは ip4: または ip6: で書いてください。" } },
	{ SPF_BAD_NAME,
	  { "\"{term}\" names no domain", "「{term}」のドメイン名が正しくありません" },
	  { "Write a whole domain name with a dot in it.", "ドットを含む完全なドメイン名を書いてください。" } },
	{ SPF_BAD_MACRO,
	  { "the macro in \"{term}\" is not valid", "「{term}」のマクロが正しくありません" },
	  { "A macro is written as %{i}; a per cent sign itself as %%.", "マクロは %{i} のように書きます。% そのものは %% と書きます。" } },
	{ SPF_MODIFIER_TWICE,
	  { "\"{term}\": this modifier stands twice", "「{term}」: この修飾子は 2 回書けません" },
	  { "Keep one of them.", "どちらか 1 つだけにしてください。" } },
	{ SPF_EVERYBODY,
	  { "\"{term}\" in the record of {domain} lets everybody send", "{domain} のレコードの「{term}」は、すべての送信元を許可します" },
	  { "Name your own senders and end with ~all or -all.", "自分の送信元だけを書き、最後を ~all または -all にしてください。" } },
	{ SPF_NEAR_MISS,
	  { "this TXT record of {domain} looks like SPF, but no receiver reads it: {detail}", "{domain} のこの TXT レコードは SPF のように見えますが、受信側には認識されません: {detail}" },
	  { "Begin it with v=spf1 and a blank, without quotation marks of your own.", "引用符を付けずに、「v=spf1」と空白で始めてください。" } },
	{ SPF_UNREACHABLE,
	  { "\"{term}\" stands behind all and is never looked at", "「{term}」は all の後にあるため、評価されません" },
	  { "Write all as the last mechanism.", "all を最後に書いてください。" } },
	{ SPF_REDIRECT_IGNORED,
	  { "\"{term}\" has no effect beside all", "all があるため「{term}」は無視されます" },
	  { "Take out one of the two.", "どちらか一方を削除してください。" } },
	{ SPF_NO_ALL,
	  { "the record ends without all: servers that it does not name are neither allowed nor refused", "レコードの最後に all がありません。書かれていない送信元は、許可も拒否もされません" },
	  { "End it with ~all, or with -all once you know all your senders.", "最後に ~all を書いてください。すべての送信元を把握できたら -all にします。" } },
	{ SPF_NEUTRAL_ALL,
	  { "\"{term}\" says nothing about servers that the record does not name", "「{term}」では、書かれていない送信元について何も示しません" },
	  { "Write ~all, or -all once you know all your senders.", "~all を書いてください。すべての送信元を把握できたら -all にします。" } },
	{ SPF_PTR,
	  { "\"{term}\" makes receivers look up names of addresses; RFC 7208 says not to use it", "「{term}」は逆引きを必要とします。RFC 7208 では使わないこととされています" },
	  { "Write the addresses as ip4: and ip6: instead.", "アドレスを ip4: や ip6: で書いてください。" } },
	{ SPF_VOID,
	  { "\"{term}\": nothing is found at {detail}", "「{term}」: {detail} には該当するレコードがありません" },
	  { "Take the term out, or mend the name: receivers allow two such look-ups.", "この項目を削除するか、名前を直してください。受信側はこのような参照を 2 回までしか認めません。" } },
	{ SPF_LONG_ANSWER,
	  { "the TXT records of {domain} have {number} bytes together; above 450 they may not fit into one packet", "{domain} の TXT レコードが合計 {number} バイトあります。450 バイトを超えると 1 つのパケットに収まらないことがあります" },
	  { "Take out TXT records that no service needs any more.", "使われていない TXT レコードを削除してください。" } },
	{ SPF_DUPLICATE,
	  { "\"{term}\" stands twice", "「{term}」が 2 回書かれています" },
	  { "Take one of them out.", "どちらか一方を削除してください。" } },
	{ SPF_HOST_BITS,
	  { "\"{term}\" allows the whole range {detail}", "「{term}」は {detail} の範囲全体を許可します" },
	  { "Leave the prefix length out for a single address, or write the first address of the range.", "1 つのアドレスだけならプレフィックス長を付けず、範囲なら先頭のアドレスを書いてください。" } },
	{ SPF_OLD_TYPE,
	  { "{domain} has a record of type SPF, which no receiver asks for any more", "{domain} に SPF 型のレコードがあります。この型はもう使われていません" },
	  { "Take it out; the TXT record is the one that counts.", "削除してください。有効なのは TXT レコードです。" } },
};

static const struct wording *find(enum spf_fault_kind kind)
{
	for (size_t i = 0; i < G_N_ELEMENTS(wordings); i++)
		if (wordings[i].kind == kind)
			return &wordings[i];
	g_assert_not_reached();
}

static const char *fill(struct arena *arena, const char *text, const struct spf_fault *fault)
{
	const char *term = dns_record_text(arena, DNS_TXT, &(struct dns_record){ .data = fault->term });
	const struct {
		const char *name, *value;
	} places[] = { { "{term}", term }, { "{domain}", fault->domain }, { "{detail}", fault->detail }, { "{number}", arena_printf(arena, "%zu", fault->number) } };
	GString *out = g_string_new(NULL);

	while (*text) {
		size_t i = 0;
		while (i < G_N_ELEMENTS(places) && !g_str_has_prefix(text, places[i].name))
			i++;
		if (i == G_N_ELEMENTS(places)) {
			g_string_append_c(out, *text++);
			continue;
		}
		g_string_append(out, places[i].value ? places[i].value : "");
		text += strlen(places[i].name);
	}
	const char *filled = arena_copy(arena, span_of(out->str, out->len));
	g_string_free(out, TRUE);
	return filled;
}

const char *spf_fault_text(struct arena *arena, const struct spf_fault *fault, enum language language)
{
	struct spf_fault shown = *fault;

	if (fault->answer)
		shown.detail = arena_printf(arena, "%s %s: %s", fault->answer->name, dns_type_name(fault->answer->type), dns_reason_text(fault->answer, language));
	return fill(arena, find(fault->kind)->text[language], &shown);
}

const char *spf_fault_help(struct arena *arena, const struct spf_fault *fault, enum language language)
{
	const char *help = fill(arena, find(fault->kind)->help[language], fault);

	if (fault->kind != SPF_UNKNOWN_MECHANISM || !fault->detail)
		return help;
	return arena_printf(arena, language == LANGUAGE_JA ? "「%s」の間違いではありませんか。%s" : "Did you mean %s? %s", fault->detail, help);
}
