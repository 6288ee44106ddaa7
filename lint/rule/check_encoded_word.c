/* Checks of encoded words (RFC 2047) in every header block: one rule of rules.d for each flag. */
#include "rule/check_common.h"

#include <glib.h>

/* with: flags, names of encoded_word_flag in small letters. One finding for each word that has one of them; the case is the flag's
 * name. */
static const struct {
	const char *name;
	unsigned flag;
} flag_names[] = {
	{ "too-long", EW_TOO_LONG },
	{ "bad-charset", EW_BAD_CHARSET },
	{ "bad-encoding", EW_BAD_ENCODING },
	{ "bad-base64", EW_BAD_BASE64 },
	{ "bad-q", EW_BAD_Q },
	{ "space-inside", EW_SPACE_INSIDE },
	{ "fold-inside", EW_FOLD_INSIDE },
	{ "split-character", EW_SPLIT_CHAR },
	{ "state-open", EW_STATE_OPEN },
	{ "glued-before", EW_GLUED_BEFORE },
	{ "glued-after", EW_GLUED_AFTER },
	{ "in-quotes", EW_IN_QUOTED_STRING },
	{ "in-address", EW_IN_ADDRESS },
	{ "misplaced", EW_MISPLACED },
	{ "control", EW_CONTROL },
	{ "unterminated", EW_UNTERMINATED },
	{ "ascii-only", EW_ASCII_ONLY },
	{ "undecodable", EW_UNDECODABLE },
	{ "jis-q", EW_JIS_Q },
	{ "unregistered-charset", EW_UNREGISTERED_CHARSET },
	{ "machine-dependent", EW_MACHINE_DEPENDENT },
};

static void report_word(struct check *c, const struct field *field, const struct encoded_word *word, const char *const *wanted)
{
	for (size_t i = 0; i < G_N_ELEMENTS(flag_names); i++) {
		if (!(word->flags & flag_names[i].flag) || !word_in_list(wanted, span_str(flag_names[i].name)))
			continue;
		check_report(c, ((struct range){ word->start, word->end }), flag_names[i].name, ARG_T("field", field->name),
			     ARG_T("charset", word->charset), ARG_I("length", word->end - word->start));
		return; /* one word, one finding of a rule: the first flag says enough */
	}
}

CHECK(encoded_word_flag)
{
	const char *const *wanted = rule_setting_list(check_rule(c), "flags");

	for (size_t e = 0; e < m->mime.n; e++) {
		const struct header *header = &m->mime.all[e]->header;
		for (size_t i = 0; i < header->n; i++)
			for (size_t w = 0; w < header->fields[i].n_words; w++)
				report_word(c, &header->fields[i], &header->fields[i].words[w], wanted);
	}
}

/* with: limit. A physical header line with an encoded word that is longer. The place is the line. */
CHECK(encoded_word_line_long)
{
	size_t limit = (size_t)rule_setting_int(check_rule(c), "limit", 76);

	for (size_t e = 0; e < m->mime.n; e++) {
		const struct header *header = &m->mime.all[e]->header;
		for (size_t i = 0; i < header->n; i++) {
			const struct field *f = &header->fields[i];
			size_t told = 0;
			for (size_t w = 0; w < f->n_words; w++) {
				size_t line = line_position(m->lines, f->words[w].start).line;
				struct span bytes = line_bytes(m->lines, line);
				if (line == told || bytes.n <= limit)
					continue;
				told = line;
				size_t start = m->lines->starts[line - 1];
				check_report(c, ((struct range){ start, start + bytes.n }), NULL, ARG_T("field", f->name),
					     ARG_I("length", bytes.n));
			}
		}
	}
}

/* The decoded value still holds an encoded word: encoded twice. Cases: subject, other. */
CHECK(encoded_twice)
{
	for (size_t i = 0; i < m->header->n; i++) {
		const struct field *f = &m->header->fields[i];
		if (f->n_words == 0)
			continue;
		struct span value = f->value->bytes;
		for (size_t at = span_find(value, SPAN_LIT("=?"), 0); at < value.n; at = span_find(value, SPAN_LIT("=?"), at + 2)) {
			size_t end = span_find(value, SPAN_LIT("?="), at + 2);
			size_t q = span_find_byte(value, '?', at + 2);
			/* =?charset?X?...?= : a question mark behind a word, then one letter. */
			if (end >= value.n || q >= value.n || q + 2 >= value.n || value.p[q + 2] != '?' || !strchr("BbQq", value.p[q + 1]))
				continue;
			size_t close = span_find(value, SPAN_LIT("?="), q + 3);
			if (close >= value.n)
				break;
			struct range in_file = text_to_file(f->value, at, close + 2);
			/* Words that could not be decoded are left as they stand, and are other rules' business. */
			if (span_eq(file_span(m, in_file), span_cut(value, at, close + 2)))
				continue;
			check_report_text(c, f->value, ((struct range){ at, close + 2 }), NULL, ARG_T("field", f->name));
			break;
		}
	}
}
