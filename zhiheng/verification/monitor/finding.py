"""One thing that does not look right, with the facts that its sentence needs and the entries that show it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

BROKEN, LATE, ODD = "broken", "late", "odd"
"""What cannot be so in an honest log; what should have happened by now; what asks for an explanation."""


@dataclass(frozen=True)
class Finding:
    """What one rule found; ``reference.monitoring`` holds the sentence of each rule in both languages."""

    rule: str
    kind: str
    subject: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    entries: tuple[int, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return the finding as plain JSON values."""
        return {
            "rule": self.rule,
            "kind": self.kind,
            "subject": self.subject,
            "facts": dict(self.facts),
            "entries": list(self.entries),
        }

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Finding:
        """Build the finding again from the plain values of ``to_dict``."""
        return cls(value["rule"], value["kind"], value["subject"], value["facts"], tuple(value["entries"]))
