"""Types into real shells, each on a terminal of its own, and looks what the TAB key makes of it.

Usage: completions.py PRESEND FOLDER-OF-SCRIPTS. Prints one line for each failure; the last line is a summary.
"""
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time

program, scripts = (os.path.abspath(path) for path in sys.argv[1:3])
failures, done, missing = [], 0, []
work = tempfile.mkdtemp()
os.makedirs(f"{work}/bin")
os.makedirs(f"{work}/files/drafts")
open(f"{work}/files/newsletter-of-may.eml", "w").close()
os.symlink(program, f"{work}/bin/presend")
environment = {"PATH": f"{work}/bin:{os.environ['PATH']}", "HOME": work, "TERM": "dumb", "LC_ALL": "C.UTF-8", "ZDOTDIR": work}

# What is typed, with TAB as ⇥, and what then stands on the line. Each has one completion.
CASES = [
    ("presend chec⇥", "presend checklist"),
    ("presend --sta⇥", None),  # stage, statistics, staged: nothing to choose between them
    ("presend --max-s⇥", "presend --max-score"),
    ("presend --stage fin⇥", "presend --stage final"),
    ("presend --stage=fin⇥", "presend --stage=final"),
    ("presend --profile yahoo,law-u⇥", "presend --profile yahoo,law-us"),
    ("presend --select header-dupl⇥", "presend --select header-duplicate"),
    ("presend --ignore subject-long,header-dupl⇥", "presend --ignore subject-long,header-duplicate"),
    ("presend checklist --format js⇥", "presend checklist --format json"),
    ("presend pref⇥", "presend preflight"),
    ("presend preflight --resol⇥", "presend preflight --resolver"),
    ("presend preflight --blockl⇥", "presend preflight --blocklists"),
    ("presend preflight --format js⇥", "presend preflight --format json"),
    ("presend preflight --save-dns dra⇥", "presend preflight --save-dns drafts/"),
    ("presend preflight --mta-config newsl⇥", "presend preflight --mta-config newsletter-of-may.eml"),
    ("presend preflight newsl⇥", "presend preflight newsletter-of-may.eml"),
    ("presend checklist --dns newsl⇥", "presend checklist --dns newsletter-of-may.eml"),
    ("presend rules --format mark⇥", "presend rules --format markdown"),
    ("presend explain header-dupl⇥", "presend explain header-duplicate"),
    ("presend help expl⇥", "presend help explain"),
    ("presend completions fi⇥", "presend completions fish"),
    ("presend gate --on-failure ho⇥", "presend gate --on-failure hold"),
    ("presend newsl⇥", "presend newsletter-of-may.eml"),
    ("presend lint --quiet newsl⇥", "presend lint --quiet newsletter-of-may.eml"),
    ("presend rules check dra⇥", "presend rules check drafts/"),
    ("presend --rules dra⇥", "presend --rules drafts/"),
    ("presend gate -- basena⇥", "presend gate -- basename"),
]


def fail(shell, typed, wanted, got):
    failures.append(f"completions: FAILED: {shell}: {typed!r} gives {got!r}, not {wanted!r}")


class Shell:
    """An interactive shell on a terminal."""

    def __init__(self, arguments, setup):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(f"{work}/files")
            os.execvpe(arguments[0], arguments, environment)
        self.seen = ""
        self.send(setup + "\n")
        self.send("echo rea''dy\n")
        self.wait_for("ready")

    def send(self, text):
        os.write(self.fd, text.encode())

    def wait_for(self, text, seconds=20):
        end = time.monotonic() + seconds
        while text not in self.seen:
            if time.monotonic() > end or not select.select([self.fd], [], [], max(0, end - time.monotonic()))[0]:
                raise TimeoutError(self.seen[-300:])
            self.seen += os.read(self.fd, 65536).decode(errors="replace")

    def quiet(self):
        """Until the shell has nothing more to say."""
        while select.select([self.fd], [], [], 0.25)[0]:
            self.seen += os.read(self.fd, 65536).decode(errors="replace")

    def line_after(self, typed, number):
        """The line that stands there when the keys were pressed: it is not run, but printed."""
        for piece in re.split("(⇥)", typed):
            if piece == "⇥":
                self.quiet()
                self.send("\t")
                self.quiet()
            else:
                self.send(piece)
        # To the start of the line, and in front of it what prints it.
        self.send(f"\x01printf '<{number}:%s>\\n' \"\x05\"\n")
        self.wait_for(f"<{number}:", 20)
        end = time.monotonic() + 5
        while not (found := re.search(rf"<{number}:([^%>]*)>", self.seen)) and time.monotonic() < end:
            if select.select([self.fd], [], [], 0.2)[0]:
                self.seen += os.read(self.fd, 65536).decode(errors="replace")
        return found.group(1).rstrip() if found else None

    def close(self):
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.fd)


def drive(name, arguments, setup):
    global done
    if not shutil.which(arguments[0]):
        missing.append(name)
        return
    shell = Shell(arguments, setup)
    for number, (typed, wanted) in enumerate(CASES):
        if wanted is None:
            continue
        got = shell.line_after(typed, number)
        done += 1
        if got is None or got.rstrip(", /") != wanted.rstrip("/"):  # zsh takes back the slash behind a folder
            fail(name, typed, wanted, got)
    shell.close()


def drive_fish():
    global done
    if not shutil.which("fish"):
        missing.append("fish")
        return
    for typed, wanted in CASES:
        if wanted is None or typed.startswith("presend gate -- "):
            continue
        line = typed.rstrip("⇥")
        out = subprocess.run(["fish", "--no-config", "-c", f"source {scripts}/presend.fish; complete -C {line!r}"], cwd=f"{work}/files",
                             env=environment, capture_output=True, text=True, check=True).stdout
        words = [row.split("\t")[0] for row in out.splitlines()]
        done += 1
        last = wanted.split(" ")[-1]
        if last not in words and wanted.split("=")[-1] not in words:
            fail("fish", typed, wanted, words)


drive("bash", ["bash", "--norc", "-i"], f"PS1='> '; bind 'set enable-bracketed-paste off'; source {scripts}/presend.bash")
drive("zsh", ["zsh", "-f", "-i"],
      f"PS1='> '; PROMPT_EOL_MARK=; unsetopt zle_bracketed_paste; fpath=({scripts} $fpath); autoload -U compinit; compinit -u -D; bindkey -e")
drive_fish()
shutil.rmtree(work)
for line in failures:
    print(line)
if len(missing) == 3:
    print("completions: no shell to try them in")
    sys.exit(77)
print(f"completions: {done} keys pressed in {3 - len(missing)} shells" + (f", not in {', '.join(missing)}" if missing else ""))
sys.exit(1 if failures else 0)
