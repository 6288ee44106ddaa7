/* Tests of rule/optout.c with the words of our rule: which wordings offer a way out of a list, in each form that real footers have, and
 * which only look like it. */
#include <check.h>
#include <glib.h>
#include <stdlib.h>

#include "base/normal.h"
#include "rule/optout.h"

static struct optout_words words;
static struct arena *arena_of_words;

static void use_our_words(void)
{
	const struct rule_set all = *builtin_rules();
	const struct rule *rule = rule_set_find(&all, "unsubscribe-link-missing");

	ck_assert_ptr_nonnull(rule);
	if (!arena_of_words)
		arena_of_words = arena_new();
	words = *optout_words_new(arena_of_words, rule);
}

static bool is_mentioned(const char *text)
{
	struct arena *arena = arena_new();
	const struct text source = { .bytes = span_str(text) };
	bool found = optout_mentioned(&words, normal_l1(arena, &source)->bytes);

	arena_free(arena);
	return found;
}

/* Each of the first words with each of the others: "配信", "の", "停止". */
static const struct {
	const char *first, *between, *last, *behind;
} products[] = {
	{ "配信 購読 受信 登録 メルマガ メールマガジン メール ニュースレター 会員", " の を",
	  "停止 解除 中止 拒否 キャンセル 取り消し 取消し お断り 退会 解約 抹消 ストップ 変更・停止 変更・解除", "はこちら" },
	/* Not of メール: "このメールを削除してください" is what a wrong recipient is asked. */
	{ "配信 購読 登録 メルマガ メールマガジン", " の", "削除", "をご希望の方は" },
	{ "解除", "", "はこちら をご希望 を希望 ご希望 希望 手続 のお手続き 方法 フォーム url", "" },
	{ "ワン 1 2 １ ２ ツー", "", "クリック解除", "" },
	{ "配信設定 配信先", " の を", "変更 停止 解除", "" },
	{ "退会", "", "手続 は を の ご希望 フォーム", "" },
	{ "オプトアウト unsubscribe Unsubscribe opt-out optout opt‐out", "", "", "" },
	{ "配信 送信 受信 案内 購読 メール", "を が の ", "希望しない 希望されない 不要な ご不要な 必要としない 止めたい", "方は" },
	{ "今後このような 今後、この 今後は花見堂の", "メール 配信 案内 ご案内 お知らせ", "が不要な を希望しない を希望されない が不要であれば、その", "方は" },
	{ "配信停止をご希望の", "", "方は 場合は", "" },
	{ "件名に「配信停止」とご記入ください マイページからメール配信設定を変更", "", "", "" },
};

START_TEST(each_of_a_kind)
{
	char **first = g_strsplit(products[_i].first, " ", -1), **between = g_strsplit(products[_i].between, " ", -1),
	     **last = g_strsplit(products[_i].last, " ", -1);

	use_our_words();
	for (size_t i = 0; first[i]; i++) {
		for (size_t j = 0; j == 0 || (between[0] && between[j]); j++) {
			for (size_t k = 0; k == 0 || (last[0] && last[k]); k++) {
				char *text = g_strconcat(first[i], between[0] ? between[j] : "", last[0] ? last[k] : "", products[_i].behind, NULL);
				ck_assert_msg(is_mentioned(text), "\"%s\" is not found", text);
				g_free(text);
			}
		}
	}
	g_strfreev(last);
	g_strfreev(between);
	g_strfreev(first);
}
END_TEST

static const char *const others[] = {
	"画面ロック解除",
	"ロック解除はこちら",
	"ロックの解除方法",
	"制限解除のお知らせ",
	"予約のキャンセル",
	"予約解除",
	"注文の解除",
	"注文のキャンセルはこちら",
	"契約解除",
	"契約の解除をご希望の方は",
	"警報解除",
	"警報の解除を希望",
	"規制解除",
	"配送停止",
	"自動退会",
	"解約手数料",
	"配信停止を承りました",
	"配信停止承りました",
	"削除依頼",
	"このメールを削除してください",
	"返信は不要です",
	"お知らせの中で",
	"中止のお知らせ",
};

START_TEST(another_thing)
{
	use_our_words();
	ck_assert_msg(!is_mentioned(others[_i]), "\"%s\" is taken for a way out", others[_i]);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("optout");
	TCase *tcase = tcase_create("optout");

	tcase_add_loop_test(tcase, each_of_a_kind, 0, G_N_ELEMENTS(products));
	tcase_add_loop_test(tcase, another_thing, 0, G_N_ELEMENTS(others));
	suite_add_tcase(suite, tcase);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
