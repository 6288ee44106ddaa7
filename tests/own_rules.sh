#!/usr/bin/env bash
# Own rules from the outside: the rules of tests/own_rules/ are checked and used, a broken one is told with its place, and a pattern
# that would run for ages is stopped and said so. Environment: PRESEND the program, B the build folder.
set -u
cd "$(dirname "$0")/.." || exit 2
presend=${PRESEND:-${B:-build}/presend}
[ -x "$presend" ] || { echo "own_rules: $presend is not built"; exit 77; }
presend=$(realpath "$presend")
export LC_ALL=C.UTF-8 NO_COLOR=1
unset LANG LC_MESSAGES CLICOLOR_FORCE
clock=2026-11-24T00:00:30Z
scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT
status=0

fail() {
	echo "own_rules: $1" >&2
	[ $# -lt 2 ] || head -n 8 "$2" >&2
	status=1
}

# Usage: mail SUBJECT < body: a mail with this Subject.
mail() {
	printf 'From: "Hanami Books" <news@hanami-books.jp>\nTo: a@hanami-reader.jp\nSubject: %s\n' "$1"
	printf 'Date: Tue, 24 Nov 2026 09:00:00 +0900\nMessage-ID: <1@hanami-books.jp>\nMIME-Version: 1.0\n'
	printf 'Content-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: 8bit\n\n'
	cat
}

# Usage: rule ID MATCH PASSING-TEXT FAILING-TEXT: a rule file.
rule() {
	cat <<-END
		id: $1
		requirements: []
		severity: warning
		confidence: certain
		title: {en: "Test", ja: "試験"}
		why: {en: "Because.", ja: "試験のため。"}
		message: {en: "found {excerpt}", ja: "{excerpt} があります"}
		help: {en: "Mend it.", ja: "直してください。"}
		sources:
		  - {name: "Nobody"}
		match: $2
		examples:
		  - fail: {text: "$4"}
		  - pass: {text: "$3"}
	END
}

# --- the three rules ------------------------------------------------------------------------------------------------------------

"$presend" rules check tests/own_rules >"$scratch/out" 2>&1 || fail 'rules check tests/own_rules does not pass' "$scratch/out"
grep -q '^3 rules, [0-9]* examples, 0 failed, 0 slow$' "$scratch/out" || fail 'rules check counts otherwise' "$scratch/out"

mail '=?UTF-8?B?44CQ5paw5YiK44CR44CQ54Sh5paZ44CReA==?=' >"$scratch/draft.eml" <<-'END'
	株式会社アクメ書房より
	Order T9-004711, ACME  BOOKS
END
"$presend" --now $clock --rules tests/own_rules --no-builtin-rules --class transactional "$scratch/draft.eml" >"$scratch/out"
[ $? -eq 1 ] || fail 'an error of an own rule is exit 1' "$scratch/out"
for wanted in ':3:.*info  house-too-many-brackets  2 bracketed words: 【新刊】, 【無料】' ':10:.*warning  house-old-company-name .*アクメ書房' \
	':11:7: error  house-order-number  T9-004711' ':11:18: warning  house-old-company-name .*ACME'; do
	grep -q "$wanted" "$scratch/out" || fail "no finding $wanted" "$scratch/out"
done
"$presend" --now $clock --rules tests/own_rules --no-builtin-rules --quiet "$scratch/draft.eml" >"$scratch/out" ||
	fail 'an own rule that depends on --class' "$scratch/out"
"$presend" --now $clock --rules tests/own_rules --no-builtin-rules --lang ja "$scratch/draft.eml" >"$scratch/out"
grep -q '旧社名が使われています' "$scratch/out" || fail 'own rules in Japanese' "$scratch/out"
"$presend" --now $clock --rules tests/own_rules --select house-old --fail-on never "$scratch/draft.eml" >"$scratch/out"
[ "$(grep -c 'house-old-company-name  ' "$scratch/out")" -eq 2 ] || fail 'own rules and --select' "$scratch/out"

# The worked example of CONTRIBUTING.md, its first block, is a whole rule.
mkdir "$scratch/worked"
awk '/^```yaml/ { block = 1; next } /^```/ && block { exit } block' CONTRIBUTING.md >"$scratch/worked/generic-salutation.yaml"
"$presend" rules check "$scratch/worked" >"$scratch/out" 2>&1
grep -q '^1 rules, 2 examples, 0 failed, 0 slow$' "$scratch/out" || fail 'the rule of CONTRIBUTING.md' "$scratch/out"

# --- an example that does not hold, files that do not load ----------------------------------------------------------------------------

mkdir "$scratch/wrong"
rule wrong-example '{on: text, phrase: [peony]}' 'a peony' 'a rose' >"$scratch/wrong/wrong-example.yaml"
"$presend" rules check "$scratch/wrong" >"$scratch/out" 2>&1
[ $? -eq 1 ] || fail 'wrong examples are exit 1' "$scratch/out"
[ "$(grep -c 'wrong-example.yaml:1[34]: example: ' "$scratch/out")" -eq 2 ] || fail 'both wrong examples are told' "$scratch/out"

# A near miss of a row is one for every rule: the rose is told by another rule of the folder under this row.
mkdir "$scratch/near-miss"
rule near-miss '{on: text, phrase: [peony]}' 'a rose' 'a peony' | sed '$s/$/\n    requirements: [TX-11]/' >"$scratch/near-miss/near-miss.yaml"
"$presend" rules check "$scratch/near-miss" >"$scratch/out" 2>&1 || fail 'a near miss that nobody finds passes' "$scratch/out"
rule other-rule '{on: text, phrase: [rose]}' 'a lily' 'a rose' | sed 's/^requirements: .*/requirements: [TX-11]/' \
	>"$scratch/near-miss/other-rule.yaml"
"$presend" rules check "$scratch/near-miss" >"$scratch/out" 2>&1
[ $? -eq 1 ] || fail 'a near miss that another rule finds is exit 1' "$scratch/out"
grep -q 'near-miss.yaml:14: example: must pass TX-11, but other-rule is found at' "$scratch/out" || fail 'who finds the near miss' "$scratch/out"

# A list of facts of one's own, beside a built-in one; a list that is wrong is told with its place.
mkdir -p "$scratch/listed/data"
rule listed '{on: text, phrase: [peony]}' 'https://rabbit.ly.hanami-books.jp/a' 'https://go.hanami-short.jp/a and https://bit.ly/a' |
	sed 's/^match: .*/check: link_shortener\nwith: {hosts: ["@house-hosts", "@shorteners"]}/; s/^\(  - fail: .*\)/\1\n    count: 2/' >"$scratch/listed/listed.yaml"
printf '# title: Our short names\n# source: House style <https://hanami-books.jp/style>\n# date: 2026\n# licence: facts\n# refresh: by hand\ngo.hanami-short.jp\n' \
	>"$scratch/listed/data/house-hosts.txt"
"$presend" rules check "$scratch/listed" >"$scratch/out" 2>&1 || fail 'a list of facts of an own rule' "$scratch/out"
grep -q '^1 rules, 2 examples, 0 failed, 0 slow$' "$scratch/out" || fail 'an own rule with a list' "$scratch/out"
echo 'Go.hanami-short.jp' >>"$scratch/listed/data/house-hosts.txt"
"$presend" rules check "$scratch/listed" >"$scratch/out" 2>&1
[ $? -eq 2 ] || fail 'a wrong list is exit 2' "$scratch/out"
grep -q 'data/house-hosts.txt:7:1: capital letter' "$scratch/out" || fail 'a wrong list is told with its place' "$scratch/out"

# Usage: refused NAME LINE SED-SCRIPT: the good rule, changed by the script, is refused at this line.
refused() {
	mkdir -p "$scratch/broken"
	rm -f "$scratch/broken"/*
	rule broken '{on: text, phrase: [peony]}' 'a rose' 'a peony' | sed "$3" >"$scratch/broken/broken.yaml"
	"$presend" rules check "$scratch/broken" >"$scratch/out" 2>&1
	[ $? -eq 2 ] || fail "$1: must be exit 2" "$scratch/out"
	grep -qE "broken\.yaml:$2:[0-9]+: " "$scratch/out" || fail "$1: is not told at line $2" "$scratch/out"
}
refused 'unknown key' 3 's/^severity: .*/severty: warning/'
refused 'unknown severity' 3 's/^severity: .*/severity: fatal/'
refused 'double key' 4 's/^confidence: .*/severity: warning/'
refused 'no Japanese' 5 's/, ja: "試験"//'
refused 'other id than the file' 1 's/^id: .*/id: other/'
refused 'phrase in no normal form' '[0-9]+' 's/peony\]/Peony]/'
refused 'regex that is none' '[0-9]+' "s/^match: .*/match: {on: text, regex: '(peony'}/"
refused 'nested repeats' '[0-9]+' "s/^match: .*/match: {on: text, regex: 'x(a+)+y'}/"
refused 'YAML that is none' '[0-9]+' 's/^match: .*/match: {on: text/'
refused 'an anchor' 2 's/^requirements: .*/requirements: \&a []/'
rm -f "$scratch/broken"/*
rule header-duplicate '{on: text, phrase: [peony]}' 'a rose' 'a peony' >"$scratch/broken/header-duplicate.yaml"
"$presend" --rules "$scratch/broken" "$scratch/draft.eml" >"$scratch/out" 2>&1
[ $? -eq 2 ] || fail 'an id of a built-in rule is refused' "$scratch/out"

# --- one file of rules ------------------------------------------------------------------------------------------------------------------

compiled=$scratch/house.rules
cp -r "$scratch/listed" "$scratch/more" && sed -i '/^Go/d' "$scratch/more/data/house-hosts.txt"
"$presend" rules compile tests/own_rules "$scratch/more" -o "$compiled" >"$scratch/out" 2>&1 || fail 'rules compile' "$scratch/out"
grep -q 'house.rules: 4 rules, [0-9]* bytes$' "$scratch/out" || fail 'rules compile says what it made' "$scratch/out"
"$presend" rules compile tests/own_rules "$scratch/more" -o "$scratch/again.rules" >/dev/null && cmp "$compiled" "$scratch/again.rules" ||
	fail 'the same rules give the same bytes'
"$presend" rules compile tests/own_rules -o "$scratch/three.rules" >/dev/null
# Usage: same WHAT ARGUMENT...: with the folder in place of PLACE and with the file, one output.
same() {
	local what=$1
	shift
	"$presend" "${@/#PLACE/tests/own_rules}" >"$scratch/of-folder" 2>&1
	"$presend" "${@/#PLACE/$scratch/three.rules}" >"$scratch/of-file" 2>&1
	cmp -s "$scratch/of-folder" "$scratch/of-file" || fail "$what is otherwise with a compiled file" "$scratch/of-file"
}
for language in en ja; do
	same 'rules check' --lang $language rules check PLACE
	same 'the list of rules' --lang $language --rules PLACE rules
	same lint --lang $language --now $clock --rules PLACE --class transactional --verbose "$scratch/draft.eml"
	for rule in house-old-company-name house-order-number house-too-many-brackets; do
		same "explain $rule" --lang $language --rules PLACE explain $rule
	done
done
same JSON --now $clock --rules PLACE --format json "$scratch/draft.eml"
same 'the list in JSON' --rules PLACE rules --format json
same 'a rule as Markdown' --rules PLACE explain house-order-number --format markdown
same 'a rule in JSON' --rules PLACE explain house-order-number --format json
"$presend" rules check "$compiled" >"$scratch/out" 2>&1 || fail 'rules check of a compiled file' "$scratch/out"
grep -q '^4 rules, [0-9]* examples, 0 failed, 0 slow$' "$scratch/out" || fail 'examples and lists are in the compiled file' "$scratch/out"
printf 'rules = "house.rules"\n' >"$scratch/presend.toml"
(cd "$scratch" && "$presend" --now $clock --fail-on never draft.eml) >"$scratch/out" 2>&1
grep -q 'house-old-company-name' "$scratch/out" || fail 'a compiled file in the configuration' "$scratch/out"
rm "$scratch/presend.toml"

# Usage: unreadable NAME ENGLISH JAPANESE: house.rules, changed, is told so and nothing is checked.
unreadable() {
	"$presend" --lang en --now $clock --rules "$compiled" "$scratch/draft.eml" >"$scratch/out" 2>&1
	[ $? -eq 2 ] && grep -q "house.rules: .*$2" "$scratch/out" || fail "$1" "$scratch/out"
	"$presend" --lang ja --now $clock --rules "$compiled" "$scratch/draft.eml" >"$scratch/out" 2>&1
	[ $? -eq 2 ] && grep -q "house.rules: .*$3" "$scratch/out" || fail "$1, in Japanese" "$scratch/out"
}
cp "$compiled" "$scratch/whole.rules"
head -c 700 "$scratch/whole.rules" >"$compiled"
unreadable 'a file that is cut off' 'broken, cut off or changed; make it again' '壊れています.*作り直してください'
sed 's/House style/Horse style/' "$scratch/whole.rules" >"$compiled"
unreadable 'a file that was changed' 'broken, cut off or changed; make it again' '壊れています.*作り直してください'
{ head -c 8 "$scratch/whole.rules"; printf '\002'; tail -c +10 "$scratch/whole.rules"; } >"$compiled"
unreadable 'a file of a newer version' 'presend 0.* made it, and this one .* cannot read it; make it again' 'で作成されたファイル.*作り直してください'
echo 'rules' >"$compiled"
unreadable 'another file' 'this is no file of rules; give a folder' 'ルールのファイルではありません'
: >"$compiled"
unreadable 'an empty file' 'this is no file of rules; give a folder' 'ルールのファイルではありません'

# What is refused in a folder is refused here, and a file that is there stays.
cp "$scratch/whole.rules" "$compiled"
cp -r tests/own_rules "$scratch/twice"
"$presend" rules compile tests/own_rules "$scratch/twice" -o "$compiled" >"$scratch/out" 2>&1
[ $? -eq 2 ] && grep -q 'the rule "house-order-number" is also in' "$scratch/out" || fail 'a rule that stands in two folders' "$scratch/out"
"$presend" rules compile "$scratch/listed" -o "$compiled" >"$scratch/out" 2>&1
[ $? -eq 2 ] || fail 'a wrong list is not compiled' "$scratch/out"
"$presend" rules compile "$scratch/broken" -o "$compiled" >"$scratch/out" 2>&1
[ $? -eq 2 ] || fail 'a folder that is not there' "$scratch/out"
cmp "$scratch/whole.rules" "$compiled" || fail 'a file is kept where rules compile fails'
"$presend" rules compile tests/own_rules >"$scratch/out" 2>&1
[ $? -eq 2 ] && grep -q -- '-o' "$scratch/out" || fail 'rules compile without -o' "$scratch/out"
"$presend" rules -o x >"$scratch/out" 2>&1
[ $? -eq 2 ] || fail '-o without compile' "$scratch/out"

# --- a pattern that runs for ages ------------------------------------------------------------------------------------------------------

mkdir "$scratch/slow"
rule bounded-gaps "{on: body, form: decoded, regex: 'a.{0,400}b.{0,400}c.{0,400}d.{0,400}#'}" 'a b' 'abcd#' >"$scratch/slow/bounded-gaps.yaml"
head -c 300000 /dev/zero | tr '\0' 'a' | sed 's/aaaa/abcd/g; s/.\{900\}/&\n/g' >"$scratch/text"
sed 's/$/#/; s/abcd/aaaa/g' "$scratch/text" >"$scratch/with-literal"
sed 's/abcd/abca/g; s/$/#/' "$scratch/text" >"$scratch/near"
"$presend" rules check "$scratch/slow" >"$scratch/out" 2>&1 || fail 'the slow rule loads' "$scratch/out"
gave_up=0
for text in text with-literal near; do
	mail slow <"$scratch/$text" >"$scratch/slow.eml"
	begin=$(date +%s)
	timeout 60 "$presend" --now $clock --rules "$scratch/slow" --no-builtin-rules --fail-on never --format jsonl "$scratch/slow.eml" \
		>"$scratch/out" 2>&1
	code=$?
	took=$(($(date +%s) - begin))
	[ $code -eq 0 ] || fail "a hard text ($text): exit $code" "$scratch/out"
	[ $took -le 10 ] || fail "a hard text ($text) took $took s"
	timeout 60 "$presend" --now $clock --rules "$scratch/slow" --fail-on never --format jsonl "$scratch/slow.eml" >"$scratch/out" 2>&1
	grep -q '"rule":"rule-gave-up"' "$scratch/out" && gave_up=$((gave_up + 1))
done
[ $gave_up -gt 0 ] || fail 'no hard text made the rule give up; it must be said where one does'

[ $status -eq 0 ] && echo 'own_rules: 3 rules, their refusals and a hard pattern behave'
exit $status
