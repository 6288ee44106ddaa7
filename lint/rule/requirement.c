/* Role: looks up requirements and tells which profiles ask them.
 * May not: know what a rule found; that is rule/verdict.c. */
#include "rule/requirement.h"

#include <stdlib.h>
#include <string.h>

static int compare_id(const void *id, const void *requirement)
{
	return strcmp(id, ((const struct requirement *)requirement)->id);
}

const struct requirement *requirement_find(const char *id)
{
	return bsearch(id, builtin_requirements, n_builtin_requirements, sizeof *builtin_requirements, compare_id);
}

unsigned requirement_asked_by(const struct requirement *requirement, unsigned profiles)
{
	unsigned asking = requirement->profiles;

	if (requirement->format_set)
		asking |= PROFILES_RECEIVERS;
	/* A bulk sender is asked everything that any sender is. */
	if (asking & PROFILE_GMAIL)
		asking |= PROFILE_GMAIL_BULK;
	return asking & profiles;
}

bool requirement_by_preflight(const struct requirement *requirement)
{
	if (requirement->decided_by == DECIDED_BY_DNS)
		return true;
	return requirement->decided_by == DECIDED_BY_SERVER && (strncmp(requirement->id, "AU-", 3) == 0 || strncmp(requirement->id, "JR-", 3) == 0);
}

bool requirement_needs_profile(const struct requirement *requirement)
{
	static const char *const groups[] = { "LJ-", "LU-", "LE-", "LC-", "JR-" };

	for (size_t i = 0; i < sizeof groups / sizeof *groups; i++)
		if (strncmp(requirement->id, groups[i], 3) == 0)
			return true;
	return false;
}

const char *level_name(enum requirement_level level)
{
	static const char *const names[] = { "must", "should", "may" };

	return names[level];
}

const char *decided_by_name(enum decided_by decided_by)
{
	static const char *const names[] = { "file", "signed-file", "dns", "server", "people" };

	return names[decided_by];
}
