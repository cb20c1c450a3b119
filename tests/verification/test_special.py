"""Draws by weight, under salted names, by a replaced random text: both verifiers repeat them, or refuse."""

from __future__ import annotations

import copy

import pytest

from tests.verification import made
from zhiheng.verification import draw as draw_check

SPECIAL = {
    "by weight": lambda: made.special_bundle({"A": 1, "B": 1, "C": 4, "D": 16}),
    "by weight, none certain": lambda: made.special_bundle({"A": 3, "B": 2, "C": 2, "D": 2}),
    "by weight, all certain but few": lambda: made.special_bundle({"A": 1, "B": 1, "C": 900, "D": 1}),
    "replaced text": lambda: made.special_bundle(fallbacks=("second", "third"), skipped=2),
    "salted": made.salted_bundle,
}


@pytest.fixture(params=SPECIAL)
def bundle(request):
    return SPECIAL[request.param]()


def reissued(bundle, change):
    """Return a bundle whose office bent the certificate before it logged its digest."""
    bent, ledger = copy.deepcopy(bundle), made.Ledger()
    change(bent["certificate"])
    ledger.append("draw.committed", bent["ledger"][0]["statement"]["detail"])
    sha = draw_check.certificate_sha256(bent["certificate"])
    ledger.append("draw.revealed", {"serial": made.SERIAL, "certificate_sha256": sha})
    return {**bent, "ledger": ledger.entries}


def test_both_verifiers_repeat_it(bundle, stranger, tmp_path):
    assert draw_check.check(bundle).ok, draw_check.check(bundle).refusal
    assert "24 of 60 units" in stranger.check_draw(bundle, tmp_path)


def name_another(certificate):
    certificate["openings"][0]["id"] = "X1330106000009999A"


def open_one_twice(certificate):
    certificate["openings"][0] = dict(certificate["openings"][1])


def hide_one(certificate):
    certificate["openings"].pop()


def skip_a_text(certificate):
    certificate["beacon"]["skipped"].pop()


def take_an_unannounced_text(certificate):
    certificate["beacon"]["ref"] = "fourth"


def raise_a_chance(certificate):
    certificate["selected"][-1]["probability"] = [1, 1]


def swap_the_order(certificate):
    one, two = certificate["selected"][-2:]
    one["unit"], two["unit"] = two["unit"], one["unit"]


BENT = [
    ("salted", name_another),
    ("salted", open_one_twice),
    ("salted", hide_one),
    ("replaced text", skip_a_text),
    ("replaced text", take_an_unannounced_text),
    ("by weight", raise_a_chance),
    ("by weight", swap_the_order),
]


@pytest.mark.parametrize(("kind", "change"), BENT)
def test_what_was_bent_is_refused_by_both(kind, change, stranger, tmp_path):
    bundle = reissued(SPECIAL[kind](), change)

    assert not draw_check.check(bundle).ok
    with pytest.raises(stranger.Refused):
        stranger.check_draw(bundle, tmp_path)


def test_a_drawn_unit_that_is_in_no_class_is_refused_and_no_fault():
    bundle = SPECIAL["by weight"]()
    bundle["certificate"]["selected"][0]["unit"] = "X1330106000009999A"

    steps = {step.name: step for step in draw_check.check(bundle).steps}

    assert "No class" in steps["probabilities"].detail
