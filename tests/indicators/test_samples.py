"""Samples of cities are released with their design: an error of both stages, and no private person."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from django.urls import reverse

from tests.indicators.conftest import BY, moment
from zhiheng.errors import BadInput, Conflict, NotAllowed, RuleRefused
from zhiheng.ledger.models import Entry
from zhiheng.methods import taylor
from zhiheng.methods.rows import Rows, Stage
from zhiheng.people import clock
from zhiheng.reference import questionnaires, regions
from zhiheng.stages.indicators import actions, observations, sampling
from zhiheng.stages.indicators.models import Observation, Release
from zhiheng.stages.indicators.rules import families, sample_files, sampled
from zhiheng.stages.indicators.rules.samples import Sample
from zhiheng.stages.plan import actions as plan_actions
from zhiheng.stages.plan import queries as plan

AGRI, SCORE, FOOD = (
    "agri_routine_monitoring_pass_rate",
    "public_service_quality_satisfaction",
    "food_supervision_fail_rate",
)
PERIOD = "20250301-20250430"


def agri_file(failing: int = 3) -> bytes:
    lines = ["stratum,city,chance,units,category,link,verdict"]
    for city, chance in (("330100", "1"), ("330200", "0.4"), ("330300", "0.4"), ("330400", "0.4")):
        stratum = "capitals" if chance == "1" else "others"
        for number in range(40):
            category = ("蔬菜", "水果")[number % 2]
            verdict = "fail" if number < failing else "pass"
            lines.append(f"{stratum},{city},{chance},900,{category},零售,{verdict}")
    return "\n".join(lines).encode()


@pytest.fixture
def outline(db):
    with clock.at(moment("2024-12-02T09:00:00")):
        plan_actions.adopt_outline(by=BY)


def prepared(person, file: bytes = b"", *, series: str = AGRI, period: str = PERIOD, **said):
    return sampling.prepare(
        by=person,
        series=plan.series(series),
        region="330000",
        period=period,
        file=file or agri_file(),
        **said,
    )


def test_equal_chances_give_the_error_of_two_stages_as_taylor_does():
    random = np.random.default_rng(5)
    city = np.repeat(np.arange(5), 12).astype(str)
    y = random.normal(70, 10, 60) + np.repeat(random.normal(0, 5, 5), 12)
    ours = Sample(np.full(60, "h"), city, np.full(60, 0.25), np.full(60, 300))
    stages = (Stage(None, city, np.full(60, 20)), Stage(None, None, np.full(60, 300)))
    peer = taylor.mean(y, Rows(np.full(60, 100.0), stages))

    found = ours.estimate(y, np.ones(60, bool), is_share=False)

    assert found.value == pytest.approx(peer.estimate)
    assert found.error == pytest.approx(peer.standard_error)


def test_certain_cities_are_strata_as_taylor_has_them():
    random = np.random.default_rng(6)
    city, size = np.repeat(["a", "b", "c"], 20), np.repeat([100, 200, 400], 20)
    y = random.normal(70, 10, 60)
    ours = Sample(np.full(60, "capitals"), city, np.ones(60), size)
    peer = taylor.mean(y, Rows.of(size / 20, stratum=city, population=size))

    found = ours.estimate(y, np.ones(60, bool), is_share=False)

    assert (found.value, found.error) == (pytest.approx(peer.estimate), pytest.approx(peer.standard_error))


def test_a_round_is_released_with_design_interval_and_evidence(outline, person):
    made = actions.release_sample(by=person(), prepared=prepared(person()))

    row = Observation.objects.get(series=AGRI, region="330000", breakdown="")
    assert (row.interval, row.level, row.n, row.population) == (
        "design",
        "0.95",
        160,
        900 + round(900 * 3 / 0.4),
    )
    assert Decimal(row.lower) < Decimal(row.value) < Decimal(row.upper)
    assert Decimal(row.value) == Decimal("92.5")
    assert Decimal(row.design_effect) > 0
    assert row.inputs_sha == made.dataset_sha
    assert Entry.objects.get(verb="indicators.sample_released").visibility == "public"


def test_a_part_without_a_failure_is_never_said_to_be_certain(outline, person):
    officer = person("statistician")

    actions.release_sample(by=officer, prepared=prepared(officer, agri_file(failing=0)))

    rows = list(observations.current(AGRI, voice="own"))
    assert len(rows) > 4 and {Decimal(row.value) for row in rows} == {Decimal(100)}
    for row in rows:
        exact = 100 * (0.025 ** (1 / row.n))  # Clopper-Pearson where all of n pass
        assert float(row.lower) == pytest.approx(exact, abs=1e-3) and Decimal(row.upper) == 100


def test_what_is_kept_gives_the_same_numbers_again(outline, person):
    made = actions.release_sample(by=person(), prepared=prepared(person()))

    again = {(row.region, row.breakdown): row.estimate for row in sampling.recomputed(made)}

    shown = Observation.objects.filter(release=made, status="final")
    assert len(again) == Observation.objects.filter(release=made).count()
    for row in shown:
        assert float(row.value) == pytest.approx(100 * again[row.region, row.breakdown].value, abs=1e-9)


def test_a_period_is_released_once_unless_a_reason_is_given(outline, person):
    first = actions.release_sample(by=person(), prepared=prepared(person()))

    with pytest.raises(Conflict):
        prepared(person(), agri_file(5))
    second = actions.release_sample(by=person(), prepared=prepared(person(), agri_file(5), reason="更正结果"))

    assert second.replaces == first
    rows = observations.history(AGRI, "330000", PERIOD, voice="own")
    assert [row.revision for row in rows] == [0, 1]
    assert rows[0].value != rows[1].value


def test_two_that_were_prepared_at_once_are_not_both_released(outline, person):
    one, other = prepared(person()), prepared(person(), agri_file(5))
    actions.release_sample(by=person(), prepared=one)

    with pytest.raises(Conflict):
        actions.release_sample(by=person(), prepared=other)

    assert Release.objects.count() == 1


@pytest.mark.parametrize("column", ["姓名", "联系电话", "name", "E-mail", "id_card", "身份证号", "出生日期"])
def test_a_column_that_names_persons_is_refused(outline, person, column):
    file = agri_file().replace(b",verdict", f",{column},verdict".encode(), 1)

    with pytest.raises(RuleRefused) as caught:
        prepared(person(), file)

    assert caught.value.code == "sample-personal"
    assert not Release.objects.exists()


@pytest.mark.parametrize("value", ["13812345678", "11010519491231002X", "someone@example.com"])
def test_a_value_that_looks_like_a_number_of_a_person_is_refused(outline, person, value):
    with pytest.raises(RuleRefused) as caught:
        prepared(person(), agri_file().replace("零售".encode(), value.encode(), 1))

    assert caught.value.code == "sample-personal-value"


FAULTS = [
    ("verdict", b"pass", b"good", "sample-value"),
    ("chance above one", b",0.4,", b",1.4,", "sample-value"),
    ("chances differ", b"330200,0.4,", b"330200,0.5,", "city-chances-differ"),
    ("another province", b"330400", b"440100", "sample-region"),
    ("no city", b"330400", b"999999", "sample-value"),
    ("too few units", b",900,", b",9,", "units-do-not-fit"),
    ("column missing", b"category,link,", b"category,", "sample-column-missing"),
    ("column unknown", b"category,link", b"colour,link", "sample-column-unknown"),
]


@pytest.mark.parametrize(("what", "old", "new", "code"), FAULTS, ids=[fault[0] for fault in FAULTS])
def test_a_faulty_file_is_refused_by_name(outline, person, what, old, new, code):
    file = agri_file()
    count = 1 if old in (b"pass", b"330200,0.4,") or b"link" in old else file.count(old)

    with pytest.raises(BadInput) as caught:
        prepared(person(), file.replace(old, new, count))

    assert caught.value.code == code


def twice(file: bytes) -> bytes:
    head, *rows = file.splitlines()
    return b"\n".join([head, *rows, *rows])


def numbered(file: bytes) -> bytes:
    head, *rows = file.splitlines()
    return b"\n".join([head + ",样品编号".encode(), *(b"%b,N%d" % (row, n) for n, row in enumerate(rows))])


def test_a_file_that_was_added_to_itself_is_refused(outline, person):
    shuffled = twice(agri_file()).splitlines()
    np.random.default_rng(4).shuffle(rows := shuffled[1:])

    for file in (twice(agri_file()), b"\n".join([shuffled[0], *rows])):
        with pytest.raises(RuleRefused) as caught:
            prepared(person(), file)
        assert (caught.value.code, caught.value.facts["field"]) == ("sample-repeats", "reason")


def test_a_stated_reason_overrides_that_rows_repeat_and_the_release_says_both(outline, person):
    said = "每市每类抽取的样品结果相同 (as many samples of each cell with the same results)"

    made = actions.release_sample(by=person(), prepared=prepared(person(), twice(agri_file()), reason=said))

    assert (made.parameters["repeats"], made.reason, made.dataset_rows) == (2, said, 320)
    told = Entry.objects.get(verb="indicators.sample_released")
    assert (told.visibility, told.detail["repeats"], told.detail["reason"]) == ("public", 2, said)
    assert (
        "repeats"
        not in actions.release_sample(
            by=person(),
            prepared=prepared(person(), reason="重复的行已去掉 (rows added twice were taken out)"),
        ).parameters
    )


@pytest.mark.parametrize("number", [b"", b"N" * 61])
def test_a_sample_without_a_number_or_with_an_endless_one_is_refused_by_its_row(outline, person, number):
    lines = numbered(twice(agri_file())).splitlines()
    lines[3] = lines[3].rpartition(b",")[0] + b"," + number

    with pytest.raises(BadInput) as caught:
        prepared(person(), b"\n".join(lines))

    assert (caught.value.code, caught.value.facts["row"], caught.value.facts["column"]) == (
        "sample-value",
        4,
        "sample_no",
    )
    assert "1–60" in caught.value.remedy


def test_equal_rows_with_numbers_of_their_own_are_samples_and_the_numbers_are_not_kept(outline, person):
    found = prepared(person(), numbered(twice(agri_file())))

    assert (found.rows, b"N1" in found.dataset, b"sample_no" in found.dataset) == (320, False, False)
    made = actions.release_sample(by=person(), prepared=found)
    assert len(sampling.recomputed(made)) == len(found.numbers)


def test_a_sample_number_that_stands_twice_is_refused(outline, person):
    with pytest.raises(BadInput) as caught:
        prepared(person(), twice(numbered(agri_file())))

    assert caught.value.code == "sample-number-twice"


@pytest.mark.parametrize(("number", "row"), [(b"", 9), (b"N" * 61, 9)], ids=["lacking", "too long"])
def test_a_sample_number_that_lacks_or_is_too_long_is_refused_by_its_row(outline, person, number, row):
    with pytest.raises(BadInput) as caught:
        prepared(person(), numbered(agri_file()).replace(b",N7\n", b"," + number + b"\n"))

    facts = caught.value.facts
    assert (caught.value.code, facts["row"], facts["expected"]) == ("sample-value", row, "1–60")


def test_a_column_of_sample_numbers_that_is_all_empty_tells_no_rows_apart(outline, person):
    head, *rows = twice(agri_file()).splitlines()
    file = b"\n".join([head + b",sample_no", *(row + b"," for row in rows)])

    with pytest.raises(RuleRefused) as caught:
        prepared(person(), file)

    assert caught.value.code == "sample-repeats"


def test_a_survey_of_which_a_part_was_added_twice_is_refused(outline, person):
    file = survey_file()
    part = b"\n".join([file, *file.splitlines()[-12:]])

    with pytest.raises(RuleRefused) as caught:
        prepared(person(), part, series=SCORE, period="2025", form="public-services")

    assert caught.value.code == "sample-answers-alike"


def test_one_city_by_chance_in_a_stratum_is_refused(outline, person):
    lines = agri_file().splitlines()
    file = b"\n".join(line for line in lines if b"330300" not in line and b"330400" not in line)

    with pytest.raises(RuleRefused) as caught:
        prepared(person(), file)

    assert caught.value.code == "city-alone"


def test_only_who_may_release_does(outline, person):
    with pytest.raises(NotAllowed):
        prepared(person("inspector"))


def survey_file(*, of: str = "public-services") -> bytes:
    form = questionnaires.get(of)
    lines = [",".join(("stratum", "city", "chance", "units", "group", *(item.id for item in form.items)))]
    random = np.random.default_rng(3)
    for city, chance in (("330100", "1"), ("330200", "0.5"), ("330300", "0.5")):
        for number in range(40):
            answers = [str(answer) for answer in random.integers(4, 11, len(form.items))]
            if number % 3:
                answers[:3] = ["", "", ""]
            group = "18-39" if number < 25 else "40-"
            lines.append(",".join((("s", "c")[chance == "1"], city, chance, "50000", group, *answers)))
    return "\n".join(lines).encode()


def test_a_survey_gives_scores_by_field_and_city(outline, person):
    found = prepared(person(), survey_file(), series=SCORE, period="2025", form="public-services")

    rows = actions.release_sample(by=person(), prepared=found)

    whole = Observation.objects.get(release=rows, region="330000", breakdown="")
    assert 0 < float(whole.lower) < float(whole.value) < float(whole.upper) < 100
    fields = Observation.objects.filter(release=rows, region="330000", breakdown__startswith="field=")
    assert {row.breakdown for row in fields} == {
        f"field={one.id}" for one in questionnaires.get("public-services").fields
    }
    assert (
        Observation.objects.filter(release=rows, breakdown="")
        .values_list("region", flat=True)
        .distinct()
        .count()
        == 4
    )


def test_a_cell_of_few_answers_is_withheld(outline, person):
    found = prepared(person(), survey_file(), series=SCORE, period="2025", form="public-services")

    made = actions.release_sample(by=person(), prepared=found)

    few = Observation.objects.filter(release=made, n__lt=30)
    assert few.exists()
    assert {(row.status, row.value) for row in few} == {("suppressed", "")}


def test_known_totals_are_met(outline, person):
    totals = {"18-39": 400_000, "40-": 100_000}
    file = survey_file()
    family = families.of(SCORE)
    form = questionnaires.get("public-services")

    table = sample_files.read(file, family, form, region="330000")
    drawn = sampled.sample(table, totals)

    for name, total in totals.items():
        assert drawn.rows.weight[drawn.group == name].sum() == pytest.approx(total)


def test_totals_of_other_groups_are_refused(outline, person):
    with pytest.raises(BadInput) as caught:
        prepared(
            person(), survey_file(), series=SCORE, period="2025", form="public-services", totals={"x": 1}
        )

    assert caught.value.code == "groups-do-not-fit"


def test_a_questionnaire_of_another_series_is_refused(outline, person):
    with pytest.raises(BadInput) as caught:
        prepared(person(), survey_file(), series=SCORE, period="2025", form="quality-perception")

    assert caught.value.code == "sample-questionnaire"


def test_supervision_of_food_is_told_by_cause_without_any_interval(outline, person):
    lines = [
        "category,cause,verdict",
        *["糕点,,pass"] * 90,
        *["糕点,微生物污染,fail"] * 6,
        *["酒类,酒精度,fail"] * 4,
    ]

    made = actions.release_sample(
        by=person(), prepared=prepared(person(), "\n".join(lines).encode(), series=FOOD, period="2025Q1")
    )

    rows = {row.breakdown: row for row in Observation.objects.filter(release=made)}
    assert rows[""].value == "10"
    assert rows["cause=微生物污染"].value == "6"
    assert {row.interval for row in rows.values()} == {"none"}
    assert "不是概率样本" in rows[""].note
    assert rows["category=酒类"].status == "suppressed"


def test_every_item_names_a_standard_that_is_listed_with_its_confidence():
    for form in questionnaires.all():
        assert {item.standard for item in form.items} <= set(questionnaires.standards())
        assert {item.standard.confidence for item in form.items} <= {"text", "secondary", "memory"}


def test_the_number_page_leads_to_table_and_base(outline, person, client):
    made = actions.release_sample(by=person(), prepared=prepared(person()))

    page = client.get(
        reverse("indicators:number", args=[AGRI]), {"region": "330000", "period": PERIOD, "voice": "own"}
    )

    assert page.status_code == 200
    assert reverse("indicators:dataset", args=[made.pk]) in page.content.decode()
    assert client.get(reverse("indicators:base", args=[made.pk])).json()["kind"] == "share"


def test_the_series_page_shows_our_own_numbers_with_interval_and_break(outline, person, client):
    actions.release_sample(by=person(), prepared=prepared(person()))

    text = client.get(reverse("indicators:series", args=[AGRI]), {"region": "330000"}).content.decode()

    assert "92.50" in text
    assert "130参数" in text


def _only(city: str, chance: str = "1") -> bytes:
    head, *lines = agri_file().decode().split("\n")
    kept = [line.replace(",1,900", f",{chance},900") for line in lines if city in line]
    return "\n".join([head, *kept]).encode()


def test_a_capital_taken_for_certain_does_not_stand_for_its_province(outline, person):
    with pytest.raises(RuleRefused) as refused:
        prepared(person(), _only("330100"))

    assert refused.value.code == "cities-left-out"
    assert refused.value.facts["count"] == 10 and "宁波市" in refused.value.facts["cities"]


def test_a_capital_taken_for_certain_stands_for_itself(outline, person):
    by = person("statistician", "000000")

    made = sampling.prepare(
        by=by, series=plan.series(AGRI), region="330100", period=PERIOD, file=_only("330100")
    )

    assert made.numbers[0].region == "330100"


def test_all_cities_of_a_province_taken_for_certain_are_a_whole(outline, person):
    codes = [one.code for one in regions.children("330000")]
    head, *lines = _only("330100").decode().split("\n")
    whole = "\n".join([head, *(line.replace("330100", code) for code in codes for line in lines)])

    assert prepared(person(), whole.encode()).numbers[0].region == "330000"
    with pytest.raises(RuleRefused, match="丽水市"):
        prepared(person(), "\n".join(line for line in whole.split("\n") if codes[-1] not in line).encode())


def test_a_refusal_of_what_is_recorded_reads_in_the_language_of_who_releases(outline, person):
    from django.utils import translation

    by = person()
    actions.release_sample(by=by, prepared=prepared(by))
    other = prepared(by, period="20250401-20250531")

    with translation.override("zh-hans"), pytest.raises(RuleRefused, match="有重叠的日期"):
        actions.release_sample(by=by, prepared=other)
