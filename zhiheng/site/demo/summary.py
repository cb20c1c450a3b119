"""What a demonstration prints in the end: each stage's outcome, and each headline figure beside the truth."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from zhiheng.reference import regions
from zhiheng.world import Population, Truth

from . import markets
from .loop import HEADLINE, Story

ADDRESS = "http://127.0.0.1:8000/"


def compose(story: Story, var: Path, *, checked: int, sealed: dict[str, Any]) -> dict[str, Any]:
    """Return the one JSON object of ``zhiheng demo --json``."""
    figures = headline_figures(story)
    people = {**story.stages.get("people", {}), "accounts": len(story.cast.accounts)}
    checks = {"outcome": "verified", "bundles": checked}
    return {
        "scale": story.scale.name,
        "seed": story.seed,
        "stages": {**story.stages, "people": people, "log": sealed, "verification": checks},
        "figures": figures,
        "var": str(var),
        "urls": {"start": ADDRESS, "accounts": f"{ADDRESS}demo/", "figure": figure_url(story)},
    }


def headline_figures(story: Story) -> list[dict[str, Any]]:
    """Return every released headline figure with the true value of the same quantity."""
    from zhiheng.stages.indicators.models import Figure

    rows = Figure.objects.filter(series_id=HEADLINE, division="", release__replaced_by__isnull=True)
    found = []
    truths: dict[str, dict[str, Truth]] = {}
    for row in rows.order_by("region", "period"):
        if row.period not in truths:
            truths[row.period] = _truths(story, row.period)
        found.append(_beside_truth(row, truths[row.period][row.region].output_weighted))
    return [*found, *(_beside_truth(row, truth) for row, truth in markets.figures(story))]


def _beside_truth(row: Any, truth: float) -> dict[str, Any]:
    return {
        "name": row.name,
        "truth": truth,
        "estimate": row.estimate,
        "lower": row.lower,
        "upper": row.upper,
        "n": row.n,
        "covered": None if row.estimate is None else bool(row.lower <= truth <= row.upper),
    }


def _truths(story: Story, period: str) -> dict[str, Truth]:
    """Return the truth of the region and, for the nation, of each province."""
    if story.scale.region != regions.NATION:
        return {story.scale.region: story.population.truth(period)}
    whole = story.population.truth(period, by="province")
    return {regions.NATION: whole, **whole.parts}


def figure_url(story: Story) -> str:
    """Return the address of the newest headline figure."""
    newest = (story.scale.years or story.scale.quarters)[-1]
    return f"{ADDRESS}figures/{HEADLINE}/{story.scale.region}/{newest}/"


def monitored() -> int:
    """Let the public monitor look once, as it does every hour; return how many places it names."""
    from zhiheng.stages.disclosure import monitor
    from zhiheng.stages.disclosure.models import Observation

    monitor.look()
    return Observation.objects.filter(gone_at=None).count()


def seal(var: Path) -> dict[str, Any]:
    """Seal what is left, and reread the whole log as a stranger would."""
    from zhiheng.errors import CheckFailed
    from zhiheng.ledger.sealing import sequencer
    from zhiheng.verification import log

    sequencer.seal_now()
    checked = log.check(var / "log")
    if not checked.report.ok:
        raise CheckFailed(f"The log does not hold: {checked.report.refusal}", "Report this as a fault.")
    return {"outcome": "sealed", "size": checked.size, "root": checked.root}


def check_bundles(folder: Path) -> int:
    """Check every bundle that the run left behind, as a stranger would; refuse the run when one fails."""
    from zhiheng.errors import CheckFailed
    from zhiheng.verification import bundles, closing, draw, figure, notice

    count, repeated = 0, set()
    for path in sorted(folder.glob("*.json")):  # closing records, then draws, then figures
        bundle = bundles.load(path)
        if bundle["type"] == bundles.DRAW_TYPE:
            report = draw.check(bundle, beside=folder)
            repeated.add(draw.certificate_sha256(bundle["certificate"]))
        elif bundle["type"] == bundles.CLOSING_TYPE:
            report = closing.check(bundle)
        elif bundle["type"] == bundles.NOTICE_TYPE:
            report = notice.check(bundle)
        else:
            report = figure.check(bundle, beside=folder, repeated=repeated)
        if not report.ok:
            raise CheckFailed(f"{path.name} does not hold: {report.refusal}", "Report this as a fault.")
        count += 1
    return count


def sentence(figures: list[dict[str, Any]]) -> str:
    """Return one line about how often the interval held the truth."""
    shown = [row for row in figures if row["covered"] is not None]
    covered = sum(row["covered"] for row in shown)
    return f"{covered} of {len(shown)} headline intervals hold the true value"


__all__ = ["ADDRESS", "Population", "check_bundles", "compose", "sentence"]
