"""Erases what somebody wrote: the words that an entry of the ledger binds by a salted number."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from zhiheng.people import actions
from zhiheng.people.permissions import P
from zhiheng.web import forms
from zhiheng.web.administration import queries
from zhiheng.web.administration.forms import ErasingWords
from zhiheng.web.gate import page


@page(permission=P.SECURITY_MANAGE)
def words(request: HttpRequest) -> HttpResponse:
    """Destroy the words of one entry; its number in the ledger stays and tells nothing."""

    def act(form: ErasingWords) -> str:
        entry = queries.erasable_entry(request.user, form.cleaned_data["seq"])
        said = actions.erase_words(by=request.user, entry=entry, reason=form.cleaned_data["reason"])
        messages.success(
            request,
            _("The words of entry %(number)s are erased; entry %(said)s says so.")
            % {"number": entry.seq, "said": said.seq},
        )
        return reverse("web:words_erase")

    form, answer = forms.handle(request, ErasingWords, act=act)
    context = {
        "form": form,
        "title": _("Erase words"),
        "lead": _(
            "What somebody wrote as a reason, a note or an objection stands in the ledger as a salted "
            "number. Here the words and their salt are destroyed, and the record that shows them says that "
            "they were erased. The entry, its hash and the chain stay as they are."
        ),
        "cancel_url": reverse("web:workbench"),
    }
    return answer or render(request, "web/form_page.html", context)
