"""Open data for people and machines: the catalogue, one series with its vintages, files and changes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode
from xml.sax.saxutils import escape, quoteattr

from django.conf import settings
from django.http import FileResponse, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import http_date, parse_etags
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from zhiheng import __version__, web
from zhiheng.errors import BadInput
from zhiheng.formats import dcat
from zhiheng.formats.sdmx import structures, writing
from zhiheng.people import clock
from zhiheng.stages.plan import queries as plan
from zhiheng.stages.plan.models import Series
from zhiheng.web import breadcrumb, wording
from zhiheng.web.tables import export

from .. import opendata, opentables, sentences
from ..models import Vintage
from ..opendata import Edition
from . import sdmx

NEWEST = "latest"
MOST_CHANGES = 100  # on one page of a feed
MOST_EDITIONS = 100  # on the page of a series; the linked catalogue lists all
UNITS = {"index": gettext_lazy("index"), "score": gettext_lazy("score"), "grade": gettext_lazy("grade")}
KINDS = {
    "csv": ("text/csv; charset=utf-8", "CSV", ""),
    "parquet": ("application/vnd.apache.parquet", "Parquet", ""),
    "xml": ("application/vnd.sdmx.data+xml;version=3.0.0", "SDMX", dcat.SDMX),
}

Batches = Iterable[Any]


@require_safe
@web.page(public=True)
def catalogue(request: HttpRequest) -> HttpResponse:
    """List every series that is open, with its newest vintage and files, and say how all of it is loaded."""
    rows = [_row(series, newest) for series, newest in opendata.newest_of_each()]
    context = {
        "title": _("Open data"),
        "rows": rows,
        "licence": settings.DATA_LICENCE,
        "publisher": _publisher(request),
        "address": request.build_absolute_uri(reverse("indicators:data")),
        "site": request.build_absolute_uri("/").rstrip("/"),
        "first": rows[0] if rows else None,
    }
    return render(request, "indicators/data.html", context)


@require_safe
@web.page(public=True)
def series(request: HttpRequest, series_id: str) -> HttpResponse:
    """Show one series as data: each vintage with its files, how to cite it, and code that loads it."""
    found = plan.series(series_id)
    editions = opendata.editions(series_id)
    name = sentences.name(found)
    address = request.build_absolute_uri(reverse("indicators:data_series", args=[series_id]))
    context = {
        "title": name,
        "series": found,
        "row": _row(found, editions[-1].last),
        "dropped": max(0, len(editions) - MOST_EDITIONS),
        "vintages": [
            {**_files(found.pk, one.day), "vintage": one, "why": _why(one)}
            for one in reversed(editions[-MOST_EDITIONS:])
        ],
        "flow": structures.Flow(found.pk, "", "").id,
        "licence": settings.DATA_LICENCE,
        "publisher": _publisher(request),
        "address": address,
        "site": request.build_absolute_uri("/").rstrip("/"),
        "basis": sentences.BASIS.get(found.basis, found.basis),
        "purpose": sentences.PURPOSE.get(found.purpose, found.purpose),
        "crumbs": breadcrumb.trail((_("Open data"), reverse("indicators:data")), name),
    }
    return render(request, "indicators/data_series.html", context)


def _row(series: Series, newest: Vintage) -> dict[str, Any]:
    return {
        "series": series,
        "name": sentences.name(series),
        "unit": UNITS.get(series.unit, series.unit),
        "vintage": newest,
        **_files(series.pk, newest.day),
        "basis": sentences.BASIS.get(series.basis, series.basis),
        "purpose": sentences.PURPOSE.get(series.purpose, series.purpose),
    }


def _files(series_id: str, day: date) -> dict[str, Any]:
    text = day.isoformat()
    return {"files": [(name, _address(series_id, text, form)) for form, (_kind, name, _std) in KINDS.items()]}


def _why(edition: Edition) -> str:
    """Return why an edition came about: the reasons that were given, else what was done."""
    if edition.reasons:
        return " ".join(edition.reasons)
    if edition.number == 1:
        return _("First recorded")
    return _("Figures released") if edition.releases else _("Numbers recorded")


def _address(series_id: str, day: str, form: str) -> str:
    return reverse(f"indicators:data_{form}", args=[series_id, day])


@require_safe
@web.page(public=True)
def file(request: HttpRequest, series_id: str, vintage: str, form: str) -> HttpResponseBase:
    """Send all observations of a series as they stood in one vintage; ``latest`` is the newest one."""
    chosen = _chosen(series_id, vintage)
    series = plan.series(series_id)
    made_of = [
        chosen.state_sha,
        sdmx.words([series]),
        settings.DATA_LICENCE,
        __version__,
        str(export.is_demo()),
    ]
    tag = f'"{sdmx.digest(series_id, form, *made_of)}"'
    if tag in parse_etags(request.headers.get("If-None-Match", "")):
        return _described(HttpResponse(status=304), tag, chosen)
    response = WRITERS[form](series, chosen, opendata.batches(chosen))
    _described(export.mark(response), tag, chosen)
    return export.attach(response, export.marked(f"{series_id}-{chosen.day.isoformat()}.{form}"))


def _chosen(series_id: str, text: str) -> Vintage:
    """Return the vintage that the address of a file names: the newest, or the last one of a day."""
    if text == NEWEST:
        return opendata.edition(series_id).last
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = date.min
    return opendata.edition(series_id, day).last


def _described(response: HttpResponseBase, tag: str, vintage: Vintage) -> HttpResponseBase:
    response["ETag"] = tag
    response["Last-Modified"] = http_date(vintage.recorded_at.timestamp())
    response["Cache-Control"] = "no-cache"  # asked for again each time, and sent only when it has changed
    response["Access-Control-Allow-Origin"] = "*"
    return response


def _csv(series: Series, vintage: Vintage, batches: Batches) -> HttpResponseBase:
    return StreamingHttpResponse(opentables.csv(batches), content_type=KINDS["csv"][0])


def _parquet(series: Series, vintage: Vintage, batches: Batches) -> HttpResponseBase:
    about = {
        "series": series.pk,
        "vintage": vintage.day.isoformat(),
        "version": vintage.version,
        "licence": settings.DATA_LICENCE,
        "data": export.DEMO_MARK if export.is_demo() else "",
    }
    return FileResponse(opentables.parquet(batches, about), content_type=KINDS["parquet"][0])


def _xml(series: Series, vintage: Vintage, batches: Batches) -> HttpResponseBase:
    heading = structures.Heading(
        f"ZH-{vintage.day:%Y%m%d}-{vintage.number}", vintage.recorded_at, export.is_demo()
    )
    tables = (opentables.sdmx(rows)[0] for rows in batches)
    pieces = writing.write(tables, sdmx.flow(series, vintage), heading, structures.XML_3_0)
    return StreamingHttpResponse(pieces, content_type=KINDS["xml"][0])


WRITERS: dict[str, Callable[[Series, Vintage, Batches], HttpResponseBase]] = {
    "csv": _csv,
    "parquet": _parquet,
    "xml": _xml,
}


@require_safe
@web.page(public=True)
def linked(request: HttpRequest) -> HttpResponse:
    """Give the catalogue as DCAT-AP in JSON-LD."""
    address = request.build_absolute_uri
    mark = f"（{export.DEMO_MARK}）" if export.is_demo() else ""
    whole = dcat.Catalogue(
        url=address(reverse("indicators:data")),
        service=address("/sdmx/"),
        title=dcat.Words(f"质量数据{mark}", f"Data on quality{mark}"),
        description=dcat.Words(
            "估计值带区间、样本量和版本，可追溯到抽样、规则和法律；他处公布的数字带出处。",
            "Estimates with interval, sample size, vintage and the way back to draw, rule and law; "
            "numbers that others published, with their source.",
        ),
        publisher=_publisher(request),
        licence=settings.DATA_LICENCE,
        listed=[_listed(address, series, editions, mark) for series, editions in opendata.all_series()],
    )
    text = json.dumps(dcat.write(whole), ensure_ascii=False, indent=1)
    response = HttpResponse(text, content_type="application/ld+json")
    response["Access-Control-Allow-Origin"] = "*"
    return export.mark(response)


def _listed(
    address: Callable[[str], str], series: Series, editions: Iterable[Edition], mark: str
) -> dcat.Listed:
    issued = [
        dcat.Edition(
            url=f"{address(reverse('indicators:data_series', args=[series.pk]))}#v-{one.day.isoformat()}",
            version=one.version,
            issued=one.recorded_at,
            reasons=one.reasons,
            files=[
                dcat.File(
                    address(_address(series.pk, one.day.isoformat(), form)),
                    kind.split(";")[0],
                    name,
                    standard,
                )
                for form, (kind, name, standard) in KINDS.items()
            ],
        )
        for one in editions
    ]
    basis, purpose = structures.LISTS["CL_BASIS"][2], structures.LISTS["CL_PURPOSE"][2]
    return dcat.Listed(
        url=address(reverse("indicators:data_series", args=[series.pk])),
        id=series.pk,
        title=dcat.Words(f"{series.zh}{mark}", f"{series.en}{mark}"),
        description=dcat.Words(
            " ".join(filter(None, (series.definition, series.warning))) or series.zh,
            " ".join(filter(None, (series.definition_en, series.warning_en))) or series.en,
        ),
        keywords=[dcat.Words(*basis[series.basis]), dcat.Words(*purpose[series.purpose])],
        editions=issued,
    )


def _publisher(request: HttpRequest) -> str:
    """Return who publishes: the name that the office gave, else the name of this site alone."""
    return settings.DATA_PUBLISHER or request.get_host()


@require_safe
@web.page(public=True)
def changes_atom(request: HttpRequest) -> HttpResponse:
    """Return the newest vintages of all series as an Atom feed (RFC 4287) in pages (RFC 5005)."""
    rows, following = _changed(request)
    here = request.build_absolute_uri(reverse("indicators:changes_atom"))
    updated = (rows[0].recorded_at if rows else clock.now()).isoformat()
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{request.LANGUAGE_CODE}">',
        f"<title>{escape(_title())}</title><id>{escape(here)}</id><updated>{updated}</updated>",
        f"<author><name>{escape(_publisher(request))}</name></author>",
        f'<link rel="self" href={quoteattr(request.build_absolute_uri())}/>',
        f'<link rel="first" href={quoteattr(here)}/>',
        *([f'<link rel="next" href={quoteattr(f"{here}?{following}")}/>'] if following else []),
        *(
            f"<entry><title>{escape(one['title'])}</title><id>{escape(one['id'])}</id>"
            f"<updated>{one['date_published']}</updated><link href={quoteattr(one['url'])}/>"
            f"<category term={quoteattr(one['tags'][0])}/><summary>{escape(one['content_text'])}</summary>"
            "</entry>"
            for one in _changes(request, rows)
        ),
        "</feed>",
    ]
    answer = HttpResponse("\n".join(lines) + "\n", content_type="application/atom+xml; charset=utf-8")
    return export.mark(answer)


@require_safe
@web.page(public=True)
def changes_json(request: HttpRequest) -> HttpResponse:
    """Return the newest vintages of all series as a JSON feed (version 1.1) in pages."""
    rows, following = _changed(request)
    here = request.build_absolute_uri(reverse("indicators:changes_json"))
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": _title(),
        "home_page_url": request.build_absolute_uri(reverse("indicators:data")),
        "feed_url": here,
        **({"next_url": f"{here}?{following}"} if following else {}),
        "authors": [{"name": _publisher(request)}],
        "language": request.LANGUAGE_CODE,
        "items": _changes(request, rows),
    }
    answer = HttpResponse(
        json.dumps(feed, ensure_ascii=False, indent=1), content_type="application/feed+json; charset=utf-8"
    )
    answer["Access-Control-Allow-Origin"] = "*"
    return export.mark(answer)


def _changed(request: HttpRequest) -> tuple[list[Edition], str]:
    """Return the changes of the page that is asked for, and what the address of the next one says, if any.

    A page is named by the change that it comes after, so that what is recorded while somebody reads moves
    nothing out of the pages before them.
    """
    text = request.GET.get("before", "")
    at, _dash, series_id = text.partition("~")
    try:
        before = (timezone.localtime(datetime.fromisoformat(at)), series_id) if text else None
    except (ValueError, OverflowError):
        raise BadInput(
            _("“%(text)s” names no change.") % {"text": text[:60]},
            _("Begin with the first page of the feed, and follow its links."),
            code="no-such-change",
        ) from None
    rows = opendata.newest(MOST_CHANGES + 1, before=before)
    if len(rows) <= MOST_CHANGES:
        return rows, ""
    last = rows[MOST_CHANGES - 1]
    return rows[:MOST_CHANGES], urlencode({"before": f"{last.recorded_at.isoformat()}~{last.series}"})


def _title() -> str:
    return _("Changes of open data") + (f" · {export.DEMO_MARK}" if export.is_demo() else "")


def _changes(request: HttpRequest, rows: list[Edition]) -> list[dict[str, Any]]:
    names = {found.pk: found for found in plan.all_series()}
    return [_change(request, names[one.series], one) for one in rows if one.series in names]


def _change(request: HttpRequest, series: Series, one: Edition) -> dict[str, Any]:
    day = one.day.isoformat()
    page = request.build_absolute_uri(reverse("indicators:data_series", args=[series.pk]))
    facts = {"name": sentences.name(series), "day": wording.day(one.day), "version": one.version}
    return {
        "id": f"{page}#v-{day}",
        "url": f"{page}#v-{day}",
        "title": _("%(name)s, vintage of %(day)s (%(version)s)") % facts,
        "content_text": _why(one),
        "date_published": one.recorded_at.isoformat(),
        "tags": [series.pk],
        "attachments": [
            {
                "url": request.build_absolute_uri(_address(series.pk, day, form)),
                "mime_type": kind.split(";")[0],
            }
            for form, (kind, _name, _standard) in KINDS.items()
        ],
    }
