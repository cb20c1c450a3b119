"""SDMX REST 2.0 for anybody: structures and data at ``/sdmx/``, in the form that a program accepts.

Refusals are the standard's own error messages, in Chinese and in English. An answer has a tag by which it is
asked for again without being sent again, and the same bytes as long as the tag is the same.
"""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable, Iterator
from functools import lru_cache, wraps
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.http import http_date, parse_etags
from django.views.decorators.http import require_safe

from zhiheng import __version__, web
from zhiheng.errors import ZhihengError
from zhiheng.formats.sdmx import asking, offers, problems, selecting, structures, writing
from zhiheng.people import clock
from zhiheng.proof import canonical
from zhiheng.reference import indicators, refusals, regions
from zhiheng.stages.plan import queries as plan
from zhiheng.stages.plan.models import Series
from zhiheng.web import as_of
from zhiheng.web.tables import export

from .. import narrowing, opendata, opentables, vintages
from ..models import Vintage

PREFIX = "DF_"  # of the name of a dataflow; the rest is the series
MOST_FLOWS = 5_000  # versions listed in one message
WORDS = ("zh", "en", "definition", "definition_en", "warning", "warning_en")  # of a series, in a structure

View = Callable[..., HttpResponseBase]


def answers(view: View) -> View:
    """Turn what a view refuses into the error message of SDMX, and open its answers to any page."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            response = view(request, *args, **kwargs)
        except ZhihengError as error:
            response = _refusal(request, error)
        response["Access-Control-Allow-Origin"] = "*"
        response["Vary"] = "Accept"
        return export.mark(response)

    return answered


def _refusal(request: HttpRequest, error: ZhihengError) -> HttpResponse:
    code = problems.number(error)
    said = [(lang, refusals.told(error, chinese=lang == "zh")) for lang in ("en", "zh")]
    texts = {lang: f"{told.cause} {told.remedy}".strip() for lang, told in said}
    if offers.prefers_json(request.headers.get("Accept", "")):
        body, kind = problems.as_json(code, texts), "application/json"
    else:
        body, kind = problems.xml(code, texts), "application/vnd.sdmx.error+xml;version=3.0.0"
    return HttpResponse(body, status=error.http_status, content_type=kind)


@require_safe
@web.page(public=True)
@answers
def data(request: HttpRequest, rest: str) -> HttpResponseBase:
    """Give the observations of one dataflow, as they stand or stood, in the form asked for."""
    zone = timezone.get_default_timezone()
    asked = asking.data(rest, request.META.get("QUERY_STRING", ""), zone=zone)
    offer = offers.choose(request.headers.get("Accept", ""), offers.DATA, short=asked.form)
    chosen = _vintage(asked)
    series = plan.series(chosen.series_id)
    tag = _tag(request, offer, chosen.state_sha, [series])
    if _is_known(request, tag):
        return _unchanged(tag)
    tables = _tables(chosen, asked)
    found = flow(series, chosen)
    heading = structures.Heading(f"ZH-{tag[:12]}", chosen.recorded_at, export.is_demo())
    pieces = writing.write(tables, found, heading, offer.form, columns=asked.columns)
    name = export.marked(f"{found.id}-{chosen.version}.{offer.suffix}")
    return _sent(StreamingHttpResponse(pieces, content_type=offer.content_type), tag, chosen, name)


@require_safe
@web.page(public=True)
@answers
def structure(request: HttpRequest, rest: str) -> HttpResponseBase:
    """Give dataflows, the data structure, code lists and concepts, with what they refer to where asked."""
    asked = asking.structure(rest, request.META.get("QUERY_STRING", ""))
    offer = offers.choose(request.headers.get("Accept", ""), offers.STRUCTURE, short=asked.form)
    held = opendata.newest_of_each()
    newest = max((one for _series, one in held), key=lambda one: one.recorded_at, default=None)
    state = " ".join(one.state_sha for _series, one in held)
    tag = _tag(request, offer, state, [series for series, _newest in held])
    if _is_known(request, tag):
        return _unchanged(tag)
    wanted = _wanted(asked, held)
    if not any(wanted.values()):
        raise problems.refused(
            "nothing",
            f"There is no {asked.kind} {asked.id[:40]!r} of the version {asked.version[:40]!r} here.",
            "Begin with /sdmx/structure/dataflow, which lists what there is.",
        )
    prepared = newest.recorded_at if newest else clock.now()
    heading = structures.Heading(f"ZH-{tag[:12]}", prepared, export.is_demo())
    body = structures.write(heading, offer.form, **wanted)
    return _sent(HttpResponse(body, content_type=offer.content_type), tag, newest, "")


def flow(series: Series, vintage: Vintage) -> structures.Flow:
    """Return a series as the dataflow of one of its vintages."""
    demo = (f"（{export.DEMO_MARK}）", f" ({export.DEMO_MARK})") if export.is_demo() else ("", "")
    return structures.Flow(
        series.pk,
        series.zh + demo[0],
        series.en + demo[1],
        vintage.version,
        " ".join(filter(None, (series.definition, series.warning))),
        " ".join(filter(None, (series.definition_en, series.warning_en))),
    )


def _vintage(asked: asking.Question) -> Vintage:
    """Return the vintage that a version names, or the one that stood at the moment asked for."""
    id = asked.flow.removeprefix(PREFIX).lower()
    newest = vintages.newest(id)
    if newest is None or structures.Flow(id, "", "").id != asked.flow:
        raise problems.refused(
            "nothing",
            f"There is no dataflow {asked.flow[:80]!r}.",
            "Begin with /sdmx/structure/dataflow, which lists what there is.",
        )
    wanted = asking.exact(asked.version)
    if asked.as_of is not None and asked.as_of > as_of.last_moment(clock.today()):
        raise problems.refused(
            "semantic",
            "asOf has not come yet: nobody knows what will be recorded by then.",
            "Ask for today or a day before it, or leave asOf out.",
        )
    if asked.as_of is not None and wanted:
        raise problems.refused(
            "semantic",
            "A version and asOf both name a state, and they may differ.",
            "Write * for the version where asOf is given.",
        )
    if wanted:
        found = vintages.exact(id, *wanted[1:]) if wanted[0] == 1 else None
    else:
        found = newest if asked.as_of is None else vintages.newest(id, as_of=asked.as_of)
    if found is None or not asking.is_of(found.version, asked.version):
        raise problems.refused(
            "nothing",
            f"There is no such vintage; the versions run from 1.1.0 to {newest.version}.",
            "Ask for one of them, or for a later moment.",
        )
    return found


def _tables(vintage: Vintage, asked: asking.Question) -> Iterator[Any]:
    """Return the tables of an answer, or say that it holds nothing.

    One table, sorted, where a process of the site can hold it; else one of each batch, in the order of the
    store, so that what depends on the order of the whole is refused.
    """
    narrowed = narrowing.of(asked)
    if not opendata.is_large(vintage, narrowed):
        found = iter([selecting.keep(_table(vintage, vintage.state_sha, narrowed), asked)])
    elif asked.depends_on_order:
        raise opendata.too_many(vintage.series_id)
    else:
        batches = opendata.batches(vintage, narrowed=narrowed)
        found = (selecting.keep(opentables.sdmx(rows)[0], asked) for rows in batches)
    first = next((table for table in found if table.height), None)
    if first is None:
        raise problems.refused(
            "nothing",
            "No observation answers this question.",
            "Ask for less: leave conditions out, or write * in the key.",
        )
    return itertools.chain([first], found)


@lru_cache(maxsize=4)
def _table(vintage: Vintage, _state: str, narrowed: Q | None) -> Any:
    """Return the table of a vintage, whole or narrowed, kept while it is among the last ones asked for."""
    import polars as pl

    batches = opendata.batches(vintage, narrowed=narrowed)
    return pl.concat([opentables.sdmx(rows)[0] for rows in itertools.chain(batches, [()])])


def _wanted(asked: asking.StructureQuestion, held: list[Any]) -> dict[str, Any]:
    """Return the parts of a structure message: what is asked for, and what it refers to."""
    below = asked.references in ("descendants", "all")
    flows, lists = [], {}
    is_fixed = asking.is_of(structures.VERSION, asked.version)
    has_structure = has_concepts = False
    if asked.kind == "dataflow":
        flows = _flows(asked, held)
        has_structure = bool(flows) and asked.references != "none"
    elif asked.kind == "datastructure":
        has_structure = is_fixed and _is_asked(asked, structures.DSD)
        below = below or asked.references == "children"
        flows = _every_flow(held) if has_structure and asked.references == "all" else []
    elif asked.kind == "codelist":
        every = _lists(held) if is_fixed else {}
        lists = {id: one for id, one in every.items() if _is_asked(asked, id)}
    else:
        has_concepts = is_fixed and _is_asked(asked, structures.CONCEPTS)
    if has_structure and below:
        lists, has_concepts = _lists(held), True
    return {
        "flows": flows,
        "lists": lists,
        "has_structure": has_structure,
        "has_concepts": has_concepts,
    }


def _is_asked(asked: asking.StructureQuestion, id: str) -> bool:
    return asked.id in ("*", "all") or id in asked.id.split(",")


def _every_flow(held: list[Any]) -> list[structures.Flow]:
    return [flow(series, newest) for series, newest in held]


def _flows(asked: asking.StructureQuestion, held: list[Any]) -> list[structures.Flow]:
    """Return the dataflows asked for: of each the newest vintage, or every one where ``*`` asks for all."""
    known = {
        series.pk: (series, newest)
        for series, newest in held
        if _is_asked(asked, structures.Flow(series.pk, "", "").id)
    }
    if asked.version == "*" or asking.exact(asked.version):
        rows = vintages.of_all(known, most=MOST_FLOWS)
    else:
        rows = [newest for _series, newest in known.values()]
    return [flow(known[one.series_id][0], one) for one in rows if asking.is_of(one.version, asked.version)]


def _lists(held: list[Any]) -> dict[str, Any]:
    names = {series.pk: (series.zh, series.en) for series, _newest in held}
    return structures.named(_areas(), names)


@lru_cache(maxsize=1)
def _areas() -> dict[str, tuple[str, str]]:
    """Return every place that a figure may speak of: GB/T 2260, and the groupings that others publish."""
    places = {one.code: (one.zh, one.en or one.zh) for one in regions.all() if not one.placeholder}
    for known in indicators.all():
        for row in indicators.observations(known.id):
            places.setdefault(row.geo_code, (row.geo_name, row.geo_code))
    return places


def _tag(request: HttpRequest, offer: offers.Offer, state: str, listed: list[Series]) -> str:
    """Return the tag of an answer: the question, the form, and the state of what it is made of.

    That is the digest of the numbers, the words of each series listed, and the program, whose code lists it
    carries.
    """
    said = [request.path, request.META.get("QUERY_STRING", ""), offer.content_type, state, __version__]
    said.append("demonstration" if export.is_demo() else "")
    return digest(*said, words(listed))


def words(listed: list[Series]) -> str:
    """Return the digest of what some series are called and said to mean, and of what warns of them."""
    return canonical.digest([[series.pk, *(getattr(series, name) for name in WORDS)] for series in listed])


def digest(*parts: str) -> str:
    """Return a short digest of what an answer depends on."""
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogateescape")).hexdigest()[:32]


def _is_known(request: HttpRequest, tag: str) -> bool:
    known = parse_etags(request.headers.get("If-None-Match", ""))
    return "*" in known or f'"{tag}"' in known


def _unchanged(tag: str) -> HttpResponse:
    return HttpResponse(status=304, headers={"ETag": f'"{tag}"', "Cache-Control": "no-cache"})


def _sent(response: HttpResponseBase, tag: str, vintage: Vintage | None, name: str) -> HttpResponseBase:
    response["ETag"] = f'"{tag}"'
    response["Cache-Control"] = "no-cache"  # asked for again each time, and sent only when it has changed
    if vintage is not None:
        response["Last-Modified"] = http_date(vintage.recorded_at.timestamp())
    return export.attach(response, name) if name else response
