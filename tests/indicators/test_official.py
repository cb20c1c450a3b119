"""National numbers of others: what the office recorded stands in the place of what was shipped."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal

import pytest
from django.conf import settings
from django.urls import reverse

from tests.indicators.conftest import BY, SERIES, moment
from zhiheng.errors import ZhihengError
from zhiheng.formats.shapes.observation import Observation
from zhiheng.people import clock
from zhiheng.stages.indicators import actions, number_lists, promises
from zhiheng.stages.indicators.pages import course
from zhiheng.stages.plan import actions as plan_actions
from zhiheng.stages.plan import queries as plan

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("with_published")]

PER_OUTPUT = {
    "series": "qci_patents_per_million",
    "unit": "件/百万元",
    "basis": "administrative",
}
RESTATED = "2026-02-02T09:00:00"
TARGET = "CN-2025-4"


def row(period: str, value: str | None, **said) -> Observation:
    said = {
        "series": SERIES,
        "region": "000000",
        "unit": "%",
        "basis": "probability",
        "purpose": "evaluation",
        "origin": "published",
        "said": value or "",
        "n": 300_000,
        "evidence": "A",
        "source": "公报 (bulletin)",
        "recorded_at": clock.now(),
    } | said
    return Observation(period=period, value=None if value is None else Decimal(value), **said)


def record(*rows: Observation, at: str = RESTATED, reason: str = "更正 (corrected)") -> None:
    with clock.at(moment(at)):
        actions.record(by=BY, rows=rows, reason=reason)


def text(client, page: str) -> str:
    return re.sub(r"<[^>]+>|\s+", " ", client.get(page).content.decode())


def newest(day: dt.date | None = None):
    return promises.of(plan.target(TARGET), day).newest


def test_a_restated_number_moves_the_headline_its_chance_and_its_changes():
    before = promises.of(plan.target(TARGET))

    record(row("2024", "91.11"))

    after = promises.of(plan.target(TARGET))
    assert (before.newest.text, after.newest.text) == ("93.93", "91.11")
    assert after.chance.at < before.chance.at
    told = plan.whole_and_parts(SERIES, "domain")
    assert round(promises.published_changes(plan.series(SERIES), told)[0].difference, 4) == -0.0254


def test_every_public_page_says_the_restated_number(client):
    record(row("2024", "91.11"))

    with clock.at(moment(RESTATED)):
        pages = [reverse("indicators:series_list"), reverse("indicators:series", args=[SERIES])]
        pages += [reverse("plan:target", args=[TARGET]), reverse("plan:plan")]
        said = {page: text(client, page) for page in pages}
    assert all("91.11" in one and "93.93" not in one for one in said.values()), said


def test_an_invented_number_of_the_nation_keeps_its_mark_in_the_list(client):
    client.cookies["language"] = "en"
    record(row("2025", "1195.2", n=1_195, flags=("demonstration",), **PER_OUTPUT), reason="")

    said = text(client, reverse("indicators:series_list"))

    assert "of output — — 1,195.2 China · 2025 · demonstration" in " ".join(said.split())


def test_a_new_year_is_the_newest_number():
    record(row("2025", "95.20"), reason="")

    found = promises.of(plan.target(TARGET))
    assert (found.newest.period, found.word, found.chance.refused) == ("2025", "reached", "due-past")


def test_the_page_of_an_earlier_day_keeps_the_number_of_that_day(client):
    record(row("2024", "91.11"), row("2025", "95.20"))

    day_before, that_day = dt.date(2026, 2, 1), dt.date(2026, 2, 2)
    assert newest(day_before).text == "93.93"
    assert newest(that_day).text == "95.20"
    page = f"{reverse('plan:target', args=[TARGET])}?as_of={day_before}"
    assert "91.11" not in text(client, page)


def test_a_number_put_back_is_that_of_the_reference_again():
    record(row("2024", "91.11"))
    (shipped,) = [
        one for one in plan.observations(SERIES, known_on=dt.date(2026, 2, 1)) if one.period == "2024"
    ]

    with clock.at(moment("2026-03-02T09:00:00")):
        actions.load_published(by=BY, reason="更正有误 (the correction was wrong)")

    assert newest() == shipped


def test_a_withdrawn_number_leaves_the_one_before_as_the_newest(client):
    record(row("2024", None, status="suppressed"), reason="撤回 (withdrawn)")

    assert newest().period == "2023"
    assert client.get(reverse("indicators:series", args=[SERIES])).status_code == 200
    assert client.get(reverse("plan:target", args=[TARGET])).status_code == 200


def test_a_lower_bound_recorded_later_is_no_value():
    record(row("2025", None, said="95", lower=Decimal(95), interval="bound"))

    assert promises.of(plan.target(TARGET)).chance.refused == "lower-bound"


@pytest.mark.parametrize(
    ("end", "stands", "said"), [("lower", True, "公布的下限"), ("upper", False, "公布的上限")]
)
def test_a_bound_stands_at_its_target_only_where_it_points_that_way(client, end, stands, said):
    record(row("2025", None, said="95", **{end: Decimal(95)}, interval="bound"))

    found = promises.of(plan.target(TARGET))
    assert found.newest.value > found.target.value
    assert dict(course.facts([found]))["公布值已达目标"] == f"1项中有{int(stands)}项"
    page = text(client, reverse("plan:target", args=[TARGET]))
    assert said in page and "只公布了界限" in page and "bound" not in page


def test_numbers_of_a_series_of_ones_own_measure_its_target():
    words = dict.fromkeys(("zh", "definition", "population"), "自定合格率")
    words |= {"en": "Own", "definition_en": "Own", "population_en": "Own"}
    kind = {"unit": "%", "basis": "probability", "purpose": "evaluation", "direction": "higher"}
    plan_actions.define_series(by=BY, id="own_pass_rate", **kind, **words)
    target = plan.target(TARGET)
    target.pk, target.series_id, target.binding = "CN-TEST", "own_pass_rate", "bound"

    record(*(row(str(year), f"{90 + year % 5}.5", series="own_pass_rate") for year in range(2020, 2025)))

    found = promises.of(target)
    assert (found.newest.period, found.chance.refused) == ("2024", "")
    assert len(found.chance.history) == 5


def test_national_numbers_of_all_targets_take_as_many_statements_as_of_one(django_assert_max_num_queries):
    record(row("2024", "91.11"))

    with django_assert_max_num_queries(1):
        plan.observations_of([SERIES, "mfg_quality_competitiveness_index"])


FAILED = "national_spot_check_fail_rate"


@pytest.fixture
def ceiling():
    """A target that the fail rate of spot checks be at most 10 % by 2025."""
    series = plan.series(FAILED)
    held = plan.target(TARGET)
    held.pk, held.indicator, held.zh, held.operator, held.value = "CN-MOST", FAILED, series.zh, "at_most", 10
    held.series, held.binding, held.bound_at = None, "unbound", None
    held.save(force_insert=True)
    return plan_actions.bind_target(by=BY, target=plan.target("CN-MOST"), series_id=FAILED)


def test_a_target_of_at_most_is_read_from_above(client, ceiling):
    found = promises.of(ceiling)

    assert (ceiling.binding, found.newest.text, found.word) == ("bound", "14.3", "not-reached")
    assert found.chance.colour == "unlikely" and 100 * found.chance.needed_per_year > 4
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    page = text(client, reverse("plan:target", args=["CN-MOST"]))
    assert "must fall by 4" in page and "The whole interval lies above the target." in page


def test_a_newer_number_below_a_target_of_at_most_has_reached_it(ceiling):
    kind = {"basis": "judgement", "purpose": "enforcement", "series": FAILED, "n": 20_000}
    record(row("2025", "7.1", **kind), reason="")

    assert promises.of(plan.target("CN-MOST")).word == "reached"


def test_a_list_names_a_series_by_a_name_that_no_other_has():
    column = number_lists.NUMBERS.columns[0]
    name = plan.series(FAILED).zh
    assert column.near(None)(name) == FAILED

    words = {"zh": name, "en": "other", "definition": "另一总体", "definition_en": "another population"}
    kind = {"unit": "%", "basis": "judgement", "purpose": "enforcement", "direction": "lower"}
    plan_actions.define_series(by=BY, id="aa_other_fail_rate", **kind, **words)

    read = column.near(None)
    with pytest.raises(ZhihengError) as refused:
        read(name)
    assert refused.value.code == "list-series-shared" and "aa_other_fail_rate" in refused.value.cause
    assert (read(FAILED), read("aa_other_fail_rate"), read("other")) == (
        FAILED,
        "aa_other_fail_rate",
        "aa_other_fail_rate",
    )
