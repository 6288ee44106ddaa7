"""Holds fixed files against what they were. Arguments: the folder of tests/fix_mail.sh.

What may differ is what the report before said: the rules whose findings had a fix. All else must be there, byte for byte once decoded, in the same order:
the fields, the parts, and of an HTML part every tag, text and comment."""
import collections
import email
import email.errors
import email.header
import email.message
import html.parser
import json
import os
import pathlib
import quopri
import re
import sys
import unicodedata

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
    """The bytes of a part as it is read, with one kind of line end. Line ends in front of a boundary may belong to it."""
    if (part.get("content-transfer-encoding") or "").strip().lower() == "quoted-printable":
        # RFC 2045, section 6.7, rule (3): white space at the end of a line is no content; the library keeps it.
        raw = part._payload.encode("ascii", "surrogateescape")  # get_payload() decodes the bytes that are not encoded
        found = quopri.decodestring(re.sub(rb"[ \t]+(?=\r?\n|\r|\Z)", b"", raw))
    else:
        found = part.get_payload(decode=True) or b""
    return found.replace(b"\r\n", b"\n").rstrip(b"\r\n")


def jis(data):
    """ISO-2022-JP with the rows that its codecs leave out, by way of Shift_JIS (JIS X 0208:1997, annex 1)."""
    out = ""
    for escape, run in re.findall(rb"(\x1b[$(][@BJ])?([^\x1b]*|\x1b)", data):
        if not escape.startswith(b"\x1b$"):
            out += run.decode("latin-1")
            continue
        pairs = bytearray()
        for high, low in zip(run[::2], run[1::2]):
            pairs += bytes([((high + 1) >> 1) + (0x70 if high < 0x5F else 0xB0), low + (0x1F if low < 0x60 else 0x20) if high & 1 else low + 0x7E])
        out += bytes(pairs).decode("cp932", "replace")
    return out


def text(data, charset):
    if charset == "iso-2022-jp":
        # A set lasts to the next escape, over the end of a line in what is malformed.
        return jis(data)
    charset = {"shift_jis": "cp932", "x-sjis": "cp932", "windows-31j": "cp932", "gb2312": "gb18030"}.get(charset, charset)
    try:
        return data.decode(charset, "replace")
    except LookupError:
        return data.decode("latin-1")


def charset_of(part):
    try:
        return part.get_content_charset() or "us-ascii"
    except (LookupError, UnicodeError, ValueError):
        return "us-ascii"


def reading(string, rules):
    """A text without what the rules may change in it."""
    if "html-zero-width" in rules:
        string = re.sub("&#(?:82(?:0[3-7]|8[89]|9[0-2])|65279|173);|&#x(?:200[b-f]|206[0-4]|feff|ad);|&(?:zwnj|zwj|lrm|rlm|shy);|[\u200b-\u200f\u2060-\u2064\ufeff\u00ad]", "", string, flags=re.I)
    if "body-control-character" in rules:
        string = re.sub("[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]", "", string)
    if "machine-dependent-character" in rules:
        # What the signs are made of is the same: (1) for the circled 1, No. for its sign.
        string = re.sub("[().\\s]", "", unicodedata.normalize("NFKC", string))
    if "meta-charset-mismatch" in rules or "charset-legacy" in rules:
        string = re.sub(r"(?i)charset=[^;>]*", "charset=", string)
    return string


def fields(part):
    return [(name.lower(), str(value)) for name, value in part.items()]


def is_new_text(part):
    return part.get_content_type() == "text/plain" and not part.get_filename() and len(content(part).strip()) > 0


def said(value, rules):
    """A value as a reader gets it, blanks aside."""
    try:
        # Not make_header(): its ISO-2022-JP lacks the rows of jis().
        value = "".join(v if isinstance(v, str) else text(v, (c or "latin-1").lower()) for v, c in email.header.decode_header(value))
    except (LookupError, UnicodeError, ValueError, email.errors.HeaderParseError):
        pass
    return re.sub(r"\s", "", reading(value, rules & {"machine-dependent-character"}))


# The rules that may change the fields of parts that say how the body is sent, and the bytes of bodies, not what they say.
CHARSETS = {"charset-missing", "charset-undecodable", "charset-unknown", "charset-label", "charset-legacy"}
TRANSFERS = CHARSETS | {"line-too-long", "line-fragile", "eight-bit-transfer", "eight-bit-in-seven-bit", "base64-ascii-text", "jis-transfer-encoded",
                        "transfer-encoding-unknown", "text-part-missing"}
# Folders of rules about fields.
HEADER_FOLDERS = ("header", "identity", "encoded-word", "list", "auth")
HEADER_RULES = re.compile("subject-|parameter-|file-name-|content-|mime-version|part-|priority|ignore-|url-in-subject|old-ad|test-subject")
FOLDER = {f.stem: f.parent.name for f in pathlib.Path("rules.d").glob("*/*.yaml")}


def about_fields(rule):
    return FOLDER.get(rule) in HEADER_FOLDERS or HEADER_RULES.match(rule)


def part_fields_fault(old, new, rules):
    if old.get_content_type() != new.get_content_type():
        return "it is of another type"
    for name in ("content-type", "content-transfer-encoding"):
        a, b = re.sub(r"\s", "", str(old.get(name, ""))), re.sub(r"\s", "", str(new.get(name, "")))
        if name == "content-type" and rules & (CHARSETS | {"text-part-missing"}):
            # A part without the field is text/plain (RFC 2045, section 5.2).
            a, b = (re.sub(r"(?i);?charset=[^;]*", "", v) or "text/plain" for v in (a, b))
        if a != b and not (name == "content-transfer-encoding" and rules & TRANSFERS) and not any(map(about_fields, rules)):
            return f"{name} is {b!r}, was {a!r}"
    return None


def body_fault(old, new, rules, allowed):
    a, b = content(old), content(new)
    if a == b:
        return None
    if "base64-malformed" in rules and b.startswith(a):
        return None
    # An empty line in the header made fields of it a text.
    if "header-block-broken" in rules and a.endswith(b):
        return None
    one, other = reading(text(a, charset_of(old)), rules), reading(text(b, charset_of(new)), rules)
    if rules & CHARSETS:
        # The label was wrong, or the text moved to UTF-8: what was said is what the bytes say in the charset that they are in.
        one = next((t for t in (reading(text(a, c), rules) for c in (charset_of(new), "cp932", "euc_jp", "utf-8", "iso-2022-jp")) if t == other), one)
    if "jis-redundant-escape" in rules and one != other and re.sub(rb"\x1b[$(][@BJ]", b"", a) == re.sub(rb"\x1b[$(][@BJ]", b"", b):
        return None
    if one == other:
        return None
    if old.get_content_type() == "text/html":
        return html_fault(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"), allowed)
    at = next((i for i, (x, y) in enumerate(zip(one, other)) if x != y), min(len(one), len(other)))
    return f"it is another text: {one[at:at + 40]!r}, {other[at:at + 40]!r}"


def mail_fault(before, after, rules, allowed):
    added = collections.Counter(fields(after)) - collections.Counter(fields(before))
    gone = collections.Counter(fields(before)) - collections.Counter(fields(after))
    may_move = "text-part-missing" in rules
    kept = {(name, said(value, rules)) for name, value in gone}
    for name, value in list(added) + list(gone):
        if name.startswith("content-") and (may_move or not before.is_multipart()):
            continue
        if (name, value) in [FIELDS.get(r) for r in rules] or any(map(about_fields, rules)):
            continue
        if (name, value) in added and (name, said(value, rules)) in kept:
            continue
        if name == "mime-version" and rules & TRANSFERS:
            continue
        if (name, value) in gone and (name, said(value, rules)) in {(n, said(v, rules)) for n, v in added}:
            continue
        return f"field {name}: {value!r}"
    old, new = leaves(before), leaves(after)
    if "alternative-order" in rules and len(old) == len(new):
        old.sort(key=lambda p: p.get_content_type())
        new.sort(key=lambda p: p.get_content_type())
    extra = len(new) - len(old)
    if extra not in ((0, 1) if may_move else (0,)):
        return f"{len(old)} parts became {len(new)}"
    i = 0
    for part in new:
        fault = "there are fewer parts"
        if i < len(old):
            fault = part_fields_fault(old[i], part, rules) or body_fault(old[i], part, rules, allowed)
        if fault and may_move and i < len(old) and not content(old[i]).decode("utf-8", "replace").strip() and is_new_text(part):
            fault = None
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
    fired = collections.Counter()
    for name in open(folder + "/changed").read().splitlines():
        before, after = (open(f"{folder}/{d}/{name}", "rb").read() for d in ("before", "after"))
        rules = {f["rule"] for m in before_reports[name] for f in m["findings"] if f["fix"]}
        fired.update(rules)
        # What stood in its way may be mended first.
        rules |= {f["rule"] for m in before_reports[name] for f in m["findings"] if f["rule"] == "text-part-missing"}
        # A charset that is known brings other fixes in the next round.
        rules |= {"eight-bit-in-seven-bit", "meta-charset-mismatch"} if rules & CHARSETS else set()
        allowed = {ATTRIBUTES[r][0]: ATTRIBUTES[r][1] for r in rules if r in ATTRIBUTES}
        if before_reports[name][0]["kind"] == "template":
            templates += 1
            # A template may have fields in front.
            headed = any(map(about_fields, rules)) or "tag-in-encoded-word" in rules
            one, other = (re.split(rb"\r?\n\r?\n", d, maxsplit=1)[-1] if headed else d for d in (before, after))
            fault = html_fault(one, other, allowed)
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
        has_text = any(f["rule"] == "text-part-missing" for m in before_reports.get(name, []) for f in m["findings"])
        rules_before = {rule for rule, _ in old}
        for rule, message in (now - old):
            # What was not decoded rightly was not judged; of a boundary the gravest fault is told.
            if rule in EXPECTED or (has_text and rule in rules_before) or (rule == "charset-undecodable" and "quoted-printable-malformed" in rules_before) or \
                    (rule == "boundary-broken" and rule in rules_before):
                continue
            new.setdefault(rule, []).append(f"{name}: {message}")
            bad = 1
    for rule, where in new.items():
        print(f"fix_mail: {rule} in {len(where)} files after the fix, not before, such as {where[0]}")
    for rule, n in sorted(fired.items()):
        print(f"{n:6} {rule}")
    print(f"{compared} fixed files compared, {templates} of them templates; {left_out} left out as broken")
    sys.exit(bad)


main(sys.argv[1])
