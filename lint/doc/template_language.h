/* Which template language a text is written in. Sources: the documentation of the languages, listed in template_language.c and tag.c. */
#ifndef PRESEND_DOC_TEMPLATE_LANGUAGE_H
#define PRESEND_DOC_TEMPLATE_LANGUAGE_H

#include "doc/tag.h"

enum template_language {
	LANGUAGE_NONE,       /* no tags */
	/* Those of braces. */
	LANGUAGE_MUSTACHE,   /* {{#name}} {{^name}}; also where {{name}} is all there is */
	LANGUAGE_HANDLEBARS, /* {{#if name}} {{else}} {{/if}}; SendGrid, Postmark, Mandrill */
	LANGUAGE_LIQUID,     /* {% if name %} {% elsif x %} {{ name | default: "x" }}; Shopify, Braze, Customer.io */
	LANGUAGE_JINJA,      /* {% elif x %} {{ name | default("x") }}; Jinja, Nunjucks, HubSpot, sendwithus */
	LANGUAGE_TWIG,       /* {% elseif x %}; Symfony */
	LANGUAGE_DJANGO,     /* {% load x %} {{ name|default:"x" }}; Klaviyo */
	LANGUAGE_GO,         /* {{if .Name}} {{else}} {{end}}; listmonk */
	/* Those of code. */
	LANGUAGE_ERB,        /* <% if x %> <% end %>; Ruby, Elixir */
	LANGUAGE_EJS,        /* <% if (x) { %> <% } %>; JavaScript, Java */
	LANGUAGE_PHP,        /* <?php if (x): ?> <?php endif ?> */
	LANGUAGE_TOOLKIT,    /* [% IF x %] [% END %] */
	LANGUAGE_AMPSCRIPT,  /* %%[ if x then ]%% %%[ endif ]%% %%=v(@x)=%% %%name%%; also where %%name%% is all there is */
	LANGUAGE_MAILCHIMP,  /* *|IF:X|* *|END:IF|* */
	/* Those that only put values in. */
	LANGUAGE_PERCENT,    /* %name% */
	LANGUAGE_DOLLAR,     /* ${name} */
	LANGUAGE_SALESFORCE, /* {!Contact.Name} */
	LANGUAGE_OTHER       /* ##name##, [% %]-like and what else tag.h has */
};

/* What is known of the language of a text. */
struct template_guess {
	enum template_language language; /* of most tags */
	bool certain;                    /* by the name of the file, or by a word that only this language has */
	bool has_blocks;                 /* there are tags that open, divide or close a block */
};

/* path: name of the file, may be NULL; its endings (weekly.html.j2) count most, unless no tag is of their kind. Linear. */
struct template_guess template_language_of(const char *path, struct span text, const struct tag_list *tags);
/* "Handlebars"; static. */
const char *template_language_name(enum template_language language);
/* The language that the endings of a file name, LANGUAGE_NONE where none does. */
enum template_language template_language_of_path(const char *path);
/* Is this syntax one of the language's? */
bool template_language_has(enum template_language language, enum tag_syntax syntax);

#endif
