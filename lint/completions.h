/* Completions of shells, made from the tables of cli.h. */
#ifndef PRESEND_COMPLETIONS_H
#define PRESEND_COMPLETIONS_H

#include "cli.h"

/* Append the script of "bash", "zsh" or "fish"; false for another shell. */
bool completions_append(GString *out, const char *shell);

#endif
