"""Builds the public statements of a small honest log, to which each test does one thing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from zhiheng.proof import chain

BEGAN = datetime(2025, 3, 3, 1, tzinfo=UTC)
SEALED = "2025-03-03T02:00:01.000000Z"


class PublicLog:
    """Statements in the order of a log, hanging on one another."""

    def __init__(self) -> None:
        self.said: list[dict[str, Any]] = []
        self.now = BEGAN

    def add(self, verb: str, subjects: list[tuple[str, str]], detail: dict[str, Any]) -> int:
        """Append one statement an hour after the last; return its number."""
        seq = len(self.said) + 1
        previous = chain.entry_hash(self.said[-1]) if self.said else chain.GENESIS
        self.said.append(
            {
                "type": "zhiheng.ledger.entry",
                "v": 1,
                "id": f"00000000-0000-7000-8000-{seq:012d}",
                "seq": seq,
                "previous": previous,
                "at": self.now.isoformat(),
                "verb": verb,
                "visibility": "public",
                "actor": {"key": "a", "role": "officer", "region": "330000"},
                "region": "330000",
                "subjects": [list(one) for one in subjects],
                "detail": detail,
            }
        )
        self.now += timedelta(hours=1)
        return seq

    def frame(self, sha: str = "f" * 64, **detail: Any) -> int:
        said = {"as_of": "2025-03-03", "sha256": sha, "objections_until": "2025-03-06", **detail}
        return self.add("registry.frame_frozen", [("frame", sha[:8])], said)

    def commit(self, number: int = 1, *, n: int = 40, **changed: Any) -> int:
        serial = f"330000-2025Q1-{number:03d}"
        said = {
            "draw_id": serial,
            "region": "330000",
            "period": "2025Q1",
            "obligation": f"duty-{number}",
            "n": n,
            "commitment": f"{number:064x}",
            "frame_hash": "f" * 64,
            "beacon": {"kind": "lottery-ssq", "ref": "2025-03-10 之后"},
            **changed,
        }
        detail = {"announcement": said, "announcement_hash": f"{number:064x}", "reveal_by": "2025-03-20"}
        return self.add("draw.committed", [("draw", said["draw_id"])], detail)

    def step(self, verb: str, number: int = 1, **detail: Any) -> int:
        return self.add(f"draw.{verb}", [("draw", f"330000-2025Q1-{number:03d}")], detail)

    def reveal(self, number: int = 1, digest: str = "c" * 64, sealed_at: str | None = SEALED) -> int:
        said = {"close_by": "2025-06-30", "announcement_sealed_at": sealed_at}
        return self.step("revealed", number, certificate_sha256=digest, **said)

    def close(self, number: int = 1, **outcomes: int) -> int:
        return self.step("closed", number, outcomes=outcomes or {"sampled": 40})

    def whole(self, number: int = 1, **outcomes: int) -> None:
        self.commit(number)
        self.reveal(number)
        self.close(number, **outcomes)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self.said)
