#!/usr/bin/env bash
# presend gate: the same bytes or a refusal, the exit codes that a mail server reads, and a command that finds everything as its caller left it.
# Environment: PRESEND the program, B the build folder.
set -u
cd "$(dirname "$0")/.." || exit 2
top=$PWD
presend=${PRESEND:-${B:-build}/presend}
case $presend in
/*) ;;
*) presend=$top/$presend ;;
esac
[ -x "$presend" ] || { echo "gate: $presend is not built"; exit 77; }
export LC_ALL=C.UTF-8
unset LANG LC_MESSAGES
good=$top/corpus/good/bank-8bit.eml bad=$top/corpus/bad/founding-story.eml
now=2026-11-24T00:00:30Z
scratch=$(mktemp -d) || exit 2
trap 'rm -rf "$scratch"' EXIT
mkdir "$scratch/tmp"
export TMPDIR=$scratch/tmp
n=0 failures=0

# Usage: report RESULT NAME; RESULT 0 is good.
report() {
	n=$((n + 1))
	[ "$1" -eq 0 ] && return 0
	failures=$((failures + 1))
	echo "gate: FAILED: $2"
	[ -s "$scratch/err" ] && head -n 5 "$scratch/err"
	return 1
}

# A sendmail that keeps what it was given.
cat >"$scratch/sendmail" <<'END'
#!/bin/sh
printf '%s\n' "$@" >"$KEEP/arguments"
cat >"$KEEP/mail"
END
chmod +x "$scratch/sendmail"
export KEEP=$scratch

# Usage: gate WANTED-CODE NAME INPUT ARGUMENT...
gate() {
	local wanted=$1 name=$2 input=$3 code
	shift 3
	rm -f "$scratch/mail" "$scratch/arguments"
	"$presend" gate --now $now "$@" <"$input" >"$scratch/out" 2>"$scratch/err"
	code=$?
	[ $code -eq "$wanted" ]
	report $? "$name: exit $code, not $wanted"
}
# Usage: passed INPUT NAME: the mail went on, the same bytes.
passed() {
	cmp -s "$1" "$scratch/mail"
	report $? "$2: the command did not get the same bytes"
}
held() {
	[ ! -e "$scratch/mail" ]
	report $? "$1: the command was run"
}
says() {
	grep -qF -e "$1" "$scratch/err"
	report $? "$2: no \"$1\" on standard error"
}

# --- the same bytes ---------------------------------------------------------------------------------------------------------------

gate 0 'a good mail' "$good" -- "$scratch/sendmail" -t -i
passed "$good" 'a good mail'
[ ! -s "$scratch/err" ] && [ ! -s "$scratch/out" ]
report $? 'a good mail: nothing is said'
sed 's/$/\r/' "$good" >"$scratch/crlf"
gate 0 'CRLF' "$scratch/crlf" -- "$scratch/sendmail" -t -i
passed "$scratch/crlf" 'CRLF'
# A dot alone, lines that begin with From and with a dot, no line end at the end, and what only the stage and the class ask for left out.
{ cat "$good"; printf '\n.\n..\nFrom here on\n.end'; } >"$scratch/dots"
gate 0 'dots and From' "$scratch/dots" --fail-on never -- "$scratch/sendmail" -t -i
passed "$scratch/dots" 'dots and From'
{ printf 'From news@hanami-books.jp Tue Nov 24 09:00:00 2026\n'; cat "$good"; } >"$scratch/from-line"
gate 0 'a From line of a mailbox' "$scratch/from-line" --fail-on never -- "$scratch/sendmail" -t -i
passed "$scratch/from-line" 'a From line of a mailbox'
head -c 300000 /dev/urandom >"$scratch/noise"
gate 0 'noise' "$scratch/noise" --fail-on never -- "$scratch/sendmail"
passed "$scratch/noise" 'noise'
gate 65 'noise is no mail' "$scratch/noise" -- "$scratch/sendmail"
held 'noise is no mail'
gate 65 'an empty mail' /dev/null -- "$scratch/sendmail"
held 'an empty mail'

gate 0 'arguments' "$good" -- "$scratch/sendmail" '' 'a b' '$HOME' '*' '--' '--fail-on' "it's;true" 'é'
printf '%s\n' '' 'a b' '$HOME' '*' '--' '--fail-on' "it's;true" 'é' | cmp -s - "$scratch/arguments"
report $? 'arguments are handed on untouched'

# --- refusing ---------------------------------------------------------------------------------------------------------------------

gate 65 'a bad mail' "$bad" -- "$scratch/sendmail" -t -i
held 'a bad mail'
says 'presend: refused: ' 'a bad mail'
says 'presend: 6:1 error header-duplicate: ' 'a bad mail'
[ ! -s "$scratch/out" ]
report $? 'a bad mail: standard output is not ours'
gate 65 'a bad mail, --quiet' "$bad" --quiet -- "$scratch/sendmail"
[ "$(wc -l <"$scratch/err")" -eq 1 ]
report $? '--quiet: one line'
gate 0 'a bad mail that may go' "$bad" --ignore header-duplicate,tag-percent -- "$scratch/sendmail"
passed "$bad" 'a bad mail that may go'
gate 65 'the score' "$top/corpus/bad/reads-like-spam.eml" --fail-on never --max-score 5 -- "$scratch/sendmail"
says 'above --max-score' 'the score'
gate 65 'a bad mail in Japanese' "$bad" --lang ja -- "$scratch/sendmail"
says '受け付けません' 'a bad mail in Japanese'
# Stage final is the default: a message without Date is a fault only there.
grep -v '^Date:' "$good" >"$scratch/no-date"
gate 65 'no Date at the last step' "$scratch/no-date" -- "$scratch/sendmail"
gate 0 'no Date in a draft' "$scratch/no-date" --stage draft -- "$scratch/sendmail"

# The configuration of the working folder holds, but not its stage, which is that of drafts.
mkdir "$scratch/project"
printf 'stage = "draft"\nfail-on = "info"\nignore = ["header-duplicate", "tag-percent"]\n' >"$scratch/project/presend.toml"
cd "$scratch/project" || exit 2
gate 65 'a configuration: no Date at the last step' "$scratch/no-date" -- "$scratch/sendmail"
gate 65 'a configuration: its fail-on' "$bad" -- "$scratch/sendmail"
grep -q ' info \| warning ' "$scratch/err" && ! grep -q header-duplicate "$scratch/err"
report $? 'a configuration: the report tells what it asks for'
gate 0 'a configuration: the command line wins' "$bad" --fail-on error -- "$scratch/sendmail"
gate 65 'no configuration' "$bad" --isolated -- "$scratch/sendmail"
printf 'stage = 1\n' >presend.toml
gate 75 'a broken configuration' "$good" -- "$scratch/sendmail"
cd "$top" || exit 2
# A draft may say what it knows of, unless that is not wanted.
{ printf 'X-Presend-Ignore: header-duplicate, tag-percent\n'; cat "$bad"; } >"$scratch/ignoring"
gate 0 'a mail that knows its faults' "$scratch/ignoring" -- "$scratch/sendmail"
gate 65 '--no-inline-ignores' "$scratch/ignoring" --no-inline-ignores -- "$scratch/sendmail"

# What a mail says reaches the log harmless, and there is never much of it.
{
	printf 'From: a@hanami-books.jp\nSubject: =?UTF-8?B?%s?=\n' "$(printf '\033[2J\nforged: line\r%05000d' 0 | base64 -w0)"
	for i in 1 2 3 4 5 6 7 8 9; do printf 'To: b%s@hanami-reader.jp\n' $i; done
	printf '\n%%%%name%%%% \033]0;x\007\n'
} >"$scratch/hostile"
gate 65 'a hostile mail' "$scratch/hostile" --fail-on info -- "$scratch/sendmail"
! LC_ALL=C grep -qaP '[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]' "$scratch/err"
report $? 'a hostile mail: control characters reach the log'
[ "$(wc -l <"$scratch/err")" -le 7 ] && [ "$(wc -c <"$scratch/err")" -lt 2500 ] && ! grep -qv '^presend: ' "$scratch/err"
report $? 'a hostile mail: a short report, each line ours'

# --- presend itself failed --------------------------------------------------------------------------------------------------------

mkdir -p "$scratch/broken" "$scratch/endless"
printf 'id: x\nbroken' >"$scratch/broken/x.yaml"
mkfifo "$scratch/endless/x.yaml"
for trouble in broken endless; do
	gate 75 "$trouble rules" "$good" --rules "$scratch/$trouble" --timeout 1 -- "$scratch/sendmail"
	held "$trouble rules"
	says 'not checked and is held' "$trouble rules"
	gate 0 "$trouble rules, --on-failure pass" "$good" --rules "$scratch/$trouble" --timeout 1 --on-failure pass -- "$scratch/sendmail"
	passed "$good" "$trouble rules, --on-failure pass"
	says 'not checked and is passed on' "$trouble rules, --on-failure pass"
done
says 'time limit of 1 s' 'the time limit'
gate 75 'a command that is not there' "$good" -- "$scratch/nowhere" -t
says "$scratch/nowhere" 'a command that is not there'
gate 75 'a command that cannot be run' "$good" -- "$scratch"
for slip in '--timeout 0 -- true' '--timeout soon -- true' '--on-failure maybe -- true' '--fail-onn error -- true' '--format json -- true' '' '--' 'true' \
	'--select no-such-rule -- true'; do
	# shellcheck disable=SC2086
	gate 75 "a slip in the options ($slip)" "$good" $slip
	[ -s "$scratch/err" ]
	report $? "a slip in the options ($slip) is told"
done

# --- exit codes and signals of the command -----------------------------------------------------------------------------------------

for code in 0 1 2 65 67 69 75 77 126 255; do
	gate $code "the command ends with $code" "$good" -- sh -c "cat >/dev/null; exit $code"
done
# shellcheck disable=SC2016
gate $((128 + 13)) 'the command dies of SIGPIPE' "$good" -- sh -c 'kill -PIPE $$'
gate 0 'a command that reads nothing' "$good" -- true
gate 0 'a command that closes its input' "$good" -- sh -c 'exec <&-; exit 0'

# Usage: as_without NAME COMMAND...: the command prints the same behind the gate as without it.
as_without() {
	local name=$1
	shift
	"$@" <"$good" >"$scratch/without" 2>&1
	"$presend" gate --now $now -- "$@" <"$good" >"$scratch/with" 2>&1
	cmp -s "$scratch/without" "$scratch/with"
	report $? "$name differ behind the gate" || diff "$scratch/without" "$scratch/with"
}
# shellcheck disable=SC2016
{
	as_without 'environments' sh -c 'env | grep -v ^_='
	as_without 'open files' bash -c 'cd /proc/$$/fd && echo *'
	as_without 'folders, umasks, limits' bash -c 'pwd; umask; ulimit -a'
	as_without 'signals' bash -c 'grep -E "^Sig(Ign|Blk)" /proc/$$/status'
	(
		trap '' PIPE CHLD
		as_without 'ignored signals' grep -E '^Sig(Ign|Blk)' /proc/self/status
		exit $failures
	)
	[ $? -eq $failures ]
	report $? 'ignored signals stay ignored'
	as_without 'children' bash -c 'read -r kids </proc/$$/task/$$/children; echo "[$kids]"'
	# The gate becomes the command: who signals the gate signals the command.
	mkfifo "$scratch/ready"
	"$presend" gate --now $now -- bash -c 'trap "exit 9" USR1; echo $$ >"$0"; while :; do read -rt 0.1 <>"$1"; done' "$scratch/ready" "$scratch/endless/x.yaml" \
		<"$good" &
	read -r process <"$scratch/ready"
	[ "$process" -eq $! ]
	report $? 'the command has the process id of the gate'
	kill -USR1 $!
	wait $!
	[ $? -eq 9 ]
	report $? 'a signal to the gate reaches the command'
}

# A gate that is stopped while it looks leaves nobody behind.
"$presend" gate --now $now --rules "$scratch/endless" -- true <"$good" 2>/dev/null &
gate=$! child=
disown
for _ in $(seq 100); do
	read -r child _ <"/proc/$gate/task/$gate/children" 2>/dev/null && [ -n "$child" ] && break
	sleep 0.05
done
kill -TERM $gate
for _ in $(seq 100); do
	[ -e "/proc/$child" ] || break
	sleep 0.05
done
[ -n "$child" ] && [ ! -e "/proc/$child" ]
report $? 'a gate that is stopped takes its child with it'

# --- closed pipes -----------------------------------------------------------------------------------------------------------------

"$presend" gate --now $now -- "$scratch/sendmail" <&- >/dev/null 2>&1
[ $? -eq 75 ]
report $? 'standard input is closed'
"$presend" gate --now $now -- "$scratch/sendmail" <"$scratch" >/dev/null 2>&1
[ $? -eq 75 ]
report $? 'standard input is a folder'
rm -f "$scratch/mail"
"$presend" gate --now $now -- "$scratch/sendmail" <"$good" >&- 2>&-
[ $? -eq 0 ] && cmp -s "$good" "$scratch/mail"
report $? 'standard output and error are closed'
"$presend" gate --now $now -- true <"$bad" 2> >(exec true)
[ $? -eq 65 ]
report $? 'nobody reads standard error'
{ cat "$good"; printf 'late\n'; } >"$scratch/late"
{ cat "$good"; sleep 0.3; printf 'late\n'; } | "$presend" gate --now $now --fail-on never -- "$scratch/sendmail"
cmp -s "$scratch/late" "$scratch/mail"
report $? 'a slow writer'

# --- large mail -------------------------------------------------------------------------------------------------------------------

# Usage: large MEBIBYTES: the good mail with so much text behind it.
large() {
	cat "$good"
	yes 'A line of text, as there are many in a mail that is much too long for anybody.' | head -c $(($1 << 20))
	printf '\n'
}
large 6 >"$scratch/big"
gate 0 'more than is kept in memory' "$scratch/big" --fail-on never -- "$scratch/sendmail"
passed "$scratch/big" 'more than is kept in memory'
large 6 | "$presend" gate --now $now --fail-on never -- true
[ "${PIPESTATUS[*]}" = '0 0' ]
report $? 'who writes a large mail to a command that reads nothing is not cut off'
(
	export TMPDIR=$scratch/nowhere
	gate 75 'no room for a temporary file' "$scratch/big" --fail-on never --on-failure pass -- "$scratch/sendmail"
	held 'half a mail is not passed on'
	exit $failures
)
[ $? -eq $failures ]
report $? 'no room for a temporary file'
large 65 >"$scratch/big"
case $presend in
*san*) ;; # the sanitizers need more address space than there is
*)
	rm -f "$scratch/mail"
	(
		ulimit -v 100000
		ulimit -c 0
		"$presend" gate --now $now -- "$scratch/sendmail" <"$scratch/big" 2>"$scratch/err"
	)
	[ $? -eq 75 ]
	report $? 'no memory: the mail is held'
	held 'no memory'
	says 'died of signal' 'no memory'
	;;
esac
gate 65 'more than is looked at' "$scratch/big" -- "$scratch/sendmail"
says cap-reached 'more than is looked at'
gate 0 'more than is looked at, --fail-on never' "$scratch/big" --fail-on never -- "$scratch/sendmail"
passed "$scratch/big" 'more than is looked at, --fail-on never'
rm -f "$scratch/big" "$scratch/mail"
large 257 | "$presend" gate --now $now --fail-on never -- "$scratch/sendmail" 2>"$scratch/err"
[ "${PIPESTATUS[*]}" = '0 65' ]
report $? 'more than is taken: refused, and the writer is not cut off'
says '256 MiB' 'more than is taken'
[ -z "$(ls -A "$scratch/tmp")" ]
report $? 'no temporary file is left'

[ $failures -eq 0 ] && echo "gate: $n statements hold" || echo "gate: $failures of $n failed"
[ $failures -eq 0 ]
