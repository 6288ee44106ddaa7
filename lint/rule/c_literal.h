/* Pieces of C source, as the programs of the build machine write them (rules2c and its like). */
#ifndef PRESEND_RULE_C_LITERAL_H
#define PRESEND_RULE_C_LITERAL_H

#include <glib.h>

/* A C string literal, NULL for NULL. */
void put_string(GString *out, const char *text);
/* " .field = LITERAL,"; nothing for NULL. */
void put_field(GString *out, const char *field, const char *text);
/* The same for a NULL-terminated list of strings. */
void put_list(GString *out, const char *field, const char *const *strings);

#endif
