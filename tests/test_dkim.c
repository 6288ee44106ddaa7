/* Tests of lint/mail/dkim.c and lint/doc/alignment.c. Expectations come from RFC 6376 (grammar of section 3, forms of the body of section 3.4, the
 * example of appendix A.2), from its erratum on empty bodies (RFC 4871, erratum 1376), and from the public suffix list. */
#include <stdio.h>

#include "doc/alignment.h"
#include "draft_file.h"
#include "mail/dkim.h"

#define RFC_HASH "2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8="
#define RFC_BODY "Hi.\r\n\r\nWe lost the game. Are you hungry yet?\r\n\r\nJoe.\r\n"
#define GOOD "v=1; a=rsa-sha256; d=example.com; s=brisbane; h=from:to; bh=" RFC_HASH "; b=c2ln"

struct signed_draft {
	struct draft_file draft;
	struct header header;
	struct dkim_signature *signatures;
	size_t n;
	bool cut;
};

static void signed_draft_init(struct signed_draft *s, const char *in, size_t n)
{
	draft_file_init(&s->draft, in, n);
	s->header = header_scan(s->draft.arena, s->draft.file, 0, n);
	s->signatures = dkim_signatures(s->draft.arena, s->draft.file, &s->header, &s->n, &s->cut);
}

/* --- tags ---------------------------------------------------------------------------------------------------------------------- */

static const char *const problem_names[] = {
	[DKIM_TAG_MALFORMED] = "malformed", [DKIM_TAG_DOUBLE] = "double",     [DKIM_TAG_MISSING] = "missing",
	[DKIM_TAG_EMPTY] = "empty",	    [DKIM_BAD_VERSION] = "version",   [DKIM_BAD_ALGORITHM] = "algorithm",
	[DKIM_BAD_CANONICAL] = "canonical", [DKIM_BAD_BASE64] = "base64",     [DKIM_BAD_HASH_LENGTH] = "hash-length",
	[DKIM_BAD_DOMAIN] = "domain",	    [DKIM_BAD_IDENTITY] = "identity", [DKIM_BAD_NUMBER] = "number",
	[DKIM_BAD_QUERY] = "query",	    [DKIM_TOO_MANY] = "too-many",
};

/* problems: "kind tag [bytes]" each, a blank between. */
static const struct {
	const char *in, *problems;
} syntax_cases[] = {
	{ GOOD, "" },
	{ GOOD ";", "" },
	{ "\r\n\tv = 1 ; a=rsa-sha256;\r\n\td=example.com; s=brisbane; h=from:to;\r\n\tbh=2jUSOH9NhtVGCQWNr9BrIAP\r\n\t reKQjO6Sn7XIkfJVOzv8=; b=c2\r\n ln", "" },
	{ GOOD "; x_1=unknown tags are ignored; q=dns/txt:other; t=1528637909; x=1528637910; l=0", "" },
	{ GOOD "; i=@example.com", "" },
	{ GOOD "; i=joe@football.example.com; c=relaxed", "" },
	{ GOOD "; d=example.net", "double d [d=example.net]" },
	{ GOOD "; D=example.net", "" }, /* another tag: names are case-sensitive */
	{ GOOD "; ;q=dns/txt", "malformed  []" },
	{ GOOD "; junk", "malformed  [junk]" },
	{ GOOD "; 1x=y", "malformed  [1x=y]" },
	{ GOOD "; i=joe@badexample.com", "identity i [joe@badexample.com]" },
	{ GOOD "; i=example.com", "identity i [example.com]" },
	{ GOOD "; c=relaxed/nofws", "canonical c [relaxed/nofws]" },
	{ GOOD "; c=", "canonical c []" },
	{ GOOD "; q=dns", "query q [dns]" },
	{ GOOD "; l=-1", "number l [-1]" },
	{ GOOD "; t=now; x=12a", "number t [now] number x [12a]" },
	{ GOOD "; l=99999999999999999999999999999999", "" },
	{ "a=rsa-sha256; d=example.com; s=k; h=from; bh=" RFC_HASH "; b=c2ln", "missing v [DKIM-Signature]" },
	{ "v=1; a=rsa-sha256; d=example.com; s=k; h=from; bh=" RFC_HASH "; b=", "empty b [b=]" },
	{ "v=0.5; a=rsa-sha256; d=example.com; s=k; h=from; bh=" RFC_HASH "; b=c2ln", "version v [0.5]" },
	{ "v=1; a=rsa-md5; d=example.com; s=k; h=from; bh=" RFC_HASH "; b=c2ln", "algorithm a [rsa-md5]" },
	{ "v=1; a=rsa-sha1; d=example.com; s=k; h=from; bh=" RFC_HASH "; b=c2ln", "hash-length bh [" RFC_HASH "]" },
	{ "v=1; a=rsa-sha256; d=example.com; s=k; h=from; bh=2jUS*; b=c2ln", "base64 bh [2jUS*]" },
	{ "v=1; a=rsa-sha256; d=example.com; s=k; h=from; bh=" RFC_HASH "; b=c2l", "base64 b [c2l]" },
	{ "v=1; a=rsa-sha256; d=example.com; s=k; h=from; bh=" RFC_HASH "; b=c===", "base64 b [c===]" },
	{ "v=1; a=rsa-sha256; d=localhost; s=k.; h=from; bh=" RFC_HASH "; b=c2ln", "domain d [localhost] domain s [k.]" },
	{ "", "missing v [DKIM-Signature] missing a [DKIM-Signature] missing b [DKIM-Signature] missing bh [DKIM-Signature] missing d [DKIM-Signature] "
	      "missing h [DKIM-Signature] missing s [DKIM-Signature]" },
};

START_TEST(syntax)
{
	struct signed_draft s;
	char *in = g_strdup_printf("DKIM-Signature: %s\r\nFrom: a@example.com", syntax_cases[_i].in);
	GString *got = g_string_new(NULL);

	signed_draft_init(&s, in, strlen(in));
	ck_assert_uint_eq(s.n, 1);
	ck_assert(!s.cut);
	for (size_t i = 0; i < s.signatures[0].n_problems; i++) {
		const struct dkim_problem *p = &s.signatures[0].problems[i];
		g_string_append_printf(got, "%s%s %.*s [%s]", i ? " " : "", problem_names[p->kind], (int)p->tag.n, p->tag.p,
				       draft_file_cut(&s.draft, p->range));
	}
	ck_assert_str_eq(got->str, syntax_cases[_i].problems);
	g_string_free(got, TRUE);
	draft_file_release(&s.draft);
	g_free(in);
}
END_TEST

START_TEST(values)
{
	static const char in[] = "Received: x\r\nDKIM-Signature: v=1; a=RSA-SHA256; c=simple/relaxed; d=example\r\n .com; s=k1._x;\r\n h=Received :\r\n\tFrom: to:from ;"
				 " t=1117574938; x=1118006938; l=42;\r\n bh=" RFC_HASH "; b=AAAA\r\n AAA=\r\nFrom: a@example.com\r\n\r\nx";
	struct signed_draft s;

	signed_draft_init(&s, in, sizeof in - 1);
	ck_assert_uint_eq(s.n, 1);
	const struct dkim_signature *sig = &s.signatures[0];
	ck_assert_uint_eq(sig->n_problems, 0);
	ck_assert(span_eq(sig->domain, SPAN_LIT("example.com")));
	ck_assert(span_eq(sig->selector, SPAN_LIT("k1._x")));
	ck_assert(sig->is_rsa && sig->hash == DKIM_HASH_SHA256 && sig->body_canonical == DKIM_RELAXED);
	ck_assert(sig->has_time && sig->has_expiry && sig->has_length);
	ck_assert_int_eq(sig->time, 1117574938);
	ck_assert_int_eq(sig->expiry, 1118006938);
	ck_assert_uint_eq(sig->length, 42);
	ck_assert_uint_eq(sig->n_signature, 5); /* eight characters, one of them padding */
	ck_assert_uint_eq(sig->n_names, 4);
	ck_assert_str_eq(draft_file_cut(&s.draft, sig->names[1].range), "From");
	ck_assert(dkim_signs(sig, SPAN_LIT("TO")));
	ck_assert(dkim_signs(sig, SPAN_LIT("received")));
	ck_assert(!dkim_signs(sig, SPAN_LIT("Subject")));
	ck_assert_str_eq(draft_file_cut(&s.draft, dkim_tag_find(sig, "l")->range), "l=42");
	ck_assert_ptr_null(dkim_tag_find(sig, "L"));
	draft_file_release(&s.draft);
}
END_TEST

/* What hostile mail may hold too much of: signatures, tags, names. */
START_TEST(too_much)
{
	struct signed_draft s;
	GString *in = g_string_new(NULL);

	for (int i = 0; i < 1000; i++)
		g_string_append(in, "DKIM-Signature: " GOOD "\n");
	signed_draft_init(&s, in->str, in->len);
	ck_assert_uint_eq(s.n, DKIM_SIGNATURES_MAX);
	ck_assert(s.cut);
	draft_file_release(&s.draft);

	g_string_assign(in, "DKIM-Signature: h=a");
	for (int i = 0; i < 100000; i++)
		g_string_append(in, ":a");
	for (int i = 0; i < 100000; i++)
		g_string_append_printf(in, ";t%d=", i);
	signed_draft_init(&s, in->str, in->len);
	ck_assert_uint_eq(s.signatures[0].n_names, DKIM_NAMES_MAX);
	ck_assert(s.signatures[0].names_cut);
	ck_assert_uint_eq(s.signatures[0].n_tags, DKIM_TAGS_MAX);
	draft_file_release(&s.draft);
	g_string_free(in, TRUE);
}
END_TEST

/* --- bodies -------------------------------------------------------------------------------------------------------------------- */

/* signed: the canonical form that was signed, or NULL: then hash is bh=. */
static const struct {
	const char *tags, *body, *signed_form, *hash;
	enum dkim_body_state state;
	const char *rest;
} body_cases[] = {
	/* Appendix A.2, and the same body stored with LF and without its last line end. */
	{ "a=rsa-sha256; c=simple/simple", RFC_BODY, NULL, RFC_HASH, DKIM_BODY_SAME, "" },
	{ "a=ed25519-sha256; c=relaxed/relaxed", RFC_BODY, NULL, RFC_HASH, DKIM_BODY_SAME, "" },
	{ "a=rsa-sha256", "Hi.\n\nWe lost the game. Are you hungry yet?\n\nJoe.\n", NULL, RFC_HASH, DKIM_BODY_SAME, "" },
	{ "a=rsa-sha256", "Hi.\n\nWe lost the game. Are you hungry yet?\n\nJoe.", NULL, RFC_HASH, DKIM_BODY_SAME, "" },
	{ "a=rsa-sha256", RFC_BODY "\r\n\n\r\n", NULL, RFC_HASH, DKIM_BODY_SAME, "" },
	{ "a=rsa-sha256; c=relaxed", RFC_BODY " \r\n", NULL, RFC_HASH, DKIM_BODY_CHANGED, "" }, /* the body's form is simple; nothing to show was added */
	{ "a=rsa-sha256; c=simple/relaxed", RFC_BODY " \t\r\n", NULL, RFC_HASH, DKIM_BODY_SAME, "" },
	/* Erratum 1376: empty bodies. */
	{ "a=rsa-sha1; c=simple/simple", "", NULL, "uoq1oCgLlTqpdDX/iUbLy7J1Wic=", DKIM_BODY_SAME, "" },
	{ "a=rsa-sha256; c=simple/simple", "\n\r\n\n", NULL, "frcCV1k9oG9oKj3dpUqdJg1PxRT2RSN/XKdLCPjaYaY=", DKIM_BODY_SAME, "" },
	{ "a=rsa-sha1; c=simple/relaxed", "", NULL, "2jmj7l5rSw0yVb/vlWAYkK/YBwk=", DKIM_BODY_SAME, "" },
	{ "a=rsa-sha256; c=simple/relaxed", " \n\t\r\n", NULL, "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", DKIM_BODY_SAME, "" },
	/* Section 3.4.5. */
	{ "a=rsa-sha256; c=relaxed/relaxed", " C \r\nD \t E\r\n\r\n\r\n", " C\r\nD E\r\n", NULL, DKIM_BODY_SAME, "" },
	{ "a=rsa-sha256; c=simple/simple", " C \r\nD \t E\r\n\r\n\r\n", " C \r\nD \t E\r\n", NULL, DKIM_BODY_SAME, "" },
	{ "a=rsa-sha1; c=simple/simple", " C\r\nD E\r\n", " C \r\nD \t E\r\n", NULL, DKIM_BODY_CHANGED, "" },
	/* A blank line of blanks inside, and NUL-free odd bytes. */
	{ "a=rsa-sha256; c=relaxed/relaxed", "a\n  \nb\n", "a\r\n\r\nb\r\n", NULL, DKIM_BODY_SAME, "" },
	{ "a=rsa-sha256; c=simple/simple", "a\n  \nb\n", "a\r\n  \r\nb\r\n", NULL, DKIM_BODY_SAME, "" },
	/* Section 3.4.4: blanks at line ends go, runs become one space, a tab is a blank; a form feed and a no-break space are not. */
	{ "a=rsa-sha256; c=relaxed/relaxed", "a\t\tb \t\r\n\tc", "a b\r\n c\r\n", NULL, DKIM_BODY_SAME, "" },
	{ "a=rsa-sha256; c=relaxed/relaxed", "a\fb\f\n\xC2\xA0\n", "a\fb\f\r\n\xC2\xA0\r\n", NULL, DKIM_BODY_SAME, "" },
	{ "a=rsa-sha256; c=simple/relaxed", "a\r\n \r\n\t\r\n", "a\r\n", NULL, DKIM_BODY_SAME, "" },
	{ "a=rsa-sha256; c=simple/simple", "a\r\n \r\n\t\r\n\r\n", "a\r\n \r\n\t\r\n", NULL, DKIM_BODY_SAME, "" },
	/* Section 3.4.3: a body that is one line of blanks is not empty in the simple form; LF and CRLF in one file are both line ends. */
	{ "a=rsa-sha256; c=simple/simple", " ", " \r\n", NULL, DKIM_BODY_SAME, "" },
	{ "a=rsa-sha256; c=simple/simple", "a\nb\r\nc", "a\r\nb\r\nc\r\n", NULL, DKIM_BODY_SAME, "" },
	/* The form of the header has no say in the body. */
	{ "a=rsa-sha256; c=relaxed/simple", "a  b\n", "a  b\r\n", NULL, DKIM_BODY_SAME, "" },
	{ "a=rsa-sha256; c=relaxed/simple", "a  b\n", "a b\r\n", NULL, DKIM_BODY_CHANGED, "" },
	/* Length: octets of the canonical form are counted (section 3.4.5, 3.5). */
	{ "a=rsa-sha256; c=simple/relaxed; l=3", "a  b\nmore\n", "a b", NULL, DKIM_BODY_SAME, "more" },
	{ "a=rsa-sha256; c=simple/relaxed; l=0", "more\n", "", NULL, DKIM_BODY_SAME, "more" },
	{ "a=rsa-sha256; l=11", "a  b\nmore\n", "a  b\r\nmore\r", NULL, DKIM_BODY_SAME, "" },
	{ "a=rsa-sha256; l=13", "a  b\nmore\n", "a  b\r\nmore\r\n", NULL, DKIM_BODY_SHORTER, "" },
	/* Something was appended. */
	{ "a=rsa-sha256", RFC_BODY "\r\n--\r\nlist footer\r\n\r\n", NULL, RFC_HASH, DKIM_BODY_APPENDED, "--\r\nlist footer" },
	{ "a=rsa-sha256; c=simple/relaxed", "Hi. \n\nWe lost the  game. Are you hungry yet?\n\nJoe.\n \nx", NULL, RFC_HASH, DKIM_BODY_APPENDED, "x" },
	{ "a=rsa-sha256", "x\n" RFC_BODY, NULL, RFC_HASH, DKIM_BODY_CHANGED, "" },
	/* An mbox may have put the > there; a lone CR may have been a line end. */
	{ "a=rsa-sha256", "a\n>From me\n", "a\r\nFrom me\r\n", NULL, DKIM_BODY_UNKNOWN, "" },
	{ "a=rsa-sha256", "a\rb\n", "a\r\nb\r\n", NULL, DKIM_BODY_UNKNOWN, "" },
	{ "a=rsa-sha256", "a\rb\n", "a\rb\r\n", NULL, DKIM_BODY_SAME, "" },
	{ "a=rsa-sha256", "a\n", NULL, "2jUSOH9NhtVG", DKIM_BODY_UNKNOWN, "" },
	{ "a=rsa-md5", "a\n", NULL, RFC_HASH, DKIM_BODY_UNKNOWN, "" },
};

START_TEST(bodies)
{
	struct signed_draft s;
	bool is_sha1 = strstr(body_cases[_i].tags, "sha1");
	char *hash = g_strdup(body_cases[_i].hash);

	if (!hash) {
		GChecksum *checksum = g_checksum_new(is_sha1 ? G_CHECKSUM_SHA1 : G_CHECKSUM_SHA256);
		guint8 digest[32];
		gsize n = sizeof digest;
		g_checksum_update(checksum, (const guchar *)body_cases[_i].signed_form, -1);
		g_checksum_get_digest(checksum, digest, &n);
		hash = g_base64_encode(digest, n);
		g_checksum_free(checksum);
	}
	char *in = g_strdup_printf("DKIM-Signature: v=1; %s; d=example.com; s=k; h=from; bh=%s; b=c2ln\n\n%s", body_cases[_i].tags, hash, body_cases[_i].body);
	signed_draft_init(&s, in, strlen(in));
	ck_assert_uint_eq(s.n, 1);
	struct dkim_body body = dkim_body_compare(s.draft.file, (struct range){ s.header.end, strlen(in) }, &s.signatures[0]);
	ck_assert_msg(body.state == body_cases[_i].state, "state %d, not %d: %s", (int)body.state, (int)body_cases[_i].state, body_cases[_i].body);
	ck_assert_str_eq(draft_file_cut(&s.draft, body.appended), body_cases[_i].rest);
	draft_file_release(&s.draft);
	g_free(in);
	g_free(hash);
}
END_TEST

/* Longer than any buffer, blanks across its borders. */
START_TEST(long_body)
{
	struct signed_draft s;
	GString *body = g_string_new(NULL), *canonical = g_string_new(NULL);

	for (int i = 0; i < 20001; i++) {
		g_string_append_printf(body, "line  \t %d \n%s", i, i % 7 ? "" : "\n");
		g_string_append_printf(canonical, "line %d\r\n%s", i, i % 7 ? "" : "\r\n");
	}
	GChecksum *checksum = g_checksum_new(G_CHECKSUM_SHA256);
	guint8 digest[32];
	gsize n = sizeof digest;
	g_checksum_update(checksum, (const guchar *)canonical->str, (gssize)canonical->len);
	g_checksum_get_digest(checksum, digest, &n);
	char *hash = g_base64_encode(digest, n);
	char *in = g_strdup_printf("DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.com; s=k; h=from; bh=%s; b=c2ln\n\n%sfooter\n", hash, body->str);
	signed_draft_init(&s, in, strlen(in));
	struct dkim_body got = dkim_body_compare(s.draft.file, (struct range){ s.header.end, strlen(in) }, &s.signatures[0]);
	ck_assert_int_eq(got.state, DKIM_BODY_APPENDED);
	ck_assert_str_eq(draft_file_cut(&s.draft, got.appended), "footer");
	got = dkim_body_compare(s.draft.file, (struct range){ s.header.end, strlen(in) - strlen("footer\n") }, &s.signatures[0]);
	ck_assert_int_eq(got.state, DKIM_BODY_SAME);
	ck_assert_uint_eq(got.octets, canonical->len);
	g_checksum_free(checksum);
	draft_file_release(&s.draft);
	g_string_free(body, TRUE);
	g_string_free(canonical, TRUE);
	g_free(hash);
	g_free(in);
}
END_TEST

/* Signed mail of SpamAssassin's own tests: every body is as it was signed, also where the signature as such must fail. */
START_TEST(real_mail)
{
	static const char folder[] = "../shared/mail/spamassassin-tdata/dkim";
	GDir *dir = g_dir_open(folder, 0, NULL);
	const char *name;
	size_t seen = 0;

	if (!dir) {
		printf("dkim: %s is not there, skipped\n", folder);
		return;
	}
	while ((name = g_dir_read_name(dir))) {
		char *path = g_build_filename(folder, name, NULL), *bytes = NULL;
		gsize n = 0;
		struct signed_draft s;
		if ((g_str_has_prefix(name, "test-pass-") || g_str_has_prefix(name, "test-fail-")) && g_file_get_contents(path, &bytes, &n, NULL)) {
			signed_draft_init(&s, bytes, n);
			for (size_t i = 0; i < s.n; i++, seen++) {
				struct dkim_body body = dkim_body_compare(s.draft.file, (struct range){ s.header.end, n }, &s.signatures[i]);
				ck_assert_msg(body.state == DKIM_BODY_SAME, "%s: state %d", name, (int)body.state);
				ck_assert_uint_eq(s.signatures[i].n_problems, 0);
			}
			draft_file_release(&s.draft);
		}
		g_free(bytes);
		g_free(path);
	}
	g_dir_close(dir);
	ck_assert_uint_ge(seen, 10);
}
END_TEST

/* --- alignment ----------------------------------------------------------------------------------------------------------------- */

static const struct {
	const char *a, *b;
	bool aligned;
} alignments[] = {
	{ "example.jp", "example.jp", true },
	{ "news.example.jp", "bounce.example.jp", true },
	{ "News.Example.JP.", "example.jp", true },
	{ "example.co.jp", "mail.example.co.jp", true },
	{ "example.co.jp", "other.co.jp", false },
	{ "co.jp", "other.co.jp", false },
	{ "example.jp", "badexample.jp", false },
	{ "a.example.co.uk", "b.example.co.uk", true },
	{ "one.github.io", "two.github.io", false },  /* private part of the list */
	{ "a.city.kawasaki.jp", "city.kawasaki.jp", true }, /* an exception to *.kawasaki.jp */
	{ "a.x.kawasaki.jp", "b.x.kawasaki.jp", false },
	{ "news.city.chiyoda.lg.jp", "city.chiyoda.lg.jp", true },
	{ "city.chiyoda.lg.jp", "city.minato.lg.jp", false },
	{ "a.example.or.jp", "b.other.or.jp", false },
	{ "www.example.tokyo.jp", "mail.example.tokyo.jp", true }, /* a prefecture is a public suffix */
	{ "shop.blogspot.com", "mail.blogspot.com", false },
	{ "www.shop.github.io", "mail.shop.github.io", true },
	{ "www.xn--r8jz45g.jp", "xn--r8jz45g.jp", true },
	{ "a.b.unlisted-top", "c.b.unlisted-top", true }, /* the default rule "*" */
	{ "", "", false },
	{ "example.jp", "", false },
	{ "[192.0.2.1]", "[192.0.2.2]", false },
};

START_TEST(alignment)
{
	size_t n = strlen(alignments[_i].a);
	char *a = g_memdup2(alignments[_i].a, n); /* without a NUL */

	ck_assert_msg(domains_aligned(span_of(a, n), span_str(alignments[_i].b)) == alignments[_i].aligned, "%s, %s",
		      alignments[_i].a, alignments[_i].b);
	ck_assert(domains_aligned(span_str(alignments[_i].b), span_of(a, n)) == alignments[_i].aligned);
	g_free(a);
}
END_TEST

int main(void)
{
	TCase *tcase = tcase_create("dkim");

	tcase_add_loop_test(tcase, syntax, 0, N_ROWS(syntax_cases));
	tcase_add_test(tcase, values);
	tcase_add_test(tcase, too_much);
	tcase_add_loop_test(tcase, bodies, 0, N_ROWS(body_cases));
	tcase_add_test(tcase, long_body);
	tcase_add_test(tcase, real_mail);
	tcase_add_loop_test(tcase, alignment, 0, N_ROWS(alignments));
	return run_case("dkim", tcase);
}
