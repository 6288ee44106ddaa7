/* Which template language a text is written in: by the name of its file, and by words that only some languages have.
 * Parses no blocks. Sources, one per language:
 * Mustache mustache.github.io/mustache.5.html; Handlebars handlebarsjs.com/guide; Liquid shopify.github.io/liquid;
 * Jinja jinja.palletsprojects.com/templates; Twig twig.symfony.com/doc/3.x/templates.html; Django docs.djangoproject.com, "Built-in template
 * tags and filters"; Go pkg.go.dev/text/template; ERB docs.ruby-lang.org; EJS ejs.co; PHP php.net/manual; Template Toolkit
 * template-toolkit.org/docs/manual; AMPscript developer.salesforce.com; Mailchimp mailchimp.com/help/use-conditional-merge-tag-blocks. */
#include "doc/template_language.h"

#include <glib.h>

#define N_LANGUAGES (LANGUAGE_OTHER + 1)

static const struct {
	const char *ending;
	enum template_language language;
} endings[] = {
	{ "mustache", LANGUAGE_MUSTACHE }, { "hbs", LANGUAGE_HANDLEBARS }, { "handlebars", LANGUAGE_HANDLEBARS }, { "liquid", LANGUAGE_LIQUID },
	{ "j2", LANGUAGE_JINJA },	   { "jinja", LANGUAGE_JINJA },	   { "jinja2", LANGUAGE_JINJA },	  { "njk", LANGUAGE_JINJA },
	{ "twig", LANGUAGE_TWIG },	   { "gohtml", LANGUAGE_GO },	   { "gotmpl", LANGUAGE_GO },		  { "erb", LANGUAGE_ERB },
	{ "eex", LANGUAGE_ERB },	   { "heex", LANGUAGE_ERB },	   { "ejs", LANGUAGE_EJS },		  { "php", LANGUAGE_PHP },
	{ "tt", LANGUAGE_TOOLKIT },	   { "tt2", LANGUAGE_TOOLKIT },	   { "django", LANGUAGE_DJANGO },
};

enum template_language template_language_of_path(const char *path)
{
	struct span name = span_str(path);

	for (size_t end = name.n; end > 0;) {
		size_t start = end;
		while (start > 0 && name.p[start - 1] != '.' && name.p[start - 1] != '/')
			start--;
		if (start == 0 || name.p[start - 1] == '/')
			break;
		for (size_t i = 0; i < G_N_ELEMENTS(endings); i++)
			if (span_eq_ci(span_cut(name, start, end), span_str(endings[i].ending)))
				return endings[i].language;
		end = start - 1;
	}
	return LANGUAGE_NONE;
}

/* Points for languages; a word that only one language has is worth ten of those that some share. */
struct votes {
	unsigned of[N_LANGUAGES];
	size_t n[N_LANGUAGES]; /* tags that decide nothing but the family */
	bool blocks;
};

enum { SHARED = 1, OWN = 10 };

static void vote_word(struct votes *v, struct span word)
{
	if (span_in(word, "assign elsif unless endunless capture endcapture tablerow liquid render increment decrement connected_content"))
		v->of[LANGUAGE_LIQUID] += OWN;
	else if (span_in(word, "case when endcase"))
		v->of[LANGUAGE_LIQUID] += OWN / 2;
	else if (span_in(word, "load blocktrans blocktranslate url static ifequal ifnotequal endifequal empty now firstof regroup templatetag"))
		v->of[LANGUAGE_DJANGO] += OWN;
	else if (span_in(word, "elif"))
		v->of[LANGUAGE_JINJA] += OWN - 2, v->of[LANGUAGE_DJANGO] += OWN - 4;
	else if (span_in(word, "elseif embed apply endapply sandbox use form_theme"))
		v->of[LANGUAGE_TWIG] += OWN;
	else if (span_in(word, "set macro endmacro call endcall do"))
		v->of[LANGUAGE_JINJA] += SHARED + 1, v->of[LANGUAGE_TWIG] += SHARED;
	else if (span_in(word, "block endblock extends import from"))
		v->of[LANGUAGE_JINJA] += SHARED + 1, v->of[LANGUAGE_TWIG] += SHARED, v->of[LANGUAGE_DJANGO] += SHARED;
	else
		v->n[LANGUAGE_JINJA]++;
}

/* How a filter takes its arguments: "| default: x" is Liquid's, "|default:x" Django's, "| default(x)" Jinja's and Twig's. */
static void vote_filter(struct votes *v, struct span tag)
{
	for (size_t at = span_find_byte(tag, '|', 0); at < tag.n; at = span_find_byte(tag, '|', at + 1)) {
		size_t start = at + 1, end;
		while (start < tag.n && tag.p[start] == ' ')
			start++;
		for (end = start; end < tag.n && (ascii_is_alnum(tag.p[end]) || tag.p[end] == '_'); end++)
			;
		char c = end < tag.n && end > start ? tag.p[end] : '\0';
		if (c == ':' && end + 1 < tag.n && ascii_is_space(tag.p[end + 1]))
			v->of[LANGUAGE_LIQUID] += OWN;
		else if (c == ':')
			v->of[start == at + 1 ? LANGUAGE_DJANGO : LANGUAGE_LIQUID] += SHARED + 1;
		else if (c == '(')
			v->of[LANGUAGE_JINJA] += SHARED + 1, v->of[LANGUAGE_TWIG] += SHARED;
		else
			v->n[LANGUAGE_JINJA]++; /* all four have it; the name of the file may say more */
	}
}

static void vote_braces(struct votes *v, struct span text, const struct tag *tag)
{
	size_t at = tag->range.start + 2;
	struct span bytes = span_cut(text, tag->range.start, tag->range.end);

	while (at < tag->range.end && (text.p[at] == '{' || text.p[at] == '~' || text.p[at] == '-' || ascii_is_space(text.p[at])))
		at++;
	char c = text.p[at], next = at + 1 < text.n ? text.p[at + 1] : '\0';
	/* {{ block('title') }} of Twig. */
	bool is_call = at + tag->name.n < tag->range.end && text.p[at + tag->name.n] == '(';
	if (c == '#' || (c == '/' && next != '*')) {
		bool helper = span_in(tag->name, "if unless each with lookup log inline");
		v->of[LANGUAGE_HANDLEBARS] += helper ? OWN : SHARED;
		v->of[LANGUAGE_MUSTACHE] += helper ? 0 : SHARED + 1;
	} else if (c == '^') {
		v->of[LANGUAGE_MUSTACHE] += SHARED + 1;
	} else if (c == '>' || c == '!' || c == '&') {
		v->of[LANGUAGE_HANDLEBARS] += SHARED;
	} else if (span_in(tag->name, "else")) {
		v->of[LANGUAGE_HANDLEBARS] += SHARED;
		v->of[LANGUAGE_GO] += SHARED;
	} else if (span_in(tag->name, "end range define template") || (span_in(tag->name, "if with block") && next && c != '.' && !is_call)) {
		v->of[LANGUAGE_GO] += OWN;
	} else if (c == '.' && (ascii_is_alpha(next) || next == '_')) {
		v->of[LANGUAGE_GO] += OWN / 2;
	} else if (span_find_byte(bytes, '|', 0) < bytes.n) {
		vote_filter(v, bytes);
	} else {
		v->n[LANGUAGE_MUSTACHE]++;
	}
}

/* Ruby or JavaScript: braces at the ends of statements, or words. */
static void vote_code(struct votes *v, struct span text, const struct tag *tag)
{
	struct span inside = span_trim(span_cut(text, tag->range.start + 2, tag->range.end - 2));

	if (text.p[tag->range.start + 1] == '?') {
		v->of[LANGUAGE_PHP] += OWN;
		return;
	}
	while (inside.n && memchr("-_=", inside.p[0], 3))
		inside = span_trim(span_cut(inside, 1, inside.n));
	while (inside.n && memchr("-_", inside.p[inside.n - 1], 2))
		inside = span_trim(span_cut(inside, 0, inside.n - 1));
	if (inside.n && (inside.p[inside.n - 1] == '{' || inside.p[0] == '}' || text.p[tag->range.start + 2] == '_'))
		v->of[LANGUAGE_EJS] += OWN;
	else if (span_in(tag->name, "end if unless elsif") || span_ends_ci(inside, SPAN_LIT(" do")) || span_ends_ci(inside, SPAN_LIT("|")))
		v->of[LANGUAGE_ERB] += OWN;
	else
		v->n[LANGUAGE_ERB]++;
}

static void vote(struct votes *v, struct span text, const struct tag *tag)
{
	if (tag->place == TAG_OPEN || tag->place == TAG_MIDDLE || tag->place == TAG_CLOSE)
		v->blocks = true;
	switch (tag->syntax) {
	case TAG_MUSTACHE:
		vote_braces(v, text, tag);
		break;
	case TAG_STATEMENT:
		if (tag->place == TAG_COMMENT)
			v->n[LANGUAGE_JINJA]++;
		else
			vote_word(v, tag->name);
		break;
	case TAG_ERB:
		vote_code(v, text, tag);
		break;
	case TAG_MAILCHIMP:
		v->of[LANGUAGE_MAILCHIMP] += OWN;
		break;
	case TAG_BRACKET_PERCENT:
		v->of[LANGUAGE_TOOLKIT] += OWN;
		break;
	case TAG_DOUBLE_PERCENT:
		v->of[LANGUAGE_AMPSCRIPT] += tag->place == TAG_OUTPUT ? SHARED : OWN;
		break;
	case TAG_PERCENT:
		v->n[LANGUAGE_PERCENT]++;
		break;
	case TAG_DOLLAR:
		v->n[LANGUAGE_DOLLAR]++;
		break;
	case TAG_SALESFORCE:
		v->n[LANGUAGE_SALESFORCE]++;
		break;
	default:
		v->n[LANGUAGE_OTHER]++;
	}
}

/* May the text be of the named language, seeing what its tags look like? Blocks in {% %} and blocks in {{ }} are never of one language. */
static bool shares_signs(enum template_language named, struct template_guess guess)
{
	static const enum tag_syntax syntaxes[] = { TAG_STATEMENT, TAG_MUSTACHE, TAG_ERB };

	if (guess.certain && template_language_has(named, TAG_STATEMENT) != template_language_has(guess.language, TAG_STATEMENT))
		return false;
	for (size_t i = 0; i < G_N_ELEMENTS(syntaxes); i++)
		if (template_language_has(named, syntaxes[i]) && template_language_has(guess.language, syntaxes[i]))
			return true;
	return named == guess.language;
}

struct template_guess template_language_of(const char *path, struct span text, const struct tag_list *tags)
{
	struct votes v = { 0 };
	struct template_guess guess = { .language = LANGUAGE_NONE };
	unsigned most = 0;

	for (size_t i = 0; i < tags->n; i++)
		if (tags->tags[i].certain && !tags->tags[i].raw)
			vote(&v, text, &tags->tags[i]);
	guess.has_blocks = v.blocks;
	for (size_t k = 0; k < N_LANGUAGES; k++)
		if (v.of[k] > most) {
			most = v.of[k];
			guess.language = (enum template_language)k;
			guess.certain = most >= OWN;
		}
	/* Sections without helpers are Handlebars too where its other forms stand beside them; both languages read them alike. */
	if (guess.language == LANGUAGE_MUSTACHE && v.of[LANGUAGE_HANDLEBARS] >= OWN)
		guess.language = LANGUAGE_HANDLEBARS;
	size_t n = 0;
	for (size_t k = 0; k < N_LANGUAGES && guess.language == LANGUAGE_NONE; k++)
		n = v.n[k] > n ? v.n[k] : n;
	for (size_t k = 0; k < N_LANGUAGES && guess.language == LANGUAGE_NONE && n; k++)
		if (v.n[k] == n)
			guess.language = (enum template_language)k;
	/* The name of the file decides between languages that share signs, never against the signs. */
	enum template_language named = template_language_of_path(path);
	if (named != LANGUAGE_NONE && shares_signs(named, guess)) {
		guess.language = named;
		guess.certain = true;
	}
	return guess;
}

bool template_language_has(enum template_language language, enum tag_syntax syntax)
{
	switch (language) {
	case LANGUAGE_MUSTACHE:
	case LANGUAGE_HANDLEBARS:
	case LANGUAGE_GO:
		return syntax == TAG_MUSTACHE;
	case LANGUAGE_LIQUID:
	case LANGUAGE_JINJA:
	case LANGUAGE_TWIG:
	case LANGUAGE_DJANGO:
		return syntax == TAG_MUSTACHE || syntax == TAG_STATEMENT;
	case LANGUAGE_ERB:
	case LANGUAGE_EJS:
	case LANGUAGE_PHP:
		return syntax == TAG_ERB;
	case LANGUAGE_TOOLKIT:
		return syntax == TAG_BRACKET_PERCENT;
	case LANGUAGE_AMPSCRIPT:
		return syntax == TAG_DOUBLE_PERCENT;
	case LANGUAGE_MAILCHIMP:
		return syntax == TAG_MAILCHIMP;
	case LANGUAGE_PERCENT:
		return syntax == TAG_PERCENT;
	case LANGUAGE_DOLLAR:
		return syntax == TAG_DOLLAR;
	case LANGUAGE_SALESFORCE:
		return syntax == TAG_SALESFORCE;
	case LANGUAGE_OTHER:
		return syntax == TAG_DOLLAR_NAME || syntax == TAG_HASH_BRACE || syntax == TAG_AT_BRACE || syntax == TAG_DOUBLE_HASH ||
		       syntax == TAG_DOUBLE_UNDERSCORE;
	default:
		return false;
	}
}

const char *template_language_name(enum template_language language)
{
	static const char *const names[N_LANGUAGES] = {
		[LANGUAGE_NONE] = "",
		[LANGUAGE_MUSTACHE] = "Mustache",   [LANGUAGE_HANDLEBARS] = "Handlebars", [LANGUAGE_LIQUID] = "Liquid",
		[LANGUAGE_JINJA] = "Jinja",	    [LANGUAGE_TWIG] = "Twig",		  [LANGUAGE_DJANGO] = "Django",
		[LANGUAGE_GO] = "Go",		    [LANGUAGE_ERB] = "ERB",		  [LANGUAGE_EJS] = "EJS",
		[LANGUAGE_PHP] = "PHP",		    [LANGUAGE_TOOLKIT] = "Template Toolkit", [LANGUAGE_AMPSCRIPT] = "%%...%%",
		[LANGUAGE_MAILCHIMP] = "Mailchimp", [LANGUAGE_PERCENT] = "%...%",	  [LANGUAGE_DOLLAR] = "${...}",
		[LANGUAGE_SALESFORCE] = "{!...}",   [LANGUAGE_OTHER] = "##...##",
	};
	return (size_t)language < N_LANGUAGES ? names[language] : "";
}
