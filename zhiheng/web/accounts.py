"""Sign-in, sign-out, language, the own account, the start page of the demonstration."""

from __future__ import annotations

from django import forms as django_forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from zhiheng.errors import BadInput, ZhihengError
from zhiheng.people import actions, clock, roles
from zhiheng.web import forms, slots
from zhiheng.web.gate import page
from zhiheng.web.language import CHOICES

BACKEND = "zhiheng.people.sign_in.Backend"


class SignIn(forms.Form):
    """Name and password."""

    login = django_forms.CharField(
        label=gettext_lazy("Login"),
        max_length=64,
        widget=django_forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
    )
    password = django_forms.CharField(
        label=gettext_lazy("Password"),
        max_length=256,
        strip=False,
        widget=django_forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    submit_label = gettext_lazy("Sign in")


class ChangePassword(forms.Form):
    """The old password once, the new one twice."""

    old = django_forms.CharField(
        label=gettext_lazy("Present password"),
        max_length=256,
        strip=False,
        widget=django_forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new = django_forms.CharField(
        label=gettext_lazy("New password"),
        max_length=256,
        strip=False,
        help_text=gettext_lazy("At least 12 characters; a sentence is easier to remember than a riddle."),
        widget=django_forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = django_forms.CharField(
        label=gettext_lazy("New password again"),
        max_length=256,
        strip=False,
        widget=django_forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    submit_label = gettext_lazy("Change password")

    def clean(self) -> dict:
        """Both new passwords are the same."""
        data = super().clean()
        if data.get("new") and data.get("again") and data["new"] != data["again"]:
            self.add_error("again", _("This is not the same as above. Type the new password twice alike."))
        return data


@never_cache
@sensitive_post_parameters("password")
@page(public=True)
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign a person in; the session gets a new key."""
    target = local_target(request, request.POST.get("next") or request.GET.get("next") or "")
    if request.user.is_authenticated and request.method == "GET":
        return HttpResponseRedirect(target)
    form = SignIn(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            person = actions.authenticate_person(**form.cleaned_data)
        except ZhihengError as error:
            form.refuse(error)
            status = 403
        else:
            login(request, person, backend=BACKEND)
            return HttpResponseRedirect(target)
    context = {"form": form, "next": target, "return": target}
    return render(request, "web/sign_in.html", context, status=status)


@require_POST
@page(public=True)
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    logout(request)
    return HttpResponseRedirect("/")


@require_POST
@page(public=True)
def language(request: HttpRequest) -> HttpResponse:
    """Choose the language of the pages; kept in a cookie and, when signed in, in the account."""
    code = request.POST.get("language", "")
    if code not in dict(CHOICES):
        raise BadInput(_("The pages are not written in this language."), _("Choose Chinese or English."))
    response = HttpResponseRedirect(local_target(request, request.POST.get("next", ""), otherwise="/"))
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        code,
        max_age=365 * 24 * 3600,
        samesite="Lax",
        secure=request.is_secure(),
        httponly=True,
    )
    if request.user.is_authenticated and request.user.language != code:
        request.user.language = code
        request.user.save(update_fields=["language"])
    return response


@sensitive_post_parameters("old", "new", "again")
@page(before_change=True)
def account(request: HttpRequest) -> HttpResponse:
    """Show the own appointments and change the own password."""
    form = ChangePassword(request.POST if request.method == "POST" else None)
    is_first = request.user.must_change_password
    if request.method == "POST" and form.is_valid():
        try:
            person = actions.change_password(
                by=request.user, old=form.cleaned_data["old"], new=form.cleaned_data["new"]
            )
        except ZhihengError as error:
            form.add_error("new" if error.code == "weak-password" else "old", str(error))
        else:
            update_session_auth_hash(request, person)
            messages.success(request, _("The password is changed. Other sessions of yours are ended."))
            return HttpResponseRedirect(reverse("web:workbench" if is_first else "web:account"))
    today = clock.today()
    held = [
        (roles.get(item.role), item, item.is_in_force(today))
        for item in request.user.appointments.order_by("valid_from", "id")
    ]
    return render(request, "web/account.html", {"form": form, "held": held})


@page(public=True)
def demo(request: HttpRequest) -> HttpResponse:
    """List the accounts of the demonstration; outside of it there is no such page."""
    if not getattr(settings, "DEMO", False):
        raise Http404
    return render(request, "web/demo.html", {"accounts": slots.demo_accounts.collect()})


def local_target(request: HttpRequest, target: str, otherwise: str = "") -> str:
    """Return the address to go on to, when it is one of this site, else the workbench."""
    is_ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if target and is_ours else (otherwise or reverse("web:workbench"))
