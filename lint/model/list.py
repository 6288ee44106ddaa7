#!/usr/bin/env python3
"""Role: labelled folders to the list that train reads: lines of path, label, language, source, with tabs between.

usage: list.py WORK FOLDER[=LABEL]...

A folder has an index.tsv whose first line names its columns (path and label; lang and source where they are known), or sub-folders named
after the labels, or one LABEL for all of it. A path "ARCHIVE.tar.gz:NAME" is a file in an archive; it is unpacked into WORK.
"""
import os
import sys
import tarfile

LABELS = {"ham", "newsletter", "spam", "phishing", "template", "sample"}
MAIL = (".eml", ".mbox", ".html", ".htm", ".txt")


def unpacked(work, folder, path, archives):
    archive, _, name = path.partition(".tar.gz:")
    if not name:
        return os.path.join(folder, path)
    archive += ".tar.gz"
    target = os.path.join(work, archive.replace("/", "_"), name.replace("/", "_"))
    if os.path.exists(target):
        return target
    if archive not in archives:
        with tarfile.open(os.path.join(folder, archive)) as tar:
            archives[archive] = {m.name: tar.extractfile(m).read() for m in tar if m.isfile()}
    os.makedirs(os.path.dirname(target), exist_ok=True)
    with open(target, "wb") as out:
        out.write(archives[archive][name])
    return target


def of_index(work, folder):
    archives = {}
    with open(os.path.join(folder, "index.tsv"), encoding="utf-8") as lines:
        columns = next(lines).rstrip("\n").split("\t")
        for line in lines:
            row = dict(zip(columns, line.rstrip("\n").split("\t")))
            if row["label"] in LABELS:
                path = unpacked(work, folder, row["path"], archives)
                yield path, row["label"], row.get("lang", "und"), row.get("source", os.path.basename(os.path.abspath(folder)))


def of_folder(folder, label):
    for at, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            if name.endswith(MAIL) or os.path.basename(at) in ("cur", "new"):
                yield os.path.join(at, name), label, "und", os.path.basename(os.path.abspath(folder))


def rows(work, argument):
    folder, _, label = argument.partition("=")
    if label:
        return of_folder(folder, label)
    if os.path.exists(os.path.join(folder, "index.tsv")):
        return of_index(work, folder)
    return (row for name in sorted(LABELS) if os.path.isdir(os.path.join(folder, name)) for row in of_folder(os.path.join(folder, name), name))


def main():
    work, *folders = sys.argv[1:]
    for argument in folders:
        found = 0
        for row in rows(work, argument):
            print("\t".join(row))
            found += 1
        if not found:
            sys.exit(f"list.py: {argument}: no labelled mail; docs/score.md says how a folder is labelled")


main()
