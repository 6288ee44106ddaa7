/* Fuzz target: what preflight reads of DNS. The first byte chooses: an answer as bytes, a snapshot, a single record, or zones for SPF and DMARC.
 * May not write a file or keep anything between two inputs. */
#define _GNU_SOURCE
#include <glib.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "preflight/dkim_key.h"
#include "preflight/dmarc.h"
#include "preflight/snapshot.h"
#include "preflight/spf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const enum dns_type types[] = { DNS_A, DNS_NS, DNS_CNAME, DNS_SOA, DNS_PTR, DNS_MX, DNS_TXT, DNS_AAAA, DNS_TLSA, DNS_SPF };

static void check_text(const char *text)
{
	for (const char *at = text; *at; at++)
		g_assert(*at >= ' ' && *at <= '~');
}

/* What every check of preflight takes for granted. */
static void check_answer(struct arena *arena, const struct dns_answer *answer)
{
	g_assert((answer->status == DNS_FOUND) == (answer->n_records > 0));
	g_assert(answer->status != DNS_UNKNOWN || answer->reason);
	for (size_t i = 0; i < answer->n_records; i++) {
		const struct dns_record *record = &answer->records[i];
		size_t sum = 0;
		for (unsigned k = 0; k < record->n_strings; k++)
			sum += record->string_sizes[k];
		if (answer->type == DNS_A || answer->type == DNS_AAAA)
			g_assert(record->data.n == (answer->type == DNS_A ? 4 : 16));
		if (answer->type == DNS_TXT || answer->type == DNS_SPF)
			g_assert(record->n_strings > 0 && sum == record->data.n);
		g_assert(strlen(dns_record_text(arena, answer->type, record)) >= record->data.n || answer->type == DNS_A || answer->type == DNS_AAAA);
	}
}

static void read_bytes(struct arena *arena, uint8_t choice, const uint8_t *bytes, size_t n)
{
	struct dns_answer answer = { .name = "a.example", .type = types[choice % G_N_ELEMENTS(types)] };

	dns_read_answer(arena, bytes, (int)MIN(n, 65535), &answer);
	check_answer(arena, &answer);
}

/* A file that is none on a disk. */
static void read_snapshot(struct arena *arena, const uint8_t *bytes, size_t n)
{
	int file = memfd_create("snapshot", 0);
	char path[64];
	char *error = NULL;

	g_assert(file >= 0 && write(file, bytes, n) == (ssize_t)n);
	g_snprintf(path, sizeof path, "/proc/self/fd/%d", file);
	GPtrArray *answers = snapshot_read(arena, path, &error);
	close(file);
	g_assert(!answers == !!error);
	for (guint i = 0; answers && i < answers->len; i++)
		check_answer(arena, answers->pdata[i]);
	if (answers)
		g_ptr_array_free(answers, TRUE);
	g_free(error);
}

static void read_record(struct arena *arena, struct span text)
{
	struct dmarc_record record;
	struct dkim_key key = dkim_key_read(arena, text);

	g_assert((key.fault == DKIM_KEY_GOOD) == (key.key != NULL));
	public_key_free(key.key);
	if (dmarc_read(text, &record))
		dmarc_policy_name(record.p);
}

/* --- zones: the pieces between line ends answer the questions in turn ------------------------------------------------------------------ */

struct zone {
	struct arena *arena;
	struct span rest;
	unsigned asked;
};

static void answer(void *data, struct dns_answer *out)
{
	struct zone *zone = data;
	size_t end = span_find_byte(zone->rest, '\n', 0);
	struct span piece = span_cut(zone->rest, 0, end);
	struct dns_record *records = ARENA_ARRAY(zone->arena, struct dns_record, 16);
	unsigned *sizes = ARENA_ARRAY(zone->arena, unsigned, 1);

	zone->asked++;
	zone->rest = span_cut(zone->rest, MIN(end + 1, zone->rest.n), zone->rest.n);
	out->status = piece.n == 0 ? DNS_NXDOMAIN : piece.p[0] == '?' ? DNS_UNKNOWN : piece.p[0] == '-' ? DNS_NODATA : DNS_FOUND;
	out->reason = out->status == DNS_UNKNOWN ? "timeout" : NULL;
	if (out->status != DNS_FOUND)
		return;
	out->records = records;
	/* Names and texts with "|" between. */
	for (size_t at = 0; at <= piece.n && out->n_records < 16;) {
		size_t to = span_find_byte(piece, '|', at);
		struct dns_record *record = &records[out->n_records++];
		*record = (struct dns_record){ .data = span_cut(piece, at, to), .ttl = 60 };
		if (out->type == DNS_TXT || out->type == DNS_SPF) {
			sizes[0] = (unsigned)record->data.n;
			record->string_sizes = sizes;
			record->n_strings = 1;
		} else if (out->type == DNS_A || out->type == DNS_AAAA) {
			size_t n = out->type == DNS_A ? 4 : 16;
			char *address = arena_alloc(zone->arena, n);
			memset(address, 1, n);
			memcpy(address, record->data.p, MIN(n, record->data.n));
			record->data = span_of(address, n);
		} else {
			/* A name ends with a NUL, which names of answers do. */
			record->data = span_str(arena_copy(zone->arena, record->data));
		}
		at = to + 1;
	}
}

/* It quotes the term as it stands, whatever bytes that has. */
static void check_fault(struct arena *arena, const struct spf_fault *fault)
{
	for (int language = 0; language < N_LANGUAGES; language++) {
		g_assert(*spf_fault_text(arena, fault, (enum language)language));
		spf_fault_help(arena, fault, (enum language)language);
	}
}

static void evaluate(struct arena *arena, struct dns *dns, struct span address)
{
	struct spf_check check = spf_check(arena, dns, address, "strong-bad@a.example", "mail.a.example");
	size_t n;
	const char *const *lines = spf_evidence(arena, &check, &n);

	g_assert(check.lookups <= SPF_LOOKUPS + 1 && check.voids <= SPF_VOIDS + 1);
	g_assert((check.result == SPF_TEMPERROR || check.result == SPF_PERMERROR) == (check.fault.kind != SPF_NO_FAULT));
	for (size_t i = 0; i < n; i++)
		check_text(lines[i]);
	if (check.fault.kind != SPF_NO_FAULT)
		check_fault(arena, &check.fault);
}

static void read_zones(struct arena *arena, uint8_t choice, struct span text)
{
	struct zone zone = { .arena = arena, .rest = text };
	char *error = NULL;
	struct dns *dns = dns_open(arena, &(struct dns_options){ .source = answer, .source_data = &zone }, &error);

	if (choice & 1) {
		struct dmarc_walk *walk = dmarc_walk(arena, dns, "a.b.c.d.e.f.g.h.i.example");
		g_assert(walk->n <= DMARC_WALK_MAX);
		dmarc_view_9989(walk, choice & 2);
		dmarc_view_7489(arena, dns, &walk->steps[0]);
	} else {
		evaluate(arena, dns, choice & 2 ? span_of("\1\1\1\1", 4) : span_of("\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1\1", 16));
		struct spf_lint lint = spf_lint(arena, dns, "a.example");
		for (size_t i = 0; i < lint.n_faults; i++)
			check_fault(arena, &lint.faults[i]);
	}
	dns_close(dns, &error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	struct arena *arena = arena_new();
	/* Exactly as long as it is, so that a read too far is seen. */
	uint8_t *bytes = g_memdup2(data + 1, size - 1);
	struct span text = span_of(bytes ? (const char *)bytes : "", size - 1);
	uint8_t choice = data[0] >> 2;

	switch (data[0] & 3) {
	case 0:
		read_bytes(arena, choice, (const uint8_t *)text.p, text.n);
		break;
	case 1:
		read_snapshot(arena, (const uint8_t *)text.p, text.n);
		break;
	case 2:
		read_record(arena, text);
		break;
	default:
		read_zones(arena, choice, text);
	}
	g_free(bytes);
	arena_free(arena);
	return 0;
}
