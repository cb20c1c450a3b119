"""Which public random text a draw uses: announced exactly, with what replaces it, and checked when it exists.

Kinds of ``proof.beacons`` are in one form and say how far they prove themselves. ``text`` is any public text
that the announcement describes in words; how much chance is in it nobody can compute, and the pages say so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from zhiheng.proof import beacons
from zhiheng.proof.beacons import reading
from zhiheng.reference import parameters

from ..refusals import refuse
from . import check_announced_beacon, check_beacon_exists

TEXT, DEMO = "text", "demo"
FREE = (TEXT, DEMO)
KINDS = (*beacons.FAMILY, *FREE)
UNKNOWN = "unknown"
MOST_FALLBACKS = 4

Announced = dict[str, str]


def announced(kind: str, reference: str, now: datetime, lead: timedelta = timedelta(0)) -> Announced:
    """Return what is announced of one random text; one that may be known already is refused.

    ``lead`` is by how much the announcement must come before it.
    """
    if kind not in KINDS:
        raise refuse("no-such-beacon", kind=kind, field="beacon_kind")
    if kind in FREE:
        check_announced_beacon(reference, now.astimezone(reading.BEIJING).date())
        return {"kind": kind, "ref": reference.strip()}
    said = beacons.reference(kind, reference)
    if (from_ := beacons.exists_from(kind, said)) <= (now + lead).timestamp():
        day = datetime.fromtimestamp(from_, now.tzinfo).strftime("%Y-%m-%d %H:%M")
        raise refuse("beacon-past", day=day, field="beacon_reference")
    return {"kind": kind, "ref": said}


def ordered(
    first: Announced, others: Sequence[tuple[str, str]], now: datetime, lead: timedelta = timedelta(0)
) -> list[Announced]:
    """Return the texts that replace the first one in their order; each once, and none that is known."""
    if len(others) > MOST_FALLBACKS:
        raise refuse("many-fallbacks", most=MOST_FALLBACKS, field="fallbacks")
    found = [announced(kind, reference, now, lead) for kind, reference in others]
    if len({(one["kind"], one["ref"]) for one in (first, *found)}) != len(found) + 1:
        raise refuse("beacon-twice", field="fallbacks")
    return found


def used(
    order: Sequence[Announced], evidence: bytes, reasons: Sequence[str], now: datetime, least: int
) -> dict[str, Any]:
    """Return the first text that could be had, with its bytes and how far it is proved.

    ``reasons`` says of each text before it why it could not be had; they are published.
    """
    if len(reasons) >= len(order):
        raise refuse("no-beacon-left", field="skipped")
    if any(not reason.strip() for reason in reasons):
        raise refuse("skipped-without-reason", field="skipped")
    chosen = order[len(reasons)]
    said: dict[str, Any] = {**chosen, **_checked(chosen, evidence, now, least)}
    if reasons:
        rows = zip(order, reasons, strict=False)
        said["skipped"] = [{**one, "reason": reason.strip()[:400]} for one, reason in rows]
    return said


def _checked(chosen: Announced, evidence: bytes, now: datetime, least: int) -> dict[str, str]:
    """Return value (hexadecimal) and status of a text as it was published."""
    kind, reference = chosen["kind"], chosen["ref"]
    if kind in FREE:
        if len(evidence) < least:
            raise refuse("short-beacon", length=len(evidence), least=least)
        check_beacon_exists(reference, now.astimezone(reading.BEIJING).date())
        return {"value": evidence.hex(), "status": UNKNOWN}
    if now.timestamp() < (from_ := beacons.exists_from(kind, reference)):
        day = datetime.fromtimestamp(from_, now.tzinfo).strftime("%Y-%m-%d %H:%M")
        raise refuse("beacon-to-come", day=day, field="beacon")
    value = beacons.value(kind, reference, evidence.decode("utf-8", "replace"))
    return {"value": value.hex(), "status": beacons.check(kind, reference, value).status}


def lead() -> timedelta:
    """Return by how much an announcement comes before its random text (house rule)."""
    return timedelta(minutes=int(parameters.value("draw_lead_minutes")))


def moment(of: Mapping[str, str]) -> datetime | None:
    """Return before which moment nobody can know a text; unknown for one that is described in words."""
    if of["kind"] in FREE:
        return None
    return datetime.fromtimestamp(beacons.exists_from(of["kind"], of["ref"]), reading.BEIJING)


def check_sealed(
    serial: str,
    order: Sequence[Mapping[str, str]],
    passed: int,
    *,
    sealed_at: datetime | None,
    now: datetime,
    lead: timedelta,
) -> None:
    """Refuse a reveal whose announcement was not in a signed checkpoint well before its random text existed.

    ``passed`` of the announced ``order`` could not be had, so the one after them is used. ``sealed_at`` is
    the time of the log. For a text in words no moment is known: there the entry of the reveal says when the
    announcement was sealed, and the public monitor asks about it.

    >>> from datetime import UTC
    >>> noon, dice = datetime(2026, 3, 4, 12, tzinfo=UTC), {"kind": "dice", "ref": "38d6 on 2026-03-05 at x"}
    >>> check_sealed("x", [dice], 0, sealed_at=noon, now=noon, lead=timedelta(minutes=10))
    """

    def is_in_time(one: Mapping[str, str], at: datetime) -> bool:
        return (from_ := moment(one)) is None or at <= from_ - lead

    if moment(order[passed]) is None or (sealed_at is not None and is_in_time(order[passed], sealed_at)):
        return
    name = "not-sealed" if sealed_at is None else "sealed-late"
    has_next = any(is_in_time(one, sealed_at or now) for one in order[passed + 1 :])
    raise refuse(
        f"{name}-next" if has_next else name,
        draw=serial,
        minutes=int(lead.total_seconds() // 60),
        field="beacon",
    )
