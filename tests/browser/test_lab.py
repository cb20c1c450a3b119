"""The laboratory: its own samples and no others, one result reported, a value without sense refused."""

from __future__ import annotations

import pytest

TO_COME = (
    ("the receipt of a sample with its seal checked", "the roadmap's issue on the office's day"),
    ("results handed in as a file or over the API", "the roadmap's issue on quality infrastructure"),
    (
        "scope, calibration and proficiency of the laboratory",
        "the roadmap's issue on the quality infrastructure",
    ),
)


@pytest.fixture
def lab(signed_in):
    """Staff of one laboratory, signed in."""
    return signed_in("lab")


def fill(lab, **changes):
    """Fill in the form of a result."""
    said = {
        "item": "演示项目",
        "method": "DEMO-T 1-2023",
        "value": "5.0",
        "uncertainty": "0.1",
        "limit": "10.0",
    }
    for name, value in {**said, **changes}.items():
        lab.page.fill(f"#id_{name}", value)
    day = lab.page.locator("#id_reported_on")
    if not day.input_value():
        day.fill(lab.page.evaluate("new Date().toLocaleDateString('sv')"))
    lab.page.select_option("#id_unit", index=1)
    lab.page.select_option("#id_limit_kind", "upper")


def test_the_workbench_counts_the_samples_to_report_on(lab):
    assert lab.page.locator('main a[href^="/office/samples/"]').count() >= 1


def test_a_result_is_reported_and_the_sample_leaves_the_list(lab):
    lab.open("/office/samples/")
    before = lab.page.locator("main table tbody tr").count()
    lab.follow("/office/samples/", "/result/")
    fill(lab)
    lab.click("main form button[value=submit]")

    lab.open("/office/samples/")
    assert lab.page.locator("main table tbody tr").count() == before - 1


def test_a_value_that_is_no_number_is_refused_and_what_was_typed_stays(lab):
    lab.open("/office/samples/")
    lab.follow("/office/samples/", "/result/")
    fill(lab, value="about five")
    lab.click("main form button[value=submit]")

    assert lab.page.locator("#error-summary li").count() >= 1
    assert lab.page.locator("#id_value").input_value() == "about five"
    assert lab.page.locator("#id_limit").input_value() == "10.0"


@pytest.mark.parametrize(
    "address", ["/office/draws/", "/office/ledger/", "/office/people/", "/office/releases/"]
)
def test_the_laboratory_sees_nothing_of_the_office(lab, address):
    answer = lab.page.request.get(lab.start + address)

    assert answer.status == 403


def test_its_pages_hold_what_is_promised_on_a_phone(signed_in):
    lab = signed_in("lab", phone=True)

    for address in ("/office/samples/", "/office/visits/", "/office/cases/", "/office/account/"):
        lab.open(address)
