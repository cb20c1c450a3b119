"""One's own keys for machines: made, shown once, revoked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from zhiheng.errors import NotFound, ZhihengError
from zhiheng.people import actions, clock, roles, tokens
from zhiheng.people.models import ApiToken
from zhiheng.web import forms, wording
from zhiheng.web.gate import page

HALF_A_YEAR = timedelta(days=180)


class TokenForm(forms.Form):
    """Which appointment a machine acts for, what the machine is called, until when."""

    appointment = django_forms.ChoiceField(label=gettext_lazy("For which appointment"))
    label = django_forms.CharField(
        label=gettext_lazy("Name of the key"),
        max_length=60,
        help_text=gettext_lazy("The program that will use it, such as: laboratory system."),
    )
    expires_on = django_forms.DateField(
        label=gettext_lazy("Last day"),
        input_formats=["%Y-%m-%d"],
        widget=django_forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("At most a year from today."),
    )
    submit_label = gettext_lazy("Make the key")

    def __init__(self, *args: Any, held: list[Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.held = {str(one.pk): one for one in held}
        self.fields["appointment"].choices = [
            (key, f"{wording.bilingual(roles.get(one.role))} · {one.organisation}")
            for key, one in self.held.items()
        ]


@page()
def listing(request: HttpRequest) -> HttpResponse:
    """Show the own keys, and make a new one; its text is on this one answer and nowhere else."""
    held = tokens.appointments(request.user)
    start = {"expires_on": clock.today() + HALF_A_YEAR}
    form = TokenForm(request.POST if request.method == "POST" else None, held=held, initial=start)
    secret = ""
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            _token, secret = actions.create_token(
                by=request.user,
                appointment=form.held[said["appointment"]],
                label=said["label"],
                expires_on=said["expires_on"],
            )
        except ZhihengError as error:
            form.refuse(error)
        else:
            form = TokenForm(held=held, initial=start)
    today = clock.today()
    rows = ApiToken.objects.filter(person=request.user).select_related("appointment")
    context = {
        "form": form,
        "held": held,
        "secret": secret,
        "tokens": [(one, one.is_open(today)) for one in rows],
    }
    return render(request, "web/tokens.html", context)


@page()
@require_POST
def revoke(request: HttpRequest, pk: UUID) -> HttpResponse:
    """End one of the own keys."""
    token = ApiToken.objects.filter(person=request.user, pk=pk).select_related("appointment").first()
    if token is None:
        raise NotFound(_("There is no such key of yours."), _("Choose one from the list."))
    actions.revoke_token(by=request.user, token=token)
    messages.success(request, _("The key was revoked; it opens nothing any more."))
    return HttpResponseRedirect(reverse("web:tokens"))
