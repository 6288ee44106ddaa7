/* Role: writes and reads files of packed rules.
 * May not: know what a rule is; that is rule/pack.c. */
#include "rule/rule_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"

/* Of the header; what is packed has a number of its own, rule_pack_schema(). */
#define FORMAT 1

/* Numbers are little-endian. */
struct header {
	char magic[8];
	uint32_t format, schema;
	uint32_t n_words, n_text, rules, n_rules, lists, n_lists;
	char version[16];
	uint64_t sum; /* of everything else */
};
G_STATIC_ASSERT(sizeof(struct header) == RULE_FILE_HEADER_BYTES);

/* No line end is turned into another on the way, and no byte is taken for text. */
static const char magic[8] = {'\x89', 'P', 'R', 'S', '\r', '\n', '\x1A', '\n'};

/* Guards against accidents; against malice nothing of the file is trusted. Each step can be undone, so no two files that differ in one place
 * have one sum. */
static uint64_t add_to_sum(uint64_t sum, const char *bytes, size_t n)
{
	for (size_t at = 0; at < n; at += 8) {
		uint64_t word = 0;
		if (n - at >= 8)
			memcpy(&word, bytes + at, 8);
		else
			memcpy(&word, bytes + at, n - at);
		sum = (sum ^ GUINT64_FROM_LE(word)) * UINT64_C(0x9E3779B97F4A7C15);
		sum ^= sum >> 32;
	}
	return sum;
}

/* n is RULE_FILE_HEADER_BYTES at least. */
static uint64_t sum_of(const char *file, size_t n)
{
	uint64_t sum = add_to_sum(n, file, offsetof(struct header, sum));
	return add_to_sum(sum, file + sizeof(struct header), n - sizeof(struct header));
}

void rule_file_seal(char *file, size_t n)
{
	uint64_t sum = GUINT64_TO_LE(sum_of(file, n));

	memcpy(file + offsetof(struct header, sum), &sum, sizeof sum);
}

GString *rule_file_make(const struct rule_set *rules, const struct data_set *lists)
{
	struct packed packed = rule_pack_write(rules, lists);
	struct header header = {.format = GUINT32_TO_LE(FORMAT), .schema = GUINT32_TO_LE(rule_pack_schema()), .n_words = GUINT32_TO_LE(packed.words->len),
	        .n_text = GUINT32_TO_LE((uint32_t)packed.text->len), .rules = GUINT32_TO_LE(packed.rules), .n_rules = GUINT32_TO_LE((uint32_t)rules->n),
	        .lists = GUINT32_TO_LE(packed.lists), .n_lists = GUINT32_TO_LE((uint32_t)lists->n)};
	GString *file = g_string_new(NULL);

	memcpy(header.magic, magic, sizeof magic);
	g_strlcpy(header.version, PRESEND_VERSION, sizeof header.version);
	g_string_append_len(file, (const char *)&header, sizeof header);
	for (guint i = 0; i < packed.words->len; i++) {
		uint32_t word = GUINT32_TO_LE(g_array_index(packed.words, uint32_t, i));
		g_string_append_len(file, (const char *)&word, sizeof word);
	}
	g_string_append_len(file, packed.text->str, (gssize)packed.text->len);
	rule_file_seal(file->str, file->len);
	g_array_free(packed.words, TRUE);
	g_string_free(packed.text, TRUE);
	return file;
}

/* The version as text that a terminal can show. */
static void take_version(const struct header *header, char out[16])
{
	size_t n = 0;

	while (n < sizeof header->version - 1 && (ascii_is_alnum(header->version[n]) || strchr(".-+~", header->version[n]) != NULL) && header->version[n])
		n++;
	memcpy(out, header->version, n);
	out[n] = '\0';
	if (!n)
		memcpy(out, "?", 2);
}

enum rule_file_state rule_file_look(void *bytes, size_t n, struct rule_file *out)
{
	struct header header;

	if (n < sizeof magic || memcmp(bytes, magic, sizeof magic) != 0)
		return RULE_FILE_FOREIGN;
	if (n < sizeof header)
		return RULE_FILE_BROKEN;
	memcpy(&header, bytes, sizeof header);
	take_version(&header, out->version);
	/* Another version may sum otherwise. */
	if (GUINT32_FROM_LE(header.format) != FORMAT || GUINT32_FROM_LE(header.schema) != rule_pack_schema())
		return RULE_FILE_OTHER_VERSION;
	uint32_t *words = (uint32_t *)((char *)bytes + sizeof header);
	out->pack = (struct rule_pack){.words = words, .n_words = GUINT32_FROM_LE(header.n_words), .n_text = GUINT32_FROM_LE(header.n_text),
	        .rules = GUINT32_FROM_LE(header.rules), .n_rules = GUINT32_FROM_LE(header.n_rules), .lists = GUINT32_FROM_LE(header.lists),
	        .n_lists = GUINT32_FROM_LE(header.n_lists)};
	if (sizeof header + out->pack.n_words * sizeof *words + out->pack.n_text != n || GUINT64_FROM_LE(header.sum) != sum_of(bytes, n))
		return RULE_FILE_BROKEN;
	for (size_t i = 0; G_BYTE_ORDER != G_LITTLE_ENDIAN && i < out->pack.n_words; i++)
		words[i] = GUINT32_FROM_LE(words[i]);
	out->pack.text = (const char *)(words + out->pack.n_words);
	return RULE_FILE_GOOD;
}

/* All n bytes. */
static bool read_all(int fd, char *bytes, size_t n)
{
	for (size_t at = 0; at < n;) {
		ssize_t got = read(fd, bytes + at, n - at);
		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) {
			errno = got ? errno : EIO;
			return false;
		}
		at += (size_t)got;
	}
	return true;
}

bool rule_file_open(const char *path, struct rule_file *out, enum rule_file_state *state)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat about;
	bool good = false;

	*out = (struct rule_file){.block = MAP_FAILED};
	if (fd < 0 || fstat(fd, &about) != 0) {
		; /* errno says why */
	} else if (!S_ISREG(about.st_mode) || about.st_size == 0) {
		*state = RULE_FILE_FOREIGN;
		good = true;
	} else if ((size_t)about.st_size > LIMIT_COMPILED_RULES_BYTES) {
		errno = EFBIG;
	} else {
		/* Read, since whoever cuts a mapped file short ends who looks at it; into memory that is there already, since a fault for each
		 * page of it costs more than the reading. */
		out->n = (size_t)about.st_size;
		out->block = mmap(NULL, out->n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
		good = out->block != MAP_FAILED && read_all(fd, out->block, out->n);
		if (good)
			*state = rule_file_look(out->block, out->n, out);
	}
	int number = errno;
	if (fd >= 0)
		close(fd);
	if (!good)
		rule_file_close(out);
	errno = number;
	return good;
}

void rule_file_close(struct rule_file *file)
{
	if (file->block && file->block != MAP_FAILED)
		munmap(file->block, file->n);
	*file = (struct rule_file){0};
}
