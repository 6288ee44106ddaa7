/* Which configuration files are in force for a file: the closest one, those it extends, and those above it. */
#ifndef PRESEND_CONFIG_DISCOVER_H
#define PRESEND_CONFIG_DISCOVER_H

#include "config/config.h"

/* The files in force, weakest first. Two folders under the same files share one chain. */
struct config_chain {
	const struct config_file *const *files;
	size_t n;
	const char *const *lists;      /* names of the lists of all files, NULL-terminated */
};

struct config_finder;

/* fixed: the file of --config, which is then the only one; its globs count from the working directory. isolated: none. language: of faults. */
struct config_finder *config_finder_new(const char *fixed, bool isolated, enum language language);
void config_finder_free(struct config_finder *finder);
/* The chain for what lies in a folder (absolute path). Never NULL; without configuration n is 0. Each folder is looked into once. */
const struct config_chain *config_chain_of(struct config_finder *finder, const char *folder);
/* Everything that is wrong with the files read so far, in the order it was found. */
struct config_faults *config_finder_faults(struct config_finder *finder);
/* The working directory, absolute. */
const char *config_working_directory(const struct config_finder *finder);

#endif
