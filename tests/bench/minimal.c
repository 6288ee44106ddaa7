/* Linked with every library of presend and does nothing: what the dynamic linker costs before the first line of ours runs.
 * May not call more than one harmless function of each library; those keep the linker from dropping the library. */
#include <gmime/gmime.h>
#include <json-c/json.h>
#include <libpsl.h>
#include <libxml/HTMLparser.h>
#include <unicode/unorm2.h>
#include <yaml.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

/* Addresses are enough; a volatile table keeps the compiler from leaving them out. */
static const void *volatile used[7];

int main(void)
{
	used[0] = (const void *)(gsize)g_mime_init;
	used[1] = (const void *)(gsize)htmlReadMemory;
	used[2] = (const void *)(gsize)unorm2_getNFKCCasefoldInstance;
	used[3] = (const void *)(gsize)pcre2_compile_8;
	used[4] = (const void *)(gsize)yaml_parser_initialize;
	used[5] = (const void *)(gsize)json_object_new_object;
	used[6] = (const void *)(gsize)psl_builtin;
	return used[0] == NULL;
}
