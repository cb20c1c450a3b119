"""What stands on each paper comes from the records, in Chinese and in English, each limit with its source."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from zhiheng import people
from zhiheng.errors import Conflict, NotFound, RuleRefused
from zhiheng.proof import canonical
from zhiheng.reference import limits, regions
from zhiheng.reports.paper import Code, Facts, Grid, Line, Paper, Place, Signs, Text
from zhiheng.stages.draw import queries as draws
from zhiheng.stages.inspection import actions, queries, records, reporting
from zhiheng.stages.inspection.labels import CASE_STATES
from zhiheng.stages.inspection.models import Case
from zhiheng.stages.inspection.papers import kinds, lists, parts, printing
from zhiheng.stages.registry.models import Lab

from .conftest import LAB, LATER, REPORTED, VISITED

ORIGIN = "https://example.invalid"


def build(kind: str, thing, language: str = "zh") -> Paper:
    return printing.build(kinds.get(kind), thing, language=language, origin=ORIGIN)


def words(paper: Paper) -> str:
    """Every word of a paper, as it is kept."""
    found = [paper.title, paper.number, paper.mark, *paper.foot]
    for block in paper.blocks:
        if isinstance(block, Text):
            found.append(block.number + block.body)
        elif isinstance(block, Facts):
            found += [cell for row in block.rows for cell in row]
        elif isinstance(block, Grid):
            found += [block.caption, *block.head, *(cell for row in block.rows for cell in row)]
        elif isinstance(block, Code):
            found += [block.payload, *block.lines]
        elif isinstance(block, Signs):
            found += [word for place in block.places for word in (place.label, place.hint)]
        else:
            found.append(block.body)
    return "\n".join(found)


def places(paper: Paper) -> list[Place]:
    return [place for block in paper.blocks if isinstance(block, Signs) for place in block.places]


@pytest.fixture
def failed(visits, sampled, report):
    report(sampled(visits[0]))
    return Case.objects.select_related("visit__selection__draw", "subject").get()


@pytest.fixture
def objected(province, failed, person):
    firm = person("firm", organisation=failed.subject.code)
    actions.object_result(by=firm, case=failed, kind="test", grounds="样品在运输中受潮。")
    return Case.objects.get()


@pytest.fixture
def ordered(province, failed, person, at):
    firm = person("firm", organisation=failed.subject.code)
    actions.move_case(by=firm, case=failed, event="accept")
    actions.move_case(by=province.officer, case=failed, event="order_correction")
    return Case.objects.get()


def test_a_task_sheet_names_firm_draw_probability_and_both_inspectors(visits):
    visit = visits[0]
    chosen = visit.selection
    row = draws.shares([chosen.draw])[chosen.draw_id, chosen.stratum]

    said = words(build("task-sheet", visit))

    for word in (
        chosen.subject.name,
        chosen.unit_code,
        chosen.draw.serial,
        f"{row.sample}/{row.population}",
        chosen.first_inspector.code,
        chosen.second_inspector.code,
        "抽查任务单",
        "查无下落",
        f"{ORIGIN}/office/visits/{visit.pk}/",
    ):
        assert word in said, word


def test_a_task_sheet_carries_the_address_of_the_receipt_of_its_draw(visits, client):
    entry = draws.entries(visits[0].draw, "draw.revealed").get()

    paper = build("task-sheet", visits[0])

    (code,) = (block for block in paper.blocks if block.kind == "code")
    assert code.payload == f"{ORIGIN}/ledger/{entry.seq}/"
    assert code.payload in code.lines
    assert client.get(code.payload.removeprefix(ORIGIN)).status_code == 200


def test_a_limit_whose_text_was_not_read_is_printed_as_to_be_checked(visits):
    samplers = limits.get("spotcheck.samplers")
    assert not samplers.is_verified

    said = words(build("task-sheet", visits[0]))

    line = next(line for line in said.splitlines() if samplers.instrument_zh in line)
    assert "待核" in line and f"至少{samplers.amount}名" in line


def test_a_sampling_sheet_leaves_room_for_what_is_written_by_hand(visits, sampled):
    sampled(visits[0])

    paper = build("sampling-sheet", visits[0])

    blanks = [
        name for block in paper.blocks if isinstance(block, Facts) for name, value in block.rows if not value
    ]
    assert {"规格型号", "商标", "抽样基数", "备用样品数量"} <= set(blanks)
    assert [place.kind for place in places(paper)] == ["sign", "sign", "seal"]
    assert "演示水壶" in words(paper) and "S-001" in words(paper)


def test_a_seal_label_carries_the_number_in_words_and_in_its_code(visits, sampled):
    sampled(visits[0])

    paper = build("seal-label", visits[0])

    code = next(block for block in paper.blocks if isinstance(block, Code))
    assert code.payload == f"{ORIGIN}/office/visits/{visits[0].pk}/?seal=S-001"
    assert "封条编号：S-001" in code.lines


def test_no_label_for_a_sample_without_a_seal_and_no_sheet_without_a_sample(visits, province):
    with pytest.raises(Conflict):
        build("sampling-sheet", visits[0])
    actions.record_visit(
        by=province.officer, visit=visits[0], outcome="sampled", visited_on=VISITED, product_name="水壶"
    )
    visits[0].refresh_from_db()

    with pytest.raises(RuleRefused):
        build("seal-label", visits[0])


def test_a_notice_states_items_limits_decision_and_the_last_day_with_its_count(failed):
    clock = failed.clocks.get()

    paper = build("notice", failed)

    said = words(paper)
    for word in (
        f"{failed.subject.name}：",
        "0.12 mg/kg",
        "0.10 mg/kg",
        "GB 4806.9-2023",
        "不合格",
        "第15条(4)",
        "已核对条文",
        clock.due_on.isoformat(),
        "S-001",
    ):
        assert word in said, word
    steps = next(
        block for block in paper.blocks if isinstance(block, Grid) and block.caption == "期限推算过程"
    )
    assert [row[2] for row in steps.rows] == [step["because"] for step in clock.proof["zh"]["steps"]]
    assert [place.hint for place in places(paper)] == ["此处加盖公章"]


def test_a_notice_that_was_not_served_names_no_day(visits, sampled, report, person):
    lab = person("lab", organisation=LAB)
    report(sampled(visits[0]), by=lab)

    paper = build("notice", Case.objects.get())

    assert "期限自收到本通知书之日起算" in words(paper)
    assert "期限推算过程" not in words(paper)


def test_a_notice_of_a_conforming_result_is_printed_from_its_visit(visits, sampled, report):
    report(sampled(visits[0]), value="0.05")
    visits[0].refresh_from_db()

    assert "结论：该样品合格。" in words(build("notice", visits[0]))


def test_there_is_no_notice_before_a_verdict(visits):
    with pytest.raises(Conflict):
        build("notice", visits[0])


def test_a_receipt_repeats_the_grounds_and_says_that_it_was_in_time(objected):
    said = words(build("objection-receipt", objected))

    for word in (
        "样品在运输中受潮。",
        "异议在期限内提出",
        objected.clocks.get().due_on.isoformat(),
        "不表示异议是否成立",
    ):
        assert word in said, word


def test_an_order_names_both_limits_of_the_law_and_what_follows(ordered):
    clocks = {clock.rule: clock for clock in ordered.clocks.exclude(rule="spotcheck.objection_law")}

    said = words(build("order-to-correct", ordered))

    assert set(clocks) == {"spotcheck.rectify", "spotcheck.recheck"}
    for word in ("第46条", "第47条", "第48条", *(clock.due_on.isoformat() for clock in clocks.values())):
        assert word in said, word
    assert "待核" in said, "the ladder itself is of secondary confidence"
    assert "责令改正通知书" in said


def test_there_is_no_order_before_it_was_given_and_no_receipt_without_an_objection(failed):
    for kind in ("order-to-correct", "objection-receipt"):
        with pytest.raises(Conflict):
            build(kind, failed)


def test_a_test_report_holds_the_hash_of_each_record(failed):
    result = failed.visit.sample.results.get()

    said = words(build("test-report", failed.visit))

    assert canonical.digest(records.of_result(result).to_dict()) in said
    assert LAB in said and "简单接收" in said


def test_a_corrected_result_stands_on_the_report_and_the_old_one_does_not(province, failed):
    result = failed.visit.sample.results.get()
    actions.correct_result(by=province.officer, result=result, reason="抄写有误", value="0.15")

    said = words(build("test-report", failed.visit))

    assert "0.15 mg/kg" in said and "0.12 mg/kg" not in said


def test_a_test_report_carries_number_version_and_role_of_the_signed_one(visits, sampled, person):
    sampled(visits[0])
    lab = person("lab", "330000", LAB)
    Lab.objects.create(code=LAB, name="演示检验所", region="330000", recorded_at=LATER)
    line = reporting.Line("lead", "GB 4806.9-2023", "<0.01", "mg/kg", "0.10", "upper")
    drafts = actions.save_drafts(by=lab, rows=[reporting.Row("S-001", REPORTED, line, "ZJ-7")]).drafts
    signed = actions.sign_reports(by=lab, drafts=drafts)[0]

    paper = build("test-report", queries.visits(lab).get(pk=visits[0].pk))

    said = words(paper)
    for word in ("ZJ-7", "演示检验所 LAB-01", "<0.01 mg/kg", signed.sha256, "检验机构"):
        assert word in said, word
    assert lab.display_name not in said and "ZJ-7" not in paper.name


@pytest.mark.parametrize("kind", ["task-sheet", "sampling-sheet", "seal-label", "notice", "test-report"])
def test_an_english_paper_holds_no_chinese_but_names_and_titles_of_law(failed, kind):
    visit = failed.visit
    paper = build(kind, visit, "en")
    names = {
        visit.subject.name,
        visit.sample.product_name,
        visit.selection.first_inspector.name,
        visit.selection.second_inspector.name,
        paper.mark,
        *(region.zh for region in regions.path(visit.region)),
        *(step["because"] for clock in failed.clocks.all() for step in clock.proof["en"]["steps"]),
    }
    said = words(paper)
    for name in names:
        said = said.replace(name, "")

    left = {sign for sign in said if "\u4e00" <= sign <= "\u9fff"} - set("、")
    assert not left, "".join(sorted(left))


def test_a_paper_speaks_its_own_language_whatever_the_page_speaks(visits):
    from django.utils import translation

    with translation.override("en"):
        assert build("task-sheet", visits[0]).title == "产品质量监督抽查任务单"


def test_a_paper_is_marked_in_the_demonstration_alone(visits, settings):
    assert "演示数据" in words(build("task-sheet", visits[0]))

    settings.DEMO = False

    assert "演示数据" not in words(build("task-sheet", visits[0]))


def test_no_paper_carries_a_red_head_or_claims_an_issuing_body(failed):
    said = words(build("notice", failed))

    assert "文件" not in said and "监督抽查主管部门" in said


def test_a_ledger_has_a_row_a_visit_with_what_followed(failed, visits):
    rows = list(queries.visits(people.System("test")).select_related("case"))
    with parts.spoken_in("zh"):
        paper = lists.ledger(rows, origin=ORIGIN, dated=date(2025, 3, 20), name="D")

    grid = next(block for block in paper.blocks if isinstance(block, Grid))
    assert len(grid.rows) == len(visits)
    row = next(row for row in grid.rows if failed.subject.name in row)
    assert {"演示水壶", "S-001", "不合格", CASE_STATES[failed.state].label} <= set(row)


def test_an_unknown_paper_or_language_is_refused(visits):
    with pytest.raises(NotFound):
        kinds.get("poem")
    with pytest.raises(NotFound):
        kinds.get("order-to-correct", about="visit")
    with pytest.raises(NotFound):
        build("task-sheet", visits[0], "fr")


def test_the_first_line_of_a_letter_names_the_firm(failed):
    paper = build("notice", failed)

    assert paper.blocks[0] == Line(f"{failed.subject.name}：")
    assert replace(paper, mark="").digest != paper.digest
