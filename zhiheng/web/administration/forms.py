"""The forms of administration: an account, an appointment, its end, a reason for closing, a new password."""

from __future__ import annotations

from typing import Any

from django import forms as django_forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiheng.errors import BadInput
from zhiheng.people import roles
from zhiheng.people.models import Language
from zhiheng.reference import regions
from zhiheng.web import forms, wording
from zhiheng.web.administration import words
from zhiheng.web.tables.narrowing import region_code


def _password(label: Any, *, required: bool, hint: Any = "") -> django_forms.CharField:
    return django_forms.CharField(
        label=label,
        required=required,
        max_length=256,
        strip=False,
        help_text=hint,
        widget=django_forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


def _day(label: Any, *, required: bool = True, hint: Any = "") -> django_forms.DateField:
    return django_forms.DateField(
        label=label,
        required=required,
        help_text=hint,
        widget=django_forms.DateInput({"type": "date"}, "%Y-%m-%d"),
    )


def _roles() -> list[tuple[str, str]]:
    return [(role.id, wording.bilingual(role)) for role in roles.ROLES.values()]


class NewPerson(forms.Form):
    """A login and a name; the first password may be set now or later."""

    login = django_forms.CharField(
        label=gettext_lazy("Login"),
        max_length=64,
        help_text=gettext_lazy("Letters, digits or . _ @ - ; it never changes."),
        widget=django_forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    display_name = django_forms.CharField(
        label=gettext_lazy("Name"),
        max_length=64,
        help_text=gettext_lazy("As colleagues know the person. The ledger never holds it."),
    )
    language = django_forms.ChoiceField(label=gettext_lazy("Language"), choices=Language.choices)
    password = _password(
        gettext_lazy("First password"),
        required=False,
        hint=gettext_lazy(
            "At least 12 characters; hand it over in person. Without one nobody can sign in yet."
        ),
    )
    submit_label = gettext_lazy("Open the account")


class NewPassword(forms.Form):
    """A password for somebody who has lost theirs, typed twice."""

    password = _password(
        gettext_lazy("New password"),
        required=True,
        hint=gettext_lazy("At least 12 characters; hand it over in person."),
    )
    again = _password(gettext_lazy("New password again"), required=True)
    submit_label = gettext_lazy("Set this password")

    def clean(self) -> dict[str, Any]:
        """Both passwords are the same."""
        data = super().clean()
        if data.get("password") and data.get("again") and data["password"] != data["again"]:
            self.add_error("again", _("This is not the same as above. Type the new password twice alike."))
        return data


class Closing(forms.Form):
    """Why an account is closed; a choice, since what is written about a person stays in the ledger."""

    reason = django_forms.ChoiceField(
        label=gettext_lazy("Reason"), choices=list(words.CLOSING.items()), widget=django_forms.RadioSelect
    )
    submit_label = gettext_lazy("Close this account")


class Reopening(forms.Form):
    """Nothing to fill in: the button says it."""

    submit_label = gettext_lazy("Open this account again")


class Erasing(forms.Form):
    """That it is meant: what is destroyed cannot be brought back."""

    is_meant = django_forms.BooleanField(label=gettext_lazy("I know that this cannot be undone"))
    submit_label = gettext_lazy("Erase this account")


class ErasingWords(forms.Form):
    """Of which entry, on which ground; a choice, since what is written of an erasure stays in the ledger."""

    seq = django_forms.IntegerField(
        label=gettext_lazy("Entry number"),
        min_value=1,
        max_value=2**63 - 1,
        help_text=gettext_lazy("It stands on the receipt and beside each line of a time line."),
    )
    reason = django_forms.ChoiceField(
        label=gettext_lazy("Reason"), choices=list(words.ERASING.items()), widget=django_forms.RadioSelect
    )
    is_meant = django_forms.BooleanField(label=gettext_lazy("I know that this cannot be undone"))
    submit_label = gettext_lazy("Erase the words of this entry")


class Appointing(forms.Form):
    """Role, region or organisation, and the days."""

    role = django_forms.ChoiceField(label=gettext_lazy("Role"), choices=_roles)
    region = django_forms.CharField(
        label=gettext_lazy("Region"),
        max_length=40,
        help_text=gettext_lazy("Its name in the official list or its six digits; 000000 is the nation."),
    )
    organisation = django_forms.CharField(
        label=gettext_lazy("Organisation"),
        required=False,
        max_length=64,
        help_text=gettext_lazy("For staff of a laboratory or a firm: its code."),
    )
    valid_from = _day(gettext_lazy("First day"))
    valid_to = _day(
        gettext_lazy("First day without it"),
        required=False,
        hint=gettext_lazy("Leave it empty when no end is known."),
    )
    submit_label = gettext_lazy("Appoint")

    def clean_region(self) -> str:
        """Return the six digits for what was typed."""
        typed = self.cleaned_data["region"].strip()
        nation = regions.get(regions.NATION)
        if typed in {nation.zh, nation.en or ""}:
            return regions.NATION
        try:
            return region_code(typed)
        except BadInput as error:
            raise django_forms.ValidationError(str(error)) from None


class Ending(forms.Form):
    """The day from which an appointment no longer holds."""

    on = _day(gettext_lazy("First day without it"), hint=gettext_lazy("Today ends it at once."))
    submit_label = gettext_lazy("End this appointment")
