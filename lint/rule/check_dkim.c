/* Checks of authentication as far as one file tells it: DKIM signatures, alignment of domains, results that a receiver wrote.
 * Sources: RFC 6376, RFC 8301, RFC 8058, RFC 8601, RFC 9989. What needs a key or an SPF record needs DNS and is not judged here. */
#include "rule/check_common.h"

#include <glib.h>

#include "doc/alignment.h"

enum { SECONDS_PER_HOUR = 3600 };

/* Without a signature these rules have nothing to judge: drafts are unsigned by nature. */
static bool unsigned_mail(struct check *c, const struct message *m)
{
	if (m->n_signatures == 0)
		check_not_applicable(c);
	return m->n_signatures == 0;
}

/* The domain of the author; empty where there is none to compare with. */
static struct span author_domain(const struct message *m)
{
	enum { UNUSABLE = MAILBOX_NO_DOMAIN | MAILBOX_BAD_DOMAIN | MAILBOX_LITERAL | MAILBOX_TAG | MAILBOX_NO_ADDRESS };

	if (m->from.n == 0 || m->from.mailboxes[0].flags & UNUSABLE)
		return SPAN_EMPTY;
	return m->from.mailboxes[0].domain;
}

/* A signature that verifiers will not throw away for its form. */
static bool is_well_formed(const struct dkim_signature *s)
{
	return s->n_problems == 0;
}

static bool is_aligned(const struct message *m, const struct dkim_signature *s)
{
	return domains_aligned(author_domain(m), s->domain);
}

/* The signature that stands for the sender: the first that is well formed and aligned with From, rather one without SHA-1, else the first
 * that is well formed; NULL. */
static const struct dkim_signature *main_signature(const struct message *m)
{
	const struct dkim_signature *best = NULL;
	int most = 0;

	for (size_t i = 0; i < m->n_signatures; i++) {
		const struct dkim_signature *s = &m->signatures[i];
		int rank = !is_well_formed(s) ? 0 : 1 + 2 * is_aligned(m, s) + (s->hash == DKIM_HASH_SHA256);
		if (rank > most) {
			most = rank;
			best = s;
		}
	}
	return best;
}

/* The value of a tag; the name of the field where there is no such tag. */
static struct range tag_range(const struct dkim_signature *s, const char *name)
{
	const struct dkim_tag *tag = dkim_tag_find(s, name);

	return tag ? tag->value : (struct range){ s->field->start, s->field->start + s->field->name.n };
}

/* There is no DKIM-Signature at all. */
CHECK(dkim_missing)
{
	if (m->kind == INPUT_TEMPLATE) {
		check_not_applicable(c);
		return;
	}
	if (m->n_signatures == 0)
		check_report(c, message_header_end(m), NULL);
}

/* One finding for each fault of form. The case names are those of the table. */
CHECK(dkim_syntax)
{
	static const char *const cases[] = {
		[DKIM_TAG_MALFORMED] = "malformed",   [DKIM_TAG_DOUBLE] = "double",         [DKIM_TAG_MISSING] = "missing",
		[DKIM_TAG_EMPTY] = "empty",           [DKIM_BAD_VERSION] = "version",       [DKIM_BAD_ALGORITHM] = "algorithm",
		[DKIM_BAD_CANONICAL] = "canonical",   [DKIM_BAD_BASE64] = "base64",         [DKIM_BAD_HASH_LENGTH] = "hash-length",
		[DKIM_BAD_DOMAIN] = "domain",         [DKIM_BAD_IDENTITY] = "identity",     [DKIM_BAD_NUMBER] = "number",
		[DKIM_BAD_QUERY] = "query",           [DKIM_TOO_MANY] = "too-many",
	};

	if (unsigned_mail(c, m))
		return;
	for (size_t i = 0; i < m->n_signatures; i++) {
		const struct dkim_signature *s = &m->signatures[i];
		for (size_t k = 0; k < s->n_problems; k++)
			check_report(c, s->problems[k].range, cases[s->problems[k].kind], ARG_T("tag", s->problems[k].tag),
				     ARG_T("domain", s->domain));
	}
	if (m->signatures_cut)
		check_report(c, field_range(m->signatures[DKIM_SIGNATURES_MAX - 1].field), "signatures",
			     ARG_I("limit", DKIM_SIGNATURES_MAX));
}

/* Cases: sha1 (no better signature), beside (another signature is better). RFC 8301, section 3.1. */
CHECK(dkim_algorithm)
{
	bool better = false;

	if (unsigned_mail(c, m))
		return;
	for (size_t i = 0; i < m->n_signatures; i++)
		better |= m->signatures[i].hash == DKIM_HASH_SHA256 && is_well_formed(&m->signatures[i]);
	for (size_t i = 0; i < m->n_signatures; i++)
		if (m->signatures[i].hash == DKIM_HASH_SHA1)
			check_report(c, tag_range(&m->signatures[i], "a"), better ? "beside" : "sha1",
				     ARG_T("algorithm", m->signatures[i].algorithm), ARG_T("domain", m->signatures[i].domain));
}

/* The length of an RSA signature is that of its key, so the key need not be looked up. Cases: short (below 1024 bits), weak (below
 * 2048). with: must, should. */
CHECK(dkim_key_short)
{
	size_t must = (size_t)rule_setting_int(check_rule(c), "must", 1024);
	size_t should = (size_t)rule_setting_int(check_rule(c), "should", 2048);

	if (unsigned_mail(c, m))
		return;
	for (size_t i = 0; i < m->n_signatures; i++) {
		const struct dkim_signature *s = &m->signatures[i];
		size_t bits = s->n_signature * 8;
		if (s->is_rsa && bits > 0 && bits < should && is_well_formed(s))
			check_report(c, tag_range(s, "b"), bits < must ? "short" : "weak", ARG_I("bits", bits), ARG_T("domain", s->domain));
	}
}

/* h= does not name From. RFC 6376, section 5.4: it must. */
CHECK(dkim_from_not_signed)
{
	if (unsigned_mail(c, m))
		return;
	for (size_t i = 0; i < m->n_signatures; i++) {
		const struct dkim_signature *s = &m->signatures[i];
		if (s->n_names && !s->names_cut && !dkim_signs(s, SPAN_LIT("From")))
			check_report(c, tag_range(s, "h"), NULL, ARG_T("domain", s->domain));
	}
}

/* Is the field signed by a well-formed signature; by one that is aligned with From, if there is one at all? */
static bool is_covered(const struct message *m, const char *name, bool aligned_only)
{
	for (size_t i = 0; i < m->n_signatures; i++) {
		const struct dkim_signature *s = &m->signatures[i];
		if (is_well_formed(s) && dkim_signs(s, span_str(name)) && (!aligned_only || is_aligned(m, s)))
			return true;
	}
	return false;
}

/* with: core, list (names of fields), discouraged. Cases: core, list (fields that are there and that no signature of the sender's
 * covers; one finding for all of them), discouraged (h= names one that changes on the way). */
CHECK(dkim_coverage)
{
	static const char *const cases[] = { "core", "list" };
	const char *const *discouraged = rule_setting_list(check_rule(c), "discouraged");

	if (unsigned_mail(c, m))
		return;
	const struct dkim_signature *judged = main_signature(m);
	if (!judged)
		return; /* told by dkim_syntax */
	bool aligned_only = is_aligned(m, judged);
	for (size_t k = 0; k < G_N_ELEMENTS(cases); k++) {
		const char *const *names = rule_setting_list(check_rule(c), cases[k]);
		GString *missing = g_string_new(NULL);
		size_t count = 0;
		for (; names && *names; names++) {
			if (!header_find(m->header, *names) || is_covered(m, *names, aligned_only))
				continue;
			g_string_append_printf(missing, "%s%s", count++ ? ", " : "", *names);
		}
		if (count)
			check_report(c, tag_range(judged, "h"), cases[k], ARG_T("fields", arena_copy_span(check_arena(c), span_of(missing->str, missing->len))),
				     ARG_I("count", count), ARG_T("domain", judged->domain));
		g_string_free(missing, TRUE);
	}
	for (size_t i = 0; i < judged->n_names; i++)
		if (word_in_list(discouraged, judged->names[i].name))
			check_report(c, judged->names[i].range, "discouraged", ARG_T("field", judged->names[i].name),
				     ARG_T("domain", judged->domain));
}

static struct range whole_body(const struct message *m)
{
	return (struct range){ m->header->end, m->range.end };
}

/* l= is there. Cases: present, partial (the body goes on behind what it counts). */
CHECK(dkim_length_tag)
{
	if (unsigned_mail(c, m))
		return;
	for (size_t i = 0; i < m->n_signatures; i++) {
		const struct dkim_signature *s = &m->signatures[i];
		if (!s->has_length)
			continue;
		struct dkim_body body = dkim_body_compare(m->file, whole_body(m), s);
		bool partial = body.state != DKIM_BODY_UNKNOWN && s->length < body.octets;
		check_report(c, dkim_tag_find(s, "l")->range, partial ? "partial" : "present", ARG_I("length", s->length),
			     ARG_I("unsigned", partial ? body.octets - s->length : 0), ARG_T("domain", s->domain));
	}
}

/* with: future_hours. Cases: order (x= is not later than t=), expired (x= is before the Date, at the stage final also before now), future (t= is
 * later than now). Archived mail is judged by its own Date: RFC 6376, section 3.5, lets signatures expire after delivery. */
CHECK(dkim_expired)
{
	int64_t future = rule_setting_int(check_rule(c), "future_hours", 6) * SECONDS_PER_HOUR;
	int64_t now = check_options(c)->now;
	bool date_known = m->has_date && !(m->date.flags & (DATE_BAD_SYNTAX | DATE_RANGE));

	if (unsigned_mail(c, m))
		return;
	for (size_t i = 0; i < m->n_signatures; i++) {
		const struct dkim_signature *s = &m->signatures[i];
		if (s->has_time && s->has_expiry && s->expiry <= s->time)
			check_report(c, tag_range(s, "x"), "order", ARG_T("domain", s->domain));
		else if (s->has_expiry &&
			 ((date_known && s->expiry < m->date.time) || (check_stage(c) == STAGE_FINAL && s->expiry < now)))
			check_report(c, tag_range(s, "x"), "expired", ARG_T("domain", s->domain));
		else if (s->has_time && s->time > now && s->time - now > future)
			check_report(c, tag_range(s, "t"), "future", ARG_I("hours", (s->time - now) / SECONDS_PER_HOUR),
				     ARG_T("domain", s->domain));
	}
}

/* bh= is not the hash of the body. Cases: changed, shorter (fewer octets than l= counts), appended (the rest was added behind signing; stands at the
 * rest), beside and foreign (another signature of the sender's fits the body; this one is the sender's, too, or somebody else's). */
CHECK(dkim_body_changed)
{
	if (unsigned_mail(c, m))
		return;
	struct dkim_body bodies[DKIM_SIGNATURES_MAX];
	bool fits = false, appended_told = false;
	for (size_t i = 0; i < m->n_signatures; i++) {
		const struct dkim_signature *s = &m->signatures[i];
		bodies[i] = dkim_body_compare(m->file, whole_body(m), s);
		fits |= bodies[i].state == DKIM_BODY_SAME && is_well_formed(s) && is_aligned(m, s);
	}
	for (size_t i = 0; i < m->n_signatures; i++) {
		const struct dkim_signature *s = &m->signatures[i];
		const struct dkim_body *body = &bodies[i];
		if (body->state == DKIM_BODY_UNKNOWN || body->state == DKIM_BODY_SAME)
			continue;
		if (fits)
			check_report(c, tag_range(s, "bh"), is_aligned(m, s) ? "beside" : "foreign", ARG_T("domain", s->domain));
		else if (body->state == DKIM_BODY_SHORTER)
			check_report(c, tag_range(s, "l"), "shorter", ARG_T("domain", s->domain), ARG_I("length", s->length),
				     ARG_I("octets", body->octets));
		else if (body->state == DKIM_BODY_CHANGED)
			check_report(c, tag_range(s, "bh"), "changed", ARG_T("domain", s->domain));
		else if (!appended_told) {
			appended_told = true;
			check_report(c, body->appended, "appended", ARG_T("domain", s->domain));
		}
	}
}

/* The domain of the envelope sender as the receiver noted it; empty for <> and where there is no such field. */
static struct span bounce_domain(struct check *c, const struct message *m, struct range *out)
{
	const struct field *field = header_find(m->header, "Return-Path");

	if (!field)
		return SPAN_EMPTY;
	*out = field_value_range(m, field);
	struct span value = field->unfolded->bytes;
	size_t end = value.n, at;
	while (end > 0 && (value.p[end - 1] == '>' || ascii_is_space(value.p[end - 1])))
		end--;
	for (at = end; at > 0 && value.p[at - 1] != '@'; at--)
		if (!ascii_is_alnum(value.p[at - 1]) && value.p[at - 1] != '-' && value.p[at - 1] != '.' && value.p[at - 1] != '_')
			return SPAN_EMPTY;
	struct span domain = at > 0 ? span_cut(value, at, end) : SPAN_EMPTY;
	/* Bounces of a test on the same machine say nothing of the sender. */
	return span_find_byte(domain, '.', 0) < domain.n ? arena_copy_span(check_arena(c), domain) : SPAN_EMPTY;
}

struct alignment {
	struct span from, bounce;
	struct range bounce_range;
	bool dkim, spf;                         /* aligned */
	const struct dkim_signature *signature; /* the first one; NULL where the mail is unsigned */
};

/* false where there is nothing to compare. */
static bool alignment_of(struct check *c, const struct message *m, struct alignment *out)
{
	*out = (struct alignment){ .from = author_domain(m), .signature = m->n_signatures ? &m->signatures[0] : NULL };
	/* Only a delivered copy has a Return-Path that means anything. */
	if (check_stage(c) == STAGE_RECEIVED)
		out->bounce = bounce_domain(c, m, &out->bounce_range);
	out->spf = domains_aligned(out->from, out->bounce);
	for (size_t i = 0; i < m->n_signatures; i++)
		out->dkim |= is_aligned(m, &m->signatures[i]);
	if (out->from.n == 0 || (!out->signature && out->bounce.n == 0)) {
		check_not_applicable(c);
		return false;
	}
	return true;
}

/* Neither a signature nor the envelope is of the organisation of From. Cases: none, unsigned. */
CHECK(dkim_not_aligned)
{
	struct alignment a;

	if (!alignment_of(c, m, &a) || a.dkim || a.spf || a.bounce.n == 0)
		return;
	if (a.signature)
		check_report(c, tag_range(a.signature, "d"), "none", ARG_T("from", a.from), ARG_T("domain", a.signature->domain),
			     ARG_T("bounce", a.bounce));
	else
		check_report(c, a.bounce_range, "unsigned", ARG_T("from", a.from), ARG_T("bounce", a.bounce));
}

/* One of the two is. Cases: dkim-only, spf-only, spf-unknown. */
CHECK(dkim_half_aligned)
{
	struct alignment a;

	if (!alignment_of(c, m, &a) || !a.signature)
		return;
	if (a.dkim && !a.spf && a.bounce.n)
		check_report(c, a.bounce_range, "dkim-only", ARG_T("from", a.from), ARG_T("bounce", a.bounce));
	else if (!a.dkim && a.spf)
		check_report(c, tag_range(a.signature, "d"), "spf-only", ARG_T("from", a.from), ARG_T("domain", a.signature->domain));
	else if (!a.dkim && a.bounce.n == 0)
		check_report(c, tag_range(a.signature, "d"), "spf-unknown", ARG_T("from", a.from), ARG_T("domain", a.signature->domain));
}

/* More than one signature is aligned with From; stands at the second. */
CHECK(dkim_several_aligned)
{
	const struct dkim_signature *second = NULL;
	size_t count = 0;

	if (unsigned_mail(c, m))
		return;
	for (size_t i = 0; i < m->n_signatures; i++)
		if (is_aligned(m, &m->signatures[i]) && ++count == 2)
			second = &m->signatures[i];
	if (second)
		check_report(c, tag_range(second, "d"), NULL, ARG_I("count", count), ARG_T("domain", second->domain));
}

/* Is there a well-formed signature that is not made with SHA-1? */
static bool has_valid_hash(const struct message *m)
{
	for (size_t i = 0; i < m->n_signatures; i++)
		if (is_well_formed(&m->signatures[i]) && m->signatures[i].hash == DKIM_HASH_SHA256)
			return true;
	return false;
}

/* A field of which only one may be signed stands twice, and a signature covers both: h= names it twice (RFC 6376, section 5.4.2). */
static void report_signed_twice(struct check *c, const struct message *m, const char *name)
{
	const struct field *first = header_find(m->header, name);

	if (!first || !header_find_next(m->header, first))
		return;
	for (size_t i = 0; i < m->n_signatures; i++) {
		const struct dkim_signature *s = &m->signatures[i];
		size_t count = 0;
		for (size_t k = 0; is_well_formed(s) && k < s->n_names; k++)
			if (span_eq_ci(s->names[k].name, span_str(name)) && ++count == 2)
				check_report(c, s->names[k].range, "several", ARG_T("field", first->name), ARG_T("domain", s->domain));
	}
}

/* with: fields, once (true: only one of each may be signed). All of them are in the mail, and no well-formed signature covers all of them; one
 * with SHA-1 counts for nothing beside a better one. Argument: those that the sender's signature leaves out. Cases: default, several. */
CHECK(dkim_fields_not_signed)
{
	const char *const *fields = rule_setting_list(check_rule(c), "fields");

	if (unsigned_mail(c, m))
		return;
	const struct dkim_signature *judged = main_signature(m);
	for (size_t k = 0; fields && fields[k]; k++) {
		if (!judged || !header_find(m->header, fields[k])) {
			check_not_applicable(c);
			return;
		}
	}
	bool valid_hash = has_valid_hash(m);
	if (strcmp(rule_setting(check_rule(c), "once", "false"), "true") == 0)
		for (size_t k = 0; fields && fields[k]; k++)
			report_signed_twice(c, m, fields[k]);
	for (size_t i = 0; i < m->n_signatures; i++) {
		const struct dkim_signature *s = &m->signatures[i];
		bool all = is_well_formed(s) && (!valid_hash || s->hash == DKIM_HASH_SHA256);
		for (size_t k = 0; fields && fields[k]; k++)
			all &= dkim_signs(s, span_str(fields[k]));
		if (all)
			return;
	}
	GString *missing = g_string_new(NULL);
	for (size_t k = 0; fields && fields[k]; k++)
		if (!dkim_signs(judged, span_str(fields[k])))
			g_string_append_printf(missing, "%s%s", missing->len ? ", " : "", fields[k]);
	check_report(c, tag_range(judged, "h"), NULL, ARG_T("fields", arena_copy_span(check_arena(c), span_of(missing->str, missing->len))),
		     ARG_T("domain", judged->domain));
	g_string_free(missing, TRUE);
}

/* --- Authentication-Results (RFC 8601, section 2.2) ---------------------------------------------------------------------------- */

struct result_scanner {
	struct span file;
	size_t at, end;
};

/* White space and comments, which may hold comments. */
static void skip_comments(struct result_scanner *s)
{
	while (s->at < s->end) {
		if (ascii_is_space(s->file.p[s->at])) {
			s->at++;
		} else if (s->file.p[s->at] == '(') {
			size_t depth = 0;
			for (; s->at < s->end; s->at++) {
				char c = s->file.p[s->at];
				if (c == '\\')
					s->at++;
				else if (c == '(')
					depth++;
				else if (c == ')' && --depth == 0)
					break;
			}
			s->at = s->at < s->end ? s->at + 1 : s->end;
		} else {
			return;
		}
	}
}

static struct range next_word(struct result_scanner *s)
{
	size_t start = s->at;

	while (s->at < s->end && (ascii_is_alnum(s->file.p[s->at]) || s->file.p[s->at] == '-' || s->file.p[s->at] == '.' ||
				  s->file.p[s->at] == '_' || s->file.p[s->at] == ':'))
		s->at++;
	return (struct range){ start, s->at };
}

/* Go behind the next semicolon outside of comments and quotes. false at the end. */
static bool next_result(struct result_scanner *s)
{
	while (s->at < s->end) {
		char c = s->file.p[s->at];
		if (c == '(') {
			skip_comments(s);
			continue;
		}
		if (c == '"')
			for (s->at++; s->at < s->end && s->file.p[s->at] != '"'; s->at++)
				s->at += s->file.p[s->at] == '\\';
		s->at++;
		if (c == ';')
			break;
	}
	return s->at < s->end;
}

/* "method=result", "method/1 = result" */
static bool read_result(struct result_scanner *s, struct range *method, struct range *result)
{
	skip_comments(s);
	*method = next_word(s);
	skip_comments(s);
	if (s->at < s->end && s->file.p[s->at] == '/') {
		s->at++;
		skip_comments(s);
		next_word(s);
		skip_comments(s);
	}
	if (s->at >= s->end || s->file.p[s->at] != '=')
		return false;
	s->at++;
	skip_comments(s);
	*result = next_word(s);
	return result->end > result->start && method->end > method->start;
}

/* with: methods, good (results). The topmost Authentication-Results, which the last receiver wrote: methods that did not pass. A method with
 * several results (dkim) needs one good one. Who wrote the field cannot be known from the file. */
CHECK(authentication_results)
{
	enum { METHODS_MAX = 16 };
	const char *const *methods = rule_setting_list(check_rule(c), "methods");
	const char *const *good = rule_setting_list(check_rule(c), "good");
	const struct field *field = header_find(m->header, "Authentication-Results");

	if (!field) {
		check_not_applicable(c);
		return;
	}
	for (size_t k = 0; methods && methods[k] && k < METHODS_MAX; k++) {
		struct result_scanner s = { m->file->bytes, field->value_start, field_read_end(field) };
		struct range method, result, bad = { 0, 0 };
		struct span bad_result = SPAN_EMPTY;
		bool passed = false;
		skip_comments(&s);
		struct range server = next_word(&s);
		skip_comments(&s);
		/* Some servers do not name themselves and begin with a result. */
		bool is_named = s.at >= s.end || s.file.p[s.at] != '=';
		if (!is_named)
			s.at = field->value_start;
		for (bool more = is_named ? next_result(&s) : true; more; more = next_result(&s)) {
			if (!read_result(&s, &method, &result) || !span_eq_ci(file_span(m, method), span_str(methods[k])))
				continue;
			if (word_in_list(good, file_span(m, result))) {
				passed = true;
			} else if (bad.end == 0) {
				bad = (struct range){ method.start, result.end };
				bad_result = file_span(m, result);
			}
		}
		if (bad.end && !passed)
			check_report(c, bad, NULL, ARG_T("method", span_str(methods[k])), ARG_T("result", bad_result),
				     ARG_T("server", is_named ? file_span(m, server) : field->name));
	}
}
