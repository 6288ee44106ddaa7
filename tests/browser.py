#!/usr/bin/env python3
"""The HTML report in a headless Chromium: drafts that try to run a script, to load something or to lead away do nothing, and what the page offers works.

Usage: browser.py PRESEND SCRATCH. A server of this test on the loopback address counts what reaches it. That it would be reached is shown with the same drafts
outside of the report."""
import html
import http.server
import os
import re
import subprocess
import sys
import threading
import time

import page_drafts
from devtools import Chromium

presend, scratch = sys.argv[1], sys.argv[2]
statements = 0
reached = []


def fact(truth, *what):
    global statements
    statements += 1
    if not truth:
        raise AssertionError(" ".join(str(w)[:600] for w in what))


class Server(http.server.ThreadingHTTPServer):
    def get_request(self):
        connection = super().get_request()
        reached.append("connection")
        return connection


PIXEL = page_drafts.GIF.encode("latin-1")


class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        reached.append(self.path)
        self.send_response(200)
        self.send_header("Content-Type", "image/gif")
        self.send_header("Content-Length", str(len(PIXEL)))
        self.end_headers()
        self.wfile.write(PIXEL)

    do_POST = do_GET

    def log_message(self, *_):
        pass


def report(path, *options, language="en"):
    out = os.path.join(scratch, "report.html")
    done = subprocess.run([presend, "--isolated", "--now", "2026-11-24T00:00:30Z", "--lang", language, "--format", "html=" + out, *options, path], capture_output=True)
    fact(done.returncode in (0, 1), done.stderr)
    return out


def asked():
    """What was asked for since the last time, connections apart."""
    paths = sorted(set(reached))
    reached.clear()
    return paths


def quiet(what, seconds=0.5):
    """Nothing of a page happens any more; and the server was not reached."""
    time.sleep(seconds)
    fact(asked() == [], what, "something was asked for")


server = Server(("127.0.0.1", 0), Answer)
threading.Thread(target=server.serve_forever, daemon=True).start()
origin = f"http://127.0.0.1:{server.server_port}"
folder = os.path.join(scratch, "drafts")
os.makedirs(folder)
for name, data in page_drafts.drafts(origin).items():
    open(os.path.join(folder, name), "wb").write(data)
browser = Chromium(os.path.join(scratch, "profile"))


def naked():
    """The drafts are as hostile as they should be: opened as they are, they own the title and reach the server."""
    path = os.path.join(scratch, "naked.html")
    open(path, "w").write(page_drafts.html(origin).replace('<meta http-equiv="refresh"', '<meta name="no"'))
    browser.open(path)
    fact(browser.until("document.title === 'owned'"), "the drafts are harmless anyway")
    time.sleep(1)
    met = asked()
    fact(all(name in met for name in ("/pixel.gif", "/sheet.css", "/import.css", "/script.js")), "the drafts are harmless anyway:", met)


def hostile():
    """In the report they do nothing."""
    for name in sorted(os.listdir(folder)):
        path = report(os.path.join(folder, name))
        title = html.unescape(re.search("<title>(.*?)</title>", open(path, encoding="utf-8").read()).group(1))
        browser.open(path, height=9000)
        quiet(name)
        fact(browser.run("document.title") == title, name, "the title is another:", browser.run("document.title"))
        # Our own script did run, and no element came of a draft.
        fact(browser.run("!document.querySelector('.filters').hidden"), name, "the script of the page did not run")
        fact(browser.run("document.scripts.length") == 1 and browser.run("document.querySelectorAll('img, form:not(.filters), object, embed, link, base, video, audio').length") == 0, name, "elements of the draft")
        fact(browser.run("location.href") == "file://" + path, name, "the page is another")


def unfolded():
    """Of a folder the frames are made one by one; then they do nothing either."""
    path = report(folder)
    browser.open(path, height=9000)
    fact(browser.run("document.querySelectorAll('iframe').length") >= 4 and browser.run("document.querySelectorAll('iframe[srcdoc]').length") == 0, "frames made too early")
    quiet("a folder")
    browser.run("document.querySelectorAll('.fold').forEach(f => f.open = true)")
    fact(browser.until("document.querySelectorAll('iframe[srcdoc]').length === document.querySelectorAll('iframe').length"), "frames that were not made")
    quiet("a folder, unfolded", 1)
    fact(browser.run("document.title").startswith(f"{len(os.listdir(folder))} messages"), "the title is another:", browser.run("document.title"))


def many():
    """A long folder opens in a few seconds, also on a machine that does other things."""
    path = report("corpus")
    before = time.monotonic()
    browser.open(path)
    spent = time.monotonic() - before
    fact(os.path.getsize(path) < 4000000 and browser.run("document.getElementsByTagName('*').length") < 80000 and browser.run("document.querySelectorAll('iframe[srcdoc]').length") == 0, "the page of a folder is too much")
    fact(spent < 60, "the page of a folder took", spent)


def images():
    """Images that were asked for, and nothing but images."""
    browser.open(report(os.path.join(folder, page_drafts.NAME)), height=9000)
    quiet("before images are asked for")
    browser.run("document.querySelector('.images').click()")
    time.sleep(2)
    met = [m for m in asked() if m != "connection"]
    pictures = {"/pixel.gif", "/set.png", "/set2.png", "/source.png", "/ground.png", "/body.png", "/table.png", "/cell.png", "/after.png", "/cursor.png", "/image.svg", "/poster.png"}
    fact("/pixel.gif" in met and set(met) <= pictures, "images asked for:", met)


def leads_nowhere():
    """A click on a link that lies over all of the mail and wants to lead the whole page away."""
    path = report(os.path.join(folder, page_drafts.NAME))
    browser.open(path)
    browser.run("document.querySelector('iframe').scrollIntoView({block: 'center'})")
    time.sleep(1)
    x, y = browser.run("(r => [r.left + r.width / 2, r.top + r.height / 2])(document.querySelector('iframe').getBoundingClientRect())")
    fact(browser.run(f"document.elementFromPoint({x}, {y}).tagName") == "IFRAME" and browser.run("document.elementFromPoint(200, 5).tagName") != "IFRAME", "the frame is not where it should be")
    asked()  # what the images of the test before were late with
    browser.click(x, y)
    time.sleep(1)
    pages = [t for t in browser.call("Target.getTargets")["targetInfos"] if t["type"] == "page"]
    fact(browser.run("location.href") == "file://" + path, "a click leads away", browser.run("location.href"))
    met = asked()
    fact(met == [], "a click asks for", met)
    fact(len([t for t in pages if t["url"] != "about:blank"]) == 1, "a click leads away", pages)


def works():
    """Keys, filters, widths, dark and light, the other source, the copy of a fix; by the keyboard alone."""
    draft = os.path.join(scratch, "works.eml")
    open(draft, "w").write(
        "From: News <news@example.org>\nTo: a@example.org\nSubject: Winter {{ name }}\nDate: Tue, 24 Nov 2026 00:00:00 +0000\nMessage-ID: <1@example.org>\nContent-Type: text/html; charset=utf-8\n"
        "Content-Transfer-Encoding: quoted-printable\n\n<html><head><title>t</title></head><body><p>Words of the winter market =C3=A9, which opens on Saturday.</p>\n"
        "<img src=3D\"http://www.example.org/a.png\"></body></html>\n")
    browser.open(report(draft))
    shown = "[...document.querySelectorAll('.place')].filter(p => p.checkVisibility()).length"
    told = "document.querySelector('.found').textContent"
    total = browser.run(shown)
    fact(total >= 4 and browser.run(told) == f"{total} / {total} findings shown", "findings", total, browser.run(told))
    # Tab: the skip link is first and can be seen; it leads to the findings.
    browser.key("Tab")
    fact(browser.run("document.activeElement.className") == "skip" and browser.run("document.activeElement.getBoundingClientRect().left >= 0"), "the skip link")
    browser.key("Enter")
    fact(browser.until("location.hash === '#m0-findings'"), "the skip link leads nowhere")
    browser.run("document.body.tabIndex = -1, document.body.focus()")
    seen = []
    for _ in range(12):
        browser.key("Tab")
        seen.append(browser.run("(e => e.tagName + '.' + e.className + '.' + (e.type || ''))(document.activeElement)"))
        style = browser.run("(s => s.outlineStyle + ' ' + s.outlineWidth)(getComputedStyle(document.activeElement))")
        fact(style == "solid 3px", "the focus is not to be seen:", seen[-1], style)
    fact("INPUT..checkbox" in seen and "INPUT..search" in seen or "BUTTON.theme.button" in seen, "the order of Tab", seen)
    # j and k.
    browser.run("document.activeElement.blur()")
    now = "(p => p && p.id)(document.querySelector('.place.now'))"
    browser.key("j")
    first = browser.run(now)
    browser.key("j")
    fact(first and browser.run(now) not in (None, first) and browser.run("document.activeElement.id") == browser.run(now), "j")
    browser.key("k")
    fact(browser.run(now) == first, "k")
    # To the source and back.
    browser.run("document.querySelector('.place.now .jump') ? document.querySelector('.place.now .jump').click() : 0")
    fact(browser.until("/^#m0-[rd]/.test(location.hash)"), "from a finding to its source")
    browser.run("document.getElementById(location.hash.slice(1)).parentNode.querySelector('a.mk').click()")
    fact(browser.until("/^#m0-f/.test(location.hash)"), "from the source to its finding")
    # Filters.
    browser.run("document.querySelector('input[value=i]').focus()")
    browser.key(" ")
    some = browser.run(shown)
    fact(some < total and browser.run(told) == f"{some} / {total} findings shown" and browser.run("document.querySelector('.found').getAttribute('role')") == "status", "the filter of severities", some, total)
    browser.key(" ")
    browser.run("document.querySelector('input[type=search]').focus()")
    for key in "charset":
        browser.key(key)
    fact(browser.run("document.querySelector('input[type=search]').value") == "charset" and browser.run(shown) < total, "the filter of words")
    # Widths, colours, both sources.
    width = "Math.round(document.querySelector('iframe').getBoundingClientRect().width)"
    fact(browser.run(width) == 700, "the width of a computer", browser.run(width))
    browser.run("document.querySelector('input[value=phone]').click()")
    fact(browser.run(width) == 360, "the width of a phone", browser.run(width))
    browser.run("document.querySelector('input[value=dark]').click()")
    fact(browser.run("getComputedStyle(document.querySelector('iframe')).colorScheme") == "dark", "the dark mail")
    ground = browser.run("getComputedStyle(document.body).backgroundColor")
    browser.run("document.querySelector('.theme').click()")
    fact(browser.run("getComputedStyle(document.body).backgroundColor") != ground, "dark and light")
    fact(browser.run("document.querySelectorAll('details.text').length") == 2, "the raw and the decoded source")
    browser.run("document.querySelectorAll('details.text summary').forEach(s => s.click())")
    # Nothing is wider than a phone.
    for language in ("en", "ja"):
        browser.open(report(draft, language=language), width=390)
        fact(browser.run("document.documentElement.scrollWidth") <= 390 and browser.run("document.documentElement.lang") == language, "too wide for a phone", language, browser.run("document.documentElement.scrollWidth"))


CONTRAST = """(() => {
	const light = c => { const p = c.map(v => v / 255).map(v => v <= 0.03928 ? v / 12.92 : Math.pow((v + 0.055) / 1.055, 2.4)); return 0.2126 * p[0] + 0.7152 * p[1] + 0.0722 * p[2]; };
	const parse = s => (s.match(/[0-9.]+/g) || [0, 0, 0, 0]).map(Number);
	const bad = []; let n = 0;
	for (const e of document.querySelectorAll('body *')) {
		if (![...e.childNodes].some(t => t.nodeType === 3 && t.data.trim()) || e.closest('svg, script, noscript') || !e.checkVisibility()) continue;
		let g = e, ground;
		do { ground = parse(getComputedStyle(g).backgroundColor); g = g.parentElement; } while (g && ground.length > 3 && ground[3] === 0);
		const a = light(parse(getComputedStyle(e).color)), b = light(ground), ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
		n++;
		if (ratio < 4.5) bad.push(e.tagName + '.' + e.className + ' ' + ratio.toFixed(2));
	}
	return [n, bad.slice(0, 9)];
})()"""


def read_aloud():
    """What a screen reader gets: names of controls, landmarks, headings in order, charts in words; and the contrast of all text (WCAG 2.1, 1.4.3)."""
    one = report("corpus/bad/reads-like-spam.eml")
    for path in (one, None):
        path = path or report(folder)
        for scheme in ("light", "dark"):
            browser.open(path, media={"prefers-color-scheme": scheme})
            browser.run("document.querySelectorAll('details').forEach((d, i) => d.open = i < 40)")
            n, bad = browser.run(CONTRAST)
            fact(n > 100 and not bad, "contrast", scheme, n, bad)
        nodes = [node for node in browser.call("Accessibility.getFullAXTree")["nodes"] if not node.get("ignored")]
        roles = {}
        for node in nodes:
            roles.setdefault(node["role"]["value"], []).append(node.get("name", {}).get("value", ""))
        for role in ("button", "checkbox", "radio", "searchbox", "link", "image", "Iframe", "navigation", "complementary", "DisclosureTriangle"):
            fact(all(name.strip() for name in roles.get(role, [])), "without a name:", role, roles.get(role))
        for role in ("main", "navigation", "heading", "table", "button", "contentinfo"):
            fact(roles.get(role), "no", role, "for a screen reader", sorted(roles))
        levels = [p["value"]["value"] for node in nodes if node["role"]["value"] == "heading" for p in node["properties"] if p["name"] == "level"]
        fact(levels[0] == 1 and all(b <= a + 1 for a, b in zip(levels, levels[1:])), "headings", levels[:20])


def printed():
    """On paper: every finding, the reasons that are folded away on the screen, and where links lead."""
    import shutil
    browser.open(report("corpus/bad/reads-like-spam.eml"))
    out = os.path.join(scratch, "page.pdf")
    browser.pdf(out)
    fact(open(out, "rb").read(5) == b"%PDF-", "no PDF")
    if shutil.which("pdftotext"):
        text = " ".join(subprocess.run(["pdftotext", out, "-"], capture_output=True).stdout.decode().split())
        for title in browser.run("[...document.querySelectorAll('.group h4, .group h3')].map(h => h.firstChild.data.trim())"):
            fact(title in text, "not printed:", title)
        why = browser.run("document.querySelector('.why p').textContent").split()[:4]
        fact(" ".join(why) in text and "findings shown" not in text, "the reasons are not printed", why)


def without_script():
    """The page is whole, but for filters and the like."""
    path = report(os.path.join(folder, page_drafts.NAME))
    browser.open(path, script=False, height=9000)
    quiet("without script")
    fact(browser.run("document.querySelector('.filters').hidden") and browser.run("document.querySelectorAll('.place').length") == open(path, encoding="utf-8").read().count('class="place"'), "without script")


try:
    for test in (naked, hostile, unfolded, many, images, leads_nowhere, works, read_aloud, printed, without_script):
        test()
finally:
    browser.close()
    server.shutdown()
print(f"browser: {statements} statements; hostile drafts ran no script and asked for nothing")
