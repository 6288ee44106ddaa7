#!/usr/bin/env bash
# The report of presend on every draft of corpus/ against NAME.expect beside it, with the exit code on the last line.
# --write rewrites the expectations; the difference is then read like code. A draft that needs options has them in NAME.options.
set -u
cd "$(dirname "$0")/../corpus"
presend=../${PRESEND:-build/presend}
write=${1:-}
export LC_ALL=C.UTF-8 NO_COLOR=1 COLUMNS=100
bad=0 n=0
for draft in $(find . -type f ! -name '*.expect' ! -name '*.options' ! -name 'README*' ! -path './pathological/*' ! -path './bounces/*' | LC_ALL=C sort); do
	draft=${draft#./}
	options=(--now 2026-11-24T00:00:30Z --lang en)
	[ -f "$draft.options" ] && read -r -a more <"$draft.options" && options+=("${more[@]}")
	actual=$("$presend" "${options[@]}" "$draft" 2>&1; echo "exit $?")
	n=$((n + 1))
	# What an ordinary newsletter may get, whatever the expectation says.
	case $draft in
	good/*)
		if [ "$(grep -c '^good/[^ ]*: error ' <<<"$actual")" -gt 0 ] || [ "$(grep -c '^good/[^ ]*: warning ' <<<"$actual")" -gt 2 ]; then
			echo "corpus/$draft: a good draft has no error and at most two warnings"
			bad=1
		fi ;;
	esac
	if [ "$write" = --write ]; then
		printf '%s\n' "$actual" >"$draft.expect"
	elif [ ! -f "$draft.expect" ]; then
		echo "corpus/$draft: no expectation; make golden writes it"
		bad=1
	elif ! diff -u "$draft.expect" <(printf '%s\n' "$actual"); then
		bad=1
	fi
done
[ $n -gt 0 ] || { echo "golden: corpus/ is empty"; exit 1; }
[ $bad -eq 0 ] && echo "golden: $n drafts of corpus/ as expected"
exit $bad
