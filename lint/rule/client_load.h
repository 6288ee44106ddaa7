/* Strict reader of rules.d/clients: who supports what (support.tsv), which clients there are (clients.yaml), what a feature is in a draft
 * (features.yaml). Only the build-machine program uses it. */
#ifndef PRESEND_RULE_CLIENT_LOAD_H
#define PRESEND_RULE_CLIENT_LOAD_H

#include "rule/client.h"

struct client_tables {
	GArray *clients;   /* struct client */
	GArray *presets;   /* struct client_preset */
	GArray *features;  /* struct client_feature */
	GArray *probes;    /* struct client_probe, sorted */
	const char *date;
};

/* Strings live in the arena, the arrays until client_tables_release(). Every refusal is one line "file:line:column: message" in errors (char *).
 * Refused beside what rule_load.h names: a feature of support.tsv that stands in features.yaml not at all or twice, a feature or client that
 * support.tsv does not have, an unknown way to detect or fall back, advice that nothing uses. */
struct client_tables client_load_folder(struct arena *arena, const char *folder, GPtrArray *errors);
void client_tables_release(struct client_tables *tables);

#endif
