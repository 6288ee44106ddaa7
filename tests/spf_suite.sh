#!/usr/bin/env bash
# The public SPF test suite (for RFC 7208) against our SPF. It is no part of this project: Debian's source of pyspf has it, which is fetched into
# a temporary folder where the system knows sources of packages (deb-src). Exit 77: it could not be had.
# Environment: B the build folder. PRESEND_SPF_SUITE the suite's file, if it is there already.
set -u
cd "$(dirname "$0")/.." || exit 2
suite=$PWD/${B:-build}/tests/test_preflight_spf_suite
case ${B:-} in
/*) suite=$B/tests/test_preflight_spf_suite ;;
esac
[ -x "$suite" ] || { echo "spf-suite: $suite is not built"; exit 77; }
[ -z "${PRESEND_SPF_SUITE:-}" ] || exec "$suite" "$PRESEND_SPF_SUITE"

command -v apt-get >/dev/null || { echo 'spf-suite: skipped, there is no apt-get to fetch the suite with'; exit 77; }
# shellcheck disable=SC2016 # apt-get fills it in
apt-get indextargets --format '$(CREATED_BY)' 2>/dev/null | grep -qx Sources ||
	{ echo 'spf-suite: skipped, no deb-src is among the package sources'; exit 77; }
scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT
# apt's own user fetches.
chmod 755 "$scratch"
(cd "$scratch" && apt-get source --tar-only --download-only -qq pyspf) >"$scratch/log" 2>&1 ||
	{ echo "spf-suite: skipped, the source of pyspf could not be fetched: $(tail -n 1 "$scratch/log")"; exit 77; }
for archive in "$scratch"/pyspf_*.orig.tar.*; do
	tar -xf "$archive" -C "$scratch" || { echo "spf-suite: $archive is no archive"; exit 1; }
done
file=$(find "$scratch" -name rfc7208-tests.yml | head -n 1)
[ -n "$file" ] || { echo 'spf-suite: the source of pyspf has no rfc7208-tests.yml'; exit 1; }
"$suite" "$file"
