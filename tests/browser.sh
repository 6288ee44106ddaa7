#!/usr/bin/env bash
# The HTML report of hostile drafts in a headless Chromium. Environment: PRESEND the program, B the build folder.
set -u
cd "$(dirname "$0")/.." || exit 2
presend=${PRESEND:-${B:-build}/presend}
[ -x "$presend" ] || { echo "browser: $presend is not built"; exit 77; }
scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT
PYTHONDONTWRITEBYTECODE=1 python3 tests/browser.py "$(realpath "$presend")" "$scratch"
