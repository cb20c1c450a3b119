"""Chooses how the database finds a page: walks the index of the order, or collects the rows and sorts them.

Planners assume that rows of a region, or names with a prefix, are spread evenly over every order. They are
not: codes and names of one province stand together, and walking an index to the first of them can read the
whole table. Here the bounded count says how many rows there are, and a fence around the order (or around the
search) takes the wrong way from the planner: a CASE whose branches all give the column is the column, and no
index knows it (NULLIF and COALESCE with a constant would be folded away).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import F, Func, Q, QuerySet

from zhiheng.web.tables import narrowing

SMALL = 10_000
COLLECTED = 100_000


class Fenced(Func):
    """A value as it is, in a form that no index answers."""

    template = "(CASE WHEN %(expressions)s IS NULL THEN NULL ELSE %(expressions)s END)"
    arity = 1


def hits(queryset: QuerySet, fields: Sequence[str], words: str) -> list[str]:
    """Return the fields in which any row starts with the words: a search then asks no field in vain."""
    bare = queryset.model._default_manager.using(queryset.db)
    return [field for field in fields if bare.filter(narrowing.starts_with(queryset, field, words)).exists()]


def window(
    queryset: QuerySet, order: Sequence[str], start: int, stop: int, *, related: Sequence[str] = ()
) -> QuerySet:
    """Return some rows of the order, found by collecting all.

    Only keys are collected and sorted, in an inner statement; rows and relations are read for those shown.
    """
    fenced = [_fenced(path) for path in order]
    keys = queryset.select_related(None).order_by(*fenced).values("pk")[start:stop]
    rows = _as_they_are(queryset).filter(pk__in=keys).order_by(*fenced)
    return rows.select_related(*related) if related else rows


def counted(order: Sequence[str], search: Sequence[str]) -> int:
    """Return how far rows must be counted so that the way to them can be chosen."""
    return COLLECTED if search and list(search) != [order[0].lstrip("-")] else SMALL


def _as_they_are(queryset: QuerySet) -> QuerySet:
    """Return the rows without their conditions, which the keys fulfil: asked again, they mislead the planner.

    A condition over many rows of another table stays, since its join would show a row more than once.
    """
    rows = queryset.all()
    joins = [join for join in rows.query.alias_map.values() if getattr(join, "join_field", None)]
    if not rows.query.group_by and not any(_may_repeat(join.join_field) for join in joins):
        rows.query.clear_where()
    return rows


def _may_repeat(field: Any) -> bool:
    return bool(field.one_to_many or field.many_to_many)


def page(
    queryset: QuerySet,
    order: Sequence[str],
    start: int,
    stop: int,
    *,
    count: int,
    search: Sequence[str],
    words: str,
    regions: Sequence[str],
) -> QuerySet:
    """Return some rows of the order, found in the way that reads the fewest.

    ``queryset`` is narrowed by everything but the search; ``search`` are the fields that the words hit;
    ``regions`` are the fields by which the rows are narrowed to a region; ``count`` is ``counted`` so far.
    """
    leading = order[0].lstrip("-")
    if search:
        found = queryset.filter(narrowing.search(queryset, search, words))
        if list(search) == [leading]:
            return found.order_by(*order)[start:stop]
        if count <= COLLECTED:
            return window(found, order, start, stop)
        return _walked(queryset, search, words).order_by(*order)[start:stop]
    if leading not in regions and (regions or (count <= SMALL and queryset.query.where)):
        return window(queryset, order, start, stop)
    return queryset.order_by(*order)[start:stop]


def narrows(queryset: QuerySet, fields: Sequence[str]) -> list[str]:
    """Return which of the fields a condition of the queryset names."""
    named = set(_names(queryset.query.where))
    return [field for field in fields if field.split("__")[-1] in named]


def _names(node: Any) -> list[str]:
    children = getattr(node, "children", None)
    if children is not None:
        return [name for child in children for name in _names(child)]
    target = getattr(getattr(node, "lhs", None), "target", None)
    return [target.name] if target is not None else []


def _fenced(path: str) -> Any:
    expression = Fenced(F(path.lstrip("-")))
    return expression.desc() if path.startswith("-") else expression.asc()


def _walked(queryset: QuerySet, fields: Sequence[str], words: str) -> QuerySet:
    """Test the search on each row of the order instead of looking it up."""
    names = {f"_fenced_{place}": Fenced(F(field)) for place, field in enumerate(fields)}
    queryset = queryset.alias(**names)
    condition = Q()
    for name in names:
        condition |= narrowing.starts_with(queryset, name, words)
    return queryset.filter(condition)
