"""presend preflight against servers on loopback: usage: live.py PRESEND [NSD-PORT-4 [NSD-PORT-6]]; see tests/preflight_dns.sh."""
import atexit
import concurrent.futures
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time

presend = os.path.abspath(sys.argv[1])
nsd = [int(port) for port in sys.argv[2:]]
scratch = tempfile.mkdtemp(prefix='presend-live-')
atexit.register(shutil.rmtree, scratch)
# A run must be done within its limit and this, which is for machines under load, sanitizers and valgrind.
slack = float(os.environ.get('SLACK', '60'))
# AddressSanitizer keeps what was freed.
with open(presend + '-preflight', 'rb') as program:
    megabytes = 2000 if b'__asan_init' in program.read() else 300
sending = ['--ip', '192.0.2.25', '--selector', 's1', '--helo', 'mail.hanami.example']
passed = failed = 0
# What no DNS has a say in.
always = {'dkim-unsigned', 'no-ipv6', 'links-none', 'blocklists-not-asked', 'tls-unknown', 'aligned-both'}


def check(good, what, shown=''):
    global passed, failed
    if good:
        passed += 1
    else:
        failed += 1
        print('preflight_dns: %s\n%s' % (what, shown))
    return good


class Run:
    def __init__(self, *words, resolver=None, text=False, timeout=None):
        command = [presend, 'preflight', '--isolated', '--now', '2026-11-24T00:00:00Z', '--lang', 'en']
        command += ['--format', 'text' if text else 'json'] + (['--resolver', resolver] if resolver else [])
        command += (['--dns-timeout', str(timeout)] if timeout else []) + list(words)
        begin = time.monotonic()
        with tempfile.TemporaryFile() as errors, subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=errors) as child:
            alarm = threading.Timer(120, child.kill)
            alarm.start()
            self.raw = child.stdout.read()
            _, status, usage = os.wait4(child.pid, 0)
            alarm.cancel()
            child.returncode = self.code = os.waitstatus_to_exitcode(status)
            errors.seek(0)
            self.errors = errors.read().decode('utf-8', 'replace')
        self.seconds, self.megabytes = time.monotonic() - begin, usage.ru_maxrss // 1024
        self.rows = [] if text or self.code not in (0, 1) else json.loads(self.raw)['checks']
        self.words = command[2:]

    def statuses(self):
        return {row['check']: row['status'] for row in self.rows}

    def shown(self):
        return '%s\nexit %d after %.1f s\n%s%s' % (' '.join(self.words), self.code, self.seconds, self.errors, '\n'.join(
            '  %s %s: %s' % (row['check'], row['status'], row['message']) for row in self.rows))


def expect(run, code, rows, what, within=None):
    """rows: names of checks with what they must say; None: they must not be there."""
    statuses = run.statuses()
    wrong = ['%s is %s' % (name, statuses.get(name)) for name, status in rows.items() if statuses.get(name) != status]
    check(run.code == code, '%s: exit code %d, not %d' % (what, run.code, code), run.shown())
    check(not wrong, '%s: %s' % (what, ', '.join(wrong)), run.shown())
    check(run.seconds < (within or 30) + slack, '%s: took %.1f s' % (what, run.seconds), run.shown())


def says(run, text, what):
    check(text in run.raw.decode('utf-8', 'replace'), '%s: does not say: %s' % (what, text), run.shown())


# --- a server that misbehaves -------------------------------------------------------------------------------------------------------------------

unknown = {'spf-unknown': 'unknown', 'dmarc-unknown': 'unknown', 'domain-unknown': 'unknown', 'dkim-key-unknown': 'unknown', 'auth-unknown': 'unknown',
           'bimi-unknown': 'unknown', 'web-unknown': 'unknown', 'spf-address-unknown': 'unknown'}
all_good = {'spf-good': 'pass', 'spf-pass': 'pass', 'dkim-key-good': 'pass', 'dmarc-enforced': 'pass', 'domain-exists': 'pass', 'auth-either': 'pass'}
timeout = 'timeout'
# How a domain is answered, and the reason that must be given; whole domains that nothing is known of.
broken = {
    'silent': timeout, 'servfail': 'SERVFAIL', 'refused': 'REFUSED', 'notimp': 'NOTIMP', 'formerr': 'FORMERR', 'rcode': 'an error that is not known',
    'wrongid': timeout, 'wrongname': timeout, 'wrongtype': timeout, 'noquestion': timeout, 'short': timeout, 'empty': timeout,
    'cut': 'malformed answer', 'pointerloop': 'malformed answer', 'pointerbeyond': 'malformed answer', 'labelbeyond': 'malformed answer',
    'labelkind': 'malformed answer', 'rdlength': 'malformed answer', 'nostring': 'malformed answer', 'counts': 'malformed answer',
    'badstring': 'malformed answer', 'authority': 'malformed answer', 'aliasloop': 'CNAME loop', 'aliaschain': 'CNAME loop', 'aliasself': 'CNAME loop',
    'no-tcp': 'no server answers', 'stall': timeout, 'drip': timeout, 'close': None, 'zero': None, 'always': 'truncated answer',
}
sound = ['slow', 'order', 'twice', 'liar', 'capitals', 'flaky', 'lost', 'oldserver', 'olderserver', 'truncated', 'giant', 'emptystring', 'plain']


def run_broken(resolver, mode):
    waits = broken[mode] in (timeout, None)
    run = Run('--ip', '192.0.2.66', '--selector', 's1', '--helo', 'mail.%s.example' % mode, '--mail-from', 'bounce@%s.example' % mode, mode + '.example',
              resolver=resolver, timeout=1 if waits else None)
    what = 'answers that are broken: ' + mode
    expect(run, 0, unknown, what, within=1)
    bad = [row['check'] for row in run.rows if row['status'] in ('fail', 'warn')]
    check(not bad, '%s: what did not come counts against the sender: %s' % (what, bad), run.shown())
    odd = [row['check'] for row in run.rows if row['status'] == 'pass' and row['check'] not in always]
    check(not odd, '%s: passes by what did not come: %s' % (what, odd), run.shown())
    row = next((row for row in run.rows if row['check'] == 'spf-unknown'), {'message': ''})
    reasons = [timeout, 'no time left'] if broken[mode] == timeout else [broken[mode] or '']
    check(any(reason in row['message'] for reason in reasons), '%s: the reason is not %s' % (what, broken[mode]), run.shown())


def run_sound(resolver, mode):
    file = os.path.join(scratch, mode + '.json')
    words = sending + ['--mail-from', 'bounce@%s.example' % mode, mode + '.example']
    run = Run(*words, '--save-dns', file, resolver=resolver)
    what = 'answers that are odd: ' + mode
    expect(run, 0, all_good, what, within=5)
    # That an answer is longer than 450 bytes is worth a remark.
    bad = [row['check'] for row in run.rows if row['status'] in ('fail', 'warn') and (mode, row['check']) != ('giant', 'spf-remark')]
    check(not bad, '%s: %s' % (what, bad), run.shown())
    if mode in ('giant', 'emptystring'):
        again = Run(*words, '--dns', file)
        check(again.raw == run.raw, '%s: the snapshot gives another report' % what, again.shown())


def run_hostile(resolver):
    run = Run(*sending, 'poison.example', resolver=resolver)
    expect(run, 1, {'spf-may-send': None, 'spf-good': None, 'spf-missing': 'fail'}, 'records of other names')
    run = Run('escape.example', resolver=resolver, text=True)
    check(not re.search(rb'[\x00-\x08\x0b-\x1f\x7f]', run.raw), 'bytes that a terminal obeys', repr(run.raw))
    run = Run('escape.example', resolver=resolver)
    check(run.statuses().get('spf-fault') in ('fail', 'warn'), 'a record with control characters is no SPF that can be used', run.shown())


# --- too much of everything ---------------------------------------------------------------------------------------------------------------------

def bounded(run, what, within, kilobytes=300):
    check(run.code in (0, 1), '%s: exit code %d' % (what, run.code), run.shown())
    check(run.seconds < within + slack, '%s: took %.1f s' % (what, run.seconds))
    check(run.megabytes < megabytes, '%s: took %d MB' % (what, run.megabytes))
    check(len(run.raw) < kilobytes * 1024, '%s: a report of %d bytes' % (what, len(run.raw)))


def first_only(run, words, what):
    check(any(row['check'] == 'only-first' and words in row['message'] for row in run.rows), '%s: does not say that the rest was left out' % what, run.shown())


def run_too_much(resolver, asked):
    """asked: how often the server was asked for a mode."""
    from_two = ['--ip', '198.51.100.1', '--ip', '198.51.100.2']
    run = Run(*from_two, '--mail-from', 'bounce@x.flooded.example', 'flooded.example', resolver=resolver)
    bounded(run, 'records of 64 KiB, each with 5,000 terms and nine includes', 10)
    run = Run(*from_two, '--mail-from', 'bounce@x.junk.example', 'junk.example', resolver=resolver)
    bounded(run, 'a record of 9,000 faults', 10)
    first_only(run, 'faults of the SPF record', 'a record of 9,000 faults')
    run = Run(*from_two, '--mail-from', 'bounce@x.fanned.example', 'fanned.example', resolver=resolver)
    bounded(run, 'includes and mx without an end', 30)
    expect(run, 1, {'spf-fault': 'fail'}, 'includes and mx without an end', within=30)
    first_only(run, 'addresses for DMARC reports', 'a hundred addresses for reports')
    check(10 < asked('fanned') <= 1000, 'includes and mx without an end: asked %d times' % asked('fanned'))
    # A draft whose signatures and links would be 20,000 questions.
    draft = os.path.join(scratch, 'draft.eml')
    with open(draft, 'w', encoding='ascii') as file:
        for i in range(10000):
            file.write('DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=many.example; s=s%d; h=from; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=;\r\n'
                       ' b=AAAA\r\n' % i)
        file.write('From: a@many.example\r\nSubject: Spring\r\nMIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n')
        file.writelines('<a href="https://w%d.many.example/">x</a>\r\n' % i for i in range(10000))
    run = Run(draft, resolver=resolver)
    bounded(run, 'a draft of 10,000 signatures', 10)
    first_only(run, '10 DKIM signatures', 'a draft of 10,000 signatures')
    first_only(run, '50 domains that links lead to', 'a draft of 10,000 links')
    check(10 < asked('many') < 200, 'a draft of 10,000 signatures: asked %d times' % asked('many'))
    run = Run('--resolver', resolver, *['--selector=s%d' % i for i in range(65)], 'good.example')
    check(run.code == 2 and 'too many selectors' in run.errors, 'too many selectors', run.shown())


# --- an authoritative server --------------------------------------------------------------------------------------------------------------------

# A domain of tests/preflight/zones/, more words, the exit code, and what checks say.
zones = [
    ('hanami.example', ['--ip', '2001:db8::25', '--mail-from', 'bounce@hanami.example'], 0,
     dict(all_good, **{'dkim-key-good': 'pass', 'ptr-good': 'pass', 'helo-good': 'pass', 'spf-remark': None})),
    ('hanami.example', ['--selector', 's4'], 0, {'dkim-key-good': 'pass', 'dkim-key-broken': None, 'dkim-key-cut': None}),
    ('split.example', [], 0, {'spf-good': 'pass', 'spf-pass': 'pass'}),
    ('giant.example', [], 0, {'spf-good': 'pass', 'spf-remark': 'warn', 'spf-pass': 'pass'}),
    ('loop.example', [], 1, {'spf-fault': 'fail', 'spf-good': None}),
    ('self.example', [], 1, {'spf-fault': 'fail'}),
    ('many.example', [], 1, {'spf-fault': 'fail', 'spf-permerror': 'fail'}),
    ('voids.example', [], 1, {'spf-fault': 'fail'}),
    ('alias.example', [], 0, {'dmarc-enforced': 'pass', 'dkim-key-good': 'pass', 'spf-good': 'pass'}),
    ('round.example', [], 0, {'spf-unknown': 'unknown', 'domain-unknown': 'unknown'}),
    ('round3.example', [], 1, {'dmarc-unknown': 'unknown', 'dmarc-missing': None}),
    ('lame.example', [], 0, dict(unknown, **{'dkim-key-unknown': 'unknown'})),
    ('kawara.test', [], 0, dict(unknown)),
    ('wild.example', [], 0, {'spf-good': 'pass', 'dmarc-missing': 'warn', 'dkim-key-broken': 'warn', 'mta-sts-bad': None, 'tls-rpt-bad': None}),
    ('gone.example', [], 1, {'domain-missing': 'fail', 'spf-missing': None, 'dmarc-missing': None}),
    ('a.b.c.tree.example', [], 0, {'dmarc-found': 'pass', 'dmarc-enforced': 'pass', 'spf-good': 'pass'}),
]
texts = {'loop.example': 'leads back to the record of loop1.example', 'many.example': 'receivers give up after 10', 'voids.example': 'receivers give up after 2',
         'self.example': 'leads back to the record of self.example', 'round.example': 'CNAME loop', 'lame.example': 'lame', 'kawara.test': 'REFUSED',
         'giant.example': 'v=spf1 ip4:192.0.2.25 -all', 'split.example': 'v=spf1 ip4:192.0.2.25 -all', 'a.b.c.tree.example': 'The policy for a.b.c.tree.example is reject',
         'hanami.example': '10 mx.hanami.example'}


def run_zone(resolver, i):
    domain, words, code, rows = zones[i]
    file = os.path.join(scratch, 'zone%d.json' % i)
    words = sending + words + [domain]
    run = Run(*words, '--save-dns', file, resolver=resolver)
    expect(run, code, rows, 'zone %d, %s' % (i, domain), within=5)
    if domain in texts:
        says(run, texts[domain], domain)
    if 's4' in words:
        says(run, 'RSA, 4096 bits', domain)
    if code or i % 3 == 0:
        again = Run(*words, '--dns', file)
        check(again.raw == run.raw and again.code == run.code, '%s: the snapshot gives another report' % domain, run.shown() + again.shown())
    if i == 0:
        second = Run(*words, '--save-dns', file + '2', resolver=resolver)
        check(second.raw == run.raw, 'two runs differ', second.shown())
        with open(file, 'rb') as one, open(file + '2', 'rb') as two:
            check(one.read() == two.read(), 'two snapshots differ')


def wait_for(port):
    """Until nsd has read its zones."""
    question = b'\0\1\0\0\0\1\0\0\0\0\0\0\6hanami\7example\0\0\x10\0\1'
    for _ in range(100):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.settimeout(0.1)
            probe.connect(('127.0.0.1', port))
            try:
                probe.send(question)
                if len(probe.recv(512)) > len(question):
                    return True
            except OSError:
                time.sleep(0.1)
    return check(False, 'nsd does not answer')


# --- all of them --------------------------------------------------------------------------------------------------------------------------------

def main():
    command = [sys.executable, os.path.join(os.path.dirname(__file__), 'server.py')]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server, concurrent.futures.ThreadPoolExecutor(12) as pool:
        both, no_tcp = ['127.0.0.1:' + port for port in server.stdout.readline().split()]

        def asked(mode):
            server.stdin.write(mode + '\n')
            server.stdin.flush()
            return int(server.stdout.readline())

        jobs = [pool.submit(run_broken, both if mode != 'no-tcp' else no_tcp, mode) for mode in broken]
        if nsd and wait_for(nsd[0]):
            jobs += [pool.submit(run_zone, '127.0.0.1:%d' % nsd[0], i) for i in range(len(zones))]
            jobs += [pool.submit(run_zone, '[::1]:%d' % port, 0) for port in nsd[1:]]
        jobs += [pool.submit(run_sound, both, mode) for mode in sound]
        jobs += [pool.submit(run_hostile, both), pool.submit(run_too_much, both, asked)]
        for job in jobs:
            job.result()
        server.stdin.close()
    without = '' if nsd else '; without nsd, which is not installed'
    print('preflight_dns: %d passed, %d failed%s' % (passed, failed, without))
    sys.exit(failed > 0)


main()
