#!/usr/bin/env bash
# presend lsp and presend mcp, each driven over its protocol. Environment: PRESEND the program.
set -u
cd "$(dirname "$0")/.."
presend=${PRESEND:-build/presend}
lsp=$(python3 tests/lsp.py "$presend") && mcp=$(python3 tests/mcp.py "$presend")
code=$?
printf '%s\n%s\n' "$lsp" "${mcp:-}"
[ $code -eq 0 ] && echo "servers: ${lsp##*lsp: }; ${mcp##*mcp: }"
exit $code
