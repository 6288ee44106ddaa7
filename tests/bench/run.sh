#!/usr/bin/env bash
# Prints how presend compares with programs of the same libraries that lint nothing. Judges nothing: no figure here fails a build.
# All commands run in turn, and what counts are the ratios (medians of the pairwise ones): "x CPU" of presend to the first line.
# Environment: B the build folder, RUNS (11), MESSAGES (500).
set -eu
cd "$(dirname "$0")/../.."
B=${B:-build} runs=${RUNS:-11} messages=${MESSAGES:-500}
make --no-print-directory -s B="$B" "$B/presend" "$B/bench/parse_only" "$B/bench/minimal" "$B/bench/runstat" >&2
presend=$B/presend parse_only=$B/bench/parse_only minimal=$B/bench/minimal runstat=$B/bench/runstat
export LC_ALL=C.UTF-8 NO_COLOR=1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# A newsletter of about 30 kB in plain and HTML, Japanese, quoted-printable lines long enough to be like the real ones.
newsletter=$work/newsletter.eml
awk 'BEGIN {
	print "From: =?utf-8?B?5pys44Gu5qOa?= <news@example.jp>\nTo: reader@example.com\nSubject: =?utf-8?B?MTLmnIjjga7jgYrnn6XjgonjgZs=?="
	print "Date: Tue, 24 Nov 2026 09:00:00 +0900\nMessage-ID: <1.2026@example.jp>\nMIME-Version: 1.0"
	print "List-Unsubscribe: <https://example.jp/u/1>\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\nList-Id: <news.example.jp>"
	print "Content-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n"
	for (i = 0; i < 60; i++)
		print "第" i "回　本の棚から、今月の新しい本をご案内します。Issue " i ".\nhttps://example.jp/books/" i "\n"
	print "配信停止 https://example.jp/u/1\n--b\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: 8bit\n"
	print "<!DOCTYPE html><html lang=\"ja\"><head><meta charset=\"utf-8\"><title>本の棚</title></head><body>"
	for (i = 0; i < 60; i++)
		print "<table role=\"presentation\" width=\"100%\"><tr><td style=\"padding:12px;font-size:14px;color:#333\"><p>第" i \
			"回　本の棚から、今月の新しい本をご案内します。</p><a href=\"https://example.jp/books/" i \
			"\" style=\"color:#06c\">くわしく</a><img src=\"https://example.jp/i/" i ".png\" alt=\"表紙\"></td></tr></table>"
	print "<p><a href=\"https://example.jp/u/1\">配信停止</a></p></body></html>\n--b--"
}' >"$newsletter"

# The drafts of corpus/good, each several times.
mkdir "$work/good"
i=0
while [ $i -lt "$messages" ]; do
	for draft in corpus/good/*.eml; do
		[ $i -lt "$messages" ] || break
		cp "$draft" "$work/good/$i.eml"
		i=$((i + 1))
	done
done

folder() {
	local bytes
	bytes=$(find "$1" -type f -printf '%s\n' | awk '{ s += $1 } END { print s }')
	echo
	echo "$2 ($(find "$1" -type f | wc -l) messages, $((bytes / 1024)) kB)"
	"$runstat" -n "$runs" -b "$bytes" -m "$(find "$1" -type f | wc -l)" "parse-only=$parse_only $1" \
		"presend=$presend --jobs 1 --format json $1" "text=$presend --jobs 1 --quiet $1"
}

echo "cold start: one newsletter of $(($(stat -c %s "$newsletter") / 1024)) kB, a fresh process each time"
"$runstat" -n $((runs * 3)) "minimal=$minimal" "parse-only=$parse_only $newsletter" "presend=$presend $newsletter"
echo
echo 'cold start: one short draft'
"$runstat" -n $((runs * 3)) "minimal=$minimal" "parse-only=$parse_only corpus/good/receipt.eml" "presend=$presend corpus/good/receipt.eml"

folder "$work/good" 'a folder of newsletters: corpus/good, many times over'

archives=../shared/mail/spamassassin-corpus
if [ -d $archives ]; then
	mkdir "$work/all" "$work/real"
	for archive in "$archives"/*.tar.gz; do
		tar -xzf "$archive" -C "$work/all"
	done
	# Every n-th in the order of names, so that each group has its share.
	find "$work/all" -type f | LC_ALL=C sort >"$work/list"
	step=$(($(wc -l <"$work/list") / messages))
	[ $step -gt 0 ] || step=1
	awk -v step=$step -v most="$messages" 'NR % step == 0 && n < most { n++; print }' "$work/list" >"$work/chosen"
	i=0
	while IFS= read -r file; do
		i=$((i + 1))
		cp "$file" "$work/real/$i.eml"
	done <"$work/chosen"
	folder "$work/real" 'a folder of real mail: the SpamAssassin corpus'
else
	echo "no $archives: no figures for real mail"
fi
