"""Which versions a text of SDMX REST names: one, a range of them, or the newest."""

from __future__ import annotations

import re

from zhiheng.formats.sdmx import problems

NEWEST = ("*", "+", "~", "latest")
_VERSION = re.compile(r"(\d{1,6})\.(\d{1,6})\.(\d{1,6})")
_RANGE = re.compile(r"\d{1,6}\+?(\.\d{1,6}\+?){0,2}")
_OLDER = re.compile(r"\d{1,6}(\.\d{1,6})?|\d{1,6}(\.\d{1,6}){2}-[0-9A-Za-z.\-]{1,40}")
"""Versions that the standard knows and that are none of ours: of fewer numbers, or not final."""


def exact(version: str) -> tuple[int, ...]:
    """Return the numbers of a version that names one alone; nothing where it names a range.

    >>> exact("1.4.0"), exact("1.4+.0"), exact("*")
    ((1, 4, 0), (), ())
    """
    return _numbers(version) if _VERSION.fullmatch(version) else ()


def is_of(version: str, asked: str) -> bool:
    """Say whether a version falls under what was asked for; a plus sign takes what is newer too.

    >>> is_of("1.4.0", "*"), is_of("1.4.0", "1.3.0"), is_of("1.4.0", "1.3+.0"), is_of("1.4.0", "2+")
    (True, False, True, False)
    """
    if asked in NEWEST:
        return True
    if _VERSION.fullmatch(asked):
        return version == asked
    return _numbers(version) >= _numbers(asked)


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.replace("+", "").split("."))


def check(version: str) -> None:
    """Refuse what names no version, several of them, or one that cannot be here."""
    if "," in version:
        raise problems.refused(
            "not-offered", "One version is given at a time.", "Name one, or a range such as 1.2+.0."
        )
    if _OLDER.fullmatch(version):
        raise problems.refused(
            "nothing",
            f"There is no version {version[:40]!r} here: all have three numbers.",
            "Write 1.2.0, 1.2+.0, or * for the newest.",
        )
    if version not in NEWEST and not (_VERSION.fullmatch(version) or _is_range(version)):
        raise problems.refused(
            "syntax", f"{version[:40]!r} is no version.", "Write 1.2.0, 1.2+.0, or * for the newest."
        )


def _is_range(version: str) -> bool:
    return "+" in version and bool(_RANGE.fullmatch(version))
