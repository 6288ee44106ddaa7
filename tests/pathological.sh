#!/usr/bin/env bash
# Drafts made to stall a linter (corpus/pathological): each ends within the limit with exit code 0 or 1, takes little memory, and where a
# cap cuts what is looked at, says so. A file without a line below is an error, so that no new one goes unjudged.
# Environment: B the build folder; LIMIT_SECONDS (10: even a sanitizer build on a busy machine is far below that).
set -u
cd "$(dirname "$0")/.." || exit 1
presend=${PRESEND:-${B:-build}/presend}
limit=${LIMIT_SECONDS:-10}
export LC_ALL=C.UTF-8 NO_COLOR=1
out=$(mktemp) err=$(mktemp) told=$(mktemp)
trap 'rm -f "$out" "$err" "$told"' EXIT

# NAME, then what must be among the findings, as "rule: words of its message"; cap-reached may only be told where it stands here.
expected='
encoded-word-flood.eml	header-field-long: 
html-deep.eml	cap-reached: HTML elements are nested deeper
long-header.eml	header-field-long: 
many-attributes.eml	cap-reached: an HTML element has more than
many-headers.eml	header-fields-too-many: 
many-parts.eml	cap-reached: there are more than 2000 MIME parts
merge-tag-flood.eml	template-as-message: 
nested-deep.eml	cap-reached: MIME parts are nested deeper
open-brackets.eml	address-list-malformed: 
unclosed-comment.eml	-
unclosed-tags.eml	cap-reached: HTML elements are nested deeper
'
failed=0 n=0
complain() {
	echo "pathological: $1"
	failed=$((failed + 1))
}

for draft in corpus/pathological/*.eml; do
	name=${draft##*/}
	n=$((n + 1))
	want=$(printf '%s' "$expected" | awk -F'\t' -v name="$name" '$1 == name { print $2 }')
	[ -n "$want" ] || { complain "$name: tests/pathological.sh does not say what to expect"; continue; }
	timeout "$limit" "$presend" --now 2026-11-24T00:00:30Z --lang en --format jsonl "$draft" >"$out" 2>"$err"
	code=$?
	if [ $code -eq 124 ]; then
		complain "$name: not done after $limit s"
		continue
	elif [ $code -gt 1 ]; then
		complain "$name: exit $code"
		head -n 20 "$err"
		continue
	fi
	[ -s "$err" ] && { complain "$name: speaks on standard error"; head -n 20 "$err"; }
	python3 - "$out" >"$told" <<'EOF' || { complain "$name: the report is no JSON"; continue; }
import json, sys
for line in open(sys.argv[1], encoding="utf-8"):
    for finding in json.loads(line)["findings"]:
        print(finding["rule"] + ": " + finding["message"])
EOF
	[ "$want" = - ] || grep -qF "$want" "$told" || complain "$name: nothing is told that says \"$want\""
	case $want in
	cap-reached:*) ;;
	*) grep -q '^cap-reached:' "$told" && complain "$name: $(grep -m1 '^cap-reached:' "$told")" ;;
	esac
done
[ $n -gt 0 ] || { echo 'pathological: no drafts'; exit 1; }
echo "pathological: $n drafts, $failed failed"
[ $failed -eq 0 ]
