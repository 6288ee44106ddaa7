/* Patterns of .gitignore: parsed into segments and matched without recursion. Touches no file. Bytes, not characters, as git does. */
#include "config/paths.h"

#include <glib.h>
#include <stdint.h>

struct glob {
	struct span *segments;         /* between slashes */
	size_t n_segments;
	bool negated, anchored, folder_only;
};

struct glob_set {
	struct glob *globs;            /* in the arena; doubled when full */
	size_t n, allocated;
};

struct glob_set *glob_set_new(struct arena *arena)
{
	return ARENA_NEW(arena, struct glob_set);
}

/* --- one segment ------------------------------------------------------------------------------------------------------------- */

static bool in_class(struct span name, unsigned char c)
{
	static const struct {
		const char *name;
		int mask;
	} classes[] = {
		{ "alnum", G_ASCII_ALNUM }, { "alpha", G_ASCII_ALPHA }, { "cntrl", G_ASCII_CNTRL },	{ "digit", G_ASCII_DIGIT },
		{ "graph", G_ASCII_GRAPH }, { "lower", G_ASCII_LOWER }, { "print", G_ASCII_PRINT },	{ "punct", G_ASCII_PUNCT },
		{ "space", G_ASCII_SPACE }, { "upper", G_ASCII_UPPER }, { "xdigit", G_ASCII_XDIGIT },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(classes); i++)
		if (span_eq(name, span_str(classes[i].name)))
			return (g_ascii_table[c] & classes[i].mask) != 0;
	return span_eq(name, SPAN_LIT("blank")) && (c == ' ' || c == '\t');
}

/* The byte at *at of a bracket, behind a backslash or not; *at moves behind it. false at the end of the pattern. */
static bool bracket_byte(struct span p, size_t *at, unsigned char *out)
{
	if (*at < p.n && p.p[*at] == '\\')
		(*at)++;
	if (*at >= p.n)
		return false;
	*out = (unsigned char)p.p[(*at)++];
	return true;
}

/* The bracket that begins at *at ("["); *at moves behind it. false where it is not finished. */
static bool match_bracket(struct span p, size_t *at, unsigned char c, bool *fits)
{
	size_t i = *at + 1;
	bool negated = i < p.n && (p.p[i] == '!' || p.p[i] == '^');
	bool first = true;

	i += negated;
	*fits = false;
	for (; first || i >= p.n || p.p[i] != ']'; first = false) {
		unsigned char low, high;
		size_t colon = i + 1 < p.n && p.p[i] == '[' && p.p[i + 1] == ':' ? span_find(p, SPAN_LIT(":]"), i + 2) : p.n;
		if (colon < p.n) {
			*fits = *fits || in_class(span_cut(p, i + 2, colon), c);
			i = colon + 2;
			continue;
		}
		if (!bracket_byte(p, &i, &low))
			return false;
		high = low;
		if (i + 1 < p.n && p.p[i] == '-' && p.p[i + 1] != ']') {
			i++;
			if (!bracket_byte(p, &i, &high))
				return false;
		}
		/* A range that runs backwards holds its first. */
		*fits = *fits || c == low || (low <= c && c <= high);
	}
	*fits = *fits != negated;
	*at = i + 1;
	return true;
}

/* One thing of the pattern at *at that is no star, against one byte. *at moves behind it. */
static bool match_one(struct span p, size_t *at, unsigned char c)
{
	bool fits;

	switch (p.p[*at]) {
	case '?':
		(*at)++;
		return true;
	case '[':
		return match_bracket(p, at, c, &fits) && fits;
	case '\\':
		(*at)++;
		/* fall through */
	default:
		return *at < p.n && (unsigned char)p.p[(*at)++] == c;
	}
}

/* The last star takes as little as it can: what follows it is tried at each place once, so the cost is a product and no power. */
static bool match_segment(struct span p, struct span s)
{
	size_t at = 0, i = 0, star = SIZE_MAX, star_from = 0;

	while (i < s.n || at < p.n) {
		if (at < p.n && p.p[at] == '*') {
			star = ++at;
			star_from = i;
			continue;
		}
		size_t next = at;
		if (at < p.n && i < s.n && match_one(p, &next, (unsigned char)s.p[i])) {
			at = next;
			i++;
			continue;
		}
		if (star == SIZE_MAX || star_from >= s.n)
			return false;
		at = star;
		i = ++star_from;
	}
	return true;
}

/* --- paths ------------------------------------------------------------------------------------------------------------------- */

static bool is_all_stars(struct span segment)
{
	for (size_t i = 0; i < segment.n; i++)
		if (segment.p[i] != '*')
			return false;
	return true;
}

/* "**"; git takes more stars for the same. */
static bool is_any_folders(struct span segment)
{
	return segment.n >= 2 && is_all_stars(segment);
}

/* The same over segments: "**" is the star, and takes one at least where it stands last. */
static bool match_segments(const struct glob *glob, const struct span *path, size_t n_path)
{
	size_t at = 0, i = 0, star = SIZE_MAX, star_from = 0;

	while (i < n_path || at < glob->n_segments) {
		if (at < glob->n_segments && is_any_folders(glob->segments[at])) {
			if (at + 1 == glob->n_segments)
				return i < n_path;
			star = ++at;
			star_from = i;
			continue;
		}
		if (at < glob->n_segments && i < n_path && match_segment(glob->segments[at], path[i])) {
			at++;
			i++;
			continue;
		}
		if (star == SIZE_MAX || star_from >= n_path)
			return false;
		at = star;
		i = ++star_from;
	}
	return true;
}

/* Parts between slashes. The array is the caller's: g_free(). */
static struct span *split(struct span path, size_t *n_out)
{
	size_t n = 1;

	for (size_t i = 0; i < path.n; i++)
		n += path.p[i] == '/';
	struct span *parts = g_new(struct span, n);
	*n_out = 0;
	for (size_t start = 0; start <= path.n;) {
		size_t end = span_find_byte(path, '/', start);
		parts[(*n_out)++] = span_cut(path, start, end);
		start = end + 1;
	}
	return parts;
}

/* The last pattern that fits; NULL. */
static const struct glob *find_glob(const struct glob_set *set, const char *path, bool is_folder)
{
	const struct glob *found = NULL;
	size_t n_parts;

	if (!set || set->n == 0)
		return NULL;
	struct span *parts = split(span_str(path), &n_parts);
	for (size_t i = set->n; !found && i > 0; i--) {
		const struct glob *glob = &set->globs[i - 1];
		if (glob->folder_only && !is_folder)
			continue;
		if (glob->anchored ? match_segments(glob, parts, n_parts) : match_segment(glob->segments[0], parts[n_parts - 1]))
			found = glob;
	}
	g_free(parts);
	return found;
}

enum glob_verdict glob_set_match(const struct glob_set *set, const char *path, bool is_folder)
{
	const struct glob *glob = find_glob(set, path, is_folder);

	return !glob ? GLOB_SILENT : glob->negated ? GLOB_NEGATED : GLOB_MATCH;
}

enum glob_cover glob_set_covers(const struct glob_set *set, const char *path)
{
	enum glob_cover cover = GLOB_NOT_COVERED;
	char *name = g_strdup(path);

	for (char *end = strchr(name, '/');; end = strchr(end + 1, '/')) {
		if (end)
			*end = '\0';
		const struct glob *glob = find_glob(set, name, end != NULL);
		if (glob)
			cover = glob->negated						? GLOB_NOT_COVERED :
				end || is_all_stars(glob->segments[glob->n_segments - 1]) ? GLOB_FOLDER :
											  GLOB_NAMED;
		if (!end)
			break;
		*end = '/';
	}
	g_free(name);
	return cover;
}

/* --- reading ----------------------------------------------------------------------------------------------------------------- */

/* Is every bracket and backslash finished? */
static bool is_sound(struct span segment)
{
	for (size_t at = 0; at < segment.n;) {
		bool fits;
		if (segment.p[at] == '[') {
			if (!match_bracket(segment, &at, 'x', &fits))
				return false;
		} else if (segment.p[at] == '\\') {
			if (at + 1 >= segment.n)
				return false;
			at += 2;
		} else {
			at++;
		}
	}
	return true;
}

/* In one that takes away the meaning of what follows. */
static bool ends_in_backslash(struct span segment)
{
	size_t n = 0;

	while (n < segment.n && segment.p[segment.n - 1 - n] == '\\')
		n++;
	return n % 2 == 1;
}

static struct glob *new_glob(struct glob_set *set, struct arena *arena)
{
	if (set->n == set->allocated) {
		size_t allocated = set->allocated ? set->allocated * 2 : 8;
		struct glob *globs = ARENA_ARRAY(arena, struct glob, allocated);
		if (set->n)
			memcpy(globs, set->globs, set->n * sizeof *globs);
		set->globs = globs;
		set->allocated = allocated;
	}
	return &set->globs[set->n++];
}

bool glob_set_add(struct glob_set *set, struct arena *arena, struct span pattern)
{
	struct glob glob = { .negated = false };

	if (pattern.n && pattern.p[0] == '!') {
		glob.negated = true;
		pattern = span_cut(pattern, 1, pattern.n);
	}
	if (pattern.n && pattern.p[pattern.n - 1] == '/') {
		glob.folder_only = true;
		pattern = span_cut(pattern, 0, pattern.n - 1);
	}
	glob.anchored = span_find_byte(pattern, '/', 0) < pattern.n;
	if (pattern.n && pattern.p[0] == '/')
		pattern = span_cut(pattern, 1, pattern.n);
	if (pattern.n == 0)
		return false;
	pattern = arena_copy_span(arena, pattern);
	struct span *parts = split(pattern, &glob.n_segments);
	bool sound = true;
	glob.segments = ARENA_ARRAY(arena, struct span, glob.n_segments);
	for (size_t i = 0; i < glob.n_segments; i++) {
		/* A backslash before a slash changes nothing. */
		if (i + 1 < glob.n_segments && ends_in_backslash(parts[i]))
			parts[i].n--;
		glob.segments[i] = parts[i];
		sound = sound && is_sound(parts[i]);
	}
	g_free(parts);
	if (sound)
		*new_glob(set, arena) = glob;
	return sound;
}

/* Blanks at the end of a line count only behind a backslash. */
static struct span trim_line(struct span line)
{
	size_t keep = 0;

	for (size_t i = 0; i < line.n; i++) {
		if (line.p[i] == '\\' && i + 1 < line.n)
			keep = ++i + 1;
		else if (line.p[i] != ' ')
			keep = i + 1;
	}
	return span_cut(line, 0, keep);
}

void glob_set_add_file(struct glob_set *set, struct arena *arena, struct span bytes)
{
	size_t at = span_starts(bytes, SPAN_LIT("\xEF\xBB\xBF")) ? 3 : 0;

	while (at < bytes.n) {
		size_t end = span_find_byte(bytes, '\n', at);
		struct span line = span_cut(bytes, at, end);
		at = end + 1;
		if (line.n && line.p[line.n - 1] == '\r')
			line = span_cut(line, 0, line.n - 1);
		if (line.n && line.p[0] == '#')
			continue;
		glob_set_add(set, arena, trim_line(line));
	}
}
