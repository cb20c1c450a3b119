"""Publishes the results of closed draws and a release, and corrects the first notice; the newest is left."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from . import persons
from .calendar import Quarter, moment

if TYPE_CHECKING:
    from .loop import Story

KIND = "spot_check_result"
AT_ONCE, FINAL = 1, 20  # days after the closing: some results can be contested then, and none any more
REASON = "演示数据：首次公布时部分不合格结果尚在异议期内，现已确定，补充列名公布。"
SAID = (
    "本次更正补充异议期满后确定的不合格产品。",
    "This correction adds the products whose failing became final.",
)


def publish_results(story: Story, draw: Any) -> None:
    """Publish the results of a draw of the province once they are final; those of the last quarter are left.

    The very first are published at once and corrected later by what became final.
    """
    from zhiheng.people import clock
    from zhiheng.stages.disclosure import sources

    quarters = story.scale.quarters
    if draw.region != _office(story) or draw.period == quarters[-1]:
        return
    closed_on = sources.closed_on([draw.serial])[draw.serial]
    is_first = draw.period == quarters[0]
    with clock.at(moment(closed_on + timedelta(days=AT_ONCE if is_first else FINAL), 10)):
        _publish(story, KIND, draw.serial)
    if is_first:
        with clock.at(moment(closed_on + timedelta(days=FINAL), 10)):
            _correct(story, draw)


def publish_markets(story: Story, quarter: Quarter) -> None:
    """Publish the results of the joint campaigns of the last quarter."""
    from zhiheng.people import clock
    from zhiheng.stages.disclosure import queries

    own = f"{_office(story)}-{quarter.period}-001"
    with clock.at(moment(quarter.released_on, 12)):
        rows = queries.unpublished().filter(region=_office(story), period=quarter.period).exclude(serial=own)
        for serial in rows.order_by("serial").values_list("serial", flat=True):
            _publish(story, KIND, serial)


def publish_figures(story: Story, quarter: Quarter) -> None:
    """Publish the newest release."""
    from zhiheng.people import clock

    if quarter.period == story.scale.quarters[-1]:
        with clock.at(moment(quarter.released_on, 11)):
            _publish(story, "figure_release", str(story.releases[-1].pk))


def outcome(story: Story) -> dict[str, Any]:
    """Return how many notices stand and how many versions there are."""
    from zhiheng.stages.disclosure.models import Notice, NoticeVersion

    return {
        "outcome": "published",
        "notices": Notice.objects.exclude(number="").count(),
        "versions": NoticeVersion.objects.count(),
        "corrected": Notice.objects.filter(state="corrected").count(),
    }


def _publish(story: Story, kind: str, source_key: str) -> None:
    from zhiheng.stages.disclosure import actions

    officer = _officer(story, kind)
    actions.publish(by=officer, notice=actions.draft(by=officer, kind=kind, source_key=source_key))


def _correct(story: Story, draw: Any) -> None:
    from zhiheng.stages.disclosure import actions, composing, queries
    from zhiheng.stages.disclosure.models import Notice

    notice = Notice.objects.get(kind=KIND, source_key=draw.serial)
    words = composing.typed_words(queries.versions(notice)[-1].said)
    words |= {
        "text_zh": f"{words['text_zh']}\n{SAID[0]}",
        "text_en": f"{words['text_en']}\n{SAID[1]}",
    }
    actions.correct(
        by=_officer(story, KIND), notice=notice, version=notice.version, words=words, reason=REASON
    )
    story.say(f"{notice.number} corrected on {timezone.localdate(notice.moved_at)}")


def _office(story: Story) -> str:
    return persons.places(story.scale)["province"]


def _officer(story: Story, kind: str) -> Any:
    """Return who publishes: the officer of the province, or the national one for a national release."""
    from .loop import officer_of

    return officer_of(story, _office(story) if kind == KIND else story.scale.region)
