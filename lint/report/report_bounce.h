/* What came back, told to people and to programs, entry by entry, so that a log of a million lines needs no memory. */
#ifndef PRESEND_REPORT_REPORT_BOUNCE_H
#define PRESEND_REPORT_REPORT_BOUNCE_H

#include "bounce/bounce.h"
#include "bounce/postmaster.h"
#include "report/report.h"

enum bounce_format { BOUNCE_TEXT, BOUNCE_JSON, BOUNCE_JSONL, BOUNCE_CSV };

struct bounce_writer {
	const struct report_options *options;
	enum bounce_format format;
	size_t n;                      /* entries so far */
	size_t n_accepted, n_unproven; /* of text: lines of logs that are only counted; those that a silent receiver took */
	const char *last_path;         /* of text: what the last entry said, so that the same is not said again; owned */
	char *last_said;
};

/* NULL where there is none of that name. */
bool bounce_format_parse(const char *name, enum bounce_format *out);
void report_bounce_begin(struct bounce_writer *writer, GString *out, enum bounce_format format, const struct report_options *options);
void report_bounce_entry(struct bounce_writer *writer, GString *out, const struct bounce_entry *entry);
/* postmasters: struct postmaster *, told behind the entries. */
void report_bounce_end(struct bounce_writer *writer, GString *out, const GPtrArray *postmasters, const struct report_error *errors, size_t n_errors);

/* --summary: entries counted by reply, receiver and outcome. */
struct bounce_summary;
struct bounce_summary *bounce_summary_new(void);
void bounce_summary_free(struct bounce_summary *summary);
void bounce_summary_add(struct bounce_summary *summary, const struct bounce_entry *entry);
void bounce_summary_write(const struct bounce_summary *summary, GString *out, enum bounce_format format, const struct report_options *options);

/* The parts in JSON, of report_json.c. */
void report_json_bounce_begin(GString *out);
void report_json_bounce_entry(GString *out, const struct bounce_entry *entry, const struct report_options *options, bool lines, size_t n);
void report_json_bounce_end(GString *out, const GPtrArray *postmasters, const struct report_error *errors, size_t n_errors);

/* One sentence or two on what an entry means and what to do; shared by text, JSON and CSV. Append, not made safe. */
void report_bounce_advice(GString *out, const struct bounce_entry *entry, enum language language);
/* Is there anything the sender can do? */
bool report_bounce_can_fix(const struct bounce_entry *entry);

#endif
