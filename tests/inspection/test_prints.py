"""Many papers become one file by a job that can be left, found again, and is done once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.reports import poppler
from zhiheng import ledger
from zhiheng.errors import BadInput, LimitExceeded, Missing, NotAllowed, NotFound
from zhiheng.ledger import evidence
from zhiheng.ledger.models import Entry
from zhiheng.people import clock
from zhiheng.reports import fonts, pdf
from zhiheng.stages.inspection import actions
from zhiheng.stages.inspection.models import PrintJob
from zhiheng.stages.inspection.papers import jobs, panels, printing

ORIGIN = "https://example.invalid"


@pytest.fixture(autouse=True)
def font():
    if not fonts.has_chinese():
        pytest.skip("no font with Chinese is installed")


@pytest.fixture
def ask(province, django_capture_on_commit_callbacks):
    """Ask for a print; its job runs at once, as the worker would run it."""

    def make(by=None, kind="task-sheet", **more):
        with django_capture_on_commit_callbacks(execute=True):
            job = actions.start_print(
                by=by or province.officer, kind=kind, origin="https://x.invalid", **more
            )
        job.refresh_from_db()
        return job

    return make


def test_the_task_sheets_of_a_draw_become_one_file_in_the_order_of_the_draw(visits, revealed, ask):
    job = ask(draw=revealed)

    place = evidence.path(job.file_sha)
    assert (job.state, job.done, job.total, job.skipped) == ("done", len(visits), len(visits), 0)
    assert int(poppler.info(place)["Pages"]) == len(visits)
    said = poppler.text(place)
    assert all(visit.selection.unit_code in said for visit in visits)
    ordered = sorted(visits, key=lambda one: (one.region, one.selection.stratum, one.selection.order))
    found = [said.index(visit.selection.unit_code) for visit in ordered]
    assert found == sorted(found)


def test_asked_for_twice_before_it_is_set_there_is_one_print(province, visits, revealed):
    chosen = [visits[0].pk, visits[3].pk]
    wanted = [{"draw": revealed}, {"visits": chosen}]
    once, again = (
        [actions.start_print(by=province.officer, kind="task-sheet", **one) for one in wanted] for _ in "12"
    )

    assert once == again
    assert Entry.objects.filter(verb="paper.print_asked").count() == PrintJob.objects.count() == len(wanted)


def test_other_rows_or_a_print_that_was_set_make_a_new_one(province, visits, revealed, ask):
    done = ask(draw=revealed)

    made = [ask(draw=revealed), ask(visits=[visits[0].pk]), ask(draw=revealed, kind="ledger", form="xlsx")]

    assert len({done.pk, *(one.pk for one in made)}) == 4


def test_the_chosen_rows_alone_are_set(visits, ask):
    job = ask(visits=[visits[0].pk, visits[3].pk])

    said = poppler.text(evidence.path(job.file_sha))
    assert job.done == 2
    assert visits[0].selection.unit_code in said and visits[1].selection.unit_code not in said


def test_a_print_leaves_two_entries_with_number_and_hash_and_no_name(visits, revealed, ask):
    job = ask(draw=revealed)

    printed, asked = ledger.timeline("print", str(job.pk))
    assert [asked.verb, printed.verb] == ["paper.print_asked", "paper.printed"]
    assert printed.detail["file_sha256"] == job.file_sha
    assert printed.detail["count"] == len(visits)
    assert visits[0].subject.name not in str(asked.detail) + str(printed.detail)


def test_what_is_not_on_record_yet_is_left_out_and_counted(visits, sampled, revealed, ask):
    sampled(visits[0])

    job = ask(kind="seal-label", draw=revealed)

    assert (job.done, job.skipped) == (1, len(visits) - 1)


def test_a_print_in_which_nothing_is_ready_fails_and_says_so(visits, revealed, ask):
    job = ask(kind="seal-label", draw=revealed)

    assert (job.state, job.fault, job.file_sha) == ("failed", "no-paper", "")


def test_equal_records_give_an_equal_file(visits, revealed, ask):
    assert ask(draw=revealed).file_sha == ask(draw=revealed).file_sha


def test_a_ledger_is_set_as_pdf_and_as_workbook(visits, revealed, ask):
    for form in printing.LEDGER_FORMS:
        job = ask(kind="ledger", form=form, draw=revealed)

        assert (job.state, job.done) == ("done", len(visits)), job.fault
    assert evidence.read(job.file_sha).startswith(b"PK")


def test_the_progress_is_shown_while_the_job_runs(visits, revealed, ask, monkeypatch):
    seen = []
    monkeypatch.setattr(printing, "SHOW_EVERY", 3)
    real = pdf.write_many

    def watched(*args, **more):
        for done in real(*args, **more):
            yield done
            seen.append(PrintJob.objects.values_list("state", "done").get())

    monkeypatch.setattr(printing.pdf, "write_many", watched)

    ask(draw=revealed)

    assert seen == [("running", done) for done in (3, 6, 9, 10)]


def test_a_job_that_is_done_or_under_way_is_left_alone(visits, revealed, ask):
    job = ask(draw=revealed)

    assert jobs.set_papers.func(str(job.pk)) == "left"
    assert len(ledger.timeline("print", str(job.pk))) == 2


def test_what_a_kill_left_half_set_is_set_by_the_schedule(visits, revealed, province, at):
    job = actions.start_print(by=province.officer, kind="task-sheet", draw=revealed)
    PrintJob.objects.filter(pk=job.pk).update(state="running", done=3)

    assert jobs.set_waiting() == 0, "it may still be running"
    with clock.at(clock.now() + timedelta(minutes=11)):
        assert jobs.set_waiting() == 1
        assert jobs.set_waiting() == 0

    job.refresh_from_db()
    assert (job.state, job.done) == ("done", len(visits))


def test_what_a_kill_left_on_the_disk_is_swept_after_a_day(db, settings):
    stray = settings.VAR / "prints" / "left"
    stray.mkdir(parents=True)
    (stray / "papers.pdf").write_bytes(b"half")

    assert printing.sweep() == 0
    with clock.at(clock.now() + timedelta(days=2)):
        assert printing.sweep() == 1
    assert not stray.exists()


def test_who_may_not_print_is_refused(visits, revealed, ask, person):
    for stranger in (person("officer", "320000"), person("firm", organisation="X"), person("leader")):
        with pytest.raises(NotAllowed):
            ask(by=stranger, draw=revealed)
    with pytest.raises(NotAllowed):
        ask(by=person("inspector", "320000"), draw=revealed)


def test_an_inspector_prints_his_own_visits_and_no_others(visits, ask, person):
    chosen = visits[0].selection
    inspector = person("inspector", organisation=chosen.first_inspector.code)

    job = ask(by=inspector, visits=[visit.pk for visit in visits])

    own = [
        visit
        for visit in visits
        if chosen.first_inspector in (visit.selection.first_inspector, visit.selection.second_inspector)
    ]
    assert job.done == job.total == len(own) < len(visits)


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"visits": []}, BadInput),
        ({"visits": ["018f0000-0000-7000-8000-00000000dead"]}, BadInput),
        ({"kind": "poem"}, NotFound),
        ({"kind": "order-to-correct"}, NotFound),
        ({"form": "docx"}, NotFound),
        ({"language": "fr"}, NotFound),
    ],
)
def test_a_print_of_nothing_or_of_no_such_paper_is_refused(visits, ask, more, error):
    with pytest.raises(error):
        ask(**{"visits": [visits[0].pk], **more})
    assert not PrintJob.objects.exists()


def test_more_papers_than_a_file_can_hold_are_refused(visits, revealed, ask, monkeypatch):
    monkeypatch.setattr(printing, "MOST", 3)

    with pytest.raises(LimitExceeded):
        ask(draw=revealed)


def test_without_a_font_the_person_is_told_before_waiting(visits, revealed, ask, monkeypatch):
    monkeypatch.setattr(fonts, "installed", lambda: frozenset())

    with pytest.raises(Missing) as refused:
        ask(draw=revealed)

    assert refused.value.code == "no-chinese-font"


def test_a_print_waits_on_the_workbench_until_it_is_fetched(visits, revealed, ask, province):
    job = ask(draw=revealed)
    item = panels.prints(province.officer)[0]
    assert (item.count, item.rows[0].about) == (1, revealed.serial)

    PrintJob.objects.filter(pk=job.pk).update(fetched_at=clock.now())

    assert panels.prints(province.officer)[0].count == 0


def test_the_statements_of_a_print_do_not_grow_with_its_papers(
    visits, revealed, province, django_assert_max_num_queries
):
    job = actions.start_print(by=province.officer, kind="task-sheet", draw=revealed)
    job.refresh_from_db()

    with django_assert_max_num_queries(12):
        printing.write(job)
