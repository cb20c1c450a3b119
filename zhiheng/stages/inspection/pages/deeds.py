"""The steps that a person takes at a visit or in a case: one form each, who may, and what is then done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from zhiheng import people
from zhiheng.people import clock
from zhiheng.web import forms

Do = Callable[[Any, Any, Any], Any]
May = Callable[[Any, Any], bool]


@dataclass(frozen=True)
class Deed:
    """One step: its words, its form, who may take it on which record, and the action."""

    title: Any
    form: type[Any]
    may: May
    act: Do
    is_now: Callable[[Any], bool] = lambda found: True
    lead: Any = ""
    needs: tuple[Any, ...] = ()
    document: Any = ""
    initial: tuple[str, ...] = ()  # the fields that start with today
    start: Callable[[Any], Mapping[str, Any]] = field(default=lambda found: {})
    after: str = ""  # the page to go to, when the record may be out of sight afterwards


@dataclass(frozen=True)
class Offer:
    """A step as a record offers it: its words, its address, and what is needed for it."""

    label: Any
    url: str
    needs: tuple[Any, ...] = ()
    document: Any = ""


def offers(person: Any, found: Any, deeds: Mapping[str, Deed], url_name: str) -> list[Offer]:
    """Return the steps that this person can take on a record now."""
    return [
        Offer(deed.title, reverse(url_name, args=[found.pk, name]), deed.needs, deed.document)
        for name, deed in deeds.items()
        if deed.is_now(found) and deed.may(person, found)
    ]


def respond(request: HttpRequest, found: Any, deed: Deed, *, back: str, key: str) -> HttpResponse:
    """Show the form of a step, or take it and go back to the record."""

    def act(form: Any) -> str:
        deed.act(request.user, found, form)
        return reverse(deed.after) if deed.after else back

    today = dict.fromkeys(deed.initial, clock.today())
    form, answer = forms.handle(request, deed.form, act=act, key=key, initial={**today, **deed.start(found)})
    context = {"form": form, "title": deed.title, "lead": deed.lead, "cancel_url": back}
    return answer or render(request, "web/form_page.html", context)


def in_region(permission: str) -> May:
    """Return the question whether somebody may do something in the region of a record."""
    return lambda person, found: people.may(person, permission, region=found.region)
