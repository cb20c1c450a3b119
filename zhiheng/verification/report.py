"""A check is a list of named steps, each held or refused with its reason: nobody must trust a tick."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from zhiheng.errors import CheckFailed, ZhihengError

MOST_SEQ = 2**53 - 1


@dataclass(frozen=True)
class Step:
    """One step of a check: what was looked at, whether it holds, and what was found."""

    name: str
    ok: bool
    detail: str
    is_checked: bool = True
    """False where the bundle alone cannot show it; the detail says what is missing."""


@dataclass(frozen=True)
class Report:
    """The outcome of a check; it holds when it has steps and every one holds."""

    about: str
    subject: str
    steps: tuple[Step, ...] = ()
    head: str = ""
    """Hash of the last ledger entry in the bundle: to be compared with the public ledger."""
    seq: int = 0
    """Number of that entry, by which a ledger finds it; 0 where the bundle does not say it."""
    data: str = ""
    """``demonstration`` or ``operational``, as the bundle says; empty where it could not be read."""

    @property
    def kind(self) -> str:
        """Return what was checked, with the mark of invented data before it.

        >>> Report("draw", "330000-2024Q1-001", data="demonstration").kind
        'demonstration data, draw'
        """
        return f"demonstration data, {self.about}" if self.data == "demonstration" else self.about

    @property
    def ok(self) -> bool:
        return bool(self.steps) and all(step.ok for step in self.steps)

    @property
    def refusal(self) -> str:
        """Return the reason of the first step that does not hold, or nothing."""
        return next((f"{step.name}: {step.detail}" for step in self.steps if not step.ok), "")

    def to_dict(self) -> dict[str, Any]:
        """Return the report as plain JSON values."""
        return {
            "kind": self.about,
            "data": self.data,
            "subject": self.subject,
            "ok": self.ok,
            "head": self.head,
            "seq": self.seq,
            "refusal": self.refusal,
            "steps": [dict(vars(step)) for step in self.steps],
        }

    @classmethod
    def from_dict(cls, value: Mapping[str, Any]) -> Report:
        """Build the report again from the plain values of ``to_dict``."""
        steps = tuple(Step(**step) for step in value["steps"])
        return cls(value["kind"], value["subject"], steps, value["head"], value["seq"], value["data"])


class NotChecked(Exception):
    """What a step would look at does not lie here; nothing is refused, and nothing is claimed."""


@dataclass
class Steps:
    """Collects steps while a check runs; a refusal, or a field of the wrong kind, becomes a step."""

    taken: list[Step] = field(default_factory=list)

    def take(self, name: str, look: Callable[[], str]) -> bool:
        """Run one step; ``look`` returns what it found, or raises a refusal or ``NotChecked``."""
        try:
            self.taken.append(Step(name, True, look()))
        except NotChecked as lacking:
            self.taken.append(Step(name, True, f"not checked: {lacking}", is_checked=False))
        except ZhihengError as error:
            self.taken.append(Step(name, False, str(error)))
        except (MemoryError, RecursionError):
            self.taken.append(Step(name, False, "it asks for more memory than may be used"))
        except (KeyError, IndexError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
            self.taken.append(Step(name, False, f"a field is malformed ({type(error).__name__}: {error})"))
        return self.taken[-1].ok


def ending(link: Any) -> dict[str, Any]:
    """Return ``head`` and ``seq`` of a report that ends with this link; a malformed one has none.

    >>> ending({"statement": {"seq": 7}, "hash": "ab"})
    {'head': 'ab', 'seq': 7}
    >>> ending("?")
    {'head': '', 'seq': 0}
    """
    link = link if isinstance(link, Mapping) else {}
    said = link.get("statement")
    seq = said.get("seq") if isinstance(said, Mapping) else 0
    return {"head": str(link.get("hash", "")), "seq": seq if type(seq) is int and 0 < seq <= MOST_SEQ else 0}


def demand(holds: bool, cause: str) -> None:
    """Refuse with a cause unless something holds."""
    if not holds:
        raise CheckFailed(
            cause, "Ask the publisher for the bundle again and compare it with the public ledger."
        )
