"""Pages of samples: release one in the office; for everybody the questionnaires and what they rest on."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from zhiheng import web
from zhiheng.errors import NotFound, UnknownCode
from zhiheng.people.permissions import P
from zhiheng.reference import questionnaires
from zhiheng.stages.plan.models import Series
from zhiheng.web import breadcrumb, forms, wording
from zhiheng.web.tables import export

from .. import actions, sentences
from ..rules import families
from ..sample_forms import SampleForm, SitesForm
from . import sheets

SHEETS = (
    ("zh", "pdf", "PDF 中文"),
    ("en", "pdf", "PDF English"),
    ("zh", "docx", "Word 中文"),
    ("en", "docx", "Word English"),
)


@web.page(permission=P.FIGURE_RELEASE)
def new_sample(request: HttpRequest) -> HttpResponse:
    """Release an uploaded sample; every refusal names its row and column on the form."""
    return _released(
        request,
        SampleForm,
        _("Release a sample"),
        _(
            "For rounds of monitoring, surveys and supervision sampling that were done elsewhere. "
            "The numbers are computed by the design that the file states; file, questionnaire and totals "
            "are public at once."
        ),
    )


@web.page(permission=P.FIGURE_RELEASE)
def new_sites(request: HttpRequest) -> HttpResponse:
    """Release the conformity of the points of construction sites that were checked."""
    return _released(
        request,
        SitesForm,
        _("Release the checks of construction sites"),
        _(
            "The points that were checked are added up by type of project. "
            "The sites were chosen by judgement: the numbers carry no interval and say so."
        ),
    )


def _released(request: HttpRequest, form_class: Any, title: str, lead: str) -> HttpResponse:
    def act(form: Any) -> str:
        made = actions.release_sample(by=request.user, prepared=form.prepared)
        return reverse("indicators:release", args=[made.pk])

    initial = {name: request.GET.get(name, "") for name in ("region", "period", "form", "series")}
    form, answer = forms.handle(request, form_class, act=act, title=title, initial=initial, by=request.user)
    return answer or render(request, "web/form_page.html", {"title": title, "form": form, "lead": lead})


@web.page(public=True)
def questionnaires_page(request: HttpRequest) -> HttpResponse:
    """List the questionnaires, and the standards of services that their items are about."""
    rows = [
        {
            "form": found,
            "name": _name(found),
            "series": sentences.name(_series(found)),
            "items": len(found.items),
        }
        for found in questionnaires.all()
    ]
    standards = [
        {"standard": one, "name": _name(one), "confidence": _confidence(one.confidence)}
        for one in questionnaires.standards()
    ]
    context = {"title": _("Questionnaires"), "rows": rows, "standards": standards}
    return render(request, "indicators/questionnaires.html", context)


@web.page(public=True)
def questionnaire(request: HttpRequest, form_id: str) -> HttpResponse:
    """Show one questionnaire as it is handed out, the standard behind each item, and its columns."""
    found = _questionnaire(form_id)
    series = _series(found)
    family = families.of(found.series)
    fields = [
        {
            "name": _name(field),
            "weight": field.weight,
            "items": [
                {
                    "item": item,
                    "text": _name(item),
                    "standard": f"{item.standard.number} {_name(item.standard)}",
                    "confidence": _confidence(item.standard.confidence),
                }
                for item in field.items
            ],
        }
        for field in found.fields
    ]
    context = {
        "title": _name(found),
        "form": found,
        "fields": fields,
        "scale": found.scale_zh if wording.is_chinese() else found.scale_en,
        "points": range(questionnaires.LOWEST, questionnaires.HIGHEST + 1),
        "columns": family.columns(found),
        "sheets": [
            (name, reverse("indicators:questionnaire_sheet", args=[found.id, language, form]))
            for language, form, name in SHEETS
        ],
        "series": series,
        "series_name": sentences.name(series),
        "crumbs": breadcrumb.trail((_("Questionnaires"), reverse("indicators:questionnaires")), _name(found)),
    }
    return render(request, "indicators/questionnaire.html", context)


@web.page(public=True)
def questionnaire_sheet(request: HttpRequest, form_id: str, language: str, form: str) -> HttpResponse:
    """Return the sheet of a questionnaire to be printed, or to be changed in Word."""
    found = _questionnaire(form_id)
    address = request.build_absolute_uri(reverse("indicators:questionnaire", args=[form_id]))
    data, media_type = sheets.render(found, form, language=language, address=address)
    name = export.marked(f"questionnaire-{found.id}-{language}.{form}")
    return export.attach(export.mark(HttpResponse(data, content_type=media_type)), name)


def _questionnaire(form_id: str) -> questionnaires.Questionnaire:
    try:
        return questionnaires.get(form_id)
    except UnknownCode as error:
        raise NotFound(_("There is no such questionnaire."), _("Choose one of the list.")) from error


def _name(found: Any) -> str:
    return found.zh if wording.is_chinese() else found.en


def _series(found: questionnaires.Questionnaire) -> Any:
    held = Series.objects.filter(pk=found.series).first()
    if held is not None:
        return held
    from zhiheng.reference import indicators

    return indicators.series(found.series)


def _confidence(word: str) -> str:
    known = {
        "text": _("the standard was read"),
        "secondary": _("number and title seen in a public list"),
        "memory": _("number and title from memory, not checked"),
    }
    return known[word]
