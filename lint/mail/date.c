/* Date fields by the grammar of RFC 5322, section 3.3, with the obsolete forms of section 4.3. A parser of ours, because GMime
 * takes nearly anything for a date. Must not read the clock. */
#include "mail/date.h"

#include <glib.h>

#include "base/map.h"

/* ---- calendar ---- */

static bool is_leap(int64_t year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_in_month(int64_t year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

/* Days since 1970-01-01 in the Gregorian calendar; year at least 1. */
static int64_t days_of(int64_t year, int month, int day)
{
	int64_t y = year - 1, days = y * 365 + y / 4 - y / 100 + y / 400;

	for (int m = 1; m < month; m++)
		days += days_in_month(year, m);
	return days + day - 1 - 719162; /* 1970-01-01 is day 719162 since 0001-01-01 */
}

/* ---- words ---- */

static const char *const weekdays[] = { "sun", "mon", "tue", "wed", "thu", "fri", "sat" };
static const char *const months[] = { "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec" };

/* RFC 5322, section 4.3. Single letters are read as -0000, apart from Z. */
static const struct {
	const char *name;
	int minutes;
} zones[] = {
	{ "ut", 0 },	  { "gmt", 0 },	    { "est", -5 * 60 }, { "edt", -4 * 60 }, { "cst", -6 * 60 },
	{ "cdt", -5 * 60 }, { "mst", -7 * 60 }, { "mdt", -6 * 60 }, { "pst", -8 * 60 }, { "pdt", -7 * 60 },
};

static int index_of(struct span word, const char *const *names, int n)
{
	for (int i = 0; i < n; i++)
		if (span_eq_ci(word, span_str(names[i])))
			return i;
	return -1;
}

/* ---- reading ---- */

struct reader {
	struct span s;
	size_t at;
	size_t end_of_last; /* behind the last piece read */
	bool blank;         /* white space or a comment was skipped last */
};

/* White space and comments; a comment that is never closed stays where it is. */
static void skip_blanks(struct reader *r)
{
	r->blank = false;
	while (r->at < r->s.n) {
		if (ascii_is_space(r->s.p[r->at])) {
			r->at++;
		} else if (r->s.p[r->at] == '(') {
			size_t depth = 0, i = r->at;
			for (; i < r->s.n; i++) {
				if (r->s.p[i] == '\\')
					i++;
				else if (r->s.p[i] == '(')
					depth++;
				else if (r->s.p[i] == ')' && --depth == 0)
					break;
			}
			if (i >= r->s.n)
				return;
			r->at = i + 1;
		} else {
			return;
		}
		r->blank = true;
	}
}

static struct range read_while(struct reader *r, bool (*belongs)(char))
{
	skip_blanks(r);
	struct range range = { r->at, r->at };
	while (r->at < r->s.n && belongs(r->s.p[r->at]))
		r->at++;
	range.end = r->at;
	if (range.end > range.start)
		r->end_of_last = range.end;
	return range;
}

static struct range read_digits(struct reader *r)
{
	return read_while(r, ascii_is_digit);
}

static struct range read_letters(struct reader *r)
{
	return read_while(r, ascii_is_alpha);
}

static bool read_character(struct reader *r, char c)
{
	skip_blanks(r);
	if (r->at >= r->s.n || r->s.p[r->at] != c)
		return false;
	r->end_of_last = ++r->at;
	return true;
}

/* Go back to where the fault begins. */
static bool stop_at(struct reader *r, size_t at)
{
	r->at = at;
	return false;
}

static struct span part(const struct reader *r, struct range range)
{
	return span_cut(r->s, range.start, range.end);
}

/* At most nine digits are read, so that no overflow is possible. */
static int number(struct span digits)
{
	int value = 0;

	for (size_t i = 0; i < digits.n && i < 9; i++)
		value = value * 10 + (digits.p[i] - '0');
	return value;
}

static size_t length(struct range range)
{
	return range.end - range.start;
}

/* ---- RFC 5322 ---- */

/* The first fault of the gravest kind is the one shown. */
static void note(struct date *date, enum date_flag flag, struct range range)
{
	static const unsigned order[] = { DATE_BAD_SYNTAX, DATE_RANGE, DATE_WEEKDAY, DATE_UNKNOWN_ZONE, DATE_OBSOLETE };
	unsigned graver_or_equal = 0;

	for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
		graver_or_equal |= order[i];
		if (order[i] == (unsigned)flag)
			break;
	}
	if (!(date->flags & graver_or_equal)) {
		date->bad_start = range.start;
		date->bad_end = range.end;
	}
	date->flags |= flag;
}

/* The word at which reading stopped; where nothing is left, the last piece that was read. */
static struct date bad_syntax(struct date date, struct reader *r, size_t from)
{
	size_t end = from;

	while (end < r->s.n && !ascii_is_space(r->s.p[end]))
		end++;
	if (end == from) {
		struct span trimmed = span_trim(span_cut(r->s, 0, r->end_of_last));
		from = r->s.n && trimmed.n ? (size_t)(trimmed.p - r->s.p) : 0;
		end = trimmed.n ? from + trimmed.n : r->s.n;
	}
	note(&date, DATE_BAD_SYNTAX, (struct range){ from, end });
	date.time = 0;
	return date;
}

struct fields {
	struct range weekday, day, month, year, hour, minute, second, zone;
	int weekday_number, month_number;
	int year_number;
	bool has_second;
};

/* hh:mm or hh:mm:ss. */
static bool read_time(struct reader *r, struct fields *f, struct date *date)
{
	f->hour = read_digits(r);
	if (length(f->hour) != 2)
		return stop_at(r, f->hour.start);
	if (!read_character(r, ':'))
		return false;
	bool spaced = r->blank;
	f->minute = read_digits(r);
	spaced = spaced || r->blank;
	if (length(f->minute) != 2)
		return stop_at(r, f->minute.start);
	size_t before = r->at;
	f->has_second = read_character(r, ':');
	if (f->has_second) {
		spaced = spaced || r->blank;
		f->second = read_digits(r);
		spaced = spaced || r->blank;
		if (length(f->second) != 2)
			return stop_at(r, f->second.start);
	} else {
		r->at = before;
	}
	if (spaced)
		note(date, DATE_OBSOLETE, (struct range){ f->hour.start, r->at });
	return true;
}

static bool read_zone_name(struct reader *r, struct fields *f, struct date *date)
{
	f->zone = read_letters(r);
	struct span name = part(r, f->zone);
	if (name.n == 0 || (r->at < r->s.n && !ascii_is_space(r->s.p[r->at]) && r->s.p[r->at] != '('))
		return stop_at(r, f->zone.start);
	for (size_t i = 0; i < sizeof zones / sizeof *zones; i++) {
		if (span_eq_ci(name, span_str(zones[i].name))) {
			date->zone_minutes = zones[i].minutes;
			note(date, DATE_OBSOLETE, f->zone);
			return true;
		}
	}
	if (name.n == 1 && ascii_lower(name.p[0]) != 'j') {
		note(date, DATE_OBSOLETE, f->zone);
		return true;
	}
	/* Section 4.3 wants an unknown name read as -0000; this one is known to everybody who writes it. */
	if (span_eq_ci(name, SPAN_LIT("jst")))
		date->zone_minutes = 9 * 60;
	note(date, DATE_UNKNOWN_ZONE, f->zone);
	return true;
}

static bool read_zone(struct reader *r, struct fields *f, struct date *date)
{
	skip_blanks(r);
	if (r->at >= r->s.n || (r->s.p[r->at] != '+' && r->s.p[r->at] != '-'))
		return read_zone_name(r, f, date);
	size_t sign = r->at++;
	size_t digits_start = r->at;
	struct range digits = read_digits(r);
	if (digits.start != digits_start || length(digits) != 4)
		return stop_at(r, sign);
	f->zone = (struct range){ sign, digits.end };
	int hours = number(span_cut(r->s, digits.start, digits.start + 2));
	int minutes = number(span_cut(r->s, digits.start + 2, digits.end));
	if (minutes > 59)
		note(date, DATE_RANGE, f->zone);
	date->zone_minutes = (hours * 60 + minutes) * (r->s.p[sign] == '-' ? -1 : 1);
	return true;
}

/* Section 4.3: 00 to 49 are 2000 to 2049, other short years count from 1900. */
static void read_year_number(const struct reader *r, struct fields *f, struct date *date)
{
	int year = number(part(r, f->year));

	if (length(f->year) < 4) {
		note(date, DATE_OBSOLETE, f->year);
		year += length(f->year) == 2 && year < 50 ? 2000 : 1900;
	}
	if (year < 1900 || length(f->year) > 5)
		note(date, DATE_RANGE, f->year);
	f->year_number = year;
}

static void check_ranges(const struct reader *r, const struct fields *f, struct date *date)
{
	int day = number(part(r, f->day));

	if (!(date->flags & DATE_RANGE) && (day < 1 || day > days_in_month(f->year_number, f->month_number)))
		note(date, DATE_RANGE, f->day);
	if (number(part(r, f->hour)) > 23)
		note(date, DATE_RANGE, f->hour);
	if (number(part(r, f->minute)) > 59)
		note(date, DATE_RANGE, f->minute);
	if (f->has_second && number(part(r, f->second)) > 60)
		note(date, DATE_RANGE, f->second);
}

struct date date_parse(struct span value)
{
	struct reader r = { .s = value };
	struct date date = { 0 };
	struct fields f = { 0 };

	f.weekday = read_letters(&r);
	if (length(f.weekday)) {
		f.weekday_number = index_of(part(&r, f.weekday), weekdays, 7);
		if (f.weekday_number < 0)
			return bad_syntax(date, &r, f.weekday.start);
		if (!read_character(&r, ','))
			return bad_syntax(date, &r, f.weekday.start);
	}
	f.day = read_digits(&r);
	if (length(f.day) < 1 || length(f.day) > 2)
		return bad_syntax(date, &r, f.day.start);
	f.month = read_letters(&r);
	f.month_number = index_of(part(&r, f.month), months, 12) + 1;
	if (f.month_number == 0)
		return bad_syntax(date, &r, f.month.start);
	f.year = read_digits(&r);
	if (length(f.year) < 2)
		return bad_syntax(date, &r, f.year.start);
	read_year_number(&r, &f, &date);
	if (!read_time(&r, &f, &date))
		return bad_syntax(date, &r, r.at);
	size_t behind_time = r.at;
	if (!read_zone(&r, &f, &date))
		return bad_syntax(date, &r, r.at);
	/* The pieces must not touch: "1May2026", "09:00:00+0900". */
	if (f.month.start == f.day.end)
		return bad_syntax(date, &r, f.day.start);
	if (f.year.start == f.month.end)
		return bad_syntax(date, &r, f.month.start);
	if (f.zone.start == behind_time)
		return bad_syntax(date, &r, f.hour.start);
	skip_blanks(&r);
	if (r.at < value.n)
		return bad_syntax(date, &r, r.at);
	check_ranges(&r, &f, &date);
	if (date.flags & DATE_RANGE)
		return date;
	int64_t days = days_of(f.year_number, f.month_number, number(part(&r, f.day)));
	date.time = days * 86400 + number(part(&r, f.hour)) * 3600 + number(part(&r, f.minute)) * 60 - (int64_t)date.zone_minutes * 60;
	if (f.has_second)
		date.time += number(part(&r, f.second));
	/* 1970-01-01 was a Thursday; the year is 1900 at least, 70 years are fewer than 7 * 4000 days. */
	date.right_weekday = (int)((days + 4 + 7 * 4000) % 7);
	if (length(f.weekday) && f.weekday_number != date.right_weekday)
		note(&date, DATE_WEEKDAY, f.weekday);
	return date;
}

/* ---- ISO 8601 ---- */

/* Exactly n digits at *at. */
static bool fixed_digits(struct span s, size_t *at, size_t n, int *value)
{
	if (*at + n > s.n)
		return false;
	for (size_t i = 0; i < n; i++)
		if (!ascii_is_digit(s.p[*at + i]))
			return false;
	*value = number(span_cut(s, *at, *at + n));
	*at += n;
	return true;
}

static bool fixed_character(struct span s, size_t *at, char c)
{
	if (*at >= s.n || s.p[*at] != c)
		return false;
	++*at;
	return true;
}

/* Z, +hh:mm, +hhmm. */
static bool iso_zone(struct span s, size_t *at, int *minutes)
{
	int hour, minute;

	*minutes = 0;
	if (*at < s.n && ascii_lower(s.p[*at]) == 'z')
		return fixed_character(s, at, s.p[*at]);
	if (*at >= s.n || (s.p[*at] != '+' && s.p[*at] != '-'))
		return false;
	int sign = s.p[(*at)++] == '-' ? -1 : 1;
	if (!fixed_digits(s, at, 2, &hour))
		return false;
	fixed_character(s, at, ':');
	if (!fixed_digits(s, at, 2, &minute) || hour > 23 || minute > 59)
		return false;
	*minutes = sign * (hour * 60 + minute);
	return true;
}

bool date_parse_iso(struct span value, int64_t *time_out)
{
	int year, month, day, hour = 0, minute = 0, second = 0, zone = 0;
	size_t at = 0;

	if (!fixed_digits(value, &at, 4, &year) || !fixed_character(value, &at, '-') || !fixed_digits(value, &at, 2, &month) ||
	    !fixed_character(value, &at, '-') || !fixed_digits(value, &at, 2, &day))
		return false;
	if (year < 1 || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month))
		return false;
	if (at < value.n) {
		if (ascii_lower(value.p[at]) != 't' && value.p[at] != ' ')
			return false;
		at++;
		if (!fixed_digits(value, &at, 2, &hour) || !fixed_character(value, &at, ':') || !fixed_digits(value, &at, 2, &minute))
			return false;
		if (fixed_character(value, &at, ':')) {
			if (!fixed_digits(value, &at, 2, &second))
				return false;
			if (fixed_character(value, &at, '.')) {
				size_t fraction = at;
				while (at < value.n && ascii_is_digit(value.p[at]))
					at++;
				if (at == fraction)
					return false;
			}
		}
		if (!iso_zone(value, &at, &zone) || at < value.n || hour > 23 || minute > 59 || second > 60)
			return false;
	}
	*time_out = days_of(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - (int64_t)zone * 60;
	return true;
}

const char *date_write(struct arena *arena, int64_t time, int zone_minutes)
{
	static const char *const day_names[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };
	static const char *const month_names[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	GDateTime *local = g_date_time_new_from_unix_utc(time + 60 * (int64_t)zone_minutes);
	int zone = zone_minutes < 0 ? -zone_minutes : zone_minutes;

	if (!local)
		return NULL;
	const char *written = arena_printf(arena, "%s, %d %s %04d %02d:%02d:%02d %c%02d%02d", day_names[g_date_time_get_day_of_week(local) - 1],
					   g_date_time_get_day_of_month(local), month_names[g_date_time_get_month(local) - 1], g_date_time_get_year(local),
					   g_date_time_get_hour(local), g_date_time_get_minute(local), g_date_time_get_second(local),
					   zone_minutes < 0 ? '-' : '+', zone / 60, zone % 60);
	g_date_time_unref(local);
	return written;
}
