/* Checks whether the plain text and the HTML of a mail say the same: as a whole, by their links, by their prices, dates, times and numbers. */
#include "rule/check_charset.h"
#include "rule/check_common.h"

#include <glib.h>

#include "base/normal.h"
#include "base/utf8.h"
#include "rule/figure.h"
#include "rule/optout.h"

/* --- alternatives ----------------------------------------------------------------------------------------------------------------- */

/* What is compared of a text: how many letters it has, and which groups of three letters. Addresses of links are left out. */
enum { GRAM_BITS = 1 << 18, MOST_FIGURES = 400, MOST_COMPARED = 8 };

struct digest {
	size_t n_letters;
	unsigned char *grams;            /* GRAM_BITS bits */
	size_t n_grams;                  /* bits that are set */
};

/* Where a URL that starts at at ends; at where there is none. */
static size_t behind_url(struct span s, size_t at)
{
	if (at < s.n && s.p[at] != 'h' && s.p[at] != 'w')
		return at;
	struct span rest = span_cut(s, at, s.n < at + 8 ? s.n : at + 8);

	if (!span_starts(rest, SPAN_LIT("http://")) && !span_starts(rest, SPAN_LIT("https://")) && !span_starts(rest, SPAN_LIT("www.")))
		return at;
	while (at < s.n && (unsigned char)s.p[at] > ' ' && (unsigned char)s.p[at] < 0x80)
		at++;
	return at;
}

/* One letter more: the group of three that it ends is noted. */
static void take_letter(struct digest *d, uint32_t last[2], uint32_t ch)
{
	if (d->n_letters++ >= 2) {
		uint32_t hash = ((last[0] * 2654435761u) ^ (last[1] * 2246822519u) ^ (ch * 3266489917u));
		hash = (hash ^ hash >> 15) * 2654435761u >> 14; /* 18 bits */
		unsigned char bit = (unsigned char)(1u << (hash & 7));
		d->n_grams += !(d->grams[hash >> 3] & bit);
		d->grams[hash >> 3] |= bit;
	}
	last[0] = last[1];
	last[1] = ch;
}

/* s: form L1. */
static struct digest *digest_new(struct span s)
{
	struct digest *d = g_new0(struct digest, 1);
	uint32_t last[2] = { 0, 0 };

	d->grams = g_malloc0(GRAM_BITS / 8);
	for (size_t at = 0; at < s.n;) {
		size_t end = behind_url(s, at);
		if (end > at) {
			at = end;
			continue;
		}
		uint32_t ch = utf8_next(s, &at);
		if (is_letter(ch))
			take_letter(d, last, ch);
	}
	return d;
}

static void digest_free(struct digest *d)
{
	g_free(d->grams);
	g_free(d);
}

/* Groups that both texts have. */
static size_t common_grams(const struct digest *a, const struct digest *b)
{
	size_t n = 0;

	for (size_t i = 0; i < GRAM_BITS / 8; i += sizeof(uint64_t)) {
		uint64_t of_a, of_b;
		memcpy(&of_a, a->grams + i, sizeof of_a);
		memcpy(&of_b, b->grams + i, sizeof of_b);
		n += (size_t)__builtin_popcountll(of_a & of_b);
	}
	return n;
}

/* Links to the web in a body. */
static size_t count_web_links(const struct message *m, const struct body *body)
{
	size_t n = 0;

	for (size_t i = 0; i < m->n_links; i++) {
		const struct link *link = &m->links[i];
		n += link->body == body && !link->hidden && (link->kind == LINK_ANCHOR || link->kind == LINK_TEXT) &&
		     (span_eq_ci(link->url.scheme, SPAN_LIT("http")) || span_eq_ci(link->url.scheme, SPAN_LIT("https")));
	}
	return n;
}

/* The visible text of a body from its first letter to the end of that line. */
static struct range first_line(struct span s)
{
	size_t start = 0;

	while (start < s.n && ascii_is_space(s.p[start]))
		start++;
	size_t end = span_find_byte(s, '\n', start);
	while (end > start && ascii_is_space(s.p[end - 1]))
		end--;
	return (struct range){ start, end };
}

static const struct body *body_in(const struct message *m, const struct entity *alternative, bool html)
{
	for (size_t i = 0; i < m->n_bodies; i++) {
		const struct entity *e = m->bodies[i].entity, *parent = e->parent;
		/* HTML may stand in a multipart/related among the alternatives. */
		if (parent && html && entity_is(parent, "multipart", "related"))
			parent = parent->parent;
		if (parent == alternative && (m->bodies[i].html != NULL) == html)
			return &m->bodies[i];
	}
	return NULL;
}

/* How the two go together. */
struct likeness {
	size_t plain, html;       /* letters */
	size_t of_plain, of_html; /* percent of the groups of one that the other has, too */
};

static struct likeness likeness(struct span plain, struct span html)
{
	struct digest *dp = digest_new(plain), *dh = digest_new(html);
	size_t common = common_grams(dp, dh);
	struct likeness l = { dp->n_letters, dh->n_letters, dp->n_grams ? common * 100 / dp->n_grams : 0, dh->n_grams ? common * 100 / dh->n_grams : 0 };

	digest_free(dp);
	digest_free(dh);
	return l;
}

static void compare_alternatives(struct check *c, const struct message *m, const struct body *plain, const struct body *html)
{
	struct span p = plain->l1->bytes;
	struct likeness l = likeness(p, html->l1->bytes);
	struct range first = first_line(plain->visible->bytes);
	bool says_so = holds_any_phrase(p, rule_setting_list(check_rule(c), "stubs"));

	if (l.plain == 0 || l.html == 0) {
		/* An empty part is another rule's, and HTML of pictures only as well. */
	} else if (l.html >= 150 && l.of_html < 30 && ((says_so && l.plain < 600) || (l.plain < 200 && l.plain * 4 < l.html))) {
		check_report_text(c, plain->visible, first, says_so ? "stub" : "short", ARG_I("plain", l.plain), ARG_I("html", l.html));
	} else if (l.plain >= 200 && l.html >= 200 && l.of_plain < 35 && l.of_html < 35) {
		check_report_text(c, html->visible, first_line(html->visible->bytes), "differ", ARG_I("percent", l.of_plain > l.of_html ? l.of_plain : l.of_html));
	} else if (l.plain >= 200 && l.of_plain >= 50 && count_web_links(m, html) >= 3 && count_web_links(m, plain) == 0) {
		check_report_text(c, plain->visible, first, "links", ARG_I("html", count_web_links(m, html)));
	}
}

/* Call compare() for the plain text and the HTML of each multipart/alternative. */
static void each_pair(struct check *c, const struct message *m,
		      void (*compare)(struct check *c, const struct message *m, const struct body *plain, const struct body *html))
{
	size_t n = 0;

	for (size_t i = 0; i < m->mime.n && n < MOST_COMPARED; i++) {
		const struct entity *e = m->mime.all[i];
		if (!entity_is(e, "multipart", "alternative") || entity_is_enclosed(e))
			continue;
		const struct body *plain = body_in(m, e, false), *html = body_in(m, e, true);
		if (!plain || !html)
			continue;
		n++;
		compare(c, m, plain, html);
	}
	if (n == 0)
		check_not_applicable(c);
}

/* with: stubs (what a plain part says instead of the text, in form L1). The plain text and the HTML of a multipart/alternative. Cases: stub, short
 * (the plain text is a small part of the HTML), differ (they have few groups of three letters in common), links (the plain text has none). Numbers
 * of letters and thresholds: see above. */
CHECK(alternatives_differ)
{
	each_pair(c, m, compare_alternatives);
}

/* --- figures -------------------------------------------------------------------------------------------------------------------------- */

/* A letter of a text and where it stands. */
struct letter {
	uint32_t ch, at;
};

struct figures {
	struct span s; /* form L1 */
	struct figure all[MOST_FIGURES];
	bool missing[MOST_FIGURES]; /* from the other text */
	size_t n, n_missing;
	bool cut;
	GArray *letters; /* struct letter; NULL until figures are matched */
};

static void take_figures(struct figures *f, struct span s)
{
	f->s = s;
	for (size_t at = 0; at < s.n && !f->cut;) {
		size_t next = behind_url(s, at);
		if (next == at && figure_at(s, at, &f->all[f->n], &next))
			f->cut = ++f->n == MOST_FIGURES;
		at = next;
	}
}

static void mark_missing(struct figures *f, const struct figures *other)
{
	for (size_t i = 0; i < f->n; i++) {
		bool found = false;
		for (size_t k = 0; k < other->n && !found; k++)
			found = figure_same(f->s, &f->all[i], other->s, &other->all[k]);
		f->missing[i] = !found;
		f->n_missing += !found;
	}
}

static void take_letters(struct figures *f)
{
	f->letters = g_array_new(FALSE, FALSE, sizeof(struct letter));
	for (size_t at = 0; at < f->s.n;) {
		size_t start = at, end = behind_url(f->s, at);
		if (end > at) {
			at = end;
			continue;
		}
		struct letter letter = { utf8_next(f->s, &at), (uint32_t)start };
		if (is_letter(letter.ch))
			g_array_append_val(f->letters, letter);
	}
}

static const struct letter *letter_of(const struct figures *f, size_t i)
{
	return &((const struct letter *)(const void *)f->letters->data)[i];
}

/* The first letter at or behind a place. */
static size_t letter_index(const struct figures *f, size_t at)
{
	size_t low = 0, high = f->letters->len;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (letter_of(f, middle)->at < at)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* So many letters around a figure tell its place in the text: twelve, or six of those scripts that write words in one or two. */
enum { CONTEXT = 12, WIDE_CONTEXT = 6 };

/* The letters before or behind a figure; 0 where the text has not so many. */
static size_t context_of(const struct figures *f, const struct figure *figure, bool before, const struct letter **out)
{
	size_t i = letter_index(f, before ? figure->range.start : figure->range.end), most = before ? i : f->letters->len - i, n = 0;
	int width = 0;

	while (n < most && width < CONTEXT) {
		width += letter_of(f, before ? i - n - 1 : i + n)->ch >= 0x2E80 ? CONTEXT / WIDE_CONTEXT : 1;
		n++;
	}
	*out = letter_of(f, before ? i - n : i);
	return width >= CONTEXT ? n : 0;
}

static bool same_letters(const struct letter *a, const struct letter *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (a[i].ch != b[i].ch)
			return false;
	return true;
}

static bool stands_once(const struct figures *f, const struct letter *context, size_t n)
{
	size_t found = 0;

	for (size_t i = 0; i + n <= f->letters->len && found < 2; i++)
		found += same_letters(letter_of(f, i), context, n);
	return found == 1;
}

/* Do the two stand in the same place of their texts? scans: how often both texts may still be read through. */
static bool same_place(const struct figures *f, const struct figure *a, const struct figures *other, const struct figure *b, size_t *scans)
{
	for (int before = 0; before < 2; before++) {
		const struct letter *x, *y;
		size_t n = context_of(f, a, before, &x), k = context_of(other, b, before, &y);
		if (!n || n != k || !same_letters(x, y, n) || *scans == 0)
			continue;
		--*scans;
		if (stands_once(f, x, n) && stands_once(other, y, n))
			return true;
	}
	return false;
}

/* Tell the contradictions; the figures of one are not missing any more. */
static void tell_contradictions(struct check *c, const struct body *plain, struct figures *p, const struct body *html, struct figures *h)
{
	enum { MOST_TOLD = 5, MOST_SCANS = 50 };
	size_t told = 0, scans = MOST_SCANS;

	for (size_t i = 0; i < h->n && told < MOST_TOLD; i++) {
		for (size_t k = 0; h->missing[i] && k < p->n; k++) {
			if (!p->missing[k] || h->all[i].kind != p->all[k].kind || !same_place(h, &h->all[i], p, &p->all[k], &scans))
				continue;
			struct range other = text_to_ancestor(plain->l1, p->all[k].range.start, p->all[k].range.end, plain->visible);
			check_report_text(c, html->l1, h->all[i].range, "contradict",
					  ARG_T("plain", span_cut(plain->visible->bytes, other.start, other.end)));
			h->missing[i] = p->missing[k] = false;
			h->n_missing--;
			p->n_missing--;
			told++;
		}
	}
}

static struct range first_missing(const struct figures *f)
{
	size_t i = 0;

	while (i + 1 < f->n && !f->missing[i])
		i++;
	return f->all[i].range;
}

static void compare_figures(struct check *c, const struct message *m, const struct body *plain, const struct body *html)
{
	(void)m;
	if (body_is_doubtful(plain) || body_is_doubtful(html))
		return;
	struct figures *p = g_new0(struct figures, 1), *h = g_new0(struct figures, 1);
	take_figures(p, plain->l1->bytes);
	take_figures(h, html->l1->bytes);
	if (!p->cut && !h->cut) {
		mark_missing(p, h);
		mark_missing(h, p);
	}
	if (p->n_missing && h->n_missing) {
		take_letters(p);
		take_letters(h);
		tell_contradictions(c, plain, p, html, h);
		g_array_free(p->letters, TRUE);
		g_array_free(h->letters, TRUE);
	}
	if (p->n_missing || h->n_missing) {
		/* Where the texts as a whole are not the same, the rule about that tells it. */
		struct likeness l = likeness(p->s, h->s);
		if (l.plain >= 200 && l.of_plain >= 50 && l.of_html >= 50)
			check_report_text(c, h->n_missing ? html->l1 : plain->l1, first_missing(h->n_missing ? h : p), "apart",
					  ARG_I("html", h->n_missing), ARG_I("plain", p->n_missing));
	}
	g_free(p);
	g_free(h);
}

/* Prices, percentages, dates, times and telephone numbers of the two. Cases: contradict (each has one that the other has not, in the same place: the
 * letters before it or behind it are the same and stand once in each), apart (others that stand in one of them only, told once). */
CHECK(figures_differ)
{
	each_pair(c, m, compare_figures);
}

/* --- links ---------------------------------------------------------------------------------------------------------------------------- */

/* Where a link of a body leads: a page, whatever counts its readers. */
struct goal {
	const struct link *link;
	struct span house, path, query; /* registrable domain; path without the slash at its end */
	bool own;                       /* a way out of the list, or another thing of which each part has its own kind; not told */
	bool shared;                    /* the other part leads there, too */
};

enum { MOST_GOALS = 200 };

struct goals {
	struct goal all[MOST_GOALS];
	size_t n, n_shared, n_apart;
	bool cut;
};

static bool is_counter(struct span name, const char *const *counters)
{
	for (; counters && *counters; counters++)
		if (span_starts_ci(name, span_str(*counters)))
			return true;
	return false;
}

static bool has_parameter(struct span query, struct span parameter)
{
	for (size_t at = 0; at < query.n;) {
		size_t end = span_find_byte(query, '&', at);
		if (span_eq(span_cut(query, at, end), parameter))
			return true;
		at = end + 1;
	}
	return false;
}

/* Are all parameters of a in b, those that count readers apart? */
static bool parameters_in(struct span a, struct span b, const char *const *counters)
{
	for (size_t at = 0; at < a.n;) {
		size_t end = span_find_byte(a, '&', at);
		struct span parameter = span_cut(a, at, end);
		if (!is_counter(parameter, counters) && !has_parameter(b, parameter))
			return false;
		at = end + 1;
	}
	return true;
}

/* A mail program may have cut the one of the plain text at the end of its line. */
static bool same_goal(const struct goal *a, const struct goal *b, const char *const *counters)
{
	enum { CUT_FROM = 40 };
	const struct goal *shorter = a->path.n < b->path.n ? a : b, *longer = shorter == a ? b : a;

	if (!span_eq_ci(a->house, b->house))
		return false;
	if (a->path.n != b->path.n)
		return shorter->link->kind == LINK_TEXT && longer->link->kind != LINK_TEXT && shorter->link->url.whole.n >= CUT_FROM && !shorter->query.n &&
		       span_starts(longer->path, shorter->path);
	return span_eq(a->path, b->path) && (parameters_in(a->query, b->query, counters) || parameters_in(b->query, a->query, counters));
}

static struct span without_index(struct span path)
{
	static const char *const names[] = { "/index.html", "/index.htm", "/index.php" };

	for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
		if (span_ends_ci(path, span_str(names[i])))
			path = span_cut(path, 0, path.n - strlen(names[i]));
	while (path.n && path.p[path.n - 1] == '/')
		path.n--;
	return path;
}

/* Places in the plain text that speak of leaving the list, or of a thing that each part has for itself. */
struct near_words {
	const struct body *body;
	GArray *places; /* struct range of body->source */
};

static bool note_words(struct range hit, void *data)
{
	struct near_words *near = data;
	struct range place = text_to_ancestor(near->body->l1, hit.start, hit.end, near->body->source);

	g_array_append_val(near->places, place);
	return near->places->len < MOST_GOALS;
}

static struct near_words near_words_new(const struct body *body, const struct optout_words *words, const char *const *own)
{
	struct near_words near = { body, g_array_new(FALSE, FALSE, sizeof(struct range)) };
	struct span l1 = body->l1->bytes;

	optout_each(words, l1, note_words, &near);
	for (; own && *own; own++)
		for (size_t at = 0, n = strlen(*own); (at = span_find(l1, span_str(*own), at)) < l1.n; at += n)
			if (!note_words((struct range){ at, at + n }, &near))
				return near;
	return near;
}

/* In plain text the words stand in the line of the URL or in the one before. */
static bool stands_near(const struct near_words *near, const struct link *link)
{
	enum { NEAR_BYTES = 160 };
	struct range url = text_to_ancestor(link->target, 0, link->target->bytes.n, near->body->source);

	for (size_t i = 0; i < near->places->len; i++) {
		struct range place = g_array_index(near->places, struct range, i);
		if (place.start < url.end + NEAR_BYTES && url.start < place.end + NEAR_BYTES)
			return true;
	}
	return false;
}

/* The URL as browsers take it, without line ends in the middle. */
static struct url clean_url(struct check *c, const struct link *link)
{
	struct span target = link->target->bytes;

	if (!(link->url.flags & (URL_CONTROL | URL_BLANK_INSIDE)))
		return link->url;
	char *clean = arena_alloc(check_arena(c), target.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < target.n; i++)
		if ((unsigned char)target.p[i] > ' ')
			clean[n++] = target.p[i];
	return url_parse(span_of(clean, n));
}

/* What is not seen, and pictures, count where the other part leads there only; the front page of a site stands behind every logo. */
static void take_goals(struct check *c, struct goals *g, const struct message *m, const struct body *body, const struct optout_words *words)
{
	enum { UNFIT = URL_TAG | URL_NO_SCHEME | URL_BAD_HOST | URL_FRAGMENT_ONLY | URL_EMPTY };
	const char *const *own = rule_setting_list(check_rule(c), "own"), *const *hosts = rule_setting_list(check_rule(c), "sharing");
	const char *const *counters = rule_setting_list(check_rule(c), "counters");
	struct near_words near = near_words_new(body, words, own);

	for (size_t i = 0; i < m->n_links && !g->cut; i++) {
		const struct link *link = &m->links[i];
		if (link->body != body || (link->kind != LINK_ANCHOR && link->kind != LINK_TEXT && link->kind != LINK_IMAGE))
			continue;
		struct url url = clean_url(c, link);
		struct goal goal = { .link = link, .house = host_organisation(url.host), .path = without_index(url.path), .query = url.query };
		if (url.flags & UNFIT || !url.host.n || (!goal.path.n && parameters_in(goal.query, SPAN_LIT(""), counters)))
			continue;
		goal.own = link->kind == LINK_IMAGE || link->hidden || optout_promised(c, link, words) || word_in_list(hosts, goal.house) ||
			   (link->label ? !span_trim(link->label->bytes).n || holds_any_phrase(normal_l1(check_arena(c), link->label)->bytes, own) :
					  stands_near(&near, link));
		bool known = false;
		for (size_t k = 0; k < g->n && !known; k++)
			known = same_goal(&goal, &g->all[k], counters);
		if (known)
			continue;
		g->cut = g->n == MOST_GOALS;
		if (!g->cut)
			g->all[g->n++] = goal;
	}
	g_array_free(near.places, TRUE);
}

static void mark_shared(struct goals *g, const struct goals *other, const char *const *counters)
{
	for (size_t i = 0; i < g->n; i++) {
		for (size_t k = 0; k < other->n && !g->all[i].shared; k++)
			g->all[i].shared = same_goal(&g->all[i], &other->all[k], counters);
		g->n_shared += g->all[i].shared;
		g->n_apart += !g->all[i].shared && !g->all[i].own;
	}
}

static const struct link *first_apart(const struct goals *g)
{
	size_t i = 0;

	while (g->all[i].shared || g->all[i].own)
		i++;
	return g->all[i].link;
}

/* Where each part has links of its own that count clicks, hardly one is shared, and nothing can be said. */
static void compare_links(struct check *c, const struct message *m, const struct body *plain, const struct body *html)
{
	const char *const *counters = rule_setting_list(check_rule(c), "counters");
	const struct optout_words words = optout_words_of(c);
	struct goals *p = g_new0(struct goals, 1), *h = g_new0(struct goals, 1);

	if (!body_is_doubtful(plain) && !body_is_doubtful(html)) {
		take_goals(c, p, m, plain, &words);
		take_goals(c, h, m, html, &words);
	}
	mark_shared(p, h, counters);
	mark_shared(h, p, counters);
	size_t least = MIN(p->n, h->n), shared = MIN(p->n_shared, h->n_shared);
	if (!p->cut && !h->cut && shared >= 2 && shared * 2 > least && (p->n_apart || h->n_apart)) {
		const struct link *first = first_apart(h->n_apart ? h : p);
		check_report_text(c, first->target, ((struct range){ 0, first->target->bytes.n }), h->n_apart ? (p->n_apart ? "both" : "html") : "plain",
				  ARG_I("html", h->n_apart), ARG_I("plain", p->n_apart));
	}
	g_free(p);
	g_free(h);
}

/* with: words_of (see optout.h), own (words of links that one part has for itself), sharing (houses), counters (beginnings of the names of parameters that
 * count readers). Cases: html, plain, both: which part has links to pages that the other does not lead to. */
CHECK(links_differ)
{
	each_pair(c, m, compare_links);
}
