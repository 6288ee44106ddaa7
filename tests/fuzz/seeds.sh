#!/usr/bin/env bash
# Writes what the fuzz targets begin with, and what `make check-full` gives them without a fuzzer: seeds.sh FOLDER makes FOLDER/TARGET/ for each target
# anew; seeds.sh --targets prints their names.
set -eu
cd "$(dirname "$0")/../.."
targets='fuzz_message fuzz_html fuzz_css fuzz_config fuzz_bounce fuzz_rows fuzz_template fuzz_rules fuzz_preflight fuzz_lsp'
if [ "$1" = --targets ]; then
	echo "$targets"
	exit
fi
seeds=$1
rm -rf "$seeds"
for target in $targets; do
	mkdir -p "$seeds/$target"
done

# Seeds: the drafts of corpus/ behind a byte of options, see fuzz_message.c. Long ones only slow a fuzzer down.
n=0
while IFS= read -r draft; do
	n=$((n + 1))
	case $draft in
	*.eml.j2) byte='\027' ;;
	*.txt) byte='\025' ;;
	*.html | *.j2 | *.erb | *.hbs | *.liquid) byte='\024' ;;
	*) byte='\120' ;;
	esac
	{ printf '%b' "$byte"; cat "$draft"; } >"$seeds/fuzz_message/$n"
	case $draft in
	*.hbs) { printf '\001'; cat "$draft"; } >"$seeds/fuzz_template/$n" ;;
	*.liquid) { printf '\003'; cat "$draft"; } >"$seeds/fuzz_template/$n" ;;
	*.j2) { printf '\004'; cat "$draft"; } >"$seeds/fuzz_template/$n" ;;
	*.erb) { printf '\007'; cat "$draft"; } >"$seeds/fuzz_template/$n" ;;
	*.html) { printf '\012'; cat "$draft"; } >"$seeds/fuzz_template/$n" ;;
	esac
	case $draft in
	corpus/bounces/*.log) { printf '\001'; cat "$draft"; } >"$seeds/fuzz_bounce/$n" ;;
	corpus/bounces/*) { printf '\000'; cat "$draft"; } >"$seeds/fuzz_bounce/$n" ;;
	*.html | *.html.j2 | *.hbs | *.liquid)
		{ printf '\001'; cat "$draft"; } >"$seeds/fuzz_html/$n"
		sed -n '/<style/,/<\/style>/{/style/!p}' "$draft" >"$seeds/fuzz_css/$n"
		;;
	esac
done < <(find corpus -type f ! -name '*.expect' ! -name '*.options' ! -name README.md -size -40k | LC_ALL=C sort)
for shown in docs/configuration.md docs/suppressing.md; do
	{ printf '\001'; sed -n '/^```toml/,/^```$/p' $shown | sed '/^```/d'; } >"$seeds/fuzz_config/$(basename $shown)"
done
for letter in 0 1 2 3 4 5 6 7 8 9; do
	grep -o '"a\.[a-z.0-9]*", "[^"]*' tests/test_blueprint.c | sed 's/^"[^"]*", "//' | { printf '%s' $letter; tr '\n' ' '; printf '\0name,n\nHana,3\n'; } >"$seeds/fuzz_rows/$letter"
done
printf '3{%% for i in l %%}{{ i.t|upper }}{%% endfor %%}\0[{"l": [{"t": "a"}]}]' >"$seeds/fuzz_rows/json"
# Of the language server: drafts opened, changed and asked about, with a NUL between the messages; and one with its own framing.
python3 - "$seeds/fuzz_lsp" <<'PY'
import json, pathlib, sys
out = pathlib.Path(sys.argv[1])
ask = {"textDocument/hover": {"position": {"line": 1, "character": 3}},
       "textDocument/codeAction": {"range": {"start": {"line": 0, "character": 0}, "end": {"line": 99, "character": 0}}, "context": {"diagnostics": []}}}
for n, (path, language) in enumerate([("corpus/good/receipt.eml", "eml"), ("corpus/bad/raw-utf8-subject.eml", "eml"), ("corpus/templates/mailchimp.html", "html")]):
    if not pathlib.Path(path).exists():
        continue
    uri, text = "file:///draft/" + path.rsplit("/", 1)[1], pathlib.Path(path).read_bytes().decode("utf-8", "replace")
    messages = [{"method": "textDocument/didOpen", "params": {"textDocument": {"uri": uri, "languageId": language, "version": 1, "text": text}}}]
    messages += [{"id": i + 1, "method": m, "params": {"textDocument": {"uri": uri}, **p}} for i, (m, p) in enumerate(ask.items())]
    messages += [{"method": "textDocument/didChange", "params": {"textDocument": {"uri": uri, "version": 2}, "contentChanges": [{"text": text[::-1]}]}},
                 {"method": "textDocument/didClose", "params": {"textDocument": {"uri": uri}}}, {"id": 9, "method": "shutdown"}, {"method": "exit"}]
    (out / str(n)).write_bytes(b"\2" + b"\0".join(json.dumps({"jsonrpc": "2.0", **m}, ensure_ascii=n == 1).encode() for m in messages))
(out / "framed").write_bytes(b"\1Content-Length: 2\r\n\r\n{}Content-Length: 9999999999999999999999\r\n\r\nContent-Type: x\r\n\r\n")
PY
# Files of compiled rules: our examples, and the phrases that ship, under ids of their own.
presend=${PRESEND:-build/presend}
if [ -x "$presend" ]; then
	"$presend" rules compile tests/own_rules -o "$seeds/fuzz_rules/own" >/dev/null
	mkdir "$seeds/phrases"
	for rule in rules.d/phrases/*.yaml; do
		id=own-$(basename "$rule" .yaml)
		sed "s/^id: .*/id: $id/" "$rule" >"$seeds/phrases/$id.yaml"
	done
	"$presend" rules compile "$seeds/phrases" -o "$seeds/fuzz_rules/phrases" >/dev/null
	rm -r "$seeds/phrases"
else
	echo "fuzz: there is no $presend, so no file of compiled rules" >&2
fi
# Of preflight: every answer of the server that misbehaves, the snapshots, records and zones; the first byte as in fuzz_preflight.c.
python3 tests/preflight/server.py --seeds "$seeds/fuzz_preflight"
for snapshot in tests/preflight/*.json; do
	{ printf '\001'; cat "$snapshot"; } >"$seeds/fuzz_preflight/$(basename "$snapshot")"
done

echo "fuzz: $n drafts, $(find "$seeds" -type f | wc -l) seeds in $seeds"
