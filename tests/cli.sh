#!/usr/bin/env bash
# The command line as people, scripts and CI jobs rely on it: exit codes, streams, formats, kinds of input, own rules; and that the
# documents (README, man pages, ARCHITECTURE) say what the program does. Knows few rules by name: wording is tested elsewhere.
# Environment: PRESEND the program, B the build folder. --write rewrites the screens of the READMEs.
set -u
cd "$(dirname "$0")/.." || exit 2
top=$PWD
presend=${PRESEND:-${B:-build}/presend}
case $presend in
/*) ;;
*) presend=$top/$presend ;;
esac
[ -x "$presend" ] || { echo "cli: $presend is not built"; exit 77; }
export LC_ALL=C.UTF-8 NO_COLOR=1 COLUMNS=100
unset LANG LC_MESSAGES CLICOLOR_FORCE
clock=2026-11-24T00:00:30Z
good=$top/corpus/good/bank-8bit.eml
bad=$top/corpus/bad/founding-story.eml
scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT
n=0 failures=0

# Usage: report RESULT NAME; RESULT 0 is good.
report() {
	n=$((n + 1))
	[ "$1" -eq 0 ] && return 0
	failures=$((failures + 1))
	echo "cli: FAILED: $2"
	return 1
}

# Run presend with the arguments; out, err and code are set.
run() {
	"$presend" "$@" >"$scratch/out" 2>"$scratch/err" </dev/null
	code=$?
}

# Usage: wants CODE NAME ARGUMENT...
wants() {
	local wanted=$1 name=$2
	shift 2
	run "$@"
	[ "$code" -eq "$wanted" ]
	report $? "$name: exit $code, not $wanted" || head -n 5 "$scratch/out" "$scratch/err"
}

# Usage: says FILE TEXT NAME; FILE is out or err of the last run.
says() {
	grep -qF -e "$2" "$scratch/$1"
	report $? "$3: no \"$2\" in std$1" || head -n 5 "$scratch/$1"
}

# Usage: silent FILE NAME
silent() {
	[ ! -s "$scratch/$1" ]
	report $? "$2: std$1 is not empty" || head -n 5 "$scratch/$1"
}

have_python=no
command -v python3 >/dev/null && have_python=yes

# Usage: python NAME SCRIPT ARGUMENT...: python3 must end with 0. Passed over where there is none.
python() {
	local name=$1
	shift
	[ $have_python = yes ] || return 0
	python3 -c "$@"
	report $? "$name"
}

# --- the screens of the READMEs ----------------------------------------------------------------------------------------------------

# A screen stands between "<!-- screen: ARGUMENTS -->" and "<!-- end -->": a fence, "$ build/presend ARGUMENTS", its output, a fence.
# Usage: screen_lines FILE: the file with every screen made new.
screen_lines() {
	local line arguments inside=no
	while IFS= read -r line; do
		case $line in
		'<!-- screen: '*' -->')
			inside=yes
			arguments=${line#'<!-- screen: '}
			arguments=${arguments%' -->'}
			printf '%s\n```console\n$ build/presend %s\n' "$line" "$arguments"
			# shellcheck disable=SC2086
			"$presend" $arguments </dev/null
			printf '```\n'
			;;
		'<!-- end -->')
			inside=no
			printf '%s\n' "$line"
			;;
		*) [ $inside = yes ] || printf '%s\n' "$line" ;;
		esac
	done <"$1"
}

for readme in README.md README.ja.md docs/formats.md docs/formats.ja.md docs/preview.md docs/preview.ja.md docs/templates.md docs/templates.ja.md; do
	screen_lines "$readme" >"$scratch/readme"
	if [ "${1:-}" = --write ]; then
		cmp -s "$scratch/readme" "$readme" || { cp "$scratch/readme" "$readme" && echo "cli: $readme written"; }
		continue
	fi
	diff -u "$readme" "$scratch/readme" >"$scratch/difference" && grep -q '^<!-- screen: ' "$readme"
	report $? "the screen of $readme is not what the program prints; tests/cli.sh --write makes it new" ||
		head -n 30 "$scratch/difference"
done
[ "${1:-}" = --write ] && exit 0

# --- exit codes -----------------------------------------------------------------------------------------------------------------

wants 0 'a good draft' --now $clock "$good"
wants 1 'a bad draft' --now $clock "$bad"
wants 2 'no path'
says err 'usage: presend' 'no path'
silent out 'no path'
wants 2 'a missing file' "$scratch/nowhere.eml"
says out 'No such file' 'a missing file'
wants 2 'a missing file beside a bad one' --now $clock "$scratch/nowhere.eml" "$bad"
says out header-duplicate 'the others are still checked'
says out nowhere.eml 'what was not checked is named'
ln -s /proc/self/mem "$scratch/unreadable.eml"
wants 2 'an unreadable file beside a bad one' --now $clock "$bad" "$scratch/unreadable.eml"
says out header-duplicate 'the others are still checked'
says out unreadable.eml 'what was not checked is named'
if [ "$(id -u)" -ne 0 ]; then
	cp "$good" "$scratch/locked.eml"
	chmod 000 "$scratch/locked.eml"
	wants 2 'a file without permission' "$scratch/locked.eml"
fi
wants 2 'a missing file, jsonl' --format jsonl "$scratch/nowhere.eml" "$good"
says err nowhere.eml 'jsonl has no place for errors: stderr'
wants 2 'unknown option' --selct x "$good"
says err 'did you mean: --select' 'unknown option'
silent out 'unknown option'
wants 2 'unknown short option' -x "$good"
wants 2 'unknown rule' --select header-dupplicate,tag "$good"
wants 2 'unknown rule' --ignore header-duplicatee "$good"
says err 'did you mean: header-duplicate' 'unknown rule'
wants 2 'unknown profile' --profile gmial "$good"
says err 'did you mean: gmail' 'unknown profile'
wants 2 'unknown format' --format jsno "$good"
says err 'did you mean: json' 'unknown format'
wants 2 'unknown command' lnit
says err 'did you mean: lint' 'unknown command'
wants 2 'unknown rule to explain' explain unsubscribe-tokn
says err 'did you mean: unsubscribe-token' 'unknown rule to explain'
wants 2 'explain without a rule' explain
wants 2 'rules with a word too many' rules everything
for value in stage=late class=letter volume=huge fail-on=sometimes now=yesterday jobs=0 jobs=many lang=fr color=blue max-score=-1 \
	target-charset=klingon; do
	wants 2 "a wrong value, $value" "--${value%%=*}" "${value#*=}" "$good"
	says err "--${value%%=*}" "a wrong value, $value"
done
wants 2 'an option without its value' "$good" --stage
wants 2 'a value too many' --quiet=yes "$good"
for value in 0 1 -0.5 1.5 half; do
	wants 2 "a prior of $value" --prior "$value" "$good"
done

wants 0 'a warning alone' --now $clock --select from-name-urgent "$bad"
says out from-name-urgent 'a warning alone'
wants 1 '--fail-on warning' --now $clock --select from-name-urgent --fail-on warning "$bad"
wants 1 '--fail-on info' --now $clock --select from-name-urgent --fail-on=info "$bad"
wants 0 '--fail-on never' --now $clock --fail-on never "$bad"
wants 0 '--ignore' --now $clock --select header-duplicate --ignore FM-03,header-duplicate "$bad"
wants 1 '--select by requirement' --now $clock --select FM-03 "$bad"
sed '$aXJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X' "$good" >"$scratch/points.eml"
wants 1 '--max-score below' --now $clock --fail-on never --max-score 5 "$top/corpus/bad/reads-like-spam.eml"
wants 0 '--max-score above' --now $clock --fail-on never --max-score 1000 "$top/corpus/bad/reads-like-spam.eml"
wants 0 help --help
says out 'usage: presend' help
wants 0 'help as a command' help
wants 0 'help of a command' help explain
says out 'usage: presend explain' 'help of a command'
says out '--rules PATH' 'help of a command: its options'
! grep -q -e --select "$scratch/out"
report $? 'help of a command: only its options'
wants 0 '--help behind a command' checklist --help
says out 'usage: presend checklist' '--help behind a command'
wants 2 'help of an unknown command' help chekclist
says err 'did you mean: checklist' 'help of an unknown command'
wants 2 'an option of another command' explain --select FM-03 FM-03
says err 'explain --select' 'an option of another command'
wants 2 'a file for a format of rules' rules --format "json=$scratch/rules.json"
wants 0 version --version
says out 'presend ' version
mkdir "$scratch/project"
git init -q "$scratch/project"
(cd "$scratch/project" && "$presend" init) >"$scratch/out" 2>"$scratch/err"
report $? 'init'
says out 'presend.toml: written' 'init'
says out 'pre-commit: written' 'init'
(cd "$scratch/project" && "$presend" --now $clock "$good") >"$scratch/out" 2>"$scratch/err"
report $? 'what init writes is a configuration'
[ -x "$scratch/project/.git/hooks/pre-commit" ]
report $? 'init in a repository: the hook'
cp -r "$scratch/project" "$scratch/before"
(cd "$scratch/project" && "$presend" init) >"$scratch/out" 2>"$scratch/err"
report $? 'init again'
says out 'presend.toml: is there already' 'init again'
diff -r "$scratch/before" "$scratch/project" >"$scratch/difference"
report $? 'init again changes nothing' || cat "$scratch/difference"
mkdir "$scratch/elsewhere"
printf 'stage = "final"\n' >"$scratch/elsewhere/.presend.toml"
(cd "$scratch/elsewhere" && GIT_CEILING_DIRECTORIES="$scratch" "$presend" --lang ja init) >"$scratch/out" 2>"$scratch/err"
report $? 'init beside .presend.toml, without a repository'
[ ! -e "$scratch/elsewhere/presend.toml" ]
report $? 'init beside .presend.toml writes no second configuration'
(cd "$scratch/elsewhere" && rm .presend.toml && GIT_CEILING_DIRECTORIES="$scratch" "$presend" --lang ja init) >"$scratch/out" 2>"$scratch/err"
[ $? -eq 0 ] && [ "$(ls -A "$scratch/elsewhere")" = presend.toml ] && grep -q '設定' "$scratch/elsewhere/presend.toml"
report $? 'init in Japanese, without a repository'
wants 2 'init with a word too many' init now
wants 0 explain explain header-duplicate
says out FM-03 explain
wants 0 'explain by requirement' explain FM-03
wants 0 rules rules
wants 0 'the coverage page' rules --format coverage
says out '| UN-01 |' 'the coverage page'

# --- the preview ----------------------------------------------------------------------------------------------------------------

wants 0 preview preview "$good"
says out 'Apple Mail, phone' 'preview: rows of inboxes'
says out 'What a screen reader reads first' 'preview: screen readers'
wants 0 'preview of a bad draft' preview "$bad"
wants 0 'preview of a template' preview corpus/templates/front-matter.html
says out '{{ month }}' 'preview of a template keeps its tags'
wants 0 'preview of the second message' preview --message 2 corpus/good/three-issues.mbox
says out 'message 2 of 3' 'preview of the second message'
wants 2 'preview of a message that is not there' preview --message 4 corpus/good/three-issues.mbox
wants 2 'preview of message 0' preview --message 0 "$good"
wants 2 'preview without a file' preview
wants 2 'preview of two files' preview "$good" "$bad"
wants 2 'preview of a missing file' preview "$scratch/no-such.eml"
says err no-such.eml 'preview of a missing file'
wants 2 'preview in an unknown format' preview --format sarif "$good"
printf 'From: \033[31m <a@hanami-books.jp>\nSubject: \033]0;x\007\nContent-Type: text/html\n\n<p>\033[2J</p><a href="\033x">\033</a>\n' >"$scratch/escape.eml"
wants 0 'preview of escape sequences' preview "$scratch/escape.eml"
LC_ALL=C grep -q "$(printf '\033')" "$scratch/out"
[ $? -eq 1 ]
report $? 'preview passes no escape sequence on'
run preview --format json "$good"
python 'preview: JSON' 'import json, sys
p = json.load(open(sys.argv[1]))
assert p["version"] == 1 and len(p["inbox"]) == 6 and p["kind"] == "message" and p["body"] and p["subject"]
assert p["views"] == 0 and p["clients_without_row"] == [] and "row" not in p
assert all(r[f]["basis"] in ("measured", "published", "typical") for r in p["inbox"] for f in ("sender", "subject", "preview"))' "$scratch/out"

wants 0 'preview --clients' preview --clients gmail-web,yahoo "$good"
says out 'Gmail, desktop' 'preview --clients: the row that was asked for'
says out 'Nothing is known of how the inbox of these cuts: Yahoo! Mail' 'preview --clients: a client without a row'
! grep -q 'Apple Mail, phone\|Gmail, phone' "$scratch/out"
report $? 'preview --clients: no other row'
wants 2 'preview --clients of an unknown one' preview --clients gmial "$good"
mkdir "$scratch/shown"
printf 'lang = "ja"\nclients = ["apple"]\n[lists.outer]\naddresses = ["club@hanami-books.jp"]\nclients = ["outlook-ios"]\n' >"$scratch/shown/presend.toml"
printf '%s\n' 'Subject: {% if vip %}Early{% else %}Our{% endif %} sale, {{ name }}' '' '{% if vip %}' 'Dear member,' '{% else %}' 'Dear reader,' '{% endif %}' '{{ when | strftime }}' >"$scratch/shown/weekly.txt.j2"
printf 'name,vip\nHana,1\n花子,\n' >"$scratch/shown/readers.csv"
printf 'From: club@hanami-books.jp\nSubject: A\n\nB\n' >"$scratch/shown/club.eml"
cd "$scratch/shown" || exit 2
run preview weekly.txt.j2
says out 'Apple Mail、スマートフォン' 'preview: the language and the clients of the configuration'
! grep -q Gmail "$scratch/out"
report $? 'preview: only the clients of the configuration'
run preview club.eml
says out 'Outlook、スマートフォン' 'preview: the clients of the list'
run preview --isolated weekly.txt.j2
says out 'Gmail, desktop' 'preview --isolated'
says out 'Early sale, {{ name }}' 'preview: one branch of the subject'
says out 'The template has branches' 'preview: says that there are branches'
printf '\nThe mail (plain text)\n  Dear member,\n  {{ when | strftime }}\n' >"$scratch/wanted"
tail -n 4 "$scratch/out" | diff -u "$scratch/wanted" -
report $? 'preview: one branch of the text, and no lines of statements'
wants 0 'preview --data --row' preview --isolated --data readers.csv --row 2 weekly.txt.j2
says out 'Our sale, 花子' 'preview --row: the subject of this row'
says out 'Dear reader,' 'preview --row: the branch of this row'
says out 'Filled in with row 2 (readers.csv:3)' 'preview --row: says which'
says out 'something harmless stands there: when | strftime' 'preview --row: says what could not be filled in'
run preview --isolated --data readers.csv weekly.txt.j2
says out 'Early sale, Hana' 'preview --data: the first row'
run preview --isolated --format json --data readers.csv --row 2 weekly.txt.j2
python 'preview --data: JSON' 'import json, sys
p = json.load(open(sys.argv[1]))
assert p["row"] == {"data": "readers.csv", "row": 2, "line": 3, "unfilled": "when | strftime"} and p["subject"] == "Our sale, 花子"' "$scratch/out"
# As Twig 3.5 prints it.
printf 'Subject: {%% if name %%}{{ name|first }}{{ name|last }}{%% endif %%} {{ name|title }}\n\nx\n' >first.txt.twig
printf 'name\na&b.c\n' >first.csv
run preview --isolated --data first.csv first.txt.twig
says out 'ac A&B.C' 'the first and the last character of a text, and titles, of Twig'
wants 2 'preview --row behind the last' preview --data readers.csv --row 3 weekly.txt.j2
wants 2 'preview --row without --data' preview --row 1 weekly.txt.j2
wants 2 'preview --data of a message' preview --data readers.csv club.eml
printf 'clients = ["gmial"]\n' >presend.toml
wants 2 'preview with a wrong configuration' preview weekly.txt.j2
cd "$top" || exit 2

# --- the verdict sheet ----------------------------------------------------------------------------------------------------------

wants 0 'checklist of a good draft' checklist --now $clock "$good"
says out 'needs-dns' 'checklist: what DNS would answer'
says out 'Gmail: ' 'checklist: the default profile'
wants 1 'checklist of a bad draft' checklist --now $clock "$bad"
says out '6:1 error header-duplicate' 'checklist: the place of a fault'
says out 'duplicate headers' 'checklist: the reply of the receiver'
wants 0 'checklist --fail-on never' checklist --now $clock --fail-on never "$bad"
wants 2 'checklist without a file' checklist
wants 2 'checklist of a missing file' checklist "$scratch/no-such.eml"
wants 2 'checklist of a missing file, JSON' checklist --format json "$scratch/no-such.eml"
says err no-such.eml 'checklist in JSON tells what cannot be read'
wants 2 'checklist in a format of lint only' checklist --format jsonl "$good"
wants 2 'an unknown profile' checklist --profile gmial "$good"
says err 'did you mean: gmail' 'an unknown profile'
run --lang ja checklist --now $clock --profile yahoo,law-jp "$bad"
says out '不合格' 'checklist in Japanese'
says out '法令: 日本: ' 'checklist: a law'
! grep -q 'iCloud' "$scratch/out"
report $? 'checklist: only what was asked for'
run checklist --now $clock --profile gmail-bulk,yahoo,outlook,icloud,japan-carriers,law-jp,law-us,law-ca,law-eu --format json "$bad"
cp "$scratch/out" "$scratch/sheet"
"$presend" --now $clock --profile gmail-bulk,yahoo,outlook,icloud,japan-carriers,law-jp,law-us,law-ca,law-eu --format json "$bad" >"$scratch/all-profiles"
says out header-duplicate rules

# --- streams and formats --------------------------------------------------------------------------------------------------------

"$presend" --now $clock - <"$bad" >"$scratch/out" 2>"$scratch/err"
[ $? -eq 1 ]
report $? 'standard input: exit code'
says out '-:6:1: error' 'standard input is called -'
"$presend" --now $clock --stdin-filename weekly.html.j2 --format json - <"$top/corpus/templates/weekly.html.j2" >"$scratch/out"
says out '"kind":"template"' '--stdin-filename says what it is'
says out '"path":"weekly.html.j2"' '--stdin-filename says what it is called'
"$presend" --now $clock --stdin-filename corpus/bad/founding-story.eml --format json - <"$bad" >"$scratch/from-stdin"
"$presend" --now $clock --format json corpus/bad/founding-story.eml >"$scratch/from-file"
cmp -s "$scratch/from-stdin" "$scratch/from-file"
report $? 'a file and the same bytes on standard input give the same report'
printf 'x' | "$presend" --format json - >/dev/null 2>&1
[ $? -eq 1 ]
report $? 'one byte is a message with errors'

# Corpus paths are relative here, as a user in the repository gives them.
run --now $clock --format json --jobs 1 corpus
cp "$scratch/out" "$scratch/one"
run --now $clock --format json --jobs 4 corpus
cmp -s "$scratch/one" "$scratch/out"
report $? '--jobs 1 and --jobs 4 give the same bytes'
run --now $clock --format json corpus
cmp -s "$scratch/one" "$scratch/out"
report $? 'a second run gives the same bytes'
run --now $clock --jobs 1 --verbose --statistics corpus
cp "$scratch/out" "$scratch/text"
run --now $clock --jobs 3 --verbose --statistics corpus
cmp -s "$scratch/text" "$scratch/out"
report $? 'the text report does not depend on --jobs'
run --now $clock --format jsonl corpus
cp "$scratch/out" "$scratch/lines"

python 'checklist: one row for each requirement, with the status that lint gives it' '
import json, re, sys
lines = open(sys.argv[1], encoding="utf-8").read().splitlines()
assert len(lines) == 1
sheet = json.loads(lines[0])
lint = json.load(open(sys.argv[2], encoding="utf-8"))["messages"][0]
rows = sheet["rows"]
ids = [r["id"] for r in rows]
assert sheet["version"] == 1 and sheet["path"] == lint["path"] and len(sheet["profiles"]) == 10
assert ids == sorted(set(ids)) and len(ids) > 200, len(ids)
known = {r["id"]: r["status"] for r in lint["requirements"]}
for r in rows:
    assert known[r["id"]] == r["status"], r
    assert r["title"] and r["sources"] and r["profiles"], r
    assert bool(r["findings"]) == (r["status"] == "fail" or r["reason"] == "remark"), r
    assert bool(r["answer"]) == r["status"].startswith("needs-"), r
    assert bool(r["reason"]) == (r["status"] in ("not-applicable", "unknown")), r
assert {"pass", "fail", "needs-dns", "needs-receiver", "not-applicable"} <= set(known.values())
told = set(re.findall(r"`([a-z_]+)`", open(sys.argv[3], encoding="utf-8").read()))
def names(value):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from names(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from names(inner)
assert not set(names(sheet)) - told, set(names(sheet)) - told
' "$scratch/sheet" "$scratch/all-profiles" docs/output.md
run checklist --now $clock --format json corpus/good/three-issues.mbox
[ "$(wc -l <"$scratch/out")" -eq 3 ]
report $? 'checklist: one sheet for each message of an mbox'

python 'JSON: valid, whole, sorted; jsonl has the same messages' '
import json, sys
whole = json.load(open(sys.argv[1], encoding="utf-8"))
lines = [json.loads(line) for line in open(sys.argv[2], encoding="utf-8")]
assert whole["version"] == 1 and whole["tool"] == "presend" and whole["errors"] == []
assert list(whole) == ["version", "tool", "tool_version", "rules_version", "messages", "errors"]
assert lines == whole["messages"] and len(lines) > 80, len(lines)
places = [(m["path"], m["index"]) for m in lines]
assert places == sorted(places) and len(set(places)) == len(places)
for m in lines:
    order = [(f["span"]["start"]["offset"], f["rule"]) for f in m["findings"]]
    assert order == sorted(order), m["path"]
    ids = [r["id"] for r in m["requirements"]]
    assert ids == sorted(set(ids)), m["path"]
    for f in m["findings"]:
        start, end = f["span"]["start"], f["span"]["end"]
        assert 0 <= start["offset"] <= end["offset"] and start["line"] >= 1 and start["column"] >= 1, (m["path"], f)
        assert f["severity"] in ("error", "warning", "info") and f["confidence"] in ("certain", "likely", "opinion")
        assert f["message"] and f["help"] and len(f["fingerprint"]) == 16, (m["path"], f)
        assert "" not in [v for v in f.values() if isinstance(v, str)], (m["path"], f)
' "$scratch/one" "$scratch/lines"
python 'JSON: every field is described in docs/output.md' '
import json, re, sys
text = open(sys.argv[2], encoding="utf-8").read()
told = set(re.findall(r"`([a-z_0-9]+)`", text))
def names(value):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from names(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from names(inner)
missing = set(names(json.load(open(sys.argv[1], encoding="utf-8")))) - told
assert not missing, missing
' "$scratch/one" docs/output.md
"$presend" rules --format json >"$scratch/rules.json"
python 'rules --format json is JSON' 'import json, sys; assert json.load(open(sys.argv[1], encoding="utf-8"))["rules"]' "$scratch/rules.json"

# The places of findings are those of the file: line and column lead to the offset.
python 'offset, line and column agree' '
import json, sys
for m in json.load(open(sys.argv[1], encoding="utf-8"))["messages"]:
    data = open(m["path"], "rb").read()
    for f in m["findings"]:
        for place in f["span"].values():
            head = data[:place["offset"]].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
            assert head.count(b"\n") + 1 == place["line"] or data[place["offset"] - 1:place["offset"] + 1] == b"\r\n", (m["path"], f["rule"], place)
' "$scratch/one"

cp "$good" "$scratch/report.json"
ln "$scratch/report.json" "$scratch/earlier"
run --now $clock --format "json=$scratch/report.json" corpus/bad/founding-story.eml
[ "$code" -eq 1 ]
report $? 'a report in a file: exit code'
silent out 'a report in a file'
cmp -s "$scratch/report.json" "$scratch/from-file"
report $? 'a report in a file is the report'
cmp -s "$scratch/earlier" "$good"
report $? 'a report in a file is put in place whole: the old file keeps its bytes'
run --now $clock --format "json=$scratch/both.json" --format text corpus/bad/founding-story.eml
[ -s "$scratch/out" ] && cmp -s "$scratch/both.json" "$scratch/from-file"
report $? 'two reports at once'
wants 2 'two reports on standard output' --format json --format sarif "$good"
silent out 'two reports on standard output'
says err 'give one a file: --format NAME=FILE' 'two reports on standard output'
wants 2 'two reports into one file' --format "json=$scratch/same" --format "sarif=$scratch/same" "$good"
[ ! -e "$scratch/same" ]
report $? 'two reports into one file: nothing is written'
run --now $clock --format json=- corpus/bad/founding-story.eml
cmp -s "$scratch/out" "$scratch/from-file"
report $? 'a report in the file - goes to standard output'
wants 2 'unknown format' --format saref "$good"
says err 'did you mean: sarif' 'unknown format'
wants 2 'a report that cannot be written' --now $clock --format "json=$scratch/no/such/folder.json" "$good"
silent out 'a report that cannot be written'
[ -s "$scratch/err" ]
report $? 'a report that cannot be written is told'
if [ -e /dev/full ]; then
	"$presend" --now $clock "$bad" >/dev/full 2>"$scratch/err"
	[ $? -eq 2 ] && [ -s "$scratch/err" ]
	report $? 'a full disk is exit 2 and told'
fi
"$presend" --now $clock --format json corpus 2>"$scratch/err" | head -n 1 >/dev/null
code=${PIPESTATUS[0]}
[ "$code" -lt 126 ]
report $? "a closed pipe ends the program with exit $code"
silent err 'a closed pipe is nobody'"'"'s fault'

wants 0 '--quiet, nothing found' --now $clock --quiet --select header-duplicate "$good"
silent out '--quiet, nothing found'
wants 1 '--quiet, something found' --now $clock --quiet "$bad"
[ "$(wc -l <"$scratch/out")" -eq 1 ]
report $? '--quiet prints the summary alone'
run --now $clock --statistics "$bad"
says out header-duplicate '--statistics'

# --- colour, and text of drafts -----------------------------------------------------------------------------------------------------

escape=$(printf '\033')
run --now $clock "$bad"
! grep -q "$escape" "$scratch/out"
report $? 'NO_COLOR'
NO_COLOR='' CLICOLOR_FORCE=1 "$presend" --now $clock "$bad" >"$scratch/out"
grep -q "$escape" "$scratch/out"
report $? 'CLICOLOR_FORCE'
run --now $clock --color always "$bad"
grep -q "$escape" "$scratch/out"
report $? '--color always is stronger than NO_COLOR'
run --now $clock --color always --format "text=$scratch/plain" "$bad"
[ -s "$scratch/plain" ] && ! grep -q "$escape" "$scratch/plain"
report $? 'no colours in a file'

hostile=$scratch/$(printf 'evil\033]0;owned\007\033[2J.eml')
{
	printf 'From: "\033[31mA" <a@hanami-books.jp>\nTo: b@hanami-reader.jp\nTo: \033]8;;http://x/\033\\c@hanami-reader.jp\n'
	printf 'Subject: =?UTF-8?B?%s?=\n' "$(printf '\033[2J\342\200\256\302\233x' | base64)"
	printf 'Date: \033[1mnever\nMIME-Version: 1.0\nContent-Type: text/html; charset=UTF-8\n\n'
	printf '<p>%%%%name%%%% \033[5m \302\2335m \342\200\256 {{x}} <a href="http://\033[7m">\007</a>\n'
} >"$hostile"
# Usage: harmless FILE: no control byte but the line end, no C1 control, no control of the direction of text.
harmless() {
	! LC_ALL=C grep -qaP '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\x8e\x8f\xaa-\xae]|\xe2\x81[\xa6-\xa9]' "$1"
}
for options in '' '--verbose --statistics' '--lang ja' '--format json' '--format jsonl' '--quiet'; do
	# shellcheck disable=SC2086
	run --now $clock $options "$hostile" corpus/bad corpus/broken
	[ "$code" -eq 1 ] && [ -s "$scratch/out" ] && harmless "$scratch/out" && harmless "$scratch/err"
	report $? "nothing of a hostile draft reaches the terminal (options: $options)"
done
run --now $clock --color always --verbose "$hostile" corpus/bad corpus/broken
sed "s/$escape\[[0-9;]*m//g" "$scratch/out" >"$scratch/stripped"
harmless "$scratch/stripped"
report $? 'nothing but colours of our own with --color always'

# --- languages ------------------------------------------------------------------------------------------------------------------

LC_ALL=C "$presend" --now $clock --lang ja "$bad" >"$scratch/out"
says out 'メール 1 通' '--lang ja under LC_ALL=C'
LC_ALL=ja_JP.UTF-8 "$presend" --now $clock "$bad" >"$scratch/ja"
cmp -s "$scratch/ja" "$scratch/out"
report $? 'Japanese from the environment, with no locale installed'
LC_ALL=ja_JP.UTF-8 "$presend" --now $clock --format json corpus/bad/founding-story.eml >"$scratch/out"
cmp -s "$scratch/out" "$scratch/from-file"
report $? 'machine formats are English unless asked otherwise'
run --lang ja --help
says out '使い方' '--help in Japanese'
run --lang ja --selct
says err 'もしかして: --select' 'mistakes are told in Japanese'

# --- kinds of input -------------------------------------------------------------------------------------------------------------

mkdir "$scratch/empty"
wants 0 'a folder without drafts' "$scratch/empty"
says err 'no drafts' 'a folder without drafts'
run --lang ja "$scratch/empty"
says err "$scratch/empty: このフォルダーに原稿がありません" 'a folder without drafts, in Japanese'
run --lang ja "$scratch/no-such-file"
says out "$scratch/no-such-file: ファイルまたはフォルダーが見つかりません" 'a missing file, in Japanese'
run --lang ja --format "json=$scratch/no-such-folder/report" "$good"
says err "$scratch/no-such-folder/report: ファイルまたはフォルダーが見つかりません" 'a report that cannot be written, in Japanese'
run --lang ja explain link-shortener
says out '@shorteners: 公開の短縮 URL サービス' 'lists have Japanese titles'
printf 'Subject: 登録のお知らせ\n\n{{ name }} 様、ご登録ありがとうございます。詳しくは {{ url }} をご覧ください。\n' >"$scratch/welcome.txt"
run --verbose "$scratch/welcome.txt"
! grep -q 'reads no replies' "$scratch/out"
report $? 'a template without From: nothing is said of its sender'
mkdir -p "$scratch/folder/issues" "$scratch/folder/node_modules" "$scratch/folder/.hidden"
cp "$bad" "$scratch/folder/issues/b.eml"
cp "$good" "$scratch/folder/a.eml"
cp "$bad" "$scratch/folder/node_modules/c.eml"
cp "$bad" "$scratch/folder/.hidden/d.eml"
printf 'not a draft\n' >"$scratch/folder/README.md"
run --now $clock --format jsonl "$scratch/folder"
[ "$(wc -l <"$scratch/out")" -eq 2 ] && [ "$code" -eq 1 ]
report $? 'a folder is walked; what is no draft is passed over'
run --now $clock --format jsonl corpus/good/three-issues.mbox
[ "$(grep -c '"index":[012],' "$scratch/out")" -eq 3 ] && [ "$(wc -l <"$scratch/out")" -eq 3 ]
report $? 'an mbox of three'
mkdir -p "$scratch/Maildir/cur" "$scratch/Maildir/new" "$scratch/Maildir/tmp"
cp "$good" "$scratch/Maildir/cur/1732406400.M1P1.host:2,S"
cp "$bad" "$scratch/Maildir/new/1732406401.M1P1.host"
cp "$bad" "$scratch/Maildir/tmp/1732406402.M1P1.host"
run --now $clock --format jsonl "$scratch/Maildir"
[ "$(wc -l <"$scratch/out")" -eq 2 ] && grep -q '/new/' "$scratch/out"
report $? 'a Maildir: cur and new, not tmp'
for draft in bad/founding-story bad/hidden-keywords bad/merge-tags-left bad/placeholders-left good/tech-weekly-base64 \
	good/club-qp; do
	sed 's/$/\r/' "corpus/$draft.eml" | "$presend" --now $clock --format json --stdin-filename x.eml - >"$scratch/crlf"
	"$presend" --now $clock --format json --stdin-filename x.eml - <"corpus/$draft.eml" >"$scratch/lf"
	python "$draft with CRLF gives the findings it gives with LF" '
import json, sys
def seen(path):
    return [(f["rule"], f["severity"], f["message"], f["excerpt"], f["decoded_column"], f["fingerprint"], f["span"]["start"]["line"],
             f["span"]["start"]["column"]) for m in json.load(open(path, encoding="utf-8"))["messages"] for f in m["findings"]]
crlf, lf = seen(sys.argv[1]), seen(sys.argv[2])
assert crlf == lf, (set(crlf) ^ set(lf))
' "$scratch/crlf" "$scratch/lf"
done
wants 0 '--' --now $clock -- "$good"
cp "$good" "$scratch/-dash.eml"
(cd "$scratch" && "$presend" --now $clock -- -dash.eml >/dev/null 2>&1)
report $? 'a name that begins with a hyphen, behind --'

# --- own rules ------------------------------------------------------------------------------------------------------------------

mkdir "$scratch/rules"
cp tests/own_rules/house-old-company-name.yaml "$scratch/rules"
printf 'From: "A" <a@hanami-books.jp>\nSubject: x\nDate: Tue, 24 Nov 2026 09:00:00 +0900\n\nFrom Acme Books\n' >"$scratch/own.eml"
run --now $clock --rules "$scratch/rules" --fail-on never "$scratch/own.eml"
says out house-old-company-name '--rules adds a rule'
says out unsubscribe '--rules keeps the built-in ones'
wants 0 '--no-builtin-rules' --now $clock --rules "$scratch/rules" --no-builtin-rules --fail-on never --format json "$scratch/own.eml"
[ "$(grep -c '"rule":' "$scratch/out")" -eq 1 ]
report $? '--no-builtin-rules leaves own rules alone'
wants 0 'explain an own rule' --rules "$scratch/rules" explain house-old-company-name
sed 's/^severity: .*/severity: fatal/' tests/own_rules/house-old-company-name.yaml >"$scratch/rules/house-old-company-name.yaml"
wants 2 'a broken rule file' --now $clock --rules "$scratch/rules" "$good"
grep -qE 'house-old-company-name\.yaml:[0-9]+:[0-9]+: ' "$scratch/err"
report $? 'a broken rule file is told as file:line:column'
silent out 'a broken rule file'
line=$(grep -n '^severity:' "$scratch/rules/house-old-company-name.yaml" | cut -d: -f1)
says err ".yaml:$line:" 'a broken rule file: the line'
wants 2 'rules check on a broken rule file' rules check "$scratch/rules"
wants 2 'rules of a folder that is not there' --rules "$scratch/nowhere" "$good"

# --- documents ------------------------------------------------------------------------------------------------------------------

"$presend" --help | sed -n 's/^  \(-., \)\{0,1\}--\([a-z-]*\).*/\2/p' | LC_ALL=C sort >"$scratch/options"
[ "$(wc -l <"$scratch/options")" -ge 20 ]
report $? '--help lists the options'
# What the pages say is held against the table of options by tests/test_cli.c.
for page in docs/presend.1 docs/presend.ja.1; do
	if command -v mandoc >/dev/null; then
		mandoc -T lint -W warning "$page" >"$scratch/out" 2>&1
		report $? "mandoc -T lint $page" || cat "$scratch/out"
	fi
done
# What make install puts where, and that it works from there; make uninstall leaves nothing.
make -s install B="${B:-build}" DESTDIR="$scratch/installed" PREFIX=/usr >/dev/null 2>"$scratch/err"
report $? 'make install' || cat "$scratch/err"
(cd "$scratch/installed/usr" && find . -type f | LC_ALL=C sort | tr '\n' ' ') >"$scratch/out"
[ "$(cat "$scratch/out")" = './bin/presend ./libexec/presend/presend-preflight ./share/bash-completion/completions/presend ./share/fish/vendor_completions.d/presend.fish ./share/man/ja/man1/presend.1 ./share/man/man1/presend.1 ./share/zsh/site-functions/_presend ' ]
report $? 'what make install installs' || cat "$scratch/out"
[ "$("$scratch/installed/usr/bin/presend" --version)" = "$("$presend" --version)" ]
report $? 'the installed program'
"$scratch/installed/usr/bin/presend" preflight --isolated --dns tests/preflight/good.json --selector s1 hanami.example >"$scratch/out" 2>&1 &&
	grep -q 's1._domainkey.hanami.example is published and sound' "$scratch/out"
report $? 'the installed program finds presend-preflight' || cat "$scratch/out"
if command -v mandoc >/dev/null; then
	mandoc -T utf8 "$scratch/installed/usr/share/man/man1/presend.1" 2>&1 | sed 's/.\x08//g' | grep -F -e '--write-baseline' >"$scratch/out"
	report $? 'the installed man page'
	mandoc -T utf8 "$scratch/installed/usr/share/man/ja/man1/presend.1" 2>&1 | sed 's/.\x08//g' | grep -F 'ベースライン' >"$scratch/out"
	report $? 'the installed man page in Japanese'
fi
make -s uninstall B="${B:-build}" DESTDIR="$scratch/installed" PREFIX=/usr && [ -z "$(find "$scratch/installed" -type f)" ]
report $? 'make uninstall leaves nothing'
# docs/ARCHITECTURE.md has one row for every file of lint/, and no row for a file that is gone. "name.c .h" are two files.
sed -n 's/^| `\([a-z0-9_/]*\)\.\([ch]c\{0,1\}\)\( \.h\)\{0,1\}` |.*/\1.\2\3/p' docs/ARCHITECTURE.md |
	awk '{ print $1; if ($2 == ".h") { sub(/\.cc*$/, ".h", $1); print $1 } }' | LC_ALL=C sort >"$scratch/told"
(cd lint && find . -name '*.[ch]' -o -name '*.cc' | sed 's,^\./,,' | LC_ALL=C sort) >"$scratch/files"
diff "$scratch/files" "$scratch/told" >"$scratch/difference"
report $? 'docs/ARCHITECTURE.md does not list the files of lint/ (< file, > row)' || cat "$scratch/difference"
# Links between our documents lead somewhere.
for page in *.md docs/*.md; do
	[ -f "$page" ] || continue
	while IFS= read -r target; do
		case $target in
		http://* | https://* | mailto:* | '#'*) continue ;;
		docs/rules/*) [ -d docs/rules ] || continue ;; # made by make docs
		esac
		[ -e "$(dirname "$page")/${target%%#*}" ]
		report $? "$page: link to $target leads nowhere"
	done < <(awk '/^```/ { code = !code } !code' "$page" | sed 's/`[^`]*`//g' | grep -oE '\]\([^) ]+\)' | sed 's/^](//; s/)$//')
done

[ $have_python = yes ] || echo 'cli: python3 is missing, JSON was not looked into'
[ $failures -eq 0 ] && echo "cli: $n statements about the command line hold" || echo "cli: $failures of $n failed"
[ $failures -eq 0 ]
