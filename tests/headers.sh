#!/usr/bin/env bash
# Every header compiles alone, so that none depends on what was included before it.
set -u
cd "$(dirname "$0")/.."
flags=$(pkg-config --cflags glib-2.0)
n=0
for header in $(find lint -name '*.h' | LC_ALL=C sort); do
	# shellcheck disable=SC2086 # the flags are words
	echo "#include \"${header#lint/}\"" | ${CC:-cc} -std=gnu11 -Wall -Wextra -Ilint $flags -fsyntax-only -x c - || exit 1
	n=$((n + 1))
done
echo "headers: $n compile alone"
