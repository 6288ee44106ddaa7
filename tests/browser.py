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


PIXEL = bytes.fromhex("47494638396101000100800000ff0000ffffff2c00000000010001000002024401003b")


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
    fact(browser.run("document.title").startswith("6 messages"), "the title is another:", browser.run("document.title"))


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


def without_script():
    """The page is whole, but for filters and the like."""
    path = report(os.path.join(folder, page_drafts.NAME))
    browser.open(path, script=False, height=9000)
    quiet("without script")
    fact(browser.run("document.querySelector('.filters').hidden") and browser.run("document.querySelectorAll('.place').length") == open(path, encoding="utf-8").read().count('class="place"'), "without script")


try:
    for test in (naked, hostile, unfolded, many, images, without_script):
        test()
finally:
    browser.close()
    server.shutdown()
print(f"browser: {statements} statements; hostile drafts ran no script and asked for nothing")
