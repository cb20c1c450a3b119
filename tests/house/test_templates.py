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


def test_every_table_scrolls_in_a_box_of_its_own():
    """A bare table makes the whole page scroll sideways on a phone."""
    bare = []
    for path in tree.templates():
        text = path.read_text("utf-8")
        for table in re.finditer(r"<table\b", text):
            before = text[: table.start()]
            opened = before.rfind('class="scroll"')
            if opened < 0 or "</div>" in before[opened:]:
                bare.append(f"{tree.name(path)}: {text[table.start() : table.start() + 60]}")

    assert bare == []


INCLUDED = re.compile(r"""{%\s*include\s+["']([^"']+)["']""")
# Pages that stand without the shell: what is framed elsewhere has no menu, no form, no script and no person.
BARE = {"web/base.html", "indicators/embed.html"}
EXTENDED = re.compile(r"""{%\s*extends\s+["']([^"']+)["']""")


def short(path) -> str:
    """The name by which a template is known to others."""
    return str(path).rpartition("/templates/")[2]


def test_every_page_extends_a_layout_of_the_shell():
    """A part of a page is included or shown as a panel; whatever else extends a layout of the web room."""
    texts = {short(path): path.read_text("utf-8") for path in tree.templates()}
    base = {name: match[1] for name, text in texts.items() if (match := EXTENDED.search(text))}

    def layout(name: str) -> str:
        return layout(base[name]) if name in base else name

    assert {layout(name) for name in base} == {"web/base.html"}
    assert {of for of in base.values() if not of.startswith("web/")} == set()


def test_what_extends_no_layout_is_a_part_of_a_page():
    texts = {short(path): path.read_text("utf-8") for path in tree.templates()}
    code = "\n".join(path.read_text("utf-8") for path in tree.modules())
    included = {name for text in texts.values() for name in INCLUDED.findall(text)}
    parts = {name for name, text in texts.items() if not EXTENDED.search(text)} - BARE
    whole = re.findall(r"""render\(\s*request,\s*["']([^"']+\.html)["']""", code)

    assert parts & set(whole) == set(), "a view opens a template that extends no layout"
    assert {name for name in parts - included if name not in code} == set(), "nobody shows this part"
