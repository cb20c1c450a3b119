"""Why a verdict, and why a date: each with its rule, its inputs and how to check it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from zhiheng.reference import limits
from zhiheng.web import wording
from zhiheng.web.why import Why

from . import labels
from .models import Clock, Result


def rule_name(rule: str) -> str:
    """Return the name of a time limit in the language of the page."""
    return wording.bilingual(limits.get(rule))


def of_result(result: Result) -> Why:
    """Return the ground of one verdict."""
    words = {
        "value": f"{result.said} {result.unit}",
        "kind": str(dict(labels.LIMIT_KINDS)[result.limit_kind]),
        "limit": f"{result.limit} {result.unit}",
        "verdict": str(dict(labels.VERDICTS)[result.verdict]),
    }
    return Why(
        rule=labels.DECISION_NAMES[result.decision_rule],
        sentence=_("%(value)s was found; the requirement is %(kind)s %(limit)s: %(verdict)s.") % words,
        inputs=_measured(result),
        who=_("Laboratory %(lab)s") % {"lab": result.lab},
        when=result.reported_on,
        check=[
            _("Compare the value with the limit by the decision rule named above."),
            _("The record of this result has the hash that stands in the public ledger."),
        ],
    )


def _measured(result: Result) -> list[tuple[Any, Any]]:
    return [
        (_("Item"), result.item),
        (_("Method"), result.method),
        (_("Measured value"), f"{result.said} {result.unit}"),
        (_("Expanded uncertainty (k = 2)"), result.uncertainty or _("not stated")),
        (_("Limit"), f"{dict(labels.LIMIT_KINDS)[result.limit_kind]} {result.limit} {result.unit}"),
        (_("Decision rule"), dict(labels.DECISION_RULES)[result.decision_rule]),
        (_("Basis"), labels.BASES.get(result.basis, result.basis)),
        (_("Purpose"), labels.PURPOSES.get(result.purpose, result.purpose)),
        (_("Probability"), f"{result.probability_num}/{result.probability_den}"),
    ]


def of_clock(clock: Clock) -> Why:
    """Return the ground of a date: the rule, its article and confidence, and each step of the count."""
    language = "zh" if wording.is_chinese() else "en"
    proof = clock.proof[language]
    limit = limits.get(clock.rule, proof["jurisdiction"])
    steps = [f"{step['from']} → {step['to']}: {step['because']}" for step in proof["steps"]]
    command = f"zhiheng due {clock.rule} --from {clock.started_on} --jurisdiction {proof['jurisdiction']}"
    return Why(
        rule=rule_name(clock.rule),
        sentence=proof["reading"],
        inputs=[
            (_("Rule"), clock.rule),
            (_("Started on"), wording.day(clock.started_on)),
            (_("Due on"), wording.day(clock.due_on)),
            (_("Certainty of the date"), proof["status"]),
        ],
        article=_("%(instrument)s, %(article)s")
        % {"instrument": proof["source"], "article": proof["article"]},
        source=limit.source,
        confidence=clock.confidence,
        when=clock.started_on,
        check=[*steps, _("Run: %(command)s") % {"command": command}],
    )
