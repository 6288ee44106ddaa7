/* Runs rules over messages: chooses the rules in force, resolves severities, finishes findings (places, excerpts, fingerprints),
 * sorts them, drops superseded ones and marks those that the draft suppresses. Knows no rule by its content; the only ids it knows are
 * those of the three rules about the run itself. */
#include "rule/engine.h"

#include "base/limits.h"
#include "base/path.h"
#include "base/utf8.h"
#include "base/words.h"
#include "mail/rewrite.h"
#include "rule/check.h"
#include "rule/facts.h"
#include "rule/fix.h"
#include "rule/phrase.h"
#include "rule/several.h"
#include "rule/suppress.h"
#include "rule/verdict.h"

/* Rules that speak about the run: they have no check of their own and are reported from here. */
static const char RULE_GAVE_UP[] = "rule-gave-up";
static const char RULE_MORE[] = "more-of-the-same";
static const char RULE_UNUSED[] = "ignore-unused";

struct active_rule {
	const struct rule *rule;
	check_function function;   /* NULL for match rules and rules over several messages */
	several_function several;
};

struct engine {
	const struct rule_set *rules;
	const struct lint_options *options;
	struct active_rule *active;
	size_t n_active;
	const struct rule *gave_up, *more;
	const struct rule *unused;     /* NULL where the user left it out */
	struct match_set *matches;
	bool owns_matches;
};

struct engine_worker {
	const struct engine *engine;
	struct words *words;
	struct match_worker *match;
	struct jis_encoder *jis;   /* opened at first use */
	GHashTable *kept;          /* struct rule: void ** */
	struct arena *arena;       /* of what is kept */
};

/* What the conditions of rules are judged by. */
struct circumstances {
	const struct lint_options *options;
	enum stage stage;
	bool japanese;             /* goes out in a Japanese legacy charset: its own or --target-charset */
};

struct check {
	struct engine_worker *worker;
	const struct engine *engine;
	const struct message *message;
	const struct rule *rule;
	struct circumstances now;
	struct message_result *result;
	GArray *findings;          /* struct finding */
	size_t n_reported;         /* by this rule in this message */
	bool told;                 /* what was reported last is the last of findings */
	struct position first_dropped;
	size_t n_dropped;
	bool not_applicable;
	bool trial;                /* nobody asks for verdicts */
	enum requirement_reason silenced; /* why a finding of this rule was not told; REASON_NONE */
	const char *silenced_case;
	GArray *phrase_hits;       /* struct phrase_hit: judged together once all rules have matched */
};

/* --- which rules run --------------------------------------------------------------------------------------------------------- */

static bool any_starts_with(const char *const *ids, const char *prefix)
{
	for (; ids && *ids; ids++)
		if (g_str_has_prefix(*ids, prefix))
			return true;
	return false;
}

/* added: ids that conditions add to some findings count, too. They choose a rule, but to ignore one of them must not silence the rest. */
static bool listed(const GPtrArray *prefixes, const struct rule *rule, bool added)
{
	for (guint i = 0; prefixes && i < prefixes->len; i++) {
		const char *prefix = g_ptr_array_index(prefixes, i);
		if (g_str_has_prefix(rule->id, prefix))
			return true;
		if (any_starts_with(rule->requirements, prefix))
			return true;
		for (size_t k = 0; added && k < rule->n_conditions; k++)
			if (any_starts_with(rule->conditions[k].requirements, prefix))
				return true;
	}
	return false;
}

static bool selection_step(bool before, const struct rule_selection *step, const struct rule *rule)
{
	bool on = step->select && step->select->len ? listed(step->select, rule, true) : before;

	/* What presend says about itself is left out only by name. */
	if (step->select && step->select->len && strcmp(rule->area, "engine") == 0)
		on = true;
	return (on || listed(step->extend_select, rule, true)) && !listed(step->ignore, rule, false);
}

/* Does the configuration give the rule another severity? What presend says about itself takes it only by its whole name. */
static bool severity_changed(const struct lint_options *options, const struct rule *rule, enum severity *out)
{
	const struct severity_override *best = NULL;

	for (size_t i = 0; i < options->n_severities; i++) {
		const struct severity_override *override = &options->severities[i];
		bool fits = strcmp(override->id, rule->id) == 0 ||
			    (strcmp(rule->area, "engine") != 0 &&
			     (g_str_has_prefix(rule->id, override->id) || any_starts_with(rule->requirements, override->id)));
		if (fits && (!best || override->level > best->level ||
			     (override->level == best->level && strlen(override->id) > strlen(best->id))))
			best = override;
	}
	if (best)
		*out = best->severity;
	return best != NULL;
}

static bool selected(const struct lint_options *options, const struct rule *rule)
{
	const struct rule_selection last = { options->select, options->extend_select, options->ignore };
	bool on = !rule->default_off;

	enum severity severity = SEVERITY_ERROR;

	for (size_t i = 0; i < options->n_selections; i++)
		on = selection_step(on, &options->selections[i], rule);
	severity_changed(options, rule, &severity);
	return selection_step(on, &last, rule) && severity != SEVERITY_OFF;
}

static int compare_check_name(const void *name, const void *entry)
{
	return strcmp(name, ((const struct check_entry *)entry)->name);
}

/* The registry is sorted by name. */
static check_function find_check(const char *name)
{
	const struct check_entry *entry = bsearch(name, check_registry, n_check_registry, sizeof *check_registry, compare_check_name);
	return entry ? entry->function : NULL;
}

static struct engine *new_engine(const struct rule_set *rules, const struct lint_options *options)
{
	struct engine *engine = g_new0(struct engine, 1);

	engine->rules = rules;
	engine->options = options;
	engine->active = g_new0(struct active_rule, rules->n + 1);
	engine->gave_up = rule_set_find(rules, RULE_GAVE_UP);
	engine->more = rule_set_find(rules, RULE_MORE);
	for (size_t i = 0; i < rules->n; i++) {
		const struct rule *rule = rules->rules[i];
		if (!selected(options, rule))
			continue;
		struct active_rule *active = &engine->active[engine->n_active++];
		active->rule = rule;
		if (strcmp(rule->id, RULE_UNUSED) == 0)
			engine->unused = rule;
		if (rule->check && rule->several_messages)
			active->several = several_find(rule->check);
		if (rule->check && !rule->several_messages)
			active->function = find_check(rule->check);
	}
	return engine;
}

struct engine *engine_new(const struct rule_set *rules, const struct lint_options *options)
{
	struct engine *engine = new_engine(rules, options);

	engine->matches = match_set_new(rules);
	engine->owns_matches = true;
	return engine;
}

struct engine *engine_new_beside(const struct engine *first, const struct lint_options *options)
{
	struct engine *engine = new_engine(first->rules, options);

	engine->matches = first->matches;
	return engine;
}

void engine_free(struct engine *engine)
{
	if (!engine)
		return;
	if (engine->owns_matches)
		match_set_free(engine->matches);
	g_free(engine->active);
	g_free(engine);
}

const struct rule_set *engine_rules(const struct engine *engine)
{
	return engine->rules;
}

struct engine_worker *engine_worker_new(const struct engine *engine)
{
	struct engine_worker *worker = g_new0(struct engine_worker, 1);
	worker->engine = engine;
	worker->words = words_new();
	worker->match = match_worker_new(engine->matches, worker->words);
	worker->kept = g_hash_table_new(NULL, NULL);
	worker->arena = arena_new();
	return worker;
}

void engine_worker_free(struct engine_worker *worker)
{
	if (!worker)
		return;
	match_worker_free(worker->match);
	words_free(worker->words);
	jis_encoder_free(worker->jis);
	g_hash_table_destroy(worker->kept);
	arena_free(worker->arena);
	g_free(worker);
}

enum stage engine_stage(const struct lint_options *options, enum input_kind kind)
{
	if (options->stage_given)
		return options->stage;
	return kind == INPUT_TEMPLATE ? STAGE_TEMPLATE : STAGE_DRAFT;
}

/* --- severity ---------------------------------------------------------------------------------------------------------------- */

static bool word_listed(const char *const *words, const char *word)
{
	if (!words)
		return true;
	for (; word && *words; words++)
		if (g_ascii_strcasecmp(*words, word) == 0)
			return true;
	return false;
}

/* Does the list system add all these fields when it sends? What was sent has them or has them not, whoever should have added them. */
static bool all_added(const char *const *fields, const struct circumstances *now)
{
	const struct list_options *list = now->options->list;

	if (!list || !list->adds_headers || now->stage == STAGE_FINAL || now->stage == STAGE_RECEIVED)
		return false;
	for (; *fields; fields++)
		if (!word_listed(list->adds_headers, *fields))
			return false;
	return true;
}

static bool condition_fits(const struct rule_condition *condition, const struct circumstances *now)
{
	const struct lint_options *options = now->options;

	return (!condition->stages || condition->stages & 1u << now->stage) &&
	       (!condition->classes || condition->classes & 1u << options->mail_class) &&
	       (!condition->volumes || condition->volumes & 1u << options->volume) &&
	       (!condition->profiles || condition->profiles & options->profiles) &&
	       (!condition->added || all_added(condition->added, now)) &&
	       (condition->target_jis == 0 || (condition->target_jis > 0) == now->japanese);
}

/* The severity that the rule gives a finding with that case and field (NULL: none). First condition that fits and names one wins. */
static enum severity rule_severity(const struct rule *rule, const struct circumstances *now, const char *case_name, const char *field)
{
	for (size_t i = 0; i < rule->n_conditions; i++) {
		const struct rule_condition *condition = &rule->conditions[i];
		if (condition->severity >= 0 && condition_fits(condition, now) && word_listed(condition->fields, field) &&
		    word_listed(condition->cases, case_name))
			return (enum severity)condition->severity;
	}
	return rule->severity;
}

/* The same, and what the configuration makes of it: it re-grades what is told, and cannot make a rule speak where it does not apply. */
static enum severity resolve_severity(const struct rule *rule, const struct circumstances *now, const char *case_name, const char *field)
{
	enum severity severity = rule_severity(rule, now, case_name, field);

	if (severity != SEVERITY_OFF)
		severity_changed(now->options, rule, &severity);
	return severity;
}

/* False where no finding of the rule with that case and field (case_name NULL: whatever they are) could be more than off. */
static bool can_speak(const struct rule *rule, const struct circumstances *now, const char *case_name, const char *field)
{
	if (case_name)
		return rule_severity(rule, now, case_name, field) != SEVERITY_OFF;
	for (size_t i = 0; i < rule->n_conditions; i++) {
		const struct rule_condition *condition = &rule->conditions[i];
		if (condition->severity < 0 || !condition_fits(condition, now))
			continue;
		if (condition->severity != SEVERITY_OFF)
			return true;
		if (!condition->fields && !condition->cases)
			return false;
	}
	return rule->severity != SEVERITY_OFF;
}

/* What would have to be another for a rule that cannot speak (of that case and field) to do so. */
static enum requirement_reason why_silent(const struct rule *rule, const struct circumstances *now, const char *case_name, const char *field)
{
	struct lint_options options = *now->options;
	struct circumstances other = { &options, now->stage, now->japanese };

	options.list = NULL;
	if (can_speak(rule, &other, case_name, field))
		return REASON_ADDED;
	options.list = now->options->list;
	for (int i = CLASS_NEWSLETTER; i <= CLASS_DISCUSSION; i++) {
		options.mail_class = (enum mail_class)i;
		if (can_speak(rule, &other, case_name, field))
			return REASON_CLASS;
	}
	options.mail_class = now->options->mail_class;
	for (int i = VOLUME_BULK; i <= VOLUME_UNKNOWN; i++) {
		options.volume = (enum volume)i;
		if (can_speak(rule, &other, case_name, field))
			return REASON_VOLUME;
	}
	options.volume = now->options->volume;
	for (int i = STAGE_TEMPLATE; i <= STAGE_RECEIVED; i++) {
		other.stage = (enum stage)i;
		if (can_speak(rule, &other, case_name, field))
			return REASON_STAGE;
	}
	other.stage = now->stage;
	options.profiles = ~0u;
	return can_speak(rule, &other, case_name, field) ? REASON_PROFILE : REASON_NOTHING;
}

/* The rule's requirements and those that fitting conditions add. NULL-terminated, in the result's arena. */
static const char **resolve_requirements(struct arena *arena, const struct rule *rule, const struct circumstances *now,
					 const char *case_name, const char *field)
{
	GPtrArray *ids = g_ptr_array_new();

	for (const char *const *id = rule->requirements; id && *id; id++)
		g_ptr_array_add(ids, (gpointer)*id);
	for (size_t i = 0; i < rule->n_conditions; i++) {
		const struct rule_condition *condition = &rule->conditions[i];
		if (!condition->requirements || !condition_fits(condition, now) || !word_listed(condition->fields, field) ||
		    !word_listed(condition->cases, case_name))
			continue;
		for (const char *const *id = condition->requirements; *id; id++)
			if (!g_ptr_array_find_with_equal_func(ids, *id, g_str_equal, NULL))
				g_ptr_array_add(ids, (gpointer)*id);
	}
	const char **copy = ARENA_ARRAY(arena, const char *, ids->len + 1);
	for (guint i = 0; i < ids->len; i++)
		copy[i] = g_ptr_array_index(ids, i);
	g_ptr_array_free(ids, TRUE);
	return copy;
}

/* --- finishing a finding ----------------------------------------------------------------------------------------------------- */

static struct span cut_chars(struct span s, size_t n_chars)
{
	return span_of(s.p, utf8_offset(s, n_chars));
}

/* Valid UTF-8 with U+FFFD for what is not, cut to n_chars code points. */
static const char *clean_copy(struct arena *arena, struct span s, size_t n_chars)
{
	s = cut_chars(s, n_chars);
	if (utf8_valid(s))
		return arena_copy(arena, s);
	GString *out = g_string_new(NULL);
	for (size_t i = 0; i < s.n;) {
		char bytes[4];
		size_t n = utf8_write(bytes, utf8_next(s, &i));
		g_string_append_len(out, bytes, (gssize)n);
	}
	const char *copy = arena_copy(arena, span_of(out->str, out->len));
	g_string_free(out, TRUE);
	return copy;
}

/* The line of a text that holds [start, end), cut to LIMIT_DECODED_LINE_CHARS around start. column_out: 1-based, in what is returned. */
static const char *line_of(struct arena *arena, struct span text, size_t start, size_t *column_out)
{
	enum { CONTEXT_BYTES = 2048 }; /* a window first: a line may be megabytes long */
	size_t from = start > CONTEXT_BYTES ? start - CONTEXT_BYTES : 0;
	size_t to = start + CONTEXT_BYTES < text.n ? start + CONTEXT_BYTES : text.n;

	while (from > 0 && from < start && ((unsigned char)text.p[from] & 0xC0) == 0x80)
		from++;
	for (size_t i = from; i < start; i++)
		if (text.p[i] == '\n' || text.p[i] == '\r')
			from = i + 1;
	for (size_t i = start; i < to; i++) {
		if (text.p[i] == '\n' || text.p[i] == '\r') {
			to = i;
			break;
		}
	}
	size_t before = utf8_count(span_of(text.p + from, start - from));
	if (before > LIMIT_DECODED_LINE_CHARS / 2) {
		from += utf8_offset(span_of(text.p + from, start - from), before - LIMIT_DECODED_LINE_CHARS / 2);
		before = LIMIT_DECODED_LINE_CHARS / 2;
	}
	*column_out = before + 1;
	return clean_copy(arena, span_of(text.p + from, to - from), LIMIT_DECODED_LINE_CHARS);
}

/* The raw line of a position, for the report: bytes as they are, cut around the place. */
static void set_raw_line(struct finding *finding, struct arena *arena, const struct line_index *lines)
{
	enum { LONGEST_RAW_LINE = 400 };
	struct span line = line_bytes(lines, finding->start.line);
	size_t line_start = lines->starts[finding->start.line - 1];
	size_t at = finding->start.offset > line_start ? finding->start.offset - line_start : 0;
	size_t from = 0;

	if (at > LONGEST_RAW_LINE / 2)
		from = at - LONGEST_RAW_LINE / 2;
	while (from > 0 && from < at && ((unsigned char)line.p[from] & 0xC0) == 0x80)
		from++;
	struct span shown = span_cut(line, from, from + LONGEST_RAW_LINE);
	if (line.n > from + LONGEST_RAW_LINE)
		while (shown.n && ((unsigned char)line.p[from + shown.n] & 0xC0) == 0x80)
			shown.n--;
	char *copy = arena_copy(arena, shown);
	for (size_t i = 0; i < shown.n; i++)
		if (!copy[i])
			copy[i] = '\x01'; /* a C string cannot show a NUL; any control character is shown as a code */
	finding->raw_line = copy;
	bool valid = utf8_valid(shown);
	size_t in_shown = at > from ? at - from : 0;
	if (in_shown > shown.n)
		in_shown = shown.n;
	finding->raw_line_column = (valid ? utf8_count(span_of(shown.p, in_shown)) : in_shown) + 1;
}

/* The text to show for a text that was made for matching: its source. */
static const struct text *shown_text(const struct text *text, struct range *range)
{
	while (text && text->is_normal_form) {
		const struct text *source;
		*range = text_to_source(text, range->start, range->end, &source);
		text = source;
	}
	return text;
}

/* The root or part header field that holds a range of the file; NULL. */
static const struct field *field_at(const struct message *m, struct range range)
{
	const struct entity *e = message_entity_at(m, range.start);

	for (const struct entity *at = e; at; at = at->parent)
		for (size_t i = 0; i < at->header.n; i++)
			if (at->header.fields[i].value_start <= range.start && range.end <= at->header.fields[i].value_end)
				return &at->header.fields[i];
	return NULL;
}

static bool same_as_raw(struct span file, struct range in_file, struct span shown)
{
	return span_eq(span_cut(file, in_file.start, in_file.end), shown);
}

static void set_excerpt(struct finding *finding, struct arena *arena, const struct message *m, const struct text *text, struct range range,
			struct range in_file)
{
	struct span file = m->file->bytes;
	struct arena *scratch = m->arena;

	if (!text && in_file.end > in_file.start) {
		const struct field *field = field_at(m, in_file);
		bool decode = field && (field->n_words || field->flags & (FIELD_RAW_8BIT | FIELD_RAW_JIS));
		if (decode) {
			/* A stretch of a header: show what it says, and the whole value as its line. */
			struct text *decoded = encoded_words_decode(scratch, m->file, in_file, field->kind, NULL, NULL);
			finding->excerpt = clean_copy(arena, decoded->bytes, LIMIT_EXCERPT_CHARS);
			if (!same_as_raw(file, in_file, decoded->bytes)) {
				size_t start = map_to_target(&field->value->map, 0, in_file.start);
				if (start > field->value->bytes.n)
					start = field->value->bytes.n;
				finding->decoded_line = line_of(arena, field->value->bytes, start, &finding->decoded_column);
			}
		} else {
			finding->excerpt = clean_copy(arena, span_cut(file, in_file.start, in_file.end), LIMIT_EXCERPT_CHARS);
		}
		return;
	}
	text = shown_text(text, &range);
	if (!text || range.end <= range.start)
		return;
	struct span shown = span_cut(text->bytes, range.start, range.end);
	finding->excerpt = clean_copy(arena, shown, LIMIT_EXCERPT_CHARS);
	/* The raw line says the same, unless ISO-2022-JP or another charset makes it unreadable around the place. */
	struct span raw_line = line_bytes(m->lines, finding->start.line);
	bool readable = span_find_byte(raw_line, '\x1B', 0) == raw_line.n && utf8_valid(raw_line);
	if (text->n_sources && !(same_as_raw(file, in_file, shown) && readable))
		finding->decoded_line = line_of(arena, text->bytes, range.start, &finding->decoded_column);
}

static const char *hex_of(struct arena *arena, GChecksum *sum)
{
	const char *hex = arena_copy(arena, span_of(g_checksum_get_string(sum), 16));

	g_checksum_free(sum);
	return hex;
}

static void add_word(GChecksum *sum, const char *word)
{
	g_checksum_update(sum, (const guchar *)word, (gssize)strlen(word) + 1);
}

/* Two marks of a finding, independent of line, language and wording. print: rule, case, words and excerpt with white space left out;
 * fingerprint: the same with the path. Numbers are not in them: they count and measure what stands elsewhere (hits in all, hours from now, bytes
 * of the mail), and a baseline must hold while that changes. Nor is the path of another message. */
static void set_fingerprint(struct finding *finding, struct arena *arena, const char *path)
{
	GChecksum *sum = g_checksum_new(G_CHECKSUM_SHA256);

	add_word(sum, finding->rule->id);
	add_word(sum, finding->message->case_name);
	for (size_t i = 0; i < finding->n_args; i++) {
		const struct finding_arg *arg = &finding->args[i];
		if (arg->kind != ARG_TEXT || (finding->rule->several_messages && strcmp(arg->name, "other") == 0))
			continue;
		g_checksum_update(sum, (const guchar *)arg->name, (gssize)strlen(arg->name));
		g_checksum_update(sum, (const guchar *)"=", 1);
		add_word(sum, arg->text);
	}
	for (const char *p = finding->excerpt ? finding->excerpt : "", *end; *p; p = end) {
		for (end = p; *end && !ascii_is_space(*end);)
			end++;
		g_checksum_update(sum, (const guchar *)p, end - p);
		while (ascii_is_space(*end))
			end++;
	}
	finding->print = hex_of(arena, sum);
	sum = g_checksum_new(G_CHECKSUM_SHA256);
	add_word(sum, path);
	add_word(sum, finding->print);
	finding->fingerprint = hex_of(arena, sum);
}

static const struct rule_message *message_case(const struct rule *rule, const char *case_name)
{
	for (size_t i = 0; i < rule->n_messages; i++)
		if (strcmp(rule->messages[i].case_name, case_name) == 0)
			return &rule->messages[i];
	/* A user's rule may name a native check without knowing all its cases: the first wording serves. */
	return &rule->messages[0];
}

static void add_arg(struct finding *finding, struct arena *arena, const struct check_arg *arg)
{
	if (strcmp(arg->name, "reference") == 0) {
		finding->url = arena_copy(arena, arg->text);
		return;
	}
	if (finding->n_args == FINDING_MAX_ARGS)
		return;
	struct finding_arg *copy = &finding->args[finding->n_args++];
	copy->name = arena_copy(arena, span_str(arg->name));
	copy->kind = arg->kind;
	copy->number = arg->number;
	copy->phrase = arg->phrase;
	copy->text = arg->kind == ARG_TEXT ? clean_copy(arena, arg->text, LIMIT_EXCERPT_CHARS) : NULL;
}

static void add_finding(struct check *c, const struct text *text, struct range range, const char *case_name, const struct check_arg *args,
			size_t n_args)
{
	struct arena *arena = c->result->arena;
	const struct message *m = c->message;
	char *field = NULL;
	struct range in_file = text ? text_to_file(text, range.start, range.end) : range;

	c->told = false;
	/* Another view of a template is asked for what only it shows. */
	if (m->view > 0 && (in_file.start == in_file.end || !message_is_fresh(m, in_file.start)))
		return;
	for (size_t i = 0; i < n_args; i++)
		if (strcmp(args[i].name, "field") == 0)
			field = g_strndup(args[i].text.p, args[i].text.n);
	enum severity severity = resolve_severity(c->rule, &c->now, case_name, field);
	if (severity == SEVERITY_OFF) {
		if (c->silenced == REASON_NONE) {
			c->silenced = why_silent(c->rule, &c->now, case_name, field);
			c->silenced_case = case_name;
		}
		g_free(field);
		return;
	}
	if (c->n_reported == LIMIT_FINDINGS_PER_RULE) {
		c->n_dropped++;
		if (c->n_dropped == 1) {
			c->first_dropped = line_position(m->lines, in_file.start);
		}
		g_free(field);
		return;
	}
	c->n_reported++;
	struct finding finding = { .rule = c->rule, .severity = severity, .message = message_case(c->rule, case_name) };
	finding.requirements = resolve_requirements(arena, c->rule, &c->now, case_name, field);
	g_free(field);
	finding.start = line_position(m->lines, in_file.start);
	finding.end = line_position(m->lines, in_file.end);
	const char *part = message_entity_at(m, in_file.start)->path;
	finding.part = part && *part ? arena_copy(arena, span_str(part)) : NULL;
	set_raw_line(&finding, arena, m->lines);
	set_excerpt(&finding, arena, m, text, range, in_file);
	for (size_t i = 0; i < n_args; i++)
		add_arg(&finding, arena, &args[i]);
	if (finding.excerpt && !finding_arg(&finding, "excerpt"))
		add_arg(&finding, arena, &ARG_T("excerpt", span_str(finding.excerpt)));
	set_fingerprint(&finding, arena, c->result->root_path);
	g_array_append_val(c->findings, finding);
	c->told = true;
}

/* The fix of what was reported last, begun where there is none yet; NULL where there can be none. */
static struct fix *fix_at_hand(struct check *c)
{
	struct finding *last = c->told ? &g_array_index(c->findings, struct finding, c->findings->len - 1) : NULL;
	const struct rule_fix *how = last ? rule_fix_of(c->rule, last->message->case_name) : NULL;

	if (!how || c->message->input_cut)
		return NULL;
	if (!last->fix) {
		last->fix = ARENA_NEW(c->result->arena, struct fix);
		last->fix->how = how;
		/* Whatever is changed in a signed mail, its signature breaks. */
		last->fix->safe = how->safe && !header_find(c->message->header, "DKIM-Signature");
	}
	return last->fix;
}

/* --- the interface of checks ------------------------------------------------------------------------------------------------- */

const struct rule *check_rule(const struct check *c)
{
	return c->rule;
}

const struct lint_options *check_options(const struct check *c)
{
	return c->engine->options;
}

enum stage check_stage(const struct check *c)
{
	return c->now.stage;
}

struct arena *check_arena(const struct check *c)
{
	return c->message->arena;
}

struct jis_encoder *check_jis_encoder(const struct check *c)
{
	if (!c->worker->jis)
		c->worker->jis = jis_encoder_new();
	return c->worker->jis;
}

void **check_kept(const struct check *c, const struct rule *rule, struct arena **arena)
{
	struct engine_worker *worker = c->worker;
	void **kept = g_hash_table_lookup(worker->kept, rule);

	if (!kept) {
		kept = ARENA_NEW(worker->arena, void *);
		g_hash_table_insert(worker->kept, (gpointer)rule, kept);
	}
	*arena = worker->arena;
	return kept;
}

struct words *check_words(const struct check *c)
{
	return c->worker->words;
}

void check_report_args(struct check *c, const struct text *text, struct range range, const char *case_name, const struct check_arg *args,
		       size_t n_args)
{
	add_finding(c, text, range, case_name ? case_name : "default", args + 1, n_args);
}

void check_fix(struct check *c, const struct text *text, struct range range, struct span with)
{
	struct fix *fix = fix_at_hand(c);

	if (fix)
		fix_add(c->result->arena, fix, c->message, text, range, with);
}

/* Behind the last line that is a field: where the empty line is missing, what follows is text that readers take for the body. */
static size_t fields_stop(const struct header *header)
{
	for (size_t i = 0; i < header->n; i++)
		if (header->fields[i].flags & FIELD_NO_COLON)
			return header->fields[i].start;
	return header->fields_end;
}

void check_fix_field(struct check *c, struct span field)
{
	const struct message *m = c->message;
	struct fix *fix = fix_at_hand(c);

	if (!fix)
		return;
	const char *eol = rewrite_line_end(span_cut(m->file->bytes, m->header->start, m->range.end));
	size_t stop = fields_stop(m->header);
	bool cut = stop > 0 && m->file->bytes.p[stop - 1] != '\n';
	const char *line = arena_printf(m->arena, "%s%.*s%s", cut ? eol : "", (int)field.n, field.p, eol);
	/* A file of lone CRs would be one line with an LF in it. */
	fix->refused |= stop <= m->header->start || m->header->fields[0].flags & FIELD_BARE_CR;
	fix_add(c->result->arena, fix, m, NULL, (struct range){ stop, stop }, span_str(line));
}

void check_fix_unsafe(struct check *c)
{
	struct fix *fix = fix_at_hand(c);

	if (fix)
		fix->safe = false;
}

const struct ignores *check_ignores(const struct check *c)
{
	return c->result->ignores;
}

const char *check_suggest_rule(const struct check *c, const char *word)
{
	return rule_set_suggest(c->engine->rules, word);
}

void check_not_applicable(struct check *c)
{
	c->not_applicable = true;
}

/* --- one message ------------------------------------------------------------------------------------------------------------- */

static int compare_findings(const void *a, const void *b)
{
	const struct finding *x = a, *y = b;

	if (x->start.offset != y->start.offset)
		return x->start.offset < y->start.offset ? -1 : 1;
	int by_id = strcmp(x->rule->id, y->rule->id);
	if (by_id)
		return by_id;
	if (x->end.offset != y->end.offset)
		return x->end.offset < y->end.offset ? -1 : 1;
	return strcmp(x->fingerprint, y->fingerprint);
}

/* The same bytes, or something missing that is reported at the empty line in front of the winner (or the other way round). */
static bool overlap(const struct finding *winner, const struct finding *loser)
{
	enum { EMPTY_LINE_BYTES = 2 };

	if (winner->start.offset == loser->start.offset)
		return true;
	if (loser->start.offset == loser->end.offset && loser->start.offset < winner->start.offset &&
	    winner->start.offset <= loser->start.offset + EMPTY_LINE_BYTES)
		return true;
	return winner->start.offset < loser->end.offset && loser->start.offset < winner->end.offset;
}

static void adopt_requirements(struct finding *winner, const struct finding *loser, struct arena *arena)
{
	size_t n = 0, extra = 0;

	while (winner->requirements[n])
		n++;
	while (loser->requirements[extra])
		extra++;
	const char **all = ARENA_ARRAY(arena, const char *, n + extra + 1);
	memcpy(all, winner->requirements, n * sizeof *all);
	for (size_t i = 0; i < extra; i++)
		if (!g_strv_contains((const gchar *const *)winner->requirements, loser->requirements[i]))
			all[n++] = loser->requirements[i];
	winner->requirements = all;
}

/* One fault, one finding: where two rules meet on the same bytes, the one that another supersedes goes, its ids stay. A rule that
 * supersedes "*" (what was read is no message at all) leaves no other finding. */
static size_t drop_superseded(struct finding *findings, size_t n, struct arena *arena)
{
	bool *dropped = g_new0(bool, n + 1);

	for (size_t i = 0; i < n; i++) {
		const char *const *losers = findings[i].rule->supersedes;
		for (size_t k = 0; losers && k < n; k++) {
			bool everything = strcmp(losers[0], "*") == 0;
			if (k == i || dropped[k] || findings[k].rule == findings[i].rule)
				continue;
			if (everything) {
				dropped[k] = true;
				continue;
			}
			if (!overlap(&findings[i], &findings[k]) || !g_strv_contains((const gchar *const *)losers, findings[k].rule->id))
				continue;
			adopt_requirements(&findings[i], &findings[k], arena);
			dropped[k] = true;
		}
	}
	size_t kept = 0;
	for (size_t i = 0; i < n; i++)
		if (!dropped[i])
			findings[kept++] = findings[i];
	g_free(dropped);
	return kept;
}

static void take_findings(struct message_result *result, GArray *findings)
{
	struct finding *all = ARENA_ARRAY(result->arena, struct finding, findings->len + 1);
	if (findings->len)
		memcpy(all, findings->data, findings->len * sizeof *all);
	for (guint i = 0; i < findings->len; i++)
		if (all[i].fix && !fix_finish(all[i].fix))
			all[i].fix = NULL;
	qsort(all, findings->len, sizeof *all, compare_findings);
	result->n_findings = drop_superseded(all, findings->len, result->arena);
	result->findings = all;
}

/* Say once how many findings of the rule at hand were too many to list. */
static void tell_dropped(struct check *c)
{
	const struct rule *full = c->rule, *more = c->engine->more;
	size_t n = c->n_dropped, offset = c->first_dropped.offset;

	if (!n || !more)
		return;
	c->rule = more;
	c->n_reported = 0;
	c->n_dropped = 0;
	check_report(c, ((struct range){ offset, offset }), NULL, ARG_T("rule", span_str(full->id)), ARG_I("count", n));
}

static void note_all(struct verdict_table *requirements, const char *const *ids, enum requirement_reason reason)
{
	enum requirement_verdict verdict = reason == REASON_NONE				  ? REQUIREMENT_PASS :
					   reason == REASON_SEVERAL || reason == REASON_ADDED ? REQUIREMENT_UNKNOWN :
												REQUIREMENT_NOT_APPLICABLE;

	for (; ids && *ids; ids++)
		verdict_note(requirements, *ids, verdict, reason);
}

/* The rule at hand has reported: what became of its requirements. */
static void end_rule(struct check *c, struct verdict_table *requirements, enum requirement_reason reason)
{
	/* What a rule saw and may not tell is no pass, unless the fault is never told. */
	bool silenced = reason == REASON_NONE && c->silenced != REASON_NONE && c->silenced != REASON_NOTHING;

	if (!c->trial)
		note_all(requirements, c->rule->requirements, silenced ? c->silenced : reason);
	for (size_t i = 0; !c->trial && i < c->rule->n_conditions; i++) {
		const struct rule_condition *condition = &c->rule->conditions[i];
		if (condition_fits(condition, &c->now))
			note_all(requirements, condition->requirements,
				 silenced && word_listed(condition->cases, c->silenced_case) ? c->silenced : reason);
	}
	tell_dropped(c);
}

static void begin_rule(struct check *c, const struct rule *rule)
{
	c->rule = rule;
	c->told = false;
	c->n_reported = 0;
	c->n_dropped = 0;
	c->not_applicable = false;
	c->silenced = REASON_NONE;
}

static bool match_wanted(const struct rule *rule, void *data)
{
	const struct check *c = data;
	return selected(c->engine->options, rule) && can_speak(rule, &c->now, NULL, NULL);
}

enum { MOST_WORDS_TOLD = 8 };

/* The different texts that hit, as a list for people: "a, b, c". */
static struct span words_told(struct arena *arena, const struct match_hit *hits, size_t n_hits)
{
	GString *out = g_string_new(NULL);
	GPtrArray *told = g_ptr_array_new();

	for (size_t i = 0; i < n_hits && told->len < MOST_WORDS_TOLD; i++) {
		const char *word = arena_copy(arena, hits[i].matched);
		if (g_ptr_array_find_with_equal_func(told, word, g_str_equal, NULL))
			continue;
		g_ptr_array_add(told, (gpointer)word);
		g_string_append_printf(out, "%s%s", out->len ? ", " : "", word);
	}
	struct span copy = arena_copy_span(arena, span_of(out->str, out->len));
	g_ptr_array_free(told, TRUE);
	g_string_free(out, TRUE);
	return copy;
}

/* Plain patterns speak for themselves; where several must come together (all, count, within) one finding tells them all. */
static bool tells_each_hit(const struct rule_match *match)
{
	if (match->kind == MATCH_PHRASE || match->kind == MATCH_REGEX)
		return true;
	if (match->kind != MATCH_ANY)
		return false;
	for (const struct rule_match *const *child = match->children; *child; child++)
		if (!tells_each_hit(*child))
			return false;
	return true;
}

/* A match finding has the case "default" and two arguments: {count}, the number of hits, and {words}, the different texts that hit. */
static void keep_phrases(struct check *c, const struct rule *rule, const struct match_hit *hits, size_t n_hits)
{
	for (size_t i = 0; i < n_hits; i++) {
		struct phrase_hit hit = { .rule = rule, .entry = hits[i].entry, .range = hits[i].range };

		hit.text = shown_text(hits[i].text, &hit.range);
		hit.words = arena_copy_span(c->message->arena, hits[i].matched);
		hit.disguised = hits[i].form == FORM_GAPS || hits[i].form == FORM_MASKS ||
				phrase_is_dressed_up(rule, hit.entry, span_cut(hit.text->bytes, hit.range.start, hit.range.end));
		g_array_append_val(c->phrase_hits, hit);
	}
}

static void report_phrases(struct check *c)
{
	GArray *reports = phrase_judge(c->phrase_hits, c->message);

	for (guint i = 0; i < reports->len; i++) {
		const struct phrase_report *report = &g_array_index(reports, struct phrase_report, i);

		if (i == 0 || report->rule != c->rule)
			begin_rule(c, report->rule);
		check_report_text(c, report->text, report->range, report->case_name, ARG_I("count", report->count),
				  ARG_T("words", report->words));
		if (i + 1 == reports->len || g_array_index(reports, struct phrase_report, i + 1).rule != report->rule)
			tell_dropped(c);
	}
	g_array_free(reports, TRUE);
}

static void match_found(const struct rule *rule, const struct match_hit *hits, size_t n_hits, bool gave_up, void *data)
{
	struct check *c = data;

	begin_rule(c, rule);
	if (rule->n_phrases) {
		keep_phrases(c, rule, hits, n_hits);
	} else if (!n_hits && !gave_up) {
		/* True of something that is not there. */
		check_report(c, message_header_end(c->message), NULL, ARG_I("count", 0));
	} else if (n_hits && !tells_each_hit(rule->match)) {
		/* All, count, within: one finding for the whole, at the first hit. */
		check_report_text(c, hits[0].text, hits[0].range, NULL, ARG_I("count", n_hits),
				  ARG_T("words", words_told(c->message->arena, hits, n_hits)));
	} else {
		for (size_t i = 0; i < n_hits; i++)
			check_report_text(c, hits[i].text, hits[i].range, NULL, ARG_I("count", n_hits),
					  ARG_T("words", hits[i].matched));
	}
	tell_dropped(c);
	if (gave_up && c->engine->gave_up) {
		begin_rule(c, c->engine->gave_up);
		struct range start = { c->message->range.start, c->message->range.start };
		check_report(c, start, NULL, ARG_T("rule", span_str(rule->id)));
	}
}

static const char *copy_or_null(struct arena *arena, const struct text *text)
{
	return text && text->bytes.n ? clean_copy(arena, text->bytes, 1000) : NULL;
}

static bool goes_out_japanese(const struct lint_options *options, const struct message *m)
{
	if (options->target_jis || options->target_sjis)
		return true;
	for (size_t i = 0; i < m->n_bodies; i++) {
		enum charset_family family = m->bodies[i].entity->charset_result.decoded_as;
		if (family == CHARSET_ISO_2022_JP || family == CHARSET_SHIFT_JIS)
			return true;
	}
	return false;
}

/* --- what the draft suppresses ----------------------------------------------------------------------------------------------- */

static const struct active_rule *find_active(const struct engine *engine, const struct rule *rule)
{
	for (size_t i = 0; i < engine->n_active; i++)
		if (engine->active[i].rule == rule)
			return &engine->active[i];
	return NULL;
}

/* Has any finding of the rule been left out of the list because there were too many? */
static bool was_cut(const struct engine *engine, const struct message_result *result, const struct rule *rule)
{
	for (size_t i = 0; i < result->n_findings; i++) {
		const struct finding_arg *counted = result->findings[i].rule == engine->more ? finding_arg(&result->findings[i], "rule") : NULL;
		if (counted && strcmp(counted->text, rule->id) == 0)
			return true;
	}
	return false;
}

/* A word that suppressed nothing is only called unused where every rule that it names has looked: at another stage, under another profile
 * or beside other messages it may be needed. */
static bool all_looked(const struct check *c, const char *word)
{
	const struct engine *engine = c->engine;

	for (size_t i = 0; i < engine->rules->n; i++) {
		const struct rule *rule = engine->rules->rules[i];
		if (!suppress_names(word, rule))
			continue;
		const struct active_rule *active = find_active(engine, rule);
		if (!active || active->several || !can_speak(rule, &c->now, NULL, NULL) || was_cut(engine, c->result, rule))
			return false;
	}
	return true;
}

static void report_unused(struct check *c)
{
	const struct ignores *ignores = c->result->ignores;

	begin_rule(c, c->engine->unused);
	for (size_t i = 0; i < ignores->n; i++) {
		const struct ignore *ignore = &ignores->all[i];
		for (size_t k = 0; k < ignore->n_words; k++) {
			const struct ignore_word *word = &ignore->words[k];
			if (word->known && !word->forbidden && !word->used && all_looked(c, word->word))
				check_report_text(c, ignore->text, word->range, NULL);
		}
	}
	tell_dropped(c);
}

/* Mark what the draft suppresses, and tell of words that suppressed nothing. */
static void obey_ignores(struct check *c)
{
	struct message_result *result = c->result;

	if (!result->ignores)
		return;
	suppress_apply(result);
	if (!c->engine->unused)
		return;
	g_array_set_size(c->findings, 0);
	report_unused(c);
	if (c->findings->len == 0)
		return;
	g_array_prepend_vals(c->findings, result->findings, (guint)result->n_findings);
	take_findings(result, c->findings);
}

/* How fingerprints name the file: "./a.eml", "a.eml" and "/home/me/a.eml" are one. Standard input without a name has no folder. */
static const char *path_from_root(struct arena *arena, const struct lint_options *options, const char *path)
{
	char *relative = options->root && strcmp(path, "-") != 0 ? path_relative(options->root, path) : NULL;
	const char *copy = arena_copy(arena, span_str(relative ? relative : path));

	g_free(relative);
	return copy;
}

/* A template as another reader gets it: what is told of requirements and the like was told of the first. */
static void run_view(struct check *c, const struct message *view)
{
	c->message = view;
	g_array_set_size(c->phrase_hits, 0);
	for (size_t i = 0; i < c->engine->n_active; i++) {
		const struct active_rule *active = &c->engine->active[i];
		begin_rule(c, active->rule);
		if (active->function && can_speak(active->rule, &c->now, NULL, NULL))
			active->function(c, view);
		tell_dropped(c);
	}
	match_run(c->worker->match, view, match_wanted, match_found, c);
	report_phrases(c);
}

struct message_result *engine_run(struct engine_worker *worker, const struct message *m)
{
	return engine_run_with(worker, worker->engine, m);
}

static struct message_result *run(struct engine_worker *worker, const struct engine *engine, const struct message *m, bool trial)
{
	struct arena *arena = arena_new();
	struct message_result *result = ARENA_NEW(arena, struct message_result);
	struct verdict_table *requirements = verdict_table_new();
	struct check c = { .worker = worker,
			   .engine = engine,
			   .message = m,
			   .now = { engine->options, engine_stage(engine->options, m->kind), goes_out_japanese(engine->options, m) },
			   .result = result,
			   .trial = trial,
			   .findings = g_array_new(FALSE, TRUE, sizeof(struct finding)),
			   .phrase_hits = g_array_new(FALSE, TRUE, sizeof(struct phrase_hit)) };

	result->arena = arena;
	result->path = arena_copy(arena, span_str(m->path));
	result->root_path = path_from_root(arena, engine->options, m->path);
	result->index = m->index;
	result->is_template = m->kind == INPUT_TEMPLATE;
	result->stage = c.now.stage;
	result->profiles = engine->options->profiles;
	result->engine = engine;
	result->subject = copy_or_null(arena, m->subject);
	result->from = copy_or_null(arena, m->from_field ? m->from_field->value : NULL);
	result->size = m->range.end - m->range.start;
	if (!trial) {
		result->facts = facts_collect(arena, m);
		result->facts->stage = c.now.stage;
	}
	if (!engine->options->no_inline_ignores)
		result->ignores = suppress_collect(arena, m, engine->rules);

	for (size_t i = 0; i < engine->n_active; i++) {
		const struct active_rule *active = &engine->active[i];
		enum requirement_reason reason = REASON_NONE;
		begin_rule(&c, active->rule);
		if (!can_speak(active->rule, &c.now, NULL, NULL))
			reason = trial ? REASON_NONE : why_silent(active->rule, &c.now, NULL, NULL);
		else if (active->function)
			active->function(&c, m);
		else if (active->several)
			reason = REASON_SEVERAL;
		end_rule(&c, requirements, c.not_applicable ? REASON_NOTHING : reason);
	}
	match_run(worker->match, m, match_wanted, match_found, &c);
	report_phrases(&c);
	for (const struct message *view = m->next_view; view; view = view->next_view)
		run_view(&c, view);
	c.message = m;
	take_findings(result, c.findings);
	obey_ignores(&c);
	if (!trial) {
		bool is_signed = c.now.stage == STAGE_RECEIVED || header_find(m->header, "DKIM-Signature");
		verdict_finish(result, requirements, engine->options, is_signed);
		score_compute(result, m, &builtin_score_model, engine->options->prior);
		if (engine->options->advice)
			score_advise(result, m, &builtin_score_model, engine->options->advice_limit, engine->options->prior);
	}
	g_array_free(c.findings, TRUE);
	g_array_free(c.phrase_hits, TRUE);
	verdict_table_free(requirements);
	return result;
}

struct message_result *engine_run_with(struct engine_worker *worker, const struct engine *engine, const struct message *message)
{
	return run(worker, engine, message, false);
}

struct message_result *engine_try(struct engine_worker *worker, const struct engine *engine, const struct message *message)
{
	return run(worker, engine, message, true);
}

void engine_move_finding(struct finding *finding, struct arena *arena, const struct line_index *lines, struct range range)
{
	if (!finding->decoded_line) {
		finding->decoded_line = clean_copy(arena, span_str(finding->raw_line), LIMIT_DECODED_LINE_CHARS);
		finding->decoded_column = finding->raw_line_column;
	}
	finding->start = line_position(lines, range.start);
	finding->end = line_position(lines, range.end);
	set_raw_line(finding, arena, lines);
}

void engine_add_findings(struct message_result *result, GArray *findings)
{
	if (!findings->len)
		return;
	g_array_prepend_vals(findings, result->findings, (guint)result->n_findings);
	take_findings(result, findings);
	if (result->ignores)
		suppress_apply(result);
}

/* --- several messages -------------------------------------------------------------------------------------------------------- */

struct several_run {
	struct several several;
	const struct rule *rule;
	GArray **added;            /* per result: struct finding; NULL where nothing was added */
};

static void several_report(struct several *s, size_t i, const struct fact *fact, const char *case_name, const struct finding_arg *args,
			   size_t n_args)
{
	struct several_run *run = s->data;
	struct message_result *result = s->results[i];
	const struct circumstances now = { result->engine->options, result->stage, false };
	if (!case_name)
		case_name = "default";
	enum severity severity = resolve_severity(run->rule, &now, case_name, NULL);
	if (severity == SEVERITY_OFF || !selected(now.options, run->rule))
		return;
	struct finding finding = { .rule = run->rule,
				   .severity = severity,
				   .message = message_case(run->rule, case_name),
				   .start = fact->start,
				   .end = fact->end };
	finding.requirements = resolve_requirements(result->arena, run->rule, &now, case_name, NULL);
	for (size_t k = 0; k < n_args; k++)
		add_arg(&finding, result->arena,
			&(struct check_arg){ args[k].name, args[k].kind, span_str(args[k].text), args[k].number, NULL });
	finding.excerpt = clean_copy(result->arena, span_str(fact->value), LIMIT_EXCERPT_CHARS);
	finding.raw_line = fact->raw_line;
	finding.raw_line_column = fact->start.column;
	set_fingerprint(&finding, result->arena, result->root_path);
	if (!run->added[i])
		run->added[i] = g_array_new(FALSE, TRUE, sizeof(struct finding));
	g_array_append_val(run->added[i], finding);
}

bool engine_run_several_after(const struct engine *engine, struct several_memory *memory, struct message_result *const *results, size_t n)
{
	struct several_run run = { .added = g_new0(GArray *, n + 1) };
	bool added = false;

	run.several = (struct several){ results, n, memory, several_report, &run };
	for (size_t i = 0; i < engine->rules->n; i++) {
		run.rule = engine->rules->rules[i];
		several_function several = run.rule->check && run.rule->several_messages ? several_find(run.rule->check) : NULL;
		if (several)
			several(&run.several);
	}
	for (size_t i = 0; i < n; i++) {
		struct message_result *result = results[i];
		if (run.added[i]) {
			g_array_prepend_vals(run.added[i], result->findings, (guint)result->n_findings);
			take_findings(result, run.added[i]);
			suppress_apply(result);
			/* The score stands: it looks at one message at a time. */
			g_array_free(run.added[i], TRUE);
			added = true;
		}
		verdict_finish_several(result);
	}
	g_free(run.added);
	return added;
}

void engine_run_several(const struct engine *engine, struct message_result **results, size_t n)
{
	if (n < 2)
		return;
	struct several_memory *memory = several_memory_new();

	engine_run_several_after(engine, memory, results, n);
	several_memory_free(memory);
}
