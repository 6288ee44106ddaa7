/* Tags in header fields: each language in each field that a rule looks at, whole values and parts of them, is no fault; what is wrong beside a tag
 * is still told. Sources of the wants: the RFCs of the fields (5322, 2045, 2047, 2369, 2919, 8058) for what stands around the tag; what a tag becomes
 * nobody knows. */
#include <check.h>
#include <glib.h>
#include <stdlib.h>
#include <string.h>

#include "draft_file.h"
#include "doc/message.h"
#include "rule/check.h"
#include "rule/engine.h"

static const struct {
	const char *ending, *tag, *other;
} languages[] = {
	{ "mustache", "{{shop}}", "{{code}}" },
	{ "hbs", "{{{shop}}}", "{{{user.code}}}" },
	{ "hbs", "{{#if shop}}{{shop}}{{else}}{{code}}{{/if}}", "{{code}}" },
	{ "liquid", "{{ shop | default: \"x\" }}", "{{ code }}" },
	{ "j2", "{{ shop|default(\"x y\", true) }}", "{{ code }}" },
	{ "j2", "{% if shop %}{{ shop }}{% else %}{{ other }}{% endif %}", "{{ code }}" },
	{ "twig", "{{ shop }}", "{{ code|trans }}" },
	{ "django", "{{ shop|default:\"x\" }}", "{{ code }}" },
	{ "gotmpl", "{{ .Shop }}", "{{.Code}}" },
	{ "gotmpl", "{{if .Shop}}{{.Shop}}{{else}}{{.Other}}{{end}}", "{{.Code}}" },
	{ "erb", "<%= @shop %>", "<%= code %>" },
	{ "ejs", "<%- shop %>", "<%= code %>" },
	{ "php", "<?= $shop ?>", "<?= $code ?>" },
	{ "tt", "[% shop %]", "[% code %]" },
	{ "tmpl", "*|SHOP|*", "*|CODE|*" },
	{ "tmpl", "%%shop%%", "%%code%%" },
	{ "tmpl", "%%=v(@shop)=%%", "%%=v(@code)=%%" },
	{ "tmpl", "%recipient.shop%", "%recipient.code%" },
	{ "tmpl", "${shop}", "${code}" },
	{ "tmpl", "{!Contact.Shop}", "{!Contact.Code}" },
	{ "tmpl", "##shop##", "##code##" },
};

/* "@1" and "@2" are the tags of the language. */
#define MAILBOXES "@1\n@1 <a@hanami-books.jp>\n\"@1\" <a@hanami-books.jp>\nAoi <@1>\nAoi <@1@hanami-books.jp>\nAoi <a@@1>\nAoi <a@@1.hanami-books.jp>\n" \
		  "@1 <@2>\n\"@1 of Hanami, Inc.\" <a@hanami-books.jp>\nAoi (@1) <a@hanami-books.jp>"
#define ADDRESS "@1\n<@1>\n<https://hanami-books.jp/@1>\n<https://@1/x>\n<mailto:@1>\n<mailto:a@hanami-books.jp?subject=@1>"
#define ANY "@1\na @1 b"
#define IDS "@1\n<@1>\n<@1@hanami-books.jp>\n<a@@1>\n<@1.@2@hanami-books.jp>"

/* values: one a line. */
static const struct {
	const char *field, *values;
} fields[] = {
	{ "From", MAILBOXES }, { "Sender", MAILBOXES }, { "To", MAILBOXES "\n@1, @2\n@1 <a@hanami-books.jp>, \"@2\" <@1>" }, { "Cc", MAILBOXES },
	{ "Reply-To", MAILBOXES }, { "Errors-To", "@1" },
	{ "Subject", "@1\nHello @1\n@1様、11 月号\nRe: @1\n[@1] @2 news\n@1 @2 @1\nHello @1, your @2 is here" },
	{ "Date", "@1\nTue, @1 Nov 2026 10:00:00 +0900\n@1 10:00:00 +0900\nTue, 24 Nov 2026 10:00:00 @1" },
	{ "Message-ID", IDS }, { "In-Reply-To", IDS }, { "References", IDS "\n<a@hanami-books.jp> <@1@@2>\n@1 @2" }, { "Content-ID", IDS },
	{ "List-Id", "@1\n<@1>\n@1 <news.hanami-books.jp>\nAoi <@1.hanami-books.jp>\nAoi <news.@1>\n\"@1\" <@2>" },
	{ "List-Unsubscribe", ADDRESS "\n<https://@1/u/@2>, <mailto:@1@hanami-books.jp>\n<@1>, <@2>\n@1, @2\n<https://hanami-books.jp/u?id=@1&l=@2>" },
	{ "List-Unsubscribe-Post", "@1\nList-Unsubscribe=@1" },
	{ "List-Help", ADDRESS }, { "List-Archive", ADDRESS }, { "List-Owner", ADDRESS }, { "List-Post", ADDRESS },
	{ "Feedback-ID", "@1\n@1:@2:@1:hanami\nnov:@1:news:@2\n@1:hanami" },
	{ "MIME-Version", "@1\n1.0 (@1)" },
	{ "Content-Type", "@1\ntext/plain; charset=@1\ntext/plain; charset=\"@1\"\ntext/@1; charset=utf-8\n@1/plain\ntext/plain; charset=utf-8; format=@1\n"
			  "text/plain; @1\ntext/plain; charset=utf-8; name=\"@1.txt\"\ntext/plain; charset=utf-8; delsp=@1; format=@2" },
	{ "Content-Transfer-Encoding", "@1" }, { "Content-Disposition", "@1\ninline; filename=\"@1.txt\"\ninline; filename=@1" },
	{ "Content-Description", ANY }, { "Content-Language", ANY }, { "Precedence", ANY }, { "Auto-Submitted", ANY }, { "X-Mailer", ANY }, { "X-Priority", ANY },
	{ "Importance", ANY }, { "Organization", ANY }, { "Comments", ANY }, { "Keywords", ANY }, { "X-Campaign", ANY }, { "Expires", "@1" },
	{ "CFBL-Address", "@1\nfbl@@1; report=arf\n@1@hanami-books.jp; report=@2" }, { "BIMI-Selector", "@1\nv=BIMI1; s=@1" },
	{ "Archived-At", "@1\n<@1>" }, { "X-SMTPAPI", "@1\n{\"unique_args\":{\"id\":\"@1\"}}" }, { "X-Mailgun-Variables", "{\"a\": \"@1\"}" },
};

static const char *const around[][2] = {
	{ "From", "Hanami Books <news@hanami-books.jp>" },
	{ "To", "Ken Sato <ken@hanami-readers.jp>" },
	{ "Subject", "Books of November: what our readers liked" },
	{ "List-Unsubscribe", "<https://hanami-books.jp/u/9f3c1b7de1a2b3c4d5>, <mailto:u+9f3c1b7de1a2b3c4d5@hanami-books.jp>" },
	{ "List-Unsubscribe-Post", "List-Unsubscribe=One-Click" },
	{ "List-Id", "Hanami news <news.hanami-books.jp>" },
	{ "MIME-Version", "1.0" },
	{ "Content-Type", "text/plain; charset=utf-8" },
	{ "Content-Transfer-Encoding", "8bit" },
};

static const char letter[] = "\nDear reader,\n\nThese are the books that our readers liked best this month. The full list, with reviews by the staff of our shop\n"
			     "in Jimbocho, is on our site:\nhttps://hanami-books.jp/list\n\nUnsubscribe: https://hanami-books.jp/u/9f3c1b7de1a2b3c4d5\n"
			     "Hanami Books, 1-2-3 Jimbocho, Chiyoda-ku, Tokyo 101-0051\n";

static char *fill(const char *value, const char *tag, const char *other)
{
	GString *out = g_string_new(value);

	g_string_replace(out, "@1", tag, 0);
	g_string_replace(out, "@2", other, 0);
	return g_string_free(out, FALSE);
}

static struct engine *engine;
static struct engine_worker *worker;

/* The template with this field; the rules that find a fault in it, with blanks between. */
static char *lint(const char *ending, const char *field, const char *value)
{
	GString *in = g_string_new(NULL), *found = g_string_new(NULL);
	struct draft_file draft;
	bool there = false;

	for (size_t i = 0; i < G_N_ELEMENTS(around); i++) {
		bool same = strcmp(around[i][0], field) == 0;
		there |= same;
		g_string_append_printf(in, "%s: %s\n", around[i][0], same ? value : around[i][1]);
	}
	if (!there)
		g_string_append_printf(in, "%s: %s\n", field, value);
	g_string_append(in, letter);
	draft_file_init(&draft, in->str, in->len);
	char *path = g_strdup_printf("may.eml.%s", ending);
	struct line_index lines = line_index_new(draft.arena, draft.file->bytes);
	struct message *message =
		message_new(path, draft.file, &lines, (struct range){ 0, in->len }, 0, INPUT_TEMPLATE, TEMPLATE_MESSAGE);
	struct message_result *result = engine_run(worker, message);
	for (size_t k = 0; k < result->n_findings; k++)
		if (result->findings[k].severity != SEVERITY_INFO)
			g_string_append_printf(found, "%s%s", found->len ? " " : "", result->findings[k].rule->id);
	message_result_free(result);
	message_free(message);
	draft_file_release(&draft);
	g_string_free(in, TRUE);
	g_free(path);
	return g_string_free(found, FALSE);
}

START_TEST(tag_is_no_fault)
{
	for (size_t i = 0; i < G_N_ELEMENTS(fields); i++) {
		char **values = g_strsplit(fields[i].values, "\n", -1);
		for (char **value = values; *value; value++) {
			char *filled = fill(*value, languages[_i].tag, languages[_i].other);
			char *found = lint(languages[_i].ending, fields[i].field, filled);
			ck_assert_msg(!*found, "%s: %s (.%s): %s", fields[i].field, filled, languages[_i].ending, found);
			g_free(found);
			g_free(filled);
		}
		g_strfreev(values);
	}
}
END_TEST

static const struct {
	const char *field, *value, *want;
} near_misses[] = {
	{ "From", "Hanami @1 <news@hanami-books..jp>", "from-address-invalid" },
	{ "From", "Hanami @1 <news.hanami-books.jp>", "from-address-invalid" },
	{ "From", "Hanami, @1 <news@hanami-books.jp>", "from-several-addresses" },
	{ "To", "Hello @1", "address-list-malformed" },
	{ "Reply-To", "@1 <reply@>", "address-list-malformed" },
	{ "Sender", "@1 <office@@hanami-books.jp>", "address-list-malformed" },
	{ "Subject", "=?utf-8?q?Hello_{{_shop_}}?=", "tag-in-encoded-word" },
	{ "Subject", "=?utf-8?q?Hello_{{sh?= =?utf-8?q?op}}?=", "tag-in-encoded-word" },
	{ "Subject", "{{ shop } and @1", "tag-unclosed" },
	{ "Date", "Tue, 32 Nov 2026 10:00:00 +0900", "date-impossible" },
	{ "List-Unsubscribe", "<https://u:p@hanami-books.jp/u/@1>", "unsubscribe-uri" },
	{ "List-Unsubscribe", "<https://192.0.2.1/u/@1>", "unsubscribe-uri" },
	{ "List-Unsubscribe", "https://hanami-books.jp/u/@1", "unsubscribe-syntax" },
	{ "List-Unsubscribe-Post", "List-Unsubscribe=one-click", "unsubscribe-post-value" },
	{ "MIME-Version", "2.0", "mime-version-missing" },
	{ "Content-Type", "text/plain; charset=utf-88", "charset-unknown" },
	{ "Content-Transfer-Encoding", "8-bit", "transfer-encoding-unknown" },
	{ "Feedback-ID", "a:b", "feedback-id-malformed" },
};

START_TEST(fault_beside_a_tag)
{
	for (size_t i = 0; i < G_N_ELEMENTS(languages); i++) {
		char *filled = fill(near_misses[_i].value, languages[i].tag, languages[i].other);
		char *found = lint(languages[i].ending, near_misses[_i].field, filled);
		ck_assert_msg(strcmp(found, near_misses[_i].want) == 0, "%s: %s (.%s): %s, not %s", near_misses[_i].field, filled, languages[i].ending,
			      *found ? found : "nothing", near_misses[_i].want);
		g_free(found);
		g_free(filled);
	}
}
END_TEST

int main(void)
{
	struct rule_set rules = *builtin_rules();
	struct lint_options options = { 0 };
	TCase *tcase = tcase_create("fields");

	message_library_init();
	engine = engine_new(&rules, &options);
	worker = engine_worker_new(engine);
	tcase_set_timeout(tcase, 120);
	tcase_add_loop_test(tcase, tag_is_no_fault, 0, N_ROWS(languages));
	tcase_add_loop_test(tcase, fault_beside_a_tag, 0, N_ROWS(near_misses));
	int failed = run_case("template fields", tcase);
	engine_worker_free(worker);
	engine_free(engine);
	return failed;
}
