"""A stranger follows a figure click by click: down to an inspection, up to the clause, out to the file."""

from __future__ import annotations

import json
import re

from tests import country
from zhiheng.verification import draw, figure

SERIES = "mfg_product_pass_rate"
PERIOD = country.QUARTERS[-1]
FIGURE = rf"/figures/{SERIES}/{country.REGION}/{PERIOD}/"
INSPECTION = r"/inspections/[0-9a-f-]{36}/"


def test_from_the_front_page_down_to_a_single_inspection(stranger):
    home = stranger.open("/")
    shown = stranger.click(home, FIGURE)
    inspection = stranger.click(shown, INSPECTION)

    assert [page.status for page in (home, shown, inspection)] == [200, 200, 200]
    assert f"draws/{country.REGION}-{PERIOD}-001" in inspection.text


def test_from_the_inspection_back_up_to_the_figures_that_use_it(stranger):
    inspection = stranger.click(stranger.click(stranger.open("/"), FIGURE), INSPECTION)

    back = stranger.click(inspection, FIGURE)

    assert back.status == 200


def test_from_the_inspection_to_the_draw_that_chose_the_firm(stranger):
    inspection = stranger.click(stranger.click(stranger.open("/"), FIGURE), INSPECTION)

    drawn = stranger.click(inspection, rf"/draws/{country.REGION}-{PERIOD}-001/")

    assert drawn.status == 200
    assert re.search(r"[0-9a-f]{64}", drawn.text)


def test_from_the_front_page_up_to_the_target_and_its_clause(stranger):
    target = stranger.click(stranger.open("/"), r"/plan/targets/CN-2025-4/")
    clause = stranger.click(target, r"/plan/articles/2/")

    assert (target.status, clause.status) == (200, 200)
    assert "94" in target.text


def test_from_the_figure_to_its_clause_by_the_why_drawer(stranger):
    shown = stranger.click(stranger.open("/"), FIGURE)

    assert stranger.click(shown, r"/plan/articles/2/").status == 200


def test_the_refused_target_says_why_it_is_bound_to_nothing(stranger):
    plan = stranger.click(stranger.open("/"), r"/plan/articles/2/")
    food = stranger.click(plan, r"/plan/targets/CN-2025-3/")

    assert "97.04" in food.text


def test_the_bundle_found_by_clicking_is_the_figure_on_the_page(stranger):
    shown = stranger.click(stranger.open("/"), FIGURE)
    bundle = json.loads(stranger.click(shown, rf"{FIGURE}bundle\.json\?sha256=[0-9a-f]{{64}}").body)

    report = figure.check(bundle)

    assert report.refusal == ""
    assert f"{100 * float(bundle['body']['figure']['estimate']):.2f}%" in shown.text


def test_the_certificate_of_the_draw_is_found_by_clicking(stranger):
    shown = stranger.click(stranger.open("/"), FIGURE)
    drawn = stranger.click(shown, rf"/draws/{country.REGION}-{PERIOD}-001/")

    found = [href for href, _words in drawn.links if href.endswith(".json")]
    bundle = json.loads(stranger.open(found[0]).body)

    assert draw.check(bundle).refusal == ""


def test_every_link_of_the_front_page_leads_somewhere(stranger):
    home = stranger.open("/")
    local = sorted({href.split("#")[0] for href, _words in home.links if href.startswith("/")} - {""})

    lost = [href for href in local if stranger.open(href).status != 200]

    assert len(local) > 8
    assert lost == []


def test_a_visit_without_an_answer_is_shown_as_what_it_is(stranger):
    shown = stranger.open(FIGURE + "?outcome=closed")
    visit = stranger.click(shown, INSPECTION)

    said = {"zh-hans": "未", "en": "No sample was taken"}[stranger.language]
    assert visit.status == 200
    assert said in visit.text
