/* TOML by toml++: hands its tree on as plain C. The only C++ of presend; nothing but this file may include toml++.
 * No exceptions and no RTTI, so that nothing can be thrown through C. */
#include <algorithm>
#include <string_view>

extern "C" {
#include "base/arena.h"
#include "base/limits.h"
#include "config/toml.h"
}

#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_FORMATTERS 0
#define TOML_ENABLE_WINDOWS_COMPAT 0
#define TOML_MAX_NESTED_VALUES 16
/* toml++ 3.3 asserts of a table header what it tells as an error a few lines below ("[.a]"): neither abort over it nor assume it. */
#undef NDEBUG
#define TOML_ASSERT(expression) static_cast<void>(0)
#include <toml++/toml.h>

namespace {

class reader {
public:
	reader(struct arena *memory, struct toml_fault *where) : arena(memory), fault(where) {}

	const struct toml_node *table(const toml::table &source, struct toml_node *out, int depth)
	{
		auto **children = array_of(source.size());

		out->kind = TOML_TABLE;
		for (auto &&[key, value] : source) {
			struct toml_node *child = node(value, depth + 1);
			if (!child)
				return nullptr;
			child->key = text(key.str(), key.source());
			child->key_place = place(key.source());
			if (!child->key)
				return nullptr;
			children[out->n_children++] = child;
		}
		/* toml++ sorts by name; faults and --print follow the file. */
		std::sort(children, children + out->n_children, [](const struct toml_node *a, const struct toml_node *b) {
			return a->key_place.line != b->key_place.line ? a->key_place.line < b->key_place.line :
									a->key_place.column < b->key_place.column;
		});
		out->children = children;
		return out;
	}

private:
	struct arena *arena;
	struct toml_fault *fault;

	const struct toml_node **array_of(size_t n)
	{
		return ARENA_ARRAY(arena, const struct toml_node *, n + 1);
	}

	static struct toml_place place(const toml::source_region &source)
	{
		return { source.begin.line ? source.begin.line : 1, source.begin.column ? source.begin.column : 1 };
	}

	std::nullptr_t refuse(const toml::source_region &source, const char *message)
	{
		fault->place = place(source);
		fault->message = message;
		return nullptr;
	}

	const char *text(std::string_view s, const toml::source_region &source)
	{
		if (s.find('\0') != std::string_view::npos)
			return refuse(source, "U+0000 is not allowed here");
		return arena_copy(arena, span_of(s.data(), s.size()));
	}

	struct toml_node *node(const toml::node &source, int depth)
	{
		auto *out = ARENA_NEW(arena, struct toml_node);

		out->place = out->key_place = place(source.source());
		/* A key may name many tables at once (a.b.c.d = 1), which toml++ 3.3 does not bound. */
		if (depth > LIMIT_CONFIG_DEPTH)
			return refuse(source.source(), "tables and lists are nested too deeply");
		if (auto *string = source.as_string()) {
			out->kind = TOML_STRING;
			out->string = text(string->get(), source.source());
			return out->string ? out : nullptr;
		}
		if (auto *integer = source.as_integer()) {
			out->kind = TOML_INTEGER;
			out->number = static_cast<double>(integer->get());
		} else if (auto *number = source.as_floating_point()) {
			out->kind = TOML_FLOAT;
			out->number = number->get();
		} else if (auto *boolean = source.as_boolean()) {
			out->kind = TOML_BOOLEAN;
			out->boolean = boolean->get();
		} else if (auto *list = source.as_array()) {
			auto **children = array_of(list->size());
			out->kind = TOML_ARRAY;
			for (auto &&element : *list)
				if (!(children[out->n_children++] = node(element, depth + 1)))
					return nullptr;
			out->children = children;
		} else if (auto *members = source.as_table()) {
			return table(*members, out, depth) ? out : nullptr;
		} else {
			out->kind = TOML_DATE;
		}
		return out;
	}
};

} // namespace

extern "C" const struct toml_node *toml_read(struct arena *arena, struct span bytes, struct toml_fault *fault)
{
	*fault = { { 1, 1 }, nullptr };
	if (bytes.n > LIMIT_CONFIG_BYTES) {
		fault->message = "the file is too large for a configuration";
		return nullptr;
	}
	const toml::parse_result result = toml::parse(std::string_view(bytes.n ? bytes.p : "", bytes.n));
	if (!result) {
		const auto &error = result.error();
		const std::string_view why = error.description();
		fault->place = { error.source().begin.line ? error.source().begin.line : 1,
				 error.source().begin.column ? error.source().begin.column : 1 };
		fault->message = arena_copy(arena, span_of(why.data(), why.size()));
		return nullptr;
	}
	return reader(arena, fault).table(result.table(), ARENA_NEW(arena, struct toml_node), 0);
}
