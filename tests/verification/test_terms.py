"""Exclusions, fields, panels and reserves: both verifiers repeat them, and find each that was bent."""

from __future__ import annotations

import copy

import pytest

from tests.verification import made
from zhiheng.formats.shapes import DrawCertificate
from zhiheng.proof import draw, lottery
from zhiheng.verification import draw as draw_check


def failing(bundle: dict) -> list[str]:
    return [step.name for step in draw_check.check(bundle).steps if not step.ok]


def refused_by_both(bundle, stranger, tmp_path) -> list[str]:
    with pytest.raises(stranger.Refused):
        stranger.check_draw(bundle, tmp_path)
    return failing(bundle)


@pytest.mark.parametrize("numbers", [None, made.PANEL])
def test_a_draw_with_exclusions_fields_and_reserves_holds_for_both(numbers, stranger, tmp_path):
    bundle = made.rich_bundle(numbers, used=(("B", 2, 6), ("B", 1, 7), ("A", 4, 5)))

    assert failing(bundle) == []
    assert "16 of 58 units" in stranger.check_draw(bundle, tmp_path)
    certificate = bundle["certificate"]
    assert DrawCertificate.from_dict(certificate).to_dict() == certificate
    steps = {step.name: step.detail for step in draw_check.check(bundle).steps}
    assert "3 of 16" in steps["substitutions"]


def test_an_excluded_unit_is_never_drawn_and_its_stratum_counts_the_others():
    certificate = made.rich_bundle()["certificate"]
    rows = made.frame_rows()
    gone = {rows[place].id for place in made.EXCLUDED}

    drawn = {row["unit"] for row in (*certificate["selected"], *certificate["reserves"])}
    assert not drawn & gone
    assert sum(row["population"] for row in certificate["strata"]) == 60 - len(gone)


def test_an_inspector_goes_to_his_fields_alone():
    certificate = made.rich_bundle()["certificate"]
    division = draw.divisions(made.frame_rows())
    held = {"ZJ-001": {"13"}, "ZJ-002": {"13", "26"}}

    sent = [(key, division[row["unit"]]) for row in certificate["selected"] for key in row["inspectors"]]
    assert {key for key, _division in sent} & set(held)
    assert all(found in held.get(key, {found}) for key, found in sent)


def reissued(change) -> dict:
    """Return a bundle whose office bent the certificate before it logged its digest."""
    bundle = copy.deepcopy(made.rich_bundle())
    change(bundle["certificate"])
    entries = made.Ledger()
    entries.append("draw.committed", bundle["ledger"][0]["statement"]["detail"])
    sha = draw_check.certificate_sha256(bundle["certificate"])
    entries.append("draw.revealed", {"serial": made.SERIAL, "certificate_sha256": sha})
    return {**bundle, "ledger": entries.entries}


def let_a_friend_off(certificate):
    certificate["exclusions"].append({"unit": "X1330106000009999A", "reason": "conflict", "note": ""})


def swap_an_excluded_unit(certificate):
    taken = {row["unit"] for name in ("selected", "reserves") for row in certificate[name]}
    free = [row for row in made.frame_rows() if row.id not in taken and row.stratum == "B"]
    certificate["exclusions"][0]["unit"] = free[0].id


def change_a_reason(certificate):
    certificate["exclusions"][0]["reason"] = "merged"


def widen_a_field(certificate):
    certificate["pairing"]["inspectors"][0]["fields"] = ["13", "38"]


@pytest.mark.parametrize(
    ("change", "step"),
    [
        (let_a_friend_off, "shape"),
        (swap_an_excluded_unit, "exclusions"),
        (change_a_reason, "exclusions"),
        (widen_a_field, "pairs"),
    ],
)
def test_terms_that_were_bent_after_the_announcement_are_found(change, step, stranger, tmp_path):
    assert step in refused_by_both(reissued(change), stranger, tmp_path)


@pytest.mark.parametrize(
    "used",
    [
        (("B", 2, 7),),  # the second reserve before the first
        (("B", 2, 6), ("B", 2, 7)),  # two reserves for one unit
        (("B", 6, 6),),  # instead of a reserve, not of a drawn unit
        (("B", 1, 6), ("B", 2, 7), ("B", 3, 8), ("B", 4, 9)),  # more than there are
    ],
)
def test_reserves_out_of_order_are_found(used, stranger, tmp_path):
    assert refused_by_both(made.rich_bundle(used=used), stranger, tmp_path) == ["substitutions"]


def test_a_panel_keeps_most_of_its_units_in_the_next_turn_and_all_of_them_are_known_beforehand():
    rows = made.frame_rows()
    first, second = (
        {
            unit
            for found in draw.select(
                {
                    "strata": [{"stratum": s, "sample": 5} for s in "ABCD"],
                    "reserves": 0,
                    "numbers": {**made.PANEL, "turn": turn},
                },
                bytes(32),
                rows,
            ).values()
            for unit in found.selected
        }
        for turn in (1, 2)
    )

    assert 0 < len(first & second) < len(first)


def test_the_turned_circle_is_the_plain_order_from_another_start():
    ids = [f"U{number:03d}" for number in range(200)]
    plain = lottery.select(bytes(32), ids, 200)
    start = int.from_bytes(lottery.ticket(bytes(32), plain[50]))

    assert lottery.select(bytes(32), ids, 200, start=start) == plain[50:] + plain[:50]
