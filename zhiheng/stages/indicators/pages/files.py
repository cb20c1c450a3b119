"""The files behind figures: figures of a region as CSV, the data set of a release, the bundle of a figure."""

from __future__ import annotations

import csv
import io
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from zhiheng import web
from zhiheng.errors import NotFound
from zhiheng.ledger import evidence
from zhiheng.reference import regions
from zhiheng.stages.plan import queries as plan
from zhiheng.web import as_of
from zhiheng.web.tables import export

from .. import bundles, queries
from ..models import Figure, Release
from . import address

CSV_COLUMNS = (
    "series",
    "region",
    "division",
    "period",
    "vintage",
    "status",
    "estimate",
    "lower",
    "upper",
    "standard_error",
    "raw",
    "hajek",
    "design_effect",
    "coverage",
    "n",
    "n_sampled",
    "population",
    "basis",
    "purpose",
    "bundle_sha256",
    "dataset_sha256",
)


@web.page(public=True)
def figures_csv(request: HttpRequest, series_id: str) -> HttpResponse:
    """Return every figure of a series in a region, as of now or of a day."""
    series = plan.series(series_id)
    moment = as_of.end_of(as_of.day(request))
    region = request.GET.get("region") or queries.widest_region(series_id, as_of=moment) or "000000"
    rows = queries.figures(series_id, as_of=moment).filter(region=regions.get(region).code)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    last = ("data",) if export.is_demo() else ()
    writer.writerow((*CSV_COLUMNS, *last))
    for row in rows.order_by("period", "division"):
        writer.writerow([*_line(row), *(export.DEMO_MARK for _one in last)])
    return _download(text.getvalue().encode("utf-8-sig"), f"figures-{series.pk}-{region}.csv", "text/csv")


def _line(row: Figure) -> list[Any]:
    held = {
        "vintage": row.release.vintage.isoformat(),
        "bundle_sha256": row.bundle_sha,
        "dataset_sha256": row.release.dataset_sha,
        "series": row.series_id,
    }
    line = [held.get(name, getattr(row, name, None)) for name in CSV_COLUMNS]
    return ["" if value is None else value for value in line]


@web.page(public=True)
def bundle(
    request: HttpRequest, series_id: str, region: str, period: str, division: str = ""
) -> HttpResponse:
    """Return the bundle of a figure, composed again from the evidence and checked against its digest.

    The address may name a vintage by its digest, or by the day on which it stood.
    """
    shown = address.figure(request, series_id, region, period, division, sha=request.GET.get("sha256", ""))
    return sent(bundles.compose(shown), bundles.name(shown), "application/json")


@web.page(public=True)
def dataset(request: HttpRequest, pk: str) -> HttpResponse:
    """Return the data set that a release was computed from, one line a drawn unit."""
    release = _release(pk)
    name = f"dataset-{release.series_id}-{release.region}-{release.vintage}.csv"
    return _download(evidence.read(release.dataset_sha), name, "text/csv")


@web.page(public=True)
def base(request: HttpRequest, pk: str) -> HttpResponse:
    """Return the counts of the frames and the outputs that weigh the data set of a release."""
    release = _release(pk)
    name = f"base-{release.series_id}-{release.region}-{release.vintage}.json"
    return _download(evidence.read(release.base_sha), name, "application/json")


def _release(pk: Any) -> Release:
    found = Release.objects.filter(pk=pk).first()
    if found is None:
        raise NotFound(
            _("There is no such release."), _("Open the page of a figure; its release is linked there.")
        )
    return found


def _download(data: bytes, name: str, kind: str) -> HttpResponse:
    """Send a file whose name and answer say when its content is invented; its bytes may be hashed."""
    return sent(data, export.marked(name), kind)


def sent(data: bytes, name: str, kind: str) -> HttpResponse:
    """Send a file under exactly this name; a bundle keeps the one that the command to check it names."""
    return export.attach(export.mark(HttpResponse(data, content_type=kind)), name)
