/* Tests of lint/preflight/dkim_key.c and dkim_verify.c. Expectations come from RFC 6376 (appendix A and C), RFC 8463 (appendix A), RFC 8301, and from
 * mail of tests/preflight/signed/ that another implementation (dkimpy) signed. */
#include "draft_file.h"
#include "preflight/dkim_verify.h"

/* RFC 8463, appendix A.2. */
#define ED25519_KEY "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="
#define RSA_KEY \
	"v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3id" \
	"Y6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lx" \
	"j+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB"
/* RFC 6376, appendix C: the same key as RSAPublicKey and in SubjectPublicKeyInfo has 1024 bits. */
#define RFC6376_KEY \
	"MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkMoGeLnQg1fWn7/zYtIxN2SnFCjxOCKG9v3b4jYfcTNh5ijSsq631uBItLa7od+v/RtdC2UzJ1lWT947qR+Rcac2gbto/NMqJ0fzfVjH4OuKhitdY9tf6mcwGjaNBcWToIMmPSPDdQPNUYckcQ2QIDAQAB"
#define RFC6376_BARE \
	"MIGJAoGBAPAhE/9QLdIGwSYapn1klbf8OQygZ4udCDV9afv/Ni0jE3ZKcUKPE4Iob2/dviNh9xM2HmKNKyrrfW4Ei0truh36/9G10LZTMnWVZP3jupH5FxpzaBu2j80yonR/N9WMfg64qGK11j21/qZzAaNo0FxZOggyY9I8N1A81RhyRxDZAgMBAAE="

/* --- keys ------------------------------------------------------------------------------------------------------------------------ */

static const struct {
	const char *record;
	enum dkim_key_fault fault;
	unsigned bits;
	const char *text;
} keys[] = {
	{ "v=DKIM1; p=" RFC6376_KEY, DKIM_KEY_GOOD, 1024, "" },
	{ "p=" RFC6376_KEY, DKIM_KEY_GOOD, 1024, "" },            /* v= is only recommended */
	{ "k=rsa; t=s; p=" RFC6376_BARE ";", DKIM_KEY_GOOD, 1024, "" },
	{ "v=DKIM1; p= MIGJAoGBAPAhE/9QLdIGwSYapn1klbf8OQygZ4udCDV9afv/ Ni0jE3ZKcUKPE4Iob2/dviNh9xM2HmKNKyrrfW4Ei0truh36/9G10LZTMnWVZP3jupH5FxpzaBu2j80yonR/N9WMfg64qGK11j21/qZzAaNo0FxZOggyY9I8N1A81RhyRxDZAgMBAAE=",
	  DKIM_KEY_GOOD, 1024, "" },                               /* white space within base64 */
	{ ED25519_KEY, DKIM_KEY_GOOD, 256, "" },
	{ "v=DKIM1; k=rsa; h=sha1:sha256; s=email; p=" RFC6376_KEY, DKIM_KEY_GOOD, 1024, "" },
	{ "v=DKIM1; h=sha1; p=" RFC6376_KEY, DKIM_KEY_HASH, 0, "sha1" },
	{ "v=DKIM1; s=tlsrpt; p=" RFC6376_KEY, DKIM_KEY_SERVICE, 0, "tlsrpt" },
	{ "v=DKIM1; s=*; p=" RFC6376_KEY, DKIM_KEY_GOOD, 1024, "" },
	{ "v=DKIM1; k=ed448; p=" RFC6376_KEY, DKIM_KEY_TYPE, 0, "ed448" },
	{ "v=DKIM1; p=", DKIM_KEY_REVOKED, 0, "" },
	{ "v=DKIM1; n=no key here", DKIM_KEY_NO_KEY, 0, "" },
	{ "v=spf1 -all", DKIM_KEY_NO_KEY, 0, "" },
	{ "", DKIM_KEY_NO_KEY, 0, "" },
	{ "v=DKIM2; p=" RFC6376_KEY, DKIM_KEY_VERSION, 0, "DKIM2" },
	{ "v=dkim1; p=" RFC6376_KEY, DKIM_KEY_VERSION, 0, "dkim1" },
	{ "k=rsa; v=DKIM1; p=" RFC6376_KEY, DKIM_KEY_VERSION, 0, "DKIM1" }, /* section 3.6.1: must be the first tag */
	{ "v=DKIM1; k=rsa; k=rsa; p=" RFC6376_KEY, DKIM_KEY_MALFORMED, 0, "k" },
	{ "v=DKIM1; junk; p=" RFC6376_KEY, DKIM_KEY_MALFORMED, 0, "junk" },
	{ "v=DKIM1; p=MIGfMA0G\" \"CSqGSIb3", DKIM_KEY_QUOTES, 0, "\"" },
	{ "v=DKIM1; p=MIGf*", DKIM_KEY_BASE64, 0, "" },
	{ "v=DKIM1; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3SBsEm", DKIM_KEY_CUT, 0, "" },
	{ "v=DKIM1; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDwIRP/UC3SBsEmG", DKIM_KEY_CUT, 0, "" },
	{ "v=DKIM1; p=aGVsbG8=", DKIM_KEY_NOT_A_KEY, 0, "" },
	{ "v=DKIM1; k=ed25519; p=" RFC6376_KEY, DKIM_KEY_NOT_A_KEY, 0, "" },
};

START_TEST(key_records)
{
	struct draft_file draft;

	draft_file_init(&draft, keys[_i].record, strlen(keys[_i].record));
	struct dkim_key key = dkim_key_read(draft.arena, draft.file->bytes);
	ck_assert_msg(key.fault == keys[_i].fault, "fault %d of %s", key.fault, keys[_i].record);
	ck_assert_uint_eq(key.bits, keys[_i].bits);
	ck_assert_msg(span_eq(key.text, span_str(keys[_i].text)), "%.*s of %s", (int)key.text.n, key.text.p, keys[_i].record);
	ck_assert((key.key != NULL) == (key.fault == DKIM_KEY_GOOD));
	public_key_free(key.key);
	draft_file_release(&draft);
}
END_TEST

START_TEST(key_flags)
{
	struct arena *arena = arena_new();
	struct dkim_key key = dkim_key_read(arena, SPAN_LIT("v=DKIM1; t=y : s; p="));

	ck_assert(key.testing && key.strict && !key.no_version);
	key = dkim_key_read(arena, SPAN_LIT("t=yes; p="));
	ck_assert(!key.testing && !key.strict && key.no_version);
	arena_free(arena);
}
END_TEST

/* --- signatures ------------------------------------------------------------------------------------------------------------------ */

/* RFC 8463, appendix A.3. */
#define RFC8463_FIELDS \
	"From: Joe SixPack <joe@football.example.com>\r\n" \
	"To: Suzie Q <suzie@shopping.example.net>\r\n" \
	"Subject: Is dinner ready?\r\n" \
	"Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)\r\n" \
	"Message-ID: <20030712040037.46341.5F8J@football.example.com>\r\n"
#define RFC8463_BODY "Hi.\r\n\r\nWe lost the game.  Are you hungry yet?\r\n\r\nJoe.\r\n"
#define RFC8463_ED25519 \
	"DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;\r\n" \
	" d=football.example.com; i=@football.example.com;\r\n" \
	" q=dns/txt; s=brisbane; t=1528637909; h=from : to :\r\n" \
	" subject : date : message-id : from : subject : date;\r\n" \
	" bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n" \
	" b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus\r\n" \
	" Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==\r\n"
#define RFC8463_RSA \
	"DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;\r\n" \
	" d=football.example.com; i=@football.example.com;\r\n" \
	" q=dns/txt; s=test; t=1528637909; h=from : to : subject :\r\n" \
	" date : message-id : from : subject : date;\r\n" \
	" bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n" \
	" b=F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3\r\n" \
	" DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2Jz\r\n" \
	" dA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=\r\n"

/* RFC 6376, appendix A.2, with the indentation of erratum 4926; sentence: with one blank as erratum 3192 has it, or with two as printed. */
#define RFC6376_MAIL(sentence) \
	"DKIM-Signature: v=1; a=rsa-sha256; s=brisbane; d=example.com;\r\n" \
	"      c=simple/simple; q=dns/txt; i=joe@football.example.com;\r\n" \
	"      h=Received : From : To : Subject : Date : Message-ID;\r\n" \
	"      bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n" \
	"      b=AuUoFEfDxTDkHlLXSZEpZj79LICEps6eda7W3deTVFOk4yAUoqOB\r\n" \
	"        4nujc7YopdG5dWLSdNg6xNAZpOPr+kHxt1IrE+NahM6L/LbvaHut\r\n" \
	"        KVdkLLkpVaVVQPzeRDI009SO2Il5Lu7rDNH6mZckBdrIx0orEtZV\r\n" \
	"        4bmp/YzhwvcubU4=;\r\n" \
	"Received: from client1.football.example.com  [192.0.2.1]\r\n" \
	"      by submitserver.example.com with SUBMISSION;\r\n" \
	"      Fri, 11 Jul 2003 21:01:54 -0700 (PDT)\r\n" RFC8463_FIELDS "\r\n" \
	"Hi.\r\n\r\n" sentence "\r\n\r\nJoe.\r\n"

static const char *const result_names[] = {
	[DKIM_PASS] = "pass", [DKIM_FAIL_SYNTAX] = "syntax", [DKIM_FAIL_ALGORITHM] = "algorithm", [DKIM_FAIL_KEY] = "key",
	[DKIM_FAIL_SIZE] = "size", [DKIM_FAIL_FROM] = "from", [DKIM_FAIL_IDENTITY] = "identity", [DKIM_FAIL_EXPIRED] = "expired",
	[DKIM_FAIL_BODY] = "body", [DKIM_FAIL_HEADER] = "header",
};

/* The result of the signature number n, "pass". */
static const char *verify(const char *mail_bytes, size_t length, size_t n, const char *record, int64_t now)
{
	struct draft_file draft;
	size_t n_signatures;
	bool cut;

	draft_file_init(&draft, mail_bytes, length);
	struct header header = header_scan(draft.arena, draft.file, 0, length);
	struct dkim_signature *signatures = dkim_signatures(draft.arena, draft.file, &header, &n_signatures, &cut);
	struct dkim_key key = dkim_key_read(draft.arena, span_str(record));
	struct dkim_mail mail = { draft.file, &header, { header.end, length } };
	ck_assert_uint_gt(n_signatures, n);
	enum dkim_result result = dkim_verify(draft.arena, &mail, &signatures[n], &key, now);
	public_key_free(key.key);
	draft_file_release(&draft);
	return result_names[result];
}

static char *without_cr(const char *in)
{
	GString *out = g_string_new(NULL);

	for (; *in; in++)
		if (*in != '\r')
			g_string_append_c(out, *in);
	return g_string_free(out, FALSE);
}

static const struct {
	const char *mail;
	size_t n;
	const char *key, *result;
} signature_cases[] = {
	{ RFC6376_MAIL("We lost the game. Are you hungry yet?"), 0, "v=DKIM1; p=" RFC6376_KEY, "pass" },
	{ RFC6376_MAIL("We lost the game. Are you hungry yet?"), 0, "v=DKIM1; p=" RFC6376_BARE, "pass" },
	{ RFC6376_MAIL("We lost the game.  Are you hungry yet?"), 0, "v=DKIM1; p=" RFC6376_KEY, "body" },
	{ RFC6376_MAIL("We lost the game. Are you hungry yet?"), 0, "v=DKIM1; t=s; p=" RFC6376_KEY, "identity" },
	{ RFC6376_MAIL("We lost the game. Are you hungry yet?"), 0, RSA_KEY, "header" },
	{ RFC8463_ED25519 RFC8463_RSA RFC8463_FIELDS "\r\n" RFC8463_BODY, 0, ED25519_KEY, "pass" },
	{ RFC8463_ED25519 RFC8463_RSA RFC8463_FIELDS "\r\n" RFC8463_BODY, 1, RSA_KEY, "pass" },
	{ RFC8463_ED25519 RFC8463_RSA RFC8463_FIELDS "\r\n" RFC8463_BODY, 1, ED25519_KEY, "algorithm" },
	{ RFC8463_ED25519 RFC8463_RSA RFC8463_FIELDS "\r\n" RFC8463_BODY, 0, RSA_KEY, "algorithm" },
	{ RFC8463_RSA RFC8463_FIELDS "\r\n" RFC8463_BODY, 0, "v=DKIM1; p=" RFC6376_KEY, "header" },
	{ RFC8463_RSA RFC8463_FIELDS "\r\n" RFC8463_BODY, 0, "v=DKIM1; p=", "key" },
	{ RFC8463_RSA RFC8463_FIELDS "\r\n" RFC8463_BODY "Unsubscribe\r\n", 0, RSA_KEY, "body" },
	{ RFC8463_RSA RFC8463_FIELDS "\r\n" RFC8463_BODY "\r\n\r\n", 0, RSA_KEY, "pass" },            /* empty lines at the end */
	{ RFC8463_RSA "X-Trace: 1\r\n" RFC8463_FIELDS "\r\n" RFC8463_BODY, 0, RSA_KEY, "pass" },       /* not signed */
	{ RFC8463_RSA "Subject: another\r\n" RFC8463_FIELDS "\r\n" RFC8463_BODY, 0, RSA_KEY, "header" }, /* h= names it once more than it stood there */
	{ "To: another\r\n" RFC8463_RSA RFC8463_FIELDS "\r\n" RFC8463_BODY, 0, RSA_KEY, "pass" },      /* the lowest field of a name is the signed one */
	{ RFC8463_RSA RFC8463_FIELDS "To: another\r\n\r\n" RFC8463_BODY, 0, RSA_KEY, "header" },
};

START_TEST(signatures)
{
	const char *in = signature_cases[_i].mail;
	char *with_lf = without_cr(in);

	ck_assert_str_eq(verify(in, strlen(in), signature_cases[_i].n, signature_cases[_i].key, 1528637910), signature_cases[_i].result);
	/* Saved with LF, as git does it. */
	ck_assert_str_eq(verify(with_lf, strlen(with_lf), signature_cases[_i].n, signature_cases[_i].key, 1528637910),
			 signature_cases[_i].result);
	g_free(with_lf);
}
END_TEST

/* Mail that dkimpy signed; with one byte changed in what is signed, nothing holds any more. */
static const struct {
	const char *file, *key;
	bool simple_header, simple_body, length;
} signed_files[] = {
	{ "simple-simple.eml", "rsa2048.txt", true, true, false },
	{ "simple-relaxed.eml", "rsa2048.txt", true, false, false },
	{ "relaxed-simple.eml", "rsa2048.txt", false, true, false },
	{ "relaxed-relaxed.eml", "rsa1024.txt", false, false, false },
	{ "length.eml", "rsa2048.txt", false, false, true },
	{ "ed25519.eml", "ed25519.txt", false, false, false },
};

static char *changed(const char *in, const char *from, const char *to)
{
	GString *out = g_string_new(in);

	ck_assert_uint_eq(g_string_replace(out, from, to, 1), 1);
	return g_string_free(out, FALSE);
}

static void expect(const char *mail, const char *key, const char *result)
{
	ck_assert_str_eq(verify(mail, strlen(mail), 0, key, 1795538718), result);
}

START_TEST(signed_by_another)
{
	char *path = g_strconcat("tests/preflight/signed/", signed_files[_i].file, NULL), *mail, *key;
	char *key_path = g_strconcat("tests/preflight/signed/", signed_files[_i].key, NULL);

	ck_assert_msg(g_file_get_contents(path, &mail, NULL, NULL), "%s", path);
	ck_assert(g_file_get_contents(key_path, &key, NULL, NULL));
	expect(mail, key, "pass");
	char *again = without_cr(mail);
	expect(again, key, "pass");
	g_free(again);
	again = changed(mail, "Autumn   books", "Autumn books");
	expect(again, key, signed_files[_i].simple_header ? "header" : "pass");
	g_free(again);
	again = changed(mail, "books   are", "books are");
	expect(again, key, signed_files[_i].simple_body ? "body" : "pass");
	g_free(again);
	again = changed(mail, "reader@", "writer@");
	expect(again, key, "header");
	g_free(again);
	again = changed(mail, "are here", "are gone");
	expect(again, key, "body");
	g_free(again);
	again = g_strconcat(mail, "-- \r\nA footer of the list\r\n", NULL);
	expect(again, key, signed_files[_i].length ? "pass" : "body");
	g_free(again);
	again = changed(mail, "s=k1;", "s=k2;");
	expect(again, key, "header");
	g_free(again);
	g_free(key);
	g_free(mail);
	g_free(key_path);
	g_free(path);
}
END_TEST

/* What a key or the clock says against a signature that fits. */
START_TEST(restrictions)
{
	char *mail, *key, *strict;

	ck_assert(g_file_get_contents("tests/preflight/signed/relaxed-relaxed.eml", &mail, NULL, NULL));
	ck_assert(g_file_get_contents("tests/preflight/signed/rsa1024.txt", &key, NULL, NULL));
	strict = g_strconcat(g_strchomp(key), "; t=s", NULL);
	expect(mail, strict, "pass");
	/* i= below d=: allowed, unless the key says t=s (RFC 6376, section 3.6.1). The signature itself does not fit then, which is told later. */
	char *below = changed(mail, "i=@hanami-books", "i=@news.hanami-books");
	expect(below, strict, "identity");
	expect(below, key, "header");
	char *late = changed(mail, "q=dns/txt;", "q=dns/txt; x=1795538717;");
	expect(late, key, "header");
	g_free(late);
	g_free(below);
	char *sha1 = changed(mail, "rsa-sha256", "rsa-sha1");
	expect(sha1, key, "syntax"); /* and bh= is too long for it */
	g_free(sha1);
	char *no_from = changed(mail, "h=from : to", "h=sender : to");
	char *none = changed(no_from, " : from;", ";");
	expect(none, key, "from");
	g_free(none);
	g_free(no_from);
	g_free(strict);
	g_free(key);
	g_free(mail);
}
END_TEST

int main(void)
{
	TCase *tcase = tcase_create("preflight_dkim");

	tcase_add_loop_test(tcase, key_records, 0, N_ROWS(keys));
	tcase_add_test(tcase, key_flags);
	tcase_add_loop_test(tcase, signatures, 0, N_ROWS(signature_cases));
	tcase_add_loop_test(tcase, signed_by_another, 0, N_ROWS(signed_files));
	tcase_add_test(tcase, restrictions);
	return run_case("preflight_dkim", tcase);
}
