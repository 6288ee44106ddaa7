#!/usr/bin/env python3
"""The HTML report in a headless Chromium: drafts that try to run a script, to load something or to lead away do nothing, and what the page offers works.

Usage: browser.py PRESEND SCRATCH. A server of this test on the loopback address counts what reaches it. That it would be reached is shown with the same drafts
outside of the report."""
import html
import http.server
import os
import re
import shutil
import subprocess
import sys
import threading

import page_drafts

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


class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        reached.append(self.path)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_POST = do_GET

    def log_message(self, *_):
        pass


def browse(path, *flags):
    """The document as it is in the end."""
    profile = os.path.join(scratch, "profile")
    shutil.rmtree(profile, ignore_errors=True)
    os.makedirs(profile)
    done = subprocess.run(
        ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
         "--no-proxy-server", "--autoplay-policy=no-user-gesture-required", "--user-data-dir=" + profile, "--virtual-time-budget=4000", "--window-size=1300,9000", *flags, "--dump-dom", "file://" + path],
        stdin=subprocess.DEVNULL, capture_output=True, timeout=240)
    return done.stdout.decode("utf-8", "replace")


def report(path, *options):
    out = os.path.join(scratch, "report.html")
    done = subprocess.run([presend, "--isolated", "--now", "2026-11-24T00:00:30Z", "--lang", "en", "--format", "html=" + out, *options, path], capture_output=True)
    fact(done.returncode in (0, 1), done.stderr)
    return out


def asked():
    """What was asked for since the last time."""
    paths = sorted(set(reached))
    reached.clear()
    return paths


server = Server(("127.0.0.1", 0), Answer)
threading.Thread(target=server.serve_forever, daemon=True).start()
origin = f"http://127.0.0.1:{server.server_port}"
folder = os.path.join(scratch, "drafts")
os.makedirs(folder)
for name, data in page_drafts.drafts(origin).items():
    open(os.path.join(folder, name), "wb").write(data)

# The drafts are as hostile as they should be: opened as they are, they own the title and reach the server.
naked = os.path.join(scratch, "naked.html")
open(naked, "w").write(page_drafts.html(origin).replace('<meta http-equiv="refresh"', '<meta name="no"'))
dom = browse(naked)
met = asked()
fact("<title>owned</title>" in dom and "/pixel.gif" in met and "/sheet.css" in met and "/import.css" in met and "/script.js" in met, "the drafts are harmless anyway:", met)

# In the report they do nothing.
for name in sorted(os.listdir(folder)):
    path = report(os.path.join(folder, name))
    source = open(path, encoding="utf-8").read()
    title = re.search("<title>(.*?)</title>", source).group(1)
    dom = browse(path)
    fact(len(dom) > 1000 and f"<title>{html.escape(html.unescape(title), quote=False)}</title>" in dom, name, "the title is another", re.findall("<title>.*?</title>", dom)[:1])
    fact(asked() == [], name, "something was asked for")
    # Our own script did run, and no element came of a draft.
    fact('<form class="filters">' in dom and "<img" not in re.sub(r' srcdoc="[^"]*"', "", dom), name, "the script of the page did not run")
    fact(dom.count("<script") - len(re.findall(r' srcdoc="[^"]*<script', dom)) == 1, name, "scripts")
path = report(folder)
fact("<title>" in browse(path) and asked() == [], "a folder reaches the server")

# Images that were asked for, and nothing but images.
draft = os.path.join(folder, page_drafts.NAME)
path = report(draft)
source = open(path, encoding="utf-8").read()
swap = re.search(r"replace\('([^']*)', '([^']*)'\)", source).groups()
fact(source.count('srcdoc="') == 1 and swap[0] in source, "the frame has another policy than the script knows", swap)
at = source.index('srcdoc="')
open(path, "w", encoding="utf-8").write(source[:at] + source[at:].replace(html.escape(swap[0]), html.escape(swap[1]), 1))
browse(path)
met = [m for m in asked() if m != "connection"]
pictures = {"/pixel.gif", "/set.png", "/set2.png", "/source.png", "/ground.png", "/body.png", "/table.png", "/cell.png", "/after.png", "/cursor.png", "/image.svg", "/poster.png"}
fact("/pixel.gif" in met and set(met) <= pictures, "images asked for:", met)

# Without script the page is whole, but for filters and the like.
path = report(draft)
dom = browse(path, "--blink-settings=scriptEnabled=false")
fact('<form class="filters" hidden="">' in dom and dom.count('class="place"') == open(path, encoding="utf-8").read().count('class="place"'), "without script")
fact(asked() == [], "without script something was asked for")
server.shutdown()
print(f"browser: {statements} statements; hostile drafts ran no script and asked for nothing")
