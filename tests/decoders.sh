#!/usr/bin/env bash
# The drafts of corpus/ and, where it is there, the Japanese mail of ../shared/mail, decoded by presend and by Python's codecs: equal, or different
# for a written reason. A difference without one is a failure. Environment: B the build folder; MAIL.
set -u
cd "$(dirname "$0")/.." || exit 1
mail=${MAIL:-../shared/mail}
[ -f "$mail/index.tsv" ] || { echo "decoders: $mail is not there; corpus/ alone"; mail=; }
exec python3 tests/decoders.py "${B:-build}/tests/decoded" ${mail:+"$mail"}
