/* Prints what presend decodes, for a comparison with another decoder (tests/decoders.py): of each file, each text part that is decoded
 * by a charset, as one line "file, path of the part, label, family, raw bytes, text", the last two in base64. May not judge. */
#include <glib.h>
#include <stdio.h>

#include "mail/mime.h"

static const char *family_name(enum charset_family family)
{
	static const char *const names[] = { "none", "ascii", "utf-8", "iso-2022-jp", "shift_jis", "euc-jp", "other", "forbidden", "unknown" };
	return names[family];
}

static void print_message(const char *path, struct span bytes)
{
	struct arena *arena = arena_new();
	const struct text file = { .bytes = bytes };
	struct mime mime = mime_parse(arena, &file, (struct range){ 0, bytes.n });

	for (size_t i = 0; i < mime.n; i++) {
		const struct entity *e = mime.all[i];
		if (!e->charset_result.text || !e->decoded.text)
			continue;
		char *raw = g_base64_encode((const guchar *)e->decoded.text->bytes.p, e->decoded.text->bytes.n);
		char *text = g_base64_encode((const guchar *)e->charset_result.text->bytes.p, e->charset_result.text->bytes.n);
		char *label = g_strndup(e->charset_name.p ? e->charset_name.p : "", e->charset_name.n);
		g_strdelimit(label, "\t\r\n", ' ');
		printf("%s\t%s\t%s\t%s\t%s\t%s\n", path, e->path, label, family_name(e->charset_result.decoded_as), raw, text);
		g_free(raw);
		g_free(text);
		g_free(label);
	}
	arena_free(arena);
}

int main(int argc, char **argv)
{
	mime_library_init();
	for (int i = 1; i < argc; i++) {
		char *bytes = NULL;
		gsize n = 0;
		if (!g_file_get_contents(argv[i], &bytes, &n, NULL))
			return 2;
		print_message(argv[i], span_of(bytes, n));
		g_free(bytes);
	}
	return 0;
}
