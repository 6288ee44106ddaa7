#!/usr/bin/env bash
# The reports for CI systems: each is read by a strict parser and compared with the JSON report; nothing of a hostile draft breaks out.
# Environment: PRESEND the program, B the build folder.
set -u
cd "$(dirname "$0")/.." || exit 2
presend=${PRESEND:-${B:-build}/presend}
[ -x "$presend" ] || { echo "formats: $presend is not built"; exit 77; }
command -v python3 >/dev/null || { echo 'formats: python3 is missing'; exit 77; }
scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT

# The script behind action.yml, with inputs that are commands where they are not quoted.
action() {
	local folder=$scratch/action
	mkdir -p "$folder/temp/presend" "$folder/work" && cp "$presend" "$folder/temp/presend/presend" && cp corpus/bad/founding-story.eml "$folder/work/a b.eml"
	: >"$folder/output"
	: >"$folder/summary"
	(cd "$folder/work" && RUNNER_TEMP=$folder/temp GITHUB_OUTPUT=$folder/output GITHUB_STEP_SUMMARY=$folder/summary PRESEND_SARIF='p $(touch owned).sarif' \
		PRESEND_PATHS=$'a b.eml\n$(touch owned)\n; touch owned #\n' PRESEND_ARGUMENTS=$'--now=2026-11-24T00:00:30Z\n--isolated' \
		bash "$OLDPWD/docs/ci/github.sh" lint >"$folder/log" 2>&1)
	[ $? -eq 2 ] || { echo 'formats: the action does not end as presend does'; return 1; }
	[ ! -e "$folder/work/owned" ] || { echo 'formats: an input of the action is a command'; return 1; }
	grep -q '^::error file=a b.eml,line=6' "$folder/log" && grep -q '^### presend: ' "$folder/summary" && grep -q '^exit-code=2$' "$folder/output" &&
		[ -s "$folder/work/p \$(touch owned).sarif" ] || { echo 'formats: the action lacks a report'; cat "$folder/log"; return 1; }
	# Only env: may hold an expression: in run: it would be pasted into a script.
	! grep -E '^ *(run:|shell:).*\$\{\{' action.yml || { echo 'formats: action.yml pastes an input into a script'; return 1; }
}
action || exit 1
PYTHONDONTWRITEBYTECODE=1 python3 tests/formats.py "$(realpath "$presend")" "$scratch"
