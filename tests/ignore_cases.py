#!/usr/bin/env python3
"""Compares what presend leaves out of a walk with what the real git ignores, over generated .gitignore files.

Usage: ignore_cases.py PRESEND SCRATCH-FOLDER [ROUNDS [SEED]]. Prints each difference; exit 1 if there is one.
"""
import json
import os
import random
import re
import subprocess
import sys

presend, scratch = os.path.abspath(sys.argv[1]), sys.argv[2]
rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 100
chance = random.Random(int(sys.argv[4]) if len(sys.argv) > 4 else 1)
folders = ["", "a", "b", "a/a", "a/b", "a/b/c", "b/a b", "b/[x]"]
names = ["a.eml", "b.eml", "ab.eml", "a b.eml", "[x].eml", "x.eml", "a\\b.eml", "é.eml", "!a.eml", "#a.eml", "a.eml .eml", "Z9.eml"]
pieces = ["a", "b", "ab", "x", "c", "*", "*", "?", "[ab]", "[!a]", "[^b]", "[a-c]", "[]a]", "[[:alpha:]]", "[[:digit:]]", "\\a", "\\*", "\\[",
          "\\", "*.eml", ".eml", "a.eml", "b*", "*b", " ", "\\ ", "!", "#", "é", "[\\]x]", "[x-a]", "Z", "[!]a]", "[0-9]"]
environment = dict(os.environ, GIT_CONFIG_GLOBAL="/dev/null", GIT_CONFIG_NOSYSTEM="1", LC_ALL="C.UTF-8")


unfinished = ["[a", "[", "[a-", "[!"]


def segment(alone):
    """"**" stands alone, and a bracket ends in its segment: of the rest, git does what its documentation does not say."""
    if chance.random() < 0.15:
        return "**"
    return re.sub(r"\*+", "*", "".join(chance.choice(pieces + unfinished if alone else pieces) for _ in range(chance.choice([1, 1, 1, 2, 2, 3]))))


def pattern():
    parts = [segment(False) for _ in range(chance.choice([1, 1, 1, 2, 2, 3]))]
    if chance.random() < 0.1:
        return chance.choice(["", "!"]) + segment(True)
    return (chance.choice(["", "", "", "!", "/", "\\!", "**/"]) + "/".join(parts) + chance.choice(["", "", "", "/", "/**", " ", "/*", "\r"]))


def lines():
    return "\n".join(chance.choice(["", "# words", pattern(), pattern(), pattern(), pattern()]) for _ in range(chance.randint(1, 6))) + "\n"


os.makedirs(scratch, exist_ok=True)
os.chdir(scratch)
subprocess.run(["git", "init", "-q", "."], check=True, env=environment)
for folder in folders:
    os.makedirs(folder or ".", exist_ok=True)
    for name in names:
        with open(os.path.join(folder, name), "w", encoding="utf-8") as draft:
            draft.write("From: a@b.example\n\nx\n")
with open("presend.toml", "w", encoding="utf-8") as configuration:
    configuration.write("root = true\n")
every = sorted(os.path.join(folder, name) for folder in folders for name in names)
bad = 0
for number in range(rounds):
    written = {}
    for folder in ["", "a", "b", "a/b"]:
        path = os.path.join(folder, ".gitignore")
        if os.path.exists(path):
            os.remove(path)
        if folder == "" or chance.random() < 0.4:
            written[path] = lines()
            with open(path, "w", encoding="utf-8") as file:
                file.write(written[path])
    asked = subprocess.run(["git", "ls-files", "-z", "--others", "--exclude-standard"], capture_output=True, check=True, env=environment)
    want = sorted(path for path in asked.stdout.decode().split("\0") if path.endswith(".eml"))
    ran = subprocess.run([presend, "--format", "jsonl", "--select", "subject-missing", "--fail-on", "never"], capture_output=True, text=True,
                         check=False, env=environment)
    got = sorted(json.loads(line)["path"] for line in ran.stdout.splitlines())
    if got != want:
        bad += 1
        print(f"round {number}: {written!r}\n  git leaves out, presend does not: {sorted(set(got) - set(want))}\n"
              f"  presend leaves out, git does not: {sorted(set(want) - set(got))}\n{ran.stderr}")
print(f"ignore: {rounds} rounds of {len(every)} files, {bad} differ from git")
sys.exit(bad > 0)
