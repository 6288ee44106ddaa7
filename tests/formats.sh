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
PYTHONDONTWRITEBYTECODE=1 python3 tests/formats.py "$(realpath "$presend")" "$scratch"
