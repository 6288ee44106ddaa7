#!/bin/bash
# The pages of docs/rules/ and docs/coverage.md are made of the rule files: write them (--write PRESEND), or fail where one is stale. Also: every rule that
# docs/RULES.md shows must load, and the sources of the rules must hold together (tests/sources.sh).
set -u
cd "$(dirname "$0")/.." || exit 2
export LC_ALL=C

write=no
if [ "${1:-}" = --write ]; then
	write=yes
	shift
fi
presend=${1:-${PRESEND:-${B:-build}/presend}}
rules2c=${B:-build}/gen/rules2c
scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT
status=0

# Usage: make_pages FOLDER
make_pages() {
	local file id
	mkdir -p "$1" || return 2
	"$presend" rules --format markdown > "$1/README.md" || return 2
	"$presend" rules --format coverage > "$1/../coverage.md" || return 2
	for file in rules.d/*/*.yaml; do
		id=$(basename "$file" .yaml)
		"$presend" explain --format markdown "$id" > "$1/$id.md" || return 2
	done
}

if ! make_pages "$scratch/rules"; then
	echo "docs: $presend could not write the pages" >&2
	exit 2
fi
if [ "$write" = yes ]; then
	rm -rf docs/rules && mkdir -p docs && cp -r "$scratch/rules" docs/rules && cp "$scratch/coverage.md" docs/coverage.md || exit 2
	echo "docs: $(find docs/rules -name '*.md' | wc -l) pages in docs/rules"
elif ! cmp -s "$scratch/coverage.md" docs/coverage.md; then
	echo 'docs: docs/coverage.md is stale; run "make docs"' >&2
	diff "$scratch/coverage.md" docs/coverage.md 2>&1 | head -n 10 >&2
	status=1
elif ! diff -r "$scratch/rules" docs/rules > "$scratch/diff" 2>&1; then
	echo 'docs: docs/rules is stale; run "make docs"' >&2
	head -n 20 "$scratch/diff" >&2
	status=1
fi

# The rules shown in docs/RULES.md: blocks of YAML that begin with an id.
mkdir "$scratch/shown"
awk -v folder="$scratch/shown" '
	/^```yaml/ { block = 1; file = ""; next }
	/^```/ { block = 0; next }
	block && /^id: / && file == "" { file = folder "/" $2 ".yaml" }
	block && file != "" { print > file }
' docs/RULES.md
shown=$(find "$scratch/shown" -name '*.yaml' | wc -l)
if [ "$shown" -lt 7 ]; then
	echo "docs: docs/RULES.md shows $shown rules, 7 are expected" >&2
	status=1
elif ! "$rules2c" "$scratch/shown" "$scratch/shown.c"; then
	echo 'docs: a rule shown in docs/RULES.md does not load' >&2
	status=1
fi

# The sources that the rules name.
bash tests/sources.sh > "$scratch/sources" || { cat "$scratch/sources" >&2; status=1; }

[ "$status" -ne 0 ] || [ "$write" = yes ] || echo "docs: fresh; $shown rules of docs/RULES.md load"
exit "$status"
