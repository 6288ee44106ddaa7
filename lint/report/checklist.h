/* The verdict sheet: what the chosen receivers and laws ask, one row each, and what became of it. Data for text and JSON. */
#ifndef PRESEND_REPORT_CHECKLIST_H
#define PRESEND_REPORT_CHECKLIST_H

#include "report/preflight.h"
#include "report/report.h"
#include "rule/requirement.h"

struct checklist_row {
	const struct requirement *requirement;
	enum requirement_verdict verdict;
	enum requirement_reason reason;
	unsigned asked_by;             /* of the chosen profiles */
};

/* The rows of one message, in the order of their ids; free with g_array_unref(). */
GArray *checklist_rows(const struct message_result *result, unsigned profiles);
/* The next finding of the message that tells why the row fails, after that one (NULL: the first); NULL where there is no more. */
const struct finding *checklist_finding(const struct message_result *result, const struct checklist_row *row,
					const struct finding *after);
/* What a receiver answers to a failing row: the rule's own word, else the catalogue's; NULL where none is known. */
const char *checklist_reply(const struct message_result *result, const struct checklist_row *row);

/* The next row of preflight that is about it, after that one (NULL: the first); NULL where there is no more. */
const struct preflight_row *checklist_answer(const struct message_result *result, const struct checklist_row *row, const struct preflight_row *after);
/* Of a row that waits: the command that answers it; g_free() it. NULL where none does. */
char *checklist_command(const struct message_result *result, const struct checklist_row *row);

extern const struct reporter report_checklist, report_checklist_json;

#endif
