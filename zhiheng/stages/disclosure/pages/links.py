"""Addresses of a notice: its own, its files, and the pages of what it names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from zhiheng.stages.indicators.models import Release
from zhiheng.stages.indicators.pages import cards
from zhiheng.web import wording

from ..models import Notice


def permanent(request: HttpRequest, notice: Notice) -> str:
    """Return the whole address of a notice, as papers and newspapers cite it."""
    return request.build_absolute_uri(reverse("disclosure:public_notice", args=[notice.number]))


def downloads(notice: Notice) -> list[tuple[Any, str]]:
    """Return the files of a notice; a hidden one has its proof alone."""
    found = [(_("Proof (JSON)"), reverse("disclosure:notice_json", args=[notice.number]))]
    if notice.is_hidden:
        return found
    for form, label in (("pdf", "PDF"), ("docx", _("Word"))):
        found.append((label, reverse("disclosure:paper", args=[notice.number, form])))
    return found


def about(content: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the pages of the draw or the figures that a notice is about."""
    found = []
    for kind, key in content["about"]:
        if kind == "draw":
            found.append((_("Draw %(serial)s") % {"serial": key}, reverse("draw:public_draw", args=[key])))
        elif kind == "release":
            found += _figures(key)
    return found


def _figures(key: str) -> list[tuple[str, str]]:
    release = Release.objects.filter(pk=key).first()
    if release is None:
        return []
    rows = release.figures.filter(division="", region=release.region).select_related("series", "release")
    return [(cards.figure_title(row), cards.figure_url(row)) for row in rows.order_by("period")]


def source(notice: Notice) -> tuple[str, str]:
    """Return what a notice is filled from, with its page in the office."""
    if notice.source_kind == "draw":
        return notice.source_key, reverse("draw:draw", args=[notice.source_key])
    if notice.source_kind == "release":
        return _("Release"), reverse("indicators:release", args=[notice.source_key])
    return wording.NOTHING, ""
