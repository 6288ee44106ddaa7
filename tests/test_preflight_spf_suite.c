/* The public SPF test suite (openspf.org, release 2014.05 for RFC 7208, as Debian's source of pyspf has it), read at run time and not part
 * of this project. Usage: test_preflight_spf_suite [FILE]; without one, PRESEND_SPF_SUITE, else the files that lie beside the tree. */
#include <stdio.h>
#include <stdlib.h>

#include "preflight/spf.h"
#include "spf_zones.h"

enum { SKIPPED = 77 };

struct tally {
	int passed, failed;
};

static bool result_fits(yaml_document_t *document, yaml_node_t *expected, const char *result)
{
	if (expected->type == YAML_SCALAR_NODE)
		return yaml_is(expected, result);
	for (yaml_node_item_t *item = expected->data.sequence.items.start; item < expected->data.sequence.items.top; item++)
		if (yaml_is(yaml_document_get_node(document, *item), result))
			return true;
	return false;
}

/* The explanation of the receiver, "DEFAULT", is none of the domain. */
static bool explanation_fits(yaml_node_t *expected, const struct spf_check *check)
{
	if (!expected || check->result != SPF_FAIL)
		return true;
	return yaml_is(expected, "DEFAULT") ? !check->explanation : yaml_is(expected, check->explanation ? check->explanation : "");
}

static void run_case(yaml_document_t *document, yaml_node_t *zones_map, struct span name, yaml_node_t *test, struct tally *tally)
{
	struct arena *arena = arena_new();
	struct zones zones = { arena, document, zones_map };
	char *error = NULL, address[16];
	struct dns *dns = dns_open(arena, &(struct dns_options){ .source = zones_answer, .source_data = &zones }, &error);
	const char *host = arena_copy(arena, yaml_span(yaml_get(document, test, SPAN_LIT("host"))));
	const char *from = arena_copy(arena, yaml_span(yaml_get(document, test, SPAN_LIT("mailfrom"))));
	const char *helo = arena_copy(arena, yaml_span(yaml_get(document, test, SPAN_LIT("helo"))));
	yaml_node_t *expected = yaml_get(document, test, SPAN_LIT("result")), *explanation = yaml_get(document, test, SPAN_LIT("explanation"));
	int family = strchr(host, ':') ? AF_INET6 : AF_INET;

	if (inet_pton(family, host, address) != 1)
		g_error("%.*s: %s is no address", (int)name.n, name.p, host);
	struct spf_check check = spf_check(arena, dns, span_of(address, family == AF_INET ? 4 : 16), from, helo);
	if (result_fits(document, expected, spf_result_name(check.result)) && explanation_fits(explanation, &check)) {
		tally->passed++;
	} else {
		tally->failed++;
		printf("%.*s: %s, explanation %s; fault %d; expected %.*s, explanation %.*s\n", (int)name.n, name.p, spf_result_name(check.result),
			check.explanation ? check.explanation : "-", (int)check.fault.kind, (int)yaml_span(expected).n, yaml_span(expected).p,
			(int)yaml_span(explanation).n, yaml_span(explanation).p);
	}
	size_t n;
	const char *const *lines = spf_evidence(arena, &check, &n);
	if (getenv("VERBOSE"))
		for (size_t i = 0; i < n; i++)
			printf("    %s\n", lines[i]);
	dns_close(dns, &error);
	arena_free(arena);
}

static void run_scenario(yaml_document_t *document, void *data)
{
	yaml_node_t *root = yaml_document_get_root_node(document), *tests = yaml_get(document, root, SPAN_LIT("tests"));
	yaml_node_t *zones = yaml_get(document, root, SPAN_LIT("zonedata"));

	for (yaml_node_pair_t *pair = tests->data.mapping.pairs.start; pair < tests->data.mapping.pairs.top; pair++)
		run_case(document, zones, yaml_span(yaml_document_get_node(document, pair->key)), yaml_document_get_node(document, pair->value), data);
}

static const char *find_suite(void)
{
	static const char *const places[] = { "../shared/mail/pyspf/rfc7208-tests.yml", "../shared/mail/pyspf/rfc4408-tests.yml" };
	const char *named = getenv("PRESEND_SPF_SUITE");

	if (named)
		return named;
	for (size_t i = 0; i < G_N_ELEMENTS(places); i++)
		if (g_file_test(places[i], G_FILE_TEST_EXISTS))
			return places[i];
	return NULL;
}

int main(int argc, char **argv)
{
	const char *file = argc > 1 ? argv[1] : find_suite();
	struct tally tally = { 0, 0 };
	char *text = NULL;
	gsize n;

	if (!file || !g_file_get_contents(file, &text, &n, NULL)) {
		printf("the SPF test suite is not here; tests/spf_suite.sh fetches it\n");
		return SKIPPED;
	}
	int scenarios = yaml_each(text, n, run_scenario, &tally);
	g_free(text);
	printf("%s: %d scenarios, %d cases as expected, %d not\n", file, scenarios, tally.passed, tally.failed);
	return scenarios > 0 && tally.passed > 0 && tally.failed == 0 ? 0 : 1;
}
