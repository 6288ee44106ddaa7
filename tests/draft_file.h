/* A draft on the heap, exactly as long as it is and without a final NUL, so that a sanitizer sees every step too far. */
#ifndef PRESEND_TESTS_DRAFT_FILE_H
#define PRESEND_TESTS_DRAFT_FILE_H

#include <check.h>
#include <glib.h>
#include <stdlib.h>

#include "mail/header.h"

struct draft_file {
	struct arena *arena;
	char *bytes;
	struct text *file;
};

static inline void draft_file_init(struct draft_file *draft, const char *in, size_t n)
{
	draft->arena = arena_new();
	draft->bytes = g_malloc(n ? n : 1);
	memcpy(draft->bytes, in, n);
	draft->file = ARENA_NEW(draft->arena, struct text);
	draft->file->bytes = span_of(draft->bytes, n);
}

static inline void draft_file_release(struct draft_file *draft)
{
	arena_free(draft->arena);
	g_free(draft->bytes);
}

/* The file's bytes of a range, as a C string to compare with. */
static inline char *draft_file_cut(struct draft_file *draft, struct range range)
{
	return arena_copy(draft->arena, span_cut(draft->file->bytes, range.start, range.end));
}

static inline char *draft_file_text(struct draft_file *draft, const struct text *text)
{
	return text ? arena_copy(draft->arena, text->bytes) : NULL;
}

/* The first field of a header block. */
static inline struct field draft_file_field(struct draft_file *draft)
{
	struct header header = header_scan(draft->arena, draft->file, 0, draft->file->bytes.n);

	ck_assert_uint_ge(header.n, 1);
	return header.fields[0];
}

static inline int run_case(const char *name, TCase *tcase)
{
	Suite *suite = suite_create(name);
	suite_add_tcase(suite, tcase);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}

#define N_ROWS(table) ((int)(sizeof(table) / sizeof *(table)))

#endif
