"""Forms: one column, groups of at most seven, hints before errors, a draft kept, sent once.

    class Objection(forms.Form):
        form_id = "inspection.objection"
        groups = ((_("The result"), ("result", "reason")),)
        ...

    form, answer = forms.handle(request, Objection, act=lambda form: ..., key=str(result.pk))
    return answer or render(request, "web/form_page.html", {"form": form, "title": ...})

``act(form)`` does the action and returns the address to go to. A refusal it raises shows on the form.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from django import forms as django_forms
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiheng.errors import BadInput, NotAllowed, NotFound, ZhihengError
from zhiheng.ledger.ids import uuid7
from zhiheng.web import drafts, said, wording
from zhiheng.web.once import TOKEN_USED, once, token_of

TOKEN = "zh-token"
REASON = "reason-"
GROUP_LIMIT = 7


@dataclass(frozen=True)
class Group:
    """Fields that belong together under one heading."""

    legend: Any
    fields: list[Any]


@dataclass(frozen=True)
class Fault:
    """One line of the error summary."""

    id: str
    label: str
    text: str


class Shell:
    """What every form of the house adds to Django's: groups, summary, draft, return, token."""

    form_id: ClassVar[str] = ""
    groups: ClassVar[Sequence[tuple[Any, Sequence[str]]]] = ()
    submit_label: ClassVar[Any] = gettext_lazy("Submit")
    keeps_draft: ClassVar[bool] = False
    can_return: ClassVar[bool] = False
    required_css_class = "required"

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for legend, names in cls.groups:
            if len(names) > GROUP_LIMIT:
                raise TypeError(f"{cls.__name__}: the group {legend} has more than {GROUP_LIMIT} fields")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.token: UUID = kwargs.pop("token", None) or uuid7()
        self.reasons: Mapping[str, str] = kwargs.pop("reasons", None) or {}
        self.is_draft: bool = kwargs.pop("is_draft", False)
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for field in self.fields.values():  # type: ignore[attr-defined]
            _reword(field)

    @property
    def token_name(self) -> str:
        """The name of the hidden field against double sending."""
        return TOKEN

    def grouped(self) -> Iterator[Group]:
        """Yield the visible fields in groups; fields in no group come last."""
        named = {name for _legend, names in self.groups for name in names}
        for legend, names in self.groups:
            yield Group(legend, [self.shown(name) for name in names if name in self.fields])  # type: ignore[attr-defined]
        rest = [field for field in self.visible_fields() if field.name not in named]  # type: ignore[attr-defined]
        if rest:
            yield Group("", [self.shown(field.name) for field in rest])

    def shown(self, name: str) -> Any:
        """Return a field with the reason it came back with."""
        field = self[name]  # type: ignore[index]
        # Only now: a form may still set its choices after it was made, and asking for errors would fix them.
        _describe(field.field, f"id_{name}", self.is_bound and name in self.errors)  # type: ignore[attr-defined]
        field.reason = self.reasons.get(name, "")
        field.is_box = isinstance(field.field.widget, django_forms.CheckboxInput)
        field.is_set = isinstance(
            field.field.widget, django_forms.RadioSelect | django_forms.CheckboxSelectMultiple
        )
        field.reason_name = REASON + name
        field.said = _said(field)
        return field

    def summary(self) -> list[Fault]:
        """Return the errors for the summary above the form, each with the field it belongs to."""
        found = []
        for name, errors in self.errors.items():  # type: ignore[attr-defined]
            label = "" if name == "__all__" else str(self[name].label)  # type: ignore[index]
            target = "" if name == "__all__" else _target(self[name])  # type: ignore[index]
            found += [Fault(target, label, str(error)) for error in errors]
        return found

    def stored(self) -> dict[str, Any]:
        """Return what was typed, as a draft keeps it; files and secrets are left out."""
        kept: dict[str, Any] = {}
        for name, field in self.fields.items():  # type: ignore[attr-defined]
            if isinstance(field.widget, django_forms.FileInput | django_forms.PasswordInput):
                continue
            many = isinstance(field.widget, django_forms.SelectMultiple | django_forms.CheckboxSelectMultiple)
            key = self.add_prefix(name)  # type: ignore[attr-defined]
            data = self.data  # type: ignore[attr-defined]
            kept[name] = data.getlist(key) if many and hasattr(data, "getlist") else data.get(key, "")
        return kept

    def refuse(self, error: ZhihengError) -> None:
        """Show a refusal of the action on the form, at the field it names."""
        name = error.facts.get("field")
        words = said.of(error)
        text = f"{words.cause} {words.remedy}".strip()
        self.add_error(name if name in self.fields else None, text)  # type: ignore[attr-defined]


class Form(Shell, django_forms.Form):
    """A form of the house."""


class ModelForm(Shell, django_forms.ModelForm):
    """A form of the house over a model."""


Act = Callable[[Any], str]


def handle(
    request: HttpRequest,
    form_class: type[Any],
    *,
    act: Act,
    key: str = "",
    title: Any = "",
    initial: Mapping[str, Any] | None = None,
    **kwargs: Any,
) -> tuple[Any, HttpResponse | None]:
    """Return (form, answer): an answer when the form was acted upon or kept, else None and the form to show.

    The buttons are told apart by the field ``do``: submit (or nothing), draft, discard.
    """
    person = request.user
    if request.method != "POST":
        return _opened(person, form_class, key, initial, kwargs), None
    form = form_class(request.POST, request.FILES, initial=initial, token=_token(request), **kwargs)
    wanted = request.POST.get("do", "submit")
    if wanted == "draft" and form_class.keeps_draft:
        drafts.keep(
            person=person, form_id=form.form_id, key=key, title=title, url=request.path, data=form.stored()
        )
        return form, HttpResponseRedirect(f"{request.path}?draft=kept")
    if wanted == "discard" and form_class.keeps_draft:
        drafts.drop(person=person, form_id=form.form_id, key=key)
        return form, HttpResponseRedirect(request.path)
    if not form.is_valid():
        return form, None
    return form, _acted(person, form, act, key)


def _opened(
    person: Any, form_class: type[Any], key: str, initial: Mapping[str, Any] | None, kwargs: dict[str, Any]
) -> Any:
    """Return the empty form, filled from the draft where one is kept."""
    draft = drafts.find(person=person, form_id=form_class.form_id, key=key) if form_class.form_id else None
    if draft is None:
        return form_class(initial=initial, **kwargs)
    known = {name: value for name, value in draft.data.items() if name in form_class.base_fields}
    return form_class(
        initial={**(initial or {}), **known}, reasons=draft.reasons, is_draft=not draft.reasons, **kwargs
    )


def _acted(person: Any, form: Any, act: Act, key: str) -> HttpResponse | None:
    """Act once and go where the action says; a refusal shows on the form and leaves the draft."""

    def run() -> dict[str, Any]:
        url = act(form)
        if form.form_id:
            drafts.drop(person=person, form_id=form.form_id, key=key)
        return {"url": str(url)}

    purpose = (form.form_id or type(form).__name__)[:64]
    try:
        result = once(person=person, token=form.token, purpose=purpose, act=run)
    except (NotAllowed, NotFound):
        raise
    except ZhihengError as error:
        if error.code == TOKEN_USED:
            raise
        form.refuse(error)
        return None
    return HttpResponseRedirect(result["url"])


def typed(request: HttpRequest, name: str, otherwise: str = "") -> str:
    """Return a text that a page reads without a form; a NUL in it is refused, as in the fields of one."""
    text = request.POST.get(name, otherwise)
    if "\0" in text:
        raise SuspiciousOperation(f"{name} holds a NUL character")
    return text


def return_reasons(request: HttpRequest, form_class: type[Any]) -> dict[str, str]:
    """Return the reasons a reviewer gave, by field; refuses a return without any."""
    reasons = {
        name: text[:400] for name in form_class.base_fields if (text := typed(request, REASON + name).strip())
    }
    if not reasons:
        raise BadInput(
            _("The form would go back without a reason."),
            _("Say at least at one field what is to be mended."),
            code="return-without-reason",
        )
    return reasons


def _token(request: HttpRequest) -> UUID:
    return token_of(request.POST.get(TOKEN, ""))


def _target(bound: Any) -> str:
    """Return the id that the summary links to: of a set of choices, the first one."""
    is_set = isinstance(bound.field.widget, django_forms.RadioSelect | django_forms.CheckboxSelectMultiple)
    return f"{bound.auto_id}_0" if is_set else bound.auto_id


def _said(bound: Any) -> str:
    """Return the value of a field as a reviewer reads it: labels of choices, yes and no, dates in words."""
    value = bound.value()
    if isinstance(bound.field, django_forms.BooleanField):
        return _("yes") if value in (True, "on", "True", "true") else _("no")
    if value in (None, "", []):
        return wording.NOTHING
    if isinstance(bound.field, django_forms.DateField) and not isinstance(value, str):
        return wording.day(value)
    if isinstance(bound.field, django_forms.ModelChoiceField) or not hasattr(bound.field, "choices"):
        return str(value)
    labels = {
        str(key): str(label) for key, label in bound.field.choices if not isinstance(label, list | tuple)
    }
    chosen = value if isinstance(value, list | tuple) else [value]
    return "、".join(labels.get(str(one), str(one)) for one in chosen)


def _reword(field: Any) -> None:
    """Say what to fill in rather than that a field is required; keep long texts short on the screen."""
    if field.required and "required" in field.error_messages:
        field.error_messages["required"] = _("Fill in “%(label)s”.") % {"label": field.label}
    if isinstance(field.widget, django_forms.Textarea) and field.widget.attrs.get("rows") == "10":
        field.widget.attrs["rows"] = "4"


def _describe(field: Any, html_id: str, has_error: bool) -> None:
    """Tie hint and error to the field for those who hear the page."""
    notes = ([f"{html_id}-hint"] if field.help_text else []) + ([f"{html_id}-error"] if has_error else [])
    if notes:
        field.widget.attrs["aria-describedby"] = " ".join(notes)
    if has_error:
        field.widget.attrs["aria-invalid"] = "true"
