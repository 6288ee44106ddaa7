/* Strict reader of what receivers answer: nodes of YAML to constant replies. Part of the build-machine program, so nothing but GLib may be
 * used here. It never prints. */
#include "rule/reply_load.h"

#include <string.h>

#include "rule/node.h"

/* One file. */
struct reply_file {
	struct loader l;
	struct reply_tables *tables;
	const struct rule_source *sources; /* its sources, by number */
	GPtrArray *source_keys;
	const char *const *receivers;      /* ids of its receivers; NULL */
	GPtrArray *seen;                   /* ids of replies so far, over all files */
};

static struct localized texts_of(struct loader *l, const struct node *node, const char *what)
{
	static const char *const keys[] = {"en", "ja", NULL};
	struct localized texts = {{NULL}};

	if (!only_keys(l, node, what, keys))
		return texts;
	for (int i = 0; i < N_LANGUAGES; i++) {
		const struct node *text = get(node, keys[i]);

		if (!text)
			REFUSE(l, node, "%s has no \"%s\"", what, keys[i]);
		else
			texts.text[i] = line_of(l, text, what);
	}
	return texts;
}

/* Words as they are compared: no capitals, one blank between words, "mail" for "email", straight quotes. */
static const char *const *folded_of(struct loader *l, const struct node *node, const char *what)
{
	const char *const *words = strings_of(l, node, what, false);

	for (const char *const *word = words; word && *word; word++) {
		bool plain = **word != ' ' && !g_str_has_suffix(*word, " ") && !strstr(*word, "  ") && !strstr(*word, "email") &&
			     !strstr(*word, "\xE2\x80\x98") && !strstr(*word, "\xE2\x80\x99");

		for (const char *p = *word; *p; p++)
			plain = plain && !g_ascii_isupper(*p) && (unsigned char)*p >= 0x20;
		if (!plain)
			REFUSE(l, node, "%s: \"%s\" is not in folded form (small letters, single blanks, mail for email, straight quotes)", what, *word);
	}
	return words;
}

/* The place of a word in a list; 0 with a refusal where it is in none. */
static int word_of(struct loader *l, const struct node *node, const char *what, const char *const *words)
{
	for (int i = 0; words[i]; i++)
		if (node->kind == NODE_SCALAR && strcmp(words[i], node->text) == 0)
			return i;
	REFUSE(l, node, "%s must be one of: %s", what, g_strjoinv(", ", (char **)words));
	return 0;
}

static bool is_status(const char *text)
{
	if (!text[0] || !strchr("245", text[0]) || text[1] != '.')
		return false;
	return text[2 + strspn(text + 2, "0123456789.-*")] == '\0' && text[2];
}

static const char *const *statuses_of(struct loader *l, const struct node *node)
{
	const char *const *statuses = strings_of(l, node, "statuses", false);

	for (const char *const *status = statuses; status && *status; status++)
		if (!is_status(*status))
			REFUSE(l, node, "\"%s\" is no status such as 5.7.1, 5.5.* or 5.7.606-649", *status);
	return statuses;
}

static const char *const *codes_of(struct loader *l, const struct node *node)
{
	const char *const *codes = strings_of(l, node, "codes", false);

	for (const char *const *code = codes; code && *code; code++)
		if (strlen(*code) != 3 || strspn(*code, "0123456789") != 3 || !strchr("245", **code))
			REFUSE(l, node, "\"%s\" is no reply code such as 550", *code);
	return codes;
}

static const char *const *requirements_of(struct loader *l, const struct node *node)
{
	const char *const *ids = strings_of(l, node, "requirements", true);

	for (const char *const *id = ids; id && *id; id++) {
		bool kind = strlen(*id) == 4 && strcmp(*id + 2, "-*") == 0;
		bool one = strlen(*id) == 5 && (*id)[2] == '-' && g_ascii_isdigit((*id)[3]) && g_ascii_isdigit((*id)[4]);

		if ((!kind && !one) || !g_ascii_isupper((*id)[0]) || !g_ascii_isupper((*id)[1]))
			REFUSE(l, node, "\"%s\" is no requirement such as UN-01 or LK-*", *id);
	}
	return ids;
}

static const struct rule_source *source_of(struct reply_file *f, const struct node *node)
{
	const char *key = line_of(&f->l, node, "source");

	for (guint i = 0; key && i < f->source_keys->len; i++)
		if (strcmp(g_ptr_array_index(f->source_keys, i), key) == 0)
			return &f->sources[i];
	if (key)
		REFUSE(&f->l, node, "there is no source \"%s\" in this file", key);
	return NULL;
}

static const char *date_of(struct loader *l, const struct node *node, const char *what)
{
	const char *date = line_of(l, node, what);

	if (date && (strspn(date, "0123456789-") != strlen(date) || (strlen(date) != 4 && strlen(date) != 7 && strlen(date) != 10)))
		REFUSE(l, node, "%s must be such as 2026-03-21, 2026-03 or 2026", what);
	return date;
}

static const char *const stage_words[] = {"any", "rcpt", "data", NULL};

static void read_example(struct reply_file *f, const struct node *node, bool hit, struct reply_example *out)
{
	static const char *const keys[] = {"reply", "receiver", "status", "stage", NULL};
	struct loader *l = &f->l;

	*out = (struct reply_example){.hit = hit, .receiver = f->receivers ? f->receivers[0] : NULL};
	if (node->kind == NODE_SCALAR) {
		out->text = content_of(l, node, "an example", false);
		return;
	}
	if (!only_keys(l, node, "an example", keys))
		return;
	const struct node *reply = get(node, "reply"), *receiver = get(node, "receiver"), *status = get(node, "status"), *stage = get(node, "stage");
	out->text = reply ? content_of(l, reply, "reply", true) : "";
	if (receiver)
		out->receiver = strcmp(line_of(l, receiver, "receiver"), "unknown") == 0 ? NULL : keep(l, receiver->text);
	if (status)
		out->status = line_of(l, status, "status");
	if (stage)
		out->stage = (enum reply_stage)word_of(l, stage, "stage", stage_words);
}

/* hit and miss: an example, or a list of them. */
static void read_examples(struct reply_file *f, const struct node *node, struct reply *reply)
{
	const struct node *groups[2] = {get(node, "hit"), get(node, "miss")};
	size_t n = 0;

	for (int i = 0; i < 2; i++) {
		if (!groups[i])
			REFUSE(&f->l, node, "%s has no \"%s\"", reply->id, i ? "miss" : "hit");
		else
			n += groups[i]->kind == NODE_LIST ? count_children(groups[i]) : 1;
	}
	struct reply_example *examples = ARENA_ARRAY(f->l.arena, struct reply_example, n + 1);
	for (int i = 0; i < 2; i++) {
		if (groups[i] && groups[i]->kind == NODE_LIST) {
			for (const struct node *item = groups[i]->children; item; item = item->next)
				read_example(f, item, i == 0, &examples[reply->n_examples++]);
		} else if (groups[i]) {
			read_example(f, groups[i], i == 0, &examples[reply->n_examples++]);
		}
	}
	reply->examples = examples;
}

static bool seen_before(const struct reply_file *f, const char *id)
{
	for (guint i = 0; i < f->seen->len; i++)
		if (strcmp(g_ptr_array_index(f->seen, i), id) == 0)
			return true;
	return false;
}

static void check_findable(struct reply_file *f, const struct node *node, const struct reply *reply)
{
	struct loader *l = &f->l;

	if (reply->use == REPLY_BY_TEXT && !reply->all && !reply->any && !reply->anchors && !reply->statuses)
		REFUSE(l, node, "%s: no words, anchor or status by which it can be found", reply->id);
	if (reply->use == REPLY_BY_STATUS && !reply->statuses)
		REFUSE(l, node, "%s: use: status without statuses", reply->id);
	if ((reply->use == REPLY_IF_ACCEPTED || reply->use == REPLY_IF_UNKNOWN) && !reply->receivers)
		REFUSE(l, node, "%s: needs receivers", reply->id);
	if (reply->common_words && !reply->receivers)
		REFUSE(l, node, "%s: common words need receivers", reply->id);
}

static void read_order(struct reply_file *f, const struct node *node)
{
	const char *const *ids = strings_of(&f->l, node, "before", false);

	for (const char *const *id = ids; id && *id; id++)
		if (seen_before(f, *id))
			REFUSE(&f->l, node, "%s must stand behind this reply", *id);
}

static void read_reply(struct reply_file *f, const struct node *node)
{
	static const char *const keys[] = {"id", "for", "use", "codes", "statuses", "all", "any", "none", "anchors", "answers", "stage", "class",
					   "common", "who", "meaning", "fix", "requirements", "source", "since", "until", "before", "hit", "miss", NULL};
	static const char *const uses[] = {"text", "status", "accepted", "unknown", NULL};
	static const char *const classes[] = {"any", "temporary", "permanent", NULL};
	static const char *const fixers[] = {"draft", "sending", "list", "setup", "receiver", "wait", NULL};
	struct loader *l = &f->l;
	struct reply reply = {.receivers = f->receivers};
	const struct node *child;

	if (!only_keys(l, node, "a reply", keys))
		return;
	if (!(child = get(node, "id")) || !(reply.id = line_of(l, child, "id"))) {
		REFUSE(l, node, "a reply needs an id");
		return;
	}
	if (seen_before(f, reply.id))
		REFUSE(l, child, "the reply %s stands twice", reply.id);
	if ((child = get(node, "for")))
		reply.receivers = strings_of(l, child, "for", false);
	if ((child = get(node, "use")))
		reply.use = (enum reply_use)word_of(l, child, "use", uses);
	if ((child = get(node, "codes")))
		reply.codes = codes_of(l, child);
	if ((child = get(node, "statuses")))
		reply.statuses = statuses_of(l, child);
	if ((child = get(node, "all")))
		reply.all = folded_of(l, child, "all");
	if ((child = get(node, "any")))
		reply.any = folded_of(l, child, "any");
	if ((child = get(node, "none")))
		reply.none = folded_of(l, child, "none");
	if ((child = get(node, "anchors")))
		reply.anchors = folded_of(l, child, "anchors");
	if ((child = get(node, "answers")))
		reply.answers = strings_of(l, child, "answers", false);
	if ((child = get(node, "stage")))
		reply.stage = (enum reply_stage)word_of(l, child, "stage", stage_words);
	if ((child = get(node, "class")))
		reply.class = (enum reply_class)word_of(l, child, "class", classes);
	if ((child = get(node, "common")))
		reply.common_words = boolean_of(l, child, "common");
	if ((child = get(node, "who")))
		reply.fixer = (enum reply_fixer)word_of(l, child, "who", fixers);
	else
		REFUSE(l, node, "%s has no \"who\"", reply.id);
	if ((child = get(node, "meaning")))
		reply.meaning = texts_of(l, child, "meaning");
	else
		REFUSE(l, node, "%s has no \"meaning\"", reply.id);
	if ((child = get(node, "fix")))
		reply.fix = texts_of(l, child, "fix");
	else
		REFUSE(l, node, "%s has no \"fix\"", reply.id);
	if ((child = get(node, "requirements")))
		reply.requirements = requirements_of(l, child);
	if ((child = get(node, "source")))
		reply.source = source_of(f, child);
	else
		REFUSE(l, node, "%s has no \"source\"", reply.id);
	if ((child = get(node, "since")))
		reply.since = date_of(l, child, "since");
	if ((child = get(node, "until")))
		reply.until = date_of(l, child, "until");
	if ((child = get(node, "before")))
		read_order(f, child);
	read_examples(f, node, &reply);
	check_findable(f, node, &reply);
	g_ptr_array_add(f->seen, (char *)reply.id);
	g_array_append_val(f->tables->replies, reply);
}

static void read_cut(struct reply_file *f, const struct node *node)
{
	static const char *const keys[] = {"text", "replies", NULL};
	struct loader *l = &f->l;

	if (!only_keys(l, node, "a cut reply", keys))
		return;
	const struct node *text = get(node, "text"), *replies = get(node, "replies");
	if (!text || !replies) {
		REFUSE(l, node, "a cut reply needs text and replies");
		return;
	}
	const char *const *texts = folded_of(l, text, "text");
	struct reply_cut cut = {.receiver = f->receivers ? f->receivers[0] : NULL,
				.text = texts ? texts[0] : NULL,
				.replies = strings_of(l, replies, "replies", false)};
	for (const char *const *id = cut.replies; id && *id; id++)
		if (!seen_before(f, *id))
			REFUSE(l, replies, "there is no reply %s", *id);
	g_array_append_val(f->tables->cuts, cut);
}

static const char *const *domains_of(struct loader *l, const struct node *node, const char *what)
{
	const char *const *domains = strings_of(l, node, what, false);

	for (const char *const *domain = domains; domain && *domain; domain++)
		if ((*domain)[strspn(*domain, "abcdefghijklmnopqrstuvwxyz0123456789.-")])
			REFUSE(l, node, "%s: \"%s\" is no name of a domain in small letters", what, *domain);
	return domains;
}

static void read_receiver(struct reply_file *f, const struct node *node)
{
	static const char *const keys[] = {"id", "name", "hosts", "domains", "texts", NULL};
	struct loader *l = &f->l;
	struct reply_receiver receiver = {.id = NULL};
	const struct node *child;

	if (!only_keys(l, node, "a receiver", keys))
		return;
	if ((child = get(node, "id")))
		receiver.id = line_of(l, child, "id");
	if ((child = get(node, "name")))
		receiver.name = texts_of(l, child, "name");
	if (!receiver.id || !receiver.name.text[0]) {
		REFUSE(l, node, "a receiver needs id and name");
		return;
	}
	if ((child = get(node, "hosts")))
		receiver.hosts = domains_of(l, child, "hosts");
	if ((child = get(node, "domains")))
		receiver.domains = domains_of(l, child, "domains");
	if ((child = get(node, "texts")))
		receiver.texts = folded_of(l, child, "texts");
	g_array_append_val(f->tables->receivers, receiver);
}

static void read_list(struct reply_file *f, const struct node *node)
{
	static const char *const keys[] = {"zone", "dead", "domains", "closed", "now", "source", NULL};
	struct loader *l = &f->l;
	struct reply_list list = {.zone = NULL};
	const struct node *child;

	if (!only_keys(l, node, "a block list", keys))
		return;
	if (!(child = get(node, "zone")) || !(list.zone = line_of(l, child, "zone"))) {
		REFUSE(l, node, "a block list needs its zone");
		return;
	}
	if ((child = get(node, "dead")))
		list.dead = boolean_of(l, child, "dead");
	if ((child = get(node, "domains")))
		list.of_domains = boolean_of(l, child, "domains");
	if ((child = get(node, "closed")))
		list.closed = date_of(l, child, "closed");
	if ((child = get(node, "now")))
		list.now = texts_of(l, child, "now");
	else if (list.dead)
		REFUSE(l, node, "%s: what does the list do now?", list.zone);
	if ((child = get(node, "source")))
		list.source = source_of(f, child);
	else
		REFUSE(l, node, "%s has no \"source\"", list.zone);
	g_array_append_val(f->tables->lists, list);
}

static void each(struct reply_file *f, const struct node *root, const char *key, void (*read)(struct reply_file *f, const struct node *node))
{
	const struct node *list = get(root, key);

	if (!list)
		return;
	if (list->kind != NODE_LIST) {
		REFUSE(&f->l, list, "%s must be a list", key);
		return;
	}
	for (const struct node *item = list->children; item; item = item->next)
		read(f, item);
}

/* sources: {KEY: {name, url, date}} */
static void read_sources(struct reply_file *f, const struct node *root)
{
	const struct node *map = get(root, "sources");

	if (!map || map->kind != NODE_MAP) {
		REFUSE(&f->l, root, "sources must be a map");
		return;
	}
	struct rule_source *sources = ARENA_ARRAY(f->l.arena, struct rule_source, count_children(map) + 1);
	for (const struct node *child = map->children; child; child = child->next) {
		read_source(&f->l, child, &sources[f->source_keys->len]);
		g_ptr_array_add(f->source_keys, (char *)child->key);
	}
	f->sources = sources;
}

static void read_file(struct reply_file *f, const char *path)
{
	static const char *const keys[] = {"receivers", "sources", "replies", "cut", "lists", NULL};
	guint first = f->tables->receivers->len;

	f->l.file = keep(&f->l, path);
	f->source_keys = g_ptr_array_new();
	f->receivers = NULL;
	const struct node *root = read_tree(&f->l, path);
	if (root && only_keys(&f->l, root, "the file", keys)) {
		read_sources(f, root);
		each(f, root, "receivers", read_receiver);
		size_t n = f->tables->receivers->len - first;
		if (n) {
			const char **ids = ARENA_ARRAY(f->l.arena, const char *, n + 1);
			for (size_t i = 0; i < n; i++)
				ids[i] = g_array_index(f->tables->receivers, struct reply_receiver, first + i).id;
			f->receivers = ids;
		}
		each(f, root, "replies", read_reply);
		each(f, root, "cut", read_cut);
		each(f, root, "lists", read_list);
	}
	g_ptr_array_free(f->source_keys, TRUE);
}

/* By name, but standard.yaml last. */
static int compare_files(const void *a, const void *b)
{
	const char *first = *(const char *const *)a, *second = *(const char *const *)b;
	int standard = (strcmp(first, "standard.yaml") == 0) - (strcmp(second, "standard.yaml") == 0);

	return standard ? standard : strcmp(first, second);
}

struct reply_tables reply_load_folder(struct arena *arena, const char *folder, GPtrArray *errors)
{
	struct reply_tables tables = {g_array_new(FALSE, TRUE, sizeof(struct reply)), g_array_new(FALSE, TRUE, sizeof(struct reply_cut)),
				      g_array_new(FALSE, TRUE, sizeof(struct reply_receiver)), g_array_new(FALSE, TRUE, sizeof(struct reply_list))};
	struct reply_file f = {.l = {.arena = arena, .errors = errors, .file = folder}, .tables = &tables, .seen = g_ptr_array_new()};
	GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
	GDir *dir = g_dir_open(folder, 0, NULL);
	const char *name;

	if (!dir)
		refuse(&f.l, 1, 1, "cannot be read");
	while (dir && (name = g_dir_read_name(dir)))
		if (g_str_has_suffix(name, ".yaml"))
			g_ptr_array_add(names, g_strdup(name));
	if (dir)
		g_dir_close(dir);
	g_ptr_array_sort(names, compare_files);
	for (guint i = 0; i < names->len; i++) {
		char *path = g_build_filename(folder, g_ptr_array_index(names, i), NULL);
		read_file(&f, path);
		g_free(path);
	}
	g_ptr_array_unref(names);
	g_ptr_array_free(f.seen, TRUE);
	return tables;
}

void reply_tables_release(struct reply_tables *tables)
{
	g_array_free(tables->replies, TRUE);
	g_array_free(tables->cuts, TRUE);
	g_array_free(tables->receivers, TRUE);
	g_array_free(tables->lists, TRUE);
}
