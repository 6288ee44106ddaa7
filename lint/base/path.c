/* Role: paths as words.
 * May not: look at a file, beyond asking for the working folder. */
#include "base/path.h"

#include <glib.h>
#include <stdbool.h>
#include <string.h>

char *path_absolute(const char *path)
{
	return g_canonicalize_filename(path, NULL);
}

/* The length of what two absolute paths share, in whole names: "/a/b" of "/a/b/c" and "/a/b/d"; 0 for the root alone. */
static size_t shared_names(const char *a, const char *b)
{
	size_t shared = 0, i = 0;

	for (;; i++) {
		bool ends = (!a[i] || a[i] == '/') && (!b[i] || b[i] == '/');
		if (ends)
			shared = i;
		if (!a[i] || a[i] != b[i])
			return shared;
	}
}

char *path_relative(const char *folder, const char *path)
{
	g_autofree char *from = path_absolute(folder), *to = path_absolute(path);
	GString *out = g_string_new(NULL);

	/* The root is the one folder that ends with a slash. */
	if (strcmp(from, "/") == 0)
		*from = '\0';
	size_t shared = shared_names(from, to);
	for (const char *p = from + shared; *p; p++)
		if (*p == '/')
			g_string_append(out, out->len ? "/.." : "..");
	const char *rest = to + shared;
	while (*rest == '/')
		rest++;
	if (*rest)
		g_string_append_printf(out, "%s%s", out->len ? "/" : "", rest);
	return g_string_free(out->len ? out : g_string_append_c(out, '.'), FALSE);
}
