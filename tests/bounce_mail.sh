#!/usr/bin/env bash
# presend bounce on real bounces, with answers that come from elsewhere (tests/bounce_mail.py says from where). The mail is not part of the
# project: without it, exit 77. Environment: B the build folder.
set -u
cd "$(dirname "$0")/.." || exit 2
mail=${MAIL:-../shared/mail}
if [ ! -f "$mail/index.tsv" ]; then
	echo "bounce_mail: $mail is not there"
	exit 77
fi
exec python3 tests/bounce_mail.py "${PRESEND:-${B:-build}/presend}" "$mail" tests/bounce_mail.tsv
