/* Checks of character sets: labels, decoding, ISO-2022-JP line rules, machine-dependent and damaged characters.
 * Sources: RFC 1468, RFC 2045 and 2046, JIS X 0208. */
#include "rule/check_common.h"

#include <glib.h>

#include "base/utf8.h"

/* A text part whose charset is its own affair: displayed, or any other text that is no attachment. */
static bool judged(const struct entity *e)
{
	return e->n_children == 0 && e->is_text && e->charset_result.text && !e->is_attachment;
}

static struct range charset_place(const struct message *m, const struct entity *e)
{
	if (e->charset_range.end > e->charset_range.start)
		return e->charset_range;
	return e->content_type_field ? field_value_range(m, e->content_type_field) : place(e->header.fields_end);
}

static const char *guess_name(const struct entity *e, bool *certain)
{
	const char *name = "unknown";
	charset_guess(e->decoded.text->bytes, &name, certain);
	return name;
}

static bool has_non_ascii(const struct entity *e)
{
	struct span bytes = e->decoded.text->bytes;
	return !span_is_ascii(bytes) || span_find(bytes, SPAN_LIT("\x1B$"), 0) < bytes.n;
}

/* Text that is not ASCII without a charset. The argument "looks" names what it looks like. */
CHECK(charset_missing)
{
	if (m->kind == INPUT_TEMPLATE) {
		check_not_applicable(c);
		return;
	}
	for (size_t i = 0; i < m->mime.n; i++) {
		const struct entity *e = m->mime.all[i];
		if (!judged(e) || e->charset_name.n || !has_non_ascii(e))
			continue;
		bool certain;
		check_report(c, charset_place(m, e), NULL, ARG_T("looks", span_str(guess_name(e, &certain))));
	}
}

/* Cases: unknown, forbidden (utf-7, utf-16 ...), unusable (iso-2022-jp-3 ...). */
CHECK(charset_unknown)
{
	for (size_t i = 0; i < m->mime.n; i++) {
		const struct entity *e = m->mime.all[i];
		if (!judged(e) || !e->charset_name.n || tag_scan(check_arena(c), e->charset_name).n)
			continue;
		struct check_arg charset = ARG_T("charset", e->charset_name);
		if (e->charset.family == CHARSET_UNKNOWN)
			check_report(c, charset_place(m, e), "unknown", charset);
		else if (e->charset.family == CHARSET_FORBIDDEN)
			check_report(c, charset_place(m, e), "forbidden", charset);
		else if (e->charset.flags & CHARSET_LABEL_UNUSABLE)
			check_report(c, charset_place(m, e), "unusable", charset);
	}
}

/* Cases: unregistered, extended-jis. The label is understood here, by others perhaps not. */
CHECK(charset_label)
{
	for (size_t i = 0; i < m->mime.n; i++) {
		const struct entity *e = m->mime.all[i];
		if (!judged(e) || !e->charset_name.n)
			continue;
		struct check_arg charset = ARG_T("charset", e->charset_name);
		struct check_arg suggested = ARG_T("suggested", span_str(e->charset.suggested ? e->charset.suggested : "UTF-8"));
		if (e->charset.flags & CHARSET_LABEL_EXTENDED_JIS)
			check_report(c, charset_place(m, e), "extended-jis", charset, suggested);
		else if (e->charset.flags & CHARSET_LABEL_UNREGISTERED)
			check_report(c, charset_place(m, e), "unregistered", charset, suggested);
	}
}

/* Shift_JIS, EUC-JP and other legacy sets in a newsletter of today: with: charsets are not told (utf-8, us-ascii, iso-2022-jp). */
CHECK(charset_legacy)
{
	const char *const *modern = rule_setting_list(check_rule(c), "charsets");

	for (size_t i = 0; i < m->mime.n; i++) {
		const struct entity *e = m->mime.all[i];
		if (!judged(e) || !e->charset_name.n || !has_non_ascii(e) || word_in_list(modern, e->charset_name))
			continue;
		if (e->charset.family == CHARSET_SHIFT_JIS || e->charset.family == CHARSET_EUC_JP)
			check_report(c, charset_place(m, e), NULL, ARG_T("charset", e->charset_name));
	}
}

static bool is_undecodable(enum charset_problem_kind kind)
{
	return kind == CHARSET_PROBLEM_ILLEGAL || kind == CHARSET_PROBLEM_UNASSIGNED || kind == CHARSET_PROBLEM_JIS_8BIT;
}

/* Text whose bytes are not in the declared charset. Cases: mismatch (it is cleanly something else, named), ascii (declared us-ascii,
 * is something else), bytes (some bytes are wrong). The place: the first wrong byte; mismatch: the label. */
CHECK(charset_undecodable)
{
	for (size_t i = 0; i < m->mime.n; i++) {
		const struct entity *e = m->mime.all[i];
		if (!judged(e) || !e->charset_name.n || e->charset.family == CHARSET_UNKNOWN || e->charset.family == CHARSET_FORBIDDEN)
			continue;
		struct check_arg charset = ARG_T("charset", e->charset_name);
		if (e->charset.family == CHARSET_ASCII) {
			if (has_non_ascii(e)) {
				bool certain;
				const char *looks = guess_name(e, &certain);
				check_report(c, charset_place(m, e), "ascii", charset, ARG_T("looks", span_str(looks)));
			}
			continue;
		}
		const struct charset_problem *first = NULL;
		size_t n = 0;
		for (size_t k = 0; k < e->charset_result.n_problems; k++) {
			const struct charset_problem *p = &e->charset_result.problems[k];
			if (!is_undecodable(p->kind))
				continue;
			if (!n++)
				first = p;
		}
		if (!first)
			continue;
		if (e->charset_result.n_dropped && e->charset_result.n_illegal > n)
			n = e->charset_result.n_illegal;
		bool certain = false;
		const char *looks = NULL;
		enum charset_family guess = charset_guess(e->decoded.text->bytes, &looks, &certain);
		struct range bytes = { first->offset, first->offset + first->length };
		if (certain && guess != e->charset.family && guess != CHARSET_ASCII && guess != CHARSET_OTHER)
			check_report(c, charset_place(m, e), "mismatch", charset, ARG_T("looks", span_str(looks)), ARG_I("count", n));
		else
			check_report(c, text_to_file(e->decoded.text, bytes.start, bytes.end), "bytes", charset, ARG_I("count", n));
	}
}

/* --- ISO-2022-JP --------------------------------------------------------------------------------------------------------------- */

static const struct {
	const char *name;
	enum charset_problem_kind kind;
} jis_cases[] = {
	{ "line-end", CHARSET_PROBLEM_JIS_EOL },
	{ "text-end", CHARSET_PROBLEM_JIS_END },
	{ "odd-byte", CHARSET_PROBLEM_JIS_ODD_BYTE },
	{ "eight-bit", CHARSET_PROBLEM_JIS_8BIT },
	{ "shift", CHARSET_PROBLEM_JIS_SHIFT },
	{ "kana", CHARSET_PROBLEM_JIS_KANA_ESCAPE },
	{ "unknown-escape", CHARSET_PROBLEM_JIS_UNKNOWN_ESCAPE },
	{ "foreign-set", CHARSET_PROBLEM_JIS_FOREIGN_SET },
	{ "redundant-escape", CHARSET_PROBLEM_JIS_REDUNDANT_ESCAPE },
	{ "space", CHARSET_PROBLEM_JIS_SPACE },
	{ "escape-stripped", CHARSET_PROBLEM_JIS_ESC_STRIPPED },
	{ "unassigned", CHARSET_PROBLEM_UNASSIGNED },
};

/* with: cases. What breaks the line rules of ISO-2022-JP; the first of each case in a part, with their number. */
CHECK(jis_line_rule)
{
	const char *const *wanted = rule_setting_list(check_rule(c), "cases");

	for (size_t i = 0; i < m->mime.n; i++) {
		const struct entity *e = m->mime.all[i];
		if (!judged(e))
			continue;
		bool jis = e->charset_result.decoded_as == CHARSET_ISO_2022_JP;
		for (size_t k = 0; k < G_N_ELEMENTS(jis_cases); k++) {
			if (!word_in_list(wanted, span_str(jis_cases[k].name)))
				continue;
			/* Lost escapes are found in any 7-bit text, the others only where it is ISO-2022-JP. */
			if (!jis && jis_cases[k].kind != CHARSET_PROBLEM_JIS_ESC_STRIPPED)
				continue;
			const struct charset_problem *first = NULL;
			size_t n = 0;
			for (size_t p = 0; p < e->charset_result.n_problems; p++) {
				if (e->charset_result.problems[p].kind != jis_cases[k].kind)
					continue;
				if (!n++)
					first = &e->charset_result.problems[p];
			}
			if (!first)
				continue;
			struct range range = text_to_file(e->decoded.text, first->offset, first->offset + first->length);
			check_report(c, range, jis_cases[k].name, ARG_I("count", n));
		}
	}
}

/* --- characters ---------------------------------------------------------------------------------------------------------------- */

static const char *class_name_of(enum charset_problem_kind kind)
{
	switch (kind) {
	case CHARSET_PROBLEM_NEC_ROW13:
		return "nec-row-13";
	case CHARSET_PROBLEM_NEC_SELECTED:
		return "nec-selected";
	case CHARSET_PROBLEM_IBM_EXTENSION:
		return "ibm-extension";
	case CHARSET_PROBLEM_USER_DEFINED:
		return "user-defined";
	default:
		return NULL;
	}
}

static void report_machine_dependent(struct check *c, const struct text *text, struct range range, uint32_t code_point, const char *class_name)
{
	bool certain = false;
	const char *replacement = machine_dependent_replacement(code_point, &certain);
	struct check_arg char_class = ARG_T("class", span_str(class_name));
	const char *kind = !replacement ? "other" : certain ? "replaceable" : "variant";

	check_report_text(c, text, range, kind, char_class, ARG_T("replacement", span_str(replacement ? replacement : "")));
}

/* Characters that only some machines have, in the bytes of a Japanese legacy charset or in a draft that will be sent in one
 * (--target-charset). Cases: replaceable, variant, other. Each character is told once a part, where it stands first. */
CHECK(machine_dependent_character)
{
	const struct lint_options *options = check_options(c);

	for (size_t i = 0; i < m->mime.n; i++) {
		const struct entity *e = m->mime.all[i];
		if (!judged(e))
			continue;
		GHashTable *told = g_hash_table_new(NULL, NULL);
		const struct text *text = e->charset_result.text;
		for (size_t k = 0; k < e->charset_result.n_problems; k++) {
			const struct charset_problem *p = &e->charset_result.problems[k];
			const char *class_name = class_name_of(p->kind);
			if (!class_name || !g_hash_table_add(told, GUINT_TO_POINTER(p->code_point)))
				continue;
			size_t end = p->target;
			utf8_next(text->bytes, &end);
			report_machine_dependent(c, text, (struct range){ p->target, end }, p->code_point, class_name);
		}
		bool converts = (options->target_jis || options->target_sjis) && e->charset_result.decoded_as == CHARSET_UTF8;
		struct jis_encoder *encoder = converts ? check_jis_encoder(c) : NULL;
		for (size_t at = 0; encoder && at < text->bytes.n;) {
			size_t start = at;
			uint32_t ch = utf8_next(text->bytes, &at);
			if (ch < 0x80)
				continue;
			enum jis_class jis = jis_classify(encoder, ch);
			const char *class_name = jis == JIS_NEC_ROW13	 ? "nec-row-13" :
						 jis == JIS_IBM		 ? "ibm-extension" :
						 jis == JIS_USER_DEFINED ? "user-defined" :
						 jis == JIS_HALF_WIDTH && options->target_jis ? "half-width-kana" :
						 jis == JIS_NONE	 ? "not-in-charset" :
									   NULL;
			if (class_name && g_hash_table_add(told, GUINT_TO_POINTER(ch)))
				report_machine_dependent(c, text, (struct range){ start, at }, ch, class_name);
		}
		g_hash_table_destroy(told);
	}
}

static const char *damage_of(uint32_t ch)
{
	if (ch == 0xFFFD)
		return "replacement";
	if (ch == 0x1A)
		return "substitute";
	if (ch == 0x1B)
		return "escape";
	if ((ch >= 0xE000 && ch <= 0xF8FF) || ch >= 0xF0000)
		return "private-use";
	if (ch >= 0x2E80 && ch <= 0x2FDF)
		return "radical";
	if (ch == 0x3099 || ch == 0x309A)
		return "decomposed-kana";
	if (ch == 0x3013)
		return "geta";
	return NULL;
}

/* A geta is a ruler in rows, and a substitute only between letters. */
static bool is_geta_row(struct span s, size_t start, size_t end)
{
	struct span geta = SPAN_LIT("\xE3\x80\x93");
	return (start >= 3 && span_eq(span_cut(s, start - 3, start), geta)) || span_eq(span_cut(s, end, end + 3), geta);
}

/* Cases: replacement (U+FFFD that stood in the file, not one of our own), substitute, escape, private-use, radical, decomposed-kana,
 * geta. The first of each case in a displayed text and in the Subject. */
static void damaged_in(struct check *c, const struct text *text, size_t n_undecodable)
{
	static const char *const names[] = { "replacement", "substitute", "escape", "private-use", "radical", "decomposed-kana", "geta" };
	struct range first[G_N_ELEMENTS(names)] = { 0 };
	size_t counts[G_N_ELEMENTS(names)] = { 0 };

	for (size_t at = 0; at < text->bytes.n;) {
		if ((unsigned char)text->bytes.p[at] >= 0x20 && (unsigned char)text->bytes.p[at] < 0x80) {
			at++;
			continue;
		}
		size_t start = at;
		const char *damage = damage_of(utf8_next(text->bytes, &at));
		if (!damage || (strcmp(damage, "geta") == 0 && is_geta_row(text->bytes, start, at)))
			continue;
		/* Undecodable bytes are told by the rule about the charset; only a whole U+FFFD in the file is damage done before. */
		if (strcmp(damage, "replacement") == 0 && n_undecodable)
			continue;
		for (size_t k = 0; k < G_N_ELEMENTS(names); k++)
			if (strcmp(names[k], damage) == 0 && !counts[k]++)
				first[k] = (struct range){ start, at };
	}
	for (size_t k = 0; k < G_N_ELEMENTS(names); k++)
		if (counts[k])
			check_report_text(c, text, first[k], names[k], ARG_I("count", counts[k]));
}

CHECK(damaged_character)
{
	for (size_t i = 0; i < m->n_bodies; i++)
		damaged_in(c, m->bodies[i].visible, m->bodies[i].entity->charset_result.n_illegal);
	if (m->subject)
		damaged_in(c, m->subject, m->subject_field->n_words);
}
