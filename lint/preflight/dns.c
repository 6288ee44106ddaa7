/* Role: asks DNS through c-ares, takes answers apart by the resolver library of libc, and remembers them.
 * May not: judge what a record says. Nothing else in presend uses the network. */
#include "preflight/dns.h"

#include <ares.h>
#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <glib.h>
#include <resolv.h>
#include <string.h>
#include <sys/random.h>
#include <sys/select.h>

#include "base/idn.h"
#include "base/limits.h"
#include "preflight/snapshot.h"

enum {
	UDP_BYTES = 1232, /* what passes without fragments (DNS flag day 2020); larger answers come over TCP */
	SENDINGS = 3,     /* of one question: a server that fails, or does not know EDNS, is asked again */
	LONGEST_NAME = 253,
	LONGEST_LABEL = 63
};

struct question {
	struct dns_answer answer;
	struct dns *dns;
	gint64 deadline; /* microseconds, monotonic */
	int sendings;
	bool plain; /* without EDNS */
	bool done;
	bool used;  /* dns_ask() wanted it, so it belongs into the snapshot */
};

struct dns {
	struct arena *arena;
	struct idn *idn;
	ares_channel channel; /* NULL where a snapshot is replayed, or the source answers */
	GHashTable *questions; /* "type name" to struct question */
	GPtrArray *order;      /* struct question, as they were asked */
	const char *save;
	void (*source)(void *data, struct dns_answer *answer);
	void *source_data;
	gint64 deadline, query_microseconds;
	size_t bytes;
};

static const struct {
	enum dns_type type;
	const char *name;
} type_names[] = {
	{ DNS_A, "A" },     { DNS_NS, "NS" },   { DNS_CNAME, "CNAME" }, { DNS_SOA, "SOA" },   { DNS_PTR, "PTR" },
	{ DNS_MX, "MX" },   { DNS_TXT, "TXT" }, { DNS_AAAA, "AAAA" },   { DNS_TLSA, "TLSA" }, { DNS_SPF, "SPF" },
};

const char *dns_type_name(enum dns_type type)
{
	for (size_t i = 0; i < G_N_ELEMENTS(type_names); i++)
		if (type_names[i].type == type)
			return type_names[i].name;
	return "?";
}

enum dns_type dns_type_of(const char *name)
{
	for (size_t i = 0; i < G_N_ELEMENTS(type_names); i++)
		if (strcmp(type_names[i].name, name) == 0)
			return type_names[i].type;
	return 0;
}

/* --- names ------------------------------------------------------------------------------------------------------------------- */

/* Printable ASCII, blanks among it (macros of SPF make them), without the backslash, which would need to be told from that of an escape. */
static bool is_askable(struct span name)
{
	size_t label = 0;

	if (name.n == 0 || name.n > LONGEST_NAME)
		return false;
	for (size_t i = 0; i < name.n; i++) {
		if (name.p[i] < ' ' || name.p[i] > '~' || name.p[i] == '\\')
			return false;
		if (name.p[i] != '.') {
			label++;
			continue;
		}
		if (label == 0 || label > LONGEST_LABEL)
			return false;
		label = 0;
	}
	return label > 0 && label <= LONGEST_LABEL;
}

static char *small_letters(struct arena *arena, struct span name)
{
	char *out = arena_copy(arena, name);

	for (char *at = out; *at; at++)
		*at = ascii_lower(*at);
	return out;
}

/* The name as it is asked; false where it cannot be one: *out is then what can be shown of it. */
static bool to_question(struct dns *dns, const char *name, const char **out)
{
	struct span given = span_str(name);

	if (given.n > 0 && given.p[given.n - 1] == '.')
		given.n--;
	struct span ascii = given;
	if (!span_is_ascii(given)) {
		if (!dns->idn)
			dns->idn = idn_new();
		ascii = idn_to_ascii(dns->idn, dns->arena, given);
	}
	bool good = is_askable(ascii);
	*out = small_letters(dns->arena, span_cut(good ? ascii : given, 0, LONGEST_NAME + 1));
	return good;
}

const char *dns_reverse_name(struct arena *arena, struct span address)
{
	const unsigned char *byte = (const unsigned char *)address.p;
	char text[4 * 16 + 1];

	if (address.n == 4)
		return arena_printf(arena, "%u.%u.%u.%u.in-addr.arpa", byte[3], byte[2], byte[1], byte[0]);
	g_assert(address.n == 16);
	for (size_t i = 0; i < 16; i++)
		g_snprintf(text + 4 * i, 5, "%x.%x.", byte[15 - i] & 15u, byte[15 - i] >> 4);
	return arena_printf(arena, "%sip6.arpa", text);
}

const char *dns_record_text(struct arena *arena, enum dns_type type, const struct dns_record *record)
{
	char address[INET6_ADDRSTRLEN];
	GString *text = g_string_new(NULL);

	switch (type) {
	case DNS_A:
	case DNS_AAAA:
		inet_ntop(type == DNS_A ? AF_INET : AF_INET6, record->data.p, address, sizeof address);
		g_string_append(text, address);
		break;
	case DNS_TLSA:
		for (size_t i = 0; i < record->data.n; i++)
			g_string_append_printf(text, i < 3 ? "%u " : "%02x", (unsigned char)record->data.p[i]);
		break;
	case DNS_MX:
		g_string_append_printf(text, "%u ", record->preference);
		/* fall through */
	case DNS_NS:
	case DNS_PTR:
	case DNS_CNAME:
		g_string_append_len(text, record->data.n ? record->data.p : ".", record->data.n ? (gssize)record->data.n : 1);
		break;
	default:
		for (size_t i = 0; i < record->data.n; i++) {
			unsigned char byte = (unsigned char)record->data.p[i];
			if (byte < ' ' || byte > '~')
				g_string_append_printf(text, "\\%03u", byte);
			else
				g_string_append_printf(text, byte == '\\' ? "\\%c" : "%c", byte);
		}
	}
	const char *out = arena_copy(arena, span_of(text->str, text->len));
	g_string_free(text, TRUE);
	return out;
}

/* --- answers ----------------------------------------------------------------------------------------------------------------- */

static void settle(struct dns_answer *answer, enum dns_status status, const char *reason)
{
	answer->status = status;
	answer->reason = reason;
	if (status != DNS_FOUND)
		answer->n_records = 0;
}

/* libc writes "\@" and "\032" in names; we write what it stands for, but for dots within a label and what cannot be printed. */
static void unescape(char *name)
{
	char *to = name;

	for (const char *from = name; *from; from++) {
		int number = 0, digits = 0;
		while (*from == '\\' && digits < 3 && ascii_is_digit(from[digits + 1]))
			number = 10 * number + from[++digits] - '0';
		if (digits == 3 && number == ' ') {
			*to++ = ' ';
			from += 3;
		} else if (*from == '\\' && digits == 0 && from[1] && from[1] != '.' && from[1] != '\\') {
			*to++ = *++from;
		} else {
			*to++ = *from;
		}
	}
	*to = '\0';
}

/* A name inside an answer, which may be packed; NULL where it is broken. *used: bytes it takes at from. */
static const char *packed_name(struct arena *arena, ns_msg *message, const unsigned char *from, int *used)
{
	char name[NS_MAXDNAME];

	*used = dn_expand(ns_msg_base(*message), ns_msg_end(*message), from, name, sizeof name);
	if (*used < 0)
		return NULL;
	unescape(name);
	return small_letters(arena, span_str(name));
}

static bool is_of(const ns_rr *rr, const char *owner)
{
	char name[NS_MAXDNAME];

	g_strlcpy(name, ns_rr_name(*rr), sizeof name);
	unescape(name);
	return g_ascii_strcasecmp(name, owner) == 0;
}

/* The strings of a TXT record, each behind its length. */
static bool read_strings(struct arena *arena, struct span raw, struct dns_record *out)
{
	unsigned n = 0, size;

	for (size_t at = 0; at < raw.n; at += 1 + (unsigned char)raw.p[at], n++)
		if (at + 1 + (unsigned char)raw.p[at] > raw.n)
			return false;
	char *joined = arena_alloc(arena, raw.n + 1);
	unsigned *sizes = ARENA_ARRAY(arena, unsigned, n + 1);
	out->data.p = joined;
	for (size_t at = 0; at < raw.n; at += 1 + size) {
		size = (unsigned char)raw.p[at];
		memcpy(joined + out->data.n, raw.p + at + 1, size);
		out->data.n += size;
		sizes[out->n_strings++] = size;
	}
	out->string_sizes = sizes;
	return n > 0;
}

static bool read_soa(struct arena *arena, ns_msg *message, struct span raw, struct dns_record *out)
{
	const unsigned char *at = (const unsigned char *)raw.p, *end = at + raw.n;
	int used;
	const char *server = packed_name(arena, message, at, &used);
	const char *person = server ? packed_name(arena, message, at + used, &used) : NULL;

	if (!person || raw.n < 22)
		return false;
	at = end - 20;
	out->data = span_str(arena_printf(arena, "%s. %s. %u %u %u %u %u", server, person, (unsigned)ns_get32(at), (unsigned)ns_get32(at + 4),
		(unsigned)ns_get32(at + 8), (unsigned)ns_get32(at + 12), (unsigned)ns_get32(at + 16)));
	return true;
}

/* false: broken. */
static bool read_record(struct arena *arena, ns_msg *message, const ns_rr *rr, struct dns_record *out)
{
	struct span raw = span_of((const char *)ns_rr_rdata(*rr), ns_rr_rdlen(*rr));
	size_t name_at = 0;
	const char *name;
	int used;

	*out = (struct dns_record){ .ttl = ns_rr_ttl(*rr) };
	switch ((enum dns_type)ns_rr_type(*rr)) {
	case DNS_A:
	case DNS_AAAA:
		out->data = arena_copy_span(arena, raw);
		return raw.n == (ns_rr_type(*rr) == ns_t_a ? 4 : 16);
	case DNS_TXT:
	case DNS_SPF:
		return read_strings(arena, raw, out);
	case DNS_SOA:
		return read_soa(arena, message, raw, out);
	case DNS_TLSA:
		out->data = arena_copy_span(arena, raw);
		return raw.n > 3;
	case DNS_MX:
		if (raw.n < 3)
			return false;
		out->preference = ns_get16((const unsigned char *)raw.p);
		name_at = 2;
		break;
	default:
		break;
	}
	name = packed_name(arena, message, (const unsigned char *)raw.p + name_at, &used);
	if (!name || name_at + (size_t)used != raw.n)
		return false;
	out->data = strcmp(name, ".") == 0 ? SPAN_EMPTY : span_str(name);
	return true;
}

static int compare_records(const void *a, const void *b)
{
	const struct dns_record *left = a, *right = b;
	int order = memcmp(left->data.p, right->data.p, MIN(left->data.n, right->data.n));

	if (left->preference != right->preference)
		return left->preference < right->preference ? -1 : 1;
	if (order == 0 && left->data.n != right->data.n)
		return left->data.n < right->data.n ? -1 : 1;
	return order;
}

/* Servers turn the order round, and some repeat themselves: a set of records is neither in an order nor has doubles (RFC 2181, section 5). */
static size_t tidy(struct dns_record *records, size_t n)
{
	size_t kept = 0;
	unsigned ttl = G_MAXUINT;

	if (n == 0)
		return 0;
	qsort(records, n, sizeof *records, compare_records);
	for (size_t i = 0; i < n; i++) {
		ttl = MIN(ttl, records[i].ttl);
		if (kept == 0 || compare_records(&records[kept - 1], &records[i]) != 0)
			records[kept++] = records[i];
	}
	for (size_t i = 0; i < kept; i++)
		records[i].ttl = ttl;
	return kept;
}

/* Where a chain of CNAMEs that begins at name ends; NULL with *reason where it does not. */
static const char *follow_aliases(struct arena *arena, ns_msg *message, const char *name, const char **reason)
{
	for (int steps = 0; steps <= LIMIT_DNS_CNAMES; steps++) {
		const char *next = NULL;
		for (int i = 0; i < ns_msg_count(*message, ns_s_an) && !next; i++) {
			struct dns_record record;
			ns_rr rr;
			if (ns_parserr(message, ns_s_an, i, &rr) != 0) {
				*reason = "malformed answer";
				return NULL;
			}
			if (ns_rr_type(rr) != ns_t_cname || !is_of(&rr, name))
				continue;
			if (!read_record(arena, message, &rr, &record)) {
				*reason = "malformed answer";
				return NULL;
			}
			next = arena_copy(arena, record.data);
		}
		if (!next)
			return name;
		name = next;
	}
	*reason = "CNAME loop";
	return NULL;
}

/* The records of the type at the end of the chain; false where one is broken. */
static bool read_records(struct arena *arena, ns_msg *message, const char *owner, struct dns_answer *answer)
{
	int n_all = ns_msg_count(*message, ns_s_an);
	struct dns_record *records = ARENA_ARRAY(arena, struct dns_record, (size_t)n_all + 1);
	size_t n = 0;
	ns_rr rr;

	for (int i = 0; i < n_all; i++) {
		if (ns_parserr(message, ns_s_an, i, &rr) != 0)
			return false;
		if (ns_rr_class(rr) != ns_c_in || (enum dns_type)ns_rr_type(rr) != answer->type || !is_of(&rr, owner))
			continue;
		if (!read_record(arena, message, &rr, &records[n++]))
			return false;
	}
	answer->records = records;
	answer->n_records = tidy(records, n);
	return true;
}

static bool has_soa(ns_msg *message)
{
	ns_rr rr;

	for (int i = 0; i < ns_msg_count(*message, ns_s_ns); i++)
		if (ns_parserr(message, ns_s_ns, i, &rr) == 0 && ns_rr_type(rr) == ns_t_soa)
			return true;
	return false;
}

static const char *failure_name(unsigned code)
{
	static const char *const names[] = { NULL, "FORMERR", "SERVFAIL", NULL, "NOTIMP", "REFUSED" };

	return code < G_N_ELEMENTS(names) && names[code] ? names[code] : "an error that is not known";
}

void dns_read_answer(struct arena *arena, const unsigned char *bytes, int n, struct dns_answer *answer)
{
	const char *reason = NULL;
	ns_msg message;

	if (ns_initparse(bytes, n, &message) != 0) {
		settle(answer, DNS_UNKNOWN, "malformed answer");
		return;
	}
	/* Over TCP it is whole, or it is not known what it lacks. */
	if (ns_msg_getflag(message, ns_f_tc)) {
		settle(answer, DNS_UNKNOWN, "truncated answer");
		return;
	}
	unsigned code = (unsigned)ns_msg_getflag(message, ns_f_rcode);
	bool answers_for_all = ns_msg_getflag(message, ns_f_ra), own_zone = ns_msg_getflag(message, ns_f_aa);
	if (code != ns_r_noerror && code != ns_r_nxdomain) {
		settle(answer, DNS_UNKNOWN, failure_name(code));
		return;
	}
	const char *owner = follow_aliases(arena, &message, answer->name, &reason);
	if (!owner) {
		settle(answer, DNS_UNKNOWN, reason);
		return;
	}
	/* Asked for itself, a CNAME is no alias of the answer. */
	if (answer->type == DNS_CNAME)
		owner = answer->name;
	answer->canonical = owner == answer->name ? NULL : owner;
	answer->authentic = ns_msg_getflag(message, ns_f_ad);
	if (!read_records(arena, &message, owner, answer))
		settle(answer, DNS_UNKNOWN, "malformed answer");
	else if (answer->n_records > 0)
		settle(answer, DNS_FOUND, NULL);
	else if (code == ns_r_nxdomain)
		settle(answer, DNS_NXDOMAIN, NULL);
	else if (!answers_for_all && (!own_zone || (answer->canonical && !has_soa(&message))))
		settle(answer, DNS_UNKNOWN, "the server does not answer for this name (lame)");
	else
		settle(answer, DNS_NODATA, NULL);
}

/* --- asking ------------------------------------------------------------------------------------------------------------------ */

static void send_question(struct question *question);

static void finish(struct question *question, enum dns_status status, const char *reason)
{
	settle(&question->answer, status, reason);
	question->done = true;
}

static void unknown(struct question *question, const char *reason)
{
	finish(question, DNS_UNKNOWN, reason);
}

/* An answer that came and that is for this question. */
static void take_answer(struct question *question, const unsigned char *bytes, int n)
{
	struct dns *dns = question->dns;

	dns->bytes += (size_t)n;
	if (dns->bytes > LIMIT_DNS_BYTES) {
		unknown(question, "too many bytes of answers in one run");
		return;
	}
	dns_read_answer(dns->arena, bytes, n, &question->answer);
	question->done = true;
}

static bool is_failure(const unsigned char *bytes, int n, unsigned *code)
{
	*code = n >= NS_HFIXEDSZ ? bytes[3] & 15u : ns_r_formerr;
	return *code != ns_r_noerror && *code != ns_r_nxdomain;
}

static void on_answer(void *data, int status, int timeouts, unsigned char *bytes, int n)
{
	struct question *question = data;
	unsigned code;

	(void)timeouts;
	if (question->done)
		return;
	if (status == ARES_SUCCESS && is_failure(bytes, n, &code) && question->sendings < SENDINGS) {
		question->plain = code == ns_r_formerr || code == ns_r_notimpl;
		send_question(question);
	} else if (status == ARES_SUCCESS) {
		take_answer(question, bytes, n);
	} else if (status == ARES_ETIMEOUT) {
		unknown(question, "timeout");
	} else if (status == ARES_ECONNREFUSED) {
		unknown(question, "no server answers");
	} else if (status != ARES_EDESTRUCTION) {
		unknown(question, "malformed answer");
	}
}

static void send_question(struct question *question)
{
	unsigned char *bytes = NULL;
	unsigned short id;
	int n;

	question->sendings++;
	if (getrandom(&id, sizeof id, 0) != sizeof id ||
	    ares_create_query(question->answer.name, ns_c_in, (int)question->answer.type, id, 1, &bytes, &n, question->plain ? 0 : UDP_BYTES) !=
		    ARES_SUCCESS) {
		unknown(question, "cannot be asked");
		return;
	}
	/* AD in a question says that the asker wants to know whether DNSSEC held (RFC 6840, section 5.7). */
	bytes[3] |= 0x20;
	ares_send(question->dns->channel, bytes, n, on_answer, question);
	ares_free_string(bytes);
}

/* The question, new or asked before. */
static struct question *question_of(struct dns *dns, const char *name, enum dns_type type)
{
	const char *asked;
	bool good = to_question(dns, name, &asked);
	char *key = arena_printf(dns->arena, "%d %s", (int)type, asked);
	struct question *question = g_hash_table_lookup(dns->questions, key);

	if (question)
		return question;
	question = ARENA_NEW(dns->arena, struct question);
	question->answer = (struct dns_answer){ .name = asked, .type = type };
	question->dns = dns;
	g_hash_table_insert(dns->questions, key, question);
	g_ptr_array_add(dns->order, question);
	if (!good)
		finish(question, DNS_NXDOMAIN, "not a name that DNS can hold");
	else if (dns->source)
		dns->source(dns->source_data, &question->answer);
	else if (!dns->channel)
		unknown(question, "not in the snapshot");
	else if (dns->order->len > LIMIT_DNS_QUESTIONS)
		unknown(question, "too many questions in one run");
	else if (g_get_monotonic_time() >= dns->deadline)
		unknown(question, "no time left");
	if (question->done || dns->source) {
		question->done = true;
		return question;
	}
	question->deadline = g_get_monotonic_time() + dns->query_microseconds;
	send_question(question);
	return question;
}

void dns_want(struct dns *dns, const char *name, enum dns_type type)
{
	question_of(dns, name, type);
}

/* Let c-ares work until something happens, at most until the time is up. */
static void work(struct dns *dns, gint64 until)
{
	gint64 left = MAX(until - g_get_monotonic_time(), 0);
	struct timeval longest = { left / G_USEC_PER_SEC, left % G_USEC_PER_SEC }, wait;
	fd_set readable, writable;

	FD_ZERO(&readable);
	FD_ZERO(&writable);
	int n = ares_fds(dns->channel, &readable, &writable);
	if (select(n, &readable, &writable, NULL, ares_timeout(dns->channel, &longest, &wait)) < 0) {
		FD_ZERO(&readable);
		FD_ZERO(&writable);
	}
	ares_process(dns->channel, &readable, &writable);
}

const struct dns_answer *dns_ask(struct dns *dns, const char *name, enum dns_type type)
{
	struct question *question = question_of(dns, name, type);

	question->used = true;
	while (!question->done) {
		gint64 now = g_get_monotonic_time();
		if (now >= dns->deadline)
			unknown(question, "no time left");
		else if (now >= question->deadline)
			unknown(question, "timeout");
		else
			work(dns, MIN(dns->deadline, question->deadline));
	}
	return &question->answer;
}

/* --- opening and closing ------------------------------------------------------------------------------------------------------- */

/* ADDRESS, ADDRESS:PORT or [V6]:PORT. */
static bool read_resolver(const char *text, struct ares_addr_port_node *out)
{
	g_autofree char *address = NULL;
	const char *port = NULL;
	guint64 number = 53;

	if (*text == '[') {
		const char *end = strchr(text, ']');
		if (!end || (end[1] && end[1] != ':'))
			return false;
		address = g_strndup(text + 1, (gsize)(end - text - 1));
		port = end[1] ? end + 2 : NULL;
	} else {
		const char *colon = strchr(text, ':');
		bool is_v6 = colon && strchr(colon + 1, ':');
		address = colon && !is_v6 ? g_strndup(text, (gsize)(colon - text)) : g_strdup(text);
		port = colon && !is_v6 ? colon + 1 : NULL;
	}
	if (port && !g_ascii_string_to_unsigned(port, 10, 1, 65535, &number, NULL))
		return false;
	*out = (struct ares_addr_port_node){ .udp_port = (int)number, .tcp_port = (int)number };
	out->family = strchr(address, ':') ? AF_INET6 : AF_INET;
	return inet_pton(out->family, address, &out->addr) == 1;
}

static bool open_channel(struct dns *dns, const struct dns_options *options, char **error)
{
	struct ares_options settings = { .flags = ARES_FLAG_NOCHECKRESP | ARES_FLAG_EDNS | ARES_FLAG_STAYOPEN, .tries = 2, .ednspsz = UDP_BYTES };
	struct ares_addr_port_node server;
	int mask = ARES_OPT_FLAGS | ARES_OPT_TRIES | ARES_OPT_TIMEOUTMS | ARES_OPT_EDNSPSZ | ARES_OPT_ROTATE;

	if (options->resolver && !read_resolver(options->resolver, &server)) {
		*error = g_strdup_printf("%s: must be ADDRESS, ADDRESS:PORT or [V6]:PORT", options->resolver);
		return false;
	}
	/* The second try of c-ares waits twice as long as the first. */
	settings.timeout = (int)MAX(dns->query_microseconds / 3000, 1);
	int status = ares_library_init(ARES_LIB_INIT_ALL);
	if (status == ARES_SUCCESS)
		status = ares_init_options(&dns->channel, &settings, mask);
	if (status == ARES_SUCCESS && options->resolver)
		status = ares_set_servers_ports(dns->channel, &server);
	if (status != ARES_SUCCESS)
		*error = g_strdup_printf("DNS: %s", ares_strerror(status));
	return status == ARES_SUCCESS;
}

/* The questions of a snapshot, already answered. */
static bool open_replay(struct dns *dns, const char *path, char **error)
{
	GPtrArray *answers = snapshot_read(dns->arena, path, error);

	if (!answers)
		return false;
	for (guint i = 0; i < answers->len; i++) {
		const struct dns_answer *answer = answers->pdata[i];
		struct question *question = ARENA_NEW(dns->arena, struct question);
		*question = (struct question){ .answer = *answer, .dns = dns, .done = true };
		g_hash_table_insert(dns->questions, arena_printf(dns->arena, "%d %s", (int)answer->type, answer->name), question);
		g_ptr_array_add(dns->order, question);
	}
	g_ptr_array_free(answers, TRUE);
	return true;
}

static void dns_free(struct dns *dns)
{
	if (dns->channel)
		ares_destroy(dns->channel);
	if (dns->channel)
		ares_library_cleanup();
	idn_free(dns->idn);
	g_hash_table_destroy(dns->questions);
	g_ptr_array_free(dns->order, TRUE);
}

static void set_limits(struct dns *dns, const struct dns_options *options)
{
	double total = options->total_seconds > 0 ? options->total_seconds : DNS_TOTAL_SECONDS;
	double query = options->query_seconds > 0 ? options->query_seconds : MIN(DNS_QUERY_SECONDS, total / 5);

	dns->query_microseconds = (gint64)(query * G_USEC_PER_SEC);
	dns->deadline = g_get_monotonic_time() + (gint64)(total * G_USEC_PER_SEC);
}

struct dns *dns_open(struct arena *arena, const struct dns_options *options, char **error)
{
	struct dns *dns = ARENA_NEW(arena, struct dns);

	dns->arena = arena;
	dns->questions = g_hash_table_new(g_str_hash, g_str_equal);
	dns->order = g_ptr_array_new();
	dns->save = options->save;
	set_limits(dns, options);
	dns->source = options->source;
	dns->source_data = options->source_data;
	if (dns->source || (options->replay ? open_replay(dns, options->replay, error) : open_channel(dns, options, error)))
		return dns;
	dns_free(dns);
	return NULL;
}

bool dns_close(struct dns *dns, char **error)
{
	bool good = true;

	if (dns->save) {
		GPtrArray *answers = g_ptr_array_new();
		for (guint i = 0; i < dns->order->len; i++) {
			struct question *question = dns->order->pdata[i];
			if (question->used)
				g_ptr_array_add(answers, &question->answer);
		}
		good = snapshot_write(dns->arena, dns->save, answers, error);
		g_ptr_array_free(answers, TRUE);
	}
	dns_free(dns);
	return good;
}
