/* Tests of lint/mail/alternative.c: a text/plain part beside an HTML part. What the tree must be afterwards comes from RFC 2046, section 5.1.4 (the plainest
 * form first), and RFC 2387 (the root of multipart/related); that the HTML keeps its bytes from docs/fixes.md. */
#include "draft_file.h"

#include "mail/alternative.h"

#define TOP "From: <a@b.jp>\r\nMIME-Version: 1.0\r\n"
#define HTML "Content-Type: text/html; charset=UTF-8\r\n"
#define RELATED "Content-Type: multipart/related; boundary=r; type=\"text/html\"\r\n\r\n--r\r\n" HTML "\r\n<p>May</p>\r\n--r\r\nContent-Type: image/png\r\n\r\nx\r\n--r--\r\n"
#define MAY "May: 春\n"

static const struct {
	const char *name, *in, *tree; /* tree NULL: nothing can be done */
	const char *text;
	const char *holds;            /* what the file must hold then */
} cases[] = {
	{ "HTML alone", TOP HTML "X-A: b\r\n\r\n<p>May</p>\r\n", "multipart/alternative(text/plain,text/html)", MAY,
	  "X-A: b\r\n\r\n--=_presend_" },
	{ "without a line end", TOP HTML "\r\n<p>May</p>", "multipart/alternative(text/plain,text/html)", MAY, "\r\n\r\n<p>May</p>\r\n--=_presend_" },
	{ "LF", "From: <a@b.jp>\nContent-Type: text/html\nContent-Transfer-Encoding: quoted-printable\n\n<p>May=20</p>\n", "multipart/alternative(text/plain,text/html)",
	  MAY, "\nContent-Type: text/html\nContent-Transfer-Encoding: quoted-printable\n\n<p>May=20</p>\n\n--=_presend_" },
	{ "all fields of the content move", TOP "Content-Disposition: inline\r\n" HTML "Content-Language: ja\r\nSubject: x\r\n\r\n<p>May</p>\r\n",
	  "multipart/alternative(text/plain,text/html)", MAY, "\r\nContent-Disposition: inline\r\n" HTML "Content-Language: ja\r\n\r\n<p>May</p>\r\n" },
	{ "what holds 8bit says so", TOP HTML "Content-Transfer-Encoding: 8bit\r\n\r\n<p>春</p>\r\n", "multipart/alternative(text/plain,text/html)", MAY,
	  "\"\r\nContent-Transfer-Encoding: 8bit\r\n\r\n--=_presend_" },
	{ "base64 has CRLF inside", "From: <a@b.jp>\n" "Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: base64\n\nPHA+TWF5PC9wPg==\n",
	  "multipart/alternative(text/plain,text/html)", MAY, "\n\nTWF5OiDmmKUNCg==\n\n--=_presend_" },
	{ "little that is not ASCII", TOP HTML "\r\n<p>May</p>\r\n", "multipart/alternative(text/plain,text/html)", "Fünf books for the month of May\n",
	  "quoted-printable\r\n\r\nF=C3=BCnf books for the month of May\r\n" },
	{ "a dot alone would end the mail", TOP HTML "\r\n<p>May</p>\r\n", "multipart/alternative(text/plain,text/html)", "May\n.\nFrom June on\n",
	  "quoted-printable\r\n\r\nMay\r\n=2E\r\n=46rom June on\r\n" },
	{ "ISO-2022-JP", TOP "Content-Type: text/html; charset=ISO-2022-JP\r\n\r\n<p>\x1B$B=U\x1B(B</p>\r\n", "multipart/alternative(text/plain,text/html)", MAY,
	  "Content-Type: text/plain; charset=ISO-2022-JP\r\nContent-Transfer-Encoding: 7bit\r\n\r\nMay: \x1B$B=U\x1B(B\r\n" },
	{ "ISO-2022-JP cannot say it", TOP "Content-Type: text/html; charset=ISO-2022-JP\r\n\r\n<p>\x1B$B=U\x1B(B</p>\r\n",
	  "multipart/alternative(text/plain,text/html)", "May: 😀\n", "Content-Type: text/plain; charset=UTF-8\r\n" },
	{ "HTML with its images", TOP RELATED, "multipart/alternative(text/plain,multipart/related(text/html,image/png))", MAY,
	  "Content-Type: multipart/related; boundary=r; type=\"text/html\"\r\n\r\n--r\r\n" },
	{ "beside an attachment", TOP "Content-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\n" HTML "\r\n<p>May</p>\r\n--m\r\nContent-Type: application/pdf\r\n\r\nx\r\n--m--\r\n",
	  "multipart/mixed(multipart/alternative(text/plain,text/html),application/pdf)", MAY, "\r\n\r\n<p>May</p>\r\n--=_presend_" },
	{ "in an alternative", TOP "Content-Type: multipart/alternative; boundary=\"m\"\r\n\r\n--m\r\n" HTML "\r\n<p>May</p>\r\n--m--\r\n",
	  "multipart/alternative(text/plain,text/html)", MAY, "\r\n\r\n--m\r\nContent-Type: text/plain" },
	{ "in an alternative, with its images", TOP "Content-Type: multipart/alternative; boundary=m\r\n\r\n--m\r\n" RELATED "\r\n--m--\r\n",
	  "multipart/alternative(text/plain,multipart/related(text/html,image/png))", MAY, "--m\r\nContent-Type: multipart/related" },
	{ "not the root of what is related", TOP "Content-Type: multipart/related; boundary=r\r\n\r\n--r\r\nContent-Type: image/png\r\n\r\nx\r\n--r\r\n" HTML
	  "\r\n<p>May</p>\r\n--r--\r\n", NULL, MAY, NULL },
	{ "signed", TOP "Content-Type: multipart/signed; boundary=s\r\n\r\n--s\r\n" HTML "\r\n<p>May</p>\r\n--s\r\nContent-Type: application/pgp-signature\r\n\r\nx\r\n--s--\r\n",
	  NULL, MAY, NULL },
	{ "not closed", TOP "Content-Type: multipart/mixed; boundary=m\r\n\r\n--m\r\n" HTML "\r\n<p>May</p>\r\n", NULL, MAY, NULL },
	{ "two types", TOP HTML "Content-Type: text/html\r\n\r\n<p>May</p>\r\n", NULL, MAY, NULL },
	{ "a body that is counted", TOP HTML "Content-Length: 12\r\n\r\n<p>May</p>\r\n", NULL, MAY, NULL },
	{ "no one knows how it is encoded", TOP HTML "Content-Transfer-Encoding: x-own\r\n\r\n<p>May</p>\r\n", NULL, MAY, NULL },
};

static void put_tree(GString *out, const struct entity *e)
{
	g_string_append_printf(out, "%.*s/%.*s", (int)e->content_type.type.n, e->content_type.type.p, (int)e->content_type.subtype.n, e->content_type.subtype.p);
	for (size_t i = 0; i < e->n_children; i++) {
		g_string_append_c(out, i ? ',' : '(');
		put_tree(out, e->children[i]);
	}
	if (e->n_children)
		g_string_append_c(out, ')');
}

static const struct entity *find_text(const struct mime *mime, const char *subtype)
{
	for (size_t i = 0; i < mime->n; i++)
		if (entity_is(mime->all[i], "text", subtype))
			return mime->all[i];
	return NULL;
}

/* The text with "\n" at the ends of lines, without the empty line in front of the boundary. */
static char *lines_of(struct draft_file *draft, const struct entity *e)
{
	g_auto(GStrv) lines = g_strsplit(draft_file_text(draft, e->charset_result.text), "\r\n", -1);

	return g_strjoinv("\n", lines);
}

START_TEST(added)
{
	struct draft_file draft, after;
	size_t n;

	draft_file_init(&draft, cases[_i].in, strlen(cases[_i].in));
	struct range all = { 0, draft.file->bytes.n };
	struct mime mime = mime_parse(draft.arena, draft.file, all);
	const struct entity *html = find_text(&mime, "html");
	struct edit *edits = alternative_add_text(draft.arena, draft.file, all, html, span_str(cases[_i].text), &n);
	ck_assert_msg(!edits == !cases[_i].tree, "%s", cases[_i].name);
	if (!edits) {
		draft_file_release(&draft);
		return;
	}
	GString *bytes = g_string_new(NULL), *tree = g_string_new(NULL);
	edits_apply(bytes, draft.file->bytes, edits, n);
	draft_file_init(&after, bytes->str, bytes->len);
	struct mime fixed = mime_parse(after.arena, after.file, (struct range){ 0, bytes->len });
	put_tree(tree, fixed.root);
	ck_assert_str_eq(tree->str, cases[_i].tree);
	for (size_t i = 0; i < fixed.n; i++)
		ck_assert_msg(!(fixed.all[i]->flags & ~(unsigned)ENTITY_EPILOGUE), "%s: flags %x of %s", cases[_i].name, fixed.all[i]->flags, fixed.all[i]->path);
	const struct entity *now = find_text(&fixed, "html"), *plain = find_text(&fixed, "plain");
	ck_assert_msg(span_eq(span_cut(draft.file->bytes, html->body.start, html->body.end), span_cut(after.file->bytes, now->body.start, now->body.end)),
		      "%s: the HTML changed:\n%s", cases[_i].name, bytes->str);
	g_autofree char *text = lines_of(&after, plain);
	ck_assert_str_eq(text, cases[_i].text);
	ck_assert_msg(strstr(bytes->str, cases[_i].holds) != NULL, "%s:\n%s\ndoes not hold\n%s", cases[_i].name, bytes->str, cases[_i].holds);
	g_string_free(tree, TRUE);
	g_string_free(bytes, TRUE);
	draft_file_release(&after);
	draft_file_release(&draft);
}
END_TEST

int main(void)
{
	TCase *tcase = tcase_create("alternative");
	mime_library_init();
	tcase_add_loop_test(tcase, added, 0, N_ROWS(cases));
	return run_case("alternative", tcase);
}
