"""Says values, targets and series of the plan as a person reads them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiheng.reference import indicators, outline
from zhiheng.web import wording
from zhiheng.web.tables import State

from .models import BASES, CHANNELS, PURPOSES, Obligation, Series, Target
from .rules import obligations

ARTICLE_STATES = {
    "known": State(gettext_lazy("text known"), "done"),
    "heading-only": State(gettext_lazy("heading alone"), "running"),
    "unknown": State(gettext_lazy("not recovered"), "todo"),
}
BINDING_STATES = {
    "bound": State(gettext_lazy("Bound"), "done"),
    "refused": State(gettext_lazy("Binding refused"), "stopped"),
    "unbound": State(gettext_lazy("Not bound yet"), "todo"),
}
DUTY_STATES = {
    "draft": State(gettext_lazy("Draft"), "todo"),
    "issued": State(gettext_lazy("Issued"), "running"),
    "done": State(gettext_lazy("Done"), "done"),
    "withdrawn": State(gettext_lazy("Withdrawn"), "stopped"),
    "lapsed": State(gettext_lazy("Lapsed"), "stopped"),
}
EVIDENCE = {
    "A": gettext_lazy("A: page of an authority or a national outlet"),
    "B": gettext_lazy("B: repost of an official text"),
    "C": gettext_lazy("C: reworded, to be checked"),
}
FOUND = {
    "published": gettext_lazy("published"),
    "published(lower bound)": gettext_lazy("published, a lower bound"),
    "published(upper bound)": gettext_lazy("published, an upper bound"),
    "derived": gettext_lazy("derived"),
}
UNITS = {
    "%": gettext_lazy("per cent"),
    "index": gettext_lazy("index"),
    "score": gettext_lazy("score"),
    "grade": gettext_lazy("grade"),
}
LOCAL_PROMISES = {
    "reach": gettext_lazy("reach %(value)s"),
    ">=": gettext_lazy("at least %(value)s"),
    "=": gettext_lazy("exactly %(value)s"),
    "strive>=": gettext_lazy("strive for at least %(value)s"),
    "stable>=": gettext_lazy("stay at %(value)s or above"),
}
RELATIONS = {
    "adopts": gettext_lazy("adopts the national target"),
    "adapts(higher)": gettext_lazy("adapts it: higher"),
    "adapts(lower)": gettext_lazy("adapts it: lower"),
    "adapts(softened)": gettext_lazy("adapts it: softened"),
    "adds": gettext_lazy("adds a target of its own"),
    "replaces(indicator)": gettext_lazy("replaces it by another indicator"),
}


def value(number: Any, unit: str) -> str:
    """Return 94 with the unit % as 94%; an index or a score stands bare."""
    text = wording.number(number if isinstance(number, Decimal) else Decimal(str(number)))
    return f"{text}%" if unit == "%" else text


def published(seen: indicators.Observation, unit: str) -> str:
    """Return a published number with its unit; a grade or a withdrawn one as its source says it."""
    return seen.text or wording.NOTHING if seen.value is None else value(seen.value, unit)


def promise(target: Target) -> str:
    """Return what a target promises: reach 94%, or at least 98%."""
    shown = {"value": value(target.value, target.unit)}
    if target.operator == "at_least":
        return _("at least %(value)s") % shown
    if target.operator == "at_most":
        return _("at most %(value)s") % shown
    return _("reach %(value)s") % shown


def local_promise(operator: str, value: str) -> str:
    """Return what a local plan promises, with its own strength of word."""
    return str(LOCAL_PROMISES[operator]) % {"value": value}


def relation(name: str) -> str:
    """Return how a local target stands to the national one."""
    return str(RELATIONS.get(name, name))


def unit(name: str) -> str:
    """Return a unit in words."""
    return str(UNITS.get(name, name))


def basis(series: Series) -> str:
    """Return the basis of a series in words."""
    return str(dict(BASES).get(series.basis, series.basis))


def purpose(series: Series) -> str:
    """Return the purpose of a series in words."""
    return str(dict(PURPOSES).get(series.purpose, series.purpose))


def reason(target: Target) -> str:
    """Return why a binding was refused, in the language of the page."""
    return target.binding_reason if wording.is_chinese() else target.binding_reason_en


def definition(series: Series) -> tuple[str, str]:
    """Return what a series measures, and its warning, in the language of the page."""
    if wording.is_chinese():
        return series.definition, series.warning
    return series.definition_en, series.warning_en


def heading(article: outline.Article) -> str:
    """Return the heading of an article; one that was not recovered is said to be so."""
    found = article.heading_zh if wording.is_chinese() else article.heading_en
    return found or _("heading not recovered")


def summary(article: outline.Article) -> str:
    """Return our own words on an article."""
    return article.summary_zh if wording.is_chinese() else article.summary_en


def article_name(article: outline.Article) -> str:
    """Return an article as it is cited."""
    number = _("Article %(number)s") % {"number": article.number}
    return f"{number} {heading(article)}"


def outline_title() -> str:
    """Return the title of the Outline in the language of the page."""
    return outline.title("zh" if wording.is_chinese() else "en")


def found_how(seen: indicators.Observation) -> str:
    """Return how a published number was found, with its grade of evidence."""
    kind = str(FOUND.get(seen.basis, seen.basis))
    return f"{kind} · {EVIDENCE.get(seen.evidence, seen.evidence)}"


def about(duty: Obligation) -> str:
    """Return what an obligation is about: goods, channel, purpose."""
    goods = duty.item.name if duty.item else _("all goods")
    channel = dict(CHANNELS).get(duty.channel, _("all channels"))
    return f"{goods} · {channel} · {dict(PURPOSES)[duty.purpose]}"


def weights(duty: Obligation) -> str:
    """Return the weights as a person reads them."""
    parts = []
    for kind, label in (("risk", _("risk class")), ("credit", _("credit class"))):
        if table := duty.weights.get(kind):
            listed = ", ".join(f"{_class(name)} {weight}" for name, weight in sorted(table.items()))
            parts.append(f"{label}: {listed}")
    if "recent" in duty.weights:
        top, bottom = duty.weights["recent"]
        facts = {"count": duty.burden_periods, "share": f"{top}/{bottom}"}
        parts.append(_("drawn in the last %(count)s periods: %(share)s of the others") % facts)
    return "; ".join(parts)


def _class(name: str) -> str:
    return _("none") if name == obligations.UNCLASSED else name


def cycle(duty: Obligation) -> str:
    """Return the range of periods in which every firm is drawn once."""
    return f"{wording.period(duty.cycle_from)} – {wording.period(duty.cycle_to)}"
