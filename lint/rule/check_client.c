/* What the mail clients of the readers do not support. */
#include <string.h>

#include "rule/check.h"
#include "rule/client.h"
#include "rule/client_use.h"

/* The chosen clients and what the message uses; false where there is no HTML part. */
static bool look(struct check *c, const struct message *m, struct client_choice *choice, const struct client_use **uses)
{
	/* Refused where it was read, so this is right. */
	client_choice_parse(check_options(c)->clients, choice, NULL);
	*uses = client_uses(check_arena(c), m, choice->mask);
	if (!*uses)
		check_not_applicable(c);
	return *uses;
}

static const char *case_of(const struct check *c, const struct client_feature *feature, unsigned share)
{
	bool few = share < (unsigned)rule_setting_int(check_rule(c), "share", 5);

	switch (feature->grade) {
	case CLIENT_CONTENT:
		return few ? "content-few" : "content";
	case CLIENT_LAYOUT:
		return few ? "layout-few" : "layout";
	default:
		return NULL;
	}
}

static void report_use(struct check *c, const struct client_choice *choice, const struct client_feature *feature, const struct client_use *use)
{
	unsigned share = client_share(choice, use->unsupported);
	struct arena *arena = check_arena(c);
	g_autofree char *page = g_strdup_printf("https://www.caniemail.com/features/%s/", feature->slug);

	check_report_text(c, use->text, use->range, case_of(c, feature, share), ARG_T("feature", span_str(feature->title)),
			  ARG_T("clients", span_str(client_list(arena, choice, use->unsupported))), ARG_I("share", share),
			  ARG_I("count", use->places), ARG_L("advice", &feature->advice), ARG_T("reference", span_str(page)));
}

/* Features that chosen clients do not support, but for the cosmetic ones. Setting: share, the percentage of readers from which on lost content and a
 * broken layout are reported as such. Cases: content, layout, content-few, layout-few, default (degraded). Arguments: feature, clients,
 * share, count, advice. */
CHECK(client_unsupported)
{
	struct client_choice choice;
	const struct client_use *uses;

	if (!look(c, m, &choice, &uses))
		return;
	for (size_t i = 0; i < n_builtin_client_features; i++)
		if (uses[i].unsupported && builtin_client_features[i].grade != CLIENT_COSMETIC)
			report_use(c, &choice, &builtin_client_features[i], &uses[i]);
}

/* The cosmetic ones. Arguments as above. */
CHECK(client_cosmetic)
{
	struct client_choice choice;
	const struct client_use *uses;

	if (!look(c, m, &choice, &uses))
		return;
	for (size_t i = 0; i < n_builtin_client_features; i++)
		if (uses[i].unsupported && builtin_client_features[i].grade == CLIENT_COSMETIC)
			report_use(c, &choice, &builtin_client_features[i], &uses[i]);
}

/* Features of which nobody has tested whether a chosen client supports them. Arguments: feature, clients, advice. */
CHECK(client_unknown)
{
	struct client_choice choice;
	const struct client_use *uses;

	if (!look(c, m, &choice, &uses))
		return;
	for (size_t i = 0; i < n_builtin_client_features; i++) {
		const struct client_feature *feature = &builtin_client_features[i];
		if (!uses[i].unknown || feature->grade == CLIENT_COSMETIC)
			continue;
		g_autofree char *page = g_strdup_printf("https://www.caniemail.com/features/%s/", feature->slug);
		check_report_text(c, uses[i].text, uses[i].range, NULL, ARG_T("feature", span_str(feature->title)),
				  ARG_T("clients", span_str(client_list(check_arena(c), &choice, uses[i].unknown))), ARG_L("advice", &feature->advice),
				  ARG_T("reference", span_str(page)));
	}
}
