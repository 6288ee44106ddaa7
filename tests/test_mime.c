/* Tests of lint/mail/mime.c and lint/mail/template.c: structure, exact bodies, paths, flags, templates.
 * Expectations come from RFC 2045, RFC 2046, RFC 2183 and RFC 3501. */
#include <check.h>
#include <glib.h>
#include <stdlib.h>

#include "base/limits.h"
#include "mail/input.h"
#include "mail/mime.h"

struct parsed {
	struct arena *arena;
	char *bytes; /* exactly as long as the message, so that a sanitizer sees every step too far */
	struct text *file;
	struct mime mime;
};

static void parsed_init(struct parsed *parsed, const char *in, size_t n)
{
	parsed->arena = arena_new();
	parsed->bytes = g_malloc(n ? n : 1);
	memcpy(parsed->bytes, in, n);
	parsed->file = ARENA_NEW(parsed->arena, struct text);
	parsed->file->bytes = span_of(parsed->bytes, n);
}

static void parse(struct parsed *parsed, const char *in, size_t n)
{
	parsed_init(parsed, in, n);
	parsed->mime = mime_parse(parsed->arena, parsed->file, (struct range){ 0, n });
}

static void parsed_release(struct parsed *parsed)
{
	arena_free(parsed->arena);
	g_free(parsed->bytes);
}

static void append_escaped(GString *out, struct span s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];
		if (c == '\r')
			g_string_append(out, "\\r");
		else if (c == '\n')
			g_string_append(out, "\\n");
		else if (c == '\0')
			g_string_append(out, "\\0");
		else
			g_string_append_c(out, c);
	}
}

/* One line an entity: path, type, flags, for leaves <body>. d displayed, a attachment, B C N S P E D T as in enum entity_flag. */
static char *outline(const struct mime *mime, struct span file)
{
	static const struct {
		unsigned flag;
		char letter;
	} letters[] = { { ENTITY_NO_BOUNDARY, 'B' }, { ENTITY_NOT_CLOSED, 'C' }, { ENTITY_NO_PARTS, 'N' }, { ENTITY_BOUNDARY_NESTED, 'S' },
			{ ENTITY_PREAMBLE, 'P' },    { ENTITY_EPILOGUE, 'E' },	 { ENTITY_TOO_DEEP, 'D' }, { ENTITY_TRUNCATED, 'T' } };
	GString *out = g_string_new(NULL);

	for (size_t i = 0; i < mime->n; i++) {
		const struct entity *e = mime->all[i];
		g_string_append_printf(out, "%s'%s' %.*s/%.*s ", i ? "; " : "", e->path, (int)e->content_type.type.n, e->content_type.type.p,
				       (int)e->content_type.subtype.n, e->content_type.subtype.p);
		if (e->is_displayed)
			g_string_append_c(out, 'd');
		if (e->is_attachment)
			g_string_append_c(out, 'a');
		for (size_t k = 0; k < G_N_ELEMENTS(letters); k++) {
			if (e->flags & letters[k].flag)
				g_string_append_c(out, letters[k].letter);
		}
		if (e->n_children == 0) {
			g_string_append_c(out, '<');
			append_escaped(out, span_cut(file, e->body.start, e->body.end));
			g_string_append_c(out, '>');
		}
	}
	return g_string_free(out, FALSE);
}

/* Two parts, one without a header, as in RFC 2046, section 5.1.1. */
#define RFC2046                                                                                      \
	"MIME-Version: 1.0\r\nSubject: Sample message\r\n"                                               \
	"Content-type: multipart/mixed; boundary=\"simple boundary\"\r\n\r\n"                            \
	"This is the preamble of a multi-part message.\r\n\r\n--simple boundary\r\n\r\n"                 \
	"no line end at the end\r\n--simple boundary\r\nContent-type: text/plain; charset=us-ascii\r\n\r\n" \
	"a line end at the end\r\n\r\n--simple boundary--\r\n\r\nThe epilogue.\r\n"
#define MIXED "Content-Type: multipart/mixed; boundary=b\n\n"

static const struct {
	const char *name, *in, *want;
} cases[] = {
	{ "rfc2046", RFC2046, "'' multipart/mixed E; '1' text/plain d<no line end at the end>; '2' text/plain d<a line end at the end\\r\\n>" },
	{ "plain", "Subject: a\n\nbody\n", "'1' text/plain d<body\\n>" },
	{ "crlf", "Subject: a\r\n\r\nbody\r\n", "'1' text/plain d<body\\r\\n>" },
	{ "empty file", "", "'1' text/plain d<>" },
	{ "header only", "Subject: a\n", "'1' text/plain dT<>" },
	{ "header with empty line", "Subject: a\n\n", "'1' text/plain d<>" },
	{ "blank first line", "\nSubject: a\n\nbody\n", "'1' text/plain d<Subject: a\\n\\nbody\\n>" },
	{ "html", "Content-Type: text/html\n\n<p>", "'1' text/html d<<p>>" },
	{ "unreadable type", "Content-Type: text\n\nx", "'1' text/plain d<x>" },
	{ "lf", MIXED "--b\n\none\n--b\n\ntwo\n\n--b--\n", "'' multipart/mixed ; '1' text/plain d<one>; '2' text/plain d<two\\n>" },
	{ "cr", "Content-Type: multipart/mixed; boundary=b\r\r--b\r\rone\rtwo\r\r--b\rContent-Type: text/html\r\rthree\r--b--\r",
	  "'' multipart/mixed ; '1' text/plain d<one\\rtwo\\r>; '2' text/html d<three>" },
	{ "cr beside lf is text", MIXED "--b\n\none\r--b\rtwo\n--b--\n", "'' multipart/mixed ; '1' text/plain d<one\\r--b\\rtwo>" },
	{ "blanks behind boundary", MIXED "--b \t\n\none\n--b-- \n", "'' multipart/mixed ; '1' text/plain d<one>" },
	{ "no boundary", "Content-Type: multipart/mixed\n\n--b\n\nx\n--b--\n", "'' multipart/mixed BN<--b\\n\\nx\\n--b--\\n>" },
	{ "empty boundary", "Content-Type: multipart/mixed; boundary=\"\"\n\n--\n\nx\n----\n", "'' multipart/mixed BN<--\\n\\nx\\n----\\n>" },
	{ "no parts", MIXED "nothing\n", "'' multipart/mixed CNP<nothing\\n>" },
	{ "only closed", MIXED "--b--\n", "'' multipart/mixed N<--b--\\n>" },
	{ "not closed", MIXED "--b\n\none\n", "'' multipart/mixed C; '1' text/plain d<one\\n>" },
	{ "closed without line end", MIXED "--b\n\none\n--b--", "'' multipart/mixed ; '1' text/plain d<one>" },
	{ "ends behind boundary", MIXED "--b\n\none\n--b\n", "'' multipart/mixed C; '1' text/plain d<one>; '2' text/plain dT<>" },
	{ "ends in a part's header", MIXED "--b\nContent-Type: text/html\n", "'' multipart/mixed C; '1' text/html dT<>" },
	{ "empty parts", MIXED "--b\n--b\n\n--b\n\n\n--b--\n",
	  "'' multipart/mixed ; '1' text/plain d<>; '2' text/plain d<>; '3' text/plain d<>" },
	{ "part with header only", MIXED "--b\nContent-Type: text/html\n--b\n\nx\n--b--\n",
	  "'' multipart/mixed ; '1' text/html d<>; '2' text/plain d<x>" },
	{ "boundary is no prefix match", MIXED "--b\n\nx\n--bc\n--b-\n--b--c\n --b\ny\n--b--\n",
	  "'' multipart/mixed ; '1' text/plain d<x\\n--bc\\n--b-\\n--b--c\\n --b\\ny>" },
	{ "mime sentence", MIXED "This is a multi-part message in MIME format.\n--b\n\nx\n--b--\n", "'' multipart/mixed ; '1' text/plain d<x>" },
	{ "preamble", MIXED "Buy now: http://example.com/ mime\n--b\n\nx\n--b--\n\n\n", "'' multipart/mixed P; '1' text/plain d<x>" },
	{ "epilogue", MIXED "--b\n\nx\n--b--\nfooter\n", "'' multipart/mixed E; '1' text/plain d<x>" },
	{ "boundary line in epilogue", MIXED "--b\n\nx\n--b--\n--b\n\ny\n", "'' multipart/mixed E; '1' text/plain d<x>" },
	{ "nested",
	  "Content-Type: multipart/mixed; boundary=outer\n\n--outer\nContent-Type: multipart/alternative; boundary=inner\n\n"
	  "--inner\n\nplain\n--inner\nContent-Type: text/html\n\n<b>\n--inner--\n\n--outer\nContent-Type: application/pdf\n\npdf\n--outer--\n",
	  "'' multipart/mixed ; '1' multipart/alternative ; '1.1' text/plain d<plain>; '1.2' text/html d<<b>>; '2' application/pdf a<pdf>" },
	{ "inner not closed",
	  "Content-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: multipart/mixed; boundary=i\n\n--i\n\nx\n--o\n\ny\n--i\nz\n--o--\n",
	  "'' multipart/mixed ; '1' multipart/mixed C; '1.1' text/plain d<x>; '2' text/plain d<y\\n--i\\nz>" },
	{ "inner epilogue",
	  "Content-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: multipart/mixed; boundary=i\n\n--i\n\nx\n--i--\nfooter\n--o--\n",
	  "'' multipart/mixed ; '1' multipart/mixed E; '1.1' text/plain d<x>" },
	{ "same boundary inside", MIXED "--b\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b--\n",
	  "'' multipart/mixed ; '1' multipart/mixed CNS<>; '2' text/plain d<x>" },
	{ "prefix boundary inside", MIXED "--b\nContent-Type: multipart/mixed; boundary=bb\n\n--bb\n\nx\n--bb--\n--b--\n",
	  "'' multipart/mixed ; '1' multipart/mixed S; '1.1' text/plain d<x>" },
	{ "boundary of dashes", "Content-Type: multipart/mixed; boundary=\"-\"\n\n---\n\nx\n-----\n", "'' multipart/mixed ; '1' text/plain d<x>" },
	{ "digest", "Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: x\n\nhi\n--b\nContent-Type: text/plain\n\ny\n--b--\n",
	  "'' multipart/digest ; '1' message/rfc822 ; '1.1' text/plain <hi>; '2' text/plain d<y>" },
	{ "message", MIXED "--b\n\nx\n--b\nContent-Type: message/rfc822\n\nSubject: in\n\nhi\n--b--\n",
	  "'' multipart/mixed ; '1' text/plain d<x>; '2' message/rfc822 ; '2.1' text/plain <hi>" },
	{ "message with parts",
	  MIXED "--b\nContent-Type: message/rfc822\n\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\none\n--c\n\ntwo\n--c--\n--b--\n",
	  "'' multipart/mixed ; '1' message/rfc822 ; '1' multipart/mixed ; '1.1' text/plain <one>; '1.2' text/plain <two>" },
	{ "message at the root", "Content-Type: message/rfc822\n\nSubject: in\n\nhi\n", "'1' message/rfc822 ; '1.1' text/plain <hi\\n>" },
	{ "encoded message", "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\nYQ==\n", "'1' message/rfc822 a<YQ==\\n>" },
	{ "report",
	  "Content-Type: multipart/report; boundary=b\n\n--b\n\nfailed\n--b\nContent-Type: message/delivery-status\n\nStatus: 5.0.0\n"
	  "--b\nContent-Type: text/rfc822-headers\n\nSubject: x\n--b--\n",
	  "'' multipart/report ; '1' text/plain d<failed>; '2' message/delivery-status <Status: 5.0.0>; '3' text/rfc822-headers <Subject: x>" },
	{ "attachments",
	  MIXED "--b\nContent-Disposition: attachment; filename=a.txt\n\na\n--b\nContent-Disposition: inline\n\nb\n"
		"--b\nContent-Disposition: strange\n\nc\n--b\nContent-Type: image/png\n\nd\n"
		"--b\nContent-Type: image/png\nContent-Disposition: inline\n\ne\n--b\nContent-Type: image/png\nContent-ID: <x@y>\n\nf\n--b--\n",
	  "'' multipart/mixed ; '1' text/plain a<a>; '2' text/plain d<b>; '3' text/plain a<c>; '4' image/png a<d>; '5' image/png <e>; "
	  "'6' image/png <f>" },
	{ "related image", "Content-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html\n\n<p>\n--b\nContent-Type: image/gif\n\nG\n--b--\n",
	  "'' multipart/related ; '1' text/html d<<p>>; '2' image/gif <G>" },
	{ "calendar is not displayed", MIXED "--b\nContent-Type: text/calendar\n\nBEGIN\n--b--\n", "'' multipart/mixed ; '1' text/calendar <BEGIN>" },
	{ "no empty line behind the header", "Content-Type: multipart/mixed; boundary=b\nSubject: x\n--b\nContent-Type: text/html\n\nx\n--b\n\ny\n--b--\n",
	  "'' multipart/mixed ; '1' text/html d<x>; '2' text/plain d<y>" },
	{ "no empty line behind the boundary", MIXED "--b\ntext\nmore\n\nend\n--b--\n",
	  "'' multipart/mixed ; '1' text/plain d<text\\nmore\\n\\nend>" },
	{ "boundary with blanks at its end", "Content-Type: multipart/mixed; boundary=\"b \"\n\n--b \n\nx\n--b--\n",
	  "'' multipart/mixed ; '1' text/plain d<x>" },
	{ "mixed line ends", "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nx\n\n--b\r\n\r\ny\r\n--b--\n",
	  "'' multipart/mixed ; '1' text/plain d<x\\n>; '2' text/plain d<y>" },
	{ "junk in front", "junk\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b--\n", "'' multipart/mixed ; '1' text/plain d<x>" },
};

START_TEST(structure)
{
	struct parsed parsed;

	parse(&parsed, cases[_i].in, strlen(cases[_i].in));
	char *got = outline(&parsed.mime, parsed.file->bytes);
	ck_assert_msg(strcmp(got, cases[_i].want) == 0, "%s:\n got  %s\n want %s", cases[_i].name, got, cases[_i].want);
	g_free(got);
	parsed_release(&parsed);
}
END_TEST

/* Every prefix of a message is a message: nothing may crash, and all ranges stay inside. */
START_TEST(prefixes)
{
	const char *in = cases[_i].in;

	for (size_t n = 0; n <= strlen(in); n++) {
		struct parsed parsed;
		parse(&parsed, in, n);
		for (size_t i = 0; i < parsed.mime.n; i++) {
			const struct entity *e = parsed.mime.all[i];
			ck_assert(e->header.start <= e->header.end && e->header.end <= e->body.start);
			ck_assert(e->body.start <= e->body.end && e->body.end <= n);
			if (e->parent)
				ck_assert(e->header.start >= e->parent->body.start && e->body.end <= MAX(e->parent->body.end, e->header.end));
			if (e->n_children == 0)
				ck_assert_ptr_nonnull(e->decoded.text);
		}
		parsed_release(&parsed);
	}
}
END_TEST

START_TEST(range_inside_file)
{
	struct parsed parsed;
	const char *in = "XXXXX" MIXED "--b\n\none\n--b--\nYYYY";
	struct range range = { 5, strlen(in) - 4 };

	parsed_init(&parsed, in, strlen(in));
	parsed.mime = mime_parse(parsed.arena, parsed.file, range);
	char *got = outline(&parsed.mime, parsed.file->bytes);
	ck_assert_str_eq(got, "'' multipart/mixed ; '1' text/plain d<one>");
	ck_assert_uint_eq(parsed.mime.root->header.start, 5);
	ck_assert_uint_eq(parsed.mime.root->body.end, range.end);
	g_free(got);
	parsed_release(&parsed);
}
END_TEST

START_TEST(blank_first_line_has_no_fields)
{
	struct parsed parsed;

	parse(&parsed, "\nSubject: a\n\n", 13);
	ck_assert_uint_eq(parsed.mime.root->header.n, 0);
	ck_assert_uint_eq(parsed.mime.root->body.start, 1);
	parsed_release(&parsed);
}
END_TEST

START_TEST(nul_bytes)
{
	static const char in[] = "Subject: a\n\nx\0y\n";
	struct parsed parsed;

	parse(&parsed, in, sizeof in - 1);
	char *got = outline(&parsed.mime, parsed.file->bytes);
	ck_assert_str_eq(got, "'1' text/plain d<x\\0y\\n>");
	g_free(got);
	parsed_release(&parsed);
}
END_TEST

static const struct {
	const char *value;
	enum transfer_encoding want;
} transfers[] = {
	{ "7bit", TRANSFER_7BIT },	    { "8BIT", TRANSFER_8BIT },	   { " binary ", TRANSFER_BINARY }, { "Quoted-Printable", TRANSFER_QP },
	{ "base64 (really)", TRANSFER_BASE64 }, { "\"base64\"", TRANSFER_BASE64 }, { "8-bit", TRANSFER_UNKNOWN }, { "utf-8", TRANSFER_UNKNOWN },
	{ "x-uuencode", TRANSFER_UNKNOWN }, { "", TRANSFER_UNKNOWN },
};

START_TEST(transfer_names)
{
	struct parsed parsed;
	char *in = g_strdup_printf("Content-Transfer-Encoding: %s\n\nx", transfers[_i].value);

	parse(&parsed, in, strlen(in));
	ck_assert_int_eq(parsed.mime.root->transfer, transfers[_i].want);
	parsed_release(&parsed);
	g_free(in);
}
END_TEST

static void assert_text(const struct text *text, const char *want)
{
	ck_assert_ptr_nonnull(text);
	ck_assert_msg(span_eq(text->bytes, span_str(want)), "got \"%.*s\", want \"%s\"", (int)text->bytes.n, text->bytes.p, want);
}

/* A base64 part in ISO-2022-JP: the way from the character back to the file. */
START_TEST(decoding)
{
	const char *in = MIXED "--b\nContent-Type: text/plain; charset=\"ISO-2022-JP\"\nContent-Transfer-Encoding: base64\n\n"
			       "YRskQiQiGyhCYg==\n--b\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n"
			       "=E3=81=82=\n!\n--b--\n";
	struct parsed parsed;

	parse(&parsed, in, strlen(in));
	const struct entity *jis = parsed.mime.all[1], *qp = parsed.mime.all[2];
	assert_text(jis->charset_result.text, "a\xe3\x81\x82"
					      "b");
	ck_assert_int_eq(jis->charset.family, CHARSET_ISO_2022_JP);
	ck_assert(span_eq(jis->charset_name, SPAN_LIT("ISO-2022-JP")));
	ck_assert(span_eq(span_cut(parsed.file->bytes, jis->charset_range.start, jis->charset_range.end), SPAN_LIT("ISO-2022-JP")));
	assert_text(qp->charset_result.text, "\xe3\x81\x82!");
	struct range place = text_to_file(qp->charset_result.text, 0, 3);
	ck_assert(span_eq(span_cut(parsed.file->bytes, place.start, place.end), SPAN_LIT("=E3=81=82")));
	parsed_release(&parsed);
}
END_TEST

START_TEST(missing_charset)
{
	const char *in = "Subject: a\n\n\xe3\x81\x82";
	struct parsed parsed;

	parse(&parsed, in, strlen(in));
	ck_assert_int_eq(parsed.mime.root->charset.family, CHARSET_NONE);
	ck_assert_uint_eq(parsed.mime.root->charset_name.n, 0);
	assert_text(parsed.mime.root->charset_result.text, "\xe3\x81\x82");
	parsed_release(&parsed);
}
END_TEST

START_TEST(file_names)
{
	const char *in = MIXED "--b\nContent-Type: application/pdf; name=\"n.pdf\"\nContent-Disposition: attachment; filename=\"f.pdf\"\n\nx\n"
			       "--b\nContent-Type: application/pdf; name=\"n.pdf\"\n\nx\n"
			       "--b\nContent-Disposition: attachment; filename*=UTF-8''%E3%81%82.txt\n\nx\n--b\n\nx\n--b--\n";
	struct parsed parsed;

	parse(&parsed, in, strlen(in));
	assert_text(parsed.mime.all[1]->file_name, "f.pdf");
	assert_text(parsed.mime.all[2]->file_name, "n.pdf");
	assert_text(parsed.mime.all[3]->file_name, "\xe3\x81\x82.txt");
	ck_assert_ptr_null(parsed.mime.all[4]->file_name);
	parsed_release(&parsed);
}
END_TEST

START_TEST(preamble_and_epilogue_places)
{
	struct parsed parsed;

	parse(&parsed, RFC2046, strlen(RFC2046));
	const struct entity *root = parsed.mime.root;
	GString *got = g_string_new(NULL);
	append_escaped(got, span_cut(parsed.file->bytes, root->preamble.start, root->preamble.end));
	g_string_append_c(got, '|');
	append_escaped(got, span_cut(parsed.file->bytes, root->epilogue.start, root->epilogue.end));
	ck_assert_str_eq(got->str, "This is the preamble of a multi-part message.\\r\\n|\\r\\nThe epilogue.\\r\\n");
	g_string_free(got, TRUE);
	parsed_release(&parsed);
}
END_TEST

static void parse_string(struct parsed *parsed, GString *in)
{
	parse(parsed, in->str, in->len);
	g_string_free(in, TRUE);
}

START_TEST(deep_multiparts)
{
	GString *in = g_string_new(NULL);
	struct parsed parsed;

	for (int i = 0; i < 10000; i++)
		g_string_append_printf(in, "Content-Type: multipart/mixed; boundary=b%d.\n\n--b%d.\n", i, i);
	parse_string(&parsed, in);
	ck_assert_uint_eq(parsed.mime.n, LIMIT_MIME_DEPTH);
	ck_assert(parsed.mime.all[LIMIT_MIME_DEPTH - 1]->flags & ENTITY_TOO_DEEP);
	ck_assert_int_eq(parsed.mime.all[LIMIT_MIME_DEPTH - 1]->depth, LIMIT_MIME_DEPTH - 1);
	ck_assert(!(parsed.mime.root->flags & ENTITY_TOO_MANY));
	parsed_release(&parsed);
}
END_TEST

START_TEST(deep_messages)
{
	GString *in = g_string_new(NULL);
	struct parsed parsed;

	for (int i = 0; i < 10000; i++)
		g_string_append(in, "Content-Type: message/rfc822\n\n");
	parse_string(&parsed, in);
	ck_assert_uint_eq(parsed.mime.n, LIMIT_MIME_DEPTH);
	ck_assert(parsed.mime.all[LIMIT_MIME_DEPTH - 1]->flags & ENTITY_TOO_DEEP);
	parsed_release(&parsed);
}
END_TEST

START_TEST(many_parts)
{
	GString *in = g_string_new(MIXED);
	struct parsed parsed;

	for (int i = 0; i < LIMIT_MIME_PARTS + 500; i++)
		g_string_append(in, "--b\n\nx\n");
	g_string_append(in, "--b--\n");
	parse_string(&parsed, in);
	ck_assert_uint_eq(parsed.mime.n, LIMIT_MIME_PARTS);
	ck_assert(parsed.mime.root->flags & ENTITY_TOO_MANY);
	ck_assert(!(parsed.mime.root->flags & ENTITY_NOT_CLOSED));
	parsed_release(&parsed);
}
END_TEST

/* Lines of dashes in a text are no parts, however many there are. */
START_TEST(many_dash_lines)
{
	GString *in = g_string_new(MIXED "--b\n\n");
	struct parsed parsed;

	for (int i = 0; i < 3 * LIMIT_MIME_PARTS; i++)
		g_string_append(in, "--- a/file\n");
	g_string_append(in, "--b\n\nlast\n--b--\n");
	parse_string(&parsed, in);
	ck_assert_uint_eq(parsed.mime.n, 3);
	ck_assert(!(parsed.mime.root->flags & ENTITY_TOO_MANY));
	const struct entity *last = parsed.mime.all[2];
	ck_assert(span_eq(span_cut(parsed.file->bytes, last->body.start, last->body.end), SPAN_LIT("last")));
	const struct entity *first = parsed.mime.all[1];
	ck_assert_uint_eq(first->body.end - first->body.start, (size_t)3 * LIMIT_MIME_PARTS * 11 - 1);
	parsed_release(&parsed);
}
END_TEST

/* Thousands of parts with thousands of fields each: a cap on the sum. */
START_TEST(many_fields)
{
	GString *in = g_string_new(MIXED);
	struct parsed parsed;

	for (int i = 0; i < 1000; i++) {
		g_string_append(in, "--b\n");
		for (int k = 0; k < 200; k++)
			g_string_append(in, "a:\n");
		g_string_append(in, "\nx\n");
	}
	parse_string(&parsed, in);
	ck_assert(parsed.mime.root->flags & ENTITY_TOO_MANY);
	ck_assert_uint_lt(parsed.mime.n, 1000);
	parsed_release(&parsed);
}
END_TEST

/* --- templates ----------------------------------------------------------------------------------------------------------------- */

/* want: type of the leaf, then "Name=value" of each field, then <body>. */
static const struct {
	const char *name, *in;
	int kind;
	const char *want;
} templates[] = {
	{ "html", "<p>Hello {{name}}</p>\n", TEMPLATE_HTML, "html <<p>Hello {{name}}</p>\\n>" },
	{ "text", "Hello\n", TEMPLATE_TEXT, "plain <Hello\\n>" },
	{ "empty", "", TEMPLATE_TEXT, "plain <>" },
	{ "markdown", "# Hello\n", TEMPLATE_MARKDOWN, "markdown <# Hello\\n>" },
	{ "no tag in an engine's file", "Hello {{name}} 1 < 2\n", TEMPLATE_HTML, "plain <Hello {{name}} 1 < 2\\n>" },
	{ "header block", "Subject: {{ a }} b\n\nbody\n", TEMPLATE_TEXT, "plain Subject={{ a }} b <body\\n>" },
	{ "header block crlf", "From: a@example.com\r\nSubject: x\r\n y\r\n\r\nbody\r\n", TEMPLATE_TEXT,
	  "plain From=a@example.com Subject=x y <body\\r\\n>" },
	{ "header block with byte order mark", "\xef\xbb\xbfSubject: x\n\nbody\n", TEMPLATE_TEXT, "plain Subject=x <body\\n>" },
	{ "byte order mark", "\xef\xbb\xbf<p>", TEMPLATE_HTML, "html <<p>>" },
	{ "no empty line", "Subject: a\n", TEMPLATE_TEXT, "plain <Subject: a\\n>" },
	{ "a text that begins with From:", "From: all of us\nto all of you\n\nbye\n", TEMPLATE_TEXT,
	  "plain <From: all of us\\nto all of you\\n\\nbye\\n>" },
	{ "names without subject", "Note: a\n\nbody\n", TEMPLATE_TEXT, "plain <Note: a\\n\\nbody\\n>" },
	{ "front matter", "---\nlayout: mail\nsubject: Spring sale\nFrom: 'it''s <a@example.com>'\npreheader: \"say \\\"hi\\\"\"\n---\n<p>x</p>\n",
	  TEMPLATE_HTML, "html subject=Spring sale From=it's <a@example.com> preheader=say \"hi\" <<p>x</p>\\n>" },
	{ "front matter comment", "---\nsubject: a#b # c\n---\nx\n", TEMPLATE_MARKDOWN, "markdown subject=a#b <x\\n>" },
	{ "front matter block", "---\nsubject: >-\n  one\n  two\nfrom: x\n---\ny\n", TEMPLATE_MARKDOWN, "markdown subject=one two from=x <y\\n>" },
	{ "front matter nested key", "---\nmail:\n  subject: inner\n---\ny\n", TEMPLATE_MARKDOWN, "markdown <y\\n>" },
	{ "front matter crlf", "---\r\nsubject: a\r\n---\r\ny\r\n", TEMPLATE_TEXT, "plain subject=a <y\\r\\n>" },
	{ "rule line only", "---\nsubject: a\n", TEMPLATE_MARKDOWN, "markdown <---\\nsubject: a\\n>" },
	{ "front matter of TOML", "+++\nsubject = \"a \\\"b\\\"\" # c\nFrom='x'\npreheader = \"\"\"\nlong\n\"\"\"\n[mail]\nsubject = \"no\"\n+++\n<p>y</p>\n",
	  TEMPLATE_MARKDOWN, "markdown subject=a \"b\" From=x <<p>y</p>\\n>" },
	{ "front matter closed in another language", "+++\nsubject = \"a\"\n---\ny\n", TEMPLATE_MARKDOWN, "markdown <+++\\nsubject = \"a\"\\n---\\ny\\n>" },
	{ "empty front matter", "---\n---\ny", TEMPLATE_MARKDOWN, "markdown <y>" },
};

START_TEST(template_outline)
{
	struct parsed parsed;
	bool has_header = false;
	size_t n = strlen(templates[_i].in);

	parsed_init(&parsed, templates[_i].in, n);
	parsed.mime = mime_from_template(parsed.arena, parsed.file, (struct range){ 0, n }, templates[_i].kind, &has_header);
	const struct entity *root = parsed.mime.root;
	GString *got = g_string_new(NULL);
	append_escaped(got, root->content_type.subtype);
	g_string_append_c(got, ' ');
	for (size_t i = 0; i < root->header.n; i++) {
		const struct field *field = &root->header.fields[i];
		append_escaped(got, field->name);
		g_string_append_c(got, '=');
		append_escaped(got, field->value->bytes);
		g_string_append_c(got, ' ');
		ck_assert(field->start < field->value_start && field->value_start <= field->value_end && field->value_end <= field->end);
	}
	g_string_append_c(got, '<');
	append_escaped(got, root->charset_result.text->bytes);
	g_string_append_c(got, '>');
	ck_assert_msg(strcmp(got->str, templates[_i].want) == 0, "%s:\n got  %s\n want %s", templates[_i].name, got->str, templates[_i].want);
	ck_assert_int_eq(has_header, root->header.n > 0);
	ck_assert(root->is_displayed && parsed.mime.n == 1);
	g_string_free(got, TRUE);
	parsed_release(&parsed);
}
END_TEST

START_TEST(front_matter_places)
{
	const char *in = "---\nsubject: 'a''b' \n---\nx";
	struct parsed parsed;
	bool has_header = false;

	parsed_init(&parsed, in, strlen(in));
	parsed.mime = mime_from_template(parsed.arena, parsed.file, (struct range){ 0, strlen(in) }, TEMPLATE_TEXT, &has_header);
	const struct field *field = header_find(&parsed.mime.root->header, "Subject");
	ck_assert_ptr_nonnull(field);
	assert_text(field->value, "a'b");
	struct range place = text_to_file(field->value, 1, 3);
	ck_assert(span_eq(span_cut(parsed.file->bytes, place.start, place.end), SPAN_LIT("''b")));
	ck_assert(span_eq(span_cut(parsed.file->bytes, field->start, field->end), SPAN_LIT("subject: 'a''b' \n")));
	ck_assert_uint_eq(parsed.mime.root->header.fields_end, 21);
	parsed_release(&parsed);
}
END_TEST

START_TEST(template_message)
{
	const char *in = "Subject: {{a}}\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b--\n";
	struct parsed parsed;
	bool has_header = false;

	parsed_init(&parsed, in, strlen(in));
	parsed.mime = mime_from_template(parsed.arena, parsed.file, (struct range){ 0, strlen(in) }, TEMPLATE_MESSAGE, &has_header);
	ck_assert(has_header);
	ck_assert_uint_eq(parsed.mime.n, 2);
	parsed_release(&parsed);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("mime");
	TCase *tree = tcase_create("tree");
	TCase *limits = tcase_create("limits");
	TCase *template = tcase_create("template");

	mime_library_init();
	tcase_add_loop_test(tree, structure, 0, G_N_ELEMENTS(cases));
	tcase_add_loop_test(tree, prefixes, 0, G_N_ELEMENTS(cases));
	tcase_add_loop_test(tree, transfer_names, 0, G_N_ELEMENTS(transfers));
	tcase_add_test(tree, range_inside_file);
	tcase_add_test(tree, blank_first_line_has_no_fields);
	tcase_add_test(tree, nul_bytes);
	tcase_add_test(tree, decoding);
	tcase_add_test(tree, missing_charset);
	tcase_add_test(tree, file_names);
	tcase_add_test(tree, preamble_and_epilogue_places);
	suite_add_tcase(suite, tree);
	tcase_set_timeout(limits, 30);
	tcase_add_test(limits, deep_multiparts);
	tcase_add_test(limits, deep_messages);
	tcase_add_test(limits, many_parts);
	tcase_add_test(limits, many_dash_lines);
	tcase_add_test(limits, many_fields);
	suite_add_tcase(suite, limits);
	tcase_add_loop_test(template, template_outline, 0, G_N_ELEMENTS(templates));
	tcase_add_test(template, front_matter_places);
	tcase_add_test(template, template_message);
	suite_add_tcase(suite, template);

	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
