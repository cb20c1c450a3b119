"""The pages of figures: what a citizen reads, follows and checks, and what the office does."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import replace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from zhiheng.ledger.ids import uuid7
from zhiheng.people import clock
from zhiheng.reference import parameters
from zhiheng.stages.indicators import bundles, promises
from zhiheng.stages.indicators.models import Release
from zhiheng.stages.indicators.rules import attainment
from zhiheng.stages.plan import actions as plan
from zhiheng.stages.plan import queries as targets
from zhiheng.stages.plan.models import SeriesBreak
from zhiheng.web import slots

from .conftest import BY, REGION, SERIES, moment

pytestmark = pytest.mark.django_db

FIGURE = f"/figures/{SERIES}/{REGION}/2025Q1/"


def text(response) -> str:
    return response.content.decode()


def hrefs(response) -> list[str]:
    return re.findall(r'href="([^"]+)"', text(response))


@pytest.fixture(params=["zh-hans", "en"])
def reader(request, client):
    """A citizen who reads Chinese, and one who reads English."""
    client.cookies["language"] = request.param
    return client


def test_the_front_page_says_why_it_is_empty(reader):
    response = reader.get("/")

    assert response.status_code == 200
    assert reverse("indicators:verify") in hrefs(response)


def test_the_front_page_of_a_new_office_shows_targets_and_plan_before_any_release(reader, office):
    response = reader.get("/")
    page, facts = text(response), dict(response.context["course"])

    assert {f"/plan/targets/CN-2025-{number}/" for number in range(1, 5)} <= set(hrefs(response))
    assert "93.93" in page and "85.6" in page
    assert next(iter(facts.values())).startswith("4 ") and len(facts) == 6
    assert reverse("plan:plan") in hrefs(response)


def test_the_front_page_counts_obligations_and_values_at_their_target(reader, draw):
    draw()

    response = reader.get("/")
    earlier = reader.get("/", {"as_of": "2025-01-31"})

    facts = list(dict(response.context["course"]).values())
    assert facts[1] in ("3项中有1项", "1 of 3") and facts[-1].endswith(" 1")
    assert len(earlier.context["course"]) == 5


def test_the_front_page_of_a_target_bound_to_nothing_still_shows_the_plan(reader, db):
    plan.adopt_outline(by=BY)

    assert len(reader.get("/").context["promises"]) == 4


def test_the_front_page_sets_the_figure_beside_the_target(reader, released):
    response = reader.get("/")
    figure = released.figures.get(division="", region=REGION)

    assert f"{100 * figure.estimate:.2f}%" in text(response)
    assert "94%" in text(response)
    assert FIGURE in hrefs(response)
    assert "/plan/targets/CN-2025-4/" in hrefs(response)
    assert "/plan/articles/2/" in hrefs(response)
    assert "<svg" in text(response)


def test_the_front_page_sets_out_all_four_targets_and_computes_none_of_their_chances(
    reader, released, monkeypatch
):
    def refuse(*_given):
        raise AssertionError("a page waits for a model")

    attainment._computed.cache_clear()
    monkeypatch.setattr(attainment, "compute", refuse)

    page = text(reader.get("/"))

    for number in range(1, 5):
        assert f"/plan/targets/CN-2025-{number}/" in page
    for value in ("85.6", "98%", "93.93%", "93.76–94.10", "47%", "49%", "25%"):
        assert value in page


def test_the_food_target_has_no_chance_for_its_name_fits_two_populations(reader, office):
    plan.bind_target(by=BY, target=targets.target("CN-2025-3"), series_id="food_evaluative_pass_rate")

    page = text(reader.get("/plan/targets/CN-2025-3/"))
    panel = page.split('id="chance"')[1].split("</section>")[0]

    assert "<svg" not in panel
    assert not re.search(r"\d%", panel)


def test_the_target_page_draws_the_path_and_says_what_it_assumes(client, office):
    client.cookies["language"] = "en"

    panel = text(client.get("/plan/targets/CN-2025-2/")).split('id="chance"')[1]

    assert "<svg" in panel
    assert "design effect of 4" in panel
    assert "the smallest one published is taken" in panel
    assert "structural-level-fixed-slope-logit" in panel
    assert "The series breaks in 2018" in panel


def test_what_is_assumed_is_said_with_the_values_of_the_parameters(reader, released, monkeypatch):
    for id, value in (("assumed_design_effect", 3), ("records_a_year", {SERIES: 250_000})):
        other = replace(parameters.get(id), value=value)
        monkeypatch.setitem(parameters._index(), id, other)

    quality = text(reader.get("/plan/targets/CN-2025-4/")).split('id="chance"')[1]
    front = text(reader.get("/"))

    assert re.search("design effect of 3 is assumed|假定设计效应为3", quality)
    assert re.search("about 250,000 records a year|每年约250,000条记录", quality)
    assert re.search("assumed design effect of 3:|按假定设计效应3所算", front)
    assert not re.search("%\\((effect|records)|300,000|30万", quality + front)


def test_the_breaks_behind_all_targets_are_asked_for_at_once(office):
    with CaptureQueriesContext(connection) as made:
        found = promises.national()

    asked = [one for one in made.captured_queries if SeriesBreak._meta.db_table in one["sql"]]
    assert len([one for one in found if one.series is not None]) > 1
    assert len(asked) == 1
    assert [one.breaks for one in found] == [promises.of(one.target).breaks for one in found]
    assert any(one.breaks for one in found)


def test_the_page_of_spot_checks_shows_the_split_of_2021_to_2023_and_calls_it_no_rise(client, office):
    client.cookies["language"] = "en"

    page = text(client.get("/figures/national_spot_check_fail_rate/"))
    part = page.split("2021 – 2023")[1].split("<h3>")[0]

    assert "no change this sample can tell: +0.13 percentage points" in part
    assert "+0.69 percentage points from their mix" in part
    assert "-0.60 percentage points come from the rates" in part
    assert "as if they had been" in part


def test_a_figure_shows_its_change_with_split_break_note_and_interval(
    client, released, inspected, office, person
):
    from zhiheng.stages.indicators import actions

    inspected("2025Q2", reported="2025-05-10T09:00:00")
    with clock.at(moment("2025-07-03T10:00:00")):
        actions.release(by=person(), series=office.series, region=REGION, periods=["2025Q2"])
    client.cookies["language"] = "en"

    page = text(client.get(f"/figures/{SERIES}/{REGION}/2025Q2/"))
    part = page.split('id="change"')[1].split("</section>")[0]

    assert "95% interval" in part
    assert "from their mix" in part
    assert "No break of the series is recorded" in part
    assert "<svg" in part


def test_the_series_page_shows_each_division_and_the_official_values_apart(reader, released):
    response = reader.get(f"/figures/{SERIES}/")

    assert f"{FIGURE}13/" in hrefs(response)
    assert f"{FIGURE}34/" in hrefs(response)
    assert "93.93%" in text(response)
    assert 'id="official"' in text(response)


def test_a_withheld_division_says_why(client, office, inspected, monkeypatch):
    from zhiheng.stages.indicators import actions, rules

    from .conftest import BY

    inspected()
    monkeypatch.setattr(rules, "size_rule", lambda: rules.SizeRule(minimum=80, firm=120))
    with clock.at(moment("2025-04-03T10:00:00")):
        made = actions.release(by=BY, series=office.series, region=REGION, periods=["2025Q1"])
    client.cookies["language"] = "en"

    page = text(client.get(f"/figures/{SERIES}/"))
    own = client.get(f"{FIGURE}13/")

    assert "fewer than 80 answered" in page
    assert made.figures.get(division="13").n > 0
    assert own.status_code == 200
    assert "bundle.json" not in text(own)
    assert client.get(f"{FIGURE}13/bundle.json").status_code == 422


def test_a_figure_leads_down_to_single_inspections_and_up_to_the_clause(reader, released):
    response = reader.get(FIGURE)
    found = hrefs(response)

    assert [link for link in found if re.fullmatch(r"/inspections/[0-9a-f-]{36}/", link)]
    assert "/draws/330000-2025Q1-001/" in found
    assert "/plan/articles/2/" in found
    assert "zhiheng verify figure-" in text(response)
    assert "python verifier/verify.py figure-" in text(response)


def test_the_list_of_inspections_is_narrowed_and_exported(client, released):
    refused = client.get(f"{FIGURE}?outcome=refused")
    export = client.get(f"{FIGURE}?format=csv")

    links = [link for link in hrefs(refused) if link.startswith("/inspections/") and len(link) > 20]
    assert 0 < len(links) < 20
    assert export["Content-Type"].startswith("text/csv")
    assert "演示数据" in b"".join(export.streaming_content).decode().splitlines()[1]


def contest(released):
    """Let one firm object again to a failing result that a figure already counts."""
    from zhiheng.stages.inspection.models import Case, Visit
    from zhiheng.stages.inspection.rules import CONTESTABLE

    visit = Visit.objects.filter(verdict="fail").select_related("subject").first()
    state = next(state for state in CONTESTABLE if state != "notified")
    Case.objects.filter(visit=visit).update(state=state, contestable_until=None)
    return visit


def test_an_inspection_that_is_contested_again_is_withheld_and_counted(client, released):
    visit = contest(released)
    client.cookies["language"] = "en"
    name, address = visit.subject.name, str(visit.pk)

    page = "".join(text(client.get(f"{FIGURE}?page={number}")) for number in (1, 2, 3, 4))
    failing = text(client.get(f"{FIGURE}?verdict=fail"))
    exported = b"".join(client.get(f"{FIGURE}?format=csv").streaming_content).decode()

    assert "Firm and result are withheld here for 1 inspections" in page
    for shown in (page, failing, exported):
        assert not re.search(rf"{name}(?![0-9])", shown)
        assert address not in shown
    assert "Withheld for now" in exported
    assert exported.count("Withheld for now") == 2
    assert "Withheld for now" not in failing.split('id="behind"')[1]


@pytest.mark.parametrize("address", ["/", "/figures/", f"/figures/{SERIES}/", FIGURE, f"{FIGURE}34/"])
def test_a_public_page_asks_a_bounded_number_of_questions(
    client, released, address, django_assert_max_num_queries
):
    client.get(address)

    with django_assert_max_num_queries(32):
        assert client.get(address).status_code == 200


@pytest.mark.parametrize(
    ("address", "status"),
    [
        (f"/figures/{SERIES}/330000/2024Q4/", 404),
        (f"/figures/{SERIES}/999999/2025Q1/", 404),
        (f"/figures/{SERIES}/330000/2025Q9/", 400),
        (f"/figures/{SERIES}/?region=440000", 404),
        (f"/figures/{SERIES}/?as_of=yesterday", 400),
        ("/figures/no_such_series/", 404),
        (f"/figures/{SERIES}/figures.csv?region=12", 400),
        ("/figures/releases/01900000-0000-7000-8000-000000000000/dataset.csv", 404),
    ],
)
def test_an_address_that_leads_nowhere_is_told_so(client, released, address, status):
    assert client.get(address).status_code == status


def test_the_page_of_a_day_shows_what_stood_there(client, released):
    client.cookies["language"] = "en"

    before = client.get(f"/figures/{SERIES}/?as_of=2025-04-02")
    after = client.get(f"/figures/{SERIES}/?as_of=2025-04-03")

    assert "Nothing stood here" in text(before)
    assert "This page shows what was known at the end of" in text(after)


def test_the_page_of_a_day_mixes_no_vintages(client, office, released, monkeypatch):
    """A division withheld by the later release still shows, as it stood, on the page of the earlier day."""
    from zhiheng.stages.indicators import actions, rules
    from zhiheng.stages.indicators.pages import cards, public

    monkeypatch.setattr(rules, "size_rule", lambda: rules.SizeRule(minimum=10_000, firm=10_000))
    with clock.at(moment("2025-05-03T10:00:00")):
        actions.release(by=BY, series=office.series, region=REGION, periods=["2025Q1"], reason="更正")
    asked = []
    monkeypatch.setattr(cards, "change", lambda _figure, *, day=None: asked.append(day))
    end = moment("2025-04-30T23:59:59.999999")

    client.get(f"{FIGURE}?as_of=2025-04-30")
    client.get(FIGURE)

    then = released.figures.get(division="", region=REGION)
    assert asked == [end.date(), None]
    assert {row.release_id for row in public._shown_divisions(then, end)} == {released.pk}
    assert public._shown_divisions(then, None) == []


def test_figures_data_set_and_bundle_can_be_downloaded(client, released):
    table = client.get(f"/figures/{SERIES}/figures.csv?region={REGION}")
    data = client.get(reverse("indicators:dataset", args=[released.pk]))
    weights = client.get(reverse("indicators:base", args=[released.pk]))
    bundle = client.get(f"{FIGURE}bundle.json")

    lines = table.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 4
    assert data.content.count(b"\n") == released.dataset_rows + 1
    assert json.loads(weights.content)["outputs"][f"{REGION}-2025Q1-001"]["13"]
    assert f'filename="figure-{SERIES}-{REGION}-2025Q1.json"' in bundle["Content-Disposition"]
    assert lines[0].endswith(",data")
    assert all(line.endswith("演示数据 · Demonstration data") for line in lines[1:])
    for answer in (table, data, weights):
        assert "-demo." in answer["Content-Disposition"]
        assert "%E6%BC%94%E7%A4%BA%E6%95%B0%E6%8D%AE" in answer["Content-Disposition"]
    assert {answer["X-Zhiheng-Data"] for answer in (table, data, weights, bundle)} == {"demonstration"}
    assert hashlib.sha256(data.content).hexdigest() == released.dataset_sha


def test_files_of_a_site_with_real_data_carry_no_mark(settings, client, released):
    settings.DEMO = False

    table = client.get(f"/figures/{SERIES}/figures.csv?region={REGION}")

    assert "demo" not in table["Content-Disposition"]
    assert "X-Zhiheng-Data" not in table
    assert table.content.decode("utf-8-sig").splitlines()[0].endswith("dataset_sha256")


# Checking ------------------------------------------------------------------------------------


def hand_in(client, data: bytes):
    client.cookies["language"] = "en"
    return client.post("/verify/", {"bundle": SimpleUploadedFile("figure.json", data)})


def test_a_bundle_handed_in_is_checked_step_by_step(client, released):
    figure = released.figures.get(division="", region=REGION)

    page = text(hand_in(client, bundles.compose(figure)))

    assert "Every step holds." in page
    assert "The figure comes out again" in page
    assert "stands in the ledger of this site as entry" in page
    assert "does not hold" not in page.split('id="result"')[1]


def test_a_forged_bundle_is_refused_with_the_step_that_fails(client, released):
    figure = released.figures.get(division="", region=REGION)
    bundle = json.loads(bundles.compose(figure))
    bundle["body"]["figure"]["estimate"] = bundle["body"]["figure"]["upper"]

    page = text(hand_in(client, json.dumps(bundle).encode()))

    assert "Refused: at least one step does not hold." in page


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[1]", b'{"a": 1.5}', b'{"type": "x"}', b"\xff\xfe\x00", b"<html>"]
)
def test_a_file_that_is_no_bundle_is_refused_in_words(client, data):
    response = hand_in(client, data)

    assert response.status_code == 400
    assert "This file could not be checked" in text(response)


def test_no_file_at_all_is_refused_in_words(client):
    assert client.post("/verify/").status_code == 400


# The office ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["releases", "new_release", "coverage"])
def test_a_stranger_is_sent_to_sign_in(client, name):
    response = client.get(reverse(f"indicators:{name}"))

    assert response.status_code == 302
    assert response["Location"].startswith(reverse("web:sign_in"))


def test_an_officer_sees_releases_and_may_not_make_one(client, released, person):
    client.force_login(person("officer"))

    assert client.get(reverse("indicators:releases")).status_code == 200
    assert client.get(reverse("indicators:release", args=[released.pk])).status_code == 200
    assert client.get(reverse("indicators:coverage")).status_code == 200
    assert client.get(reverse("indicators:new_release")).status_code == 403


def test_a_release_of_another_province_is_not_shown(client, released, person):
    client.force_login(person("leader", "440000"))

    assert client.get(reverse("indicators:release", args=[released.pk])).status_code == 404


def test_a_statistician_releases_with_the_form(client, office, inspected, person):
    inspected()
    client.force_login(person())
    form = client.get(reverse("indicators:new_release"))
    token = re.search(r'name="zh-token" value="([^"]+)"', text(form)).group(1)
    said = {"series": SERIES, "region": REGION, "periods": "2025Q1", "zh-token": token}

    first = client.post(reverse("indicators:new_release"), said)
    again = client.post(reverse("indicators:new_release"), said)

    made = Release.objects.get()
    assert first["Location"] == again["Location"] == reverse("indicators:release", args=[made.pk])


@pytest.mark.parametrize(
    "wrong",
    [{"region": "12"}, {"periods": "2025Q5"}, {"periods": ""}, {"series": "x"}, {"periods": "2024Q4"}],
)
def test_a_wrong_form_keeps_what_was_typed_and_releases_nothing(client, office, inspected, person, wrong):
    inspected()
    client.force_login(person())

    said = {"series": SERIES, "region": REGION, "periods": "2025Q1", "zh-token": str(uuid7())}

    response = client.post(reverse("indicators:new_release"), {**said, **wrong})

    assert response.status_code == 200
    assert 'id="error-summary"' in text(response)
    assert Release.objects.count() == 0


def test_a_finished_draw_waits_on_the_workbench_of_the_statistician(office, inspected, person):
    inspected()
    who = person()

    (item,) = [found for found in slots.todo.collect(who) if found.id == "to-release"]

    assert item.count == 1
    assert "periods=2025Q1" in item.rows[0].url


def test_an_inspection_names_the_figures_it_counts_in(client, released):
    from zhiheng.stages.inspection.models import Visit

    visit = Visit.objects.exclude(verdict="").first()

    response = client.get(reverse("inspection:public_visit", args=[visit.pk]))

    assert FIGURE in hrefs(response)


def test_the_target_says_what_was_measured(client, released):
    assert FIGURE in hrefs(client.get(reverse("plan:target", args=["CN-2025-4"])))


def test_demo_accounts_show_in_a_demonstration_alone(settings, tmp_path):
    account = {
        "login": "x",
        "password": "secret-word",
        "region": REGION,
        **{f"{name}_{words}": "x" for name in ("name", "role", "what") for words in ("zh", "en")},
    }
    (tmp_path / "demo.json").write_text(json.dumps({"accounts": [account]}), encoding="utf-8")

    shown = slots.demo_accounts.collect()
    settings.DEMO = False
    hidden = slots.demo_accounts.collect()

    assert [one.password for one in shown] == ["secret-word"]
    assert hidden == []


def test_a_declared_break_without_a_bridge_stops_a_comparison_of_published_values(client, office):
    client.cookies["language"] = "en"

    page = text(client.get("/figures/agri_routine_monitoring_pass_rate/"))
    part = page.split("2023 – 2024")[1].split("<h3>")[0]
    panel = text(client.get("/plan/targets/CN-2025-2/")).split('id="chance"')[1]

    assert "not comparable" in part
    assert "breaks in between and no bridge is known" in part
    assert "are taken as making no step" in panel
