"""Sends the results of many samples at once to a running site over its API, and counts what is stored."""

from __future__ import annotations

import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from bench.country import server

NAME = "200 laboratories' uploads at once, each sent twice with its key, over HTTP on loopback"
GOAL = "nothing lost, nothing stored twice"

UPLOADS, QUICK_UPLOADS = 200, 20
LAB, REGION = "BENCH-LAB", "330000"
PATIENCE_SECONDS = 120
ROOT = Path(__file__).resolve().parents[1]


def run(quick: bool = False) -> dict[str, Any]:
    """Return what was sent, stored and lost on SQLite, and on PostgreSQL where its binaries are installed."""
    count = QUICK_UPLOADS if quick else UPLOADS
    return server.on_each(lambda url, folder: measure(url, folder, count))


def measure(url: str, folder: str, count: int) -> dict[str, Any]:
    """Prepare samples, serve the site, upload at once, and compare what was sent with what is stored."""
    environment = {
        **os.environ,
        "DATABASE_URL": url,
        "ZHIHENG_VAR": f"{folder}/var",
        "ZHIHENG_DEMO": "1",
        "ZHIHENG_API_A_MINUTE": str(10 * count + 1000),
    }
    secret = _child(environment, "prepare", str(count))["key"]
    with _served(environment, folder) as port:
        began = time.perf_counter()
        seconds, statuses = _upload(port, secret, count)
        whole = time.perf_counter() - began
    stored = _child(environment, "stored")
    sent = sorted(f"item {number}" for number in range(count))
    return {
        "sent": count,
        "requests": len(statuses),
        "refused": sum(status != 200 for status in statuses),
        "stored": len(stored["items"]),
        "lost": len(set(sent) - set(stored["items"])),
        "twice": len(stored["items"]) - len(set(stored["items"])),
        "entries": stored["entries"],
        "median_s": statistics.median(seconds),
        "p95_s": sorted(seconds)[max(0, -(-95 * len(seconds) // 100) - 1)],
        "whole_s": whole,
    }


def _child(environment: dict[str, str], *arguments: str) -> Any:
    command = [sys.executable, "-m", "bench.lab_uploads", *arguments]
    done = subprocess.run(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


@contextmanager
def _served(environment: dict[str, str], folder: str) -> Iterator[int]:
    """Serve the site as ``zhiheng serve`` does, on a free port of this machine alone, and stop it."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "zhiheng.site.cli", "serve", "--port", str(port), "--no-worker"]
    with Path(folder, "serve.log").open("wb") as log:
        server = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log
        )
    try:
        _wait(port, server, Path(folder, "serve.log"))
        yield port
    finally:
        server.terminate()
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()


def _wait(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            if _request(port, "GET", "/api/v1/openapi.json", "", None)[0] == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the site did not start: " + log.read_text(errors="replace")[-2000:])


def _upload(port: int, secret: str, count: int) -> tuple[list[float], list[int]]:
    """Let every laboratory send at the same moment, and repeat the same request as after a lost answer."""
    seconds: list[float] = []
    statuses: list[int] = []
    start = threading.Barrier(count)

    def send(number: int) -> None:
        body = json.dumps({"samples": [_sample(number)]})
        key = str(uuid4())
        start.wait()
        began = time.perf_counter()
        first = _request(port, "POST", "/api/v1/lab/drafts", secret, body, key)[0]
        seconds.append(time.perf_counter() - began)
        statuses.extend((first, _request(port, "POST", "/api/v1/lab/drafts", secret, body, key)[0]))

    threads = [threading.Thread(target=send, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_SECONDS)
    return seconds, statuses


def _sample(number: int) -> dict[str, Any]:
    item = {
        "item": f"item {number}",
        "method": "DEMO-T 1-2023",
        "value": f"0.{number:03d}1",
        "unit": "mg/kg",
        "limit": "1",
        "limit_kind": "upper",
    }
    today = datetime.now().astimezone().date().isoformat()
    return {"seal_no": f"B-{number:05d}", "reported_on": today, "items": [item]}


def _request(
    port: int, method: str, path: str, secret: str, body: str | None, key: str = ""
) -> tuple[int, bytes]:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)) as line:
        headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
        line.request(method, path, body, headers | ({"Idempotency-Key": key} if key else {}))
        answer = line.getresponse()
        return answer.status, answer.read()


# In a process of its own, since Django takes one default database ------------------------------


def _prepare(count: int) -> dict[str, Any]:
    """Fill an empty database with one draw whose samples are with one laboratory, and make its key."""
    from zhiheng import people
    from zhiheng.people import actions, clock

    moment = clock.now()
    by = people.System("bench")
    drawn = moment - timedelta(days=10)
    with clock.at(drawn):
        draw = _draw(by, count, drawn)
    with clock.at(moment - timedelta(days=5)):
        _samples(by, draw)
    person = actions.create_person(by=by, login="bench-lab", display_name="演示检验人员")
    held = actions.appoint(by=by, person=person, role="lab", region=REGION, organisation=LAB)
    expires_on = clock.today() + timedelta(days=1)
    return {"key": actions.create_token(by=person, appointment=held, label="bench", expires_on=expires_on)[1]}


def _draw(by: Any, count: int, moment: datetime) -> Any:
    from zhiheng.formats.identifiers import demo_uscc
    from zhiheng.people import clock
    from zhiheng.stages.draw import actions as draws
    from zhiheng.stages.plan.models import Obligation
    from zhiheng.stages.registry import actions as registry
    from zhiheng.stages.registry.models import Inspector, Subject

    Subject.objects.bulk_create(
        Subject(
            code=demo_uscc(number, "330106"),
            name=f"演示企业{number}",
            region="330106",
            division="34",
            size="small",
            channel="factory",
            risk_class="A",
            output_value=100,
            recorded_at=moment,
        )
        for number in range(1, count + 1)
    )
    Inspector.objects.bulk_create(
        Inspector(
            code=f"B{n:03d}", name=f"演示{n}", region=REGION, unit=f"Office {n % 3}", recorded_at=moment
        )
        for n in range(1, 2 * count // 10 + 7)
    )
    duty = Obligation.objects.create(
        region=REGION,
        period=f"{moment.year}Q{(moment.month - 1) // 3 + 1}",
        article=8,
        basis="bench",
        fractions={"A": [1, 1]},
        minimum_per_stratum=1,
        state="issued",
        recorded_at=moment,
    )
    frame = registry.freeze_frame(by=by, region=REGION, as_of=clock.today(), purpose="bench")
    committed = draws.commit(by=by, obligation=duty, frame=frame)
    return draws.reveal(by=by, draw=committed, beacon=b"01 05 09 17 22 30 + 04; 02 03 11 18 25 31 + 09")


def _samples(by: Any, draw: Any) -> None:
    from zhiheng.people import clock
    from zhiheng.stages.inspection import actions
    from zhiheng.stages.inspection.models import Visit
    from zhiheng.stages.inspection.rules import Finding

    actions.open_visits(by=by, draw=draw)
    units = Visit.objects.order_by("selection__unit_code").values_list("selection__unit_code", flat=True)
    rows = [
        (unit, Finding("sampled", clock.today(), "演示产品", f"B-{number:05d}", LAB))
        for number, unit in enumerate(units)
    ]
    actions.record_visits_bulk(by=by, draw=draw, rows=rows)


def _stored() -> dict[str, Any]:
    from zhiheng import ledger
    from zhiheng.ledger.models import Entry
    from zhiheng.stages.inspection.models import ReportDraft

    items = [line["item"] for draft in ReportDraft.objects.all() for line in draft.lines]
    ledger.check()
    return {"items": items, "entries": Entry.objects.filter(verb="report.drafted").count()}


if __name__ == "__main__":
    from django.core.management import call_command

    from zhiheng.site import setup

    setup.start()
    if sys.argv[1] == "prepare":
        call_command("migrate", verbosity=0)
        print(json.dumps(_prepare(int(sys.argv[2]))))
    else:
        print(json.dumps(_stored()))
