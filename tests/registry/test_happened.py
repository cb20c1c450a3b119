"""One time line holds everything about a firm, newest first, through merges and splits."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection, transaction
from django.urls import reverse

from zhiheng import ledger
from zhiheng.ledger.actor import Actor
from zhiheng.people import clock
from zhiheng.stages.registry import actions, happened
from zhiheng.stages.registry.models import Product, Subject
from zhiheng.web import timeline

from .conftest import OTHER, person, product_row, subject_row

pytestmark = pytest.mark.django_db
FIRST = dt.date(2026, 1, 5)


@pytest.fixture
def other(system, subject):
    return actions.register_subject(by=system, row=subject_row(2))


def titles(reader, subject, **asked):
    return [str(item.title) for item in happened.of_subject(reader, fresh(subject), **asked).items]


def fresh(subject):
    return Subject.objects.select_related("merged_into").get(pk=subject.pk)


def label(verb):
    return str(timeline.labels.get(verb)[0])


def test_what_belongs_to_a_subject_stands_in_its_time_line(officer, subject):
    actions.import_products(by=officer, rows=[product_row()], source="产品")
    row = {"kind": "factory", "address": "文三路388号", "region": "330106", "valid_from": FIRST}
    site = actions.add_belonging(by=officer, subject=subject, kind="sites", row=row)
    actions.end_belonging(by=officer, kind="sites", thing=site, on=dt.date(2026, 2, 1))
    actions.set_standing(by=officer, subject=subject, kind="risk_class", value="D", reason="两次不合格")
    product = Product.objects.select_related("subject").get()
    actions.add_batch(by=officer, product=product, row={"number": "A1"})

    page = happened.of_subject(officer, fresh(subject))

    assert [str(item.title) for item in page.items] == [
        label(f"registry.{verb}")
        for verb in (
            "batch_added",
            "standing_set",
            "site_ended",
            "site_added",
            "products_imported",
            "subject_registered",
        )
    ]
    assert page.items[0].url == reverse("registry:product", args=[product.pk])
    assert "两次不合格" in page.items[1].text
    assert (page.hidden, page.has_next) == (0, False)


def test_a_subject_from_a_list_says_when_it_entered(officer):
    actions.import_subjects(by=officer, rows=[subject_row(n) for n in range(1, 1_002)], source="表")

    page = happened.of_subject(officer, Subject.objects.order_by("code").first())

    assert len(page.items) == 1
    assert page.items[0].at == Subject.objects.order_by("code").first().recorded_at


def test_what_was_merged_appears_on_the_survivor_and_leaves_with_the_undoing(officer, subject, other):
    actions.set_standing(by=officer, subject=other, kind="risk_class", value="C", reason="一次不合格")
    before = titles(officer, subject)

    actions.merge_subjects(by=officer, gone=other, kept=subject, reason="同一执照")
    page = happened.of_subject(officer, fresh(subject))

    merged, standing = page.items[0], page.items[1]
    assert str(merged.title) == label("registry.subject_merged")
    assert f"{other.code} 并入 {subject.code}" in merged.text
    assert merged.url == reverse("registry:subject", args=[subject.code]) + "#links"
    assert standing.url == reverse("registry:subject", args=[other.code])
    assert other.code in standing.text and "一次不合格" in standing.text
    assert titles(officer, other)[0] == label("registry.subject_merged")
    actions.undo_merge(by=officer, gone=other, reason="误并")
    assert titles(officer, subject)[2:] == before


def test_a_part_shares_what_came_before_the_split_and_nothing_after(officer, subject):
    with clock.at("2026-03-05T09:00:00+08:00"):
        actions.set_standing(by=officer, subject=subject, kind="risk_class", value="C", reason="甲")
    with clock.at("2026-03-06T09:00:00+08:00"):
        row = subject_row(5)
        part = actions.split_subject(by=officer, whole=subject, row=row, reason="分立")
    with clock.at("2026-03-07T09:00:00+08:00"):
        actions.set_standing(by=officer, subject=subject, kind="risk_class", value="D", reason="乙")

    texts = " ".join(item.text for item in happened.of_subject(officer, part).items)

    assert "甲" in texts and "乙" not in texts
    assert "乙" in happened.of_subject(officer, subject).items[0].text


def test_pages_follow_each_other_without_gap_or_repeat(officer, subject):
    for number in range(25):
        actions.update_subject(by=officer, subject=subject, changes={"name": f"厂{number}"})

    pages = [happened.of_subject(officer, subject, number=number, size=10) for number in (1, 2, 3)]

    seen = [item.text for page in pages for item in page.items]
    assert (len(seen), len(set(seen))) == (26, 26)
    assert [page.has_next for page in pages] == [True, True, False]


def test_a_group_narrows_the_time_line(officer, subject):
    actor = Actor("system:test", "system", "330106")
    recorded(actor, "case.opened", subject)
    recorded(actor, "result.reported", subject)

    assert titles(officer, subject, group="cases") == [label("case.opened")]
    assert titles(officer, subject, group="register") == [label("registry.subject_registered")]
    assert len(titles(officer, subject)) == 3


def recorded(actor, verb, subject, **more):
    subjects = [*more.pop("first", ()), ("subject", str(subject.pk))]
    with transaction.atomic():
        return ledger.record(by=actor, verb=verb, subjects=subjects, detail={}, region="330106", **more)


def test_restricted_entries_and_records_out_of_sight_are_not_shown(officer, subject):
    actor = Actor("system:test", "system", "330106")
    recorded(actor, "case.opened", subject, visibility="restricted")
    recorded(actor, "case.closed", subject, first=[("case", "018f0000-0000-7000-8000-00000000dead")])

    page = happened.of_subject(officer, subject)

    assert [str(item.title) for item in page.items] == [label("registry.subject_registered")]
    assert page.hidden == 1


def test_the_entries_are_read_from_the_index_of_subjects(officer, subject):
    """With 10^7 entries a time line still touches only those that name its subjects."""
    part = timeline.Entries("subject", [str(subject.pk), "x"])

    for group in ("", "cases"):
        plan = happened.asked(part, group)[:31].explain()
        if connection.vendor == "sqlite":  # it gives the index of a constraint a name of its own
            assert "(kind=? AND key=?)" in plan, plan
            assert "SCAN ledger_entry" not in plan, plan
            assert "SCAN ledger_entrysubject" not in plan, plan
        else:
            assert "ledger_subject_timeline" in plan, plan


def test_the_page_turns_narrows_and_asks_a_bounded_number_of_statements(
    client, officer, subject, other, django_assert_max_num_queries
):
    for number in range(40):
        actions.update_subject(by=officer, subject=subject, changes={"name": f"厂{number}"})
    actions.merge_subjects(by=officer, gone=other, kept=subject, reason="同一执照")
    client.force_login(officer)
    url = reverse("registry:subject_timeline", args=[subject.code])

    with django_assert_max_num_queries(16):
        first = client.get(url).content.decode()
    second = client.get(url + "?page=2&kind=register").content.decode()

    assert 'rel="next"' in first and 'rel="prev"' not in first
    assert 'rel="prev"' in second and "kind=register&amp;page=1" in second
    for strange in ("?page=0", "?page=x", "?page=999999999", "?kind=nonsense"):
        assert client.get(url + strange).status_code == 200


def test_others_do_not_see_it(client, subject):
    client.force_login(person("officer", OTHER))

    assert client.get(reverse("registry:subject_timeline", args=[subject.code])).status_code == 404
