/* The fixed words of reports in every language, compiled in, so that --lang ja needs no locale and no file. */
#ifndef PRESEND_REPORT_PHRASES_H
#define PRESEND_REPORT_PHRASES_H

#include <glib.h>

#include "rule/options.h"

/* In comments: the meaning of the places {0}, {1}, ... */
enum phrase {
	PHRASE_DECODED,        /* label of the decoded line */
	PHRASE_BECOMES,        /* label of the line that a template becomes with a row */
	PHRASE_ROW,            /* label: a row of the data */
	PHRASE_SOURCE,         /* label: what the rule rests on */
	PHRASE_HELP,           /* label: what to do */
	PHRASE_REPLY,          /* label: what a receiver answers */
	PHRASE_SUBJECT,        /* {0} subject */
	PHRASE_MESSAGE_NUMBER, /* {0} number of the message in its file */
	PHRASE_TEMPLATE,       /* mark of a template */
	PHRASE_DATED,          /* {0} date of the text that was read */
	PHRASE_MORE_OF_RULE,   /* {0} count, {1} rule id, {2} line:column of the next */
	PHRASE_MORE_INFO_ONE,
	PHRASE_MORE_INFO_MANY, /* {0} count */
	PHRASE_SCORE,          /* {0} points, {1} probability, {2} verdict */
	PHRASE_MORE_POINTS,    /* {0} points of all that is not shown */
	PHRASE_ADVICE,         /* {0} limit */
	PHRASE_ADVICE_NONE,    /* {0} limit */
	PHRASE_ADVICE_ALSO,    /* {0} line numbers */
	PHRASE_ADVICE_REACHED, /* {0} points, {1} probability */
	PHRASE_ADVICE_MISSED,  /* {0} points */
	PHRASE_WORDS_OF_LINE,  /* {0} line number, {1} the words */
	PHRASE_WORDS_OF_SUBJECT,
	PHRASE_WORDS_OF_SENDER,
	PHRASE_WORDS_ELSEWHERE,
	PHRASE_SCORE_START,
	PHRASE_SUBJECT_EXCLAMATION,
	PHRASE_SUBJECT_DOLLAR,
	PHRASE_LINK_WITHOUT_WORDS,
	PHRASE_LINK_ESCAPED_HOST,
	PHRASE_CLEAN,
	PHRASE_SUSPICIOUS,
	PHRASE_SPAM_LIKE,
	PHRASE_PATH_NO_FINDINGS, /* {0} path */
	PHRASE_NOTHING_CHECKED,
	PHRASE_MESSAGES_ONE,
	PHRASE_MESSAGES_MANY, /* {0} count */
	PHRASE_NO_FINDINGS,
	PHRASE_ERRORS_ONE,
	PHRASE_ERRORS_MANY, /* {0} count */
	PHRASE_WARNINGS_ONE,
	PHRASE_WARNINGS_MANY, /* {0} count */
	PHRASE_INFO,          /* {0} count */
	PHRASE_SUPPRESSED,    /* {0} count */
	PHRASE_UNREADABLE,    /* {0} count, in the summary */
	PHRASE_FIXABLE,       /* {0} count */
	PHRASE_FIXABLE_UNSAFE, /* {0} count */
	PHRASE_UNREADABLE_TITLE,
	PHRASE_NO_ROOM, /* {0} count: of a report with a limit */
	PHRASE_LIST_COMMA, /* between the parts of the summary */
	PHRASE_LIST_COLON, /* behind its first part */
	PHRASE_COUNT,      /* heads of the statistics */
	PHRASE_SEVERITY,
	PHRASE_RULE,
	PHRASE_REFUSED,       /* {0} subject */
	PHRASE_REFUSED_SCORE, /* {0} points */
	PHRASE_REFUSED_MORE,  /* {0} count */
	PHRASE_GATE_CANNOT_RUN, /* {0} command */
	PHRASE_GATE_TIMEOUT,  /* {0} seconds */
	PHRASE_GATE_DIED,     /* {0} number of a signal */
	/* The preview. */
	PHRASE_INBOX,
	PHRASE_IMAGES_OFF,
	PHRASE_PLAIN_VIEW,
	PHRASE_SPOKEN,
	PHRASE_ON_COMPUTER,
	PHRASE_ON_PHONE,
	PHRASE_NO_SENDER,
	PHRASE_NO_SUBJECT,
	PHRASE_SENDER_ELSEWHERE,  /* of a template without a header */
	PHRASE_SUBJECT_ELSEWHERE,
	PHRASE_PREVIEW_NOTHING,
	PHRASE_PREVIEW_HIDDEN,
	PHRASE_PREVIEW_VISIBLE,
	PHRASE_PREVIEW_PLAIN,
	PHRASE_PREVIEW_DECLARED,
	PHRASE_OF_MESSAGES,   /* {0} number of the message, {1} count */
	PHRASE_NO_ROW_FOR,    /* {0} mail clients */
	PHRASE_FIRST_BRANCHES,
	PHRASE_ROW_FILLED_IN, /* {0} number of the row, {1} data file, {2} line */
	PHRASE_UNFILLED,      /* {0} expressions */
	PHRASE_IMAGE,         /* {0} alternative text */
	PHRASE_IMAGE_EMPTY,
	PHRASE_BODY_EMPTY,
	PHRASE_SPOKEN_TITLE,  /* {0} title */
	PHRASE_SPOKEN_NO_TITLE,
	PHRASE_SPOKEN_LANGUAGE, /* {0} tag */
	PHRASE_SPOKEN_NO_LANGUAGE,
	PHRASE_SPOKEN_TABLE,  /* {0} rows, {1} columns */
	PHRASE_SPOKEN_HEADING, /* {0} level, {1} text */
	PHRASE_SPOKEN_ITEM,   /* {0} text, as below */
	PHRASE_SPOKEN_TEXT,
	PHRASE_SPOKEN_LINK,
	PHRASE_SPOKEN_LINK_ADDRESS,
	PHRASE_SPOKEN_IMAGE,
	PHRASE_SPOKEN_IMAGE_FILE,
	PHRASE_SPOKEN_TABLES, /* {0} count, as below */
	PHRASE_SPOKEN_IMAGE_FILES,
	PHRASE_SPOKEN_LINK_ADDRESSES,
	/* The verdict sheet: who asks, what became of it, and why. */
	PHRASE_GMAIL,
	PHRASE_YAHOO,
	PHRASE_OUTLOOK,
	PHRASE_ICLOUD,
	PHRASE_JAPAN_CARRIERS,
	PHRASE_LAW_JP,
	PHRASE_LAW_US,
	PHRASE_LAW_EU,
	PHRASE_LAW_CA,
	PHRASE_SEVERAL_RECEIVERS,
	PHRASE_VERDICT_FAIL,
	PHRASE_VERDICT_UNKNOWN,
	PHRASE_VERDICT_PASS,
	PHRASE_VERDICT_NEEDS_DNS,
	PHRASE_VERDICT_NEEDS_RECEIVER,
	PHRASE_VERDICT_NOT_APPLICABLE,
	PHRASE_REASON_NOTHING,
	PHRASE_REASON_STAGE,
	PHRASE_REASON_CLASS,
	PHRASE_REASON_VOLUME,
	PHRASE_REASON_PROFILE,
	PHRASE_REASON_REMARK,
	PHRASE_REASON_SEVERAL,
	PHRASE_REASON_ADDED,
	PHRASE_REASON_NO_RULE,
	PHRASE_REASON_NO_ANSWER,
	PHRASE_ANSWER,        /* label: what answers a row */
	PHRASE_MORE_FINDINGS, /* {0} count */
	/* Preflight. */
	PHRASE_PREFLIGHT_WARN,
	PHRASE_PREFLIGHT_UNKNOWN,
	PHRASE_PREFLIGHT_PUBLISH,  /* label: a record of DNS */
	PHRASE_PREFLIGHT_SNAPSHOT, /* label: the file that answers come from */
	PHRASE_PREFLIGHT_MORE_LINES, /* {0} count */
	PHRASE_PREFLIGHT_MORE_MESSAGES, /* {0} count */
	PHRASE_PREFLIGHT_PLACES,   /* label: the messages that a row is about */
	PHRASE_PREFLIGHT_NOT_ASKED,
	N_PHRASES
};

/* The words, with their places. */
const char *phrase(enum phrase which, enum language language);
/* Append the words with places filled in; args ends with NULL. Places without an argument stay as they are; arguments must be safe
 * already. */
void phrase_append(GString *out, enum phrase which, enum language language, const char *const *args);

#define PHRASE_APPEND(out, which, language, ...) phrase_append((out), (which), (language), (const char *const[]){__VA_ARGS__, NULL})

#endif
