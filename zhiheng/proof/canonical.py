"""Logged documents have exactly one byte form: a strict profile of RFC 8785 (JSON Canonicalization Scheme).

The profile holds objects with ASCII keys, arrays, strings, booleans, null and integers up to 2^53-1.
It holds no floats: measured values are decimal strings beside a unit, so "12.50" keeps its digits.
With ASCII keys the order of RFC 8785 (UTF-16 units) equals plain code-point order, which is why the
C encoder of the standard library is exact here; ``dumps_plain`` is the rule written out, kept as its
reference. Strings are neither altered nor normalised (RFC 8785, 3.1).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any

from zhiheng.errors import BadInput

MAX_INTEGER = 2**53 - 1  # RFC 7493 (I-JSON), 2.2: beyond it readers disagree
MAX_DEPTH = 32
_SHORT = {8: "\\b", 9: "\\t", 10: "\\n", 12: "\\f", 13: "\\r", 34: '\\"', 92: "\\\\"}
_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def dumps(value: Any) -> bytes:
    """Return the canonical bytes of a value, or refuse it with the place where it leaves the profile.

    >>> dumps({"b": ["12.50", None, True], "a": 1})
    b'{"a":1,"b":["12.50",null,true]}'
    """
    _check(value, "$", 1)
    try:
        return _ENCODER.encode(value).encode("utf-8")
    except UnicodeEncodeError:
        raise _lone_surrogate() from None


def loads(data: bytes | str) -> Any:
    """Read a JSON text that keeps to the profile; white space and key order are free.

    Refuses duplicate keys, floats, NaN, large integers, lone surrogates and deep nesting, each of which the
    standard parser would let pass or repair silently.
    """
    if isinstance(data, bytes):
        try:
            data = data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise _refused(f"The text is not UTF-8 (byte {error.start})", "Save it as UTF-8.") from None
    try:
        value = json.loads(
            data,
            object_pairs_hook=_object,
            parse_float=_refuse_float,
            parse_constant=_refuse_float,
            parse_int=_integer,
        )
    except RecursionError:
        raise _too_deep("$") from None
    except json.JSONDecodeError as error:
        raise _refused(
            f"The text is not JSON: {error.msg} in line {error.lineno}, column {error.colno}",
            "Correct it there, or ask the publisher for the file again.",
        ) from None
    _check(value, "$", 1)
    try:
        _ENCODER.encode(value).encode("utf-8")
    except UnicodeEncodeError:
        raise _lone_surrogate() from None
    return value


def digest(value: Any) -> str:
    """Return the SHA-256 of the canonical bytes, in hexadecimal."""
    return hashlib.sha256(dumps(value)).hexdigest()


def dumps_plain(value: Any) -> bytes:
    """Return the same bytes as ``dumps``, by the rules of RFC 8785 written out one by one."""
    _check(value, "$", 1)
    try:
        return "".join(_plain(value)).encode("utf-8")
    except UnicodeEncodeError:
        raise _lone_surrogate() from None


def _plain(value: Any) -> Iterator[str]:
    if value is None or isinstance(value, bool):
        yield {None: "null", True: "true", False: "false"}[value]
    elif isinstance(value, int):
        yield str(value)
    elif isinstance(value, str):
        yield '"' + "".join(map(_escaped, value)) + '"'
    elif isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        members = ("".join(_plain(key)) + ":" + "".join(_plain(value[key])) for key in keys)
        yield "{" + ",".join(members) + "}"
    else:
        yield "[" + ",".join("".join(_plain(item)) for item in value) + "]"


def _escaped(character: str) -> str:
    point = ord(character)
    if point in _SHORT:
        return _SHORT[point]
    return f"\\u{point:04x}" if point < 32 else character


def _check(value: Any, place: str, depth: int) -> None:
    """Walk a value and refuse the first thing that the profile does not hold."""
    kind = type(value)
    if kind is str or value is None or kind is bool:
        return
    if kind is int:
        if not -MAX_INTEGER <= value <= MAX_INTEGER:
            raise _refused(f"The integer at {place} is beyond 2^53-1", "Write it as a decimal string.")
    elif kind is dict:
        if depth > MAX_DEPTH:
            raise _too_deep(place)
        for key, item in value.items():
            _check_key(key, place)
            _check(item, f"{place}.{key}", depth + 1)
    elif kind is list or kind is tuple:
        if depth > MAX_DEPTH:
            raise _too_deep(place)
        for index, item in enumerate(value):
            if type(item) is not str:
                _check(item, f"{place}[{index}]", depth + 1)
    elif isinstance(value, float):
        raise _refused(f"A float stands at {place}", "Write measured values as decimal strings with a unit.")
    elif not isinstance(value, str):
        raise _refused(
            f"A {kind.__name__} stands at {place}",
            "Use objects, arrays, strings, integers, true, false and null only.",
        )


def _check_key(key: Any, place: str) -> None:
    if not isinstance(key, str) or not key.isascii():
        raise _refused(f"The key {key!r} at {place} is not ASCII text", "Name fields in ASCII.")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _refused(f"The key {twice!r} stands twice in one object", "Keep one of the two.")
    return value


def _refuse_float(text: str) -> Any:
    raise _refused(f"The number {text[:40]} is not an integer", "Write it as a decimal string with a unit.")


def _integer(text: str) -> int:
    if len(text) > 17 or abs(int(text)) > MAX_INTEGER:
        raise _refused(f"The integer {text[:40]} is beyond 2^53-1", "Write it as a decimal string.")
    return int(text)


def _refused(cause: str, remedy: str) -> BadInput:
    return BadInput(f"{cause}.", remedy, code="not-canonical")


def _too_deep(place: str) -> BadInput:
    return _refused(f"The document nests deeper than {MAX_DEPTH} levels at {place[:80]}", "Flatten it.")


def _lone_surrogate() -> BadInput:
    return _refused("A text holds half of a surrogate pair", "Write the whole character.")
