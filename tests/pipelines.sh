#!/usr/bin/env bash
# Many messages: lines of JSON in and out, an mbox by all workers, folders cut up by GNU parallel; however the work is shared, the lines are the same.
# Environment: PRESEND the program, B the build folder.
set -u
cd "$(dirname "$0")/.." || exit 2
presend=$(realpath "${PRESEND:-${B:-build}/presend}")
[ -x "$presend" ] || { echo "pipelines: $presend is not built"; exit 77; }
command -v python3 >/dev/null || { echo 'pipelines: python3 is missing'; exit 77; }
scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT
fail() {
	echo "pipelines: FAILED: $*"
	exit 1
}
options=(--isolated --now 2026-11-24T00:00:30Z --format jsonl)

# Drafts as an mbox and as lines of JSON: as text where they are UTF-8, else in base64.
python3 - "$scratch" corpus/good/*.eml <<'PYTHON' || fail 'python3'
import base64, json, sys
out, paths = sys.argv[1], sys.argv[2:62]
with open(out + "/all.mbox", "wb") as mbox, open(out + "/all.jsonl", "w") as lines:
    for i, path in enumerate(paths):
        raw = open(path, "rb").read()
        row = {"path": path, "id": {"n": i}}
        try:
            row["text"] = raw.decode()
        except UnicodeDecodeError:
            row["base64"] = base64.b64encode(raw).decode()
        print(json.dumps(row), file=lines)
        body = raw.replace(b"\r\n", b"\n").replace(b"\nFrom ", b"\n>From ").rstrip(b"\n")
        mbox.write(b"From list@hanami.example Tue Nov 24 09:00:00 2026\n" + body + b"\n\n")
PYTHON
n=$(wc -l <"$scratch/all.jsonl")

# A line for a line: what the file itself gives, and the id.
"$presend" "${options[@]}" --input jsonl - <"$scratch/all.jsonl" >"$scratch/lines" 2>"$scratch/errors"
[ $? -le 1 ] && [ ! -s "$scratch/errors" ] || fail "--input jsonl: $(head -n 3 "$scratch/errors")"
python3 - "$presend" "$scratch/all.jsonl" "$scratch/lines" <<'PYTHON' || fail 'a line is another than that of its file'
import json, subprocess, sys
rows, found = ([json.loads(line) for line in open(path)] for path in sys.argv[2:])
assert len(rows) == len(found)
for i, (row, one) in enumerate(zip(rows, found)):
    assert one.pop("id") == row["id"] and one["path"] == row["path"]
    if i % 12 == 0:
        alone = subprocess.run([sys.argv[1], "--isolated", "--now", "2026-11-24T00:00:30Z", "--format", "jsonl", row["path"]], capture_output=True).stdout
        assert json.loads(alone) == one, row["path"]
PYTHON

# As Spark's pipe and Hadoop streaming do: the stream is cut at line ends, each partition goes through a process of its own.
split -n l/3 "$scratch/all.jsonl" "$scratch/part."
for part in "$scratch"/part.*; do
	"$presend" "${options[@]}" --input jsonl --jobs 2 - <"$part"
done >"$scratch/parts"
cmp "$scratch/lines" "$scratch/parts" || fail 'three partitions give other lines than one'

# What is no message gets a line, too, and ends nothing.
{
	head -n 1 "$scratch/all.jsonl"
	printf '%s\n' '{"path": "a.eml", "text": ' '' '["a"]' '{"id": 7}' '{"id": 8, "base64": "AAA"}' '{"text": "a", "base64": "YQ=="}' \
		'{"text": "From a@b.example Tue Nov 24 09:00:00 2026\nA: b\n\nc\n\nFrom a@b.example Tue Nov 24 09:00:00 2026\nA: b\n\nc\n"}'
	tail -n 1 "$scratch/all.jsonl" | tr -d '\n'
} >"$scratch/bad.jsonl"
"$presend" "${options[@]}" --fail-on never --input jsonl "$scratch/bad.jsonl" >"$scratch/out" 2>"$scratch/errors"
[ $? -eq 2 ] || fail 'lines that are no good do not end with 2'
cat >"$scratch/want" <<END
presend: $scratch/bad.jsonl:2: the line ends inside its JSON
presend: $scratch/bad.jsonl:4: not a JSON object
presend: $scratch/bad.jsonl:5: has neither "text" nor "base64"
presend: $scratch/bad.jsonl:6: "base64" is not base64
presend: $scratch/bad.jsonl:7: has both "text" and "base64"
presend: $scratch/bad.jsonl:8: holds several messages, as an mbox does; each needs a line of its own
END
cmp "$scratch/want" "$scratch/errors" || { cat "$scratch/errors"; fail 'what is said of lines that are no good'; }
sed -n '2p; 3p; 4p; 5p' "$scratch/out" >"$scratch/some"
cat >"$scratch/want" <<'END'
{"path":null,"error":"the line ends inside its JSON"}
{"path":null,"error":"not a JSON object"}
{"id":7,"path":null,"error":"has neither \"text\" nor \"base64\""}
{"id":8,"path":null,"error":"\"base64\" is not base64"}
END
cmp "$scratch/want" "$scratch/some" || fail 'the lines in place of results'
{ head -n 1 "$scratch/lines" && tail -n 1 "$scratch/lines"; } >"$scratch/want"
sed -n '1p; $p' "$scratch/out" | cmp - "$scratch/want" || fail 'the good lines beside them'
LC_ALL=C "$presend" --lang ja --input jsonl "$scratch/bad.jsonl" 2>&1 >/dev/null | grep -q ':4: JSON のオブジェクトではありません$' || fail 'the reasons in Japanese'
"$presend" --input jsonl --format text - </dev/null 2>/dev/null
[ $? -eq 2 ] || fail '--input jsonl with --format text'

# An mbox: one worker or several, from a pipe, in gzip, and through a report that keeps everything.
"$presend" "${options[@]}" --jobs 1 "$scratch/all.mbox" >"$scratch/one"
[ "$(wc -l <"$scratch/one")" -eq "$n" ] || fail 'messages of the mbox are missing'
"$presend" "${options[@]}" --jobs 4 "$scratch/all.mbox" | cmp - "$scratch/one" || fail 'four workers give another report'
gzip -c "$scratch/all.mbox" | "$presend" "${options[@]}" --stdin-filename "$scratch/all.mbox" - | cmp - "$scratch/one" || fail 'gzip'
"$presend" --isolated --now 2026-11-24T00:00:30Z --format json "$scratch/all.mbox" >"$scratch/kept"
python3 - "$scratch" <<'PYTHON' || fail 'jsonl has other messages than json'
import json, sys
assert json.load(open(sys.argv[1] + "/kept"))["messages"] == [json.loads(line) for line in open(sys.argv[1] + "/one")]
PYTHON
# Places are those of the whole file.
python3 - "$scratch" <<'PYTHON' || fail 'places in an mbox'
import json, sys
whole = open(sys.argv[1] + "/all.mbox", "rb").read()
n = 0
for line in open(sys.argv[1] + "/one"):
    for finding in json.loads(line)["findings"]:
        start = finding["span"]["start"]
        assert whole.count(b"\n", 0, start["offset"]) + 1 == start["line"], finding
        n += 1
assert n > 20
PYTHON
# A reader that leaves early, and an interrupt: no half of a line, no complaint.
"$presend" "${options[@]}" "$scratch/all.mbox" 2>"$scratch/errors" | head -n 2 | cmp - <(head -n 2 "$scratch/one") && [ ! -s "$scratch/errors" ] || fail 'a closed pipe'
for i in 1 2 3 4 5 6 7 8; do cat "$scratch/all.jsonl"; done >"$scratch/many.jsonl"
python3 - "$presend" "$scratch/many.jsonl" <<'PYTHON' || fail 'an interrupt'
import json, signal, subprocess, sys
run = subprocess.Popen([sys.argv[1], "--isolated", "--input", "jsonl", sys.argv[2]], stdout=subprocess.PIPE, stderr=subprocess.PIPE, bufsize=0,
                       # What runs in the background of a shell finds interrupts ignored.
                       preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL))
run.stdout.readline()
run.send_signal(signal.SIGINT)
rest, errors = run.communicate()
assert run.returncode == -signal.SIGINT and errors == b"" and rest.endswith(b"\n"), (run.returncode, errors)
for line in rest.splitlines():
    json.loads(line)
PYTHON

with=
if command -v parallel >/dev/null; then
	with=', GNU parallel'
	parallel --will-cite -k -j 2 --pipe -N 7 "$presend" "${options[@]}" --input jsonl --jobs 1 - <"$scratch/all.jsonl" 2>"$scratch/errors" | cmp - "$scratch/lines" ||
		fail "parallel --pipe: $(head -n 3 "$scratch/errors")"
	# As docs/pipelines.md shows it, with as many files for each run as fit, and against one run over the same files.
	find corpus/good -name '*.eml' | LC_ALL=C sort >"$scratch/files"
	xargs "$presend" "${options[@]}" <"$scratch/files" >"$scratch/want"
	parallel --will-cite -k -j 2 -X "$presend" "${options[@]}" <"$scratch/files" >"$scratch/some"
	[ "$(wc -l <"$scratch/some")" -eq "$(wc -l <"$scratch/files")" ] && cmp "$scratch/want" "$scratch/some" || fail 'parallel -X gives other lines than one run'
fi
echo "pipelines: $n messages as lines, partitions, an mbox, gzip$with"
