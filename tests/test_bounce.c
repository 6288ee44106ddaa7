/* Tests of what came back: reports, transcripts, logs, and inputs that are none of them. */
#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "bounce/log.h"
#include "bounce/postmaster.h"
#include "bounce/read.h"
#include "bounce/reply.h"
#include "doc/message.h"

/* "kind action recipient status receiver replies" of each entry, one a line; - for what is not said. */
static void describe(const struct bounce_entry *entry, void *data)
{
	GString *out = data;
	const char *action = bounce_action_name(entry->action);

	g_string_append_printf(out, "%s %s %s %s %s", bounce_kind_name(entry->kind), action ? action : "-", entry->recipient ? entry->recipient : "-",
			       entry->status ? entry->status : "-", entry->receiver ? entry->receiver->id : "other");
	for (size_t i = 0; i < entry->n_replies; i++)
		g_string_append_printf(out, " %s", entry->replies[i]->id);
	if (entry->list)
		g_string_append_printf(out, " list:%s", entry->list->zone);
	g_string_append_c(out, '\n');
}

static char *read_bytes(struct span bytes)
{
	struct arena *arena = arena_new();
	GPtrArray *entries = g_ptr_array_new();
	GString *out = g_string_new(NULL);

	bounce_read(arena, "test", 0, bounce_line_feeds(arena, bytes), entries);
	for (guint i = 0; i < entries->len; i++)
		describe(g_ptr_array_index(entries, i), out);
	g_ptr_array_free(entries, TRUE);
	arena_free(arena);
	return g_string_free(out, FALSE);
}

static void check_text(const char *text, const char *expected)
{
	char *got = read_bytes(span_str(text));

	ck_assert_str_eq(got, expected);
	g_free(got);
}

static char *contents(const char *name, gsize *n)
{
	char *path = g_build_filename("corpus/bounces", name, NULL), *bytes;

	ck_assert_msg(g_file_get_contents(path, &bytes, n, NULL), "%s", path);
	g_free(path);
	return bytes;
}

static const struct {
	const char *name, *expected;
} files[] = {
	/* What the reports say, read by eye. */
	{"gmail-cut.eml", "dsn failed reader@gmail.com 5.7.1 gmail G-26 G-27 G-28 G-29 G-30 G-01 G-03 G-04\n"},
	{"gmail-transcript.eml", "dsn failed reader@gmail.com 5.7.1 gmail G-26\n"},
	{"docomo-filtered.eml", "dsn failed yomite@docomo.ne.jp 5.0.0 docomo D-02\ndsn failed dokusha@docomo.ne.jp 5.0.0 docomo D-01\n"},
	{"ezweb.eml", "transcript failed dokusha@ezweb.ne.jp - au D-08\n"},
	{"dead-list.eml", "transcript failed reader@example.net 5.7.1 other list:relays.ordb.org\n"},
	{"exim.eml", "transcript failed reader@yahoo.com 5.7.9 yahoo Y-06\ntranscript failed other@example.org - other\n"},
	{"international.eml", "dsn failed 読者@example.jp 5.1.1 other X-01\n"},
	{"complaint.eml", "complaint - reader@example.com - other\n"},
	{"out-of-office.eml", "auto-reply - reader@example.com - other\n"},
};

START_TEST(reports)
{
	gsize n;
	char *bytes = contents(files[_i].name, &n), *got = read_bytes(span_of(bytes, n));

	ck_assert_msg(strcmp(got, files[_i].expected) == 0, "%s:\n%s", files[_i].name, got);
	g_free(got);
	/* The line ends of DOS and of old Macs say the same. */
	for (int mac = 0; mac < 2; mac++) {
		GString *other = g_string_new(NULL);
		for (gsize i = 0; i < n; i++) {
			if (bytes[i] == '\n')
				g_string_append(other, mac ? "\r" : "\r\n");
			else
				g_string_append_c(other, bytes[i]);
		}
		got = read_bytes(span_of(other->str, other->len));
		ck_assert_msg(strcmp(got, files[_i].expected) == 0, "%s with other line ends:\n%s", files[_i].name, got);
		g_free(got);
		g_string_free(other, TRUE);
	}
	g_free(bytes);
}
END_TEST

/* Cut anywhere, a report gives an answer. */
START_TEST(cut_reports)
{
	gsize n;
	char *bytes = contents(files[_i].name, &n);

	for (gsize end = 0; end < n; end += 7) {
		char *got = read_bytes(span_of(bytes, end));
		ck_assert_uint_gt(strlen(got), 0);
		g_free(got);
	}
	g_free(bytes);
}
END_TEST

START_TEST(pasted)
{
	check_text("   (reason: 550-5.7.1 Our system has detected that this message is)\n", "transcript failed - 5.7.1 gmail G-26 G-27 G-28 G-29 G-30 G-01 G-03 G-04\n");
	check_text("<<< 550-5.7.1 Our system has detected that this message is\n<<< 550-5.7.1 likely unsolicited mail. To reduce\n<<< 550 5.7.1 gsmtp\n",
		   "transcript failed - 5.7.1 gmail G-01\n");
	check_text("<reader@example.com>: host mx.example.com[192.0.2.1] said: 452 4.2.2 full (in reply to RCPT TO command)", "transcript failed reader@example.com 4.2.2 other X-03\n");
	check_text("Good morning,\nplease call 550-1234 or come to room 5.1.1.\n", "not-a-bounce - - - other\n");
	check_text("<p>550 books for reader@example.com</p>", "not-a-bounce - - - other\n");
	check_text("", "not-a-bounce - - - other\n");
}
END_TEST

START_TEST(not_bounces)
{
	/* A reader who quotes a bounce, a newsletter about them, and mail about delivery. */
	check_text("From: reader@example.com\nTo: news@hanami-books.jp\nSubject: your mail\n\nI got this: 550 5.1.1 <friend@example.com>... User unknown. Why?\n",
		   "not-a-bounce - - - other\n");
	check_text("From: Parcel <parcel@example.com>\nTo: reader@example.com\nSubject: Your delivery\n\nYour parcel could not be delivered to 12 Main Street.\n",
		   "not-a-bounce - - - other\n");
	check_text("From: winafreevacation@example.com\nTo: reader@example.com\nSubject: Win a free vacation\n\nClick.\n", "not-a-bounce - - - other\n");
}
END_TEST

/* Shapes of the Amazon SES Developer Guide, "Amazon SNS notification contents": alone, as an event, in the envelope of SNS, in a mail. */
START_TEST(amazon_ses)
{
	static const char bounce[] = "{\"notificationType\":\"Bounce\",\"bounce\":{\"bounceType\":\"Permanent\",\"reportingMTA\":\"dns; email.example.com\",\"bouncedRecipients\":["
				     "{\"emailAddress\":\"a@example.jp\",\"status\":\"5.1.1\",\"action\":\"failed\",\"diagnosticCode\":\"smtp; 550 5.1.1 <a@example.jp>... User unknown\"},"
				     "{\"emailAddress\":\"Jane <b@gmail.com>\",\"status\":\"5.2.2\",\"action\":\"failed\",\"diagnosticCode\":\"smtp; 552 5.2.2 full\"}]},"
				     "\"mail\":{\"source\":\"news@example.com\",\"commonHeaders\":{\"messageId\":\"<issue@example.com>\"}}}";
	char *mail = g_strdup_printf("From: SES <no-reply@sns.amazonaws.com>\r\nSubject: AWS Notification Message\r\n\r\n%s\r\n--\r\nTo stop, visit x\r\n", bounce);
	char *got = read_bytes(span_str(bounce)), *mailed = read_bytes(span_str(mail));

	ck_assert(g_str_has_prefix(got, "dsn failed a@example.jp 5.1.1 other"));
	ck_assert(strstr(got, "\ndsn failed b@gmail.com 5.2.2 gmail") != NULL);
	ck_assert_str_eq(mailed, got);
	check_text("{\"eventType\":\"Bounce\",\"bounce\":{\"bouncedRecipients\":[{\"emailAddress\":\"a@example.jp\"}]},\"mail\":{}}", "dsn failed a@example.jp - other\n");
	check_text("{\"Type\":\"Notification\",\"Message\":\"{\\\"notificationType\\\":\\\"Complaint\\\",\\\"complaint\\\":{\\\"complaintFeedbackType\\\":\\\"abuse\\\","
		   "\\\"complainedRecipients\\\":[{\\\"emailAddress\\\":\\\"a@example.jp\\\"}]}}\"}",
		   "complaint - a@example.jp - other\n");
	/* Accepted mail, no recipient, values of other kinds, depth: no bounce, and no harm. */
	check_text("{\"notificationType\":\"Delivery\",\"delivery\":{\"recipients\":[\"a@example.jp\"]},\"mail\":{}}", "not-a-bounce - - - other\n");
	check_text("{\"notificationType\":\"Bounce\",\"bounce\":{\"bouncedRecipients\":[{\"emailAddress\":7},3,null]},\"mail\":[]}", "not-a-bounce - - - other\n");
	check_text("{\"notificationType\":[\"Bounce\"],\"bounce\":{\"bouncedRecipients\":{}}}", "not-a-bounce - - - other\n");
	check_text("{\"notificationType\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":{\"a\":1}}}}}}}}}}}}}}}}}}", "not-a-bounce - - - other\n");
	/* A cut object is read as any pasted text. */
	check_text("{\"notificationType\":\"Bounce\",\"bounce\":{\"bouncedRecipients\":[{\"emailAddress\":\"a@example.jp\",\"diagnosticCode\":\"smtp; 550 5.1.1 User unknown\"},{\"ema",
		   "transcript failed a@example.jp 5.1.1 other X-01\n");
	g_free(got);
	g_free(mailed);
	g_free(mail);
}
END_TEST

START_TEST(odd_reports)
{
	static const char head[] = "From: MAILER-DAEMON@example.com\nSubject: Undelivered Mail\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\n"
				   "Content-Type: message/delivery-status\n\n";
	static const struct {
		const char *body, *expected;
	} cases[] = {
		/* No empty line between two recipients. */
		{"Reporting-MTA: dns; a\nFinal-Recipient: rfc822; a@example.com\nAction: failed\nStatus: 5.1.1\nFinal-Recipient: rfc822; b@example.com\nAction: delayed\nStatus: 4.2.2\n",
		 "dsn failed a@example.com 5.1.1 other X-01\ndsn delayed b@example.com 4.2.2 other X-03\n"},
		/* Empty lines inside a group, and Action in front of the recipient. */
		{"Reporting-MTA: dns; a\n\nFinal-Recipient: rfc822; a@example.com\n\nAction: failed\nStatus: 5.1.1\n\nAction: failed\nFinal-Recipient: rfc822; b@example.com\nStatus: 5.2.2\n",
		 "dsn failed a@example.com 5.1.1 other X-01\ndsn failed b@example.com 5.2.2 other X-03\n"},
		/* The status is general, the reply is not; a reply without its type. */
		{"Final-Recipient: rfc822; <a@example.com>\nAction: failed\nStatus: 5.0.0 (permanent failure)\nDiagnostic-Code: 550 5.2.2 full\n", "dsn failed a@example.com 5.2.2 other X-03\n"},
		/* Delivered and passed on. */
		{"Final-Recipient: rfc822; a@example.com\nAction: delivered\nStatus: 2.0.0\n\nFinal-Recipient: rfc822; b@example.com\nAction: expanded\nStatus: 2.0.0\n",
		 "dsn delivered a@example.com 2.0.0 other\ndsn expanded b@example.com 2.0.0 other\n"},
		/* A local user. */
		{"Final-Recipient: LOCAL; reader\nAction: failed\nStatus: 5.1.1\n", "dsn failed reader 5.1.1 other X-01\n"},
		/* Lines of a reply that were not indented. */
		{"Final-Recipient: rfc822; a@gmail.com\nAction: failed\nStatus: 5.7.1\nDiagnostic-Code: smtp; 550-5.7.1 Our system has detected that this message is\n550-5.7.1 likely unsolicited mail.\n550 5.7.1 gsmtp\n",
		 "dsn failed a@gmail.com 5.7.1 gmail G-01\n"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		char *text = g_strconcat(head, cases[i].body, "\n--b--\n", NULL);
		check_text(text, cases[i].expected);
		g_free(text);
	}
}
END_TEST

/* Many recipients, long lines, and bytes of every kind cost linear time and no crash. */
START_TEST(hostile)
{
	GString *text = g_string_new("From: MAILER-DAEMON@example.com\nSubject: failure notice\n\n");

	for (int i = 0; i < 30000; i++)
		g_string_append_printf(text, "<r%d@example.com>:\n", i);
	char *got = read_bytes(span_of(text->str, text->len));
	ck_assert_uint_gt(strlen(got), 1000);
	g_free(got);
	g_string_truncate(text, 0);
	for (int i = 0; i < 200000; i++)
		g_string_append(text, "@550-5.7.1 ");
	g_free(read_bytes(span_of(text->str, text->len)));
	g_string_truncate(text, 0);
	for (unsigned i = 0; i < 300000; i++)
		g_string_append_c(text, (char)(i * 7919u >> 3));
	g_free(read_bytes(span_of(text->str, text->len)));
	g_string_free(text, TRUE);
}
END_TEST

/* --- logs -------------------------------------------------------------------------------------------------------------------------- */

enum { NOVEMBER_25 = 1795564800 }; /* 2026-11-25 */

static char *read_log(const char *name)
{
	char *path = g_build_filename("corpus/bounces", name, NULL);
	struct stream *stream = stream_open(path, NULL);
	GString *out = g_string_new(NULL);

	ck_assert(stream && log_recognise(stream_peek(stream)));
	log_read(stream, "log", NOVEMBER_25, describe, out);
	ck_assert(stream_is_whole(stream));
	stream_close(stream);
	g_free(path);
	return g_string_free(out, FALSE);
}

START_TEST(logs)
{
	static const struct {
		const char *name, *expected;
	} cases[] = {
		/* The later word on a recipient counts; what is still queued comes at the end. */
		{"postfix.log", "log failed reader@gmail.com 5.7.26 gmail G-09\nlog delivered yomite@docomo.ne.jp 2.0.0 docomo D-13\nlog delivered late@example.org 2.0.0 other\n"
				"log delayed other@example.org 4.2.2 other X-03\n"},
		{"sendmail.log", "log failed reader@gmail.com 5.1.1 gmail G-35\nlog failed other@gmail.com 5.1.1 gmail G-35\nlog delayed late@example.org 4.2.2 other X-03\n"},
		{"exim.log", "log failed reader@yahoo.com 5.7.9 yahoo Y-06\nlog delivered yomite@docomo.ne.jp 2.0.0 docomo D-13\n"},
	};

	for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
		char *got = read_log(cases[i].name);
		ck_assert_str_eq(got, cases[i].expected);
		g_free(got);
	}
}
END_TEST

static void keep_first(const struct bounce_entry *entry, void *data)
{
	struct bounce_entry *first = data;

	if (first->date)
		return;
	first->date = g_strdup(entry->date);
	first->message_id = g_strdup(entry->message_id);
	first->sender = g_strdup(entry->sender);
}

/* A queue id brings the lines together; a date without a year is the last one of its kind. */
START_TEST(log_lines_belong_together)
{
	struct stream *stream = stream_open("corpus/bounces/postfix.log", NULL);
	struct bounce_entry first = {0};

	setenv("TZ", "UTC", 1);
	tzset();
	log_read(stream, "log", NOVEMBER_25, keep_first, &first);
	ck_assert_str_eq(first.date, "2026-11-24T09:00:01Z");
	ck_assert_str_eq(first.message_id, "<issue-2026-11@hanami-books.jp>");
	ck_assert_str_eq(first.sender, "news@hanami-books.jp");
	stream_close(stream);
	g_free((char *)first.date);
	g_free((char *)first.message_id);
	g_free((char *)first.sender);

	first = (struct bounce_entry){0};
	stream = stream_open("corpus/bounces/postfix.log", NULL);
	log_read(stream, "log", NOVEMBER_25 - 86400 * 30, keep_first, &first);
	ck_assert_str_eq(first.date, "2025-11-24T09:00:01Z");
	stream_close(stream);
	g_free((char *)first.date);
	g_free((char *)first.message_id);
	g_free((char *)first.sender);
}
END_TEST

START_TEST(streams)
{
	/* "one\ntwo" in gzip, twice, as logs that are joined. */
	static const unsigned char gzip[] = {0x1f, 0x8b, 0x08, 0, 0, 0, 0, 0, 0, 3, 0xcb, 0xcf, 0x4b, 0xe5, 0x2a, 0x29, 0xcf, 0xe7, 0x02, 0, 0xe6, 0x0b, 0xba, 0x12, 8, 0, 0, 0};
	char *path = NULL;
	int descriptor = g_file_open_tmp("presend-XXXXXX", &path, NULL);
	struct span line;

	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(write(descriptor, gzip, sizeof(gzip)), (ssize_t)sizeof(gzip));
	struct stream *stream = stream_open(path, NULL);
	for (int i = 0; i < 4; i++) {
		ck_assert(stream_line(stream, &line));
		ck_assert(span_eq(line, i % 2 ? SPAN_LIT("two") : SPAN_LIT("one")));
	}
	ck_assert(!stream_line(stream, &line) && stream_is_whole(stream));
	stream_close(stream);
	/* Cut: the lines before are good, and it is said. */
	ck_assert_int_eq(ftruncate(descriptor, sizeof(gzip) + 14), 0);
	stream = stream_open(path, NULL);
	int n = 0;
	while (stream_line(stream, &line))
		n++;
	ck_assert(n >= 2 && !stream_is_whole(stream));
	stream_close(stream);
	close(descriptor);
	unlink(path);
	g_free(path);
	GError *error = NULL;
	ck_assert(!stream_open("corpus", &error) && error);
	g_error_free(error);
}
END_TEST

/* --- Postmaster Tools ------------------------------------------------------------------------------------------------------------ */

static enum postmaster_state state_in(const struct postmaster *postmaster, const char *requirement)
{
	for (size_t i = 0; i < postmaster->n; i++)
		if (strcmp(postmaster->rows[i].requirement, requirement) == 0)
			return postmaster->rows[i].state;
	return POSTMASTER_UNKNOWN;
}

static enum postmaster_state spam_rate(struct arena *arena, const char *rate)
{
	char *json = g_strdup_printf("{\"domainStats\": [{\"metric\": \"SPAM_RATE\", \"date\": {\"year\": 2026, \"month\": 11, \"day\": 23}, \"value\": {\"doubleValue\": %s}}]}", rate);
	const struct postmaster *postmaster = postmaster_read(arena, "x", span_str(json));

	ck_assert(postmaster_recognise(span_str(json)) && postmaster);
	g_free(json);
	return state_in(postmaster, "OP-01");
}

START_TEST(postmaster_tools)
{
	struct arena *arena = arena_new();
	gsize n;
	char *bytes = contents("postmaster.json", &n);
	const struct postmaster *postmaster = postmaster_read(arena, "x", span_of(bytes, n));

	ck_assert(postmaster && postmaster_recognise(span_of(bytes, n)));
	ck_assert_str_eq(postmaster->domain, "hanami-books.jp");
	ck_assert_int_eq(state_in(postmaster, "AU-02"), POSTMASTER_PASS);
	ck_assert_int_eq(state_in(postmaster, "UN-01"), POSTMASTER_FAIL);
	/* One bad day, though Google's own row still says that all is well. */
	ck_assert_int_eq(state_in(postmaster, "OP-01"), POSTMASTER_FAIL);
	for (gsize end = 0; end < n - 2; end++)
		ck_assert(!postmaster_read(arena, "x", span_of(bytes, end)));
	/* Below 0.1 %, up to 0.3 %, and from there on; what is no rate is not read. */
	ck_assert_int_eq(spam_rate(arena, "0.0009"), POSTMASTER_PASS);
	ck_assert_int_eq(spam_rate(arena, "0.001"), POSTMASTER_WARN);
	ck_assert_int_eq(spam_rate(arena, "0.0029"), POSTMASTER_WARN);
	ck_assert_int_eq(spam_rate(arena, "0.003"), POSTMASTER_FAIL);
	ck_assert_int_eq(spam_rate(arena, "\"0.003\""), POSTMASTER_UNKNOWN);
	ck_assert_int_eq(spam_rate(arena, "-1"), POSTMASTER_UNKNOWN);
	ck_assert(!postmaster_recognise(SPAN_LIT("{\"Subject\": \"a draft\"}")));
	g_free(bytes);
	arena_free(arena);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("bounce");
	TCase *messages = tcase_create("messages"), *cases = tcase_create("logs");

	message_library_init();
	tcase_set_timeout(messages, 60);
	tcase_add_loop_test(messages, reports, 0, G_N_ELEMENTS(files));
	tcase_add_loop_test(messages, cut_reports, 0, G_N_ELEMENTS(files));
	tcase_add_test(messages, pasted);
	tcase_add_test(messages, not_bounces);
	tcase_add_test(messages, odd_reports);
	tcase_add_test(messages, amazon_ses);
	tcase_add_test(messages, hostile);
	tcase_add_test(cases, logs);
	tcase_add_test(cases, log_lines_belong_together);
	tcase_add_test(cases, streams);
	tcase_add_test(cases, postmaster_tools);
	suite_add_tcase(suite, messages);
	suite_add_tcase(suite, cases);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_NORMAL);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
