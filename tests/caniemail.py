#!/usr/bin/env python3
"""Makes rules.d/clients/support.tsv from the files of caniemail.com: the facts only (who supports what in the newest version that was
tested, and the numbers of the notes), no text of its pages. See docs/clients.md.
Usage: tests/caniemail.py ARCHIVE.tar.gz > support.tsv; the archive holds _features/*.md, at any depth."""
import re
import sys
import tarfile

# Columns in the order of the table; a family or platform that is not here is refused, so that nothing new is lost without a word.
COLUMNS = """apple-mail.ios apple-mail.macos gmail.desktop-webmail gmail.ios gmail.android gmail.mobile-webmail outlook.windows
outlook.windows-mail outlook.outlook-com outlook.macos outlook.ios outlook.android yahoo.desktop-webmail yahoo.ios yahoo.android
aol.desktop-webmail aol.ios aol.android samsung-email.android thunderbird.macos thunderbird.windows protonmail.desktop-webmail
protonmail.ios protonmail.android fastmail.desktop-webmail hey.desktop-webmail mail-ru.desktop-webmail orange.desktop-webmail orange.ios
orange.android sfr.desktop-webmail sfr.ios sfr.android laposte.desktop-webmail laposte.ios laposte.android free-fr.desktop-webmail
gmx.desktop-webmail gmx.ios gmx.android web-de.desktop-webmail web-de.ios web-de.android t-online-de.desktop-webmail
ionos-1and1.desktop-webmail ionos-1and1.android wp-pl.desktop-webmail rainloop.desktop-webmail""".split()
CATEGORIES = {"css", "html", "image", "others"}
TOKEN = re.compile(r'"((?:[^"\\]|\\.)*)"|([{}:,])|(?:#[^\n]*)|([^\s{}:,"]+)')


class Fault(Exception):
    pass


def front_matter(text):
    match = re.match(r"---\r?\n(.*?)\r?\n---\s*(?:\n|$)", text, re.S)
    if not match:
        raise Fault("no front matter")
    return match.group(1)


def scalar(text, key):
    match = re.search(r"^%s:[ \t]*(.*?)[ \t]*$" % key, text, re.M)
    return re.sub(r'\\(.)', r"\1", match.group(1).strip().strip("\"'")) if match else ""


def table(text):
    """The value of stats: nested braces, as YAML's flow style has them, with tabs and commas at the end."""
    match = re.search(r"^stats:\s*(?=\{)", text, re.M)
    if not match:
        raise Fault("no stats")
    tokens = iter(TOKEN.finditer(text, match.end()))

    def after():
        for token in tokens:
            string, mark, word = token.groups()
            if string is not None:
                return "word", string
            if mark or word:
                return ("mark", mark) if mark else ("word", word)
        raise Fault("stats ends too early")

    def block():
        out = []
        while True:
            kind, value = after()
            if value == "}" and kind == "mark":
                return out
            if value == "," and kind == "mark":
                continue
            if kind != "word" or after() != ("mark", ":"):
                raise Fault("no key where one is expected: %s" % value)
            kind, inner = after()
            out.append((value, block() if (kind, inner) == ("mark", "{") else inner))

    after()
    return block()


def version(name):
    return [int(number) for number in re.findall(r"\d+", name)]


def cell(versions):
    newest = max(versions, key=lambda pair: version(pair[0]))[1]
    match = re.fullmatch(r"([yanu])((?:\s*#\d+)*)\s*", newest)
    if not match:
        raise Fault("unknown support %s" % newest)
    return match.group(1) + ",".join(re.findall(r"\d+", match.group(2)))


def feature(slug, text):
    text = front_matter(text)
    title, category, date = (scalar(text, key) for key in ("title", "category", "last_test_date"))
    date = "-".join(number.zfill(2) for number in date.split("-"))
    if category not in CATEGORIES or not re.fullmatch(r"\d{4}-\d\d-\d\d", date) or not title or "\t" in title:
        raise Fault("title, category or date is not as expected: %s, %s, %s" % (title, category, date))
    cells = {}
    for family, platforms in table(text):
        for platform, versions in platforms:
            name = family + "." + platform
            if name not in COLUMNS:
                raise Fault("unknown client %s" % name)
            if versions:
                cells[name] = cell(versions)
    return [slug, title, category, date] + [cells.get(name, "-") for name in COLUMNS]


def main():
    rows = []
    with tarfile.open(sys.argv[1]) as archive:
        for member in archive:
            match = re.search(r"(?:^|/)_features/([a-z0-9-]+)\.md$", member.name)
            if not match:
                continue
            try:
                rows.append(feature(match.group(1), archive.extractfile(member).read().decode("utf-8")))
            except Fault as fault:
                sys.exit("caniemail: %s: %s" % (member.name, fault))
    if not rows:
        sys.exit("caniemail: the archive holds no _features/*.md")
    rows.sort()
    print("# title: Which mail client supports which feature of HTML and CSS, in the newest version tested")
    print("# source: Can I email <https://www.caniemail.com/>")
    print("# date: %s" % max(row[3] for row in rows))
    print("# licence: MIT, Copyright (c) 2019 Rémi Parmentier; LICENSES/MIT-caniemail.txt")
    print("# refresh: make clients CANIEMAIL=ARCHIVE.tar.gz (docs/clients.md)")
    print("\t".join(["feature", "title", "category", "tested"] + COLUMNS))
    for row in rows:
        print("\t".join(row))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main()
