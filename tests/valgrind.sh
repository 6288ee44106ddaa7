#!/usr/bin/env bash
# The test programs given and presend itself under valgrind: a read of what was never written, an over-read, a definite leak fails.
# CK_FORK=no, or valgrind would see only the children. Environment: B the build folder (no sanitizers in it); EVERY=1: all programs,
# else those that touch hostile bytes most, because valgrind makes all thirty times slower.
set -u
cd "$(dirname "$0")/.." || exit 1
B=${B:-build}
command -v valgrind >/dev/null || { echo 'valgrind: not installed; make deps-full installs it' >&2; exit 1; }
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# GLib keeps its type tables for the life of the process; still reachable is no leak here.
check=(valgrind --quiet --error-exitcode=99 --leak-check=full --show-leak-kinds=definite --errors-for-leak-kinds=definite
	--num-callers=25 --suppressions=tests/valgrind.supp)
export CK_FORK=no CK_DEFAULT_TIMEOUT=600 G_SLICE=always-malloc LC_ALL=C.UTF-8 NO_COLOR=1
# Of the big ones, the one that runs every example of every rule is left to the sanitizers.
wanted='map lines several header encoded_word params transfer html tag url engine pattern preflight_dns preflight_dkim'
failed=0 n=0

judge() {
	local name=$1
	shift
	n=$((n + 1))
	timeout 900 "${check[@]}" "$@" >"$log" 2>&1
	local code=$?
	if [ $code -gt 1 ] || grep -q '^==[0-9]*==' "$log"; then
		failed=$((failed + 1))
		echo "valgrind: $name: exit $code"
		grep -A25 -m3 '^==[0-9]*==' "$log" || tail -n 5 "$log"
	elif [ $code -eq 1 ] && [[ $name != presend* ]]; then
		failed=$((failed + 1))
		echo "valgrind: $name: tests fail"
		tail -n 5 "$log"
	fi
}

for test in "$@"; do
	name=$(basename "$test")
	case " $wanted " in
	*" ${name#test_} "*) ;;
	*) [ -n "${EVERY:-}" ] || continue ;;
	esac
	judge "$name" "$test"
done
mapfile -t drafts < <(find corpus/good corpus/bad corpus/broken corpus/templates -type f ! -name '*.expect' ! -name '*.options' | LC_ALL=C sort)
judge presend "$B/presend" --jobs 1 "${drafts[@]}"
judge presend "$B/presend" --jobs 2 --format json "${drafts[@]}"
# Preflight: a sound domain, one that is not, a signed mail, and all the broken answers of tests/preflight/server.py.
judge presend-preflight "$B/presend-preflight" --isolated --dns tests/preflight/good.json --ip 192.0.2.25 --ip 2001:db8::25 --selector s1 --helo mail.hanami.example hanami.example
judge presend-preflight "$B/presend-preflight" --isolated --dns tests/preflight/bad.json --ip 192.0.2.8 --selector s1 --format json --blocklists default kawara.test
judge presend-preflight "$B/presend-preflight" --isolated --dns tests/preflight/good.json "$(find tests/preflight/signed -name '*.eml' | LC_ALL=C sort | head -n 1)"
seeds=$(mktemp -d)
trap 'rm -rf "$log" "$seeds"' EXIT
bash tests/fuzz/seeds.sh "$seeds" >/dev/null
judge replay "$B/replay/preflight" --raw "$seeds/fuzz_preflight"
echo "valgrind: $n programs, $failed failed"
[ $failed -eq 0 ]
