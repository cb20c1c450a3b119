"""Says why a target is bound or refused, and on what an obligation stands."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from zhiheng.reference import outline, parameters
from zhiheng.web import wording
from zhiheng.web.why import Why

from . import said
from .models import Obligation, Target
from .rules import binding, obligations


def of_binding(target: Target) -> Why:
    """Say on what ground a target is bound to its series, refused, or still open."""
    article = outline.article(target.article)
    inputs: list[tuple[Any, Any]] = [
        (_("Indicator as named"), wording.bilingual(target)),
        (_("Promise"), said.promise(target)),
        (_("Unit"), said.unit(target.unit)),
    ]
    if target.series:
        inputs += [
            (_("Series"), wording.bilingual(target.series)),
            (_("Basis"), said.basis(target.series)),
            (_("Purpose"), said.purpose(target.series)),
        ]
    return Why(
        rule=binding.RULE,
        sentence=_binding_sentence(target),
        inputs=inputs,
        article=f"{said.outline_title()} {said.article_name(article)}",
        article_url=reverse("plan:article", args=[target.article]),
        source=_("The numbers stand in the article; the binding is a decision of the statistician."),
        confidence="text" if article.state == "known" else "secondary",
        when=target.bound_at,
        check=[
            _("Compare the name and the unit of the target with those of the series, word for word."),
            _("See whether another series carries the same name with another basis or purpose."),
            _("Read the public entry of the ledger about this target."),
        ],
    )


def _binding_sentence(target: Target) -> str:
    if target.binding == "bound":
        return _("The name, the unit and the direction of exactly one series are those of the target.")
    if target.binding == "refused":
        return said.reason(target)
    return _("Nobody has decided yet which series measures this target.")


def of_obligation(duty: Obligation) -> Why:
    """Say on what an obligation stands: the clause, the numbers, the floor, the weights with their reason."""
    article = outline.article(duty.article)
    inputs: list[tuple[Any, Any]] = [
        (_("Region"), wording.region_path(duty.region)),
        (_("Period"), wording.period(duty.period)),
        (_("What is inspected"), said.about(duty)),
    ]
    if duty.quota is not None:
        inputs.append((_("Quota"), wording.number(duty.quota)))
    if duty.fractions:
        inputs.append((_("Shares"), f"{shares_text(duty)} ({_origin(duty)})"))
    inputs.append((_("Least number in a class"), duty.minimum_per_stratum))
    if duty.weights:
        inputs += [(_("Weights"), said.weights(duty)), (_("Reason of the weights"), duty.weights_reason)]
    if duty.is_full_coverage:
        inputs.append((_("Full coverage"), said.cycle(duty)))
    return Why(
        rule=obligations.RULE,
        sentence=_sentence(duty),
        inputs=inputs,
        article=f"{said.outline_title()} {said.article_name(article)}",
        article_url=reverse("plan:article", args=[duty.article]),
        source=duty.basis,
        confidence="text" if article.state == "known" else "secondary",
        when=duty.recorded_at,
        check=[
            _("The numbers are fixed before the draw: the public ledger entry is older than the draw."),
            _check_of_numbers(duty),
        ],
    )


def _sentence(duty: Obligation) -> str:
    least = {"least": duty.minimum_per_stratum}
    if duty.quota is None:
        return _("Every class is drawn with a share above zero and with at least %(least)s units.") % least
    return (
        _(
            "The quota is shared out over the classes by their numbers and weights; every class gets at "
            "least %(least)s units, or all that it has."
        )
        % least
    )


def _check_of_numbers(duty: Obligation) -> str:
    if duty.quota is None:
        return _(
            "The number drawn in a class is its share of the frame, rounded up, and not below the least."
        )
    return _(
        "The numbers of the classes add up to the quota; what rounding leaves goes to the largest remainders."
    )


def _origin(duty: Obligation) -> str:
    default = parameters.get("sampling_fraction")
    is_default = duty.fractions == {name: list(pair) for name, pair in default.value.items()}
    return _("the default of this house") if is_default else _("chosen for this obligation")


def shares_text(duty: Obligation) -> str:
    """Return the shares as A 1/25, B 1/12, ..."""
    return ", ".join(f"{name} {top}/{bottom}" for name, (top, bottom) in sorted(duty.fractions.items()))


def amount_text(duty: Obligation) -> str:
    """Return how many are to be drawn: the quota, or else the shares."""
    return wording.number(duty.quota) if duty.quota is not None else shares_text(duty)
