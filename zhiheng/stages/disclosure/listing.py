"""The lists of notices: for everybody, and for the office with its drafts."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from zhiheng.web.tables import Column, Filter, Table

from . import labels, rules
from .models import Notice


def _kind(notice: Notice) -> str:
    return labels.kind(notice.kind)


def _table(id: str, columns: tuple[Column, ...], states: tuple[str, ...], empty: Any, sort: str) -> Table:
    return Table(
        id=id,
        caption=_("Notices"),
        export_name="notices",
        empty=empty,
        columns=columns,
        filters=(
            Filter("kind", _("Kind"), kind="choice", choices=labels.KINDS),
            Filter("region", _("Region"), kind="region"),
            Filter("state", _("State"), kind="choice", choices=[(s, labels.STATES[s].label) for s in states]),
            Filter("issued", _("Published on"), kind="date", field="issued_on"),
        ),
        search_fields=("number", "title"),
        search_label=_("Number or title begins with"),
        default_sort=sort,
    )


def _address(notice: Notice) -> str:
    return reverse("disclosure:public_notice", args=[notice.number])


_SHARED = (
    Column("kind", _("Kind"), value=_kind, sort=("kind", "pk")),
    Column("region", _("Region"), kind="region"),
    Column("issued_on", _("Published on"), kind="date", sort=("issued_on", "pk")),
    Column("state", _("State"), kind="state", states=labels.STATES),
)
PUBLIC = _table(
    "notices",
    (
        Column("title", _("Title"), value=labels.title, kind="link", url=_address, sort=("title", "pk")),
        *_SHARED,
        Column("number", _("Notice number"), kind="code"),
    ),
    rules.PUBLIC,
    _("No notice was published yet. Results appear here after a draw is closed."),
    "-issued_on",
)
OFFICE = _table(
    "notices",
    (
        Column(
            "title",
            _("Title"),
            value=labels.title,
            kind="link",
            url=lambda notice: reverse("disclosure:notice", args=[notice.pk]),
            sort=("title", "pk"),
        ),
        *_SHARED,
        Column("number", _("Notice number"), kind="code"),
        Column("moved_at", _("Last step"), kind="moment", sort=("moved_at", "pk")),
    ),
    tuple(labels.STATES),
    _("There is no notice yet. Begin one from a closed draw or a release."),
    "-moved_at",
)
