#!/usr/bin/env bash
# --staged and --changed-since with a real git: what is in the index and not in the folder, first commits, partial commits, other working trees,
# subfolders, odd names, links, submodules, LFS, conflicts; and the hook that is installed. Environment: PRESEND the program, B the build folder.
set -u
cd "$(dirname "$0")/.." || exit 2
top=$PWD
presend=${PRESEND:-${B:-build}/presend}
case $presend in
/*) ;;
*) presend=$top/$presend ;;
esac
[ -x "$presend" ] || { echo "git: $presend is not built"; exit 77; }
command -v git >/dev/null || { echo 'git: git is not installed'; exit 77; }
# shellcheck disable=SC2046 # the names are words
unset $(git rev-parse --local-env-vars) LANG LC_MESSAGES CLICOLOR_FORCE
export LC_ALL=C.UTF-8 NO_COLOR=1 COLUMNS=100 GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@hanami-books.jp GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@hanami-books.jp
scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT
n=0 failures=0

# Usage: report RESULT NAME; RESULT 0 is good.
report() {
	n=$((n + 1))
	[ "$1" -eq 0 ] && return 0
	failures=$((failures + 1))
	echo "git: FAILED: $2"
	return 1
}

# Usage: wants CODE NAME ARGUMENT...: run presend with one rule; out, err and code are set.
wants() {
	local wanted=$1 name=$2
	shift 2
	"$presend" --isolated --select link-ip-host "$@" >"$scratch/out" 2>"$scratch/err" </dev/null
	code=$?
	[ "$code" -eq "$wanted" ]
	report $? "$name: exit $code, not $wanted" || head -n 8 "$scratch/out" "$scratch/err"
}

# Usage: says FILE TEXT NAME; FILE is out or err of the last run.
says() {
	grep -qF -e "$2" "$scratch/$1"
	report $? "$3: no \"$2\" in std$1" || head -n 8 "$scratch/$1"
}

# Usage: not_says FILE TEXT NAME
not_says() {
	! grep -qF -e "$2" "$scratch/$1"
	report $? "$3: \"$2\" in std$1" || head -n 8 "$scratch/$1"
}

# Usage: checked NAME PATH...: the last run, in JSON, looked at just these files.
checked() {
	local name=$1
	shift
	grep -oE '^\{"path":"([^"\\]|\\.)*"' "$scratch/out" | sed 's/^{"path":"//; s/"$//' >"$scratch/paths"
	printf '%s\n' "$@" | sed '/^$/d' | LC_ALL=C sort >"$scratch/wanted"
	LC_ALL=C sort "$scratch/paths" | cmp -s - "$scratch/wanted"
	report $? "$name: looked at $(tr '\n' ' ' <"$scratch/paths")"
}

bad='<a href="http://192.0.2.1/">x</a>'
good='<a href="https://hanami-books.jp/">x</a>'
new_repo() {
	mkdir -p "$scratch/$1" && cd "$scratch/$1" && git init -q .
}

# --- outside ------------------------------------------------------------------------------------------------------------------
mkdir "$scratch/none" && cd "$scratch/none" || exit 2
GIT_CEILING_DIRECTORIES=$scratch wants 2 'no repository' --staged
says err 'not a git repository' 'no repository'
PATH=$scratch/none wants 2 'no git' --staged
wants 2 'both options' --staged --changed-since HEAD

# --- the first commit ------------------------------------------------------------------------------------------------------------
new_repo first || exit 2
wants 0 'nothing is staged' --staged
echo "$bad" >a.html
wants 0 'not added' --staged
git add a.html
wants 1 'the first commit' --staged
says out 'a.html:1:10: error' 'the first commit'
echo "$good" >a.html
wants 1 'the index, not the folder' --staged
rm a.html
wants 1 'the index, also without the file' --staged
echo "$bad" >a.html
git add a.html
echo "$good" >a.html
git add a.html
echo "$bad" >a.html
wants 0 'mended in the index only' --staged
git commit -qm one
wants 0 'nothing is staged any more' --staged
wants 2 'no such revision' --changed-since no-such-thing
says err 'no-such-thing: no such revision' 'no such revision'
wants 2 'a revision like an option' --changed-since --output=x
[ ! -e x ]
report $? 'a revision like an option wrote a file'
wants 2 'Japanese' --lang ja --changed-since no-such-thing
says err 'リビジョン' 'Japanese'

# --- names ------------------------------------------------------------------------------------------------------------------------
new_repo names || exit 2
mkdir -p 'd/e f' .hidden node_modules/x
odd=$'d/e f/-\xe8\x8a\xb1 "q" \\ \t*[a]?.html'
for file in "$odd" d/b.html ./-x.html :c.html plain.txt page.md notes d/weekly.html.j2 m.eml .hidden/h.html node_modules/x/n.html; do
	echo "$bad" >"$file"
done
printf 'Subject: x\n\nhttp://192.0.2.1/\n' >m.eml
newline=$'d/new\nline.html'
echo "$bad" >"$newline"
git add -A
wants 1 'odd names' --staged --format json
checked 'kinds as in a walk' d/b.html -x.html :c.html d/weekly.html.j2 m.eml 'd/new\nline.html' 'd/e f/-花 \"q\" \\ \t*[a]?.html'
[ "$(grep -c '^{"path"' "$scratch/out")" -eq 7 ]
report $? 'seven drafts'
wants 0 'a named file whatever it is called' --staged plain.txt --format json
checked 'a named file' plain.txt
wants 1 'a named folder' --staged d --format json
[ "$(grep -c '^{"path"' "$scratch/out")" -eq 4 ]
report $? 'a named folder: four drafts'
wants 0 'a name with signs is no pattern' --staged 'd/*.html'
wants 1 'a name with a colon in front' --staged --format json -- :c.html
checked 'a name with a colon in front' :c.html
cd 'd/e f' || exit 2
wants 1 'from a subfolder' --staged --format json
[ "$(grep -c '^{"path"' "$scratch/out")" -eq 7 ]
report $? 'from a subfolder: all of the repository'
says out '{"path":"../b.html"' 'from a subfolder'
says out '{"path":"../../m.eml"' 'from a subfolder'
wants 1 'from a subfolder, a named file' --staged ../b.html --format json
checked 'from a subfolder, a named file' ../b.html
wants 2 'a path outside' --staged "$scratch/none"
cd "$scratch/names" || exit 2
git commit -qm one

# What a user has configured changes nothing.
git config diff.relative true
git config diff.noprefix true
git config diff.renames copies
git config core.quotePath true
git config color.ui always
git config core.pager 'cat; false'
git mv d/b.html d/renamed.html
wants 1 'a file with a new name' --staged --format json
checked 'a file with a new name' d/renamed.html
git rm -q --cached m.eml
wants 1 'a file that is taken out' --staged --format json
checked 'a file that is taken out' d/renamed.html
git commit -qm two
chmod +x d/renamed.html
git add d/renamed.html
wants 1 'an executable draft' --staged

# --- links, submodules, LFS, conflicts ------------------------------------------------------------------------------------------
new_repo kinds || exit 2
echo "$good" >real.html
ln -s real.html link.html
git init -q sub && (cd sub && echo "$bad" >s.html && git add . && git commit -qm s)
git -c protocol.file.allow=always submodule --quiet add ./sub sub.html 2>/dev/null || git -c advice.addEmbeddedRepo=false add sub
git add -A 2>/dev/null
wants 0 'links and submodules' --staged --format json
checked 'links and submodules' real.html
echo "$bad" >big.html
oid=$(sha256sum big.html | cut -d ' ' -f 1)
printf 'version https://git-lfs.github.com/spec/v1\noid sha256:%s\nsize %s\n' "$oid" "$(wc -c <big.html)" >pointer
git update-index --add --cacheinfo "100644,$(git hash-object -w pointer),big.html"
wants 1 'LFS: the file is what is staged' --staged
says out 'big.html:1:10: error' 'LFS: the file is what is staged'
echo "$good" >big.html
wants 2 'LFS: the file is another' --staged
says out 'big.html: is kept by Git LFS' 'LFS: the file is another'
rm big.html
wants 2 'LFS: no file' --staged
git rm -q --cached big.html
git commit -qm one
git checkout -q -b side && echo "<p>$bad</p>" >real.html && git commit -qam side
git checkout -q - && echo "<b>$bad</b>" >real.html && git commit -qam main
git merge -q side >/dev/null 2>&1
wants 2 'a conflict' --staged
says out 'real.html: has conflicts' 'a conflict'
git merge --abort
head -c 70000000 /dev/zero | tr '\0' 'x' >huge.html
git add huge.html
"$presend" --isolated --staged --select cap-reached >"$scratch/out" 2>"$scratch/err"
says out 'cap-reached' 'a file that is too big'
git rm -q --cached huge.html && rm huge.html

# --- in hooks, working trees, partial commits ---------------------------------------------------------------------------------------
new_repo hooks || exit 2
mkdir -p drafts
echo "$good" | tee a.html >drafts/b.html
git add . && git commit -qm one
cat >.git/hooks/pre-commit <<HOOK
#!/bin/sh
"$presend" --isolated --select link-ip-host --staged --format json >"$scratch/out" 2>"$scratch/err"
HOOK
chmod +x .git/hooks/pre-commit
echo "$bad" >a.html
echo "$bad" >drafts/b.html
git add a.html
! git commit -qm bad
report $? 'the hook refuses'
checked 'the hook refuses' a.html
git checkout -q a.html 2>/dev/null || git checkout -q HEAD -- a.html
! git commit -qm bad -o drafts/b.html
report $? 'a partial commit is refused'
checked 'a partial commit' drafts/b.html
echo "$good<br>" >a.html && git add a.html
! git commit -qm bad -o drafts/b.html
report $? 'a partial commit beside what is staged'
checked 'a partial commit beside what is staged' drafts/b.html
git commit -qm good
report $? 'what is staged alone is accepted' || cat "$scratch/out" "$scratch/err"
(cd drafts && ! git commit -qam bad)
report $? 'commit -a from a subfolder is refused'
checked 'commit -a from a subfolder' drafts/b.html
git checkout -q HEAD -- drafts/b.html
git worktree add -q "$scratch/tree" -b tree
cd "$scratch/tree" || exit 2
echo "$bad" >a.html && git add a.html
! git commit -qm bad
report $? 'another working tree is refused'
checked 'another working tree' a.html
git reset -q --hard

# --- what changed -----------------------------------------------------------------------------------------------------------------
new_repo since || exit 2
for file in a b c d e; do echo "$good" >$file.html; done
printf 'ignored.html\n' >.gitignore
git add . && git commit -qm one && git branch -m main
git checkout -q -b work
echo "$bad" >a.html && git commit -qam two
git checkout -q main && echo "$bad" >b.html && git commit -qam three
git checkout -q work
echo "$bad" >c.html && git add c.html
echo "$bad" >d.html
echo "$bad" | tee new.html >ignored.html
git rm -q e.html
wants 1 'since main' --changed-since main --format json
checked 'since main: committed, staged, changed, new; not what others did' a.html c.html d.html new.html
wants 1 'since HEAD' --changed-since HEAD --format json
checked 'since HEAD' c.html d.html new.html
wants 1 'a path' --changed-since HEAD --format json new.html d.html
checked 'a path' d.html new.html
mkdir sub && echo "$bad" >sub/f.html && cd sub || exit 2
wants 1 'from a subfolder' --changed-since HEAD --format json
checked 'from a subfolder' ../c.html ../d.html ../new.html f.html
cd .. || exit 2
git checkout -q --orphan alone && git commit -qm alone
wants 2 'no history in common' --changed-since main
says err 'main: no history in common' 'no history in common'
git clone -q --depth 1 "file://$scratch/since" "$scratch/shallow" 2>/dev/null
cd "$scratch/shallow" || exit 2
wants 2 'a shallow clone' --changed-since origin/main~1

# --- what the configuration leaves out or takes in --------------------------------------------------------------------------------------
new_repo config || exit 2
mkdir -p old drafts
printf 'exclude = ["old/"]\ninclude = ["drafts/*.txt", "*.html"]\n' >presend.toml
echo '*.part.html' >.presendignore
for file in old/a.html a.html x.part.html drafts/b.txt drafts/c.eml; do echo "$bad" >$file; done
git add .
"$presend" --select link-ip-host --staged --format json >"$scratch/out" 2>"$scratch/err"
checked 'exclude, include and .presendignore' a.html drafts/b.txt
"$presend" --select link-ip-host --staged --format json old/a.html >"$scratch/out" 2>"$scratch/err"
checked 'a named file that is excluded' old/a.html
"$presend" --select link-ip-host --staged --format json --force-exclude old/a.html >"$scratch/out" 2>"$scratch/err"
checked '--force-exclude: nothing, and not everything' ''
says err 'old/a.html' '--force-exclude says what it left out'

# --- many files: one process, whatever their number ----------------------------------------------------------------------------------
new_repo many || exit 2
for i in $(seq 1 500); do echo "$good $i" >"n$i.html"; done
echo "$bad" >n250.html
git add .
wants 1 'many files' --staged
says out 'n250.html:1:10' 'many files'
says out '500 messages' 'many files'

if [ $failures -gt 0 ]; then
	echo "git: $failures of $n failed"
	exit 1
fi
echo "git: $n statements about the index hold"
