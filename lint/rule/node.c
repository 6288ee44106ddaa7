/* YAML files as small trees of nodes, every value with its place, and the readers of values that all of our YAML files share. The only
 * user of libyaml; also part of programs of the build machine, so nothing but GLib and libyaml may be used here. It never prints. */
#include "rule/node.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <yaml.h>

#include "base/limits.h"

void refuse(struct loader *l, int line, int column, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	char *message = g_strdup_vprintf(format, args);
	va_end(args);
	g_ptr_array_add(l->errors, g_strdup_printf("%s:%d:%d: %s", l->file, line, column, message));
	g_free(message);
}

const char *keep(struct loader *l, const char *text)
{
	return arena_copy(l->arena, span_str(text));
}

/* --- bytes and YAML --------------------------------------------------------------------------------------------------------- */

/* Line and column, 1-based, columns in characters, of an offset in text that is valid UTF-8 up to there. */
static void place_of(struct span text, size_t offset, int *line, int *column)
{
	*line = 1;
	*column = 1;
	for (size_t i = 0; i < offset && i < text.n; i++) {
		if (text.p[i] == '\n') {
			++*line;
			*column = 1;
		} else if (((unsigned char)text.p[i] & 0xC0) != 0x80) {
			++*column;
		}
	}
}

/* The whole file, NUL behind it; NULL with a refusal where it cannot be taken. g_free() it. */
static char *read_whole_file(struct loader *l, const char *path, size_t limit, size_t *n_out)
{
	struct stat status;
	FILE *file = fopen(path, "rb");

	if (!file || fstat(fileno(file), &status) != 0 || !S_ISREG(status.st_mode)) {
		refuse(l, 1, 1, "cannot be read: %s", file ? "not a regular file" : g_strerror(errno));
		if (file)
			fclose(file);
		return NULL;
	}
	char *bytes = g_malloc(limit + 2);
	size_t n = fread(bytes, 1, limit + 1, file);
	bool failed = ferror(file);
	fclose(file);
	bytes[n] = '\0';

	const char *bad;
	int line, column;
	if (failed) {
		refuse(l, 1, 1, "cannot be read");
	} else if (n > limit) {
		refuse(l, 1, 1, "more than %zu bytes", limit);
	} else if (!g_utf8_validate(bytes, (gssize)n, &bad)) {
		place_of(span_of(bytes, n), (size_t)(bad - bytes), &line, &column);
		refuse(l, line, column, *bad ? "not UTF-8" : "NUL character");
	} else if (n >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0) {
		refuse(l, 1, 1, "byte order mark; save the file as UTF-8 without it");
	} else {
		*n_out = n;
		return bytes;
	}
	g_free(bytes);
	return NULL;
}

struct tree_reader {
	struct loader *loader;
	yaml_parser_t parser;
	struct span source;
};

/* The next event; false after a refusal. */
static bool next_event(struct tree_reader *r, yaml_event_t *event)
{
	if (yaml_parser_parse(&r->parser, event))
		return true;

	const char *problem = r->parser.problem ? r->parser.problem : "YAML fault";
	int line = (int)r->parser.problem_mark.line + 1, column = (int)r->parser.problem_mark.column + 1;
	if (r->parser.error == YAML_READER_ERROR)
		place_of(r->source, r->parser.problem_offset, &line, &column);
	refuse(r->loader, line, column, "%s", problem);
	return false;
}

static struct node *node_new(struct loader *l, enum node_kind kind, const yaml_event_t *event)
{
	struct node *node = ARENA_NEW(l->arena, struct node);
	node->kind = kind;
	node->line = (int)event->start_mark.line + 1;
	node->column = (int)event->start_mark.column + 1;
	return node;
}

static void refuse_decoration(struct loader *l, const struct node *node, const yaml_char_t *anchor, const yaml_char_t *tag)
{
	if (anchor)
		REFUSE(l, node, "anchors are not allowed");
	if (tag)
		REFUSE(l, node, "tags are not allowed");
}

/* The value that begins with this event, which is deleted. NULL after a refusal that ends the reading. depth bounds the recursion.
 */
static struct node *read_node(struct tree_reader *r, yaml_event_t *event, int depth)
{
	struct loader *l = r->loader;
	struct node *node = NULL;

	switch (event->type) {
	case YAML_SCALAR_EVENT: {
		struct span text = span_of((const char *)event->data.scalar.value, event->data.scalar.length);
		node = node_new(l, NODE_SCALAR, event);
		node->text = arena_copy(l->arena, text);
		refuse_decoration(l, node, event->data.scalar.anchor, event->data.scalar.tag);
		if (memchr(text.p, '\0', text.n))
			REFUSE(l, node, "NUL character in a text");
		yaml_event_delete(event);
		return node;
	}
	case YAML_ALIAS_EVENT:
		node = node_new(l, NODE_SCALAR, event);
		node->text = "";
		REFUSE(l, node, "aliases are not allowed");
		yaml_event_delete(event);
		return node;
	case YAML_SEQUENCE_START_EVENT:
		node = node_new(l, NODE_LIST, event);
		refuse_decoration(l, node, event->data.sequence_start.anchor, event->data.sequence_start.tag);
		break;
	case YAML_MAPPING_START_EVENT:
		node = node_new(l, NODE_MAP, event);
		refuse_decoration(l, node, event->data.mapping_start.anchor, event->data.mapping_start.tag);
		break;
	default:
		g_assert_not_reached();
	}
	yaml_event_delete(event);
	if (depth > LIMIT_YAML_DEPTH) {
		REFUSE(l, node, "nested more than %d levels deep", LIMIT_YAML_DEPTH);
		return NULL;
	}

	GHashTable *seen = node->kind == NODE_MAP ? g_hash_table_new(g_str_hash, g_str_equal) : NULL;
	struct node **tail = &node->children;
	for (;;) {
		yaml_event_t child_event;
		struct node *key = NULL;
		if (!next_event(r, &child_event)) {
			node = NULL;
			break;
		}
		if (child_event.type == YAML_SEQUENCE_END_EVENT || child_event.type == YAML_MAPPING_END_EVENT) {
			yaml_event_delete(&child_event);
			break;
		}
		if (seen) {
			key = read_node(r, &child_event, depth + 1);
			if (key && key->kind != NODE_SCALAR) {
				REFUSE(l, key, "a key must be a word");
				key->text = "";
			} else if (key && !g_hash_table_add(seen, (char *)key->text)) {
				REFUSE(l, key, "key \"%s\" stands twice", key->text);
			}
			if (!key || !next_event(r, &child_event)) {
				node = NULL;
				break;
			}
		}
		struct node *child = read_node(r, &child_event, depth + 1);
		if (!child) {
			node = NULL;
			break;
		}
		if (key) {
			child->key = key->text;
			child->key_line = key->line;
			child->key_column = key->column;
		}
		*tail = child;
		tail = &child->next;
	}
	if (seen)
		g_hash_table_destroy(seen);
	return node;
}

/* The one document of a stream; NULL where it has faults, all of which are refusals. */
static struct node *read_document(struct tree_reader *r)
{
	struct loader *l = r->loader;
	struct node *root = NULL;
	bool seen = false;
	yaml_event_t event;

	for (;;) {
		if (!next_event(r, &event))
			return NULL;
		switch (event.type) {
		case YAML_STREAM_END_EVENT:
			yaml_event_delete(&event);
			if (!seen)
				refuse(l, 1, 1, "the file is empty");
			return root;
		case YAML_DOCUMENT_START_EVENT:
			if (seen || event.data.document_start.version_directive ||
			        event.data.document_start.tag_directives.start != event.data.document_start.tag_directives.end) {
				refuse(l, (int)event.start_mark.line + 1, (int)event.start_mark.column + 1, "%s",
				        seen ? "a second document in the file" : "YAML directives are not allowed");
				yaml_event_delete(&event);
				return NULL;
			}
			seen = true;
			yaml_event_delete(&event);
			break;
		case YAML_STREAM_START_EVENT:
		case YAML_DOCUMENT_END_EVENT:
			yaml_event_delete(&event);
			break;
		default:
			root = read_node(r, &event, 1);
			if (!root)
				return NULL;
		}
	}
}

/* The tree of a file; NULL where anything was refused. */
struct node *read_tree(struct loader *l, const char *path)
{
	return read_tree_within(l, path, LIMIT_RULE_FILE_BYTES);
}

struct node *read_tree_within(struct loader *l, const char *path, size_t limit)
{
	size_t n;
	guint faults = l->errors->len;
	char *bytes = read_whole_file(l, path, limit, &n);

	if (!bytes)
		return NULL;
	struct tree_reader r = {.loader = l, .source = {bytes, n}};
	if (!yaml_parser_initialize(&r.parser))
		g_error("out of memory");
	yaml_parser_set_encoding(&r.parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&r.parser, (const unsigned char *)bytes, n);
	struct node *root = read_document(&r);
	yaml_parser_delete(&r.parser);
	g_free(bytes);
	if (root && root->kind != NODE_MAP)
		REFUSE(l, root, "the file must be a map of keys");
	return l->errors->len == faults ? root : NULL;
}

/* --- nodes to values ---------------------------------------------------------------------------------------------------------- */

struct node *get(const struct node *map, const char *key)
{
	if (!map || map->kind != NODE_MAP)
		return NULL;
	for (struct node *child = map->children; child; child = child->next)
		if (strcmp(child->key, key) == 0)
			return child;
	return NULL;
}

/* Refuse keys that are not in allowed (NULL-terminated). false where node is no map. */
bool only_keys(struct loader *l, const struct node *node, const char *what, const char *const *allowed)
{
	if (node->kind != NODE_MAP) {
		REFUSE(l, node, "%s must be a map", what);
		return false;
	}
	for (const struct node *child = node->children; child; child = child->next) {
		if (g_strv_contains(allowed, child->key))
			continue;
		const char *near = word_nearest(child->key, allowed);
		if (near)
			REFUSE_KEY(l, child, "unknown key \"%s\" in %s; did you mean \"%s\"?", child->key, what, near);
		else
			REFUSE_KEY(l, child, "unknown key \"%s\" in %s", child->key, what);
	}
	return true;
}

/* A scalar that is not empty, without blanks at its ends; NULL after a refusal. */
const char *text_of(struct loader *l, const struct node *node, const char *what)
{
	if (node->kind != NODE_SCALAR) {
		REFUSE(l, node, "%s must be a text", what);
		return NULL;
	}
	struct span trimmed = span_trim(span_str(node->text));
	if (!trimmed.n) {
		REFUSE(l, node, "%s is empty", what);
		return NULL;
	}
	return arena_copy(l->arena, trimmed);
}

/* The same for text that is taken as it is written. */
const char *content_of(struct loader *l, const struct node *node, const char *what, bool may_be_empty)
{
	if (node->kind != NODE_SCALAR) {
		REFUSE(l, node, "%s must be a text", what);
		return NULL;
	}
	if (!*node->text && !may_be_empty) {
		REFUSE(l, node, "%s is empty", what);
		return NULL;
	}
	return node->text;
}

/* A text of one line. */
const char *line_of(struct loader *l, const struct node *node, const char *what)
{
	const char *text = text_of(l, node, what);
	if (text && strpbrk(text, "\r\n")) {
		REFUSE(l, node, "%s must be one line", what);
		return NULL;
	}
	return text;
}

size_t count_children(const struct node *node)
{
	size_t n = 0;
	for (const struct node *child = node->children; child; child = child->next)
		n++;
	return n;
}

/* One scalar or a list of them, as they are written: NULL-terminated array. NULL after a refusal or where the list is empty and may
 * be. */
const char *const *strings_of(struct loader *l, const struct node *node, const char *what, bool may_be_empty)
{
	if (node->kind == NODE_MAP) {
		REFUSE(l, node, "%s must be a text or a list of texts", what);
		return NULL;
	}
	size_t n = node->kind == NODE_LIST ? count_children(node) : 1, i = 0;
	if (n == 0) {
		if (!may_be_empty)
			REFUSE(l, node, "%s is an empty list", what);
		return NULL;
	}
	const char **strings = ARENA_ARRAY(l->arena, const char *, n + 1);
	GHashTable *seen = g_hash_table_new(g_str_hash, g_str_equal);
	bool whole = true;
	for (const struct node *item = node->kind == NODE_LIST ? node->children : node; item;
	        item = node->kind == NODE_LIST ? item->next : NULL) {
		const char *text = content_of(l, item, what, false);
		if (!text) {
			whole = false;
		} else if (!g_hash_table_add(seen, (char *)text)) {
			REFUSE(l, item, "\"%s\" stands twice in %s", text, what);
			whole = false;
		} else {
			strings[i++] = text;
		}
	}
	g_hash_table_destroy(seen);
	return whole ? strings : NULL;
}

/* A whole number of at most six digits; -1 after a refusal. */
int number_of(struct loader *l, const struct node *node, const char *what, int smallest)
{
	const char *text = node->kind == NODE_SCALAR ? node->text : "";
	size_t n = strspn(text, "0123456789");
	int value = 0;

	for (size_t i = 0; i < n && i < 6; i++)
		value = value * 10 + (text[i] - '0');
	if (n == 0 || n > 6 || text[n] || value < smallest) {
		REFUSE(l, node, "%s must be a whole number from %d to 999999", what, smallest);
		return -1;
	}
	return value;
}

bool boolean_of(struct loader *l, const struct node *node, const char *what)
{
	if (node->kind == NODE_SCALAR && strcmp(node->text, "true") == 0)
		return true;
	if (node->kind != NODE_SCALAR || strcmp(node->text, "false") != 0)
		REFUSE(l, node, "%s must be true or false", what);
	return false;
}

/* --- sources ------------------------------------------------------------------------------------------------------------------ */

static bool is_date(const char *text)
{
	static const char *const shapes[] = {"dddd", "dddd-dd", "dddd-dd-dd"};
	for (size_t i = 0; i < G_N_ELEMENTS(shapes); i++) {
		const char *shape = shapes[i], *p = text;
		while (*shape && *p && (*shape == 'd' ? ascii_is_digit(*p) : *shape == *p))
			shape++, p++;
		if (!*shape && !*p)
			return true;
	}
	return false;
}

/* The address of an RFC, with the section where it is one that a fragment can name: "3.1", "A.2". */
static const char *rfc_address(struct loader *l, const char *number, const char *section)
{
	if (section && *section && section[strspn(section, "0123456789.")] == '\0')
		return arena_printf(l->arena, "https://www.rfc-editor.org/rfc/rfc%s#section-%s", number, section);
	if (section && g_ascii_isupper(*section) && section[1 + strspn(section + 1, "0123456789.")] == '\0')
		return arena_printf(l->arena, "https://www.rfc-editor.org/rfc/rfc%s#appendix-%s", number, section);
	return arena_printf(l->arena, "https://www.rfc-editor.org/rfc/rfc%s", number);
}

void read_source(struct loader *l, const struct node *node, struct rule_source *out)
{
	static const char *const keys[] = {"name", "rfc", "section", "url", "date", NULL};

	if (!only_keys(l, node, "sources", keys))
		return;
	const struct node *name = get(node, "name"), *rfc = get(node, "rfc"), *section = get(node, "section"),
	                  *url = get(node, "url"), *date = get(node, "date");
	if (section)
		out->section = line_of(l, section, "section");
	if (date) {
		out->date = line_of(l, date, "date");
		if (out->date && !is_date(out->date))
			REFUSE(l, date, "date must be such as 2026-03-21, 2026-03 or 2026");
	}
	if (rfc) {
		int number = number_of(l, rfc, "rfc", 1);
		if (name || url)
			REFUSE(l, node, "rfc stands for name and url; leave them out");
		const char *digits = arena_printf(l->arena, "%d", number);
		out->name = arena_printf(l->arena, "RFC %s", digits);
		out->url = rfc_address(l, digits, out->section);
		return;
	}
	if (!name)
		REFUSE(l, node, "a source needs a name or an rfc");
	else
		out->name = line_of(l, name, "name");
	if (url) {
		out->url = line_of(l, url, "url");
		if (out->url && ((!g_str_has_prefix(out->url, "https://") && !g_str_has_prefix(out->url, "http://")) ||
		                        strpbrk(out->url, " \t<>\"")))
			REFUSE(l, url, "url must be an http or https address");
	}
}
