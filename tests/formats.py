#!/usr/bin/env python3
"""Reads the reports for CI systems as those systems would, strictly, and compares them with the JSON report.

Usage: formats.py PRESEND SCRATCH. What a report must hold is taken from its specification, cited where it is asked; what the texts must
be from the JSON report, which other tests look into."""
import base64
import gzip
import html.parser
import json
import os
import re
import shutil
import subprocess
import sys
import urllib.parse
import xml.etree.ElementTree as ET

presend, scratch = sys.argv[1], sys.argv[2]
top = os.getcwd()
clock = "2026-11-24T00:00:30Z"
FORMATS = ["sarif", "junit", "github", "gitlab", "checkstyle", "rdjson", "markdown"]
SEVERITIES = ["error", "warning", "info"]
statements = 0
seen_fixes = 0


def fact(truth, *what):
    global statements
    statements += 1
    if not truth:
        raise AssertionError(" ".join(str(w) for w in what))


def run(arguments, folder=None, environment=None, code=None):
    """Standard output; code is the exit code that must come."""
    env = {k: v for k, v in os.environ.items() if k not in ("LANG", "LC_MESSAGES")}
    env.update({"LC_ALL": "C.UTF-8", "NO_COLOR": "1"}, **(environment or {}))
    words = arguments if "rules" in arguments else ["--now", clock, *arguments]
    done = subprocess.run([presend, *words], cwd=folder, env=env, stdin=subprocess.DEVNULL, capture_output=True)
    fact(done.returncode in ((0, 1, 2) if code is None else (code,)), arguments, "exit", done.returncode, done.stderr[:300])
    return done.stdout


def reports(arguments, folder=None):
    """All reports of one run, each from a file of its own, and the JSON report."""
    names = {name: os.path.join(scratch, "report." + name) for name in FORMATS + ["json"]}
    flags = [word for name, path in names.items() for word in ("--format", name + "=" + path)]
    run(flags + arguments, folder)
    return {name: open(path, "rb").read() for name, path in names.items()}


# --- what texts become ----------------------------------------------------------------------------------------------------------

CONTROLS = set(range(0, 0x20)) | set(range(0x7f, 0xa0)) | {0x61c, 0x200e, 0x200f, 0xfeff} | set(range(0x2028, 0x202f)) | set(range(0x2066, 0x206a))
INVISIBLE = {0xad, 0x34f, 0x200b, 0x200c, 0x200d, 0x3164} | set(range(0x2060, 0x2066)) | set(range(0xfff9, 0xfffc))


def shown(text, xml=False):
    """The text as a report for people shows it: what steers a terminal, reorders or cannot be seen is spelt out. White space aside."""
    out = []
    for c in text:
        n = ord(c)
        if c in " \t\r\n":
            continue
        out.append("<U+%04X>" % n if n in CONTROLS or n in INVISIBLE or (xml and n in (0xfffe, 0xffff)) else c)
    return "".join(out)


def bare(text):
    return re.sub(r"[ \t\r\n]", "", text)


def path_of(message):
    path = message["path"]
    while path.startswith("./"):
        path = path[2:].lstrip("/")
    return path


def findings(document):
    """(message, finding, occurrence) in the order of the report."""
    seen = {}
    for message in document["messages"]:
        for finding in message["findings"]:
            if finding["suppressed"]:
                continue
            seen[finding["fingerprint"]] = seen.get(finding["fingerprint"], 0) + 1
            yield message, finding, seen[finding["fingerprint"]]


def source_bytes(message, folder):
    try:
        with open(os.path.join(os.fsencode(folder or "."), os.fsencode(message["path"])), "rb") as file:
            return file.read()
    except (OSError, UnicodeError):
        return None  # a name that is no UTF-8 stands in JSON with U+FFFD


# --- SARIF ----------------------------------------------------------------------------------------------------------------------

def keys(thing, required, optional, where):
    fact(isinstance(thing, dict), where, "is no object")
    fact(set(required) <= set(thing), where, "lacks", set(required) - set(thing))
    fact(set(thing) <= set(required) | set(optional), where, "has unknown", set(thing) - set(required) - set(optional))


def no_null(thing, where):
    """SARIF 2.1.0, 3.6: a property that is absent is left out; the schema has null for runs and results alone."""
    fact(thing is not None, where, "is null")
    for key, value in thing.items() if isinstance(thing, dict) else enumerate(thing) if isinstance(thing, list) else ():
        no_null(value, "%s/%s" % (where, key))


def sarif_message(message, where):
    keys(message, ["text"], ["markdown"], where)  # 3.11.2
    fact(isinstance(message["text"], str) and message["text"], where, "is empty")
    fact(not re.search(r"\[[^\]]*\]\([^)]*\)", message["text"]), where, "holds an embedded link (3.11.6):", message["text"])


def sarif_location(location, where):
    keys(location, ["physicalLocation"], [], where)
    physical = location["physicalLocation"]
    keys(physical, ["artifactLocation"], ["region"], where)
    artifact = physical["artifactLocation"]
    keys(artifact, ["uri"], ["uriBaseId"], where)
    uri = artifact["uri"]
    fact(re.fullmatch(r"(file://)?([A-Za-z0-9._~/-]|%[0-9A-F]{2})+", uri), where, "is no normalized URI reference (3.4.3, 3.10.1):", uri)
    if "uriBaseId" in artifact:
        fact(not uri.startswith("/") and ":" not in uri, where, "must be relative (3.4.4):", uri)
        fact(artifact["uriBaseId"] == "%SRCROOT%", where)
    else:
        fact(uri.startswith("file:///"), where, "is absolute:", uri)
    return physical


def check_sarif(data, document, folder, exit_code):
    log = json.loads(data.decode("utf-8"))
    no_null(log, "")
    keys(log, ["$schema", "version", "runs"], [], "log")  # 3.13
    fact(log["version"] == "2.1.0" and len(log["runs"]) == 1, "one run of version 2.1.0")
    run_ = log["runs"][0]
    keys(run_, ["tool", "invocations", "originalUriBaseIds", "language", "columnKind", "results"], [], "run")  # 3.14
    fact(run_["columnKind"] == "unicodeCodePoints", "3.14.17")
    fact(re.fullmatch(r"[a-z]{2}", run_["language"]), "3.14.7")
    driver = run_["tool"]["driver"]
    keys(driver, ["name", "version", "semanticVersion", "rules", "notifications", "properties"], [], "driver")  # 3.19
    fact(re.fullmatch(r"\d+\.\d+\.\d+", driver["semanticVersion"]), "3.19.12")
    ids = [rule["id"] for rule in driver["rules"]]
    fact(ids == sorted(set(ids)), "rules are sorted and told once")
    for rule in driver["rules"] + driver["notifications"]:  # 3.49
        where = "rule " + rule["id"]
        keys(rule, ["id", "name", "shortDescription", "fullDescription", "help"], ["helpUri", "defaultConfiguration", "properties"], where)
        fact(rule["name"].isalnum() and rule["name"].lower() != rule["id"].lower(), where, "3.49.7")
        for key in ("shortDescription", "fullDescription", "help"):
            fact(rule[key]["text"], where, key)
        fact(len(rule["fullDescription"]["text"]) <= 1024, where, "GitHub: 1,024 characters")
        fact(not re.search(r"(?<!\\)<(?!https?://)", rule["help"].get("markdown", "")), where, "3.11.4.2: no HTML")
    for rule in driver["rules"]:
        fact(rule["defaultConfiguration"]["level"] in ("none", "note", "warning", "error"), rule["id"], "3.50.3")
        properties = rule["properties"]
        fact(len(properties["tags"]) == len(set(properties["tags"])) <= 10, rule["id"], "3.8.2; GitHub: ten tags")
        fact(properties["precision"] in ("very-high", "high", "medium", "low"), rule["id"], "GitHub: precision")
        fact(properties["problem.severity"] in ("error", "warning", "recommendation"), rule["id"], "GitHub: problem.severity")
    invocation = run_["invocations"][0]
    keys(invocation, ["executionSuccessful", "exitCode", "toolExecutionNotifications"], [], "invocation")  # 3.20
    fact(invocation["exitCode"] == exit_code and invocation["executionSuccessful"] == (exit_code < 2), "3.20.8, 3.20.14", invocation["exitCode"])
    unreadable = [n for n in invocation["toolExecutionNotifications"] if n["descriptor"]["id"] == "unreadable"]
    fact(len(unreadable) == len(document["errors"]), "what was not checked is told")
    for notification in invocation["toolExecutionNotifications"]:  # 3.58
        keys(notification, ["descriptor", "level", "message"], ["locations"], "notification")
        fact(notification["descriptor"]["id"] in [n["id"] for n in driver["notifications"]], "3.58.2")
        for location in notification.get("locations", []):
            sarif_location(location, "notification")
    results = run_["results"]
    if len(results) == sum(1 for _ in findings(document)):
        for result, (message, finding, occurrence) in zip(results, findings(document)):
            check_result(result, message, finding, occurrence, ids, folder)
    prints = [tuple(sorted(r["partialFingerprints"].items())) for r in results]
    fact(len(prints) == len(set(prints)), "two results of one fingerprint would be one alert")
    return log


def edited(data, edits):
    """The file with the edits (start, end, bytes) made."""
    for start, end, new in sorted(edits, reverse=True):
        data = data[:start] + new + data[end:]
    return data


def json_edits(fix):
    return [(e["start"], e["end"], e["text"].encode("utf-8") if "text" in e else base64.b64decode(e["bytes_base64"])) for e in fix["edits"]]


def line_starts(data):
    return [0] + [m.end() for m in re.finditer(rb"\r\n|\r|\n", data)]


def offset_of(data, line, column):
    """Of a column that counts code points; the end of a line belongs to it (SARIF 2.1.0, 3.30.6)."""
    starts = line_starts(data)
    rest = data[starts[line - 1]:starts[line] if line < len(starts) else len(data)]
    return starts[line - 1] + len(rest.decode("utf-8")[:column - 1].encode("utf-8"))


def check_fixes(fixes, finding, artifact, data, where):
    """SARIF 2.1.0, 3.55 to 3.57: what they make of the file is what the edits of the JSON report make."""
    global seen_fixes
    fact(len(fixes) == (1 if finding["fix"] else 0), where, "has the fix of the JSON report")
    for fix in fixes:
        keys(fix, ["description", "artifactChanges", "properties"], [], where)
        sarif_message(fix["description"], where)
        fact(fix["properties"] == {"safe": finding["fix"]["safe"]}, where)
        fact(len(fix["artifactChanges"]) == 1, where)
        keys(fix["artifactChanges"][0], ["artifactLocation", "replacements"], [], where)  # 3.56
        fact(fix["artifactChanges"][0]["artifactLocation"] == artifact, where, "3.56.2")
        edits = []
        for replacement in fix["artifactChanges"][0]["replacements"]:
            keys(replacement, ["deletedRegion", "insertedContent"], [], where)  # 3.57
            region, content = replacement["deletedRegion"], replacement["insertedContent"]
            if "binary" in content:
                keys(content, ["binary"], [], where)
                keys(region, ["byteOffset", "byteLength"], [], where)  # 3.57.3: of a binary region
                edits.append((region["byteOffset"], region["byteOffset"] + region["byteLength"], base64.b64decode(content["binary"], validate=True)))
            else:
                keys(content, ["text"], [], where)
                keys(region, ["startLine", "startColumn", "endLine", "endColumn"], [], where)
                if data is not None:
                    edits.append((offset_of(data, region["startLine"], region["startColumn"]),
                                  offset_of(data, region["endLine"], region["endColumn"]), content["text"].encode("utf-8")))
        if data is not None:
            fact(edited(data, edits) == edited(data, json_edits(finding["fix"])), where, "the fix is not that of the JSON report")
            seen_fixes += 1


def check_result(result, message, finding, occurrence, ids, folder):
    where = "result %s %s" % (message["path"], finding["rule"])
    keys(result, ["ruleId", "ruleIndex", "level", "message", "locations", "partialFingerprints", "properties"], ["suppressions", "fixes"], where)  # 3.27
    fact(result["ruleId"] == finding["rule"] == ids[result["ruleIndex"]], where, "3.27.6")
    fact(result["level"] == {"error": "error", "warning": "warning", "info": "note"}[finding["severity"]], where)
    sarif_message(result["message"], where)
    fact(bare(result["message"]["text"]) == shown(finding["message"]), where, result["message"]["text"], "is not", finding["message"])
    fact(result["partialFingerprints"] == {"presendFingerprint/v1": "%s:%d" % (finding["fingerprint"], occurrence)}, where)
    fact("primaryLocationLineHash" not in result["partialFingerprints"], where, "GitHub's upload computes it")
    fact(len(result["locations"]) == 1, where)
    physical = sarif_location(result["locations"][0], where)
    uri = urllib.parse.unquote_to_bytes(physical["artifactLocation"]["uri"]).decode("utf-8", "replace")
    if "\ufffd" not in message["path"]:
        fact(uri == ("file://" + message["path"] if message["path"].startswith("/") else path_of(message)), where, uri)
    region, start, end = physical["region"], finding["span"]["start"], finding["span"]["end"]
    keys(region, ["startLine", "startColumn", "endLine", "endColumn", "byteOffset", "byteLength"], ["snippet"], where)  # 3.30
    fact((region["startLine"], region["startColumn"]) == (start["line"], start["column"]), where, "3.30.5")
    fact((region["endLine"], region["endColumn"]) == (end["line"], end["column"]), where, "3.30.7")
    fact(region["startLine"] >= 1 and (region["endLine"], region["endColumn"]) >= (region["startLine"], region["startColumn"]), where)
    fact((region["byteOffset"], region["byteLength"]) == (start["offset"], end["offset"] - start["offset"]), where, "3.30.11")
    data = source_bytes(message, folder)
    check_fixes(result.get("fixes", []), finding, physical["artifactLocation"], data, where)
    snippet = region.get("snippet", {})
    if "text" in snippet and data is not None:
        raw = data[start["offset"]:end["offset"]]
        fact(snippet["text"].encode("utf-8") == raw.replace(b"\0", b"\x01"), where, "3.30.13: the text of the file", snippet["text"], raw)
    if finding["excerpt"]:
        fact(snippet.get("rendered", {"text": snippet.get("text")})["text"] == finding["excerpt"], where, "3.3.4: what a reader sees")


# --- XML ------------------------------------------------------------------------------------------------------------------------

def check_junit(data, document):
    """The schema of Jenkins's xUnit plugin, junit-10.xsd: elements, attributes, what may stand in what."""
    root = ET.fromstring(data)
    may = {"testsuites": {"name", "tests", "failures", "errors"}, "testsuite": {"name", "tests", "failures", "errors"},
           "testcase": {"name", "classname"}, "failure": {"type", "message"}, "error": {"type", "message"}, "system-out": set(), "skipped": {"message"}}
    inside = {"testsuites": {"testsuite"}, "testsuite": {"testcase"}, "testcase": {"failure", "error", "system-out", "skipped"}}
    for element in root.iter():
        fact(element.tag in may and set(element.attrib) <= may[element.tag], "junit:", element.tag, element.attrib)
        fact({c.tag for c in element} <= inside.get(element.tag, set()), "junit: in", element.tag, [c.tag for c in element])
    fact(root.tag == "testsuites", root.tag)
    suites = list(root)
    cases = list(root.iter("testcase"))
    for name, found in (("tests", cases), ("failures", list(root.iter("failure"))), ("errors", list(root.iter("error")))):
        fact(int(root.get(name)) == len(found) == sum(int(s.get(name)) for s in suites), "junit: count of", name)
    names = [s.get("name") for s in suites]
    fact(len(suites) == len(document["messages"]) + len(document["errors"]), "junit: a suite for each message")
    fact(len(set(names)) == len(names) or document["errors"] or any("\ufffd" in m["path"] for m in document["messages"]), "junit: names of suites")
    for suite, message in zip(suites, document["messages"]):
        fact(len(suite) == max(1, len(message["findings"])), "junit: a case for each finding")
        for case, finding in zip(suite, message["findings"]):
            fact(case.get("name").startswith(finding["rule"] + " "), case.get("name"))
            fact(bare(case.get("classname")) == shown(path_of(message), True) or "\ufffd" in message["path"], case.get("classname"))
            if finding["suppressed"]:
                fact([e.tag for e in case] == ["skipped"], "junit: a suppressed finding is skipped")
                continue
            failure = case.find("failure")
            fact((failure is not None) == (finding["severity"] == "error"), "junit: fails where the run fails")
            if failure is not None:
                fact(bare(failure.get("message")) == shown(finding["message"], True), failure.get("message"), finding["message"])
            text = (case.find("system-out") if failure is None else failure).text
            fact(shown(finding["message"], True) in bare(text) and (not finding["excerpt"] or shown_visible(finding["excerpt"]) in bare(text)), text)
    return root


def shown_visible(text):
    """An excerpt is not prose: what cannot be seen stays in it."""
    return "".join("<U+%04X>" % ord(c) if ord(c) in CONTROLS or ord(c) in (0xfffe, 0xffff) else c for c in text if c not in " \t\r\n")


def check_checkstyle(data, document):
    root = ET.fromstring(data)
    fact(root.tag == "checkstyle" and {e.tag for e in root.iter()} <= {"checkstyle", "file", "error"}, "checkstyle: elements")
    errors = [(f.get("name"), e) for f in root for e in f]
    found = list(findings(document))
    fact(len(errors) == len(found) + len(document["errors"]), "checkstyle: an error for each finding")
    for (name, error), (message, finding, _) in zip(errors, found):
        fact(set(error.attrib) == {"line", "column", "severity", "message", "source"}, error.attrib)
        fact(bare(name) == shown(path_of(message), True) or "\ufffd" in message["path"], name)
        fact((int(error.get("line")), int(error.get("column"))) == (finding["span"]["start"]["line"], finding["span"]["start"]["column"]))
        fact(error.get("severity") == finding["severity"] and error.get("source").endswith("." + finding["rule"]), error.attrib)
        fact(bare(error.get("message")) == shown(finding["message"], True), error.get("message"), finding["message"])


# --- GitHub annotations ---------------------------------------------------------------------------------------------------------

def unescape(text, property_):
    """As the runner does it: ActionCommand.cs, EscapeData and EscapeProperty."""
    for code, c in (("%0D", "\r"), ("%0A", "\n")) + ((("%3A", ":"), ("%2C", ",")) if property_ else ()) + (("%25", "%"),):
        text = text.replace(code, c)
    return text


def check_github(data, document):
    text = data.decode("utf-8")
    fact(not text or text.endswith("\n"), "github: whole lines")
    annotations, rest = [], {}
    for line in re.split(r"\r\n|\r|\n|\x0b|\x0c|\x85|\u2028|\u2029", text)[:-1]:
        match = re.fullmatch(r"::(error|warning|notice) ([^:]*)::(.*)", line)
        fact(match, "github: a line that is no command of ours:", line)
        fact(re.fullmatch(r"[^\x00-\x1f\x7f]*", line), "github:", line)
        properties = dict(p.split("=", 1) for p in match.group(2).split(","))
        properties = {k: unescape(v, True) for k, v in properties.items()}
        fact(set(properties) <= {"file", "line", "col", "endColumn", "title"}, "github: properties", properties)
        fact("\n" not in "".join(properties.values()), "github: a property has no line end")
        body = unescape(match.group(3), False)
        if properties == {"title": "presend"}:
            rest = {word: int(n) for n, word in re.findall(r"(\d+) more of severity (error|warning|info)", body)}
        else:
            annotations.append((match.group(1), properties, body))
    wanted = sorted(findings(document), key=lambda f: SEVERITIES.index(f[1]["severity"]))
    kinds = {"error": "error", "warning": "warning", "info": "notice"}
    told = [a for a in annotations if a[1].get("title") != "presend: not checked"]
    unread = len(annotations) - len(told)
    for severity, kind in kinds.items():
        n = sum(1 for a in annotations if a[0] == kind) + (kind == "notice" and bool(rest))
        total = sum(1 for f in wanted if f[1]["severity"] == severity) + (len(document["errors"]) if severity == "error" else 0)
        fact(n <= 10, "github shows ten of a kind:", kind, n)
        fact(n - (kind == "notice" and bool(rest)) + rest.get(severity, 0) == total, "github: all are shown or counted:", kind, n, rest, total)
        of_kind = [f for f in wanted if f[1]["severity"] == severity]
        for (_, properties, body), (message, finding, _) in zip([a for a in told if a[0] == kind], of_kind):
            fact(bare(properties["file"]).replace("<U+000A>", "") == shown(path_of(message)) or "\ufffd" in message["path"], properties["file"])
            fact((int(properties["line"]), int(properties["col"])) == (finding["span"]["start"]["line"], finding["span"]["start"]["column"]))
            fact(properties["title"] == "presend: " + finding["rule"], properties["title"])
            fact(bare(body).startswith(shown(finding["message"])), body, finding["message"])
    fact(unread == min(10, len(document["errors"])), "github: what was not checked comes first")
    fact([SEVERITIES.index({v: k for k, v in kinds.items()}[a[0]]) for a in annotations] ==
         sorted(SEVERITIES.index({v: k for k, v in kinds.items()}[a[0]]) for a in annotations), "github: most severe first")


# --- GitLab, reviewdog ----------------------------------------------------------------------------------------------------------

def check_gitlab(data, document):
    """GitLab Docs, "Code Quality report format"."""
    array = json.loads(data.decode("utf-8"))
    found = list(findings(document))
    fact(isinstance(array, list) and len(array) == len(found) + len(document["errors"]), "gitlab: an entry for each finding")
    fact(len({e["fingerprint"] for e in array}) == len(array), "gitlab: fingerprints are unique")
    fact(not data.startswith(b"\xef\xbb\xbf"), "gitlab: no byte order mark")
    for entry in array:
        keys(entry, ["description", "check_name", "fingerprint", "severity", "location"], [], "gitlab")
        fact(entry["severity"] in ("info", "minor", "major", "critical", "blocker"), entry["severity"])
        fact(entry["location"]["path"] and not entry["location"]["path"].startswith("./"), "gitlab: path", entry["location"])
        lines = entry["location"]["lines"]
        fact(1 <= lines["begin"] <= lines["end"], "gitlab: lines", lines)
    for entry, (message, finding, _) in zip(array, found):
        fact(entry["check_name"] == finding["rule"] and bare(entry["description"]) == shown(finding["message"]), entry)
        fact(entry["location"]["path"] == path_of(message) and entry["location"]["lines"]["begin"] == finding["span"]["start"]["line"])


def check_rdjson(data, document, folder):
    """reviewdog, proto/rdf/reviewdog.proto: columns count bytes, the end is exclusive."""
    result = json.loads(data.decode("utf-8"))
    keys(result, ["source", "diagnostics"], [], "rdjson")
    found = list(findings(document))
    fact(len(result["diagnostics"]) == len(found) + len(document["errors"]), "rdjson: a diagnostic for each finding")
    for diagnostic, (message, finding, _) in zip(result["diagnostics"], found):
        keys(diagnostic, ["message", "location", "severity", "code"], ["suggestions"], "rdjson")
        keys(diagnostic["code"], ["value"], ["url"], "rdjson code")
        fact(diagnostic["severity"] == finding["severity"].upper() and diagnostic["code"]["value"] == finding["rule"], diagnostic)
        fact(diagnostic["location"]["path"] == path_of(message), diagnostic["location"])
        place, span, source = diagnostic["location"]["range"], finding["span"], source_bytes(message, folder)
        for end in ("start", "end"):
            fact(place[end]["line"] == span[end]["line"] and place[end]["column"] >= 1, place)
            if source is not None:
                starts = line_starts(source)
                fact(starts[place[end]["line"] - 1] + place[end]["column"] - 1 == span[end]["offset"], "rdjson: column in bytes", place, span)
        # One edit is one suggestion; reviewdog takes each by itself.
        fix = finding["fix"]
        fact(("suggestions" in diagnostic) == bool(fix and len(fix["edits"]) == 1 and "text" in fix["edits"][0]), "rdjson: suggestions", diagnostic)
        for suggestion in diagnostic.get("suggestions", []):
            keys(suggestion, ["range", "text"], [], "rdjson suggestion")
            if source is not None:
                at = [line_starts(source)[suggestion["range"][end]["line"] - 1] + suggestion["range"][end]["column"] - 1 for end in ("start", "end")]
                fact([(at[0], at[1], suggestion["text"].encode("utf-8"))] == json_edits(fix), "rdjson: not the edit of the JSON report", suggestion)


# --- Markdown -------------------------------------------------------------------------------------------------------------------

class Page(html.parser.HTMLParser):
    """What a browser would see: elements, links, texts inside and outside of code."""
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.elements, self.links, self.stack, self.rows = set(), [], [], []
        self.text = self.code = ""

    def handle_starttag(self, tag, attrs):
        self.elements.add(tag)
        self.links += [v for k, v in attrs if k == "href"]
        bad = [k for k, _ in attrs if k not in ("href", "open")]
        fact(not bad, "markdown: attributes", bad)
        if tag not in ("br",):
            self.stack.append(tag)
        if tag == "tr":
            self.rows.append("")

    def handle_endtag(self, tag):
        fact(self.stack and self.stack[-1] == tag, "markdown: </%s> closes" % tag, self.stack[-1:])
        self.stack.pop()

    def handle_data(self, data):
        if "code" in self.stack:
            self.code += data
        else:
            self.text += data
        if "tr" in self.stack:
            self.rows[-1] += data

    def handle_comment(self, data):
        fact(False, "markdown: a comment", data)

    def handle_decl(self, decl):
        fact(False, "markdown: a declaration", decl)

    def unknown_decl(self, data):
        fact(False, "markdown: a declaration", data)

    def handle_pi(self, data):
        fact(False, "markdown: an instruction", data)


def render(data):
    """As GitHub does it, with its extensions; its sanitizer lets through what stands here."""
    done = subprocess.run(["cmark-gfm", "--unsafe", "-e", "table", "-e", "autolink", "-e", "strikethrough", "-e", "tagfilter"], input=data,
                          capture_output=True, check=True)
    return done.stdout.decode("utf-8")


def check_comments(data):
    """reviewdog posts messages as comments, which are Markdown: words of a draft stand in code spans."""
    if not shutil.which("cmark-gfm"):
        return
    messages = [d["message"] for d in json.loads(data)["diagnostics"] if d["code"]["value"] != "unreadable"]
    page = Page()
    page.feed(render("\n\n".join(messages).encode("utf-8")))
    for marker in MARKERS:
        fact(marker not in page.text, "rdjson: words of a draft outside of code:", marker)


MARKERS = ["octocat", "evil.example", "onerror", "alert(1)", "::error", "##["]


def check_markdown(data, document, sources):
    text = data.decode("utf-8")
    fact(len(text.encode("utf-16-le")) // 2 <= 65536, "markdown: a comment has 65,536 characters at most")
    if not shutil.which("cmark-gfm"):
        return None
    page = Page()
    page.feed(render(data))
    page.close()
    fact(not page.stack, "markdown: left open", page.stack)
    fact(page.elements <= {"h3", "p", "ul", "li", "details", "summary", "table", "tr", "td", "a", "code", "br"}, "markdown: elements", page.elements)
    fact(set(page.links) <= sources, "markdown: links", set(page.links) - sources)
    for marker in MARKERS:
        fact(marker not in page.text, "markdown: words of a draft outside of code:", marker)
    wanted = sorted(findings(document), key=lambda f: SEVERITIES.index(f[1]["severity"]))
    fact(len(page.rows) <= len(wanted), "markdown: rows")
    for row, (message, finding, _) in zip(page.rows, wanted):
        said = shown(finding["message"], True).replace("\ufdd0", "<U+FDD0>").replace("\ufdd1", "<U+FDD1>")
        fact(said in bare(row), "markdown:", row, "is not", finding["message"])
        fact(finding["rule"] in row and "%d:%d" % (finding["span"]["start"]["line"], finding["span"]["start"]["column"]) in row, row)
    counted = re.search(r"There was no room for (\d+) more", page.text)
    fact(len(page.rows) + (int(counted.group(1)) if counted else 0) == len(wanted), "markdown: all are shown or counted")
    return page


# --- the run --------------------------------------------------------------------------------------------------------------------

def check_all(arguments, folder=None, exit_code=None):
    report = reports(arguments, folder)
    document = json.loads(report["json"].decode("utf-8"))
    worst = any(f["severity"] == "error" for _, f, _ in findings(document))
    exit_code = 2 if document["errors"] else 1 if worst else 0
    rules = json.loads(run(["rules", "--format", "json", *[a for a in arguments if a in RULE_FLAGS]], folder))["rules"]
    sources = {s.get("url") for r in rules for s in r["sources"] if s.get("url")}
    check_sarif(report["sarif"], document, folder, exit_code)
    check_junit(report["junit"], document)
    check_checkstyle(report["checkstyle"], document)
    check_github(report["github"], document)
    check_gitlab(report["gitlab"], document)
    check_rdjson(report["rdjson"], document, folder)
    check_markdown(report["markdown"], document, sources)
    check_comments(report["rdjson"])
    for name, data in report.items():
        fact(not re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", data), name, "holds a control character")
        fact(not re.search("[\u0080-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]", data.decode("utf-8")), name, "holds a control of direction")
    return document, report


PAYLOADS = [
    "]]><script>alert(1)</script>", "::error file=x::owned", "%0A::error::owned %25 %3A", "##[error]owned", "\n::error::owned",
    "@octocat mentions #1 and :smile:", "[x](http://evil.example) ![x](http://evil.example/x.png)", "www.evil.example http://evil.example me@evil.example",
    "<img src=x onerror=alert(1)>", "`code` ``two`` `", "|a|b|", "</code></td></tr></table></details>\n\n# owned", "&lt;b&gt; &amp; &#60;", "<!-- x -->",
    "\x1b[31mred\x1b]8;;http://evil.example\x07", "\x85\u2028\u2029", "\u202eesrever\u2066\u061c", "\ufffe\uffff\ufdd0x\ufdd1", "zero\u200bwidth\u00ad",
    "{0} {{name}} {%s}", "back\\slash\\", "\"quote' =,;:", "*bold* _x_ ~~y~~ - # > +", "日本語の「引用」※【】\U0001f600", "a" * 100000, "e\u0301\u0301\u0301",
    "<?xml version='1.0'?>", "<![CDATA[x]]>", "&xxe; <!DOCTYPE x>", "${{ github.token }} $(id) `id` ; rm -rf /", "::stop-commands::x", "::add-mask::a",
]
RULE_FLAGS = []


def write_rules():
    """Rules that quote whatever stands in a draft, in message and help, one of each severity."""
    folder = os.path.join(scratch, "rules")
    os.makedirs(folder)
    for rule, severity, target in (("hostile-subject", "error", "subject"), ("hostile-body", "warning", "plain"), ("hostile-name", "info", "from-name")):
        with open(os.path.join(folder, rule + ".yaml"), "w", encoding="utf-8") as file:
            file.write("""id: %s
requirements: []
severity: %s
confidence: certain
title: {en: "Quotes <b>what</b> stands there", ja: "引用"}
why: {en: "For tests of reports.", ja: "レポートのテスト用です。"}
message: {en: "it says {excerpt} & no more", ja: "「{excerpt}」とあります"}
help: {en: "Take {excerpt} out.", ja: "{excerpt} を削除してください。"}
sources:
  - {name: "House style"}
match: {on: %s, form: decoded, regex: '(?s)\\S.*'}
examples:
  - fail: {%s}
  - pass: {text: ""}
""" % (rule, severity, target, {"subject": 'subject: "x"', "plain": 'text: "x"', "from-name": "from: '\"x\" <a@hanami-books.jp>'"}[target]))
    return folder


def write_drafts():
    folder = os.path.join(scratch, "hostile")
    os.makedirs(os.path.join(folder, "sub folder"))
    names = [b"a:b,c%25.eml", "日本 語.eml".encode(), b"\xe9t\xe9.eml", b"]]><x>.eml", b"new\nline.eml", b"tab\t.eml", b"\"quote'.eml", b"::error::.eml",
             b"`tick`.eml", b"|pipe|.eml", b"@octocat.eml", b"{0}[x](1).eml", b"\x1b[31m.eml", "\u202egnp.eml".encode(), b"sub folder/#1?x=y&z.eml", b"##[error].eml"]
    for i, payload in enumerate(PAYLOADS):
        name = names[i] if i < len(names) else b"payload-%02d.eml" % i
        word = base64.b64encode(payload.encode("utf-8", "surrogatepass")).decode()
        draft = ('From: =?UTF-8?B?%s?= <a@hanami-books.jp>\nTo: b@hanami-reader.jp\nSubject: =?UTF-8?B?%s?=\nDate: Tue, 24 Nov 2026 09:00:00 +0900\n'
                 'MIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: %s\n\n' % (word, word, "base64" if i % 2 else "8bit"))
        body = (word if i % 2 else payload).encode("utf-8", "surrogatepass")
        with open(os.path.join(os.fsencode(folder), name), "wb") as file:
            file.write(draft.encode() + body + b"\n")
    with open(os.path.join(folder, "bytes.eml"), "wb") as file:
        file.write(b"From: \"\xff\xfe\" <a@hanami-books.jp>\nSubject: \xff\xc0\x80 \xed\xa0\x80 \x93quoted\x94\nDate: x\n\nbody \xff\xfe\x00<b>\x00 end\n")
    return folder


def hostile():
    global RULE_FLAGS
    rules = write_rules()
    folder = write_drafts()
    RULE_FLAGS = ["--rules", rules, "--no-builtin-rules"]
    document, report = check_all(RULE_FLAGS + ["--verbose", "."], folder)
    fact(sum(1 for _ in findings(document)) >= 2 * len(PAYLOADS), "the payloads are quoted")
    said = "".join(f["message"] for _, f, _ in findings(document))
    for payload in ("<script>", "::error", "@octocat", "\u202e", "{{name}}", "onerror", "日本語"):
        fact(payload in said, "the JSON report quotes", payload)
    RULE_FLAGS = []
    check_all(["."], folder)
    for name in FORMATS:
        japanese = run(["--lang", "ja", "--rules", rules, "--no-builtin-rules", "--format", name, "."], folder)
        fact("とあります" in japanese.decode("utf-8"), name, "in Japanese with --lang ja")
        english = run(["--rules", rules, "--no-builtin-rules", "--format", name, "."], folder, {"LC_ALL": "ja_JP.UTF-8"})
        fact(english == report[name] or name == "sarif", name, "is English without --lang, whatever the environment says")


def corpus():
    for jobs in ("1", "3"):
        for name in FORMATS:
            with open(os.path.join(scratch, name + jobs), "wb") as file:
                file.write(run(["--jobs", jobs, "--format", name, "corpus"]))
    for name in FORMATS:
        fact(open(os.path.join(scratch, name + "1"), "rb").read() == open(os.path.join(scratch, name + "3"), "rb").read(), name, "does not depend on --jobs")
    check_all(["corpus"])
    document, report = check_all(["corpus/good", "no/such.eml"])
    fact(len(document["errors"]) == 1 and "such.eml" in report["github"].decode().splitlines()[0], "what cannot be read comes first")
    for name in FORMATS:
        fact("such.eml" in report[name].decode("utf-8"), name, "tells what cannot be read")
    check_all([os.path.join(top, "corpus/bad")])
    check_all(["./corpus//good"])
    document, report = check_all(["--select", "header-duplicate", "corpus/good/bank-8bit.eml"])
    fact(json.loads(report["gitlab"]) == [] and report["github"] == b"", "nothing found")
    fact("no findings" in report["markdown"].decode() and ET.fromstring(report["junit"]).get("failures") == "0", "nothing found")
    failing = ET.fromstring(run(["--fail-on", "info", "--format", "junit", "corpus/bad"], code=1))
    fact(len(list(failing.iter("failure"))) == len(list(failing.iter("testcase"))) - len(list(failing.iter("skipped"))), "junit: --fail-on info fails every finding")
    scored = ET.fromstring(run(["--fail-on", "never", "--max-score", "5", "--format", "junit", "corpus/bad/reads-like-spam.eml"], code=1))
    fact([f.get("type") for f in scored.iter("failure")] == ["score"], "junit: --max-score fails a case of its own")


def limits():
    """More than GitHub takes: 25,000 results of a run, of which it shows 5,000; a comment of 65,536 characters."""
    box = os.path.join(scratch, "large.mbox")
    with open(box, "w", encoding="utf-8") as file:
        for i in range(150):
            file.write("From a@hanami-books.jp Tue Nov 24 09:00:00 2026\nFrom: a@hanami-books.jp\nSubject: x\nDate: Tue, 24 Nov 2026 09:00:00 +0900\n\n")
            file.write("".join("%d-%d xx yy\n" % (i, k) for k in range(100)) + "\n")
    folder = os.path.join(scratch, "many")
    os.makedirs(folder)
    for rule, severity, word in (("many-errors", "error", "xx"), ("many-remarks", "info", "yy")):
        with open(os.path.join(scratch, "rules", "hostile-subject.yaml"), encoding="utf-8") as file:
            text = file.read().replace("hostile-subject", rule).replace("severity: error", "severity: " + severity)
        with open(os.path.join(folder, rule + ".yaml"), "w", encoding="utf-8") as file:
            file.write(text.replace("on: subject", "on: plain").replace(r"(?s)\S.*", word).replace('subject: "x"', 'text: "%s"' % word))
    flags = ["--rules", folder, "--no-builtin-rules"]
    report = reports(flags + [box])
    document = json.loads(report["json"])
    found = [f for _, f, _ in findings(document)]
    fact(len(found) >= 30000, "a large run:", len(found))
    log = check_sarif(report["sarif"], document, None, 1)
    results = log["runs"][0]["results"]
    told = {n["descriptor"]["id"]: n["message"]["text"] for n in log["runs"][0]["invocations"][0]["toolExecutionNotifications"]}
    fact(len(results) == 25000, "GitHub refuses more than 25,000 results:", len(results))
    fact(sum(r["level"] == "error" for r in results) == sum(f["severity"] == "error" for f in found), "the most severe are kept")
    fact(told["results-left-out"].startswith("%d " % (len(found) - 25000)) and "5000" in told["results-not-shown"], told)
    fact(len(gzip.compress(report["sarif"])) < 10 * 1024 * 1024, "GitHub takes 10 MB, packed:", len(gzip.compress(report["sarif"])))
    check_github(report["github"], document)
    page = check_markdown(report["markdown"], document, set())
    fact(page is None or len(page.rows) > 100, "markdown: as many rows as there is room for")
    fact(page is None or "no room for" in page.text, "markdown: the rest is counted")


def problem_matcher():
    """.github/problem-matchers/presend.json finds every finding of the text report and nothing else."""
    with open(".github/problem-matchers/presend.json", encoding="utf-8") as file:
        matchers = json.load(file)["problemMatcher"]
    fact(len({m["owner"] for m in matchers}) == len(matchers), "matchers: owners differ")
    document = json.loads(run(["--format", "json", "corpus"]))
    lines = run(["--verbose", "corpus"]).decode("utf-8").split("\n")
    found = []
    for line in lines:
        hits = [(m, re.search(m["pattern"][0]["regexp"], line)) for m in matchers]
        hits = [(m, hit) for m, hit in hits if hit]
        fact(len(hits) <= 1, "matchers: two for", line)
        for matcher, hit in hits:
            keys_ = matcher["pattern"][0]
            severity = hit.group(keys_["severity"]) if "severity" in keys_ else {"notice": "info"}[matcher["severity"]]
            found.append((hit.group(keys_["file"]), int(hit.group(keys_["line"])), int(hit.group(keys_["column"])), severity, hit.group(keys_["code"])))
            fact(hit.group(keys_["message"]), "matchers: a message", line)
    wanted = [(m["path"], f["span"]["start"]["line"], f["span"]["start"]["column"], f["severity"], f["rule"]) for m, f, _ in findings(document)]
    fact(sorted(found) == sorted(wanted), "matchers: findings", len(found), "of", len(wanted), sorted(set(found) ^ set(wanted))[:3])


def fixes():
    """Fixes in every kind of region: of one edit and of several, in lines of UTF-8 and in lines that are none."""
    global seen_fixes
    head = b'From: "Hanami Books" <news@hanami-books.jp>\nSubject: May\n'
    html = head + b"MIME-Version: 1.0\nContent-Type: text/html; charset=%s\nContent-Transfer-Encoding: 8bit\n\n%s"
    drafts = {"utf-8.eml": html % (b"UTF-8", "<p>春の新刊</p>\n".encode()), "crlf.eml": (html % (b"UTF-8", b"<p>May</p>\n")).replace(b"\n", b"\r\n"),
              "sjis.eml": html % (b"Shift_JIS", "<p>春の新刊</p>".encode("shift_jis")), "field.eml": head + b"Content-Type: text/plain\n\nMay\n"}
    folder = os.path.join(scratch, "fixes")
    os.mkdir(folder)
    for name, data in drafts.items():
        with open(os.path.join(folder, name), "wb") as file:
            file.write(data)
    seen_fixes = 0
    _, report = check_all(["--isolated", "--select", "text-part-missing,mime-version-missing", *sorted(drafts)], folder)
    fact(seen_fixes == len(drafts), "fixes were compared:", seen_fixes)
    fact(b'"binary"' in report["sarif"] and b'"suggestions"' in report["rdjson"], "fixes: bytes, and a suggestion")


def main():
    problem_matcher()
    corpus()
    hostile()
    limits()
    fixes()
    note = "" if shutil.which("cmark-gfm") else " (cmark-gfm is missing: Markdown was not rendered)"
    print("formats: %d statements about the reports hold%s" % (statements, note))


main()
