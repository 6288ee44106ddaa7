/* Checks of attached files: names, what the first bytes say, what lies in archives, macros, sizes. What an archive holds is
 * mail/archive.c's to say. */
#include "rule/check_common.h"

#include <glib.h>

#include "base/utf8.h"
#include "mail/archive.h"
#include "rule/check_charset.h"

/* --- parts ----------------------------------------------------------------------------------------------------------------------- */

/* A file beside the text: a leaf that is no displayed text, not of an enclosed message, no signature. */
static bool is_file(const struct entity *e)
{
	static const char *const not_files[] = { "pgp-signature", "pkcs7-signature", "x-pkcs7-signature", "pgp-encrypted", "pkcs7-mime",
						 "x-pkcs7-mime",  "pgp-keys",	     NULL };

	return e->n_children == 0 && !e->is_displayed && !entity_is_enclosed(e) && !entity_is(e, "multipart", NULL) && !entity_is(e, "message", NULL) &&
	       !(entity_is(e, "application", NULL) && word_in_list(not_files, e->content_type.subtype)) && !(e->is_text && !e->file_name);
}

/* The decoded bytes of a leaf. */
static struct span bytes_of(const struct entity *e)
{
	return e->decoded.text ? e->decoded.text->bytes : SPAN_EMPTY;
}

/* Windows drops dots and blanks at the end of a file name. */
static struct span name_of(const struct entity *e)
{
	struct span name = e->file_name ? span_trim(e->file_name->bytes) : SPAN_EMPTY;

	while (name.n && (name.p[name.n - 1] == '.' || name.p[name.n - 1] == ' '))
		name.n--;
	return name;
}

/* Behind the last dot of the last path segment; *rest is what stands in front of the dot. */
static struct span extension_of(struct span name, struct span *rest)
{
	size_t dot = name.n;

	while (dot > 0 && name.p[dot - 1] != '.' && name.p[dot - 1] != '/' && name.p[dot - 1] != '\\')
		dot--;
	if (dot == 0 || name.p[dot - 1] != '.') {
		*rest = name;
		return SPAN_EMPTY;
	}
	*rest = span_cut(name, 0, dot - 1);
	return span_cut(name, dot, name.n);
}

/* A name from inside an archive may be in any charset. */
static struct span shown_name(struct check *c, struct span name)
{
	char *copy = arena_copy(check_arena(c), name);

	if (!utf8_valid(name))
		for (size_t i = 0; i < name.n; i++)
			if ((unsigned char)copy[i] >= 0x80)
				copy[i] = '?';
	return span_of(copy, name.n);
}

/* At the file's name, else at its type. */
static void report_file(struct check *c, const struct entity *e, const char *kind, struct span inner, struct span what, size_t count)
{
	struct check_arg args[] = { { 0 }, ARG_T("name", name_of(e)), ARG_T("inner", inner), ARG_T("what", what), ARG_I("count", count) };

	if (e->file_name)
		check_report_args(c, e->file_name, (struct range){ 0, e->file_name->bytes.n }, kind, args, G_N_ELEMENTS(args) - 1);
	else
		check_report_args(c, NULL, e->content_type_field ? e->content_type.type_range : place(e->body.start), kind, args,
				  G_N_ELEMENTS(args) - 1);
}

/* --- archives -------------------------------------------------------------------------------------------------------------------- */

/* What the walk over an archive looks for. */
struct search {
	struct word_list extensions;
	struct span first; /* the first name that has one of them, in the arena */
	struct arena *arena;
	size_t count;      /* of those */
	size_t encrypted;
	bool encrypted_only;
};

static void search_entry(const struct archive_entry *entry, void *data)
{
	struct search *search = data;
	struct span ignored;

	search->encrypted += entry->encrypted;
	if (search->encrypted_only && !entry->encrypted)
		return;
	if (word_list_has(search->extensions, extension_of(entry->name, &ignored)) && !search->count++)
		search->first = arena_copy_span(search->arena, entry->name);
}

/* with: extensions (of blocked types), single (endings of compression of one file), unread (endings of archives whose list of names is
 * not read). Cases: entry (a file in the archive has a blocked type), compressed (the one file does), unread (of some or all names nothing is
 * known). */
CHECK(archive_blocked)
{
	const char *const *single = rule_setting_list(check_rule(c), "single");
	const char *const *unread = rule_setting_list(check_rule(c), "unread");

	for (size_t i = 0; i < m->mime.n; i++) {
		const struct entity *e = m->mime.all[i];
		if (!is_file(e))
			continue;
		struct search search = { .extensions = rule_setting_words(check_rule(c), "extensions"), .arena = check_arena(c) };
		struct span rest, ignored, extension = extension_of(name_of(e), &rest), inner = extension_of(rest, &ignored);
		struct archive_result result = archive_walk(bytes_of(e), search_entry, &search);
		bool names_it = word_in_list(unread, extension) || word_in_list(single, extension);
		if (search.count)
			report_file(c, e, result.kind == ARCHIVE_GZIP ? "compressed" : "entry", shown_name(c, search.first),
				    extension_of(search.first, &ignored), search.count);
		else if (word_in_list(single, extension) && word_list_has(search.extensions, inner))
			report_file(c, e, "compressed", rest, inner, 1);
		else if (result.kind == ARCHIVE_NONE ? names_it : result.kind == ARCHIVE_UNREAD || !result.whole)
			report_file(c, e, "unread", SPAN_EMPTY, extension, 0);
	}
}

/* with: archives (endings). Cases: nested (an encrypted archive with an archive in it), plain (another with encrypted files), list (the
 * names themselves are encrypted). */
CHECK(archive_encrypted)
{
	for (size_t i = 0; i < m->mime.n; i++) {
		const struct entity *e = m->mime.all[i];
		struct search search = { .extensions = rule_setting_words(check_rule(c), "archives"), .arena = check_arena(c), .encrypted_only = true };
		enum archive_kind kind = is_file(e) ? archive_kind_of(bytes_of(e)) : ARCHIVE_NONE;
		if (kind != ARCHIVE_ZIP && kind != ARCHIVE_RAR)
			continue;
		struct archive_result result = archive_walk(bytes_of(e), search_entry, &search);
		if (result.encrypted_list)
			report_file(c, e, "list", SPAN_EMPTY, SPAN_EMPTY, 0);
		else if (search.encrypted)
			report_file(c, e, search.count ? "nested" : "plain", shown_name(c, search.first), SPAN_EMPTY, search.encrypted);
	}
}

/* Does an OLE file hold a storage of this name? Directory entries are UTF-16LE, 64 bytes of name (MS-CFB, section 2.6.1). */
static bool ole_has_storage(struct span ole, const char *name)
{
	size_t n = strlen(name);

	for (size_t at = 512; at + 128 <= ole.n; at += 128) {
		size_t k = 0;
		while (k < n && ole.p[at + 2 * k] == name[k] && ole.p[at + 2 * k + 1] == '\0')
			k++;
		if (k == n && ole.p[at + 2 * n] == '\0' && ole.p[at + 2 * n + 1] == '\0' && ole.p[at + 66] == 1)
			return true;
	}
	return false;
}

struct macro_search {
	struct word_list extensions;
	struct span found; /* in the arena */
	struct arena *arena;
};

static void search_macro(const struct archive_entry *entry, void *data)
{
	struct macro_search *search = data;
	struct span ignored;

	if (!search->found.n && (span_ends_ci(entry->name, SPAN_LIT("vbaProject.bin")) ||
				 word_list_has(search->extensions, extension_of(entry->name, &ignored))))
		search->found = arena_copy_span(search->arena, entry->name);
}

/* with: extensions (of file types that exist for macros). Cases: name (such a type), macro (a document with macros in it). */
CHECK(office_macro)
{
	static const char ole_signature[] = { '\xD0', '\xCF', '\x11', '\xE0', '\xA1', '\xB1', '\x1A', '\xE1' };
	struct word_list extensions = rule_setting_words(check_rule(c), "extensions");

	for (size_t i = 0; i < m->mime.n; i++) {
		const struct entity *e = m->mime.all[i];
		struct span rest, what = SPAN_EMPTY;
		if (!is_file(e))
			continue;
		struct span head = bytes_of(e), extension = extension_of(name_of(e), &rest);
		if (archive_kind_of(head) == ARCHIVE_ZIP) {
			struct macro_search search = { extensions, SPAN_EMPTY, check_arena(c) };
			archive_walk(head, search_macro, &search);
			what = search.found;
		} else if (span_starts(head, span_of(ole_signature, sizeof ole_signature))) {
			struct span ole = bytes_of(e);
			if (ole_has_storage(ole, "VBA") || ole_has_storage(ole, "_VBA_PROJECT_CUR") || ole_has_storage(ole, "Macros"))
				what = SPAN_LIT("VBA");
		}
		if (what.n)
			report_file(c, e, "macro", shown_name(c, what), extension, 1);
		else if (word_list_has(extensions, extension))
			report_file(c, e, "name", SPAN_EMPTY, extension, 1);
	}
}

/* --- names and contents ------------------------------------------------------------------------------------------------------------ */

/* What the first bytes say, and the endings that files of this kind have. */
static const struct {
	const char *kind;
	size_t at;
	struct span bytes;
	const char *endings; /* with blanks around each */
} signatures[] = {
	{ "program", 0, { "MZ", 2 }, " exe dll scr com cpl sys ocx msi drv ax pif " },
	{ "program", 0, { "\x7F" "ELF", 4 }, " so elf bin o run " },
	{ "pdf", 0, { "%PDF-", 5 }, " pdf ai " },
	{ "png", 0, { "\x89PNG\r\n", 6 }, " png apng " },
	{ "jpeg", 0, { "\xFF\xD8\xFF", 3 }, " jpg jpeg jpe jfif " },
	{ "gif", 0, { "GIF8", 4 }, " gif " },
	{ "webp", 8, { "WEBP", 4 }, " webp " },
	{ "zip", 0, { "PK\3\4", 4 }, " zip docx xlsx pptx docm xlsm pptm xlam dotx xltx potx ppsx jar odt ods odp odg epub apk pages key numbers xps kmz vsdx " },
	{ "gzip", 0, { "\x1F\x8B", 2 }, " gz tgz svgz " },
	{ "rar", 0, { "Rar!", 4 }, " rar " },
	{ "7z", 0, { "7z\xBC\xAF", 4 }, " 7z " },
	{ "ole", 0, { "\xD0\xCF\x11\xE0", 4 }, " doc xls ppt dot xlt pot pps msg msi xla vsd pub hwp jtd db docx xlsx pptx " },
};

/* The index in signatures; its length where nothing is known. */
static size_t kind_of(struct span head)
{
	size_t i = 0;

	for (; i < G_N_ELEMENTS(signatures); i++)
		if (head.n >= 64 && span_starts(span_cut(head, signatures[i].at, head.n), signatures[i].bytes))
			break;
	return i;
}

static bool is_picture(const char *kind)
{
	static const char *const kinds[] = { "png", "jpeg", "gif", "webp", NULL };
	return word_in_list(kinds, span_str(kind));
}

/* Cases: direction (a character that turns the direction of writing), blanks (a long run of them), double-blocked and double (a second ending that
 * is the real one, of a blocked type or of pages that run programs), program (contents), picture (one kind under another's ending), contents. with:
 * extensions (of blocked types), documents, pages (endings), blanks (least number). */
CHECK(file_name_deceptive)
{
	struct word_list blocked = rule_setting_words(check_rule(c), "extensions");
	const char *const *documents = rule_setting_list(check_rule(c), "documents");
	const char *const *pages = rule_setting_list(check_rule(c), "pages");
	size_t most_blanks = (size_t)rule_setting_int(check_rule(c), "blanks", 10);

	for (size_t i = 0; i < m->mime.n; i++) {
		const struct entity *e = m->mime.all[i];
		size_t blanks = 0, longest = 0;
		bool turned = false;
		if (!is_file(e))
			continue;
		struct span name = name_of(e), rest, ignored, extension = extension_of(name, &rest);
		for (size_t at = 0; at < name.n;) {
			uint32_t ch = utf8_next(name, &at);
			turned |= (ch >= 0x202A && ch <= 0x202E) || (ch >= 0x2066 && ch <= 0x2069);
			blanks = ch == ' ' || ch == 0xA0 || ch == 0x3000 || (ch >= 0x2000 && ch <= 0x200B) ? blanks + 1 : 0;
			longest = blanks > longest ? blanks : longest;
		}
		struct span inner = extension_of(span_trim(rest), &ignored);
		bool document = word_in_list(documents, inner);
		if (turned) {
			report_file(c, e, "direction", SPAN_EMPTY, extension, 1);
		} else if (longest >= most_blanks) {
			report_file(c, e, "blanks", SPAN_EMPTY, extension, longest);
		} else if (document && word_list_has(blocked, extension)) {
			report_file(c, e, "double-blocked", inner, extension, 1);
		} else if (document && word_in_list(pages, extension)) {
			report_file(c, e, "double", inner, extension, 1);
		} else {
			size_t kind = kind_of(bytes_of(e)), named = 0;
			while (named < G_N_ELEMENTS(signatures) && !span_in_ci(extension, signatures[named].endings + 1))
				named++;
			if (kind == G_N_ELEMENTS(signatures) || span_in_ci(extension, signatures[kind].endings + 1))
				continue;
			struct span what = span_str(signatures[kind].kind);
			if (span_eq(what, SPAN_LIT("program"))) {
				if (named < G_N_ELEMENTS(signatures) || word_in_list(documents, extension))
					report_file(c, e, "program", extension, what, 1);
			} else if (named < G_N_ELEMENTS(signatures)) {
				bool pictures = is_picture(signatures[kind].kind) && is_picture(signatures[named].kind);
				report_file(c, e, pictures ? "picture" : "contents", extension, what, 1);
			}
		}
	}
}

/* --- weight ------------------------------------------------------------------------------------------------------------------------ */

/* A picture that the text shows: with a Content-ID, or inline. */
static bool is_embedded_picture(const struct entity *e)
{
	return entity_is(e, "image", NULL) && (!e->is_attachment || header_find(&e->header, "Content-ID"));
}

/* Files that a newsletter carries with it; calendars and pictures of the text are none. The first, with count and size. */
CHECK(attachment_present)
{
	const struct entity *first = NULL;
	size_t count = 0, size = 0;

	for (size_t i = 0; i < m->mime.n; i++) {
		const struct entity *e = m->mime.all[i];
		if (!is_file(e) || is_embedded_picture(e) || entity_is(e, "text", "calendar") || entity_is(e, "application", "ics") ||
		    entity_is(e, "text", "x-amp-html") || (!e->file_name && !e->disposition.type.n))
			continue;
		first = count++ ? first : e;
		size += bytes_of(e).n;
	}
	if (first)
		report_file(c, first, NULL, SPAN_EMPTY, span_str(arena_printf(check_arena(c), "%zu", (size + 1023) / 1024)), count);
}

/* with: one, all (octets). Pictures that the mail carries with it. Cases: one (a large one), all (large together; then nothing is said of each). */
CHECK(embedded_pictures_large)
{
	size_t one = (size_t)rule_setting_int(check_rule(c), "one", 200000), all = (size_t)rule_setting_int(check_rule(c), "all", 1000000);
	const struct entity *last = NULL;
	size_t total = 0, count = 0;

	for (size_t i = 0; i < m->mime.n; i++) {
		const struct entity *e = m->mime.all[i];
		if (!is_file(e) || !is_embedded_picture(e))
			continue;
		total += bytes_of(e).n;
		count++;
		last = e;
	}
	if (total > all) {
		report_file(c, last, "all", SPAN_EMPTY, span_str(arena_printf(check_arena(c), "%zu", (total + 1023) / 1024)), count);
		return;
	}
	for (size_t i = 0; total > one && i < m->mime.n; i++) {
		const struct entity *e = m->mime.all[i];
		size_t size = is_file(e) && is_embedded_picture(e) ? bytes_of(e).n : 0;
		if (size > one)
			report_file(c, e, "one", SPAN_EMPTY, span_str(arena_printf(check_arena(c), "%zu", (size + 1023) / 1024)), 1);
	}
}
