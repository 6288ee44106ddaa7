#!/usr/bin/env bash
# A small repository of templates in six languages (tests/template_repo/), from `presend init` to a broken template that the hook refuses and
# the mended one that it lets through. Environment: PRESEND the program, B the build folder.
set -u
cd "$(dirname "$0")/.." || exit 2
top=$PWD
presend=${PRESEND:-${B:-build}/presend}
case $presend in
/*) ;;
*) presend=$top/$presend ;;
esac
[ -x "$presend" ] || { echo "template_repo: $presend is not built"; exit 77; }
command -v git >/dev/null || { echo 'template_repo: git is not installed'; exit 77; }
# shellcheck disable=SC2046 # the names are words
unset $(git rev-parse --local-env-vars) LANG LC_MESSAGES CLICOLOR_FORCE
export LC_ALL=C.UTF-8 NO_COLOR=1 COLUMNS=100 GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@hanami-books.jp GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@hanami-books.jp
scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT
PATH=$(dirname "$presend"):$PATH
n=0 failures=0

check() { # WHAT CONDITION...
	local what=$1
	shift
	n=$((n + 1))
	"$@" && return
	failures=$((failures + 1))
	echo "template_repo: FAILED: $what"
	head -n 20 "$scratch/out"
}
says() { grep -qF -e "$1" "$scratch/out"; }
commit() { # what `git commit` says goes to $scratch/out
	git add -A && git commit -m "$1" >"$scratch/out" 2>&1
}
refused() { ! commit "$1"; }

cp -R tests/template_repo "$scratch/letters" && cd "$scratch/letters" && git init -q . || exit 2
"$presend" init >"$scratch/out" 2>&1
check 'init installs the hook' test -x .git/hooks/pre-commit
check 'all templates are committed' commit first

# FILE SED-SCRIPT LINE: the template is broken so that this line is named, and then mended.
broken() {
	cp "$1" "$scratch/good"
	sed -i "$2" "$1"
	check "$1, broken, is refused" refused broken
	check "$1: the place is named" says "$1:$3:"
	check "$1: the rule is named" says tag-unbalanced
	cp "$scratch/good" "$1"
	echo '<!-- second issue -->' >>"$1"
	check "$1, mended, is accepted" commit mended
}
broken welcome.html.hbs 's,{{/if}},{{/unless}},' 3
broken sale.liquid 's,{% endfor %},,' 3
broken ja/shinkan.html.j2 's,{% endif %},{% endfor %},' 6
broken order.html.erb 's,<% end %>,,' 3
broken club.html 's,[*]|END:IF|[*],,' 3
broken digest.html.tmpl 's,{{ end }},,' 3

echo "template_repo: $n checks, $failures failures"
[ $failures -eq 0 ]
