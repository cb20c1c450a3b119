"""Sets papers as PDF/A-2b with Typst: fonts embedded, and no clock, so that equal papers give equal bytes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from zhiheng.errors import BadInput, CheckFailed
from zhiheng.reference import layout

from . import codes, fonts, joined
from .paper import Code, Paper

MEDIA_TYPE = "application/pdf"
STANDARD = "a-2b"
AT_ONCE = 50
"""Papers set in one go: more is no quicker, and memory grows with it."""
TEMPLATES = Path(__file__).with_name("templates")


def render(paper: Paper) -> bytes:
    """Return one paper."""
    return Setter().set([paper], title=paper.title, dated=paper.dated)


def write_many(
    papers: Iterable[Paper], out: BinaryIO, *, title: str, dated: date, at_once: int = AT_ONCE
) -> Iterator[int]:
    """Write many papers one after the other as one file; yield how many are set after each part.

    The file is whole once the iterator has ended. Memory holds one part at a time.
    """
    setter, waiting, done = Setter(), iter(papers), 0
    book = joined.Joined(out)
    while part := list(islice(waiting, at_once)):
        book.add(setter.set(part, title=title, dated=dated, is_tagged=False))
        done += len(part)
        yield done
    book.close()


def engine() -> str:
    """Return what set a paper here: program, font, sizes; another one may give other bytes of the words."""
    import typst

    family = fonts.chinese()
    return f"typst {typst.__version__}; {family} {fonts.version_of(family)}; sizes {layout.digest()[:12]}"


class Setter:
    """Holds the fonts of the machine between two parts of a large file."""

    def __init__(self) -> None:
        import typst

        self.family = fonts.chinese()
        self._compiler = typst.Compiler({"main": b"", "papers.json": b"{}"})

    def set(self, papers: Sequence[Paper], *, title: str, dated: date, is_tagged: bool = True) -> bytes:
        """Return papers of one template as one file."""
        import typst

        names = {paper.template for paper in papers}
        if len(names) != 1:
            raise BadInput("Papers of several templates cannot be set together.", "Set each kind by itself.")
        said = json.dumps(given(papers, self.family, title=title, dated=dated), ensure_ascii=False)
        files = {"main": template(names.pop()), "papers.json": said.encode()}
        try:
            return self._compiler.compile(
                input=files, format="pdf", pdf_standards=[STANDARD], pdf_tags=is_tagged
            )
        except typst.TypstError as error:
            raise CheckFailed(
                f"The paper could not be set: {_first_line(error)}",
                "A character in it may be in no font of this machine; take the Word file instead.",
                code="paper-not-set",
            ) from error


@cache
def template(name: str) -> bytes:
    """Return a template by its name; those of papers issued long ago stay here."""
    place = TEMPLATES / f"{name}.typ"
    if not name.replace("-", "").isalnum() or not place.is_file():
        raise BadInput(f"There is no template {name!r}.", "The paper was made by another version.")
    return place.read_bytes()


def given(papers: Sequence[Paper], family: str, *, title: str, dated: date) -> dict[str, Any]:
    """Return what a template reads: sizes, font, and the papers with their feet and codes."""
    return {
        "layout": dict(layout.values()),
        "fonts": [family],
        "title": title,
        "dated": [dated.year, dated.month, dated.day],
        "papers": [_given(paper) for paper in papers],
    }


def _given(paper: Paper) -> dict[str, Any]:
    held = paper.as_data() | {"foot": list(paper.foot)}
    for block, row in zip(paper.blocks, held["blocks"], strict=True):
        if isinstance(block, Code):
            row["svg"] = codes.svg(block.payload)
    return held


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:200]
