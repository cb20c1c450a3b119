"""The why of a figure: rule, inputs, article, who, when, and how a stranger checks it."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from zhiheng.reference import outline
from zhiheng.web import wording
from zhiheng.web.why import Why

from . import bundles, sentences
from .models import Figure
from .rules import figures


def of_figure(figure: Figure) -> Why:
    """Return the ground of one figure."""
    release = figure.release
    rule = figures.method(figure.division, release.method)
    return Why(
        rule=f"{_name(figure)} ({rule['id']} / {rule['version']})",
        sentence=_said(figure),
        inputs=_inputs(figure),
        article=_article(figure),
        article_url=reverse("plan:article", args=[_number(figure)]),
        source=outline.title("zh" if wording.is_chinese() else "en"),
        confidence="text",
        who=sentences.role(release),
        when=release.recorded_at,
        check=_steps(figure),
    )


def _name(figure: Figure) -> str:
    if figure.release.method == figures.SEVERAL:
        return _("Weighted over several lists")
    if figure.release.method == figures.DOMAIN:
        return _("Weighted by the draw alone")
    return _("Weighted by the draw alone") if figure.division else _("Weighted by draw and output")


def _said(figure: Figure) -> str:
    if figure.release.method == figures.SEVERAL:
        return _(
            "Share of passing firms over all lists of the joint campaign. Every answered firm counts 1 / the "
            "sum of r/N in the lists that hold it, so that one in several lists counts once. Firms that "
            "refused, were closed, not found or out of stock are represented by the answered ones of their "
            "stratum and never count as passing."
        )
    if figure.release.method == figures.DOMAIN and not figure.division:
        return _(
            "Share of passing firms of one list. Every answered firm counts N/r: the firms of its stratum in "
            "the list for each that answered. Firms that refused, were closed, not found or out of stock are "
            "represented by the answered ones of their stratum and never count as passing."
        )
    if figure.division:
        return _(
            "Share of passing units of this division. Every answered unit counts N/r: the units of its "
            "stratum in the frame for each that answered. Units that refused, were closed, not found or out "
            "of stock are represented by the answered ones of their stratum and never count as passing."
        )
    return _(
        "Share of passing units in each division, every answered unit counting N/r of its stratum; the "
        "divisions are then joined by their output. Units that refused, were closed, not found or out of "
        "stock are represented by the answered ones of their stratum and never count as passing."
    )


def _inputs(figure: Figure) -> list[tuple[str, str]]:
    release = figure.release
    size = release.parameters["size_rule"]
    return [
        (_("Answered units"), wording.number(figure.n)),
        (_("Drawn units"), wording.number(figure.n_sampled)),
        (_("Units in the frames"), wording.number(figure.population)),
        (_("Draws"), wording.number(len(release.parameters["draws"]))),
        (_covered(figure), wording.percent(figure.coverage, 1)),
        (_("Raw share of passing"), wording.percent(figure.raw)),
        (_("Weighted by the draw alone"), wording.percent(figure.hajek)),
        (_("Size rule"), _("shown from %(minimum)s answered units, firm from %(firm)s") % size),
        (_("Data set, SHA-256"), release.dataset_sha),
        (_("Vintage"), wording.day(release.vintage)),
    ]


def _covered(figure: Figure) -> str:
    is_by_output = figure.release.method == figures.WEIGHTED
    return _("Covered share of output") if is_by_output else _("Covered share of firms")


def _number(figure: Figure) -> int:
    target = figure.release.parameters.get("target")
    return int(target["article"]) if target else int(figure.series.article or 2)


def _article(figure: Figure) -> str:
    found = outline.article(_number(figure))
    heading = found.heading_zh if wording.is_chinese() else found.heading_en
    return _("Article %(number)s: %(heading)s") % {"number": found.number, "heading": heading or "—"}


def _steps(figure: Figure) -> list[str]:
    name = bundles.name(figure)
    return [
        _("Download the bundle of this figure."),
        f"zhiheng verify {name}",
        f"python verifier/verify.py {name}",
        _("Compare the last hash that the check prints with the public ledger."),
    ]
