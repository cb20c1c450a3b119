"""A condition that a procedure names is enforced somewhere: none is decoration."""

from __future__ import annotations

from importlib import import_module

import pytest

from zhiheng.procedure import machine
from zhiheng.stages.disclosure import rules as disclosure
from zhiheng.stages.draw import rules as draw
from zhiheng.stages.inspection import reporting
from zhiheng.stages.inspection import rules as inspection
from zhiheng.stages.inspection.rules import sites

TABLES = [
    (("draw",), draw.GUARDS),
    (("visit", "case"), inspection.GUARDS),
    (("report",), reporting.GUARDS),
    (("site_check",), sites.GUARDS),
    (("notice",), disclosure.GUARDS),
]


def named(names):
    return {guard for name in names for edge in machine.load(name).transitions for guard in edge.guards}


@pytest.mark.parametrize(("names", "known"), TABLES)
def test_every_guard_of_a_table_is_known_to_its_stage_and_no_other(names, known):
    assert named(names) == set(known)


@pytest.mark.parametrize("place", sorted({place for _names, known in TABLES for place in known.values()}))
def test_every_guard_names_the_code_that_enforces_it(place):
    module, name = place.rsplit(".", 1)

    assert callable(getattr(import_module(module), name))
