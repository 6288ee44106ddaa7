/* Checks of what a text says as a whole: capitals, disguised words, no content, the first words, why one receives it, weekdays
 * against dates. Words are settings of the rules. */
#include "rule/check_common.h"

#include <glib.h>

#include "base/idn.h"
#include "base/normal.h"
#include "base/utf8.h"
#include "doc/inbox.h"

/* --- capitals ---------------------------------------------------------------------------------------------------------------------- */

struct cases {
	size_t upper, cased, caseless;
};

static void count_cases(struct span s, struct cases *out)
{
	for (size_t at = 0; at < s.n;) {
		uint32_t ch = utf8_next(s, &at);
		if (ch < 0x80) {
			out->upper += ch >= 'A' && ch <= 'Z';
			out->cased += ascii_is_alpha((char)ch);
			continue;
		}
		if (!g_unichar_isalpha(ch))
			continue;
		bool upper = g_unichar_isupper(ch), lower = g_unichar_islower(ch);
		out->upper += upper;
		out->cased += upper || lower;
		out->caseless += !upper && !lower;
	}
}

/* with: letters (least number), percent. A displayed text whose letters are mostly capitals; the place is its first line of capitals. A text mainly
 * in a script without case is not judged. */
CHECK(body_capitals)
{
	size_t least = (size_t)rule_setting_int(check_rule(c), "letters", 200), percent = (size_t)rule_setting_int(check_rule(c), "percent", 50);

	for (size_t i = 0; i < m->n_bodies; i++) {
		const struct text *text = m->bodies[i].visible;
		struct cases all = { 0 };
		count_cases(text->bytes, &all);
		if (all.cased < least || all.upper * 100 <= all.cased * percent || all.caseless > all.cased)
			continue;
		for (size_t start = 0; start < text->bytes.n;) {
			size_t end = span_find_byte(text->bytes, '\n', start);
			struct span line = span_cut(text->bytes, start, end), inner = span_trim(line);
			struct cases here = { 0 };
			count_cases(line, &here);
			if (here.cased >= 10 && here.upper * 10 >= here.cased * 8) {
				size_t first = (size_t)(inner.p - text->bytes.p);
				check_report_text(c, text, ((struct range){ first, first + inner.n }), NULL, ARG_I("percent", all.upper * 100 / all.cased));
				return;
			}
			start = end + 1;
		}
	}
}

/* --- disguised words ----------------------------------------------------------------------------------------------------------------- */

struct hits {
	size_t count;
	struct range first;
};

static void add_hit(struct hits *hits, size_t start, size_t end)
{
	if (!hits->count++)
		hits->first = (struct range){ start, end };
}

/* A word with Latin letters and letters of Cyrillic or Greek that look Latin, and no others. A Greek letter at an end is a symbol, as in TNF-alpha. */
static bool is_mixed_word(struct span word)
{
	size_t latin = 0, alike = 0, others = 0, letters = 0;

	for (size_t at = 0; at < word.n;) {
		size_t start = at;
		uint32_t ch = utf8_next(word, &at);
		if (!g_unichar_isalpha(ch))
			continue;
		letters++;
		uint32_t lower = g_unichar_tolower(ch);
		bool end_of_word = start == 0 || at >= word.n, greek = lower >= 0x370 && lower < 0x400;
		if (lower < 0x250)
			latin++;
		else if (idn_looks_latin(lower) && !(greek && end_of_word))
			alike++;
		else
			others++;
	}
	return latin >= 2 && alike > 0 && others == 0 && letters >= 4;
}

static bool is_cyrillic_or_greek(struct span word)
{
	size_t at = 0;
	uint32_t ch = word.n ? utf8_next(word, &at) : 0;
	return ch >= 0x370 && ch < 0x530;
}

/* The word with digits and signs read as the letters they stand for; one is read as i or as l. 0 where nothing had to be read so. */
static size_t read_as_letters(struct span word, char one, char out[24])
{
	size_t n = 0, read = 0, letters = 0;

	for (size_t at = 0; at < word.n;) {
		static const char digits[] = "013457@$", meant[] = "olea" "st" "as";
		uint32_t ch = utf8_next(word, &at);
		const char *found = ch < 0x80 && ch ? strchr(digits, (int)ch) : NULL;
		char letter = ch == 0x20AC ? 'e' : found ? meant[found - digits] : ch < 0x80 ? ascii_lower((char)ch) : '\0';
		if (ch == '1')
			letter = one;
		if (!ascii_is_alpha(letter) || n == 23)
			return 0;
		read += ch == 0x20AC || found;
		letters += ch < 0x80 && ascii_is_alpha((char)ch);
		out[n++] = letter;
	}
	return read && letters >= 2 ? n : 0;
}

static bool is_leet_word(struct span word, const char *const *lures)
{
	char letters[24];
	size_t n;

	/* "@apple" is a name and "$cash" a variable: signs stand inside. */
	if (word.n < 4 || word.n > 30 || word.p[0] == '@' || word.p[0] == '$' || word.p[word.n - 1] == '@' || word.p[word.n - 1] == '$')
		return false;
	n = read_as_letters(word, 'i', letters);
	if (n && word_in_list(lures, span_of(letters, n)))
		return true;
	n = n ? read_as_letters(word, 'l', letters) : 0;
	return n && word_in_list(lures, span_of(letters, n));
}

static bool is_word_byte(char ch)
{
	return ascii_is_alnum(ch) || ch == '@' || ch == '$' || (unsigned char)ch >= 0x80;
}

static bool is_address_sign(char ch)
{
	return strchr("./:-_=&?#%~+\\", ch) && ch;
}

/* Single small letters with one and the same sign between: "v i a g r a". The end of it; start where there are fewer than least, or the letters
 * follow in the alphabet. */
static size_t spaced_end(struct span s, size_t start, size_t least)
{
	size_t n = 1, end = start + 1;
	bool in_order = true;
	char sign = end < s.n ? s.p[end] : '\0';

	if (!sign || !strchr(" .-_*", sign) || (start > 0 && is_word_byte(s.p[start - 1])))
		return start;
	while (end + 1 < s.n && s.p[end] == sign && s.p[end + 1] >= 'a' && s.p[end + 1] <= 'z' && (end + 2 >= s.n || !is_word_byte(s.p[end + 2]))) {
		in_order = in_order && s.p[end + 1] == ascii_lower(s.p[end - 1]) + 1;
		end += 2;
		n++;
	}
	return n >= least && !in_order ? end : start;
}

/* Is the spaced word one of the list? Others are headings. */
static bool is_spaced_lure(struct span spaced, const char *const *lures)
{
	char letters[24];
	size_t n = 0;

	for (size_t i = 0; i < spaced.n && n < sizeof letters; i += 2)
		letters[n++] = ascii_lower(spaced.p[i]);
	return word_in_list(lures, span_of(letters, n));
}

/* with: spaced (letters, at least), lures (words in small letters). Cases: spaced (such a word), heading (another word), leet (digits and signs for
 * letters in such a word), mixed (Cyrillic or Greek look-alikes in a Latin word), slip (the same in a text that has Cyrillic or Greek words of its
 * own). */
CHECK(word_disguised)
{
	size_t least = (size_t)rule_setting_int(check_rule(c), "spaced", 5);
	const char *const *lures = rule_setting_list(check_rule(c), "lures");

	for (size_t i = 0; i <= m->n_bodies; i++) {
		const struct text *text = i < m->n_bodies ? m->bodies[i].visible : m->subject;
		struct hits spaced = { 0 }, heading = { 0 }, leet = { 0 }, mixed = { 0 };
		size_t foreign = 0;
		if (!text)
			continue;
		struct span s = text->bytes;
		bool ascii = span_is_ascii(s);
		for (size_t at = 0; at < s.n;) {
			if (!is_word_byte(s.p[at])) {
				at++;
				continue;
			}
			size_t end = at;
			bool only_letters = true;
			while (end < s.n && is_word_byte(s.p[end])) {
				only_letters &= ascii_is_alpha(s.p[end]);
				/* Blanks and punctuation beyond ASCII end a word, too. */
				if ((unsigned char)s.p[end] >= 0x80) {
					size_t next = end;
					uint32_t ch = utf8_next(s, &next);
					if (ch != 0x20AC && !g_unichar_isalnum(ch) && !g_unichar_ismark(ch))
						break;
					only_letters = false;
					end = next;
				} else {
					end++;
				}
			}
			if (end == at) {
				utf8_next(s, &at);
				continue;
			}
			struct span word = span_cut(s, at, end);
			bool in_address = (at > 0 && is_address_sign(s.p[at - 1])) || (end + 1 < s.n && is_address_sign(s.p[end]) && is_word_byte(s.p[end + 1]));
			size_t far = word.n == 1 && only_letters ? spaced_end(s, at, least) : at;
			if (far > at) {
				add_hit(is_spaced_lure(span_cut(s, at, far), lures) ? &spaced : &heading, at, far);
				at = far;
				continue;
			}
			if (!only_letters && !in_address && is_leet_word(word, lures))
				add_hit(&leet, at, end);
			else if (!ascii && !only_letters && is_mixed_word(word))
				add_hit(&mixed, at, end);
			else if (!ascii && is_cyrillic_or_greek(word) && word.n >= 6)
				foreign++;
			at = end;
		}
		if (spaced.count)
			check_report_text(c, text, spaced.first, "spaced", ARG_I("count", spaced.count));
		if (heading.count)
			check_report_text(c, text, heading.first, "heading", ARG_I("count", heading.count));
		if (leet.count)
			check_report_text(c, text, leet.first, "leet", ARG_I("count", leet.count));
		if (mixed.count)
			check_report_text(c, text, mixed.first, foreign > 3 ? "slip" : "mixed", ARG_I("count", mixed.count));
	}
}

/* --- content --------------------------------------------------------------------------------------------------------------------------- */

/* Letters and digits outside of URLs, and the number of URLs. */
static size_t count_content(struct span s, size_t *urls)
{
	size_t n = 0;

	for (size_t at = 0; at < s.n;) {
		struct range url;
		size_t end = s.n;
		bool found = url_find_in_text(s, at, &url);
		if (found)
			end = url.start;
		while (at < end) {
			uint32_t ch = utf8_next(s, &at);
			n += ch < 0x80 ? ascii_is_alnum((char)ch) : g_unichar_isalnum(ch);
		}
		*urls += found;
		at = found ? (url.end > at ? url.end : at + 1) : s.n;
	}
	return n;
}

static bool has_picture(const struct html *html)
{
	for (size_t i = 0; html && i < html->n_elements; i++)
		if (span_eq(html->elements[i].name, SPAN_LIT("img")) || span_eq(html->elements[i].name, SPAN_LIT("v:imagedata")))
			return true;
	return false;
}

/* with: characters. A mail without content; pictures without text are another rule's. Cases: empty, url (nothing but URLs), short. */
CHECK(content_missing)
{
	size_t least = (size_t)rule_setting_int(check_rule(c), "characters", 20), most = 0, urls = 0;
	const struct body *best = NULL;

	if (m->kind == INPUT_TEMPLATE || check_stage(c) == STAGE_TEMPLATE || m->n_bodies == 0 || any_body_is_doubtful(m)) {
		check_not_applicable(c);
		return;
	}
	for (size_t i = 0; i < m->n_bodies; i++) {
		if (has_picture(m->bodies[i].html) || background_picture(m, &m->bodies[i]))
			return;
		size_t n = count_content(m->bodies[i].visible->bytes, &urls);
		if (!best || n > most) {
			best = &m->bodies[i];
			most = n;
		}
		if (n >= least)
			return;
	}
	struct span text = best->visible->bytes, inner = span_trim(text);
	size_t start = (size_t)(inner.p - text.p);
	if (inner.n == 0)
		check_report(c, body_end(best->entity), "empty", ARG_I("count", 0));
	else
		check_report_text(c, best->visible, ((struct range){ start, start + inner.n }), urls && most == 0 ? "url" : "short", ARG_I("count", most));
}

/* The body that readers see first: the last HTML part that has text, else the first body. */
static const struct body *main_body(const struct message *m)
{
	for (size_t i = 0; i < m->n_bodies; i++)
		if (m->bodies[i].html && span_trim(m->bodies[i].visible->bytes).n)
			return &m->bodies[i];
	return m->n_bodies ? &m->bodies[0] : NULL;
}

/* The first image that a reader sees in front of all text; NULL. */
static const struct html_attribute *first_alt(const struct html *html)
{
	size_t first_text = html->source->bytes.n;

	for (size_t i = 0; i < html->n_texts && first_text == html->source->bytes.n; i++)
		if (html->texts[i].hidden == HTML_VISIBLE && span_trim(html->texts[i].decoded->bytes).n)
			first_text = html->texts[i].range.start;
	for (size_t i = 0; i < html->n_elements && html->elements[i].start_tag.start < first_text; i++) {
		const struct html_attribute *alt = span_eq(html->elements[i].name, SPAN_LIT("img")) ? html_attribute(&html->elements[i], "alt") : NULL;
		if (alt && html->elements[i].style.hidden == HTML_VISIBLE && span_trim(alt->value->bytes).n)
			return alt;
	}
	return NULL;
}

/* An alternative text that names the picture and not what it says: one of the words, "Hanami Books logo", "花見書店ロゴ", "header.png". */
static bool names_picture(struct check *c, struct span alt)
{
	static const char *const endings[] = { " logo", "ロゴ", "ロゴ画像", ".png", ".jpg", ".jpeg", ".gif" };
	struct span l1 = span_trim(span_str(normal_l1_plain(check_arena(c), alt)));

	for (size_t i = 0; i < G_N_ELEMENTS(endings); i++)
		if (span_ends_ci(l1, span_str(endings[i])))
			return true;
	return word_in_list(rule_setting_list(check_rule(c), "pictures"), l1);
}

/* What stands behind the preheader, as far as an inbox shows it: one of the phrases there; NULL. */
static const char *phrase_behind(struct check *c, const struct inbox *inbox, struct span preheader, const char *const *phrases)
{
	size_t columns = (size_t)rule_setting_int(check_rule(c), "columns", 60);
	size_t from = strlen(normal_l1_plain(check_arena(c), preheader));
	struct span l1 = span_str(normal_l1_plain(check_arena(c), inbox->preview));

	for (const char *const *phrase = phrases; phrase && *phrase; phrase++) {
		size_t at = span_find(l1, span_str(*phrase), MIN(from, l1.n));
		if (at < l1.n && text_width(span_cut(l1, 0, at), false) <= columns)
			return *phrase;
	}
	return NULL;
}

/* The cases of first_words that hang on what an inbox puts together. head: the first text, from start on. */
static void first_words_of_inbox(struct check *c, const struct message *m, const struct body *body, const struct text *text, struct range line, const char *const *phrases)
{
	struct span s = text->bytes;
	const struct inbox inbox = inbox_new(check_arena(c), m);
	const struct html_attribute *alt = body->html && inbox.source == INBOX_VISIBLE ? first_alt(body->html) : NULL;
	bool hidden = body->html && inbox.source == INBOX_HIDDEN && text == body->html->preheader;

	if (alt && span_starts(inbox.preview, span_trim(alt->value->bytes)) && names_picture(c, alt->value->bytes)) {
		check_report_text(c, alt->value, ((struct range){ 0, alt->value->bytes.n }), "picture");
	} else if (!alt && (span_starts_ci(span_cut(s, line.start, line.end), SPAN_LIT("https://")) || span_starts_ci(span_cut(s, line.start, line.end), SPAN_LIT("http://")))) {
		size_t end = line.start;
		while (end < line.end && s.p[end] != ' ')
			end++;
		check_report_text(c, text, ((struct range){ line.start, end }), "address");
	} else if (hidden && !inbox.filled) {
		const char *phrase = phrase_behind(c, &inbox, span_trim(s), phrases);
		if (phrase)
			check_report_text(c, text, line, "behind", ARG_T("words", span_str(phrase)));
	}
}

/* with: phrases (form L1), characters (how far from the start), columns (how far behind a preheader), pictures (alternative texts that say nothing). What
 * the inbox shows behind the Subject: the hidden preheader, else the first visible words. Cases: default (a link to the web version and the like comes
 * first), subject (the Subject again), picture (the name of a picture), address (a bare URL), behind (one of the phrases, behind a short preheader). */
CHECK(first_words)
{
	const char *const *phrases = rule_setting_list(check_rule(c), "phrases");
	size_t near = (size_t)rule_setting_int(check_rule(c), "characters", 40);
	const struct body *body = main_body(m);

	if (!body) {
		check_not_applicable(c);
		return;
	}
	const struct text *text = body->html && body->html->preheader && span_trim(body->html->preheader->bytes).n ? body->html->preheader : body->visible;
	struct span inner = span_trim(text->bytes);
	size_t start = (size_t)(inner.p - text->bytes.p), end = start + utf8_offset(inner, 300);
	struct range line = { start, span_find_byte(span_cut(text->bytes, 0, end), '\n', start) };
	/* The beginning as a text of its own, so that only it is brought into normal form. */
	struct map_builder b;
	map_builder_init(&b);
	map_add_copied(&b, start, end - start);
	struct text *head = text_new(check_arena(c), span_cut(text->bytes, start, end), map_builder_finish(&b, check_arena(c)), text);
	const struct text *l1 = normal_l1(check_arena(c), head);
	for (const char *const *phrase = phrases; phrase && *phrase; phrase++) {
		size_t at = span_find(l1->bytes, span_str(*phrase), 0);
		if (at < l1->bytes.n && utf8_count(span_cut(l1->bytes, 0, at)) <= near) {
			check_report_text(c, l1, ((struct range){ at, at + strlen(*phrase) }), "default");
			return;
		}
	}
	if (m->subject_l1 && line.end > line.start && span_trim(m->subject_l1->bytes).n &&
	    span_eq(span_trim(span_str(normal_l1_plain(check_arena(c), span_cut(text->bytes, line.start, line.end)))), span_trim(m->subject_l1->bytes)))
		check_report_text(c, text, line, "subject");
	else
		first_words_of_inbox(c, m, body, text, line, phrases);
}

/* with: phrases (form L1). No displayed text says why the reader receives it. */
CHECK(reason_missing)
{
	const char *const *phrases = rule_setting_list(check_rule(c), "phrases");
	bool any_text = false;

	for (size_t i = 0; i < m->n_bodies; i++) {
		any_text |= span_trim(m->bodies[i].l1->bytes).n > 0;
		for (const char *const *phrase = phrases; phrase && *phrase; phrase++)
			if (span_find(m->bodies[i].l1->bytes, span_str(*phrase), 0) < m->bodies[i].l1->bytes.n)
				return;
	}
	if (!any_text || any_body_is_doubtful(m))
		check_not_applicable(c);
	else
		check_report(c, body_end(m->bodies[0].entity), NULL);
}

/* --- weekdays -------------------------------------------------------------------------------------------------------------------------------- */

static bool is_leap(int year)
{
	return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

/* Days since 1970-01-01; false where there is no such day. */
static bool day_number(int year, int month, int day, int64_t *out)
{
	static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };

	if (year < 1873 || year > 9999 || month < 1 || month > 12 || day < 1 || day > lengths[month - 1] + (month == 2 && is_leap(year)))
		return false;
	int64_t y = year - 1, days = y * 365 + y / 4 - y / 100 + y / 400 - 719162;
	for (int i = 1; i < month; i++)
		days += lengths[i - 1] + (i == 2 && is_leap(year));
	*out = days + day - 1;
	return true;
}

static int year_of(int64_t today)
{
	int64_t next;
	int year = 1970 + (int)(today / 366);

	while (day_number(year + 1, 1, 1, &next) && next <= today)
		year++;
	return year;
}

static int weekday_of(int64_t days)
{
	return (int)(((days + 4) % 7 + 7) % 7); /* 1970-01-01 was a Thursday */
}

struct dated {
	int year;            /* 0: not written */
	int month, day;
	int weekday;         /* 0 = Sunday */
	struct range range;
};

static const char *const weekday_letters[] = { "日", "月", "火", "水", "木", "金", "土" };
static const char *const weekday_words[] = { "sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday" };
static const char *const month_words[] = { "january", "february", "march",     "april",   "may",      "june",
					   "july",    "august",	  "september", "october", "november", "december" };

/* The word at the place among words, whole or as its first three letters (four for "sept", "tues", "thur"); -1 where none. */
static int word_at(struct span s, size_t *at, const char *const *words, int n)
{
	size_t end = *at;

	/* Most words of a text begin otherwise than all of these. */
	bool begins = false;
	for (int i = 0; i < n && s.n - *at >= 3 && !begins; i++)
		begins = memcmp(s.p + *at, words[i], 3) == 0;
	if (!begins)
		return -1;

	if (*at > 0 && (ascii_is_alnum(s.p[*at - 1]) || (unsigned char)s.p[*at - 1] >= 0x80))
		return -1;
	while (end < s.n && ascii_is_alpha(s.p[end]))
		end++;
	struct span word = span_cut(s, *at, end);
	if (word.n < 3 || (end < s.n && ascii_is_digit(s.p[end])))
		return -1;
	for (int i = 0; i < n; i++) {
		struct span whole = span_str(words[i]);
		if (span_starts(whole, word) && (word.n <= 5 || word.n == whole.n)) {
			*at = end;
			return i;
		}
	}
	return -1;
}

static size_t skip(struct span s, size_t at, const char *signs)
{
	while (at < s.n && s.p[at] && strchr(signs, s.p[at]))
		at++;
	return at;
}

/* Up to four digits; -1 where none or more. */
static int number_at(struct span s, size_t *at)
{
	int value = 0;
	size_t start = *at;

	while (*at < s.n && ascii_is_digit(s.p[*at]) && *at < start + 5)
		value = value * 10 + (s.p[(*at)++] - '0');
	return *at == start || *at == start + 5 ? -1 : value;
}

/* The number that ends in front of *at. */
static int number_before(struct span s, size_t *at)
{
	size_t end = *at, start = *at;

	while (start > 0 && ascii_is_digit(s.p[start - 1]) && start + 5 > end)
		start--;
	*at = start;
	return start == end ? -1 : number_at(s, &start);
}

/* The value of a kanji that stands for a number; -1 for others. */
static int kanji_digit(uint32_t ch)
{
	static const uint32_t digits[] = { 0x3007, 0x4e00, 0x4e8c, 0x4e09, 0x56db, 0x4e94, 0x516d, 0x4e03, 0x516b, 0x4e5d, 0x5341 };

	for (size_t i = 0; i < G_N_ELEMENTS(digits); i++)
		if (digits[i] == ch)
			return (int)i;
	return -1;
}

/* A number in kanji, at the place: 八, 十一, 二十三, 二〇二六. -1 where there is none. */
static int kanji_number_at(struct span s, size_t *at)
{
	enum { MOST_DIGITS = 4 };
	int value = 0, last = -1, n = 0;

	for (size_t next = *at; next < s.n && n <= MOST_DIGITS; n++) {
		int digit = kanji_digit(utf8_next(s, &next));
		if (digit < 0)
			break;
		if (digit == 10)
			value = last < 0 ? 10 : value * 10;
		else
			value = last == 10 ? value + digit : value * 10 + digit;
		last = digit;
		*at = next;
	}
	return last < 0 || n > MOST_DIGITS ? -1 : value;
}

/* Digits or kanji that end in front of *at. */
static int any_number_before(struct span s, size_t *at)
{
	size_t start = *at, number;

	if (start > 0 && ascii_is_digit(s.p[start - 1]))
		return number_before(s, at);
	for (size_t before = start; before > 0 && kanji_digit(utf8_previous(s, &before)) >= 0;)
		start = before;
	if (start == *at)
		return -1;
	number = start;
	*at = start;
	return kanji_number_at(s, &number);
}

static bool ends_before(struct span s, size_t *at, const char *literal)
{
	size_t n = strlen(literal);

	if (*at < n || memcmp(s.p + *at - n, literal, n) != 0)
		return false;
	*at -= n;
	return true;
}

/* A year in front of its sign: 2026 or an era's. 0 where it cannot be told. */
static int year_before(struct span s, size_t *at)
{
	int year = any_number_before(s, at);
	static const struct {
		const char *name;
		int first;
	} eras[] = { { "令和", 2019 }, { "平成", 1989 }, { "昭和", 1926 }, { "r", 2019 } };

	if (year >= 1000)
		return year;
	for (size_t i = 0; year > 0 && i < G_N_ELEMENTS(eras); i++)
		if (ends_before(s, at, eras[i].name))
			return eras[i].first + year - 1;
	return -1;
}

/* The date that ends in front of at: 5月1日, 2026年5月1日, 5/1, 2026/5/1, 2026-05-01. */
static bool date_before(struct span s, size_t at, struct dated *out)
{
	while (at > 0 && s.p[at - 1] == ' ')
		at--;
	if (ends_before(s, &at, "日")) {
		out->day = any_number_before(s, &at);
		if (out->day < 0 || !ends_before(s, &at, "月"))
			return false;
		out->month = any_number_before(s, &at);
		out->range.start = at;
		if (out->month < 1 || out->month > 12)
			return false;
		if (ends_before(s, &at, "年")) {
			out->year = year_before(s, &at);
			out->range.start = at;
		}
		return out->year >= 0;
	}
	out->day = number_before(s, &at);
	char sign = out->day > 0 && at > 0 ? s.p[at - 1] : '\0';
	if (sign != '/' && sign != '-' && sign != '.')
		return false;
	at--;
	out->month = number_before(s, &at);
	out->range.start = at;
	if (out->month < 1 || out->month > 12 || out->day > 31)
		return false;
	if (at > 0 && s.p[at - 1] == sign) {
		at--;
		out->year = number_before(s, &at);
		out->range.start = at;
		if (out->year < 1000)
			return false;
	} else if (sign != '/') {
		return false;
	}
	return at == 0 || !(ascii_is_alnum(s.p[at - 1]) || s.p[at - 1] == '/' || s.p[at - 1] == '.' || s.p[at - 1] == '-');
}

/* A weekday in brackets, or with 曜, at the place: (金), (月・祝), 金曜日. The date stands in front of it. */
static bool japanese_at(struct span s, size_t at, struct dated *out)
{
	static const char *const behind[] = { ")", "]", "曜", "・", "祝", "/", ",", "、" };
	bool bracket = s.p[at] == '(' || s.p[at] == '[';
	size_t letter = at + bracket, end;

	*out = (struct dated){ .weekday = -1 };
	/* Kana, which most of a text is, begin with E3. */
	if (letter == s.n || (unsigned char)s.p[letter] < 0xE5)
		return false;
	for (int i = 0; i < 7 && out->weekday < 0; i++)
		if (span_starts(span_cut(s, letter, s.n), span_str(weekday_letters[i])))
			out->weekday = i;
	if (out->weekday < 0)
		return false;
	end = letter + strlen(weekday_letters[0]);
	struct span rest = span_cut(s, end, s.n);
	bool known = false;
	for (size_t i = 0; i < G_N_ELEMENTS(behind); i++)
		known |= (bracket || i == 2) && span_starts(rest, span_str(behind[i]));
	out->range.end = end + (rest.n && (rest.p[0] == ')' || rest.p[0] == ']'));
	return known && date_before(s, at, out);
}

/* Day and month in either order behind a weekday, or in front of one in brackets, with a year or without. *at is moved behind it. */
static bool english_date(struct span s, size_t *at, struct dated *out)
{
	int month = word_at(s, at, month_words, 12);
	bool month_first = month >= 0;

	if (month_first)
		*at = skip(s, *at, ". ");
	out->day = number_at(s, at);
	if (out->day < 1 || out->day > 31)
		return false;
	static const char *const ordinals[] = { "st", "nd", "rd", "th" };
	for (size_t i = 0; i < G_N_ELEMENTS(ordinals); i++)
		if (span_starts(span_cut(s, *at, s.n), span_str(ordinals[i]))) {
			*at += 2;
			break;
		}
	if (!month_first) {
		size_t next = skip(s, *at, " -");
		if (next == *at)
			return false;
		if (span_starts(span_cut(s, next, s.n), SPAN_LIT("of ")))
			next += 3;
		month = word_at(s, &next, month_words, 12);
		*at = next;
	}
	if (month < 0 || (*at < s.n && (ascii_is_alnum(s.p[*at]) || s.p[*at] == ':' || s.p[*at] == '/')))
		return false;
	out->month = month + 1;
	size_t next = skip(s, *at, " ,.-"), behind = next;
	int year = next > *at ? number_at(s, &behind) : -1;
	if (year >= 1900 && year < 2200 && (behind == s.n || !(ascii_is_alnum(s.p[behind]) || s.p[behind] == ':'))) {
		out->year = year;
		*at = behind;
	}
	return true;
}

static bool english_at(struct span s, size_t at, struct dated *out)
{
	size_t start = at;

	*out = (struct dated){ .weekday = word_at(s, &at, weekday_words, 7) };
	if (out->weekday >= 0) {
		size_t next = skip(s, at, " ,.");
		if (span_starts(span_cut(s, next, s.n), SPAN_LIT("the ")))
			next += 4;
		if (next == at || !english_date(s, &next, out))
			return false;
		out->range = (struct range){ start, next };
		return true;
	}
	/* "May 1, 2026 (Friday)" */
	size_t month_at = at;
	if (word_at(s, &month_at, month_words, 12) < 0 || !english_date(s, &at, out))
		return false;
	at = skip(s, at, " ");
	if (at >= s.n || (s.p[at] != '(' && s.p[at] != '['))
		return false;
	at++;
	out->weekday = word_at(s, &at, weekday_words, 7);
	out->range = (struct range){ start, at };
	return out->weekday >= 0;
}

/* Cases: weekday (no year that may be meant has this weekday), near (a day of the coming weeks, which has another weekday; last year's or next year's
 * has this one), past (the same of the last weeks), impossible (there is no such day). today: days since 1970. */
static const char *judge(const struct dated *d, int64_t today, int this_year, int *right)
{
	enum { NEAR_DAYS = 75 };
	int64_t days;
	bool exists = false, fits = false, near_differs = false, coming = false;
	int first = d->year ? d->year : this_year - 1, last = d->year ? d->year : this_year + 1;

	*right = -1;
	for (int year = first; year <= last; year++) {
		if (!day_number(year, d->month, d->day, &days))
			continue;
		exists = true;
		fits |= weekday_of(days) == d->weekday;
		bool near = days - today <= NEAR_DAYS && today - days <= NEAR_DAYS;
		if (d->year || near || *right < 0 || (year == this_year && !near_differs))
			*right = weekday_of(days);
		near_differs |= near && weekday_of(days) != d->weekday;
		coming |= near && days >= today;
	}
	if (!exists)
		return d->year && (d->year < 1873 || d->year > 9999) ? NULL : "impossible";
	return !fits ? "weekday" : near_differs && !d->year ? (coming ? "near" : "past") : NULL;
}

/* Dates with a weekday in displayed texts and the Subject; the same one in another part is told once. Lines that quote are not the writer's. */
CHECK(date_weekday)
{
	enum { MOST = 32 };
	struct dated told[MOST];
	size_t n_told = 0;
	int64_t today = (m->has_date && !(m->date.flags & (DATE_BAD_SYNTAX | DATE_RANGE)) ? m->date.time + m->date.zone_minutes * 60 : check_options(c)->now) / 86400;
	int this_year = year_of(today);

	for (size_t i = 0; i <= m->n_bodies; i++) {
		const struct text *text = i < m->n_bodies ? m->bodies[i].l1 : m->subject_l1;
		if (!text)
			continue;
		struct span s = text->bytes;
		bool line_start = true, quoted = false;
		for (size_t at = 0; at < s.n; at++) {
			char ch = s.p[at];
			struct dated d;
			if (ch == '\n') {
				line_start = true;
				continue;
			}
			if (line_start && ch != ' ')
				quoted = ch == '>';
			line_start = line_start && ch == ' ';
			if (quoted)
				continue;
			bool found = ch == '(' || ch == '[' || (unsigned char)ch >= 0xE0 ? japanese_at(s, at, &d) : false;
			if (!found && !(ascii_is_alpha(ch) && (at == 0 || !ascii_is_alnum(s.p[at - 1])) && english_at(s, at, &d)))
				continue;
			int right;
			const char *kind = judge(&d, today, this_year, &right);
			size_t known = 0;
			while (known < n_told && !(told[known].year == d.year && told[known].month == d.month && told[known].day == d.day &&
						   told[known].weekday == d.weekday))
				known++;
			if (!kind || known < n_told)
				continue;
			if (n_told < MOST)
				told[n_told++] = d;
			struct span english = right < 0 ? SPAN_EMPTY
							: span_str(arena_printf(check_arena(c), "%c%s", weekday_words[right][0] - 32, weekday_words[right] + 1));
			struct span japanese = right < 0 ? SPAN_EMPTY : span_str(arena_printf(check_arena(c), "%s曜日", weekday_letters[right]));
			check_report_text(c, text, d.range, kind, ARG_T("weekday", english), ARG_T("yobi", japanese));
		}
	}
}

/* --- other facts of dates and times ---------------------------------------------------------------------------------------------------------- */

/* The displayed texts and the Subject in form L1, by number; NULL behind the last. */
static const struct text *text_number(const struct message *m, size_t i, bool *more)
{
	*more = i <= m->n_bodies;
	return i < m->n_bodies ? m->bodies[i].l1 : i == m->n_bodies ? m->subject_l1 : NULL;
}

/* A year with its sign, at the place: 2026年, 令和8年, 令和元年度; *at is moved behind it. 0 where there is none. */
static int signed_year_at(struct span s, size_t *at, bool *of_era)
{
	static const struct {
		const char *name;
		int first;
	} eras[] = { { "令和", 2019 }, { "平成", 1989 }, { "昭和", 1926 }, { "大正", 1912 } };
	size_t next = *at;
	int first = 0, year;

	for (size_t i = 0; i < G_N_ELEMENTS(eras) && !first; i++)
		if (span_starts(span_cut(s, next, s.n), span_str(eras[i].name))) {
			first = eras[i].first;
			next += strlen(eras[i].name);
		}
	if (first && span_starts(span_cut(s, next, s.n), SPAN_LIT("元"))) {
		year = 1;
		next += strlen("元");
	} else {
		year = next < s.n && ascii_is_digit(s.p[next]) ? number_at(s, &next) : kanji_number_at(s, &next);
	}
	*of_era = first != 0;
	if (!span_starts(span_cut(s, next, s.n), SPAN_LIT("年")) || year < (first ? 1 : 1000) || (first && year > 99))
		return 0;
	next += strlen("年");
	if (span_starts(span_cut(s, next, s.n), SPAN_LIT("度")))
		next += strlen("度");
	*at = next;
	return first ? first + year - 1 : year;
}

/* A year and, in brackets right behind it, the same year in the other count: 令和8年(2026年), 2026年(令和8年). They must be the same year. */
CHECK(date_era)
{
	bool more = true;

	for (size_t i = 0; more; i++) {
		const struct text *text = text_number(m, i, &more);
		struct span s = text ? text->bytes : SPAN_EMPTY;
		for (size_t open = span_find_byte(s, '(', 0); open < s.n; open = span_find_byte(s, '(', open + 1)) {
			/* The longest such year is 令和元年度; find where it begins. */
			enum { LONGEST = 24 };
			for (size_t start = open > LONGEST ? open - LONGEST : 0; start < open; start++) {
				size_t end = start, behind = open + 1;
				bool of_era, inner_of_era;
				if ((start > 0 && ascii_is_digit(s.p[start - 1])) || !(ascii_is_digit(s.p[start]) || (unsigned char)s.p[start] >= 0xE4))
					continue;
				/* The digits behind the name of an era are no year by themselves. */
				if (ascii_is_digit(s.p[start]) && start > 0 && (unsigned char)s.p[start - 1] >= 0x80)
					continue;
				int year = signed_year_at(s, &end, &of_era);
				if (!year || end != open)
					continue;
				int inner = signed_year_at(s, &behind, &inner_of_era);
				if (inner && of_era != inner_of_era && inner != year)
					check_report_text(c, text, ((struct range){ start, behind }), NULL, ARG_I("year", year), ARG_I("other", inner));
				break;
			}
		}
	}
}

/* A time of day that no clock shows: 12時75分. 25時 and 24時30分 are how late shows are announced. */
CHECK(time_impossible)
{
	enum { LATEST_HOUR = 30 };
	bool more = true;

	for (size_t i = 0; more; i++) {
		const struct text *text = text_number(m, i, &more);
		struct span s = text ? text->bytes : SPAN_EMPTY, sign = SPAN_LIT("時");
		for (size_t at = span_find(s, sign, 0); at < s.n; at = span_find(s, sign, at + sign.n)) {
			size_t start = at, end = at + sign.n;
			int hour = number_before(s, &start), minute = number_at(s, &end);
			if (hour < 0 || minute < 0 || !span_starts(span_cut(s, end, s.n), SPAN_LIT("分")) || (hour <= LATEST_HOUR && minute < 60))
				continue;
			check_report_text(c, text, ((struct range){ start, end + strlen("分") }), NULL);
		}
	}
}

/* Is it told of the past, or of those who were in time? */
static bool tells_of_past(struct span s)
{
	static const char *const words[] = { "た方", "たかた", "た人", "済み", "済の", "ました", "でした", "終了", "締め切っ", "延長", "ない場合", "なかった", "発送", "変更" };

	for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
		if (span_find(s, span_str(words[i]), 0) < s.n)
			return true;
	return false;
}

/* Is the reader asked to do something by then? At is behind the date; brackets with the weekday, the time and までに follow, and a request in the
 * same sentence. */
static bool asks_until(struct span s, size_t at)
{
	static const char *const requests[] = { "ください", "お願い", "下さい" };
	enum { NEAR_BYTES = 40, SENTENCE_BYTES = 240 };
	struct span near = span_cut(s, at, at + NEAR_BYTES), until = SPAN_LIT("までに");
	size_t found = span_find(near, until, 0), stop;

	if (found == near.n || span_find(near, SPAN_LIT("。"), 0) < found || span_find(near, SPAN_LIT("日"), span_find_byte(near, ')', 0)) < found ||
	    span_find_byte(near, '\n', 0) < found)
		return false;
	struct span sentence = span_cut(s, at + found, at + found + SENTENCE_BYTES);
	stop = span_find(sentence, SPAN_LIT("。"), 0);
	sentence = span_cut(sentence, 0, stop);
	if (tells_of_past(sentence))
		return false;
	for (size_t i = 0; i < G_N_ELEMENTS(requests); i++)
		if (span_find(sentence, span_str(requests[i]), 0) < sentence.n)
			return true;
	return false;
}

/* Does a line say that the date is a deadline, and nothing else? "締切: 11月20日(金)". start and end are those of the date. */
static bool is_labelled_deadline(struct span s, size_t start, size_t end)
{
	static const char *const labels[] = { "締切", "締め切り", "締切り", "〆切", "締切日", "申込期限", "申し込み期限", "応募期限", "回答期限", "提出期限", "返信期限" };
	struct span behind = span_cut(s, end, span_find_byte(s, '\n', end));
	size_t at = start;

	while (at > 0 && (s.p[at - 1] == ' ' || s.p[at - 1] == ':' || s.p[at - 1] == ']' || s.p[at - 1] == '>'))
		at--;
	if (!ends_before(s, &at, "】"))
		ends_before(s, &at, "は");
	if (tells_of_past(behind) || span_find(behind, SPAN_LIT("→"), 0) < behind.n || span_find(behind, SPAN_LIT("〜"), 0) < behind.n)
		return false;
	for (size_t i = 0; i < G_N_ELEMENTS(labels); i++) {
		size_t label = at;
		if (ends_before(s, &label, labels[i]))
			return true;
	}
	return false;
}

/* A date around the slash at at: "11/20" or "2026/11/20", part of no longer number. */
static bool slash_date(struct span s, size_t at, struct dated *d)
{
	size_t start = at, end = at + 1;
	int month = number_before(s, &start), day = number_at(s, &end);

	if (month < 1 || month > 12 || day < 1 || (end < s.n && (ascii_is_alnum(s.p[end]) || strchr("/.-", s.p[end]))))
		return false;
	if (start > 0 && s.p[start - 1] == '/') {
		size_t year = start - 1;
		d->year = number_before(s, &year);
		if (d->year < 1873)
			return false;
		start = year;
	}
	if (start > 0 && (ascii_is_alnum(s.p[start - 1]) || strchr("/.-", s.p[start - 1])))
		return false;
	d->month = month;
	d->day = day;
	d->range = (struct range){ start, end };
	return true;
}

/* The day of a deadline that was over on the day today; false where it was not, or where the year may be another. */
static bool is_over(const struct dated *d, int64_t today, int this_year)
{
	enum { NEAR_DAYS = 60 }; /* further back, next year may be meant; and so may last year be in January */
	int64_t day;

	if (!day_number(d->year ? d->year : this_year, d->month, d->day, &day) || day >= today)
		return false;
	return d->year || today - day <= NEAR_DAYS;
}

static void report_if_past(struct check *c, const struct text *text, const struct dated *d, int64_t today)
{
	if (is_over(d, today, year_of(today)) && (asks_until(text->bytes, d->range.end) || is_labelled_deadline(text->bytes, d->range.start, d->range.end)))
		check_report_text(c, text, d->range, NULL);
}

/* A deadline for the reader that is over before the mail's Date. Without a year only where it is a few weeks back in the same year. */
CHECK(deadline_past)
{
	bool more = true;

	if (!m->has_date || m->date.flags & (DATE_BAD_SYNTAX | DATE_RANGE)) {
		check_not_applicable(c);
		return;
	}
	int64_t today = (m->date.time + m->date.zone_minutes * 60) / 86400;
	for (size_t i = 0; more; i++) {
		const struct text *text = text_number(m, i, &more);
		struct span s = text ? text->bytes : SPAN_EMPTY, sign = SPAN_LIT("日");
		for (size_t at = span_find(s, sign, 0); at < s.n; at = span_find(s, sign, at + sign.n)) {
			struct dated d = { .weekday = -1 };
			if (date_before(s, at + sign.n, &d)) {
				d.range.end = at + sign.n;
				report_if_past(c, text, &d, today);
			}
		}
		for (size_t at = span_find_byte(s, '/', 0); at < s.n; at = span_find_byte(s, '/', at + 1)) {
			struct dated d = { .weekday = -1 };
			if (slash_date(s, at, &d))
				report_if_past(c, text, &d, today);
		}
	}
}
