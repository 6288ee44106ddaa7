/* The table of native checks, made from the lines CHECK(name) that the Makefile collects into checks.inc.
 * Nothing else belongs here. */
#include "rule/check.h"

#define CHECK_ENTRY(name) void check_##name(struct check *c, const struct message *m);
#include "checks.inc"
#undef CHECK_ENTRY

const struct check_entry check_registry[] = {
#define CHECK_ENTRY(name) { #name, check_##name },
#include "checks.inc"
#undef CHECK_ENTRY
	{ NULL, NULL }
};

const size_t n_check_registry = sizeof check_registry / sizeof *check_registry - 1;
