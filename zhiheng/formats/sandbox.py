"""What strangers upload is parsed in a child process that may die without harm.

The child gets the bytes on standard input and bounds on memory, processor time, wall time and output. It
answers in JSON. When it is killed, crashes or runs out of anything, the parent raises ``LimitExceeded``
with a remedy and goes on. Nothing but the name of a function of this package and plain JSON goes in; no
pickles come back.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from zhiheng import errors
from zhiheng.errors import BadInput, LimitExceeded, ZhihengError

MIB = 1024 * 1024
PREFIX = "zhiheng."
_ROOT = str(Path(__file__).resolve().parents[2])


@dataclass(frozen=True)
class Limits:
    """How much a parser may use before it is stopped."""

    memory_bytes: int = 512 * MIB
    cpu_seconds: int = 20
    wall_seconds: float = 30.0
    input_bytes: int = 20 * MIB
    output_bytes: int = 128 * MIB


def run(parser: str, data: bytes, *, limits: Limits | None = None, **options: Any) -> Any:
    """Call ``parser`` ("zhiheng.formats.module:function") on the bytes in a child and return its JSON answer.

    A refusal raised by the parser is raised again here, with the same class, cause, remedy and facts.
    """
    limits = limits or Limits()
    if not parser.startswith(PREFIX):
        raise BadInput(f"{parser!r} is no parser of this house.", "Name a function of the zhiheng package.")
    if len(data) > limits.input_bytes:
        raise LimitExceeded(
            f"The file has {len(data) / MIB:.1f} MiB; at most {limits.input_bytes // MIB} MiB are read.",
            "Split it, or remove pictures and unused sheets.",
            code="file-too-large",
        )
    order = json.dumps({"parser": parser, "options": options, "limits": asdict(limits)})
    with tempfile.TemporaryFile() as answer, tempfile.TemporaryDirectory(prefix="zhiheng-") as empty:
        code = _run_child(order, data, limits, answer, empty)
        answer.seek(0)
        text = answer.read(limits.output_bytes + 1)
    if code != 0 or len(text) > limits.output_bytes:
        raise _death(code)
    return _settle(text)


def _run_child(order: str, data: bytes, limits: Limits, answer: Any, directory: str) -> int:
    """Run the child to its end and return its exit code; -9 also when its wall time is over."""
    environment = {"PYTHONPATH": _ROOT, "PYTHONDONTWRITEBYTECODE": "1", "LC_ALL": "C.UTF-8"}
    child = subprocess.Popen(
        [sys.executable, "-P", "-s", "-m", "zhiheng.formats.sandbox", order],
        stdin=subprocess.PIPE,
        stdout=answer,
        stderr=subprocess.DEVNULL,
        cwd=directory,
        env=environment,
        start_new_session=True,
    )
    with child:
        try:
            child.communicate(data, timeout=limits.wall_seconds)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
    return child.returncode


def _settle(text: bytes) -> Any:
    try:
        answer = json.loads(text)
    except json.JSONDecodeError:
        raise _death(0) from None
    if "result" in answer:
        return answer["result"]
    refused = answer["refused"]
    kind = getattr(errors, refused["class"], BadInput)
    raise kind(refused["cause"], refused["remedy"], code=refused["code"], **refused["facts"])


def _death(code: int) -> LimitExceeded:
    return LimitExceeded(
        "The file could not be read within the bounds of memory, time and size set for uploads.",
        "Open it in a spreadsheet program, copy the filled cells alone into a new workbook, save it as .xlsx "
        "and upload that; or upload it as CSV.",
        code="parser-stopped",
        exit_code=code,
    )


def _bound_child(limits: dict[str, Any]) -> None:
    """Set the bounds on this process itself, before any byte of the upload is touched."""
    cpu = limits["cpu_seconds"]
    for kind, most in (
        (resource.RLIMIT_AS, limits["memory_bytes"]),
        (resource.RLIMIT_CPU, cpu),
        (resource.RLIMIT_FSIZE, limits["output_bytes"] + 1),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 64),
    ):
        resource.setrlimit(kind, (most, most))


def _answer(order: dict[str, Any]) -> dict[str, Any]:
    module, _, name = order["parser"].partition(":")
    parser = getattr(importlib.import_module(module), name)
    try:
        return {"result": parser(sys.stdin.buffer.read(), **order["options"])}
    except ZhihengError as error:
        facts = {key: value for key, value in error.facts.items() if isinstance(value, (str, int, list))}
        return {
            "refused": {
                "class": type(error).__name__,
                "cause": error.cause,
                "remedy": error.remedy,
                "code": error.code,
                "facts": facts,
            }
        }


def main() -> int:
    """Be the child: bound, parse, answer. Any unforeseen fault of a parser ends it with code 1."""
    order = json.loads(sys.argv[1])
    _bound_child(order["limits"])
    try:
        text = json.dumps(_answer(order), ensure_ascii=True)
        sys.stdout.write(text)
        sys.stdout.flush()
    except (MemoryError, OSError, RecursionError):
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main())
