/* A text as an editor has it, beside the bytes that it stands for in the file: editors send characters, rules judge bytes. */
#ifndef PRESEND_LSP_TEXT_H
#define PRESEND_LSP_TEXT_H

#include <glib.h>
#include <stdbool.h>

#include "base/arena.h"
#include "base/lines.h"

struct lsp_text {
	const char *charset;       /* in which the editor keeps the file; NULL: UTF-8 */
	bool has_mark;             /* the file begins with a byte order mark that the editor does not show */
	bool from_disk;            /* the editor's characters cannot be told back into bytes: the file itself is judged, as it was last saved */
	GString *bytes;            /* of the file, as it would be saved */
	struct arena *arena;       /* of lines; NULL before the first lsp_text_set() */
	struct line_index lines;
};

/* path: where the file lies, NULL for none; text: what the editor shows of it when it opens it. From the two follows how it reads the file; lsp_text_set()
 * takes the text in. */
void lsp_text_open(struct lsp_text *out, const char *path, struct span text);
/* What the editor shows now; of a text from_disk the file is read again. */
void lsp_text_set(struct lsp_text *text, const char *path, struct span shown);
void lsp_text_close(struct lsp_text *text);

/* Where a byte of the file is in the editor: line from 0, characters in UTF-16 units from 0 (Language Server Protocol 3.17, "Position"). */
void lsp_text_place(const struct lsp_text *text, size_t offset, size_t *line, size_t *character);
/* Bytes of the file as the editor would show them; NULL where it could not. g_free() it. */
char *lsp_text_shown(const struct lsp_text *text, struct span bytes);

#endif
