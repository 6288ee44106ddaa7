/* Who answered: by the name of the mail server, else by words that only one receiver uses, else by the recipient's domain. */
#include <string.h>

#include "bounce/reply.h"

/* Is the host this name, or below one that begins with a dot (which stands for itself, too)? */
static bool host_fits(struct span host, const char *name)
{
	struct span wanted = span_str(name);

	if (*name != '.')
		return span_eq_ci(host, wanted);
	return span_ends_ci(host, wanted) || span_eq_ci(host, span_cut(wanted, 1, wanted.n));
}

static const struct reply_receiver *by_name(struct span host, bool is_server)
{
	while (host.n && host.p[host.n - 1] == '.')
		host.n--;
	for (size_t i = 0; host.n && i < n_builtin_reply_receivers; i++) {
		const struct reply_receiver *receiver = &builtin_reply_receivers[i];

		for (const char *const *name = is_server ? receiver->hosts : receiver->domains; name && *name; name++)
			if (host_fits(host, *name))
				return receiver;
	}
	return NULL;
}

static const struct reply_receiver *by_words(struct span folded)
{
	for (size_t i = 0; i < n_builtin_reply_receivers; i++)
		for (const char *const *text = builtin_reply_receivers[i].texts; text && *text; text++)
			if (span_find(folded, span_str(*text), 0) < folded.n)
				return &builtin_reply_receivers[i];
	return NULL;
}

const struct reply_receiver *reply_receiver_of(const char *host, const char *recipient, struct span folded)
{
	const char *at = recipient ? strrchr(recipient, '@') : NULL;
	const struct reply_receiver *receiver = host ? by_name(span_str(host), true) : NULL;

	if (!receiver)
		receiver = by_words(folded);
	if (!receiver && at)
		receiver = by_name(span_str(at + 1), false);
	return receiver;
}
