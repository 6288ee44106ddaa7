/* Role: the preview as JSON, version 1 of the documented fields.
 * May not: know a message. */
#include <json-c/json.h>

#include "report/json.h"
#include "report/preview.h"

static void member_span(struct json_object *object, const char *key, struct span text)
{
	g_autofree char *copy = g_strndup(text.p, text.n);

	json_member_string(object, key, copy);
}

static struct json_object *text_object(const struct preview_text *text)
{
	struct json_object *object = json_object_new_object();

	member_span(object, "text", text->text);
	json_member(object, "cut", json_object_new_boolean(text->cut));
	json_member_size(object, "columns", text->columns);
	json_member_string(object, "basis", text->basis);
	return object;
}

static struct json_object *names_array(const char *const *names)
{
	struct json_object *array = json_object_new_array();

	for (size_t i = 0; names && names[i]; i++)
		json_object_array_add(array, json_object_new_string(names[i]));
	return array;
}

static struct json_object *rows_array(const struct preview *preview)
{
	struct json_object *rows = json_object_new_array();

	for (size_t i = 0; i < preview->n_rows; i++) {
		const struct preview_row *row = &preview->rows[i];
		struct json_object *object = json_object_new_object();
		json_member_string(object, "client", row->id);
		json_member_string(object, "name", row->name);
		json_member_string(object, "device", row->phone ? "phone" : "desktop");
		json_member(object, "sender", text_object(&row->sender));
		json_member(object, "subject", text_object(&row->subject));
		json_member(object, "preview", text_object(&row->preview));
		json_object_array_add(rows, object);
	}
	return rows;
}

static const char *const kind_names[] = { [PREVIEW_PARAGRAPH] = "paragraph", [PREVIEW_HEADING] = "heading", [PREVIEW_ITEM] = "item",
					  [PREVIEW_ROW] = "row",	   [PREVIEW_PREFORMATTED] = "preformatted", [PREVIEW_LINE] = "line",
					  [PREVIEW_BUTTON] = "button" };

static const char *const piece_names[] = { [PREVIEW_TEXT] = "text", [PREVIEW_IMAGE] = "image", [PREVIEW_BREAK] = "break", [PREVIEW_CELL] = "cell" };

static struct json_object *blocks_array(const struct preview *preview)
{
	struct json_object *blocks = json_object_new_array();

	for (size_t i = 0; i < preview->n_blocks; i++) {
		const struct preview_block *block = &preview->blocks[i];
		struct json_object *object = json_object_new_object(), *pieces = json_object_new_array();
		json_member_string(object, "kind", kind_names[block->kind]);
		if (block->level)
			json_member_size(object, "level", block->level);
		if (block->number)
			json_member_size(object, "number", block->number);
		if (block->quote)
			json_member_size(object, "quote", block->quote);
		for (size_t k = 0; k < block->n_pieces; k++) {
			struct json_object *piece = json_object_new_object();
			json_member_string(piece, "kind", piece_names[block->pieces[k].kind]);
			if (block->pieces[k].text.n)
				member_span(piece, "text", block->pieces[k].text);
			if (block->pieces[k].url.n)
				member_span(piece, "url", block->pieces[k].url);
			json_object_array_add(pieces, piece);
		}
		json_member(object, "pieces", pieces);
		json_object_array_add(blocks, object);
	}
	return blocks;
}

static struct json_object *spoken_object(const struct preview *preview)
{
	struct json_object *object = json_object_new_object(), *first = json_object_new_array();

	for (size_t i = 0; i < preview->n_spoken; i++) {
		const struct preview_spoken *item = &preview->spoken[i];
		struct json_object *said = json_object_new_object();
		json_member_string(said, "kind", item->kind);
		if (item->text.n)
			member_span(said, "text", item->text);
		if (item->columns) {
			json_member_size(said, "rows", item->number);
			json_member_size(said, "columns", item->columns);
		} else if (item->number) {
			json_member_size(said, "level", item->number);
		}
		json_member(said, "stumble", json_object_new_boolean(item->stumble));
		json_object_array_add(first, said);
	}
	json_member(object, "first", first);
	json_member(object, "more", json_object_new_boolean(preview->more_spoken));
	json_member_size(object, "announced_tables", preview->n_tables);
	json_member_size(object, "images_without_alt", preview->n_image_files);
	json_member_size(object, "links_without_name", preview->n_link_addresses);
	return object;
}

void report_preview_json(GString *out, const struct preview *preview)
{
	struct json_object *object = json_object_new_object();

	json_member_size(object, "version", 1);
	json_member_string(object, "tool", "presend");
	json_member_string(object, "tool_version", PRESEND_VERSION);
	json_member_string(object, "path", preview->path);
	json_member_size(object, "index", preview->index);
	json_member_size(object, "messages", preview->n_messages);
	json_member_string(object, "kind", preview->is_template ? "template" : "message");
	json_member_size(object, "views", preview->n_views);
	if (preview->data) {
		struct json_object *row = json_object_new_object();
		json_member_string(row, "data", preview->data);
		json_member_size(row, "row", preview->row);
		json_member_size(row, "line", preview->line);
		json_member_string(row, "unfilled", preview->unfilled);
		json_member(object, "row", row);
	}
	member_span(object, "sender", preview->sender);
	json_member(object, "sender_is_address", json_object_new_boolean(preview->sender_is_address));
	member_span(object, "subject", preview->subject);
	member_span(object, "preview", preview->preview);
	json_member_string(object, "preview_source", preview->source);
	json_member(object, "preview_filled", json_object_new_boolean(preview->filled));
	json_member(object, "inbox", rows_array(preview));
	json_member(object, "clients_without_row", names_array(preview->without_row_names));
	json_member(object, "body", blocks_array(preview));
	json_member(object, "screen_reader", preview->n_spoken ? spoken_object(preview) : NULL);
	json_append(out, object, JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED);
	json_object_put(object);
}
