#!/usr/bin/env bash
# Every item of ../shared/mail through presend: no exit code but 0 and 1, no word of a sanitizer, no single file above the limit.
# Files go in batches; a batch that fails or takes longer than one file may is halved until the culprit is alone.
# Time is that of the processor, user and system: the clock on the wall tells more about the other programs of a machine.
# Environment: B the build folder; LIMIT_MS per file (1000; with sanitizers 10000, which make presend about ten times slower).
# Exit 77 where the mail is not there: it is no part of the repository.
set -u
cd "$(dirname "$0")/.." || exit 1
presend=${PRESEND:-${B:-build}/presend}
mail=${MAIL:-../shared/mail}
[ -d "$mail" ] || { echo "real_mail: $mail is not there"; exit 77; }
[ -x "$presend" ] || { echo "real_mail: no $presend; make builds it" >&2; exit 1; }
case $presend in *san*) default_ms=10000 ;; *) default_ms=1000 ;; esac
limit_ms=${LIMIT_MS:-$default_ms}
batch_files=50
TIMEFORMAT='%3U %3S'
export LC_ALL=C.UTF-8 G_SLICE=always-malloc ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=1} UBSAN_OPTIONS=print_stacktrace=1

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/archives"
while IFS= read -r archive; do
	into=$work/archives/$(basename "$(dirname "$archive")")-$(basename "$archive" .tar.gz)
	mkdir -p "$into" && tar -xzf "$archive" -C "$into" || exit 1
done < <(find "$mail" -name '*.tar.gz' ! -path '*/reference/*' | LC_ALL=C sort)
mapfile -d '' -t files < <(
	find "$mail" -type f ! -path '*/reference/*' ! -name '*.tar.gz' ! -name '*.upstream' ! -name 'README*' ! -name index.tsv -print0
	find "$work/archives" -type f -print0
)
total_files=${#files[@]} failures=0
[ "$total_files" -gt 0 ] || { echo 'real_mail: no files'; exit 1; }

shown() {
	printf '%s' "${1#"$work/archives/"}"
}

# judge START COUNT: run these files; halve until what is wrong with them is told about one file.
judge() {
	local start=$1 count=$2 code user system took_ms complaint half
	{ time timeout 120 "$presend" --jobs 1 --format jsonl -- "${files[@]:start:count}" >"$work/out" 2>"$work/err"; } 2>"$work/time"
	code=$?
	read -r user system <"$work/time"
	took_ms=$((10#${user/./} + 10#${system/./}))
	complaint=
	[ $code -le 1 ] || complaint="exit $code"
	grep -qE 'Sanitizer|runtime error|CRITICAL|WARNING \*\*' "$work/err" && complaint="$complaint, said $(grep -m1 -E 'Sanitizer|runtime error|CRITICAL|WARNING \*\*' "$work/err")"
	[ $took_ms -le "$limit_ms" ] || complaint="$complaint, took $took_ms ms of CPU"
	[ -n "$complaint" ] || return
	if [ "$count" -gt 1 ]; then
		half=$((count / 2))
		judge "$start" $half
		judge $((start + half)) $((count - half))
		return
	fi
	failures=$((failures + 1))
	echo "$(shown "${files[start]}"): ${complaint#, }"
	head -n 20 "$work/err"
}

begin=$SECONDS
for ((at = 0; at < total_files; at += batch_files)); do
	n=$((total_files - at < batch_files ? total_files - at : batch_files))
	judge $at $n
done
echo "real_mail: $total_files files in $((SECONDS - begin)) s, $failures failed (limit $limit_ms ms a file)"
[ $failures -eq 0 ]
