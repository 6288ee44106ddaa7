/* A scenario of the SPF test suite as DNS: what the suite's YAML says a name holds. RFC 7208 leaves out the type SPF; the suite still writes
 * records so, and they count as TXT where the name has no TXT of its own. */
#include <arpa/inet.h>
#include <glib.h>
#include <string.h>
#include <yaml.h>

#include "preflight/dns.h"

struct zones {
	struct arena *arena;
	yaml_document_t *document;
	yaml_node_t *map; /* name to list of records */
};

static inline struct span yaml_span(const yaml_node_t *node)
{
	if (!node || node->type != YAML_SCALAR_NODE)
		return SPAN_EMPTY;
	return span_of((const char *)node->data.scalar.value, node->data.scalar.length);
}

/* The value of a key, in any case of letters; NULL. */
static inline yaml_node_t *yaml_get(yaml_document_t *document, const yaml_node_t *map, struct span key)
{
	if (!map || map->type != YAML_MAPPING_NODE)
		return NULL;
	for (yaml_node_pair_t *pair = map->data.mapping.pairs.start; pair < map->data.mapping.pairs.top; pair++)
		if (span_eq_ci(yaml_span(yaml_document_get_node(document, pair->key)), key))
			return yaml_document_get_node(document, pair->value);
	return NULL;
}

static inline bool yaml_is(const yaml_node_t *node, const char *word)
{
	return span_eq(yaml_span(node), span_str(word));
}

static inline struct span without_dot(struct arena *arena, struct span name)
{
	char *small = arena_copy(arena, name);

	for (char *at = small; *at; at++)
		*at = ascii_lower(*at);
	if (name.n && small[name.n - 1] == '.')
		small[name.n - 1] = '\0';
	return span_str(small);
}

/* A string, or a list of strings that are joined. */
static inline void zones_text(struct zones *zones, yaml_node_t *value, struct dns_record *out)
{
	GString *joined = g_string_new(NULL);
	unsigned *sizes = ARENA_ARRAY(zones->arena, unsigned, 300);

	if (value->type == YAML_SEQUENCE_NODE) {
		for (yaml_node_item_t *item = value->data.sequence.items.start; item < value->data.sequence.items.top; item++) {
			struct span part = yaml_span(yaml_document_get_node(zones->document, *item));
			g_string_append_len(joined, part.p, (gssize)part.n);
			sizes[out->n_strings++] = (unsigned)part.n;
		}
	} else {
		struct span text = yaml_span(value);
		g_string_append_len(joined, text.p, (gssize)text.n);
		sizes[out->n_strings++] = (unsigned)text.n;
	}
	out->data = arena_copy_span(zones->arena, span_of(joined->str, joined->len));
	out->string_sizes = sizes;
	g_string_free(joined, TRUE);
}

static inline void zones_record(struct zones *zones, enum dns_type type, yaml_node_t *value, struct dns_record *out)
{
	char bytes[16];

	switch (type) {
	case DNS_A:
	case DNS_AAAA:
		if (inet_pton(type == DNS_A ? AF_INET : AF_INET6, (const char *)value->data.scalar.value, bytes) != 1)
			g_error("zone: %s is no address", value->data.scalar.value);
		out->data = arena_copy_span(zones->arena, span_of(bytes, type == DNS_A ? 4 : 16));
		break;
	case DNS_MX:
		out->preference = (unsigned)atoi((const char *)yaml_document_get_node(zones->document, value->data.sequence.items.start[0])->data.scalar.value);
		out->data = without_dot(zones->arena, yaml_span(yaml_document_get_node(zones->document, value->data.sequence.items.start[1])));
		break;
	case DNS_TXT:
	case DNS_SPF:
		zones_text(zones, value, out);
		break;
	default:
		out->data = without_dot(zones->arena, yaml_span(value));
	}
}

static inline void zones_answer_at(struct zones *zones, struct dns_answer *answer, struct span name, int level)
{
	yaml_node_t *list = yaml_get(zones->document, zones->map, name);
	const char *type = dns_type_name(answer->type);
	struct dns_record *records = ARENA_ARRAY(zones->arena, struct dns_record, 64);
	bool own_text = false, timeout = false;

	if (!list) {
		answer->status = DNS_NXDOMAIN;
		return;
	}
	answer->records = records;
	for (int pass = 0; pass < 2; pass++) {
		for (yaml_node_item_t *item = list->data.sequence.items.start; item < list->data.sequence.items.top; item++) {
			yaml_node_t *record = yaml_document_get_node(zones->document, *item);
			if (record->type == YAML_SCALAR_NODE) {
				timeout = timeout || yaml_is(record, "TIMEOUT");
				continue;
			}
			yaml_node_pair_t *pair = record->data.mapping.pairs.start;
			yaml_node_t *key = yaml_document_get_node(zones->document, pair->key), *value = yaml_document_get_node(zones->document, pair->value);
			if (pass == 0) {
				own_text = own_text || yaml_is(key, "TXT");
			} else if (yaml_is(key, "CNAME") && answer->type != DNS_CNAME && level < 3) {
				answer->canonical = without_dot(zones->arena, yaml_span(value)).p;
				zones_answer_at(zones, answer, span_str(answer->canonical), level + 1);
				return;
			} else if (yaml_is(key, type) || (answer->type == DNS_TXT && !own_text && yaml_is(key, "SPF"))) {
				if (yaml_is(value, "TIMEOUT"))
					timeout = true;
				else if (!yaml_is(value, "NONE"))
					zones_record(zones, answer->type, value, &records[answer->n_records++]);
			}
		}
	}
	answer->status = answer->n_records ? DNS_FOUND : timeout ? DNS_UNKNOWN : DNS_NODATA;
	answer->reason = answer->status == DNS_UNKNOWN ? "timeout" : NULL;
}

/* For struct dns_options. */
static inline void zones_answer(void *data, struct dns_answer *answer)
{
	zones_answer_at(data, answer, span_str(answer->name), 0);
}

/* All documents of a file or text are handed to use(), one after the other. */
static inline int yaml_each(const char *text, size_t n, void (*use)(yaml_document_t *document, void *data), void *data)
{
	yaml_parser_t parser;
	yaml_document_t document;
	int count = 0;

	if (!yaml_parser_initialize(&parser))
		return 0;
	yaml_parser_set_input_string(&parser, (const unsigned char *)text, n);
	while (yaml_parser_load(&parser, &document)) {
		bool last = !yaml_document_get_root_node(&document);
		if (!last)
			use(&document, data);
		yaml_document_delete(&document);
		if (last)
			break;
		count++;
	}
	bool broken = parser.error != YAML_NO_ERROR;
	yaml_parser_delete(&parser);
	return broken ? -1 : count;
}
