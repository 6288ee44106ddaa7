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
make --no-print-directory -j"${JOBS:-2}" B="$fuzz" CC=clang CXX=clang++ CC_FOR_BUILD=cc CXXFLAGS='-O1 -g' CFLAGS='-O1 -g' HARDENING= EXTRA_FLAGS="$san" "$fuzz/libpresend.a"

packages=(gmime-3.0 libxml-2.0 icu-uc libpcre2-8 yaml-0.1 json-c libpsl)
read -r -a flags <<<"$(pkg-config --cflags "${packages[@]}")"
read -r -a libs <<<"$(pkg-config --libs "${packages[@]}")"
for target in fuzz_message fuzz_html fuzz_css fuzz_config fuzz_bounce fuzz_rows fuzz_template; do
	clang -std=gnu11 -O1 -g -Wall -Wextra -Ilint "${flags[@]}" -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined \
		-fno-omit-frame-pointer -o "$fuzz/$target" "tests/fuzz/$target.c" "$fuzz/libpresend.a" "${libs[@]}" -lstdc++ -lm
done

# Seeds: the drafts of corpus/ behind a byte of options, see fuzz_message.c. Long ones only slow a fuzzer down.
rm -rf "$fuzz/seeds"
for target in fuzz_message fuzz_html fuzz_css fuzz_config fuzz_bounce fuzz_rows fuzz_template; do
	mkdir -p "$fuzz/seeds/$target" "$fuzz/found/$target" "$fuzz/bad/$target"
done
n=0
while IFS= read -r draft; do
	n=$((n + 1))
	case $draft in
	*.eml.j2) byte='\027' ;;
	*.txt) byte='\025' ;;
	*.html | *.j2 | *.erb | *.hbs | *.liquid) byte='\024' ;;
	*) byte='\120' ;;
	esac
	{ printf '%b' "$byte"; cat "$draft"; } >"$fuzz/seeds/fuzz_message/$n"
	case $draft in
	*.hbs) { printf '\001'; cat "$draft"; } >"$fuzz/seeds/fuzz_template/$n" ;;
	*.liquid) { printf '\003'; cat "$draft"; } >"$fuzz/seeds/fuzz_template/$n" ;;
	*.j2) { printf '\004'; cat "$draft"; } >"$fuzz/seeds/fuzz_template/$n" ;;
	*.erb) { printf '\007'; cat "$draft"; } >"$fuzz/seeds/fuzz_template/$n" ;;
	*.html) { printf '\012'; cat "$draft"; } >"$fuzz/seeds/fuzz_template/$n" ;;
	esac
	case $draft in
	corpus/bounces/*.log) { printf '\001'; cat "$draft"; } >"$fuzz/seeds/fuzz_bounce/$n" ;;
	corpus/bounces/*) { printf '\000'; cat "$draft"; } >"$fuzz/seeds/fuzz_bounce/$n" ;;
	*.html | *.html.j2 | *.hbs | *.liquid)
		{ printf '\001'; cat "$draft"; } >"$fuzz/seeds/fuzz_html/$n"
		sed -n '/<style/,/<\/style>/{/style/!p}' "$draft" >"$fuzz/seeds/fuzz_css/$n"
		;;
	esac
done < <(find corpus -type f ! -name '*.expect' ! -name '*.options' ! -name README.md -size -40k | LC_ALL=C sort)
for shown in docs/configuration.md docs/suppressing.md; do
	{ printf '\001'; sed -n '/^```toml/,/^```$/p' $shown | sed '/^```/d'; } >"$fuzz/seeds/fuzz_config/$(basename $shown)"
done
for letter in 0 1 2 3 4 5 6 7 8 9; do
	grep -o '"a\.[a-z.0-9]*", "[^"]*' tests/test_blueprint.c | sed 's/^"[^"]*", "//' | { printf '%s' $letter; tr '\n' ' '; printf '\0name,n\nHana,3\n'; } >"$fuzz/seeds/fuzz_rows/$letter"
done
printf '3{%% for i in l %%}{{ i.t|upper }}{%% endfor %%}\0[{"l": [{"t": "a"}]}]' >"$fuzz/seeds/fuzz_rows/json"
echo "fuzz: $n seeds in $fuzz/seeds"

# GLib's own slices would hide every small leak from the leak detector.
export G_SLICE=always-malloc ASAN_OPTIONS=${ASAN_OPTIONS:-allocator_may_return_null=1} UBSAN_OPTIONS=print_stacktrace=1
bad=0
for target in fuzz_message fuzz_html fuzz_css fuzz_config fuzz_bounce fuzz_rows fuzz_template; do
	[ "$seconds" -gt 0 ] || continue
	echo "fuzz: $target, $seconds s"
	"$fuzz/$target" -max_total_time="$seconds" -dict=tests/fuzz/mail.dict -max_len=20000 -timeout=10 -report_slow_units=3 -rss_limit_mb=2048 \
		-print_final_stats=1 -artifact_prefix="$fuzz/bad/$target/" "$fuzz/found/$target" "$fuzz/seeds/$target" \
		>"$fuzz/$target.log" 2>&1 || bad=1
	tail -n 12 "$fuzz/$target.log"
done
exit $bad
