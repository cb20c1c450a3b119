"""Reads the subjects of a region for the search of duplicates, and finds those that are alike."""

from __future__ import annotations

from collections import defaultdict
from functools import cache

from django.utils.translation import gettext

from zhiheng.errors import LimitExceeded
from zhiheng.reference import regions

from . import likeness, store
from .models import Site, Subject

RULE = "likeness/1"
MOST_SUBJECTS = 200_000


def rows(region: str) -> list[likeness.Row]:
    """Return the subjects of a region that stand for themselves, with the addresses of their sites."""
    span = regions.span(region)
    found = Subject.objects.filter(region__range=span, merged_into__isnull=True).order_by()
    if found[: MOST_SUBJECTS + 1].count() > MOST_SUBJECTS:
        raise LimitExceeded(
            gettext("This region has more than %(most)s subjects, too many to compare at once.")
            % {"most": f"{MOST_SUBJECTS:,}"},
            gettext("Search city by city."),
            code="too-many-subjects",
            field="region",
        )
    addresses: dict[str, list[str]] = defaultdict(list)
    sites = Site.objects.filter(subject__region__range=span, valid_until__isnull=True).order_by()
    for owner, address in sites.values_list("subject_id", "address"):
        addresses[str(owner)].append(address)
    return [
        likeness.Row(str(pk), code, name, place, division, tuple(sorted(addresses.get(str(pk), ()))))
        for pk, code, name, place, division in found.values_list(
            "pk", "code", "name", "region", "division"
        ).iterator(chunk_size=store.CHUNK)
    ]


def pairs(found: list[likeness.Row]) -> list[likeness.Pair]:
    """Return the alike pairs, with the names of the places taken from the fronts of names."""
    return likeness.pairs(found, {region: places(region) for region in {row.region for row in found}})


@cache
def places(region: str) -> tuple[str, ...]:
    """Return the names of a region and of those above it, with and without their kind.

    >>> places("330106")
    ('浙江省', '浙江', '杭州市', '杭州', '西湖区', '西湖')
    """
    names: list[str] = []
    for one in regions.path(region):
        if one.level == "nation" or one.placeholder:
            continue
        names.append(one.zh)
        short = one.zh.rstrip("省市区县") if len(one.zh) > 2 else one.zh
        names.append(short)
    return tuple(dict.fromkeys(names))
