"""What the deeds start from, beyond the story that all tests share."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from tests import country

from . import (
    cases,
    custody,
    disclosure,
    draw,
    firm,
    identity,
    indicators,
    inspection,
    joints,
    lab,
    papers,
    people,
    plan,
    planning,
    registers,
    registry,
)
from .cast import INSPECTED

ROOMS = (
    people,
    plan,
    registry,
    draw,
    inspection,
    firm,
    lab,
    cases,
    papers,
    identity,
    registers,
    planning,
    joints,
    custody,
    disclosure,
    indicators,
)  # in the order in which they are prepared: a room may begin with what an earlier one left
ROOMS_OF_OFTEN = (registry, draw, inspection)
OBJECTIONS_END = 26  # days after the last report: figures come out when no result can be contested


def prepare() -> datetime:
    """Let a quarter be drawn and inspected whose figures are not out; return a moment after that.

    Everything comes after what the story left for today, since a draw takes the newest frame of its region.
    """
    from zhiheng.people import clock
    from zhiheng.people.models import Person
    from zhiheng.site.demo import loop, persons
    from zhiheng.site.demo.calendar import LAST_REPORT, LAST_VISIT, Quarter
    from zhiheng.stages.registry.models import Frame

    cast = persons.Cast(people={person.login: person for person in Person.objects.all()})
    story = loop.Story(country.scale(), country.SEED, country.population(), lambda _line: None, cast)
    whole = Frame.objects.filter(duty__isnull=True)
    frozen = whole.latest("frozen_at").frozen_at + timedelta(hours=1)
    days = (frozen, frozen + timedelta(hours=1), frozen + timedelta(hours=2))
    loop.inspect(story, loop.draw_units(story, Quarter(INSPECTED), country.REGION, days=days))
    return max(clock.now(), frozen + timedelta(days=LAST_VISIT + LAST_REPORT + OBJECTIONS_END))


def prepare_for_now(rooms: Sequence[Any] = ROOMS) -> None:
    """Leave to each deed of some rooms what it is done to, and nothing waiting in the log of the database."""
    from django.db import connection

    for room in rooms:
        room.prepare()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
