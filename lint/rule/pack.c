/* Role: packs rules, and unpacks them. What a structure holds stands in one table, which both read.
 * May not: know files; trust a pack that is not ours. */
#include "rule/pack.h"

#include <string.h>

#include "base/limits.h"
#include "rule/rule_load.h"

enum kind {
	TEXT,   /* const char * */
	NUMBER, /* int, unsigned or an enum */
	FLAG,   /* bool */
	WORDS,  /* NULL-terminated array of strings */
	ROWS,   /* array of structures and their number */
	LATER,  /* the same, unpacked by rule_examples() only */
	ONE,    /* pointer to a structure */
	MANY,   /* NULL-terminated array of them */
	LISTS,  /* lists of facts, by name */
	LINES   /* the lines of a list of facts */
};

struct type;

struct field {
	const char *name;
	enum kind kind;
	size_t at, n_at;         /* in the structure; of ROWS, where their number is */
	bool must;               /* TEXT, WORDS, ROWS: never NULL */
	int least, most;         /* NUMBER */
	const struct type *type; /* ROWS, LATER, ONE, MANY */
};

struct type {
	size_t size;
	const struct field *fields;
	size_t n_fields;
};

#define TEXT_OF(s, f) {.name = #f, .kind = TEXT, .at = offsetof(struct s, f)}
#define MUST_TEXT(s, f) {.name = #f, .kind = TEXT, .at = offsetof(struct s, f), .must = true}
#define BOTH_TEXTS(s, f) MUST_TEXT(s, f.text[LANGUAGE_EN]), MUST_TEXT(s, f.text[LANGUAGE_JA])
#define NUMBER_OF(s, f, low, high) {.name = #f, .kind = NUMBER, .at = offsetof(struct s, f), .least = (low), .most = (high)}
#define FLAG_OF(s, f) {.name = #f, .kind = FLAG, .at = offsetof(struct s, f)}
#define WORDS_OF(s, f) {.name = #f, .kind = WORDS, .at = offsetof(struct s, f)}
#define ROWS_OF(s, f, t) {.name = #f, .kind = ROWS, .at = offsetof(struct s, f), .n_at = offsetof(struct s, n_##f), .type = &(t)}
#define TYPE(s, f) {sizeof(struct s), f, G_N_ELEMENTS(f)}

static const struct field message_fields[] = {MUST_TEXT(rule_message, case_name), BOTH_TEXTS(rule_message, text)};
static const struct type message_type = TYPE(rule_message, message_fields);

static const struct field fix_fields[] = {MUST_TEXT(rule_fix, case_name), FLAG_OF(rule_fix, safe), BOTH_TEXTS(rule_fix, text)};
static const struct type fix_type = TYPE(rule_fix, fix_fields);

static const struct field condition_fields[] = {
        NUMBER_OF(rule_condition, stages, 0, G_MAXINT), NUMBER_OF(rule_condition, classes, 0, G_MAXINT),
        NUMBER_OF(rule_condition, volumes, 0, G_MAXINT), NUMBER_OF(rule_condition, profiles, 0, G_MAXINT),
        NUMBER_OF(rule_condition, target_jis, -1, 1), WORDS_OF(rule_condition, fields), WORDS_OF(rule_condition, cases),
        WORDS_OF(rule_condition, added), NUMBER_OF(rule_condition, severity, -1, SEVERITY_ERROR), WORDS_OF(rule_condition, requirements)};
static const struct type condition_type = TYPE(rule_condition, condition_fields);

static const struct field source_fields[] = {
        MUST_TEXT(rule_source, name), TEXT_OF(rule_source, section), TEXT_OF(rule_source, url), TEXT_OF(rule_source, date)};
static const struct type source_type = TYPE(rule_source, source_fields);

static const struct field setting_fields[] = {MUST_TEXT(rule_setting, key), TEXT_OF(rule_setting, value), WORDS_OF(rule_setting, list),
        {.name = "data", .kind = LISTS, .at = offsetof(struct rule_setting, data)}};
static const struct type setting_type = TYPE(rule_setting, setting_fields);

static const struct field phrase_fields[] = {NUMBER_OF(rule_phrase, strength, 0, PHRASE_STRONG), MUST_TEXT(rule_phrase, hit),
        MUST_TEXT(rule_phrase, miss), TEXT_OF(rule_phrase, note), FLAG_OF(rule_phrase, subject), FLAG_OF(rule_phrase, shop),
        NUMBER_OF(rule_phrase, line, 0, G_MAXINT)};
static const struct type phrase_type = TYPE(rule_phrase, phrase_fields);

static const struct type match_type;
static const struct field match_fields[] = {NUMBER_OF(rule_match, kind, 0, MATCH_WITHIN), NUMBER_OF(rule_match, target, 0, TARGET_FILE_NAME),
        TEXT_OF(rule_match, header), NUMBER_OF(rule_match, form, 0, FORM_MASKS), NUMBER_OF(rule_match, border, 0, BORDER_WORD),
        WORDS_OF(rule_match, phrases), WORDS_OF(rule_match, except), TEXT_OF(rule_match, regex),
        {.name = "children", .kind = MANY, .at = offsetof(struct rule_match, children), .type = &match_type},
        NUMBER_OF(rule_match, min, 0, G_MAXINT), NUMBER_OF(rule_match, max, G_MININT, G_MAXINT), FLAG_OF(rule_match, distinct),
        NUMBER_OF(rule_match, distance, 0, G_MAXINT)};
static const struct type match_type = TYPE(rule_match, match_fields);

static const struct field example_fields[] = {FLAG_OF(rule_example, fail), TEXT_OF(rule_example, name), MUST_TEXT(rule_example, kind),
        TEXT_OF(rule_example, content), TEXT_OF(rule_example, file_name), TEXT_OF(rule_example, data), TEXT_OF(rule_example, repeat_line),
        NUMBER_OF(rule_example, repeat_times, 0, G_MAXINT), WORDS_OF(rule_example, parts), NUMBER_OF(rule_example, line, 0, G_MAXINT),
        TEXT_OF(rule_example, hit), TEXT_OF(rule_example, excerpt), TEXT_OF(rule_example, severity), TEXT_OF(rule_example, options),
        WORDS_OF(rule_example, requirements), TEXT_OF(rule_example, fixed), TEXT_OF(rule_example, fix),
        NUMBER_OF(rule_example, count, 0, G_MAXINT)};
static const struct type example_type = TYPE(rule_example, example_fields);

static const struct field rule_fields[] = {MUST_TEXT(rule, id), MUST_TEXT(rule, area), MUST_TEXT(rule, file),
        {.name = "requirements", .kind = WORDS, .at = offsetof(struct rule, requirements), .must = true},
        NUMBER_OF(rule, severity, 0, SEVERITY_ERROR), NUMBER_OF(rule, confidence, 0, CONFIDENCE_OPINION),
        ROWS_OF(rule, conditions, condition_type), BOTH_TEXTS(rule, title), BOTH_TEXTS(rule, why), BOTH_TEXTS(rule, help),
        {.name = "messages", .kind = ROWS, .at = offsetof(struct rule, messages), .n_at = offsetof(struct rule, n_messages), .must = true,
                .type = &message_type},
        ROWS_OF(rule, fixes, fix_type), ROWS_OF(rule, sources, source_type), TEXT_OF(rule, smtp_reply), WORDS_OF(rule, supersedes),
        TEXT_OF(rule, check), ROWS_OF(rule, settings, setting_type),
        {.name = "match", .kind = ONE, .at = offsetof(struct rule, match), .type = &match_type}, ROWS_OF(rule, phrases, phrase_type),
        {.name = "examples", .kind = LATER, .at = offsetof(struct rule, packed_examples), .n_at = offsetof(struct rule, n_examples),
                .type = &example_type},
        FLAG_OF(rule, several_messages), FLAG_OF(rule, skips_quoted), FLAG_OF(rule, default_off)};
static const struct type rule_type = TYPE(rule, rule_fields);

static const struct field list_fields[] = {MUST_TEXT(data_list, name), MUST_TEXT(data_list, title), MUST_TEXT(data_list, title_ja),
        TEXT_OF(data_list, date), FLAG_OF(data_list, is_table), {.name = "lines", .kind = LINES}};
static const struct type list_type = TYPE(data_list, list_fields);

static const struct type *const all_types[] = {&rule_type, &message_type, &fix_type, &condition_type, &source_type, &setting_type,
        &phrase_type, &match_type, &example_type, &list_type};

G_STATIC_ASSERT(sizeof(enum severity) == sizeof(int) && sizeof(enum match_kind) == sizeof(int) && sizeof(enum confidence) == sizeof(int));

/* Words that a field takes. */
static size_t width_of(enum kind kind)
{
	return kind == LINES ? 3 : kind == ROWS || kind == LATER ? 2 : 1;
}

static size_t words_of(const struct type *type)
{
	size_t n = 0;

	for (size_t i = 0; i < type->n_fields; i++)
		n += width_of(type->fields[i].kind);
	return n;
}

uint32_t rule_pack_schema(void)
{
	uint32_t hash = 2166136261u; /* FNV-1a */

	for (size_t i = 0; i < G_N_ELEMENTS(all_types); i++) {
		for (size_t k = 0; k < all_types[i]->n_fields; k++) {
			const struct field *field = &all_types[i]->fields[k];
			for (const char *p = field->name; *p; p++)
				hash = (hash ^ (unsigned char)*p) * 16777619u;
			hash = (hash ^ (uint32_t)field->kind) * 16777619u;
			hash = (hash ^ (uint32_t)field->most) * 16777619u;
		}
	}
	return hash;
}

/* --- writing ------------------------------------------------------------------------------------------------------------------ */

struct writer {
	GArray *words;
	GString *text;
	GHashTable *strings;  /* char * to where it stands in text */
	GHashTable *examples; /* of a rule, to where its examples stand in words */
};

static uint32_t put_words(struct writer *w, const uint32_t *words, size_t n)
{
	uint32_t at = w->words->len;

	g_array_append_vals(w->words, words, (guint)n);
	return at;
}

/* 0 stands for NULL, of texts as of arrays. */
static uint32_t put_text(struct writer *w, const char *text)
{
	if (!text)
		return 0;
	uint32_t at = GPOINTER_TO_UINT(g_hash_table_lookup(w->strings, text));
	if (!at) {
		at = (uint32_t)w->text->len;
		g_string_append_len(w->text, text, (gssize)strlen(text) + 1);
		g_hash_table_insert(w->strings, (gpointer)text, GUINT_TO_POINTER(at));
	}
	return at;
}

/* The number of strings, then the strings. */
static uint32_t put_strings(struct writer *w, const char *const *strings)
{
	if (!strings)
		return 0;
	GArray *row = g_array_new(FALSE, FALSE, sizeof(uint32_t));
	uint32_t n = g_strv_length((char **)strings);
	g_array_append_val(row, n);
	for (; *strings; strings++) {
		uint32_t text = put_text(w, *strings);
		g_array_append_val(row, text);
	}
	uint32_t at = put_words(w, (const uint32_t *)row->data, row->len);
	g_array_free(row, TRUE);
	return at;
}

static uint32_t put_list_names(struct writer *w, const struct data_list *const *lists)
{
	if (!lists)
		return 0;
	GPtrArray *names = g_ptr_array_new();
	for (; *lists; lists++)
		g_ptr_array_add(names, (gpointer)(*lists)->name);
	g_ptr_array_add(names, NULL);
	uint32_t at = put_strings(w, (const char *const *)names->pdata);
	g_ptr_array_free(names, TRUE);
	return at;
}

static void put_lines(struct writer *w, const struct data_list *list, uint32_t out[3])
{
	out[0] = (uint32_t)w->text->len;
	g_string_append_len(w->text, list->text, list->starts[list->n]);
	out[1] = put_words(w, list->starts, list->n + 1);
	out[2] = (uint32_t)list->n;
}

static uint32_t put_rows(struct writer *w, const struct type *type, const char *rows, size_t n);

static uint32_t put_many(struct writer *w, const struct type *type, const char *const *structures)
{
	if (!structures)
		return 0;
	GArray *row = g_array_new(FALSE, TRUE, sizeof(uint32_t));
	g_array_set_size(row, 1);
	for (; *structures; structures++) {
		uint32_t at = put_rows(w, type, *structures, 1);
		g_array_append_val(row, at);
		g_array_index(row, uint32_t, 0)++;
	}
	uint32_t at = put_words(w, (const uint32_t *)row->data, row->len);
	g_array_free(row, TRUE);
	return at;
}

#define POINTER_AT(type, at) (*(type *)(at)) /* what lies at a place of a structure */

static void put_structure(struct writer *w, const struct type *type, const char *structure, uint32_t *out)
{
	for (size_t i = 0; i < type->n_fields; out += width_of(type->fields[i++].kind)) {
		const struct field *field = &type->fields[i];
		const char *at = structure + field->at;
		switch (field->kind) {
		case TEXT:
			*out = put_text(w, POINTER_AT(const char *const, at));
			break;
		case NUMBER:
			*out = POINTER_AT(const uint32_t, at);
			break;
		case FLAG:
			*out = POINTER_AT(const bool, at);
			break;
		case WORDS:
			*out = put_strings(w, POINTER_AT(const char *const *const, at));
			break;
		case LISTS:
			*out = put_list_names(w, POINTER_AT(const struct data_list *const *const, at));
			break;
		case LINES:
			put_lines(w, (const struct data_list *)structure, out);
			break;
		case ROWS:
			out[1] = (uint32_t)POINTER_AT(const size_t, structure + field->n_at);
			out[0] = put_rows(w, field->type, POINTER_AT(const char *const, at), out[1]);
			break;
		case LATER:
			out[0] = GPOINTER_TO_UINT(g_hash_table_lookup(w->examples, structure));
			out[1] = (uint32_t)POINTER_AT(const size_t, structure + field->n_at);
			break;
		case ONE:
			*out = POINTER_AT(const char *const, at) ? put_rows(w, field->type, POINTER_AT(const char *const, at), 1) : 0;
			break;
		case MANY:
			*out = put_many(w, field->type, POINTER_AT(const char *const *const, at));
			break;
		}
	}
}

/* What a structure points to stands in front of it. */
static uint32_t put_rows(struct writer *w, const struct type *type, const char *rows, size_t n)
{
	size_t width = words_of(type);
	uint32_t *words = g_new0(uint32_t, n * width + 1);

	if (!n) {
		g_free(words);
		return 0;
	}
	for (size_t i = 0; i < n; i++)
		put_structure(w, type, rows + i * type->size, words + i * width);
	uint32_t at = put_words(w, words, n * width);
	g_free(words);
	return at;
}

/* Structures that do not lie side by side, as if they did. */
static uint32_t put_all(struct writer *w, const struct type *type, const void *const *structures, size_t n)
{
	size_t width = words_of(type);
	uint32_t *words = g_new0(uint32_t, n * width + 1);

	for (size_t i = 0; i < n; i++)
		put_structure(w, type, structures[i], words + i * width);
	uint32_t at = n ? put_words(w, words, n * width) : 0;
	g_free(words);
	return at;
}

struct packed rule_pack_write(const struct rule_set *rules, const struct data_set *lists)
{
	struct writer w = {g_array_new(FALSE, FALSE, sizeof(uint32_t)), g_string_new(NULL), g_hash_table_new(g_str_hash, g_str_equal),
	        g_hash_table_new(NULL, NULL)};
	const uint32_t nothing = 0;

	/* So that nothing stands at 0. */
	put_words(&w, &nothing, 1);
	g_string_append_c(w.text, '\0');
	/* Examples in front and by themselves: what a run needs lies close together. */
	for (size_t i = 0; i < rules->n; i++) {
		const struct rule *rule = rules->rules[i];
		uint32_t at = put_rows(&w, &example_type, (const char *)rule->examples, rule->n_examples);
		g_hash_table_insert(w.examples, (gpointer)rule, GUINT_TO_POINTER(at));
	}
	struct packed packed = {.words = w.words, .text = w.text};
	packed.lists = put_all(&w, &list_type, (const void *const *)lists->lists, lists->n);
	packed.rules = put_all(&w, &rule_type, (const void *const *)rules->rules, rules->n);
	g_hash_table_destroy(w.strings);
	g_hash_table_destroy(w.examples);
	return packed;
}

/* --- reading ------------------------------------------------------------------------------------------------------------------ */

enum { DEEPEST = LIMIT_YAML_DEPTH + 4 };

struct reader {
	struct arena *arena;
	const struct rule_pack *pack;
	const struct data_set *own, *lists;
	size_t unread;       /* words that may still be read: a pack whose parts share others would be larger than it is */
	int depth;
	bool broken;
	const char *missing; /* the name of a list that is nowhere */
};

/* n words at a place; NULL where there are not so many. */
static const uint32_t *take_words(struct reader *r, uint32_t at, size_t n)
{
	if (r->broken || at > r->pack->n_words || n > r->pack->n_words - at || n > r->unread) {
		r->broken = true;
		return NULL;
	}
	r->unread -= n;
	return r->pack->words + at;
}

static const char *take_text(struct reader *r, uint32_t at)
{
	if (!at)
		return NULL;
	/* The last byte of the block is a NUL. */
	if (at >= r->pack->n_text || (!r->pack->trusted && !g_utf8_validate(r->pack->text + at, -1, NULL))) {
		r->broken = true;
		return NULL;
	}
	return r->pack->text + at;
}

static const char *const *take_strings(struct reader *r, uint32_t at)
{
	const uint32_t *n = at ? take_words(r, at, 1) : NULL;
	const uint32_t *words = n ? take_words(r, at + 1, *n) : NULL;

	if (!words)
		return NULL;
	const char **strings = ARENA_ARRAY(r->arena, const char *, (size_t)*n + 1);
	for (uint32_t i = 0; i < *n; i++)
		if (!(strings[i] = take_text(r, words[i])))
			r->broken = true;
	return strings;
}

static const struct data_list *const *take_lists(struct reader *r, uint32_t at)
{
	const char *const *names = take_strings(r, at);

	if (!names || r->broken)
		return NULL;
	const struct data_list **lists = ARENA_ARRAY(r->arena, const struct data_list *, g_strv_length((char **)names) + 1);
	for (size_t i = 0; names[i]; i++) {
		lists[i] = data_set_find(r->own, names[i]);
		if (!lists[i])
			lists[i] = data_set_find(r->lists, names[i]);
		if (!lists[i]) {
			r->missing = names[i];
			r->broken = true;
			return NULL;
		}
	}
	return lists;
}

static void take_lines(struct reader *r, const uint32_t in[3], struct data_list *list)
{
	const uint32_t *starts = take_words(r, in[1], (size_t)in[2] + 1);

	if (!starts || in[0] >= r->pack->n_text || starts[0] != 0 || starts[in[2]] > r->pack->n_text - in[0]) {
		r->broken = true;
		return;
	}
	list->text = r->pack->text + in[0];
	list->starts = starts;
	list->n = in[2];
	for (size_t i = 0; i < list->n && !r->broken; i++)
		r->broken = starts[i] >= starts[i + 1] || list->text[starts[i + 1] - 1] != '\0' || !g_utf8_validate(list->text + starts[i], -1, NULL);
}

static void *take_rows(struct reader *r, const struct type *type, uint32_t at, uint32_t n);

static const void *const *take_many(struct reader *r, const struct type *type, uint32_t at)
{
	const uint32_t *n = at ? take_words(r, at, 1) : NULL;
	const uint32_t *words = n ? take_words(r, at + 1, *n) : NULL;

	if (!words)
		return NULL;
	const void **structures = ARENA_ARRAY(r->arena, const void *, (size_t)*n + 1);
	for (uint32_t i = 0; i < *n; i++)
		if (!(structures[i] = take_rows(r, type, words[i], 1)))
			r->broken = true;
	return structures;
}

static void take_field(struct reader *r, const struct field *field, const uint32_t *in, char *structure)
{
	char *at = structure + field->at;
	int number;

	switch (field->kind) {
	case TEXT:
		POINTER_AT(const char *, at) = take_text(r, *in);
		r->broken = r->broken || (field->must && !*in);
		break;
	case NUMBER:
		memcpy(&number, in, sizeof number);
		POINTER_AT(int, at) = number;
		r->broken = r->broken || number < field->least || number > field->most;
		break;
	case FLAG:
		POINTER_AT(bool, at) = *in != 0;
		break;
	case WORDS:
		POINTER_AT(const char *const *, at) = take_strings(r, *in);
		r->broken = r->broken || (field->must && !*in);
		break;
	case LISTS:
		POINTER_AT(const struct data_list *const *, at) = take_lists(r, *in);
		break;
	case LINES:
		take_lines(r, in, (struct data_list *)structure);
		break;
	case ROWS:
		POINTER_AT(void *, at) = in[1] ? take_rows(r, field->type, in[0], in[1]) : NULL;
		POINTER_AT(size_t, structure + field->n_at) = in[1];
		r->broken = r->broken || (field->must && !in[1]);
		break;
	case LATER:
		POINTER_AT(uint32_t, at) = in[0];
		POINTER_AT(size_t, structure + field->n_at) = in[1];
		break;
	case ONE:
		POINTER_AT(void *, at) = *in ? take_rows(r, field->type, *in, 1) : NULL;
		break;
	case MANY:
		POINTER_AT(const void *const *, at) = take_many(r, field->type, *in);
		break;
	}
}

/* NULL where something is wrong. */
static void *take_rows(struct reader *r, const struct type *type, uint32_t at, uint32_t n)
{
	size_t width = words_of(type);
	const uint32_t *words = take_words(r, at, width * n);

	if (!words || ++r->depth > DEEPEST) {
		r->broken = true;
		return NULL;
	}
	char *rows = arena_alloc(r->arena, type->size * n);
	for (uint32_t i = 0; i < n; i++) {
		const uint32_t *in = words + i * width;
		for (size_t k = 0; k < type->n_fields && !r->broken; in += width_of(type->fields[k++].kind))
			take_field(r, &type->fields[k], in, rows + i * type->size);
	}
	r->depth--;
	return r->broken ? NULL : rows;
}

/* --- what the reader of rule files vouches for -------------------------------------------------------------------------------- */

static bool good_ids(const char *const *ids)
{
	for (; ids && *ids; ids++)
		if (!rule_is_requirement(*ids))
			return false;
	return true;
}

/* Depth and number of the parts are bounded by the pack. */
static bool good_match(const struct rule_match *match)
{
	size_t n = 0;

	for (; match->children && match->children[n]; n++)
		if (!good_match(match->children[n]))
			return false;
	switch (match->kind) {
	case MATCH_PHRASE:
		return match->phrases && match->phrases[0] && !n;
	case MATCH_REGEX:
		return match->regex && match->form <= FORM_DECODED && !n;
	case MATCH_NOT:
	case MATCH_COUNT:
		return n == 1;
	default:
		return n > 0;
	}
}

static bool good_settings(const struct rule *rule)
{
	for (size_t i = 0; i < rule->n_settings; i++)
		if (rule->settings[i].data && !(rule->check && rule_setting_takes_data(rule->check, rule->settings[i].key)))
			return false;
	return true;
}

static bool good_rule(const struct rule *rule, const struct rule *before)
{
	size_t n_children = 0;

	while (rule->match && rule->match->children && rule->match->children[n_children])
		n_children++;
	for (size_t i = 0; i < rule->n_conditions; i++)
		if (!good_ids(rule->conditions[i].requirements))
			return false;
	return rule_is_name(rule->id, '-') && (!before || strcmp(before->id, rule->id) < 0) && good_ids(rule->requirements) &&
	       (!rule->supersedes || rule->supersedes[0]) && !rule->check == (rule->match != NULL) && (!rule->match || good_match(rule->match)) &&
	       (!rule->n_phrases || (rule->match && rule->match->kind == MATCH_ANY && n_children == rule->n_phrases)) && good_settings(rule);
}

static bool good_rules(const struct rule_set *rules)
{
	for (size_t i = 0; i < rules->n; i++)
		if (!good_rule(rules->rules[i], i ? rules->rules[i - 1] : NULL))
			return false;
	return true;
}

/* An array of pointers to rows. */
static const void **pointers_to(struct arena *arena, const char *rows, size_t size, size_t n)
{
	const void **pointers = ARENA_ARRAY(arena, const void *, n + 1);

	for (size_t i = 0; i < n; i++)
		pointers[i] = rows + i * size;
	return pointers;
}

bool rule_pack_read(struct arena *arena, const struct rule_pack *pack, const struct data_set *lists, struct rule_set *rules,
		    struct data_set *own_lists, const char **missing)
{
	struct reader r = {.arena = arena, .pack = pack, .own = own_lists, .lists = lists, .unread = pack->n_words};

	*rules = (struct rule_set){NULL, 0};
	*own_lists = (struct data_set){NULL, 0};
	if (missing)
		*missing = NULL;
	if (!pack->n_text || pack->text[pack->n_text - 1] != '\0')
		return false;
	const char *list_rows = pack->n_lists ? take_rows(&r, &list_type, pack->lists, pack->n_lists) : "";
	if (!list_rows)
		return false;
	own_lists->lists = (const struct data_list *const *)pointers_to(arena, list_rows, sizeof(struct data_list), pack->n_lists);
	own_lists->n = pack->n_lists;
	struct rule *rows = pack->n_rules ? take_rows(&r, &rule_type, pack->rules, pack->n_rules) : NULL;
	if (missing)
		*missing = r.missing;
	if (r.broken)
		return false;
	struct rule_pack *kept = ARENA_NEW(arena, struct rule_pack);
	*kept = *pack;
	for (size_t i = 0; i < pack->n_rules; i++)
		rows[i].pack = kept;
	rules->rules = (const struct rule *const *)pointers_to(arena, (const char *)rows, sizeof(struct rule), pack->n_rules);
	rules->n = pack->n_rules;
	return pack->trusted || good_rules(rules);
}

static bool good_example(const struct rule_example *example)
{
	if (strcmp(example->kind, "messages") == 0)
		return example->parts && example->parts[0];
	if (strcmp(example->kind, "repeat") == 0 &&
	    (!example->repeat_line || strlen(example->repeat_line) * (size_t)example->repeat_times > LIMIT_INPUT_BYTES))
		return false;
	return example->content != NULL;
}

const struct rule_example *rule_examples(const struct rule *rule, struct arena *arena, size_t *n)
{
	static const struct data_set none = {NULL, 0};

	*n = rule->n_examples;
	if (!rule->pack)
		return rule->examples;
	struct reader r = {.arena = arena, .pack = rule->pack, .own = &none, .lists = &none, .unread = rule->pack->n_words};
	const struct rule_example *examples = *n && *n <= G_MAXUINT32 ? take_rows(&r, &example_type, rule->packed_examples, (uint32_t)*n) : NULL;
	bool good = examples != NULL;

	for (size_t i = 0; good && i < *n; i++)
		good = good_example(&examples[i]) && good_ids(examples[i].requirements);
	if (!good)
		*n = 0;
	return good ? examples : NULL;
}
