#!/bin/bash
# Makes the lists of rules.d/data anew from the sources that their headers name: downloads, picks the entries, writes the file in
# canonical form with today's date and shows the difference. A list stays as it is where the download fails, an entry looks wrong, or
# more than a tenth would be lost. Lists that people write are named with the page to read. See docs/data.md.
# Usage: tests/refresh.sh [NAME]...
# Environment: REFRESH_FOLDER instead of rules.d/data; REFRESH_BASE: fetch REFRESH_BASE/HOST/PATH instead of https://HOST/PATH (a mirror, a test);
# REFRESH_DATE instead of today.
set -u
cd "$(dirname "$0")/.." || exit 2
export LC_ALL=C
folder=${REFRESH_FOLDER:-rules.d/data}
today=${REFRESH_DATE:-$(date +%F)}
scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT
status=0

complain() {
	echo "refresh: $1: $2; the list is left as it is" >&2
	status=1
}

# Usage: header FILE KEY: the values of a key, a line each.
header() {
	sed -n "s/^# $2: //p" "$1"
}

# Usage: words FILE KEY: the words of a key, a line each.
words() {
	header "$1" "$2" | tr ' ' '\n' | sed '/^$/d'
}

entries() {
	grep -v '^#' "$1"
}

# Usage: fetch FILE: the text at the address of its source.
fetch() {
	local address
	address=$(header "$1" source | sed -n '1s/.*<\(https:.*\)>$/\1/p')
	[ -n "$address" ] || return 1
	if [ -n "${REFRESH_BASE:-}" ]; then
		address="$REFRESH_BASE/${address#https://}"
	fi
	curl --fail --silent --show-error --location --max-time 60 --proto '=https,http,file' "$address"
}

# Each recipe reads the text of the source and writes words, one a line, in any order.
spamassassin_shorteners() {
	awk '$1 == "url_shortener" || $1 == "url_shortener_get" { print $2 }'
}

spamassassin_free_mail() {
	awk '$1 == "freemail_domains" { for (i = 2; i <= NF; i++) print $i }'
}

# The page names types as ".ade", between commas, blanks and tags.
gmail_types() {
	sed 's/<[^>]*>/ /g' | tr ', \t' '\n\n\n' | sed -n 's/^\.\([A-Za-z0-9_]\{1,12\}\)$/\1/p'
}

# Usage: all RECIPE FILE: everything the source has.
all() {
	"$1" | tr 'A-Z' 'a-z'
}

# Usage: kept RECIPE FILE: of the entries there are, those that the source still has.
kept() {
	"$1" | tr 'A-Z' 'a-z' | sort -u > "$scratch/source"
	entries "$2" | sort -u | comm -12 - "$scratch/source"
}

# Usage: make_anew FILE FILTER RECIPE [FILE-OF-OTHERS]: others are entries that stand elsewhere.
make_anew() {
	local file=$1 name old new
	name=$(basename "$file" .txt)
	if ! fetch "$file" > "$scratch/text"; then
		complain "$name" "the source could not be read"
		return
	fi
	{ "$2" "$3" "$file" < "$scratch/text"; words "$file" add; } | sort -u > "$scratch/all"
	{ words "$file" drop; [ $# -lt 4 ] || entries "$4"; } | sort -u > "$scratch/drop"
	comm -23 "$scratch/all" "$scratch/drop" > "$scratch/entries"
	if grep -qvE '^[a-z0-9._*/-]+$' "$scratch/entries"; then
		complain "$name" "the source has \"$(grep -m 1 -vE '^[a-z0-9._*/-]+$' "$scratch/entries")\", which is no entry"
		return
	fi
	old=$(entries "$file" | wc -l)
	new=$(wc -l < "$scratch/entries")
	if [ $((new * 10)) -lt $((old * 9)) ]; then
		complain "$name" "$new entries instead of $old"
		return
	fi
	{ grep '^#' "$file" | sed "s/^# date: .*/# date: $today/; s/^# note: revision [^;]*; /# note: /"; cat "$scratch/entries"; } > "$scratch/new"
	diff -u --label "$name, before" --label "$name, now" "$file" "$scratch/new"
	# Written beside it and moved, so that a full disk leaves the old one.
	cp "$scratch/new" "$file.new" && mv "$file.new" "$file" || { complain "$name" "it could not be written"; return; }
	echo "refresh: $name: $old entries before, $new now"
}

by_hand() {
	echo "refresh: $(basename "${1%.*}") is written by hand: $(header "$1" refresh)"
}

command -v curl > /dev/null || { echo 'refresh: curl is not installed' >&2; exit 2; }
if [ $# -eq 0 ]; then
	for file in "$folder"/*.t[xs][tv]; do
		set -- "$@" "$(basename "${file%.*}")"
	done
fi
for name in "$@"; do
	file=$folder/$name.txt
	[ -f "$file" ] || file=$folder/$name.tsv
	[ -f "$file" ] || { echo "refresh: there is no list $name" >&2; status=2; continue; }
	case $name in
	free-mail) make_anew "$file" kept spamassassin_free_mail ;;
	gmail-blocked-types) make_anew "$file" all gmail_types ;;
	short-names) make_anew "$file" kept spamassassin_shorteners ;;
	shorteners) make_anew "$file" all spamassassin_shorteners "$folder/short-names.txt" ;;
	*) by_hand "$file" ;;
	esac
done
exit $status
