"""Collects the texts for people from code and templates and compiles their Chinese.

``python -m zhiheng.site.messages`` lists what lacks its Chinese and writes the compiled catalogue.
The source is one ``.po`` file; no gettext tools are needed, so a bare machine can do it too.
"""

from __future__ import annotations

import ast
import re
import struct
import sys
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1]
SOURCE = PACKAGE / "site" / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
COMPILED = SOURCE.with_suffix(".mo")
CALLS = {"_", "gettext", "gettext_lazy", "gettext_noop"}
HEADER = "Content-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: 8bit\nLanguage: zh_Hans\n"

_TAG = re.compile(r"{%\s*(?:translate|trans)\s+(\"[^\"]*\"|'[^']*')")
_FILTERED = re.compile(r"_\((\"[^\"]*\"|'[^']*')\)")
_BLOCK = re.compile(
    r"{%\s*block(?:translate|trans)\b([^%]*)%}(.*?){%\s*endblock(?:translate|trans)\s*%}", re.S
)
_VARIABLE = re.compile(r"{{\s*(\w+)\s*}}")
_PAIR = re.compile(r'^msgid ((?:"(?:[^"\\]|\\.)*"\s*)+)^msgstr ((?:"(?:[^"\\]|\\.)*"\s*)+)', re.M)
_STRING = re.compile(r'"((?:[^"\\]|\\.)*)"')


def collect() -> set[str]:
    """Return every English text that the code or a template asks to translate."""
    found: set[str] = set()
    for path in PACKAGE.rglob("*.py"):
        if path != Path(__file__).resolve() and "migrations" not in path.parts:
            found |= _from_code(path)
    for path in PACKAGE.rglob("templates/**/*.html"):
        found |= _from_template(path.read_text(encoding="utf-8"))
    return found


def _from_code(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        first = node.args[0]
        if name in CALLS and isinstance(first, ast.Constant) and isinstance(first.value, str):
            found.add(first.value)
    return found


def _from_template(text: str) -> set[str]:
    found = {match[1:-1] for match in _TAG.findall(text)} | {m[1:-1] for m in _FILTERED.findall(text)}
    for options, body in _BLOCK.findall(text):
        said = _VARIABLE.sub(r"%(\1)s", body.replace("%", "%%") if "%" in body else body)
        if "trimmed" in options:
            said = " ".join(line.strip() for line in said.strip().splitlines())
        found.add(said)
    return found


def catalogue(source: Path = SOURCE) -> dict[str, str]:
    """Return English -> Chinese as the source file holds it."""
    pairs = {}
    for english, chinese in _PAIR.findall(source.read_text(encoding="utf-8")):
        key = _unquote(english)
        if key:
            pairs[key] = _unquote(chinese)
    return pairs


def _unquote(lines: str) -> str:
    joined = "".join(_STRING.findall(lines))
    return joined.replace(r"\n", "\n").replace(r"\"", '"').replace(r"\\", "\\")


def compile_catalogue(pairs: dict[str, str]) -> bytes:
    """Return the binary GNU catalogue (little-endian, revision 0) of sorted pairs."""
    rows = sorted({"": HEADER, **pairs}.items(), key=lambda row: row[0].encode())
    ids = [english.encode() for english, _ in rows]
    texts = [chinese.encode() for _, chinese in rows]
    count, start = len(rows), 28
    offset = start + 16 * count
    tables: list[bytes] = []
    for strings in (ids, texts):
        table = b""
        for string in strings:
            table += struct.pack("<II", len(string), offset)
            offset += len(string) + 1
        tables.append(table)
    head = struct.pack("<7I", 0x950412DE, 0, count, start, start + 8 * count, 0, 0)
    return head + b"".join(tables) + b"".join(s + b"\0" for s in ids + texts)


def write_source(pairs: dict[str, str], path: Path = SOURCE) -> None:
    """Write the source file, sorted, so that a change shows as the lines it touches."""
    path.parent.mkdir(parents=True, exist_ok=True)
    blocks = ['msgid ""\nmsgstr ""\n' + "\n".join(_quote(line) for line in HEADER.splitlines(keepends=True))]
    for english, chinese in sorted(pairs.items()):
        blocks.append(f"msgid {_quote(english)}\nmsgstr {_quote(chinese)}")
    path.write_text("\n\n".join(blocks) + "\n", encoding="utf-8")


def _quote(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', r"\"").replace("\n", r"\n")
    return f'"{escaped}"'


def main() -> int:
    """Compile the catalogue; return 1 and list what lacks its Chinese."""
    pairs, wanted = catalogue(), collect()
    write_source({english: pairs[english] for english in pairs if english in wanted})
    COMPILED.write_bytes(compile_catalogue(catalogue()))
    missing = sorted(wanted - set(pairs))
    for english in missing:
        print(f"no Chinese: {english!r}", file=sys.stderr)
    print(f"{len(wanted)} messages, {len(missing)} without Chinese", file=sys.stderr)
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
