/* Words for the kinds and actions of what came back. */
#include "bounce/bounce.h"

const char *bounce_kind_name(enum bounce_kind kind)
{
	static const char *const names[] = {"dsn", "transcript", "log", "complaint", "auto-reply", "not-a-bounce"};

	return names[kind];
}

const char *bounce_action_name(enum bounce_action action)
{
	static const char *const names[] = {NULL, "failed", "delayed", "delivered", "relayed", "expanded"};

	return names[action];
}
