"""Measure presend bounce on the bounces of the shared mail, against answers that do not come from presend.

Reports (RFC 3464): recipients and status as Python's email package reads them. Everything else: tests/bounce_mail.tsv, whose column "how" says
where the answer is from: "flufl" the published expectations of flufl.bounce, "bounceparser" Mail::DeliveryStatus::BounceParser gives the same
recipients, "read" a person read the message. A status there is one that stands in the text; "-" where none does.

Who answered: the name of the server that the report or the text for people tells (Remote-MTA; "host X said", "while talking to X"), else the
domain of the reader, looked up in RECEIVERS below, which is written from the receivers' own help pages and is not the table of presend;
"other" where neither is one of theirs. Words of the reply are not looked at, so an answer that presend takes from them may differ.
"""
import collections
import email
import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile

presend, mail, labels_path = sys.argv[1:4]
STATUS = re.compile(r'(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.])')
# Receiver, domains of its servers and of its readers; a name below one of them counts, too.
RECEIVERS = [
    ('gmail', ['google.com', 'googlemail.com', 'gmail.com', 'psmtp.com']),
    ('yahoo-japan', ['yahoo.co.jp', 'ybb.ne.jp', 'ymail.ne.jp']),
    ('yahoo', ['yahoodns.net', 'yahoo.com', 'ymail.com', 'rocketmail.com', 'aol.com', 'aim.com', 'yahoo.co.uk', 'yahoo.fr', 'yahoo.de']),
    ('microsoft', ['outlook.com', 'hotmail.com', 'live.com', 'msn.com', 'hotmail.co.jp', 'live.jp', 'outlook.jp', 'hotmail.co.uk', 'hotmail.fr']),
    ('icloud', ['icloud.com', 'me.com', 'mac.com', 'apple.com']),
    ('docomo', ['docomo.ne.jp']),
    ('au', ['ezweb.ne.jp', 'au.com', 'kddi.com', 'dion.ne.jp', 'auone-net.jp', 'uqmobile.jp']),
    ('softbank', ['softbank.ne.jp', 'softbank.jp', 'vodafone.ne.jp', 'disney.ne.jp', 'ymobile.ne.jp', 'ymobile1.ne.jp', 'y-mobile.ne.jp', 'willcom.com', 'pdx.ne.jp']),
    ('jcom', ['jcom.home.ne.jp', 'zaq.ne.jp']),
]
NAME = r'([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)'
TALKED_TO = re.compile(r'(?:while talking to|\bhost|\bserver|connected to)\s+' + NAME + r'|^Remote-MTA: *\w+; *' + NAME + r'|^' + NAME + r' \[[\d.:a-f]+\] did not like|\[' + NAME + r' \d{4}-\d\d-\d\dT', re.M)
COPY = re.compile(r'^(?:Return-Path:|-+ .*\b(?:copy|message)\b.* -*$|Received: from )', re.M | re.I)  # what stands behind is the mail that came back
# Real bounces that stand among other mail.
MISLABELLED = {
    '01507.e06cf7fcfb3a512f43c827529c19a9e6.txt', '01542.ed72bf2cd81ccd4c076533fb0af004e5.txt', '0aa47116b383703c.eml', '3d0d3d91ea221fe1.eml',
    '4f7a69d7a8f7a580.eml', 'c18437be6f33adbb.eml', '00169.86268e75abd1bd4bda4d6c129681df34.txt', '387a5588c0e420fe.eml',
}


def split(data):
    """The messages of a file: an mbox, or one."""
    data = data.replace(b'\r\n', b'\n').replace(b'\r', b'\n')
    if not data.startswith(b'From '):
        return [data]
    parts = re.split(rb'(?m)^From \S+ +(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[^\n]*\n', data)[1:]
    return parts if len(parts) > 1 else [data]


def reports(data):
    """Recipient, possible statuses of each group of a report."""
    found = []
    for one in split(data):
        for part in email.message_from_bytes(one).walk():
            if part.get_content_type() not in ('message/delivery-status', 'message/global-delivery-status'):
                continue
            groups = part.get_payload()
            for group in groups if isinstance(groups, list) else []:
                finals = group.get_all('Final-Recipient') or group.get_all('Original-Recipient') or []
                for i, value in enumerate(finals):
                    text = re.sub(r'\s+', ' ', str(value)).split(';', 1)[-1].strip()
                    address = re.search(r'[^\s<>;"@]+@[^\s<>;"@:]+', text)
                    address = address.group(0) if address else text.strip('<>')
                    statuses = group.get_all('Status') or []
                    status = STATUS.findall(str(statuses[i])) if i < len(statuses) else []
                    if not status or status[0].endswith('.0.0'):
                        # A general status: what the reply says, or the text for people, is as right.
                        status = status + STATUS.findall(one.decode('latin-1').split('message/rfc822')[0].split('\n\n', 1)[-1])
                    found.append((address.lower(), set(status)))
    return found


def receiver_of(name):
    for receiver, domains in RECEIVERS:
        if any(name.lower().rstrip('.') == domain or name.lower().rstrip('.').endswith('.' + domain) for domain in domains):
            return receiver
    return None


def told_in(text):
    """The receiver whose server a text says it has talked to."""
    for match in TALKED_TO.findall(text):
        for host in match:
            if host and receiver_of(host):
                return receiver_of(host)
    return None


def answered(data, address):
    """The receiver behind an address of a bounce, by what the bounce says of the server, else by the address."""
    for one in split(data):
        if address.encode() not in one.lower():
            continue
        message = email.message_from_bytes(one)
        for part in message.walk():
            groups = part.get_payload() if part.get_content_type() in ('message/delivery-status', 'message/global-delivery-status') else None
            for group in groups if isinstance(groups, list) else []:
                finals = group.get_all('Final-Recipient') or group.get_all('Original-Recipient') or []
                for i, final in enumerate(finals):
                    if address not in str(final).lower():
                        continue
                    told = ['%s: %s' % (field, (group.get_all(field) or [])[i]) for field in ('Remote-MTA', 'Diagnostic-Code') if i < len(group.get_all(field) or [])]
                    receiver = told_in('\n'.join(told))
                    if receiver:
                        return receiver
        for part in message.walk():
            if part.get_content_maintype() == 'message':
                break
            if part.is_multipart() or part.get_content_maintype() not in ('text', 'multipart'):
                continue
            text = (part.get_payload(decode=True) or b'').decode('latin-1')
            receiver = told_in(COPY.split(text)[0])
            if receiver:
                return receiver
    return receiver_of(address.rpartition('@')[2]) or 'other'


def main():
    rows = [line.rstrip('\n').split('\t') for line in open(os.path.join(mail, 'index.tsv'), encoding='utf-8')][1:]
    labels = {}
    for line in open(labels_path, encoding='utf-8'):
        if not line.startswith('#'):
            path, recipients, status, how = line.rstrip('\n').split('\t')
            labels[path] = (set(filter(None, recipients.split(','))) - {'-'}, status, how)
    tars, data = {}, {}
    for path, label, *_ in rows:
        if label in ('template', 'torture'):
            continue
        if '.tar.gz:' in path:
            archive, name = path.split(':', 1)
            if archive not in tars:
                with tarfile.open(os.path.join(mail, archive)) as tar:
                    tars[archive] = {os.path.basename(m.name): tar.extractfile(m).read() for m in tar if m.isfile()}
            data[path] = (label, tars[archive][name])
        else:
            data[path] = (label, open(os.path.join(mail, path), 'rb').read())
    got = collections.defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        names = {}
        for i, (path, (_, content)) in enumerate(data.items()):
            name = os.path.join(folder, '%05d.eml' % i)
            names[name] = path
            with open(name, 'wb') as out:
                out.write(content)
        run = subprocess.run([presend, 'bounce', '--format', 'jsonl', folder], stdout=subprocess.PIPE, check=False)
        assert run.returncode in (0, 1), run.returncode
        for line in run.stdout.decode('utf-8').splitlines():
            entry = json.loads(line)
            got[names[entry['path']]].append(entry)

    table = collections.defaultdict(collections.Counter)
    false_alarms, wrong, wrong_receiver = [], [], []
    for path, (label, content) in data.items():
        entries = got[path]
        bounces = [e for e in entries if e['kind'] in ('dsn', 'transcript')]
        if label != 'bounce':
            if bounces and os.path.basename(path).split(':')[-1] not in MISLABELLED:
                false_alarms.append(path)
            continue
        source = path.split('/')[0]
        count = table[source]
        count['messages'] += 1
        count['recognised'] += any(e['kind'] != 'not-a-bounce' for e in entries)
        count['named'] += any(e['replies'] or e['block_list'] for e in bounces)
        reference = reports(content)
        if reference:
            wanted = {address for address, _ in reference}
            status_right = all(not statuses or any((e['recipient'] or '').lower() == address and (e['status'] in statuses) for e in bounces)
                               for address, statuses in reference)
        elif path in labels:
            wanted, status, _ = labels[path]
            status_right = status == '?' or all((e['status'] or '-') in status.split('|') for e in bounces)
        else:
            count['without answer'] += 1
            continue
        have = {(e['recipient'] or '').lower() for e in bounces} - {''}
        count['judged'] += 1
        count['recipients'] += have == {w.lower() for w in wanted}
        count['status'] += status_right
        count['both'] += have == {w.lower() for w in wanted} and status_right
        for entry in bounces:
            address = (entry['recipient'] or '').lower()
            if address not in {w.lower() for w in wanted}:
                continue
            receiver = answered(content, address)
            count['receivers'] += 1
            count['receiver right'] += entry['receiver'] == receiver
            count['known'] += receiver != 'other'
            count['known right'] += receiver != 'other' and entry['receiver'] == receiver
            if entry['receiver'] != receiver:
                wrong_receiver.append((path, address, receiver, entry['receiver'], entry['remote_mta'], entry['reply']))
        if have != {w.lower() for w in wanted} or not status_right:
            wrong.append((path, sorted(wanted), sorted(have), [e['status'] for e in bounces]))
    columns = ('messages', 'recognised', 'judged', 'recipients', 'status', 'both', 'receivers', 'receiver right', 'known', 'known right', 'named')
    total = collections.Counter()
    for count in table.values():
        total.update(count)
    print('%-42s ' % 'source' + ' '.join(columns))
    for source, count in sorted(table.items()) + [('all', total)]:
        print('%-42s ' % source + ' '.join('%*d' % (len(column), count[column]) for column in columns))
    for item in wrong:
        print('differs:', *item)
    for item in wrong_receiver:
        print('receiver differs:', *item)
    for path in false_alarms:
        print('not a bounce, but called one:', path)
    floors = (('recognised', 'messages', 0.98), ('judged', 'messages', 0.97), ('recipients', 'judged', 0.97), ('status', 'judged', 0.97), ('both', 'judged', 0.97),
              ('receiver right', 'receivers', 0.97), ('known right', 'known', 0.95))
    good = not false_alarms
    for what, of, floor in floors:
        if total[what] < floor * total[of]:
            print('too few: %s, %d of %d, at least %.0f %%' % (what, total[what], total[of], 100 * floor))
            good = False
    print('recipient and status right: %.1f %% of %d; receiver right: %.1f %% of %d, %d of %d known ones; %d other messages, %d called bounces' %
          (100 * total['both'] / total['judged'], total['judged'], 100 * total['receiver right'] / total['receivers'], total['receivers'],
           total['known right'], total['known'], sum(1 for label, _ in data.values() if label != 'bounce'), len(false_alarms)))
    return 0 if good else 1


sys.exit(main())
