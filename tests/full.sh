#!/usr/bin/env bash
# Everything there is to judge presend by: both compilers with warnings as errors, all tests, sanitizers, valgrind, static analysis,
# replay of the fuzz target, real mail, hostile drafts. Each step prints its time; a missing tool is a failure, for a step left out
# silently would be taken for one that passed. Environment: JOBS (2), ONLY: names of steps with blanks between.
set -u
cd "$(dirname "$0")/.." || exit 1
jobs=${JOBS:-2} only=${ONLY:-}
# GLib's own slices would hide small leaks from the sanitizers.
export LC_ALL=C.UTF-8 G_SLICE=always-malloc
passed=0 failed=0 skipped=0 failures=
log=$(mktemp)
trap 'rm -f "$log"' EXIT

# step NAME TOOL COMMAND...: TOOL must be there. Exit 77: what the step needs is no part of the repository.
step() {
	local name=$1 tool=$2 before=$SECONDS code
	shift 2
	case " ${only:-$name} " in *" $name "*) ;; *) return ;; esac
	if ! command -v "$tool" >/dev/null; then
		failed=$((failed + 1)) failures="$failures $name"
		printf 'FAIL  %-14s %s is not installed; make deps-full installs it\n' "$name" "$tool"
		return
	fi
	"$@" >"$log" 2>&1
	code=$?
	if [ $code -eq 0 ]; then
		passed=$((passed + 1))
		printf 'ok    %-14s %4d s  %s\n' "$name" $((SECONDS - before)) "$(tail -n 1 "$log")"
	elif [ $code -eq 77 ]; then
		skipped=$((skipped + 1))
		printf 'skip  %-14s %4d s  %s\n' "$name" $((SECONDS - before)) "$(tail -n 1 "$log")"
	else
		failed=$((failed + 1)) failures="$failures $name"
		printf 'FAIL  %-14s %4d s  exit %d\n' "$name" $((SECONDS - before)) $code
		tail -n 60 "$log"
	fi
}

build() {
	make --no-print-directory -j"$jobs" "$@"
}

# Both compilers, each in a folder of its own; the tests run on what they built.
gcc_build() {
	build B=build-gcc CC=gcc CXX=g++ DEV=1 build-gcc/presend && build B=build-gcc CC=gcc CXX=g++ DEV=1 test
}
clang_build() {
	build B=build-clang CC=clang CXX=clang++ DEV=1 build-clang/presend && build B=build-clang CC=clang CXX=clang++ DEV=1 test
}
san_build() {
	build SAN=1 B=build-san build-san/presend && build SAN=1 B=build-san test
}
valgrind_run() {
	build B=build-gcc CC=gcc CXX=g++ DEV=1 valcheck
}

# An exception to what these tools say stands beside the code it is about, as an inline comment with its reason; but for the NULL that ends the
# arguments of tell() in a hundred places: POSIX makes it a pointer, and gcc holds the calls to it (sentinel).
cppcheck_run() {
	cppcheck --quiet --std=c11 --language=c --enable=warning,performance,portability --inline-suppr --error-exitcode=1 -j"$jobs" \
		--suppress=missingIncludeSystem --suppress='varFuncNullUB:lint/preflight/*' --library=gtk -Ilint -Ibuild-gcc/gen -i lint/config/toml.cc lint &&
		echo "cppcheck: $(find lint -name '*.c' | wc -l) files"
}
clang_tidy_run() {
	local flags
	[ -f .clang-tidy ] || { echo 'clang-tidy: there is no .clang-tidy that says what to look for'; return 1; }
	read -r -a flags <<<"$(pkg-config --cflags gmime-3.0 libxml-2.0 icu-uc libpcre2-8 yaml-0.1 json-c libpsl)"
	export TIDY_FLAGS="-std=gnu11 -Ilint -Ibuild-gcc/gen -DPRESEND_VERSION=\"0\" ${flags[*]}"
	# shellcheck disable=SC2016 # the inner shell expands; the flags are words
	find lint -name '*.c' -print0 | LC_ALL=C sort -z |
		xargs -0 -n 4 -P "$jobs" sh -c 'clang-tidy --quiet --warnings-as-errors="*" "$@" -- $TIDY_FLAGS' tidy &&
		echo "clang-tidy: $(find lint -name '*.c' | wc -l) files"
}
analyzer_run() {
	local flags file
	read -r -a flags <<<"$(pkg-config --cflags gmime-3.0 libxml-2.0 icu-uc libpcre2-8 yaml-0.1 json-c libpsl)"
	# Leaks are for valgrind: to the analyzer an arena is one. The files that index into hostile bytes; on the large ones gcc 12 takes minutes and tells of paths that cannot be.
	for file in lint/base/{span,arena,map,lines,utf8}.c lint/mail/{header,transfer,params,template,input}.c lint/report/safe.c lint/rule/facts.c lint/config/paths.c; do
		gcc -std=gnu11 -O1 -fanalyzer -Wno-analyzer-malloc-leak -Werror -Ilint -Ibuild-gcc/gen "${flags[@]}" -DPRESEND_VERSION='"0"' -c -o /dev/null "$file" || return 1
	done
	echo 'analyzer: nothing found'
}
# With the real jsonschema, and many more ignore files against git.
config_run() {
	python3 -c 'import jsonschema' || return 1
	build B=build-gcc CC=gcc CXX=g++ DEV=1 build-gcc/presend && B=build-gcc IGNORE_ROUNDS=150 bash tests/config.sh
}
# The drafts of corpus/ and the seeds of every fuzz target, through them without a fuzzer, with sanitizers.
replay_run() {
	build SAN=1 B=build-san fuzz-replay
}
fuzz_build() {
	JOBS=$jobs SECONDS_EACH=${FUZZ_SECONDS:-20} bash tests/fuzz/build.sh
}
real_mail_run() {
	build B=build-gcc CC=gcc CXX=g++ DEV=1 build-gcc/presend && B=build-gcc bash tests/real_mail.sh
}
real_mail_san_run() {
	build SAN=1 B=build-san build-san/presend && B=build-san bash tests/real_mail.sh
}
fix_mail_run() {
	build B=build-gcc CC=gcc CXX=g++ DEV=1 build-gcc/presend && B=build-gcc bash tests/fix_mail.sh "${MAIL:-../shared/mail}"
}
bounce_mail_run() {
	build B=build-gcc CC=gcc CXX=g++ DEV=1 build-gcc/presend && B=build-gcc bash tests/bounce_mail.sh
}
decoders_run() {
	build B=build-gcc CC=gcc CXX=g++ DEV=1 build-gcc/tests/decoded && B=build-gcc bash tests/decoders.sh
}
pathological_run() {
	build B=build-gcc CC=gcc CXX=g++ DEV=1 build-gcc/presend && B=build-gcc bash tests/pathological.sh &&
		build SAN=1 B=build-san build-san/presend && B=build-san bash tests/pathological.sh
}

postfix_run() {
	build B=build-gcc CC=gcc DEV=1 build-gcc/presend && B=build-gcc bash tests/postfix.sh
}

neovim_run() {
	build B=build-gcc CC=gcc CXX=g++ DEV=1 build-gcc/presend && PRESEND=build-gcc/presend bash tests/neovim.sh
}
spf_suite_run() {
	build B=build-gcc CC=gcc CXX=g++ DEV=1 build-gcc/tests/test_preflight_spf_suite && B=build-gcc bash tests/spf_suite.sh
}
# In the tests of every build, too, but there without nsd where that is missing.
preflight_dns_run() {
	build B=build-gcc CC=gcc CXX=g++ DEV=1 build-gcc/presend build-gcc/presend-preflight && B=build-gcc bash tests/preflight_dns.sh
}
terminal_run() {
	build B=build-gcc CC=gcc DEV=1 build-gcc/presend && python3 tests/terminal.py build-gcc/presend
}
completions_run() {
	build B=build-gcc CC=gcc DEV=1 build-gcc/presend && python3 tests/completions.py build-gcc/presend completions
}

# A hundred sets of data, linted row by row and by shape.
row_shape_run() {
	make build/tests/test_row_shape && ROW_SHAPE_ROUNDS=100 build/tests/test_row_shape
}
# Hostile drafts in a real browser, and the pages of all of corpus/.
browser_run() {
	build B=build-gcc CC=gcc DEV=1 build-gcc/presend && B=build-gcc ALL=1 bash tests/page.sh && B=build-gcc bash tests/browser.sh
}

# The Debian package, twice, and lintian.
deb_run() {
	bash tests/deb.sh
}

begin=$SECONDS
step gcc gcc gcc_build
step clang clang clang_build
step san gcc san_build
step valgrind valgrind valgrind_run
step cppcheck cppcheck cppcheck_run
step clang-tidy clang-tidy clang_tidy_run
step analyzer gcc analyzer_run
step replay gcc replay_run
step config git config_run
step fuzz clang fuzz_build
step dist-binary gcc bash tests/dist_binary.sh
step row-shape gcc row_shape_run
step pathological python3 pathological_run
step fix-mail python3 fix_mail_run
step bounce-mail python3 bounce_mail_run
step decoders python3 decoders_run
step precommit pre-commit bash tests/precommit.sh
step postfix postfix postfix_run
step spf-suite tar spf_suite_run
step neovim nvim neovim_run
step preflight-dns nsd preflight_dns_run
step completions fish completions_run
step terminal python3 terminal_run
step browser chromium browser_run
step real-mail tar real_mail_run
step real-mail-san tar real_mail_san_run
step deb lintian deb_run
echo "took $((SECONDS - begin)) s"
[ -z "$failures" ] || echo "failed:$failures"
echo "$passed passed, $failed failed, $skipped skipped"
[ $failed -eq 0 ] && [ $passed -gt 0 ]
