"""Compares presend's decoded text parts with Python's codecs. May not call presend right or wrong: it classes each difference by the
bytes that differ, and a difference that no rule below explains is a failure.

decoders.py PROGRAM [MAIL]: PROGRAM is tests/decoded.c built, MAIL the folder with index.tsv.
"""
import base64
import collections
import glob
import os
import re
import subprocess
import sys

STRICT = {"iso-2022-jp": "iso2022_jp_ext", "shift_jis": "cp932", "euc-jp": "euc_jp", "utf-8": "utf-8", "ascii": "ascii"}
# One cell of JIS X 0208, two readings: the standard's, which Python's ISO-2022-JP and EUC-JP give, and that of Windows.
# The last four: single bytes A0, FD, FE, FF of CP932, no characters of Shift_JIS, for which Python has private-use ones.
READINGS = str.maketrans("\u301c\u2016\u2212\u00a2\u00a3\u00ac\u2014\uf8f0\uf8f1\uf8f2\uf8f3", "\uff5e\u2225\uff0d\uffe0\uffe1\uffe2\u2015\ufffd\ufffd\ufffd\ufffd")


def windows_jis(raw, recover=False):
    """ISO-2022-JP with row 13 and rows 89 to 92, by way of CP932: what the escapes switch is decoded run by run. recover: a line end
    leads back to ASCII, and SO and SI switch to katakana and back."""
    if recover:
        raw = re.sub(rb"(\x1b\$[@B][^\x1b\r\n]*)(?=[\r\n])", b"\\1\x1b(B", raw)
        raw = raw.replace(b"\x0e", b"\x1b(I").replace(b"\x0f", b"\x1b(B")
    out, mode = [], b"B"
    for piece in re.split(rb"(\x1b(?:\$[@B]|\$\([A-Z]|\$A|\([A-Z]|\.[A-Z]))", raw):
        if piece.startswith(b"\x1b"):
            mode = piece[1:]
        elif mode in (b"$@", b"$B"):
            # A line end stands for itself in any set.
            for run in re.split(rb"([\r\n]+)", piece):
                out.append(run.decode("ascii") if run[:1] in (b"\r", b"\n") else jis_pairs(run))
        elif mode == b"(I":
            out.append(bytes(b | 0x80 for b in piece).decode("cp932"))
        else:
            out.append(piece.decode("ascii"))
    return "".join(out)


def jis_pairs(run):
    out = bytearray()
    if len(run) % 2:
        raise UnicodeDecodeError("jis", run, len(run) - 1, len(run), "odd byte")
    for i in range(0, len(run), 2):
        row, cell = run[i] - 0x20, run[i + 1] - 0x20
        if not (1 <= row <= 94 and 1 <= cell <= 94):
            raise UnicodeDecodeError("jis", run, i, i + 2, "no pair")
        out.append((0x81 if row < 63 else 0xC1) + (row - 1) // 2)
        out.append(cell + 0x3F + (cell >= 64) if row % 2 else cell + 0x9E)
    return out.decode("cp932")


def pair_length(family, raw, at):
    """How many bytes a bad place has: a pair that is well formed but has no character counts whole, like the tables say it; else one byte."""
    lead, trail = raw[at], raw[at + 1] if at + 1 < len(raw) else 0
    if family == "shift_jis":
        return 2 if (0x81 <= lead <= 0x9F or 0xE0 <= lead <= 0xFC) and 0x40 <= trail <= 0xFC and trail != 0x7F else 1
    if lead == 0x8F and raw[at + 1:at + 3] and min(raw[at + 1:at + 3]) >= 0xA1 and len(raw) > at + 2:
        return 3
    return 2 if 0xA1 <= lead <= 0xFE and 0xA1 <= trail <= 0xFE else 1


def go_on(family, name, raw):
    """The strict decoder, begun again behind each bad place."""
    out, at = [], 0
    while at < len(raw):
        try:
            out.append(raw[at:].decode(name))
            break
        except UnicodeDecodeError as error:
            start = at + error.start
            out.append(raw[at:start].decode(name) + "\ufffd")
            at = start + (error.end - error.start if family == "utf-8" else pair_length(family, raw, start))
    return "".join(out)


JIS_SETS = {b"$@": "pairs", b"$B": "pairs", b"(B": "ascii", b"(J": "roman", b"(I": "kana", b"(H": "ascii",
            b"$(D": "euc_jp", b"$A": "gb2312", b"$(C": "euc_kr"}


def jis_go_on(raw):
    """ISO-2022-JP with what recovery has to do at bad places: a line end leads back to ASCII, half a pair is one bad place, a byte with
    the eighth bit is half-width katakana where JIS X 0201 has one."""
    out, mode, at = [], "ascii", 0
    while at < len(raw):
        byte = raw[at]
        if byte == 0x1B:
            escape = re.match(rb"\x1b(\$\([A-Z]|\$[@AB]|\([A-Z])", raw[at:at + 4])
            known = escape and JIS_SETS.get(escape.group(1))
            if escape and (known or escape.group(1)[:2] == b"$("):
                mode = known or "unreadable"
                at += escape.end()
            else:
                out.append("\ufffd")
                at += escape.end() if escape else 1
            continue
        at += 1
        if byte in (0x0E, 0x0F):
            mode = "kana" if byte == 0x0E else "ascii"
        elif byte in b"\r\n":
            mode = mode if mode == "roman" else "ascii"
            out.append(chr(byte))
        elif byte >= 0x80:
            out.append(bytes([byte]).decode("cp932", "replace") if 0xA1 <= byte <= 0xDF else "\ufffd")
        elif byte <= 0x20 or byte == 0x7F or mode == "ascii":
            out.append(chr(byte))
        elif mode == "roman":
            out.append({0x5C: "\u00a5", 0x7E: "\u203e"}.get(byte, chr(byte)))
        elif mode == "kana":
            out.append(chr(0xFF61 + byte - 0x21) if byte <= 0x5F else "\ufffd")
        elif at == len(raw) or not 0x21 <= raw[at] <= 0x7E:
            out.append("\ufffd")
        else:
            pair = raw[at - 1:at + 1]
            at += 1
            try:
                high = bytes(b | 0x80 for b in pair)
                out.append("\ufffd" if mode == "unreadable" else jis_pairs(pair) if mode == "pairs" else
                           (b"\x8f" + high if mode == "euc_jp" else high).decode(mode))
            except UnicodeDecodeError:
                out.append("\ufffd")
    return "".join(out)


def folded(text):
    """For a comparison with bad places: how many signs stand for one is a matter of taste, where it is and what stands around it is not."""
    return re.sub("[\ufffd\ue000-\uf8ff]+", "\ufffd", text.translate(READINGS))


def decode(codec, raw):
    try:
        return codec(raw), None
    except UnicodeDecodeError as error:
        return None, error


def explain(family, raw, text):
    """The class of a text: "equal", a reason, or None."""
    name = STRICT.get(family)
    if not name:
        return "not Japanese: decoded as " + family
    other, error = decode(lambda b: b.decode(name), raw)
    if other == text:
        return "equal"
    if other is not None and other.translate(READINGS) == text.translate(READINGS):
        return "the other reading of a cell with two (wave dash and its like)"
    if family == "utf-8" and raw.startswith(b"\xef\xbb\xbf") and other is not None and other[1:] == text:
        return "byte order mark"
    if family == "iso-2022-jp":
        other, jis_error = decode(windows_jis, raw)
        if other is not None and other.translate(READINGS) == text.translate(READINGS):
            return "row 13, rows 89 to 92, or katakana by ESC ( I, which the strict decoder refuses"
        error = error or jis_error
        other, _ = decode(lambda b: windows_jis(b, True), raw)
        if other is not None and other.translate(READINGS) == text.translate(READINGS):
            return "no return to ASCII at a line end, or SO and SI, where presend recovers and others go on in kanji"
    if error is not None and folded(jis_go_on(raw) if family == "iso-2022-jp" else go_on(family, name, raw)) == folded(text):
        return "bytes that the charset does not have, where both go on behind them and agree about the rest"
    return None


def paths_of(mail):
    with open(mail + "/index.tsv", encoding="utf-8") as index:
        next(index)
        paths = [mail + "/" + row[0] for row in (line.rstrip("\n").split("\t") for line in index) if row[2] == "ja"]
    # Members of archives are named "archive:member".
    return [p for p in paths if os.path.isfile(p)]


def main():
    program, mail, paths = sys.argv[1], sys.argv[2] if len(sys.argv) > 2 else None, []
    if mail:
        paths = paths_of(mail)
    # The drafts of corpus/ are the ones with bytes that no charset has.
    paths += sorted(glob.glob("corpus/*/*.eml"))
    if not paths:
        sys.exit("decoders: nothing to compare")
    lines = []
    for i in range(0, len(paths), 100):
        lines += subprocess.run([program, *paths[i:i + 100]], stdout=subprocess.PIPE, check=True).stdout.decode("utf-8").splitlines()
    classes, faults = collections.Counter(), []
    for line in lines:
        path, part, label, family, raw, text = line.split("\t")
        reason = explain(family, base64.b64decode(raw), base64.b64decode(text).decode("utf-8"))
        classes[reason] += 1
        if reason is None:
            faults.append(f"{path} part {part}, label {label or '(none)'}, decoded as {family}")
    for reason, count in classes.most_common():
        print(f"{count:6} {reason or 'NOT EXPLAINED'}")
    for fault in faults:
        print("decoders:", fault)
    print(f"decoders: {len(lines)} texts of {len(paths)} files, {classes['equal']} equal, {len(faults)} not explained")
    return 1 if faults or not classes["equal"] else 0


sys.exit(main())
