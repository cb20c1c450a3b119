"""A paper that was issued is kept by its hashes, leaves an entry, and can be set again byte for byte."""

from __future__ import annotations

import hashlib

import pytest

from tests.reports import poppler
from zhiheng import ledger
from zhiheng.errors import Conflict, NotAllowed, NotFound
from zhiheng.ledger import evidence
from zhiheng.reports import fonts, page
from zhiheng.stages.inspection import actions, queries
from zhiheng.stages.inspection.models import Case, IssuedPaper
from zhiheng.stages.inspection.papers import issued

ORIGIN = "https://example.invalid"


@pytest.fixture
def case(visits, sampled, report):
    report(sampled(visits[0]))
    return Case.objects.select_related("subject").get()


def issue(by, case, kind="notice", **more):
    return actions.issue_paper(by=by, case=case, kind=kind, origin=ORIGIN, **more)


def test_an_issued_notice_is_kept_with_its_words_and_its_file(province, case, tmp_path):
    row = issue(province.officer, case)

    file = evidence.read(row.file_sha)
    assert hashlib.sha256(evidence.read(row.data_sha)).hexdigest() == row.data_sha
    assert issued.read(row).digest == row.data_sha
    assert (row.template, row.language, row.dated) == ("paper-1", "zh", case.served_on)
    assert row.number.endswith("-T")
    if row.form == "pdf":
        place = tmp_path / "notice.pdf"
        place.write_bytes(file)
        said = poppler.text(place)
        assert case.subject.name in said and "检验结果通知书" in said and row.data_sha in said


def test_setting_an_issued_paper_again_gives_the_same_bytes(province, case):
    row = issue(province.officer, case)

    again = issued.set_again(row)

    assert again.is_same and again.is_same_engine
    assert again.sha256 == row.file_sha


def test_a_later_correction_of_the_records_does_not_change_what_was_issued(province, case):
    row = issue(province.officer, case)
    result = case.visit.sample.results.get()
    actions.correct_result(by=province.officer, result=result, reason="抄写有误", value="0.15")

    assert issued.set_again(row).is_same
    newer = issue(province.officer, case)
    assert newer.pk != row.pk and newer.number == row.number
    assert newer.data_sha != row.data_sha


def test_another_engine_is_told_apart_from_altered_words(province, case, monkeypatch):
    row = issue(province.officer, case)
    monkeypatch.setattr(issued.printing, "BACK_ENDS", {**issued.printing.BACK_ENDS, row.form: page})
    monkeypatch.setattr(issued, "engine", lambda form: "another")

    again = issued.set_again(row)

    assert not again.is_same and not again.is_same_engine


def test_the_entry_holds_hashes_and_nothing_of_the_firm(province, case):
    row = issue(province.officer, case)

    entry = ledger.timeline("paper", str(row.pk))[0]
    assert entry.verb == "paper.issued"
    assert (entry.detail["data_sha256"], entry.detail["file_sha256"]) == (row.data_sha, row.file_sha)
    said = str(entry.detail)
    assert case.subject.name not in said and case.subject.code not in said
    assert entry in ledger.timeline("case", str(case.pk))


def test_the_same_words_are_issued_once(province, case):
    first = issue(province.officer, case)
    before = ledger.timeline("case", str(case.pk)).count()

    assert issue(province.officer, case) == first
    assert ledger.timeline("case", str(case.pk)).count() == before
    assert IssuedPaper.objects.count() == 1


def test_an_english_notice_stands_beside_the_chinese_one(province, case):
    chinese, english = issue(province.officer, case), issue(province.officer, case, language="en")

    assert {row.language for row in IssuedPaper.objects.all()} == {"zh", "en"}
    assert issued.read(english).title == "Notice of the result of a spot check"
    assert chinese.data_sha != english.data_sha


def test_only_who_handles_cases_of_the_region_issues(case, person):
    for stranger in (
        person("officer", "320000"),
        person("leader"),
        person("inspector"),
        person("firm", organisation=case.subject.code),
    ):
        with pytest.raises(NotAllowed):
            issue(stranger, case)
    assert not IssuedPaper.objects.exists()


def test_what_is_no_paper_of_a_case_is_not_issued(province, case):
    for kind in ("poem", "task-sheet", "test-report"):
        with pytest.raises(NotFound):
            issue(province.officer, case, kind)
    with pytest.raises(Conflict):
        issue(province.officer, case, "order-to-correct")


def test_an_issued_paper_is_never_changed_or_removed(province, case):
    row = issue(province.officer, case)

    with pytest.raises(TypeError):
        row.save()
    with pytest.raises(TypeError):
        row.delete()


def test_a_firm_sees_its_own_papers_and_no_others(province, case, person):
    row = issue(province.officer, case)
    own = person("firm", organisation=case.subject.code)
    other = person("firm", organisation=next(one.code for one in province.subjects if one != case.subject))

    assert list(queries.papers(own)) == [row]
    assert not queries.papers(other).exists()
    assert not queries.papers(person("officer", "320000")).exists()


def test_without_a_font_a_paper_is_issued_as_a_word_file(province, case, monkeypatch):
    monkeypatch.setattr(fonts, "installed", lambda: frozenset())

    row = issue(province.officer, case)

    assert row.form == "docx"
    assert row.engine.startswith("python-docx")
    assert evidence.read(row.file_sha).startswith(b"PK")
    assert issued.set_again(row).is_same
