/* Every cap of the program, with its reason. Reaching one that cuts what is looked at is a finding ("cap-reached"),
 * never silence. Sizes are bytes unless the name says otherwise. */
#ifndef PRESEND_BASE_LIMITS_H
#define PRESEND_BASE_LIMITS_H

/* Input: Gmail accepts 25 MB (552-5.3.4, support.google.com/a/answer/3726730); the room above it lets a rule say so. */
#define LIMIT_INPUT_BYTES ((size_t)64 * 1024 * 1024)
/* A mail that goes through the gate: beyond it, refused. What is larger than LIMIT_INPUT_BYTES is looked at up to there, which is a finding. */
#define LIMIT_GATE_BYTES ((size_t)256 * 1024 * 1024)
/* What the gate keeps of it in memory before it goes to a temporary file: newsletters seldom reach 1 MB. */
#define LIMIT_GATE_MEMORY_BYTES ((size_t)4 * 1024 * 1024)
/* Decoded text of one part that is read; Gmail shows 102 kB. A position map takes up to 32 bytes for each byte of a hostile text. */
#define LIMIT_TEXT_BYTES ((size_t)4 * 1024 * 1024)
/* One arena; a message of LIMIT_INPUT_BYTES needs below 10 times its size. More is a bug of ours: abort. */
#define LIMIT_ARENA_BYTES ((size_t)4 * 1024 * 1024 * 1024)
/* Boundary-like lines handed to the MIME parser: GMime needs about 1.7 kB a part (measured: 66,000 parts, 107 MiB). */
#define LIMIT_MIME_PARTS 2000
/* Nesting of MIME parts: mail clients stop at 64 (mblaze, rspamd) to 100 (Dovecot). */
#define LIMIT_MIME_DEPTH 64
/* What one gzip of an attachment may unpack to while the names in its tar are looked for: zlib does it in 0.3 s, and 25 MB of mail could claim
 * 25 GB. Nothing is kept of it. */
#define LIMIT_ARCHIVE_UNPACKED_BYTES ((size_t)64 * 1024 * 1024)
/* Names looked at in one archive: a directory of LIMIT_INPUT_BYTES holds over a million. */
#define LIMIT_ARCHIVE_ENTRIES 100000
/* Header fields looked at in one header block; Gmail refuses more than 5,000. */
#define LIMIT_HEADER_FIELDS 20000
/* Attributes of one HTML element: libxml2 2.9.14 is super-linear in them (measured: 240 kB of attributes, 3.7 s). */
#define LIMIT_HTML_ATTRIBUTES 500
/* Text, in normal form, that the model of the score reads: what is said behind the first 200 kB changes no verdict, and a million words
 * would only dilute it. */
#define LIMIT_FEATURE_TEXT_BYTES 200000
/* Elements nested deeper than this are dropped by libxml2 without HTML_PARSE_HUGE. */
#define LIMIT_HTML_DEPTH 250
/* Elements and text runs of one HTML part. */
#define LIMIT_HTML_NODES 1000000
/* Rules, selectors with their conditions, declarations and @-rules of one style sheet: newsletters have a few thousand, Gmail drops a block above 16 kB. */
#define LIMIT_CSS_ITEMS 100000
/* Conditions of one selector: the longest met in mail has 12. A longer one is no selector, so that matching stays cheap. */
#define LIMIT_CSS_SELECTOR_PARTS 100
/* Conditions of selectors compared with the elements of one HTML part: newsletters need below 500,000; these take 0.2 s. */
#define LIMIT_CSS_STEPS 10000000
/* Nesting of blocks and brackets in CSS: mail has three levels (@media, rule, function). */
#define LIMIT_CSS_DEPTH 32
/* Faults kept of one style sheet: rules name the first and count. */
#define LIMIT_CSS_ERRORS 1000
/* Nesting of template blocks: a close is looked for among all that are open. Handwritten templates stay below 10. */
#define LIMIT_TEMPLATE_DEPTH 100
/* Bytes of one template in all its views (doc/template_tree.h): a text of 32 KiB with a choice of 256 messages is read as each reader gets it. */
#define LIMIT_TEMPLATE_VIEWS_BYTES ((size_t)8 * 1024 * 1024)
/* Columns of a data file with a row for each recipient, and the nesting of its JSON: names are looked up one after the other. The file has the limit of
 * all input, LIMIT_INPUT_BYTES: a quarter of a million rows of 250 bytes. */
#define LIMIT_DATA_COLUMNS 1000
#define LIMIT_DATA_DEPTH 16
/* What a template becomes with one row: ten times what Gmail shows; and the steps of its loops, which may make nothing each. */
#define LIMIT_EXPANSION_BYTES ((size_t)1024 * 1024)
#define LIMIT_EXPANSION_STEPS 20000
/* Findings of one rule in one message; the rest are counted in one "cap-reached" remark. */
#define LIMIT_FINDINGS_PER_RULE 100
/* presend-ignore comments of one message that are obeyed, and words of one: each is compared with all findings. */
#define LIMIT_IGNORES 200
#define LIMIT_IGNORE_WORDS 20
/* A baseline: about 100,000 entries. */
#define LIMIT_BASELINE_BYTES ((size_t)16 * 1024 * 1024)

/* Excerpt of a finding, in code points. */
#define LIMIT_EXCERPT_CHARS 120
/* Decoded line shown with a finding, in code points; a longer one is cut around the place. */
#define LIMIT_DECODED_LINE_CHARS 400
/* Replacements that the fixes of one message hold for machine formats: each fix in base64 carries the body from its place on. */
#define LIMIT_FIX_BYTES ((size_t)4 * 1024 * 1024)
/* Rounds of fixing one file: what gets in the way of another waits for the next. */
#define LIMIT_FIX_ROUNDS 10
/* The HTML report: messages of one run that are shown with their mail and source (100 of them make a page of some 20 MB, as much as browsers
 * scroll well); the rest are a row of its table. */
#define LIMIT_PAGE_MESSAGES 100
/* Pictures that a mail carries, shown in its frame: of all of them together. */
#define LIMIT_PAGE_PICTURE_BYTES ((size_t)1024 * 1024)
/* Fixes shown as what stood there and what stands there then. */
#define LIMIT_PAGE_FIXES 200
/* And no further one, once they have so many bytes: a browser should open the page at once, and a mail carry it. */
#define LIMIT_PAGE_BYTES ((size_t)12 * 1024 * 1024)
/* Source text shown whole: newsletters have below 150 kB without their pictures. Of longer ones what lies around the findings, up to this. */
#define LIMIT_PAGE_SOURCE_BYTES ((size_t)256 * 1024)
/* Shown around a finding of a longer text, on each side; and the longest stretch that is no text, a picture or a PDF in base64, shown whole. */
#define LIMIT_PAGE_AROUND_BYTES ((size_t)400)
/* HTML shown in the frame: five times what Gmail shows before it cuts. */
#define LIMIT_PAGE_MAIL_BYTES ((size_t)512 * 1024)
/* Links in the table: ten times what a long newsletter has. */
#define LIMIT_PAGE_LINKS 500
/* Rule files: one file, the nesting of its YAML. Tried: 65,000 levels cost libyaml 12 s. */
#define LIMIT_RULE_FILE_BYTES ((size_t)256 * 1024)
#define LIMIT_YAML_DEPTH 12
/* A file of `presend rules compile`: 30,000 rules. */
#define LIMIT_COMPILED_RULES_BYTES ((size_t)64 * 1024 * 1024)
/* One list of facts (rule/data_list.h): ten times the longest there is, and starts of lines fit into 32 bits. */
#define LIMIT_DATA_FILE_BYTES ((size_t)1024 * 1024)
/* Configuration files: hundreds of lists fit in. Keys with 32,000 dots, as many as fit, are parsed and freed within 14 MB (measured). */
#define LIMIT_CONFIG_BYTES ((size_t)64 * 1024)
#define LIMIT_CONFIG_DEPTH 8
/* Files in force for one folder, with all they extend: two that each extend two would double at every step. */
#define LIMIT_CONFIG_FILES 64
/* One .gitignore. */
#define LIMIT_IGNORE_BYTES ((size_t)1024 * 1024)
/* Patterns (performance notes: docs/ARCHITECTURE.md, "Matching"). */
#define LIMIT_PATTERN_BYTES 2000
#define LIMIT_PATTERN_MATCH_STEPS 10000
#define LIMIT_PATTERN_HEAP_KIB 1024
#define LIMIT_PATTERN_BUDGET_US 20000
#define LIMIT_MESSAGE_BUDGET_US 200000
/* Preflight: questions to DNS in one run (a hostile SPF record leads to 10 look-ups of 10 names each), bytes of all answers together (a
 * single one over TCP may have 64 KiB), CNAMEs in a row, and a snapshot, where a byte may take 5. */
#define LIMIT_DNS_QUESTIONS 1000
#define LIMIT_DNS_BYTES ((size_t)2 * 1024 * 1024)
#define LIMIT_DNS_CNAMES 16
#define LIMIT_SNAPSHOT_BYTES ((size_t)16 * 1024 * 1024)
/* One message of an editor or an agent: a draft of LIMIT_INPUT_BYTES as a JSON string, where a byte may take 2 (a line end) and seldom more; and its nesting. */
#define LIMIT_RPC_BYTES (2 * LIMIT_INPUT_BYTES)
#define LIMIT_RPC_DEPTH 32
/* Drafts that are open in an editor at one time, and findings shown in one: more would stop the editor. */
#define LIMIT_LSP_DOCUMENTS 1000
#define LIMIT_LSP_FINDINGS 1000
/* What a tool of presend mcp may answer: an agent reads every byte of it. And how long it may take. */
#define LIMIT_MCP_ANSWER_BYTES ((size_t)1024 * 1024)
#define LIMIT_MCP_SECONDS 60
/* Folder walk. */
#define LIMIT_FOLDER_DEPTH 64

#endif
