/* Questions to DNS: asked once in a run, remembered, never waited for beyond a limit; from the network or from a snapshot (snapshot.h).
 * The only way of preflight to the network. Not for two threads at once. */
#ifndef PRESEND_PREFLIGHT_DNS_H
#define PRESEND_PREFLIGHT_DNS_H

#include "base/arena.h"
#include "base/span.h"

struct dns;

enum dns_type {
	DNS_A = 1,
	DNS_NS = 2,
	DNS_CNAME = 5,
	DNS_SOA = 6,
	DNS_PTR = 12,
	DNS_MX = 15,
	DNS_TXT = 16,
	DNS_AAAA = 28,
	DNS_TLSA = 52,
	DNS_SPF = 99 /* given up by RFC 7208, section 3.1; asked to tell who still has one */
};

enum dns_status {
	DNS_FOUND,
	DNS_NODATA,
	DNS_NXDOMAIN,
	DNS_UNKNOWN /* timeout, SERVFAIL, refused, malformed, out of time, not in the snapshot */
};

struct dns_record {
	/* TXT, SPF: the strings joined, any bytes. A, AAAA: 4 or 16 bytes. MX, NS, PTR, CNAME: a name in small letters without the dot at
	 * its end; of the root, as in a null MX, empty. SOA: its seven values as in a zone file, parted by spaces. TLSA: the bytes of the
	 * record: usage, selector, matching type, and what is matched. */
	struct span data;
	unsigned preference;          /* MX */
	const unsigned *string_sizes; /* TXT, SPF: n_strings sizes that add up to data.n */
	unsigned n_strings;
	unsigned ttl; /* of all records of the answer the smallest */
};

struct dns_answer {
	const char *name; /* as it was asked: A-labels, small letters, no dot at the end */
	enum dns_type type;
	enum dns_status status;
	const char *reason;    /* of DNS_UNKNOWN, and of DNS_NXDOMAIN where the name cannot be one and was not asked; else NULL */
	const char *canonical; /* the end of a chain of CNAMEs; NULL where there is none */
	const struct dns_record *records; /* by preference, then by their bytes; no two are the same. From a snapshot: as they stand there */
	size_t n_records;                 /* 0 unless DNS_FOUND */
	bool authentic;                   /* the resolver says that DNSSEC held (AD) */
};

struct dns_options {
	const char *resolver;                /* ADDRESS, ADDRESS:PORT or [V6]:PORT; NULL: those of the system */
	const char *replay;                  /* a snapshot to answer from, without network; NULL */
	const char *save;                    /* where to write a snapshot; NULL */
	void (*source)(void *data, struct dns_answer *answer); /* who answers in place of the network: zones of tests. Sets status, reason, records, n_records; NULL */
	void *source_data;
	double query_seconds, total_seconds; /* for one question and for all; 0: a fifth of all, DNS_TOTAL_SECONDS */
};

#define DNS_QUERY_SECONDS 6.0 /* at most */
#define DNS_TOTAL_SECONDS 30.0

/* NULL with *error (g_free() it) where the resolver is no address or the snapshot is broken. Answers live in the arena. */
struct dns *dns_open(struct arena *arena, const struct dns_options *options, char **error);
/* Start to ask, beside other questions; dns_ask() then waits less. Only what dns_ask() was asked for gets into a snapshot. */
void dns_want(struct dns *dns, const char *name, enum dns_type type);
/* Never NULL. name: UTF-8 or A-labels, with or without a dot at the end. */
const struct dns_answer *dns_ask(struct dns *dns, const char *name, enum dns_type type);
/* What a server answered to the question of *answer (name and type), taken apart; hostile bytes. What it holds lives in the arena. */
void dns_read_answer(struct arena *arena, const unsigned char *bytes, int n, struct dns_answer *answer);
/* Writes the snapshot and frees what is not in the arena. false with *error (g_free() it) where it cannot be written. */
bool dns_close(struct dns *dns, char **error);

/* "TXT"; never NULL for the types above. */
const char *dns_type_name(enum dns_type type);
/* 0 where there is none of the name. */
enum dns_type dns_type_of(const char *name);
/* A record as in a zone file, printable; the strings of a TXT record joined and without quotes. */
const char *dns_record_text(struct arena *arena, enum dns_type type, const struct dns_record *record);
/* The name below in-addr.arpa or ip6.arpa of an address of 4 or 16 bytes. */
const char *dns_reverse_name(struct arena *arena, struct span address);

#endif
