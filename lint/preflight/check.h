/* What checks of preflight see, and how they say something. */
#ifndef PRESEND_PREFLIGHT_CHECK_H
#define PRESEND_PREFLIGHT_CHECK_H

#include <glib.h>

#include "preflight/cases.h"
#include "preflight/dmarc.h"
#include "preflight/sender.h"

enum answer { ANSWER_OPEN, ANSWER_YES, ANSWER_NO };

struct preflight {
	struct arena *arena;
	struct dns *dns;
	enum language language;
	enum volume volume;
	int64_t now;
	const struct sender *sender;
	GArray *rows;                  /* struct preflight_row */
	/* What one check found and another needs. */
	enum answer spf, dkim;         /* can mail be authenticated by it? */
	struct dmarc_walk *walk;       /* of the From domain */
	struct dmarc_view dmarc;       /* of it, by RFC 9989 */
};

/* A row of the table; behind the id names and values of arguments, NULL. The row is valid until the next one. */
struct preflight_row *tell(struct preflight *p, const char *case_id, ...) __attribute__((sentinel));
/* It is about this requirement, too. */
void row_requirement(struct preflight *p, struct preflight_row *row, const char *id);
/* What DNS answered, as a line of evidence; the first is also the query of the row. */
void row_answer(struct preflight *p, struct preflight_row *row, const struct dns_answer *answer);
void row_evidence(struct preflight *p, struct preflight_row *row, const char *line);
/* Many lines: of more than are shown the first and the last. */
void row_evidence_lines(struct preflight *p, struct preflight_row *row, const char *const *lines, size_t n);
/* There are more than count of something, and the others were not looked at; requirement: what they are about. */
void tell_only_first(struct preflight *p, const char *what, size_t count, const char *requirement);
/* What to publish; lines are added. */
void row_record(struct preflight *p, struct preflight_row *row, const char *line);
/* Why an answer is unknown, for people. */
const char *answer_reason(const struct preflight *p, const struct dns_answer *answer);
/* A word in the language of the run. */
const char *preflight_say(const struct preflight *p, const char *en, const char *ja) __attribute__((format_arg(2), format_arg(3)));

/* The checks, in the order of the report. */
void check_domains(struct preflight *p);
void check_spf(struct preflight *p);
void check_dkim(struct preflight *p);
void check_dmarc(struct preflight *p);
void check_alignment(struct preflight *p);
void check_authentication(struct preflight *p);
void check_addresses(struct preflight *p);
void check_further_records(struct preflight *p);
void check_links(struct preflight *p);
void check_blocklists(struct preflight *p, const char *names);
void check_mta_configs(struct preflight *p, const GPtrArray *files);

#endif
