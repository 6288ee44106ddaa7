/* Runs rules over messages: document in, findings out. */
#ifndef PRESEND_RULE_ENGINE_H
#define PRESEND_RULE_ENGINE_H

#include <glib.h>

#include "doc/message.h"
#include "rule/finding.h"
#include "rule/match.h"
#include "rule/options.h"
#include "rule/score.h"

struct engine;         /* const after making; shared by workers */
struct engine_worker;  /* one per thread: ICU objects, compiled patterns */

/* rules and options must outlive the engine. */
struct engine *engine_new(const struct rule_set *rules, const struct lint_options *options);
/* The same rules with other options. Shares what first has compiled, so first must outlive it; workers of first run it, too. */
struct engine *engine_new_beside(const struct engine *first, const struct lint_options *options);
void engine_free(struct engine *engine);
const struct rule_set *engine_rules(const struct engine *engine);
struct engine_worker *engine_worker_new(const struct engine *engine);
void engine_worker_free(struct engine_worker *worker);

/* Lint one message. The result owns all it shows: message and file may be freed. */
struct message_result *engine_run(struct engine_worker *worker, const struct message *message);
/* The same with the options of an engine beside the worker's. */
struct message_result *engine_run_with(struct engine_worker *worker, const struct engine *engine, const struct message *message);
/* The same for what is only a trial of a message: findings, no score, no verdicts, and no record for rules over several. */
struct message_result *engine_try(struct engine_worker *worker, const struct engine *engine, const struct message *message);
/* Second pass: rules over several messages, results in path order. Adds findings to them. engine: any of those that made the results, which
 * are all beside each other; what each message is judged by is its own. */
void engine_run_several(const struct engine *engine, struct message_result **results, size_t n);
/* The same, some at a time: with what is remembered of those before (rule/several.h). Were findings added? */
struct several_memory;
bool engine_run_several_after(const struct engine *engine, struct several_memory *memory, struct message_result *const *results, size_t n);

/* Move a finding to another text that the one at hand was made of: range of its lines. What the line became is kept as its decoded line. */
void engine_move_finding(struct finding *finding, struct arena *arena, const struct line_index *lines, struct range range);
/* Add findings (struct finding, in the arena of the result). What the draft suppresses is marked; score and verdicts stay those of the file. */
void engine_add_findings(struct message_result *result, GArray *findings);

/* The stage that applies to a message: what the user gave, else by the kind of the file. */
enum stage engine_stage(const struct lint_options *options, enum input_kind kind);

#endif
