"""Looks for subjects that may be one, and keeps what a person said of each pair."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from zhiheng import ledger
from zhiheng.ledger.models import Entry
from zhiheng.people import clock, scope
from zhiheng.people.permissions import P

from .. import alike, identity, rules, words
from ..models import DuplicatePair
from .identity import merge_subjects

BATCH = 500
SEARCHED = "registry.duplicates_searched"
MOST_PAIRS = 2_000  # at a time; what is decided makes room for the next


@transaction.atomic
def search_duplicates(*, by: Any, region: str) -> list[DuplicatePair]:
    """Put the alike pairs of a region on the list; a pair that a person has seen is never put there again.

    A search that finds nothing new after another of the same region and day is not put on record once more.
    """
    actor = scope.require(by, P.REGISTRY_EDIT, region=region)
    words.refuse(rules.region_faults(region, levels=rules.LEVELS))
    rows = alike.rows(region)
    found = alike.pairs(rows)
    known = _known({pair.first for pair in found})
    new = [pair for pair in found if (pair.first, pair.second) not in known][:MOST_PAIRS]
    if not new and _was_searched_today(region):
        return []
    places = {row.id: row.region for row in rows}
    made = DuplicatePair.objects.bulk_create(
        (
            DuplicatePair(
                first_id=pair.first,
                second_id=pair.second,
                region=rules.common_region([places[pair.first], places[pair.second]]),
                score=pair.score,
                reasons=[list(reason) for reason in pair.reasons],
                found_at=clock.now(),
            )
            for pair in new
        ),
        batch_size=BATCH,
    )
    ledger.record(
        by=actor,
        verb=SEARCHED,
        subjects=[("region", region)],
        detail={"subjects": len(rows), "alike": len(found), "new": len(made), "rule": alike.RULE},
        region=region,
    )
    return made


@transaction.atomic
def decide_duplicate(
    *, by: Any, pair: DuplicatePair, decision: str, reason: str, keep: str = ""
) -> DuplicatePair:
    """Say of a pair that the two are the same, different, or to be looked at later; the same are merged.

    ``keep`` is the code of the survivor of a merge. Putting off twice for the same reason is once.
    """
    for region in (pair.first.region, pair.second.region):
        actor = scope.require(by, P.REGISTRY_EDIT, region=region)
    rows = DuplicatePair.objects.select_for_update(of=("self",))
    held = rows.select_related("first__merged_into", "second__merged_into").get(pk=pair.pk)
    words.refuse(identity.decision_faults(decision, reason, held.decision))
    if (decision, reason) == (held.decision, held.reason):
        return held
    if decision == "same":
        _merge(by, held, keep, reason)
    held.decision, held.reason, held.decided_at = decision, reason, clock.now()
    held.save(update_fields=["decision", "reason", "decided_at"])
    ledger.record(
        by=actor,
        verb="registry.duplicate_decided",
        subjects=[("subject", str(held.first_id)), ("subject", str(held.second_id))],
        detail={
            "decision": decision,
            "reason": ledger.bound(reason, held, "reason"),
            "score": held.score,
            "codes": [held.first.code, held.second.code],
        },
        region=held.region,
    )
    return held


def _merge(by: Any, held: DuplicatePair, keep: str, reason: str) -> None:
    both = {held.first.code: held.first, held.second.code: held.second}
    words.refuse(identity.kind_faults(keep, tuple(both), field="keep"))
    kept = both.pop(keep)
    (gone,) = both.values()
    merge_subjects(by=by, gone=gone, kept=kept, reason=reason)


def _was_searched_today(region: str) -> bool:
    entries = Entry.objects.filter(verb=SEARCHED, subjects__kind="region", subjects__key=region)
    last = entries.order_by("-seq").first()
    return last is not None and timezone.localdate(last.at) == clock.today()


def _known(firsts: set[str]) -> set[tuple[str, str]]:
    wanted, found = sorted(firsts), set()
    for start in range(0, len(wanted), BATCH):
        rows = DuplicatePair.objects.filter(first__in=wanted[start : start + BATCH])
        found.update((str(one), str(other)) for one, other in rows.values_list("first_id", "second_id"))
    return found
