#!/usr/bin/env bash
# --data with the program: rows are told with their places, the report does not depend on --jobs, bad data is refused with its line, and nothing is said
# of what is the template's own.
# Environment: PRESEND the program.
set -u
cd "$(dirname "$0")/.." || exit 2
presend=$(realpath "${PRESEND:-build/presend}")
scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 2
passed=0 failed=0

# wants CODE WHAT ARGUMENT...: run, keep what is printed, compare the exit code.
wants() {
	local code=$1 what=$2
	shift 2
	"$presend" --isolated --lang en --now 2026-11-24T00:00:30Z "$@" >out 2>err
	local got=$?
	if [ $got -eq "$code" ]; then
		passed=$((passed + 1))
	else
		echo "$what: exit code $got instead of $code"
		cat out err
		failed=$((failed + 1))
	fi
}

# holds FILE TEXT WHAT; lacks likewise.
holds() {
	if grep -qF -- "$2" "$1"; then passed=$((passed + 1)); else
		echo "$3: \"$2\" is not in:"
		cat "$1"
		failed=$((failed + 1))
	fi
}
lacks() {
	if ! grep -qF -- "$2" "$1"; then passed=$((passed + 1)); else
		echo "$3: \"$2\" is in:"
		cat "$1"
		failed=$((failed + 1))
	fi
}

cat >weekly.html.j2 <<'END'
---
subject: "{{ name }} 様、11 月号"
---
<!doctype html>
<html lang="ja"><head><meta charset="utf-8"><title>11 月号</title></head><body>
<p>{{ name }} 様</p>
<p>{% if coupon %}<a href="https://shop.hanami-books.jp/c?code={{ coupon }}">クーポンを使う</a>{% endif %}</p>
<p>花見書店 〒101-0051 東京都千代田区 <a href="{{ unsubscribe_url }}">配信停止はこちら</a></p>
</body></html>
END
url=https://shop.hanami-books.jp/u/4b1f0c7d9a2e6385
{
	echo 'name,coupon,unsubscribe_url'
	for i in $(seq 300); do
		name=山田$i
		[ $((i % 100)) -eq 17 ] && name=
		echo "$name,,$url$i"
	done
	echo "佐藤,A B,${url}x"
} >readers.csv

wants 1 'rows' --data readers.csv weekly.html.j2
holds out 'weekly.html.j2:2:11: error  row-value-empty  row 17 and 2 more: the Subject becomes " 様、11 月号"' 'the Subject of row 17'
holds out 'weekly.html.j2:6:4: error  row-value-empty  row 17 and 2 more: the greeting becomes "様"' 'the greeting of row 17'
holds out 'readers.csv:18: name = ""; readers.csv:118: name = ""; readers.csv:218: name = ""' 'places in the data'
holds out 'row-url-unsafe  row 301: the value of "coupon"' 'an address'
lacks out 'null-left' 'one fault, one finding'
lacks out 'worst case "empty values": the greeting' 'what is made up and true of a row'

for jobs in 1 2 5; do
	wants 1 "jobs $jobs" --data readers.csv --jobs $jobs --format json weekly.html.j2
	mv out out.$jobs
done
if cmp -s out.1 out.2 && cmp -s out.1 out.5; then passed=$((passed + 1)); else
	echo 'the report depends on --jobs'
	failed=$((failed + 1))
fi
holds out.1 '"rows":{"data":"readers.csv","count":3,"of":301,"first":[{"row":17,"line":18,"values":"name = \"\"","becomes":' 'rows in JSON'

wants 1 'Japanese' --lang ja --data readers.csv weekly.html.j2
holds out 'データ 17 行目ほか 2 行: 件名が「 様、11 月号」になります' 'Japanese'

wants 0 'worst cases alone' --data worst-cases weekly.html.j2
holds out 'worst case "empty values": the Subject becomes " 様、11 月号"' 'an empty value'
lacks out 'error' 'nothing made up is an error'

printf 'name,coupon\n山田,x,y\n' >bad.csv
wants 2 'a field too many' --data bad.csv weekly.html.j2
holds err 'bad.csv:2: 3 fields, but the first line has 2' 'the line of bad data'
wants 2 'no such file' --data nowhere.csv weekly.html.j2
holds err 'nowhere.csv' 'the name of what is missing'

# Data that nothing is made of, and a table without rows.
printf 'From: a@hanami-books.jp\nSubject: a\n\na\n' >mail.eml
wants 2 'no template' --data readers.csv mail.eml
holds err 'readers.csv: no template with tags is among the files, so that no row was checked' 'no template'
printf '<p>a</p>\n' >plain.html.j2
wants 2 'a template without tags' --data readers.csv plain.html.j2
wants 1 'a template among others' --data readers.csv plain.html.j2 weekly.html.j2
lacks err 'no template' 'a template among others'
echo 'name,coupon,unsubscribe_url' >none.csv
wants 0 'no rows' --data none.csv weekly.html.j2
holds err 'none.csv: there are no rows; only made up values are tried' 'no rows'
holds out 'worst case "empty values"' 'no rows'
echo '[]' >none.json
wants 0 'no rows in JSON' --data none.json weekly.html.j2
lacks out 'row-no-column' 'no rows, no columns'

# A name in other letters than its column.
printf 'Ｎame,氏名\nA,B\n' >width.csv
printf '<p>{{ name }} {{ 氏　名 }} {{ city }}</p>\n' >width.html.j2
wants 0 'full width' --data width.csv width.html.j2
holds out 'did you mean "Ｎame"?' 'full width'

# A good template with good rows says nothing.
sed 's/{{ name }} 様/{{ name or "読者" }} 様/' weekly.html.j2 >good.html.j2
printf 'name,coupon,unsubscribe_url\n山田,ABC,%s\n,,%s2\n' $url $url >good.csv
wants 0 'good rows' --data good.csv good.html.j2
lacks out 'row' 'good rows'

echo "recipients: $passed passed, $failed failed"
[ $failed -eq 0 ]
