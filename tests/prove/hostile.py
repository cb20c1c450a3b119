"""Makes files that a hostile hand could give a verifier: wrong in form, number, size, in what they name.

Each kind takes a true file and a source of chance and returns bytes. Some are bent and then sealed anew, as
an office itself could, so that they pass the digests and reach the checks behind.
"""

from __future__ import annotations

import contextlib
import copy
import io
import json
import random
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from tests.verification import made, made_numbers
from tests.verification.test_mutations import at, branches, leaves
from zhiheng.errors import ZhihengError
from zhiheng.proof import canonical
from zhiheng.verification import draw as draw_check
from zhiheng.verification import figure as figure_check

LARGEST = 2**53 - 1
STRANGE: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, LARGEST, -LARGEST, 2**31, "", "x", [], {}, [[]], [{}], {"": {}}, [None]),
    *(
        "0" * 64,
        "f" * 64,
        "00" * 32,
        "\u0000",
        "\u2028",
        "../../x",
        "1e999",
        "nan",
        "-1",
        "9" * 400,
        "é" * 300,
    ),
    *(
        [0] * 1000,
        ["a"] * 1000,
        {"a": 1, "b": [2]},
        [1, 0],
        [0, 0],
        [-1, -1],
        [LARGEST, LARGEST],
        [LARGEST, 1],
    ),
)
NUMBERS = (
    "NaN",
    "Infinity",
    "-Infinity",
    "1.0",
    "1e2",
    "1E400",
    "-0.0",
    "9007199254740992",
    "1" * 5000,
    "01",
)
TEXTS = ('"\\ud800"', '"\\udc00x"', '"\\ud800\\ud800"', '"\x01"', '"\\x41"', '"', "'a'", "+1", "undefined")
NAMES = (
    *("../frame-x.tsv", "/etc/passwd", "frame-.tsv", "frame-x.tsv/", "frame-a\u0000.tsv", "C:\\frame-x.tsv"),
    *(
        "frame-x.tsv\n",
        "frame-" + "x" * 4000 + ".tsv",
        "frame-é.tsv",
        ".",
        "",
        "frame-x.tsv?a",
        "frame-..tsv",
    ),
)


@dataclass(frozen=True)
class Kind:
    """One way to be hostile; ``spoil`` returns the bytes of a file."""

    name: str
    spoil: Callable[[dict[str, Any], random.Random], bytes]
    is_sealed: bool = False
    """Whether an office itself made it so: then what describes may be another, and nothing is forged."""


@cache
def files() -> list[dict[str, Any]]:
    """Return one true file of each sort that the verifiers know."""
    figures = made.figure_bundles()
    return [
        made.sealed_bundle(made.draw_bundle()),
        made.rich_bundle(made.PANEL, used=(("B", 2, 6), ("B", 1, 7))),
        made.special_bundle({"A": 1, "B": 1, "C": 4, "D": 16}),
        made.salted_bundle(),
        made.sealed_bundle(figures[""]),
        figures["38"],
        made.receipt_file(),
    ]


@cache
def numbers() -> list[dict[str, Any]]:
    """Return true files of numbers: each kind of formula that differs in shape, one sealed, one of others."""
    found = [
        made.sealed_bundle(made_numbers.bundle("ratio")),
        *map(made_numbers.bundle, ("mean", "total", "linked", "bridged by logit")),
        made_numbers.with_interval("score"),
        made_numbers.published(),
    ]
    return json.loads(json.dumps(found))


def text(value: Any) -> bytes:
    """Return a value as bytes, with lone halves of pairs written out."""
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _strange_leaf(value: dict[str, Any], draws: random.Random) -> bytes:
    return text(_bent(value, draws, list(leaves(value))))


def _strange_branch(value: dict[str, Any], draws: random.Random) -> bytes:
    return text(_bent(value, draws, [path for path in branches(value) if path]))


def _bent(value: Any, draws: random.Random, paths: list[tuple], many: int = 1) -> Any:
    bent = copy.deepcopy(value)
    for path in draws.sample(paths, min(many, len(paths))):
        try:
            at(bent, path[:-1])[path[-1]] = copy.deepcopy(draws.choice(STRANGE))
        except (LookupError, TypeError):
            continue  # what was above it is gone already
    return bent


def _many_leaves(value: dict[str, Any], draws: random.Random) -> bytes:
    return text(_bent(value, draws, list(leaves(value)), draws.randint(2, 40)))


def _token(value: dict[str, Any], draws: random.Random, words: tuple[str, ...]) -> bytes:
    bent = copy.deepcopy(value)
    path = draws.choice(list(leaves(bent)))
    at(bent, path[:-1])[path[-1]] = "@@@"
    return text(bent).replace(b'"@@@"', draws.choice(words).encode("utf-8", "surrogatepass"), 1)


def _number(value: dict[str, Any], draws: random.Random) -> bytes:
    return _token(value, draws, NUMBERS)


def _broken_text(value: dict[str, Any], draws: random.Random) -> bytes:
    return _token(value, draws, TEXTS)


def _nested(value: dict[str, Any], draws: random.Random) -> bytes:
    depth = draws.choice((33, 40, 500, 2_000, 100_000))
    opening, closing = draws.choice((("[", "]"), ('{"a":', "}")))
    return _token(value, draws, (opening * depth + "1" + closing * depth,))


def _cut(value: dict[str, Any], draws: random.Random) -> bytes:
    data = text(value)
    return data[: draws.randrange(len(data))]


def _doubled(value: dict[str, Any], draws: random.Random) -> bytes:
    bent = copy.deepcopy(value)
    path = draws.choice([path for path in branches(bent) if isinstance(at(bent, path), dict)])
    held = at(bent, path)
    key = draws.choice(sorted(held))
    held["@@@"] = draws.choice((held[key], *STRANGE[:6]))
    return text(bent).replace(b'"@@@"', json.dumps(key).encode(), 1)


def _bytes(value: dict[str, Any], draws: random.Random) -> bytes:
    data = bytearray(text(value))
    for _ in range(draws.randint(1, 30)):
        data[draws.randrange(len(data))] = draws.randrange(256)
    return bytes(data)


def _encoded(value: dict[str, Any], draws: random.Random) -> bytes:
    data = text(value)
    return draws.choice(
        (
            b"\xef\xbb\xbf" + data,
            data.decode().encode("utf-16"),
            data.decode().encode("utf-32"),
            data + data,
            b"[" + data + b"]",
            b"",
            b"\x00" * 100,
            _packed(),
            b"null",
        )
    )


@cache
def _packed() -> bytes:
    """Return a small archive that unfolds into much."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("draw.json", b" " * 50_000_000)
    return packed.getvalue()


def _named(value: dict[str, Any], draws: random.Random) -> bytes:
    bent = copy.deepcopy(value)
    if "frame" not in bent:
        return _strange_branch(value, draws)
    bent["frame"] = draws.choice(
        ({"file": draws.choice(NAMES)}, {"file": draws.choice(NAMES), "lines": ""}, {}, {"lines": []})
    )
    return text(bent)


def _is_number(value: dict[str, Any]) -> bool:
    return "observation" in value.get("body", {})


def _followed(value: dict[str, Any], draws: random.Random) -> dict[str, Any]:
    """Name strange files where the bundle of the figure behind an estimate is looked for."""
    body = copy.deepcopy(value["body"])
    row = draws.choice([body["observation"], *(one["observation"] for one in body["inputs"])])
    row |= {"origin": "estimated", "bundle_sha": "0" * 64}
    row[draws.choice(("series", "region", "period"))] = draws.choice(NAMES)
    return made_numbers.resealed({"body": body})


def _round(value: dict[str, Any], draws: random.Random) -> bytes:
    """Let entries of the ledger name one another, or themselves, in a circle."""
    bent = copy.deepcopy(value)
    entries = bent.get("ledger")
    if not entries:
        bent["statement"]["previous"] = canonical.digest(bent["statement"])
        return text(bent)
    for entry in draws.sample(entries, draws.randint(1, len(entries))):
        held = entry.get("statement", entry)
        held["previous"] = draws.choice(entries)["hash"]
        held["seq"] = draws.choice((held["seq"], 1, draws.randint(1, 9)))
    if draws.random() < 0.3:
        entries.extend(copy.deepcopy(entries))
    return text(bent)


def _resealed(value: dict[str, Any], draws: random.Random) -> bytes:
    """Bend what is sealed, then seal it anew, as an office itself could."""
    if "certificate" in value:
        return text(_relogged(value, draws))
    if _is_number(value):
        return text(_rerecorded(value, draws) if draws.random() < 0.7 else _followed(value, draws))
    if "body" in value:
        return text(_rereleased(value, draws))
    return _strange_leaf(value, draws)


def _relogged(value: dict[str, Any], draws: random.Random) -> dict[str, Any]:
    held = _sealable(value["certificate"], draws)
    if draws.random() < 0.6 and isinstance(held.get("announcement"), dict):
        held["announcement_hash"] = canonical.digest(held["announcement"])
    ledger = made.Ledger()
    committed = ledger.append("draw.committed", {"announcement_hash": held.get("announcement_hash")})
    held["committed"] = committed["hash"]
    ledger.append("draw.revealed", {"certificate_sha256": draw_check.certificate_sha256(held)})
    return {"type": value["type"], "certificate": held, "frame": value["frame"], "ledger": ledger.entries}


def _rereleased(value: dict[str, Any], draws: random.Random) -> dict[str, Any]:
    body = _sealable(value["body"], draws)
    if draws.random() < 0.8 and "rows" in body:
        body["rows_sha256"] = canonical.digest(body["rows"])
    ledger = made.Ledger()
    for row in value["body"]["draws"]:
        ledger.append("draw.revealed", {"certificate_sha256": row["certificate_sha256"]})
    root, places = figure_check.seal([figure_check.digest(body)])
    said = {"figures_root": root, "figures_count": 1, "dataset_sha256": body.get("dataset_sha256")}
    ledger.append("indicators.released", said)
    return figure_check.bundle(body, inclusion=places[0], entries=ledger.entries)


def _rerecorded(value: dict[str, Any], draws: random.Random) -> dict[str, Any]:
    """Bend a number, its formula or what went into it, and record it anew."""
    for _ in range(50):
        with contextlib.suppress(LookupError, TypeError):  # too bent for its office to record
            return made_numbers.resealed({"body": _sealable(value["body"], draws)})
    raise AssertionError("nothing could be recorded")


def _sealable(value: dict[str, Any], draws: random.Random) -> dict[str, Any]:
    """Bend a value so that it still has a canonical text."""
    for _ in range(50):
        paths = [path for path in (*leaves(value), *branches(value)) if path]
        bent = _bent(value, draws, paths, draws.choice((1, 1, 1, 2, 5)))
        try:
            canonical.dumps(bent)
        except ZhihengError:
            continue
        if bent != value:
            return bent
    raise AssertionError("nothing could be bent")


def _heavy(value: dict[str, Any], draws: random.Random) -> bytes:
    """Ask for much work by few bytes: long lists of the same, long paths, long signatures."""
    bent = copy.deepcopy(value)
    lists = [path for path in branches(bent) if path and isinstance(at(bent, path), list) and at(bent, path)]
    times = draws.choice((50, 500, 5_000))
    if lists and draws.random() < 0.8:
        held = at(bent, draws.choice(lists))
        held.extend(copy.deepcopy(held[0]) for _ in range(times))
    elif "proof" in bent:
        bent["proof"] += bent["proof"].rsplit("\n", 2)[1].join(["", "\n"]) * max(times, 500)
    else:
        bent["ledger"] = bent["ledger"] * times
    return text(bent)


KINDS = (
    Kind("strange leaf 字段值", _strange_leaf),
    Kind("strange branch 字段类型", _strange_branch),
    Kind("many leaves 多处", _many_leaves),
    Kind("numbers 数的写法", _number),
    Kind("broken text 文本的写法", _broken_text),
    Kind("deep nesting 深层嵌套", _nested),
    Kind("cut off 截断", _cut),
    Kind("doubled keys 重复字段", _doubled),
    Kind("bytes 字节", _bytes),
    Kind("encodings 编码与压缩包", _encoded),
    Kind("names of files 文件名", _named),
    Kind("circles 循环引用", _round),
    Kind("sealed anew 重新封存", _resealed, is_sealed=True),
    Kind("heavy 小文件大工作量", _heavy),
)
