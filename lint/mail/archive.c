/* Names of the files in an archive. Each walk moves on by a fixed least step and ends at a cap, so no size that a file claims is believed.
 * gzip is unpacked by GIO's decompressor (zlib), which GMime has loaded anyway. */
#include "mail/archive.h"

#include <gio/gio.h>
#include <string.h>

#include "base/limits.h"

struct walk {
	archive_visitor visit;
	void *data;
	struct archive_result result;
};

static void tell(struct walk *walk, struct span name, bool encrypted)
{
	struct archive_entry entry = { name, encrypted };

	walk->result.n++;
	walk->visit(&entry, walk->data);
}

static bool is_full(const struct walk *walk)
{
	return walk->result.n >= LIMIT_ARCHIVE_ENTRIES;
}

static uint64_t little(struct span s, size_t at, size_t n)
{
	uint64_t value = 0;

	if (at > s.n || s.n - at < n)
		return 0;
	for (size_t i = n; i > 0; i--)
		value = value << 8 | (unsigned char)s.p[at + i - 1];
	return value;
}

/* --- ZIP ---------------------------------------------------------------------------------------------------------------------------- */

enum { ZIP_END_BYTES = 22, ZIP_ENTRY_BYTES = 46, ZIP_COMMENT_MOST = 65535 };

/* Where the central directory begins and ends (APPNOTE 4.3.16). The size leads to it, since the offset is wrong where something stands in
 * front of the archive. */
static bool zip_directory(struct span zip, size_t *start, size_t *end)
{
	size_t least = zip.n > (size_t)ZIP_END_BYTES + ZIP_COMMENT_MOST ? zip.n - ZIP_END_BYTES - ZIP_COMMENT_MOST : 0;

	for (size_t i = zip.n >= ZIP_END_BYTES ? zip.n - ZIP_END_BYTES + 1 : 0; i > least; i--) {
		if (memcmp(zip.p + i - 1, "PK\5\6", 4) != 0)
			continue;
		size_t size = (size_t)little(zip, i - 1 + 12, 4);
		*end = i - 1;
		*start = size <= *end ? *end - size : 0;
		return true;
	}
	return false;
}

static void walk_zip(struct walk *walk, struct span zip)
{
	size_t at = 0, end = 0, claimed;

	if (!zip_directory(zip, &at, &end))
		return;
	claimed = (size_t)little(zip, end + 10, 2);
	struct span list = span_cut(zip, 0, end);
	/* Entries of the central directory: APPNOTE 4.3.12. */
	while (at + ZIP_ENTRY_BYTES <= end && memcmp(zip.p + at, "PK\1\2", 4) == 0 && !is_full(walk)) {
		size_t name = (size_t)little(zip, at + 28, 2);
		tell(walk, span_cut(list, at + ZIP_ENTRY_BYTES, at + ZIP_ENTRY_BYTES + name), little(zip, at + 8, 2) & 1);
		at += ZIP_ENTRY_BYTES + name + (size_t)little(zip, at + 30, 2) + (size_t)little(zip, at + 32, 2);
	}
	/* The number is cut to 16 bits in large archives. */
	walk->result.whole = (walk->result.n & 0xFFFF) == claimed || claimed == 0xFFFF;
	if (is_full(walk))
		walk->result.whole = false;
}

/* --- RAR ---------------------------------------------------------------------------------------------------------------------------- */

enum { RAR4_ARCHIVE = 0x73, RAR4_FILE = 0x74, RAR4_END = 0x7B, RAR4_HAS_DATA = 0x8000, RAR4_LIST_ENCRYPTED = 0x80, RAR4_ENCRYPTED = 0x04,
       RAR4_LARGE = 0x100 };

static void walk_rar4(struct walk *walk, struct span rar)
{
	for (size_t at = 7; at + 7 <= rar.n && !is_full(walk);) {
		unsigned type = (unsigned char)rar.p[at + 2], flags = (unsigned)little(rar, at + 3, 2);
		size_t size = (size_t)little(rar, at + 5, 2);
		uint64_t packed = flags & RAR4_HAS_DATA || type == RAR4_FILE ? little(rar, at + 7, 4) : 0;
		if (size < 7 || size > rar.n - at)
			return;
		if (type == RAR4_END) {
			walk->result.whole = true;
			return;
		}
		if (type == RAR4_ARCHIVE && flags & RAR4_LIST_ENCRYPTED) {
			walk->result.encrypted_list = true;
			return;
		}
		if (type == RAR4_FILE) {
			size_t start = at + (flags & RAR4_LARGE ? 40 : 32), n = (size_t)little(rar, at + 26, 2);
			/* Behind a NUL the name stands once more, in a code of RAR's own; the ending is ASCII. */
			struct span name = span_cut(span_cut(rar, 0, at + size), start, start + n);
			name.n = span_find_byte(name, '\0', 0);
			packed |= flags & RAR4_LARGE ? little(rar, at + 32, 4) << 32 : 0;
			tell(walk, name, flags & RAR4_ENCRYPTED);
		}
		if (packed > rar.n - at - size)
			return;
		at += size + (size_t)packed;
		/* Old archives have no end block. */
		walk->result.whole = at == rar.n;
	}
}

/* A number of RAR 5: seven bits a byte, least first; false where it does not end in time. */
static bool rar5_number(struct span s, size_t *at, uint64_t *out)
{
	*out = 0;
	for (unsigned shift = 0; shift < 63 && *at < s.n; shift += 7) {
		unsigned char byte = (unsigned char)s.p[(*at)++];
		*out |= (uint64_t)(byte & 0x7F) << shift;
		if (!(byte & 0x80))
			return true;
	}
	return false;
}

/* Is there a record of encryption (type 1) in the extra area of a file block? */
static bool rar5_is_encrypted(struct span extra)
{
	uint64_t size, type;

	for (size_t at = 0; at < extra.n;) {
		if (!rar5_number(extra, &at, &size) || size == 0 || size > extra.n - at)
			return false;
		size_t inside = at;
		if (rar5_number(extra, &inside, &type) && type == 1)
			return true;
		at += (size_t)size;
	}
	return false;
}

/* A file block behind its general fields. */
static void tell_rar5_file(struct walk *walk, struct span block, size_t at, struct span extra)
{
	uint64_t flags, ignored, name;

	if (!rar5_number(block, &at, &flags) || !rar5_number(block, &at, &ignored) || !rar5_number(block, &at, &ignored))
		return;
	at += (flags & 2 ? 4 : 0) + (flags & 4 ? 4 : 0);
	if (rar5_number(block, &at, &ignored) && rar5_number(block, &at, &ignored) && rar5_number(block, &at, &name) && at <= block.n &&
	    name <= block.n - at)
		tell(walk, span_cut(block, at, at + (size_t)name), rar5_is_encrypted(extra));
}

static void walk_rar5(struct walk *walk, struct span rar)
{
	enum { FILE_BLOCK = 2, ENCRYPTION_BLOCK = 4, END_BLOCK = 5, HAS_EXTRA = 1, HAS_DATA = 2 };

	for (size_t at = 8; at + 4 < rar.n && !is_full(walk);) {
		uint64_t size, type, flags, extra = 0, data = 0;
		at += 4; /* CRC */
		if (!rar5_number(rar, &at, &size) || size == 0 || size > rar.n - at)
			return;
		struct span block = span_cut(rar, at, at + (size_t)size);
		size_t inside = 0;
		if (!rar5_number(block, &inside, &type) || !rar5_number(block, &inside, &flags) ||
		    (flags & HAS_EXTRA && !rar5_number(block, &inside, &extra)) || (flags & HAS_DATA && !rar5_number(block, &inside, &data)) ||
		    extra > block.n)
			return;
		if (type == FILE_BLOCK)
			tell_rar5_file(walk, block, inside, span_cut(block, block.n - (size_t)extra, block.n));
		walk->result.encrypted_list = type == ENCRYPTION_BLOCK;
		walk->result.whole = type == END_BLOCK;
		if (type == ENCRYPTION_BLOCK || type == END_BLOCK || data > rar.n - at - size)
			return;
		at += (size_t)size + (size_t)data;
	}
}

/* --- tar ---------------------------------------------------------------------------------------------------------------------------- */

enum { TAR_BLOCK = 512, TAR_LONG_NAME_MOST = 4096 };

/* A tar as a stream: blocks go in, names come out. */
struct tar {
	struct walk *walk;
	uint64_t skip;               /* octets of contents that are still to pass */
	char long_name[TAR_LONG_NAME_MOST];
	size_t n_long;               /* of long_name so far */
	size_t long_left;            /* octets of a long name that are still to come */
	bool is_pax;                 /* long_name collects records of pax */
	bool has_long;               /* the next file bears long_name */
	bool ended, damaged;
};

static uint64_t octal(struct span s)
{
	uint64_t value = 0;

	for (size_t i = 0; i < s.n && value < (uint64_t)1 << 50; i++)
		if (s.p[i] >= '0' && s.p[i] <= '7')
			value = value * 8 + (uint64_t)(s.p[i] - '0');
	return value;
}

/* The sum over the header block with blanks for the sum itself: old tars have no other mark. */
static bool is_tar_block(struct span block)
{
	uint64_t sum = 0;

	if (block.n < TAR_BLOCK || block.p[0] == '\0')
		return false;
	for (size_t i = 0; i < TAR_BLOCK; i++)
		sum += i >= 148 && i < 156 ? ' ' : (unsigned char)block.p[i];
	return sum == octal(span_cut(block, 148, 156));
}

static struct span until_nul(struct span s)
{
	s.n = span_find_byte(s, '\0', 0);
	return s;
}

/* The value of "path" among records "LENGTH KEY=VALUE\n". */
static struct span pax_path(struct span records)
{
	for (size_t at = 0; at < records.n;) {
		size_t blank = span_find_byte(records, ' ', at), end = span_find_byte(records, '\n', at);
		struct span record = span_cut(records, blank + 1, end);
		if (span_starts(record, SPAN_LIT("path=")))
			return span_cut(record, 5, record.n);
		at = end + 1;
	}
	return SPAN_EMPTY;
}

static void tar_name(struct tar *tar, struct span block)
{
	char joined[256];
	struct span name = until_nul(span_cut(block, 0, 100)), prefix = SPAN_EMPTY;

	if (tar->has_long) {
		struct span collected = span_of(tar->long_name, tar->n_long);
		struct span path = tar->is_pax ? pax_path(collected) : until_nul(collected);
		name = path.n ? path : name;
	} else if (memcmp(block.p + 257, "ustar\0", 6) == 0) {
		prefix = until_nul(span_cut(block, 345, 500));
	}
	if (prefix.n) {
		memcpy(joined, prefix.p, prefix.n);
		joined[prefix.n] = '/';
		memcpy(joined + prefix.n + 1, name.p, name.n);
		name = span_of(joined, prefix.n + 1 + name.n);
	}
	tell(tar->walk, name, false);
	tar->has_long = false;
}

static void tar_block(struct tar *tar, struct span block)
{
	if (tar->skip) {
		if (tar->long_left) {
			size_t n = tar->long_left < TAR_BLOCK ? tar->long_left : TAR_BLOCK;
			size_t room = sizeof tar->long_name - tar->n_long;
			memcpy(tar->long_name + tar->n_long, block.p, n < room ? n : room);
			tar->n_long += n < room ? n : room;
			tar->long_left -= n;
		}
		tar->skip -= tar->skip < TAR_BLOCK ? tar->skip : TAR_BLOCK;
		return;
	}
	if (block.p[0] == '\0') {
		tar->ended = true;
		return;
	}
	if (!is_tar_block(block)) {
		tar->damaged = true;
		return;
	}
	char type = block.p[156];
	/* Sizes of 8 GiB and more are binary; such a file is longer than any mail. */
	tar->skip = (unsigned char)block.p[124] & 0x80 ? UINT64_MAX : octal(span_cut(block, 124, 136));
	if (type == 'L' || type == 'x') {
		tar->is_pax = type == 'x';
		tar->has_long = true;
		tar->n_long = 0;
		tar->long_left = tar->skip > SIZE_MAX ? SIZE_MAX : (size_t)tar->skip;
	} else if (type != 'g' && type != 'K') {
		tar_name(tar, block);
		/* Links, devices and folders have no contents, whatever the size says. */
		if (type >= '1' && type <= '6')
			tar->skip = 0;
	}
}

static bool tar_wants_more(const struct tar *tar)
{
	return !tar->ended && !tar->damaged && !is_full(tar->walk);
}

static void walk_tar(struct walk *walk, struct span bytes)
{
	struct tar tar = { .walk = walk };

	for (size_t at = 0; at + TAR_BLOCK <= bytes.n && tar_wants_more(&tar); at += TAR_BLOCK) {
		/* Contents are jumped over in one step. */
		if (tar.skip > TAR_BLOCK && !tar.long_left) {
			uint64_t blocks = (tar.skip - 1) / TAR_BLOCK;
			if (blocks >= (bytes.n - at) / TAR_BLOCK)
				return;
			at += (size_t)blocks * TAR_BLOCK;
			tar.skip -= blocks * TAR_BLOCK;
		}
		tar_block(&tar, span_cut(bytes, at, at + TAR_BLOCK));
	}
	walk->result.whole = tar.ended;
}

/* --- gzip --------------------------------------------------------------------------------------------------------------------------- */

/* The name of the file that was compressed (RFC 1952, FNAME); empty where it is not told. */
static struct span gzip_name(struct span gzip)
{
	enum { HEADER_BYTES = 10, FEXTRA = 4, FNAME = 8 };
	size_t at = HEADER_BYTES;

	if (gzip.n < HEADER_BYTES || !(gzip.p[3] & FNAME))
		return SPAN_EMPTY;
	if (gzip.p[3] & FEXTRA)
		at += 2 + (size_t)little(gzip, at, 2);
	size_t end = at < gzip.n ? span_find_byte(gzip, '\0', at) : gzip.n;
	return end < gzip.n ? span_cut(gzip, at, end) : SPAN_EMPTY;
}

/* The next block of what is compressed; fewer octets at its end or where it is damaged. */
static size_t next_block(GConverter *converter, struct span gzip, size_t *at, char out[TAR_BLOCK])
{
	size_t filled = 0;

	while (filled < TAR_BLOCK) {
		gsize read = 0, written = 0;
		GConverterResult result = g_converter_convert(converter, gzip.p + *at, gzip.n - *at, out + filled, TAR_BLOCK - filled,
							      G_CONVERTER_INPUT_AT_END, &read, &written, NULL);
		*at += read;
		filled += written;
		if (result != G_CONVERTER_CONVERTED || read + written == 0)
			break;
	}
	return filled;
}

static void walk_gzip(struct walk *walk, struct span gzip)
{
	GConverter *converter = G_CONVERTER(g_zlib_decompressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP));
	struct tar tar = { .walk = walk };
	char block[TAR_BLOCK];
	size_t at = 0, unpacked = next_block(converter, gzip, &at, block), n = unpacked;

	if (n < TAR_BLOCK || !is_tar_block(span_of(block, n))) {
		struct span name = gzip_name(gzip);
		if (name.n)
			tell(walk, name, false);
		/* A header that cannot be unpacked, and none that says so: damaged. */
		walk->result.whole = n > 0;
		g_object_unref(converter);
		return;
	}
	walk->result.kind = ARCHIVE_TAR;
	while (n == TAR_BLOCK && tar_wants_more(&tar) && unpacked < LIMIT_ARCHIVE_UNPACKED_BYTES) {
		tar_block(&tar, span_of(block, TAR_BLOCK));
		n = tar_wants_more(&tar) ? next_block(converter, gzip, &at, block) : 0;
		unpacked += n;
	}
	walk->result.whole = tar.ended;
	g_object_unref(converter);
}

/* ------------------------------------------------------------------------------------------------------------------------------------ */

enum archive_kind archive_kind_of(struct span bytes)
{
	static const struct {
		enum archive_kind kind;
		size_t at;
		struct span mark;
	} marks[] = {
		{ ARCHIVE_ZIP, 0, { "PK\3\4", 4 } },	      { ARCHIVE_RAR, 0, { "Rar!\x1A\7\0", 7 } },   { ARCHIVE_RAR, 0, { "Rar!\x1A\7\1\0", 8 } },
		{ ARCHIVE_GZIP, 0, { "\x1F\x8B\x08", 3 } },   { ARCHIVE_UNREAD, 0, { "7z\xBC\xAF\x27\x1C", 6 } },
		{ ARCHIVE_UNREAD, 0, { "BZh", 3 } },	      { ARCHIVE_UNREAD, 0, { "\xFD" "7zXZ", 5 } },
		{ ARCHIVE_UNREAD, 0, { "\x28\xB5\x2F\xFD", 4 } }, { ARCHIVE_UNREAD, 2, { "-lh", 3 } },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(marks); i++)
		if (span_starts(span_cut(bytes, marks[i].at, bytes.n), marks[i].mark))
			return marks[i].kind;
	return is_tar_block(bytes) ? ARCHIVE_TAR : ARCHIVE_NONE;
}

struct archive_result archive_walk(struct span bytes, archive_visitor visit, void *data)
{
	struct walk walk = { .visit = visit, .data = data, .result = { .kind = archive_kind_of(bytes) } };

	switch (walk.result.kind) {
	case ARCHIVE_ZIP:
		walk_zip(&walk, bytes);
		break;
	case ARCHIVE_RAR:
		if (bytes.p[6] == '\0')
			walk_rar4(&walk, bytes);
		else
			walk_rar5(&walk, bytes);
		break;
	case ARCHIVE_TAR:
		walk_tar(&walk, bytes);
		break;
	case ARCHIVE_GZIP:
		walk_gzip(&walk, bytes);
		break;
	case ARCHIVE_NONE:
	case ARCHIVE_UNREAD:
		break;
	}
	return walk.result;
}
