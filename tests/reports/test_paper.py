"""A paper is plain data with a hash of its own."""

from __future__ import annotations

from datetime import date

import pytest

from zhiheng.errors import BadInput
from zhiheng.proof import canonical
from zhiheng.reference import layout
from zhiheng.reports import page, paper, word
from zhiheng.reports.paper import BLOCKS, Block, Grid, Text

from . import made


def test_a_paper_survives_being_kept_as_json():
    one = made.paper()

    again = paper.read(canonical.loads(canonical.dumps(one.as_data())))

    assert again == one
    assert again.digest == one.digest


@pytest.mark.parametrize(
    "change",
    [
        {"number": "编号:2"},
        {"dated": date(2025, 3, 4)},
        {"mark": ""},
        {"blocks": (Text("经抽签确定。"),)},
        {"template": "paper-2"},
        {"language": "en"},
    ],
)
def test_another_word_gives_another_hash(change):
    assert made.paper(**change).digest != made.paper().digest


def test_the_foot_names_the_address_and_the_hash():
    one = made.paper()

    assert one.foot == ("https://example.invalid/office/cases/1/", f"SHA-256 {one.digest}")


def test_a_table_whose_rows_do_not_fit_its_head_cannot_be_built():
    with pytest.raises(BadInput):
        Grid(("one", "two"), (("1",),), (1, 1))
    with pytest.raises(BadInput):
        Grid(("one", "two"), (("1", "2"),), (1,))


def test_what_is_no_paper_is_refused():
    with pytest.raises(BadInput):
        paper.read({"blocks": [{"kind": "poem"}]})


def test_every_part_of_a_paper_can_be_set_by_every_back_end():
    kinds = set(Block.__args__)

    assert set(BLOCKS.values()) == set(word._WRITERS) == set(page._WRITERS) == kinds
    assert {type(block) for block in made.BLOCKS} == kinds


def test_the_sizes_of_the_standard_say_that_its_text_was_not_read():
    sizes = {size.id: size for size in layout.all()}

    assert (sizes["area_width_mm"].value, sizes["area_height_mm"].value) == (156, 225)
    assert (sizes["lines"].value, sizes["characters"].value) == (22, 28)
    assert {size.confidence for size in sizes.values() if size.source.startswith("GB")} == {"memory"}
    assert all(size.source == "house rule" for size in sizes.values() if size.confidence == "text")
