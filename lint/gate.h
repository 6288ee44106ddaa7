/* presend gate: a mail on standard input goes to a command, byte for byte, or is refused. */
#ifndef PRESEND_GATE_H
#define PRESEND_GATE_H

#include "run.h"

/* Exit codes of the gate: sysexits.h, which Postfix pipe(8) and sendmail read. */
enum { EXIT_GATE_REFUSED = 65 /* EX_DATAERR */, EXIT_GATE_FAILED = 75 /* EX_TEMPFAIL */ };

enum { GATE_TIMEOUT_SECONDS = 60 };

struct gate_options {
	unsigned timeout_seconds;      /* for looking at the mail, from when it was read to its end */
	bool pass_on_failure;          /* --on-failure pass: what could not be looked at goes on */
	char *const *command;          /* ends with NULL */
};

/* Read standard input to its end, look at it, and become COMMAND with the same bytes as its standard input: then this does not
 * return. Else the exit code; why stands on standard error. */
int gate_run(const struct gate_options *options, const struct run_options *run);

#endif
