"""Whatever a list looks like, each row is stored as meant or its fault is named; nothing is lost."""

from __future__ import annotations

import json
from datetime import date

import pytest

from tests.site import nasty, offices
from zhiheng.formats.spreadsheet import column_letter
from zhiheng.ledger.models import Entry
from zhiheng.site import cli
from zhiheng.stages.registry.models import Certificate, Inspector, Subject
from zhiheng.web.models import KnownList

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def a_real_office(settings, monkeypatch, var):
    monkeypatch.setenv("ZHIHENG_DEMO", "0")
    settings.DEMO = False
    var.mkdir(parents=True, exist_ok=True)


def init(capsys, one: nasty.List, folder, *more: str):
    code = cli.main(
        [
            "init",
            "--region",
            offices.REGION,
            "--import",
            str(one.write(folder)),
            *one.options,
            "--json",
            *more,
        ]
    )
    return code, json.loads(capsys.readouterr().out)


def check(code, said, one: nasty.List) -> None:
    """Compare what became of a list with what must."""
    if one.refused:
        assert (code, said["code"]) == (2, one.refused), said
        return
    found = said["lists"][0]
    places = [(f["row"], column_letter(f["column"])) for f in said["faults"]]
    assert places == [fault[:2] for fault in one.faults], said["faults"]
    for fault, (_row, _letter, word) in zip(said["faults"], one.faults, strict=True):
        assert word in f"{fault['rule']} {fault['value']} {fault['remedy']}"
        assert fault["sheet"] and fault["rule"] and fault["remedy"]
    assert (code, found.get("stored", 0) if not one.faults else 0) == (2 if one.faults else 0, one.stored), (
        said
    )
    assert [text for text in one.unread if text not in found["unread"]] == []
    sentences = " ".join(found["told"])
    assert [word for word in one.told if word not in sentences] == []


@pytest.mark.parametrize("what", nasty.FIRMS)
def test_a_list_of_firms(capsys, tmp_path, what):
    one = nasty.FIRMS[what]

    check(*init(capsys, one, tmp_path), one)

    assert Subject.objects.count() == one.stored
    assert set(Subject.objects.values_list("region", "division", "channel")) <= {("330106", "34", "factory")}


@pytest.mark.parametrize("what", nasty.INSPECTORS)
def test_a_list_of_inspectors(capsys, tmp_path, what):
    one = nasty.INSPECTORS[what]

    check(*init(capsys, one, tmp_path), one)

    assert Inspector.objects.count() == one.stored
    days = set(Certificate.objects.values_list("valid_until", flat=True))
    assert days <= {date(2027, 3, 5)}


def test_the_days_of_a_certificate_are_stored_once_and_renewed(capsys, tmp_path):
    first = nasty.List("人.xlsx", nasty.book([nasty.PEOPLE, nasty.person(1), nasty.person(2, None)]))
    later = nasty.List(
        "人.xlsx", nasty.book([nasty.PEOPLE, nasty.person(1, "2030-03-05"), nasty.person(2, None)])
    )

    init(capsys, first, tmp_path)
    again = init(capsys, first, tmp_path)[1]["lists"][0]
    renewed = init(capsys, later, tmp_path)[1]["lists"][0]

    assert (again["unchanged"], again["updated"]) == (2, 0)
    assert (renewed["unchanged"], renewed["updated"]) == (1, 1)
    kept = Certificate.objects.filter(number="ZF0001").order_by("recorded_at", "id")
    assert [str(one.valid_until) for one in kept] == ["2027-03-05", "2030-03-05"]
    assert Certificate.objects.filter(number="ZF0002").count() == 0
    assert Entry.objects.filter(verb="registry.inspectors_imported").count() == 2


def test_no_fault_of_a_file_is_english_in_a_chinese_list(capsys, monkeypatch, tmp_path):
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    rows = [
        [*nasty.HEAD, "年产值（万元）"],
        [*nasty.firm(1), "12千克"],
        [*nasty.firm(2, B=913301060000000123), "1"],
    ]
    one = nasty.List("名录.xlsx", nasty.book(rows, more=nasty.formula_in_row_3))

    said = init(capsys, one, tmp_path)[1]

    words = [fault[name] for fault in said["faults"] for name in ("rule", "remedy")] + [said["cause"]]
    assert len(words) == 7
    assert all(word.endswith("。") for word in words), words
    shown = "单位“千克”不能换算为“万元”。请以万元为单位填写。"
    assert cli.joined(*words[:2]) == shown


def test_personal_columns_enter_neither_the_register_nor_the_ledger_nor_its_rows(capsys, tmp_path, var):
    init(capsys, nasty.FIRMS["personal columns"], tmp_path)

    kept = [json.dumps(entry.detail, ensure_ascii=False) for entry in Entry.objects.all()]
    kept += [path.read_text("utf-8", "ignore") for path in (var / "evidence").rglob("*") if path.is_file()]
    kept += [
        json.dumps([one.mapping, one.look, one.said], ensure_ascii=False) for one in KnownList.objects.all()
    ]
    assert not any(word in text for text in kept for word in ("某某甲", "13800000000", "330106199001011234"))


@pytest.mark.parametrize("what", ["a wrong check character", "columns that nothing tells", "damaged"])
def test_a_refused_start_keeps_no_evidence(capsys, tmp_path, var, what):
    good = nasty.INSPECTORS["days in many notations"].write(tmp_path)

    code, _said = init(capsys, nasty.FIRMS[what], tmp_path, "--import", str(good))

    assert code == 2
    assert list((var / "evidence").rglob("*")) == []
    assert list((var / "uploads").rglob("*")) == []


def test_missing_columns_of_all_files_are_named_at_once_and_answered_for_all_rows(capsys, tmp_path):
    one = nasty.List("一.xlsx", nasty.book([nasty.HEAD[:3], nasty.firm(1)[:3]]))
    other = nasty.List("二.csv", nasty.csv([nasty.HEAD[:4], nasty.firm(2)[:4]])).write(tmp_path)

    code, said = init(capsys, one, tmp_path, "--import", str(other))

    assert (code, said["code"]) == (2, "column-missing")
    assert [(f["file"], f["rule"].count("Size")) for f in said["faults"]] == [
        ("一.xlsx", 0), ("一.xlsx", 1), ("一.xlsx", 0), ("二.csv", 1)
    ]  # fmt: skip
    settled = ["--every", "division=34", "规模=小型", "channel=生产"]
    code, said = init(capsys, one, tmp_path, "--import", str(other), *settled)
    assert (code, Subject.objects.count()) == (0, 2)
    assert any("小型" in sentence for sentence in said["lists"][0]["told"])
    code, said = init(capsys, one, tmp_path, "--import", str(other))
    assert code == 0, "the answers are remembered with the header"
