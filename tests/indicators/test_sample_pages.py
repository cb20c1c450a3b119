"""The office releases a sample by a form; everybody reads questionnaires and what they gave."""

from __future__ import annotations

import datetime as dt
import io
import json

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.indicators.conftest import BY, moment
from tests.indicators.test_samples import AGRI, FOOD, PERIOD, SCORE, agri_file, survey_file
from zhiheng.errors import BadInput
from zhiheng.people import clock
from zhiheng.reference import checks, questionnaires
from zhiheng.stages.indicators import actions, sampling
from zhiheng.stages.indicators.models import Observation, Release
from zhiheng.stages.indicators.pages import numbers
from zhiheng.stages.indicators.pages.bulletin import FORMS
from zhiheng.stages.plan import actions as plan_actions


@pytest.fixture
def outline(db):
    with clock.at(moment("2024-12-02T09:00:00")):
        plan_actions.adopt_outline(by=BY)


@pytest.fixture
def statistician(outline, person, client):
    client.force_login(person())
    return client


def sent(file: bytes, **said: str):
    fields = {"series": AGRI, "region": "330000", "period": PERIOD, "form": "", "totals": "", "reason": ""}
    return {**fields, **said, "file": SimpleUploadedFile("sample.csv", file, content_type="text/csv")}


def test_a_file_is_released_by_the_form(statistician):
    form = statistician.get(reverse("indicators:new_sample"))

    answer = statistician.post(
        reverse("indicators:new_sample"), {**sent(agri_file()), "zh-token": str(form.context["form"].token)}
    )

    made = Release.objects.get()
    assert answer["Location"] == reverse("indicators:release", args=[made.pk])
    assert statistician.get(answer["Location"]).status_code == 200


@pytest.mark.parametrize(
    ("said", "file", "word"),
    [
        ({}, agri_file().replace(b"category", "姓名".encode()), "姓名"),
        ({"period": "last spring"}, agri_file(), "2025Q4"),
        ({"series": SCORE, "period": "2025"}, survey_file(), "public-services"),
        ({"totals": "everybody"}, agri_file(), "everybody"),
    ],
    ids=["a person's column", "no period", "no questionnaire", "no totals"],
)
def test_a_refusal_stands_on_the_form_and_nothing_is_released(statistician, said, file, word):
    form = statistician.get(reverse("indicators:new_sample"))

    answer = statistician.post(
        reverse("indicators:new_sample"), {**sent(file, **said), "zh-token": str(form.context["form"].token)}
    )

    assert answer.status_code == 200
    assert word in answer.content.decode()
    assert not Release.objects.exists()


def test_an_inspector_may_not_release_a_sample(outline, person, client):
    client.force_login(person("inspector"))

    assert client.get(reverse("indicators:new_sample")).status_code == 403


def test_everybody_walks_from_standard_to_score(outline, person, client):
    from zhiheng.stages.plan import queries as plan

    found = sampling.prepare(
        by=person(),
        series=plan.series(SCORE),
        region="330000",
        period="2025",
        file=survey_file(),
        form="public-services",
    )
    actions.release_sample(by=person(), prepared=found)

    listed = client.get(reverse("indicators:questionnaires")).content.decode()
    asked = client.get(reverse("indicators:questionnaire", args=["public-services"])).content.decode()
    score = client.get(reverse("indicators:series", args=[SCORE])).content.decode()

    assert reverse("indicators:questionnaire", args=["public-services"]) in listed
    assert "GB/T 39735-2020" in asked
    assert reverse("indicators:series", args=[SCORE]) in asked
    assert reverse("indicators:questionnaire", args=["public-services"]) in score
    assert "养老服务" in score


@pytest.mark.parametrize(
    ("language", "words"), [("zh-hans", "%s（95%%区间 %s）"), ("en", "%s (95%% interval %s)")]
)
def test_no_list_names_an_estimated_number_without_its_interval(outline, person, client, language, words):
    from zhiheng.stages.plan import queries as plan

    found = sampling.prepare(
        by=person(), series=plan.series(AGRI), region="330000", period=PERIOD, file=agri_file()
    )
    actions.release_sample(by=person(), prepared=found)
    client.cookies["language"] = language
    row = Observation.objects.get(series=AGRI, region="330000", breakdown="", voice="own")
    whole = words % (f"{float(row.value):.2f}%", f"{float(row.lower):.2f}–{float(row.upper):.2f}")

    history = client.get(reverse("indicators:history", args=[AGRI]), {"region": "330000"}).content.decode()

    assert whole in client.get("/figures/").content.decode()
    assert whole in client.get(numbers.url(row)).content.decode()
    assert f'<span class="quiet">{float(row.lower):.2f}–{float(row.upper):.2f}</span>' in history


@pytest.mark.parametrize(
    ("language", "asked"), [("zh", "护理人员照料老人是否及时"), ("en", "Were carers prompt")]
)
def test_a_questionnaire_is_handed_out_as_a_sheet_that_asks_for_every_item(outline, client, language, asked):
    from docx import Document

    found = questionnaires.get("public-services")
    page = client.get(reverse("indicators:questionnaire", args=[found.id])).content.decode()
    names = {
        form: reverse("indicators:questionnaire_sheet", args=[found.id, language, form]) for form in FORMS
    }

    word, pdf = (client.get(names[form]) for form in ("docx", "pdf"))

    tables = Document(io.BytesIO(word.content)).tables
    cells = [[cell.text for cell in row.cells] for table in tables for row in table.rows]
    rows = {row[0]: row for row in cells if len(row) == 12 and row[0] != cells[0][0]}
    assert {item.id for item in found.items} <= rows.keys()
    assert asked in rows["e1"][1] and rows["e1"][2:] == ["□"] * 10
    assert {item.standard.number for item in found.items} <= {row[0] for row in cells}
    assert pdf.content.startswith(b"%PDF-") and pdf.content == client.get(names["pdf"]).content
    assert all(f'href="{name}"' in page for name in names.values())
    assert "-demo" in pdf["Content-Disposition"] and pdf["X-Zhiheng-Data"] == "demonstration"


@pytest.mark.parametrize("file", ["sheet-fr.pdf", "sheet-zh.odt"])
def test_a_sheet_of_another_form_or_language_is_not_found(outline, client, file):
    assert client.get(f"/questionnaires/public-services/{file}").status_code == 404


def test_an_unknown_questionnaire_is_not_found(outline, client):
    assert client.get(reverse("indicators:questionnaire", args=["none-such"])).status_code == 404


def test_the_page_as_of_a_day_before_shows_none_of_it(outline, person, client):
    from zhiheng.stages.plan import queries as plan

    found = sampling.prepare(
        by=person(), series=plan.series(AGRI), region="330000", period=PERIOD, file=agri_file()
    )
    actions.release_sample(by=person(), prepared=found)

    before = client.get(reverse("indicators:series", args=[AGRI]), {"as_of": "2025-01-01"}).content.decode()

    assert "92.50" not in before


@pytest.fixture
def checked(office):
    """Four sites with ten points each, one point in ten at fault."""
    from zhiheng.stages.inspection import actions as inspection
    from zhiheng.stages.inspection.actions.sites import Point
    from zhiheng.stages.inspection.sites import items_of

    kind = checks.subjects(checks.ENGINEERING)[0].code
    for number in range(4):
        site = inspection.register_site(
            by=BY,
            code=f"P-{number}",
            name=f"演示工程{number}",
            project_type=kind,
            region="330106",
            builder="演示建设公司",
        )
        check = inspection.plan_site_check(by=BY, site=site, period="2025Q2", first="ZJ001", second="ZJ002")
        good = {item.code: "yes" if item.answer == "yes_no" else _meeting(item) for item in items_of(site)}
        bad = {item.code: "no" if item.answer == "yes_no" else _failing(item) for item in items_of(site)}
        points = [Point(f"{place}区", bad if place == 0 else good) for place in range(10)]
        inspection.record_site_check(by=BY, check=check, checked_on=dt.date(2025, 6, 2), points=points)


def _meeting(item) -> str:
    return item.limit


def _failing(item) -> str:
    return str(float(item.limit) * (0.5 if item.limit_kind == "lower" else 2))


def test_site_checks_become_a_number_without_an_interval_that_says_why(checked, person, client):
    found = sampling.prepare_sites(by=person(), region="330000", period="2025Q2")

    made = actions.release_sample(by=person(), prepared=found)

    row = Observation.objects.get(release=made, breakdown="")
    assert (row.value, row.n, row.interval, row.basis) == ("90", 40, "none", "judgement")
    assert "按判断抽查" in row.note
    address = reverse("indicators:series", args=["engineering_conformity_rate"])
    page = client.get(address).content.decode()
    assert "按判断抽查" in page and "no sampling error" not in page
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    page = client.get(address).content.decode()
    assert "chosen by the office: no sampling error" in page and "按判断抽查" not in page


def test_a_period_without_site_checks_is_refused(checked, person):
    with pytest.raises(BadInput):
        sampling.prepare_sites(by=person(), region="330000", period="2024Q1")


def test_supervision_of_food_and_evaluation_of_food_stay_two_series(outline, person):
    from zhiheng.stages.plan import queries as plan

    kinds = {
        id: (plan.series(id).basis, plan.series(id).purpose) for id in (FOOD, "food_evaluative_pass_rate")
    }

    assert kinds == {
        FOOD: ("judgement", "enforcement"),
        "food_evaluative_pass_rate": ("probability", "evaluation"),
    }


def test_the_bundle_of_a_released_number_is_bound_by_the_entry_of_its_release(outline, person):
    from zhiheng.stages.indicators import number_bundles
    from zhiheng.stages.plan import queries as plan

    found = sampling.prepare(
        by=person(), series=plan.series(AGRI), region="330000", period=PERIOD, file=agri_file()
    )
    made = actions.release_sample(by=person(), prepared=found)
    row = Observation.objects.get(release=made, region="330000", breakdown="")

    held = json.loads(number_bundles.compose(row))

    assert held["ledger"][0]["statement"]["verb"] == "indicators.sample_released"
