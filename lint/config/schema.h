/* The table of keys as texts: JSON Schema for editors, reference page, commented default file. */
#ifndef PRESEND_CONFIG_SCHEMA_H
#define PRESEND_CONFIG_SCHEMA_H

#include <glib.h>

#include "rule/options.h"

/* JSON Schema (draft 7) of presend.toml, descriptions in the language. */
void config_write_schema(GString *out, enum language language);
/* The part of docs/configuration.md that lists the keys, Markdown. */
void config_write_reference(GString *out, enum language language);
/* A presend.toml to begin with: every key explained, all of it in comments. */
void config_write_default(GString *out, enum language language);

#endif
