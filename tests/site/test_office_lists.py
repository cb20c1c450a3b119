"""Lists as county offices really keep them: what is read, what is told, what is refused with a way out."""

from __future__ import annotations

import json

import pytest
from openpyxl import Workbook

from tests.site import offices
from zhiheng.ledger.models import Entry
from zhiheng.site import cli
from zhiheng.stages.registry.models import Subject
from zhiheng.web.models import KnownList, Upload

pytestmark = pytest.mark.django_db
HEAD = ["企业名称", "统一社会信用代码", "所在区县", "行业大类", "企业规模", "销售渠道"]
code = offices.real_code


@pytest.fixture(autouse=True)
def a_real_office(settings, monkeypatch, var):
    monkeypatch.setenv("ZHIHENG_DEMO", "0")
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    settings.DEMO = False
    var.mkdir(parents=True, exist_ok=True)


def firms(**changes):
    """Five firms; ``changes`` holds a column by name and its cells."""
    rows = [[f"西湖机械（{n}）有限公司", code(n), "西湖区", "34", "小型", "生产"] for n in range(1, 6)]
    for key, cells in changes.items():
        place = ["name", "code", "region", "division", "size", "channel"].index(key)
        for row, cell in zip(rows, cells, strict=False):
            row[place] = cell
    return rows


@pytest.fixture
def bring(tmp_path, capsys):
    """Write a workbook (or take bytes) and return the exit code and the answer of ``zhiheng init``."""

    def run(rows, *more, change=None, name="名录.xlsx", sheets=()):
        path = tmp_path / name
        if isinstance(rows, bytes):
            path.write_bytes(rows)
        else:
            book = Workbook()
            for row in rows:
                book.active.append(row)
            for title, others in sheets:
                sheet = book.create_sheet(title)
                for row in others:
                    sheet.append(row)
            if change:
                change(book.active)
            book.save(path)
        exit_code = cli.main(["init", "--region", "330106", "--json", "--import", str(path), *more])
        return exit_code, json.loads(capsys.readouterr().out)

    return run


def test_the_own_county_may_be_named_in_every_way_an_office_names_it(bring):
    names = ["西湖区", "西湖", "浙江杭州西湖区古荡街道", "330106003000", "西湖区文三路1号"]

    assert bring([HEAD, *firms(region=names)])[0] == 0

    assert set(Subject.objects.values_list("region", flat=True)) == {"330106"}


def test_a_place_that_is_not_certain_is_refused_in_words_that_help(bring):
    exit_code, said = bring([HEAD, *firms(region=["火星区", "杭州市火星区"])])

    assert (exit_code, [fault["row"] for fault in said["faults"]]) == (2, [2, 3])
    assert "不能确定" in said["faults"][0]["rule"] and "浙江省杭州市西湖区" in said["faults"][0]["remedy"]


def test_titles_of_sections_and_empty_numbers_are_left_out_and_told(bring):
    rows = [["序号", *HEAD], ["一、古荡街道"], *[[n, *row] for n, row in enumerate(firms(), 1)], [6], [7]]

    exit_code, said = bring(rows)

    assert (exit_code, said["lists"][0]["created"]) == (0, 5)
    assert any("第2行“一、古荡街道”" in sentence for sentence in said["lists"][0]["told"])


def test_a_section_title_merged_across_the_table_is_no_firm(bring):
    rows = [HEAD, ["古荡街道"], *firms()]

    exit_code, said = bring(rows, change=lambda sheet: sheet.merge_cells("A2:F2"))

    assert (exit_code, said["lists"][0]["created"]) == (0, 5)


def test_a_firm_of_which_only_the_name_is_known_is_never_left_out_silently(bring):
    exit_code, said = bring([HEAD, *firms(), ["只有名称的企业"]])

    assert exit_code == 2
    assert {fault["row"] for fault in said["faults"]} == {7}


def test_personal_columns_are_named_as_not_kept_and_kept_nowhere(bring):
    head = [*HEAD, "法定代表人", "联系电话"]

    said = bring([head, *[[*row, "钱某某", "13812345678"] for row in firms()]])[1]

    assert any("法定代表人、联系电话" in sentence for sentence in said["lists"][0]["told"])
    kept = [*Subject.objects.values_list(), *Upload.objects.values_list(), *KnownList.objects.values_list()]
    kept += list(Entry.objects.values_list())
    assert "13812345678" not in str(kept) and "钱某某" not in str(kept)


def test_a_formula_without_its_result_says_so(bring):
    exit_code, said = bring([HEAD, *firms(name=['="西湖"&"机械厂"'])])

    assert exit_code == 2
    assert [(fault["row"], "公式" in fault["rule"]) for fault in said["faults"]] == [(2, True)]


def test_codes_as_people_type_them_are_read_and_a_shortened_one_is_refused(bring):
    typed = [
        "9.13301E+17",
        f"{code(2)[:6]} {code(2)[6:]}",
        code(3).lower(),
        "".join(chr(ord(sign) + 0xFEE0) for sign in code(4)),
        f"{code(5)}\u200b",
    ]

    said = bring([HEAD, *firms(code=typed)], "--good-rows")[1]

    assert set(Subject.objects.values_list("code", flat=True)) == {code(n) for n in range(2, 6)}
    assert [fault["row"] for fault in said["faults"]] == [2]
    assert "科学计数" in said["faults"][0]["rule"]


def test_a_web_page_that_bears_the_name_of_a_workbook_is_recognised(bring):
    exit_code, said = bring("<html><meta charset=utf-8><table><tr><td>企业名称".encode(), name="导出.xls")

    assert (exit_code, said["code"]) == (2, "web-page")
    assert "导出.xls" in said["cause"] and "另存为" in said["remedy"]


def test_a_list_that_lacks_columns_says_as_what_it_was_taken_and_what_to_add(bring):
    rows = [["企业名称", "统一社会信用代码", "法定代表人"], *[[*row[:2], "某"] for row in firms()]]

    exit_code, said = bring(rows)

    assert (exit_code, said["code"]) == (2, "column-missing")
    for word in ("检查对象", "行业大类", "企业规模", "销售渠道"):
        assert word in said["cause"], word
    assert "大型、中型或小型" in said["remedy"]


def test_a_word_that_is_not_allowed_is_answered_in_the_words_of_the_office(bring):
    said = bring([HEAD, *firms(size=["规上"], channel=["", "流通领域"])])[1]

    remedies = " ".join(fault["remedy"] for fault in said["faults"])
    assert "大型、中型、小型" in remedies and "生产企业、实体店、电商平台" in remedies


def test_a_second_sheet_with_the_same_header_is_not_passed_over_in_silence(bring):
    said = bring([HEAD, *firms()], sheets=[("转塘", [HEAD, ["转塘厂", code(9), *firms()[0][2:]]])])[1]

    assert any("转塘" in sentence and "--sheet" in sentence for sentence in said["lists"][0]["told"])


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8-sig", "utf-16"])
def test_a_text_list_enters_in_every_encoding_of_offices(bring, encoding):
    text = "\r\n".join(",".join(row) for row in [HEAD, *firms()])

    assert bring(text.encode(encoding), name="名录.csv")[1]["lists"][0]["created"] == 5
