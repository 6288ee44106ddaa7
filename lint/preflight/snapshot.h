/* Answers of DNS as a JSON file, for runs without network: docs/preflight.md has the format. */
#ifndef PRESEND_PREFLIGHT_SNAPSHOT_H
#define PRESEND_PREFLIGHT_SNAPSHOT_H

#include <glib.h>

#include "preflight/dns.h"

/* The answers of a file, struct dns_answer *, in the arena; NULL with *error ("FILE:LINE:COLUMN: …", g_free() it). */
GPtrArray *snapshot_read(struct arena *arena, const char *path, char **error);
/* Write answers (const struct dns_answer *), which are sorted for it, replacing the file. false with *error. */
bool snapshot_write(struct arena *arena, const char *path, GPtrArray *answers, char **error);

#endif
