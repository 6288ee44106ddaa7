/* Unified diffs: the shortest edit script of Myers (An O(ND) Difference Algorithm and Its Variations, 1986) over lines, in hunks with three lines of
 * context. Knows no mail. */
#include "diff.h"

#include "report/safe.h"

enum { CONTEXT = 3, MOST_STEPS = 1500 }; /* beyond so many lines taken and put, what lies between is one change: the script costs their square */

/* A line with its line end; those that are the same in both files keep their place. */
struct line {
	struct span bytes;
	bool same;
};

static GArray *lines_of(struct span s)
{
	GArray *lines = g_array_new(FALSE, TRUE, sizeof(struct line));

	for (size_t at = 0, end; at < s.n; at = end) {
		end = span_find_byte(s, '\n', at);
		end += end < s.n;
		struct line line = { span_cut(s, at, end), false };
		g_array_append_val(lines, line);
	}
	return lines;
}

struct side {
	struct line *lines;
	int n;
};

static bool eq(const struct side *a, const struct side *b, int i, int k)
{
	return span_eq(a->lines[i].bytes, b->lines[k].bytes);
}

static void mark_same(struct side *a, struct side *b, int x, int y)
{
	a->lines[x].same = b->lines[y].same = true;
}

/* Walk the furthest points back from the end and mark the lines that both have. trace: for each step d its 2d + 1 points. */
static void walk_back(struct side *a, struct side *b, GPtrArray *trace)
{
	int x = a->n, y = b->n;

	for (int d = (int)trace->len - 1; d >= 0; d--) {
		const int *before = d ? (const int *)g_ptr_array_index(trace, (guint)d - 1) + (d - 1) : NULL;
		int k = x - y, from = 0;
		if (d) {
			bool down = k == -d || (k != d && before[k - 1] < before[k + 1]);
			from = down ? before[k + 1] : before[k - 1] + 1;
		}
		while (x > from) {
			mark_same(a, b, x - 1, y - 1);
			x--;
			y--;
		}
		if (!d)
			return;
		bool down = k == -d || (k != d && before[k - 1] < before[k + 1]);
		x = down ? x : x - 1;
		y = down ? y - 1 : y;
	}
}

/* Mark the lines that stay. Both sides without their common beginning and end. */
static void compare_middle(struct side a, struct side b)
{
	GPtrArray *trace = g_ptr_array_new_with_free_func(g_free);
	bool found = false;

	for (int d = 0; d <= MOST_STEPS && d <= a.n + b.n && !found; d++) {
		const int *before = d ? (const int *)g_ptr_array_index(trace, (guint)d - 1) + (d - 1) : NULL;
		int *points = g_new(int, 2 * d + 1), *here = points + d;
		g_ptr_array_add(trace, points);
		for (int k = -d; k <= d; k += 2) {
			int x = 0;
			if (d)
				x = k == -d || (k != d && before[k - 1] < before[k + 1]) ? before[k + 1] : before[k - 1] + 1;
			while (x < a.n && x - k < b.n && x - k >= 0 && eq(&a, &b, x, x - k))
				x++;
			here[k] = x;
			found |= x >= a.n && x - k >= b.n;
		}
	}
	if (found)
		walk_back(&a, &b, trace);
	g_ptr_array_free(trace, TRUE);
}

static void compare(struct side a, struct side b)
{
	int head = 0;

	while (head < a.n && head < b.n && eq(&a, &b, head, head)) {
		mark_same(&a, &b, head, head);
		head++;
	}
	while (a.n > head && b.n > head && eq(&a, &b, a.n - 1, b.n - 1)) {
		mark_same(&a, &b, a.n - 1, b.n - 1);
		a.n--;
		b.n--;
	}
	compare_middle((struct side){ a.lines + head, a.n - head }, (struct side){ b.lines + head, b.n - head });
}

static void put_line(GString *out, char mark, struct span line, const struct diff_options *options)
{
	bool whole = line.n && line.p[line.n - 1] == '\n';
	const char *color = mark == '-' ? "\x1B[31m" : mark == '+' ? "\x1B[32m" : mark == '@' ? "\x1B[36m" : NULL;
	bool colored = options->color && color;

	if (colored)
		g_string_append(out, color);
	if (mark != '@')
		g_string_append_c(out, mark);
	if (options->terminal) {
		size_t n = line.n - whole;
		/* The CR of a line end is no more than that. */
		safe_append_terminal(out, span_of(line.p, n && line.p[n - 1] == '\r' && whole ? n - 1 : n), true);
	} else {
		g_string_append_len(out, line.p, (gssize)(line.n - whole));
	}
	if (colored)
		g_string_append(out, "\x1B[0m");
	g_string_append_c(out, '\n');
	if (!whole && mark != '@')
		g_string_append(out, "\\ No newline at end of file\n");
}

static void put_hunk(GString *out, const struct side *a, const struct side *b, int from_a, int to_a, int from_b, int to_b,
		     const struct diff_options *options)
{
	char head[80];

	/* An empty range names the line in front of it. */
	g_snprintf(head, sizeof head, "@@ -%d,%d +%d,%d @@\n", from_a + (to_a > from_a), to_a - from_a, from_b + (to_b > from_b), to_b - from_b);
	put_line(out, '@', span_str(head), options);
	while (from_a < to_a || from_b < to_b) {
		if (from_a < to_a && !a->lines[from_a].same)
			put_line(out, '-', a->lines[from_a++].bytes, options);
		else if (from_b < to_b && !b->lines[from_b].same)
			put_line(out, '+', b->lines[from_b++].bytes, options);
		else {
			put_line(out, ' ', a->lines[from_a++].bytes, options);
			from_b++;
		}
	}
}

/* Lines that both have from here on; at most limit are counted. */
static int n_same(const struct side *a, const struct side *b, int x, int y, int limit)
{
	int n = 0;

	while (n < limit && x + n < a->n && y + n < b->n && a->lines[x + n].same && b->lines[y + n].same)
		n++;
	return n;
}

static void put_hunks(GString *out, const struct side *a, const struct side *b, const struct diff_options *options)
{
	int x = 0, y = 0;

	while (x < a->n || y < b->n) {
		int skip = n_same(a, b, x, y, a->n);
		x += skip;
		y += skip;
		if (x == a->n && y == b->n)
			return;
		int lead = MIN(skip, CONTEXT), from_a = x - lead, from_b = y - lead;
		for (;;) {
			while (x < a->n && !a->lines[x].same)
				x++;
			while (y < b->n && !b->lines[y].same)
				y++;
			/* Two hunks whose contexts would touch are one. */
			int gap = n_same(a, b, x, y, 2 * CONTEXT + 1);
			bool last = gap == 2 * CONTEXT + 1 || (x + gap == a->n && y + gap == b->n);
			int take = last ? MIN(gap, CONTEXT) : gap;
			x += take;
			y += take;
			if (last)
				break;
		}
		put_hunk(out, a, b, from_a, x, from_b, y, options);
	}
}

void diff_append(GString *out, const char *path, struct span old, struct span new, const struct diff_options *options)
{
	if (span_eq(old, new))
		return;
	GArray *lines_a = lines_of(old), *lines_b = lines_of(new);
	struct side a = { (struct line *)(void *)lines_a->data, (int)lines_a->len }, b = { (struct line *)(void *)lines_b->data, (int)lines_b->len };

	compare(a, b);
	g_string_append(out, "--- a/");
	safe_append_terminal(out, span_str(path), true);
	g_string_append(out, "\n+++ b/");
	safe_append_terminal(out, span_str(path), true);
	g_string_append_c(out, '\n');
	put_hunks(out, &a, &b, options);
	g_array_free(lines_a, TRUE);
	g_array_free(lines_b, TRUE);
}
