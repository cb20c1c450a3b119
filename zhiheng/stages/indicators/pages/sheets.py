"""Sets a questionnaire as the sheet that is handed out: questions, boxes from 1 to 10, the standards behind.

The mark before a question is the column of the file into which its answers go. No field asks who answers.
"""

from __future__ import annotations

from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from zhiheng.errors import NotFound
from zhiheng.reference import questionnaires
from zhiheng.reference.questionnaires import HIGHEST, LOWEST, Questionnaire
from zhiheng.reports.paper import Code, Facts, Grid, Heading, Paper, Text
from zhiheng.web import wording
from zhiheng.web.tables import export

from .bulletin import FORMS, LANGUAGES

BOX = "□"
SCALE = tuple(str(point) for point in range(LOWEST, HIGHEST + 1))
WIDTHS = (2, 12, *(1 for _point in SCALE))


def render(found: Questionnaire, form: str, *, language: str, address: str) -> tuple[bytes, str]:
    """Return the sheet as a file of this form in this language, with its media type."""
    if form not in FORMS or language not in LANGUAGES:
        raise NotFound(
            _("There is no such form of the sheet."), _("Choose one on the page of the questionnaire.")
        )
    with translation.override(LANGUAGES[language]):
        return FORMS[form].render(compose(found, address=address)), FORMS[form].MEDIA_TYPE


def compose(found: Questionnaire, *, address: str) -> Paper:
    """Return the sheet in the language at hand."""
    blocks: list[Any] = [
        Facts(((_("City"), ""), (_("Day"), ""), (_("Number of the sheet"), ""))),
        Text(found.scale_zh if wording.is_chinese() else found.scale_en),
        Text(_("Do not write a name, telephone number or address on this sheet.")),
    ]
    for field in found.fields:
        rows = tuple((item.id, wording.bilingual(item), *(BOX for _point in SCALE)) for item in field.items)
        blocks += [
            Heading(wording.bilingual(field)),
            Grid((_("No."), _("Question"), *SCALE), rows, WIDTHS),
        ]
    permanent = _("Permanent address: %(address)s") % {"address": address}
    return Paper(
        name=f"questionnaire-{found.id}",
        title=wording.bilingual(found),
        number=_("Version %(version)s") % {"version": found.version},
        dated=questionnaires.dated(),
        blocks=(*blocks, *_standards(found), Code(address, (permanent,))),
        address=address,
        mark=export.DEMO_MARK if export.is_demo() else "",
        language="zh" if wording.is_chinese() else "en",
    )


def _standards(found: Questionnaire) -> list[Any]:
    asked: dict[questionnaires.Standard, list[str]] = {}
    for item in found.items:
        asked.setdefault(item.standard, []).append(item.id)
    rows = tuple(
        (one.number, wording.bilingual(one), " ".join(items))
        for one, items in sorted(asked.items(), key=_number)
    )
    head = (_("Standard"), _("Title"), _("Questions about it"))
    return [Heading(_("The standards behind the questions")), Grid(head, rows, (4, 8, 4), is_dense=True)]


def _number(row: tuple[questionnaires.Standard, list[str]]) -> str:
    return row[0].number
