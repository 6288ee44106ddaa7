/* Nesting in pieces of program: counts words and braces that open and close, outside of strings and comments.
 * It is no parser of any of these languages, and need not be: templates hold single statements.
 * Sources: Ruby, "Control expressions" (docs.ruby-lang.org); Elixir, Kernel.SpecialForms; PHP manual, "Alternative syntax for control
 * structures"; ECMAScript, statements; Template Toolkit manual, "Directives"; Salesforce, AMPscript guide, "Syntax". */
#include "doc/template_code.h"

#include <glib.h>

struct dialect {
	const char *opens;         /* words that open a block where a statement begins */
	const char *opens_anywhere;
	const char *closes;        /* words that close one, anywhere */
	const char *middles;       /* words that divide one, where a statement begins */
	bool braces;               /* { and } open and close */
	bool hash_comments, slash_comments, star_comments;
	bool any_case;
};

static const struct dialect ruby = { "if unless case while until for begin def", "fn", "end", "else elsif when rescue ensure", true, true, false, false, false };
static const struct dialect script = { "", "", "", "else case default", true, false, true, true, false };
static const struct dialect php = { "", "", "endif endforeach endfor endwhile endswitch", "else elseif case default", true, true, true, true, true };
static const struct dialect toolkit = { "IF UNLESS FOREACH FOR WHILE SWITCH WRAPPER FILTER TRY VIEW PERL RAWPERL", "BLOCK", "END",
	                                "ELSE ELSIF CASE CATCH FINAL", false, true, false, false, false };
static const struct dialect ampscript = { "", "if for", "endif next", "", false, false, false, true, true };

static const struct dialect *dialect_of(enum template_language language)
{
	switch (language) {
	case LANGUAGE_EJS:
		return &script;
	case LANGUAGE_PHP:
		return &php;
	case LANGUAGE_TOOLKIT:
		return &toolkit;
	case LANGUAGE_AMPSCRIPT:
		return &ampscript;
	default:
		return &ruby;
	}
}

struct reader {
	struct span code;
	const struct dialect *dialect;
	char before;     /* the last byte that was no blank; '\0' where a statement begins */
	size_t level;    /* blocks that are open within the piece */
	bool takes_do;   /* Ruby: the "do" that follows belongs to while, Elixir: to if */
	struct code_effect effect;
};

static bool is_word_byte(char c)
{
	return ascii_is_alnum(c) || c == '_' || (unsigned char)c >= 0x80;
}

static bool in_list(const struct reader *r, struct span word, const char *list)
{
	return r->dialect->any_case ? span_in_ci(word, list) : span_in(word, list);
}

/* Behind the string that begins at at. In Ruby, "#{...}" within it may hold quotes of its own. */
static size_t skip_string(const struct reader *r, size_t at)
{
	char quote = r->code.p[at];
	size_t braces = 0;

	for (size_t i = at + 1; i < r->code.n; i++) {
		char c = r->code.p[i];
		if (c == '\\')
			i++;
		else if (braces && (c == '"' || c == '\''))
			i = MIN(span_find_byte(r->code, c, i + 1), r->code.n - 1);
		else if (r->dialect == &ruby && c == '#' && i + 1 < r->code.n && r->code.p[i + 1] == '{')
			braces++;
		else if (braces && c == '}')
			braces--;
		else if (c == quote && !braces)
			return i + 1;
	}
	return r->code.n;
}

/* Behind the comment that begins at at; at where none does. */
static size_t skip_comment(const struct reader *r, size_t at)
{
	char c = r->code.p[at], next = at + 1 < r->code.n ? r->code.p[at + 1] : '\0';

	if (c == '/' && next == '*' && r->dialect->star_comments)
		return MIN(span_find(r->code, SPAN_LIT("*/"), at + 2) + 2, r->code.n);
	if ((c == '#' && r->dialect->hash_comments && next != '{') || (c == '/' && next == '/' && r->dialect->slash_comments && r->before != ':'))
		return span_find_byte(r->code, '\n', at);
	return at;
}

static void note_word(struct reader *r, struct span word)
{
	if (!r->effect.word.n)
		r->effect.word = word;
}

static void open_block(struct reader *r, struct span word)
{
	note_word(r, word);
	r->level++;
}

static void close_block(struct reader *r, struct span word)
{
	note_word(r, word);
	if (r->level)
		r->level--;
	else
		r->effect.closes++;
}

/* Does the statement of PHP whose word ends at at use the form with a colon? "if (x):", "else:". */
static bool has_colon(const struct reader *r, size_t at)
{
	size_t depth = 0;

	for (; at < r->code.n; at++) {
		char c = r->code.p[at];
		if (c == '\'' || c == '"') {
			at = skip_string(r, at) - 1;
			continue;
		}
		depth += c == '(';
		if (c == ')' && depth)
			depth--;
		else if (!depth && (c == '{' || c == ';'))
			return false;
		else if (!depth && c == ':')
			return true;
	}
	return false;
}

static bool begins_statement(const struct reader *r)
{
	return r->before == '\0' || memchr(";=({[|,&!}", r->before, 10) != NULL;
}

static void read_middle(struct reader *r, struct span word, size_t end)
{
	if (r->level)
		return;
	/* "else" behind a brace divides the block that the brace closed; "else if (x):" has a condition. */
	r->effect.word = word;
	r->effect.middle = true;
	size_t at = end;
	while (at < r->code.n && ascii_is_space(r->code.p[at]))
		at++;
	struct span next = span_cut(r->code, at, at + 2);
	r->effect.has_default = in_list(r, word, "else ELSE default") && !span_eq_ci(next, SPAN_LIT("if"));
}

static void read_word(struct reader *r, struct span word, size_t end)
{
	char next = end < r->code.n ? r->code.p[end] : '\0';
	bool label = next == ':' && !(end + 1 < r->code.n && r->code.p[end + 1] == ':') && r->dialect == &ruby;

	/* ".end", ":if", "@if", "if:", "end?" are names. */
	if (memchr(".:@$", r->before, 4) || label || (r->dialect == &ruby && (next == '?' || next == '!')))
		return;
	if (in_list(r, word, r->dialect->closes)) {
		close_block(r, word);
	} else if (in_list(r, word, r->dialect->opens_anywhere)) {
		open_block(r, word);
	} else if (r->dialect == &ruby && span_eq(word, SPAN_LIT("do"))) {
		if (!r->takes_do)
			open_block(r, word);
		r->takes_do = false;
	} else if (r->dialect == &php && begins_statement(r) && in_list(r, word, "if foreach for while switch")) {
		if (has_colon(r, end) && !r->effect.middle)
			open_block(r, word);
	} else if (begins_statement(r) && r->before != '}' && in_list(r, word, r->dialect->opens)) {
		open_block(r, word);
		r->takes_do = true;
	} else if (r->dialect == &ampscript ? in_list(r, word, "else elseif") : begins_statement(r) && in_list(r, word, r->dialect->middles)) {
		read_middle(r, word, end);
	}
}

/* One byte that is neither of a word, a string nor a comment. */
static void read_sign(struct reader *r, size_t at)
{
	char c = r->code.p[at];

	if (c == '{' && r->dialect->braces)
		open_block(r, span_cut(r->code, at, at + 1));
	else if (c == '}' && r->dialect->braces)
		close_block(r, span_cut(r->code, at, at + 1));
	else if (c == '|' && r->dialect == &toolkit && (r->before == '\0' || r->before == ';'))
		open_block(r, span_cut(r->code, at, at + 1)); /* short for FILTER */
	if (c == ';')
		r->takes_do = false;
}

struct code_effect template_code_effect(struct span code, enum template_language language)
{
	struct reader r = { .code = code, .dialect = dialect_of(language), .effect = { .word = SPAN_EMPTY } };

	for (size_t at = 0; at < code.n;) {
		char c = code.p[at];
		size_t end = skip_comment(&r, at);
		if (end > at) {
			at = end;
			continue;
		}
		if (c == '\'' || c == '"' || (c == '`' && r.dialect == &script)) {
			at = skip_string(&r, at);
			r.before = c;
		} else if (is_word_byte(c)) {
			for (end = at; end < code.n && is_word_byte(code.p[end]); end++)
				;
			struct span word = span_cut(code, at, end);
			read_word(&r, word, end);
			r.before = in_list(&r, word, "then else do begin") ? '\0' : 'a';
			at = end;
		} else {
			read_sign(&r, at);
			if (c == '\n' && r.dialect != &script && r.dialect != &toolkit)
				r.before = '\0';
			else if (!ascii_is_space(c))
				r.before = c;
			at++;
		}
	}
	r.effect.opens = r.level;
	return r.effect;
}
