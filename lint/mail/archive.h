/* Names of the files in an archive: ZIP, RAR (versions 4 and 5), tar, and what gzip holds. Lists are read and contents skipped; of gzip
 * only as much is unpacked as the names need, in pieces, within LIMIT_ARCHIVE_UNPACKED_BYTES. Sources: APPNOTE 6.3.10; POSIX pax;
 * RFC 1952; RAR technotes 4 and 5. */
#ifndef PRESEND_MAIL_ARCHIVE_H
#define PRESEND_MAIL_ARCHIVE_H

#include <stdint.h>

#include "base/span.h"

enum archive_kind {
	ARCHIVE_NONE,   /* not known as an archive */
	ARCHIVE_ZIP,
	ARCHIVE_RAR,
	ARCHIVE_TAR,
	ARCHIVE_GZIP,   /* one compressed file; a tar in gzip is walked as ARCHIVE_TAR */
	ARCHIVE_UNREAD  /* 7z, bzip2, xz, zstd, LHA: the list is compressed itself or not read here */
};

struct archive_entry {
	struct span name;  /* as it stands there, in any charset; gone after the call */
	bool encrypted;
};

struct archive_result {
	enum archive_kind kind;
	bool whole;            /* every name was seen */
	bool encrypted_list;   /* the list of names itself is encrypted */
	size_t n;              /* entries */
};

typedef void (*archive_visitor)(const struct archive_entry *entry, void *data);

/* The kind by the first bytes. */
enum archive_kind archive_kind_of(struct span bytes);
/* Call visit for each file, in the order of the archive. Never fails; damaged or too large: whole is false. Cost linear in the bytes and
 * bounded in what they unpack to. */
struct archive_result archive_walk(struct span bytes, archive_visitor visit, void *data);

#endif
