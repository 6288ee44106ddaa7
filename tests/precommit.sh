#!/usr/bin/env bash
# The hooks of .pre-commit-hooks.yaml with the real pre-commit, in repositories as their users have them, from a clone of this tree in
# which nothing was ever built. Exit 77: pre-commit is not installed.
set -u
cd "$(dirname "$0")/.." || exit 1
command -v pre-commit >/dev/null || { echo 'pre-commit is not installed; make deps-full installs it'; exit 77; }
top=$PWD
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
export HOME=$scratch/home PRE_COMMIT_HOME=$scratch/cache LC_ALL=C.UTF-8 NO_COLOR=1
# A hook of this very repository may be what runs us.
unset GIT_DIR GIT_INDEX_FILE GIT_WORK_TREE GIT_PREFIX PRE_COMMIT SKIP
mkdir -p "$HOME"
git config --global user.name tester
git config --global user.email tester@example.org
git config --global init.defaultBranch main
passed=0 failed=0
check() { # WHAT CONDITION...
	local what=$1
	shift
	if "$@"; then
		passed=$((passed + 1))
	else
		failed=$((failed + 1))
		echo "precommit: not so: $what"
		[ ! -s "$scratch/out" ] || tail -n 25 "$scratch/out"
	fi
}
says() { grep -qF -e "$1" "$scratch/out"; }
silent_about() { ! says "$1"; }
is() { [ "$1" = "$2" ]; }

# What the hooks are cloned from: this tree as it is now, committed or not.
mkdir "$scratch/presend"
git ls-files -z --cached --others --exclude-standard | while IFS= read -r -d '' file; do
	[ ! -e "$file" ] || cp --parents -P "$file" "$scratch/presend"
done
git -C "$scratch/presend" init -q
git -C "$scratch/presend" add -A
git -C "$scratch/presend" commit -qm 'state of the tree'
revision=$(git -C "$scratch/presend" rev-parse HEAD)

new_repository() { # NAME
	mkdir "$scratch/$1" && cd "$scratch/$1" || exit 1
	git init -q
	cat >.pre-commit-config.yaml <<EOF
repos:
  - repo: $scratch/presend
    rev: $revision
    hooks:
      - id: presend
      - id: presend-eml
EOF
	git add .pre-commit-config.yaml
	pre-commit install >/dev/null
}
commit() { # MESSAGE: the exit code of git commit, its words in $scratch/out
	git commit -m "$1" >"$scratch/out" 2>&1
	echo $?
}
good_template() {
	printf '<!DOCTYPE html>\n<html lang="en"><head><title>Weekly</title></head><body><p>Hello {{ name }}, <a href="https://www.example.org/">news</a>.</p></body></html>\n'
}
good_draft() {
	printf 'From: Club <news@example.org>\nTo: reader@example.net\nSubject: Minutes of November\nDate: Tue, 24 Nov 2026 09:00:00 +0000\nMessage-ID: <1@example.org>\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\nThe minutes are on the site: https://www.example.org/minutes\n'
}

# --- a good and a bad template, a good and a bad draft -------------------------------------------------------------------------
new_repository reader
good_template >weekly.html
good_draft >minutes.eml
git add .
check 'a good template and a good draft are committed' is "$(commit first)" 0
check 'both hooks ran' says 'presend (newsletter templates)'
check 'the draft was looked at' says 'presend (mail drafts)'

{ printf 'From: Club <news@example.org>\nFrom: Other <other@example.org>\n'; good_draft | tail -n +2; } >twice.eml
git add .
check 'two From fields are refused' is "$(commit second)" 1
check 'the refusal names file and line' says 'twice.eml:2:1'
check 'pre-commit calls the hook failed' says 'exit code: 1'
git rm -q --cached twice.eml && rm twice.eml

good_template | sed 's/{{ name }}/{{#if name}}{{ name }}/' >broken.html
git add .
check 'a broken template tag is refused' is "$(commit third)" 1
check 'it names the template' says 'broken.html:'
git rm -q --cached broken.html && rm broken.html

printf 'all right\n' >notes.txt
git add .
check 'what is neither template nor draft is not looked at' is "$(commit fourth)" 0
check 'pre-commit says so' says '(no files to check)Skipped'

# Only what is staged counts: pre-commit puts the rest aside.
good_draft >minutes.eml
git add .
sed -i '1p' minutes.eml
echo changed >>notes.txt
git add notes.txt
check 'a fault that is not staged stops nothing' is "$(commit fifth)" 0
check 'and is still in the work tree' is "$(grep -c '^From:' minutes.eml)" 2
git checkout -q -- .

# --- odd names, many files ----------------------------------------------------------------------------------------------------
mkdir -p 'odd dir'
good_template >"odd dir/a b'c;\$(touch x) 号外.html"
good_template >"-rf.html"
for i in $(seq 300); do good_template >"odd dir/many-$i.html"; done
git add .
check 'odd names and three hundred files are committed' is "$(commit sixth)" 0
check 'no name was taken for a command' test ! -e x

good_template | sed 's/{{ name }}/{{#if name}}{{ name }}/' >"odd dir/二号.html"
git add .
check 'a broken template with a Japanese name is refused' is "$(commit seventh)" 1
check 'and named' says '二号.html'

# --- two at once, on a clone that was never built ------------------------------------------------------------------------------
rm -rf "$PRE_COMMIT_HOME"
cp -a "$scratch/reader" "$scratch/other"
git -C "$scratch/reader" rm -qf --cached "odd dir/二号.html"
git -C "$scratch/other" rm -qf --cached "odd dir/二号.html"
pre-commit gc >/dev/null 2>&1
(cd "$scratch/reader" && pre-commit install-hooks >/dev/null 2>&1)
(cd "$scratch/reader" && pre-commit run --all-files --verbose >"$scratch/one" 2>&1; echo $? >"$scratch/one.code") &
(cd "$scratch/other" && pre-commit run --all-files --verbose >"$scratch/two" 2>&1; echo $? >"$scratch/two.code") &
wait
cat "$scratch/one" "$scratch/two" >"$scratch/out"
check 'both ended well' is "$(cat "$scratch/one.code")$(cat "$scratch/two.code")" 00
check 'one of them built' is "$(grep -c 'presend: building' "$scratch/out")" 1
clone=$(find "$PRE_COMMIT_HOME" -path '*/.pre-commit/run' -printf '%h\n' | head -n 1)/..
check 'built inside the clone of the hook' test -x "$clone/build/presend"
(cd "$scratch/reader" && pre-commit run --all-files --verbose) >"$scratch/out" 2>&1
check 'the next run builds nothing' silent_about 'presend: building'

# --- a machine without the packages, and one where the build breaks ------------------------------------------------------------
cp -a "$scratch/presend" "$scratch/bare"
mkdir "$scratch/bin"
printf '#!/bin/sh\nexit 1\n' >"$scratch/bin/pkg-config"
chmod +x "$scratch/bin/pkg-config"
(cd "$scratch/reader" && PATH=$scratch/bin:$PATH "$scratch/bare/.pre-commit/run" weekly.html) >"$scratch/out" 2>&1
check 'missing packages: exit 2' is $? 2
check 'missing packages: one command' is "$(grep -c 'apt-get install' "$scratch/out")" 1
check 'missing packages: every one of the Makefile is named' says "$(sed -n 's/^PACKAGES := //p' "$top/Makefile")"
check 'missing packages: what is missing' says gmime-3.0
(cd "$scratch/reader" && LANG=ja_JP.UTF-8 LC_ALL='' PATH=$scratch/bin:$PATH "$scratch/bare/.pre-commit/run" weekly.html) >"$scratch/out" 2>&1
check 'missing packages in Japanese' says '次のコマンドでインストールできます'
echo '#error broken' >>"$scratch/bare/lint/main.c"
(cd "$scratch/reader" && "$scratch/bare/.pre-commit/run" weekly.html) >"$scratch/out" 2>&1
check 'a build that breaks: exit 2' is $? 2
check 'a build that breaks: the reason' says '#error broken'
git -C "$scratch/bare" checkout -q -- lint/main.c
(cd "$scratch/reader" && "$scratch/bare/.pre-commit/run" weekly.html) >"$scratch/out" 2>&1
check 'mended, it is built again' is $? 0

echo "precommit: $passed passed, $failed failed ($(pre-commit --version))"
[ $failed -eq 0 ] && [ $passed -gt 0 ]
