"""Reads notices: for the office narrowed to its regions, the published ones for everybody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet

from zhiheng import ledger, people
from zhiheng.ledger.models import Entry
from zhiheng.people import clock
from zhiheng.people.permissions import P
from zhiheng.procedure.due import Due
from zhiheng.reference import notices as kinds
from zhiheng.stages.draw.models import Draw
from zhiheng.stages.draw.words import not_found
from zhiheng.stages.indicators.models import Release

from . import rules, sources
from .models import Notice, NoticeVersion

RESULTS = tuple(kind.id for kind in kinds.kinds() if kind.is_result)
MOST_AWAITED = 200
MOST_CHOICES = 100


def notices(person: Any) -> QuerySet[Notice]:
    """Return the notices of the regions this person works for, drafts too."""
    return people.within(Notice.objects.all(), person, P.NOTICE_VIEW, region="region")


def notice(person: Any, pk: Any) -> Notice:
    """Return one of them."""
    return _one(notices(person).filter(pk=pk))


def published() -> QuerySet[Notice]:
    """Return every notice that was ever published, the withdrawn ones too."""
    return Notice.objects.filter(state__in=rules.PUBLIC)


def public_notice(number: str) -> Notice:
    """Return one published notice by its number."""
    return _one(published().filter(number=number)) if number else _one(Notice.objects.none())


def versions(of: Notice) -> list[NoticeVersion]:
    """Return the versions of a notice, oldest first."""
    return list(of.versions.order_by("version"))


def entries(of: Notice) -> list[Entry]:
    """Return the public ledger entries of a notice, oldest first."""
    found = ledger.timeline("notice", str(of.pk), public_only=True).prefetch_related("subjects")
    return sorted(found, key=lambda entry: entry.seq)


def naming(kind: str, key: str, *, limit: int = 20) -> list[Notice]:
    """Return the standing notices whose newest version names a thing, newest first."""
    rows = Notice.objects.filter(
        subjects__kind=kind, subjects__key=key, subjects__version=F("version"), state__in=rules.STANDING
    )
    return list(rows.order_by("-issued_on", "-id")[:limit])


def feed(limit: int = 50) -> list[NoticeVersion]:
    """Return the newest versions of all notices, newest first."""
    rows = NoticeVersion.objects.select_related("notice").order_by("-recorded_at", "-id")
    return list(rows[:limit])


def changed_at() -> datetime | None:
    """Return when the newest version was published."""
    return NoticeVersion.objects.order_by("-recorded_at").values_list("recorded_at", flat=True).first()


@dataclass(frozen=True)
class Awaited:
    """A closed draw whose results were not published yet, with the day until when they are to be."""

    draw: Draw
    closed_on: date | None
    due: Due | None
    draft: Notice | None = None

    @property
    def is_past(self) -> bool:
        """Whether the day has passed, by a limit that was read or not."""
        return rules.is_past(self.due, clock.today())

    @property
    def is_late(self) -> bool:
        """Whether the day has passed by a limit whose text was read."""
        return rules.is_late(self.due, clock.today())


def unpublished() -> QuerySet[Draw]:
    """Return the closed draws about whose results no notice stands."""
    told = Notice.objects.filter(
        kind__in=RESULTS,
        source_kind=sources.DRAW,
        source_key=OuterRef("serial"),
        state__in=rules.STANDING,
    )
    return Draw.objects.filter(~Exists(told), state="closed")


def awaited(person: Any, *, limit: int = MOST_AWAITED) -> list[Awaited]:
    """Return the closed draws of one's regions whose results are to be published, the oldest first."""
    rows = people.within(unpublished(), person, P.NOTICE_PUBLISH, region="region")
    return of_draws(list(rows.select_related("obligation__item").order_by("revealed_at", "serial")[:limit]))


def of_draws(found: Sequence[Draw]) -> list[Awaited]:
    """Return until when the results of these draws are to be published, in three statements."""
    serials = [draw.serial for draw in found]
    days = sources.closed_on(serials)
    drafts = {
        row.source_key: row
        for row in Notice.objects.filter(
            kind__in=RESULTS, source_kind=sources.DRAW, source_key__in=serials, state=rules.DRAFTED
        )
    }
    kind = kinds.kind(RESULTS[0])
    return [
        Awaited(
            draw,
            days.get(draw.serial),
            rules.due(kind, days.get(draw.serial), draw.region),
            drafts.get(draw.serial),
        )
        for draw in found
    ]


def drawn_sources(person: Any) -> list[Draw]:
    """Return the newest draws from which this person may fill a notice."""
    rows = Draw.objects.exclude(state="aborted").select_related("obligation__item")
    found = people.within(rows, person, P.NOTICE_PUBLISH, region="region")
    return list(found.order_by("-committed_at")[:MOST_CHOICES])


def released_sources(person: Any) -> list[Release]:
    """Return the newest releases in force from which this person may fill a notice."""
    rows = Release.objects.filter(replaced_by__isnull=True).select_related("series")
    found = people.within(rows, person, P.NOTICE_PUBLISH, region="region")
    return list(found.order_by("-recorded_at")[:MOST_CHOICES])


def about_draw(serial: str) -> list[Notice]:
    """Return the published notices about a draw, the withdrawn ones too."""
    return list(published().filter(source_kind=sources.DRAW, source_key=serial).order_by("issued_on", "id"))


def about_release(key: str) -> list[Notice]:
    """Return the published notices about a release."""
    return list(published().filter(source_kind=sources.FIGURE, source_key=key).order_by("issued_on", "id"))


def drafts_of(person: Any) -> QuerySet[Notice]:
    """Return the drafts that this person may publish."""
    rows = Notice.objects.filter(state=rules.DRAFTED)
    return people.within(rows, person, P.NOTICE_PUBLISH, region="region").order_by("created_at", "id")


def _one(rows: QuerySet) -> Any:
    found = rows.first()
    if found is None:
        raise not_found()
    return found
