/* Role: names in archives, good, damaged and hostile ones. The good ones are written here by the formats' own descriptions.
 * May not: judge the names; that is the rules' examples. */
#include <check.h>
#include <gio/gio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "mail/archive.h"

struct seen {
	GString *names; /* each with a line end, "!" in front of encrypted ones */
};

static void see(const struct archive_entry *entry, void *data)
{
	struct seen *seen = data;

	if (entry->encrypted)
		g_string_append_c(seen->names, '!');
	g_string_append_len(seen->names, entry->name.p, (gssize)entry->name.n);
	g_string_append_c(seen->names, '\n');
}

/* From a block of exactly that size, so that a read beyond its end shows. */
static struct archive_result walk(struct span bytes, GString *names)
{
	struct seen seen = { names };
	char *copy = g_memdup2(bytes.p, bytes.n ? bytes.n : 1);

	g_string_truncate(names, 0);
	struct archive_result result = archive_walk(span_of(copy, bytes.n), see, &seen);
	g_free(copy);
	return result;
}

static void add_number(GString *out, uint64_t value, int n)
{
	for (int i = 0; i < n; i++)
		g_string_append_c(out, i < 8 ? (char)(value >> 8 * i & 0xFF) : 0);
}

static void add_tar(GString *out, const char *name, char type, const char *size, size_t contents)
{
	char block[512] = { 0 };
	unsigned sum = 0;

	g_strlcpy(block, name, 100);
	memcpy(block + 124, size, strlen(size));
	memset(block + 148, ' ', 8);
	block[156] = type;
	memcpy(block + 257, "ustar\00000", 8);
	for (size_t i = 0; i < sizeof block; i++)
		sum += (unsigned char)block[i];
	g_snprintf(block + 148, 8, "%06o", sum);
	g_string_append_len(out, block, sizeof block);
	g_string_set_size(out, out->len + contents);
	memset(out->str + out->len - contents, 'x', contents);
}

static GString *good_tar(void)
{
	GString *tar = g_string_new(NULL);

	add_tar(tar, "readme.txt", '0', "00000000003", 512);
	add_tar(tar, "bin/setup.exe", '0', "00000001001", 1024);
	g_string_set_size(tar, tar->len + 1024);
	memset(tar->str + tar->len - 1024, 0, 1024);
	return tar;
}

static GString *gzip(const GString *bytes)
{
	GConverter *converter = G_CONVERTER(g_zlib_compressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP, 6));
	GString *out = g_string_new(NULL);
	char piece[65536];
	gsize at = 0, read, written;
	GConverterResult result;

	do {
		result = g_converter_convert(converter, bytes->str + at, bytes->len - at, piece, sizeof piece, G_CONVERTER_INPUT_AT_END, &read,
					     &written, NULL);
		ck_assert_int_ne(result, G_CONVERTER_ERROR);
		at += read;
		g_string_append_len(out, piece, (gssize)written);
	} while (result != G_CONVERTER_FINISHED);
	g_object_unref(converter);
	return out;
}

static GString *good_zip(size_t n)
{
	GString *zip = g_string_new_len("PK\3\4", 4);
	size_t start = zip->len;

	for (size_t i = 0; i < n; i++) {
		g_string_append_len(zip, "PK\1\2", 4);
		add_number(zip, 0, 4);
		add_number(zip, i == 1, 2); /* flags: the second is encrypted */
		add_number(zip, 0, 18);
		add_number(zip, 5, 2);
		add_number(zip, 0, 16);
		g_string_append(zip, "a.exe");
	}
	size_t size = zip->len - start;
	g_string_append_len(zip, "PK\5\6", 4);
	add_number(zip, 0, 4);
	add_number(zip, n & 0xFFFF, 2);
	add_number(zip, n & 0xFFFF, 2);
	add_number(zip, size, 4);
	add_number(zip, start, 4);
	add_number(zip, 0, 2);
	return zip;
}

static GString *good_rar4(unsigned archive_flags)
{
	GString *rar = g_string_new_len("Rar!\x1A\7\0", 7);

	add_number(rar, 0, 2);
	add_number(rar, 0x73, 1);
	add_number(rar, archive_flags, 2);
	add_number(rar, 13, 2);
	add_number(rar, 0, 6);
	for (int i = 0; i < 2; i++) {
		add_number(rar, 0, 2);
		add_number(rar, 0x74, 1);
		add_number(rar, 0x8000 | (i ? 4 : 0), 2);
		add_number(rar, 32 + 9, 2);
		add_number(rar, 3, 4);
		add_number(rar, 0, 15);
		add_number(rar, 9, 2);
		add_number(rar, 0, 4);
		g_string_append(rar, i ? "setup.exe" : "notes.txt");
		g_string_append(rar, "xyz");
	}
	g_string_append_len(rar, "\xC4\x3D\x7B\0\x40\7\0", 7);
	return rar;
}

static GString *good_rar5(void)
{
	GString *rar = g_string_new_len("Rar!\x1A\7\1\0", 8);

	add_number(rar, 0, 4);
	g_string_append_len(rar, "\3\1\0\0", 4);
	add_number(rar, 0, 4);
	/* size 18: type 2, flags 2, data 3, file flags, unpacked, attributes, compression, system, length 9, name */
	g_string_append_len(rar, "\x12\2\2\3\0\0\0\0\0\x09", 10);
	g_string_append(rar, "setup.exe");
	g_string_append(rar, "xyz");
	add_number(rar, 0, 4);
	g_string_append_len(rar, "\3\5\0\0", 4);
	return rar;
}

#define SPAN(string) span_of((string)->str, (string)->len)

START_TEST(names)
{
	GString *seen = g_string_new(NULL), *tar = good_tar(), *tgz = gzip(tar), *zip = good_zip(2), *rar4 = good_rar4(0), *rar5 = good_rar5();

	struct archive_result result = walk(SPAN(tar), seen);
	ck_assert_int_eq(result.kind, ARCHIVE_TAR);
	ck_assert(result.whole);
	ck_assert_str_eq(seen->str, "readme.txt\nbin/setup.exe\n");
	result = walk(SPAN(tgz), seen);
	ck_assert_int_eq(result.kind, ARCHIVE_TAR);
	ck_assert(result.whole);
	ck_assert_str_eq(seen->str, "readme.txt\nbin/setup.exe\n");
	result = walk(SPAN(zip), seen);
	ck_assert(result.whole);
	ck_assert_str_eq(seen->str, "a.exe\n!a.exe\n");
	result = walk(SPAN(rar4), seen);
	ck_assert(result.whole);
	ck_assert_str_eq(seen->str, "notes.txt\n!setup.exe\n");
	result = walk(SPAN(rar5), seen);
	ck_assert(result.whole);
	ck_assert_str_eq(seen->str, "setup.exe\n");
}
END_TEST

/* Cut anywhere: no read beyond the end, and what is cut is not called whole. A tar may be cut behind its first empty block. */
START_TEST(truncated)
{
	GString *seen = g_string_new(NULL), *all[] = { good_tar(), gzip(good_tar()), good_zip(3), good_rar4(0), good_rar5() };

	for (size_t i = 0; i < G_N_ELEMENTS(all); i++) {
		size_t end = all[i]->len - (i == 0 ? 1024 : i == 1 ? 30 : 1);
		for (size_t n = 0; n <= end; n++) {
			struct archive_result result = walk(span_of(all[i]->str, n), seen);
			bool old_rar = i == 3 && n == all[i]->len - 7; /* without an end block, as old versions wrote it */
			ck_assert_msg(!result.whole || result.kind == ARCHIVE_GZIP || old_rar || (i == 3 && n < all[i]->len - 7),
				      "archive %zu, %zu of %zu", i, n, all[i]->len);
		}
	}
}
END_TEST

START_TEST(long_names)
{
	GString *seen = g_string_new(NULL), *tar = g_string_new(NULL);

	add_tar(tar, "././@LongLink", 'L', "00000000011", 512);
	memcpy(tar->str + tar->len - 512, "a/b/c.scr\0", 10);
	add_tar(tar, "short", '0', "00000000000", 0);
	add_tar(tar, "pax", 'x', "00000000015", 512);
	memcpy(tar->str + tar->len - 512, "13 path=x.js\n", 13);
	add_tar(tar, "short", '0', "00000000000", 0);
	add_tar(tar, "folder.exe/", '5', "00000000000", 0);
	walk(SPAN(tar), seen);
	ck_assert_str_eq(seen->str, "a/b/c.scr\nx.js\nfolder.exe/\n");
}
END_TEST

START_TEST(wrong_sizes)
{
	GString *seen = g_string_new(NULL), *tar = g_string_new(NULL), *rar = good_rar4(0), *rar5 = g_string_new_len("Rar!\x1A\7\1\0", 8);

	add_tar(tar, "big", '0', "77777777777", 512);
	ck_assert(!walk(SPAN(tar), seen).whole);
	ck_assert_str_eq(seen->str, "big\n");
	g_string_truncate(tar, 0);
	add_tar(tar, "binary", '0', "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", 512);
	ck_assert(!walk(SPAN(tar), seen).whole);
	rar->str[7 + 5] = 0; /* a block of no size */
	ck_assert(!walk(SPAN(rar), seen).whole);
	memset(rar->str + 20 + 7, 0xFF, 4); /* packed: 4 GiB */
	rar->str[7 + 5] = 13;
	ck_assert(!walk(SPAN(rar), seen).whole);
	add_number(rar5, 0, 4);
	for (int i = 0; i < 20; i++)
		g_string_append_c(rar5, (char)0xFF); /* a number without an end */
	ck_assert(!walk(SPAN(rar5), seen).whole);
}
END_TEST

START_TEST(encrypted_list)
{
	GString *seen = g_string_new(NULL), *rar = good_rar4(0x80);

	ck_assert(walk(SPAN(rar), seen).encrypted_list);
	ck_assert_str_eq(seen->str, "");
}
END_TEST

/* 80 MB of nothing in 80 kB: the name behind it is not reached, and that is said. */
START_TEST(gzip_bomb)
{
	GString *seen = g_string_new(NULL), *tar = g_string_new(NULL);

	add_tar(tar, "zeros.txt", '0', "00460000000", LIMIT_ARCHIVE_UNPACKED_BYTES + 16 * 1024 * 1024);
	add_tar(tar, "setup.exe", '0', "00000000000", 0);
	GString *bomb = gzip(tar);
	ck_assert_uint_lt(bomb->len, 200000);
	struct archive_result result = walk(SPAN(bomb), seen);
	ck_assert(!result.whole);
	ck_assert_str_eq(seen->str, "zeros.txt\n");
}
END_TEST

START_TEST(many_entries)
{
	GString *seen = g_string_new(NULL), *zip = good_zip(LIMIT_ARCHIVE_ENTRIES + 5);
	struct archive_result result = walk(SPAN(zip), seen);

	ck_assert_uint_eq(result.n, LIMIT_ARCHIVE_ENTRIES);
	ck_assert(!result.whole);
}
END_TEST

START_TEST(compressed_list)
{
	GString *seen = g_string_new(NULL);
	struct archive_result result = walk(span_of("7z\xBC\xAF\x27\x1C\0\4", 8), seen);

	ck_assert_int_eq(result.kind, ARCHIVE_UNREAD);
	ck_assert(!result.whole);
	ck_assert_int_eq(walk(SPAN_LIT("%PDF-1.7"), seen).kind, ARCHIVE_NONE);
	ck_assert_int_eq(walk(SPAN_EMPTY, seen).kind, ARCHIVE_NONE);
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("archive");
	TCase *tcase = tcase_create("archive");

	tcase_add_test(tcase, names);
	tcase_add_test(tcase, truncated);
	tcase_add_test(tcase, long_names);
	tcase_add_test(tcase, wrong_sizes);
	tcase_add_test(tcase, encrypted_list);
	tcase_add_test(tcase, gzip_bomb);
	tcase_add_test(tcase, many_entries);
	tcase_add_test(tcase, compressed_list);
	tcase_set_timeout(tcase, 30);
	suite_add_tcase(suite, tcase);
	SRunner *runner = srunner_create(suite);
	srunner_run_all(runner, CK_ENV);
	int failed = srunner_ntests_failed(runner);
	srunner_free(runner);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
