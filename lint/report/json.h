/* JSON objects as the reports write them. Only .c files that are listed in tests/layers.sh use json-c itself. */
#ifndef PRESEND_REPORT_JSON_H
#define PRESEND_REPORT_JSON_H

#include <glib.h>
#include <stddef.h>

struct json_object;

/* Add a member. key must live as long as the object; the object owns value from then on. */
void json_member(struct json_object *object, const char *key, struct json_object *value);
/* A string; NULL and "" are null. Broken UTF-8 becomes U+FFFD, one for each byte. */
void json_member_string(struct json_object *object, const char *key, const char *text);
/* Likewise, but left out where it is NULL or "": some formats know no null. */
void json_member_text(struct json_object *object, const char *key, const char *text);
void json_member_size(struct json_object *object, const char *key, size_t value);
/* Append the object and a line end. Everything that a terminal would obey is escaped. */
void json_append(GString *out, struct json_object *object, int flags);

#endif
