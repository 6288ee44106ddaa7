/* Role: messages of JSON-RPC in and out of the process.
 * May not: know what they are about. */
#include "rpc.h"

#include <errno.h>
#include <json-c/json.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/span.h"
#include "base/write.h"
#include "report/json.h"

struct rpc {
	enum rpc_framing framing;
	GString *in;               /* read and not yet used */
	size_t used;               /* so many bytes of it are */
	bool ended, failed;
};

struct rpc *rpc_new(enum rpc_framing framing)
{
	struct rpc *rpc = g_new0(struct rpc, 1);

	rpc->framing = framing;
	rpc->in = g_string_new(NULL);
	return rpc;
}

void rpc_free(struct rpc *rpc)
{
	g_string_free(rpc->in, TRUE);
	g_free(rpc);
}

/* --- bytes -------------------------------------------------------------------------------------------------------------------- */

static struct span unread(const struct rpc *rpc)
{
	return span_of(rpc->in->str + rpc->used, rpc->in->len - rpc->used);
}

/* Read once more. False at the end, and where reading failed. */
static bool read_more(struct rpc *rpc)
{
	char buffer[65536];
	ssize_t n;

	if (rpc->used) {
		g_string_erase(rpc->in, 0, (gssize)rpc->used);
		rpc->used = 0;
	}
	do
		n = read(STDIN_FILENO, buffer, sizeof buffer);
	while (n < 0 && errno == EINTR);
	rpc->failed |= n < 0;
	rpc->ended |= n == 0;
	if (n <= 0)
		return false;
	g_string_append_len(rpc->in, buffer, n);
	return true;
}

/* Pass over bytes that will not be used, without keeping them. */
static bool pass_over(struct rpc *rpc, size_t n)
{
	while (n > unread(rpc).n) {
		n -= unread(rpc).n;
		rpc->used = rpc->in->len;
		if (!read_more(rpc))
			return false;
	}
	rpc->used += n;
	return true;
}

static void send_object(struct rpc *rpc, struct json_object *object)
{
	GString *text = g_string_new(NULL), *frame = g_string_new(NULL);

	json_append(text, object, JSON_C_TO_STRING_PLAIN);
	json_object_put(object);
	if (rpc->framing == RPC_HEADERS)
		g_string_append_printf(frame, "Content-Length: %zu\r\n\r\n", text->len);
	g_string_append_len(frame, text->str, (gssize)text->len);
	rpc->failed |= !rpc->failed && !write_whole(STDOUT_FILENO, span_of(frame->str, frame->len));
	g_string_free(frame, TRUE);
	g_string_free(text, TRUE);
}

/* --- frames ------------------------------------------------------------------------------------------------------------------- */

enum frame { FRAME_THERE, FRAME_TOO_LARGE, FRAME_NONE };

/* "Content-Length: 12" of a header block; false where there is none or it is no number. */
static bool content_length(struct span header, size_t *out)
{
	static const char name[] = "content-length:";

	for (size_t at = 0; at < header.n;) {
		size_t end = span_find_byte(header, '\n', at);
		struct span line = span_trim(span_cut(header, at, end));
		at = end + 1;
		if (line.n < sizeof name || g_ascii_strncasecmp(line.p, name, sizeof name - 1) != 0)
			continue;
		struct span number = span_trim(span_cut(line, sizeof name - 1, line.n));
		size_t value = 0;
		for (size_t i = 0; i < number.n; i++) {
			if (!g_ascii_isdigit(number.p[i]) || value > SIZE_MAX / 100)
				return false;
			value = 10 * value + (size_t)(number.p[i] - '0');
		}
		*out = value;
		return number.n > 0;
	}
	return false;
}

enum { HEADER_BYTES = 4096 }; /* editors send two short lines */

static enum frame next_with_header(struct rpc *rpc, struct span *out)
{
	const char *end;
	size_t length;

	while (!(end = g_strstr_len(unread(rpc).p, (gssize)unread(rpc).n, "\r\n\r\n"))) {
		if (unread(rpc).n > HEADER_BYTES) {
			rpc->failed = true;
			return FRAME_NONE;
		}
		if (!read_more(rpc))
			return FRAME_NONE;
	}
	struct span header = span_of(unread(rpc).p, (size_t)(end - unread(rpc).p));
	if (!content_length(header, &length)) {
		rpc->failed = true;
		return FRAME_NONE;
	}
	rpc->used += header.n + 4;
	if (length > LIMIT_RPC_BYTES)
		return pass_over(rpc, length) ? FRAME_TOO_LARGE : FRAME_NONE;
	while (unread(rpc).n < length)
		if (!read_more(rpc))
			return FRAME_NONE;
	*out = span_of(unread(rpc).p, length);
	rpc->used += length;
	return FRAME_THERE;
}

static enum frame next_line(struct rpc *rpc, struct span *out)
{
	size_t looked_at = 0, end;

	while ((end = span_find_byte(unread(rpc), '\n', looked_at)) == unread(rpc).n) {
		looked_at = unread(rpc).n;
		if (looked_at > LIMIT_RPC_BYTES) {
			do
				rpc->used = rpc->in->len;
			while (read_more(rpc) && (end = span_find_byte(unread(rpc), '\n', 0)) == unread(rpc).n);
			rpc->used += MIN(end + 1, unread(rpc).n);
			return rpc->ended || rpc->failed ? FRAME_NONE : FRAME_TOO_LARGE;
		}
		if (!read_more(rpc)) {
			/* A last line may lack its end. */
			*out = unread(rpc);
			rpc->used = rpc->in->len;
			return out->n ? FRAME_THERE : FRAME_NONE;
		}
	}
	*out = span_of(unread(rpc).p, end);
	rpc->used += end + 1;
	return FRAME_THERE;
}

/* NULL: no JSON, or no object. */
static struct json_object *parse(struct span text)
{
	struct json_tokener *tokener = json_tokener_new_ex(LIMIT_RPC_DEPTH);
	struct json_object *object = text.n <= G_MAXINT ? json_tokener_parse_ex(tokener, text.p, (int)text.n) : NULL;
	bool good = object && json_tokener_get_error(tokener) == json_tokener_success && json_object_is_type(object, json_type_object) &&
		    span_trim(span_cut(text, MIN(text.n, json_tokener_get_parse_end(tokener)), text.n)).n == 0;

	json_tokener_free(tokener);
	if (good)
		return object;
	json_object_put(object);
	return NULL;
}

enum rpc_event rpc_read(struct rpc *rpc, struct json_object **out)
{
	struct span text;

	for (;;) {
		enum frame frame = rpc->failed ? FRAME_NONE : rpc->framing == RPC_HEADERS ? next_with_header(rpc, &text) : next_line(rpc, &text);
		if (frame == FRAME_NONE)
			return rpc->failed ? RPC_FAILED : RPC_END;
		if (frame == FRAME_TOO_LARGE) {
			rpc_refuse(rpc, NULL, RPC_INVALID_REQUEST, "the message is larger than presend takes");
			continue;
		}
		if (rpc->framing == RPC_LINES && !span_trim(text).n)
			continue;
		*out = parse(text);
		if (*out)
			return RPC_MESSAGE;
		rpc_refuse(rpc, NULL, RPC_PARSE_ERROR, "this is no JSON object");
	}
}

bool rpc_pending(struct rpc *rpc)
{
	struct pollfd input = { .fd = STDIN_FILENO, .events = POLLIN };

	return unread(rpc).n > 0 || (!rpc->ended && !rpc->failed && poll(&input, 1, 0) > 0);
}

/* --- messages ----------------------------------------------------------------------------------------------------------------- */

static struct json_object *answer(struct json_object *id)
{
	struct json_object *object = json_object_new_object();

	json_member(object, "jsonrpc", json_object_new_string("2.0"));
	json_member(object, "id", json_object_get(id));
	return object;
}

void rpc_reply(struct rpc *rpc, struct json_object *id, struct json_object *result)
{
	struct json_object *object = answer(id);

	json_member(object, "result", result);
	send_object(rpc, object);
}

void rpc_refuse(struct rpc *rpc, struct json_object *id, int code, const char *message)
{
	struct json_object *object = answer(id), *error = json_object_new_object();

	json_member(error, "code", json_object_new_int(code));
	json_member_string(error, "message", message);
	json_member(object, "error", error);
	send_object(rpc, object);
}

void rpc_notify(struct rpc *rpc, const char *method, struct json_object *params)
{
	struct json_object *object = json_object_new_object();

	json_member(object, "jsonrpc", json_object_new_string("2.0"));
	json_member(object, "method", json_object_new_string(method));
	json_member(object, "params", params);
	send_object(rpc, object);
}

/* --- reading ------------------------------------------------------------------------------------------------------------------ */

struct json_object *rpc_get(struct json_object *object, const char *path)
{
	char name[64];

	while (object && *path) {
		size_t n = strcspn(path, ".");
		if (n >= sizeof name || !json_object_is_type(object, json_type_object))
			return NULL;
		memcpy(name, path, n);
		name[n] = '\0';
		object = json_object_object_get(object, name);
		path += n + (path[n] == '.');
	}
	return object;
}

const char *rpc_string(struct json_object *object, const char *path, size_t *length)
{
	struct json_object *member = rpc_get(object, path);

	if (!json_object_is_type(member, json_type_string))
		return NULL;
	if (length)
		*length = (size_t)json_object_get_string_len(member);
	return json_object_get_string(member);
}

bool rpc_number(struct json_object *object, const char *path, double *out)
{
	struct json_object *member = rpc_get(object, path);

	if (!json_object_is_type(member, json_type_int) && !json_object_is_type(member, json_type_double))
		return false;
	*out = json_object_get_double(member);
	return true;
}
