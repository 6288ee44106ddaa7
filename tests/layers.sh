#!/usr/bin/env bash
# The house has floors: a file may include from its own layer and from those below. Fails on an upward include, and on a foreign
# library outside the files that may use it (docs/ARCHITECTURE.md).
set -u
cd "$(dirname "$0")/.."
bad=0

layer_of() {
	case $1 in
	base/*) echo 0 ;;
	mail/*) echo 1 ;;
	doc/*) echo 2 ;;
	data/*) echo 3 ;;
	rule/*) echo 4 ;;
	bounce/*) echo 5 ;;
	report/*) echo 6 ;;
	config/*) echo 7 ;;
	preflight/*) echo 9 ;;
	*) echo 8 ;;
	esac
}

for file in $(find lint -name '*.[ch]' -o -name '*.cc' | LC_ALL=C sort); do
	own=$(layer_of "${file#lint/}")
	while read -r included; do
		[ "$(layer_of "$included")" -le "$own" ] && continue
		echo "$file: includes $included, which is a layer above"
		bad=1
	done < <(sed -n 's/^#include "\([^"]*\)".*/\1/p' "$file" | grep -v '^checks\.inc$')
	# A reporter sees results, never the message.
	case $file in
	lint/report/*)
		if grep -nE '^#include "(doc|mail)/' "$file"; then
			echo "$file: a reporter may not see the message"
			bad=1
		fi
		;;
	# What a row holds is put into the document: rules see that.
	lint/rule/*)
		if grep -nE '^#include "data/' "$file"; then
			echo "$file: a rule may not see the rows"
			bad=1
		fi
		;;
	lint/config/*)
		if grep -nE '^#include "(doc|mail)/' "$file"; then
			echo "$file: a configuration is read before any message"
			bad=1
		fi
		;;
	esac
done

# only PATTERN ALLOWED-FILES: the library's headers are included nowhere else.
only() {
	local pattern=$1 allowed=$2 file
	for file in $(grep -lE "^#include <$pattern" -r lint | LC_ALL=C sort); do
		case " $allowed " in
		*" $file "*) ;;
		*)
			echo "$file: may not include <$pattern...>"
			bad=1
			;;
		esac
	done
}
only 'gmime/' 'lint/mail/mime.c'
only 'gio/' 'lint/mail/archive.c lint/mail/stream.c'
only 'libxml/' 'lint/doc/html_tree.c'
only 'unicode/' 'lint/base/utf8.c lint/base/idn.c lint/base/language.c lint/base/normal.c lint/base/words.c lint/base/wrap.c lint/mail/charset.c lint/mail/jis.c'
only 'pcre2' 'lint/rule/pattern.c'
only 'yaml' 'lint/rule/node.c lint/baseline.c'
only 'json' 'lint/data/rows.c lint/checklist_dns.c lint/bounce/postmaster.c lint/bounce/ses.c lint/report/json.c lint/report/report_json.c lint/report/report_sarif.c lint/report/report_gitlab.c lint/report/report_rdjson.c lint/report/report_json_bounce.c lint/report/report_preflight.c lint/config/schema.c lint/preflight/snapshot.c lint/report/report_json_preview.c lint/rpc.c lint/lsp.c lint/mcp.c lint/message_line.c'
only 'libpsl' 'lint/doc/alignment.c'
only 'ares' 'lint/preflight/dns.c'
only 'resolv' 'lint/preflight/dns.c'
only 'openssl/' 'lint/preflight/crypto.c'
only 'toml' 'lint/config/toml.cc'

[ $bad -eq 0 ] && echo "layers: no upward include in $(find lint -name '*.[ch]' -o -name '*.cc' | wc -l) files"
exit $bad
