"""The time line of a firm holds its draws, visits, results and cases, one by one or handed in as a list."""

from __future__ import annotations

import pytest
from django.urls import reverse

from zhiheng.stages.inspection import actions
from zhiheng.stages.inspection.models import Case, Visit
from zhiheng.stages.registry import actions as registry
from zhiheng.stages.registry import happened
from zhiheng.stages.registry.models import Subject
from zhiheng.web import timeline

from .conftest import LAB
from .test_bulk import findings, measurement


@pytest.fixture
def failed(visits, sampled, report):
    """A visit whose sample did not conform."""
    report(sampled(visits[0]))
    return Visit.objects.select_related("subject", "draw").get(pk=visits[0].pk)


def page_of(reader, subject, **asked):
    return happened.of_subject(reader, Subject.objects.get(pk=subject.pk), **asked)


def urls(page):
    return [item.url for item in page.items]


def test_draw_visit_result_and_case_stand_in_one_line_each_with_its_page(province, failed):
    page = page_of(province.officer, failed.subject)

    case, draw = Case.objects.get(), failed.draw
    assert reverse("inspection:visit", args=[failed.pk]) in urls(page)
    assert reverse("inspection:case", args=[case.pk]) in urls(page)
    assert reverse("draw:draw", args=[draw.serial]) in urls(page)
    times = [item.at for item in page.items]
    assert times == sorted(times, reverse=True)
    assert page.hidden == 0


@pytest.mark.parametrize(("group", "name"), [("draws", "draw:draw"), ("cases", "inspection:case")])
def test_each_kind_can_be_read_alone(province, failed, group, name):
    page = page_of(province.officer, failed.subject, group=group)

    key = failed.draw.serial if group == "draws" else Case.objects.get().pk
    assert page.items
    assert set(urls(page)) == {reverse(name, args=[key])}


def test_the_line_of_a_merged_firm_stands_on_the_survivor(province, failed):
    gone = failed.subject
    kept = Subject.objects.exclude(pk=gone.pk).order_by("code").first()
    registry.merge_subjects(by=province.officer, gone=gone, kept=kept, reason="same licence")

    found = urls(page_of(province.officer, kept))

    assert reverse("inspection:visit", args=[failed.pk]) in found
    assert reverse("inspection:case", args=[Case.objects.get().pk]) in found
    assert reverse("draw:draw", args=[failed.draw.serial]) in found


def test_rows_of_a_list_are_lines_of_the_firm_that_they_are_about(province, revealed, visits):
    actions.record_visits_bulk(by=province.officer, draw=revealed, rows=findings(visits))
    rows = [measurement(f"B-{number:03d}", "0.05") for number in range(8)]
    actions.record_results_bulk(by=province.officer, draw=revealed, rows=rows)

    visit = visits[2]
    page = page_of(province.officer, visit.subject, group="results")
    every = page_of(province.officer, visit.subject)

    assert urls(page) == [reverse("inspection:visit", args=[visit.pk])]
    assert "0.05" in page.items[0].text
    assert urls(every).count(reverse("inspection:visit", args=[visit.pk])) == 2
    assert reverse("draw:draw", args=[revealed.serial]) in urls(every)


def test_a_row_recorded_by_hand_is_not_told_twice(province, failed):
    page = page_of(province.officer, failed.subject, group="visits")

    titles = [str(item.title) for item in page.items]
    assert len(titles) == len(set(titles))


def test_a_firm_is_neither_warned_of_a_draw_nor_told_of_a_case_before_its_notice(
    person, visits, sampled, report
):
    report(sampled(visits[0]), by=person("lab", "330000", LAB))
    (told, warned) = (visits[number].subject for number in (0, 5))
    opened = str(timeline.labels.get("case.opened")[0])

    pages = [page_of(person("firm", "330000", one.code), one) for one in (told, warned)]
    before = [str(item.title) for item in pages[0].items]
    office = [str(item.title) for item in page_of(person("officer", "330000"), told).items]

    assert not any("/draws/" in url for page in pages for url in urls(page))
    assert not any("/visits/" in url for url in urls(pages[1]))
    assert opened in office and opened not in before
    assert pages[0].hidden == 1


def test_the_record_asks_a_bounded_number_of_statements(
    client, province, failed, django_assert_max_num_queries
):
    client.force_login(province.officer)
    url = reverse("registry:subject_timeline", args=[failed.subject.code])

    with django_assert_max_num_queries(22):
        assert client.get(url).status_code == 200
