"""Each inspector checks his own assignment against the public root, and learns nothing of the others."""

from __future__ import annotations

import pytest

from zhiheng.errors import BadInput
from zhiheng.proof import canonical, execution, merkle, release

SEED = bytes(range(32))
ROWS = [
    {"unit": f"U{place}", "stratum": "A", "order": place, "inspectors": [f"I{place}", "I9"]}
    for place in range(1, 8)
]
CERTIFICATE = {"serial": "330000-2025Q1-001", "seed": SEED.hex(), "selected": ROWS}
LEAVES = release.leaves(CERTIFICATE)
ROOT = release.root(LEAVES)


def test_every_receipt_leads_to_the_root_and_to_no_other():
    held = release.receipts(LEAVES, [row["unit"] for row in ROWS], {})

    assert [one["index"] for one in held] == list(range(7))
    assert all(release.is_bound(one, ROOT) for one in held)
    assert not any(release.is_bound(one, release.root(LEAVES[:-1])) for one in held)


@pytest.mark.parametrize(
    "change",
    [{"unit": "U2"}, {"inspectors": ["I2", "I9"]}, {"order": ["A", 2]}, {"salt": "00" * 32}, {"draw": "x"}],
    ids=lambda change: next(iter(change)),
)
def test_an_altered_assignment_is_not_under_the_root(change):
    held = release.receipts(LEAVES, ["U1"], {})[0]

    assert not release.is_bound({**held, "leaf": {**held["leaf"], **change}}, ROOT)


def test_a_receipt_names_its_own_unit_alone():
    said = canonical.dumps(release.receipts(LEAVES, ["U3"], {})[0]).decode()

    assert "U3" in said
    assert not any(row["unit"] in said for row in ROWS if row["unit"] != "U3")


def test_whoever_knows_the_list_but_not_the_seed_cannot_compute_the_leaf_of_a_unit():
    """The salt of every unit is another one, and without it the sibling in a path says nothing."""
    salts = [one["salt"] for one in LEAVES]
    bare = {name: value for name, value in LEAVES[1].items() if name != "salt"}

    assert len(set(salts)) == 7
    sibling = release.receipts(LEAVES, ["U1"], {})[0]["path"][0]
    assert sibling == merkle.leaf_hash(canonical.dumps(LEAVES[1])).hex()
    assert sibling != merkle.leaf_hash(canonical.dumps({**bare, "salt": salts[0]})).hex()


DEED = {"draw": "330000-2025Q1-001", "unit": "U1", "kind": "sealed", "seal_no": "F-1"}


def test_a_deed_opens_with_its_own_salt_alone():
    stated = execution.commitment("11" * 32, DEED)

    assert execution.holds({"salt": "11" * 32, "deed": DEED}, stated)
    assert not execution.holds({"salt": "12" * 32, "deed": DEED}, stated)
    assert not execution.holds({"salt": "11" * 32, "deed": {**DEED, "seal_no": "F-2"}}, stated)


def test_a_short_salt_is_refused():
    with pytest.raises(BadInput):
        execution.commitment("11" * 8, DEED)
