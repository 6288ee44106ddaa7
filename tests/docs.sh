#!/bin/bash
# The pages of docs/rules/ and docs/coverage.md, also in Japanese, are made of the rule files: write them (--write PRESEND), or fail where one is stale. Also:
# the completions of completions/ come from the table of options, every rule that docs/RULES.md shows must load, every page has a Japanese twin that says as much, and the sources of the rules must hold
# together (tests/sources.sh).
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
	"$presend" --lang ja rules --format coverage > "$1/../coverage.ja.md" || return 2
	for file in rules.d/*/*.yaml; do
		case $file in rules.d/replies/* | rules.d/clients/*) continue ;; esac # what receivers answer and clients support is no rule
		id=$(basename "$file" .yaml)
		"$presend" explain --format markdown "$id" > "$1/$id.md" || return 2
	done
}

mkdir "$scratch/completions"
"$presend" completions bash > "$scratch/completions/presend.bash" && "$presend" completions zsh > "$scratch/completions/_presend" &&
	"$presend" completions fish > "$scratch/completions/presend.fish" || exit 2
if [ "$write" = yes ]; then
	mkdir -p completions && cp "$scratch"/completions/* completions/ || exit 2
elif ! diff -r "$scratch/completions" completions > "$scratch/diff" 2>&1; then
	echo 'docs: completions/ is stale; run "make docs"' >&2
	head -n 10 "$scratch/diff" >&2
	status=1
fi
if ! make_pages "$scratch/rules"; then
	echo "docs: $presend could not write the pages" >&2
	exit 2
fi
if [ "$write" = yes ]; then
	rm -rf docs/rules && mkdir -p docs && cp -r "$scratch/rules" docs/rules && cp "$scratch/coverage.md" "$scratch/coverage.ja.md" docs || exit 2
	echo "docs: $(find docs/rules -name '*.md' | wc -l) pages in docs/rules"
elif ! cmp -s "$scratch/coverage.md" docs/coverage.md || ! cmp -s "$scratch/coverage.ja.md" docs/coverage.ja.md; then
	echo 'docs: docs/coverage.md or coverage.ja.md is stale; run "make docs"' >&2
	diff "$scratch/coverage.md" docs/coverage.md 2>&1 | head -n 10 >&2
	status=1
elif ! diff -r "$scratch/rules" docs/rules > "$scratch/diff" 2>&1; then
	echo 'docs: docs/rules is stale; run "make docs"' >&2
	head -n 20 "$scratch/diff" >&2
	status=1
fi

# The keys of docs/configuration.md are made of the table that the reader goes by.
for lang in en ja; do
	page=docs/configuration$([ $lang = en ] || echo .ja).md
	{
		sed '/^<!-- .*--format markdown/q' "$page"
		echo
		"$presend" --lang $lang config --format markdown
		echo
		sed -n '/^<!-- end -->$/,$p' "$page"
	} > "$scratch/page"
	if [ "$write" = yes ]; then
		cp "$scratch/page" "$page"
	elif ! cmp -s "$scratch/page" "$page"; then
		echo "docs: $page is stale; run \"make docs\"" >&2
		status=1
	fi
done

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

# What a page shows, in the order of the page: levels of headings, blocks of YAML and the like without their comments, the program and options of
# commands, and the first column of tables where it is code. The Japanese page may have more headings at its end.
shape() {
	awk '
		/^```/ { if (block = !block) data = /^```(yaml|toml|json|c)$/; print $1; next }
		block && data { sub(/(^|  +)#.*/, ""); sub(/[ \t]+$/, ""); if ($0 != "") print "  " $0; next }
		block { next }
		/^#+ / { print $1; next }
		/^    / { gsub(/,|、/, " "); line = $1; for (i = 2; i <= NF; i++) if ($i ~ /^--/) line = line " " $i; print "    " line; next }
		/^\| `/ { split($0, cell, "|"); n = split(cell[2], code, "`"); line = "|"; for (i = 2; i <= n; i += 2) line = line " " code[i]
			gsub(/`[^`]*`|[ ,*]|、|or/, "", cell[2]); if (cell[2] == "") print line }
	' "$1"
}
twins=0
for page in README.md CONTRIBUTING.md SECURITY.md docs/*.md; do
	case $page in
	*.ja.md | docs/ARCHITECTURE.md | docs/DEVIATIONS.md | docs/GLOSSARY.md | docs/PHILOSOPHY.md) continue ;; # for developers
	esac
	twin=${page%.md}.ja.md
	if [ ! -f "$twin" ]; then
		echo "docs: $page has no Japanese twin $twin" >&2
		status=1
		continue
	fi
	twins=$((twins + 1))
	name=$(basename "$page")
	grep -qF "($name)" "$twin" || { echo "docs: $twin does not lead to $name" >&2; status=1; }
	grep -qF "($(basename "$twin"))" "$page" || { echo "docs: $page does not lead to its twin" >&2; status=1; }
	[ "$page" != CONTRIBUTING.md ] || continue # the twin is a summary
	shape "$page" > "$scratch/en"
	shape "$twin" | head -n "$(wc -l < "$scratch/en")" > "$scratch/ja"
	if ! diff "$scratch/en" "$scratch/ja" > "$scratch/diff"; then
		echo "docs: $twin does not show what $page shows" >&2
		head -n 12 "$scratch/diff" >&2
		status=1
	fi
done
[ "$twins" -ge 7 ] || { echo "docs: only $twins pages with a Japanese twin" >&2; status=1; }

# What docs/RULES.ja.md explains of refusals are words of the loader.
cat lint/rule/node.c lint/rule/rule_load.c lint/own_rules.c lint/run.c | tr -d '\\' > "$scratch/loader"
sed -n '/^## エラーの説明/,$s/^| `\(.*\)` | .*/\1/p' docs/RULES.ja.md | sed 's/…/\n/g' | sed '/^[ "]*$/d; s/^ *//; s/ *$//' | sort -u > "$scratch/words"
[ "$(wc -l < "$scratch/words")" -ge 30 ] || { echo 'docs: docs/RULES.ja.md explains too few refusals' >&2; status=1; }
while read -r words; do
	grep -qF -- "$words" "$scratch/loader" || { echo "docs: docs/RULES.ja.md: the loader never says \"$words\"" >&2; status=1; }
done < "$scratch/words"

# Which rules have a fix.
grep -rl '^fix:' rules.d | sed 's|.*/||; s/\.yaml$//' | sort > "$scratch/fixes"
for page in docs/fixes.md docs/fixes.ja.md; do
	sed -n 's/^| \[\([a-z0-9-]*\)\](rules\/.*/\1/p' "$page" | sort | diff "$scratch/fixes" - > "$scratch/diff" ||
		{ echo "docs: $page: rules with a fix (-), rules that it lists (+)" >&2; cat "$scratch/diff" >&2; status=1; }
done

# The sources that the rules name.
bash tests/sources.sh > "$scratch/sources" || { cat "$scratch/sources" >&2; status=1; }

[ "$status" -ne 0 ] || [ "$write" = yes ] || echo "docs: fresh; $shown rules of docs/RULES.md load; $twins pages have a Japanese twin"
exit "$status"
