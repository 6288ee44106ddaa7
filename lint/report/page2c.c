/* Role: program of the build machine: the style sheet and the script of the HTML report to constant strings, with the hash of the script.
 * May not: change them by a byte; the hash is of what browsers get. */
#include <stdio.h>
#include <string.h>

#include "rule/c_literal.h"

/* The hash of a script as a Content-Security-Policy has it. Source: CSP Level 3, section 2.3.1. */
static char *hash_of(const char *text)
{
	guint8 digest[32];
	gsize n = sizeof digest;
	GChecksum *checksum = g_checksum_new(G_CHECKSUM_SHA256);

	g_checksum_update(checksum, (const guchar *)text, (gssize)strlen(text));
	g_checksum_get_digest(checksum, digest, &n);
	g_checksum_free(checksum);
	return g_base64_encode(digest, n);
}

static char *read_file(const char *path)
{
	char *text = NULL;
	gsize n = 0;

	if (!g_file_get_contents(path, &text, &n, NULL) || memchr(text, '\0', n)) {
		fprintf(stderr, "page2c: %s: cannot be read as text\n", path);
		return NULL;
	}
	/* What would end the element that it is put into. */
	if (strstr(text, "</") || strstr(text, "<!--")) {
		fprintf(stderr, "page2c: %s: holds \"</\" or \"<!--\"\n", path);
		return NULL;
	}
	return text;
}

static void put_constant(GString *out, const char *name, const char *text)
{
	g_string_append_printf(out, "const char %s[] = ", name);
	put_string(out, text);
	g_string_append(out, ";\n");
}

int main(int argc, char **argv)
{
	if (argc != 4) {
		fprintf(stderr, "usage: %s STYLE.css SCRIPT.js OUTPUT.c\n", argv[0]);
		return 2;
	}
	char *style = read_file(argv[1]), *script = read_file(argv[2]);
	if (!style || !script)
		return 2;
	GString *out = g_string_new("/* Made by page2c. Do not edit. */\n#include \"report/html_page.h\"\n\n");
	put_constant(out, "page_style", style);
	put_constant(out, "page_script", script);
	put_constant(out, "page_script_hash", hash_of(script));
	if (!g_file_set_contents(argv[3], out->str, (gssize)out->len, NULL)) {
		fprintf(stderr, "page2c: %s: cannot be written\n", argv[3]);
		return 2;
	}
	return 0;
}
