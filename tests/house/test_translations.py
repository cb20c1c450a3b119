"""Every text for people has its Chinese; the compiled file is the one of the source."""

from __future__ import annotations

import ast
import re

from zhiheng.site import messages

from . import tree

CALLS = {"_", "gettext", "gettext_lazy", "ngettext", "pgettext", "gettext_noop"}


def test_every_message_has_its_chinese():
    missing = sorted(messages.collect() - set(messages.catalogue()))

    assert missing == []


def test_no_message_is_kept_that_nobody_says():
    unused = sorted(set(messages.catalogue()) - messages.collect())

    assert unused == []


def test_chinese_keeps_every_placeholder():
    holes = re.compile(r"%\(\w+\)[sd]|{\w+}")
    broken = {
        english: chinese
        for english, chinese in messages.catalogue().items()
        if sorted(set(holes.findall(english))) != sorted(set(holes.findall(chinese)))
    }

    assert broken == {}


def test_the_compiled_catalogue_is_the_one_of_its_source():
    assert messages.COMPILED.read_bytes() == messages.compile_catalogue(messages.catalogue())


def test_no_f_string_stands_inside_a_translation():
    found = [
        f"{tree.name(path)}:{node.lineno}"
        for path in tree.modules()
        for node in ast.walk(tree.parsed(path))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", getattr(node.func, "attr", "")) in CALLS
        and node.args
        and isinstance(node.args[0], ast.JoinedStr)
    ]

    assert found == []
