/* Template tags: finds them in decoded text before anything else reads it.
 * Decides nothing about which tags are allowed, and copies no text: names are parts of the text. */
#include "doc/tag.h"

#include <glib.h>

/* Sources, one per syntax:
 * Mustache mustache.github.io/mustache.5.html; Handlebars handlebarsjs.com/guide; Go: documentation of the package text/template;
 * Liquid shopify.github.io/liquid; Jinja jinja.palletsprojects.com/templates; Mailchimp mailchimp.com/help/all-the-merge-tags-cheat-sheet;
 * Mailgun documentation.mailgun.com (recipient variables); Marketing Cloud AMPscript developer.salesforce.com;
 * ERB docs.ruby-lang.org (ERB); PHP php.net/manual/language.basic-syntax.phptags; Template Toolkit template-toolkit.org/docs/manual/Syntax. */

enum {
	LONGEST_BRACE_TAG_BYTES = 1000,
	LONGEST_CODE_TAG_BYTES = 10000, /* <% %> and <?php ?> hold whole programs */
	LONGEST_NAME_TAG_BYTES = 200
};

/* A closing delimiter and where it was last found. Starts of tags only move forward, so each one is looked for once and the
 * whole scan stays linear however many openings have no close. */
enum closer {
	CLOSE_BRACES, CLOSE_STATEMENT, CLOSE_COMMENT, CLOSE_ERB, CLOSE_PHP, CLOSE_BRACKET, CLOSE_AMPSCRIPT, CLOSE_AMPSCRIPT_BLOCK,
	CLOSE_LONG_COMMENT, CLOSE_LONG_COMMENT_TRIM, CLOSE_GO_COMMENT, CLOSE_RAW_BRACES, CLOSE_ENDCOMMENT, CLOSE_ENDRAW, CLOSE_ENDVERBATIM, N_CLOSERS
};

static const struct span closers[N_CLOSERS] = {
	[CLOSE_BRACES] = { "}}", 2 },     [CLOSE_STATEMENT] = { "%}", 2 },  [CLOSE_COMMENT] = { "#}", 2 },
	[CLOSE_ERB] = { "%>", 2 },        [CLOSE_PHP] = { "?>", 2 },        [CLOSE_BRACKET] = { "%]", 2 },
	[CLOSE_AMPSCRIPT] = { "=%%", 3 }, [CLOSE_AMPSCRIPT_BLOCK] = { "]%%", 3 }, [CLOSE_LONG_COMMENT] = { "--}}", 4 },
	[CLOSE_LONG_COMMENT_TRIM] = { "--~}}", 5 }, [CLOSE_GO_COMMENT] = { "*/", 2 }, [CLOSE_RAW_BRACES] = { "{{{{/", 5 },
	[CLOSE_ENDCOMMENT] = { "endcomment", 10 }, [CLOSE_ENDRAW] = { "endraw", 6 }, [CLOSE_ENDVERBATIM] = { "endverbatim", 11 },
};

struct scan {
	struct span text;
	size_t found[N_CLOSERS];
	bool looked[N_CLOSERS];
};

static char byte_at(const struct scan *s, size_t at)
{
	return at < s->text.n ? s->text.p[at] : '\0';
}

static bool starts_at(const struct scan *s, size_t at, const char *literal)
{
	size_t n = strlen(literal);
	return at + n <= s->text.n && memcmp(s->text.p + at, literal, n) == 0;
}

/* The place of a closing delimiter at or behind from, at most longest bytes away; 0 where there is none. */
static size_t find_close(struct scan *s, enum closer closer, size_t from, size_t longest)
{
	if (!s->looked[closer] || s->found[closer] < from) {
		s->found[closer] = span_find(s->text, closers[closer], from);
		s->looked[closer] = true;
	}
	size_t at = s->found[closer];
	return at < s->text.n && at - from <= longest ? at : 0;
}

static bool is_high(char c)
{
	return (unsigned char)c >= 0x80;
}

static bool is_word(char c)
{
	return ascii_is_alnum(c) || c == '_';
}

static bool is_name_start(char c)
{
	return ascii_is_alpha(c) || c == '_' || is_high(c);
}

/* A name goes on through dots and hyphens, because vendors have {{user.first-name}}. */
static bool is_name(char c)
{
	return is_word(c) || is_high(c) || c == '.' || c == '-';
}

/* The first word of the inside of a tag. */
static struct span first_word(struct span inside, size_t from)
{
	size_t start = from, end;

	while (start < inside.n && !is_name_start(inside.p[start]) && !ascii_is_digit(inside.p[start]))
		start++;
	end = start;
	while (end < inside.n && is_name(inside.p[end]))
		end++;
	while (end > start && inside.p[end - 1] == '-')
		end--;
	return span_cut(inside, start, end);
}

/* The comment of Go: a slash and a star behind the braces. */
static bool is_go_comment(struct span inside, size_t at)
{
	return at + 1 < inside.n && inside.p[at] == '/' && inside.p[at + 1] == '*';
}

/* Handlebars opens with # and ^, Go with bare words; both close the same way in every dialect. */
static enum tag_place mustache_place(struct span inside, size_t at, struct span word)
{
	char c = at < inside.n ? inside.p[at] : '\0';

	if (c == '#' || c == '^')
		return word.n ? TAG_OPEN : TAG_MIDDLE;
	if (c == '!' || is_go_comment(inside, at))
		return TAG_COMMENT;
	if (c == '/')
		return TAG_CLOSE;
	if (span_in_ci(word, "else elseif elsif"))
		return TAG_MIDDLE;
	if (span_in_ci(word, "end"))
		return TAG_CLOSE;
	if (span_in_ci(word, "if range with block define"))
		return TAG_OPEN;
	return TAG_OUTPUT;
}

/* The end of a comment whose sign stands at start: "{{!-- ... --}}" may hold tags, "{{! ... }}" may not. 0 where there is none. */
static size_t end_of_brace_comment(struct scan *s, size_t start)
{
	if (starts_at(s, start, "/*")) {
		size_t end = find_close(s, CLOSE_GO_COMMENT, start + 2, LONGEST_CODE_TAG_BYTES);
		for (end += end ? 2 : 0; end && end < s->text.n && (s->text.p[end] == '-' || ascii_is_space(s->text.p[end])); end++)
			;
		return end && starts_at(s, end, "}}") ? end + 2 : 0;
	}
	if (starts_at(s, start, "!--")) {
		size_t end = find_close(s, CLOSE_LONG_COMMENT, start + 3, LONGEST_CODE_TAG_BYTES);
		size_t trim = find_close(s, CLOSE_LONG_COMMENT_TRIM, start + 3, LONGEST_CODE_TAG_BYTES);
		if (trim && (!end || trim < end))
			return trim + 5;
		if (end)
			return end + 4;
	}
	size_t end = find_close(s, CLOSE_BRACES, start, LONGEST_CODE_TAG_BYTES);
	return end ? end + 2 : 0;
}

/* A style rule or an object of JavaScript has both signs; a text in quotes may have them too. */
static bool has_code_signs(struct span inside)
{
	bool colon = false, semicolon = false;

	for (size_t i = 0; i < inside.n; i++) {
		char c = inside.p[i];
		if (c == '"' || c == '\'') {
			size_t end = span_find_byte(inside, c, i + 1);
			i = end < inside.n ? end : i;
		}
		/* "&quot;" of an editor is no end of a statement. */
		if (c == '&') {
			size_t end = i + 1;
			while (end < inside.n && (ascii_is_alnum(inside.p[end]) || inside.p[end] == '#'))
				end++;
			i = end < inside.n && inside.p[end] == ';' ? end : i;
			continue;
		}
		colon |= c == ':';
		semicolon |= c == ';';
	}
	return colon && semicolon;
}

/* Something that starts a name or an expression; anything else is CSS, JavaScript or decoration. "{{1}}" is a place of some services,
 * "{{1 hit}}" is a log, "{{=<% %>=}}" sets other delimiters. */
static bool starts_expression(struct span inside, size_t at)
{
	if (inside.p[at] == '=')
		return inside.n > at + 2 && inside.p[inside.n - 1] == '=';
	if (!ascii_is_digit(inside.p[at]))
		return is_name_start(inside.p[at]) || memchr("#/^&>!.$@(\"'*[", inside.p[at], 14);
	for (size_t k = at; k < inside.n; k++)
		if (!ascii_is_digit(inside.p[k]) && !ascii_is_space(inside.p[k]))
			return false;
	return true;
}

/* "{{{{raw}}}}" and "{{{{/raw}}}}" of Handlebars: what stands between is copied. */
static bool match_raw_braces(struct scan *s, size_t i, struct tag *out)
{
	size_t close = find_close(s, CLOSE_BRACES, i + 4, LONGEST_NAME_TAG_BYTES);

	if (close == 0 || !starts_at(s, close, "}}}}") || !(byte_at(s, i + 4) == '/' || is_name_start(byte_at(s, i + 4))))
		return false;
	*out = (struct tag){ .range = { i, close + 4 }, .syntax = TAG_MUSTACHE, .certain = true };
	out->name = first_word(span_cut(s->text, i + 4, close), 0);
	out->place = byte_at(s, i + 4) == '/' ? TAG_CLOSE : TAG_OPEN;
	return true;
}

static bool match_mustache(struct scan *s, size_t i, struct tag *out)
{
	bool triple = byte_at(s, i + 2) == '{';
	size_t start = i + (triple ? 3 : 2);

	if (starts_at(s, i, "{{{{") && match_raw_braces(s, i, out))
		return true;
	size_t close = find_close(s, CLOSE_BRACES, start, LONGEST_CODE_TAG_BYTES);
	if (close == 0 || (triple && byte_at(s, close + 2) != '}'))
		return false;
	struct span inside = span_cut(s->text, start, close);
	size_t at = 0;
	while (at < inside.n && (inside.p[at] == '~' || inside.p[at] == '-' || ascii_is_space(inside.p[at])))
		at++;
	if (at == inside.n || !starts_expression(inside, at))
		return false;
	*out = (struct tag){ .syntax = TAG_MUSTACHE, .certain = true, .name = first_word(inside, at) };
	if (inside.p[at] == '!' || inside.p[at] == '=' || is_go_comment(inside, at)) {
		size_t end = end_of_brace_comment(s, start + at);
		out->range = (struct range){ i, end + triple };
		out->place = TAG_COMMENT;
		return end != 0;
	}
	if (inside.n > LONGEST_BRACE_TAG_BYTES || span_find(inside, SPAN_LIT("{{"), at) < inside.n || has_code_signs(inside))
		return false;
	/* Braze: {{${first_name}}} is a name in braces of its own. */
	size_t dollar = span_find(inside, SPAN_LIT("${"), at);
	bool own_brace = dollar < inside.n && span_find_byte(inside, '}', dollar) == inside.n && byte_at(s, close + 2) == '}';
	out->range = (struct range){ i, close + (triple || own_brace ? 3 : 2) };
	out->place = mustache_place(inside, at, out->name);
	return true;
}

static enum tag_place statement_place(struct span word)
{
	if (word.n > 3 && span_starts_ci(word, SPAN_LIT("end")))
		return TAG_CLOSE;
	if (span_in_ci(word, "else elif elsif elseif when"))
		return TAG_MIDDLE;
	if (span_in_ci(word, "if for unless case block macro capture raw filter with autoescape call embed tablerow comment ifchanged "
			  "spaceless verbatim blocktrans"))
		return TAG_OPEN;
	return TAG_OUTPUT;
}

/* The statement that ends a comment or a raw block: {% endcomment %}. False where there is none behind from. */
static bool find_end_statement(struct scan *s, enum closer closer, size_t from, size_t longest, struct range *out)
{
	size_t at = find_close(s, closer, from, longest);
	size_t open = at, close = at + closers[closer].n;

	if (at == 0)
		return false;
	while (open > from && (ascii_is_space(s->text.p[open - 1]) || s->text.p[open - 1] == '-'))
		open--;
	while (close < s->text.n && (ascii_is_space(s->text.p[close]) || s->text.p[close] == '-'))
		close++;
	if (open < from + 2 || memcmp(s->text.p + open - 2, "{%", 2) != 0 || !starts_at(s, close, "%}"))
		return false;
	*out = (struct range){ open - 2, close + 2 };
	return true;
}

/* {% comment %} ... {% endcomment %} of Liquid and Django is one comment: what stands inside is no text and no tag. The tag at hand grows
 * to the end of the whole. */
static void take_block_comment(struct scan *s, struct tag *tag)
{
	struct range end;

	if (!find_end_statement(s, CLOSE_ENDCOMMENT, tag->range.end, LONGEST_CODE_TAG_BYTES, &end))
		return;
	tag->range.end = end.end;
	tag->place = TAG_COMMENT;
}

static bool match_statement(struct scan *s, size_t i, struct tag *out)
{
	bool comment = byte_at(s, i + 1) == '#';
	size_t close = find_close(s, comment ? CLOSE_COMMENT : CLOSE_STATEMENT, i + 2, LONGEST_CODE_TAG_BYTES);

	if (close == 0 || close == i + 2)
		return false;
	struct span inside = span_cut(s->text, i + 2, close);
	*out = (struct tag){ .range = { i, close + 2 }, .syntax = TAG_STATEMENT, .certain = true };
	if (comment) {
		/* "{#menu{color:#fff}#b{..." is a style sheet. */
		if (!ascii_is_space(inside.p[0]) && inside.p[0] != '-' && memchr(inside.p, '{', inside.n) && memchr(inside.p, ':', inside.n))
			return false;
		out->place = TAG_COMMENT;
		out->name = first_word(inside, 0);
		return true;
	}
	size_t at = 0;
	while (at < inside.n && (memchr("-+", inside.p[at], 2) || ascii_is_space(inside.p[at])))
		at++;
	if (at == inside.n || !(is_name_start(inside.p[at]) || (inside.p[at] == '#' && at > 0)))
		return false;
	out->name = first_word(inside, at);
	out->place = inside.p[at] == '#' ? TAG_COMMENT : statement_place(out->name);
	if (span_eq(out->name, SPAN_LIT("comment")) && out->place == TAG_OPEN)
		take_block_comment(s, out);
	return true;
}

static bool match_mailchimp(struct scan *s, size_t i, struct tag *out)
{
	size_t end = i + 2;

	if (!ascii_is_alpha(byte_at(s, end)))
		return false;
	while (end < s->text.n && end - i < LONGEST_NAME_TAG_BYTES && !memchr("*|\r\n", s->text.p[end], 4))
		end++;
	if (!starts_at(s, end, "|*"))
		return false;
	struct span inside = span_cut(s->text, i + 2, end);
	size_t colon = span_find_byte(inside, ':', 0);
	struct span word = span_cut(inside, 0, colon);
	*out = (struct tag){ .range = { i, end + 2 }, .syntax = TAG_MAILCHIMP, .certain = true, .name = first_word(inside, 0) };
	if (colon == inside.n)
		out->place = TAG_OUTPUT;
	else if (span_in_ci(word, "IF IFNOT INTERESTED FEEDBLOCK RSSITEMS"))
		out->place = TAG_OPEN;
	else if (span_in_ci(word, "ELSE ELSEIF"))
		out->place = TAG_MIDDLE;
	else if (span_in_ci(word, "END"))
		out->place = TAG_CLOSE;
	return true;
}

static enum tag_place ampscript_place(struct span word)
{
	if (span_in_ci(word, "if for"))
		return TAG_OPEN;
	if (span_in_ci(word, "else elseif"))
		return TAG_MIDDLE;
	return span_in_ci(word, "endif next") ? TAG_CLOSE : TAG_OUTPUT;
}

static bool match_double_percent(struct scan *s, size_t i, struct tag *out)
{
	char c = byte_at(s, i + 2);
	size_t end;

	*out = (struct tag){ .syntax = TAG_DOUBLE_PERCENT, .certain = true };
	if (c == '=' || c == '[') {
		end = find_close(s, c == '=' ? CLOSE_AMPSCRIPT : CLOSE_AMPSCRIPT_BLOCK, i + 3, LONGEST_CODE_TAG_BYTES);
		if (end == 0)
			return false;
		out->range = (struct range){ i, end + 3 };
		out->name = first_word(span_cut(s->text, i + 3, end), 0);
		out->place = c == '[' ? ampscript_place(out->name) : TAG_OUTPUT;
		return true;
	}
	if (!is_name_start(c))
		return false;
	/* Field names of Marketing Cloud have blanks; two in a row are prose. */
	for (end = i + 2; end < s->text.n && end - i < LONGEST_NAME_TAG_BYTES; end++)
		if (!is_name(s->text.p[end]) && s->text.p[end] != ':' && (s->text.p[end] != ' ' || byte_at(s, end + 1) == ' '))
			break;
	/* One letter is what search pages fill into addresses of their own ("...?qt=%%q%%"). */
	if (!starts_at(s, end, "%%") || s->text.p[end - 1] == ' ' || end - i < 4)
		return false;
	out->range = (struct range){ i, end + 2 };
	out->name = span_cut(s->text, i + 2, end);
	return true;
}

static bool is_hex_pair(const struct scan *s, size_t at)
{
	return ascii_hex_value(byte_at(s, at)) >= 0 && ascii_hex_value(byte_at(s, at + 1)) >= 0;
}

/* Names that only a mail template has; %PATH% and %TEMP% may be prose about Windows, ${kernel} is shell. */
static bool is_mail_name(struct span name)
{
	static const char *const parts[] = { "name",	"mail",	   "unsubscribe", "recipient", "subscriber", "company", "address",
					     "optout",	"customer", "user",	  "member",    "contact",    "coupon",	"order" };

	if (span_in_ci(name, "username computername"))
		return false;
	if (memchr(name.p, '.', name.n))
		return true;
	for (size_t i = 0; i < G_N_ELEMENTS(parts); i++)
		if (span_find_ci(name, span_str(parts[i]), 0) < name.n)
			return true;
	return false;
}

static bool match_percent(struct scan *s, size_t i, struct tag *out)
{
	size_t end = i + 1;

	/* "100%OFF%" is a price, and '%' must be followed by a letter. */
	if (!(ascii_is_alpha(byte_at(s, end)) || byte_at(s, end) == '_') || (i > 0 && ascii_is_digit(s->text.p[i - 1])))
		return false;
	while (end < s->text.n && end - i < LONGEST_NAME_TAG_BYTES && (is_word(s->text.p[end]) || memchr(".-", s->text.p[end], 2)))
		end++;
	struct span name = span_cut(s->text, i + 1, end);
	if (byte_at(s, end) != '%' || name.n < 3 || !is_word(s->text.p[end - 1]))
		return false;
	/* %E3abc%81: percent-encoded text has a pair of hexadecimal digits behind both signs. */
	if (is_hex_pair(s, i + 1) && (is_hex_pair(s, end + 1) || ascii_is_digit(name.p[0]) || ascii_is_digit(name.p[1])))
		return false;
	*out = (struct tag){ .range = { i, end + 1 }, .syntax = TAG_PERCENT, .name = name, .certain = is_mail_name(name) };
	return true;
}

/* ${...}, #{...}, @{...} and {!...}: from the brace at open to the next '}' on the line. */
static bool match_braced(struct scan *s, size_t i, size_t open, const char *starts, enum tag_syntax syntax, struct tag *out)
{
	size_t end = open + 1;
	char c = byte_at(s, end);

	if (!is_name_start(c) && !(c && strchr(starts, c)))
		return false;
	while (end < s->text.n && end - i < LONGEST_NAME_TAG_BYTES && !memchr("{}\r\n;", s->text.p[end], 5))
		end++;
	if (byte_at(s, end) != '}')
		return false;
	struct span inside = span_cut(s->text, open + 1, end);
	*out = (struct tag){ .range = { i, end + 1 }, .syntax = syntax, .name = first_word(inside, 0) };
	/* "{!Thu, Sep 05" quotes a date in a reply: a merge field is one dotted name. */
	if (syntax == TAG_SALESFORCE) {
		for (size_t k = 0; k < inside.n; k++)
			if (!is_name(inside.p[k]) && !memchr("!.$", inside.p[k], 3))
				return false;
		out->certain = true;
	} else {
		/* Shell, Ruby and build files have the same form: only a name that belongs to mail is sure. */
		out->certain = is_mail_name(out->name);
	}
	return out->name.n > 0;
}

static bool match_dollar_name(struct scan *s, size_t i, struct tag *out)
{
	size_t end = i + 1;

	if (!(ascii_is_alpha(byte_at(s, end)) || byte_at(s, end) == '_') || (i > 0 && (is_word(s->text.p[i - 1]) || s->text.p[i - 1] == '$')))
		return false;
	while (end < s->text.n && end - i < LONGEST_NAME_TAG_BYTES && (is_word(s->text.p[end]) || s->text.p[end] == '.'))
		end++;
	if (byte_at(s, end) != '$' || is_word(byte_at(s, end + 1)) || byte_at(s, end + 1) == '$')
		return false;
	*out = (struct tag){ .range = { i, end + 1 }, .syntax = TAG_DOLLAR_NAME, .name = span_cut(s->text, i + 1, end) };
	return true;
}

static bool match_double_hash(struct scan *s, size_t i, struct tag *out)
{
	size_t end = i + 2;

	if (!is_name_start(byte_at(s, end)) || (i > 0 && s->text.p[i - 1] == '#'))
		return false;
	while (end < s->text.n && end - i < LONGEST_NAME_TAG_BYTES && is_name(s->text.p[end]))
		end++;
	if (!starts_at(s, end, "##") || byte_at(s, end + 2) == '#')
		return false;
	*out = (struct tag){ .range = { i, end + 2 }, .syntax = TAG_DOUBLE_HASH, .name = span_cut(s->text, i + 2, end), .certain = true };
	return true;
}

static bool match_double_underscore(struct scan *s, size_t i, struct tag *out)
{
	size_t end = i + 2;

	if (!ascii_is_alpha(byte_at(s, end)) || (i > 0 && is_word(s->text.p[i - 1])))
		return false;
	while (end < s->text.n && end - i < LONGEST_NAME_TAG_BYTES && is_word(s->text.p[end]) && !starts_at(s, end, "__"))
		end++;
	if (!starts_at(s, end, "__") || is_word(byte_at(s, end + 2)))
		return false;
	struct span name = span_cut(s->text, i + 2, end);
	/* Predefined names of C stand in every sample of code and in no template. */
	if (span_in_ci(name, "FILE LINE DATE TIME func FUNCTION STDC COUNTER attribute"))
		return false;
	*out = (struct tag){ .range = { i, end + 2 }, .syntax = TAG_DOUBLE_UNDERSCORE, .name = name };
	return true;
}

static enum tag_place code_place(struct span inside)
{
	struct span code = span_trim(inside);

	/* Marks of white space control. */
	while (code.n && (code.p[0] == '-' || code.p[0] == '_'))
		code = span_trim(span_cut(code, 1, code.n));
	while (code.n && (code.p[code.n - 1] == '-' || code.p[code.n - 1] == '_'))
		code = span_trim(span_cut(code, 0, code.n - 1));
	struct span word = first_word(code, 0);

	if (code.n && code.p[0] == '}')
		return span_ends_ci(code, SPAN_LIT("{")) ? TAG_MIDDLE : TAG_CLOSE;
	if (span_in_ci(word, "end endif endforeach endfor endwhile"))
		return TAG_CLOSE;
	if (span_in_ci(word, "else elsif elseif when"))
		return TAG_MIDDLE;
	if (span_in_ci(word, "if unless case for foreach while until") || span_ends_ci(code, SPAN_LIT(" do")) || span_ends_ci(code, SPAN_LIT("{")) ||
	    (span_ends_ci(code, SPAN_LIT("|")) && span_find(code, SPAN_LIT(" do "), 0) < code.n))
		return TAG_OPEN;
	return TAG_OUTPUT;
}

static bool match_code(struct scan *s, size_t i, struct tag *out)
{
	bool php = byte_at(s, i + 1) == '?';
	size_t start = i + 2;

	if (php) {
		/* <?xml ...?> and <?xml:namespace ... /> are markup, not code. */
		bool named = span_starts_ci(span_cut(s->text, start, start + 3), SPAN_LIT("php"));
		if (!named && byte_at(s, start) != '=' && !ascii_is_space(byte_at(s, start)))
			return false;
		start += named ? 3 : 0;
	}
	size_t close = find_close(s, php ? CLOSE_PHP : CLOSE_ERB, start, LONGEST_CODE_TAG_BYTES);
	if (close == 0 || close == start)
		return false;
	struct span inside = span_cut(s->text, start, close);
	*out = (struct tag){ .range = { i, close + 2 }, .syntax = TAG_ERB, .certain = true, .name = first_word(inside, 0) };
	if (inside.p[0] == '#' || (inside.p[0] == '-' && inside.n > 1 && inside.p[1] == '-'))
		out->place = TAG_COMMENT;
	else if (inside.p[0] != '=')
		out->place = code_place(inside);
	return true;
}

static bool match_bracket(struct scan *s, size_t i, struct tag *out)
{
	size_t close = find_close(s, CLOSE_BRACKET, i + 2, LONGEST_BRACE_TAG_BYTES);

	if (close == 0)
		return false;
	struct span inside = span_cut(s->text, i + 2, close);
	size_t at = 0;
	while (at < inside.n && (memchr("-+=~", inside.p[at], 4) || ascii_is_space(inside.p[at])))
		at++;
	if (at == inside.n || !(is_name_start(inside.p[at]) || memchr("#$\"'|", inside.p[at], 5)))
		return false;
	*out = (struct tag){ .range = { i, close + 2 }, .syntax = TAG_BRACKET_PERCENT, .certain = true, .name = first_word(inside, at) };
	if (inside.p[at] == '#')
		out->place = TAG_COMMENT;
	else if (span_in_ci(out->name, "END"))
		out->place = TAG_CLOSE;
	else if (span_in_ci(out->name, "ELSE ELSIF CASE CATCH"))
		out->place = TAG_MIDDLE;
	else if (inside.p[at] == '|' || span_in_ci(out->name, "IF UNLESS FOREACH WHILE BLOCK WRAPPER FILTER SWITCH TRY"))
		out->place = TAG_OPEN; /* "|" is short for FILTER */
	return true;
}

/* Try all syntaxes that can start with the byte at i. */
static bool match_at(struct scan *s, size_t i, struct tag *out)
{
	char next = byte_at(s, i + 1);

	switch (s->text.p[i]) {
	case '{':
		if (next == '{')
			return match_mustache(s, i, out);
		if (next == '%' || next == '#')
			return match_statement(s, i, out);
		return next == '!' && match_braced(s, i, i + 1, "$", TAG_SALESFORCE, out);
	case '*':
		return next == '|' && match_mailchimp(s, i, out);
	case '%':
		return next == '%' ? match_double_percent(s, i, out) : match_percent(s, i, out);
	case '$':
		return next == '{' ? match_braced(s, i, i + 1, "", TAG_DOLLAR, out) : match_dollar_name(s, i, out);
	case '#':
		if (next == '{')
			return match_braced(s, i, i + 1, "@$", TAG_HASH_BRACE, out);
		return next == '#' && match_double_hash(s, i, out);
	case '@':
		return next == '{' && match_braced(s, i, i + 1, "/~$", TAG_AT_BRACE, out);
	case '<':
		return (next == '%' || next == '?') && match_code(s, i, out);
	case '[':
		return next == '%' && match_bracket(s, i, out);
	case '_':
		return next == '_' && match_double_underscore(s, i, out);
	default:
		return false;
	}
}

/* The bytes that can start a tag. */
static const bool is_opener[256] = {
	['{'] = true, ['*'] = true, ['%'] = true, ['$'] = true, ['#'] = true, ['@'] = true, ['<'] = true, ['['] = true, ['_'] = true,
};

static bool next_tag(struct scan *s, size_t from, struct tag *out)
{
	for (size_t i = from; i < s->text.n; i++)
		if (is_opener[(unsigned char)s->text.p[i]] && match_at(s, i, out))
			return true;
	return false;
}

bool tag_first(struct span utf8, size_t from, struct tag *out)
{
	struct scan s = { .text = utf8 };
	return next_tag(&s, from, out);
}

/* Where the inside of a raw block ends, whose opening tag was found; false where the tag opens none. */
static bool find_raw_end(struct scan *s, const struct tag *tag, size_t *end)
{
	struct range closing;

	if (tag->place != TAG_OPEN)
		return false;
	if (tag->syntax == TAG_MUSTACHE) {
		*end = starts_at(s, tag->range.start, "{{{{") ? find_close(s, CLOSE_RAW_BRACES, tag->range.end, s->text.n) : 0;
		return *end > 0;
	}
	bool raw = span_eq(tag->name, SPAN_LIT("raw"));
	if (tag->syntax != TAG_STATEMENT || !(raw || span_eq(tag->name, SPAN_LIT("verbatim"))) ||
	    !find_end_statement(s, raw ? CLOSE_ENDRAW : CLOSE_ENDVERBATIM, tag->range.end, s->text.n, &closing))
		return false;
	*end = closing.start;
	return true;
}

static void append_tag(GArray **found, struct tag tag)
{
	if (!*found)
		*found = g_array_new(FALSE, FALSE, sizeof(struct tag));
	g_array_append_val(*found, tag);
}

struct tag_list tag_scan(struct arena *arena, struct span utf8)
{
	struct scan s = { .text = utf8 };
	GArray *found = NULL;
	struct tag tag;
	size_t end;

	for (size_t at = 0; next_tag(&s, at, &tag);) {
		append_tag(&found, tag);
		at = tag.range.end;
		if (!find_raw_end(&s, &tag, &end))
			continue;
		/* The tags of a raw block are those of another engine; none reaches over its end. */
		struct scan inside = { .text = span_cut(utf8, 0, end) };
		for (; next_tag(&inside, at, &tag); at = tag.range.end) {
			tag.raw = true;
			append_tag(&found, tag);
		}
		at = end;
	}
	if (!found)
		return (struct tag_list){ 0 };
	struct tag_list list = { ARENA_ARRAY(arena, struct tag, found->len), found->len };
	memcpy(list.tags, found->data, found->len * sizeof(struct tag));
	g_array_free(found, TRUE);
	return list;
}

struct tag_list tag_scan_url(struct arena *arena, struct span url)
{
	if (span_find_byte(url, '%', 0) == url.n)
		return (struct tag_list){ 0 };
	/* Decode once, remembering where each byte came from, and keep the tags that need the decoding. */
	char *decoded = arena_alloc(arena, url.n + 1);
	uint32_t *from = ARENA_ARRAY(arena, uint32_t, url.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < url.n; n++) {
		from[n] = (uint32_t)i;
		int high = url.p[i] == '%' && i + 2 < url.n ? ascii_hex_value(url.p[i + 1]) : -1;
		int low = high >= 0 ? ascii_hex_value(url.p[i + 2]) : -1;
		decoded[n] = low >= 0 ? (char)(high * 16 + low) : url.p[i];
		i += low >= 0 ? 3 : 1;
	}
	from[n] = (uint32_t)url.n;
	struct tag_list list = tag_scan(arena, span_of(decoded, n));
	size_t kept = 0;
	for (size_t i = 0; i < list.n; i++) {
		struct tag tag = list.tags[i];
		size_t length = tag.range.end - tag.range.start;
		tag.range = (struct range){ from[tag.range.start], from[tag.range.end] };
		if (tag.range.end - tag.range.start > length)
			list.tags[kept++] = tag;
	}
	list.n = kept;
	return list;
}

const struct tag *tag_at(const struct tag_list *tags, size_t offset)
{
	size_t low = 0, high = tags->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (tags->tags[middle].range.end > offset)
			high = middle;
		else
			low = middle + 1;
	}
	return low < tags->n && tags->tags[low].range.start <= offset ? &tags->tags[low] : NULL;
}

const char *tag_syntax_example(enum tag_syntax syntax)
{
	static const char *const examples[] = {
		[TAG_MUSTACHE] = "{{...}}",   [TAG_STATEMENT] = "{% ... %}", [TAG_MAILCHIMP] = "*|...|*",
		[TAG_PERCENT] = "%...%",      [TAG_DOUBLE_PERCENT] = "%%...%%", [TAG_DOLLAR] = "${...}",
		[TAG_DOLLAR_NAME] = "$...$",  [TAG_HASH_BRACE] = "#{...}",   [TAG_ERB] = "<% ... %>",
		[TAG_BRACKET_PERCENT] = "[% ... %]", [TAG_AT_BRACE] = "@{...}", [TAG_SALESFORCE] = "{!...}",
		[TAG_DOUBLE_HASH] = "##...##", [TAG_DOUBLE_UNDERSCORE] = "__...__",
	};
	return (size_t)syntax < G_N_ELEMENTS(examples) ? examples[syntax] : "";
}
