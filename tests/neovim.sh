#!/usr/bin/env bash
# presend lsp with a real editor: Neovim without a screen runs tests/neovim.lua. Environment: PRESEND the program.
set -u
cd "$(dirname "$0")/.."
PRESEND=$(realpath "${PRESEND:-build/presend}")
here=$PWD
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export PRESEND DRAFT=$scratch/draft.eml HOME=$scratch XDG_STATE_HOME=$scratch XDG_CACHE_HOME=$scratch LC_ALL=C.UTF-8
printf '%s\n' 'From: Hanami Post <post@hanami.example>' 'To: reader@example.com' 'Subject: Spring' 'Date: Tue, 24 Nov 2026 09:00:00 +0900' \
	'Message-ID: <1@hanami.example>' 'Content-Type: text/plain; charset=utf-8' '' 'Hello' >"$DRAFT"
cd "$scratch" && timeout 120 nvim --headless --clean -c "luafile $here/tests/neovim.lua" </dev/null >"$scratch/out" 2>&1
code=$?
cat "$scratch/out"
# A script that breaks off says nothing of it in the exit code.
[ $code -eq 0 ] && grep -q '^neovim: all good' "$scratch/out"
