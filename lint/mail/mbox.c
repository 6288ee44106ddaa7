/* An mbox as a stream of messages. May not look into a message beyond the separator lines. */
#include "mail/mbox.h"

#include "base/limits.h"
#include "base/lines.h"
#include "mail/input.h"

/* Kept of what is passed over: a separator line and the empty line before it. */
enum { TAIL_BYTES = INPUT_FROM_LINE_BYTES + 16 };

struct mbox {
	struct stream *stream;
	GByteArray *held;              /* from a separator line on; NULL: all was given */
	size_t offset, lines;          /* of the file before it */
	size_t index;
};

static struct span span_of_array(const GByteArray *array)
{
	return span_of((const char *)array->data, array->len);
}

static bool read_more(struct mbox *mbox)
{
	struct span part = stream_peek(mbox->stream);

	g_byte_array_append(mbox->held, (const guint8 *)part.p, (guint)part.n);
	stream_skip(mbox->stream, part.n);
	return part.n > 0;
}

struct mbox *mbox_new(struct stream *stream)
{
	struct mbox *mbox = g_new0(struct mbox, 1);

	mbox->stream = stream;
	mbox->held = g_byte_array_new();
	read_more(mbox);
	return mbox;
}

void mbox_free(struct mbox *mbox)
{
	if (mbox->held)
		g_byte_array_unref(mbox->held);
	g_free(mbox);
}

/* The first separator from *at on in what is held. false: there is none yet, and *at is where to go on. */
static bool find_separator(const struct mbox *mbox, size_t *at, size_t *empty, bool ended)
{
	struct span held = span_of_array(mbox->held);

	for (;;) {
		size_t found = span_find(held, SPAN_LIT("\nFrom "), *at);
		if (found >= held.n) {
			/* The end may be the beginning of one. */
			*at = MAX(*at, held.n > 5 ? held.n - 5 : 0);
			return false;
		}
		if (!ended && held.n - found <= INPUT_FROM_LINE_BYTES + 6 && span_find_byte(held, '\n', found + 1) == held.n) {
			*at = found;
			return false;
		}
		*at = found + 1;
		if (input_separator_at(held, found + 1, empty))
			return true;
	}
}

/* Hold what begins at a place and count what was before it. */
static void hold_from(struct mbox *mbox, size_t at, bool keep)
{
	struct span before = span_cut(span_of_array(mbox->held), 0, at);
	GByteArray *held = mbox->held;

	mbox->offset += at;
	mbox->lines += line_ends_count(before);
	if (!keep) {
		g_byte_array_remove_range(held, 0, (guint)at);
		return;
	}
	mbox->held = g_byte_array_new();
	g_byte_array_append(mbox->held, held->data + at, held->len - (guint)at);
}

/* Go on to the next separator behind a message that is too long. */
static void pass_over(struct mbox *mbox)
{
	size_t at = 0, empty;
	bool ended = false;

	while (!find_separator(mbox, &at, &empty, ended) && !ended) {
		size_t drop = mbox->held->len > TAIL_BYTES ? MIN(at, mbox->held->len - TAIL_BYTES) : 0;
		drop = drop > 4 ? drop - 4 : 0;
		hold_from(mbox, drop, false);
		at -= drop;
		ended = !read_more(mbox);
	}
	hold_from(mbox, ended ? mbox->held->len : at, false);
}

bool mbox_next(struct mbox *mbox, struct mbox_message *out)
{
	size_t at = 0, empty = 0;
	bool found, ended = false;

	if (!mbox->held->len)
		return false;
	while (!(found = find_separator(mbox, &at, &empty, ended)) && !ended && mbox->held->len <= LIMIT_INPUT_BYTES)
		ended = !read_more(mbox);
	struct span held = span_of_array(mbox->held);
	size_t first_end = span_find_byte(held, '\n', 0), start = MIN(first_end + 1, held.n);

	*out = (struct mbox_message){ .start = start, .index = mbox->index, .offset = mbox->offset, .lines = mbox->lines, .bytes = mbox->held };
	mbox->index++;
	if (found) {
		out->end = MAX(start, at - empty);
		hold_from(mbox, at, true);
	} else if (ended) {
		out->alone = out->index == 0;
		out->end = out->alone ? held.n : MAX(start, held.n - input_empty_line_before(held, held.n));
		hold_from(mbox, held.n, true);
	} else {
		out->end = LIMIT_INPUT_BYTES;
		out->cut = true;
		hold_from(mbox, LIMIT_INPUT_BYTES, true);
		pass_over(mbox);
		out->alone = out->index == 0 && !mbox->held->len;
	}
	g_byte_array_set_size(out->bytes, (guint)out->end);
	return true;
}
