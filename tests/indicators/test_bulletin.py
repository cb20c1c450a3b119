"""The bulletin: every number is bound to a figure, and no sentence says a rise that the interval does not."""

from __future__ import annotations

import io
import re

import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from zhiheng.people import clock
from zhiheng.stages.indicators import actions, queries, rules, sentences, telling
from zhiheng.stages.indicators.pages import bulletin
from zhiheng.stages.indicators.rules import headline as headlines
from zhiheng.stages.indicators.rules.contribution import Group
from zhiheng.web import wording

from .conftest import REGION, SERIES, moment

ORIGIN = "https://figures.example"
RISE_OR_FALL = re.compile(
    r"提高|上升|升高|提升|改善|改进|增长|好转|高于|下降|降低|下滑|恶化|低于"
    r"|improve|higher|lower by|rose|rise|increase|better|gain|grew|grown|fell|fall|worse|decline|decrease",
    re.I,
)
shares = st.floats(0.02, 0.98)


@pytest.fixture
def two_releases(released, inspected, office, person):
    inspected("2025Q2", reported="2025-05-10T09:00:00")
    with clock.at(moment("2025-07-03T10:00:00")):
        return actions.release(by=person(), series=office.series, region=REGION, periods=["2025Q2"])


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@given(
    first=shares,
    second=shares,
    errors=st.tuples(st.floats(1e-4, 0.2), st.floats(1e-4, 0.2)),
    mix=st.tuples(st.floats(0.05, 0.95), st.floats(0.05, 0.95)),
    step=st.sampled_from([None, -0.007, 0.02]),
    unit=st.sampled_from(["%", "score", "万元"]),
)
@settings(max_examples=150, deadline=None)
def test_no_sentence_tells_of_a_rise_or_a_fall_where_the_interval_holds_zero(
    language, first, second, errors, mix, step, unit
):
    groups = tuple(
        [Group("13", share, rate, errors[0]), Group("34", 1 - share, rate, errors[1])]
        for share, rate in zip(mix, (first, second), strict=True)
    )
    sides = [
        headlines.Side(period, rate, error, "probability", "evaluation", scope=scope if step else "")
        for period, rate, error, scope in zip(
            ("2023", "2024"), (first, second), errors, ("old", "new"), strict=True
        )
    ]
    breaks = [headlines.Break("2024", "old", "new", step, 0.001)] if step else []

    found = headlines.headline(*sides, groups=groups, breaks=breaks, tolerance=1e-6)
    with translation.override(language):
        said = " ".join(telling.told(found, unit).sentences)
        word = str(sentences.CHANGE_WORD[found.word])

    if found.lower <= 0 <= found.upper:
        assert not RISE_OR_FALL.search(said)
        assert not RISE_OR_FALL.search(word)
    else:
        assert RISE_OR_FALL.search(said)


@pytest.mark.parametrize("unit", ["%", "score"])
@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("refused", [headlines.NO_ERROR, headlines.BRIDGE_WITHOUT_ERROR])
def test_no_sentence_tells_of_a_rise_where_there_is_no_interval(language, refused, unit):
    found = headlines.Headline(rules.NOT_DISTINGUISHABLE, difference=0.3, refused=refused, breaks=())

    with translation.override(language):
        said = " ".join(telling.told(found, unit).sentences)

    assert not RISE_OR_FALL.search(said)


YEARS = {"2023": 0.82, "2024": 0.833}
POINTS = {
    ("zh-hans", "%"): "上升1.30个百分点",
    ("zh-hans", "score"): "上升1.30分",
    ("zh-hans", "index"): "上升1.30分",
    ("zh-hans", "万元"): "上升1.30万元",
    ("en", "%"): "higher by 1.30 percentage points (",
    ("en", "score"): "higher by 1.30 points (",
    ("en", "index"): "higher by 1.30 points (",
}


@pytest.mark.parametrize(("language", "unit"), POINTS)
def test_a_change_is_told_in_the_unit_of_its_number(language, unit):
    sides = [headlines.Side(year, value, 0.001, "survey", "evaluation") for year, value in YEARS.items()]
    step = headlines.Break("2024", "old", "new", 0.0, 0.0)

    with translation.override(language):
        said = " ".join(telling.told(headlines.headline(*sides, breaks=[step]), unit).sentences)

    assert POINTS[language, unit] in said
    assert ("百分点" in said or "percentage" in said) == (unit == "%")


@pytest.mark.parametrize(("language", "wrong"), [("zh-hans", "百分点"), ("en", "percentage points")])
def test_the_page_of_a_score_knows_no_percentage_points(client, with_published, language, wrong):
    client.cookies["language"] = language

    page = client.get("/figures/mfg_quality_competitiveness_index/").content.decode()

    assert client.get("/compare/?series=mfg_quality_competitiveness_index").status_code == 200
    assert wrong not in page and ("+" in page or "上升" in page)


def texts(paper):
    for block in paper.blocks:
        if block.kind == "text":
            yield block.body
        elif block.kind == "table":
            yield from (" ".join(row) for row in block.rows)


@pytest.mark.django_db
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_rate_of_a_bulletin_is_that_of_the_figure_its_mark_names(two_releases, language):
    with translation.override(language):
        paper, bound = bulletin.compose(two_releases, origin=ORIGIN)

    cited = 0
    for text in texts(paper):
        rates, marks = re.findall(r"(\d+\.\d+)%", text), re.findall(r"\[(\d+)\]", text)
        figures = [bound.figures[int(mark) - 1] for mark in marks]
        known = {wording.points(one.estimate, 2) for one in figures if one.is_shown}
        assert set(rates) <= known
        cited += len(rates)
    assert cited >= 4


@pytest.mark.django_db
def test_each_mark_leads_to_the_address_and_the_digest_of_its_bundle(two_releases, client):
    with translation.override("en"):
        paper, bound = bulletin.compose(two_releases, origin=ORIGIN)

    rows = [block for block in paper.blocks if block.kind == "table"][-1].rows
    assert len(rows) == len(bound.figures) >= 4
    for row, figure in zip(rows, bound.figures, strict=True):
        address, digest = row[2].split("\n")
        assert digest.replace(" ", "") == figure.bundle_sha
        assert client.get(address.removeprefix(ORIGIN)).status_code == 200


@pytest.mark.django_db
def test_a_bulletin_compares_with_what_stood_when_it_was_released(two_releases):
    before = queries.figure(SERIES, REGION, "2025Q1")

    with translation.override("en"):
        _paper, bound = bulletin.compose(two_releases, origin=ORIGIN)

    assert before.pk in {one.pk for one in bound.figures}


@pytest.mark.django_db
def test_the_officer_downloads_the_draft_in_both_languages_and_others_do_not(client, two_releases, person):
    from docx import Document

    officer = person()
    place = f"/office/releases/{two_releases.pk}/bulletin-{{}}.docx"
    assert client.get(place.format("zh")).status_code in (302, 403)

    client.force_login(officer)
    chinese, english = (client.get(place.format(code)) for code in ("zh", "en"))

    words = [
        "\n".join(one.text for one in Document(io.BytesIO(file.content)).paragraphs)
        for file in (chinese, english)
    ]
    assert "公报草稿" in words[0]
    assert "Draft bulletin" in words[1]
    assert client.get(place.format("fr")).status_code == 404
    assert place.format("zh") in client.get(f"/office/releases/{two_releases.pk}/").content.decode()
