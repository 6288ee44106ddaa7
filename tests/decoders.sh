#!/usr/bin/env bash
# Japanese mail of ../shared/mail, decoded by presend and by Python's codecs: equal, or different for a written reason. A difference
# without one is a failure. Environment: B the build folder; MAIL. Exit 77 where the mail is not there: it is no part of the repository.
set -u
cd "$(dirname "$0")/.." || exit 1
mail=${MAIL:-../shared/mail}
[ -f "$mail/index.tsv" ] || { echo "decoders: $mail is not there"; exit 77; }
exec python3 tests/decoders.py "${B:-build}/tests/decoded" "$mail"
