"""Facts of beacons that others publish, with their sources beside them: ``proof/data/beacons.json``."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

PINNED: dict[str, Any] = json.loads(
    resources.files("zhiheng.proof").joinpath("data/beacons.json").read_text(encoding="utf-8")
)
