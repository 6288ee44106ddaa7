#!/usr/bin/env bash
# presend bounce on real bounces, with answers that come from elsewhere (tests/bounce_mail.py says from where). The mail is not part of the
# project: without ../shared/mail there is nothing to do.
set -u
cd "$(dirname "$0")/.." || exit 2
mail=../shared/mail
if [ ! -f "$mail/index.tsv" ]; then
	echo "bounce_mail: skipped, no $mail"
	exit 0
fi
exec python3 tests/bounce_mail.py "${PRESEND:-build/presend}" "$mail" tests/bounce_mail.tsv
