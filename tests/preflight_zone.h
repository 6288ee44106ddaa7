/* DNS for the tests of preflight, as lines: "NAME TYPE VALUE", "NAME TYPE -" where there is no such record, "NAME TYPE NX" where there is no such
 * name, "NAME TYPE ?" where nothing answers. Of lines about one question in two texts the later text counts, so that a test changes a sound zone. */
#ifndef PRESEND_TESTS_PREFLIGHT_ZONE_H
#define PRESEND_TESTS_PREFLIGHT_ZONE_H

#include <check.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "preflight/dns.h"

static inline void zone_add(GHashTable *zone, const char *text)
{
	GHashTable *seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	char **lines = g_strsplit(text, "\n", -1);

	for (char **line = lines; *line; line++) {
		if (!**line)
			continue;
		char **words = g_strsplit(*line, " ", 3);
		ck_assert_msg(words[0] && words[1] && words[2], "%s", *line);
		char *question = g_strdup_printf("%s %s", words[0], words[1]);
		GPtrArray *values = g_hash_table_lookup(zone, question);
		if (!values || !g_hash_table_contains(seen, question)) {
			values = g_ptr_array_new_with_free_func(g_free);
			g_hash_table_replace(zone, g_strdup(question), values);
		}
		g_ptr_array_add(values, g_strdup(words[2]));
		g_hash_table_add(seen, question);
		g_strfreev(words);
	}
	g_strfreev(lines);
	g_hash_table_destroy(seen);
}

/* As a string of JSON that a snapshot reads: bytes that are not printable as three decimal digits. */
static inline char *zone_escape(const char *text)
{
	GString *out = g_string_new(NULL);

	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;
		if (c == '"')
			g_string_append(out, "\\\"");
		else if (c == '\\')
			g_string_append(out, "\\\\\\\\");
		else if (c < 0x20 || c > 0x7e)
			g_string_append_printf(out, "\\\\%03u", c);
		else
			g_string_append_c(out, *text);
	}
	return g_string_free(out, FALSE);
}

static inline void zone_append_answer(GString *out, const char *question, GPtrArray *values)
{
	char **words = g_strsplit(question, " ", 2);
	const char *first = g_ptr_array_index(values, 0);
	const char *status = strcmp(first, "-") == 0 ? "nodata" : strcmp(first, "NX") == 0 ? "nxdomain" : strcmp(first, "?") == 0 ? "unknown" : "found";

	g_string_append_printf(out, "%s{\"name\": \"%s\", \"type\": \"%s\", \"status\": \"%s\"", out->len ? ",\n" : "", words[0], words[1], status);
	if (strcmp(status, "unknown") == 0)
		g_string_append(out, ", \"reason\": \"timeout\"");
	if (strcmp(status, "found") == 0) {
		g_string_append(out, ", \"ttl\": 300, \"records\": [");
		for (guint i = 0; i < values->len; i++) {
			/* A TXT record is made of strings of up to 255 bytes. */
			const char *value = g_ptr_array_index(values, i);
			bool several = strlen(value) > 255;
			g_string_append_printf(out, "%s%s", i ? ", " : "", several ? "[" : "");
			for (size_t at = 0; at == 0 || at < strlen(value); at += 255) {
				g_autofree char *piece = g_strndup(value + at, 255), *escaped = zone_escape(piece);
				g_string_append_printf(out, "%s\"%s\"", at ? ", " : "", escaped);
			}
			g_string_append(out, several ? "]" : "");
		}
		g_string_append(out, "]");
	}
	g_string_append(out, "}");
	g_strfreev(words);
}

/* changes may be NULL. */
static inline struct dns *zone_open(struct arena *arena, const char *base, const char *changes)
{
	GHashTable *zone = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_ptr_array_unref);
	g_autofree char *path = g_strdup_printf("%s/presend-test-zone-%d.json", g_get_tmp_dir(), (int)getpid());
	GString *answers = g_string_new(NULL);
	GHashTableIter iter;
	gpointer question, values;
	char *error = NULL;

	zone_add(zone, base);
	if (changes)
		zone_add(zone, changes);
	g_hash_table_iter_init(&iter, zone);
	while (g_hash_table_iter_next(&iter, &question, &values))
		zone_append_answer(answers, question, values);
	g_autofree char *text = g_strdup_printf("{\"version\": 1, \"tool\": \"presend\", \"dns\": [\n%s\n]}\n", answers->str);
	ck_assert(g_file_set_contents(path, text, -1, NULL));
	struct dns *dns = dns_open(arena, &(struct dns_options){ .replay = path }, &error);
	ck_assert_msg(dns != NULL, "%s\n%s", error, text);
	g_unlink(path);
	g_string_free(answers, TRUE);
	g_hash_table_destroy(zone);
	return dns;
}

static inline void zone_close(struct dns *dns)
{
	char *error = NULL;

	ck_assert(dns_close(dns, &error));
}

#endif
