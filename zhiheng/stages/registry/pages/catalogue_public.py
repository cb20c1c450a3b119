"""The issued catalogues of key products as everybody may read, compare and check them."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from zhiheng import ledger
from zhiheng.web import breadcrumb, timeline, wording
from zhiheng.web.gate import page
from zhiheng.web.tables.export import attach, mark, marked

from .. import grounds_registers, labels, lists_catalogue, rules_catalogue
from .. import queries_catalogue as catalogues
from .. import reading_registers as cells
from ..grounds import clause
from ..models import CatalogueItem
from .files import table_file

SHOWN = 200


@page(public=True)
def catalogues_page(request: HttpRequest) -> HttpResponse:
    """List the catalogues that were issued."""
    rows = [
        (
            wording.region_path(found.region),
            found,
            reverse("registry:public_catalogue", args=[found.region, found.year]),
        )
        for found in catalogues.issues()[:SHOWN]
    ]
    context = {
        "title": _("Key products watched for quality and safety"),
        "lead": _("Each year a region issues the products that it watches, with the reason and the tests."),
        "rows": rows,
    }
    return render(request, "registry/catalogues.html", context)


@page(public=True)
def public_catalogue(request: HttpRequest, region: str, year: int) -> HttpResponse:
    """Show one catalogue: what holds, its issues, and what changed since the year before."""
    found = catalogues.published(region, year)
    if request.GET.get("format") in ("csv", "xlsx"):
        return _file(request.GET["format"], found)
    title = _("Key products of %(region)s, %(year)s") % {
        "region": wording.region_name(region),
        "year": year,
    }
    changes = [row for row in found.changes if row.change != "same"] if found.has_year_before else []
    context = {
        "title": title,
        "crumbs": breadcrumb.trail((_("Key products"), reverse("registry:catalogues")), title),
        "found": found,
        "rows": [_shown(item) for item in found.items],
        "issues": [
            (issue, reverse("registry:catalogue_file", args=[region, year, issue.number]))
            for issue in found.issues
        ],
        "changes": [(row, labels.CHANGES[row.change], _differing(row)) for row in changes],
        "same": sum(row.change == "same" for row in found.changes),
        "before_url": reverse("registry:public_catalogue", args=[region, year - 1])
        if found.has_year_before
        else "",
        "clauses": _clauses(found),
        "why": grounds_registers.of_catalogue(found),
        "items": timeline.from_entries(ledger.timeline("catalogue", f"{region}-{year}", public_only=True)),
    }
    return render(request, "registry/public_catalogue.html", context)


def _clauses(found: catalogues.Catalogue) -> list[tuple[str, str]]:
    numbers = [grounds_registers.MARKET]
    if any(item.vertical == "building_material" for item in found.items):
        numbers.append(grounds_registers.BUILDING)
    return [clause(number)[:2] for number in numbers]


def _shown(item: CatalogueItem) -> dict[str, Any]:
    return {
        "item": item,
        "vertical": item.get_vertical_display(),
        "divisions": divisions_of(item),
        "tests": tests_of(item),
    }


def divisions_of(item: CatalogueItem) -> str:
    """Return the divisions of a category in words."""
    names = [f"{code} {wording.division_name(code)}" for code in item.divisions]
    return "、".join(names) if wording.is_chinese() else "; ".join(names)


def tests_of(item: CatalogueItem) -> list[tuple[dict[str, Any], str, Any]]:
    """Return the test items of a category with the limit in words and the degree of confidence."""
    rows = []
    for test in item.test_items:
        side = labels.SIDES.get(test.get("limit_kind") or "", "")
        limit = f"{side} {test['limit']}".strip() if test.get("limit") else _("not given")
        rows.append((test, limit, grounds_registers.degree(test.get("confidence") or "memory")))
    return rows


def _differing(row: rules_catalogue.Compared) -> str:
    names = {
        "name": _("Category"),
        "vertical": _("Field of goods"),
        "divisions": _("Divisions"),
        "keywords": _("Words of product names"),
        "reason": _("Reason"),
        "hazards": _("Hazards"),
        "test_items": _("Test items"),
        "is_full_coverage": _("Every producer in turn"),
    }
    return "、".join(str(names[field]) for field in row.fields)


def _file(kind: str, found: catalogues.Catalogue) -> HttpResponse:
    """Return the catalogue under the headings of its import, so that another office can read it in."""
    head = [column.label for column in lists_catalogue.ITEMS.columns]
    sides = {side: str(word) for side, word in labels.SIDES.items()}
    rows = [
        (
            item.region,
            item.year,
            item.code,
            item.name,
            item.get_vertical_display(),
            "、".join(item.divisions),
            "；".join(item.keywords),
            item.reason,
            "；".join(item.hazards),
            cells.written(item.test_items, sides),
            _("yes") if item.is_full_coverage else _("no"),
            item.source,
        )
        for item in found.items
    ]
    return table_file(kind, head, rows, f"catalogue-{found.region}-{found.year}")


@page(public=True)
def catalogue_file(request: HttpRequest, region: str, year: int, number: int) -> HttpResponse:
    """Send the canonical file of an issue; its hash was checked while it was read."""
    issue = catalogues.issue(region, year, number)
    response = HttpResponse(ledger.evidence.read(issue.sha256), content_type="application/json")
    return attach(mark(response), marked(f"catalogue-{region}-{year}-{number}.json"))
