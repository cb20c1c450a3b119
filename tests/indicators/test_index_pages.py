"""The pages of the index: uploaded by a list, looked at before it is published, read by a stranger."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import pytest
from django.urls import reverse
from openpyxl import Workbook

from tests.indicators.conftest import REGION, moment
from tests.indicators.test_index import NUMBERS, TREE
from tests.indicators.test_index_actions import PERIOD, choose, national, outputs, recorded  # noqa: F401
from zhiheng.ledger.ids import uuid7
from zhiheng.people import clock
from zhiheng.reference import quality_index
from zhiheng.reference.quality_index import SERIES
from zhiheng.stages.indicators import actions, following, observations
from zhiheng.stages.indicators.models import Observation
from zhiheng.web.imports import flow, get

HEADS = ("指标", "地区", "期间", "行业大类", "数值", "单位", "来源", "证据等级", "更正理由")


@pytest.fixture
def published(recorded, national):  # noqa: F811
    actions.load_published(by=national)
    actions.publish_index(by=national, choice=choose())
    return recorded


def test_each_formula_of_the_index_is_run_once_to_see_what_was_restated(
    published, django_assert_max_num_queries
):
    rows = observations.newest_of_lines(SERIES, most=12)
    formulas_of_it, inputs = {row.formula_sha for row in rows}, 12
    assert len(rows) > len(formulas_of_it)

    with django_assert_max_num_queries(len(formulas_of_it) * inputs + 7):
        assert following.newest_restated(SERIES) is None


def text_of(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def page(client, url, **asked):
    answer = client.get(url, asked)
    assert answer.status_code == 200
    return text_of(answer)


def send(client, name, **said):
    return client.post(reverse(name), {**said, "zh-token": str(uuid7())})


def sheet(rows, heads=HEADS):
    book = Workbook()
    book.active.append(heads)
    for row in rows:
        book.active.append(row)
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def rows(period="2025", region="全国", division="", **changes):
    return [
        [
            one.zh,
            region,
            period,
            division,
            changes.get(one.id, NUMBERS[one.id]),
            one.unit,
            "某年鉴",
            "A",
            "",
        ]
        for one in TREE.statistics()
        if one.voice == "others"
    ]


def upload(person, data, *, good_rows_only=False, name="statistics.xlsx"):
    held = flow.receive(person=person, spec=get("indicators-numbers"), data=data, name=name)
    return held, lambda: flow.confirm(person=person, upload=held, good_rows_only=good_rows_only)


def test_the_statistics_are_taken_from_a_workbook(office, national):  # noqa: F811
    held, confirm = upload(national, sheet(rows() + rows(region="浙江省", division="农副食品加工业")))

    summary = confirm()

    assert (held.summary["faults"], summary["created"]) == (0, 22)
    row = Observation.objects.get(series="qci_quality_loss_rate", region="000000")
    assert row.standard_error == "0"
    assert (row.value, row.unit, row.origin, row.evidence, row.source) == (
        "0.6",
        "%",
        "published",
        "A",
        "某年鉴",
    )
    assert Observation.objects.filter(breakdown="division=13", region=REGION).count() == 11


def test_the_statistics_are_taken_from_a_csv_file(office, national):  # noqa: F811
    lines = [",".join(HEADS), *(",".join(map(str, row)) for row in rows())]

    _held, confirm = upload(national, "\n".join(lines).encode("gb18030"), name="statistics.csv")

    assert confirm()["created"] == 11


def faults(person, data, client):
    held, _confirm = upload(person, data)
    client.force_login(person)
    return text_of(client.get(reverse("web:upload", args=[held.pk])))


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda row: row.__setitem__(5, "‰"), "单位是“‰”，而序列的单位是“%”"),
        (lambda row: row.__setitem__(0, "幸福感"), "没有名为“幸福感”的序列"),
        (lambda row: row.__setitem__(1, "火星"), "“火星”不是地区"),
        (lambda row: row.__setitem__(3, "99"), "“99”不是制造业行业大类"),
        (lambda row: row.__setitem__(4, "很高"), "“很高”不是数值"),
        (lambda row: row.__setitem__(2, "某年"), "“某年”不是期间"),
        (lambda row: row.__setitem__(7, "Z"), "“Z”不在可用的词中"),
    ],
)
def test_a_faulty_row_is_named_in_chinese(office, national, client, spoil, said):  # noqa: F811
    listed = rows()
    spoil(listed[0])

    assert said in faults(national, sheet(listed), client)


def test_a_number_that_stands_twice_is_refused(office, national, client):  # noqa: F811
    assert "第2行已有同一数值" in faults(national, sheet([*rows(), rows()[0]]), client)


def test_a_correction_needs_its_reason(office, national, client):  # noqa: F811
    upload(national, sheet(rows()))[1]()
    listed = rows(loss="0.7")

    assert "该数值已录入，为0.6" in faults(national, sheet(listed), client)
    next(row for row in listed if row[0] == "质量损失率")[8] = "年鉴更正"
    summary = upload(national, sheet(listed))[1]()
    assert (summary["updated"], summary["unchanged"]) == (1, 10)


def test_a_computed_series_is_not_uploaded(office, national, client):  # noqa: F811
    actions.record(by=national, rows=outputs())
    actions.classify(by=national, rule=quality_index.classifications()["published-index-80"])
    listed = [["质量竞争型产业占比", "全国", "2025", "", "40", "%", "某年鉴", "A", ""]]

    assert "由公式" in faults(national, sheet(listed), client)


CHOICE = {"period": PERIOD, "weights": "even", "goalposts": "demonstration"}


def test_a_statistician_chooses_looks_and_publishes(recorded, national, client):  # noqa: F811
    client.force_login(national)

    chosen = send(client, "indicators:index_office", **CHOICE)
    shown = text_of(client.get(chosen.url))
    before = Observation.objects.filter(series=SERIES).count()
    sent = client.post(reverse("indicators:index_publish"), CHOICE)

    assert before == 0
    assert "浙江省" in shown and "不是官方数值" in shown and "尚未写入任何内容" in shown
    assert sent.url == f"{reverse('indicators:index')}?period={PERIOD}"
    assert Observation.objects.filter(series=SERIES, region=REGION, breakdown="").exists()


def test_a_refused_choice_shows_on_the_form_in_chinese(recorded, national, client):  # noqa: F811
    client.force_login(national)

    answer = send(client, "indicators:index_office", **CHOICE, own_weights="level 1")

    assert answer.status_code == 200
    assert "缺少权数" in text_of(answer)


def test_a_preview_without_a_choice_leads_to_the_choice(national, client):  # noqa: F811
    client.force_login(national)

    assert client.get(reverse("indicators:index_preview")).url == reverse("indicators:index_office")


def test_the_preview_says_what_is_missing(recorded, national, client):  # noqa: F811
    client.force_login(national)
    first = TREE.statistics()[0]
    one = next(row for row in outputs(region="110000", period=PERIOD) if not row.breakdown)
    fields = {"series": first.series, "unit": first.unit}
    actions.record(by=national, rows=[replace(one, **fields)])

    shown = page(client, reverse("indicators:index_preview"), **CHOICE)

    assert re.search(r"质量损失率[^。]* \(1\) 北京市", shown)


def test_the_demonstration_goalposts_are_kept_from_real_offices(national, client, settings):  # noqa: F811
    client.force_login(national)
    offered = client.get(reverse("indicators:index_office")).content.decode()
    settings.DEMO = False
    real = client.get(reverse("indicators:index_office")).content.decode()

    assert 'value="demonstration"' in offered
    assert 'value="demonstration"' not in real


def test_a_stranger_reads_the_index_with_its_tree_beside_the_official_one(published, client):
    shown = page(client, reverse("indicators:index"))

    assert "浙江省" in shown and "不是官方" in shown and "85.6" in shown
    assert "具备中等竞争力 / 较强" in shown
    assert "公开的指标树为“产品监督抽查合格率”" in shown
    assert re.search(r"质量水平 50\.0%", shown)


def test_the_number_page_of_the_index_leads_to_each_of_the_twelve_inputs(published, client):
    answer = client.get(reverse("indicators:index")).content.decode()
    (link,) = re.findall(
        rf'href="([^"]*{SERIES}/number/\?region={REGION}&amp;period={PERIOD}&amp;voice=own)"', answer
    )

    shown = client.get(link.replace("&amp;", "&"))

    html = shown.content.decode()
    html = html.replace("&amp;", "&")
    inputs = set(re.findall(r'href="(/figures/(?:qci_\w+|mfg_product_pass_rate)/number/[^"]*)"', html))
    assert len(inputs) == 12
    assert "摘要不同" not in html
    (rate,) = [one for one in inputs if "mfg_product_pass_rate" in one]
    assert (
        "其背后的抽查和检查" in client.get(rate.replace("&amp;", "&")).content.decode() or "figures" in rate
    )


def test_as_of_a_day_the_index_is_the_one_of_that_day(published, national, client):  # noqa: F811
    today = clock.today().isoformat()
    with clock.at(moment("2025-07-01T09:00:00")):
        actions.publish_index(by=national, choice=choose(weights="level-first"))

    now = page(client, reverse("indicators:index"))
    then = client.get(reverse("indicators:index"), {"as_of": today}).content.decode()
    before = page(client, reverse("indicators:index"), as_of="2025-01-01")

    assert "质量水平 60.0%" in now and "权数：质量水平60%" in now
    assert "权数：各层等权" in then and f"as_of={today}" in then and "60.0%" not in then
    assert "本办公室尚未发布指数" in before


def test_the_file_of_doubts_is_served_to_strangers(published, client):
    html = client.get(reverse("indicators:index")).content.decode()
    (link,) = re.findall(r'href="(/index/doubt/[0-9a-f]{64}\.json)"', html)

    assert client.get(link).json()["period"] == PERIOD
    assert client.get(link.replace(link[13:20], "0000000")).status_code == 404


def test_the_page_reads_in_english(published, client):
    client.cookies["language"] = "en"

    shown = page(client, reverse("indicators:index"))

    assert "medium / strong" in shown
    assert "It is not the official index" in shown
    assert "level of quality 50.0%" in shown
    assert "Weights: even weights at each level; goalposts: goalposts of the demonstration" in shown


def test_without_an_index_the_official_one_stands_alone(office, national, client):  # noqa: F811
    actions.load_published(by=national)

    shown = page(client, reverse("indicators:index"))

    assert "本办公室尚未发布指数" in shown and "85.21" in shown


@pytest.mark.parametrize("asked", [{"period": "2031"}, {"period": "x"}])
def test_a_period_without_an_index_is_not_found(published, client, asked):
    assert client.get(reverse("indicators:index"), asked).status_code == 404


@pytest.mark.parametrize(
    ("series", "name", "unit", "category"),
    [
        ("energy_per_gdp", "单位GDP能源消耗", "吨标准煤/万元", ""),
        ("agri_standardised_production_rate", "农业标准化生产普及率", "%", ""),
        ("quality_talent", "质量人才数", "人", "职称"),
        ("public_quality_literacy", "全民质量素养", "score", ""),
        ("nqi_intangible_investment", "质量基础设施无形资产投资", "亿元", "标准研制"),
    ],
)
def test_an_imported_series_is_unknown_until_an_office_loads_it(
    office,
    national,  # noqa: F811
    client,
    series,
    name,
    unit,
    category,
):
    url = reverse("indicators:series", args=[series])
    before = page(client, url)
    row = [[name, "全国", "2025", "", "0.5", unit, "统计公报", "A", "", category]]

    upload(national, sheet(row, heads=(*HEADS, "类别")))[1]()

    held = observations.current(series).get()
    assert "未知：该序列尚无数值" in before
    assert (held.origin, held.voice, held.evidence) == ("published", "others", "A")
    assert held.breakdown == (f"category={category}" if category else "")
    after = page(client, url)
    assert "未知：该序列尚无数值" not in after and "统计公报" in after


def test_size_and_share_are_computed_by_a_button(office, national, client):  # noqa: F811
    actions.record(by=national, rows=outputs())
    client.force_login(national)

    client.post(reverse("indicators:index_classify"), {"rule": "published-index-80"})

    assert observations.current("quality_competitive_share", voice="own").get().value == "70"
    assert "70" in page(client, reverse("indicators:series", args=["quality_competitive_share"]))


def test_the_public_page_asks_a_bounded_number_of_statements(
    published, client, django_assert_max_num_queries
):
    with django_assert_max_num_queries(16):
        client.get(reverse("indicators:index"))
