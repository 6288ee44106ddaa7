#!/usr/bin/env bash
# presend preflight as a program, on snapshots of tests/preflight/ and so without network: exit codes, both languages, JSON, what is published, and that
# two runs say the same. Environment: B the build folder, PRESEND the program.
set -u
cd "$(dirname "$0")/.."
presend=${PRESEND:-build/presend}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
passed=0 failed=0
clock=2026-11-24T00:00:00Z

report() {
	if [ "$1" -eq 0 ]; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "preflight: $2"
	fi
	return "$1"
}

# wants CODE WHAT ARGUMENT...
wants() {
	local code=$1 what=$2
	shift 2
	"$presend" preflight --isolated --now $clock "$@" >"$scratch/out" 2>"$scratch/err" </dev/null
	local got=$?
	[ $got -eq "$code" ]
	report $? "$what: exit code $got, not $code" || cat "$scratch/out" "$scratch/err"
}

says() { # says FILE TEXT WHAT
	grep -qF -e "$2" "$scratch/$1"
	report $? "$3: does not say: $2" || cat "$scratch/$1"
}

good=(--dns tests/preflight/good.json --ip 192.0.2.25 --ip 2001:db8::25 --selector s1 --helo mail.hanami.example --mail-from bounce@hanami.example hanami.example)
bad=(--dns tests/preflight/bad.json --ip 192.0.2.8 --selector s1 kawara.test)

for name in good bad; do
	declare -n words=$name
	code=$([ $name = good ]; echo $?)
	for lang in en ja; do
		wants "$code" "$name, text, $lang" --lang $lang "${words[@]}"
		if [ "${1-}" = --write ]; then
			cp "$scratch/out" "tests/preflight/$name.$lang.txt"
		fi
		diff -u "tests/preflight/$name.$lang.txt" "$scratch/out"
		report $? "$name, text, $lang: not as in tests/preflight/$name.$lang.txt"
	done
	wants "$code" "$name, JSON" --format json "${words[@]}"
	cp "$scratch/out" "$scratch/first"
	wants "$code" "$name, JSON again" --format json "${words[@]}"
	cmp -s "$scratch/first" "$scratch/out"
	report $? "$name: two runs differ"
	# What interface.md says a check has; nothing but the five words.
	python3 - "$scratch/out" <<'EOF'
import json, sys
report = json.load(open(sys.argv[1]))
assert report["version"] == 1 and report["tool"] == "presend" and report["domain"] and report["checks"]
for check in report["checks"]:
    assert check["status"] in ("pass", "fail", "warn", "unknown", "not-applicable"), check
    assert {"requirement", "evidence", "message", "help", "query"} <= check.keys(), check
words = {word["id"]: word["status"] for word in report["requirements"]}
if report["domain"] == "hanami.example":
    # A sound domain has a clean sheet. What is looked at on request only does not apply, and says how it is asked for.
    assert not set(words.values()) & {"fail", "warn", "unknown"}, words
    assert {c["check"] for c in report["checks"] if c["status"] == "not-applicable" and c["help"]} == {"blocklists-not-asked", "tls-not-asked"}
else:
    # SPF does not cover the address, it has no name, there is no DMARC, the key did not come.
    assert words["AU-04"] == "fail" and words["AU-22"] == "fail" and words["AU-12"] == "warn", words
    assert words["AU-03"] == "pass" and words["AU-06"] == "unknown", words
EOF
	report $? "$name: JSON"
done

# One fault is one row: the envelope and From are one domain.
wants 1 'one fault' "${bad[@]}"
[ "$(grep -c 'ip4:192.0.2.8' "$scratch/out")" -eq 1 ]
report $? 'the record to publish is said once' || cat "$scratch/out"
says out '_dmarc.kawara.test. IN TXT "v=DMARC1; p=none; rua=mailto:dmarc@kawara.test"' 'the record to publish'

# The example of docs/preflight.md and its Japanese twin is what the program says, but for the line about the file of answers.
for lang in en ja; do
	page=docs/preflight.$([ $lang = en ] && echo md || echo ja.md)
	wants 1 "the example of $page" --lang $lang --volume bulk --dns tests/preflight/story.json --ip 192.0.2.25 --selector s1 --mail-from news@himawari.example himawari.example
	grep -v 'tests/preflight/story.json' "$scratch/out" >"$scratch/said"
	sed -n '/^himawari.example$/,/^```$/p' "$page" | sed '/^```$/d' >"$scratch/shown"
	diff -u "$scratch/shown" "$scratch/said"
	report $? "the example of $page is another"
done

# What a snapshot does not hold is unknown, and unknown never fails.
wants 0 'nothing is known' --dns tests/preflight/good.json --ip 192.0.2.25 elsewhere.test
says out unknown 'nothing is known'
wants 0 'a warning does not fail' --fail-on never "${bad[@]}"

# Of a draft, the domain of From.
printf 'From: Hanami <news@hanami.example>\nTo: a@reader.test\nSubject: Spring\n\nHello.\n' >"$scratch/draft.eml"
wants 0 'a draft' --dns tests/preflight/good.json --ip 192.0.2.25 --ip 2001:db8::25 --selector s1 --helo mail.hanami.example "$scratch/draft.eml"
says out 'hanami.example  ' 'a draft: the domain of From'
says out 'taken to be that of From' 'a draft: what was assumed'
# The configuration says how it is sent; a list is found by the domain of From.
printf '[lists.news]\ndomains = ["hanami.example"]\nsending-addresses = ["192.0.2.25"]\ndkim-selectors = ["s1"]\nhelo = "mail.hanami.example"\n' >"$scratch/presend.toml"
"$presend" preflight --now $clock --config "$scratch/presend.toml" --dns tests/preflight/good.json hanami.example >"$scratch/out" 2>&1
report $? 'the configuration: exit code'
says out 'SPF passes for 192.0.2.25' 'the configuration names the address'
says out 'EHLO mail.hanami.example' 'the configuration names the server'

# Alignment as it will be when the list system sends: its envelope domain and its d= are others, then subdomains of ours.
for domain in esp.test hanami.example; do
	printf '[lists.news]\ndomains = ["hanami.example"]\nmail-from = "b@bounce.%s"\ndkim-domains = ["mail.%s"]\ndkim-selectors = ["k7"]\n' $domain $domain >"$scratch/presend.toml"
	"$presend" preflight --now $clock --volume bulk --config "$scratch/presend.toml" --dns tests/preflight/good.json "$scratch/draft.eml" >"$scratch/out" 2>&1
	says out "Whether k7._domainkey.mail.$domain has a key is not known" "the configuration: keys of mail.$domain"
	case $domain in
	esp.test) says out 'Neither the envelope domain bounce.esp.test nor the DKIM domain mail.esp.test belongs to the domain of From' 'the configuration: not aligned' ;;
	*) says out 'Both the envelope domain bounce.hanami.example and the DKIM domain mail.hanami.example belong to the domain of From' 'the configuration: aligned' ;;
	esac
done

# Only on request: block lists, and the settings of a mail server. A closed list is never asked, and no answer is no listing.
printf 'smtp_tls_security_level = may\nsmtpd_recipient_restrictions = reject_rbl_client bl.spamcop.net\n' >"$scratch/main.cf"
wants 0 'block lists and settings' --blocklists dnsbl.sorbs.net,zen.spamhaus.org --mta-config "$scratch/main.cf" "${good[@]}"
says out 'dnsbl.sorbs.net' 'a closed block list'
says out 'not in the snapshot' 'a block list that did not answer'
! grep -q 'not checked' "$scratch/out"
report $? 'block lists and settings are looked at' || cat "$scratch/out"

# Several drafts, all messages of an mbox: told by domain, and what is the same for all of them once. Of a mail without a sender the others are told.
printf 'From: Hanami <news@hanami.example>\nTo: a@reader.test\nSubject: Summer\n\nhttps://shop.hanami.example/\n' >"$scratch/second.eml"
{
	printf 'From a@hanami.example Tue Nov 24 00:00:00 2026\n' && cat "$scratch/draft.eml"
	printf '\nFrom a@kawara.test Tue Nov 24 00:00:00 2026\nFrom: Kawara <news@kawara.test>\n\nHello.\n'
	printf '\nFrom a@hanami.example Tue Nov 24 00:00:00 2026\n' && cat "$scratch/second.eml"
} >"$scratch/all.mbox"
wants 0 'several' --dns tests/preflight/good.json --fail-on never "$scratch/draft.eml" "$scratch/second.eml" "$scratch/all.mbox"
[ "$(grep -c '^hanami.example  ' "$scratch/out")" -eq 1 ] && [ "$(grep -c '^kawara.test  ' "$scratch/out")" -eq 1 ] &&
	[ "$(grep -c 'hanami.example exists and can be written to' "$scratch/out")" -eq 1 ]
report $? 'several: one part for a domain' || cat "$scratch/out"
says out "only: $scratch/second.eml, $scratch/all.mbox (message 3)" 'several: whose link it is'
wants 0 'several, JSON' --format json --dns tests/preflight/good.json --fail-on never "$scratch/draft.eml" "$scratch/all.mbox"
[ "$(python3 -c 'import json, sys
print([(r["path"].split("/")[-1], r["index"], r["domain"]) for r in map(json.loads, sys.stdin)])' <"$scratch/out")" = \
	"[('draft.eml', 0, 'hanami.example'), ('all.mbox', 0, 'hanami.example'), ('all.mbox', 1, 'kawara.test'), ('all.mbox', 2, 'hanami.example')]" ]
report $? 'several, JSON: one line for each message' || cat "$scratch/out"
printf 'To: a@reader.test\n\nHello.\n' >"$scratch/nobody.eml"
wants 2 'a draft without From' --dns tests/preflight/good.json "$scratch/nobody.eml" "$scratch/draft.eml"
says err 'nobody.eml: has no From field with a domain' 'a draft without From'
says out 'hanami.example exists and can be written to' 'a draft without From: the others are told'

# The verdict sheet takes these answers: no row waits for DNS, and what preflight does not know says why. Rows that wait name the command.
everybody=gmail-bulk,yahoo,outlook,icloud,japan-carriers,law-jp
sheet() { # sheet CODE WHAT ARGUMENT...
	local code=$1 what=$2
	shift 2
	"$presend" checklist --isolated --now $clock --profile $everybody "$@" >"$scratch/out" 2>"$scratch/err" </dev/null
	local got=$?
	[ $got -eq "$code" ]
	report $? "$what: exit code $got, not $code" || cat "$scratch/out" "$scratch/err"
}
rows() { # rows WHAT PYTHON: on s, a row by id, and all, the sheets
	python3 -c 'import json, sys
all = [json.loads(line) for line in open(sys.argv[1])]
s = {row["id"]: row for row in all[0]["rows"]}
'"$2" "$scratch/out"
	report $? "$1" || cut -c1-2000 "$scratch/out"
}
sheet 0 'the sheet without answers' --format json --fail-on never "$scratch/draft.eml"
rows 'the sheet without answers' '
assert s["AU-12"]["status"] == "needs-dns" and s["AU-12"]["command"].startswith("presend preflight /"), s["AU-12"]
assert s["AU-22"]["status"] == "needs-receiver" and s["AU-22"]["command"].startswith("presend preflight --ip ADDRESS /"), s["AU-22"]
assert "command" not in s["OP-01"] and "command" not in s["UN-01"] and "preflight" not in s["AU-12"]'
sheet 0 'the sheet, sound' --format json --fail-on never --dns tests/preflight/good.json --ip 192.0.2.25 --selector s1 --helo mail.hanami.example --mail-from b@hanami.example "$scratch/draft.eml"
rows 'the sheet, sound' '
assert not [row for row in s.values() if row["status"] == "needs-dns"]
for row in s.values():
    if row["decided_by"] == "dns":
        assert row["status"] in ("pass", "not-applicable") and row["preflight"] and not row["answer"], row
        assert (row["reason"] == "dns") == (row["status"] == "not-applicable"), row
assert {s[i]["status"] for i in ("AU-04", "AU-22", "AU-23", "AU-25", "JR-07")} == {"pass"}
# What the draft has no signature for waits for one; what nobody asked for stays with who would know.
assert s["AU-05"]["status"] == s["AU-11"]["status"] == s["AU-24"]["status"] == s["AU-27"]["status"] == "needs-receiver"'
sheet 0 'the sheet without an address' --format json --fail-on never --dns tests/preflight/good.json "$scratch/draft.eml"
rows 'the sheet without an address' '
assert not [row for row in s.values() if row["status"] == "needs-dns"]
for i in ("AU-04", "AU-22", "AU-23"):
    assert s[i]["status"] == "unknown" and s[i]["reason"] == "dns" and "--ip" in s[i]["preflight"][-1]["help"], s[i]'
sheet 0 'the sheet of an mbox' --format json --fail-on never --dns tests/preflight/good.json "$scratch/all.mbox"
rows 'the sheet of an mbox' '
assert [{r["id"]: r["status"] for r in x["rows"]}["AU-19"] for x in all] == ["pass", "unknown", "pass"]
assert not [r for x in all for r in x["rows"] if r["status"] == "needs-dns"]'
sheet 0 'the sheet of a draft without From' --format json --fail-on never --dns tests/preflight/good.json "$scratch/nobody.eml"
rows 'the sheet of a draft without From' 'assert s["AU-12"]["status"] == "unknown" and s["AU-12"]["reason"] == "dns" and s["AU-12"]["preflight"] == [], s["AU-12"]'
# Drafts of others, with the answers of a sound domain put for theirs: in every class and stage and for every profile each row that DNS decides has its answer,
# and none waits for DNS. Without answers for the domain none waits either.
python3 - "$presend" "$scratch" <<'EOF'
import email.utils, json, re, subprocess, sys
presend, scratch = sys.argv[1:]
names = ["alumni-flowed-8bit", "board-game-emoji-base64", "city-jis", "clinic-jis", "club-qp", "consumer-centre-base64"]
drafts = [f"corpus/good/{name}.eml" for name in names]
everybody = "gmail,gmail-bulk,yahoo,outlook,icloud,japan-carriers,law-jp,law-us,law-eu,law-ca"
sound = open("tests/preflight/good.json").read()
sender = "--ip 192.0.2.25 --ip 2001:db8::25 --selector s1 --helo mail.hanami.example".split()
n = 0

def sheets(snapshot, files, stage, mail_class, profiles):
    command = [presend, "checklist", "--isolated", "--now", "2026-11-24T00:00:00Z", "--format", "json", "--fail-on", "never", "--dns", snapshot, "--volume", "bulk",
               "--stage", stage, "--class", mail_class, "--profile", profiles, *sender, *files]
    run = subprocess.run(command, capture_output=True, text=True)
    assert run.returncode == 0, (command, run.stderr)
    return [json.loads(line) for line in run.stdout.splitlines()]

for stage in "template", "draft", "final", "received":
    for mail_class in "newsletter", "transactional":
        for sheet in sheets("tests/preflight/good.json", drafts, stage, mail_class, everybody):
            n += 1
            for row in sheet["rows"]:
                assert row["status"] != "needs-dns" and (row["decided_by"] != "dns" or row["preflight"]), (sheet["path"], stage, mail_class, row)
for draft, mail_class in zip(drafts, ["newsletter", "transactional"] * 3):
    head = open(draft, encoding="latin-1").read().split("\n\n")[0]
    domain = email.utils.parseaddr(re.search(r"(?im)^From:(.*(?:\n[ \t].*)*)", head)[1])[1].split("@")[1].strip().lower()
    with open(scratch + "/theirs.json", "w") as out:
        out.write(re.sub(r"(?<!mail\.)(?<!mx\.)hanami\.example", domain, sound).replace("p=reject;", "p=reject; psd=n;"))
    stage = ["template", "draft", "final", "received"][n % 4]
    sheet, = sheets(scratch + "/theirs.json", [draft], stage, mail_class, everybody)
    n += 1
    for row in sheet["rows"]:
        assert row["status"] != "needs-dns", (draft, stage, row)
        # The links, the web site and the domain above theirs are others, of which the answers know nothing.
        if row["decided_by"] == "dns" and row["id"] not in ("LK-18", "AU-30", "AU-31"):
            assert row["status"] in ("pass", "not-applicable"), (draft, domain, stage, row)
assert n == 54, n
EOF
report $? 'a draft of others has a row that waits for DNS'
sed 's/hanami.example/kawara.test/' "$scratch/draft.eml" >"$scratch/kawara.eml"
for lang in en ja; do
	sheet 1 "the sheet, text, $lang" --lang $lang --dns tests/preflight/bad.json --ip 192.0.2.8 --selector s1 "$scratch/kawara.eml"
	says out '_dmarc.kawara.test. IN TXT "v=DMARC1; p=none; rua=mailto:dmarc@kawara.test"' "the sheet, text, $lang: the record to publish"
	[ "$(grep -c 'IN TXT "v=DMARC1' "$scratch/out")" -eq 1 ]
	report $? "the sheet, text, $lang: a record stands there once" || cat "$scratch/out"
done
says out '192.0.2.8 に逆引き（PTR）が設定されていません' 'the sheet in Japanese'
"$presend" checklist --isolated --now $clock --dns tests/preflight/good.json --stdin-filename in.eml --format json --fail-on never - <"$scratch/draft.eml" >"$scratch/out"
rows 'the sheet of standard input' 'assert s["AU-12"]["status"] == "pass"'
sheet 2 'the sheet without its answers' --dns "$scratch/nowhere.json" "$scratch/draft.eml"
! grep -q needs-dns "$scratch/out"
report $? 'the sheet without its answers: nothing waits for DNS' || cat "$scratch/out"
sheet 2 'an address without answers' --ip 192.0.2.25 "$scratch/draft.eml"
says err 'needs --dns FILE' 'an address without answers'
# A fault that only DNS knows fails the run, as preflight's own does.
"$presend" checklist --isolated --now $clock --profile gmail --select mime-version-missing --dns tests/preflight/bad.json --ip 192.0.2.8 "$scratch/kawara.eml" >/dev/null
[ $? -eq 1 ]
report $? 'a fault that only DNS knows fails the run'

# A domain that does not exist is one fault, and not as many as records are missing.
python3 - >"$scratch/dead.json" <<'EOF'
import json
names = [("mukashi.test", t) for t in ("A", "AAAA", "MX", "TXT", "SOA")]
names += [(n, "TXT") for n in ("s1._domainkey.mukashi.test", "_dmarc.mukashi.test", "_dmarc.test", "_mta-sts.mukashi.test", "_smtp._tls.mukashi.test", "default._bimi.mukashi.test")]
print(json.dumps({"version": 1, "tool": "presend", "dns": [{"name": n, "type": t, "status": "nxdomain"} for n, t in names]}))
EOF
wants 1 'a dead domain' --dns "$scratch/dead.json" --selector s1 mukashi.test
[ "$(grep -cE '^  (fail|warn) ' "$scratch/out")" -eq 1 ] && grep -q 'fail  *mukashi.test does not exist in DNS' "$scratch/out"
report $? 'a dead domain is one fault' || cat "$scratch/out"

# Mail that Gmail signed, of MimeKit's tests, which say that both hold; with one letter changed they do not. The key is the one that Gmail published then.
vectors=../shared/mail/mimekit/dkim
if [ -d "$vectors" ]; then
	printf '{"version": 1, "tool": "presend", "dns": [{"name": "20120113._domainkey.gmail.com", "type": "TXT", "status": "found", "ttl": 300, "records": [["%s", "%s"]]}]}\n' \
		'k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA1Kd87/UeJjenpabgbFwh+eBCsSTrqmwIYYvywlbhbqoo2DymndFkbjOVIPIldNs/m40KF+yzMn1skyoxcTUGCQs8g3FgD2Ap3ZB5DekAo5wMmk4wimDO+U8QzI3SD0' \
		'7y2+07wlNWwIt8svnxgdxGkVbbhzY8i+RQ9DpSVpPbF7ykQxtKXkv/ahW3KjViiAH+ghvvIhkx4xYSIc9oSwVmAl5OctMEeWUwg8Istjqz8BZeTWbf41fbNhte7Y+YqZOwq1Sd0DbvYAD9NOZK9vlfuac0598HY+vtSBczUiKERHv1yRbcaQtZFh5wtiRrN04BLUTD21MycBX5jYchHjPY/wIDAQAB' >"$scratch/gmail.json"
	for name in gmail related; do
		wants 0 "MimeKit's $name.msg" --fail-on never --dns "$scratch/gmail.json" "$vectors/$name.msg"
		says out 'The signature of gmail.com (20120113) verifies' "MimeKit's $name.msg"
		sed '/^Subject:/s/DKIM/DKlM/; /^Subject:/s/test/tost/' "$vectors/$name.msg" >"$scratch/changed.eml"
		wants 0 "MimeKit's $name.msg, changed" --fail-on never --dns "$scratch/gmail.json" "$scratch/changed.eml"
		says out 'a signed field was changed after signing' "MimeKit's $name.msg, changed"
	done
else
	echo 'preflight: skipped, ../shared/mail is not there: mail that Gmail signed'
fi

# Every reason why DNS did not answer has Japanese words, and no word is for a reason that is never given.
{
	sed -nE 's/.*(unknown\(question|settle\(answer, DNS_UNKNOWN), "([^"]+)".*/\2/p; s/.*\*reason = "([^"]+)".*/\1/p' lint/preflight/dns.c
	sed -n '/^static const char \*failure_name/,/^}/p' lint/preflight/dns.c | grep -o '"[^"]*"' | tr -d '"'
} | LC_ALL=C sort -u >"$scratch/given"
sed -nE 's/^\t\{ "([^"]+)", ".*/\1/p' lint/preflight/dns_text.c | LC_ALL=C sort >"$scratch/worded"
[ "$(wc -l <"$scratch/given")" -ge 16 ] && diff -u "$scratch/given" "$scratch/worded"
report $? 'reasons without Japanese words, or words without a reason'
wants 0 'a reason in Japanese' --lang ja --fail-on never --dns tests/preflight/good.json --mta-config "$scratch/nowhere.cf" hanami.example
says out "$scratch/nowhere.cf を読み込めません: ファイルまたはフォルダーが見つかりません" 'a reason in Japanese'
wants 2 'no resolver' --lang ja --resolver nowhere hanami.example
says err 'nowhere: アドレス、アドレス:ポート' 'no resolver'

wants 2 'nothing to look at' --dns tests/preflight/good.json
wants 2 'no address' --dns tests/preflight/good.json --ip 192.0.2.256 hanami.example
wants 2 'a file that is not there' --dns tests/preflight/good.json ./nowhere.eml
wants 2 'no domain' --dns tests/preflight/good.json nowhere
wants 2 'a snapshot that is not there' --dns "$scratch/nowhere.json" hanami.example
wants 2 'an option of another command' --select AU-03 hanami.example

# presend itself is linked with nothing for networks or cryptography, and says so where the other program is missing.
cp "$presend" "$scratch/presend"
"$scratch/presend" preflight hanami.example >"$scratch/out" 2>"$scratch/err"
[ $? -eq 2 ]
report $? 'without presend-preflight: exit code'
says err 'is not installed' 'without presend-preflight'
"$scratch/presend" checklist --isolated --now $clock --dns tests/preflight/good.json "$scratch/draft.eml" >"$scratch/out" 2>"$scratch/err"
[ $? -eq 2 ]
report $? 'the sheet without presend-preflight: exit code'
says out 'is not installed' 'the sheet without presend-preflight'
ldd "$presend" >"$scratch/out" 2>&1
! grep -qE 'libcares|libcrypto|libssl|libresolv' "$scratch/out"
report $? 'presend is linked with a library for networks' || cat "$scratch/out"

echo "preflight: $passed passed, $failed failed"
[ $failed -eq 0 ]
