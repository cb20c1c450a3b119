"""Says why a class and a frame are as they are: rule, inputs, clause, who, when, and how to check it."""

from __future__ import annotations

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _

from zhiheng.reference import outline
from zhiheng.web import wording
from zhiheng.web.why import Why

from . import rules
from .models import Frame, Standing, Subject

CLAUSE = 27


def clause(number: int = CLAUSE) -> tuple[str, str, str]:
    """Return how an article of the Outline is named, its address, and whether its text was read."""
    found = outline.article(number)
    english = not wording.is_chinese()
    title = outline.title("en" if english else "zh")
    heading = (found.heading_en if english else found.heading_zh) or ""
    name = _("%(title)s, article %(number)s %(heading)s") % {
        "title": title,
        "number": number,
        "heading": heading,
    }
    try:
        url = reverse("plan:article", args=[number])
    except NoReverseMatch:
        url = ""
    return name.strip(), url, "text" if found.state == "known" else "secondary"


def of_class(subject: Subject, standings: list[Standing]) -> Why:
    """Say why a subject has its risk class."""
    latest = next((found for found in standings if found.kind == "risk_class"), None)
    article, url, confidence = clause()
    if latest is None:
        sentence = _("The class was given when the subject entered the register; no decision has changed it.")
    else:
        sentence = _("The class holds from %(day)s because: %(reason)s") % {
            "day": wording.day(latest.valid_from),
            "reason": latest.reason,
        }
    return Why(
        rule="standing/latest-day",
        sentence=sentence,
        inputs=[(_("Risk class"), subject.risk_class), (_("Decisions so far"), len(standings))],
        article=article,
        article_url=url,
        source=_("Article on graded supervision by credit and risk"),
        confidence=confidence,
        when=latest.recorded_at if latest else subject.recorded_at,
        check=[
            _("Read the time line: every change is an entry of the ledger with its reason."),
            _("The class shown is that of the decision with the latest day from which it holds."),
        ],
    )


def of_frame(frame: Frame) -> Why:
    """Say why these units, and no others, can be drawn from a frame."""
    article, url, confidence = clause()
    return Why(
        rule=rules.FRAME_RULE,
        sentence=definition(frame),
        inputs=[
            (_("Region"), wording.region_path(frame.region)),
            (_("As of"), wording.day(frame.as_of)),
            (_("Divisions covered"), len(rules.covered_divisions())),
            (_("Units"), wording.number(frame.unit_count)),
        ],
        article=article,
        article_url=url,
        source=_("Article on random inspection; the definition of covered divisions is a rule of this house"),
        confidence=confidence,
        when=frame.frozen_at,
        check=[
            _("Download the frame file and compute its SHA-256: it must be the hash shown here."),
            _("Compare it with the hash in the public entry of the ledger, written before any draw."),
            _("Count the lines of each class: they must be the numbers of the table."),
        ],
    )


def definition(frame: Frame) -> str:
    """Return the definition of a frame in the language of the page."""
    chinese, _mark, english = frame.definition.partition("\n")
    return chinese if wording.is_chinese() or not english else english
