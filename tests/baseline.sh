#!/usr/bin/env bash
# Baselines and fingerprints as people use them: what is known, what is new, what is gone; from other folders, after edits, after a merge;
# broken files. Environment: PRESEND the program, B the build folder.
set -u
cd "$(dirname "$0")/.." || exit 2
top=$PWD
presend=${PRESEND:-${B:-build}/presend}
case $presend in
/*) ;;
*) presend=$top/$presend ;;
esac
[ -x "$presend" ] || { echo "baseline: $presend is not built"; exit 77; }
command -v git >/dev/null || { echo 'baseline: git is not installed'; exit 77; }
export LC_ALL=C.UTF-8 NO_COLOR=1 COLUMNS=100 GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
unset LANG LC_MESSAGES CLICOLOR_FORCE
scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT
n=0 failures=0

# Usage: report RESULT NAME; RESULT 0 is good.
report() {
	n=$((n + 1))
	[ "$1" -eq 0 ] && return 0
	failures=$((failures + 1))
	echo "baseline: FAILED: $2"
	return 1
}

# Usage: wants CODE NAME ARGUMENT...: run presend; out, err and code are set.
wants() {
	local wanted=$1 name=$2
	shift 2
	"$presend" --now 2026-11-24T00:00:30Z "$@" >"$scratch/out" 2>"$scratch/err" </dev/null
	code=$?
	[ "$code" -eq "$wanted" ]
	report $? "$name: exit $code, not $wanted" || head -n 8 "$scratch/out" "$scratch/err"
}

# Usage: says FILE TEXT NAME; FILE is out or err of the last run, or a path.
says() {
	local file=$scratch/$1
	[ -e "$file" ] || file=$1
	grep -qF -e "$2" "$file"
	report $? "$3: no \"$2\" in $1" || head -n 8 "$file"
}

# The fingerprints of a run, sorted.
prints() {
	"$presend" --now 2026-11-24T00:00:30Z --format json "$@" | grep -o '"fingerprint":"[0-9a-f]*"' | LC_ALL=C sort
}

ip='<a href="http://192.0.2.1/">x</a>'
mkdir -p "$scratch/repo/drafts/deep" "$scratch/repo/other"
cd "$scratch/repo" || exit 2
git init -q .
printf '%s\n' "$ip" "$ip" >drafts/a.html
printf '<p>%s</p>\n' "$ip" >other/b.html
only="--select link-ip-host"

# --- fingerprints: where one stands, how the path is written, which language and which line do not matter ----------------------------------
drafts=("$top"/corpus/bad/*.eml)
[ ${#drafts[@]} -gt 5 ]
report $? 'there are drafts to compare'
cp "${drafts[@]}" drafts/
prints drafts/*.eml >"$scratch/plain"
[ -s "$scratch/plain" ]
report $? 'there are fingerprints'
prints ./drafts//*.eml | cmp -s - "$scratch/plain"
report $? './ and // make another fingerprint'
prints "$PWD"/drafts/*.eml | cmp -s - "$scratch/plain"
report $? 'an absolute path makes another fingerprint'
(cd drafts/deep && prints ../*.eml) | cmp -s - "$scratch/plain"
report $? 'another folder makes another fingerprint'
prints --lang ja drafts/*.eml | cmp -s - "$scratch/plain"
report $? 'another language makes another fingerprint'
cp -R "$scratch/repo" "$scratch/clone"
(cd "$scratch/clone" && prints drafts/*.eml) | cmp -s - "$scratch/plain"
report $? 'a clone makes other fingerprints'
prints drafts/a.html >"$scratch/one"
{ printf '<!-- a\nb -->\n\n'; cat drafts/a.html; } >"$scratch/moved" && mv "$scratch/moved" drafts/a.html
prints drafts/a.html | cmp -s - "$scratch/one"
report $? 'another line makes another fingerprint'

# --- written, known, new, gone ------------------------------------------------------------------------------------------------------------
wants 1 'three findings' $only drafts/a.html other/b.html
wants 2 'a baseline that is not there' $only --baseline none.json drafts/a.html
says err 'write-baseline' 'a missing baseline'
wants 0 'written' $only --write-baseline drafts/a.html other/b.html
says err 'presend-baseline.json' 'what was written is told'
says out '3 suppressed' 'written'
says presend-baseline.json '{"path": "drafts/a.html", "rule": "link-ip-host", "print": ' 'one entry a line'
grep -q '"count": 2},$' presend-baseline.json
report $? 'two of the same are counted'
cp presend-baseline.json "$scratch/first.json"
if command -v python3 >/dev/null; then
	python3 -c 'import json,sys; d=json.load(open(sys.argv[1])); assert d["version"]==1 and len(d["findings"])==2' presend-baseline.json
	report $? 'a baseline is JSON'
fi
wants 0 'known' $only --baseline presend-baseline.json drafts/a.html other/b.html
[ ! -s "$scratch/err" ]
report $? 'nothing to say about a baseline that fits'
(cd drafts && "$presend" $only --baseline ../presend-baseline.json a.html ../other/b.html >/dev/null)
report $? 'known from another folder'
wants 0 'known by an absolute path' $only --baseline "$PWD/presend-baseline.json" "$PWD/drafts/a.html"
wants 0 'JSON says why' $only --baseline presend-baseline.json --format json drafts/a.html
says out '"suppressed":{"kind":"baseline","reason":null}' 'JSON says why'
wants 0 'GitHub and people agree' $only --baseline presend-baseline.json -q drafts/a.html
printf '%s\n' "$ip" >>drafts/a.html
wants 1 'a third of the same' $only --baseline presend-baseline.json drafts/a.html
says out 'drafts/a.html:6:' 'the last one is told'
says out '1 error, 2 suppressed' 'a third of the same'
printf '%s\n' "$ip" >drafts/a.html
wants 0 'one is mended' $only --baseline presend-baseline.json -v drafts/a.html
says err 'drafts/a.html: link-ip-host (1)' 'what is gone is told'
wants 0 'only what was checked is judged' $only --baseline presend-baseline.json other/b.html
[ ! -s "$scratch/err" ]
report $? 'a file that was not checked is not called stale' || cat "$scratch/err"
wants 0 'written again' $only --write-baseline drafts/a.html
says presend-baseline.json 'other/b.html' 'what was not checked is kept'
rm other/b.html
wants 0 'a file is gone' $only --baseline presend-baseline.json drafts/a.html
says err 'entries not found any more: 1' 'a file is gone'
wants 0 'written without it' $only --write-baseline drafts/a.html
! grep -q 'other/b.html' presend-baseline.json
report $? 'a file that is gone is dropped'
wants 1 'a baseline counts from its own folder' $only --lang ja --baseline "$scratch/first.json" drafts/a.html
wants 0 'another severity' $only --write-baseline --fail-on info drafts/a.html

# What a draft says of itself is not written; what was not looked at is never known.
printf '<!-- presend-ignore-file link-ip-host -->\n%s\n' "$ip" >drafts/c.html
wants 0 'suppressed in the draft' $only --baseline c.json --write-baseline drafts/c.html
says c.json '"findings": []' 'suppressed in the draft'
wants 1 'a limit that was reached' --select cap-reached --baseline d.json --write-baseline "$top/corpus/pathological/nested-deep.eml"
says d.json '"findings": []' 'a limit that was reached'

# Odd names.
odd=$'drafts/\xe8\x8a\xb1 "x"\\\t\xff.html'
if printf '%s\n' "$ip" >"$odd" 2>/dev/null; then
	wants 0 'an odd name' $only --baseline odd.json --write-baseline "$odd"
	wants 0 'an odd name is known' $only --baseline odd.json "$odd"
	[ ! -s "$scratch/err" ]
	report $? 'an odd name is found again' || cat "$scratch/err"
fi

# --- two branches ---------------------------------------------------------------------------------------------------------------------
printf '%s\n' "$ip" | tee drafts/m1.html drafts/m3.html drafts/m5.html drafts/m7.html >drafts/m9.html
"$presend" $only --baseline m.json --write-baseline drafts/m1.html drafts/m5.html drafts/m9.html >/dev/null 2>&1
cp m.json base.json && cp m.json ours.json && cp m.json theirs.json
"$presend" $only --baseline ours.json --write-baseline drafts/m3.html >/dev/null 2>&1
"$presend" $only --baseline theirs.json --write-baseline drafts/m7.html >/dev/null 2>&1
git merge-file -q ours.json base.json theirs.json
report $? 'two branches merge'
wants 0 'the merged baseline' $only --baseline ours.json drafts/m1.html drafts/m3.html drafts/m5.html drafts/m7.html drafts/m9.html
sed 's/.*m3.html.*/&\n&/' ours.json >twice.json
wants 0 'an entry that a merge kept twice' $only --baseline twice.json drafts/m3.html

# --- broken files: refused with the place, and never overwritten ---------------------------------------------------------------------------
entry='{"path": "a", "rule": "b", "print": "0123456789abcdef", "count": 1}'
refused() {
	local text=$1 place=$2
	printf '%s' "$text" >broken.json
	cp broken.json kept.json
	wants 2 "broken: $text" $only --baseline broken.json drafts/a.html
	says err "broken.json:$place: " "broken: $text"
	wants 2 "broken, to be written: $text" $only --baseline broken.json --write-baseline drafts/a.html
	cmp -s broken.json kept.json
	report $? "broken: $text: was overwritten"
}
refused '' 1:1
refused 'version: 1' 1:1
refused '[]' 1:1
refused '{}' 1:1
refused '{"version": 1, "tool": "presend"' 2:1
refused '{"version": 2, "tool": "presend", "findings": []}' 1:13
refused '{"version": "1", "tool": "presend", "findings": []}' 1:13
refused '{"version": 1, "tool": "other", "findings": []}' 1:24
refused '{"version": 1, "tool": "presend", "findings": {}}' 1:47
refused '{"version": 1, "tool": "presend", "findings": [], "x": 1}' 1:51
refused $'{"version": 1, "tool": "presend", "findings": [\n  {"path": "a"}\n]}' 2:3
refused "{\"version\": 1, \"tool\": \"presend\", \"findings\": [
  $entry,
  ${entry/\"count\": 1/\"count\": 0}
]}" 3:68
refused "{\"version\": 1, \"tool\": \"presend\", \"findings\": [
  ${entry/0123/012g}
]}" 2:3
refused "{\"version\": 1, \"tool\": \"presend\", \"findings\": [
  ${entry/path/paht}
]}" 2:4
refused "{\"version\": 1, \"tool\": \"presend\", \"findings\": [$entry]} {}" 1:118
refused $'{"version": 1, "tool": "presend", "findings": ["\xff"]}' 1:1
refused $'{"version": 1, "tool": "presend", "findings": [\n<<<<<<< ours\n]}' 2:1
wants 2 'a folder' $only --baseline drafts drafts/a.html
if [ "$(id -u)" -ne 0 ]; then
	mkdir ro && chmod 555 ro
	wants 2 'a folder that cannot be written' $only --baseline ro/b.json --write-baseline drafts/a.html
fi

if [ $failures -gt 0 ]; then
	echo "baseline: $failures of $n failed"
	exit 1
fi
echo "baseline: $n statements about baselines hold"
