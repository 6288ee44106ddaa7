/* Lines of the raw file. Knows nothing of mail. */
#include "base/lines.h"

#include "base/utf8.h"

static size_t line_end_length(struct span file, size_t at)
{
	return file.p[at] == '\r' && at + 1 < file.n && file.p[at + 1] == '\n' ? 2 : 1;
}

/* A line end, and the next LF and CR behind what was looked at: a file without CR is looked through for one once. */
struct line_end {
	size_t at, lf, cr;
};

static struct line_end first_line_end(struct span file)
{
	struct line_end end = { .lf = span_find_byte(file, '\n', 0), .cr = span_find_byte(file, '\r', 0) };

	end.at = end.lf < end.cr ? end.lf : end.cr;
	return end;
}

static void next_line_end(struct span file, struct line_end *end)
{
	size_t behind = end->at + line_end_length(file, end->at);

	if (end->lf < behind)
		end->lf = span_find_byte(file, '\n', behind);
	if (end->cr < behind)
		end->cr = span_find_byte(file, '\r', behind);
	end->at = end->lf < end->cr ? end->lf : end->cr;
}

size_t line_ends_count(struct span file)
{
	size_t n = 0;

	for (struct line_end end = first_line_end(file); end.at < file.n; next_line_end(file, &end))
		n++;
	return n;
}

struct line_index line_index_new(struct arena *arena, struct span file)
{
	size_t n = line_ends_count(file) + 1;

	uint32_t *starts = ARENA_ARRAY(arena, uint32_t, n);
	size_t line = 1;
	for (struct line_end end = first_line_end(file); end.at < file.n; next_line_end(file, &end))
		starts[line++] = (uint32_t)(end.at + line_end_length(file, end.at));
	return (struct line_index){ file, starts, n };
}

struct span line_bytes(const struct line_index *index, size_t line)
{
	if (line < 1 || line > index->n)
		return SPAN_EMPTY;
	size_t start = index->starts[line - 1];
	size_t end = line < index->n ? index->starts[line] : index->file.n;
	while (end > start && (index->file.p[end - 1] == '\n' || index->file.p[end - 1] == '\r'))
		end--;
	return span_of(index->file.p + start, end - start);
}

struct position line_position(const struct line_index *index, size_t offset)
{
	if (offset > index->file.n)
		offset = index->file.n;
	size_t low = 0, high = index->n;
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;
		if (index->starts[middle] <= offset)
			low = middle;
		else
			high = middle;
	}
	size_t start = index->starts[low];
	struct span line = line_bytes(index, low + 1);
	size_t in_line = offset - start;
	size_t column = utf8_valid(line) && in_line <= line.n ? utf8_count(span_of(line.p, in_line)) : in_line;
	return (struct position){ offset, low + 1, column + 1, in_line + 1 };
}
