/* Role: reads prices, percentages, dates, times of day and telephone numbers in the ways newsletters write them (form L1).
 * May not: report anything, or guess: what it cannot place is no figure. */
#include "rule/figure.h"

#include <glib.h>

#include "base/utf8.h"

enum { MOST_DIGITS = 15 };

static bool starts_at(struct span s, size_t at, const char *word)
{
	return span_starts(span_cut(s, at, s.n), span_str(word));
}

/* Behind all the signs that stand at the place. */
static size_t skip_signs(struct span s, size_t at, const char *signs)
{
	while (at < s.n && s.p[at] && strchr(signs, s.p[at]))
		at++;
	return at;
}

static bool digit_at(struct span s, size_t at)
{
	return at < s.n && ascii_is_digit(s.p[at]);
}

/* A number of at most most digits; -1 where there is none or it is longer. */
static int64_t digits(struct span s, size_t *at, size_t most)
{
	int64_t value = 0;
	size_t start = *at;

	for (; digit_at(s, *at); ++*at) {
		if (*at - start >= most)
			return -1;
		value = value * 10 + (s.p[*at] - '0');
	}
	return *at > start ? value : -1;
}

/* The same in kanji (二〇二六, 二十四, 十) or in digits. */
static int64_t kanji_number(struct span s, size_t *at)
{
	static const char *const signs[] = { "〇", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十" };
	int64_t value = 0, tens = 0;
	size_t start = *at;

	if (digit_at(s, *at))
		return digits(s, at, 4);
	while (*at < s.n && *at - start < 12) {
		int found = -1;
		for (int i = 0; i <= 10 && found < 0; i++)
			if (starts_at(s, *at, signs[i]))
				found = i;
		if (found < 0)
			break;
		*at += strlen(signs[0]);
		if (found == 10) {
			tens = value ? value * 10 : 10;
			value = 0;
		} else {
			value = value * 10 + found;
		}
	}
	return *at > start ? tens + value : -1;
}

static bool is_day(int64_t month, int64_t day)
{
	return month >= 1 && month <= 12 && day >= 1 && day <= 31;
}

/* --- dates ----------------------------------------------------------------------------------------------------------------------------- */

static void set_date(struct figure *out, int64_t year, int64_t month, int64_t day)
{
	*out = (struct figure){ .kind = FIGURE_DATE, .value = month * 100 + day, .detail = (int32_t)year };
}

/* The months' names, in full or by three letters. -1. */
static int month_name(struct span s, size_t *at)
{
	static const char *const names[] = { "january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
					     "november", "december" };
	size_t end = *at;

	while (end < s.n && ascii_is_alpha(s.p[end]) && end - *at < 12)
		end++;
	struct span word = span_cut(s, *at, end);
	for (int i = 0; i < 12; i++) {
		struct span name = span_str(names[i]);
		if (!span_eq(word, name) && !(word.n == 3 && span_starts(name, word)) && !(i == 8 && span_eq(word, SPAN_LIT("sept"))))
			continue;
		*at = end;
		return i + 1;
	}
	return -1;
}

/* A day of the month, with st, nd, rd, th. */
static int64_t day_number(struct span s, size_t *at)
{
	static const char *const ordinals[] = { "st", "nd", "rd", "th" };
	int64_t day = digits(s, at, 2);

	for (size_t i = 0; i < G_N_ELEMENTS(ordinals); i++)
		if (starts_at(s, *at, ordinals[i])) {
			*at += 2;
			break;
		}
	return day >= 1 && day <= 31 && !(*at < s.n && (ascii_is_alnum(s.p[*at]) || s.p[*at] == ':')) ? day : -1;
}

/* ", 2026" behind a date: the year, 0 where there is none. */
static int64_t year_behind(struct span s, size_t *at)
{
	size_t next = skip_signs(s, *at, ",. \n-");
	int64_t year = next > *at && next - *at <= 2 ? digits(s, &next, 4) : -1;

	if (year < 1900 || year > 2199 || (next < s.n && (ascii_is_alnum(s.p[next]) || s.p[next] == ':')))
		return 0;
	*at = next;
	return year;
}

/* "24 November 2026", "24th of Nov", "November 24, 2026", "Nov. 24th". */
static bool english_date(struct span s, size_t at, struct figure *out, size_t *end)
{
	int64_t day = -1;
	int month = month_name(s, &at);

	if (month > 0) {
		size_t next = skip_signs(s, at, ". \n-");
		if (next == at || next - at > 2)
			return false;
		at = next;
		day = day_number(s, &at);
	} else if ((day = day_number(s, &at)) > 0) {
		size_t next = skip_signs(s, at, " \n-");
		if (next == at || next - at > 1)
			return false;
		if (starts_at(s, next, "of "))
			next += 3;
		month = month_name(s, &next);
		at = next;
	}
	if (month < 0 || day < 0)
		return false;
	set_date(out, year_behind(s, &at), month, day);
	*end = at;
	return true;
}

/* The name of an era at the place: the year before its first, 0 where there is none. *at is moved behind it. */
static int64_t era_at(struct span s, size_t *at)
{
	static const struct {
		const char *name;
		int before;
	} eras[] = { { "令和", 2018 }, { "平成", 1988 }, { "昭和", 1925 } };

	for (size_t i = 0; i < G_N_ELEMENTS(eras); i++)
		if (starts_at(s, *at, eras[i].name)) {
			*at += strlen(eras[i].name);
			return eras[i].before;
		}
	return 0;
}

/* "2026年11月24日", "11月24日", "11 月 24 日", "令和八年十一月二十四日". */
static bool japanese_date(struct span s, size_t at, struct figure *out, size_t *end)
{
	int64_t year = 0, month, day, base = era_at(s, &at);

	at = skip_signs(s, at, " ");
	if (base && starts_at(s, at, "元年")) {
		month = 1;
		at += strlen("元");
	} else {
		month = kanji_number(s, &at);
	}
	size_t next = skip_signs(s, at, " ");
	if (month > 0 && starts_at(s, next, "年")) {
		year = month + base;
		at = skip_signs(s, next + strlen("年"), " \n");
		month = kanji_number(s, &at);
		next = skip_signs(s, at, " ");
	} else if (base) {
		return false;
	}
	if (month < 1 || !starts_at(s, next, "月"))
		return false;
	at = skip_signs(s, next + strlen("月"), " \n");
	day = kanji_number(s, &at);
	next = skip_signs(s, at, " ");
	if (!is_day(month, day) || !starts_at(s, next, "日"))
		return false;
	set_date(out, year, month, day);
	*end = next + strlen("日");
	return true;
}

/* "2026/11/24", "2026-11-24", "24.11.2026", "11/24/2026", "11/24". */
static bool numeric_date(struct span s, size_t at, struct figure *out, size_t *end)
{
	int64_t n[3] = { 0, 0, 0 };
	size_t count = 0, first = at;
	char sign = '\0';

	while (count < 3) {
		n[count] = digits(s, &at, 4);
		if (n[count++] < 0)
			return false;
		if (count == 1)
			first = at - first;
		if (at >= s.n || count == 3 || !strchr("/.-", s.p[at]) || (sign && s.p[at] != sign) || !digit_at(s, at + 1))
			break;
		sign = s.p[at++];
	}
	if (at < s.n && (ascii_is_alpha(s.p[at]) || s.p[at] == '%' || (strchr("/.-,", s.p[at]) && digit_at(s, at + 1))))
		return false;
	*end = at;
	if (count == 2) {
		set_date(out, 0, n[0], n[1]);
		return sign == '/' && is_day(n[0], n[1]);
	}
	if (count != 3)
		return false;
	if (first == 4) {
		set_date(out, n[0], n[1], n[2]);
		return n[0] >= 1900 && n[0] < 2200 && is_day(n[1], n[2]);
	}
	if (n[2] < 1900 || n[2] > 2199)
		return false;
	bool day_first = sign != '/' || n[0] > 12;
	set_date(out, n[2], n[day_first], n[!day_first]);
	out->turned = is_day(n[0], n[1]) && is_day(n[1], n[0]);
	return is_day(n[day_first], n[!day_first]);
}

/* Behind "(火)", "(火・祝)" where it stands at at. */
static size_t behind_weekday(struct span s, size_t at)
{
	static const char *const days[] = { "月", "火", "水", "木", "金", "土", "日" };
	size_t open = skip_signs(s, at, " ");

	if (open >= s.n || s.p[open] != '(')
		return at;
	for (size_t i = 0; i < G_N_ELEMENTS(days); i++) {
		if (!starts_at(s, open + 1, days[i]))
			continue;
		size_t close = span_find_byte(span_cut(s, 0, open + 20 < s.n ? open + 20 : s.n), ')', open);
		return close < s.n && s.p[close] == ')' ? close + 1 : at;
	}
	return at;
}

/* --- times ----------------------------------------------------------------------------------------------------------------------------- */

/* am or pm, in letters behind at or in kanji before start: 0 am, 1 pm, -1 neither. *at is moved behind it. */
static int half_of_day(struct span s, size_t start, size_t *at)
{
	static const char *const words[] = { "a.m.", "p.m.", "am", "pm" };
	struct span before = span_cut(s, 0, start);
	size_t next = skip_signs(s, *at, " ");

	for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
		size_t end = next + strlen(words[i]);
		if (!starts_at(s, next, words[i]) || (end < s.n && ascii_is_alnum(s.p[end])))
			continue;
		*at = end;
		return i & 1;
	}
	while (before.n && before.p[before.n - 1] == ' ')
		before.n--;
	if (before.n >= 6 && span_eq(span_cut(before, before.n - 6, before.n), SPAN_LIT("午前")))
		return 0;
	if (before.n >= 6 && span_eq(span_cut(before, before.n - 6, before.n), SPAN_LIT("午後")))
		return 1;
	return -1;
}

/* "14:00", "14:00:05", "2:30 pm", "2 p.m.", "14時", "午後2時30分", "2時半". */
static bool time_of_day(struct span s, size_t at, struct figure *out, size_t *end)
{
	size_t start = at;
	int64_t hour = digits(s, &at, 2), minute = 0;
	bool written = false;

	if (hour < 0 || hour > 29)
		return false;
	if (at < s.n && s.p[at] == ':' && digit_at(s, at + 1)) {
		size_t from = ++at;
		minute = digits(s, &at, 2);
		written = minute >= 0 && minute < 60 && at - from == 2;
		if (written && at < s.n && s.p[at] == ':' && digit_at(s, at + 1)) {
			at++;
			written = digits(s, &at, 2) >= 0;
		}
		if (!written || (at < s.n && s.p[at] == ':'))
			return false;
	} else if (starts_at(s, skip_signs(s, at, " "), "時") && !starts_at(s, skip_signs(s, at, " "), "時間")) {
		at = skip_signs(s, at, " ") + strlen("時");
		size_t next = skip_signs(s, at, " ");
		int64_t minutes = digits(s, &next, 2);
		written = true;
		if (starts_at(s, at, "半")) {
			minute = 30;
			at += strlen("半");
		} else if (minutes >= 0 && minutes < 60 && starts_at(s, skip_signs(s, next, " "), "分")) {
			minute = minutes;
			at = skip_signs(s, next, " ") + strlen("分");
		}
	}
	int half = half_of_day(s, start, &at);
	if ((!written && (half < 0 || at == start)) || (at < s.n && ascii_is_alnum(s.p[at])))
		return false;
	if (!written && !ascii_is_alpha(s.p[at - 1]) && s.p[at - 1] != '.')
		return false; /* 午後 and a bare number */
	if (half >= 0 && hour <= 12)
		hour = hour % 12 + 12 * half;
	*out = (struct figure){ .kind = FIGURE_TIME, .value = hour * 60 + minute, .detail = half >= 0 || hour > 12 };
	*end = at;
	return true;
}

/* --- telephone numbers ----------------------------------------------------------------------------------------------------------------- */

struct phone {
	char digits[MOST_DIGITS + 1];
	size_t n, groups, length[8];
	bool plus;
};

/* Is what was read so far a whole number? */
static bool is_phone(const struct phone *p)
{
	if (p->plus)
		return p->n >= 9;
	if (p->digits[0] == '0')
		return p->groups == 1 ? p->n == 10 || p->n == 11 : p->length[0] >= 2 && p->n >= 9 && p->n <= 12;
	size_t first = p->groups == 4 && p->length[0] == 1 && p->digits[0] == '1';
	return p->groups == first + 3 && p->length[first] == 3 && p->length[first + 1] == 3 && p->length[first + 2] == 4;
}

static int64_t phone_value(const struct phone *p, int32_t *foreign)
{
	struct span number = span_of(p->digits, p->n);
	size_t at = 0;

	*foreign = 0;
	if (p->plus && span_starts(number, SPAN_LIT("81")))
		at = 2;
	else if (p->n == 11 && number.p[0] == '1')
		at = 1;
	else
		*foreign = p->plus;
	return digits(number, &at, MOST_DIGITS);
}

/* "03-1234-5678", "(03) 1234-5678", "0312345678", "+81 (0)3 1234 5678", "1-800-555-0100". A line end may follow a hyphen. */
static bool phone_number(struct span s, size_t at, struct figure *out, size_t *end)
{
	struct phone p = { .plus = s.p[at] == '+' };
	bool found = false, hyphen = false;

	at = skip_signs(s, at + p.plus, "(");
	while (digit_at(s, at) && p.groups < G_N_ELEMENTS(p.length)) {
		size_t start = at;
		while (digit_at(s, at) && p.n < MOST_DIGITS)
			p.digits[p.n++] = s.p[at++];
		if (digit_at(s, at))
			break;
		p.length[p.groups++] = at - start;
		if (is_phone(&p)) {
			*out = (struct figure){ .kind = FIGURE_PHONE };
			out->value = phone_value(&p, &out->detail);
			found = true;
			*end = at;
		}
		size_t next = skip_signs(s, at, hyphen ? "-()" : "-(). ");
		hyphen |= memchr(s.p + at, '-', next - at) != NULL;
		if (next < s.n && s.p[next] == '\n' && next > at && s.p[next - 1] == '-')
			next++;
		if (next == at || next - at > 3)
			break;
		at = next;
	}
	return found && !(*end < s.n && ascii_is_alpha(s.p[*end]));
}

/* --- prices and percentages ------------------------------------------------------------------------------------------------------------ */

struct currency {
	const char *word;
	char letter;
};

static char currency_in(struct span s, bool at_end, const struct currency *list, size_t n, size_t *length)
{
	for (size_t i = 0; i < n; i++) {
		struct span word = span_str(list[i].word);
		if (at_end ? !span_ends_ci(s, word) : !span_starts(s, word))
			continue;
		if (ascii_is_alpha(list[i].word[0]) && s.n > word.n && ascii_is_alnum(at_end ? s.p[s.n - word.n - 1] : s.p[word.n]))
			continue;
		*length = word.n;
		return list[i].letter;
	}
	return '\0';
}

/* "1,200", "1.200,50", "45.00" in ten-thousandths: the last sign is a decimal one where not three digits follow. -1. */
static int64_t amount(struct span s, size_t *at)
{
	int64_t value = 0, unit = 10000;
	size_t n = 0;

	for (; *at < s.n && n <= 12; ++*at) {
		char ch = s.p[*at];
		if (ascii_is_digit(ch)) {
			value = value * 10 + (ch - '0');
			n++;
		} else if ((ch == ',' || ch == '.') && digit_at(s, *at + 1)) {
			size_t behind = *at + 1;
			while (digit_at(s, behind))
				behind++;
			bool more = behind < s.n && (s.p[behind] == ',' || s.p[behind] == '.') && digit_at(s, behind + 1);
			size_t places = behind - *at - 1;
			if (!more && places != 3 && places <= 4) {
				for (size_t i = *at + 1; i < behind; i++, unit /= 10)
					value = value * 10 + (s.p[i] - '0');
				*at = behind;
				break;
			}
		} else {
			break;
		}
	}
	return n && n <= 12 ? value * unit : -1;
}

/* A number with a currency before or behind it, with 税込, or with a sign of percent. */
static bool priced(struct span s, size_t at, struct figure *out, size_t *end)
{
	static const struct currency before[] = { { "$", 'd' }, { "¥", 'y' }, { "€", 'e' }, { "£", 'p' }, { "usd", 'd' }, { "jpy", 'y' }, { "eur", 'e' },
						  { "gbp", 'p' } };
	static const struct currency behind[] = { { "円", 'y' }, { "yen", 'y' }, { "jpy", 'y' }, { "ドル", 'd' }, { "usd", 'd' }, { "dollars", 'd' },
						  { "ユーロ", 'e' }, { "euro", 'e' }, { "euros", 'e' }, { "eur", 'e' }, { "€", 'e' }, { "ポンド", 'p' },
						  { "gbp", 'p' }, { "£", 'p' } };
	size_t start = at, length = 0, number_end;
	int64_t value = amount(s, &at);

	if (value < 0)
		return false;
	number_end = at;
	static const char *const percents[] = { "%", " %", "パーセント", " percent", "\npercent" };
	for (size_t i = 0; i < G_N_ELEMENTS(percents); i++)
		if (starts_at(s, at, percents[i])) {
			*out = (struct figure){ .kind = FIGURE_PERCENT, .value = value, .range.start = start };
			*end = at + strlen(percents[i]);
			return true;
		}
	if (starts_at(s, at, "万")) {
		at += strlen("万");
		value *= 10000;
		int64_t rest = digit_at(s, at) ? amount(s, &at) : 0;
		if (rest > 0)
			value += rest;
	}
	struct span front = span_cut(s, 0, start);
	if (front.n && front.p[front.n - 1] == ' ')
		front.n--;
	size_t next = at < s.n && (s.p[at] == ' ' || s.p[at] == '\n') ? at + 1 : at;
	char letter = currency_in(span_cut(s, next, s.n), false, behind, G_N_ELEMENTS(behind), &length);
	if (letter) {
		at = next + length;
	} else {
		letter = currency_in(front, true, before, G_N_ELEMENTS(before), &length);
		if (letter)
			start = front.n - length;
		else if (number_end == at && (starts_at(s, at, "(税込") || starts_at(s, at, "(税抜") || starts_at(s, at, "(税別")))
			letter = 'y';
	}
	*out = (struct figure){ .kind = FIGURE_PRICE, .value = value, .detail = letter, .range.start = start };
	*end = at;
	return letter != '\0';
}

/* --- all ----------------------------------------------------------------------------------------------------------------------------------- */

/* Can a date, a time or a telephone number begin here? Not inside of paths, versions and codes. */
static bool is_free(struct span s, size_t at)
{
	return at == 0 || (!ascii_is_alnum(s.p[at - 1]) && !strchr("/.-:,=&?#_@+", s.p[at - 1]));
}

static bool is_kanji_start(struct span s, size_t at)
{
	/* Of three bytes each; the last three begin the names of eras. */
	static const char signs[] = "一二三四五六七八九十令平昭";

	if ((unsigned char)s.p[at] < 0xE4 || s.n - at < 3)
		return false;
	for (size_t i = 0; i + 3 < sizeof signs; i += 3)
		if (memcmp(s.p + at, signs + i, 3) == 0)
			return true;
	return false;
}

bool figure_at(struct span s, size_t at, struct figure *out, size_t *next)
{
	char ch = s.p[at];
	bool number = ascii_is_digit(ch), in_word = at > 0 && ascii_is_alnum(s.p[at - 1]);
	size_t end = at;
	bool found = false;

	*next = at + 1;
	if (number ? in_word : ch != '+' && ch != '(' && (in_word || !ascii_is_alpha(ch)) && !is_kanji_start(s, at))
		return false;
	*out = (struct figure){ .range.start = at };
	if (is_free(s, at)) {
		if (number || ch == '+' || ch == '(')
			found = phone_number(s, at, out, &end);
		if (!found && ascii_is_alpha(ch))
			found = strchr("jfmasond", ch) && english_date(s, at, out, &end);
		else if (!found)
			found = (number && numeric_date(s, at, out, &end)) || english_date(s, at, out, &end) || japanese_date(s, at, out, &end);
		if (!found && number)
			found = time_of_day(s, at, out, &end);
		out->range.start = at;
		if (found && out->kind == FIGURE_DATE)
			end = behind_weekday(s, end);
	}
	if (!found && number) {
		end = at;
		found = priced(s, at, out, &end);
		/* The rest of the number is none of its own. */
		for (*next = at; *next < s.n && (digit_at(s, *next) || (strchr(",.", s.p[*next]) && digit_at(s, *next + 1)));)
			++*next;
	}
	if (!found)
		return false;
	out->range.end = end;
	*next = end > at ? end : at + 1;
	return true;
}

/* Do the digits from the start of one figure on, over small signs, make the digits of the other? "$45 99", "$4599" and "$45.99": raised cents, and
 * numbers over the end of a line. */
static bool reads_on(struct span s, const struct figure *a, struct span other, const struct figure *b)
{
	size_t at = a->range.start, n = 0;

	for (size_t i = b->range.start; i < b->range.end; i++) {
		if (!ascii_is_digit(other.p[i]))
			continue;
		for (size_t signs = 0; at < s.n && !ascii_is_digit(s.p[at]); at++)
			if ((at >= a->range.end && !strchr(" .,-\n", s.p[at])) || ++signs > 8)
				return false;
		if (at >= s.n || s.p[at] != other.p[i])
			return false;
		at++;
		n++;
	}
	return n && !digit_at(s, at);
}

bool figure_same(struct span sa, const struct figure *a, struct span sb, const struct figure *b)
{
	if (a->kind != b->kind)
		return false;
	switch (a->kind) {
	case FIGURE_DATE:
		if (a->detail && b->detail && a->detail != b->detail)
			return false;
		return a->value == b->value || ((a->turned || b->turned) && a->value == b->value % 100 * 100 + b->value / 100);
	case FIGURE_TIME:
		return a->value == b->value || (!(a->detail && b->detail) && (a->value - b->value) % (12 * 60) == 0);
	case FIGURE_PHONE:
		return a->value == b->value || ((a->detail || b->detail) && a->value % 1000000000 == b->value % 1000000000) ||
		       reads_on(sa, a, sb, b) || reads_on(sb, b, sa, a);
	case FIGURE_PRICE:
	case FIGURE_PERCENT:
		break;
	}
	return a->detail == b->detail && (a->value == b->value || reads_on(sa, a, sb, b) || reads_on(sb, b, sa, a));
}
