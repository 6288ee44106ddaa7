/* The table of replies: looking up, and the words for what stands in it. */
#include "rule/reply.h"

#include <string.h>

const struct reply *reply_find(const char *id)
{
	for (size_t i = 0; i < n_builtin_replies; i++)
		if (strcmp(builtin_replies[i].id, id) == 0)
			return &builtin_replies[i];
	return NULL;
}

const struct reply_receiver *reply_receiver_find(const char *id)
{
	for (size_t i = 0; i < n_builtin_reply_receivers; i++)
		if (strcmp(builtin_reply_receivers[i].id, id) == 0)
			return &builtin_reply_receivers[i];
	return NULL;
}

const char *reply_fixer_name(enum reply_fixer fixer)
{
	static const char *const names[] = {"draft", "sending", "list", "setup", "receiver", "wait"};

	return names[fixer];
}

bool reply_fixer_is_sender(enum reply_fixer fixer)
{
	return fixer != FIXER_RECEIVER && fixer != FIXER_WAIT;
}
