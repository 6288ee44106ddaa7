#!/usr/bin/env bash
# Runs the core tests: every libcheck program given, then the scripts. Prints one line for each and a closing count.
# Environment: B the build folder, PRESEND the program.
set -u
cd "$(dirname "$0")/.."
export LC_ALL=C.UTF-8 NO_COLOR=1
unset LANG LC_MESSAGES CLICOLOR_FORCE
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT
start=$(date +%s)

# run NAME COMMAND...: one line of its outcome and, of a failure, all that it said; written at once, since two run at a time.
run() {
	local name=$1 code
	shift
	"$@" >"$results/log.$name" 2>&1
	code=$?
	case $code in
	0) printf 'ok    %-22s %s\n' "$name" "$(tail -n 1 "$results/log.$name")" >"$results/line.$name" ;;
	77) printf 'skip  %-22s %s\n' "$name" "$(tail -n 1 "$results/log.$name")" >"$results/line.$name" ;;
	*) { printf 'FAIL  %-22s exit %s\n' "$name" "$code" && cat "$results/log.$name"; } >"$results/line.$name" ;;
	esac
	cat "$results/line.$name"
}

# So many began their line with the word; what a failure said does not count.
count() {
	head -qn 1 "$results"/line.* | grep -c "^$1  "
}

# The programs beside the scripts: some of these call make, so that no two of them may run together.
for test in "$@"; do
	run "$(basename "$test")" "$test"
done &
scripts=(layers headers cli formats pipelines page gate golden docs data own_rules baseline git config recipients fix fix_mail preflight template_repo servers preflight_dns)
for script in "${scripts[@]}"; do
	run "$script" bash "tests/$script.sh"
done
wait
passed=$(count ok) failed=$(count FAIL) skipped=$(count skip)
echo "took $(($(date +%s) - start)) s"
echo "$passed passed, $failed failed, $skipped skipped"
# One that left no line was lost, which is no pass.
[ "$failed" -eq 0 ] && [ $((passed + skipped)) -eq $(($# + ${#scripts[@]})) ]
