"""Repeats a draw from 10^5 units under salted names in the page without a server, beside Python."""

from __future__ import annotations

import hashlib
import importlib.util
import shutil
import tempfile
import time
from pathlib import Path
from typing import Any

NAME = "a draw from 10^5 units is repeated in a browser page without a server"
GOAL = "< 5 s in Chromium, equal bit for bit to Python"
UNITS, QUICK_UNITS = 100_000, 10_000
SAMPLES = {"A": 0.02, "B": 0.03, "C": 0.04, "D": 0.06}
VERIFIER = Path(__file__).parents[1] / "verifier"
CHROMIUM = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
TIMED = """async () => {
    const files = new Map();
    for (const file of document.getElementById("files").files) {
        files.set(file.name, new Uint8Array(await file.arrayBuffer()));
    }
    const name = [...files.keys()].find((one) => one.endsWith(".json"));
    const began = performance.now();
    const report = await zhiheng.verify(name, files, "");
    return [(performance.now() - began) / 1000, report.ok, report.head, report.steps.at(-1).found[1]];
}"""


def run(quick: bool = False) -> dict:
    """Return seconds of each verifier on the same file; the page must come to the same head."""
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder), QUICK_UNITS if quick else UNITS)
        head, own = _timed(lambda: _house(path))
        line, alone = _timed(lambda: _alone(path))
        browser = in_browser(path)
    if not line.endswith(head) or (browser and not (browser["ok"] and browser["head"] == head)):
        raise AssertionError(f"the verifiers disagree: {head}, {line}, {browser}")
    return {
        "units": QUICK_UNITS if quick else UNITS,
        "browser_s": browser["seconds"] if browser else None,
        "peer": {"verify.py_s": alone, "zhiheng verify_s": own},
        "browser": browser["version"] if browser else "no Chromium here",
    }


def write(folder: Path, units: int) -> Path:
    """Write a draw bundle of so many units with its frame beside it; the same each time."""
    from zhiheng.formats.identifiers import demo_uscc
    from zhiheng.proof import canonical, chain, draw, frame, lottery, pseudonyms

    names = pseudonyms.Names(hashlib.sha256(b"key").digest())
    codes = {names.of(code := demo_uscc(number, "330106")): code for number in range(units)}
    rows = sorted(
        frame.FrameRow(name, 1, "ABBCCD"[number % 6], "330106", ("13", "26")[number % 2])
        for number, name in enumerate(codes)
    )
    data = b"".join(map(frame.line, rows))
    counts = {name: sum(row.stratum == name for row in rows) for name in SAMPLES}
    secret, beacon = hashlib.sha256(b"secret").digest(), hashlib.sha256(b"beacon").digest()
    pairing = draw.pairing_terms({f"ZJ-{number:03d}": f"office-{number % 7}" for number in range(40)})
    announcement = draw.announce(
        serial="330000-2024Q1-001",
        obligation="2024Q1-330000-27",
        region="330000",
        period="2024Q1",
        frame=frame.FrameSummary(hashlib.sha256(data).hexdigest(), units, counts),
        samples={name: round(share * counts[name]) for name, share in SAMPLES.items()},
        reserves=20,
        commitment=lottery.commitment(secret),
        beacon_kind="words",
        beacon_ref="numbers of the public lottery of 2024-02-10",
        pairing=pairing,
        ids=pseudonyms.SALTED,
    )
    entries: list[dict[str, Any]] = []
    committed = _append(entries, {"announcement_hash": lottery.announcement_hash(announcement)})
    certificate = draw.carry_out(
        announcement, secret=secret, beacon=beacon, rows=rows, pairing=pairing, committed=committed["hash"]
    ) | {"data": "demonstration"}
    drawn = sorted(row["unit"] for row in certificate["selected"])
    certificate["openings"] = [names.opening(codes[name]) for name in drawn]
    _append(entries, {"certificate_sha256": canonical.digest(certificate)})
    (folder / "frame-330000-2024Q1-001.tsv").write_bytes(data)
    bundle = {
        "type": "zhiheng/draw-bundle/1",
        "certificate": certificate,
        "frame": {"file": "frame-330000-2024Q1-001.tsv"},
        "ledger": entries,
    }
    path = folder / "draw-330000-2024Q1-001.json"
    path.write_bytes(canonical.dumps(bundle))
    assert chain.entry_hash(entries[-1]["statement"]) == entries[-1]["hash"]
    return path


def in_browser(path: Path) -> dict[str, Any] | None:
    """Return what the page found and how long it took; None where there is no Chromium."""
    program = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if program is None or importlib.util.find_spec("playwright") is None:
        return None
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=program, args=["--no-sandbox"])
        page = browser.new_context(offline=True).new_page()
        page.goto((VERIFIER / "verify.html").as_uri())
        page.locator("#files").set_input_files([str(one) for one in sorted(path.parent.iterdir())])
        page.locator("#verdict.holds, #verdict.fails").wait_for(timeout=120_000)
        seconds, ok, head, last = page.evaluate(TIMED)
        version = browser.version
        browser.close()
    return {"seconds": seconds, "ok": ok, "head": head, "last": last, "version": version}


def _append(entries: list[dict[str, Any]], detail: dict[str, Any]) -> dict[str, Any]:
    from zhiheng.proof import chain

    seq = len(entries) + 1
    statement = {
        "type": "zhiheng.ledger.entry",
        "v": 1,
        "id": f"01900000-0000-7000-8000-{seq:012d}",
        "seq": seq,
        "previous": entries[-1]["hash"] if entries else chain.GENESIS,
        "at": f"2024-02-{seq:02d}T01:00:00+00:00",
        "verb": "draw.committed" if seq == 1 else "draw.revealed",
        "visibility": "public",
        "actor": {"key": "01900000-0000-7000-8000-00000000000a", "role": "officer", "region": "330000"},
        "region": "330000",
        "subjects": [["draw", "330000-2024Q1-001"]],
        "detail": detail,
    }
    entries.append({"statement": statement, "hash": chain.entry_hash(statement)})
    return entries[-1]


def _house(path: Path) -> str:
    from zhiheng.verification import bundles

    report = bundles.check(bundles.load(path), beside=path.parent)
    if not report.ok:
        raise AssertionError(report.refusal)
    return report.head


def _alone(path: Path) -> str:
    spec = importlib.util.spec_from_file_location("alone", VERIFIER / "verify.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.check_draw(module.read(path), path.parent)[0]


def _timed(act: Any) -> tuple[Any, float]:
    began = time.perf_counter()
    return act(), time.perf_counter() - began
