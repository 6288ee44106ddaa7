/* Tests of lint/mail/date.c. Expectations come from RFC 5322, sections 3.3 and 4.3, and RFC 3339. */
#include "draft_file.h"
#include "mail/date.h"

static const struct {
	const char *in;
	unsigned flags;
	long long time;
	const char *bad; /* the offending piece */
} cases[] = {
	{ "Fri, 01 May 2026 09:00:00 +0900", 0, 1777593600, "" },
	{ "1 May 2026 00:00 -0000", 0, 1777593600, "" },
	{ "Fri,  1 May 2026\r\n 00:00:00 +0000 (JST (x\\)))", 0, 1777593600, "" },
	{ "Thu, 1 Jan 1970 00:00:00 +0000", 0, 0, "" },
	{ "Thu, 29 Feb 2024 12:00:00 +0530", 0, 1709188200, "" },
	{ "Sat, 31 Dec 2016 23:59:60 +0000", 0, 1483228800, "" },
	{ "fri, 01 may 2026 09:00:00 +0900", 0, 1777593600, "" },
	{ "Fri, 01 May 2026 00:00:00 GMT", DATE_OBSOLETE, 1777593600, "GMT" },
	{ "Thu, 30 Apr 2026 20:00:00 EDT", DATE_OBSOLETE, 1777593600, "EDT" },
	{ "Fri, 01 May 2026 00:00:00 Z", DATE_OBSOLETE, 1777593600, "Z" },
	{ "Fri, 01 May 26 09:00:00 +0900", DATE_OBSOLETE, 1777593600, "26" },
	{ "Thu, 01 Jan 70 00:00:00 +0000", DATE_OBSOLETE, 0, "70" },
	{ "Fri, 01 May 2026 09 : 00 : 00 +0900", DATE_OBSOLETE, 1777593600, "09 : 00 : 00" },
	{ "Fri, 01 May 2026 09:00:00 JST", DATE_UNKNOWN_ZONE, 1777593600, "JST" },
	{ "Fri, 01 May 2026 00:00:00 CEST", DATE_UNKNOWN_ZONE, 1777593600, "CEST" },
	{ "Mon, 01 May 2026 09:00:00 +0900", DATE_WEEKDAY, 1777593600, "Mon" },
	{ "Mon, 30 Feb 2026 09:00:00 +0900", DATE_RANGE, 0, "30" },
	{ "29 Feb 2023 09:00:00 +0900", DATE_RANGE, 0, "29" },
	{ "0 May 2026 09:00:00 +0900", DATE_RANGE, 0, "0" },
	{ "1 May 2026 24:00:00 +0900", DATE_RANGE, 0, "24" },
	{ "1 May 2026 09:60:00 +0900", DATE_RANGE, 0, "60" },
	{ "1 May 2026 09:00:61 +0900", DATE_RANGE, 0, "61" },
	{ "1 May 2026 09:00:00 +0960", DATE_RANGE, 0, "+0960" },
	{ "1 May 999999999999 09:00:00 +0900", DATE_RANGE, 0, "999999999999" },
	{ "2026/05/01 9:00", DATE_BAD_SYNTAX, 0, "2026/05/01" },
	{ "Fri, 01 May 2026 9:00:00 +0900", DATE_BAD_SYNTAX, 0, "9:00:00" },
	{ "Fri, 01 May 2026 09:00:00", DATE_BAD_SYNTAX, 0, "Fri, 01 May 2026 09:00:00" },
	{ "Fri, 01 May 2026 09:00:00 +09:00", DATE_BAD_SYNTAX, 0, "+09:00" },
	{ "Fri, 01 May 2026 09:00:00 +900", DATE_BAD_SYNTAX, 0, "+900" },
	{ "Fri, 01 May 2026 09:00:00 +0900 x", DATE_BAD_SYNTAX, 0, "x" },
	{ "Fri, 01 May 2026 09:00:00+0900", DATE_BAD_SYNTAX, 0, "09:00:00+0900" },
	{ "Friday, 01 May 2026 09:00:00 +0900", DATE_BAD_SYNTAX, 0, "Friday," },
	{ "Fri 01 May 2026 09:00:00 +0900", DATE_BAD_SYNTAX, 0, "Fri" },
	{ "Fri, 01 05 2026 09:00:00 +0900", DATE_BAD_SYNTAX, 0, "05" },
	{ "Fri, 1May 2026 09:00:00 +0900", DATE_BAD_SYNTAX, 0, "1May" },
	{ "Fri, 01 May 2026 (open", DATE_BAD_SYNTAX, 0, "(open" },
	{ "2026年5月1日", DATE_BAD_SYNTAX, 0, "2026年5月1日" },
	{ "{{date}}", DATE_BAD_SYNTAX, 0, "{{date}}" },
	{ "", DATE_BAD_SYNTAX, 0, "" },
};

START_TEST(parsed)
{
	struct draft_file draft;

	draft_file_init(&draft, cases[_i].in, strlen(cases[_i].in));
	struct date date = date_parse(draft.file->bytes);
	ck_assert_msg(date.flags == cases[_i].flags, "%s: flags %x", cases[_i].in, date.flags);
	ck_assert_msg(date.time == cases[_i].time, "%s: %lld", cases[_i].in, (long long)date.time);
	ck_assert_str_eq(draft_file_cut(&draft, (struct range){ date.bad_start, date.bad_end }), cases[_i].bad);
	draft_file_release(&draft);
}
END_TEST

START_TEST(right_weekday)
{
	ck_assert_int_eq(date_parse(SPAN_LIT("Mon, 01 May 2026 09:00:00 +0900")).right_weekday, 5);
	ck_assert_int_eq(date_parse(SPAN_LIT("Mon, 31 Dec 1899 00:00:00 +0000")).flags, DATE_RANGE);
	ck_assert_int_eq(date_parse(SPAN_LIT("Tue, 01 Jan 1900 00:00:00 +0000")).right_weekday, 1);
	ck_assert_int_eq(date_parse(SPAN_LIT("Tue, 01 Jan 1900 00:00:00 +0930")).zone_minutes, 570);
}
END_TEST

static const struct {
	const char *in;
	bool good;
	long long time;
} iso_cases[] = {
	{ "2026-11-24T09:00:00+09:00", true, 1795478400 },
	{ "2026-11-24T00:00:00Z", true, 1795478400 },
	{ "2026-11-24 00:00:00.25z", true, 1795478400 },
	{ "2026-11-24T00:00+0000", true, 1795478400 },
	{ "2026-11-24", true, 1795478400 },
	{ "0001-01-01", true, -62135596800 },
	{ "2026-11-24T09:00:00", false, 0 },
	{ "2026-11-31", false, 0 },
	{ "2026-13-01", false, 0 },
	{ "0000-01-01", false, 0 },
	{ "2026-11-24T25:00:00Z", false, 0 },
	{ "2026-11-24T09:00:00Zx", false, 0 },
	{ "2026-11-2", false, 0 },
	{ "2026-11-24T", false, 0 },
	{ "", false, 0 },
};

START_TEST(iso)
{
	struct draft_file draft;
	int64_t time = 0;

	draft_file_init(&draft, iso_cases[_i].in, strlen(iso_cases[_i].in));
	ck_assert_msg(date_parse_iso(draft.file->bytes, &time) == iso_cases[_i].good, "%s", iso_cases[_i].in);
	ck_assert_msg(time == iso_cases[_i].time, "%s: %lld", iso_cases[_i].in, (long long)time);
	draft_file_release(&draft);
}
END_TEST

int main(void)
{
	TCase *tcase = tcase_create("date");
	tcase_add_loop_test(tcase, parsed, 0, N_ROWS(cases));
	tcase_add_test(tcase, right_weekday);
	tcase_add_loop_test(tcase, iso, 0, N_ROWS(iso_cases));
	return run_case("date", tcase);
}
