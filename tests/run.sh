#!/usr/bin/env bash
# Runs the core tests: every libcheck program given, then the scripts. Prints one line for each and a closing count.
# Environment: B the build folder, PRESEND the program.
set -u
cd "$(dirname "$0")/.."
export LC_ALL=C.UTF-8 NO_COLOR=1
unset LANG LC_MESSAGES CLICOLOR_FORCE
passed=0 failed=0 skipped=0
start=$(date +%s)

run() {
	local name=$1 log
	shift
	log=$(mktemp)
	"$@" >"$log" 2>&1
	local code=$?
	if [ $code -eq 0 ]; then
		passed=$((passed + 1))
		printf 'ok    %-22s %s\n' "$name" "$(tail -n 1 "$log")"
	elif [ $code -eq 77 ]; then
		skipped=$((skipped + 1))
		printf 'skip  %-22s %s\n' "$name" "$(tail -n 1 "$log")"
	else
		failed=$((failed + 1))
		printf 'FAIL  %-22s exit %s\n' "$name" "$code"
		cat "$log"
	fi
	rm -f "$log"
}

for test in "$@"; do
	run "$(basename "$test")" "$test"
done
for script in layers headers cli formats page gate golden docs data own_rules baseline git config recipients fix fix_mail preflight template_repo servers preflight_dns; do
	[ -f "tests/$script.sh" ] && run "$script" bash "tests/$script.sh"
done
echo "took $(($(date +%s) - start)) s"
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ]
