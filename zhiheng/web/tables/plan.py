"""Chooses how the database finds a page: walks the index of the order, or collects the rows and sorts them.

Planners assume that rows of a region, or names with a prefix, are spread evenly over every order. They are
not: codes and names of one province stand together, and walking an index to the first of them can read the
whole table. Here the rows of a narrowed list are first found in any order, up to a limit; few enough are
sorted as they are. Where more must be, a fence around the order takes the wrong way from the planner: a CASE
whose branches all give the column is the column, and no index knows it (NULLIF and COALESCE with a constant
would be folded away).

A search whose rows are more than are counted is not put in the order asked for: collecting a hundred thousand
rows for the first fifty takes seconds, and so does walking to them. They are shown in the order of what was
searched, which one index holds, and the list says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import F, Func, QuerySet

from zhiheng.web.tables import narrowing

SMALL = 10_000


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


def page(
    queryset: QuerySet,
    order: Sequence[str],
    start: int,
    stop: int,
    *,
    search: Sequence[str] = (),
    words: str = "",
    regions: Sequence[str] = (),
) -> tuple[list[Any], int]:
    """Return some rows of the order and how many there are, one past ``SMALL`` at most.

    ``queryset`` is narrowed by everything but the search; ``search`` are the fields that the words hit;
    ``regions`` are the fields by which the rows are narrowed to a region. The way is the one that reads the
    fewest rows; ``window`` and a plain ``order_by`` say the same more slowly.
    """
    leading = order[0].lstrip("-")
    found = queryset.filter(narrowing.search(queryset, search, words)) if search else queryset
    is_walked = list(search) == [leading] if search else leading in regions or not queryset.query.where
    if is_walked:
        return list(found.order_by(*order)[start:stop]), counted(found)
    keys, count = _collected(found, order, start, stop)
    if count <= SMALL:
        return _rows(found, keys), count
    if search:  # keys alone are put in order: indexes hold them, and rows are read for those shown
        named = found.select_related(None).order_by(search[0], order[-1].lstrip("-"))
        return _rows(found, named.values_list("pk", flat=True)[start:stop]), count
    # An index that holds the region besides the order leaps over the rows of others without reading them.
    is_leapt = {path.lstrip("-") for path in order}.issuperset(regions)
    return list(found.order_by(*order)[start:stop] if is_leapt else window(found, order, start, stop)), count


def is_too_broad(order: Sequence[str], search: Sequence[str], count: int) -> bool:
    """Say whether a search finds more than ``page`` sorts; it then stands in the order of the search."""
    return count > SMALL and bool(search) and list(search) != [order[0].lstrip("-")]


def counted(queryset: QuerySet) -> int:
    """Count no further than one past the limit; the order does not matter for it."""
    return queryset.order_by()[: SMALL + 1].count()


def _collected(queryset: QuerySet, order: Sequence[str], start: int, stop: int) -> tuple[list[Any], int]:
    """Return the keys of some rows of the order, and how many rows there are, in one statement.

    The inner statement finds rows in any order and stops one past ``SMALL``; the outer one sorts and counts
    what it found. When it stopped, the keys mean nothing. The ORM has no way to say this.
    """
    sorts = {f"by_{place}": F(path.lstrip("-")) for place, path in enumerate(order)}
    inner = queryset.select_related(None).order_by().annotate(key_=F("pk"), **sorts).values("key_", *sorts)
    connection = connections[queryset.db]
    try:
        sql, parameters = inner[: SMALL + 1].query.get_compiler(connection=connection).as_sql()
    except EmptyResultSet:
        return [], 0
    by = ", ".join(
        f"{name} DESC" if path[0] == "-" else name for name, path in zip(sorts, order, strict=True)
    )
    outer = f"SELECT key_, COUNT(*) OVER () FROM ({sql}) AS found ORDER BY {by} LIMIT %s OFFSET %s"
    with connection.cursor() as cursor:
        cursor.execute(outer, (*parameters, stop - start, start))
        rows = cursor.fetchall()
    if not rows:
        return [], counted(queryset) if start else 0
    return [queryset.model._meta.pk.to_python(key) for key, _all in rows], rows[0][1]


def _rows(queryset: QuerySet, keys: Iterable[Any]) -> list[Any]:
    """Return the rows of the keys, in the order of the keys."""
    keys = list(keys)
    if not keys:
        return []
    rows = {row.pk: row for row in _as_they_are(queryset).order_by().filter(pk__in=keys)}
    return [rows[key] for key in keys if key in rows]


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
