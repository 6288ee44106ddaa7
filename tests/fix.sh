#!/usr/bin/env bash
# --fix, --unsafe-fixes and --diff on files: what is written, what is left alone, exit codes. The edits themselves are held by the examples of the rules
# and by tests/test_rewrite.c.
set -u
cd "$(dirname "$0")/.."
presend=$PWD/${PRESEND:-build/presend}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 1
export LC_ALL=C.UTF-8 NO_COLOR=1
clock=(--now 2026-11-24T00:00:30Z --isolated)
bad=0 n=0

# is WHAT GOT WANTED
is() {
	n=$((n + 1))
	[ "$2" = "$3" ] && return
	printf 'fix: %s: %s, not %s\n' "$1" "$2" "$3"
	bad=1
}
draft() { printf 'From: "Hanami Books" <news@hanami-books.jp>\r\nTo: <a@hanami-reader.jp>\r\nSubject: May\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\nNew books.\r\n'; }
mended() { printf 'From: "Hanami Books" <news@hanami-books.jp>\r\nTo: <a@hanami-reader.jp>\r\nSubject: May\r\nContent-Type: text/plain; charset=us-ascii\r\nMIME-Version: 1.0\r\n\r\nNew books.\r\n'; }
run() { "$presend" "${clock[@]}" --select mime-version-missing "$@" >out 2>err; }

draft >a.eml
run --diff a.eml
is '--diff ends with 1 where there is something' $? 1
cp a.eml patched.eml
patch -s --binary patched.eml <out
is '--diff is a patch' "$(cmp patched.eml <(mended) && echo same)" same
is '--diff changes nothing' "$(cmp a.eml <(draft) && echo same)" same

chmod 640 a.eml
ln -s a.eml link.eml
run --fix link.eml
is '--fix ends with 0 where nothing remains' $? 0
is '--fix' "$(cmp a.eml <(mended) && echo same)" same
is '--fix keeps the mode' "$(stat -c %a a.eml)" 640
is '--fix keeps a link' "$(readlink link.eml)" a.eml
is '--fix leaves nothing behind' "$(ls | tr '\n' ' ')" 'a.eml err link.eml out patched.eml '
before=$(stat -c %i a.eml)
run --fix a.eml
is 'a second run writes nothing' "$(stat -c %i a.eml)" "$before"
run --diff a.eml
is '--diff ends with 0 where there is nothing' "$?$(cat out)" 0

draft | run --fix -
is '--fix of standard input' "$(cmp out <(mended) && echo same)" same

{ echo 'From a@hanami-books.jp Tue Nov 24 00:00:00 2026'; draft | tr -d '\r'; echo; echo 'From a@hanami-books.jp Tue Nov 24 00:00:01 2026'; draft | tr -d '\r'; } >two.mbox
{ echo 'From a@hanami-books.jp Tue Nov 24 00:00:00 2026'; mended | tr -d '\r'; echo; echo 'From a@hanami-books.jp Tue Nov 24 00:00:01 2026'; mended | tr -d '\r'; } >wanted.mbox
run --fix two.mbox
is '--fix of an mbox' "$(cmp two.mbox wanted.mbox && echo same)" same

# What breaks a signature is not safe.
{ printf 'DKIM-Signature: v=1; a=rsa-sha256; d=hanami-books.jp; s=k; h=from; bh=x; b=y\r\n'; draft; } >signed.eml
cp signed.eml copy.eml
run --fix signed.eml
is 'a signed mail is left alone' "$?$(cmp signed.eml copy.eml && echo same)" 1same
run --fix --unsafe-fixes signed.eml
is 'a signed mail with --unsafe-fixes' "$(grep -c MIME-Version signed.eml)" 1

# What the draft or the baseline lets be is not changed.
{ printf 'X-Presend-Ignore: mime-version-missing: made so by the list\r\n'; draft; } >ignored.eml
cp ignored.eml copy.eml
run --fix ignored.eml
is 'an ignored finding is not fixed' "$(cmp ignored.eml copy.eml && echo same)" same
draft >known.eml
run --write-baseline known.eml
run --baseline presend-baseline.json --fix known.eml
is 'a known finding is not fixed' "$(cmp known.eml <(draft) && echo same)" same

# Gmail cuts HTML at 102,400 bytes: what a fix adds must not push the end over that.
# long CHARSET BYTES: HTML of that size, in a charset and with text of it.
long() {
	printf 'From: "Hanami Books" <news@hanami-books.jp>\nTo: <a@hanami-reader.jp>\nSubject: May\nMIME-Version: 1.0\nContent-Type: text/html; charset=%s\nContent-Transfer-Encoding: 8bit\n\n' "$1"
	python3 - "$1" "$2" <<'PY'
import sys
charset, size = sys.argv[1], int(sys.argv[2])
text = "<html><body><p>"
end = "</p></body></html>\n"
data = text.encode(charset)
line = "今月の新刊のご案内です。どうぞご覧ください。\n".encode(charset)
data += line * ((size - len(data) - len(end)) // len(line))
sys.stdout.buffer.write(data + b"x" * (size - len(data) - len(end)) + end.encode())
PY
}
for size in 102000 102398; do
	long UTF-8 $size >"long-$size.eml"
	"$presend" "${clock[@]}" --select html-language --fix "long-$size.eml" >out 2>err
	long Shift_JIS $size >"sjis-$size.eml"
	"$presend" "${clock[@]}" --select charset-legacy --fix --unsafe-fixes "sjis-$size.eml" >out 2>err
done
long Shift_JIS 60000 >sjis-60000.eml
"$presend" "${clock[@]}" --select charset-legacy --fix --unsafe-fixes sjis-60000.eml >out 2>err
is 'lang where there is room' "$(grep -c 'lang="' long-102000.eml)" 1
is 'no lang where it would be cut' "$(cmp long-102398.eml <(long UTF-8 102398) && echo same)" same
is 'UTF-8 where there is room' "$(grep -c 'charset=UTF-8' sjis-60000.eml)" 1
is 'no UTF-8 where it would be cut' "$(cmp sjis-102000.eml <(long Shift_JIS 102000) && echo same)" same

draft >locked.eml
if [ "$(id -u)" != 0 ]; then
	chmod 400 locked.eml
	run --fix locked.eml
	is 'a file that may not be written is told' "$?$(cmp locked.eml <(draft) && echo same)" 2same
fi
run --unsafe-fixes a.eml
is '--unsafe-fixes alone' $? 2
run --diff --format json a.eml
is '--diff with a format' $? 2
run --fix --staged
is '--fix with --staged' $? 2

[ $bad -eq 0 ] && echo "fix: $n checks passed"
exit $bad
