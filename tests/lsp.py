"""presend lsp, driven over its protocol: what an editor sends and what it must get.

Usage: lsp.py PRESEND. Prints one line for each failure; the last line is a summary.
"""
import os
import pathlib
import sys
import tempfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from json_rpc import Client  # noqa: E402

program = os.path.abspath(sys.argv[1])
failures, done = [], 0
folder = pathlib.Path(tempfile.mkdtemp())
HEADER = "From: Hanami Post <post@hanami.example>\nTo: reader@example.com\nSubject: {}\nDate: Tue, 24 Nov 2026 09:00:00 +0900\nMessage-ID: <1@hanami.example>\n"
GOOD = HEADER.format("Spring") + "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\nHello\n"
WITHOUT_VERSION = GOOD.replace("MIME-Version: 1.0\n", "")


def check(good, name, detail=""):
    global done
    done += 1
    if not good:
        failures.append(f"lsp: FAILED: {name} {detail}")


def uri_of(name, text=None, encoding="utf-8", mark=b""):
    path = folder / name
    if text is not None:
        path.write_bytes(mark + text.encode(encoding))
    return path.as_uri()


def start(*arguments, locale=None, **options):
    client = Client(program, "lsp", *arguments, cwd=folder, **options)
    params = {"processId": None, "rootUri": folder.as_uri(), "capabilities": {}}
    if locale:
        params["locale"] = locale
    client.capabilities = client.request("initialize", params)["result"]["capabilities"]
    client.notify("initialized")
    return client


def diagnostics(client):
    message = client.seen.pop(0) if client.seen else client.read()
    while message["method"] != "textDocument/publishDiagnostics":
        message = client.seen.pop(0) if client.seen else client.read()
    return message["params"]


def opened(client, uri, text, version=1, language="eml"):
    client.notify("textDocument/didOpen", {"textDocument": {"uri": uri, "languageId": language, "version": version, "text": text}})
    return diagnostics(client)


def changed(client, uri, text, version):
    client.notify("textDocument/didChange", {"textDocument": {"uri": uri, "version": version}, "contentChanges": [{"text": text}]})
    return diagnostics(client)


def codes(params):
    return [d["code"] for d in params["diagnostics"]]


def of(params, code):
    found = [d for d in params["diagnostics"] if d["code"] == code]
    return found[0] if found else None


def stop(client):
    answer = client.request("shutdown")
    client.notify("exit")
    return answer, client.close()


def slice_of(text, wanted):
    """What stands in a range, counted as the protocol does: lines, and UTF-16 units in them."""
    lines = text.split("\n")
    units = [line.encode("utf-16-le") for line in lines]
    a, b = wanted["start"], wanted["end"]
    if a["line"] == b["line"]:
        return units[a["line"]][2 * a["character"]:2 * b["character"]].decode("utf-16-le")
    first = units[a["line"]][2 * a["character"]:].decode("utf-16-le")
    last = units[b["line"]][:2 * b["character"]].decode("utf-16-le") if b["line"] < len(units) else ""
    return "\n".join([first, *lines[a["line"] + 1:b["line"]], last])


def edited(text, edits):
    """The text with edits made, last first."""
    def offset(place):
        lines = text.split("\n")
        before = sum(len(line) + 1 for line in lines[:place["line"]])
        line = lines[place["line"]] if place["line"] < len(lines) else ""
        return before + len(line.encode("utf-16-le")[:2 * place["character"]].decode("utf-16-le"))
    for edit in sorted(edits, key=lambda e: offset(e["range"]["start"]), reverse=True):
        text = text[:offset(edit["range"]["start"])] + edit["newText"] + text[offset(edit["range"]["end"]):]
    return text


def session():
    client = start()
    capabilities = client.capabilities
    check(capabilities["positionEncoding"] == "utf-16" and capabilities["textDocumentSync"]["change"] == 1, "capabilities", capabilities)
    uri = uri_of("a.eml", WITHOUT_VERSION)
    first = opened(client, uri, WITHOUT_VERSION)
    check(first["uri"] == uri and first["version"] == 1 and codes(first).count("mime-version-missing") == 1, "opened", first)
    found = of(first, "mime-version-missing")
    check(found["severity"] == 1 and found["source"] == "presend" and found["codeDescription"]["href"].startswith("https://www.rfc-editor.org/"), "a diagnostic", found)
    check("MIME-Version" in found["message"], "its words", found)
    # Typing: the text of the editor counts, not that of the file.
    second = changed(client, uri, GOOD, 2)
    check(second["version"] == 2 and "mime-version-missing" not in codes(second), "after a change", second)
    third = changed(client, uri, WITHOUT_VERSION, 3)
    check("mime-version-missing" in codes(third), "and back", third)
    hover = client.request("textDocument/hover", {"textDocument": {"uri": uri}, "position": found["range"]["start"]})["result"]
    check(hover and "mime-version-missing" in hover["contents"]["value"] and "RFC 2045" in hover["contents"]["value"], "hover", hover)
    far = client.request("textDocument/hover", {"textDocument": {"uri": uri}, "position": {"line": 9999, "character": 0}})["result"]
    check(far is None, "hover where nothing is found", far)
    everywhere = {"start": {"line": 0, "character": 0}, "end": {"line": 99, "character": 0}}
    actions = client.request("textDocument/codeAction", {"textDocument": {"uri": uri}, "range": everywhere, "context": {"diagnostics": []}})["result"]
    quick = [a for a in actions if a["kind"] == "quickfix" and a["diagnostics"][0]["code"] == "mime-version-missing"]
    check(len(quick) == 1 and quick[0].get("isPreferred") is True, "one quick fix", actions)
    change = quick[0]["edit"]["documentChanges"][0]
    check(change["textDocument"] == {"uri": uri, "version": 3}, "which version is meant", change)
    mended = edited(WITHOUT_VERSION, change["edits"])
    check("MIME-Version: 1.0\n" in mended and sorted(mended.split("\n")) == sorted(GOOD.split("\n")), "the text after the quick fix", repr(mended))
    whole = [a for a in actions if a["kind"] == "source.fixAll.presend"]
    check(len(whole) == 1 and "mime-version-missing" not in codes(changed(client, uri, edited(WITHOUT_VERSION, whole[0]["edit"]["documentChanges"][0]["edits"]), 4)),
          "all fixes at once", whole)
    client.request("textDocument/hover", {"textDocument": {"uri": uri}, "position": {"line": 0, "character": 0}})
    changed(client, uri, WITHOUT_VERSION, 5)
    only = client.request("textDocument/codeAction", {"textDocument": {"uri": uri}, "range": everywhere, "context": {"diagnostics": [], "only": ["source"]}})["result"]
    check([a["kind"] for a in only] == ["source.fixAll.presend"], "only what is asked for", only)
    none = client.request("textDocument/codeAction", {"textDocument": {"uri": uri}, "range": everywhere, "context": {"diagnostics": [], "only": ["refactor"]}})["result"]
    check(none == [], "nothing of another kind", none)
    client.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
    check(diagnostics(client)["diagnostics"] == [], "a closed draft has none")
    gone = client.request("textDocument/hover", {"textDocument": {"uri": uri}, "position": {"line": 0, "character": 0}})["result"]
    check(gone is None, "nor a hover")
    check(client.request("textDocument/rename", {})["error"]["code"] == -32601, "unknown methods")
    check(client.request("initialize", {})["error"]["code"] == -32600, "initialize twice")
    answer, code = stop(client)
    check(answer["result"] is None and code == 0, "shutdown and exit", code)


def places():
    """UTF-16 columns, through Japanese, emoji, CRLF, a byte order mark and other charsets."""
    subject = "\U0001F338春のお知らせ"
    raw = HEADER.format(subject) + "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\nこんにちは\n"
    client = start()
    wanted = opened(client, uri_of("raw.eml", raw), raw)
    found = of(wanted, "header-raw-text")
    check(found and slice_of(raw, found["range"]).strip() == subject, "a range behind an emoji", wanted)
    html = "<html lang=\"ja\"><body><p>\U0001F338桜 <script>alert(1)</script> まつり</p></body></html>\n"
    wanted = opened(client, uri_of("letter.html", html), html, language="html")
    found = of(wanted, "html-script")
    check(found and slice_of(html, found["range"]).startswith("<script"), "a range in a template", wanted)
    crlf = raw.replace("\n", "\r\n")
    wanted = opened(client, uri_of("crlf.eml", crlf), crlf)
    found = of(wanted, "header-raw-text")
    check(found and slice_of(crlf, found["range"]).strip() == subject, "line ends of CRLF", wanted)
    # What an editor shows of a file with a byte order mark has none; the rule that tells of it stays.
    wanted = opened(client, uri_of("mark.html", html, mark=b"\xef\xbb\xbf"), html, language="html")
    found = of(wanted, "html-script")
    check(found and slice_of(html, found["range"]).startswith("<script"), "a range behind a byte order mark", wanted)
    # An editor that reads Shift_JIS and ISO-2022-JP sends characters; the bytes are judged.
    for charset, codec in (("shift_jis", "cp932"), ("iso-2022-jp", "iso2022_jp"), ("euc-jp", "euc_jp")):
        text = (HEADER.format("Haru") + "MIME-Version: 1.0\nContent-Type: text/html; charset=%s\nContent-Transfer-Encoding: %s\n\n" %
                (charset, "7bit" if codec == "iso2022_jp" else "8bit") + "<p>春の桜まつり <script>alert(1)</script> です</p>\n")
        wanted = opened(client, uri_of(codec + ".eml", text, codec), text)
        found = of(wanted, "html-script")
        check(found and slice_of(text, found["range"]).startswith("<script"), "a range in " + charset, wanted)
        check([c for c in codes(wanted) if c.startswith("charset-")] in ([], ["charset-legacy"]), "no false word about " + charset, codes(wanted))
    stop(client)


def configuration():
    (folder / "presend.toml").write_text('ignore = ["mime-version-missing"]\nexclude = ["out/"]\n')
    (folder / "out").mkdir()
    client = start()
    uri = uri_of("configured.eml", WITHOUT_VERSION)
    check("mime-version-missing" not in codes(opened(client, uri, WITHOUT_VERSION)), "the configuration is obeyed")
    excluded = uri_of("out/b.eml", WITHOUT_VERSION)
    check(codes(opened(client, excluded, WITHOUT_VERSION)) == [], "what is excluded is left alone")
    # It is read anew.
    (folder / "presend.toml").write_text("")
    check("mime-version-missing" in codes(changed(client, uri, WITHOUT_VERSION, 2)), "a changed configuration is obeyed")
    (folder / "presend.toml").write_text("ignroe = []\n")
    check(codes(changed(client, uri, WITHOUT_VERSION, 3)) == [], "no verdict under a configuration that is not sound")
    (folder / "presend.toml").unlink()
    stop(client)


def trouble_is_shown():
    (folder / "presend.toml").write_text("ignroe = []\n")
    client = start()
    uri = uri_of("t.eml", GOOD)
    client.notify("textDocument/didOpen", {"textDocument": {"uri": uri, "languageId": "eml", "version": 1, "text": GOOD}})
    message = client.read()
    check(message["method"] == "window/showMessage" and "ignroe" in message["params"]["message"], "trouble is shown", message)
    diagnostics(client)
    client.notify("textDocument/didChange", {"textDocument": {"uri": uri, "version": 2}, "contentChanges": [{"text": GOOD + "x"}]})
    check(client.read()["method"] == "textDocument/publishDiagnostics", "and not at every key")
    (folder / "presend.toml").unlink()
    stop(client)


def languages():
    client = start(locale="ja-JP")
    uri = uri_of("ja.eml", WITHOUT_VERSION)
    found = of(opened(client, uri, WITHOUT_VERSION), "mime-version-missing")
    check("ありません" in found["message"], "Japanese by the editor's locale", found)
    stop(client)
    client = start("--lang", "en", locale="ja")
    found = of(opened(client, uri, WITHOUT_VERSION), "mime-version-missing")
    check("ありません" not in found["message"], "--lang wins", found)
    stop(client)


def hostile():
    client = start()
    uri = uri_of("x.eml", GOOD)
    client.raw(b"Content-Length: 3\r\n\r\n{{{")
    check(client.read()["error"]["code"] == -32700, "no JSON")
    client.raw(b"Content-Length: 2\r\n\r\n[]")
    check(client.read()["error"]["code"] == -32700, "no object")
    client.raw(b"Content-Length: 4000\r\n\r\n" + b"[" * 4000)
    check(client.read()["error"]["code"] == -32700, "deep nesting")
    for params in ({}, {"textDocument": 1}, {"textDocument": {"uri": 5, "text": []}}, {"textDocument": {"uri": uri}}, {"contentChanges": {}}):
        for method in ("textDocument/didOpen", "textDocument/didChange", "textDocument/didClose", "textDocument/didSave"):
            client.notify(method, params)
        for method in ("textDocument/hover", "textDocument/codeAction"):
            client.request(method, params)
    client.notify("$/cancelRequest", {"id": 1})
    odd = "Subject: \x1b[31m\u202e\ud7ff\x00x\n\n\x00\n"
    check(opened(client, "untitled:Untitled-1", odd)["uri"] == "untitled:Untitled-1", "an unsaved draft of control characters")
    big = WITHOUT_VERSION + "あ" * 200000
    check("mime-version-missing" in codes(opened(client, uri, big)), "a large draft")
    # Many changes at once: the last one counts, and not each is judged.
    frames = b"".join(client.frame({"jsonrpc": "2.0", "method": "textDocument/didChange", "params": {
        "textDocument": {"uri": uri, "version": i}, "contentChanges": [{"text": GOOD}]}}) for i in range(2, 202))
    client.raw(frames)
    published = [diagnostics(client)]
    while published[-1]["version"] < 201:
        published.append(diagnostics(client))
    check(len(published) < 200 and "mime-version-missing" not in codes(published[-1]), "changes are taken together", len(published))
    stop(client)
    client = Client(program, "lsp", cwd=folder)
    check(client.request("textDocument/hover", {})["error"]["code"] == -32002, "before initialize")
    check(client.close() == 1, "a client that only hangs up")
    client = Client(program, "lsp", cwd=folder)
    client.raw(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
    check(client.close() == 2, "another protocol")
    client = Client(program, "lsp", cwd=folder)
    client.raw(b"x" * 5000)
    check(client.close() == 2, "a header without end")


for part in (session, places, configuration, trouble_is_shown, languages, hostile):
    part()
for path in sorted(folder.rglob("*"), reverse=True):
    path.rmdir() if path.is_dir() else path.unlink()
folder.rmdir()
print("\n".join(failures))
print(f"lsp: {done - len(failures)} passed, {len(failures)} failed")
sys.exit(bool(failures))
