/* Checks of character sets: labels, decoding, ISO-2022-JP line rules, machine-dependent and damaged characters.
 * Sources: RFC 1468, RFC 2045 and 2046, JIS X 0208. */
#include "rule/check_charset.h"

#include <glib.h>

#include "base/utf8.h"
#include "rule/check_common.h"
#include "rule/fix_part.h"

bool entity_is_enclosed(const struct entity *entity)
{
	for (const struct entity *at = entity->parent; at; at = at->parent)
		if (!entity_is(at, "multipart", NULL))
			return true;
	return false;
}

/* A text part whose charset is its own affair: displayed, or any other text that is no attachment. */
static bool judged(const struct entity *e)
{
	/* message/delivery-status is read as text, too, but defines its own charset; text/rfc822-headers holds another mail's header. */
	return e->n_children == 0 && entity_is(e, "text", NULL) && !entity_is(e, "text", "rfc822-headers") && e->charset_result.text &&
	       !e->is_attachment && !entity_is_enclosed(e);
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
	/* ESC ( I and SO are half-width katakana: 7-bit, and no ASCII either. */
	return !span_is_ascii(bytes) || span_find(bytes, SPAN_LIT("\x1B$"), 0) < bytes.n || span_find(bytes, SPAN_LIT("\x1B(I"), 0) < bytes.n ||
	       (e->charset.family == CHARSET_ISO_2022_JP && span_find_byte(bytes, '\x0E', 0) < bytes.n);
}

static bool is_undecodable(enum charset_problem_kind kind)
{
	return kind == CHARSET_PROBLEM_ILLEGAL || kind == CHARSET_PROBLEM_UNASSIGNED || kind == CHARSET_PROBLEM_JIS_8BIT;
}

/* Where the run of a set ends that cannot be read: the next escape, or the end of the text. What stands in it is told by the escape. */
static size_t foreign_run_end(const struct entity *e, const struct charset_problem *escape)
{
	return span_find_byte(e->decoded.text->bytes, '\x1B', escape->offset + escape->length);
}

/* The first problem of undecodable bytes and their number. */
static const struct charset_problem *first_undecodable(const struct entity *e, size_t *n_out)
{
	const struct charset_problem *first = NULL;
	size_t n = 0, foreign_end = 0;

	for (size_t k = 0; k < e->charset_result.n_problems; k++) {
		const struct charset_problem *p = &e->charset_result.problems[k];
		if (p->kind == CHARSET_PROBLEM_JIS_FOREIGN_SET)
			foreign_end = foreign_run_end(e, p);
		if (is_undecodable(p->kind) && p->offset >= foreign_end && !n++)
			first = p;
	}
	if (e->charset_result.n_dropped && e->charset_result.n_illegal > n)
		n = e->charset_result.n_illegal;
	*n_out = n;
	return first;
}

bool charset_fault_place(const struct message *m, const struct entity *entity, struct range *place_out)
{
	if (!judged(entity) || !has_non_ascii(entity))
		return false;
	bool unlabelled = !entity->charset_name.n || entity->charset.family == CHARSET_ASCII;
	bool known = entity->charset.family != CHARSET_UNKNOWN && entity->charset.family != CHARSET_FORBIDDEN;
	if (!unlabelled && (!known || !entity->charset_result.looks))
		return false;
	*place_out = charset_place(m, entity);
	return true;
}

/* The label that the bytes speak for, where they do without doubt. Shift_JIS and EUC-JP have bytes in common: who knows the text looks at that. */
static void fix_label(struct check *c, const struct message *m, const struct entity *e, const char *looks, bool certain)
{
	bool clear = g_strcmp0(looks, "UTF-8") == 0 || g_strcmp0(looks, "ISO-2022-JP") == 0;

	if (!certain || (!clear && g_strcmp0(looks, "Shift_JIS") != 0 && g_strcmp0(looks, "EUC-JP") != 0) || e->decoded.n_bad)
		return;
	fix_charset_label(c, m, e, looks);
	if (!clear)
		check_fix_unsafe(c);
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
		const char *looks = guess_name(e, &certain);
		check_report(c, charset_place(m, e), NULL, ARG_T("looks", span_str(looks)));
		fix_label(c, m, e, looks, certain);
	}
}

/* A tag may hold quotes, which end the parameter before the tag does: charset="{{ c|default:"utf-8" }}". */
static bool decides_tag(struct check *c, const struct message *m, const struct entity *e)
{
	const struct field *field = header_find(&e->header, "Content-Type");

	if (tag_scan(check_arena(c), e->charset_name).n)
		return true;
	return m->kind == INPUT_TEMPLATE && field && tag_scan(check_arena(c), field->unfolded->bytes).n;
}

/* Cases: unknown, forbidden (utf-7, utf-16 ...), unusable (iso-2022-jp-3 ...), harmless (one of them over plain ASCII). */
CHECK(charset_unknown)
{
	for (size_t i = 0; i < m->mime.n; i++) {
		const struct entity *e = m->mime.all[i];
		if (!judged(e) || !e->charset_name.n || decides_tag(c, m, e))
			continue;
		const char *kind = e->charset.family == CHARSET_UNKNOWN		   ? "unknown" :
				   e->charset.family == CHARSET_FORBIDDEN	   ? "forbidden" :
				   e->charset.flags & CHARSET_LABEL_UNUSABLE	   ? "unusable" :
										     NULL;
		if (!kind)
			continue;
		/* Plain ASCII reads the same under any name; only UTF-7 says more with it, behind a "+". */
		struct span bytes = e->decoded.text->bytes;
		bool harmless = !has_non_ascii(e) && span_find_byte(bytes, '\0', 0) == bytes.n &&
				(e->charset.family == CHARSET_UNKNOWN || span_find_byte(bytes, '+', 0) == bytes.n);
		check_report(c, charset_place(m, e), harmless ? "harmless" : kind, ARG_T("charset", e->charset_name));
		if (harmless)
			fix_charset_label(c, m, e, "us-ascii");
	}
}

/* Cases: unregistered, extended-jis, ascii (either over plain ASCII). The label is understood here, by others perhaps not. */
CHECK(charset_label)
{
	for (size_t i = 0; i < m->mime.n; i++) {
		const struct entity *e = m->mime.all[i];
		if (!judged(e) || !e->charset_name.n || e->charset.flags & CHARSET_LABEL_UNUSABLE)
			continue;
		const char *kind = e->charset.flags & CHARSET_LABEL_EXTENDED_JIS ? "extended-jis" :
				   e->charset.flags & CHARSET_LABEL_UNREGISTERED ? "unregistered" :
										   NULL;
		if (!kind)
			continue;
		check_report(c, charset_place(m, e), has_non_ascii(e) ? kind : "ascii", ARG_T("charset", e->charset_name),
			     ARG_T("suggested", span_str(e->charset.suggested ? e->charset.suggested : "UTF-8")));
		/* The larger sets have characters that ISO-2022-JP has not. */
		if (e->charset.suggested && !e->charset_result.looks && (!(e->charset.flags & CHARSET_LABEL_EXTENDED_JIS) || !e->charset_result.n_problems))
			fix_charset_label(c, m, e, e->charset.suggested);
	}
}

/* Shift_JIS and EUC-JP in a newsletter of today. */
CHECK(charset_legacy)
{
	for (size_t i = 0; i < m->mime.n; i++) {
		const struct entity *e = m->mime.all[i];
		if (!judged(e) || !e->charset_name.n || !has_non_ascii(e) || e->charset_result.looks)
			continue;
		if (e->charset.family != CHARSET_SHIFT_JIS && e->charset.family != CHARSET_EUC_JP)
			continue;
		check_report(c, charset_place(m, e), NULL, ARG_T("charset", e->charset_name));
		if (!e->charset_result.n_illegal && !e->charset_result.doubtful)
			fix_to_utf8(c, m, e);
	}
}

static bool is_only_unassigned(const struct entity *e)
{
	for (size_t k = 0; k < e->charset_result.n_problems; k++)
		if (e->charset_result.problems[k].kind == CHARSET_PROBLEM_ILLEGAL)
			return false;
	return true;
}

/* Text whose bytes are not in the declared charset. Cases: mismatch (it is cleanly something else, named), ascii (declared us-ascii,
 * is something else), bytes (some bytes are wrong), unassigned (well-formed codes that this reading of the charset has no character
 * for; readers of a larger set show them). The place: the first wrong byte; mismatch and ascii: the label. */
CHECK(charset_undecodable)
{
	for (size_t i = 0; i < m->mime.n; i++) {
		const struct entity *e = m->mime.all[i];
		if (!judged(e) || !e->charset_name.n || e->charset.family == CHARSET_UNKNOWN || e->charset.family == CHARSET_FORBIDDEN)
			continue;
		struct check_arg charset = ARG_T("charset", e->charset_name);
		if (e->charset.family == CHARSET_ASCII) {
			bool certain;
			const char *guess = guess_name(e, &certain);
			if (!has_non_ascii(e))
				continue;
			check_report(c, charset_place(m, e), "ascii", charset, ARG_T("looks", span_str(guess)));
			fix_label(c, m, e, guess, certain);
			continue;
		}
		const char *looks = e->charset_result.looks;
		size_t n;
		const struct charset_problem *first = first_undecodable(e, &n);
		if (looks) {
			check_report(c, charset_place(m, e), "mismatch", charset, ARG_T("looks", span_str(looks)));
			fix_label(c, m, e, looks, true);
			continue;
		}
		/* Where the transfer encoding is broken, that comes first, and this may be what it left. */
		if (!first || e->decoded.n_bad)
			continue;
		bool unassigned = e->charset.family == CHARSET_OTHER && (is_only_unassigned(e) || e->charset_result.larger_set);
		check_report(c, text_to_file(e->decoded.text, first->offset, first->offset + first->length),
			     unassigned ? "unassigned" : "bytes", charset, ARG_I("count", n));
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

/* A problem that the one right before it tells already: a line folded between the two bytes of a character leaves half of one and does
 * not return to ASCII; an escape cut short leaves its second byte behind. */
static bool is_told_before(const struct charset_result *result, size_t index)
{
	const struct charset_problem *p = &result->problems[index];

	if (index == 0)
		return false;
	const struct charset_problem *before = p - 1;
	if (before->offset + before->length != p->offset)
		return false;
	return (before->kind == CHARSET_PROBLEM_JIS_ODD_BYTE && (p->kind == CHARSET_PROBLEM_JIS_EOL || p->kind == CHARSET_PROBLEM_JIS_END)) ||
	       (before->kind == CHARSET_PROBLEM_JIS_UNKNOWN_ESCAPE && p->kind == CHARSET_PROBLEM_JIS_ODD_BYTE);
}

/* "ESC $ ( O" for a reader; the bytes behind ESC are printable. */
static struct span escape_name(struct arena *arena, struct span escape)
{
	char *name = arena_alloc(arena, 3 + 2 * escape.n);
	size_t n = 3;

	memcpy(name, "ESC", n);
	for (size_t i = 1; i < escape.n; i++) {
		name[n++] = ' ';
		name[n++] = escape.p[i];
	}
	return span_of(name, n);
}

/* The case of a problem, which may depend on the label and on the code. */
static const char *jis_case(const struct entity *e, size_t k, const struct charset_problem *p)
{
	if (p->kind == CHARSET_PROBLEM_JIS_KANA_ESCAPE && e->charset.flags & CHARSET_LABEL_EXTENDED_JIS)
		return "kana-extended";
	/* The rows from 85 on are where carriers put their pictures. */
	if (p->kind == CHARSET_PROBLEM_UNASSIGNED && p->offset < e->decoded.text->bytes.n &&
	    (unsigned char)e->decoded.text->bytes.p[p->offset] >= 0x20 + 85)
		return "carrier";
	return jis_cases[k].name;
}

/* Of escapes with nothing between them the last one holds: the others go. */
static void fix_redundant_escapes(struct check *c, const struct entity *e)
{
	const struct charset_result *result = &e->charset_result;

	if (result->n_dropped || (e->transfer != TRANSFER_7BIT && e->transfer != TRANSFER_8BIT))
		return;
	for (size_t p = 0; p < result->n_problems; p++) {
		size_t start = result->problems[p].offset;
		if (result->problems[p].kind == CHARSET_PROBLEM_JIS_REDUNDANT_ESCAPE)
			check_fix(c, NULL, text_to_file(e->decoded.text, start, span_find_byte(e->decoded.text->bytes, '\x1B', start + 1)), SPAN_EMPTY);
	}
}

/* with: cases (line-end, text-end, odd-byte, eight-bit, shift, kana, unknown-escape, foreign-set, redundant-escape, space,
 * escape-stripped, unassigned). What breaks the rules of ISO-2022-JP; the first of each case in a part, with their number. kana under
 * a label that promises it is the case kana-extended, an unassigned code of the carriers' rows the case carrier. */
CHECK(jis_line_rule)
{
	const char *const *wanted = rule_setting_list(check_rule(c), "cases");
	bool applies = word_in_list(wanted, SPAN_LIT("escape-stripped"));

	for (size_t i = 0; i < m->mime.n; i++) {
		const struct entity *e = m->mime.all[i];
		if (!judged(e))
			continue;
		const struct charset_result *result = &e->charset_result;
		bool jis = result->decoded_as == CHARSET_ISO_2022_JP;
		applies = applies || jis;
		for (size_t k = 0; k < G_N_ELEMENTS(jis_cases); k++) {
			if (!word_in_list(wanted, span_str(jis_cases[k].name)))
				continue;
			/* Lost escapes are found in any 7-bit text, the others only where it is ISO-2022-JP. */
			if (!jis && jis_cases[k].kind != CHARSET_PROBLEM_JIS_ESC_STRIPPED)
				continue;
			const struct charset_problem *first = NULL;
			size_t n = 0, foreign_end = 0;
			bool unassigned = jis_cases[k].kind == CHARSET_PROBLEM_UNASSIGNED;
			for (size_t p = 0; p < result->n_problems; p++) {
				if (unassigned && result->problems[p].kind == CHARSET_PROBLEM_JIS_FOREIGN_SET)
					foreign_end = foreign_run_end(e, &result->problems[p]);
				if (result->problems[p].kind != jis_cases[k].kind || is_told_before(result, p) ||
				    (unassigned && result->problems[p].offset < foreign_end))
					continue;
				if (!n++)
					first = &result->problems[p];
			}
			if (!first || (first->kind == CHARSET_PROBLEM_JIS_8BIT && e->charset_result.looks))
				continue;
			/* Each 8-bit byte became one character of three bytes; that shows better than the byte. */
			if (first->kind == CHARSET_PROBLEM_JIS_8BIT) {
				check_report_text(c, result->text, ((struct range){ first->target, first->target + 3 * first->length }),
						  "eight-bit", ARG_I("count", n), ARG_T("escape", SPAN_EMPTY));
				continue;
			}
			struct range range = text_to_file(e->decoded.text, first->offset, first->offset + first->length);
			struct span escape = span_cut(e->decoded.text->bytes, first->offset, first->offset + first->length);
			bool named = first->kind == CHARSET_PROBLEM_JIS_UNKNOWN_ESCAPE || first->kind == CHARSET_PROBLEM_JIS_FOREIGN_SET;
			check_report(c, range, jis_case(e, k, first), ARG_I("count", n),
				     ARG_T("escape", named ? escape_name(check_arena(c), escape) : SPAN_EMPTY));
			if (first->kind == CHARSET_PROBLEM_JIS_REDUNDANT_ESCAPE)
				fix_redundant_escapes(c, e);
		}
	}
	if (!applies)
		check_not_applicable(c);
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

/* What becomes of a character in the charset that the list system will send in; NULL where nothing does. */
static const char *class_in_target(struct jis_encoder *encoder, const struct lint_options *options, uint32_t ch)
{
	switch (jis_classify(encoder, ch)) {
	case JIS_NEC_ROW13:
		return "nec-row-13";
	case JIS_IBM:
		return "ibm-extension";
	case JIS_USER_DEFINED:
		return "user-defined";
	case JIS_HALF_WIDTH:
		return options->target_jis ? "half-width-kana" : NULL;
	case JIS_NONE:
		return "none";
	default:
		return NULL;
	}
}

/* The character and what must be written with it: half-width katakana has its sound mark behind it. */
static struct span replacement_for(struct check *c, struct span bytes, struct range *at, const char *replacement, bool kana)
{
	size_t next = at->end;
	uint32_t mark = kana && next < bytes.n ? utf8_next(bytes, &next) : 0;

	if (mark != 0xFF9E && mark != 0xFF9F)
		return span_str(replacement);
	char *composed = g_utf8_normalize(bytes.p + at->start, (gssize)(next - at->start), G_NORMALIZE_ALL_COMPOSE);
	struct span with = arena_copy_span(check_arena(c), span_str(composed));
	g_free(composed);
	at->end = next;
	return with;
}

/* All places of the character in the text, since it is told once. */
static void fix_machine_dependent(struct check *c, const struct text *text, struct range range, const char *replacement, bool kana)
{
	enum { MOST_PLACES = 1000 };
	struct span ch = span_cut(text->bytes, range.start, range.end);
	size_t n = 0;

	for (size_t at = range.start; (at = span_find(text->bytes, ch, at)) < text->bytes.n && n < MOST_PLACES; n++) {
		struct range place = { at, at + ch.n };
		struct span with = replacement_for(c, text->bytes, &place, replacement, kana);
		check_fix(c, text, place, with);
		at = place.end;
	}
}

static void report_machine_dependent(struct check *c, const struct text *text, struct range range, uint32_t code_point, const char *class_name)
{
	bool certain = false;
	const char *replacement = machine_dependent_replacement(code_point, &certain);
	const char *kind = strcmp(class_name, "half-width-kana") == 0 ? "kana" :
			   replacement				      ? (certain ? "replaceable" : "variant") :
			   strcmp(class_name, "none") == 0	      ? "lost" :
									"other";

	check_report_text(c, text, range, kind, ARG_T("class", span_str(class_name)),
			  ARG_T("replacement", span_str(replacement ? replacement : "")));
	/* A sound mark goes with the letter before it. */
	if (replacement && (certain || strcmp(kind, "kana") == 0) && code_point != 0xFF9E && code_point != 0xFF9F)
		fix_machine_dependent(c, text, range, replacement, strcmp(kind, "kana") == 0);
}

static bool is_sent_in_target(const struct lint_options *options)
{
	return options->target_jis || options->target_sjis;
}

/* Is the Subject of UTF-8 words only, so that it will be encoded anew? Words of other charsets are judged one by one elsewhere. */
static bool subject_is_utf8(const struct message *m)
{
	for (size_t i = 0; m->subject_field && i < m->subject_field->n_words; i++)
		if (charset_label_parse(m->subject_field->words[i].charset).family != CHARSET_UTF8)
			return false;
	return m->subject != NULL;
}

/* Characters of a UTF-8 text that the target charset has no place for, each once. */
static void machine_dependent_in(struct check *c, struct jis_encoder *encoder, const struct text *text, GHashTable *told)
{
	for (size_t at = 0; at < text->bytes.n;) {
		size_t start = at;
		uint32_t ch = utf8_next(text->bytes, &at);
		/* The selector of a form of a kanji: encoders drop it without a word, or refuse the mail. */
		if (ch >= 0xE0100 && ch <= 0xE01EF && g_hash_table_add(told, GUINT_TO_POINTER(0xE0100))) {
			size_t kanji = start;
			utf8_previous(text->bytes, &kanji);
			check_report_text(c, text, ((struct range){ kanji, at }), "selector", ARG_T("class", SPAN_LIT("selector")),
					  ARG_T("replacement", span_cut(text->bytes, kanji, start)));
			continue;
		}
		const char *class_name = ch < 0x80 || ch == 0xFFFD ? NULL : class_in_target(encoder, check_options(c), ch);
		if (class_name && g_hash_table_add(told, GUINT_TO_POINTER(ch)))
			report_machine_dependent(c, text, (struct range){ start, at }, ch, class_name);
	}
}

/* Machine-dependent characters in encoded words of a Japanese charset, each once a field. */
static bool machine_dependent_in_words(struct check *c, const struct field *field, GHashTable *told)
{
	bool any = false;

	g_hash_table_remove_all(told);
	for (size_t i = 0; i < field->n_words; i++) {
		const struct encoded_word *word = &field->words[i];
		struct jis_encoder *encoder = word->flags & EW_MACHINE_DEPENDENT ? check_jis_encoder(c) : NULL;
		if (!encoder)
			continue;
		any = true;
		for (size_t at = word->value.start; at < word->value.end;) {
			size_t start = at;
			uint32_t ch = utf8_next(field->value->bytes, &at);
			enum jis_class class = ch < 0x80 ? JIS_ASCII : jis_classify(encoder, ch);
			const char *name = class == JIS_NEC_ROW13 ? "nec-row-13" : class == JIS_IBM ? "ibm-extension" : NULL;
			if (class == JIS_HALF_WIDTH && charset_label_parse(word->charset).family == CHARSET_ISO_2022_JP)
				name = "half-width-kana";
			if (name && g_hash_table_add(told, GUINT_TO_POINTER(ch)))
				report_machine_dependent(c, field->value, (struct range){ start, at }, ch, name);
		}
	}
	return any;
}

/* Characters that only some machines have, in the bytes of a Japanese legacy charset or in a draft that will be sent in one
 * (--target-charset). Cases: replaceable, variant, other; kana (half-width, where ISO-2022-JP goes out); and with --target-charset lost (not
 * in the charset at all), selector (of a form of a kanji). Each character is told once a part or header field, where it stands first. */
CHECK(machine_dependent_character)
{
	bool converts = is_sent_in_target(check_options(c));
	struct jis_encoder *encoder = converts ? check_jis_encoder(c) : NULL;
	GHashTable *told = g_hash_table_new(NULL, NULL);
	bool applies = converts;

	for (size_t i = 0; i < m->header->n; i++)
		applies = machine_dependent_in_words(c, &m->header->fields[i], told) || applies;
	g_hash_table_remove_all(told);
	if (encoder && subject_is_utf8(m))
		machine_dependent_in(c, encoder, m->subject, told);
	for (size_t i = 0; i < m->mime.n; i++) {
		const struct entity *e = m->mime.all[i];
		if (!judged(e))
			continue;
		g_hash_table_remove_all(told);
		const struct text *text = e->charset_result.text;
		enum charset_family family = e->charset_result.decoded_as;
		applies = applies || family == CHARSET_ISO_2022_JP || family == CHARSET_SHIFT_JIS || family == CHARSET_EUC_JP;
		for (size_t k = 0; k < e->charset_result.n_problems; k++) {
			const struct charset_problem *p = &e->charset_result.problems[k];
			/* Under a wrong label nobody knows what the text will be sent in. */
			const char *class_name = e->charset_result.looks ? NULL : class_name_of(p->kind);
			if (!class_name || !g_hash_table_add(told, GUINT_TO_POINTER(p->code_point)))
				continue;
			size_t end = p->target;
			utf8_next(text->bytes, &end);
			report_machine_dependent(c, text, (struct range){ p->target, end }, p->code_point, class_name);
		}
		if (encoder && family == CHARSET_UTF8)
			machine_dependent_in(c, encoder, text, told);
	}
	g_hash_table_destroy(told);
	if (!applies)
		check_not_applicable(c);
}

/* One cell of JIS X 0208, two readings: that of the standard and that of Windows. An encoder knows one of them. */
static const struct {
	uint32_t standard, windows;
} two_readings[] = {
	{ 0x301C, 0xFF5E }, { 0x2016, 0x2225 }, { 0x2212, 0xFF0D }, { 0x00A2, 0xFFE0 }, { 0x00A3, 0xFFE1 }, { 0x00AC, 0xFFE2 },
};

static void wave_dash_in(struct check *c, const struct text *text)
{
	unsigned told = 0;

	for (size_t at = 0; at < text->bytes.n;) {
		size_t start = at;
		uint32_t ch = utf8_next(text->bytes, &at);
		for (size_t k = 0; ch >= 0x80 && k < G_N_ELEMENTS(two_readings); k++) {
			bool standard = ch == two_readings[k].standard;
			unsigned bit = 1u << (2 * k + standard);
			if ((!standard && ch != two_readings[k].windows) || told & bit)
				continue;
			told |= bit;
			char *code = g_strdup_printf("U+%04X", (unsigned)ch);
			check_report_text(c, text, ((struct range){ start, at }), standard ? "standard" : "windows",
					  ARG_T("code", span_str(code)));
			g_free(code);
		}
	}
}

/* Characters of a UTF-8 draft whose cell in JIS X 0208 has two readings, with --target-charset. Cases: standard, windows. Each is told
 * once a text. */
CHECK(wave_dash)
{
	if (!is_sent_in_target(check_options(c))) {
		check_not_applicable(c);
		return;
	}
	if (subject_is_utf8(m))
		wave_dash_in(c, m->subject);
	for (size_t i = 0; i < m->mime.n; i++)
		if (judged(m->mime.all[i]) && m->mime.all[i]->charset_result.decoded_as == CHARSET_UTF8)
			wave_dash_in(c, m->mime.all[i]->charset_result.text);
}

static bool is_radical(uint32_t ch)
{
	return ch >= 0x2E80 && ch <= 0x2FDF;
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
	if (is_radical(ch))
		return "radical";
	if (ch == 0x3099 || ch == 0x309A)
		return "decomposed-kana";
	if (ch == 0x3013)
		return "geta";
	return NULL;
}

/* Geta signs in a row, or at both ends of a line, are ornament; a substitute stands alone among letters. */
static bool is_ornament(struct span s, size_t start, size_t end)
{
	/* A longer line is prose; the limit keeps the cost linear. */
	enum { LINE_BYTES = 400 };
	struct span geta = SPAN_LIT("\xE3\x80\x93");
	struct span around = span_cut(s, 0, end + LINE_BYTES);
	size_t line = start, line_end = span_find_byte(around, '\n', end);

	if ((start >= 3 && span_eq(span_cut(s, start - 3, start), geta)) || span_eq(span_cut(s, end, end + 3), geta))
		return true;
	while (line > 0 && start - line < LINE_BYTES && s.p[line - 1] != '\n')
		line--;
	struct span text = span_trim(span_cut(s, line, line_end));
	bool first = span_starts(text, geta), last = text.n >= 3 && span_eq(span_cut(text, text.n - 3, text.n), geta);
	return text.n == 3 || (text.n > 3 && first && last);
}

/* Does the mark make one character with what stands before it? U+3042 U+3099 does not: nothing else can write that sound. */
static bool composes(struct span s, size_t start, uint32_t mark)
{
	size_t before = start;
	gunichar composed;

	return start > 0 && g_unichar_compose(utf8_previous(s, &before), mark, &composed);
}

/* A kanji, a kana or another radical: what stands beside a radical that took the place of a kanji in a word. */
static bool is_japanese_letter(uint32_t ch)
{
	return is_radical(ch) || (ch >= 0x3041 && ch <= 0x30FF && ch != 0x30FB) || (ch >= 0x3400 && ch <= 0x9FFF) || ch == 0x3005;
}

/* Does a text speak of radicals? Then it names several different ones, each by itself: between brackets, in a list, in a table. Those
 * that came out of a PDF stand inside words. */
static bool names_radicals(struct span s)
{
	enum { NAMED = 3 };
	uint32_t named[NAMED];
	size_t n = 0;
	uint32_t before = 0;

	for (size_t at = 0; at < s.n && n < NAMED;) {
		uint32_t ch = utf8_next(s, &at);
		size_t next = at;
		if (is_radical(ch) && !is_japanese_letter(before) && (at >= s.n || !is_japanese_letter(utf8_next(s, &next)))) {
			size_t k = 0;
			while (k < n && named[k] != ch)
				k++;
			if (k == n)
				named[n++] = ch;
		}
		before = ch;
	}
	return n == NAMED;
}

/* How a text was read before damage is looked for. */
struct reading {
	bool has_undecodable; /* bytes that became U+FFFD here: told by the rules about the charset */
	bool is_raw_jis;      /* escapes of ISO-2022-JP under another label: told there, too */
	bool is_foreign;      /* a converter that has private characters for codes of larger sets */
	bool is_html;         /* where fonts of icons use private characters */
};

static void damaged_in(struct check *c, const struct text *text, const struct reading *reading)
{
	static const char *const names[] = { "replacement", "substitute",	   "escape", "private-use",
					     "radical",	    "decomposed-kana", "geta",	 "icon" };
	struct range first[G_N_ELEMENTS(names)] = { 0 };
	size_t counts[G_N_ELEMENTS(names)] = { 0 };

	for (size_t at = 0; at < text->bytes.n;) {
		if ((unsigned char)text->bytes.p[at] >= 0x20 && (unsigned char)text->bytes.p[at] < 0x80) {
			at++;
			continue;
		}
		size_t start = at;
		uint32_t ch = utf8_next(text->bytes, &at);
		const char *damage = damage_of(ch);
		if (!damage || (ch == 0xFFFD && reading->has_undecodable) || (ch == 0x1B && reading->is_raw_jis) ||
		    (ch == 0x3013 && is_ornament(text->bytes, start, at)) ||
		    ((ch == 0x3099 || ch == 0x309A) && !composes(text->bytes, start, ch)))
			continue;
		if (strcmp(damage, "private-use") == 0) {
			if (reading->is_foreign)
				continue;
			damage = reading->is_html ? "icon" : damage;
		}
		for (size_t k = 0; k < G_N_ELEMENTS(names); k++)
			if (strcmp(names[k], damage) == 0 && !counts[k]++)
				first[k] = (struct range){ start, at };
	}
	for (size_t k = 0; k < G_N_ELEMENTS(names); k++)
		if (counts[k] && !(strcmp(names[k], "radical") == 0 && names_radicals(text->bytes)))
			check_report_text(c, text, first[k], names[k], ARG_I("count", counts[k]));
}

static struct reading reading_of(const struct body *body)
{
	const struct entity *e = body->entity;
	struct reading reading = {
		.is_raw_jis = charset_guess(e->decoded.text->bytes, NULL, NULL) == CHARSET_ISO_2022_JP,
		.is_foreign = e->charset_result.decoded_as == CHARSET_OTHER,
		.is_html = body->html != NULL,
	};

	for (size_t i = 0; i < e->charset_result.n_problems; i++) {
		enum charset_problem_kind kind = e->charset_result.problems[i].kind;
		if (is_undecodable(kind) || kind == CHARSET_PROBLEM_JIS_ODD_BYTE || kind == CHARSET_PROBLEM_JIS_UNKNOWN_ESCAPE)
			reading.has_undecodable = true;
	}
	return reading;
}

/* A kana and its sound mark as two characters in the name of a file: what macOS makes of a name that is not put together again. */
static void decomposed_in_name(struct check *c, const struct text *name)
{
	struct range first = { 0 };
	size_t count = 0;

	for (size_t at = 0; at < name->bytes.n;) {
		size_t start = at;
		uint32_t ch = utf8_next(name->bytes, &at);
		if ((ch != 0x3099 && ch != 0x309A) || !composes(name->bytes, start, ch))
			continue;
		utf8_previous(name->bytes, &start);
		first = count++ ? first : (struct range){ start, at };
	}
	if (count)
		check_report_text(c, name, first, "decomposed-name", ARG_I("count", count), ARG_T("name", name->bytes));
}

/* Cases: replacement (U+FFFD that stood in the file, not one of our own), substitute, escape, private-use, radical, decomposed-kana,
 * geta, icon (private-use in HTML, where it may be a glyph of a font); decomposed-name in the name of a file. Radicals are left alone in
 * a text about them. The first of each case in a displayed text, in the Subject, in a name. */
CHECK(damaged_character)
{
	for (size_t i = 0; i < m->n_bodies; i++) {
		struct reading reading = reading_of(&m->bodies[i]);
		damaged_in(c, m->bodies[i].visible, &reading);
	}
	for (size_t i = 0; i < m->mime.n; i++)
		if (m->mime.all[i]->file_name && !entity_is_enclosed(m->mime.all[i]))
			decomposed_in_name(c, m->mime.all[i]->file_name);
	if (!m->subject)
		return;
	/* Control characters and bad bytes of encoded words are told by the rules about them. */
	struct reading reading = { .has_undecodable = m->subject_field->flags & FIELD_RAW_8BIT, .is_raw_jis = true };
	for (size_t i = 0; i < m->subject_field->n_words; i++)
		if (m->subject_field->words[i].flags & (EW_UNDECODABLE | EW_SPLIT_CHAR | EW_STATE_OPEN | EW_BAD_CHARSET))
			reading.has_undecodable = true;
	damaged_in(c, m->subject, &reading);
}
