/* Strict reader of what mail clients support: TSV and nodes of YAML to constant tables. Part of the build-machine program, so nothing but GLib may
 * be used here. It never prints. */
#include "rule/client_load.h"

#include <stdlib.h>
#include <string.h>

#include "rule/node.h"

/* The facts: a row for each feature, a column for each client. */
struct facts_table {
	char **columns;        /* names of the clients' columns */
	GPtrArray *rows;       /* char **, feature, title, category, tested, then as columns */
};
enum { FIRST_COLUMN = 4 };

struct client_files {
	struct loader l;
	struct client_tables *tables;
	struct facts_table facts;
	GArray *places;        /* guint, of each client the column of the facts */
	GHashTable *placed;    /* features that stand in features.yaml */
	GHashTable *advised;   /* name of advice to its node */
	GHashTable *used;      /* names of advice that are used */
};

/* --- facts -------------------------------------------------------------------------------------------------------------------- */

static void read_row(struct client_files *f, char *line, int number)
{
	char **cells = g_strsplit(line, "\t", -1);

	if (!f->facts.columns) {
		f->facts.columns = cells;
		return;
	}
	if (g_strv_length(cells) != g_strv_length(f->facts.columns)) {
		refuse(&f->l, number, 1, "%u columns instead of %u", g_strv_length(cells), g_strv_length(f->facts.columns));
		g_strfreev(cells);
		return;
	}
	for (char **cell = cells + FIRST_COLUMN; *cell; cell++)
		if (!strchr("yanu-", **cell) || (*cell)[1 + strspn(*cell + 1, "0123456789,")])
			refuse(&f->l, number, 1, "\"%s\" is no support such as y, a1,3, n, u or -", *cell);
	g_ptr_array_add(f->facts.rows, cells);
}

static void read_facts(struct client_files *f, const char *path)
{
	g_autofree char *text = NULL;
	int number = 0;

	f->l.file = keep(&f->l, path);
	if (!g_file_get_contents(path, &text, NULL, NULL)) {
		refuse(&f->l, 1, 1, "cannot be read");
		return;
	}
	char **lines = g_strsplit(text, "\n", -1);
	for (char **line = lines; *line; line++) {
		number++;
		if (g_str_has_prefix(*line, "# date: "))
			f->tables->date = keep(&f->l, *line + strlen("# date: "));
		else if (**line && **line != '#')
			read_row(f, *line, number);
	}
	g_strfreev(lines);
	if (!f->tables->date || !f->facts.columns || g_strv_length(f->facts.columns) <= FIRST_COLUMN)
		refuse(&f->l, 1, 1, "no date or no columns");
}

static char **row_of(const struct client_files *f, const char *feature)
{
	for (guint i = 0; i < f->facts.rows->len; i++) {
		char **row = g_ptr_array_index(f->facts.rows, i);
		if (strcmp(row[0], feature) == 0)
			return row;
	}
	return NULL;
}

/* --- clients ------------------------------------------------------------------------------------------------------------------ */

static const char *member(struct client_files *f, const struct node *node, const char *key)
{
	const struct node *value = get(node, key);

	if (!value)
		REFUSE(&f->l, node, "\"%s\" is missing", key);
	return value ? line_of(&f->l, value, key) : NULL;
}

static int index_of_client(const struct client_files *f, const char *name)
{
	for (guint i = 0; i < f->tables->clients->len; i++)
		if (strcmp(g_array_index(f->tables->clients, struct client, i).name, name) == 0)
			return (int)i;
	return -1;
}

static void read_client(struct client_files *f, const struct node *node)
{
	static const char *const keys[] = {"name", "column", "family", "platform", "weight", "word", NULL};
	struct client client = {0};
	guint place = FIRST_COLUMN;

	if (!only_keys(&f->l, node, "a client", keys))
		return;
	const char *column = member(f, node, "column");
	client.name = member(f, node, "name");
	client.family = member(f, node, "family");
	client.platform = member(f, node, "platform");
	if (get(node, "weight"))
		client.weight = (unsigned)number_of(&f->l, get(node, "weight"), "weight", 1);
	if (get(node, "word"))
		client.word = boolean_of(&f->l, get(node, "word"), "word");
	if (!column || !client.name || !client.family || !client.platform || !client.weight) {
		REFUSE(&f->l, node, "a client needs name, column, family, platform and weight");
		return;
	}
	while (f->facts.columns[place] && strcmp(f->facts.columns[place], column) != 0)
		place++;
	if (!f->facts.columns[place])
		REFUSE(&f->l, node, "there is no column %s", column);
	if (f->tables->clients->len == MAX_CLIENTS || index_of_client(f, client.name) >= 0)
		REFUSE(&f->l, node, "one client too many: %s", client.name);
	g_array_append_val(f->tables->clients, client);
	g_array_append_val(f->places, place);
}

static void add_preset(struct client_files *f, const char *name, const char *const *members, const struct node *node)
{
	struct loader *l = &f->l;
	size_t n = g_strv_length((char **)members);
	unsigned char *clients = ARENA_ARRAY(l->arena, unsigned char, n + 1);
	unsigned *weights = ARENA_ARRAY(l->arena, unsigned, n + 1);

	for (size_t i = 0; i < n; i++) {
		char **words = g_strsplit(members[i], "=", 2);
		int client = index_of_client(f, words[0]);
		if (client < 0 || (words[1] && atoi(words[1]) < 1))
			REFUSE(l, node, "\"%s\" is no client with or without a weight", members[i]);
		else
			weights[i] = words[1] ? (unsigned)atoi(words[1]) : g_array_index(f->tables->clients, struct client, client).weight;
		clients[i] = (unsigned char)client;
		g_strfreev(words);
	}
	if (index_of_client(f, name) >= 0)
		REFUSE(l, node, "a client has the name %s", name);
	struct client_preset preset = {name, clients, weights, n};
	g_array_append_val(f->tables->presets, preset);
}

static void read_preset(struct client_files *f, const struct node *node)
{
	static const char *const keys[] = {"name", "clients", NULL};

	if (!only_keys(&f->l, node, "a preset", keys))
		return;
	const char *name = member(f, node, "name");
	const struct node *members = get(node, "clients");
	const char *const *names = members ? strings_of(&f->l, members, "clients", false) : NULL;
	if (name && names)
		add_preset(f, name, names, node);
	else
		REFUSE(&f->l, node, "a preset needs name and clients");
}

static void read_clients(struct client_files *f, const char *path)
{
	static const char *const keys[] = {"clients", "presets", NULL};

	f->l.file = keep(&f->l, path);
	struct node *root = read_tree(&f->l, path);
	if (!root || !only_keys(&f->l, root, "the file", keys) || !f->facts.columns)
		return;
	for (const struct node *node = get(root, "clients") ? get(root, "clients")->children : NULL; node; node = node->next)
		read_client(f, node);
	for (const struct node *node = get(root, "presets") ? get(root, "presets")->children : NULL; node; node = node->next)
		read_preset(f, node);
	guint n = f->tables->clients->len;
	const char **all = ARENA_ARRAY(f->l.arena, const char *, n + 1);
	for (guint i = 0; i < n; i++)
		all[i] = g_array_index(f->tables->clients, struct client, i).name;
	add_preset(f, "all", all, root);
}

/* --- features ----------------------------------------------------------------------------------------------------------------- */

static const char *const *keep_words(struct loader *l, char **words)
{
	guint n = g_strv_length(words);
	const char **out = ARENA_ARRAY(l->arena, const char *, n + 1);

	for (guint i = 0; i < n; i++)
		out[i] = keep(l, words[i]);
	return out;
}

static void add_probe(struct client_files *f, struct client_probe probe, const char *name)
{
	probe.name = keep(&f->l, name);
	probe.feature = f->tables->features->len;
	g_array_append_val(f->tables->probes, probe);
}

/* "property NAME", "property NAME = WORD...", "property NAME < NUMBER", "property NAME & url" */
static bool read_property(struct client_files *f, char **words)
{
	struct client_probe probe = {.kind = PROBE_PROPERTY};
	guint n = g_strv_length(words);

	if (n > 2 && n < 4)
		return false;
	if (n > 2) {
		const char *sign = words[2];
		probe.test = strcmp(sign, "=") == 0 ? TEST_WORDS : strcmp(sign, "<") == 0 ? TEST_BELOW : strcmp(sign, "&") == 0 ? TEST_URL : TEST_ANY;
		if (probe.test == TEST_ANY || (probe.test == TEST_URL && strcmp(words[3], "url") != 0))
			return false;
		probe.values = keep_words(&f->l, words + 3);
	}
	add_probe(f, probe, words[1]);
	return n > 1;
}

/* "attribute NAME", "attribute NAME of ELEMENT", "attribute NAME of ELEMENT = WORD..." */
static bool read_attribute(struct client_files *f, char **words)
{
	struct client_probe probe = {.kind = PROBE_ATTRIBUTE};
	guint n = g_strv_length(words);

	if (n > 2) {
		if (n < 4 || strcmp(words[2], "of") != 0 || (n > 4 && (n < 6 || strcmp(words[4], "=") != 0)))
			return false;
		probe.element = keep(&f->l, words[3]);
	}
	if (n > 4) {
		probe.test = TEST_WORDS;
		probe.values = keep_words(&f->l, words + 5);
	}
	add_probe(f, probe, words[1]);
	return true;
}

static bool read_detect(struct client_files *f, char **words)
{
	static const struct {
		const char *word;
		enum client_probe_kind kind;
	} named[] = {{"element", PROBE_ELEMENT}, {"image", PROBE_IMAGE}, {"function", PROBE_FUNCTION}, {"unit", PROBE_UNIT}, {"value", PROBE_VALUE},
	        {"at", PROBE_AT_RULE}, {"media", PROBE_MEDIA}, {"pseudo-class", PROBE_PSEUDO_CLASS}, {"pseudo-element", PROBE_PSEUDO_ELEMENT},
	        {"combinator", PROBE_COMBINATOR}};
	g_autofree char *whole = g_strjoinv(" ", words);

	if (strcmp(whole, "href #") == 0 || strcmp(whole, "attribute selector") == 0 || strcmp(whole, "chained classes") == 0 ||
	        strcmp(whole, "nesting") == 0) {
		enum client_probe_kind kind = *whole == 'h'   ? PROBE_HREF
		                              : *whole == 'a' ? PROBE_ATTRIBUTE_SELECTOR
		                              : *whole == 'c' ? PROBE_CHAINED_CLASSES
		                                              : PROBE_NESTING;
		add_probe(f, (struct client_probe){.kind = kind}, "");
		return true;
	}
	if (!words[0] || !words[1])
		return false;
	if (strcmp(words[0], "property") == 0)
		return read_property(f, words);
	if (strcmp(words[0], "attribute") == 0)
		return read_attribute(f, words);
	for (size_t i = 0; i < G_N_ELEMENTS(named); i++) {
		if (strcmp(named[i].word, words[0]) != 0)
			continue;
		for (char **name = words + 1; *name; name++)
			add_probe(f, (struct client_probe){.kind = named[i].kind}, *name);
		return true;
	}
	return false;
}

static bool read_fallback(struct client_files *f, char **words, struct client_fallback *out)
{
	static const struct {
		const char *word;
		enum client_fallback_kind kind;
	} alone[] = {{"colour", FALLBACK_COLOUR}, {"empty", FALLBACK_EMPTY}, {"last", FALLBACK_LAST}},
	  named[] = {{"attribute", FALLBACK_ATTRIBUTE}, {"element", FALLBACK_ELEMENT}, {"inside", FALLBACK_INSIDE}, {"property", FALLBACK_PROPERTY}};
	guint n = g_strv_length(words);

	*out = (struct client_fallback){0};
	for (size_t i = 0; n == 1 && i < G_N_ELEMENTS(alone); i++) {
		out->kind = alone[i].kind;
		if (strcmp(alone[i].word, words[0]) == 0)
			return true;
	}
	if (n == 2 && strcmp(words[0], "text") == 0 && strcmp(words[1], "inside") == 0) {
		out->kind = FALLBACK_TEXT;
		return true;
	}
	if (n == 2 && strcmp(words[0], "mso") == 0) {
		out->kind = FALLBACK_MSO;
		out->name = strcmp(words[1], "table") == 0 ? "<table" : strcmp(words[1], "vml") == 0 ? "<v:" : strcmp(words[1], "any") == 0 ? "<" : NULL;
		return out->name != NULL;
	}
	for (size_t i = 0; i < G_N_ELEMENTS(named); i++) {
		if (n < 2 || strcmp(named[i].word, words[0]) != 0)
			continue;
		out->kind = named[i].kind;
		out->name = keep(&f->l, words[1]);
		if (n == 4 && out->kind == FALLBACK_PROPERTY && strcmp(words[2], "=") == 0)
			out->value = keep(&f->l, words[3]);
		return n == 2 || out->value;
	}
	return false;
}

static void read_detects(struct client_files *f, const struct node *node)
{
	const char *const *lines = node ? strings_of(&f->l, node, "detect", false) : NULL;

	for (const char *const *line = lines; line && *line; line++) {
		char **words = g_strsplit(*line, " ", -1);
		if (!read_detect(f, words))
			REFUSE(&f->l, node, "\"%s\" is no way to detect a feature", *line);
		g_strfreev(words);
	}
}

static void read_fallbacks(struct client_files *f, const struct node *node, struct client_feature *feature)
{
	const char *const *lines = node ? strings_of(&f->l, node, "fallback", false) : NULL;
	size_t n = lines ? g_strv_length((char **)lines) : 0;
	struct client_fallback *out = ARENA_ARRAY(f->l.arena, struct client_fallback, n + 1);

	for (size_t i = 0; i < n; i++) {
		char **words = g_strsplit(lines[i], " ", -1);
		if (!read_fallback(f, words, &out[i]))
			REFUSE(&f->l, node, "\"%s\" is no fallback", lines[i]);
		g_strfreev(words);
	}
	feature->fallbacks = out;
	feature->n_fallbacks = n;
}

static void read_advice(struct client_files *f, const char *name, const struct node *node, struct client_feature *feature)
{
	static const char *const keys[] = {"name", "en", "ja", NULL};
	const struct node *advice = g_hash_table_lookup(f->advised, name);

	if (!advice) {
		REFUSE(&f->l, node, "there is no advice \"%s\"", name);
		return;
	}
	g_hash_table_add(f->used, (gpointer)name);
	if (!only_keys(&f->l, advice, "advice", keys))
		return;
	feature->advice.text[LANGUAGE_EN] = member(f, advice, "en");
	feature->advice.text[LANGUAGE_JA] = member(f, advice, "ja");
}

/* The row of a feature, which may stand in one place only; NULL after a refusal. */
static char **place(struct client_files *f, const struct node *node, const char *slug)
{
	char **row = slug ? row_of(f, slug) : NULL;

	if (!row)
		REFUSE(&f->l, node, "support.tsv has no such feature");
	else if (!g_hash_table_add(f->placed, (gpointer)slug))
		REFUSE(&f->l, node, "%s stands twice", slug);
	return row;
}

static void read_support(struct client_files *f, char **row, struct client_feature *feature)
{
	feature->title = keep(&f->l, row[1]);
	feature->tested = keep(&f->l, row[3]);
	for (guint i = 0; i < f->places->len; i++) {
		char support = row[g_array_index(f->places, guint, i)][0];
		if (support == 'n')
			feature->unsupported |= (guint64)1 << i;
		else if (support == 'u' || support == '-')
			feature->unknown |= (guint64)1 << i;
	}
}

static void read_feature(struct client_files *f, const struct node *node)
{
	static const char *const keys[] = {"feature", "grade", "detect", "fallback", "advice", "hit", "miss", NULL};
	static const char *const grades[] = {"content", "layout", "degraded", "cosmetic", NULL};
	struct client_feature feature = {0};
	int grade = 0;

	if (!only_keys(&f->l, node, "a feature", keys))
		return;
	feature.slug = member(f, node, "feature");
	char **row = place(f, node, feature.slug);
	const char *grade_word = member(f, node, "grade"), *advice = member(f, node, "advice");
	if (!row || !grade_word || !advice || !get(node, "detect") || !get(node, "hit") || !get(node, "miss")) {
		REFUSE(&f->l, node, "a feature needs feature, grade, detect, advice, hit and miss");
		return;
	}
	while (grades[grade] && strcmp(grades[grade], grade_word) != 0)
		grade++;
	if (!grades[grade])
		REFUSE(&f->l, node, "grade must be content, layout, degraded or cosmetic");
	feature.grade = (enum client_grade)grade;
	feature.hit = content_of(&f->l, get(node, "hit"), "hit", false);
	feature.miss = content_of(&f->l, get(node, "miss"), "miss", false);
	read_support(f, row, &feature);
	read_advice(f, advice, node, &feature);
	read_fallbacks(f, get(node, "fallback"), &feature);
	read_detects(f, get(node, "detect"));
	g_array_append_val(f->tables->features, feature);
}

static void read_elsewhere(struct client_files *f, const struct node *node)
{
	static const char *const keys[] = {"feature", "rule", NULL};

	if (!only_keys(&f->l, node, "an entry", keys))
		return;
	place(f, node, member(f, node, "feature"));
	member(f, node, "rule");
}

static const struct node *first_of(const struct node *root, const char *key)
{
	const struct node *list = get(root, key);
	return list ? list->children : NULL;
}

static void check_complete(struct client_files *f, const struct node *root)
{
	for (guint i = 0; i < f->facts.rows->len; i++) {
		char **row = g_ptr_array_index(f->facts.rows, i);
		if (!g_hash_table_contains(f->placed, row[0]))
			REFUSE(&f->l, root, "%s of support.tsv stands nowhere: give it a grade, or name it under elsewhere or ordinary", row[0]);
	}
	for (const struct node *node = first_of(root, "advice"); node; node = node->next)
		if (get(node, "name") && !g_hash_table_contains(f->used, get(node, "name")->text))
			REFUSE(&f->l, node, "nothing uses this advice");
}

static void read_features(struct client_files *f, const char *path)
{
	static const char *const keys[] = {"advice", "features", "elsewhere", "ordinary", NULL};

	f->l.file = keep(&f->l, path);
	struct node *root = read_tree(&f->l, path);
	if (!root || !only_keys(&f->l, root, "the file", keys))
		return;
	for (const struct node *node = first_of(root, "advice"); node; node = node->next)
		if (member(f, node, "name"))
			g_hash_table_insert(f->advised, (gpointer)get(node, "name")->text, (gpointer)node);
	for (const struct node *node = first_of(root, "features"); node; node = node->next)
		read_feature(f, node);
	for (const struct node *node = first_of(root, "elsewhere"); node; node = node->next)
		read_elsewhere(f, node);
	for (const struct node *node = first_of(root, "ordinary"); node; node = node->next)
		place(f, node, line_of(&f->l, node, "a feature"));
	check_complete(f, root);
}

static int compare_probes(const void *a, const void *b)
{
	const struct client_probe *x = a, *y = b;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	int order = strcmp(x->name, y->name);
	return order ? order : (x->feature > y->feature) - (x->feature < y->feature);
}

struct client_tables client_load_folder(struct arena *arena, const char *folder, GPtrArray *errors)
{
	struct client_tables tables = {.clients = g_array_new(FALSE, TRUE, sizeof(struct client)),
	        .presets = g_array_new(FALSE, TRUE, sizeof(struct client_preset)),
	        .features = g_array_new(FALSE, TRUE, sizeof(struct client_feature)),
	        .probes = g_array_new(FALSE, TRUE, sizeof(struct client_probe))};
	struct client_files f = {.l = {.arena = arena, .errors = errors},
	        .tables = &tables,
	        .facts.rows = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev),
	        .places = g_array_new(FALSE, TRUE, sizeof(guint)),
	        .placed = g_hash_table_new(g_str_hash, g_str_equal),
	        .advised = g_hash_table_new(g_str_hash, g_str_equal),
	        .used = g_hash_table_new(g_str_hash, g_str_equal)};
	static const struct {
		const char *name;
		void (*read)(struct client_files *f, const char *path);
	} files[] = {{"support.tsv", read_facts}, {"clients.yaml", read_clients}, {"features.yaml", read_features}};

	for (size_t i = 0; i < G_N_ELEMENTS(files) && errors->len == 0; i++) {
		g_autofree char *path = g_build_filename(folder, files[i].name, NULL);
		files[i].read(&f, path);
	}
	g_array_sort(tables.probes, compare_probes);
	g_strfreev(f.facts.columns);
	g_ptr_array_unref(f.facts.rows);
	g_array_free(f.places, TRUE);
	g_hash_table_unref(f.placed);
	g_hash_table_unref(f.advised);
	g_hash_table_unref(f.used);
	return tables;
}

void client_tables_release(struct client_tables *tables)
{
	g_array_free(tables->clients, TRUE);
	g_array_free(tables->presets, TRUE);
	g_array_free(tables->features, TRUE);
	g_array_free(tables->probes, TRUE);
}
