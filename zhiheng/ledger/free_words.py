"""Which words of a person an entry may hold as they were written, and on which ground; all others are bound.

A key of a detail under which people write freely is refused with a plain text, unless its verb stands here.
"""

from __future__ import annotations

BOUND = "hmac_sha256"
"""The one key of what stands in an entry in place of words (``ledger.words``)."""

KEYS = frozenset(
    {"reason", "note", "source", "condition", "grounds", "comment", "remark", "said", "words", "why"}
)

# What is written under these is told in public, so that everybody may contest it. A key that is not in KEYS
# is asked for by the walk over all verbs alone (tests/loop), which meets every line here.
PUBLISHED: dict[str, str] = {
    "draw.aborted reason": "a draw is ended before its time in public alone, with the reason (draw protocol)",
    "draw.committed reason": "why objections have less time, and how a class is weighted: terms of the draw",
    "draw.committed ref": "which public random text is used: a term of the draw",
    "draw.joint_opened basis": "the ground of a joint campaign, told when it is opened",
    "draw.panel_announced reason": "why a draw shares its lottery with others: a term of the draw",
    "draw.panel_ended reason": "why the next draw has a lottery of its own: a term of the draw",
    "draw.revealed reason": "why an announced public random text could not be had: part of the draw",
    "indicators.formula_defined because": "why a public formula weighs as it does; goes with its numbers",
    "indicators.formula_defined reason": "why a public formula replaces another; stands beside it",
    "indicators.observations_recorded reason": "why a published number was restated; stands beside it",
    "indicators.sample_released reason": "why a published number was revised; stands beside the number",
    "indicators.released reason": "why a published figure was revised; stands beside the figure",
    "notice.corrected reason": "stands in the corrected notice, which is public",
    "notice.withdrawn reason": "stands in the withdrawn notice, which is public",
    "plan.binding_refused reason_en": "written by a rule; stands beside the target",
    "plan.binding_refused reason_zh": "written by a rule; stands beside the target",
    **{
        f"plan.break_declared {key}": "where a public series breaks and why; stands on its history"
        for key in ("old", "new", "reason", "reason_en", "source")
    },
    "plan.obligation_done reason": "why a published duty ended; stands beside it",
    "plan.obligation_issued basis": "the ground of a published duty",
    "plan.obligation_issued weights_reason": "the ground of the weights of a published duty",
    "plan.obligation_withdrawn basis": "the ground of a published duty",
    "plan.obligation_issued reason": "why a duty was published; stands beside it",
    "plan.obligation_lapsed reason": "why a published duty ended; stands beside it",
    "plan.obligation_withdrawn reason": "why a published duty ended before its time; stands beside it",
    "plan.obligations_imported source": "the document that sets the duties; stands beside each of them",
    **{
        f"plan.series_defined {key}": "the public words of a series: its name and its definition"
        for key in ("zh", "en", "definition", "definition_en")
    },
    "plan.series_defined reason": "why a public definition was worded anew; stands beside it",
    "registry.frame_frozen purpose": "what a public list is for",
    "registry.catalogue_issued reason": "the preface of a published catalogue",
    "registry.catalogue_supplemented reason": "the preface of a published supplement",
}

# What is chosen from a fixed list and says nothing of its own.
CHOSEN: dict[str, str] = {
    "draw.execution_erased reason": "inspection.rules.ERASING_REASONS",
    "indicators.formula_defined unit": "engine.formula, the units of the registered series",
    "indicators.observations_recorded choice": "reference.quality_index, the sets of weights and goalposts",
    "ledger.log_ended reason": "ledger.sealing.renewal",
    "ledger.words_erased reason": "people.erasing.REASONS",
    "people.closed reason": "people.actions.CLOSING_REASONS",
}


def is_open(verb: str, key: str) -> bool:
    """Say whether an entry with this verb may hold plain words under this key."""
    named = f"{verb} {key}"
    return key not in KEYS or named in PUBLISHED or named in CHOSEN
