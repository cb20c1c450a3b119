"""The record of an inspector with all papers, and the forms that change them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from zhiheng import ledger
from zhiheng.people import clock, scope
from zhiheng.people.permissions import P
from zhiheng.web import breadcrumb, forms, slots, timeline, wording
from zhiheng.web.gate import page

from .. import actions, grounds_registers, labels, queries
from .. import queries_registers as registers
from ..forms_registers import (
    CertificateForm,
    ConfirmForm,
    ConflictsForm,
    LeaveForm,
    QualificationForm,
    ReasonForm,
)
from ..models import Inspector
from .lists import ON_DUTY, fields_of


@page(permission=P.REGISTRY_VIEW)
def inspector(request: HttpRequest, code: str) -> HttpResponse:
    """Show one inspector: unit, fields, certificates, leave, and whom the inspector must not check."""
    found = queries.inspector(request.user, code)
    today = clock.today()
    conflicts = list(queries.subjects(request.user).filter(code__in=found.conflicts).order_by("code"))
    papers = registers.certificates(found, today)
    may_edit = scope.may(request.user, P.REGISTRY_EDIT, region=found.region)
    owned = registers.qualifications(request.user).filter(inspector=found)
    context = {
        "title": found.name,
        "inspector": found,
        "crumbs": breadcrumb.trail((_("Inspectors"), reverse("registry:inspectors")), found.name),
        "identity": [
            (_("Certificate number"), found.code),
            (_("Unit"), found.unit),
            (_("Region"), wording.region_path(found.region)),
            (_("Fields"), fields_of(found) or _("all fields")),
        ],
        "standing": [ON_DUTY[found.is_active]],
        "conflicts": conflicts,
        "hidden_conflicts": len(found.conflicts) - len(conflicts),
        "certificates": [(row, labels.PAPERS[state], fields_of(row)) for row, state in papers],
        "leaves": [(row, labels.LEAVES[state]) for row, state in registers.leaves(found, today)],
        "qualifications": [(row, labels.PAPERS[row.shown]) for row in owned.order_by("-valid_from")],
        "may_edit": may_edit,
        "why": grounds_registers.of_duty(found, today, len(papers)),
        "items": [
            *timeline.from_entries(ledger.timeline("inspector", str(found.pk))),
            timeline.TimelineItem(found.recorded_at, _("Entered the register"), tone="done"),
        ],
        "panels": slots.panels.collect("inspector", request.user, found),
        "actions": _actions(found) if may_edit else [],
    }
    return render(request, "registry/inspector.html", context)


def _actions(found: Inspector) -> list[tuple[Any, str]]:
    links = [
        (_("Enter leave"), "leave_new"),
        (_("Enter a certificate"), "certificate_new"),
        (_("Enter a qualification"), "inspector_qualification"),
        (_("Change whom not to check"), "conflicts"),
        (_("Strike off"), "strike_off") if found.is_active else (_("Put on duty again"), "on_duty"),
    ]
    return [(label, reverse(f"registry:{name}", args=[found.code])) for label, name in links]


def _answer(
    request: HttpRequest,
    found: Inspector,
    form_class: type,
    act: Callable[[Any], Any],
    title: str,
    *,
    lead: str = "",
    template: str = "web/form_page.html",
    at: str = "",
    **kwargs: Any,
) -> HttpResponse:
    """Show or handle one form about an inspector; afterwards the record shows what changed."""
    scope.require(request.user, P.REGISTRY_EDIT, region=found.region)
    back = reverse("registry:inspector", args=[found.code])

    def then(form: Any) -> str:
        act(form)
        return f"{back}{at}"

    form, answer = forms.handle(request, form_class, act=then, key=str(found.pk), title=found.name, **kwargs)
    context = {
        "form": form,
        "title": title,
        "lead": lead or f"{found.name} · {found.unit}",
        "crumbs": breadcrumb.trail(
            (_("Inspectors"), reverse("registry:inspectors")), (found.name, back), title
        ),
        "cancel_url": back,
        "panels": slots.panels.collect("inspector", request.user, found),
    }
    return answer or render(request, template, context)


@page(permission=P.REGISTRY_EDIT)
def leave_new(request: HttpRequest, code: str) -> HttpResponse:
    """Enter leave."""
    found = queries.inspector(request.user, code)

    def act(form: LeaveForm) -> Any:
        return actions.enter_leave(by=request.user, inspector=found, **form.cleaned_data)

    return _answer(request, found, LeaveForm, act, _("Enter leave"))


@page(permission=P.REGISTRY_EDIT)
def leave_cancel(request: HttpRequest, pk: Any) -> HttpResponse:
    """Cancel a leave."""
    leave = registers.leave(request.user, pk)
    days = f"{wording.day(leave.valid_from)} – {wording.day(leave.valid_until)}"

    def act(_form: ConfirmForm) -> Any:
        return actions.cancel_leave(by=request.user, leave=leave)

    lead = f"{leave.inspector.name} · {days}"
    return _answer(request, leave.inspector, ConfirmForm, act, _("Cancel this leave"), lead=lead)


@page(permission=P.REGISTRY_EDIT)
def certificate_new(request: HttpRequest, code: str) -> HttpResponse:
    """Enter a certificate."""
    found = queries.inspector(request.user, code)

    def act(form: CertificateForm) -> Any:
        said = dict(form.cleaned_data)
        said["fields"] = said.pop("divisions")
        return actions.register_certificate(by=request.user, inspector=found, row=said)

    return _answer(request, found, CertificateForm, act, _("Enter a certificate"))


@page(permission=P.REGISTRY_EDIT)
def qualification(request: HttpRequest, code: str) -> HttpResponse:
    """Enter a qualification of an inspector."""
    found = queries.inspector(request.user, code)

    def act(form: QualificationForm) -> Any:
        return actions.register_qualification(by=request.user, row=form.cleaned_data, inspector=found)

    title = _("Enter a qualification")
    return _answer(request, found, QualificationForm, act, title, initial={"person": found.name})


@page(permission=P.REGISTRY_EDIT)
def conflicts(request: HttpRequest, code: str) -> HttpResponse:
    """Change whom an inspector must not check."""
    found = queries.inspector(request.user, code)

    def act(form: ConflictsForm) -> Any:
        return actions.set_conflicts(by=request.user, inspector=found, codes=form.cleaned_data["codes"])

    initial = {"codes": "\n".join(found.conflicts)}
    return _answer(request, found, ConflictsForm, act, _("Change whom not to check"), initial=initial)


@page(permission=P.REGISTRY_EDIT)
def strike_off(request: HttpRequest, code: str) -> HttpResponse:
    """Strike an inspector off; the open visits of this person are shown beside the form."""
    found = queries.inspector(request.user, code)

    def act(form: ReasonForm) -> Any:
        return actions.strike_off(by=request.user, inspector=found, **form.cleaned_data)

    return _answer(
        request,
        found,
        ReasonForm,
        act,
        _("Strike off"),
        lead=_(
            "From today on no draw takes this person, and every certificate ends. What was drawn before "
            "stays as it was drawn: no pair is changed afterwards. The visits still open stand below; after "
            "this step the record says for each of them how to go on."
        ),
        template="registry/strike_off.html",
        at="#open-visits",
    )


@page(permission=P.REGISTRY_EDIT)
def on_duty(request: HttpRequest, code: str) -> HttpResponse:
    """Put an inspector on duty again."""
    found = queries.inspector(request.user, code)

    def act(form: ReasonForm) -> Any:
        return actions.put_on_duty(by=request.user, inspector=found, **form.cleaned_data)

    return _answer(request, found, ReasonForm, act, _("Put on duty again"))
