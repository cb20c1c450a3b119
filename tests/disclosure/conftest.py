"""A province with one closed draw, some results not final yet; and the officer who publishes."""

from __future__ import annotations

import pytest
from django.utils import translation

from tests.indicators.conftest import (  # noqa: F401
    REGION,
    Office,
    draw,
    inspected,
    moment,
    office,
    own_folder,
    person,
    released,
)
from zhiheng.people import clock

PUBLISHED_AT = "2025-02-20T09:00:00"
LATER = "2025-06-02T09:00:00"
TYPED = {
    "title_zh": "关于儿童座椅质量的提示",
    "text_zh": "请检查座椅。\n联系人：张三丰，电话13812345678。",
    "title_en": "A word on child seats",
    "text_en": "Please check the seat.\nCall the office.",
}


@pytest.fixture(autouse=True)
def in_english():
    """Refusals are read in English here; what a notice says is written in both languages anyway."""
    with translation.override("en"):
        yield


@pytest.fixture
def officer(person):  # noqa: F811
    """Return an officer of the province."""
    return person("officer")


@pytest.fixture
def closed(inspected, kept_steps):  # noqa: F811
    """A closed draw whose failing results are final: the time to object ran out."""
    return inspected()


@pytest.fixture
def drafted(closed, officer):
    """A draft of the result notice of the closed draw."""
    from zhiheng.stages.disclosure import actions

    with clock.at(moment(PUBLISHED_AT)):
        return actions.draft(by=officer, kind="spot_check_result", source_key=closed.serial)


@pytest.fixture
def published(drafted, officer):
    """The published result notice."""
    from zhiheng.stages.disclosure import actions

    with clock.at(moment(PUBLISHED_AT)):
        return actions.publish(by=officer, notice=drafted)


@pytest.fixture
def plain(officer):
    """A draft that an officer wrote by hand."""
    from zhiheng.stages.disclosure import actions

    return actions.draft(by=officer, kind="other", region=REGION, words=TYPED)
