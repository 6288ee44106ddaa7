/* Values that a template is filled in with: what a cell of a table or a JSON document can hold. */
#ifndef PRESEND_DATA_VALUE_H
#define PRESEND_DATA_VALUE_H

#include "base/arena.h"

enum value_kind { VALUE_MISSING, VALUE_NULL, VALUE_BOOL, VALUE_NUMBER, VALUE_STRING, VALUE_LIST, VALUE_MAP };

struct value_member;

struct value {
	enum value_kind kind;
	bool truth;                    /* VALUE_BOOL */
	double number;                 /* VALUE_NUMBER */
	struct span text;              /* VALUE_STRING; of VALUE_NUMBER: as it is written */
	struct value_member *members;  /* of VALUE_LIST (names empty) and VALUE_MAP */
	size_t n;
	bool safe;                     /* markup that must not be escaped again */
	const char *column;            /* the column, or path in a JSON row, that it came from; NULL: the template's own */
};

struct value_member {
	struct span name;
	const struct value *value;
};

extern const struct value value_missing, value_null, value_true, value_false;

struct value *value_new(struct arena *arena, enum value_kind kind);
/* The bytes are not copied. */
const struct value *value_string(struct arena *arena, struct span text);
const struct value *value_number(struct arena *arena, double number);
/* The member of a map; &value_missing where there is none, or map is no map. */
const struct value *value_get(const struct value *map, struct span name);
/* The same without regard to ASCII case and with '_', '-' and ' ' alike: tags of some services are written in capitals. */
const struct value *value_get_loosely(const struct value *map, struct span name);

#endif
