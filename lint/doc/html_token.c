/* HTML tokenizer that keeps places: tags, attributes, text runs, comments, entities.
 * Follows WHATWG HTML 13.2.5 as far as mail needs it; knows nothing of nesting rules beyond a plain stack. */
#include "doc/html_private.h"

#include "base/limits.h"
#include "base/utf8.h"

enum { LONGEST_EVENT_NAME = 60 };

struct tokenizer {
	struct html_work *work;
	const char *p;      /* masked bytes */
	size_t n;
	size_t text_start;  /* of the text run that is being read */
	/* A plain stack of open elements, the fallback where libxml2 says nothing about one. Bounded: what would lie deeper is not
	 * pushed, not shown to libxml2, and its end tags are swallowed through the list of skipped names. */
	size_t stack[LIMIT_HTML_DEPTH];
	int ranks[LIMIT_HTML_DEPTH]; /* end_rank() of each */
	size_t depth;
	GArray *skipped;    /* indexes of elements that were too deep and are open */
	bool full;          /* LIMIT_HTML_NODES reached */
	enum { NO_LINK, WHOLE_LINK, OPEN_LINK } link; /* that began last and has not ended; OPEN: the next one ends it */
};

static struct html_element *element_of(struct tokenizer *t, size_t index)
{
	return &g_array_index(t->work->elements, struct html_element, index);
}

/* Names of legal elements reach libxml2 as they are, other bytes as 'x'. A name starts with a letter. */
static void add_event_name(struct tokenizer *t, struct span name)
{
	GString *events = t->work->events;

	if (name.n == 0 || !ascii_is_alpha(name.p[0]))
		g_string_append_c(events, 'x');
	for (size_t i = 0; i < name.n && i < LONGEST_EVENT_NAME; i++)
		g_string_append_c(events, ascii_is_alnum(name.p[i]) || name.p[i] == ':' || name.p[i] == '-' ? name.p[i] : 'x');
}

static size_t top(const struct tokenizer *t)
{
	return t->depth ? t->stack[t->depth - 1] : HTML_NO_PARENT;
}

/* The element that text belongs to when libxml2 does not say. */
static size_t text_parent(struct tokenizer *t)
{
	if (t->skipped->len) {
		/* An element that is too deep has the text behind its start tag and no more; else the sum of all extents could grow with
		 * the square of the source. */
		size_t index = g_array_index(t->skipped, size_t, t->skipped->len - 1);
		if (element_of(t, index)->first_text == t->work->texts->len) {
			element_of(t, index)->n_texts = 1;
			return index;
		}
	}
	return top(t);
}

static bool room_for_node(struct tokenizer *t, size_t at)
{
	if (t->work->elements->len + t->work->texts->len < LIMIT_HTML_NODES)
		return true;
	if (!t->full)
		html_flag(t->work->html, HTML_TOO_MANY_NODES, (struct range){ at, t->n });
	t->full = true;
	return false;
}

/* -- entities -- */

/* Bytes 128 to 159 as numbers mean windows-1252 (WHATWG HTML 13.2.5.80). */
static const uint16_t windows_1252[32] = {
	0x20ac, 0x81,   0x201a, 0x192,  0x201e, 0x2026, 0x2020, 0x2021, 0x2c6, 0x2030, 0x160, 0x2039, 0x152, 0x8d, 0x17d, 0x8f,
	0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x2dc, 0x2122, 0x161, 0x203a, 0x153, 0x9d, 0x17e, 0x178,
};

/* Names of HTML 5 that HTML 4 lacks and that hide something ("javascript&colon;") or are met in mail. */
static const struct {
	const char *name;
	uint32_t code;
} more_entities[] = {
	{ "colon", ':' },	{ "Tab", '\t' },     { "NewLine", '\n' },	 { "sol", '/' },	{ "bsol", '\\' },	{ "period", '.' },
	{ "comma", ',' },	{ "excl", '!' },     { "quest", '?' },	 { "num", '#' },	{ "percnt", '%' },	{ "commat", '@' },
	{ "lpar", '(' },	{ "rpar", ')' },     { "lbrace", '{' },	 { "lcub", '{' },	{ "rbrace", '}' },	{ "rcub", '}' },
	{ "lsqb", '[' },	{ "lbrack", '[' },   { "rsqb", ']' },	 { "rbrack", ']' },	{ "semi", ';' },	{ "equals", '=' },
	{ "plus", '+' },	{ "ast", '*' },	     { "dollar", '$' },	 { "lowbar", '_' },	{ "UnderBar", '_' },	{ "vert", '|' },
	{ "verbar", '|' },	{ "Hat", '^' },	     { "grave", '`' },	 { "apos", '\'' },	{ "AMP", '&' },		{ "LT", '<' },
	{ "GT", '>' },		{ "QUOT", '"' },     { "COPY", 0xa9 },	 { "REG", 0xae },	{ "TRADE", 0x2122 },	{ "NoBreak", 0x2060 },
	{ "ZeroWidthSpace", 0x200b }, { "NonBreakingSpace", 0xa0 }, { "hyphen", 0x2010 }, { "dash", 0x2010 }, { "numsp", 0x2007 },
	{ "puncsp", 0x2008 },	{ "hairsp", 0x200a }, { "check", 0x2713 }, { "star", 0x2606 },	{ "starf", 0x2605 },	{ "phone", 0x260e },
	{ "InvisibleComma", 0x2063 }, { "InvisibleTimes", 0x2062 }, { "ApplyFunction", 0x2061 },
};

static uint32_t named_entity(struct span name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(more_entities); i++)
		if (span_eq(name, span_str(more_entities[i].name)))
			return more_entities[i].code;
	return html_entity(name);
}

/* Names that are understood without a semicolon: those of Latin-1 and the four of markup. */
static bool works_without_semicolon(uint32_t code)
{
	return (code >= 0xa0 && code <= 0xff) || code == '&' || code == '<' || code == '>' || code == '"';
}

static uint32_t clean_code(uint64_t code)
{
	if (code >= 0x80 && code <= 0x9f)
		return windows_1252[code - 0x80];
	if (code == 0 || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
		return 0xfffd;
	return (uint32_t)code;
}

/* Read a character reference at the '&' at s.p[at]; its length in *length, 0 where it is none. */
static uint32_t read_entity(struct span s, size_t at, bool in_attribute, size_t *length)
{
	size_t i = at + 1;

	*length = 0;
	if (i < s.n && s.p[i] == '#') {
		bool hex = i + 1 < s.n && ascii_lower(s.p[i + 1]) == 'x';
		uint64_t code = 0;
		size_t digits = i += hex ? 2 : 1;
		for (; i < s.n; i++) {
			int digit = ascii_hex_value(s.p[i]);
			if (digit < 0 || (!hex && digit > 9))
				break;
			if (code <= 0x10ffff)
				code = code * (hex ? 16 : 10) + (uint64_t)digit;
		}
		if (i == digits)
			return 0;
		*length = i + (i < s.n && s.p[i] == ';') - at;
		return clean_code(code);
	}
	size_t start = i;
	while (i < s.n && i - start < 32 && ascii_is_alnum(s.p[i]))
		i++;
	if (i == start)
		return 0;
	if (i < s.n && s.p[i] == ';') {
		uint32_t code = named_entity(span_cut(s, start, i));
		if (code) {
			*length = i + 1 - at;
			return code;
		}
	}
	/* The longest legacy name that the letters start with; they are at most 6 long. */
	for (size_t end = i < start + 6 ? i : start + 6; end >= start + 2; end--) {
		uint32_t code = named_entity(span_cut(s, start, end));
		if (code == 0 || !works_without_semicolon(code))
			continue;
		/* "?a=1&copy=2" in a link is no copyright sign. */
		if (in_attribute && end < s.n && (s.p[end] == '=' || ascii_is_alnum(s.p[end])))
			return 0;
		*length = end - at;
		return code;
	}
	return 0;
}

/* Where a decoded text is written. */
struct decoder {
	char *out;
	size_t n;
	struct map_builder map;
};

/* Decode a part that nothing is left out of. */
static void decode_piece(const struct html_work *work, struct decoder *d, size_t start, size_t end, bool in_attribute)
{
	struct span s = span_cut(work->source, start, end);
	const char *masked = work->masked + start;

	for (size_t i = 0; i < s.n;) {
		const char *amp = memchr(masked + i, '&', s.n - i);
		size_t plain = amp ? (size_t)(amp - masked) - i : s.n - i;
		size_t length = 0;
		memcpy(d->out + d->n, s.p + i, plain);
		map_add_copied(&d->map, start + i, plain);
		d->n += plain;
		i += plain;
		if (i == s.n)
			break;
		uint32_t code = read_entity(s, i, in_attribute, &length);
		if (length) {
			char utf8[4];
			size_t bytes = utf8_write(utf8, code);
			memcpy(d->out + d->n, utf8, bytes);
			map_add_block(&d->map, start + i, length, bytes);
			d->n += bytes;
			i += length;
		} else {
			d->out[d->n++] = s.p[i];
			map_add_copied(&d->map, start + i, 1);
			i++;
		}
	}
}

/* Index of the first range left out that ends behind offset. */
static size_t first_left_out(const struct html *html, size_t offset)
{
	size_t low = 0, high = html->n_left_out;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (html->left_out[middle].end > offset)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

struct text *html_decode(struct html_work *work, struct range range, bool in_attribute)
{
	struct span s = span_cut(work->source, range.start, range.end);
	const struct html *html = work->html;
	struct decoder d = { 0 };
	size_t at = range.start, k = first_left_out(html, range.start);

	map_builder_init(&d.map);
	bool whole = k == html->n_left_out || html->left_out[k].start >= range.end;
	if (whole && !memchr(work->masked + range.start, '&', s.n)) {
		/* Most texts and values: the bytes of the source serve as they are. */
		map_add_copied(&d.map, range.start, s.n);
		return text_new(work->arena, s, map_builder_finish(&d.map, work->arena), html->source);
	}
	d.out = arena_alloc(work->arena, s.n + 1); /* no reference is shorter than its character: "&lt" is 3 for 1, "&#x3042" 7 for 3 */
	for (; k < html->n_left_out && html->left_out[k].start < range.end; k++) {
		struct range gap = { MAX(html->left_out[k].start, at), MIN(html->left_out[k].end, range.end) };
		decode_piece(work, &d, at, gap.start, in_attribute);
		map_add_removed(&d.map, gap.start, gap.end - gap.start);
		at = gap.end;
	}
	decode_piece(work, &d, at, range.end, in_attribute);
	return text_new(work->arena, span_of(d.out, d.n), map_builder_finish(&d.map, work->arena), html->source);
}

/* -- text and comments -- */

static void add_text(struct tokenizer *t, size_t start, size_t end, size_t raw_parent)
{
	struct html_work *work = t->work;
	struct html_text_run run = { .range = { start, end }, .parent = HTML_NO_PARENT };
	bool blank = true;

	if (start == end || !room_for_node(t, start))
		return;
	for (size_t i = start; i < end && blank; i++)
		blank = ascii_is_space(t->p[i]) || t->p[i] == '\f';
	if (raw_parent != HTML_NO_PARENT) {
		/* Text of script, style and the like has no entities and no doubt about its parent. */
		struct map_builder b;
		map_builder_init(&b);
		map_add_copied(&b, start, end - start);
		run.decoded = text_new(work->arena, span_cut(work->source, start, end), map_builder_finish(&b, work->arena), work->html->source);
		run.parent = raw_parent;
	} else {
		run.decoded = html_decode(work, run.range, false);
		run.parent = text_parent(t);
		/* An element that was too deep is unknown to libxml2, and so is its text. */
		if (t->skipped->len == 0)
			g_string_append_printf(work->events, blank ? "<!--t%u-->" : "x<!--t%u-->", work->texts->len);
	}
	g_array_append_val(work->texts, run);
}

static void add_comment(struct tokenizer *t, size_t start, size_t end)
{
	struct html_comment comment = { .range = { start, end } };
	size_t i = start + 4;

	if (end - start > 4 && memcmp(t->p + start, "<!--", 4) == 0) {
		while (i < end && ascii_is_space(t->p[i]))
			i++;
		comment.conditional = span_starts_ci(span_of(t->p + i, end - i), SPAN_LIT("[if"));
	} else {
		comment.conditional = span_starts_ci(span_of(t->p + start, end - start), SPAN_LIT("<![if"));
	}
	g_array_append_val(t->work->comments, comment);
}

static size_t find(const struct tokenizer *t, const char *needle, size_t from)
{
	return span_find(span_of(t->p, t->n), span_str(needle), from);
}

/* Markup declaration, processing instruction or bogus comment at start; returns its end. */
static size_t read_declaration(struct tokenizer *t, size_t start)
{
	struct span all = span_of(t->p, t->n);
	size_t end;

	if (span_starts(span_cut(all, start, t->n), SPAN_LIT("<!--"))) {
		if (start + 4 < t->n && t->p[start + 4] == '>') {
			end = start + 5;
		} else if (span_starts(span_cut(all, start + 4, t->n), SPAN_LIT("->"))) {
			end = start + 6;
		} else {
			/* "--!>" ends a comment too, but only a browser's parse of broken markup needs it: the nearer of both. */
			end = start + 4;
			for (;;) {
				end = find(t, "--", end);
				if (end >= t->n || t->p[end + 2 < t->n ? end + 2 : end] == '>') {
					end += 3;
					break;
				}
				if (end + 3 < t->n && t->p[end + 2] == '!' && t->p[end + 3] == '>') {
					end += 4;
					break;
				}
				end++;
			}
		}
	} else {
		end = span_find_byte(all, '>', start) + 1;
	}
	if (end > t->n) {
		end = t->n;
		html_flag(t->work->html, HTML_UNCLOSED_TAG, (struct range){ start, end });
	}
	if (span_starts_ci(span_cut(all, start, end), SPAN_LIT("<!doctype"))) {
		if (t->work->html->doctype.end == 0)
			t->work->html->doctype = (struct range){ start, end };
		else if (t->work->html->second_doctype.end == 0)
			t->work->html->second_doctype = (struct range){ start, end };
	} else {
		add_comment(t, start, end);
	}
	return end;
}

/* -- tags -- */

static bool is_space(char c)
{
	return ascii_is_space(c) || c == '\f';
}

/* Part of the source in lower case; not copied where it is so already. */
static struct span lower(struct tokenizer *t, size_t start, size_t end)
{
	struct span s = span_cut(t->work->source, start, end);

	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] >= 'A' && s.p[i] <= 'Z') {
			char *copy = arena_copy(t->work->arena, s);
			for (size_t k = i; k < s.n; k++)
				copy[k] = ascii_lower(copy[k]);
			return span_of(copy, s.n);
		}
	return s;
}

static void add_attribute(struct tokenizer *t, struct range name, struct range value, bool has_value)
{
	struct html_attribute attribute = { .name_range = name, .value_range = value, .has_value = has_value };

	if (t->work->attributes->len >= LIMIT_HTML_ATTRIBUTES) {
		html_flag(t->work->html, HTML_TOO_MANY_ATTRIBUTES, name);
		return;
	}
	attribute.name = lower(t, name.start, name.end);
	attribute.value = html_decode(t->work, value, true);
	g_array_append_val(t->work->attributes, attribute);
}

/* Read attributes from at to behind the '>'. *closed is false where the source ends before it; *self_closing for "/>". */
static size_t read_attributes(struct tokenizer *t, size_t at, bool keep, bool *closed, bool *self_closing)
{
	*closed = false;
	*self_closing = false;
	for (;;) {
		/* Tags between attributes are as good as blanks. */
		while (at < t->n && (is_space(t->p[at]) || t->p[at] == '/' || t->p[at] == HTML_TAG_BYTE)) {
			*self_closing = t->p[at] == '/';
			at++;
		}
		if (at >= t->n)
			return t->n;
		if (t->p[at] == '>') {
			*closed = true;
			return at + 1;
		}
		*self_closing = false;
		struct range name = { at, at }, value;
		/* A '=' in front of a name belongs to the name. */
		at++;
		while (at < t->n && !is_space(t->p[at]) && t->p[at] != '/' && t->p[at] != '>' && t->p[at] != '=')
			at++;
		name.end = at;
		value = (struct range){ at, at };
		size_t after = at;
		while (after < t->n && is_space(t->p[after]))
			after++;
		if (after >= t->n || t->p[after] != '=') {
			if (keep)
				add_attribute(t, name, value, false);
			continue;
		}
		at = after + 1;
		while (at < t->n && is_space(t->p[at]))
			at++;
		if (at < t->n && (t->p[at] == '"' || t->p[at] == '\'')) {
			size_t end = span_find_byte(span_of(t->p, t->n), t->p[at], at + 1);
			value = (struct range){ at + 1, end };
			at = end < t->n ? end + 1 : t->n;
		} else {
			value.start = at;
			while (at < t->n && !is_space(t->p[at]) && t->p[at] != '>')
				at++;
			value.end = at;
		}
		if (keep)
			add_attribute(t, name, value, true);
	}
}

/* Does the start of an element end the open one? Only what libxml2 does too, so that the stack is never the shallower. */
static bool start_closes(const struct html_element *element, struct span name)
{
	struct span open = element->name;

	if (!(element->traits & HTML_CLOSABLE))
		return false;
	if (span_in(open, "p"))
		return span_in(name, "p div table ul ol dl h1 h2 h3 h4 h5 h6 hr pre form center address blockquote li td th tr");
	if (span_in(open, "li"))
		return span_in(name, "li");
	if (span_in(open, "td th"))
		return span_in(name, "td th tr tbody tfoot");
	if (span_in(open, "tr"))
		return span_in(name, "tr tbody tfoot");
	if (span_in(open, "dt dd"))
		return span_in(name, "dt dd");
	if (span_in(open, "option"))
		return span_in(name, "option optgroup");
	if (span_in(open, "head"))
		return span_in(name, "body");
	return false;
}

/* A misplaced end tag does not close elements of a higher rank. */
static int end_rank(struct span name)
{
	if (name.n == 0 || !memchr("htdb", name.p[0], 4))
		return 100;
	if (span_in(name, "html"))
		return 220;
	if (span_in(name, "head body"))
		return 200;
	if (span_in(name, "table"))
		return 190;
	if (span_in(name, "thead tbody tfoot"))
		return 180;
	if (span_in(name, "tr"))
		return 170;
	if (span_in(name, "td th"))
		return 160;
	if (span_in(name, "div"))
		return 150;
	return 100;
}

static void close_extent(struct tokenizer *t, size_t index)
{
	struct html_element *e = element_of(t, index);
	e->n_texts = t->work->texts->len - e->first_text;
}

static void read_raw_text(struct tokenizer *t, size_t element, size_t *at);

/* Does an end tag of a link come before the next link begins? Such a link may hold tables (HTML Living Standard, section 4.5.1), which libxml2 takes
 * for its end: it gets another name there. Cost: up to the next link. */
static bool link_ends_next(const struct tokenizer *t, size_t at)
{
	for (const char *p; at < t->n && (p = memchr(t->p + at, '<', t->n - at));) {
		at = (size_t)(p - t->p) + 1;
		bool end = at < t->n && t->p[at] == '/';
		size_t name = at + end;
		if (name + 1 < t->n && ascii_lower(t->p[name]) == 'a' && (is_space(t->p[name + 1]) || t->p[name + 1] == '>' || t->p[name + 1] == '/'))
			return end;
	}
	return false;
}

static size_t read_start_tag(struct tokenizer *t, size_t start)
{
	struct html_work *work = t->work;
	bool closed, self_closing;
	size_t at = start + 1;

	while (at < t->n && !is_space(t->p[at]) && t->p[at] != '/' && t->p[at] != '>')
		at++;
	struct html_element e = { .name = lower(t, start + 1, at), .parent = HTML_NO_PARENT, .first_text = work->texts->len };
	e.traits = (unsigned short)html_traits(e.name);
	g_array_set_size(work->attributes, 0);
	at = read_attributes(t, at, true, &closed, &self_closing);
	if (!closed)
		html_flag(work->html, HTML_UNCLOSED_TAG, (struct range){ start, t->n });
	if (!room_for_node(t, start))
		return at;
	e.start_tag = (struct range){ start, at };
	e.end_tag = (struct range){ at, at };
	e.self_closing = self_closing;
	e.n_attributes = work->attributes->len;
	e.attributes = ARENA_ARRAY(work->arena, struct html_attribute, e.n_attributes ? e.n_attributes : 1);
	if (e.n_attributes)
		memcpy(e.attributes, work->attributes->data, e.n_attributes * sizeof *e.attributes);

	size_t index = work->elements->len;
	if (t->skipped->len) {
		e.parent = top(t);
	} else {
		while (t->depth && start_closes(element_of(t, top(t)), e.name)) {
			close_extent(t, top(t));
			t->depth--;
		}
		e.parent = top(t);
	}
	g_array_append_val(work->elements, e);
	/* "<o:p/>" and shapes are written for XML readers, which end them there. */
	bool empty = (e.traits & HTML_VOID) || (self_closing && memchr(e.name.p, ':', e.name.n));
	if (t->depth == LIMIT_HTML_DEPTH || t->skipped->len) {
		if (!empty) {
			html_flag(work->html, HTML_TOO_DEEP, e.start_tag);
			g_array_append_val(t->skipped, index);
		}
	} else {
		g_string_append_c(work->events, '<');
		add_event_name(t, e.name);
		if (span_eq(e.name, SPAN_LIT("a"))) {
			t->link = t->link != OPEN_LINK && link_ends_next(t, at) ? WHOLE_LINK : OPEN_LINK;
			if (t->link == WHOLE_LINK)
				g_string_append_c(work->events, '-');
		}
		g_string_append_printf(work->events, " i=%zu>", index);
		if (!empty) {
			t->ranks[t->depth] = end_rank(e.name);
			t->stack[t->depth++] = index;
		} else if (!(e.traits & HTML_VOID)) {
			g_string_append(work->events, "</");
			add_event_name(t, e.name);
			g_string_append_c(work->events, '>');
		}
	}
	if (closed && (e.traits & HTML_RAW))
		read_raw_text(t, index, &at);
	return at;
}

/* The matching open element of an end tag goes, with all above it. */
static void pop_for_end(struct tokenizer *t, struct span name, struct range range)
{
	int rank = end_rank(name);

	/* Of skipped elements only the last few are searched: deep nests close from the inside. */
	for (size_t back = 0; back < t->skipped->len && back < 8; back++) {
		size_t index = g_array_index(t->skipped, size_t, t->skipped->len - 1 - back);
		if (span_eq(element_of(t, index)->name, name)) {
			element_of(t, index)->end_tag = range;
			g_array_set_size(t->skipped, (guint)(t->skipped->len - 1 - back));
			return;
		}
	}
	for (size_t i = t->depth; i > 0; i--) {
		struct html_element *open = element_of(t, t->stack[i - 1]);
		if (!span_eq(open->name, name)) {
			if (t->ranks[i - 1] > rank)
				return;
			continue;
		}
		open->end_tag = range;
		while (t->depth >= i)
			close_extent(t, t->stack[--t->depth]);
		g_array_set_size(t->skipped, 0);
		return;
	}
}

static size_t read_end_tag(struct tokenizer *t, size_t start)
{
	struct html_work *work = t->work;
	bool closed, self_closing;
	size_t at = start + 2;

	while (at < t->n && !is_space(t->p[at]) && t->p[at] != '/' && t->p[at] != '>')
		at++;
	struct span name = lower(t, start + 2, at);
	at = read_attributes(t, at, false, &closed, &self_closing);
	if (!closed)
		html_flag(work->html, HTML_UNCLOSED_TAG, (struct range){ start, t->n });
	bool skipped = t->skipped->len > 0;
	size_t depth = t->depth;
	struct html_end end = { .range = { start, at }, .first_text = work->texts->len };
	pop_for_end(t, name, end.range);
	/* While elements are skipped, libxml2 sees only those end tags that close something it knows. */
	if (skipped && t->depth == depth)
		return at;
	/* libxml2 takes no comments inside script and style; their end needs none, it can only be theirs. */
	if (!(html_traits(name) & HTML_NO_EVENTS))
		g_string_append_printf(work->events, "<!--e%u-->", work->ends->len);
	g_string_append(work->events, "</");
	add_event_name(t, name);
	if (span_eq(name, SPAN_LIT("a"))) {
		if (t->link == WHOLE_LINK)
			g_string_append_c(work->events, '-');
		t->link = NO_LINK;
	}
	g_string_append(work->events, "><!--z-->");
	g_array_append_val(work->ends, end);
	return at;
}

/* Elements whose inside is not markup: up to their end tag it is one text run. */
static void read_raw_text(struct tokenizer *t, size_t element, size_t *at)
{
	struct span name = element_of(t, element)->name;
	bool with_entities = span_in(name, "title textarea");

	if (span_in(name, "plaintext")) {
		add_text(t, *at, t->n, element);
		*at = t->n;
		return;
	}
	size_t end = *at;
	struct span all = span_of(t->p, t->n);
	for (;;) {
		end = span_find(all, SPAN_LIT("</"), end);
		if (end >= t->n)
			break;
		size_t after = end + 2 + name.n;
		if (span_eq_ci(span_cut(all, end + 2, after), name) && (after >= t->n || is_space(t->p[after]) || t->p[after] == '>' || t->p[after] == '/'))
			break;
		end += 2;
	}
	if (end >= t->n) {
		end = t->n;
		html_flag(t->work->html, HTML_UNCLOSED_TAG, element_of(t, element)->start_tag);
	}
	guint n_texts = t->work->texts->len;
	add_text(t, *at, end, with_entities ? HTML_NO_PARENT : element);
	if (t->work->texts->len > n_texts)
		g_array_index(t->work->texts, struct html_text_run, t->work->texts->len - 1).parent = element;
	*at = end;
}

void html_tokenize(struct html_work *work)
{
	struct tokenizer *t = g_new0(struct tokenizer, 1);
	size_t at = 0;

	t->work = work;
	t->p = work->masked;
	t->n = work->source.n;
	t->skipped = g_array_new(FALSE, FALSE, sizeof(size_t));
	while (at < t->n && !t->full) {
		size_t open = span_find_byte(span_of(t->p, t->n), '<', at);
		char next = open + 1 < t->n ? t->p[open + 1] : '\0';
		char after = open + 2 < t->n ? t->p[open + 2] : '\0';
		bool start_tag = ascii_is_alpha(next) || next == HTML_TAG_BYTE;
		bool end_tag = next == '/' && (ascii_is_alpha(after) || after == HTML_TAG_BYTE);
		/* "</" before anything but a letter is a comment, "</>" nothing at all. */
		bool declaration = next == '!' || next == '?' || (next == '/' && !end_tag && open + 2 < t->n);
		if (open < t->n && !start_tag && !end_tag && !declaration) {
			/* A lone '<' is text. */
			at = open + 1;
			continue;
		}
		add_text(t, t->text_start, open, HTML_NO_PARENT);
		if (open >= t->n) {
			t->text_start = t->n;
			break;
		}
		if (start_tag)
			at = read_start_tag(t, open);
		else if (end_tag)
			at = read_end_tag(t, open);
		else
			at = read_declaration(t, open);
		t->text_start = at;
	}
	if (!t->full)
		add_text(t, t->text_start, t->n, HTML_NO_PARENT);
	while (t->depth)
		close_extent(t, t->stack[--t->depth]);
	g_array_free(t->skipped, TRUE);
	g_free(t);
}
