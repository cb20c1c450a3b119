"""The statistician: a release with its method, the coverage of the cells, a revision with its reason."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.country import QUARTERS, REGION, ROOT

TO_COME = (
    ("method cards with their validation beside each figure", "the roadmap's issue on methods"),
    ("a revision triangle over all vintages", "the roadmap's issue on indicators and engine"),
    ("exchange of figures as SDMX", "the roadmap's issue on indicators and engine"),
)

FIGURE = f"/figures/mfg_product_pass_rate/{REGION}/{QUARTERS[-1]}/"


@pytest.fixture
def statistician(signed_in):
    """The statistician of the nation, signed in."""
    return signed_in("statistician")


def test_a_release_names_method_data_and_vintage(statistician):
    statistician.open("/office/releases/")
    statistician.click('main table tbody tr:has-text("制造业产品质量合格率") a[href^="/office/releases/"]')

    words = statistician.text()
    assert "post-stratified" in words
    assert statistician.page.locator('main a[href$="dataset.csv"]').count() >= 1


def test_the_released_rows_give_the_published_rate_without_an_account(visitor, tmp_path):
    anybody = visitor()
    anybody.open(FIGURE)
    rows = tmp_path / "dataset.csv"
    with anybody.page.expect_download() as coming:
        anybody.page.locator('main a[href$="dataset.csv"]').first.click()
    coming.value.save_as(rows)
    published = anybody.page.request.get(anybody.start + FIGURE + "bundle.json").json()["body"]["figure"]

    found = estimated(
        rows, "--design", "verdict,stratum=draw+stratum,population=population", "--by", "division"
    )

    assert f"{found['overall']['estimate']:.9f}" == f"{float(published['hajek']):.9f}"
    assert f"{found['overall']['raw']:.9f}" == f"{float(published['raw']):.9f}"
    assert (found["rows"], found["answered"]) == (published["n_sampled"], published["n"])
    assert len(found["domains"]) > 1


def estimated(*arguments):
    """What the command line says of a file; it needs no site and no account."""
    command = [sys.executable, "-m", "zhiheng.site.cli", "estimate", *map(str, arguments), "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_period_is_not_released_twice_without_a_reason(statistician):
    statistician.open("/office/releases/new/")
    ask(statistician)

    assert statistician.page.locator("#error-summary li").count() >= 1
    assert statistician.page.locator("#id_periods").input_value() == QUARTERS[-1]


def test_a_revision_with_its_reason_is_released_and_the_old_figure_stays(statistician):
    statistician.open("/office/releases/")
    before = statistician.page.locator("main table tbody tr").count()
    statistician.open("/office/releases/new/")
    ask(statistician, reason="复核后无变化,重新发布。")

    statistician.open("/office/releases/")
    assert statistician.page.locator("main table tbody tr").count() == before + 1
    statistician.open(FIGURE)


def ask(statistician, **more):
    """Fill in and send the form of a release."""
    series = statistician.page.locator("#id_series option[value='mfg_product_pass_rate']")
    assert series.count() == 1
    statistician.page.select_option("#id_series", "mfg_product_pass_rate")
    for name, value in {"region": REGION, "periods": QUARTERS[-1], **more}.items():
        statistician.page.fill(f"#id_{name}", value)
    statistician.click("main form button[value=submit]")


def test_the_one_who_counts_neither_draws_nor_administers(statistician):
    for address in ("/office/draws/commit/", "/office/people/", "/office/ledger/"):
        assert statistician.page.request.get(statistician.start + address).status == 403, address


def test_an_ambiguous_target_is_refused_with_its_reason(statistician):
    statistician.open("/plan/targets/CN-2025-3/")

    assert statistician.page.locator("main .state.stopped").count() >= 1
    assert "97.04" in statistician.text()


def test_its_pages_hold_what_is_promised_on_a_phone(signed_in):
    statistician = signed_in("statistician", phone=True)

    for address in (
        "/office/",
        "/office/targets/",
        "/office/releases/",
        "/office/releases/new/",
        "/office/coverage/",
    ):
        statistician.open(address)
