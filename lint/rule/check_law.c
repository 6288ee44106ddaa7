/* Checks of what the law wants to be shown in commercial mail. They look for the wordings that real newsletters use and say what was not
 * found; they are no legal advice. Their rules run under a law profile only. Source of the items: the acts named in rules.d/law. */
#include "rule/check_common.h"

#include <glib.h>

#include "base/utf8.h"

static bool holds_phrase(struct span l1, const char *const *phrases)
{
	for (; phrases && *phrases; phrases++)
		if (span_find(l1, span_str(*phrases), 0) < l1.n)
			return true;
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

/* A Japanese postal address: a postal code, or a prefecture with a city, ward, town, village or county behind it. L1 has folded hyphens and
 * digits. */
static bool holds_japanese_address(struct span l1)
{
	static const size_t postal_code[] = { 3, 4 };
	static const char *const prefectures[] = { "北海道", "東京都", "京都府", "大阪府", "県" };
	static const char *const places[] = { "市", "区", "町", "村", "郡" };
	enum { NEAR_BYTES = 36 };

	if (holds_number(l1, postal_code, G_N_ELEMENTS(postal_code)) || span_find(l1, SPAN_LIT("〒"), 0) < l1.n)
		return true;
	for (size_t i = 0; i < G_N_ELEMENTS(prefectures); i++) {
		struct span prefecture = span_str(prefectures[i]);
		for (size_t at = span_find(l1, prefecture, 0); at < l1.n; at = span_find(l1, prefecture, at + prefecture.n)) {
			struct span behind = span_cut(l1, at + prefecture.n, at + prefecture.n + NEAR_BYTES);
			behind = span_cut(behind, 0, span_find_byte(behind, '\n', 0));
			for (size_t k = 0; k < G_N_ELEMENTS(places); k++)
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

/* A postal address as written in the West: a post-office box, a house number with a street word, a ZIP or postal code with a place. */
static bool holds_western_address(struct span l1)
{
	static const char *const boxes[] = { "p.o. box", "po box", "p. o. box", "postfach", "private bag" };
	static const char *const streets[] = { " street", " st.", " st,", " avenue", " ave", " road", " rd", " boulevard", " blvd", " drive", " dr.",
					       " lane", " way,", " suite", " floor", " square", " place", " plaza", " parkway", " highway",
					       "straße", "strasse", "weg ", "platz", " rue ", " quay", " court" };
	enum { NEAR_BYTES = 60 };

	if (holds_japanese_address(l1))
		return true;
	for (size_t i = 0; i < G_N_ELEMENTS(boxes); i++)
		if (span_find(l1, span_str(boxes[i]), 0) < l1.n)
			return true;
	/* A number, then a street word on the same line; in German the number stands behind. */
	for (size_t i = 0; i < G_N_ELEMENTS(streets); i++) {
		struct span street = span_str(streets[i]);
		for (size_t at = span_find(l1, street, 0); at < l1.n; at = span_find(l1, street, at + street.n)) {
			size_t from = at > NEAR_BYTES ? at - NEAR_BYTES : 0, to = at + street.n + 12 < l1.n ? at + street.n + 12 : l1.n;
			for (size_t k = from; k < at; k++)
				if (l1.p[k] == '\n')
					from = k + 1;
			for (size_t k = from; k < to && l1.p[k] != '\n'; k++)
				if (ascii_is_digit(l1.p[k]) && !is_word_before(l1, k))
					return true;
		}
	}
	/* "il 62701": two letters of a state, then five digits. */
	for (size_t i = 3; i + 5 <= l1.n; i++)
		if (ascii_is_digit(l1.p[i]) && digits_at(l1, i) == 5 && l1.p[i - 1] == ' ' && ascii_is_alpha(l1.p[i - 2]) && ascii_is_alpha(l1.p[i - 3]) &&
		    (i == 3 || !ascii_is_alpha(l1.p[i - 4])))
			return true;
	/* "k1a 0b1": a Canadian postal code. */
	for (size_t i = 0; i + 7 <= l1.n; i++)
		if (ascii_is_alpha(l1.p[i]) && ascii_is_digit(l1.p[i + 1]) && ascii_is_alpha(l1.p[i + 2]) && l1.p[i + 3] == ' ' &&
		    ascii_is_digit(l1.p[i + 4]) && ascii_is_alpha(l1.p[i + 5]) && ascii_is_digit(l1.p[i + 6]) && !is_word_before(l1, i))
			return true;
	return false;
}

/* A telephone number: 0 and nine or ten digits in two or three groups, or +NN and groups. */
static bool holds_telephone(struct span l1)
{
	for (size_t i = 0; i < l1.n; i++) {
		bool plus = l1.p[i] == '+';
		if ((l1.p[i] != '0' && !plus) || is_word_before(l1, i) || (i > 0 && (l1.p[i - 1] == '-' || l1.p[i - 1] == '/')))
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
		if (digits >= 9 && digits <= 15 && groups >= 2)
			return true;
	}
	return false;
}

/* A URL, a mail address or a telephone number within a few lines of one of the phrases. */
static bool holds_contact(struct span l1, const char *const *phrases)
{
	enum { NEAR_BYTES = 300 };

	for (; phrases && *phrases; phrases++) {
		struct span phrase = span_str(*phrases);
		for (size_t at = span_find(l1, phrase, 0); at < l1.n; at = span_find(l1, phrase, at + phrase.n)) {
			struct span around = span_cut(l1, at > NEAR_BYTES ? at - NEAR_BYTES : 0, at + phrase.n + NEAR_BYTES);
			if (span_find_byte(around, '@', 0) < around.n || span_find(around, SPAN_LIT("://"), 0) < around.n || holds_telephone(around))
				return true;
		}
	}
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
			if (span_find_ci(link->target->bytes, phrase, 0) < link->target->bytes.n ||
			    (link->label && span_find_ci(link->label->bytes, phrase, 0) < link->label->bytes.n))
				return true;
		}
	}
	return false;
}

/* with: item (phrase, japanese-address, western-address, contact), phrases (L1), links (words of a link that leads to the item). Every text that
 * is displayed must show it, since a reader sees one of the alternatives. The place: the end of the first part that lacks it. */
CHECK(law_item_missing)
{
	const char *item = rule_setting(check_rule(c), "item", "phrase");
	const char *const *phrases = rule_setting_list(check_rule(c), "phrases");
	const char *const *links = rule_setting_list(check_rule(c), "links");
	size_t judged = 0;

	for (size_t i = 0; i < m->n_bodies; i++) {
		const struct body *body = &m->bodies[i];
		struct span l1 = body->l1->bytes;
		if (span_trim(l1).n == 0)
			continue;
		judged++;
		bool found = links_to(m, body, links);
		if (!found && strcmp(item, "japanese-address") == 0)
			found = holds_japanese_address(l1) || holds_phrase(l1, phrases);
		else if (!found && strcmp(item, "western-address") == 0)
			found = holds_western_address(l1);
		else if (!found && strcmp(item, "contact") == 0)
			found = holds_contact(l1, phrases) || (body->html && holds_phrase(l1, phrases) && links_to(m, body, phrases));
		else if (!found)
			found = holds_phrase(l1, phrases);
		if (!found) {
			check_report(c, body_end(body->entity), NULL);
			return;
		}
	}
	if (!judged)
		check_not_applicable(c);
}

/* with: phrases, percent. The words that offer the way out stand in the first or last part of the text, where they are easy to see. The place:
 * the phrase. */
CHECK(law_optout_buried)
{
	const char *const *phrases = rule_setting_list(check_rule(c), "phrases");
	size_t percent = (size_t)rule_setting_int(check_rule(c), "percent", 20);
	enum { SHORT_TEXT_BYTES = 3000 };

	for (size_t i = 0; i < m->n_bodies; i++) {
		struct span l1 = m->bodies[i].l1->bytes;
		size_t buried = l1.n, length = 0;
		bool easy = false;
		if (l1.n < SHORT_TEXT_BYTES)
			continue;
		for (const char *const *p = phrases; *p && !easy; p++) {
			struct span phrase = span_str(*p);
			for (size_t at = span_find(l1, phrase, 0); at < l1.n; at = span_find(l1, phrase, at + phrase.n)) {
				easy = easy || at * 100 < l1.n * percent || at * 100 > l1.n * (100 - percent);
				if (at < buried) {
					buried = at;
					length = phrase.n;
				}
			}
		}
		if (!easy && buried < l1.n) {
			check_report_text(c, m->bodies[i].l1, ((struct range){ buried, buried + length }), NULL);
			return;
		}
	}
}
