/* Drafts as git knows them: what is staged, what changed since a revision. */
#ifndef PRESEND_GIT_H
#define PRESEND_GIT_H

#include <glib.h>
#include <stdbool.h>

#include "mail/input.h"
#include "rule/options.h"

struct git_request {
	const char *changed_since;   /* a revision; NULL: what is staged */
	char *const *paths;          /* only these files and folders, as given; none: all of the repository */
	size_t n_paths;
	const struct input_filter *filter; /* asked about what is not named, as in a walk; NULL: by the names of files */
	enum language language;
};

/* Append the drafts (struct input_file): those named in paths whatever they are called, the others as a walk through folders takes them. What is
 * staged comes with the bytes of the index; what changed is read from the working tree later. Links and submodules are left out. troubles: one
 * "path: reason" for each that cannot be checked. false where git cannot answer; then *error says why. */
bool git_collect(const struct git_request *request, GPtrArray *files, GPtrArray *troubles, GError **error);

/* Where git looks for a hook of the repository around folder: core.hooksPath and working trees that share a repository are its business. NULL and
 * *error where there is no repository, or where the hooks are not the repository's own: others would run it, too. g_free() it. */
char *git_hook_path(const char *folder, const char *hook, enum language language, GError **error);

#endif
