"""Cases of RFC 8785: what lies in the profile of this house comes out byte for byte, the rest is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

from zhiheng.errors import BadInput
from zhiheng.proof import canonical
from zhiheng.proof.vectors import Named, any_of, holds, holds_rows

# The published list names what must be refused in words; a text that is such a case.
REFUSED = {
    "NaN": "NaN",
    "Infinity": "Infinity",
    "lone surrogate": '"\\ud800"',
    "duplicate keys": '{"a":1,"a":1}',
    "integers beyond 2^53-1": "9007199254740992",
}


def _is_inside(value: Any) -> bool:
    """Tell whether a value lies in the profile: no floats, ASCII keys, safe integers."""
    if isinstance(value, dict):
        return all(key.isascii() and _is_inside(item) for key, item in value.items())
    if isinstance(value, list):
        return all(map(_is_inside, value))
    if isinstance(value, int) and not isinstance(value, bool):
        return abs(value) <= canonical.MAX_INTEGER
    return not isinstance(value, float)


def _document(given: bytes, expected: bytes) -> bool:
    try:
        return canonical.dumps(canonical.loads(given)) == expected
    except BadInput:
        return not _is_inside(json.loads(given))


def _number(text: str) -> bool:
    return _document(text.encode(), text.encode())


def _refused(text: str) -> bool:
    try:
        canonical.loads(text)
    except BadInput:
        return True
    return False


def _cases(data: dict[str, Any]) -> Iterator[Named]:
    for case in data.get("cyberphone", ()):
        pair = bytes.fromhex(case["input_hex"]), bytes.fromhex(case["output_hex"])
        yield case["name"], partial(_document, *pair)
    for number, case in enumerate(data.get("computed", ())):
        pair = case["input_json"].encode(), bytes.fromhex(case["canonical_hex"])
        yield f"computed-{number}", partial(_document, *pair)
    for bits, text in [*data.get("es6_number_samples", ()), *data.get("computed_numbers", ())]:
        yield f"number-{bits}", partial(_number, text)
    for words in data.get("must_reject", ()):
        text = next((text for name, text in REFUSED.items() if words.startswith(name)), None)
        yield f"refused: {words}", partial(_refused, text) if text is not None else None


_IS_JSON = any_of(
    holds("cyberphone", "es6_number_samples", "computed_numbers"), holds_rows("computed", "canonical_hex")
)
FAMILIES = (("canonical JSON", _IS_JSON, _cases),)
