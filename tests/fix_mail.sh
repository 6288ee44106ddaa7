#!/usr/bin/env bash
# What --fix must keep on any mail: a second run changes nothing, a file with nothing to fix stays as it is byte for byte, of a fixed one nothing differs
# but what the fix said, and no finding at warning or error is new (tests/fix_mail.py). Over corpus/, and over the folders that are given (../shared/mail in check-full).
set -u
cd "$(dirname "$0")/.."
presend=$PWD/${PRESEND:-${B:-build}/presend}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export LC_ALL=C.UTF-8 NO_COLOR=1
clock=(--now 2026-11-24T00:00:30Z --isolated)
for folder in "${@:-corpus}"; do
	if [ ! -d "$folder" ]; then
		echo "fix_mail: $folder is no part of the repository"
		exit 77
	fi
	find "$folder" -type f ! -path '*/reference/*' ! -name '*.gz' ! -name '*.upstream' ! -name 'README*' ! -name '*.tsv' ! -name '*.py' -print0
done | LC_ALL=C sort -z >"$scratch/list" || exit 77
[ -s "$scratch/list" ] || { echo 'fix_mail: no mail there'; exit 1; }

mkdir "$scratch/before" "$scratch/again"
# Each file as it is and, so that there is something to fix in many, once damaged: without its MIME-Version, and in turn with line ends of two kinds,
# its last boundary cut off, no transfer encoding, no charset, a long line, or base64 in one line.
python3 - "$scratch" <<'PY' || exit 1
import os, re, sys

def damaged(data, kind):
    head, gap, body = data.partition(b"\n\n") if b"\r\n\r\n" not in data else data.partition(b"\r\n\r\n")
    head = re.sub(rb"(?im)^mime-version:.*\n", b"", head, count=1)
    if kind == 0 and b"\r" not in data:
        return head + gap + re.sub(rb"((?:.*\n){5})", lambda m: m.group()[:-1] + b"\r\n", body)
    if kind == 1:
        return head + gap + re.sub(rb"\r?\n--[^\r\n]+--\s*\Z", b"\n", body)
    if kind == 2:
        return re.sub(rb"(?im)^content-transfer-encoding: *8bit.*\n", b"", head + gap + body)
    if kind == 3:
        return re.sub(rb"(?i); *charset=\"?(?:utf-8|iso-2022-jp)\"?", b"", head + gap + body)
    if kind == 4:
        return head + gap + re.sub(rb"((?:[A-Za-z ,.]{20,70}\r?\n){3,})", lambda m: re.sub(rb"\s+", b" ", m.group()) * 6 + b"\n", body, count=1)
    return head + gap + re.sub(rb"(?:[A-Za-z0-9+/]{60,76}\r?\n){2,}", lambda m: re.sub(rb"\s", b"", m.group()) + b"\n", body)

names = [n for n in open(sys.argv[1] + "/list", "rb").read().split(b"\0") if n]
for i, name in enumerate(names):
    data = open(name, "rb").read()
    less = damaged(data, i % 6)
    for kind, content in (("", data), ("less-", less)):
        if kind == "" or less != data:
            base = re.sub(r"[^A-Za-z0-9.-]", "_", os.fsdecode(os.path.basename(name)))
            open(f"{sys.argv[1]}/before/{i:05d}-{kind}{base}", "wb").write(content)
PY
cp -r "$scratch/before" "$scratch/after"
n=$(find "$scratch/before" -type f | wc -l)

bad=0
# In batches: there are more files than a command line holds.
run() {
	(cd "$scratch/after" && find . -type f -print0 | LC_ALL=C sort -z | "${batch[@]}" sh -c '"$@"; [ $? -lt 2 ]' sh "$presend" "${clock[@]}" "$@" --) >"$scratch/out" 2>"$scratch/err"
}
batch=(xargs -0 -n 400)
# stays WHAT FOLDER: the files are those of the folder.
stays() {
	local changed
	changed=$(diff -rq "$scratch/$2" "$scratch/after")
	[ -z "$changed" ] && return
	printf 'fix_mail: %s:\n%s\n' "$1" "$changed" | head -n 20
	bad=1
}

# Files that a report has no fix for are not changed; the others are.
run --format jsonl || { echo 'fix_mail: presend failed:'; head -n 5 "$scratch/err"; bad=1; }
python3 - "$scratch" <<'PY' | LC_ALL=C sort -u >"$scratch/fixable"
import json, os, sys
for line in open(sys.argv[1] + "/out", encoding="utf-8"):
    message = json.loads(line)
    if any(f.get("fix") and not f.get("suppressed") for f in message.get("findings", [])):
        print(os.path.basename(message["path"]))
PY
mv "$scratch/out" "$scratch/told"
run --fix --unsafe-fixes || { echo 'fix_mail: --fix failed:'; head -n 5 "$scratch/err"; bad=1; }
diff -rq "$scratch/before" "$scratch/after" | sed -n 's|^Files .*/before/\([^ ]*\) and .*|\1|p' | LC_ALL=C sort >"$scratch/changed"
if ! cmp -s "$scratch/fixable" "$scratch/changed"; then
	echo 'fix_mail: fixes that were told (-) and files that were changed (+):'
	diff -u0 "$scratch/fixable" "$scratch/changed" | tail -n +3 | head
	bad=1
fi
cp "$scratch"/after/* "$scratch/again/"
run --fix --unsafe-fixes --format jsonl || bad=1
stays 'a second run changes' again
python3 tests/fix_mail.py "$scratch" >"$scratch/compared" || bad=1
if [ $bad -ne 0 ]; then head -n 40 "$scratch/compared"; fi
if [ ! -s "$scratch/changed" ]; then
	echo 'fix_mail: nothing was fixed in any file: this test proves nothing'
	bad=1
fi
# With folders, how often each rule was mended.
if [ $# -gt 0 ]; then grep '^ *[0-9]* [a-z-]*$' "$scratch/compared"; fi
[ $bad -eq 0 ] && echo "fix_mail: $(wc -l <"$scratch/changed") of $n files fixed, none twice, the others untouched; $(tail -n 1 "$scratch/compared")"
exit $bad
