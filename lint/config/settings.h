/* What is in force for a message: the command line over paths over the list over the whole files, the closest file first. */
#ifndef PRESEND_CONFIG_SETTINGS_H
#define PRESEND_CONFIG_SETTINGS_H

#include "config/discover.h"
#include "rule/rule.h"

/* What the command line says, over which nothing wins, and what holds where nobody says anything. */
struct settings_base {
	struct lint_options lint;
	enum severity fail_on;         /* SEVERITY_OFF: never */
	double max_score;              /* negative: none */
	const char *rules_path;      /* NULL: none */
	uint64_t given;                /* bits 1 << enum config_key: those the command line gives */
};

/* Where a value comes from: table NULL: the command line, or nobody. */
struct setting_source {
	const struct config_table *table;
	const struct toml_node *value;
};

struct settings {
	struct lint_options lint;
	enum severity fail_on;
	double max_score;
	struct setting_source sources[N_CONFIG_KEYS];
};

/* Files for which the same tables count. */
struct settings_group;
struct settings_store;

/* finder and base must outlive the store. */
struct settings_store *settings_store_new(struct config_finder *finder, const struct settings_base *base);
void settings_store_free(struct settings_store *store);

/* The group of a file (path as the user wrote it; it need not exist). Of one thread only. */
struct settings_group *settings_group_of(struct settings_store *store, const char *path);
/* The group of what lies in a folder, as far as no table for paths is asked. */
struct settings_group *settings_group_of_folder(struct settings_store *store, const char *folder);
const struct config_chain *settings_group_chain(const struct settings_group *group);
/* Where own rules are, absolute or as the command line has it; NULL. */
const char *settings_rules_path(const struct settings_store *store, const struct settings_group *group);

/* The list that a message belongs to: the one that its path is given, else by List-Id (without brackets), else by the From address or its
 * domain, where only one list has it; NULL. Empty spans
 * where the message has none. Of any thread. */
const char *settings_list_of(const struct settings_group *group, struct span list_id, struct span from);
/* What is in force for the files of a group and a list (NULL: none). Made at first use and kept; of any thread. */
const struct settings *settings_of(struct settings_store *store, struct settings_group *group, const char *list);

/* The tables in force for a group and a list, const struct config_table *, weakest first; g_ptr_array_free(). */
GPtrArray *settings_tables(const struct settings_group *group, const char *list);

/* Every rule id of the chain must name something: else faults. */
void settings_check_ids(struct config_finder *finder, const struct config_chain *chain, const struct rule_set *rules);

#endif
