/* Choosing mail clients and naming them. */
#include "rule/client.h"

#include <stdlib.h>
#include <string.h>

static const struct client_preset *preset_of(const char *name)
{
	for (size_t i = 0; i < n_builtin_client_presets; i++)
		if (strcmp(builtin_client_presets[i].name, name) == 0)
			return &builtin_client_presets[i];
	return NULL;
}

static int client_of(const char *name)
{
	for (size_t i = 0; i < n_builtin_clients; i++)
		if (strcmp(builtin_clients[i].name, name) == 0)
			return (int)i;
	return -1;
}

/* Weights are kept in hundredths, so that a preset can deal out a small one. */
enum { WEIGHT_SCALE = 100, WEIGHT_MAX = 1000 };

static void choose(struct client_choice *choice, size_t client, unsigned weight)
{
	choice->weights[client] = weight;
	if (weight)
		choice->mask |= (guint64)1 << client;
	else
		choice->mask &= ~((guint64)1 << client);
}

static void choose_preset(struct client_choice *choice, const struct client_preset *preset, long weight)
{
	unsigned sum = 0;

	for (size_t i = 0; i < preset->n; i++)
		sum += preset->weights[i];
	for (size_t i = 0; i < preset->n; i++) {
		unsigned part = preset->weights[i] * WEIGHT_SCALE;
		if (weight >= 0)
			part = (unsigned)((unsigned long)weight * WEIGHT_SCALE * preset->weights[i] / sum);
		choose(choice, preset->clients[i], weight > 0 && !part ? 1 : part);
	}
}

/* "NAME" or "NAME=WEIGHT". */
static bool choose_word(struct client_choice *choice, const char *word)
{
	const char *equals = strchr(word, '=');
	g_autofree char *name = equals ? g_strndup(word, (gsize)(equals - word)) : g_strdup(word);
	const struct client_preset *preset = preset_of(g_strstrip(name));
	int client = client_of(name);
	long weight = -1;

	if (equals) {
		const char *number = equals + 1 + strspn(equals + 1, " ");
		size_t digits = strspn(number, "0123456789");
		weight = digits && digits <= 4 && !number[digits] ? strtol(number, NULL, 10) : -1;
		if (weight < 0 || weight > WEIGHT_MAX)
			return false;
	}
	if (preset)
		choose_preset(choice, preset, weight);
	else if (client >= 0)
		choose(choice, (size_t)client, weight >= 0 ? (unsigned)weight * WEIGHT_SCALE : builtin_clients[client].weight * WEIGHT_SCALE);
	return preset || client >= 0;
}

bool client_choice_parse(const char *words, struct client_choice *out, char **bad)
{
	char **list = g_strsplit(words ? words : "default", ",", -1);
	char *wrong = NULL;

	*out = (struct client_choice){ 0 };
	for (char **word = list; *word && !wrong; word++)
		if (!choose_word(out, g_strstrip(*word)))
			wrong = g_strdup(*word);
	g_strfreev(list);
	for (size_t i = 0; i < n_builtin_clients; i++)
		out->total += out->weights[i];
	if (!wrong && !out->total)
		wrong = g_strdup("");
	bool good = !wrong;
	if (bad)
		*bad = wrong;
	else
		g_free(wrong);
	return good;
}

bool client_word_is_known(const char *word)
{
	struct client_choice choice = { 0 };
	return choose_word(&choice, word);
}

const char *client_suggest(const char *word)
{
	const char *nearest = NULL;
	unsigned best = G_MAXUINT;

	for (size_t i = 0; i < n_builtin_client_presets; i++)
		if (word_nearer(word, builtin_client_presets[i].name, &best))
			nearest = builtin_client_presets[i].name;
	for (size_t i = 0; i < n_builtin_clients; i++)
		if (word_nearer(word, builtin_clients[i].name, &best))
			nearest = builtin_clients[i].name;
	return nearest;
}

unsigned client_share(const struct client_choice *choice, guint64 clients)
{
	unsigned sum = 0;

	for (size_t i = 0; i < n_builtin_clients; i++)
		if (clients >> i & 1)
			sum += choice->weights[i];
	if (!sum)
		return 0;
	unsigned share = (unsigned)(((guint64)sum * 100 + choice->total / 2) / choice->total);
	return share ? share : 1;
}

/* The clients of one family, from its first on. */
static void append_family(GString *out, const struct client_choice *choice, guint64 clients, size_t first)
{
	const char *family = builtin_clients[first].family;
	size_t members = 0, chosen = 0, meant = 0;
	GString *platforms = g_string_new(NULL);

	for (size_t i = 0; i < n_builtin_clients; i++) {
		if (strcmp(builtin_clients[i].family, family) != 0)
			continue;
		members++;
		chosen += choice->mask >> i & 1;
		if (!(clients >> i & 1))
			continue;
		meant++;
		g_string_append_printf(platforms, "%s%s", platforms->len ? ", " : "", builtin_clients[i].platform);
	}
	g_string_append_printf(out, "%s%s", out->len ? ", " : "", family);
	if (members > 1 && !(meant == chosen && chosen > 1))
		g_string_append_printf(out, " (%s)", platforms->str);
	g_string_free(platforms, TRUE);
}

const char *client_list(struct arena *arena, const struct client_choice *choice, guint64 clients)
{
	GString *out = g_string_new(NULL);
	const char *family = "";

	/* The clients of a family stand together. */
	for (size_t i = 0; i < n_builtin_clients; i++) {
		if (!(clients >> i & 1) || strcmp(builtin_clients[i].family, family) == 0)
			continue;
		family = builtin_clients[i].family;
		append_family(out, choice, clients, i);
	}
	const char *copy = arena_copy(arena, span_of(out->str, out->len));
	g_string_free(out, TRUE);
	return copy;
}

static int compare_probe(const struct client_probe *probe, enum client_probe_kind kind, struct span name)
{
	if (probe->kind != kind)
		return probe->kind < kind ? -1 : 1;
	size_t n = strlen(probe->name), common = n < name.n ? n : name.n;
	int order = common ? memcmp(probe->name, name.p, common) : 0;
	return order ? order : n < name.n ? -1 : n > name.n;
}

const struct client_probe *client_probe_find(enum client_probe_kind kind, struct span name)
{
	size_t low = 0, high = n_builtin_client_probes;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (compare_probe(&builtin_client_probes[middle], kind, name) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == n_builtin_client_probes || compare_probe(&builtin_client_probes[low], kind, name) != 0)
		return NULL;
	return &builtin_client_probes[low];
}
