"""A stranger follows a computed number: to its formula, down to a visit in three clicks, out to its file."""

from __future__ import annotations

import re
import subprocess
import sys
from urllib.parse import parse_qsl, urlsplit

from tests import country
from zhiheng.verification import bundles, observation

SERIES, READS = "mfg_product_fail_rate", "mfg_product_pass_rate"
PERIOD = country.QUARTERS[-1]
WHICH = f"region={country.REGION}&period={PERIOD}&voice=own"
NUMBER = rf"/figures/{SERIES}/number/\?{WHICH}"
INPUT = rf"/figures/{READS}/number/\?{WHICH}"
FIGURE = rf"/figures/{READS}/{country.REGION}/{PERIOD}/"
INSPECTION = r"/inspections/[0-9a-f-]{36}/"
VERIFIER = country.ROOT / "verifier" / "verify_numbers.py"


def opened(stranger):
    """Open the number from the history of its series, which its page of open data names."""
    return stranger.click(stranger.open(f"/figures/{SERIES}/history/"), NUMBER)


def test_three_clicks_lead_from_a_computed_number_to_a_redacted_record(stranger):
    number = opened(stranger)

    figure = stranger.click(stranger.click(number, INPUT), FIGURE)
    record = stranger.click(figure, INSPECTION)

    assert record.status == 200
    assert f"draws/{country.REGION}-{PERIOD}-001" in record.text
    assert "演示企业" not in record.text


def test_the_same_number_leads_to_the_draw_and_to_the_law(stranger):
    figure = stranger.click(stranger.click(opened(stranger), INPUT), FIGURE)

    drawn = stranger.click(figure, rf"/draws/{country.REGION}-{PERIOD}-001/")
    law = stranger.click(figure, r"/plan/articles/2/")

    assert (drawn.status, law.status) == (200, 200)
    assert re.search(r"[0-9a-f]{64}", drawn.text)


def test_the_bundles_found_by_clicking_verify_offline_down_to_the_drawn_units(stranger, tmp_path):
    number = opened(stranger)
    own = next(href for href, _words in number.links if "/number/bundle.json" in href)
    check = next(href for href, _words in number.links if href.startswith("/verifier/verify.html?"))
    asked = parse_qsl(urlsplit(check).query)
    path = tmp_path / "number.json"
    path.write_bytes(stranger.open(own).body)
    for name, address in asked:
        if name == "beside":
            (tmp_path / f"figure-{READS}-{country.REGION}-{PERIOD}.json").write_bytes(
                stranger.open(address).body
            )

    without_draws = observation.check(bundles.load(path), beside=tmp_path)
    serial = f"{country.REGION}-{PERIOD}-001"
    drawn = stranger.open(f"/draws/{serial}/certificate.json")
    (tmp_path / f"draw-{serial}.json").write_bytes(drawn.body)
    report = observation.check(bundles.load(path), beside=tmp_path)
    alone = [sys.executable, "-I", "-S", str(VERIFIER), str(path)]
    told = subprocess.run(alone, capture_output=True, text=True, timeout=60)

    assert dict(asked)["bundle"] == own
    assert report.refusal == ""
    assert all(step.is_checked for step in report.steps if step.name != "log")
    assert told.returncode == 0 and "1 of 1 checked by their own bundles; " in told.stdout
    (origins,) = [step for step in without_draws.steps if step.name == "origins"]
    assert not origins.is_checked and "without the bundles of its draws" in origins.detail
