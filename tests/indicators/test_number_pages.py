"""The pages of numbers: every vintage, the formula with its values, and forms that say what is wrong."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from decimal import Decimal

import pytest
from django.urls import reverse

from tests.indicators.conftest import REGION, moment
from tests.indicators.test_formulas import FOOD, PASSED, SCOPE, TURNED, national, turned  # noqa: F401
from tests.indicators.test_observations import QUARTER, RATE
from zhiheng.ledger.ids import uuid7
from zhiheng.people import clock
from zhiheng.stages.indicators import actions, observations
from zhiheng.stages.indicators.models import Formula, Observation
from zhiheng.stages.plan import actions as plan_actions
from zhiheng.stages.plan.models import Series

AGRI = "agri_routine_monitoring_pass_rate"


@pytest.fixture(autouse=True)
def in_english(client):
    client.cookies["language"] = "en"


def page(client, url, **asked):
    answer = client.get(url, asked)
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def history(series):
    return reverse("indicators:history", args=[series])


def number(series):
    return reverse("indicators:number", args=[series])


@pytest.fixture
def corrected(turned, national):  # noqa: F811
    """A published quarter that was corrected in September."""
    actions.record(by=national, rows=[QUARTER])
    with clock.at(moment("2025-09-01T09:00:00")):
        actions.record(by=national, rows=[replace(QUARTER, value=Decimal(11), said="11")], reason="样品更正")


def test_the_history_shows_each_vintage_of_a_quarter(client, corrected):
    text = page(client, history(RATE), cell="330000||others")

    assert re.search(r"Q1 2025 12\.3 ?%? 11", text)
    assert "replaced the one to its left" in text


def test_as_of_a_day_the_correction_is_not_known_yet(client, corrected):
    asked = {"cell": "330000||others", "as_of": "2025-08-01"}

    with clock.at(moment("2025-09-02T09:00:00")):
        text = page(client, history(RATE), **asked)

    assert "12.3" in text and not re.search(r"12\.3 ?% 11", text)
    assert "known at the end of" in text


def test_as_of_a_day_nothing_of_a_later_correction_shows_and_links_keep_the_day(client, corrected):
    asked = {"cell": "330000||others", "as_of": "2025-08-01"}
    number_asked = {"region": "330000", "period": "2025Q1", "as_of": "2025-08-01"}

    with clock.at(moment("2025-09-02T09:00:00")):
        listed = client.get(history(RATE), asked).content.decode()
        shown = client.get(number(RATE), number_asked).content.decode()

    assert "was ever restated" in listed and "replaced the one to its left" not in listed
    assert "样品更正" not in shown and "revised" not in shown
    (link,) = re.findall(rf'href="({re.escape(number(RATE))}[^"]*)"', listed)
    assert link.endswith("as_of=2025-08-01")
    assert f'href="{history(RATE)}?as_of=2025-08-01"' in shown


def test_as_of_a_day_the_inputs_and_the_figure_are_those_of_that_day(
    client,
    turned,  # noqa: F811
    national,  # noqa: F811
    released,
):
    actions.compute(by=national, formula=turned)
    day = {"as_of": clock.today().isoformat()}

    tree = client.get(number(PASSED), {"region": "000000", "period": "2024", **day}).content.decode()
    own = {"region": REGION, "period": "2025Q1", "voice": "own", **day}
    estimate = client.get(number(released.series_id), own).content.decode()

    inputs = re.findall(rf'href="({re.escape(number(FOOD))}[^"]*)"', tree)
    figure = reverse("indicators:figure", args=[released.series_id, REGION, "2025Q1"])
    assert len(inputs) == 1 and inputs[0].endswith(f"as_of={day['as_of']}")
    assert f'href="{figure}?as_of={day["as_of"]}"' in estimate


def test_a_number_whose_inputs_are_not_those_read_again_says_so_in_both_languages(
    client,
    turned,  # noqa: F811
    national,  # noqa: F811
):
    said = {"en": "their digests differ", "zh-hans": "摘要不同"}
    asked = {"region": "000000", "period": "2024"}
    actions.compute(by=national, formula=turned)
    before = page(client, number(PASSED), **asked)
    held = observations.shape_of(observations.current(PASSED, "000000").get(period="2024"))

    observations.store([replace(held, revision=1, reason="更正", status="revised", inputs_sha="0" * 64)])

    assert said["en"] not in before
    for language, words in said.items():
        client.cookies["language"] = language
        assert words in page(client, number(PASSED), **asked)


def test_a_number_that_is_recorded_in_the_same_moment_as_its_inputs_rests_on_those_before_it(
    client,
    turned,  # noqa: F811
    national,  # noqa: F811
):
    actions.compute(by=national, formula=turned)
    held = observations.current(FOOD, "000000").get(period="2024", breakdown=f"scope={SCOPE}")
    other = replace(observations.shape_of(held), value=Decimal("3.1"), said="3.1")

    actions.record(by=national, rows=[other], reason="更正")  # while the clock stands still

    shown = page(client, number(PASSED), region="000000", period="2024")
    assert "97.04" in shown and "their digests differ" not in shown


def test_a_number_page_holds_every_vintage_with_its_reason(client, corrected):
    text = page(client, number(RATE), region="330000", period="2025Q1")

    assert "样品更正" in text and "12.3" in text and "revised" in text


def test_a_computed_number_shows_its_formula_with_values_and_leads_to_its_inputs(
    client,
    turned,  # noqa: F811
    national,  # noqa: F811
):
    actions.compute(by=national, formula=turned)
    answer = client.get(number(PASSED), {"region": "000000", "period": "2024"})
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))
    links = re.findall(rf'href="({re.escape(number(FOOD))}[^"]*)"', answer.content.decode())

    assert "the first less the second 97.04" in text
    assert "constant 100" in text and "China · 2024 · scope: the whole market regulation system 2.96" in text
    assert len(links) == 1
    assert "2.96" in page(client, links[0].replace("&amp;", "&"))


def test_the_breaks_of_a_series_stand_on_its_history_with_the_unknown_error(client, turned):  # noqa: F811
    text = page(client, history(AGRI))

    assert "Bridge: -0.7. Its error is not known." in text
    assert "No bridge was measured" in text
    assert "round 1 of 2024" in text


def test_a_bound_and_a_grade_are_said_as_such(client, turned):  # noqa: F811
    bound = page(
        client,
        number("food_evaluative_pass_rate"),
        region="000000",
        period="2023",
        breakdown="scope=评价性抽检",
    )
    grade = page(client, number("quality_work_assessment_grade"), region="110000", period="2019")

    assert "at least 99%" in bound
    assert " B " in grade


@pytest.mark.parametrize("cell", ["x", "990000||others", "330000||nobody"])
def test_a_cell_that_holds_nothing_is_not_found(client, corrected, cell):
    assert client.get(history(RATE), {"cell": cell}).status_code == 404
    assert client.get(number(RATE), {"region": "990000", "period": "2025Q1"}).status_code == 404


@pytest.mark.parametrize("asked", [{"region": "\0"}, {"period": "2025Q1\0"}, {"voice": "\0"}])
def test_a_cell_with_a_nul_is_refused_with_what_to_do(client, corrected, asked):
    answer = client.get(number(RATE), asked)

    assert answer.status_code == 400
    assert "The request could not be read." in answer.content.decode()


def test_the_page_of_a_figure_leads_to_its_observation(client, released):
    shown = released.figures.get(region=REGION, division="")
    url = reverse("indicators:figure", args=[shown.series_id, REGION, "2025Q1"])

    answer = client.get(url).content.decode()
    (link,) = set(re.findall(rf'href="({re.escape(number(shown.series_id))}[^"]*)"', answer))

    assert "estimated from draws" in page(client, link.replace("&amp;", "&"))


def send(client, name, **said):
    return client.post(reverse(name), {**said, "zh-token": str(uuid7())})


WORDS = {
    "zh": "新序列",
    "en": "a new series",
    "direction": "higher",
    "definition": "定义",
    "definition_en": "defined",
}


def test_a_statistician_defines_a_formula_with_its_series_and_computes_it(client, turned, national):  # noqa: F811
    client.force_login(national)
    body = json.dumps({**TURNED, "id": "new_series"})

    sent = send(client, "indicators:new_formula", body=body, voice="others", **WORDS)
    row = Formula.objects.get(series="new_series")
    client.post(reverse("indicators:compute_formula", args=[row.pk]))

    assert sent.status_code == 302
    assert Series.objects.get(pk="new_series").purpose == "enforcement"
    assert Observation.objects.filter(series="new_series", period="2024").get().value == "97.04"


def test_a_refused_formula_shows_its_node_on_the_form_and_leaves_no_series(client, turned, national):  # noqa: F811
    client.force_login(national)
    mixed = {
        "op": "difference",
        "of": [{"op": "series", "id": FOOD}, {"op": "series", "id": "mfg_product_pass_rate"}],
    }
    body = json.dumps({**TURNED, "id": "new_series", "root": mixed})

    answer = send(client, "indicators:new_formula", body=body, voice="others", **WORDS)

    assert answer.status_code in (200, 422)
    assert "root.of[1]" in answer.content.decode()
    assert not Series.objects.filter(pk="new_series").exists()


def test_a_number_is_recorded_and_corrected_on_the_form(client, turned, national):  # noqa: F811
    client.force_login(national)
    said = {
        "series": RATE,
        "region": "330000",
        "period": "2025年第一季度",
        "said": "12.3",
        "status": "final",
        "source": "a notice",
        "evidence": "A",
    }

    first = send(client, "indicators:new_number", **said)
    refused = send(client, "indicators:new_number", **{**said, "said": "11"})
    send(client, "indicators:new_number", **{**said, "said": "11", "reason": "更正"})

    assert first.status_code == 302
    assert "is published already, as 12.3" in refused.content.decode()
    assert [row.value for row in observations.history(RATE, "330000", "2025Q1")] == ["12.3", "11"]


def test_loading_the_published_numbers_twice_changes_nothing(client, turned, national):  # noqa: F811
    client.force_login(national)
    count = Observation.objects.count()

    client.post(reverse("indicators:load_published"))

    assert Observation.objects.count() == count


def test_the_history_asks_a_bounded_number_of_statements(
    client,
    turned,  # noqa: F811
    django_assert_max_num_queries,
):
    with django_assert_max_num_queries(12):
        client.get(history("mfg_quality_competitiveness_index"))


BROKEN = {
    "series": RATE,
    "at": "2024年第一季度",
    "old": "2023年目录",
    "new": "2024年目录",
    "scale": "difference",
    "reason": "目录变更",
    "reason_en": "another catalogue",
    "source": "公告",
    "confidence": "text",
}


def test_a_break_declared_on_the_form_stops_comparisons_from_that_day_on(client, turned, national):  # noqa: F811
    client.force_login(national)
    public = reverse("indicators:series", args=[RATE])

    refused = send(client, "indicators:new_break", **{**BROKEN, "error": "0.1"})
    with clock.at(moment("2025-06-05T09:00:00")):
        sent = send(client, "indicators:new_break", **BROKEN)
        now = client.get(public).content.decode()
        then = client.get(public, {"as_of": "2025-06-04"}).content.decode()
        history = client.get(reverse("indicators:history", args=[RATE])).content.decode()

    assert "is given without a bridge" in refused.content.decode()
    assert sent.status_code == 302 and sent["Location"].endswith(f"/figures/{RATE}/history/#breaks")
    part = now.split("2023 – 2024")[1].split("<h3>")[0]
    assert "not comparable" in part and "2024年目录" in part
    assert "2024年目录" not in then
    assert "2024年目录" in history and "another catalogue" in history


def test_the_history_says_of_each_break_how_surely_it_is_known(client, turned, national):  # noqa: F811
    for at, confidence in (("2024", "text"), ("2023", "secondary")):
        said = {**BROKEN, "at": at, "confidence": confidence}
        plan_actions.declare_break(by=national, series_id=said.pop("series"), **said)

    history = client.get(reverse("indicators:history", args=[RATE])).content.decode()

    assert "公告 · the text of the source was read" in history
    assert "公告 · read in a report of the source" in history


def test_only_a_statistician_of_the_nation_may_declare_a_break(client, turned, national, person):  # noqa: F811
    address = reverse("indicators:new_break")
    client.force_login(national)
    assert address in client.get(reverse("indicators:formulas")).content.decode()
    client.force_login(person("statistician", "330000"))

    assert address not in client.get(reverse("indicators:formulas")).content.decode()
    assert send(client, "indicators:new_break", **BROKEN).status_code == 403
