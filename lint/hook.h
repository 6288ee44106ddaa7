/* The hook of git that presend init installs: checks what is about to be committed. */
#ifndef PRESEND_HOOK_H
#define PRESEND_HOOK_H

#include <glib.h>
#include <stdbool.h>

#include "rule/options.h"

enum hook_result {
	HOOK_WRITTEN,          /* new, or ours renewed */
	HOOK_THERE,            /* is as it should be */
	HOOK_FOREIGN,          /* somebody else's: left alone */
	HOOK_NO_PLACE,         /* no repository, or hooks that are not its own */
	HOOK_FAILED
};

/* Install the hook for the repository around folder, where git looks for it: core.hooksPath and working trees that share a repository are respected. A
 * hook of somebody else and hooks of the whole machine are left alone. report gains one or more lines, each with its line end, that say what was done
 * or what to do instead. */
enum hook_result hook_install(const char *folder, enum language language, GString *report);

#endif
