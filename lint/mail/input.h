/* Files, standard input, mbox, Maildir and folders: what is there to lint. */
#ifndef PRESEND_MAIL_INPUT_H
#define PRESEND_MAIL_INPUT_H

#include <glib.h>

#include "base/arena.h"
#include "base/map.h"

enum input_kind { INPUT_MESSAGE, INPUT_TEMPLATE };

enum template_kind { TEMPLATE_NONE, TEMPLATE_HTML, TEMPLATE_TEXT, TEMPLATE_MARKDOWN, TEMPLATE_MESSAGE /* *.eml.j2 */ };

struct input_bytes {
	struct span bytes;           /* the whole file, LIMIT_INPUT_BYTES at most; not NUL-terminated */
	bool cut;                    /* the file is longer */
	void *storage;               /* released by input_bytes_release() */
};

struct input_file {
	char *path;                  /* as it is to be printed */
	enum input_kind kind;
	enum template_kind template_kind;
	bool is_stdin;               /* to be read as "-", whatever path says */
	bool has_content;            /* not to be read at all: these are its bytes */
	struct input_bytes content;
};

/* What is to be done with an entry of a folder. */
enum input_choice { INPUT_SKIP, INPUT_BY_NAME /* a file: if it looks like mail or a template */, INPUT_TAKE };

struct input_filter {
	/* path: that of the folder as it was given, and the names below it. Not asked about names with a dot in front and the like. */
	enum input_choice (*choose)(void *data, const char *path, bool is_folder);
	void *data;
};

/* Expand paths in the order given: a file as it is, a Maildir (cur, new) and a folder (walked, sorted by byte order) to the files in it that
 * look like mail or templates (by name: .eml, .mbox, template endings; in a Maildir all). errors: GPtrArray of char *, one
 * "path: reason" per thing that could not be read. remarks: likewise, e.g. a folder without drafts. Results: GPtrArray of
 * struct input_file, free with input_file_free(). stdin_name: what "-" is called and what kind it has, may be NULL. filter: asked about
 * what is found in folders, not about what is named; may be NULL. */
GPtrArray *input_expand(char *const *paths, size_t n, const char *stdin_name, const struct input_filter *filter, GPtrArray *errors,
			GPtrArray *remarks);
void input_file_free(struct input_file *file);

/* By its name: what kind of file is this. */
enum input_kind input_kind_of(const char *path, enum template_kind *template_out);

/* Would a walk through folders, from the first name of the path on, come to the file and take it, going by names alone? whatever_ending: the name of
 * the file itself need not look like mail or a template. */
bool input_counts_in_walk(const char *path, bool whatever_ending);

/* Does a file named like a text template (.txt) hold a mail? It begins with an mbox line, or with a header block that has one of Date,
 * Message-ID and MIME-Version, and From or a field that delivery adds; Received will do beside From. */
bool input_holds_message(struct span bytes);

/* Read a whole file ("-": standard input). false and *error where it cannot be read; its message is the reason alone, without
 * the path. */
bool input_read(const char *path, struct input_bytes *out, GError **error);
void input_bytes_release(struct input_bytes *bytes);

/* The messages of an mbox: ranges without their separator lines. A file that does not begin with "From " is one message, all of
 * it. A single message behind a "From " line also gives one range. The empty line before a separator, and at the end of a file of several
 * messages, is in no range. is_mbox_out (may be NULL): the file begins with "From ".
 * Separator: at the start of the file, or behind an empty line, "From " with an address and an asctime date (RFC 4155).
 * n_out >= 1, also for an empty file. */
struct range *input_split_mbox(struct arena *arena, struct span file, size_t *n_out, bool *is_mbox_out);

/* Does a separator begin at this place of a file that is an mbox, which is no place in its first line? The line must be there whole, or its first
 * INPUT_FROM_LINE_BYTES. *empty_out: length of the empty line before it. */
enum { INPUT_FROM_LINE_BYTES = 1000 };
bool input_separator_at(struct span file, size_t at, size_t *empty_out);
/* Length of the empty line (LF or CRLF) that ends before a place; 0 where the line before is not empty. */
size_t input_empty_line_before(struct span file, size_t at);

#endif
