/* What judges which message: configurations to rules and engines. Made once for a run. */
#ifndef PRESEND_SETUP_H
#define PRESEND_SETUP_H

#include "config/settings.h"
#include "doc/message.h"
#include "mail/input.h"
#include "rule/engine.h"
#include "run.h"

struct setup;
struct bench;                          /* one set of rules, compiled */

/* What is known of a file before it is read. */
struct setup_place {
	struct settings_group *group;
	const struct bench *bench;
	const struct lint_options *options; /* whatever list its messages belong to */
};

/* options must outlive the setup. */
struct setup *setup_new(const struct run_options *options);
void setup_free(struct setup *setup);

/* Is there any configuration for the working directory? */
bool setup_configured(const struct setup *setup);
/* What holds for a run as a whole, the language and the formats, is read from the configuration of the working directory into run. Strings live as long as the
 * setup. false, and said why on standard error, where that configuration, its rules or ids on the command line are wrong. */
bool setup_run_keys(struct setup *setup, struct run_options *run);
/* The rules that are in force in the working directory; valid as long as the setup, and after setup_run_keys(). */
const struct rule_set *setup_rules(const struct setup *setup);
/* What is in force for a file, path as the user wrote it. false where its rules cannot be loaded, and said so. */
bool setup_place_of(struct setup *setup, const char *path, struct setup_place *out);
/* The same for what lies in a folder, as far as no table for paths is asked. */
bool setup_place_of_folder(struct setup *setup, const char *folder, struct setup_place *out);
/* Are all configurations that were met sound? Else all that is wrong is said. */
bool setup_sound(const struct setup *setup);

/* For walks through folders: what is ignored, excluded, included. Of one thread. */
struct input_filter setup_filter(struct setup *setup);
/* --force-exclude: is a path that was named to be left out? */
bool setup_leaves_out(struct setup *setup, const char *path);

/* A worker for the rules of a bench; engine_worker_free(). */
struct engine_worker *setup_worker(const struct bench *bench);
/* The list of a message and what is in force for it. Of any thread. */
const struct settings *setup_settings_for(struct setup *setup, const struct setup_place *place, const struct message *message);
/* Likewise for what comes from an address, with or without a List-Id, and is not there to be read. */
const struct settings *setup_settings_from(struct setup *setup, const struct setup_place *place, struct span list_id, struct span from);
/* As far as a path tells, for a message that is not there. */
const struct settings *setup_settings_of_path(struct setup *setup, const struct setup_place *place);
const struct settings_base *setup_base(const struct setup *setup);
const struct engine *setup_engine_for(struct setup *setup, const struct setup_place *place, const struct message *message);

/* The settings that a result was made with. */
const struct settings *setup_settings_of(const struct setup *setup, const struct message_result *result);
/* Second pass: rules over several messages see those that are judged by the same rules, whatever their options. */
void setup_run_several(const struct setup *setup, GPtrArray *results);

#endif
