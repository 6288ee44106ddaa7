"""The program on a terminal: widths, colours, links and progress, as a pseudo-terminal sees them.

Usage: terminal.py PRESEND. Prints one line for each failure; the last line is a summary.
"""
import fcntl
import os
import pty
import re
import shutil
import signal
import struct
import sys
import tempfile
import termios
import unicodedata

program = os.path.abspath(sys.argv[1])
failures, done = [], 0
DRAFTS = ["corpus/bad/founding-story.eml", "corpus/bad/hidden-keywords.eml", "corpus/bad/placeholders-left.eml"]
NOT_AT_START = "、。，．・：；？！）」』】〕〉》”’々ーぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ,.:;?!)]}"
NOT_AT_END = "（「『【〔〈《“‘([{"


def on_terminal(arguments, columns=80, stderr_too=True, **variables):
    """What the program writes on a terminal of that width, and its exit code."""
    environment = {"PATH": os.environ["PATH"], "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
    environment.update(variables)
    pid, fd = pty.fork()
    if pid == 0:
        fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        if not stderr_too:
            os.dup2(os.open("/dev/null", os.O_WRONLY), 2)
        os.execve(program, [program, *arguments], environment)
    out = b""
    while True:
        try:
            block = os.read(fd, 65536)
        except OSError:
            break
        if not block:
            break
        out += block
    os.close(fd)
    return out.decode().replace("\r\n", "\n"), os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def plain(text):
    return re.sub(r"\x1b\[[0-9;]*[mK]|\x1b\]8;;[^\x1b]*\x1b\\", "", text)


def width(text):
    return sum(0 if unicodedata.combining(c) or unicodedata.category(c) == "Cf" else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def check(good, name, detail=""):
    global done
    done += 1
    if not good:
        failures.append(f"terminal: FAILED: {name} {detail}")


CLOCK = ["--now", "2026-11-24T00:00:30Z"]

# Nothing is wider than the terminal but what has no place to break (paths, ids, addresses of sources), and Japanese lines break where they may.
for columns in (24, 40, 60, 80, 120):
    for language in ("en", "ja"):
        for arguments in (["--help"], ["help", "gate"], ["--verbose", *CLOCK, *DRAFTS]):
            text, _ = on_terminal(["--lang", language, *arguments], columns)
            name = f"{columns} columns, {language}, {' '.join(arguments[:2])}"
            lines = plain(text).split("\n")
            check(len(lines) > 10, name, "hardly anything is printed")
            for before, line in zip([""] + lines, lines):
                words = [w for w in re.split(r"\s+", line.strip()) if w]
                breakable = len(words) > 2 or any(unicodedata.east_asian_width(a) in "WF" and unicodedata.east_asian_width(b) in "WF"
                                                  for a, b in zip(line, line[1:]))
                prose = re.match(r"^( {4}| {8}| {12}|\s+= )\S", line) and not re.match(r"^\s*\d* \|", line) and "presend" not in line
                if prose and breakable and columns >= 40:
                    check(width(line) <= columns, name, repr(line))
                # A line that goes on from the one before.
                if re.match(r"^ {4,}[^ |=\d-]", line) and before.strip() and columns >= 40:
                    check(line.strip()[0] not in NOT_AT_START, name, f"begins with what may not begin a line: {line!r}")

# The preview stays within the terminal whatever the words: nobody copies from it.
folder = tempfile.mkdtemp("-" + "folder-of-a-long-name" * 3)
deep = "<blockquote>" * 9 + "<ul><li>" * 9 + "<p>%s</p>" + "</ul>" * 9
long = {"ascii": "W" * 300, "japanese": "「" * 90 + "漢字" * 90, "emoji": "\U0001F469\u200d\U0001F680" * 60, "marks": "e\u0301" * 200,
        "address": "https://www.hanami-books.jp/" + "a1" * 90}
for name, word in long.items():
    path = f"{folder}/{name}.eml"
    with open(path, "w") as file:
        file.write(f"From: {word} <a@hanami-books.jp>\nSubject: {word} x {word}\nMIME-Version: 1.0\nContent-Type: text/html; charset=utf-8\n"
                   f"Content-Transfer-Encoding: 8bit\n\n<h2>{word}</h2><p>{word}<a href='https://{'h' * 60}.example/'>{word}</a><img alt='{word}'>"
                   f"<table><tr><td>{word}<td>{word}</table>{deep % word}<pre>{word}</pre>")
    for columns in (24, 40, 60, 80):
        for language in ("en", "ja"):
            text, code = on_terminal(["preview", "--lang", language, path], columns)
            lines = plain(text).split("\n")
            check(code == 0 and len(lines) > 40, f"preview of {name}", "hardly anything is shown")
            for line in lines if columns >= 40 else []:
                check(width(line) <= columns, f"preview of {name}, {columns} columns, {language}", repr(line))
            for line in lines if name == "marks" else []:
                check(not unicodedata.combining(line.strip()[:1] or "x"), f"preview of {name}, {columns} columns", f"a mark begins a line: {line!r}")
shutil.rmtree(folder)

# Colours and links.
text, code = on_terminal([*CLOCK, DRAFTS[0]])
check("\x1b[" in text and code == 1, "colours on a terminal")
check("\x1b]8;;" not in text, "no links on a terminal that is not known to make any")
check("\x1b]8;;https://" in on_terminal([*CLOCK, DRAFTS[0]], FORCE_HYPERLINK="1")[0], "FORCE_HYPERLINK=1")
check("\x1b]8;;https://" in on_terminal([*CLOCK, DRAFTS[0]], TERM="xterm-kitty")[0], "links where the terminal makes them")
check("\x1b]8;;https://" in on_terminal([*CLOCK, DRAFTS[0]], VTE_VERSION="7006")[0], "links on a terminal of VTE")
check("\x1b]8;;" not in on_terminal([*CLOCK, DRAFTS[0]], VTE_VERSION="4800")[0], "no links on an old terminal of VTE")
check("\x1b]8;;" not in on_terminal([*CLOCK, DRAFTS[0]], TERM="xterm-kitty", FORCE_HYPERLINK="0")[0], "FORCE_HYPERLINK=0")
check("\x1b" not in on_terminal([*CLOCK, DRAFTS[0]], NO_COLOR="1")[0], "NO_COLOR")
check("\x1b" not in on_terminal([*CLOCK, DRAFTS[0]], TERM="dumb")[0], "TERM=dumb")
check("\x1b" not in on_terminal([*CLOCK, "--color", "never", DRAFTS[0]])[0], "--color never")
text, code = on_terminal([], 80)
check(code == 2 and "usage: presend" in text, "presend alone in a folder without configuration")

# Progress: only where a run takes more than a second, and gone before the report.
folder = tempfile.mkdtemp()
head = b"From: Hanami Books <news@hanami-books.jp>\nSubject: News\nDate: Tue, 24 Nov 2026 09:00:00 +0900\n\n"
for i in range(12):
    with open(f"{folder}/{i:03}.eml", "wb") as file:
        file.write(head + b"".join(b"Line %d of a long text, https://www.hanami-books.jp/%d\n" % (k, k) for k in range(20000)))
SLOW = [*CLOCK, "--fail-on", "never", "--jobs", "1", folder]
text, _ = on_terminal(SLOW)
told = re.findall(r"\r\x1b\[K(\d+)/12 files checked", text)
check(len(told) >= 1, "progress on a long run")
check(told == sorted(told, key=int), "progress goes on", repr(told))
check(re.search(r"files checked\r\x1b\[K(?!.*files checked)", text, re.S), "progress is taken away before the report")
for name, arguments, variables in (("--quiet", ["--quiet"], {}), ("CI", [], {"CI": "true"}), ("TERM=dumb", [], {"TERM": "dumb"})):
    check("files checked" not in on_terminal([*arguments, *SLOW], **variables)[0], f"no progress with {name}")
check("files checked" not in on_terminal(SLOW, stderr_too=False)[0], "no progress where standard error is no terminal")
shutil.rmtree(folder)
text, _ = on_terminal([*CLOCK, DRAFTS[0]])
check("files checked" not in text, "no progress on a short run")

for line in sorted(set(failures))[:40]:
    print(line)
print(f"terminal: {done} looks, {len(failures)} failed" if failures else f"terminal: {done} looks at a terminal")
sys.exit(1 if failures else 0)
