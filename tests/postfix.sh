#!/usr/bin/env bash
# presend gate with a real Postfix, with folders and ports of its own and its configuration mounted over /etc/postfix for this test alone: as a content filter of pipe(8) and in front of sendmail -t -i.
# A good mail arrives with its own bytes, a refused one comes back to its sender (65), and while presend cannot do its work mail waits
# in the queue (75) and is delivered afterwards. docs/gate.md shows lines of the log this makes. Needs root, as Postfix does.
# Environment: PRESEND the program, B the build folder. KEEP_LOG a file to copy the mail log to.
set -u
cd "$(dirname "$0")/.." || exit 2
top=$PWD
presend=${PRESEND:-${B:-build}/presend}
case $presend in
/*) ;;
*) presend=$top/$presend ;;
esac
[ -x "$presend" ] || { echo "postfix: $presend is not built"; exit 77; }
PATH=$PATH:/usr/sbin:/sbin
for tool in postfix postconf python3; do
	command -v $tool >/dev/null || { echo "postfix: $tool is not installed"; exit 77; }
done
[ "$(id -u)" -eq 0 ] || { echo 'postfix: only root can start a Postfix'; exit 77; }
# A mount namespace of our own: the system's Postfix sees nothing of this.
if [ "${1:-}" != --mounted ]; then
	unshare -m true 2>/dev/null || { echo 'postfix: no mount namespace to be had here'; exit 77; }
	exec unshare -m bash "$0" --mounted
fi
good=$top/corpus/good/bank-8bit.eml bad=$top/corpus/bad/founding-story.eml
n=0 failures=0 started=no
scratch=$(mktemp -d) || exit 2
chmod 755 "$scratch"
config=$scratch/etc queue=$scratch/queue mail=$scratch/mail log=$scratch/maillog

finish() {
	[ $started = yes ] && postfix stop >/dev/null 2>&1
	[ -n "${KEEP_LOG:-}" ] && cp "$log" "$KEEP_LOG"
	rm -rf "$scratch"
}
trap finish EXIT

report() {
	n=$((n + 1))
	[ "$1" -eq 0 ] && return 0
	failures=$((failures + 1))
	echo "postfix: FAILED: $2"
	tail -n 12 "$log"
	return 1
}

# Usage: eventually COMMAND...: it succeeds within 20 seconds.
eventually() {
	for _ in $(seq 200); do
		"$@" && return 0
		sleep 0.1
	done
	return 1
}

# Two ports that nobody uses.
read -r port_filtered port_other < <(python3 -c '
import socket
sockets = [socket.socket() for _ in range(2)]
for s in sockets: s.bind(("127.0.0.1", 0))
print(*(s.getsockname()[1] for s in sockets))')

mkdir -p "$config" "$queue" "$mail" "$scratch/data" "$scratch/bin" "$scratch/rules"
chmod 777 "$mail"
chown postfix "$scratch/data"
# What the filter's user may read: the program, and own rules that the test breaks and mends.
cp "$presend" "$scratch/bin/presend"
chmod 755 "$scratch/bin/presend"
# The place where all mail ends: one file for each recipient and each delivery, in bytes.
cat >"$scratch/bin/keep" <<END
#!/bin/sh
cat >"$mail/\$1.new" && mv "$mail/\$1.new" "$mail/\$1"
END
chmod 755 "$scratch/bin/keep"

cat >"$config/main.cf" <<END
compatibility_level = 3.6
queue_directory = $queue
data_directory = $scratch/data
maillog_file = $log
maillog_file_prefixes = $scratch
myhostname = lists.hanami-books.jp
mydestination =
mynetworks = 127.0.0.0/8
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
alias_maps =
local_recipient_maps =
smtpd_relay_restrictions = permit_mynetworks, reject
authorized_submit_users = static:all
default_transport = keep
keep_destination_recipient_limit = 1
presend_destination_recipient_limit = 1
message_size_limit = 30000000
notify_classes =
newsletter_senders = check_sender_access inline:{ {news@hanami-books.jp = FILTER presend:} }
END
cat >"$config/master.cf" <<END
127.0.0.1:$port_filtered inet n - n - - smtpd
  -o content_filter=presend:
127.0.0.1:$port_other inet n - n - - smtpd
  -o smtpd_sender_restrictions=\$newsletter_senders
pickup    unix  n       -       n       60      1       pickup
cleanup   unix  n       -       n       -       0       cleanup
qmgr      unix  n       -       n       300     1       qmgr
rewrite   unix  -       -       n       -       -       trivial-rewrite
bounce    unix  -       -       n       -       0       bounce
defer     unix  -       -       n       -       0       bounce
trace     unix  -       -       n       -       0       bounce
showq     unix  n       -       n       -       -       showq
error     unix  -       -       n       -       -       error
retry     unix  -       -       n       -       -       error
anvil     unix  -       -       n       -       1       anvil
proxymap  unix  -       -       n       -       -       proxymap
postlog   unix-dgram n  -       n       -       1       postlogd
keep      unix  -       n       n       -       -       pipe
  user=nobody argv=$scratch/bin/keep \${recipient}
presend   unix  -       n       n       -       10      pipe
  flags=q user=nobody null_sender=
  argv=$scratch/bin/presend gate --rules $scratch/rules -- /usr/sbin/sendmail -G -i -f \${sender} -- \${recipient}
END
cp /etc/postfix/post-install /etc/postfix/postfix-files /etc/postfix/postfix-script "$config/"
mount --bind "$config" /etc/postfix || { echo 'postfix: cannot mount here'; exit 77; }
postfix start >"$scratch/start" 2>&1
started=yes
eventually test -S "$queue/public/pickup" || { cat "$scratch/start" "$log"; echo 'postfix: it does not start'; exit 1; }

# Usage: submit PORT SENDER RECIPIENT FILE: over SMTP; prints the answer to the end of data.
submit() {
	python3 - "$@" <<'END'
import smtplib, sys
port, sender, recipient, path = sys.argv[1:]
data = open(path, "rb").read().replace(b"\n", b"\r\n")
with smtplib.SMTP("127.0.0.1", int(port)) as smtp:
    smtp.ehlo("localhost")
    smtp.mail(sender)
    smtp.rcpt(recipient)
    print(*smtp.data(data))
END
}

# Usage: same_mail FILE KEPT: the kept mail is the file, but for the lines that Postfix puts in front of it.
same_mail() {
	python3 - "$@" <<'END'
import re, sys
sent, kept = (open(path, "rb").read() for path in sys.argv[1:])
while (trace := re.match(rb"(?:Return-Path|Received|Delivered-To):[^\n]*\n(?:[ \t][^\n]*\n)*", kept)):
    kept = kept[trace.end():]
sys.exit(kept != sent)
END
}

# --- a content filter -------------------------------------------------------------------------------------------------------------

submit "$port_filtered" news@hanami-books.jp good@hanami-reader.jp "$good" >"$scratch/answer" 2>&1
grep -q '^250 ' "$scratch/answer"
report $? "a good mail is taken: $(cat "$scratch/answer")"
eventually test -e "$mail/good@hanami-reader.jp"
report $? 'a good mail arrives'
same_mail "$good" "$mail/good@hanami-reader.jp"
report $? 'a good mail arrives as it was sent'
grep -q 'relay=presend,.*status=sent (delivered via presend service)' "$log"
report $? 'a good mail: the log has it'

submit "$port_filtered" news@hanami-books.jp bad@hanami-reader.jp "$bad" >"$scratch/answer" 2>&1
eventually test -e "$mail/news@hanami-books.jp"
report $? 'a refused mail comes back to its sender'
[ ! -e "$mail/bad@hanami-reader.jp" ]
report $? 'a refused mail does not arrive'
grep -q 'relay=presend,.*dsn=5\.6\.0, status=bounced (data format error. Command output: presend: refused: ' "$log"
report $? 'a refused mail: the log has the reason'
grep -q 'header-duplicate' "$mail/news@hanami-books.jp"
report $? 'a refused mail: the bounce has the reason'

printf 'id: x\nbroken' >"$scratch/rules/x.yaml"
submit "$port_filtered" news@hanami-books.jp later@hanami-reader.jp "$good" >"$scratch/answer" 2>&1
eventually grep -q 'to=<later@hanami-reader.jp>, relay=presend,.*dsn=4\.3\.0, status=deferred' "$log"
report $? 'with broken rules mail waits in the queue'
postqueue -p >"$scratch/queued"
grep -q 'later@hanami-reader.jp' "$scratch/queued"
report $? 'with broken rules mail waits in the queue: postqueue shows it'
rm "$scratch/rules/x.yaml"
postqueue -f
eventually test -e "$mail/later@hanami-reader.jp"
report $? 'once the rules are mended it is delivered'
same_mail "$good" "$mail/later@hanami-reader.jp"
report $? 'once the rules are mended it is delivered as it was sent'

# --- only one sender ----------------------------------------------------------------------------------------------------------------

submit "$port_other" someone@hanami-books.jp free@hanami-reader.jp "$bad" >"$scratch/answer" 2>&1
eventually test -e "$mail/free@hanami-reader.jp"
report $? 'another sender is not filtered'
rm -f "$mail/news@hanami-books.jp"
submit "$port_other" news@hanami-books.jp bad2@hanami-reader.jp "$bad" >"$scratch/answer" 2>&1
eventually test -e "$mail/news@hanami-books.jp"
report $? 'the sender of the newsletter is filtered'

# --- in front of sendmail -t -i -----------------------------------------------------------------------------------------------------

{ sed 's/^To: .*/To: direct@hanami-reader.jp/' "$good"; printf '\n.\nFrom here a line with a dot stood above.\n'; } >"$scratch/direct"
"$presend" gate -- sendmail -t -i <"$scratch/direct" >"$scratch/out" 2>&1
report $? "sendmail -t -i behind the gate: $(cat "$scratch/out")"
eventually test -e "$mail/direct@hanami-reader.jp"
report $? 'sendmail -t -i: the mail arrives'
same_mail "$scratch/direct" "$mail/direct@hanami-reader.jp"
report $? 'sendmail -t -i: the mail arrives as it was sent, with its dot'
sed 's/^To: .*/To: direct2@hanami-reader.jp/' "$bad" >"$scratch/direct"
"$presend" gate -- sendmail -t -i <"$scratch/direct" >"$scratch/out" 2>&1
[ $? -eq 65 ]
report $? 'sendmail -t -i: a refusal is exit 65'
sleep 1
[ ! -e "$mail/direct2@hanami-reader.jp" ]
report $? 'sendmail -t -i: a refused mail does not arrive'

[ $failures -eq 0 ] && echo "postfix: $n statements hold with Postfix $(postconf -h mail_version)" || echo "postfix: $failures of $n failed"
[ $failures -eq 0 ]
