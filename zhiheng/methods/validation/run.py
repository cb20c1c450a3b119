"""Runs reference cases through the adapters of their topics and says how each came out."""

from __future__ import annotations

import importlib
import importlib.util
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from zhiheng.errors import ZhihengError
from zhiheng.methods.validation import topics
from zhiheng.methods.validation.cases import Case, Inputs
from zhiheng.methods.validation.compare import Finding, compare

Status = Literal["passed", "failed", "unsupported"]
Adapter = Callable[[Inputs], Any]
STATUSES: tuple[Status, ...] = ("passed", "failed", "unsupported")


@dataclass(frozen=True)
class Verdict:
    """How one case came out, with what was compared and the reason when nothing could be."""

    case: Case
    status: Status
    findings: tuple[Finding, ...] = ()
    reason: str = ""

    @property
    def worst(self) -> float | None:
        """The largest error of an output; None when nothing was compared."""
        return max((finding.error for finding in self.findings), default=None)


def adapters(topic: str) -> dict[str, Adapter]:
    """Return the adapters of a topic by method; none for a topic without a module."""
    if not topic.isidentifier():
        return {}
    name = f"{topics.__name__}.{topic}"
    if importlib.util.find_spec(name) is None:
        return {}
    return getattr(importlib.import_module(name), "ADAPTERS", {})


def judge(case: Case) -> Verdict:
    """Run one case: unsupported without an adapter or an output, failed where a number or the call fails."""
    adapter = adapters(case.topic).get(case.method)
    if adapter is None:
        return Verdict(case, "unsupported", reason=f"no method {case.topic}/{case.method}")
    try:
        findings = tuple(compare(case.expected, adapter(case.inputs), case.rtol))
    except ZhihengError as error:
        return Verdict(case, "failed", reason=str(error))
    except Exception as error:  # a fault of one method must not hide the verdict on the others
        return Verdict(case, "failed", reason=f"{type(error).__name__}: {error}")
    if not findings:
        return Verdict(case, "unsupported", reason="the case expects nothing")
    absent = [finding.output for finding in findings if finding.is_absent]
    if any(not finding.holds and not finding.is_absent for finding in findings):
        return Verdict(case, "failed", findings)
    if absent:
        return Verdict(case, "unsupported", findings, f"no output {', '.join(absent)}")
    return Verdict(case, "passed", findings)


def by_topic(verdicts: Iterable[Verdict]) -> dict[str, dict[str, int]]:
    """Count the verdicts of each topic by status, topics in the order met."""
    counts: dict[str, Counter[str]] = {}
    for verdict in verdicts:
        counts.setdefault(verdict.case.topic, Counter())[verdict.status] += 1
    return {topic: {status: count[status] for status in STATUSES} for topic, count in counts.items()}
