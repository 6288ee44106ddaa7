/* Checks of what the law wants to be shown in commercial mail. They look for the wordings that real newsletters use and say what was not
 * found; they are no legal advice. Their rules run under a law profile only. Source of the items: the acts named in rules.d/law. */
#include "rule/check_common.h"
#include "rule/check_law.h"

#include <glib.h>

#include "base/normal.h"
#include "base/utf8.h"
#include "rule/optout.h"

/* Does a word of ASCII stand for itself here? "inc." is none in "zinc."; long words may go on, as "datenschutz" does. */
static bool has_borders(struct span l1, size_t at, size_t end)
{
	enum { SHORT_WORD = 5 };
	bool before = at > 0 && ascii_is_alnum(l1.p[at]) && ascii_is_alnum(l1.p[at - 1]);
	bool behind = end - at <= SHORT_WORD && end < l1.n && ascii_is_alnum(l1.p[end - 1]) && ascii_is_alnum(l1.p[end]);

	return !before && !behind;
}

static bool begins_with_any(struct span l1, size_t at, const char *const *words)
{
	for (; words && *words; words++)
		if (span_starts(span_cut(l1, at, l1.n), span_str(*words)))
			return true;
	return false;
}

/* The next of the phrases at or behind from; not one that begins a longer word of except. */
static bool next_phrase(struct span l1, const char *phrase, const char *const *except, size_t from, struct range *hit)
{
	struct span p = span_str(phrase);

	for (size_t at = span_find(l1, p, from); at < l1.n; at = span_find(l1, p, at + p.n)) {
		if (!has_borders(l1, at, at + p.n) || begins_with_any(l1, at, except))
			continue;
		*hit = (struct range){ at, at + p.n };
		return true;
	}
	return false;
}

static bool holds_phrase(struct span l1, const char *const *phrases, const char *const *except)
{
	struct range hit;

	for (; phrases && *phrases; phrases++)
		if (next_phrase(l1, *phrases, except, 0, &hit))
			return true;
	return false;
}

/* One of the words with a URL on its line or on the next ones: 会社概要 https://... */
static bool holds_word_with_url(struct span l1, const char *const *words)
{
	enum { NEAR_BYTES = 200 };

	for (; words && *words; words++) {
		struct span word = span_str(*words);
		for (size_t at = span_find(l1, word, 0); at < l1.n; at = span_find(l1, word, at + word.n)) {
			struct span behind = span_cut(l1, at, at + word.n + NEAR_BYTES);
			if (span_find(behind, SPAN_LIT("://"), 0) < behind.n)
				return true;
		}
	}
	return false;
}

/* "発行: 花見堂", "【発行元】花見堂": one of the labels, as a word of its own, with something behind it. Not "11月24日発行". */
static bool holds_label(struct span l1, const char *const *labels)
{
	static const char *const signs[] = { ":", "】", "]", ">", "》", "」", ")", "/", "=", "…", "|", " ", "\n", NULL };

	for (; labels && *labels; labels++) {
		struct span label = span_str(*labels);
		for (size_t at = span_find(l1, label, 0); at < l1.n; at = span_find(l1, label, at + label.n)) {
			size_t before = at, end = at + label.n;
			uint32_t ch = at ? utf8_previous(l1, &before) : 0;
			bool inside = (ch >= 0x3041 && ch <= 0x30FA) || (ch >= 0x3400 && ch <= 0x9FFF) || (ch < 0x80 && ascii_is_alnum((char)ch));
			if (!inside && begins_with_any(l1, end, signs) && span_trim(span_cut(l1, end + 1, l1.n)).n)
				return true;
		}
	}
	return false;
}

static size_t digits_at(struct span s, size_t at)
{
	size_t n = 0;
	while (at + n < s.n && ascii_is_digit(s.p[at + n]))
		n++;
	return n;
}

/* The length of the digit groups that start at at and are joined by hyphens, 0 where they are not of these sizes. */
static size_t groups_at(struct span s, size_t at, const size_t *sizes, size_t n_groups)
{
	size_t end = at;

	for (size_t g = 0; g < n_groups; g++) {
		if (g > 0 && (end >= s.n || s.p[end++] != '-'))
			return 0;
		if (digits_at(s, end) != sizes[g])
			return 0;
		end += sizes[g];
	}
	return end - at;
}

/* Are there digit groups of these sizes that belong to no longer number? */
static bool holds_number(struct span l1, const size_t *sizes, size_t n_groups)
{
	for (size_t i = 0; i < l1.n; i++) {
		if (!ascii_is_digit(l1.p[i]) || (i > 0 && (ascii_is_digit(l1.p[i - 1]) || l1.p[i - 1] == '-' || l1.p[i - 1] == '/')))
			continue;
		size_t length = groups_at(l1, i, sizes, n_groups);
		if (length && (i + length == l1.n || l1.p[i + length] != '-'))
			return true;
	}
	return false;
}

static const char *const places[] = { "市", "区", "町", "村", "郡" };

/* The postal mark with a code behind it: 〒101-0051, 〒1010051. */
static bool holds_postal_mark(struct span l1)
{
	struct span mark = SPAN_LIT("〒");

	for (size_t at = span_find(l1, mark, 0); at < l1.n; at = span_find(l1, mark, at + mark.n)) {
		size_t digits = at + mark.n;
		while (digits < l1.n && l1.p[digits] == ' ')
			digits++;
		if (digits_at(l1, digits) >= 3)
			return true;
	}
	return false;
}

/* A city, ward, town, village or county with a number of a block behind it: 北区梅田1-2-3, 本町一丁目. */
static bool holds_block(struct span l1)
{
	enum { NEAR_BYTES = 36 };

	for (size_t k = 0; k < G_N_ELEMENTS(places); k++) {
		struct span sign = span_str(places[k]);
		for (size_t at = span_find(l1, sign, 0); at < l1.n; at = span_find(l1, sign, at + sign.n)) {
			struct span behind = span_cut(l1, at + sign.n, at + sign.n + NEAR_BYTES);
			behind = span_cut(behind, 0, span_find_byte(behind, '\n', 0));
			behind = span_cut(behind, 0, span_find_byte(behind, ' ', 0));
			if (span_find(behind, SPAN_LIT("丁目"), 0) < behind.n || span_find(behind, SPAN_LIT("番地"), 0) < behind.n)
				return true;
			for (size_t i = 1; i + 1 < behind.n; i++)
				if (behind.p[i] == '-' && ascii_is_digit(behind.p[i - 1]) && ascii_is_digit(behind.p[i + 1]))
					return true;
		}
	}
	return false;
}

/* A Japanese postal address: a postal code, a block, or a prefecture with a city, ward, town, village or county behind it. L1 has folded
 * hyphens and digits. */
static bool holds_japanese_address(struct span l1)
{
	static const size_t postal_code[] = { 3, 4 };
	static const char *const prefectures[] = { "北海道", "東京都", "京都府", "大阪府", "県" };
	static const char *const not_names[] = { "の", "内", "外", "は", "に", "で", "を", "民", "庁", NULL };
	enum { NEAR_BYTES = 36 };

	if (holds_number(l1, postal_code, G_N_ELEMENTS(postal_code)) || holds_postal_mark(l1) || holds_block(l1))
		return true;
	for (size_t i = 0; i < G_N_ELEMENTS(prefectures); i++) {
		struct span prefecture = span_str(prefectures[i]);
		for (size_t at = span_find(l1, prefecture, 0); at < l1.n; at = span_find(l1, prefecture, at + prefecture.n)) {
			struct span behind = span_cut(l1, at + prefecture.n, at + prefecture.n + NEAR_BYTES);
			behind = span_cut(behind, 0, span_find_byte(behind, '\n', 0));
			for (size_t k = 0; k < G_N_ELEMENTS(places) && !begins_with_any(behind, 0, not_names); k++)
				if (span_find(behind, span_str(places[k]), 0) < behind.n)
					return true;
		}
	}
	return false;
}

static bool is_word_before(struct span l1, size_t at)
{
	return at > 0 && (ascii_is_alnum(l1.p[at - 1]) || (unsigned char)l1.p[at - 1] >= 0x80);
}

/* Does the line, or the name of the street, end here? "12 Cherry Street, Springfield", "12 Main St Suite 4", not "10 street food recipes". */
static bool street_ends(struct span l1, size_t end)
{
	static const char *const behind[] = { "suite", "ste", "unit", "apt", "floor", "room", "north", "south", "east", "west", "nw", "ne", "sw", "se", NULL };

	if (end < l1.n && (ascii_is_alnum(l1.p[end]) || (unsigned char)l1.p[end] >= 0x80))
		return false;
	while (end < l1.n && (l1.p[end] == ' ' || l1.p[end] == '.'))
		end++;
	return end == l1.n || !ascii_is_alpha(l1.p[end]) || begins_with_any(l1, end, behind);
}

/* Is the street word at at behind a house number and at most four names? "12 Cherry", "1600 Martin Luther King Jr.", not "5 books in one". */
static bool has_house_number(struct span l1, size_t at)
{
	static const char *const no_names[] = { "in ", "on ", "at ", "to ", "by ", "a ", "an ", "and ", "or ", "is ", "this ", "that ", "your ", "our ",
						"my ", "one ", "any ", "every ", "each ", "for ", "from ", "with ", "books ", "days ", "years ", NULL };
	enum { MOST_NAMES = 4, NEAR_BYTES = 60 };
	size_t word = at, names = 0;

	for (size_t k = at; k > 0 && at - k < NEAR_BYTES && names <= MOST_NAMES;) {
		char ch = l1.p[--k];
		if (ch == ' ' && k + 1 < at) {
			names += word > k + 1 ? 1 : 0;
			word = k + 1;
			if (begins_with_any(l1, word, no_names))
				return false;
		} else if (ascii_is_digit(ch)) {
			while (k > 0 && (ascii_is_alnum(l1.p[k - 1]) || l1.p[k - 1] == '-'))
				k--;
			return (k == 0 || strchr("\n ,(|:", l1.p[k - 1])) && ascii_is_digit(l1.p[k]);
		} else if (ch != ' ' && ch != '.' && ch != '\'' && !ascii_is_alpha(ch) && (unsigned char)ch < 0x80) {
			return false;
		}
	}
	return false;
}

static bool holds_street(struct span l1)
{
	static const char *const streets[] = { " street", " st", " avenue", " ave", " road", " rd", " boulevard", " blvd", " drive", " dr", " lane", " ln",
					       " way", " square", " place", " plaza", " parkway", " pkwy", " highway", " hwy", " quay", " court", " ct",
					       " terrace", " crescent", " circle", " close" };
	static const char *const before_number[] = { "straße", "strasse", "str.", "weg", "platz", "gasse", "allee" };

	for (size_t i = 0; i < G_N_ELEMENTS(streets); i++) {
		struct span street = span_str(streets[i]);
		for (size_t at = span_find(l1, street, 0); at < l1.n; at = span_find(l1, street, at + street.n))
			if (street_ends(l1, at + street.n) && has_house_number(l1, at))
				return true;
	}
	/* In German the number stands behind, in French before. */
	for (size_t i = 0; i < G_N_ELEMENTS(before_number); i++) {
		struct span street = span_str(before_number[i]);
		for (size_t at = span_find(l1, street, 0); at < l1.n; at = span_find(l1, street, at + street.n)) {
			size_t number = at + street.n;
			number += number < l1.n && l1.p[number] == ' ';
			if (at > 0 && is_word_before(l1, at) && digits_at(l1, number) && digits_at(l1, number) < 4)
				return true;
		}
	}
	for (size_t at = span_find(l1, SPAN_LIT(" rue "), 0); at < l1.n; at = span_find(l1, SPAN_LIT(" rue "), at + 1))
		if (at > 0 && (ascii_is_digit(l1.p[at - 1]) || (at > 1 && l1.p[at - 1] == ',' && ascii_is_digit(l1.p[at - 2]))))
			return true;
	return false;
}

bool holds_postal_address(struct span l1)
{
	return holds_japanese_address(l1) || holds_street(l1);
}

/* A postal address as written in the West: a post-office box, a house number with a street word, a ZIP or postal code with a place. */
static bool holds_western_address(const struct body *body)
{
	static const char *const boxes[] = { "p.o. box", "po box", "p. o. box", "postfach", "private bag" };
	struct span l1 = body->l1->bytes, shown = body->visible->bytes;

	if (holds_postal_address(l1))
		return true;
	for (size_t i = 0; i < G_N_ELEMENTS(boxes); i++)
		if (span_find(l1, span_str(boxes[i]), 0) < l1.n)
			return true;
	/* "IL 62701": two capitals of a state, then five digits. */
	for (size_t i = 3; i + 5 <= shown.n; i++)
		if (ascii_is_digit(shown.p[i]) && digits_at(shown, i) == 5 && shown.p[i - 1] == ' ' && g_ascii_isupper(shown.p[i - 2]) &&
		    g_ascii_isupper(shown.p[i - 3]) && (i == 3 || !ascii_is_alnum(shown.p[i - 4])))
			return true;
	/* "k1a 0b1": a Canadian postal code. */
	for (size_t i = 0; i + 7 <= l1.n; i++)
		if (ascii_is_alpha(l1.p[i]) && ascii_is_digit(l1.p[i + 1]) && ascii_is_alpha(l1.p[i + 2]) && l1.p[i + 3] == ' ' &&
		    ascii_is_digit(l1.p[i + 4]) && ascii_is_alpha(l1.p[i + 5]) && ascii_is_digit(l1.p[i + 6]) && !is_word_before(l1, i))
			return true;
	return false;
}

/* A telephone number: 0 and nine or ten digits, in groups or in one piece, or +NN and groups. */
static bool holds_telephone(struct span l1)
{
	for (size_t i = 0; i < l1.n; i++) {
		bool plus = l1.p[i] == '+';
		if ((l1.p[i] != '0' && !plus) || (i > 0 && (ascii_is_alnum(l1.p[i - 1]) || l1.p[i - 1] == '-' || l1.p[i - 1] == '/')))
			continue;
		size_t digits = 0, groups = 1, k = i + (plus ? 1 : 0);
		for (; k < l1.n && k < i + 24; k++) {
			if (ascii_is_digit(l1.p[k]))
				digits++;
			else if (k > i && strchr("-() .", l1.p[k]) && l1.p[k])
				groups += ascii_is_digit(l1.p[k - 1]);
			else
				break;
		}
		if (digits >= 9 && digits <= 15 && (groups >= 2 || (!plus && (digits == 10 || digits == 11))))
			return true;
	}
	return false;
}

static struct span line_at(struct span s, size_t start)
{
	return span_cut(s, start, span_find_byte(s, '\n', start));
}

/* The start of the line before the one that begins at start. */
static size_t line_before(struct span s, size_t start)
{
	start -= start > 0;
	while (start > 0 && s.p[start - 1] != '\n')
		start--;
	return start;
}

static bool holds_mail_address(struct span s)
{
	for (size_t at = span_find_byte(s, '@', 0); at < s.n; at = span_find_byte(s, '@', at + 1))
		if (at > 0 && ascii_is_alnum(s.p[at - 1]) && at + 1 < s.n && ascii_is_alnum(s.p[at + 1]))
			return true;
	return false;
}

/* A URL that does not lead out of the list. */
static bool holds_plain_url(const struct optout_words *out, struct span line)
{
	for (size_t at = span_find(line, SPAN_LIT("://"), 0); at < line.n; at = span_find(line, SPAN_LIT("://"), at + 3)) {
		struct span url = span_cut(line, at, span_find_byte(line, ' ', at));
		bool leads_out = false;
		for (const char *const *word = out->url_words; word && *word; word++)
			leads_out |= span_find_ci(url, span_str(*word), 0) < url.n;
		if (!leads_out)
			return true;
	}
	return false;
}

/* Is it the line of the way out of the list, or the address below such a line? */
static bool is_way_out(const struct optout_words *out, struct span l1, size_t start)
{
	struct span line = line_at(l1, start);

	if (optout_mentioned(out, line))
		return true;
	return start > 0 && (span_starts(span_trim(line), SPAN_LIT("http")) || span_starts(span_trim(line), SPAN_LIT("mailto"))) &&
	       optout_mentioned(out, line_at(l1, line_before(l1, start)));
}

/* A link of HTML within the window that does not lead out of the list: お問い合わせは<a>こちら</a>. */
static bool holds_link(const struct check *c, const struct optout_words *out, const struct message *m, const struct body *body, struct range window)
{
	struct range in_file = text_to_file(body->l1, window.start, window.end);

	for (size_t i = 0; i < m->n_links && body->html; i++) {
		const struct link *link = &m->links[i];
		if (link->body != body || link->hidden || link->kind != LINK_ANCHOR || !link->label || !link->label->bytes.n)
			continue;
		size_t at = text_to_file(link->label, 0, 1).start;
		bool leads_out = false;
		for (const char *const *word = out->url_words; word && *word; word++)
			leads_out |= span_find_ci(link->target->bytes, span_str(*word), 0) < link->target->bytes.n;
		if (at >= in_file.start && at < in_file.end && !leads_out && !optout_mentioned(out, normal_l1(check_arena(c), link->label)->bytes))
			return true;
	}
	return false;
}

/* The lines of the text around at that count as near: three on each side, empty ones left aside. */
static struct range lines_around(struct span l1, size_t at)
{
	enum { NEAR_LINES = 3, NEAR_BYTES = 600 };
	struct range r = { at, at };

	for (size_t lines = 0; r.start > 0 && at - r.start < NEAR_BYTES; r.start--)
		if (l1.p[r.start - 1] == '\n' && !(r.start > 1 && l1.p[r.start - 2] == '\n') && ++lines > NEAR_LINES)
			break;
	for (size_t lines = 0; r.end < l1.n && r.end - at < NEAR_BYTES; r.end++)
		if (l1.p[r.end] == '\n' && l1.p[r.end - (r.end > 0)] != '\n' && ++lines > NEAR_LINES)
			break;
	return r;
}

/* A telephone number, or where they will do, a mail address, a URL or a link near one of the phrases. */
static bool holds_contact(const struct check *c, const struct message *m, const struct body *body, const char *const *phrases, bool number_only)
{
	enum { MOST_HITS = 50 };
	struct optout_words out = optout_words_of(c);
	struct span l1 = body->l1->bytes;

	for (; phrases && *phrases; phrases++) {
		struct range hit;
		size_t hits = 0;
		for (size_t from = 0; hits < MOST_HITS && next_phrase(l1, *phrases, NULL, from, &hit); from = hit.end, hits++) {
			struct range near = lines_around(l1, hit.start);
			struct span window = span_cut(l1, near.start, near.end);
			for (size_t start = 0; start < window.n; start += line_at(window, start).n + 1) {
				struct span line = line_at(window, start);
				bool own = near.start + start <= hit.start && hit.start < near.start + start + line.n;
				if (holds_telephone(line))
					return true;
				if (!number_only && (own || !is_way_out(&out, window, start)) && (holds_mail_address(line) || holds_plain_url(&out, line)))
					return true;
			}
			if (!number_only && holds_link(c, &out, m, body, near))
				return true;
		}
	}
	return false;
}

/* "about" in /about and /about-us, not in /roundabout. */
static bool holds_path_word(struct span url, struct span word)
{
	for (size_t at = span_find_ci(url, word, 0); at < url.n; at = span_find_ci(url, word, at + 1))
		if (has_borders(url, at, at + word.n))
			return true;
	return false;
}

/* A link whose label or address has one of the phrases: what may stand on a linked page. */
static bool links_to(const struct message *m, const struct body *body, const char *const *phrases)
{
	for (size_t i = 0; i < m->n_links; i++) {
		const struct link *link = &m->links[i];
		if (link->body != body || link->hidden || (link->kind != LINK_ANCHOR && link->kind != LINK_TEXT))
			continue;
		for (const char *const *p = phrases; p && *p; p++) {
			struct span phrase = span_str(*p);
			if (holds_path_word(link->target->bytes, phrase) ||
			    (link->label && span_find_ci(link->label->bytes, phrase, 0) < link->label->bytes.n))
				return true;
		}
	}
	return false;
}

/* Is the mail one that the rule is about? Settings: domains (of From, their last label), words (of the language, at least four of them). */
static bool is_concerned(const struct check *c, const struct message *m)
{
	const char *const *domains = rule_setting_list(check_rule(c), "domains"), *const *words = rule_setting_list(check_rule(c), "words");
	size_t n = 0;

	for (const char *const *d = domains; d && *d; d++)
		if (m->from.n && span_ends_ci(m->from.mailboxes[0].domain, span_str(*d)))
			return true;
	for (const char *const *w = words; w && *w && m->n_bodies; w++)
		n += span_find(m->bodies[0].l1->bytes, span_str(*w), 0) < m->bodies[0].l1->bytes.n;
	return !words || n >= 4;
}

/* Anything by which the sender can be reached, besides the way out of the list. */
static bool holds_any_contact(const struct check *c, const struct message *m, const struct body *body)
{
	struct optout_words words = optout_words_of(c);
	struct span l1 = body->l1->bytes;

	if (span_find_byte(l1, '@', 0) < l1.n || span_find(l1, SPAN_LIT("www."), 0) < l1.n || holds_telephone(l1))
		return true;
	for (size_t i = 0; i < m->n_links; i++) {
		const struct link *link = &m->links[i];
		bool out = link->body != body || link->hidden || (link->kind != LINK_ANCHOR && link->kind != LINK_TEXT);
		for (const char *const *word = words.url_words; word && *word && !out; word++)
			out = span_find_ci(link->target->bytes, span_str(*word), 0) < link->target->bytes.n;
		if (!out && !(link->label && optout_mentioned(&words, normal_l1(check_arena(c), link->label)->bytes)))
			return true;
	}
	return false;
}

static bool shows_item(const struct check *c, const struct message *m, const struct body *body)
{
	const char *item = rule_setting(check_rule(c), "item", "phrase");
	const char *const *phrases = rule_setting_list(check_rule(c), "phrases");
	const char *const *except = rule_setting_list(check_rule(c), "except");
	struct span l1 = body->l1->bytes;

	if (links_to(m, body, rule_setting_list(check_rule(c), "links")))
		return true;
	if (strcmp(item, "japanese-address") == 0)
		return holds_japanese_address(l1) || holds_word_with_url(l1, phrases);
	if (strcmp(item, "western-address") == 0)
		return holds_western_address(body);
	if (strcmp(item, "contact") == 0)
		return holds_contact(c, m, body, phrases, false) || holds_contact(c, m, body, rule_setting_list(check_rule(c), "telephones"), true);
	if (strcmp(item, "contact-besides-address") == 0)
		return !holds_western_address(body) || holds_any_contact(c, m, body);
	if (strcmp(item, "link") == 0)
		return holds_word_with_url(l1, phrases);
	if (rule_setting(check_rule(c), "list_names", NULL) && list_name_in(c, l1))
		return true;
	return holds_phrase(l1, phrases, except) || holds_label(l1, rule_setting_list(check_rule(c), "labels"));
}

/* with: item (phrase, link, japanese-address, western-address, contact, contact-besides-address), phrases (L1), telephones (phrases that only a
 * number behind them makes a contact), words_of (the rule with the words of the way out), except (longer words that begin with a
 * phrase), labels (of a line that names somebody), list_names (the sender's names in the configuration do, too), links (words of a link that leads to the item), domains and words (of the mails that are
 * concerned). Each text that a reader may see in place of the others must show it. The place: the end of the first part that lacks it. */
CHECK(law_item_missing)
{
	enum { MOST_BODIES = 64 };
	const struct body *with[MOST_BODIES], *without[MOST_BODIES];
	size_t n_with = 0, n_without = 0;

	for (size_t i = 0; i < m->n_bodies && i < MOST_BODIES; i++) {
		const struct body *body = &m->bodies[i];
		if (span_trim(body->l1->bytes).n == 0)
			continue;
		if (shows_item(c, m, body))
			with[n_with++] = body;
		else if (!body_is_doubtful(body))
			without[n_without++] = body;
	}
	if (n_with + n_without == 0 || !is_concerned(c, m)) {
		check_not_applicable(c);
		return;
	}
	for (size_t i = 0; i < n_without; i++) {
		bool served = false;
		for (size_t k = 0; k < n_with && !served; k++)
			served = !are_alternatives(without[i]->entity, with[k]->entity);
		if (!served) {
			check_report(c, body_end(without[i]->entity), NULL);
			return;
		}
	}
}

/* The style of the text that a place of the source is in; NULL where it is in none. */
static const struct html_style *style_at(const struct html *html, size_t offset)
{
	size_t low = 0, high = html->n_texts;

	while (low < high) {
		size_t middle = (low + high) / 2;
		if (html->texts[middle].range.end <= offset)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == html->n_texts || html->texts[low].range.start > offset || html->texts[low].parent == HTML_NO_PARENT)
		return NULL;
	return &html->elements[html->texts[low].parent].style;
}

/* Are all places of the words faint? Then the first of them, and why. */
static const char *all_faint(const struct check *c, const struct body *body, const char *const *words, struct range *first)
{
	double pixels = (double)rule_setting_int(check_rule(c), "pixels", 9);
	double least = (double)rule_setting_int(check_rule(c), "contrast", 20) / 10;
	struct span l1 = body->l1->bytes;
	const char *kind = NULL;

	for (; words && *words; words++) {
		struct range hit;
		for (size_t at = 0; next_phrase(l1, *words, NULL, at, &hit); at = hit.end) {
			const struct html_style *style = style_at(body->html, text_to_ancestor(body->l1, hit.start, hit.end, body->source).start);
			bool small = style && style->font_size_px >= 0 && style->font_size_px < pixels;
			if (!small && !(style && style->colour_known && style->background_known &&
					html_contrast(style->colour, style->background) < least))
				return NULL;
			if (!kind || hit.start < first->start) {
				*first = hit;
				kind = small ? "small" : "contrast";
			}
		}
	}
	return kind;
}

/* A price: "1,200円", "¥1,200", "1,200円(税込)". */
static bool next_price(struct span l1, struct range *hit)
{
	for (size_t at = 1; at < l1.n; at++) {
		struct span rest = span_cut(l1, at, l1.n);
		bool yen_behind = ascii_is_digit(l1.p[at - 1]) && (span_starts(rest, SPAN_LIT("円")) || span_starts(rest, SPAN_LIT("万円")));
		bool yen_before = ascii_is_digit(l1.p[at]) && at >= 2 && span_ends_ci(span_cut(l1, 0, at), SPAN_LIT("¥"));
		if (!yen_behind && !yen_before)
			continue;
		hit->start = yen_before ? at - strlen("¥") : at - 1;
		while (yen_behind && hit->start > 0 && (ascii_is_digit(l1.p[hit->start - 1]) || l1.p[hit->start - 1] == ','))
			hit->start--;
		hit->end = yen_before ? at + digits_at(l1, at) : at + (span_starts(rest, SPAN_LIT("円")) ? strlen("円") : strlen("万円"));
		return true;
	}
	return false;
}

/* Does somebody sell here? A fee and お申し込み are also how a town announces a lecture; with a tax on the price they are a sale. */
static bool takes_orders(const struct check *c, struct span l1)
{
	static const char *const taxes[] = { "税込", "税別", "税抜", NULL };

	return holds_phrase(l1, rule_setting_list(check_rule(c), "orders"), NULL) ||
	       (holds_phrase(l1, taxes, NULL) && holds_phrase(l1, rule_setting_list(check_rule(c), "bookings"), NULL));
}

/* with: orders (words of L1 of somebody who sells), bookings (the same, of those whose prices have a tax), phrases, links (of what must be linked). A text that names a price and takes orders, without a
 * link to the items that a mail-order advertisement must show. The place: the first price. */
CHECK(seller_link_missing)
{
	size_t sells = 0;

	for (size_t i = 0; i < m->n_bodies; i++) {
		const struct body *body = &m->bodies[i];
		struct span l1 = body->l1->bytes;
		struct range price;
		if (body_is_doubtful(body) || !next_price(l1, &price) || !takes_orders(c, l1))
			continue;
		sells++;
		if (holds_phrase(l1, rule_setting_list(check_rule(c), "phrases"), NULL) || links_to(m, body, rule_setting_list(check_rule(c), "links")))
			continue;
		check_report_text(c, body->l1, price, NULL);
		return;
	}
	if (!sells)
		check_not_applicable(c);
}

/* with: names, addresses, contacts (words of L1 that such items have), pixels, contrast (in tenths). An item that stands in the HTML in tiny or pale
 * letters only; the first of them. Cases: small, contrast. */
CHECK(law_item_faint)
{
	static const char *const items[] = { "names", "addresses", "contacts" };
	size_t judged = 0;

	for (size_t i = 0; i < m->n_bodies; i++) {
		if (!m->bodies[i].html)
			continue;
		judged++;
		for (size_t k = 0; k < G_N_ELEMENTS(items); k++) {
			struct range first;
			const char *kind = all_faint(c, &m->bodies[i], rule_setting_list(check_rule(c), items[k]), &first);
			if (kind) {
				check_report_text(c, m->bodies[i].l1, first, kind);
				return;
			}
		}
	}
	if (!judged)
		check_not_applicable(c);
}

struct optout_place {
	size_t length, percent;
	struct range first;
	bool easy;
};

static bool note_position(struct range hit, void *data)
{
	struct optout_place *p = data;

	p->easy = hit.start * 100 < p->length * p->percent || hit.start * 100 > p->length * (100 - p->percent);
	if (hit.start < p->first.start)
		p->first = hit;
	return !p->easy;
}

/* with: the lists of optout.h, percent. The words that offer the way out stand in the first or last part of the text, where they are easy to see.
 * The place: the first of them. */
CHECK(law_optout_buried)
{
	enum { SHORT_TEXT_BYTES = 3000 };
	struct optout_words words = optout_words_of(c);

	for (size_t i = 0; i < m->n_bodies; i++) {
		struct span l1 = m->bodies[i].l1->bytes;
		struct optout_place p = { l1.n, (size_t)rule_setting_int(check_rule(c), "percent", 20), { l1.n, l1.n }, false };
		if (l1.n < SHORT_TEXT_BYTES)
			continue;
		optout_each(&words, l1, note_position, &p);
		if (!p.easy && p.first.start < l1.n) {
			check_report_text(c, m->bodies[i].l1, p.first, NULL);
			return;
		}
	}
}
