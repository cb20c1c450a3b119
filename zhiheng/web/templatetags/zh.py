"""Filters that write numbers, dates, intervals and names in the language of the page.

``{% load zh %}`` gives number, percent, day, moment, interval, region, region_path, division, period, name,
short_hash and the tag ``state``.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from zhiheng.people import clock
from zhiheng.web import wording

register = template.Library()


@register.filter
def number(value: Any, places: int | None = None) -> str:
    """``{{ 12345|number }}`` gives 12,345."""
    return wording.number(value, places)


@register.filter
def percent(share: Any, places: int = 2) -> str:
    """``{{ 0.9365|percent:2 }}`` gives 93.65%."""
    return wording.percent(share, int(places))


@register.filter
def day(value: Any) -> str:
    """``{{ date|day }}`` gives 2026年11月22日 or 22 Nov 2026."""
    return wording.day(value)


@register.filter
def moment(value: Any) -> str:
    """Give a time relative to now within a day, absolute before."""
    return wording.moment(value, clock.now())


@register.filter
def interval(figure: Any, places: int = 2) -> str:
    """Give the estimate of a figure with its interval."""
    get = figure.get if isinstance(figure, dict) else lambda key: getattr(figure, key)
    return wording.interval(get("estimate"), get("lower"), get("upper"), places=int(places))


@register.filter
def region(code: Any) -> str:
    """``{{ "330000"|region }}`` gives 浙江省 or Zhejiang."""
    return wording.region_name(code)


@register.filter
def region_path(code: Any) -> str:
    """Give the names from the province down to the region."""
    return wording.region_path(code)


@register.filter
def division(code: Any) -> str:
    """``{{ "13"|division }}`` gives the name of the industry division."""
    return wording.division_name(code)


@register.filter
def period(text: str) -> str:
    """``{{ "2024Q1"|period }}`` gives 2024年第一季度 or Q1 2024."""
    return wording.period(text)


@register.filter
def name(thing: Any) -> str:
    """Give the Chinese or English name of anything that has both."""
    return wording.bilingual(thing)


@register.filter
def short_hash(value: Any) -> str:
    """Give the first twelve characters of a hash."""
    return f"{str(value)[:12]}…" if value else wording.NOTHING


@register.simple_tag
def state(tone: str, label: Any) -> SafeString:
    """``{% state "done" label %}`` writes a state with its shape beside the word."""
    return format_html('<span class="state {}">{}</span>', tone or "neutral", label)


@register.simple_tag(takes_context=True)
def render_panel(context: Any, panel: Any) -> SafeString:
    """Render a panel of a slot with its own template and context, beside the request and the person."""
    own = {"user": context.get("user"), "panel": panel, **panel.context}
    return render_to_string(panel.template, own, request=context.get("request"))


@register.simple_tag
def days_left(due_on: date) -> SafeString:
    """Write how many days are left until a date, or by how many it has passed."""
    days = (due_on - clock.today()).days
    if days < 0:
        return format_html('<span class="state overdue">{}</span>', _("%(days)s days over") % {"days": -days})
    tone = "due" if days <= 3 else "todo"
    words = _("today") if days == 0 else _("%(days)s days left") % {"days": days}
    return format_html('<span class="state {}">{}</span>', tone, words)
