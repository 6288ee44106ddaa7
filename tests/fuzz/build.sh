#!/usr/bin/env bash
# Builds the fuzz targets with clang, libFuzzer, AddressSanitizer and UBSan into build-fuzz/ and runs them.
# SECONDS_EACH: how long each target runs (60; 0: only build). JOBS: compilers at a time. New inputs are kept in build-fuzz/found/,
# what crashes, leaks or is slow in build-fuzz/bad/; `build-fuzz/fuzz_message FILE` runs one input again.
set -eu
cd "$(dirname "$0")/../.."
fuzz=${FUZZ_BUILD:-build-fuzz}
seconds=${SECONDS_EACH:-60}
command -v clang >/dev/null || { echo 'fuzz: clang is missing; make deps-full installs it' >&2; exit 2; }

# Calls through pointers of the one C++ file would need the C++ runtime of clang's sanitizer.
san='-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize=function -fno-sanitize-recover=undefined -fno-omit-frame-pointer'
make --no-print-directory -j"${JOBS:-2}" B="$fuzz" CC=clang CXX=clang++ CC_FOR_BUILD=cc CXXFLAGS='-O1 -g' CFLAGS='-O1 -g' HARDENING= EXTRA_FLAGS="$san" "$fuzz/libpresend.a" "$fuzz/libpreflight.a"

targets=$(bash tests/fuzz/seeds.sh --targets)
packages=(gmime-3.0 libxml-2.0 icu-uc libpcre2-8 yaml-0.1 json-c libpsl libcares libcrypto)
read -r -a flags <<<"$(pkg-config --cflags "${packages[@]}")"
read -r -a libs <<<"$(pkg-config --libs "${packages[@]}")"
for target in $targets; do
	clang -std=gnu11 -O1 -g -Wall -Wextra -Ilint "${flags[@]}" -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined \
		-fno-omit-frame-pointer -o "$fuzz/$target" "tests/fuzz/$target.c" "$fuzz/libpreflight.a" "$fuzz/libpresend.a" "${libs[@]}" -lresolv -lstdc++ -lm
done

bash tests/fuzz/seeds.sh "$fuzz/seeds"
for target in $targets; do
	mkdir -p "$fuzz/found/$target" "$fuzz/bad/$target"
done

# GLib's own slices would hide every small leak from the leak detector.
export G_SLICE=always-malloc ASAN_OPTIONS=${ASAN_OPTIONS:-allocator_may_return_null=1} UBSAN_OPTIONS=print_stacktrace=1
bad=0
for target in $targets; do
	[ "$seconds" -gt 0 ] || continue
	echo "fuzz: $target, $seconds s"
	dict=tests/fuzz/mail.dict
	[ ! -f "tests/fuzz/$target.dict" ] || dict=tests/fuzz/$target.dict
	"$fuzz/$target" -max_total_time="$seconds" -dict="$dict" -max_len=20000 -timeout=10 -report_slow_units=3 -rss_limit_mb=2048 \
		-print_final_stats=1 -artifact_prefix="$fuzz/bad/$target/" "$fuzz/found/$target" "$fuzz/seeds/$target" \
		>"$fuzz/$target.log" 2>&1 || bad=1
	tail -n 12 "$fuzz/$target.log"
done
exit $bad
