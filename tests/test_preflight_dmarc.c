/* Tests of lint/preflight/dmarc.c. Expectations come from RFC 9989 (sections 4.7 to 4.10 and its examples of walks) and RFC 7489 (section 6.6.3). */
#include "draft_file.h"
#include "preflight/dmarc.h"
#include "preflight_zone.h"

/* --- the record ------------------------------------------------------------------------------------------------------------------ */

static const struct {
	const char *record;
	bool is_dmarc;
	const char *policies;  /* p sp np */
	const char *bad, *unknown, *dropped;
} records[] = {
	{ "v=DMARC1; p=none", true, "none none none", "", "", "" },
	{ "v=DMARC1;p=reject;", true, "reject reject reject", "", "", "" },
	{ "v = DMARC1 ; p = Quarantine ; sp=none; np=reject", true, "quarantine none reject", "", "", "" },
	{ "v=DMARC1; p=quarantine; np=none", true, "quarantine quarantine none", "", "", "" },
	{ "v=DMARC1; rua=mailto:a@example.jp", true, "none none none", "", "", "" },
	{ "v=DMARC1; p=nune", true, "none none none", "p", "", "" },
	{ "v=DMARC1; p=reject; adkim=strict", true, "reject reject reject", "adkim", "", "" },
	{ "v=DMARC1; p=reject; fo=1:d:s; adkim=s; aspf=r; psd=n; t=y", true, "reject reject reject", "", "", "" },
	{ "v=DMARC1; p=reject; fo=1:x", true, "reject reject reject", "fo", "", "" },
	{ "v=DMARC1; p=reject; pct=50", true, "reject reject reject", "", "", "pct" },
	{ "v=DMARC1; p=reject; ri=86400; rf=afrf", true, "reject reject reject", "", "", "ri" },
	{ "v=DMARC1; p=reject; policy=x", true, "reject reject reject", "", "policy", "" },
	{ "p=none; v=DMARC1", false, "", "", "", "" },     /* v= must be first */
	{ "v=dmarc1; p=none", false, "", "", "", "" },     /* the version is case-sensitive */
	{ "v=DMARC1.0; p=none", false, "", "", "", "" },
	{ "v=DMARC12", false, "", "", "", "" },
	{ "v=spf1 -all", false, "", "", "", "" },
	{ "", false, "", "", "", "" },
	{ "v=DMARC1", true, "none none none", "", "", "" },
};

static void is_span(struct span got, const char *expected, const char *record)
{
	ck_assert_msg(span_eq(got.p ? got : SPAN_EMPTY, span_str(expected)), "\"%.*s\", not \"%s\", in %s", (int)got.n, got.p ? got.p : "", expected,
		      record);
}

START_TEST(record_forms)
{
	struct draft_file draft;
	struct dmarc_record record;
	const char *in = records[_i].record;

	draft_file_init(&draft, in, strlen(in));
	ck_assert_msg(dmarc_read(draft.file->bytes, &record) == records[_i].is_dmarc, "%s", in);
	if (records[_i].is_dmarc) {
		g_autofree char *policies = g_strjoin(" ", dmarc_policy_name(record.p), dmarc_policy_name(record.sp), dmarc_policy_name(record.np), NULL);
		ck_assert_str_eq(policies, records[_i].policies);
		is_span(record.bad_tag, records[_i].bad, in);
		is_span(record.unknown_tag, records[_i].unknown, in);
		is_span(record.dropped_tag, records[_i].dropped, in);
	}
	draft_file_release(&draft);
}
END_TEST

/* --- the walk -------------------------------------------------------------------------------------------------------------------- */

static const struct {
	const char *zone, *domain;
	const char *asked;        /* the domains of the walk */
	const char *organisation; /* by RFC 9989 */
	const char *views;        /* WHERE POLICY, by RFC 9989 and RFC 7489 */
} walks[] = {
	{ "_dmarc.example.jp TXT v=DMARC1; p=reject\n_dmarc.jp TXT NX", "example.jp", "example.jp jp", "example.jp", "example.jp reject, example.jp reject" },
	{ "_dmarc.news.example.jp TXT NX\n_dmarc.example.jp TXT v=DMARC1; p=reject; sp=quarantine\n_dmarc.jp TXT NX", "news.example.jp",
	  "news.example.jp example.jp jp", "example.jp", "example.jp quarantine, example.jp quarantine" },
	{ "_dmarc.news.example.jp TXT v=DMARC1; p=none\n_dmarc.example.jp TXT v=DMARC1; p=reject\n_dmarc.jp TXT -", "news.example.jp",
	  "news.example.jp example.jp jp", "example.jp", "news.example.jp none, news.example.jp none" },
	/* psd=n ends the walk: this is the organisation. */
	{ "_dmarc.a.example.jp TXT NX\n_dmarc.example.jp TXT v=DMARC1; p=reject; psd=n", "a.example.jp", "a.example.jp example.jp", "example.jp",
	  "example.jp reject, example.jp reject" },
	{ "_dmarc.a.b.example.jp TXT NX\n_dmarc.b.example.jp TXT v=DMARC1; p=none; psd=n\n_dmarc.example.jp TXT v=DMARC1; p=reject", "a.b.example.jp",
	  "a.b.example.jp b.example.jp", "b.example.jp", "b.example.jp none, example.jp reject" },
	/* psd=y: the organisation is one label below it, though it has no record; the record of the suffix counts. */
	{ "_dmarc.mail.shop.bank TXT NX\n_dmarc.shop.bank TXT NX\n_dmarc.bank TXT v=DMARC1; p=none; sp=reject; psd=y", "mail.shop.bank",
	  "mail.shop.bank shop.bank bank", "shop.bank", "bank reject, - none" },
	/* Eight labels and more: five queries fewer. */
	{ "_dmarc.a.b.c.d.e.f.g.h.example.jp TXT NX\n_dmarc.e.f.g.h.i.example.jp TXT NX\n_dmarc.d.e.f.g.h.example.jp TXT NX\n_dmarc.e.f.g.h.example.jp TXT NX\n"
	  "_dmarc.f.g.h.example.jp TXT NX\n_dmarc.g.h.example.jp TXT NX\n_dmarc.h.example.jp TXT NX\n_dmarc.example.jp TXT v=DMARC1; p=quarantine\n_dmarc.jp TXT NX",
	  "a.b.c.d.e.f.g.h.example.jp",
	  "a.b.c.d.e.f.g.h.example.jp d.e.f.g.h.example.jp e.f.g.h.example.jp f.g.h.example.jp g.h.example.jp h.example.jp example.jp jp", "example.jp",
	  "example.jp quarantine, example.jp quarantine" },
	/* Several records count as none, and t=y is one step milder for those who know it. */
	{ "_dmarc.example.jp TXT v=DMARC1; p=reject\n_dmarc.example.jp TXT v=DMARC1; p=none\n_dmarc.jp TXT NX", "example.jp", "example.jp jp", "example.jp",
	  "- none, - none" },
	{ "_dmarc.example.jp TXT v=DMARC1; p=reject; t=y\n_dmarc.jp TXT NX", "example.jp", "example.jp jp", "example.jp",
	  "example.jp quarantine, example.jp reject" },
	{ "_dmarc.example.jp TXT google-site-verification=x\n_dmarc.jp TXT NX", "example.jp", "example.jp jp", "example.jp", "- none, - none" },
};

static void append_view(GString *out, const struct dmarc_view *view)
{
	g_string_append_printf(out, "%s%s %s", out->len ? ", " : "", view->at ? view->at->domain : "-", dmarc_policy_name(view->policy));
}

START_TEST(tree_walks)
{
	struct arena *arena = arena_new();
	struct dns *dns = zone_open(arena, walks[_i].zone, NULL);
	struct dmarc_walk *walk = dmarc_walk(arena, dns, walks[_i].domain);
	struct dmarc_view new = dmarc_view_9989(walk, true), old = dmarc_view_7489(arena, dns, &walk->steps[0]);
	GString *asked = g_string_new(NULL), *views = g_string_new(NULL);

	for (size_t i = 0; i < walk->n; i++)
		g_string_append_printf(asked, "%s%s", i ? " " : "", walk->steps[i].domain);
	append_view(views, &new);
	append_view(views, &old);
	ck_assert_str_eq(asked->str, walks[_i].asked);
	ck_assert_str_eq(walk->organisation, walks[_i].organisation);
	ck_assert_str_eq(views->str, walks[_i].views);
	g_string_free(asked, TRUE);
	g_string_free(views, TRUE);
	zone_close(dns);
	arena_free(arena);
}
END_TEST

START_TEST(what_is_not_known)
{
	struct arena *arena = arena_new();
	struct dns *dns = zone_open(arena, "_dmarc.a.example.jp TXT ?\n_dmarc.example.jp TXT NX\n_dmarc.jp TXT NX", NULL);
	struct dmarc_walk *walk = dmarc_walk(arena, dns, "a.example.jp");
	struct dmarc_view view = dmarc_view_9989(walk, true);

	ck_assert(walk->unknown && view.unknown && !view.at);
	zone_close(dns);
	/* np= is for names that do not exist. */
	dns = zone_open(arena, "_dmarc.a.example.jp TXT NX\n_dmarc.example.jp TXT v=DMARC1; p=none; sp=quarantine; np=reject\n_dmarc.jp TXT NX", NULL);
	walk = dmarc_walk(arena, dns, "a.example.jp");
	ck_assert_int_eq(dmarc_view_9989(walk, true).policy, DMARC_QUARANTINE);
	ck_assert_int_eq(dmarc_view_9989(walk, false).policy, DMARC_REJECT);
	zone_close(dns);
	arena_free(arena);
}
END_TEST

int main(void)
{
	TCase *tcase = tcase_create("preflight_dmarc");

	tcase_add_loop_test(tcase, record_forms, 0, N_ROWS(records));
	tcase_add_loop_test(tcase, tree_walks, 0, N_ROWS(walks));
	tcase_add_test(tcase, what_is_not_known);
	return run_case("preflight_dmarc", tcase);
}
