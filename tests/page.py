#!/usr/bin/env python3
"""The HTML report: well-formed, made of the elements and attributes of our own and no others whatever a draft holds, true to the draft, the same bytes every time.

Usage: page.py PRESEND SCRATCH. Findings are compared with the JSON report, sources with the files."""
import base64
import hashlib
import html
import html.parser
import json
import os
import re
import subprocess
import sys
import time

import page_drafts

presend, scratch = sys.argv[1], sys.argv[2]
CLOCK = ["--isolated", "--now", "2026-11-24T00:00:30Z"]
ORIGIN = "http://127.0.0.1:9"
statements = 0


def fact(truth, *what):
    global statements
    statements += 1
    if not truth:
        raise AssertionError(" ".join(str(w)[:400] for w in what))


def run(*arguments, code=(0, 1)):
    env = {k: v for k, v in os.environ.items() if k not in ("LANG", "LC_MESSAGES")}
    env.update({"LC_ALL": "C.UTF-8", "NO_COLOR": "1"})
    done = subprocess.run([presend, *CLOCK, *arguments], env=env, stdin=subprocess.DEVNULL, capture_output=True)
    fact(done.returncode in code, arguments, "exit", done.returncode, done.stderr)
    return done.stdout


# --- the page as a browser reads it ----------------------------------------------------------------------------------------------

VOID = {"meta", "input", "br"}
ELEMENTS = set(
    "html head meta title style body a div span button main article header p h1 h2 h3 h4 h5 h6 ul ol li b nav section form fieldset legend label input q code pre mark small i dl dt dd details"
    " summary aside iframe table thead tbody tr th td caption figure figcaption svg rect polyline em br footer script noscript del ins".split()
)
ATTRIBUTES = set(
    "lang charset http-equiv content name class id href type hidden aria-labelledby aria-label aria-hidden tabindex value checked title rel target open start scope style width height rx viewbox role"
    " preserveaspectratio points sandbox loading referrerpolicy srcdoc data-srcdoc data-n data-sign".split()
)


class Page(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.stack, self.ids, self.jumps, self.places, self.frames, self.headings, self.lang = [], set(), [], [], [], [], None
        self.texts, self.script, self.policy, self.title, self.cells = [], "", "", "", 0
        self.feed(text)
        self.close()
        fact(not self.stack, "not closed:", self.stack)

    def handle_starttag(self, tag, attributes):
        names = [name for name, _ in attributes]
        fact(tag in ELEMENTS, "an element that is not ours:", tag, self.getpos())
        fact(set(names) <= ATTRIBUTES and len(names) == len(set(names)), "attributes that are not ours:", tag, attributes, self.getpos())
        a = dict(attributes)
        if "id" in a:
            fact(re.fullmatch(r"[a-z0-9-]+", a["id"]) and a["id"] not in self.ids, "an id twice:", a["id"])
            self.ids.add(a["id"])
        if "href" in a:
            fact(tag == "a" and re.match(r"#[a-z0-9-]+$|https?://", a["href"]) and ORIGIN not in a["href"], "a link that is not ours:", a["href"])
            if a["href"].startswith("#"):
                self.jumps.append(a["href"][1:])
            else:
                fact(a.get("target") == "_blank" and "noopener" in a.get("rel", ""), "a link that tells where it came from:", a)
        if "style" in a:
            fact(re.fullmatch(r"width:[0-9.]+%", a["style"]), "a style that is not ours:", a["style"])
        if "http-equiv" in a and a["http-equiv"] == "Content-Security-Policy":
            self.policy = a["content"]
        if tag == "html":
            self.lang = a["lang"]
        if tag == "iframe":
            self.frames.append(a)
        if "place" in a.get("class", "").split():
            self.places.append(a["id"])
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag == "button":
            fact(a.get("type") == "button", "a button that sends")
        if a.get("class") == "code":
            self.texts.append([])
        if "data-n" in a:
            self.texts[-1].append("")
        if tag not in VOID:
            self.stack.append(tag)

    def handle_endtag(self, tag):
        fact(self.stack and self.stack[-1] == tag, "ends out of order:", tag, self.stack[-3:], self.getpos())
        self.stack.pop()

    def handle_data(self, data):
        if self.stack and self.stack[-1] == "script":
            self.script += data
        elif self.stack and self.stack[-1] == "title":
            self.title += data
        elif "aside" in self.stack and self.stack[self.stack.index("aside"):].count("code") and self.texts and self.texts[-1]:
            self.texts[-1][-1] += data

    def handle_comment(self, data):
        fact(False, "a comment:", data)


HEAD = "<!DOCTYPE html><meta http-equiv=\"Content-Security-Policy\" content=\"img-src data:; default-src 'none'; style-src 'unsafe-inline'\">"
HARMFUL = re.compile(r"<(?=(?:link|meta|base|script|iframe|frame|frameset|object|embed|applet|portal|fencedframe))", re.I)


def look(data, language="en", several=False):
    text = data.decode("utf-8")
    # XML 1.0, section 2.2: nothing that could steer a terminal or is no character.
    fact(not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\ufffe\uffff]", re.sub(r' (?:data-)?srcdoc="[^"]*"', "", text)), "a control character")
    fact(not re.search("[\u202a-\u202e\u2066-\u2069]", re.sub(r' (?:data-)?srcdoc="[^"]*"', "", text)), "a control of direction")
    page = Page(text)
    fact(page.lang == language, "language", page.lang)
    for jump in page.jumps:
        fact(jump in page.ids, "leads nowhere:", jump)
    digest = base64.b64encode(hashlib.sha256(page.script.encode()).digest()).decode()
    fact("script-src 'sha256-" + digest + "'" in page.policy and "default-src 'none'" in page.policy, "the policy does not know the script")
    fact(page.headings and page.headings[0] == 1 and page.headings.count(1) == 1, "headings", page.headings[:5])
    for before, after in zip(page.headings, page.headings[1:]):
        fact(after <= before + 1, "a level of headings is left out:", before, after)
    for frame in page.frames:
        # Of several messages the script makes the frames, each once it is to be seen.
        fact(("srcdoc" in frame) != ("data-srcdoc" in frame) and ("data-srcdoc" in frame) == several, "a frame made too early, or never")
        mail = frame["data-srcdoc" if several else "srcdoc"]
        fact(frame.get("sandbox") == "" and mail.startswith(HEAD) and frame.get("title"), "a frame with rights")
        rest = mail[mail.index('<base target="_blank">') + 22:]
        fact(not HARMFUL.search(rest), "something that loads is left in the frame", HARMFUL.search(rest))
    return page


def both(path, *options):
    """The page, and the messages of the JSON report, of one run."""
    names = [os.path.join(scratch, "both." + kind) for kind in ("html", "json")]
    run("--format", "html=" + names[0], "--format", "json=" + names[1], *options, path)
    return open(names[0], "rb").read(), json.load(open(names[1], encoding="utf-8"))["messages"]


def compare(path, page, message):
    """Every finding has its place; the raw source is the file."""
    told = [i for i, f in enumerate(message["findings"]) if not f["suppressed"]]
    fact(sorted(page.places) == sorted(f"m0-f{i}" for i in told), path, "places of findings")
    raw = open(path, "rb").read()
    try:
        lines = re.split("\r\n|\n|\r", raw.decode())
    except UnicodeDecodeError:
        return
    if re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\xa0\u00ad\u0300-\u036f\u200b-\u206f\ufe00-\ufe0f\ufeff]", raw.decode()) or len(raw) > 200000 or re.search(b"Content-Type: image|base64", raw, re.I):
        return
    shown = [line.replace("\u25b8", "") for line in page.texts[-1]]
    while shown and not shown[-1]:
        shown.pop()
    while lines and not lines[-1]:
        lines.pop()
    fact(shown == lines, path, "the source is not the file", [x for x in zip(shown, lines) if x[0] != x[1]][:1])


def corpus():
    # An mbox has several messages, and so an index.
    paths = [os.path.join("corpus", folder, name) for folder in ("good", "bad", "broken", "templates") for name in sorted(os.listdir(os.path.join("corpus", folder))) if re.search(r"\.(eml|html|j2)$", name)]
    # All of them where there is time (check-full), else some.
    paths = paths if os.environ.get("ALL") else paths[::4]
    for i, path in enumerate(paths):
        language = "ja" if i % 3 == 0 else "en"
        data, messages = both(path, "--lang", language)
        page = look(data, language, len(messages) != 1)
        if len(messages) == 1:
            compare(path, page, messages[0])
        if i % 10 == 0:
            fact(run("--format", "html", "--lang", language, "--jobs", "2", path) == data, path, "other bytes the second time")
    return len(paths)


def hostile():
    folder = os.path.join(scratch, "hostile")
    os.makedirs(folder)
    for name, data in page_drafts.drafts(ORIGIN).items():
        path = os.path.join(folder, name)
        open(path, "wb").write(data)
        for language in ("en", "ja"):
            data, messages = both(path, "--lang", language)
            page = look(data, language, len(messages) != 1)
            compare(path, page, messages[0])
        # What is in the frame is the draft, but for the names of a few elements.
        if name in (page_drafts.NAME, "page.html"):
            frame = page.frames[0]["srcdoc"]
            fact(frame.endswith(HARMFUL.sub("<x-", page_drafts.html(ORIGIN))), name, "the frame does not hold the draft")
    # Of the pictures that a mail carries only those that are pictures by their bytes.
    data = run("--format", "html", os.path.join(folder, "related.eml")).decode()
    dot = "data:image/gif;base64," + base64.b64encode(page_drafts.GIF.encode("latin-1")).decode()
    fact(look(data.encode()).frames[0]["srcdoc"].count("data:") == 2 and dot in html.unescape(data) and "(cid:) that are not shown here: 2." in data, "pictures of the mail")
    page = look(run("--format", "html", folder), several=True)
    fact(len(page.frames) >= 4, "frames of a folder", len(page.frames))
    # A file name is the user's, and may be anything.
    look(run("--format", "html", os.path.join(folder, "no<script>.eml"), folder, code=(2,)), several=True)


RULE = """id: WORD
requirements: []
severity: warning
confidence: certain
title: {en: A WORD, ja: WORD}
why: {en: A fruit., ja: 果物です。}
message: {en: "a {excerpt}", ja: "{excerpt} です"}
help: {en: Eat it., ja: 食べてください。}
sources: [{name: "House style"}]
match: {on: text, phrase: [WORD]}
examples:
  - fail: {text: "A WORD\\n"}
    hit: WORD
  - pass: {text: "A pear\\n"}
"""


def limits():
    # 20 MB with a finding in the middle, and 1,000 findings: pages stay small and are made in a moment.
    head = b"From: a@example.com\r\nTo: b@example.com\r\nSubject: x\r\nDate: Tue, 24 Nov 2026 00:00:00 +0000\r\nMessage-ID: <1@example.com>\r\nMIME-Version: 1.0\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
    line = b"<p>Words that say nothing at all, again and again and again.</p>\r\n"
    path = os.path.join(scratch, "huge.eml")
    open(path, "wb").write(head + line * 20000 + b"<p>{{ first_name }} <script>x</script></p>\r\n" + line * 20000)
    data = run("--format", "html", path)
    page = look(data)
    fact(len(data) < 1500000, "a page of", len(data))
    fact("bytes are not shown here" in data.decode() and "are shown." in data.decode(), "what is left out is not said")
    fact(all(jump in page.ids for jump in page.jumps), "a jump leads nowhere")
    rules = os.path.join(scratch, "rules")
    os.makedirs(rules)
    words = "apple banana cherry damson elder fennel ginger hazel iris juniper".split()
    for word in words:
        open(os.path.join(rules, word + ".yaml"), "w").write(RULE.replace("WORD", word))
    open(path, "wb").write(head + b"".join(b"<p>%s and %s.</p>\r\n" % (a.encode(), b.encode()) for _ in range(24) for a in words for b in words if a != b))
    before = time.monotonic()
    data = run("--format", "html", "--rules", rules, path)
    spent = time.monotonic() - before
    page = look(data)
    fact(len(page.places) >= 1000 and len(data) < 4000000, "findings", len(page.places), len(data))
    fact(spent < 20, "took", spent)


def folder():
    path, full = os.path.join(scratch, "issues"), 12 * 1024 * 1024
    os.makedirs(path)
    for i in range(104):
        open(os.path.join(path, f"{i:03}.eml"), "w").write(
            f"From: a@example.com\nTo: b@example.com\nSubject: Issue {i}\nDate: {1 + i % 28} Nov 2026 00:00:00 +0000\nMessage-ID: <{i}@example.com>\n\nWords of issue {i}.\n" + "More of it.\n" * i
        )
    data = run("--format", "html", path)
    page, text = look(data, several=True), data.decode()
    # limits.h: LIMIT_PAGE_MESSAGES
    fact(text.count("<article class=\"message\"") == 100 and "first 100 messages are shown in full" in text, "messages shown in full")
    fact(all(f"Issue {i}<" in text for i in range(104)) and text.count("<polyline points") == 4, "the list and the charts")
    fact(text.count('<svg viewBox="0 0 300 80" role="img"') == text.count("<title>first "), "a chart without words")
    fact(data == run("--format", "html", "--jobs", "2", path), "other bytes with other threads")
    fact(text.count('id="requirements"') == 1 and page.jumps.count("requirements") >= 200, "what the ids of the sheets stand for")
    # limits.h: LIMIT_PAGE_BYTES
    long = os.path.join(scratch, "long")
    os.makedirs(long)
    for i in range(40):
        open(os.path.join(long, f"{i:02}.eml"), "w").write("From: a@example.com\nSubject: Long\nMIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n\n" + "<p>Words of it.</p>\n" * 26000)
    text = run("--format", "html", long).decode()
    shown = text.count('<article class="message"')
    fact(full < len(text) < full + 3000000 and 4 < shown < 40 and f"first {shown} messages are shown in full" in text and text.count("<td class=\"date\">") == 80, "a page of", len(text), shown)
    empty = os.path.join(scratch, "empty")
    os.makedirs(empty)
    fact(b"No message to check." in run("--format", "html", empty), "an empty folder")
    look(run("--format", "html", empty), several=True)


# --- colours ---------------------------------------------------------------------------------------------------------------------

def luminance(colour):
    digits = colour[1:] if len(colour) == 7 else "".join(2 * c for c in colour[1:])
    parts = [int(digits[i:i + 2], 16) / 255 for i in (0, 2, 4)]
    r, g, b = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def contrasts():
    """WCAG 2.1, 1.4.3: 4.5 at least."""
    style = open("lint/report/page.css", encoding="utf-8").read()
    blocks = [dict(re.findall(r"--([a-z-]+): (#[0-9a-f]+)", block)) for block in re.findall(r"\{([^{}]*--ground:[^{}]*--ink[^{}]*)\}", style)]
    fact(len(blocks) == 3 and blocks[1] == blocks[2], "light, dark, and dark by choice", len(blocks))
    for colours in blocks:
        pairs = [(ink, ground) for ink in ("ink", "soft", "link") for ground in ("ground", "paper", "code")]
        pairs += [(s, g) for s in "ewig" for g in (s + "-soft", "paper")] + [("mark-ink", "mark")] + [("ink", s + "-soft") for s in "ewig"] + [("e", "ground"), ("w", "ground"), ("i", "ground"), ("soft", "i-soft")]
        for ink, ground in pairs:
            a, b = sorted((luminance(colours[ink]), luminance(colours[ground])))
            fact((b + 0.05) / (a + 0.05) >= 4.5, ink, "on", ground, round((b + 0.05) / (a + 0.05), 2))


n = corpus()
hostile()
limits()
folder()
contrasts()
print(f"page: {statements} statements about the pages of {n} drafts of corpus/, hostile, huge and many ones")
