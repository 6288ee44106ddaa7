#!/usr/bin/env bash
# The lists of facts: every one is named by a rule, every line of a table too, the pages about them are true, no source goes by two
# names, and tests/refresh.sh makes a list anew only from what it can trust. Fetches from a folder, never from a network.
set -u
cd "$(dirname "$0")/.." || exit 2
export LC_ALL=C
scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT
status=0

fail() {
	echo "data: $1" >&2
	[ $# -lt 2 ] || head -n 12 "$2" >&2
	status=1
}

# --- lists, rules and pages
lists=0
for file in rules.d/data/*; do
	name=$(basename "${file%.*}")
	lists=$((lists + 1))
	case $file in
	*.tsv)
		for key in $(grep -v '^#' "$file" | cut -f 1); do
			grep -rqF --include='*.yaml' "@$name/$key" rules.d || fail "no rule names @$name/$key"
		done ;;
	*)
		grep -rqF --include='*.yaml' "\"@$name\"" rules.d || fail "no rule names @$name" ;;
	esac
	for page in docs/data.md docs/data.ja.md; do
		grep -qx "### $name" "$page" || fail "$page has no section $name"
		awk -v name="$name" '/^#/ { on = $0 == "### " name } on' "$page" > "$scratch/section"
		{ sed -n 's/^# source: .*<\(.*\)>$/\1/p; s/^# date: //p; s/^# licence: //p' "$file" | sed 's/;.*//'
		  [ "${file%.tsv}" = "$file" ] || grep -v '^#' "$file" | cut -f 1; } > "$scratch/said"
		while read -r said; do
			grep -qF -- "$said" "$scratch/section" || fail "$page, $name: \"$said\" is missing"
		done < "$scratch/said"
	done
	grep -q "^# refresh: docs/data.md, $name\$" "$file" || fail "$file: refresh must be \"docs/data.md, $name\""
	grep -q '^# licence: \(facts\|Apache-2.0; see docs/data.md\)$' "$file" || fail "$file: a licence that is not settled in docs/data.md"
done
[ "$lists" -ge 8 ] || fail "only $lists lists"
for page in docs/data.md docs/data.ja.md; do
	sed -n 's/^### //p' "$page" | while read -r name; do
		ls rules.d/data/"$name".t[xs][tv] > /dev/null 2>&1 || echo "$page: there is no list $name"
	done > "$scratch/gone"
	[ ! -s "$scratch/gone" ] || fail "sections without a list" "$scratch/gone"
done

# --- a source that rules name, too, has the same address and date here
grep -rhoE --include='*.yaml' 'name: "[^"]*"(, section: "[^"]*")?, url: "[^"]*"(, date: "[^"]*")?' rules.d |
	sed -E 's/name: "([^"]*)"(, section: "[^"]*")?, url: "([^"]*)"(, date: "([^"]*)")?/\1\t\3\t\5/' | sort -u > "$scratch/of_rules"
{ grep -hv '^#' rules.d/data/*.tsv | cut -f 5-7
  for file in rules.d/data/*.txt; do
	sed -n 's/^# source: \(.*\) <\(.*\)>$/\1\t\2/p' "$file" | sed "s/\$/\t$(sed -n 's/^# date: //p' "$file")/"
  done; } | sed 's/\tundated$/\t/' | sort -u > "$scratch/of_lists"
awk -F '\t' 'FNR == NR { address[$1] = $2; date[$1] = $3; next }
	($1 in address) && $2 != "-" && (address[$1] != $2 || date[$1] != $3) { print $1 ": " $2 " " $3 ", in rules " address[$1] " " date[$1] }' \
	"$scratch/of_rules" "$scratch/of_lists" > "$scratch/unlike"
[ ! -s "$scratch/unlike" ] || fail "sources are named otherwise than in rules" "$scratch/unlike"

# --- refresh
base=$scratch/web
rules=$base/raw.githubusercontent.com/apache/spamassassin/trunk/rules
mkdir -p "$rules" "$base/support.google.com/mail/answer"
export REFRESH_BASE=file://$base REFRESH_DATE=2026-12-01 REFRESH_FOLDER=$scratch/data

# Usage: lay_out: the lists as they are, and sources that say what they say.
lay_out() {
	rm -rf "$REFRESH_FOLDER" && cp -r rules.d/data "$REFRESH_FOLDER"
	grep -hv '^#' rules.d/data/shorteners.txt rules.d/data/short-names.txt | sed 's/^/url_shortener /' > "$rules/25_url_shortener.cf"
	printf '# a comment\nurl_shortener doi.org\n' >> "$rules/25_url_shortener.cf"
	grep -v '^#' rules.d/data/free-mail.txt | sed 's/^/freemail_domains one.example two.example /' > "$rules/20_freemail_domains.cf"
	{ echo '<html><p>Files you cannot send:</p><ul><li>'
	  grep -v '^#' rules.d/data/gmail-blocked-types.txt | sed 's/.*/.&,/'
	  echo '</li></ul> and so on. See support.google.com.</html>'; } > "$base/support.google.com/mail/answer/6590"
}

# Usage: refresh EXIT-CODE [NAME]...
refresh() {
	local wanted=$1 code
	shift
	bash tests/refresh.sh "$@" > "$scratch/out" 2>&1
	code=$?
	[ $code -eq "$wanted" ] || fail "refresh $*: exit $code, not $wanted" "$scratch/out"
}

# Usage: same NAME: the entries are those of rules.d/data.
same() {
	grep -v '^#' "rules.d/data/$1.txt" | cmp -s - <(grep -v '^#' "$REFRESH_FOLDER/$1.txt") || fail "refresh: the entries of $1 changed" "$scratch/out"
}

lay_out
refresh 0
for name in shorteners short-names free-mail gmail-blocked-types; do
	same $name
	grep -qx '# date: 2026-12-01' "$REFRESH_FOLDER/$name.txt" || fail "refresh: $name has no new date"
done
grep -q 'receiver-limits is written by hand' "$scratch/out" || fail 'refresh: a list that is written by hand is not named' "$scratch/out"
cmp -s rules.d/data/receiver-limits.tsv "$REFRESH_FOLDER/receiver-limits.tsv" || fail 'refresh: a list that is written by hand changed'

lay_out
printf 'url_shortener NEW-one.example\nurl_shortener_get .zz.example\n' >> "$rules/25_url_shortener.cf"
sed -i '/ bit\.ly$/d' "$rules/25_url_shortener.cf"
refresh 0 shorteners
for sign in '^+new-one.example$' '^+.zz.example$' '^-bit.ly$'; do
	grep -q "$sign" "$scratch/out" || fail "refresh: no $sign in the difference" "$scratch/out"
done
grep -v '^#' "$REFRESH_FOLDER/shorteners.txt" | sort -cu || fail 'refresh: not in canonical form'
grep -qx 'x.gd' "$REFRESH_FOLDER/shorteners.txt" || fail 'refresh: what the header adds is gone'
! grep -qx 'doi.org' "$REFRESH_FOLDER/shorteners.txt" || fail 'refresh: what the header drops is there'
! grep -qx 'youtu.be' "$REFRESH_FOLDER/shorteners.txt" || fail 'refresh: an entry of short-names is among the shorteners'

# A list that was chosen takes nothing new from the source.
lay_out
refresh 0 free-mail
! grep -q 'one.example' "$REFRESH_FOLDER/free-mail.txt" || fail 'refresh: free-mail takes what nobody chose'

# No source; a source of nothing; one that lost more than a tenth; one that is no list.
lay_out
rm "$rules/25_url_shortener.cf"
refresh 1 shorteners
cmp -s rules.d/data/shorteners.txt "$REFRESH_FOLDER/shorteners.txt" || fail 'refresh: a list changed without its source'
lay_out
: > "$base/support.google.com/mail/answer/6590"
refresh 1 gmail-blocked-types
cmp -s rules.d/data/gmail-blocked-types.txt "$REFRESH_FOLDER/gmail-blocked-types.txt" || fail 'refresh: an empty page emptied a list'
lay_out
sed -i 1,30d "$rules/25_url_shortener.cf"
refresh 1 shorteners
cmp -s rules.d/data/shorteners.txt "$REFRESH_FOLDER/shorteners.txt" || fail 'refresh: a list lost more than a tenth'
lay_out
echo 'url_shortener <b>moved</b>' >> "$rules/25_url_shortener.cf"
refresh 1 shorteners
cmp -s rules.d/data/shorteners.txt "$REFRESH_FOLDER/shorteners.txt" || fail 'refresh: an entry that is none was taken'
refresh 2 no-such-list

[ $status -ne 0 ] || echo "data: $lists lists, each named by a rule and described"
exit $status
