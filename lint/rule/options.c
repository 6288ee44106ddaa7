/* Words of the command line and of rule files: names to values and back. Knows neither files nor messages; also part of the
 * build-machine program, so nothing but GLib may be used here. */
#include "rule/options.h"

#include <string.h>

struct word {
	const char *name;
	unsigned value;
};

static const struct word stage_words[] = {
        {"template", STAGE_TEMPLATE},
        {"draft", STAGE_DRAFT},
        {"final", STAGE_FINAL},
        {"received", STAGE_RECEIVED},
};
static const struct word class_words[] = {
        {"newsletter", CLASS_NEWSLETTER},
        {"transactional", CLASS_TRANSACTIONAL},
        {"discussion", CLASS_DISCUSSION},
};
static const struct word volume_words[] = {
        {"bulk", VOLUME_BULK},
        {"small", VOLUME_SMALL},
        {"unknown", VOLUME_UNKNOWN},
};
static const struct word profile_words[] = {
        {"gmail", PROFILE_GMAIL},
        {"gmail-bulk", PROFILE_GMAIL_BULK},
        {"yahoo", PROFILE_YAHOO},
        {"outlook", PROFILE_OUTLOOK},
        {"icloud", PROFILE_ICLOUD},
        {"japan-carriers", PROFILE_JAPAN_CARRIERS},
        {"law-jp", PROFILE_LAW_JP},
        {"law-us", PROFILE_LAW_US},
        {"law-ca", PROFILE_LAW_CA},
        {"law-eu", PROFILE_LAW_EU},
};
static const struct word severity_words[] = {
        {"off", SEVERITY_OFF},
        {"info", SEVERITY_INFO},
        {"warning", SEVERITY_WARNING},
        {"error", SEVERITY_ERROR},
};
static const struct word confidence_words[] = {
        {"certain", CONFIDENCE_CERTAIN},
        {"likely", CONFIDENCE_LIKELY},
        {"opinion", CONFIDENCE_OPINION},
};

static bool word_parse(const struct word *words, size_t n, const char *name, unsigned *out)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(words[i].name, name) == 0) {
			*out = words[i].value;
			return true;
		}
	}
	return false;
}

static const char *word_name(const struct word *words, size_t n, unsigned value)
{
	for (size_t i = 0; i < n; i++)
		if (words[i].value == value)
			return words[i].name;
	return "unknown";
}

const char *stage_name(enum stage stage)
{
	return word_name(stage_words, G_N_ELEMENTS(stage_words), stage);
}

const char *class_name(enum mail_class mail_class)
{
	return word_name(class_words, G_N_ELEMENTS(class_words), mail_class);
}

const char *volume_name(enum volume volume)
{
	return word_name(volume_words, G_N_ELEMENTS(volume_words), volume);
}

const char *profile_name(unsigned profile)
{
	return word_name(profile_words, G_N_ELEMENTS(profile_words), profile);
}

const char *severity_name(enum severity severity)
{
	return word_name(severity_words, G_N_ELEMENTS(severity_words), severity);
}

const char *confidence_name(enum confidence confidence)
{
	return word_name(confidence_words, G_N_ELEMENTS(confidence_words), confidence);
}

bool stage_parse(const char *word, enum stage *out)
{
	unsigned value;
	if (!word_parse(stage_words, G_N_ELEMENTS(stage_words), word, &value))
		return false;
	*out = (enum stage)value;
	return true;
}

bool class_parse(const char *word, enum mail_class *out)
{
	unsigned value;
	if (!word_parse(class_words, G_N_ELEMENTS(class_words), word, &value))
		return false;
	*out = (enum mail_class)value;
	return true;
}

bool volume_parse(const char *word, enum volume *out)
{
	unsigned value;
	if (!word_parse(volume_words, G_N_ELEMENTS(volume_words), word, &value))
		return false;
	*out = (enum volume)value;
	return true;
}

bool profile_parse(const char *word, unsigned *out)
{
	return word_parse(profile_words, G_N_ELEMENTS(profile_words), word, out);
}

bool severity_parse(const char *word, enum severity *out)
{
	unsigned value;
	if (!word_parse(severity_words, G_N_ELEMENTS(severity_words), word, &value))
		return false;
	*out = (enum severity)value;
	return true;
}

bool confidence_parse(const char *word, enum confidence *out)
{
	unsigned value;
	if (!word_parse(confidence_words, G_N_ELEMENTS(confidence_words), word, &value))
		return false;
	*out = (enum confidence)value;
	return true;
}

bool profiles_parse(const char *words, unsigned *out)
{
	char **names = g_strsplit(words, ",", -1);
	unsigned profiles = 0, one;
	bool ok = names[0] != NULL;

	for (char **name = names; ok && *name; name++) {
		ok = profile_parse(*name, &one);
		if (ok)
			profiles |= one;
	}
	g_strfreev(names);
	/* Who sends in bulk must do what every sender to Gmail must. */
	if (profiles & PROFILE_GMAIL_BULK)
		profiles |= PROFILE_GMAIL;
	if (ok)
		*out = profiles;
	return ok;
}

bool lint_options_set(struct lint_options *options, const char *name, const char *value)
{
	if (strcmp(name, "--stage") == 0) {
		if (!stage_parse(value, &options->stage))
			return false;
		options->stage_given = true;
		return true;
	}
	if (strcmp(name, "--class") == 0)
		return class_parse(value, &options->mail_class);
	if (strcmp(name, "--volume") == 0)
		return volume_parse(value, &options->volume);
	if (strcmp(name, "--profile") == 0)
		return profiles_parse(value, &options->profiles);
	if (strcmp(name, "--target-charset") == 0) {
		options->target_jis = g_ascii_strcasecmp(value, "iso-2022-jp") == 0;
		options->target_sjis = g_ascii_strcasecmp(value, "shift_jis") == 0;
		return options->target_jis || options->target_sjis || g_ascii_strcasecmp(value, "utf-8") == 0;
	}
	if (strcmp(name, "--names") == 0) {
		options->names = g_intern_string(value);
		return true;
	}
	if (strcmp(name, "--domains") == 0) {
		options->domains = g_intern_string(value);
		return true;
	}
	if (strcmp(name, "--clients") == 0) {
		options->clients = g_intern_string(value);
		return true;
	}
	if (strcmp(name, "--tags") == 0) {
		options->tags = g_intern_string(value);
		return true;
	}
	if (strcmp(name, "--now") == 0) {
		GDateTime *time = g_date_time_new_from_iso8601(value, NULL);
		if (!time)
			return false;
		options->now = g_date_time_to_unix(time);
		g_date_time_unref(time);
		return true;
	}
	return false;
}

bool lint_options_set_line(struct lint_options *options, const char *line)
{
	char **words = g_strsplit(line, " ", -1);
	bool ok = true;

	for (size_t i = 0; ok && words[i]; i++) {
		if (!*words[i])
			continue;
		ok = words[i + 1] && lint_options_set(options, words[i], words[i + 1]);
		i++;
	}
	g_strfreev(words);
	return ok;
}

enum { NEAREST_MAX_BYTES = 64 };

/* Damerau-Levenshtein distance, restricted form: each pair of neighbours is swapped once at most. Only for words up to
 * NEAREST_MAX_BYTES. */
static unsigned edit_distance(const char *a, size_t n_a, const char *b, size_t n_b)
{
	unsigned row[3][NEAREST_MAX_BYTES + 1];

	for (size_t j = 0; j <= n_b; j++)
		row[0][j] = (unsigned)j;
	for (size_t i = 1; i <= n_a; i++) {
		unsigned *now = row[i % 3], *before = row[(i + 2) % 3], *two_before = row[(i + 1) % 3];
		now[0] = (unsigned)i;
		for (size_t j = 1; j <= n_b; j++) {
			unsigned best = before[j - 1] + (a[i - 1] != b[j - 1]);
			if (before[j] + 1 < best)
				best = before[j] + 1;
			if (now[j - 1] + 1 < best)
				best = now[j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] && two_before[j - 2] + 1 < best)
				best = two_before[j - 2] + 1;
			now[j] = best;
		}
	}
	return row[n_a % 3][n_b];
}

bool word_nearer(const char *word, const char *candidate, unsigned *best)
{
	size_t n_word = strlen(word), n_candidate = strlen(candidate);

	if (n_word > NEAREST_MAX_BYTES || n_candidate > NEAREST_MAX_BYTES)
		return false;
	unsigned distance = edit_distance(word, n_word, candidate, n_candidate);
	/* A third of the word may be wrong: beyond that a suggestion is a guess. */
	if (distance > 1 + n_word / 4 || distance >= n_word || distance >= *best)
		return false;
	*best = distance;
	return true;
}

const char *word_nearest(const char *word, const char *const *candidates)
{
	const char *nearest = NULL;
	unsigned best = G_MAXUINT;

	for (; *candidates; candidates++)
		if (word_nearer(word, *candidates, &best))
			nearest = *candidates;
	return nearest;
}
