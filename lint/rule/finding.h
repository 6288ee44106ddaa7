/* Findings: what a rule found, where, with typed arguments. Independent of the message once finished: strings live in the
 * arena of the list. */
#ifndef PRESEND_RULE_FINDING_H
#define PRESEND_RULE_FINDING_H

#include <glib.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/lines.h"
#include "rule/options.h"
#include "rule/rule.h"

struct engine;
struct preflight_report;
struct rewrite;

/* ARG_PHRASE: words of ours, which may be in both languages and are never of the draft. */
enum arg_kind { ARG_TEXT, ARG_INT, ARG_PHRASE };

struct finding_arg {
	const char *name;
	enum arg_kind kind;
	const char *text;      /* ARG_TEXT; UTF-8, NUL-terminated, not yet made safe for a terminal */
	int64_t number;        /* ARG_INT */
	const struct localized *phrase; /* ARG_PHRASE; constant */
};

enum { FINDING_MAX_ARGS = 6 };

/* Why a finding is not told: a comment or a field of the draft says so, or it was there when the baseline was written. */
enum suppression_kind { SUPPRESSED_IN_SOURCE, SUPPRESSED_BY_BASELINE };
struct suppression {
	enum suppression_kind kind;
	const char *reason;    /* as the draft gives it, UTF-8, not yet made safe for a terminal; NULL */
};

struct fix_edit {
	struct position start, end; /* in the raw file */
	struct span with;           /* bytes that stand there afterwards */
	bool is_text;               /* they are UTF-8, and the columns of the range count code points */
};

/* How a program can mend a finding: see rule/fix.h. */
struct fix {
	const struct rule_fix *how; /* its words */
	bool safe;                  /* changes nothing that a reader or a receiver could miss */
	bool refused;               /* one of its places cannot be written: there is no fix */
	struct rewrite *rewrites;   /* sorted once finished */
	size_t n_rewrites, allocated;
	struct fix_edit *edits;     /* sorted; none where the message offers too many bytes of fixes */
	size_t n_edits;
};

/* One row of data that has a finding. */
struct finding_row {
	size_t number, line;        /* 1 is the first row; the line of the data file it begins in. 0: made up, not of the data */
	const struct localized *worst; /* what was made up: "empty values"; NULL */
	const char *values;         /* what was put in at the place, "name = \"\", ..."; NULL */
	const char *becomes;        /* the line that comes of it; NULL */
};

/* The rows of data that have a finding of a template (--data). */
enum { FINDING_ROWS_SHOWN = 3 };
struct finding_rows {
	const char *data_path;
	size_t n, of;               /* so many of so many rows; made up ones are counted apart */
	struct finding_row first[FINDING_ROWS_SHOWN];
	size_t n_first;
};

struct finding {
	const struct rule *rule;
	const struct rule_message *message;
	enum severity severity;
	const char **requirements; /* NULL-terminated; may be empty */
	struct finding_arg args[FINDING_MAX_ARGS];
	size_t n_args;
	struct position start, end; /* in the raw file */
	const char *part;           /* "1.2"; NULL */
	const char *excerpt;        /* decoded text the finding is about; NULL */
	const char *decoded_line;   /* the decoded line it stands in; NULL where the raw line says the same */
	size_t decoded_column;      /* 1-based, code points of decoded_line; 0 where none */
	const char *raw_line;       /* the raw line of start, valid UTF-8 or bytes; NUL-terminated copy without line end, cut */
	size_t raw_line_column;     /* column of start in raw_line (which may be cut at the left) */
	const char *url;            /* of the page that this finding rests on; NULL: that of the rule, see finding_url() */
	const char *print;          /* 16 hexadecimal digits: what was found, whatever the file */
	const char *fingerprint;    /* likewise, together with the file */
	struct fix *fix;            /* how a program can mend it (rule/fix.h); NULL */
	/* NULL: told. A suppressed finding stays in the list, for it is still true of the mail: the score and the verdict sheet count it,
	 * what people read and what fails a run does not. */
	const struct suppression *suppressed;
	const struct finding_rows *rows; /* which rows make it so; NULL: the file itself */
};

/* All findings of one message, and what a report needs to know of it. */
struct message_result {
	struct arena *arena;        /* owns everything below */
	const char *path;           /* as given */
	const char *root_path;      /* as fingerprints have it: from the root of the project */
	size_t index;
	bool is_template;
	enum stage stage;
	unsigned profiles;          /* enum profile: what was asked for */
	enum severity fail_on;      /* findings from here on fail the run; SEVERITY_OFF: none do */
	double max_score;           /* and more points than this; negative: however many */
	const struct engine *engine; /* that made it, for the second pass */
	const char *subject, *from; /* decoded; NULL */
	size_t size;                /* bytes of this message */
	struct finding *findings;   /* sorted: offset, then rule id */
	size_t n_findings;
	struct score *score;        /* see rule/score.h */
	struct facts *facts;        /* see rule/facts.h */
	struct requirement_status *requirements; /* sorted by id */
	size_t n_requirements;
	const struct preflight_report *preflight; /* what DNS says of it (report/preflight.h); NULL: nobody asked, or there was no answer */
	struct ignores *ignores;    /* see rule/suppress.h; NULL where the draft has none */
	const struct page_mail *page; /* see report/page.h: what a page shows of the mail; NULL where no report shows it */
};

enum requirement_verdict { REQUIREMENT_PASS, REQUIREMENT_FAIL, REQUIREMENT_NEEDS_DNS, REQUIREMENT_NEEDS_RECEIVER,
			   REQUIREMENT_NOT_APPLICABLE, REQUIREMENT_UNKNOWN };
/* Why it is not applicable: there is nothing to judge, or the stage, class, volume or profile silences the rules. Why it is unknown:
 * there was an info remark, several messages are needed, the list system adds what is missing, or no rule decided it. REASON_DNS, of both: the rows of preflight tell, or
 * there are none. */
enum requirement_reason { REASON_NONE, REASON_NOTHING, REASON_STAGE, REASON_CLASS, REASON_VOLUME, REASON_PROFILE, REASON_REMARK,
			  REASON_SEVERAL, REASON_ADDED, REASON_NO_RULE, REASON_DNS };
struct requirement_status {
	const char *id;
	enum requirement_verdict verdict;
	enum requirement_reason reason;
};

/* How many findings of a result a program can mend, safely and not so; suppressed ones do not count. */
void finding_count_fixes(const struct message_result *result, size_t *safe, size_t *unsafe);
/* A copy in the arena, without its fix. */
struct finding finding_copy(struct arena *arena, const struct finding *finding);
/* The text of a finding in a language, arguments filled in; g_free() it. Unknown {places} stay as they are. Its
 * message begins with the rows that make it so. */
char *finding_format(const struct finding *finding, const struct localized *text, enum language language);
/* The page to link to: the finding's own, else that of the rule's first source; NULL. */
const char *finding_url(const struct finding *finding);
/* "inSource", "baseline": the words of the machine formats. */
const char *suppression_name(enum suppression_kind kind);
const struct finding_arg *finding_arg(const struct finding *finding, const char *name);
void message_result_free(struct message_result *result);
/* A list of them, with the list. */
void message_results_free(GPtrArray *results);

#endif
