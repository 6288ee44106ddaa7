"""Holds fixed files against what they were. Arguments: the folder of tests/fix_mail.sh.

What may differ is what the report before said: the rules whose findings had a fix. All else must be there, byte for byte once decoded, in the same order:
the fields, the parts, and of an HTML part every tag, text and comment."""
import collections
import email
import email.errors
import email.message
import html.parser
import json
import os
import quopri
import re
import sys

# The attribute that a rule may write, and which values.
ATTRIBUTES = {
    "html-language": ("lang", rb"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*"),
    "html-direction-missing": ("dir", rb"rtl"),
    "table-role-missing": ("role", rb"presentation"),
    "pixel-alt-missing": ("alt", rb""),
}
# The elements that may get it; any where none is named.
ELEMENTS = {"dir": ("html", "body"), "role": ("table",), "alt": ("img",)}
# The field that a rule may add.
# Findings that come of a fix and are true: a signature is broken by what is changed, files are looked at beside each other, and the address of a mailing
# list, written out, is a way to leave it in a text part, but none in HTML.
EXPECTED = {"dkim-body-changed", "unsubscribe-uri-shared", "unsubscribe-link-missing-in-part"}
FIELDS = {"mime-version-missing": ("mime-version", "1.0"), "unsubscribe-header-missing": ("list-unsubscribe-post", "List-Unsubscribe=One-Click")}


class Tokens(html.parser.HTMLParser):
    """The source cut into start tags and what lies between them."""

    def __init__(self, content):
        super().__init__(convert_charrefs=False)
        self.starts, self.offsets = [], [0]
        text = content.decode("latin-1")
        for line in re.finditer("\n", text):
            self.offsets.append(line.end())
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        line, column = self.getpos()
        at = self.offsets[line - 1] + column
        self.starts.append((at, at + len(self.get_starttag_text())))

    handle_startendtag = handle_starttag


def pieces(content):
    """Start tags and what lies between them, in turn: the odd ones are tags."""
    out, end = [], 0
    for start, stop in Tokens(content).starts:
        out += [content[end:start], content[start:stop]]
        end = stop
    return out + [content[end:]]


def tag_fault(before, after, allowed):
    """None where the tag is the old one with attributes added or mended, as allowed; else what is wrong."""
    if before == after:
        return None
    name = re.match(rb"<[^\s/>]+", before).group()
    element = name[1:].decode("latin-1").lower()
    # The new attributes stand behind the name; a line end parts them where lines would be too long.
    added = re.match(re.escape(name) + rb"((?:(?: |\r\n|\n|\r)[a-z]+=\"[^\"]*\")+)" + re.escape(before[len(name):]) + rb"$", after, re.S)
    if added:
        written = re.findall(rb"\s([a-z]+)=\"([^\"]*)\"", added.group(1))
    else:
        # lang was there, but wrong: its value alone is new.
        old = re.compile(rb"""\slang(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>"'/]+))?(?=[\s/>])""", re.I)
        new = re.search(rb"""\slang\s*=\s*["']?([A-Za-z0-9-]+)""", after, re.I)
        if not new or old.sub(b"", before, count=1) != old.sub(b"", after, count=1):
            return "the tag is another one"
        written = [(b"lang", new.group(1))]
    for attribute, value in written:
        word = attribute.decode()
        if word not in allowed or not re.fullmatch(allowed[word], value):
            return f"{word}={value} was not told"
        if element not in ELEMENTS.get(word, (element,)):
            return f"{word} at {element}"
        if added and re.search(rb"\s" + attribute + rb"\s*=", re.sub(rb"\"[^\"]*\"|'[^']*'", b"", before), re.I):
            return f"{word} is there twice"
    return None


def html_fault(before, after, allowed):
    if before == after:
        return None
    old, new = pieces(before), pieces(after)
    if len(old) != len(new):
        return f"{len(old) // 2} tags became {len(new) // 2}"
    for i, (a, b) in enumerate(zip(old, new)):
        fault = tag_fault(a, b, allowed) if i % 2 else None if a == b else "what lies between tags"
        if fault:
            return f"{fault}: {a[:80]!r}, {b[:120]!r}"
    return None


def leaves(message):
    return [p for p in message.walk() if not p.is_multipart()]


def content(part):
    # Line ends in front of a boundary may belong to it.
    if (part.get("content-transfer-encoding") or "").strip().lower() == "quoted-printable":
        # RFC 2045, section 6.7, rule (3): white space at the end of a line is no content; the library keeps it.
        raw = part.get_payload().encode("ascii", "surrogateescape")
        return quopri.decodestring(re.sub(rb"[ \t]+(?=\r?\n|\r|\Z)", b"", raw)).rstrip(b"\r\n")
    return (part.get_payload(decode=True) or b"").rstrip(b"\r\n")


def fields(part):
    return [(name.lower(), str(value)) for name, value in part.items()]


def is_new_text(part):
    return part.get_content_type() == "text/plain" and not part.get_filename() and len(content(part).strip()) > 0


def mail_fault(before, after, rules, allowed):
    added = collections.Counter(fields(after)) - collections.Counter(fields(before))
    gone = collections.Counter(fields(before)) - collections.Counter(fields(after))
    may_move = "text-part-missing" in rules
    for name, value in list(added) + list(gone):
        if not (may_move and name.startswith("content-")) and ((name, value) in gone or (name, value) not in [FIELDS.get(r) for r in rules]):
            return f"field {name}: {value!r}"
    old, new = leaves(before), leaves(after)
    extra = len(new) - len(old)
    if extra not in ((0, 1) if may_move else (0,)):
        return f"{len(old)} parts became {len(new)}"
    i = 0
    for part in new:
        fault = "there are fewer parts"
        if i < len(old):
            same = html_fault if old[i].get_content_type() == "text/html" else lambda a, b, _: None if a == b else "it is another text"
            fault = "it is of another type" if old[i].get_content_type() != part.get_content_type() else same(content(old[i]), content(part), allowed)
            if not fault and fields(old[i]) != fields(part) and not (may_move and len(old) == 1):
                if part is not after or old[i] is not before:
                    fault = "its fields are others"
        if not fault:
            i += 1
        elif extra and is_new_text(part):
            extra = 0
        else:
            return f"part {i + 1}: {fault}"
    return None


def messages_of(data, n):
    """The n messages that presend found; None where they cannot be told apart here, too."""
    data = data.removeprefix(b"\xef\xbb\xbf")
    if data.startswith(b"From "):
        starts = [m.end() for m in re.finditer(rb"(?:\A|\n\r?\n)From [^\n]*\n", data)]
        ends = [m.start() for m in re.finditer(rb"\n\r?\nFrom [^\n]*\n", data)] + [len(data)]
        found = [data[a:b + 1] for a, b in zip(starts, ends)] if n > 1 else [data[starts[0]:]]
    else:
        found = [data]
    parsed = [email.message_from_bytes(d) for d in found]
    # The standard library takes fields behind such a line for text.
    odd = any(isinstance(d, email.errors.MissingHeaderBodySeparatorDefect) for m in parsed for p in m.walk() for d in p.defects)
    return None if odd or len(parsed) != n else parsed


def reports(path):
    out = {}
    for line in open(path, encoding="utf-8"):
        message = json.loads(line)
        if "path" in message:
            out.setdefault(os.path.basename(message["path"]), []).append(message)
    return out


def loud(messages):
    # Of places that a message counts there are more, then, too.
    return collections.Counter((f["rule"], re.sub(r"\d+", "#", f["message"])) for m in messages for f in m["findings"] if f["severity"] in ("warning", "error"))


def main(folder):
    before_reports, after_reports = reports(folder + "/told"), reports(folder + "/out")
    bad = compared = templates = 0
    left_out = 0
    for name in open(folder + "/changed").read().splitlines():
        before, after = (open(f"{folder}/{d}/{name}", "rb").read() for d in ("before", "after"))
        rules = {f["rule"] for m in before_reports[name] for f in m["findings"] if f["fix"]}
        allowed = {ATTRIBUTES[r][0]: ATTRIBUTES[r][1] for r in rules if r in ATTRIBUTES}
        if before_reports[name][0]["kind"] == "template":
            templates += 1
            fault = html_fault(before, after, allowed)
        else:
            n = len(before_reports[name])
            old, new = messages_of(before, n), messages_of(after, n)
            if not old:
                left_out += 1
                continue
            faults = [mail_fault(a, b, rules, allowed) for a, b in zip(old, new)] if new else ["it is no longer that many messages"]
            fault = next((f for f in faults if f), None)
        compared += 1
        if fault:
            print(f"fix_mail: {name}: {fault}")
            bad = 1
    if not compared:
        print("fix_mail: no fixed file could be compared")
        bad = 1

    # A fix must not make a finding that was not there.
    new = {}
    for name, messages in after_reports.items():
        old, now = loud(before_reports.get(name, [])), loud(messages)
        # A text part made of the HTML says what the HTML says, and its faults again.
        has_text = any(f["rule"] == "text-part-missing" and f["fix"] for m in before_reports.get(name, []) for f in m["findings"])
        rules_before = {rule for rule, _ in old}
        for rule, message in (now - old):
            if rule in EXPECTED or (has_text and rule in rules_before):
                continue
            new.setdefault(rule, []).append(f"{name}: {message}")
            bad = 1
    for rule, where in new.items():
        print(f"fix_mail: {rule} in {len(where)} files after the fix, not before, such as {where[0]}")
    print(f"{compared} fixed files compared, {templates} of them templates; {left_out} left out as broken")
    sys.exit(bad)


main(sys.argv[1])
