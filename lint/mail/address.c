/* Address lists of RFC 5322, section 3.4, lenient and with the place of every piece.
 * Must not look up or judge a domain beyond its spelling; must not read Japanese text as syntax. */
#define _GNU_SOURCE
#include "mail/address.h"

#include "base/utf8.h"
#include "mail/encoded_word.h"

enum { TAG_MAX = 512, LOCAL_MAX = 64, DOMAIN_MAX = 255, LABEL_MAX = 63, LIST_MAX = 20000 };

/* ---- pieces ---- */

/* Where text is read: the stretch [.., end) of s, and what is known about its rest. */
struct lexer {
	struct span s;
	size_t end;
	bool shift_jis;
	bool no_quotes, no_comments; /* the next quote or parenthesis is never closed: do not look again */
};

enum piece_kind {
	PIECE_BLANK,
	PIECE_COMMENT,
	PIECE_QUOTED,
	PIECE_TAG,
	PIECE_WORD,    /* an encoded word */
	PIECE_RAW,     /* 8-bit or JIS bytes */
	PIECE_ATOM,    /* one character of an atom */
	PIECE_SPECIAL, /* one special of RFC 5322, section 3.2.3, or a control character */
	PIECE_UNCLOSED /* a quote or parenthesis that is never closed */
};

struct piece {
	enum piece_kind kind;
	size_t start, end;
	char c; /* of PIECE_SPECIAL */
};

/* %name%, %%name%%, ##name##; 0 where there is none. */
static size_t lex_named_tag(struct span rest)
{
	size_t n = rest.p[1] == rest.p[0] ? 2 : 1, i = n;

	while (i < rest.n && (ascii_is_alnum(rest.p[i]) || rest.p[i] == '_' || rest.p[i] == '.' || rest.p[i] == '-'))
		i++;
	if (i == n || !ascii_is_alpha(rest.p[n]) || (rest.p[0] == '#' && n == 1))
		return 0;
	return span_starts(span_cut(rest, i, rest.n), span_cut(rest, 0, n)) ? i + n : 0;
}

/* A template tag of one of the common shapes; 0 where there is none. Not a full list: it only keeps a tag from being
 * read as address syntax. */
static size_t lex_tag(struct span s, size_t at, size_t end)
{
	static const struct {
		const char *open, *close;
	} shapes[] = {
		{ "{{{", "}}}" }, { "{{", "}}" }, { "{%", "%}" }, { "{#", "#}" }, { "{!", "}" },    { "*|", "|*" },    { "${", "}" },
		{ "#{", "}" },	  { "<%", "%>" }, { "<?", "?>" }, { "[%", "%]" }, { "%%=", "=%%" }, { "%%[", "]%%" }, { "[[", "]]" },
	};
	struct span rest = span_cut(s, at, end < at + TAG_MAX ? end : at + TAG_MAX);
	size_t named;

	if (rest.n < 3 || !memchr("{*$#<[%", rest.p[0], 7))
		return 0;
	if ((rest.p[0] == '%' || rest.p[0] == '#') && (named = lex_named_tag(rest)))
		return at + named;
	/* "<%name%>" and "<%%=v(@name)=%%>" are tags in the brackets of the address: <% name %> would put nothing in, <%% begins no tag. */
	if (span_starts(rest, SPAN_LIT("<%")) &&
	    (rest.p[2] == '%' || ((named = lex_named_tag(span_cut(rest, 1, rest.n))) && 1 + named < rest.n && rest.p[1 + named] == '>')))
		return 0;
	for (size_t k = 0; k < sizeof shapes / sizeof *shapes; k++) {
		struct span open = span_str(shapes[k].open), close = span_str(shapes[k].close);
		if (!span_starts(rest, open))
			continue;
		size_t i = span_find(rest, close, open.n);
		if (i < rest.n && span_find_byte(rest, '\n', 0) > i)
			return at + i + close.n;
	}
	return 0;
}

static struct piece read_piece(struct lexer *lexer, size_t at)
{
	struct span s = lexer->s;
	struct piece piece = { PIECE_ATOM, at, at + 1, 0 };
	size_t behind;
	char c = s.p[at];

	if (ascii_is_space(c)) {
		piece.kind = PIECE_BLANK;
	} else if ((behind = lex_opaque(s, at, lexer->end, lexer->shift_jis))) {
		piece.kind = PIECE_RAW;
		piece.end = behind;
	} else if ((behind = lex_tag(s, at, lexer->end))) {
		piece.kind = PIECE_TAG;
		piece.end = behind;
	} else if (c == '=' && (behind = lex_encoded_word(s, at, lexer->end))) {
		piece.kind = PIECE_WORD;
		piece.end = behind;
	} else if (c == '"') {
		behind = lexer->no_quotes ? 0 : lex_quoted(s, at, lexer->end, lexer->shift_jis);
		lexer->no_quotes = behind == 0;
		piece.kind = behind ? PIECE_QUOTED : PIECE_UNCLOSED;
		piece.end = behind ? behind : at + 1;
	} else if (c == '(') {
		behind = lexer->no_comments ? 0 : lex_comment(s, at, lexer->end, lexer->shift_jis);
		lexer->no_comments = behind == 0;
		piece.kind = behind ? PIECE_COMMENT : PIECE_UNCLOSED;
		piece.end = behind ? behind : at + 1;
	} else if (c < ' ' || c == 0x7f || strchr(")<>[]:;@\\,.", c)) {
		piece.kind = PIECE_SPECIAL;
		piece.c = c;
	}
	return piece;
}

static bool is_special(const struct piece *piece, char c)
{
	return piece->kind == PIECE_SPECIAL && piece->c == c;
}

/* ---- addr-spec ---- */

struct spec {
	struct mailbox *mailbox;
	GString *local, *domain;
	bool in_domain, blank, literal;
};

static void spec_append(struct spec *spec, const struct lexer *lexer, const struct piece *piece)
{
	GString *part = spec->in_domain ? spec->domain : spec->local;
	struct range *range = spec->in_domain ? &spec->mailbox->domain_range : &spec->mailbox->local_range;
	char first = lexer->s.p[piece->start];

	/* White space is allowed (obsolete) beside a dot only. */
	if (spec->blank && part->len && part->str[part->len - 1] != '.' && first != '.')
		spec->mailbox->flags |= spec->in_domain ? MAILBOX_BAD_DOMAIN : MAILBOX_LOCAL_CHARACTER;
	spec->blank = false;
	if (part->len == 0)
		range->start = piece->start;
	range->end = piece->end;
	if (piece->kind != PIECE_QUOTED || spec->in_domain) {
		g_string_append_len(part, lexer->s.p + piece->start, (gssize)(piece->end - piece->start));
		return;
	}
	for (size_t i = piece->start + 1; i + 1 < piece->end; i++) {
		if (lexer->s.p[i] == '\\' && i + 2 < piece->end)
			i++;
		g_string_append_c(part, lexer->s.p[i]);
	}
}

static void spec_piece(struct spec *spec, const struct lexer *lexer, struct piece *piece)
{
	unsigned *flags = &spec->mailbox->flags;
	unsigned wrong = spec->in_domain ? MAILBOX_BAD_DOMAIN : MAILBOX_LOCAL_CHARACTER;
	char c = lexer->s.p[piece->start];

	switch (piece->kind) {
	case PIECE_BLANK:
	case PIECE_COMMENT:
		spec->blank = true;
		return;
	case PIECE_TAG:
		*flags |= MAILBOX_TAG;
		break;
	case PIECE_RAW:
		*flags |= MAILBOX_NON_ASCII;
		break;
	case PIECE_QUOTED:
		*flags |= spec->in_domain ? MAILBOX_BAD_DOMAIN : MAILBOX_QUOTED_LOCAL;
		break;
	case PIECE_SPECIAL:
		if (c == '@') {
			/* The first one divides. */
			if (spec->in_domain) {
				*flags |= MAILBOX_BAD_DOMAIN;
				break;
			}
			spec->in_domain = true;
			spec->blank = false;
			spec->mailbox->domain_range = (struct range){ piece->end, piece->end };
			return;
		}
		if (c == '[' && spec->in_domain && spec->domain->len == 0) {
			size_t close = span_find_byte(span_cut(lexer->s, 0, lexer->end), ']', piece->start);
			if (close < lexer->end) {
				piece->end = close + 1;
				spec->literal = true;
				break;
			}
		}
		if (c != '.')
			*flags |= wrong;
		break;
	case PIECE_UNCLOSED:
		*flags |= wrong | MAILBOX_UNBALANCED;
		break;
	case PIECE_ATOM:
		if (spec->in_domain && !ascii_is_alnum(c) && c != '-')
			*flags |= MAILBOX_BAD_DOMAIN;
		break;
	case PIECE_WORD:
		*flags |= spec->in_domain ? MAILBOX_BAD_DOMAIN : 0;
		break;
	}
	spec_append(spec, lexer, piece);
}

static unsigned local_flags(struct span local, bool quoted)
{
	unsigned flags = 0;

	if (local.n == 0 && !quoted)
		return MAILBOX_NO_LOCAL;
	if (local.n > LOCAL_MAX)
		flags |= MAILBOX_LOCAL_LONG;
	if (!quoted && (local.p[0] == '.' || local.p[local.n - 1] == '.' || span_find(local, SPAN_LIT(".."), 0) < local.n))
		flags |= MAILBOX_DOTS;
	return flags;
}

static unsigned domain_flags(struct span domain)
{
	unsigned flags = 0;
	size_t n_labels = 0;

	if (domain.n == 0)
		return MAILBOX_NO_DOMAIN;
	if (domain.n > DOMAIN_MAX)
		flags |= MAILBOX_DOMAIN_LONG;
	for (size_t start = 0; start <= domain.n;) {
		size_t end = span_find_byte(domain, '.', start);
		if (end == start || domain.p[start] == '-' || domain.p[end - 1] == '-')
			flags |= MAILBOX_BAD_DOMAIN;
		if (end - start > LABEL_MAX)
			flags |= MAILBOX_DOMAIN_LONG;
		n_labels++;
		start = end + 1;
	}
	return n_labels == 1 ? flags | MAILBOX_NO_DOT : flags;
}

static bool has_full_width(struct span utf8)
{
	return span_find(utf8, SPAN_LIT("\xef\xbc\xa0"), 0) < utf8.n || span_find(utf8, SPAN_LIT("\xef\xbc\x8e"), 0) < utf8.n;
}

static struct range trim_range(struct span s, struct range range)
{
	struct span trimmed = span_trim(span_cut(s, range.start, range.end));
	size_t start = trimmed.n ? (size_t)(trimmed.p - s.p) : range.start;

	return (struct range){ start, start + trimmed.n };
}

/* Read the addr-spec at range into the mailbox. file is NULL where s is UTF-8 text already. */
static void read_spec(struct arena *arena, const struct text *file, struct span s, bool shift_jis, struct range range,
		      struct mailbox *mailbox)
{
	struct lexer lexer = { .s = s, .end = range.end, .shift_jis = shift_jis };
	struct spec spec = { .mailbox = mailbox, .local = g_string_new(NULL), .domain = g_string_new(NULL) };
	unsigned before = mailbox->flags;
	size_t at = range.start;

	mailbox->address = range;
	mailbox->local_range = mailbox->domain_range = (struct range){ range.start, range.start };
	/* A route, "@a,@b:user@c": obsolete, and of no meaning. */
	if (at < range.end && s.p[at] == '@') {
		size_t colon = span_find_byte(span_cut(s, 0, range.end), ':', at);
		if (colon < range.end)
			at = colon + 1;
	}
	while (at < range.end) {
		struct piece piece = read_piece(&lexer, at);
		spec_piece(&spec, &lexer, &piece);
		at = piece.end;
	}
	if (spec.domain->len > 1 && spec.domain->str[spec.domain->len - 1] == '.')
		g_string_truncate(spec.domain, spec.domain->len - 1);
	mailbox->local = arena_copy_span(arena, span_of(spec.local->str, spec.local->len));
	mailbox->domain = arena_copy_span(arena, span_of(spec.domain->str, spec.domain->len));
	mailbox->flags |= local_flags(mailbox->local, mailbox->flags & MAILBOX_QUOTED_LOCAL);
	mailbox->flags |= spec.literal ? MAILBOX_LITERAL : domain_flags(mailbox->domain);
	if (mailbox->flags & MAILBOX_NON_ASCII) {
		struct span text = span_cut(s, range.start, range.end);
		if (file)
			text = encoded_words_decode(arena, file, range, FIELD_UNSTRUCTURED, NULL, NULL)->bytes;
		mailbox->flags |= has_full_width(text) ? MAILBOX_FULL_WIDTH : 0;
	}
	/* What a tag will become nobody knows here. */
	if (mailbox->flags & MAILBOX_TAG)
		mailbox->flags = before | MAILBOX_TAG;
	g_string_free(spec.local, TRUE);
	g_string_free(spec.domain, TRUE);
}

struct mailbox address_parse_spec(struct arena *arena, struct span utf8)
{
	struct mailbox mailbox = { .group = SPAN_EMPTY };
	struct range range = trim_range(utf8, (struct range){ 0, utf8.n });

	mailbox.whole = range;
	read_spec(arena, NULL, utf8, false, range, &mailbox);
	return mailbox;
}

/* ---- lists ---- */

/* One member of the list while it is read. A "run" is text without blanks, apart from those beside an '@'. */
struct element {
	bool any;                  /* something was read */
	size_t start, end;         /* of all pieces */
	size_t phrase_start, phrase_end; /* of the pieces before '<' */
	size_t run_start, n_runs, n_pieces, n_tags;
	bool non_ascii, dot, special; /* in the phrase */
	bool at;                   /* an '@' outside <> */
	bool in_run;               /* the run with that '@' still goes on */
	bool junk;                 /* text behind that run */
	struct range address;      /* that run */
	bool angle;
	struct range inside;       /* of <> */
	struct range comment;      /* the last one, inside its parentheses: the old place of a name */
	unsigned flags;            /* enum mailbox_flag */
};

struct parser {
	struct arena *arena;
	const struct text *file;
	struct lexer lexer;
	struct address_list list;
	GArray *mailboxes;
	struct element element;
	size_t last_semicolon; /* no ':' behind it starts a group */
	bool in_group, behind_group;
	size_t n_in_group;
	struct span group;
};

static struct text *decode_phrase(struct parser *p, struct range range)
{
	struct encoded_word *words;
	size_t n;
	struct text *decoded = encoded_words_decode(p->arena, p->file, range, FIELD_ADDRESS, &words, &n);

	return text_unquote(p->arena, p->file, decoded, words, n);
}

static void set_name(struct parser *p, struct mailbox *mailbox, struct range range, struct range inside)
{
	mailbox->name = range;
	struct text *text = decode_phrase(p, inside);
	mailbox->name_text = text->bytes.n ? text : NULL;
}

/* What stands where an address should, without '@' and '<'. */
static bool is_bare_address(struct parser *p, const struct element *e)
{
	if (e->n_runs != 1)
		return false;
	if (e->n_tags && e->n_tags == e->n_pieces)
		return true;
	if (!e->non_ascii)
		return false;
	struct text *text = encoded_words_decode(p->arena, p->file, (struct range){ e->phrase_start, e->phrase_end },
						 FIELD_UNSTRUCTURED, NULL, NULL);
	return span_find(text->bytes, SPAN_LIT("\xef\xbc\xa0"), 0) < text->bytes.n;
}

static void finish_mailbox(struct parser *p, const struct element *e)
{
	if (p->mailboxes->len >= LIST_MAX) {
		p->list.too_many = true;
		return;
	}
	struct mailbox mailbox = { .whole = { e->start, e->end }, .flags = e->flags, .group = p->group };
	struct range phrase = { e->phrase_start, e->phrase_end }, address = e->angle ? e->inside : e->address;
	bool has_phrase = e->n_pieces > 0;

	if (p->in_group)
		mailbox.flags |= MAILBOX_IN_GROUP;
	if (e->angle) {
		mailbox.flags |= (e->dot ? MAILBOX_NAME_DOT : 0) | (e->special || e->at ? MAILBOX_NAME_SPECIAL : 0);
	} else if (e->at) {
		/* Words before an address that has no <>: taken for a name, but they are none. */
		phrase.end = e->address.start;
		phrase = trim_range(p->lexer.s, phrase);
		has_phrase = phrase.end > phrase.start;
		mailbox.flags |= (has_phrase ? MAILBOX_NAME_SPECIAL : 0) | (e->junk ? MAILBOX_JUNK_BEHIND : 0);
	} else if (is_bare_address(p, e)) {
		address = phrase;
		has_phrase = false;
	} else {
		mailbox.flags |= MAILBOX_NO_ADDRESS | (e->dot ? MAILBOX_NAME_DOT : 0) | (e->special ? MAILBOX_NAME_SPECIAL : 0);
		address = (struct range){ e->end, e->end };
	}
	mailbox.name = (struct range){ e->start, e->start };
	if (has_phrase)
		set_name(p, &mailbox, phrase, phrase);
	else if (e->comment.end > e->comment.start)
		set_name(p, &mailbox, (struct range){ e->comment.start - 1, e->comment.end + 1 }, e->comment);
	if (mailbox.flags & MAILBOX_NO_ADDRESS) {
		mailbox.address = mailbox.local_range = mailbox.domain_range = address;
		mailbox.local = mailbox.domain = SPAN_EMPTY;
	} else {
		read_spec(p->arena, p->file, p->lexer.s, p->lexer.shift_jis, trim_range(p->lexer.s, address), &mailbox);
	}
	g_array_append_val(p->mailboxes, mailbox);
	p->n_in_group++;
}

static void finish_element(struct parser *p, bool at_comma)
{
	struct element *e = &p->element;

	if (e->n_pieces || e->angle)
		finish_mailbox(p, e);
	else if (at_comma && !p->behind_group)
		p->list.empty_member = true;
	p->behind_group = false;
	*e = (struct element){ 0 };
}

static void cover(struct element *e, size_t start, size_t end)
{
	if (!e->any)
		e->start = start;
	e->any = true;
	e->end = end;
}

/* A piece of a phrase or of an address without <>. */
static void add_piece(struct parser *p, const struct piece *piece)
{
	struct element *e = &p->element;
	const char *bytes = p->lexer.s.p;
	bool joined = e->n_pieces && e->phrase_end == piece->start;
	bool at = is_special(piece, '@');

	cover(e, piece->start, piece->end);
	if (e->angle) {
		e->flags |= MAILBOX_JUNK_BEHIND;
		return;
	}
	if (!e->n_pieces)
		e->phrase_start = piece->start;
	else if (at || bytes[e->phrase_end - 1] == '@' || (e->in_run && (is_special(piece, '.') || bytes[e->phrase_end - 1] == '.')))
		joined = true;
	e->n_pieces++;
	e->phrase_end = piece->end;
	if (!joined) {
		e->n_runs++;
		e->run_start = piece->start;
		e->in_run = false;
	}
	if (at && !e->at) {
		e->at = e->in_run = true;
		e->address.start = e->run_start;
	}
	if (e->in_run)
		e->address.end = piece->end;
	else if (e->at)
		e->junk = true;
	e->n_tags += piece->kind == PIECE_TAG;
	e->non_ascii = e->non_ascii || piece->kind == PIECE_RAW;
	if (piece->kind == PIECE_UNCLOSED)
		e->flags |= MAILBOX_UNBALANCED;
	if (is_special(piece, '.'))
		e->dot = true;
	else if ((piece->kind == PIECE_SPECIAL && !at) || piece->kind == PIECE_UNCLOSED)
		e->special = true;
}

static bool has_at(struct span s, struct range range)
{
	return span_find_byte(span_cut(s, 0, range.end), '@', range.start) < range.end;
}

/* "<...>" at that place; returns the offset behind it. An '<' that meets another one first is a character of the name. */
static size_t read_angle(struct parser *p, size_t at)
{
	struct element *e = &p->element;
	size_t i = at + 1, comma = 0;
	bool closed = false, again = false;

	while (i < p->lexer.end && !closed && !again) {
		struct piece piece = read_piece(&p->lexer, i);
		closed = is_special(&piece, '>');
		again = is_special(&piece, '<');
		if (!comma && (is_special(&piece, ',') || is_special(&piece, ';')))
			comma = i;
		i = again ? i : piece.end;
	}
	if (!closed) {
		e->flags |= MAILBOX_UNBALANCED;
		if (again && !comma) {
			cover(e, at, at + 1);
			return at + 1;
		}
		i = comma ? comma : p->lexer.end;
	}
	struct range inside = trim_range(p->lexer.s, (struct range){ at + 1, closed ? i - 1 : i });
	size_t behind = closed ? i : inside.end > at ? inside.end : at + 1;
	cover(e, at, behind);
	if (!e->angle) {
		e->angle = true;
		e->inside = inside;
	} else if (!has_at(p->lexer.s, e->inside) && has_at(p->lexer.s, inside)) {
		/* "A<B> <a@example.jp>": the first one was meant as text. */
		e->flags |= MAILBOX_NAME_SPECIAL;
		e->flags &= ~(unsigned)MAILBOX_JUNK_BEHIND;
		e->phrase_start = e->start;
		e->phrase_end = trim_range(p->lexer.s, (struct range){ e->start, at }).end;
		e->n_pieces++;
		e->inside = inside;
	} else {
		e->flags |= MAILBOX_JUNK_BEHIND;
	}
	return i > behind ? behind : i;
}

static void start_group(struct parser *p)
{
	struct element *e = &p->element;
	struct text *name = decode_phrase(p, (struct range){ e->phrase_start, e->phrase_end });

	p->group = name->bytes;
	p->in_group = true;
	p->n_in_group = 0;
	p->list.n_groups++;
	*e = (struct element){ 0 };
}

static void end_group(struct parser *p)
{
	finish_element(p, false);
	if (p->n_in_group == 0)
		p->list.empty_group = true;
	p->in_group = false;
	p->behind_group = true;
	p->group = SPAN_EMPTY;
}

static bool starts_group(const struct parser *p, size_t at)
{
	const struct element *e = &p->element;

	return !p->in_group && e->n_pieces && !e->at && !e->angle && at < p->last_semicolon;
}

/* Read one piece of the list; returns the offset behind it. */
static size_t read_list_piece(struct parser *p, size_t at)
{
	struct piece piece = read_piece(&p->lexer, at);
	struct element *e = &p->element;

	if (piece.kind == PIECE_BLANK)
		return piece.end;
	if (piece.kind == PIECE_COMMENT) {
		cover(e, piece.start, piece.end);
		e->comment = (struct range){ piece.start + 1, piece.end - 1 };
		return piece.end;
	}
	if (is_special(&piece, ',')) {
		finish_element(p, true);
		/* A comma at the very end leaves an empty member, too. */
		if (span_trim(span_cut(p->lexer.s, piece.end, p->lexer.end)).n == 0)
			p->list.empty_member = true;
		return piece.end;
	}
	if (is_special(&piece, ';')) {
		if (p->in_group) {
			end_group(p);
		} else {
			/* No separator in mail, though some programs let users type it. */
			e->flags |= MAILBOX_JUNK_BEHIND;
			finish_element(p, false);
		}
		return piece.end;
	}
	if (is_special(&piece, '<'))
		return read_angle(p, at);
	if (is_special(&piece, ':') && starts_group(p, at)) {
		start_group(p);
		return piece.end;
	}
	/* A domain literal has colons and dots of its own. */
	if (is_special(&piece, '[') && at > 0 && p->lexer.s.p[at - 1] == '@') {
		size_t i = at, stop = p->lexer.end - at < DOMAIN_MAX ? p->lexer.end : at + DOMAIN_MAX;
		while (i < stop && !ascii_is_space(p->lexer.s.p[i]) && p->lexer.s.p[i] != ',' && p->lexer.s.p[i] != ']')
			i++;
		if (i < stop && p->lexer.s.p[i] == ']')
			piece.end = i + 1;
	}
	add_piece(p, &piece);
	return piece.end;
}

struct address_list address_list_parse(struct arena *arena, const struct text *file, const struct field *field)
{
	struct span value = span_cut(file->bytes, field->value_start, field_read_end(field));
	const char *semicolon = value.n ? memrchr(value.p, ';', value.n) : NULL;
	struct parser p = {
		.arena = arena,
		.file = file,
		.lexer = { .s = file->bytes, .end = field->value_start + value.n, .shift_jis = raw_is_shift_jis(value) },
		.mailboxes = g_array_new(FALSE, TRUE, sizeof(struct mailbox)),
		.last_semicolon = semicolon ? (size_t)(semicolon - file->bytes.p) : 0,
		.group = SPAN_EMPTY,
	};

	for (size_t at = field->value_start; at < p.lexer.end;)
		at = read_list_piece(&p, at);
	if (p.in_group) {
		/* The ';' that was seen stood in quotes or a comment. */
		p.element.flags |= p.element.any ? MAILBOX_UNBALANCED : 0;
		end_group(&p);
	} else {
		finish_element(&p, false);
	}
	p.list.n = p.mailboxes->len;
	p.list.mailboxes = ARENA_ARRAY(arena, struct mailbox, p.list.n ? p.list.n : 1);
	if (p.list.n)
		memcpy(p.list.mailboxes, p.mailboxes->data, p.list.n * sizeof(struct mailbox));
	g_array_free(p.mailboxes, TRUE);
	return p.list;
}
