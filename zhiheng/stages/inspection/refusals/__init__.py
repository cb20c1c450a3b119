"""What the rules of inspection refuse: one sentence and one remedy each, later said in the reader's words."""

from __future__ import annotations

from typing import Any

from zhiheng.errors import ZhihengError
from zhiheng.stages.draw import refusals as shared

from .cases import CASES
from .reports import REPORTS
from .sites import SITES
from .visits import VISITS

REFUSALS: dict[str, shared.Refusal] = {**VISITS, **CASES, **SITES, **REPORTS}


def refuse(code: str, **facts: Any) -> ZhihengError:
    """Return the refusal of this code with its facts filled in, to be raised."""
    return shared.refuse(code, REFUSALS, **facts)
