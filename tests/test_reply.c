/* Tests of the table of replies: each is found by its example and not by its near miss, and everything in it leads somewhere. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "bounce/reply.h"
#include "rule/requirement.h"

static struct bounce_entry entry_of(struct arena *arena, const struct reply_example *example)
{
	struct bounce_entry entry = {.kind = BOUNCE_DSN, .action = ACTION_FAILED, .reply = example->text, .stage = example->stage};

	entry.reply_code = reply_code_of(span_str(example->text));
	entry.status = example->status ? example->status : reply_status_of(arena, span_str(example->text));
	entry.temporary = entry.status ? entry.status[0] == '4' : entry.reply_code / 100 == 4;
	if (entry.status && entry.status[0] == '2')
		entry.action = ACTION_DELIVERED;
	if (example->receiver) {
		const struct reply_receiver *receiver = reply_receiver_find(example->receiver);
		ck_assert_msg(receiver != NULL, "no receiver %s", example->receiver);
		const char *const *names = receiver->hosts ? receiver->hosts : receiver->domains;
		entry.remote_mta = names[0][0] == '.' ? arena_printf(arena, "mx%s", names[0]) : names[0];
	}
	reply_judge(&entry);
	return entry;
}

static char *found(const struct bounce_entry *entry)
{
	GString *ids = g_string_new(NULL);

	for (size_t i = 0; i < entry->n_replies; i++)
		g_string_append_printf(ids, "%s%s", i ? " " : "", entry->replies[i]->id);
	return g_string_free(ids, FALSE);
}

START_TEST(examples)
{
	for (size_t i = 0; i < n_builtin_replies; i++) {
		const struct reply *reply = &builtin_replies[i];
		struct arena *arena = arena_new();

		for (size_t k = 0; k < reply->n_examples; k++) {
			const struct reply_example *example = &reply->examples[k];
			struct bounce_entry entry = entry_of(arena, example);
			char *ids = found(&entry);
			if (example->hit)
				ck_assert_msg(entry.n_replies && entry.replies[0] == reply, "%s: \"%s\" is %s", reply->id, example->text, ids);
			for (size_t n = 0; !example->hit && n < entry.n_replies; n++)
				ck_assert_msg(entry.replies[n] != reply, "%s: near miss \"%s\" is %s", reply->id, example->text, ids);
			g_free(ids);
		}
		arena_free(arena);
	}
}
END_TEST

/* The catalogue has 47 + 14 + 23 + 12 + 14 + 13 rows. */
START_TEST(the_table_is_whole)
{
	static const struct {
		const char *letter;
		int n;
	} rows[] = {{"G", 47}, {"Y", 14}, {"M", 23}, {"A", 12}, {"D", 14}, {"X", 13}};

	for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
		for (int n = 1; n <= rows[i].n; n++) {
			char id[16];
			g_snprintf(id, sizeof(id), "%s-%02d", rows[i].letter, n);
			ck_assert_msg(reply_find(id) != NULL, "%s is missing", id);
		}
	}
	ck_assert_uint_eq(n_builtin_replies, 123);
}
END_TEST

START_TEST(requirements_exist)
{
	for (size_t i = 0; i < n_builtin_replies; i++) {
		for (const char *const *id = builtin_replies[i].requirements; id && *id; id++) {
			bool kind = strchr(*id, '*') != NULL, known = requirement_find(*id) != NULL;
			for (size_t k = 0; kind && k < n_builtin_requirements; k++)
				known = known || strncmp(builtin_requirements[k].id, *id, 3) == 0;
			ck_assert_msg(known, "%s: there is no requirement %s", builtin_replies[i].id, *id);
		}
	}
}
END_TEST

static struct bounce_entry judged(struct arena *arena, const char *reply, const char *host, const char *recipient)
{
	struct bounce_entry entry = {.kind = BOUNCE_TRANSCRIPT, .action = ACTION_FAILED, .reply = reply, .remote_mta = host, .recipient = recipient};

	entry.reply_code = reply_code_of(span_str(reply));
	entry.status = reply_status_of(arena, span_str(reply));
	entry.temporary = entry.status ? entry.status[0] == '4' : entry.reply_code / 100 == 4;
	reply_judge(&entry);
	return entry;
}

/* The bounce of 2016 with which it all began: only the first line was kept, and three continuations are known. */
START_TEST(founding_story)
{
	struct arena *arena = arena_new();
	struct bounce_entry entry = judged(arena, "550-5.7.1 Our system has detected that this message is", NULL, NULL);
	char *ids = found(&entry);

	ck_assert_str_eq(ids, "G-26 G-27 G-28 G-29 G-30 G-01 G-03 G-04");
	ck_assert(entry.ambiguous);
	g_free(ids);
	/* With the address in front, and with the rest of it. */
	entry = judged(arena, "550-5.7.1 [192.0.2.1 12] Our system has detected that this message is", NULL, NULL);
	ck_assert(entry.n_replies == 8 && entry.ambiguous);
	entry = judged(arena, "550-5.7.1 [192.0.2.1 12] Our system has detected that this message is\n550-5.7.1 likely unsolicited mail. To reduce", NULL, NULL);
	ck_assert(entry.n_replies == 1 && strcmp(entry.replies[0]->id, "G-01") == 0 && !entry.ambiguous);
	arena_free(arena);
}
END_TEST

START_TEST(closed_lists)
{
	struct arena *arena = arena_new();
	struct bounce_entry entry = judged(arena, "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using relays.ordb.org", NULL, NULL);

	ck_assert(entry.list && entry.list->dead && entry.n_replies == 0);
	entry = judged(arena, "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using dnsbl.sorbs.net; see http://www.sorbs.net/", NULL, NULL);
	ck_assert(entry.list && entry.list->dead);
	entry = judged(arena, "554 5.7.1 Service unavailable; Client host [192.0.2.1] blocked using zen.spamhaus.org", NULL, NULL);
	ck_assert(entry.list && !entry.list->dead);
	/* Near misses: another domain that ends alike, and an address. */
	entry = judged(arena, "550 5.7.1 blocked by modul.ru", NULL, NULL);
	ck_assert(!entry.list);
	entry = judged(arena, "550 5.1.1 <reader@dul.ru> rejected", NULL, NULL);
	ck_assert(!entry.list);
	arena_free(arena);
}
END_TEST

START_TEST(receivers)
{
	struct arena *arena = arena_new();

	/* The server says who answers, not the reader's domain: many companies have their mail at Google. */
	ck_assert_str_eq(judged(arena, "550 5.1.1 x", "aspmx.l.google.com", "a@example.jp").receiver->id, "gmail");
	ck_assert_str_eq(judged(arena, "550 5.1.1 x", NULL, "a@docomo.ne.jp").receiver->id, "docomo");
	ck_assert_str_eq(judged(arena, "550 5.1.1 x", "example-jp.mail.protection.outlook.com", "a@example.jp").receiver->id, "microsoft");
	ck_assert_ptr_eq(judged(arena, "550 5.1.1 x", "mx.notgoogle.com", "a@example.jp").receiver, NULL);
	ck_assert_str_eq(judged(arena, "552 5.2.2 x", NULL, "a@x1234567890123.dion.ne.jp").receiver->id, "au");
	ck_assert_str_eq(judged(arena, "550 5.1.1 x", "mail2.pdx.ne.jp", "a@wm.pdx.ne.jp").receiver->id, "softbank");
	/* Google's page says who answers where it explains a refusal, not where Google could not deliver to another. */
	ck_assert_str_eq(judged(arena, "550-5.1.1 x https://support.google.com/mail/?p=NoSuchUser", NULL, "a@example.jp").receiver->id, "gmail");
	ck_assert_ptr_eq(judged(arena, "The recipient server did not accept our requests to connect. Learn more at https://support.google.com/mail/answer/7720", NULL, "a@example.jp").receiver, NULL);
	/* Common words say nothing where another answers. */
	ck_assert_str_eq(judged(arena, "550 5.1.1 this account does not exist", "mx.example.jp", "a@example.jp").replies[0]->id, "X-01");
	arena_free(arena);
}
END_TEST

START_TEST(forms)
{
	struct arena *arena = arena_new();
	GString *folded = reply_fold(SPAN_LIT("550-5.7.1 [192.0.2.1]  Your E-Mail\r\n550-5.7.1 didn\xE2\x80\x99t pass 550-5.7.1 Email\n550 5.7.1 checks"));

	ck_assert_str_eq(folded->str, "[192.0.2.1] your mail didn't pass mail checks");
	g_string_free(folded, TRUE);
	ck_assert_str_eq(reply_joined(arena, SPAN_LIT("550-5.7.1 one\n550-5.7.1 two\n550 5.7.1 three")), "550-5.7.1 one two three");
	ck_assert(reply_is_cut(SPAN_LIT("550-5.7.1 Our system has")));
	ck_assert(!reply_is_cut(SPAN_LIT("550-5.7.1 Our system has\n550 5.7.1 ended")));
	ck_assert(!reply_is_cut(SPAN_LIT("550 5.7.1 call 555-1234")));
	ck_assert_int_eq(reply_code_of(SPAN_LIT("host mx[192.0.2.250] said: 452 4.2.2 full")), 452);
	ck_assert_int_eq(reply_code_of(SPAN_LIT("port 25000 of 192.0.2.1")), 0);
	ck_assert_str_eq(reply_status_of(arena, SPAN_LIT("550-5.7.26 x 4.2.1 y")), "5.7.26");
	ck_assert_ptr_eq(reply_status_of(arena, SPAN_LIT("550 version 5.7.1.2")), NULL);
	ck_assert(is_status_code(SPAN_LIT("5.7.606")) && !is_status_code(SPAN_LIT("5.7")) && !is_status_code(SPAN_LIT("3.7.1")));
	arena_free(arena);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("reply");
	TCase *table = tcase_create("table"), *cases = tcase_create("cases");

	tcase_add_test(table, examples);
	tcase_add_test(table, the_table_is_whole);
	tcase_add_test(table, requirements_exist);
	tcase_add_test(cases, founding_story);
	tcase_add_test(cases, closed_lists);
	tcase_add_test(cases, receivers);
	tcase_add_test(cases, forms);
	suite_add_tcase(suite, table);
	suite_add_tcase(suite, cases);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
