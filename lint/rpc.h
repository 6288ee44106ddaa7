/* JSON-RPC 2.0 over standard input and output (https://www.jsonrpc.org/specification), framed as language servers do or one message a line. */
#ifndef PRESEND_RPC_H
#define PRESEND_RPC_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

struct json_object;

/* RPC_HEADERS: "Content-Length: N" and an empty line before each message (Language Server Protocol 3.17, "Base Protocol"). RPC_LINES: a message is a line
 * (Model Context Protocol 2025-06-18, "Transports", stdio). */
enum rpc_framing { RPC_HEADERS, RPC_LINES };

/* Codes of errors: JSON-RPC 2.0, section 5.1, and the two that language servers add. */
enum {
	RPC_PARSE_ERROR = -32700,
	RPC_INVALID_REQUEST = -32600,
	RPC_METHOD_NOT_FOUND = -32601,
	RPC_INVALID_PARAMS = -32602,
	RPC_NOT_INITIALIZED = -32002,
};

struct rpc;

struct rpc *rpc_new(enum rpc_framing framing);
void rpc_free(struct rpc *rpc);

enum rpc_event { RPC_MESSAGE, RPC_END, RPC_FAILED };
/* Wait for a message. It is the caller's: json_object_put(). What is no JSON object is answered with an error and passed over, and so is what is larger than
 * LIMIT_RPC_BYTES. RPC_FAILED: standard input or output failed, or the framing is broken beyond repair. */
enum rpc_event rpc_read(struct rpc *rpc, struct json_object **out);
/* Is there something to read at once? */
bool rpc_pending(struct rpc *rpc);

/* All of these take over what they are given; id is borrowed. */
void rpc_reply(struct rpc *rpc, struct json_object *id, struct json_object *result);
void rpc_refuse(struct rpc *rpc, struct json_object *id, int code, const char *message);
void rpc_notify(struct rpc *rpc, const char *method, struct json_object *params);

/* Reading: NULL or false where there is no such member or it is of another type. Path: names with dots between, "params.textDocument.uri". */
struct json_object *rpc_get(struct json_object *object, const char *path);
const char *rpc_string(struct json_object *object, const char *path, size_t *length);
bool rpc_number(struct json_object *object, const char *path, double *out);

#endif
