/* Tests of lint/mail/rewrite.c: edits of decoded texts made edits of the file. What is decoded afterwards must be the edited text, and all bytes outside
 * of the smallest legal unit what they were. Expectations come from RFC 2045, sections 6.7 and 6.8, RFC 2047 and RFC 1468. */
#include "draft_file.h"

#include "base/utf8.h"
#include "mail/rewrite.h"

enum unit { UNIT_BYTES, UNIT_LINE, UNIT_BODY, UNIT_WORDS };

#define HEAD(charset, transfer) "From: <a@b.jp>\r\nContent-Type: text/plain; charset=" charset "\r\nContent-Transfer-Encoding: " transfer "\r\n\r\n"
#define SUBJECT(value) "From: <a@b.jp>\r\nSubject: " value "\r\nTo: <c@d.jp>\r\n\r\nText\r\n"

struct parsed {
	struct mime mime;
	const struct text *text;     /* of the subject where there is one, else of the body */
	const struct field *subject;
};

static struct parsed parse(struct arena *arena, const struct text *file)
{
	struct parsed p = { .mime = mime_parse(arena, file, (struct range){ 0, file->bytes.n }) };

	for (size_t i = 0; i < p.mime.root->header.n; i++)
		if (span_eq(p.mime.root->header.fields[i].name, SPAN_LIT("Subject")))
			p.subject = &p.mime.root->header.fields[i];
	p.text = p.subject ? p.subject->value : p.mime.root->charset_result.text;
	return p;
}

/* Where an edit may change the file. */
static struct range may_change(const struct parsed *p, const struct text *file, enum unit unit, const struct edit *edits, size_t n)
{
	struct range place = { text_to_file(p->text, edits[0].start, edits[0].end).start, text_to_file(p->text, edits[n - 1].start, edits[n - 1].end).end };
	struct span s = file->bytes;

	if (unit == UNIT_BODY)
		return p->mime.root->body;
	if (unit == UNIT_WORDS)
		return (struct range){ p->subject->words[0].start, p->subject->words[p->subject->n_words - 1].end };
	if (unit == UNIT_LINE) {
		char ends = span_find_byte(s, '\n', 0) < s.n ? '\n' : '\r';
		while (place.start > p->mime.root->body.start && s.p[place.start - 1] != ends)
			place.start--;
		place.end = MAX(place.start, place.end);
		while (place.end < s.n && s.p[place.end] != ends)
			place.end++;
	}
	return place;
}

/* No line of quoted-printable or base64 over 76 characters, no encoded word over 75. */
static void check_lengths(const char *name, struct span changed, enum unit unit)
{
	size_t length = 0;

	for (size_t i = 0; i < changed.n; i++) {
		bool ends = unit == UNIT_WORDS ? ascii_is_space(changed.p[i]) : changed.p[i] == '\r' || changed.p[i] == '\n';
		length = ends ? 0 : length + 1;
		ck_assert_msg(length <= (unit == UNIT_WORDS ? 75 : 76), "%s: too long: %.*s", name, (int)changed.n, changed.p);
	}
}

/* Make the edits of the decoded text. False where they were refused; out: the new file. */
static bool rewrite(const char *name, struct draft_file *draft, const struct edit *edits, size_t n, enum unit unit, bool short_lines, GString *out)
{
	struct parsed p = parse(draft->arena, draft->file);
	struct rewrite *rewrites = ARENA_ARRAY(draft->arena, struct rewrite, n);

	for (size_t i = 0; i < n; i++)
		if (!rewrite_place(draft->arena, &p.mime, draft->file, p.text, (struct range){ edits[i].start, edits[i].end }, edits[i].with, &rewrites[i]))
			return false;
	size_t n_raw;
	struct edit *raw = rewrite_realise(draft->arena, draft->file, rewrites, n, &n_raw);
	for (size_t i = 0; i < n_raw; i++)
		ck_assert_msg(raw[i].start <= raw[i].end && (!i || raw[i - 1].end <= raw[i].start) && raw[i].end <= draft->file->bytes.n,
			      "%s: edits overlap", name);
	g_string_truncate(out, 0);
	edits_apply(out, draft->file->bytes, raw, n_raw);

	GString *wanted = g_string_new(NULL);
	edits_apply(wanted, p.text->bytes, edits, n);
	/* A field keeps no white space at its end, unless it is encoded. */
	if (p.subject && !p.subject->n_words)
		g_strchomp(wanted->str), g_string_truncate(wanted, strlen(wanted->str));
	struct draft_file after;
	draft_file_init(&after, out->str, out->len);
	struct parsed q = parse(after.arena, after.file);
	ck_assert_msg(span_eq(q.text->bytes, span_of(wanted->str, wanted->len)), "%s: edit %zu-%zu '%.*s' reads\n%.*s\nnot\n%s\nin\n%s", name, edits[0].start,
		      edits[0].end, (int)edits[0].with.n, edits[0].with.p, (int)q.text->bytes.n, q.text->bytes.p, wanted->str, out->str);
	struct range range = may_change(&p, draft->file, unit, edits, n);
	size_t behind = draft->file->bytes.n - range.end;
	ck_assert_msg(out->len >= range.start + behind && memcmp(out->str, draft->file->bytes.p, range.start) == 0 &&
			      memcmp(out->str + out->len - behind, draft->file->bytes.p + range.end, behind) == 0,
		      "%s: edit %zu-%zu '%.*s' changes what stands around it:\n%s", name, edits[0].start, edits[0].end, (int)edits[0].with.n,
		      edits[0].with.p, out->str);
	if (short_lines)
		check_lengths(name, span_of(out->str + range.start, out->len - behind - range.start), unit);
	draft_file_release(&after);
	g_string_free(wanted, TRUE);
	return true;
}

/* --- at every place --- */

static const struct {
	const char *name, *in;
	enum unit unit;
	bool short_lines;
	const char *word; /* that the charset can say */
} drafts[] = {
	{ "8bit UTF-8", HEAD("UTF-8", "8bit") "新刊 May\r\n\r\n二行目\r\n", UNIT_BYTES, false, "本" },
	{ "7bit ASCII", HEAD("us-ascii", "7bit") "New books\r\nof May\r\n", UNIT_BYTES, false, "x" },
	{ "8bit Shift_JIS", HEAD("Shift_JIS", "8bit") "\x90V\x8A\xA7 May\r\n\x93\xF1\x8Ds\r\n", UNIT_BYTES, false, "表" },
	{ "8bit EUC-JP", HEAD("EUC-JP", "8bit") "\xBF\xB7\xB4\xA9 May\r\n", UNIT_BYTES, false, "本" },
	{ "quoted-printable UTF-8", HEAD("UTF-8", "quoted-printable")
	  "Caf=C3=A9 =\r\n=E6=96=B0=E5=88=8A=20\r\n\r\nMay =3D soft=\r\n line, which is as long as a line may be: 1234567890 1234567890 1234\r\nend\r\n", UNIT_LINE, true, "本" },
	{ "quoted-printable, LF", "From: <a@b.jp>\nContent-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: quoted-printable\n\n"
	  "=E6=96=B0=E5=88=8A=E6=96=B0=E5=88=8A=E6=96=B0=E5=88=8A=E6=96=B0=E5=88=8A=\n=E6=96=B0=E5=88=8A\nMay\n", UNIT_LINE, true, "本" },
	{ "quoted-printable, CR", "From: <a@b.jp>\rContent-Type: text/plain; charset=UTF-8\rContent-Transfer-Encoding: quoted-printable\r\r"
	  "=E6=96=B0=E5=88=8A=E6=96=B0=E5=88=8A=E6=96=B0=E5=88=8A=E6=96=B0=E5=88=8A=\r=E6=96=B0=E5=88=8A\rMay\r", UNIT_LINE, true, "本" },
	{ "base64, CR", "From: <a@b.jp>\rContent-Type: text/plain; charset=UTF-8\rContent-Transfer-Encoding: base64\r\r5paw5YiKIE1heQ0K\r5LqM6KGM55uuDQo=\r",
	  UNIT_BODY, true, "本" },
	{ "ISO-2022-JP, CR", "From: <a@b.jp>\rContent-Type: text/plain; charset=ISO-2022-JP\r\r\x1B$B?74)\x1B(B May\r\x1B$BFs9T\x1B(B\r", UNIT_LINE, false, "本" },
	{ "quoted-printable without a last line end", HEAD("UTF-8", "quoted-printable") "May =E6=96=B0", UNIT_LINE, true, "本" },
	{ "quoted-printable ISO-2022-JP", HEAD("ISO-2022-JP", "quoted-printable") "=1B$B?74)=1B(B May\r\n=1B$BFs9T=1B(B\r\n", UNIT_LINE, true, "本" },
	{ "base64 UTF-8", HEAD("UTF-8", "base64") "5paw5YiKIE1heQ0K\r\n5LqM6KGM55uuDQo=\r\n", UNIT_BODY, true, "本" },
	{ "base64 ISO-2022-JP", HEAD("ISO-2022-JP", "base64") "GyRCPzc0KRsoQiBNYXkNChskQkZzOVQbKEINCg==\r\n", UNIT_BODY, true, "本" },
	{ "base64 without a last line end", HEAD("UTF-8", "base64") "5paw5YiKIE1heQ==", UNIT_BODY, true, "本" },
	{ "ISO-2022-JP", HEAD("ISO-2022-JP", "7bit") "May \x1b$B?74)\x1b(B.\r\n\x1b$BFs9T\x1b(B\r\n\r\nend\r\n", UNIT_LINE, false, "本" },
	{ "ISO-2022-JP, both alphabets", HEAD("ISO-2022-JP", "7bit") "\x1b$B?7\x1b(JMay\x1b$B4)\x1b(B\r\nend", UNIT_LINE, false, "本" },
	{ "a word in B", SUBJECT("=?UTF-8?B?5paw5YiKIE1heQ==?="), UNIT_WORDS, true, "本" },
	{ "a word in Q", SUBJECT("=?UTF-8?Q?Caf=C3=A9_=E6=96=B0?="), UNIT_WORDS, true, "本" },
	{ "words with a fold between", SUBJECT("=?UTF-8?B?5paw5YiK5paw5YiK5paw5YiK5paw5YiK5paw5YiK?=\r\n =?UTF-8?B?5LqM6KGM55uu?="), UNIT_WORDS, true, "本" },
	{ "a character split between words", SUBJECT("=?UTF-8?B?5paw5Yg=?= =?UTF-8?B?iiBNYXk=?= =?UTF-8?B?5LqM?="), UNIT_WORDS, true, "本" },
	{ "ISO-2022-JP words", SUBJECT("=?ISO-2022-JP?B?GyRCPzc0KRsoQg==?= =?ISO-2022-JP?B?GyRCRnM5VBsoQg==?="), UNIT_WORDS, true, "本" },
	{ "ISO-2022-JP words with a wave dash and row 13", SUBJECT("=?ISO-2022-JP?B?GyRCIUE/NyFdLSEbKEI=?="), UNIT_WORDS, true, "本" },
	{ "Shift_JIS words", SUBJECT("=?Shift_JIS?B?kFaKpw==?="), UNIT_WORDS, true, "表" },
	{ "raw UTF-8 subject", SUBJECT("新刊 May"), UNIT_BYTES, false, "本" },
};

static size_t next_place(struct span text, size_t at)
{
	/* A line end is one place: half of one is no text. */
	if (at + 1 < text.n && text.p[at] == '\r' && text.p[at + 1] == '\n')
		return at + 2;
	utf8_next(text, &at);
	return at;
}

static bool is_line_end(struct span text, size_t at)
{
	return at < text.n && (text.p[at] == '\n' || text.p[at] == '\r');
}

START_TEST(every_place)
{
	static const char *const words[] = { "", "x", "x =y ", NULL, "?_" };
	struct draft_file draft;
	GString *out = g_string_new(NULL);

	draft_file_init(&draft, drafts[_i].in, strlen(drafts[_i].in));
	struct span text = parse(draft.arena, draft.file).text->bytes;
	for (size_t at = 0; at <= text.n; at = at < text.n ? next_place(text, at) : text.n + 1) {
		for (size_t w = 0; w < G_N_ELEMENTS(words); w++) {
			struct span with = span_str(words[w] ? words[w] : drafts[_i].word);
			struct edit put = { at, at, with }, replace = { at, at < text.n ? next_place(text, at) : at, with };
			if (with.n)
				ck_assert_msg(rewrite(drafts[_i].name, &draft, &put, 1, drafts[_i].unit, drafts[_i].short_lines, out),
					      "%s: refused at %zu", drafts[_i].name, at);
			if (at < text.n && !is_line_end(text, at))
				ck_assert_msg(rewrite(drafts[_i].name, &draft, &replace, 1, drafts[_i].unit, drafts[_i].short_lines, out),
					      "%s: refused at %zu", drafts[_i].name, at);
		}
	}
	g_string_free(out, TRUE);
	draft_file_release(&draft);
}
END_TEST

/* One thing goes and another comes: in one word, line or body they are one edit of the file. */
START_TEST(two_places)
{
	struct draft_file draft;
	GString *out = g_string_new(NULL);

	draft_file_init(&draft, drafts[_i].in, strlen(drafts[_i].in));
	struct span text = parse(draft.arena, draft.file).text->bytes;
	for (size_t a = 0; a < text.n; a = next_place(text, a))
		for (size_t b = next_place(text, a); b <= text.n && !is_line_end(text, a); b = b < text.n ? next_place(text, b) : text.n + 1) {
			struct edit edits[2] = { { a, next_place(text, a), SPAN_EMPTY }, { b, b, span_str(drafts[_i].word) } };
			ck_assert_msg(rewrite(drafts[_i].name, &draft, edits, 2, drafts[_i].unit, drafts[_i].short_lines, out), "%s: refused at %zu, %zu",
				      drafts[_i].name, a, b);
		}
	g_string_free(out, TRUE);
	draft_file_release(&draft);
}
END_TEST

/* --- what it becomes, and what is refused --- */

static const struct {
	const char *name, *head, *in, *tail;
	const char *gone, *with;
	const char *wanted; /* instead of in; NULL: refused */
} cases[] = {
	{ "8bit", HEAD("UTF-8", "8bit"), "①新刊", "\r\n", "①", "(1)", "(1)新刊" },
	{ "quoted-printable", HEAD("UTF-8", "quoted-printable") "a=20\r\n", "=E6=96=B0 May", "\r\n=c3=a9\r\n", "May", "é=", "=E6=96=B0 =C3=A9=3D" },
	{ "quoted-printable, a blank at the end", HEAD("UTF-8", "quoted-printable"), "May=E6=96=B0", "\r\nb\r\n", "新", " ", "May=20" },
	{ "base64", HEAD("UTF-8", "base64"), "5paw5YiKIE1heQ==", "\r\n", "May", "5月", "5paw5YiKIDXmnIg=" },
	{ "ISO-2022-JP, between two", HEAD("ISO-2022-JP", "7bit"), "\x1b$B?74)\x1b(B", "\r\n", "新", "新x", "\x1b$B?7\x1b(Bx\x1b$B4)\x1b(B" },
	{ "ISO-2022-JP, all in one set", HEAD("ISO-2022-JP", "7bit"), "\x1b$B?7\x1b(BMay\x1b$B4)\x1b(B", "\r\n", "May", "本", "\x1b$B?7K\\4)\x1b(B" },
	{ "NEC row 13 in ISO-2022-JP", HEAD("ISO-2022-JP", "7bit"), "\x1b$B-!?74)\x1b(B", "\r\n", "①", "(1)", "(1)\x1b$B?74)\x1b(B" },
	{ "B", "Subject: ", "=?UTF-8?B?5paw5YiKIE1heQ==?=", "\r\n\r\n", "May", "5月", "=?UTF-8?B?5paw5YiKIDXmnIg=?=" },
	{ "Q", "Subject: ", "=?UTF-8?Q?Caf=C3=A9_=E6=96=B0?=", "\r\n\r\n", "Caf", "K?", "=?UTF-8?Q?K=3F=C3=A9_=E6=96=B0?=" },
	{ "the other word stays", "Subject: =?utf-8?b?5paw?=\r\n ", "=?UTF-8?B?5LqM6KGM?=", " x\r\n\r\n", "行", "本", "=?UTF-8?B?5LqM5pys?=" },
	{ "a letter in quoted Shift_JIS", HEAD("Shift_JIS", "quoted-printable"), "=90V", "\r\n", "新", "表", "=95\\" },
	{ "a long line of Shift_JIS is not broken inside of =83", HEAD("Shift_JIS", "quoted-printable"),
	  "abc=83A=83A=83A=83A=83A=83A=83A=83A=83A=83A=83A=83A=83A=83A=83A=83A=83A=83A=83A=83A", "\r\n", "c", "d",
	  "abd=83A=83A=83A=83A=83A=83A=83A=83A=83A=83A=83A=83A=83A=83A=83A=83A=83A=83A=\r\n=83A=83A" },
	{ "8bit Shift_JIS cannot say it", HEAD("Shift_JIS", "8bit"), "\x90V", "\r\n", "新", "é", NULL },
	{ "ISO-2022-JP cannot say it", HEAD("ISO-2022-JP", "7bit"), "\x1b$B?7\x1b(B", "\r\n", "新", "é", NULL },
	{ "ISO-2022-JP cannot say row 13", HEAD("ISO-2022-JP", "7bit"), "\x1b$B?7\x1b(B", "\r\n", "新", "①", NULL },
	{ "ASCII cannot say it", HEAD("us-ascii", "7bit"), "May", "\r\n", "May", "5月", NULL },
	{ "7bit cannot carry it", HEAD("UTF-8", "7bit"), "May", "\r\n", "May", "5月", NULL },
	{ "ISO-8859-1 in quoted-printable cannot say it", HEAD("ISO-8859-1", "quoted-printable"), "Caf=E9", "\r\n", "Caf", "新", NULL },
	{ "an encoded word cannot say it", "Subject: ", "=?ISO-2022-JP?B?GyRCPzc0KRsoQg==?=", "\r\n\r\n", "新", "é", NULL },
	{ "a field of ASCII cannot say it", "Subject: ", "May", "\r\n\r\n", "May", "5月", NULL },
	{ "a broken word is left alone", "Subject: ", "=?UTF-8?B?5paw5YiKIE1heQ=?=", "\r\n\r\n", "May", "5", NULL },
	{ "broken base64 is left alone", HEAD("UTF-8", "base64"), "5paw5YiK!IE1heQ==", "\r\n", "May", "5", NULL },
	{ "a charset that nobody knows", HEAD("x-none", "8bit"), "May \xE6\x96\xB0", "\r\n", "May", "5月", NULL },
};

START_TEST(becomes)
{
	struct draft_file draft;
	GString *out = g_string_new(NULL), *wanted = g_string_new(NULL);
	char *in = g_strconcat(cases[_i].head, cases[_i].in, cases[_i].tail, NULL);

	draft_file_init(&draft, in, strlen(in));
	struct span text = parse(draft.arena, draft.file).text->bytes;
	size_t at = span_find(text, span_str(cases[_i].gone), 0);
	ck_assert_msg(at < text.n, "%s: '%s' is not in %.*s", cases[_i].name, cases[_i].gone, (int)text.n, text.p);
	struct edit edit = { at, at + strlen(cases[_i].gone), span_str(cases[_i].with) };
	/* The file around the unit is given here: so all that may change is known better than by its kind. */
	bool done = rewrite(cases[_i].name, &draft, &edit, 1, strstr(in, "Subject:") ? UNIT_WORDS : UNIT_BODY, false, out);
	ck_assert_msg(done == (cases[_i].wanted != NULL), "%s: %s", cases[_i].name, done ? "written" : "refused");
	if (cases[_i].wanted) {
		g_string_printf(wanted, "%s%s%s", cases[_i].head, cases[_i].wanted, cases[_i].tail);
		ck_assert_msg(g_string_equal(out, wanted), "%s:\n%s\nnot\n%s", cases[_i].name, out->str, wanted->str);
	}
	g_free(in);
	g_string_free(out, TRUE);
	g_string_free(wanted, TRUE);
	draft_file_release(&draft);
}
END_TEST

/* --- whole bodies --- */

static const struct {
	const char *name, *in;
	enum transfer_encoding wanted, got;
	const char *out;
} bodies[] = {
	{ "plain", "May\r\n", TRANSFER_QP, TRANSFER_7BIT, "May\r\n" },
	{ "8bit", "新\r\n", TRANSFER_8BIT, TRANSFER_8BIT, "新\r\n" },
	{ "quoted-printable", "新 \r\n=\r\n", TRANSFER_QP, TRANSFER_QP, "=E6=96=B0=20\r\n=3D\r\n" },
	{ "7bit that is none", "新\r\n", TRANSFER_7BIT, TRANSFER_QP, "=E6=96=B0\r\n" },
	{ "base64", "新\r\n", TRANSFER_BASE64, TRANSFER_BASE64, "5pawDQo=\r\n" },
	{ "a dot alone", "May\r\n.\r\n..\r\n", TRANSFER_7BIT, TRANSFER_QP, "May\r\n=2E\r\n..\r\n" },
	{ "From at the start of a line", "新\r\nFrom here\r\nx From\r\n", TRANSFER_8BIT, TRANSFER_QP, "=E6=96=B0\r\n=46rom here\r\nx From\r\n" },
};

START_TEST(whole_body)
{
	GString *out = g_string_new(NULL);

	ck_assert_msg(rewrite_encode_body(out, span_str(bodies[_i].in), bodies[_i].wanted, "\r\n") == bodies[_i].got, "%s", bodies[_i].name);
	ck_assert_str_eq(out->str, bodies[_i].out);
	g_string_free(out, TRUE);
}
END_TEST

int main(void)
{
	TCase *tcase = tcase_create("rewrite");
	mime_library_init();
	tcase_set_timeout(tcase, 60);
	tcase_add_loop_test(tcase, every_place, 0, N_ROWS(drafts));
	tcase_add_loop_test(tcase, two_places, 0, N_ROWS(drafts));
	tcase_add_loop_test(tcase, becomes, 0, N_ROWS(cases));
	tcase_add_loop_test(tcase, whole_body, 0, N_ROWS(bodies));
	return run_case("rewrite", tcase);
}
