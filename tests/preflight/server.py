"""A DNS server on loopback that misbehaves, for tests/preflight_dns.sh: what no authoritative server can be made to do.

A name says in its label before the last how it is answered: anything below silent.example is never answered, and so on; MODES has the list. All else
is answered from one sound set of records, which looks the same for every domain. Standard library only.

Prints the ports: with both transports, without TCP, of ::1 where that is asked for. A line of input is a mode; the answer is how often it was asked. Ends
with its input.
"""
import collections
import json
import os
import socket
import struct
import sys
import threading
import time

A, SOA, PTR, MX, TXT, AAAA, CNAME, OPT = 1, 6, 12, 15, 16, 28, 5, 41
FORMERR, SERVFAIL, NXDOMAIN, NOTIMP, REFUSED = 1, 2, 3, 4, 5
# The key of the sound domain in the snapshot of tests/preflight.sh.
with open(os.path.join(os.path.dirname(__file__), 'good.json'), encoding='ascii') as snapshot:
    KEY = next(''.join(answer['records'][0]) for answer in json.load(snapshot)['dns'] if '_domainkey' in answer['name'])


def wire(name):
    out = b''
    for label in name.split('.') if name else []:
        out += bytes([len(label)]) + label.encode('latin-1')
    return out + b'\0'


def text(*strings):
    return b''.join(bytes([len(s)]) + s for s in (s if isinstance(s, bytes) else s.encode() for s in strings))


def strings_of(value):
    return text(*[value[i:i + 255] for i in range(0, len(value), 255)])


class Query:
    def __init__(self, raw):
        self.id, self.flags, count, _, _, extra = struct.unpack('!6H', raw[:12])
        labels, at = [], 12
        while raw[at]:
            labels.append(raw[at + 1:at + 1 + raw[at]].decode('latin-1'))
            at += 1 + raw[at]
        self.name = '.'.join(labels)
        self.type = struct.unpack('!H', raw[at + 1:at + 3])[0]
        self.question = raw[12:at + 5]
        self.edns = extra > 0
        labels = self.name.lower().split('.')
        self.mode = labels[-2] if len(labels) > 1 and labels[-1] == 'example' else ''
        self.domain = '.'.join(labels[-2:])
        # Of reverse names, the last number of the address says it.
        if labels[-1] == 'arpa' and labels[0] == '66':
            self.mode = 'servfail'


def message(query, answers=(), code=0, flags=0x8400, counts=None, question=None, number=None):
    """answers: (owner as bytes or name, type, rdata)"""
    body = b''
    for owner, kind, rdata in answers:
        body += (owner if isinstance(owner, bytes) else wire(owner)) + struct.pack('!HHIH', kind, 1, 300, len(rdata)) + rdata
    n_answers, n_authority = counts or (len(answers), 0)
    head = struct.pack('!6H', query.id if number is None else number, flags | code, 1, n_answers, n_authority, 0)
    return head + (query.question if question is None else question) + body


def sound_records(query):
    """None: no such name."""
    domain, name = query.domain, query.name.lower()
    if name.endswith('.arpa'):
        return {PTR: [wire('mail.good.example')]}
    return {
        domain: {MX: [b'\0\x0a' + wire('mx.' + domain)], TXT: [text('v=spf1 ip4:192.0.2.25 -all')],
                 SOA: [wire('ns.' + domain) + wire('root.' + domain) + struct.pack('!5I', 1, 7200, 900, 1209600, 300)]},
        'mx.' + domain: {A: [bytes([192, 0, 2, 1])]},
        'mail.' + domain: {A: [bytes([192, 0, 2, 25])]},
        '_dmarc.' + domain: {TXT: [text('v=DMARC1; p=reject; rua=mailto:dmarc@' + domain)]},
        's1._domainkey.' + domain: {TXT: [strings_of(KEY)]},
    }.get(name)


def sound(query, **more):
    records = sound_records(query)
    if records is None:
        return message(query, code=NXDOMAIN, **more)
    return message(query, [(b'\xc0\x0c', query.type, rdata) for rdata in records.get(query.type, [])], **more)


def is_text(query):
    return query.type == TXT


# --- answers that are wrong: bytes, or a list of them; None: none ------------------------------------------------------------------------------

def with_owner(query, owner, rdata=text('v=spf1 +all')):
    return message(query, [(owner, query.type, rdata)])


def giant(query, via):
    """65,535 bytes over TCP, among them the record that is looked for."""
    if via == 'udp':
        return message(query, flags=0x8600)
    if not is_text(query) or query.name != query.domain:
        return sound(query)
    answers = [(b'\xc0\x0c', TXT, sound_records(query)[TXT][0])]
    while len(message(query, answers)) < 65000:
        answers.append((b'\xc0\x0c', TXT, text('%05d' % len(answers) + 'y' * 240)))
    left = 65535 - len(message(query, answers)) - 12
    answers.append((b'\xc0\x0c', TXT, text(*['z' * (min(left - at, 100) - 1) for at in range(0, left, 100)])))
    return message(query, answers)


def flooded(query, via):
    """As many tiny terms as fit into one answer, at every name."""
    if via == 'udp':
        return message(query, flags=0x8600)
    if not is_text(query):
        return sound(query)
    term = b' ip4:1.1.1.1'
    value = b'v=spf1' + b''.join(b' include:n%d.%s' % (i, query.name.encode()) for i in range(9)) if query.name.count('.') == 1 else b'v=spf1'
    value += term * ((64000 - len(value)) // len(term))
    return message(query, [(b'\xc0\x0c', TXT, text(*[value[i:i + 255] for i in range(0, len(value), 255)]))])


def junk(query, via):
    """A record of faults only."""
    if via == 'udp':
        return message(query, flags=0x8600)
    if not is_text(query):
        return sound(query)
    value = b'v=spf1' + b''.join(b' q%d' % i for i in range(9000))
    return message(query, [(b'\xc0\x0c', TXT, text(*[value[i:i + 255] for i in range(0, len(value), 255)]))])


def fanned(query, via):
    """Every record includes ten others, every mx has ten names, DMARC reports go to a hundred others."""
    name = query.name.lower()
    if query.type == MX:
        return message(query, [(b'\xc0\x0c', MX, b'\0\x0a' + wire('m%d.%s' % (i, name[-200:].lstrip('.')))) for i in range(10)])
    if query.type == PTR:
        return message(query, [(b'\xc0\x0c', PTR, wire('p%d.fanned.example' % i)) for i in range(60)])
    if query.type != TXT:
        return message(query, [(b'\xc0\x0c', query.type, bytes([192, 0, 2, 99]))] if query.type == A else [])
    if name.startswith('_dmarc'):
        value = 'v=DMARC1; p=none; rua=' + ','.join('mailto:r@r%d.example' % i for i in range(100))
    else:
        value = 'v=spf1 ' + ' '.join(('mx:%d.%s' if i % 2 else 'include:%d.%s') % (i, name) for i in range(10))
    if via == 'udp' and len(value) > 1100:
        return message(query, flags=0x8600)
    return message(query, [(b'\xc0\x0c', TXT, strings_of(value))])


def second_time(query, seen, first):
    """first for the first time that a question comes, sound then."""
    key = (query.name, query.type)
    seen[key] += 1
    return first if seen[key] == 1 else sound(query)


def truncated(query, via):
    return message(query, flags=0x8600) if via == 'udp' else sound(query)


MODES = {
    'silent': lambda q, via: None,
    'servfail': lambda q, via: message(q, code=SERVFAIL),
    'refused': lambda q, via: message(q, code=REFUSED, flags=0x8000),
    'notimp': lambda q, via: message(q, code=NOTIMP),
    'formerr': lambda q, via: message(q, code=FORMERR),
    'rcode': lambda q, via: message(q, code=11),
    'wrongid': lambda q, via: sound(q, number=q.id ^ 0x5555),
    'wrongname': lambda q, via: sound(q, question=wire('other.example') + q.question[-4:]),
    'wrongtype': lambda q, via: sound(q, question=q.question[:-4] + b'\0\x21\0\x01'),
    'noquestion': lambda q, via: struct.pack('!6H', q.id, 0x8400, 0, 0, 0, 0),
    'short': lambda q, via: struct.pack('!H', q.id) + b'\x84',
    'empty': lambda q, via: b'',
    'cut': lambda q, via: with_owner(q, q.question[:-4])[:-8 - len(text('v=spf1 +all'))],
    'pointerloop': lambda q, via: with_owner(q, b'\xc0' + bytes([12 + len(q.question)])),
    'pointerbeyond': lambda q, via: with_owner(q, b'\xff\xff'),
    'labelbeyond': lambda q, via: with_owner(q, b'\x3fabc'),
    'labelkind': lambda q, via: with_owner(q, b'\x80abc\0'),
    'rdlength': lambda q, via: with_owner(q, b'\xc0\x0c', text('v=spf1 +all') * 20)[:-200],
    'badstring': lambda q, via: with_owner(q, b'\xc0\x0c', b'\xfav=spf1 +all'),
    'nostring': lambda q, via: with_owner(q, b'\xc0\x0c', b''),
    'counts': lambda q, via: message(q, [(b'\xc0\x0c', q.type, text('v=spf1 +all'))], counts=(65535, 0)),
    'authority': lambda q, via: message(q, [(b'\xc0\x0c', q.type, text('v=spf1 +all'))], counts=(1, 65535)),
    'aliasloop': lambda q, via: message(q, [(q.name, CNAME, wire('x.' + q.domain)), ('x.' + q.domain, CNAME, wire(q.name))]),
    'aliaschain': lambda q, via: message(q, [('c%d.' % i + q.domain if i else q.name, CNAME, wire('c%d.' % (i + 1) + q.domain)) for i in range(40)]),
    'aliasself': lambda q, via: message(q, [(b'\xc0\x0c', CNAME, b'\xc0\x0c')]),
    'stall': lambda q, via: truncated(q, via),
    'drip': lambda q, via: truncated(q, via),
    'close': lambda q, via: truncated(q, via),
    'zero': lambda q, via: truncated(q, via),
    'truncated': truncated,
    'no-tcp': truncated,
    'always': lambda q, via: message(q, flags=0x8600),
    'giant': giant,
    'flooded': flooded,
    'junk': junk,
    'fanned': fanned,
    'slow': lambda q, via: sound(q),
    'order': lambda q, via: sound(q),
    'twice': lambda q, via: [sound(q), sound(q)],
    'liar': lambda q, via: [sound(q, number=q.id ^ 1), sound(q, question=wire('other.example') + q.question[-4:]), b'\0', sound(q)],
    'capitals': lambda q, via: message(q, [(q.name.upper(), q.type, r) for r in (sound_records(q) or {}).get(q.type, [])],
                                       code=0 if sound_records(q) else NXDOMAIN),
    'oldserver': lambda q, via: message(q, code=FORMERR) if q.edns else sound(q),
    'olderserver': lambda q, via: message(q, code=NOTIMP) if q.edns else sound(q),
    'poison': lambda q, via: message(q, [('good.example', TXT, text('v=spf1 +all')), ('www.poison.example', TXT, text('v=spf1 +all'))] if is_text(q) else []),
    'emptystring': lambda q, via: message(q, [(b'\xc0\x0c', TXT, text('')), (b'\xc0\x0c', TXT, text('', 'v=spf1 ip4:192.0.2.25', ' -all', ''))])
    if is_text(q) and q.name == q.domain else sound(q),
    'escape': lambda q, via: message(q, [(b'\xc0\x0c', TXT, text(b'v=spf1 include:\x1b[31mred\x07\x00\r\n\xff.example ~all'))])
    if is_text(q) and q.name == q.domain else sound(q),
}


class Server:
    """Both transports on one port of 127.0.0.1 (or ::1); tcp=False: nobody listens there."""

    def __init__(self, address='127.0.0.1', tcp=True):
        family = socket.AF_INET6 if ':' in address else socket.AF_INET
        self.queries = collections.Counter()
        self.seen = collections.Counter()
        self.held = []
        self.lock = threading.Lock()
        while True:
            self.udp = socket.socket(family, socket.SOCK_DGRAM)
            self.udp.bind((address, 0))
            self.port = self.udp.getsockname()[1]
            self.tcp = socket.socket(family, socket.SOCK_STREAM)
            try:
                self.tcp.bind((address, self.port))
                break
            except OSError:
                self.udp.close()
                self.tcp.close()
        # A port that is bound, and on which nobody listens, refuses.
        if tcp:
            self.tcp.listen(64)
            threading.Thread(target=self.accept, daemon=True).start()
        threading.Thread(target=self.receive, daemon=True).start()

    def answers(self, query, via):
        self.queries[query.mode] += 1
        if query.mode == 'flaky':
            out = second_time(query, self.seen, message(query, code=SERVFAIL))
        elif query.mode == 'lost':
            out = second_time(query, self.seen, None if is_text(query) and query.name == query.domain else sound(query))
        else:
            out = MODES.get(query.mode, lambda q, via: sound(q))(query, via)
        return [] if out is None else out if isinstance(out, list) else [out]

    def receive(self):
        while True:
            raw, peer = self.udp.recvfrom(4096)
            query = Query(raw)
            answers = self.answers(query, 'udp')
            if query.mode == 'slow':
                threading.Timer(0.05, self.send, (answers, peer)).start()
            elif query.mode == 'order':
                # Gathered for a moment and let go the other way round.
                with self.lock:
                    self.held.append((answers, peer))
                    if len(self.held) == 1:
                        threading.Timer(0.02, self.let_go).start()
            else:
                self.send(answers, peer)

    def let_go(self):
        with self.lock:
            for answers, peer in reversed(self.held):
                self.send(answers, peer)
            self.held = []

    def send(self, answers, peer):
        for answer in answers:
            self.udp.sendto(answer, peer)

    def accept(self):
        while True:
            connection, _ = self.tcp.accept()
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        try:
            with connection, connection.makefile('rb') as stream:
                while True:
                    head = stream.read(2)
                    if len(head) < 2:
                        return
                    query = Query(stream.read(struct.unpack('!H', head)[0]))
                    for answer in self.answers(query, 'tcp'):
                        self.write(connection, query.mode, struct.pack('!H', len(answer)) + answer)
        except OSError:
            pass

    def write(self, connection, mode, answer):
        if mode == 'stall':
            connection.sendall(answer[:len(answer) // 2])
            time.sleep(3)
        elif mode == 'drip':
            for byte in answer:
                connection.sendall(bytes([byte]))
                time.sleep(0.05)
        elif mode == 'close':
            connection.sendall(answer[:len(answer) // 2])
            connection.shutdown(socket.SHUT_RDWR)
        elif mode == 'zero':
            connection.sendall(b'\0\0' + answer)
        else:
            connection.sendall(answer)


def write_seeds(folder):
    """For tests/fuzz/fuzz_preflight.c, each behind a byte that says what it is: an answer of every mode to three questions, records, zones."""
    seeds = {}
    for kind, choice in ((A, 0), (MX, 5), (TXT, 6)):
        question = struct.pack('!6H', 1, 0x0100, 1, 0, 0, 0) + wire('a.example') + struct.pack('!2H', kind, 1)
        for mode, answer in MODES.items():
            answers = answer(Query(question), 'tcp')
            for i, raw in enumerate(answers if isinstance(answers, list) else [answers or b'']):
                if len(raw) < 5000:
                    seeds['%s-%d-%d' % (mode, kind, i)] = bytes([choice << 2]) + raw
    for i, record in enumerate([KEY, 'v=DKIM1; k=ed25519; h=sha256; s=email; t=y:s; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=',
                                'v=DMARC1; p=none; sp=reject; np=none; psd=n; t=y; adkim=s; fo=1:d; rua=mailto:a@b.example!10m']):
        seeds['record%d' % i] = b'\2' + record.encode()
    for i, zone in enumerate(ZONES):
        for choice in range(4):
            seeds['zone%d-%d' % (i, choice)] = bytes([3 | choice << 2]) + zone.encode()
    for name, seed in seeds.items():
        with open(os.path.join(folder, name), 'wb') as file:
            file.write(seed)


# A line answers a question, in turn: records with "|" between, nothing for no such name, "-" for none of the type, "?" for no answer.
ZONES = [
    'v=spf1 a mx include:b.example exists:%{ir}.%{v}.%{d2} ?ptr redirect=c.example exp=e.example|other\n1.2.3.4\nmx.a.example\n\n-\n'
    'v=spf1 ip4:192.0.2.0/24 ip6:2001:db8::/32 -all\n?',
    'v=spf1 exists:%{l1r-}.%{p}.%{S}%%%_%- -all\nname.a.example\n1.2.3.4',
    'v=spf1 include:a.example include:b.example -all\nv=spf1 redirect=a.example',
    'v=spf1 a mx//64 a:b.example/24//64 q -all -all\n\n\n\n',
    '\n\nv=DMARC1; p=none; psd=y\nv=DMARC1; p=reject|v=DMARC1; p=none\n?',
]


def main():
    if sys.argv[1:2] == ['--seeds']:
        write_seeds(sys.argv[2])
        return
    servers = [Server(), Server(tcp=False), Server('::1') if '::1' in sys.argv else None]
    print(*[server.port for server in servers if server], flush=True)
    for line in sys.stdin:
        print(servers[0].queries[line.strip()], flush=True)


if __name__ == '__main__':
    main()
