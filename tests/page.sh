#!/usr/bin/env bash
# The HTML report, read by a strict parser. Environment: PRESEND the program, B the build folder. In a browser: tests/browser.sh.
set -u
cd "$(dirname "$0")/.." || exit 2
presend=${PRESEND:-${B:-build}/presend}
[ -x "$presend" ] || { echo "page: $presend is not built"; exit 77; }
command -v python3 >/dev/null || { echo 'page: python3 is missing'; exit 77; }
scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT
PYTHONDONTWRITEBYTECODE=1 python3 tests/page.py "$(realpath "$presend")" "$scratch"
