"""The pages of the office: notices and drafts, what is to be published until when, and every step."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from zhiheng import ledger, people, web
from zhiheng.errors import ZhihengError
from zhiheng.people.permissions import P
from zhiheng.procedure import wording as procedure
from zhiheng.reference import notices as kinds
from zhiheng.web import breadcrumb, forms, said, timeline, wording

from .. import actions, composing, labels, listing, queries, rules, showing, sources
from ..forms import CorrectForm, DiscardForm, DraftForm, PublishForm, WithdrawForm, WordsForm
from ..models import Notice
from . import links


@web.page(permission=P.NOTICE_VIEW)
def notices(request: HttpRequest) -> HttpResponse:
    """List the notices and drafts of one's regions."""
    context = {"title": _("Notices"), "may_publish": people.may(request.user, P.NOTICE_PUBLISH)}
    return listing.OFFICE.respond(
        request, queries.notices(request.user), "disclosure/office_list.html", context
    )


@web.page(permission=P.NOTICE_PUBLISH)
def due(request: HttpRequest) -> HttpResponse:
    """List the closed draws whose results are to be published, with the day and its rule."""
    rows = queries.awaited(request.user)
    kind = kinds.kind(queries.RESULTS[0])
    limit = next((row.due.limit for row in rows if row.due is not None), None)
    context = {
        "title": _("Results to publish"),
        "rows": rows,
        "past": sum(row.is_past for row in rows),
        "limit": limit and procedure.rule(limit)[0 if wording.is_chinese() else 1],
        "is_verified": limit is not None and limit.is_verified,
        "event": kind.event_zh if wording.is_chinese() else kind.event,
        "crumbs": breadcrumb.trail((_("Notices"), reverse("disclosure:notices")), _("Results to publish")),
    }
    return render(request, "disclosure/due.html", context)


@web.page(permission=P.NOTICE_PUBLISH)
def new_notice(request: HttpRequest) -> HttpResponse:
    """Begin a notice from a draw, from a release or by hand."""

    def act(form: DraftForm) -> str:
        given = form.cleaned_data
        made = actions.draft(
            by=request.user,
            kind=given["kind"],
            region=given["region"],
            source_key=given["source_key"],
            event_on=given["event_on"],
            words={name: given.get(name, "") for name in ("title_zh", "text_zh")},
        )
        return reverse("disclosure:notice", args=[made.pk])

    initial = {name: request.GET.get(name, "") for name in ("kind", "source")}
    form, answer = forms.handle(request, DraftForm, act=act, initial=initial, by=request.user)
    lead = _("A draft about a draw or release is filled from its records. Nothing is public yet.")
    return answer or _form(request, form, _("Begin a notice"), lead, reverse("disclosure:notices"))


@web.page(permission=P.NOTICE_VIEW)
def notice(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show one notice of the office: a draft as it would be published, a published one as it stands."""
    found = queries.notice(request.user, pk)
    seen, fault = _seen(found)
    newest = found.versions.filter(version=found.version).first()
    name, url = links.source(found)
    context = {
        "title": labels.title(found),
        "notice": found,
        "seen": seen.get("zh"),
        "english": seen.get("en"),
        "fault": fault,
        "has_moved_on": newest is not None and _has_moved_on(found, newest.said),
        "standing": [labels.STATES[found.state]],
        "identity": _identity(found),
        "source_name": name,
        "source_url": url,
        "body_rows": 50,
        "body_slice": ":50",
        "actions": _actions(request.user, found),
        "may_publish": found.state == rules.DRAFTED and fault is None and _may(request.user, found),
        "items": timeline.from_entries(ledger.timeline("notice", str(found.pk))),
        "crumbs": breadcrumb.trail((_("Notices"), reverse("disclosure:notices")), found.number or _("Draft")),
    }
    return render(request, "disclosure/office_notice.html", context)


def _seen(found: Notice) -> tuple[dict[str, showing.Shown], said.Said | None]:
    """Return what a notice says in both languages, or why not: the source of a draft may move on."""
    if found.state == rules.DISCARDED:
        return {}, None
    if found.state != rules.DRAFTED:
        content = queries.versions(found)[-1].said
        return {language: showing.of(content, language) for language in sources.LANGUAGES}, None
    try:
        made = composing.of_draft(found)
    except ZhihengError as error:
        return {}, said.of(error)
    basis = [one.as_data() for one in found.about_kind.basis(found.region)]
    words = made.words
    return {
        language: showing.shown(words.title, words.body, words.redaction, basis, language)
        for language in sources.LANGUAGES
    }, None


def _has_moved_on(found: Notice, said_then: dict[str, Any]) -> bool:
    """Say whether the records say something else now; a source that is gone altogether is something else."""
    try:
        return composing.has_moved_on(found, said_then)
    except ZhihengError:
        return True


def _may(person: Any, found: Notice) -> bool:
    return people.may(person, P.NOTICE_PUBLISH, region=found.region)


def _identity(found: Notice) -> list[tuple[Any, Any]]:
    due = rules.due(found.about_kind, found.event_on, found.region)
    rows = [
        (_("Kind"), labels.kind(found.kind)),
        (_("Region"), wording.region_path(found.region)),
        (_("Notice number"), found.number or _("given when it is published")),
    ]
    if found.version:
        rows += [
            (_("Version"), wording.number(found.version)),
            (_("Published on"), wording.day(found.issued_on)),
        ]
    if due is not None:
        note = "" if due.limit.is_verified else " " + _("(unverified limit, it only reminds)")
        rows.append((_("To be published by"), f"{wording.day(due.due_on)}{note}"))
    return rows


def _actions(person: Any, found: Notice) -> list[tuple[Any, str]]:
    steps: list[tuple[Any, str]] = []
    if found.number:
        steps.append((_("Public page"), reverse("disclosure:public_notice", args=[found.number])))
    if not _may(person, found):
        return steps
    names = {
        rules.DRAFTED: ((_("Change the words"), "edit"), (_("Give the draft up"), "discard")),
        rules.PUBLISHED: ((_("Correct"), "correct"), (_("Withdraw"), "withdraw")),
        rules.CORRECTED: ((_("Correct"), "correct"), (_("Withdraw"), "withdraw")),
    }
    return [
        *((label, reverse(f"disclosure:{to}", args=[found.pk])) for label, to in names.get(found.state, ())),
        *steps,
    ]


@web.page(permission=P.NOTICE_PUBLISH)
def edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Change the words of a draft."""
    found = queries.notice(request.user, pk)

    def act(form: WordsForm) -> str:
        actions.redraft(by=request.user, notice=found, words=form.words(), rule=form.cleaned_data["rule"])
        return _record(found)

    initial = {**found.words, "rule": found.rule}
    form, answer = forms.handle(request, WordsForm, act=act, key=str(found.pk), initial=initial)
    lead = _("The next page shows the notice as it would be published, with what is masked in it.")
    return answer or _form(request, form, _("Words of the notice"), lead, _record(found))


@web.page(permission=P.NOTICE_PUBLISH)
def publish(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Publish a draft after it was looked at."""
    found = queries.notice(request.user, pk)

    def act(form: PublishForm) -> str:
        actions.publish(by=request.user, notice=found)
        return reverse("disclosure:public_notice", args=[found.number])

    form, answer = forms.handle(request, PublishForm, act=act, key=str(found.pk))
    title = _("Publish “%(title)s”") % {"title": labels.title(found)}
    lead = _(
        "It is public at once, signed and logged, under a permanent address. It can be corrected and "
        "withdrawn with a public reason, and never deleted."
    )
    return answer or _form(request, form, title, lead, _record(found))


@web.page(permission=P.NOTICE_PUBLISH)
def correct(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Publish a new version with a reason."""
    found = queries.notice(request.user, pk)
    newest = queries.versions(found)[-1] if found.version else None

    def act(form: CorrectForm) -> str:
        given = form.cleaned_data
        actions.correct(
            by=request.user,
            notice=found,
            version=given["version"],
            words=form.words(),
            reason=given["reason"],
            rule=given["rule"],
        )
        return reverse("disclosure:public_notice", args=[found.number])

    initial = {"rule": found.rule, "version": found.version}
    if newest is not None:
        initial |= composing.typed_words(newest.said)
    form, answer = forms.handle(request, CorrectForm, act=act, key=str(found.pk), initial=initial)
    title = _("Correct %(number)s") % {"number": found.number}
    lead = _("Numbers and lists are taken from the records again. The versions before stay readable.")
    return answer or _form(request, form, title, lead, _record(found))


@web.page(permission=P.NOTICE_PUBLISH)
def withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Withdraw a notice with a reason; its trace stays."""
    found = queries.notice(request.user, pk)

    def act(form: WithdrawForm) -> str:
        given = form.cleaned_data
        actions.withdraw(
            by=request.user,
            notice=found,
            version=given["version"],
            reason=given["reason"],
            hides=given["hides"],
        )
        return reverse("disclosure:public_notice", args=[found.number])

    form, answer = forms.handle(
        request, WithdrawForm, act=act, key=str(found.pk), initial={"version": found.version}
    )
    title = _("Withdraw %(number)s") % {"number": found.number}
    lead = _("Its address stays and shows number, days, reason and digests. Nothing is deleted.")
    return answer or _form(request, form, title, lead, _record(found))


@web.page(permission=P.NOTICE_PUBLISH)
def discard(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Give a draft up."""
    found = queries.notice(request.user, pk)

    def act(form: DiscardForm) -> str:
        actions.discard(by=request.user, notice=found, reason=form.cleaned_data["reason"])
        return _record(found)

    form, answer = forms.handle(request, DiscardForm, act=act, key=str(found.pk))
    title = _("Give the draft “%(title)s” up") % {"title": labels.title(found)}
    return answer or _form(request, form, title, _("It was never public."), _record(found))


def _record(found: Notice) -> str:
    return reverse("disclosure:notice", args=[found.pk])


def _form(request: HttpRequest, form: Any, title: str, lead: str, cancel: str) -> HttpResponse:
    context = {"form": form, "title": title, "lead": lead, "cancel_url": cancel}
    return render(request, "web/form_page.html", context)
