/* Rules over several messages: each row gives records as facts_collect() makes them, and says which message is told of which earlier one.
 * Sources of the wants: RFC 5322, section 3.6.4 (Message-ID is unique), RFC 8058, section 3.1 (the URI tells the recipient). */
#include <check.h>
#include <glib.h>
#include <stdlib.h>

#include "draft_file.h"
#include "rule/several.h"
#include "run.h"

enum { MOST_MESSAGES = 4, NOBODY = -1 };

struct record {
	const char *id, *uri, *subject, *recipient, *list;
	bool one_click, is_template;
};

static const struct {
	const char *name, *check;
	struct record records[MOST_MESSAGES];
	size_t n;
	int want[MOST_MESSAGES]; /* the message that is named as the earlier one; NOBODY: nothing told */
} cases[] = {
	{ "the same Message-ID to two people", "message_id_repeated",
	  { { .id = "<1@a>", .recipient = "x@b" }, { .id = "<1@a>", .recipient = "y@b" } }, 2, { NOBODY, 0 } },
	{ "different Message-IDs", "message_id_repeated",
	  { { .id = "<1@a>", .recipient = "x@b" }, { .id = "<2@a>", .recipient = "y@b" } }, 2, { NOBODY, NOBODY } },
	{ "the same message stored twice", "message_id_repeated",
	  { { .id = "<1@a>", .recipient = "x@b", .subject = "s" }, { .id = "<1@a>", .recipient = "x@b", .subject = "s" } }, 2,
	  { NOBODY, NOBODY } },
	{ "one person, two subjects", "message_id_repeated",
	  { { .id = "<1@a>", .recipient = "x@b", .subject = "s" }, { .id = "<1@a>", .recipient = "x@b", .subject = "t" } }, 2,
	  { NOBODY, 0 } },
	{ "no Message-ID at all", "message_id_repeated", { { .recipient = "x@b" }, { .recipient = "y@b" } }, 2, { NOBODY, NOBODY } },
	{ "an empty Message-ID", "message_id_repeated", { { .id = "", .recipient = "x@b" }, { .id = "", .recipient = "y@b" } }, 2,
	  { NOBODY, NOBODY } },
	{ "three with one Message-ID: both later ones, the first is named", "message_id_repeated",
	  { { .id = "<1@a>", .recipient = "x@b" }, { .id = "<1@a>", .recipient = "y@b" }, { .id = "<1@a>", .recipient = "z@b" } }, 3,
	  { NOBODY, 0, 0 } },
	{ "two pairs", "message_id_repeated",
	  { { .id = "<1@a>", .recipient = "x@b" }, { .id = "<2@a>", .recipient = "y@b" }, { .id = "<2@a>", .recipient = "z@b" },
	    { .id = "<1@a>", .recipient = "w@b" } }, 4, { NOBODY, NOBODY, 1, 0 } },
	{ "templates have no identity", "message_id_repeated",
	  { { .id = "<1@a>", .recipient = "x@b" }, { .id = "<1@a>", .recipient = "y@b", .is_template = true } }, 2, { NOBODY, NOBODY } },

	{ "one URI for two people", "unsubscribe_uri_shared",
	  { { .uri = "https://a/u", .recipient = "x@b", .one_click = true }, { .uri = "https://a/u", .recipient = "y@b", .one_click = true } }, 2,
	  { NOBODY, 0 } },
	{ "two messages to one person", "unsubscribe_uri_shared",
	  { { .uri = "https://a/u", .recipient = "x@b", .one_click = true }, { .uri = "https://a/u", .recipient = "x@b", .one_click = true } }, 2,
	  { NOBODY, NOBODY } },
	{ "a URI of their own", "unsubscribe_uri_shared",
	  { { .uri = "https://a/u1", .recipient = "x@b", .one_click = true }, { .uri = "https://a/u2", .recipient = "y@b", .one_click = true } },
	  2, { NOBODY, NOBODY } },
	{ "not one-click: a page that asks who you are", "unsubscribe_uri_shared",
	  { { .uri = "https://a/u", .recipient = "x@b" }, { .uri = "https://a/u", .recipient = "y@b" } }, 2, { NOBODY, NOBODY } },
	{ "recipient unknown", "unsubscribe_uri_shared",
	  { { .uri = "https://a/u", .one_click = true }, { .uri = "https://a/u", .one_click = true } }, 2, { NOBODY, NOBODY } },

	{ "one subject for two issues of a list", "subject_repeated",
	  { { .id = "<1@a>", .list = "l", .subject = "May" }, { .id = "<2@a>", .list = "l", .subject = "May" } }, 2, { NOBODY, 0 } },
	{ "one issue to two people", "subject_repeated",
	  { { .id = "<1@a>", .list = "l", .subject = "May", .recipient = "x@b" }, { .id = "<2@a>", .list = "l", .subject = "May", .recipient = "y@b" } },
	  2, { NOBODY, NOBODY } },
	{ "two lists", "subject_repeated",
	  { { .id = "<1@a>", .list = "l", .subject = "May" }, { .id = "<2@a>", .list = "k", .subject = "May" } }, 2, { NOBODY, NOBODY } },
	{ "the same message twice", "subject_repeated",
	  { { .id = "<1@a>", .list = "l", .subject = "May" }, { .id = "<1@a>", .list = "l", .subject = "May" } }, 2, { NOBODY, NOBODY } },
	{ "no list", "subject_repeated", { { .id = "<1@a>", .subject = "May" }, { .id = "<2@a>", .subject = "May" } }, 2, { NOBODY, NOBODY } },
	{ "list, recipient and subject are not run together", "subject_repeated",
	  { { .id = "<1@a>", .list = "l", .recipient = "mx", .subject = "May" }, { .id = "<2@a>", .list = "lm", .recipient = "x", .subject = "May" } },
	  2, { NOBODY, NOBODY } },
};

struct told {
	char *other[MOST_MESSAGES]; /* path of the earlier one */
	size_t times;
};

static void note(struct several *s, size_t i, const struct fact *fact, const char *case_name, const struct finding_arg *args, size_t n_args)
{
	struct told *told = s->data;

	ck_assert_uint_lt(i, s->n);
	ck_assert_ptr_nonnull(fact->value);
	ck_assert_ptr_null(case_name);
	ck_assert_ptr_null(told->other[i]);
	for (size_t k = 0; k < n_args; k++)
		if (strcmp(args[k].name, "other") == 0)
			told->other[i] = g_strdup(args[k].text);
	ck_assert_ptr_nonnull(told->other[i]);
	told->times++;
}

START_TEST(messages_side_by_side)
{
	static const char *const paths[MOST_MESSAGES] = { "0", "1", "2", "3" };
	struct facts facts[MOST_MESSAGES] = { 0 };
	struct message_result results[MOST_MESSAGES] = { 0 };
	struct message_result *pointers[MOST_MESSAGES];
	struct told told = { 0 };

	for (size_t i = 0; i < cases[_i].n; i++) {
		const struct record *r = &cases[_i].records[i];
		facts[i] = (struct facts){ .message_id.value = r->id,
					   .unsubscribe_uri.value = r->uri,
					   .subject.value = r->subject,
					   .recipient = r->recipient,
					   .list_id = r->list,
					   .one_click = r->one_click,
					   .is_template = r->is_template };
		results[i].facts = &facts[i];
		results[i].path = paths[i];
		pointers[i] = &results[i];
	}
	several_function check = several_find(cases[_i].check);
	ck_assert_ptr_nonnull(check);
	/* At once, and one after the other: what is told does not depend on it. */
	struct several_memory *memory = several_memory_new();
	check(&(struct several){ pointers, cases[_i].n, memory, note, &told });
	several_memory_free(memory);
	struct told again = { 0 };
	memory = several_memory_new();
	for (size_t i = 0; i < cases[_i].n; i++) {
		struct told one = { 0 };
		check(&(struct several){ &pointers[i], 1, memory, note, &one });
		again.other[i] = one.other[0];
	}
	several_memory_free(memory);
	for (size_t i = 0; i < cases[_i].n; i++) {
		const char *want = cases[_i].want[i] == NOBODY ? NULL : paths[cases[_i].want[i]];
		ck_assert_msg(g_strcmp0(told.other[i], want) == 0, "%s: message %zu names %s, want %s", cases[_i].name, i,
			      told.other[i] ? told.other[i] : "none", want ? want : "none");
		ck_assert_str_eq(again.other[i] ? again.other[i] : "none", want ? want : "none");
		g_free(told.other[i]);
		g_free(again.other[i]);
	}
}
END_TEST

START_TEST(unknown_check)
{
	ck_assert_ptr_null(several_find("no_such_check"));
	ck_assert_ptr_null(several_find(""));
}
END_TEST

/* Through the whole program: two messages of one mbox, the finding is at the second, at its own place. */
START_TEST(second_of_an_mbox)
{
	static const char in[] = "From a@b.example Tue Nov 24 09:00:00 2026\nFrom: a@b.example\nTo: x@b.example\nMessage-ID: <1@b.example>\n"
				 "Subject: one\n\nText\n\n"
				 "From a@b.example Tue Nov 24 09:00:01 2026\nFrom: a@b.example\nTo: y@b.example\nMessage-ID: <1@b.example>\n"
				 "Subject: two\n\nText\n";
	const struct rule_set rules = *builtin_rules();
	struct lint_options options = { 0 };
	struct draft_file draft;
	size_t n = 0;

	draft_file_init(&draft, in, sizeof in - 1);
	GPtrArray *results = run_lint_bytes(&rules, &options, "two.mbox", draft.file->bytes, false, TEMPLATE_NONE);
	ck_assert_uint_eq(results->len, 2);
	for (guint i = 0; i < results->len; i++) {
		struct message_result *result = g_ptr_array_index(results, i);
		for (size_t k = 0; k < result->n_findings; k++) {
			const struct finding *finding = &result->findings[k];
			if (strcmp(finding->rule->id, "message-id-repeated") != 0)
				continue;
			n++;
			ck_assert_uint_eq(i, 1);
			ck_assert_uint_eq(finding->start.line, 12);
			ck_assert_str_eq(finding->raw_line, "Message-ID: <1@b.example>");
			ck_assert_str_eq(finding_arg(finding, "other")->text, "two.mbox");
			/* Still in the order of places. */
			ck_assert(k == 0 || result->findings[k - 1].start.offset <= finding->start.offset);
		}
		message_result_free(result);
	}
	ck_assert_uint_eq(n, 1);
	g_ptr_array_free(results, TRUE);
	draft_file_release(&draft);
}
END_TEST

int main(void)
{
	TCase *tcase = tcase_create("several");

	message_library_init();
	tcase_add_loop_test(tcase, messages_side_by_side, 0, N_ROWS(cases));
	tcase_add_test(tcase, unknown_check);
	tcase_add_test(tcase, second_of_an_mbox);
	return run_case("several", tcase);
}
