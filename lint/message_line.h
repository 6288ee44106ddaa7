/* A message as a line of JSON: what --input jsonl reads. */
#ifndef PRESEND_MESSAGE_LINE_H
#define PRESEND_MESSAGE_LINE_H

#include <glib.h>

#include "base/span.h"

struct message_line {
	char *path;                  /* its name; NULL: none is given */
	char *id;                    /* JSON, given back with the result; NULL */
	GString *bytes;              /* the message; NULL where the line is no good */
};

/* false: the line is no good, and *reason says why, in English (report/reason.h has it in Japanese). path and id are there as far as they could be read. */
bool message_line_parse(struct span line, struct message_line *out, const char **reason);
/* A line in place of the result: path, id, and the reason as "error". */
void message_line_write_error(GString *out, const struct message_line *line, const char *reason);
/* The id, where there is one, as the first member of the object in out. */
void message_line_append_id(GString *out, const struct message_line *line);
void message_line_release(struct message_line *line);

#endif
