"""Rules about draws: deadlines, serial numbers, second draws, substitutions, firms that were not found."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise

from zhiheng.errors import BadInput
from zhiheng.proof import beacons
from zhiheng.proof.beacons import reading
from zhiheng.reference import parameters
from zhiheng.verification.monitor.finding import BROKEN, LATE, ODD, Finding
from zhiheng.verification.monitor.reading import (
    ABORTED,
    CLOSED,
    COMMITTED,
    EXECUTION,
    RESERVE_USED,
    REVEALED,
    DrawSeen,
    Seen,
    days_in,
)

_NUMBER = re.compile(r"(.+)-([0-9]{3,})")


def unannounced(seen: Seen, _today: date) -> Iterator[Finding]:
    """A draw goes on that nobody announced."""
    for serial, draw in sorted(seen.draws.items()):
        later = draw.entries(REVEALED, CLOSED, RESERVE_USED)
        if later and not draw.steps[COMMITTED]:
            yield Finding("unannounced", BROKEN, serial, {}, later)
        elif later and later[0] < draw.announced.seq:
            yield Finding("announced-after", BROKEN, serial, {}, (later[0], draw.announced.seq))


def overdue(seen: Seen, today: date) -> Iterator[Finding]:
    """A draw that was announced is revealed, and one that was revealed is closed, by its day."""
    for draw in seen.announced():
        if draw.ended:
            continue
        if not draw.steps[REVEALED]:
            by, rule, entries = draw.announced.detail["reveal_by"], "reveal-overdue", draw.entries(COMMITTED)
        else:
            by = draw.steps[REVEALED][0].detail.get("close_by")
            rule, entries = "close-overdue", draw.entries(REVEALED)
        if by and date.fromisoformat(by) < today:
            days = (today - date.fromisoformat(by)).days
            yield Finding(rule, LATE, draw.serial, {"by": by, "days": days}, entries)


def gaps(seen: Seen, _today: date) -> Iterator[Finding]:
    """The serial numbers of an authority in a period leave no gap: a missing one is hidden."""
    numbers: dict[str, dict[int, DrawSeen]] = defaultdict(dict)
    for draw in seen.announced():
        if found := _NUMBER.fullmatch(draw.serial):
            numbers[found[1]][int(found[2])] = draw
    for series, held in sorted(numbers.items()):
        for number in range(1, max(held)):
            if number not in held:
                after = min(one for one in held if one > number)
                facts = {"serial": f"{series}-{number:03d}"}
                yield Finding("serial-gap", BROKEN, series, facts, held[after].entries(COMMITTED))


def drawn_again(seen: Seen, _today: date) -> Iterator[Finding]:
    """One duty has one draw: a second one is a choice between two outcomes."""
    duties: dict[str, list[DrawSeen]] = defaultdict(list)
    for draw in seen.announced():
        duties[str(draw.announcement["obligation"])].append(draw)
    for draws in duties.values():
        ordered = sorted(draws, key=lambda draw: draw.announced.seq)
        for earlier, later in pairwise(ordered):
            entries = (*earlier.entries(COMMITTED, ABORTED), *later.entries(COMMITTED))
            facts = {"earlier": earlier.serial}
            is_after = any(step.seq < later.announced.seq for step in earlier.steps[ABORTED])
            rule, kind = ("drawn-again", ODD) if is_after else ("drawn-twice", BROKEN)
            yield Finding(rule, kind, later.serial, facts, entries)


def announced_twice(seen: Seen, _today: date) -> Iterator[Finding]:
    """One serial number has one announcement and one outcome."""
    for draw in seen.announced():
        said = {str(step.detail.get("announcement_hash")) for step in draw.steps[COMMITTED]}
        drawn = {str(step.detail["certificate_sha256"]) for step in draw.steps[REVEALED]}
        if len(said) > 1:
            yield Finding("announced-twice", BROKEN, draw.serial, {}, draw.entries(COMMITTED))
        if len(drawn) > 1:
            yield Finding("revealed-twice", BROKEN, draw.serial, {}, draw.entries(REVEALED))


def secret_used_again(seen: Seen, _today: date) -> Iterator[Finding]:
    """Each draw has a secret of its own: one used before may be known."""
    first: dict[str, DrawSeen] = {}
    for draw in sorted(seen.announced(), key=lambda one: one.announced.seq):
        known = first.setdefault(str(draw.announcement["commitment"]), draw)
        if known is not draw:
            entries = (*known.entries(COMMITTED), *draw.entries(COMMITTED))
            yield Finding("secret-again", BROKEN, draw.serial, {"earlier": known.serial}, entries)


def sealed_in_time(seen: Seen, _today: date) -> Iterator[Finding]:
    """The announcement stood in a signed checkpoint well before its random text could be known.

    The time is the one that the office states when it reveals; a witness's time in a checkpoint proves it.
    """
    lead = timedelta(minutes=int(parameters.value("draw_lead_minutes")))
    for draw in seen.announced():
        for step in draw.steps[REVEALED]:
            entries, at = draw.entries(COMMITTED, REVEALED), step.detail.get("announcement_sealed_at")
            if at is None:
                yield Finding("unsealed", ODD, draw.serial, {}, entries)
                continue
            until = _sealed_until(draw, lead)
            if until is not None and datetime.fromisoformat(at) > until:
                facts = {"sealed": at, "until": until.isoformat()}
                yield Finding("sealed-late", ODD, draw.serial, facts, entries)


def _sealed_until(draw: DrawSeen, lead: timedelta) -> datetime | None:
    """Return until when an announcement was to be sealed; for a text in words the last day that it names."""
    beacon = draw.announcement["beacon"]
    kind, reference = str(beacon.get("kind")), str(beacon["ref"])
    if kind not in beacons.FAMILY:
        last = max(days_in(reference), default=None)
        return last and datetime.fromtimestamp(reading.start(last), UTC) + timedelta(days=1)
    try:
        return datetime.fromtimestamp(beacons.exists_from(kind, reference), UTC) - lead
    except (BadInput, OverflowError, OSError, ValueError):
        return None  # no moment that a clock knows


def given_up_late(seen: Seen, _today: date) -> Iterator[Finding]:
    """A draw given up once its random text may be known could have been worked out before."""
    for draw in seen.announced():
        for step in draw.steps[ABORTED]:
            days = days_in(str(draw.announcement["beacon"]["ref"]))
            if not days or step.at.date() > max(days):
                facts = {"reason": str(step.detail.get("reason", ""))[:200]}
                yield Finding("given-up", ODD, draw.serial, facts, draw.entries(COMMITTED, ABORTED))


def begun_early(seen: Seen, _today: date) -> Iterator[Finding]:
    """Nobody can be visited before the units are drawn."""
    for draw in seen.announced():
        early = [
            step.seq
            for step in draw.steps[EXECUTION]
            if not draw.steps[REVEALED] or step.seq < draw.steps[REVEALED][0].seq
        ]
        if early:
            facts = {"count": len(early)}
            yield Finding("visited-early", BROKEN, draw.serial, facts, tuple(early[:10]))


def substituted(seen: Seen, _today: date) -> Iterator[Finding]:
    """More than the usual share of drawn units was replaced by reserves."""
    most = Fraction(*parameters.value("monitor_substitutions"))
    for draw in seen.announced():
        used, n = len(draw.steps[RESERVE_USED]), draw.announcement["n"]
        if used > most * n:
            facts = {"used": used, "n": n, "percent": f"{float(most * 100):g}"}
            yield Finding("substituted", ODD, draw.serial, facts, draw.entries(RESERVE_USED))


def not_found(seen: Seen, _today: date) -> Iterator[Finding]:
    """More firms were not found than the other draws let expect: the list may have been padded.

    One-sided exact test: P(X >= x) for X binomial (n, p), p the share over all other closed draws, to
    which half a firm of each outcome is added so that none is zero (Krichevsky & Trofimov 1981).
    """
    alpha = float(Fraction(*parameters.value("monitor_alpha")))
    counts = {}
    for draw in seen.announced():
        for step in draw.steps[CLOSED]:
            outcomes = step.detail.get("outcomes", {})
            counts[draw.serial] = (outcomes.get("not_found", 0), sum(outcomes.values()), step.seq)
    lost, visited = (sum(one[place] for one in counts.values()) for place in (0, 1))
    for serial, (x, n, seq) in counts.items():
        if n == visited or not x:
            continue  # there is nothing to compare with, or nothing to ask
        share = (lost - x + 0.5) / (visited - n + 1)
        if tail(x, n, share) < alpha:
            facts = {"count": x, "n": n, "expected": round(share * n, 2)}
            yield Finding("not-found", ODD, serial, facts, (seq,))


def tail(x: int, n: int, p: float) -> float:
    """Return P(X >= x) of a binomial count.

    >>> round(tail(2, 2, 1 / 3), 12) == round(1 / 9, 12), tail(0, 5, 0.1)
    (True, 1.0)
    """
    if x == 0:
        return 1.0
    from scipy import special  # loaded for this one question: most logs never ask it

    return float(special.bdtrc(x - 1, n, p))


RULES = (
    unannounced,
    overdue,
    gaps,
    drawn_again,
    announced_twice,
    secret_used_again,
    sealed_in_time,
    given_up_late,
    begun_early,
    substituted,
    not_found,
)
