"""Templates load nothing from elsewhere, carry no inline style or script, and speak both languages."""

from __future__ import annotations

import re

from . import tree

HAN = re.compile(r"[\u4e00-\u9fff]")
COMMENT = re.compile(r"{#.*?#}|{% comment %}.*?{% endcomment %}", re.S)


def found(pattern: str) -> list[str]:
    return [tree.name(p) for p in tree.templates() if re.search(pattern, p.read_text("utf-8"), re.I)]


def test_nothing_is_loaded_from_another_host():
    assert found(r"""(?:src|href|action)=["']\s*(?:https?:)?//""") == []
    styles = [
        p for p in tree.PACKAGE.rglob("static/**/*.css") if re.search(r"url\(|@import", p.read_text("utf-8"))
    ]
    assert styles == []


def test_no_inline_style_or_script():
    assert found(r"\sstyle=") == []
    assert found(r"<style") == []
    assert found(r"\son[a-z]+=[\"']") == []
    assert found(r"<script(?![^>]*\bsrc=)(?![^>]*application/(?:ld\+)?json)[^>]*>") == []


def test_every_page_that_opens_html_names_its_language():
    opening = [p for p in tree.templates() if "<html" in p.read_text("utf-8")]

    assert opening
    assert [tree.name(p) for p in opening if not re.search(r"<html[^>]*\blang=", p.read_text("utf-8"))] == []


def test_no_chinese_is_written_past_the_translations():
    """Chinese in a template would leave the English page half Chinese; terms come from data or gettext."""
    allowed = {"中文"}
    loose = []
    for path in tree.templates():
        text = COMMENT.sub("", path.read_text("utf-8"))
        for word in allowed:
            text = text.replace(word, "")
        if HAN.search(text):
            loose.append(tree.name(path))

    assert loose == []
