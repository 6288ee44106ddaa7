#!/usr/bin/env bash
# Configurations as people use them, in a repository made here: which files count, who wins, what is left out, which list a mail belongs to, faults with
# their places in both languages, the JSON Schema, the pages. Expectations come from docs/configuration.md and interface.md.
# Environment: PRESEND the program, B the build folder.
set -u
cd "$(dirname "$0")/.." || exit 2
top=$PWD
presend=${PRESEND:-${B:-build}/presend}
case $presend in
/*) ;;
*) presend=$top/$presend ;;
esac
[ -x "$presend" ] || { echo "config: $presend is not built"; exit 77; }
for tool in git python3; do
	command -v $tool >/dev/null || { echo "config: $tool is not installed"; exit 77; }
done
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
	echo "config: FAILED: $2"
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

# Usage: says FILE TEXT NAME; silent FILE TEXT NAME. FILE is out or err of the last run.
says() {
	grep -qF -e "$2" "$scratch/$1"
	report $? "$3: no \"$2\" in $1" || head -c 2000 "$scratch/$1"
}
silent() {
	! grep -qF -e "$2" "$scratch/$1"
	report $? "$3: \"$2\" in $1" || head -c 2000 "$scratch/$1"
}

# Usage: in_force PATH LINE NAME [OPTION]...: presend config says so; LINE without the blanks in front of the comment.
in_force() {
	local path=$1 line=$2 name=$3
	shift 3
	"$presend" config "$@" "$path" 2>"$scratch/err" | sed 's/  *# / # /' >"$scratch/out"
	grep -qxF -e "$line" "$scratch/out"
	report $? "$name: config does not say \"$line\"" || cat "$scratch/out" "$scratch/err"
}

# Usage: files NAME WANTED [ARGUMENT]...: the paths that a run checks, with blanks between.
files() {
	local name=$1 wanted=$2 got
	shift 2
	got=$("$presend" --format jsonl --fail-on never "$@" 2>"$scratch/err" </dev/null |
		python3 -c 'import json, sys; print(*(json.loads(line)["path"] for line in sys.stdin))')
	[ "$got" = "$wanted" ]
	report $? "$name: checked \"$got\", not \"$wanted\"" || cat "$scratch/err"
}

# draft FILE FROM [FIELD]...: a mail without one-click unsubscribe, and with a link that is not encrypted.
draft() {
	local file=$1 from=$2
	shift 2
	mkdir -p "$(dirname "$file")"
	{
		printf 'From: "Hanami Books" <%s>\nTo: <reader@hanami-reader.jp>\nSubject: November\nDate: Tue, 24 Nov 2026 09:00:00 +0900\n' "$from"
		for field in "$@"; do printf '%s\n' "$field"; done
		printf '\nNew books: http://hanami-books.jp/new\nUnsubscribe: https://hanami-books.jp/u/0123456789abcdef\nYou subscribed on our site.\n'
	} >"$file"
}

repo=$scratch/repo
mkdir -p "$repo" && cd "$repo" || exit 2
git init -q .
draft a.eml news@hanami-books.jp
draft newsletters/november.eml news@hanami-books.jp
draft newsletters/jp/november.eml news@hanami-books.jp
draft receipts/one.eml shop@hanami-books.jp

# --- none -----------------------------------------------------------------------------------------------------------------------

wants 2 'no configuration and no path'
says err 'usage:' 'no configuration and no path'
wants 0 'no configuration' a.eml
in_force a.eml '# no configuration file' 'no configuration'
in_force a.eml 'class = "newsletter" # default' 'no configuration'
wants 2 'a configuration that is not there' --config nowhere.toml a.eml
says err 'nowhere.toml:1:1: there is no such configuration file' 'a configuration that is not there'

# --- which files, who wins ----------------------------------------------------------------------------------------------------------

cat >"$scratch/presend.toml" <<'END'
volume = "small"
END
cat >presend.toml <<'END'
root = true
volume = "bulk"
fail-on = "never"
ignore = ["subject-missing"]

[severity]
LK = "info"
link-plain-http = "error"

[[path]]
match = "receipts/"
class = "transactional"

[[path]]
match = ["receipts/*.eml", "!receipts/two.eml"]
volume = "small"
END
cat >newsletters/.presend.toml <<'END'
fail-on = "error"
END
mkdir -p newsletters/jp/deep
cat >newsletters/jp/presend.toml <<'END'
profile = "law-jp"
fail-on = "never"
END
in_force newsletters/november.eml 'volume = "bulk" # presend.toml:2' 'the file above'
in_force newsletters/november.eml 'fail-on = "error" # newsletters/.presend.toml:1' 'the closer file wins'
in_force newsletters/jp/november.eml 'profile = ["law-jp"] # newsletters/jp/presend.toml:1' 'the closest file'
in_force newsletters/jp/november.eml 'volume = "bulk" # presend.toml:2' 'key by key'
in_force newsletters/jp/november.eml 'volume = "unknown" # --volume' 'an option wins' --volume unknown
in_force newsletters/jp/november.eml 'volume = "unknown" # default' '--isolated' --isolated
in_force newsletters/jp/deep/not-yet.eml 'profile = ["law-jp"] # newsletters/jp/presend.toml:1' 'a file that is still to be written'
in_force newsletters 'fail-on = "error" # newsletters/.presend.toml:1' 'a folder'
in_force receipts/one.eml 'class = "transactional" # presend.toml:12' 'a path'
in_force receipts/one.eml 'volume = "small" # presend.toml:16' 'a path over the file'
in_force receipts/two.eml 'volume = "bulk" # presend.toml:2' 'a path taken back'
in_force receipts/one.eml '"link-plain-http" = "error" # presend.toml:8' 'severities'
(cd newsletters && in_force november.eml 'fail-on = "error" # .presend.toml:1' 'from a folder below' && exit $failures) || failures=$((failures + 1))
sed -i '/root/d' presend.toml
in_force a.eml 'volume = "bulk" # presend.toml:1' 'without root, the closer file'
printf 'max-score = 7\n' >>"$scratch/presend.toml"
in_force a.eml "max-score = 7 # $scratch/presend.toml:2" 'without root, the file above'
sed -i '1i root = true' presend.toml

wants 1 'the threshold of the closest file' newsletters/november.eml
wants 0 'a threshold of never' a.eml
wants 1 'each file by its own threshold' a.eml newsletters
wants 0 'a threshold on the command line' --fail-on never a.eml newsletters
wants 0 'another severity' --format json a.eml
says out '"rule":"link-plain-http","severity":"error"' 'another severity: the longest id'
printf 'x\n' | wants 0 'standard input lies in the working directory' -
wants 0 '--stdin-filename' --format json --stdin-filename newsletters/jp/x.eml -
for jobs in 1 4; do
	"$presend" --now 2026-11-24T00:00:30Z --jobs $jobs --format json . >"$scratch/jobs$jobs" 2>&1
done
cmp -s "$scratch/jobs1" "$scratch/jobs4"
report $? 'the report depends on --jobs'

# extends, with --config
mkdir -p "$scratch/house"
cat >"$scratch/house/base.toml" <<'END'
extends = "deeper.toml"
volume = "small"
class = "discussion"
[[path]]
match = "receipts/*"
class = "transactional"
END
printf 'volume = "unknown"\ntarget-charset = "iso-2022-jp"\n' >"$scratch/house/deeper.toml"
printf 'extends = "../house/base.toml"\nclass = "newsletter"\n' >own.toml
in_force a.eml 'class = "newsletter" # own.toml:2' '--config' --config own.toml
in_force a.eml "volume = \"small\" # $scratch/house/base.toml:2" 'extends' --config own.toml
in_force a.eml "target-charset = \"iso-2022-jp\" # $scratch/house/deeper.toml:2" 'extends further' --config own.toml
in_force receipts/one.eml "class = \"transactional\" # $scratch/house/base.toml:6" 'globs of a base count from the folder of the file that extends it' --config own.toml
printf 'extends = "base.toml"\n' >"$scratch/house/deeper.toml"
wants 2 'a circle' --config own.toml a.eml
says err "$scratch/house/deeper.toml:1:11: \"base.toml\" extends this file in turn" 'a circle'
printf 'extends = ["gone.toml"]\n' >"$scratch/house/deeper.toml"
wants 2 'a base that is gone' --config own.toml a.eml
says err "$scratch/house/deeper.toml:1:12: there is no file \"gone.toml\"" 'a base that is gone'
rm own.toml

# --- lists ---------------------------------------------------------------------------------------------------------------------

# The tags of a list: one that it does not know is told in a template, with the nearest name.
mkdir -p tags
cat >tags/presend.toml <<'END'
root = true
[[path]]
match = "*.html"
list = "weekly"
[lists.weekly]
tags = ["{{first_name}}", "unsubscribe_url"]
END
printf '<p>{{fist_name}} {{first_name}} {{unsubscribe_url}} {{#each books}}{{title}}{{/each}} {{vip}}</p>\n' >tags/a.html
wants 0 'tags' --select tag-unknown tags/a.html
says out 'tags/a.html:1:4: warning  tag-unknown  {{fist_name}} is none of the tags of the list; did you mean first_name? [TP-11]' 'tags'
says out 'tag-unknown  {{vip}} is none of the tags of the list [TP-11]' 'tags'
says out '1 message: 2 warnings' 'tags'
in_force tags/a.html 'tags = ["{{first_name}}", "unsubscribe_url"] # tags/presend.toml:6' 'tags'
rm -r tags

cat >presend.toml <<'END'
root = true
volume = "unknown"
[lists.weekly]
list-id = "weekly.hanami-books.jp"
domains = ["hanami-books.jp"]
volume = "bulk"
adds-headers = ["list-unsubscribe", "List-Unsubscribe-Post", "List-Id", "MESSAGE-ID"]
[lists.shop]
addresses = "shop@hanami-shop.jp"
class = "transactional"
[[path]]
match = "receipts/"
list = "shop"
END
rm -f newsletters/.presend.toml newsletters/jp/presend.toml
draft lists/id.eml someone@hanami-mail.jp 'List-Id: The weekly <Weekly.Hanami-Books.JP>'
draft lists/other.eml news@hanami-books.jp 'List-Id: <other.hanami-books.jp>'
draft lists/host.eml news@mail.hanami-books.jp
draft lists/near.eml news@nothanami-books.jp
draft lists/address.eml Shop@hanami-shop.jp
in_force lists/id.eml '[lists."weekly"]' 'a list by its List-Id'
in_force a.eml '[lists."weekly"]' 'a list by the From domain'
in_force a.eml 'volume = "bulk" # presend.toml:6' 'what a list says wins over the file'
in_force lists/host.eml '[lists."weekly"]' 'a list by a host below its domain'
in_force lists/address.eml '[lists."shop"]' 'a list by the From address'
in_force receipts/one.eml '[lists."shop"]' 'a list by path, whoever sends'
in_force lists/near.eml 'volume = "unknown" # presend.toml:2' 'a domain that ends alike'
in_force lists/other.eml 'volume = "unknown" # presend.toml:2' 'the List-Id of another list'
added='unsubscribe-header-missing list-id-missing message-id-missing'
wants 1 'fields that nobody adds' --format jsonl --volume bulk --fail-on error lists/near.eml
for rule in $added; do says out "\"rule\":\"$rule\"" 'fields that nobody adds'; done
wants 0 'fields that the list adds' --format jsonl a.eml
for rule in $added; do silent out "\"rule\":\"$rule\"" 'fields that the list adds'; done
# What the list system adds is neither good nor bad before the mail was sent.
row() { grep -oE "\{\"id\":\"$1\",\"status\":\"[a-z-]*\",\"reason\":(null|\"[a-z-]*\")" "$scratch/out"; }
wants 0 'the sheet of what the list adds' checklist --format json a.eml
for id in UN-01 UN-19 FM-05; do [ "$(row $id)" = "{\"id\":\"$id\",\"status\":\"unknown\",\"reason\":\"added\"" ]; report $? "the sheet of what the list adds: $(row $id)"; done
[ "$(row FM-17)" = '{"id":"FM-17","status":"pass","reason":null' ]
report $? "another fault of a field that is added: $(row FM-17)"
wants 0 'the sheet of what the list adds' checklist --lang ja a.eml
says out '配信システムが追加するため' 'the sheet of what the list adds'
wants 0 'the sheet of a mail that was sent' checklist --format json --stage final --fail-on never a.eml
[ "$(row UN-01)" = '{"id":"UN-01","status":"fail","reason":null' ]
report $? "the sheet of a mail that was sent: $(row UN-01)"
wants 1 'fields that should have been added' --format jsonl --stage final a.eml
for rule in $added; do says out "\"rule\":\"$rule\"" 'fields that should have been added'; done
sed -i 's/"List-Unsubscribe-Post", //' presend.toml
wants 1 'one of two fields is added' --format jsonl a.eml
says out '"rule":"unsubscribe-header-missing"' 'one of two fields is added'

# The sender's own names and domains. A text of 400 letters that names nobody; an answer that goes to another house; a domain that only looks like one of them.
{
	printf 'From: <news@hanami-books.jp>\nReply-To: <help@hanami-mail.jp>\nTo: <reader@hanami-reader.jp>\nSubject: November\n\n'
	for line in 1 2 3 4 5 6 7 8; do printf 'Eight lines of fifty letters each, of Spring Petals.\n'; done
	printf 'Unsubscribe: https://haishin-post.jp/u/0123456789abcdef and https://hanarni-post.jp/x\n'
} >own.eml
printf 'root = true\n[lists.weekly]\ndomains = "hanami-books.jp"\n' >presend.toml
"$presend" --format jsonl own.eml >"$scratch/out"
for rule in sender-not-named reply-to-foreign; do says out "\"rule\":\"$rule\"" 'a sender who is not known'; done
silent out '"rule":"domain-look-alike"' 'a sender who is not known'
printf 'root = true\n[lists.weekly]\ndomains = ["hanami-books.jp", "hanami-mail.jp", "hanami-post.jp"]\nnames = ["Hanami Books", "SPRING petals"]\n' >presend.toml
"$presend" --format jsonl own.eml >"$scratch/out"
for rule in sender-not-named reply-to-foreign; do silent out "\"rule\":\"$rule\"" 'a sender who is known'; done
says out '"rule":"domain-look-alike"' 'a domain like one of the sender, which the mail itself does not name'
rm own.eml

# --- what is left out ---------------------------------------------------------------------------------------------------------------

rm -rf lists newsletters
printf 'root = true\nexclude = ["old/", "!old-but-good.eml"]\n' >presend.toml
printf 'build/\n*.tmp.eml\n' >.gitignore
printf 'private.eml\n!good.tmp.eml\n' >.presendignore
for name in old/a.eml build/b.eml sub/c.tmp.eml sub/good.tmp.eml sub/private.eml sub/d.eml sub/notes.txt node_modules/x.eml; do draft "$name" news@hanami-books.jp; done
files 'no path: the working directory' 'a.eml receipts/one.eml sub/d.eml sub/good.tmp.eml'
files 'a folder' './a.eml ./receipts/one.eml ./sub/d.eml ./sub/good.tmp.eml' .
files 'named files are checked' 'build/b.eml old/a.eml sub/private.eml' old/a.eml build/b.eml sub/private.eml
files '--force-exclude' 'build/b.eml' --force-exclude old/a.eml build/b.eml sub/private.eml
grep -qF '(2): old/a.eml, sub/private.eml' "$scratch/err"
report $? '--force-exclude says what it left out'
files '--isolated reads no exclude' './a.eml ./old/a.eml ./receipts/one.eml ./sub/d.eml ./sub/good.tmp.eml' --isolated .
printf 'root = true\ninclude = ["sub/", "receipts/*.eml", "sub/*.txt"]\n' >presend.toml
files 'include: folders by name, names as they are' 'old/a.eml' old/a.eml
files 'include' 'receipts/one.eml sub/d.eml sub/good.tmp.eml sub/notes.txt'
(cd sub && files 'no path, in a folder below' 'd.eml good.tmp.eml notes.txt' && exit $failures) || failures=$((failures + 1))
# A folder without drafts: said, and not taken for a clean draft; without a configuration, usage.
mkdir -p empty
(cd empty && "$presend" --isolated >"$scratch/out" 2>"$scratch/err")
[ $? -eq 2 ] && grep -qF 'usage: presend' "$scratch/out" "$scratch/err"
report $? 'no path and no configuration: usage' || cat "$scratch/out" "$scratch/err"
(cd empty && "$presend" >"$scratch/out" 2>"$scratch/err")
[ $? -eq 0 ] && grep -qxF 'no message to check' "$scratch/out" && grep -qF 'no drafts in this folder' "$scratch/err"
report $? 'no path, in a folder without drafts' || cat "$scratch/out" "$scratch/err"
rounds=${IGNORE_ROUNDS:-12}
python3 "$top/tests/ignore_cases.py" "$presend" "$scratch/ignore" "$rounds" "${IGNORE_SEED:-1}" >"$scratch/cases"
report $? 'what git ignores is left out' || cat "$scratch/cases"
rm -f .gitignore .presendignore

# --- rules, language, formats of a run ------------------------------------------------------------------------------------------------

printf 'root = true\nlang = "ja"\nformat = ["text", "json=report.json"]\nrules = "house"\n' >presend.toml
mkdir -p house
cp "$top/tests/own_rules/"house-*.yaml house/ 2>/dev/null || sed -n '/^id: house-old-company-name/,/^```/p' "$top/docs/RULES.md" | sed '/^```/q' | sed '$d' >house/house-old-company-name.yaml
wants 0 'keys of a run' a.eml
says out '件' 'the language of a run'
[ -s report.json ]
report $? 'a report in a file'
"$presend" explain "$(basename "$(find house -name '*.yaml' | LC_ALL=C sort | head -n 1)" .yaml)" >/dev/null
report $? 'the rules of the configuration are known to explain'
(cd sub && "$presend" d.eml >/dev/null 2>&1; [ ! -e report.json ])
report $? 'a report in a file lies beside the configuration'
printf 'root = true\nrules = "nowhere"\n' >presend.toml
wants 2 'rules that are not there' a.eml

# --- faults -------------------------------------------------------------------------------------------------------------------------

cat >presend.toml <<'END'
ignroe = "x"
stage = "drft"
volume = 3
list = "x"
ignore = ["subject-lon", "subject-logn"]
max-score = -1
include = ["[a", ""]
root = "yes"
format = "jsno"
[severity]
subject-long = "fatal"
[[path]]
stage = "draft"
[[path]]
match = "x"
list = "weekli"
[lists.weekly]
domains = ["news@hanami-books.jp"]
adds-headers = ["List-Id:"]
names = "株式会社花見書房"
nmaes = "x"
mail-from = "bounces"
dkim-domains = ["hanami-books.jp", "s1"]
dkim-selectors = ["s1", "k2._domainkey.esp.example", "s 1"]
sending-addresses = ["192.0.2.25", "2001:db8::25", "192.0.2.0/24"]
END
wants 2 'faults' a.eml
"$presend" --lang ja a.eml 2>"$scratch/out"
while IFS='|' read -r place en ja; do
	says err "presend.toml:$place: $en" 'faults'
	says out "presend.toml:$place: $ja" 'faults in Japanese'
done <<'END'
1:1|unknown key "ignroe"; did you mean "ignore"?|不明なキー「ignroe」（もしかして「ignore」）
2:9|stage takes template, draft, final, received; unknown value "drft"; did you mean "draft"?|stage に指定できるのは template, draft, final, received です。不明な値「drft」（もしかして「draft」）
3:10|volume must be a string|volume には文字列を指定してください
4:1|"list" may not stand here; it stands in [[path]]|「list」はここには書けません。[[path]] の中に書いてください
6:13|max-score must be a number, 0 or more|max-score には 0 以上の数値を指定してください
7:12|include: this pattern can match nothing: "[a"|include: 何にも一致しないパターンです:「[a」
7:18|include: an empty string says nothing|include に空の文字列は指定できません
8:8|root must be true or false|root には true または false を指定してください
9:10|unknown format "jsno"; did you mean "json"?|不明な形式「jsno」（もしかして「json」）
11:16|severity takes error, warning, info, off; unknown value "fatal"|severity に指定できるのは error, warning, info, off です。不明な値「fatal」
12:1|"match" is missing here|「match」がありません
16:8|there is no table [lists] with the name "weekli"; did you mean "weekly"?|[lists] にない名前です:「weekli」（もしかして「weekly」）
18:12|domains takes a domain, such as hanami-books.jp, not "news@hanami-books.jp"|domains にはドメイン（例: hanami-books.jp）を指定してください（「news@hanami-books.jp」は使えません）
19:17|adds-headers takes the name of a header field, without a colon, not "List-Id:"|adds-headers にはヘッダー名（コロンなし）を指定してください（「List-Id:」は使えません）
21:1|unknown key "nmaes"; did you mean "names"?|不明なキー「nmaes」（もしかして「names」）
22:13|mail-from takes a domain or a mail address, not "bounces"|mail-from にはドメインかメールアドレスを指定してください（「bounces」は使えません）
23:36|dkim-domains takes a domain, such as hanami-books.jp, not "s1"|dkim-domains にはドメイン（例: hanami-books.jp）を指定してください（「s1」は使えません）
24:54|dkim-selectors takes a DKIM selector, such as s1, or the whole name of its key, not "s 1"|dkim-selectors にはセレクター（例: s1）か公開鍵の名前全体を指定してください（「s 1」は使えません）
25:52|sending-addresses takes an IPv4 or IPv6 address, not "192.0.2.0/24"|sending-addresses には単独の IP アドレス（IPv4 または IPv6）を指定してください（「192.0.2.0/24」は使えません）
END
printf 'ignore = ["subject-long",\n "subject-logn"]\n[severity]\nlnik-plain-http = "off"\n' >presend.toml
wants 2 'ids' a.eml
says err 'presend.toml:2:2: there is no such rule: "subject-logn"; did you mean "subject-long"?' 'ids'
says err 'presend.toml:4:1: there is no such rule: "lnik-plain-http"; did you mean "link-plain-http"?' 'ids'
printf 'stage = "draft"\nstage = "final"\n' >presend.toml
wants 2 'a key twice' a.eml
says err 'presend.toml:2:9: this is no TOML: ' 'a key twice'
printf '[.lists]\n' >presend.toml
wants 2 'a header that begins with a dot' a.eml
says err 'presend.toml:1:2: this is no TOML: ' 'a header that begins with a dot'
printf 'names = "\xff"\n' >presend.toml
wants 2 'no UTF-8' a.eml
says err 'presend.toml:1:' 'no UTF-8'
python3 -c 'print("x" + ".x" * 32000 + " = 1")' >presend.toml
wants 2 'a key of 32,000 parts' a.eml
head -c 70000 /dev/zero | tr '\0' '#' >presend.toml
wants 2 'a file too large' a.eml
says err 'presend.toml:1:1: this is no TOML: the file is too large for a configuration' 'a file too large'
rm presend.toml && mkfifo presend.toml
wants 2 'a pipe is not waited for' a.eml
rm presend.toml
: >presend.toml
: >.presend.toml
wants 2 'both names in a folder' a.eml
says err '.presend.toml:1:1: there is presend.toml in this folder, too; keep one of them' 'both names in a folder'
rm .presend.toml

# --- schema and pages -------------------------------------------------------------------------------------------------------------------

# The example of the pages and a default file with every key must be good, to us and to the schema.
sed -n '/^```toml/,/^```$/p' "$top/docs/configuration.md" | sed '/^```/d' >presend.toml
wants 0 'the example of docs/configuration.md' config a.eml
"$presend" config --schema >"$scratch/schema.json" 2>"$scratch/err"
python3 -m json.tool "$scratch/schema.json" >/dev/null
report $? 'the schema is JSON'
"$presend" --lang ja config --schema | grep -q '"description":"これより上'
report $? 'the schema in Japanese'
if python3 -c 'import jsonschema, tomllib' 2>/dev/null; then
	cat >"$scratch/validate.py" <<'END'
import json, sys, tomllib
import jsonschema
schema = json.load(open(sys.argv[1], encoding="utf-8"))
jsonschema.Draft7Validator.check_schema(schema)
errors = list(jsonschema.Draft7Validator(schema).iter_errors(tomllib.load(open(sys.argv[2], "rb"))))
for error in errors:
    print(list(error.path), error.message)
sys.exit(bool(errors))
END
	python3 "$scratch/validate.py" "$scratch/schema.json" presend.toml >"$scratch/out"
	report $? 'the schema takes the example' || cat "$scratch/out"
	# Whatever one line of these is wrong for presend is wrong for the schema.
	while IFS= read -r line; do
		printf '%b\n' "$line" >presend.toml
		wants 2 "presend refuses $line" config a.eml
		! python3 "$scratch/validate.py" "$scratch/schema.json" presend.toml >"$scratch/out"
		report $? "the schema takes $line"
	done <<'END'
ignroe = "x"
stage = "drft"
volume = 3
root = "yes"
max-score = -1
profile = ["gmail", "hotmail"]
select = ""
[severity]\nsubject-long = "fatal"
[[path]]\nstage = "draft"
[[path]]\nmatch = "x"\nroot = true
[lists.weekly]\ndomains = ["news@hanami-books.jp"]
[lists.weekly]\naddresses = ["hanami-books.jp"]
[lists.weekly]\nadds-headers = ["List-Id:"]
[lists.weekly]\nlist-id = "<weekly.hanami-books.jp>"
[lists.weekly]\nmail-from = "bounces"
[lists.weekly]\ndkim-selectors = ["s1."]
[lists.weekly]\nsending-addresses = "mail.hanami-books.jp"
[lists.weekly]\nstage = "draft"
END
	while IFS= read -r line; do
		printf '%b\n' "$line" >presend.toml
		wants 0 "presend takes $line" config a.eml
		python3 "$scratch/validate.py" "$scratch/schema.json" presend.toml >"$scratch/out"
		report $? "the schema refuses $line" || cat "$scratch/out"
	done <<'END'
\n
profile = "gmail"
profile = ["gmail", "law-eu"]
max-score = 5.5
[severity]\nUN = "off"
[[path]]\nmatch = "x"\nlist = "weekly"\n[lists.weekly]
[lists."花見 weekly"]\ndomains = "例え.jp"\naddresses = "a.b+c@x.hanami-books.jp"\nadds-headers = "X-Any_thing"
[lists.weekly]\nmail-from = "bounces@news.hanami-books.jp"\nhelo = "mail"\ndkim-selectors = ["s1", "k2._domainkey.esp.example"]
[lists.weekly]\nmail-from = "news.hanami-books.jp"\nsending-addresses = ["192.0.2.25", "2001:db8::25"]\ndkim-domains = "hanami-books.jp"
END
else
	echo 'config: python3-jsonschema is not installed; the schema was not tried'
fi

echo "config: $n statements about configurations, $failures failed; $(tail -n 1 "$scratch/cases")"
[ $failures -eq 0 ]
