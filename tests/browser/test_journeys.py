"""What each journey waits for is written beside it, in words, and shrinks to nothing as the house grows."""

from __future__ import annotations

import pytest

from . import test_citizen, test_firm, test_lab, test_officer, test_statistician

JOURNEYS = (test_citizen, test_firm, test_lab, test_officer, test_statistician)


@pytest.mark.parametrize("journey", JOURNEYS, ids=lambda journey: journey.__name__.rpartition("_")[2])
def test_every_journey_says_what_is_to_come_and_what_it_waits_for(journey):
    assert isinstance(journey.TO_COME, tuple | list)
    for what, waits_for in journey.TO_COME:
        assert what and waits_for.startswith("the roadmap's issue on ")
