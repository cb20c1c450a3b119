"""Who acted, as an entry keeps it: a snapshot without name and without foreign key."""

from __future__ import annotations

from dataclasses import dataclass

from zhiheng.errors import BadInput


@dataclass(frozen=True, slots=True)
class Actor:
    """The key of a person (or of a job), the role used, and the region of the appointment."""

    key: str
    role: str
    region: str

    def __post_init__(self) -> None:
        if not self.key or not self.role:
            raise BadInput("An actor needs a key and a role.", "Take the actor from people.require.")
        if len(self.region) != 6 or not self.region.isdigit():
            raise BadInput(
                f"The actor's region {self.region!r} is not a six-digit code.",
                "Give the six digits of GB/T 2260.",
            )

    def as_json(self) -> dict[str, str]:
        """Return the snapshot as an entry stores it."""
        return {"key": self.key, "role": self.role, "region": self.region}
