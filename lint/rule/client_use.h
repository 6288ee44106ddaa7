/* Which features of HTML and CSS a message uses whose support differs between mail clients, and where. */
#ifndef PRESEND_RULE_CLIENT_USE_H
#define PRESEND_RULE_CLIENT_USE_H

#include "doc/message.h"
#include "rule/client.h"

/* What a message does with one feature. */
struct client_use {
	size_t places;               /* where a client has no fallback */
	guint64 unsupported, unknown;/* clients in which one of the places has none */
	const struct text *text;     /* of the first place; NULL: nowhere */
	struct range range;
};

/* One for each of builtin_client_features, in their order; NULL where there is no HTML part. clients: those that count. Passed over: what no
 * reader sees; what stands in @media or @supports, or in a rule that meets no element, for there it is an addition that can be missed; what
 * another declaration or conditional comment makes up for. Cost linear. */
const struct client_use *client_uses(struct arena *arena, const struct message *m, guint64 clients);

#endif
