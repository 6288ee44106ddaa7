/* Role: looks up requirements and tells which profiles ask them.
 * May not: know what a rule found; that is rule/verdict.c. */
#include "rule/requirement.h"

#include <string.h>

/* By hand, and by keys: it is asked hundreds of times for each message. */
ssize_t requirement_number(const char *id)
{
	uint64_t key = requirement_key(id);
	size_t low = 0, high = n_builtin_requirements;

	while (low < high) {
		size_t middle = (low + high) / 2;
		if (builtin_requirements[middle].key < key)
			low = middle + 1;
		else
			high = middle;
	}
	/* An id may be longer than its key. */
	return low < n_builtin_requirements && strcmp(builtin_requirements[low].id, id) == 0 ? (ssize_t)low : -1;
}

const struct requirement *requirement_find(const char *id)
{
	ssize_t number = requirement_number(id);
	return number < 0 ? NULL : &builtin_requirements[number];
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
