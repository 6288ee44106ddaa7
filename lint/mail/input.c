/* Files, folders, Maildirs, mbox and standard input: finds and reads what is to be linted.
 * May not look into a message beyond the separator lines of an mbox, and may not print. */
#include "mail/input.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"

/* --- kinds by name ------------------------------------------------------------------------------------------------------------- */

static const char *const engine_endings[] = { "liquid", "hbs",	"handlebars", "mustache", "j2",	  "jinja",  "jinja2", "erb",
					      "ejs",	"twig", "njk",	      "tpl",	  "tmpl", "gotmpl", "gohtml" };

/* Endings that programs have as well: of a template only behind one of content_endings, "weekly.html.php". */
static const char *const code_endings[] = { "php", "django", "eex", "heex", "tt", "tt2" };

/* Endings in front of a template ending that say what comes out of it. */
static const struct {
	const char *ending;
	enum template_kind kind;
} content_endings[] = {
	{ "html", TEMPLATE_HTML }, { "htm", TEMPLATE_HTML },    { "mjml", TEMPLATE_HTML },         { "txt", TEMPLATE_TEXT },
	{ "text", TEMPLATE_TEXT }, { "md", TEMPLATE_MARKDOWN }, { "markdown", TEMPLATE_MARKDOWN }, { "eml", TEMPLATE_MESSAGE },
};

/* Endings in front of a template ending that are no mail: such files are passed over in folders. */
static const char *const foreign_endings[] = { "conf", "cfg", "ini",  "toml", "yml", "yaml", "json", "xml", "css",     "scss", "js",
					       "ts",   "sql", "sh",   "py",   "rb",  "php",  "tf",   "env", "service", "svg",  "csv" };

static bool is_one_of(struct span word, const char *const *list, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (span_eq_ci(word, span_str(list[i])))
			return true;
	}
	return false;
}

/* The part of a path behind the last slash. */
static struct span base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return span_str(slash ? slash + 1 : path);
}

/* Take the ending off a name: "weekly.html.j2" gives "j2" and leaves "weekly.html". Empty where there is none. */
static struct span take_ending(struct span *name)
{
	for (size_t i = name->n; i > 0; i--) {
		if (name->p[i - 1] == '.') {
			struct span ending = span_cut(*name, i, name->n);
			*name = span_cut(*name, 0, i - 1);
			return ending;
		}
	}
	return SPAN_EMPTY;
}

static enum template_kind content_kind(struct span ending)
{
	for (size_t i = 0; i < G_N_ELEMENTS(content_endings); i++) {
		if (span_eq_ci(ending, span_str(content_endings[i].ending)))
			return content_endings[i].kind;
	}
	return TEMPLATE_NONE;
}

/* Does the name, without the ending given, end like a file that a template engine writes? */
static bool names_content(struct span name)
{
	return content_kind(take_ending(&name)) != TEMPLATE_NONE;
}

/* What a name says. in_folder_out: does a file of that name count where only its folder was named. */
static enum input_kind kind_by_name(const char *path, enum template_kind *template_out, bool *in_folder_out)
{
	struct span name = base_name(path);
	struct span ending = take_ending(&name);
	bool doubled = false;

	while (is_one_of(ending, engine_endings, G_N_ELEMENTS(engine_endings)) ||
	       (is_one_of(ending, code_endings, G_N_ELEMENTS(code_endings)) && names_content(name))) {
		doubled = true;
		ending = take_ending(&name);
	}
	enum template_kind kind = content_kind(ending);
	if (doubled) {
		/* "welcome.liquid" is mostly HTML; where it holds no tag, it is read as plain text later. */
		*template_out = kind == TEMPLATE_NONE ? TEMPLATE_HTML : kind;
		*in_folder_out = !is_one_of(ending, foreign_endings, G_N_ELEMENTS(foreign_endings));
		return INPUT_TEMPLATE;
	}
	*in_folder_out = kind == TEMPLATE_HTML || kind == TEMPLATE_MESSAGE || span_eq_ci(ending, SPAN_LIT("mbox"));
	if (kind == TEMPLATE_NONE || kind == TEMPLATE_MESSAGE || span_eq_ci(ending, SPAN_LIT("text"))) {
		*template_out = TEMPLATE_NONE;
		return INPUT_MESSAGE;
	}
	/* Text and Markdown files in a folder are mostly not mail: a README must not be linted as a draft. */
	*template_out = kind;
	return INPUT_TEMPLATE;
}

enum input_kind input_kind_of(const char *path, enum template_kind *template_out)
{
	enum template_kind kind;
	bool in_folder;
	enum input_kind result = kind_by_name(path, &kind, &in_folder);

	if (template_out)
		*template_out = kind;
	return result;
}

/* --- folders ------------------------------------------------------------------------------------------------------------------- */

static const char *const skipped_folders[] = { "node_modules", "bower_components", "__pycache__" };

bool input_counts_in_walk(const char *path, bool whatever_ending)
{
	enum template_kind kind;
	bool in_folder;

	for (const char *name = path; *name;) {
		size_t n = strcspn(name, "/");
		bool is_name_of_folder = name[n] == '/';
		if (*name == '.' || (is_name_of_folder && is_one_of(span_of(name, n), skipped_folders, G_N_ELEMENTS(skipped_folders))))
			return false;
		name += n + is_name_of_folder;
	}
	kind_by_name(path, &kind, &in_folder);
	return in_folder || whatever_ending;
}

static void add_file(GPtrArray *files, const char *path, enum input_kind kind, enum template_kind template_kind)
{
	struct input_file *file = g_new0(struct input_file, 1);

	file->path = g_strdup(path);
	file->kind = kind;
	file->template_kind = template_kind;
	g_ptr_array_add(files, file);
}

void input_file_free(struct input_file *file)
{
	if (!file)
		return;
	input_bytes_release(&file->content);
	g_free(file->path);
	g_free(file);
}

static void add_problem(GPtrArray *problems, const char *path, const char *reason)
{
	if (problems)
		g_ptr_array_add(problems, g_strdup_printf("%s: %s", path, reason));
}

static char *join(const char *folder, const char *name)
{
	return g_str_has_suffix(folder, "/") ? g_strconcat(folder, name, NULL) : g_strconcat(folder, "/", name, NULL);
}

static bool is_folder(const char *path)
{
	struct stat status;

	return lstat(path, &status) == 0 && S_ISDIR(status.st_mode);
}

static bool is_regular(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && S_ISREG(status.st_mode);
}

static bool is_maildir(const char *path)
{
	static const char *const parts[] = { "cur", "new", "tmp" };

	for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
		char *part = join(path, parts[i]);
		bool found = is_folder(part);
		g_free(part);
		if (!found)
			return false;
	}
	return true;
}

/* What a walk needs, and where it puts what it finds. */
struct walk {
	const struct input_filter *filter; /* NULL: everything by its name */
	GPtrArray *files, *errors, *remarks;
};

static enum input_choice choose(const struct walk *walk, const char *path, bool folder)
{
	return walk->filter ? walk->filter->choose(walk->filter->data, path, folder) : INPUT_BY_NAME;
}

static void walk_folder(const struct walk *walk, const char *path, int depth, bool all_files);

/* One entry of a folder. in_maildir: the folder is a Maildir, so that its cur and new hold nothing but messages. */
static void walk_entry(const struct walk *walk, const char *path, const char *name, int depth, bool in_maildir, bool all_files)
{
	if (is_folder(path)) {
		bool mail_folder = in_maildir && (strcmp(name, "cur") == 0 || strcmp(name, "new") == 0);
		if (in_maildir && strcmp(name, "tmp") == 0)
			return;
		if (!is_one_of(span_str(name), skipped_folders, G_N_ELEMENTS(skipped_folders)) && choose(walk, path, true) != INPUT_SKIP)
			walk_folder(walk, path, depth + 1, mail_folder);
		return;
	}
	enum template_kind template_kind = TEMPLATE_NONE;
	bool in_folder = true;
	enum input_kind kind = all_files ? INPUT_MESSAGE : kind_by_name(path, &template_kind, &in_folder);
	enum input_choice choice = choose(walk, path, false);
	if (choice == INPUT_SKIP || (choice == INPUT_BY_NAME && !in_folder))
		return;
	/* A link to a folder is not followed: it may lead back to where the walk came from. */
	if (is_regular(path))
		add_file(walk->files, path, kind, template_kind);
}

static void walk_folder(const struct walk *walk, const char *path, int depth, bool all_files)
{
	if (depth > LIMIT_FOLDER_DEPTH) {
		add_problem(walk->errors, path, "folders are nested too deeply; not looked at");
		return;
	}
	DIR *folder = opendir(path);
	if (!folder) {
		add_problem(walk->errors, path, g_strerror(errno));
		return;
	}
	bool in_maildir = is_maildir(path);
	const struct dirent *entry;
	while (errno = 0, (entry = readdir(folder))) {
		if (entry->d_name[0] == '.')
			continue;
		char *entry_path = join(path, entry->d_name);
		walk_entry(walk, entry_path, entry->d_name, depth, in_maildir, all_files);
		g_free(entry_path);
	}
	if (errno)
		add_problem(walk->errors, path, g_strerror(errno));
	closedir(folder);
}

static gint compare_paths(gconstpointer a, gconstpointer b)
{
	const struct input_file *const *x = a;
	const struct input_file *const *y = b;

	return strcmp((*x)->path, (*y)->path);
}

static void expand_folder(const struct walk *outer, const char *path)
{
	GPtrArray *found = g_ptr_array_new(), *files = outer->files;
	const struct walk walk = { outer->filter, found, outer->errors, outer->remarks };
	guint n_errors = walk.errors ? walk.errors->len : 0;

	walk_folder(&walk, path, 0, false);
	if (found->len == 0 && (!walk.errors || walk.errors->len == n_errors))
		add_problem(walk.remarks, path, "no drafts in this folder");
	g_ptr_array_sort(found, compare_paths);
	for (guint i = 0; i < found->len; i++)
		g_ptr_array_add(files, g_ptr_array_index(found, i));
	g_ptr_array_free(found, TRUE);
}

static void expand_path(const struct walk *walk, const char *path, const char *stdin_name)
{
	GPtrArray *files = walk->files;
	struct stat status;
	enum template_kind template_kind = TEMPLATE_NONE;

	if (strcmp(path, "-") == 0) {
		enum input_kind kind = stdin_name ? input_kind_of(stdin_name, &template_kind) : INPUT_MESSAGE;
		add_file(files, stdin_name ? stdin_name : "-", kind, template_kind);
		((struct input_file *)g_ptr_array_index(files, files->len - 1))->is_stdin = true;
		return;
	}
	if (stat(path, &status) != 0) {
		add_problem(walk->errors, path, g_strerror(errno));
		return;
	}
	if (S_ISDIR(status.st_mode)) {
		expand_folder(walk, path);
		return;
	}
	enum input_kind kind = input_kind_of(path, &template_kind);
	add_file(files, path, kind, template_kind);
}

GPtrArray *input_expand(char *const *paths, size_t n, const char *stdin_name, const struct input_filter *filter, GPtrArray *errors,
			GPtrArray *remarks)
{
	const struct walk walk = { filter, g_ptr_array_new(), errors, remarks };

	for (size_t i = 0; i < n; i++)
		expand_path(&walk, paths[i], stdin_name);
	return walk.files;
}

/* --- reading ------------------------------------------------------------------------------------------------------------------- */

static bool fail(GError **error, int number)
{
	g_set_error_literal(error, G_FILE_ERROR, (gint)g_file_error_from_errno(number), g_strerror(number));
	return false;
}

/* Read to the end of the descriptor or one byte beyond the limit. */
static bool read_all(int descriptor, size_t expected_bytes, struct input_bytes *out, GError **error)
{
	size_t allocated = MIN(expected_bytes, LIMIT_INPUT_BYTES) + 1;
	size_t n = 0;
	char *buffer = g_malloc(allocated);

	while (n <= LIMIT_INPUT_BYTES) {
		if (n == allocated) {
			allocated = MIN(allocated * 2, LIMIT_INPUT_BYTES + 1);
			buffer = g_realloc(buffer, allocated);
		}
		ssize_t got = read(descriptor, buffer + n, allocated - n);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0) {
			int number = errno;
			g_free(buffer);
			return fail(error, number);
		}
		if (got == 0)
			break;
		n += (size_t)got;
	}
	out->cut = n > LIMIT_INPUT_BYTES;
	n = MIN(n, LIMIT_INPUT_BYTES);
	buffer = g_realloc(buffer, MAX(n, 1));
	out->storage = buffer;
	out->bytes = span_of(buffer, n);
	return true;
}

bool input_read(const char *path, struct input_bytes *out, GError **error)
{
	struct stat status;

	*out = (struct input_bytes){ .bytes = SPAN_EMPTY };
	if (strcmp(path, "-") == 0)
		return read_all(STDIN_FILENO, 65536, out, error);
	int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (descriptor < 0)
		return fail(error, errno);
	bool done;
	if (fstat(descriptor, &status) != 0)
		done = fail(error, errno);
	else if (S_ISDIR(status.st_mode))
		done = fail(error, EISDIR);
	else
		/* Pipes have no size, and files of /proc claim to be empty. */
		done = read_all(descriptor, S_ISREG(status.st_mode) && status.st_size > 0 ? (size_t)status.st_size : 65536, out, error);
	close(descriptor);
	return done;
}

void input_bytes_release(struct input_bytes *bytes)
{
	g_free(bytes->storage);
	*bytes = (struct input_bytes){ .bytes = SPAN_EMPTY };
}

/* --- mbox ---------------------------------------------------------------------------------------------------------------------- */

static bool skip_blanks(struct span s, size_t *at)
{
	size_t start = *at;

	while (*at < s.n && (s.p[*at] == ' ' || s.p[*at] == '\t'))
		(*at)++;
	return *at > start;
}

/* min to max digits. */
static bool skip_digits(struct span s, size_t *at, size_t min, size_t max)
{
	size_t n = 0;

	while (*at < s.n && n < max && ascii_is_digit(s.p[*at])) {
		(*at)++;
		n++;
	}
	return n >= min && (*at == s.n || !ascii_is_digit(s.p[*at]));
}

/* A name of three letters out of a list of such names written in one. */
static bool skip_name(struct span s, size_t *at, const char *names)
{
	struct span list = span_str(names);

	for (size_t i = 0; i + 3 <= list.n && *at + 3 <= s.n; i += 3) {
		if (memcmp(s.p + *at, list.p + i, 3) == 0) {
			*at += 3;
			return true;
		}
	}
	return false;
}

static bool skip_zone(struct span s, size_t *at)
{
	size_t start = *at;

	while (*at < s.n && (ascii_is_alnum(s.p[*at]) || s.p[*at] == '+' || s.p[*at] == '-'))
		(*at)++;
	return *at > start;
}

/* "Sat Jan  1 00:00:00 2022" as asctime() writes it; a time zone before or behind the year and missing seconds are met with. */
static bool is_asctime(struct span s)
{
	size_t at = 0;

	if (!skip_name(s, &at, "SunMonTueWedThuFriSat") || !skip_blanks(s, &at) ||
	    !skip_name(s, &at, "JanFebMarAprMayJunJulAugSepOctNovDec") || !skip_blanks(s, &at) || !skip_digits(s, &at, 1, 2) ||
	    !skip_blanks(s, &at) || !skip_digits(s, &at, 1, 2) || at == s.n || s.p[at++] != ':' || !skip_digits(s, &at, 2, 2))
		return false;
	if (at < s.n && s.p[at] == ':') {
		at++;
		if (!skip_digits(s, &at, 2, 2))
			return false;
	}
	if (!skip_blanks(s, &at))
		return false;
	size_t year = at;
	if (skip_digits(s, &year, 4, 4))
		return year == s.n || s.p[year] == ' ' || s.p[year] == '\t';
	return skip_zone(s, &at) && skip_blanks(s, &at) && skip_digits(s, &at, 4, 4);
}

/* The line without its "From ": an address (any word; "MAILER-DAEMON" and "-" are met with), then a date. */
static bool is_from_line(struct span rest)
{
	rest = span_trim(span_cut(rest, 0, INPUT_FROM_LINE_BYTES));
	/* The first word is the address, so the date can begin behind it at the earliest; an address may hold quoted blanks. */
	for (size_t at = 1; at < rest.n; at++) {
		if (rest.p[at - 1] == ' ' && is_asctime(span_cut(rest, at, rest.n)))
			return true;
	}
	return false;
}

size_t input_empty_line_before(struct span file, size_t at)
{
	if (at < 2 || file.p[at - 1] != '\n')
		return 0;
	if (file.p[at - 2] == '\n')
		return 1;
	return file.p[at - 2] == '\r' && at >= 3 && file.p[at - 3] == '\n' ? 2 : 0;
}

static size_t next_line(struct span file, size_t at)
{
	size_t end = span_find_byte(file, '\n', at);

	return end < file.n ? end + 1 : file.n;
}

bool input_separator_at(struct span file, size_t at, size_t *empty_out)
{
	*empty_out = input_empty_line_before(file, at);
	return *empty_out && span_starts(span_cut(file, at, file.n), SPAN_LIT("From ")) && is_from_line(span_cut(file, at + 5, next_line(file, at)));
}

struct range *input_split_mbox(struct arena *arena, struct span file, size_t *n_out, bool *is_mbox_out)
{
	bool is_mbox = span_starts(file, SPAN_LIT("From "));
	GArray *ranges = g_array_new(FALSE, FALSE, sizeof(struct range));
	struct range current = { is_mbox ? next_line(file, 0) : 0, file.n };

	for (size_t at = is_mbox ? current.start : file.n; at < file.n; at = next_line(file, at)) {
		size_t empty;
		if (!input_separator_at(file, at, &empty))
			continue;
		/* The empty line before a separator belongs to the mbox, not to the message (RFC 4155). */
		current.end = MAX(current.start, at - empty);
		g_array_append_val(ranges, current);
		current = (struct range){ next_line(file, at), file.n };
	}
	if (ranges->len)
		current.end = MAX(current.start, file.n - input_empty_line_before(file, file.n));
	g_array_append_val(ranges, current);

	*n_out = ranges->len;
	if (is_mbox_out)
		*is_mbox_out = is_mbox;
	struct range *result = ARENA_ARRAY(arena, struct range, ranges->len);
	memcpy(result, ranges->data, ranges->len * sizeof(struct range));
	g_array_free(ranges, TRUE);
	return result;
}

bool input_holds_message(struct span bytes)
{
	enum { LOOKED_AT_BYTES = 64 * 1024, RECEIVED = 1 };
	static const char *const others[] = { "Received:", "Date:", "Message-ID:", "MIME-Version:" };
	struct span head = span_cut(bytes, 0, LOOKED_AT_BYTES);
	bool from = false, trace = false;
	unsigned found = 0; /* of others */

	if (span_starts(head, SPAN_LIT("From ")))
		return true;
	for (size_t at = 0; at < head.n;) {
		size_t end = span_find_byte(head, '\n', at);
		struct span line = span_cut(head, at, end);
		if (span_trim(line).n == 0)
			break;
		bool continuation = line.p[0] == ' ' || line.p[0] == '\t';
		size_t colon = span_find_byte(line, ':', 0);
		if (!continuation && (colon == line.n || span_find_byte(span_cut(line, 0, colon), ' ', 0) < colon))
			return false;
		from = from || span_starts_ci(line, SPAN_LIT("From:"));
		trace = trace || span_starts_ci(line, SPAN_LIT("Received:")) || span_starts_ci(line, SPAN_LIT("Return-Path:"));
		for (size_t i = 0; i < G_N_ELEMENTS(others); i++)
			found |= span_starts_ci(line, span_str(others[i])) ? 1u << i : 0;
		at = end + 1;
	}
	/* Bounces come without From at times; what was delivered shows it by more than one field. */
	return (from && found) || (trace && (found & ~(unsigned)RECEIVED));
}
