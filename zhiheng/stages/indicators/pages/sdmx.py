"""SDMX REST 2.0 for anybody: structures and data at ``/sdmx/``, in the form that a program accepts.

Refusals are the standard's own error messages, in Chinese and in English. An answer has a tag by which it is
asked for again without being sent again, and the same bytes as long as the tag is the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache, wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import http_date, parse_etags
from django.views.decorators.http import require_safe

from zhiheng import __version__, web
from zhiheng.errors import ZhihengError
from zhiheng.formats.sdmx import asking, offers, problems, selecting, structures, writing
from zhiheng.people import clock
from zhiheng.proof import canonical
from zhiheng.reference import indicators, refusals, regions
from zhiheng.stages.plan.models import Series
from zhiheng.web.tables import export

from .. import opendata, opentables
from ..opendata import Vintage

MOST_OBSERVATIONS = 1_000_000
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
    asked = asking.data(rest, request.META.get("QUERY_STRING", ""))
    offer = offers.choose(request.headers.get("Accept", ""), offers.DATA, short=asked.form)
    series, vintages = _series_of(asked.flow)
    chosen = _vintage(vintages, asked)
    tag = _tag(request, offer, vintages[-1], [series])
    if _is_known(request, tag):
        return _unchanged(tag)
    table = _table(series.pk, asked.as_of or chosen.moment, vintages[-1].stamp, export.is_demo())
    kept = selecting.keep(table, asked)
    if kept.height == 0:
        raise problems.refused(
            "nothing",
            "No observation answers this question.",
            "Ask for less: leave conditions out, or write * in the key.",
        )
    if kept.height > MOST_OBSERVATIONS:
        raise problems.refused(
            "too-large",
            f"The answer would hold {kept.height} observations, more than {MOST_OBSERVATIONS}.",
            "Ask for parts with limit and offset, or narrow the key or the time.",
        )
    found = flow(series, chosen)
    heading = structures.Heading(f"ZH-{tag[:12]}", chosen.recorded_at, export.is_demo())
    pieces = writing.write(kept, found, heading, offer.form, columns=asked.columns)
    name = export.marked(f"{found.id}-{chosen.version}.{offer.suffix}")
    return _sent(StreamingHttpResponse(pieces, content_type=offer.content_type), tag, chosen, name)


@require_safe
@web.page(public=True)
@answers
def structure(request: HttpRequest, rest: str) -> HttpResponseBase:
    """Give dataflows, the data structure, code lists and concepts, with what they refer to where asked."""
    asked = asking.structure(rest, request.META.get("QUERY_STRING", ""))
    offer = offers.choose(request.headers.get("Accept", ""), offers.STRUCTURE, short=asked.form)
    held = opendata.all_series()
    newest = max((one[-1] for _series, one in held), key=lambda one: one.recorded_at, default=None)
    tag = _tag(request, offer, newest, [series for series, _vintages in held])
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


def _series_of(id: str) -> tuple[Series, tuple[Vintage, ...]]:
    for series, vintages in opendata.all_series():
        if structures.Flow(series.pk, "", "").id == id:
            return series, vintages
    raise problems.refused(
        "nothing",
        f"There is no dataflow {id[:80]!r}.",
        "Begin with /sdmx/structure/dataflow, which lists what there is.",
    )


def _vintage(vintages: tuple[Vintage, ...], asked: asking.Question) -> Vintage:
    """Return the vintage that a version or a moment names; the newest where neither does."""
    is_exact = asked.version not in asking.NEWEST and "+" not in asked.version
    if asked.as_of is not None and is_exact:
        raise problems.refused(
            "semantic",
            "A version and asOf both name a state, and they may differ.",
            "Write * for the version where asOf is given.",
        )
    moment = asked.as_of
    known = [one for one in vintages if moment is None or one.began_at <= moment]
    fitting = [one for one in known if asking.is_of(one.version, asked.version)]
    if fitting:
        return fitting[-1]
    raise problems.refused(
        "nothing",
        f"There is no such vintage; the versions run from {vintages[0].version} to {vintages[-1].version}.",
        "Ask for one of them, or for a later moment.",
    )


@lru_cache(maxsize=4)
def _table(series_id: str, as_of: datetime, _stamp: str, _is_demo: bool) -> Any:
    """Return the table of a series as of a moment, kept until something new of it is recorded."""
    series = Series.objects.get(pk=series_id)
    return opentables.sdmx(opendata.observations(series, as_of=as_of))[0]


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
    return [flow(series, vintages[-1]) for series, vintages in held]


def _flows(asked: asking.StructureQuestion, held: list[Any]) -> list[structures.Flow]:
    """Return the dataflows asked for: of each the newest vintage, or every one where ``*`` asks for all."""
    found = []
    for series, vintages in held:
        if not _is_asked(asked, structures.Flow(series.pk, "", "").id):
            continue
        fitting = [one for one in vintages if asking.is_of(one.version, asked.version)]
        found += [flow(series, one) for one in (fitting if asked.version == "*" else fitting[-1:])]
    return found


def _lists(held: list[Any]) -> dict[str, Any]:
    names = {series.pk: (series.zh, series.en) for series, _vintages in held}
    return structures.named(_areas(), names)


@lru_cache(maxsize=1)
def _areas() -> dict[str, tuple[str, str]]:
    """Return every place that a figure may speak of: GB/T 2260, and the groupings that others publish."""
    places = {one.code: (one.zh, one.en or one.zh) for one in regions.all() if not one.placeholder}
    for known in indicators.all():
        for row in indicators.observations(known.id):
            places.setdefault(row.geo_code, (row.geo_name, row.geo_code))
    return places


def _tag(request: HttpRequest, offer: offers.Offer, newest: Vintage | None, listed: list[Series]) -> str:
    """Return the tag of an answer: the question, the form, and the last change of what it is made of.

    That is the newest number, the words of each series listed, and the program, whose code lists it carries.
    """
    state = newest.stamp if newest else ""
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
