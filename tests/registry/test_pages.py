"""The register as an officer sees it: lists, records, forms, refusals, in both languages."""

from __future__ import annotations

import datetime as dt
import hashlib

import pytest
from django.urls import reverse

from zhiheng.ledger.ids import uuid7
from zhiheng.ledger.models import Entry
from zhiheng.stages.registry import actions, slots
from zhiheng.stages.registry.models import Frame, Subject

from .conftest import OTHER, code, inspector_row, person, product_row, subject_row

pytestmark = pytest.mark.django_db


@pytest.fixture
def signed_in(client, officer):
    client.force_login(officer)
    return client


def text(response, status=200):
    assert response.status_code == status, response.content.decode()[:2000]
    return response.content.decode()


def form(**changes):
    return {
        "code": code(1),
        "name": "甬江机械厂",
        "region": "330106",
        "division": "34",
        "channel": "factory",
        "size": "small",
        "output_value": "120.5",
        "risk_class": "B",
        "zh-token": str(uuid7()),
    } | changes


PAGES = ("subjects", "products", "inspectors", "frames", "subject_new", "frame_new")


@pytest.mark.parametrize("name", PAGES)
def test_a_stranger_is_sent_to_sign_in(client, name):
    response = client.get(reverse(f"registry:{name}"))

    assert response.status_code == 302
    assert response["Location"].startswith(reverse("web:sign_in"))


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_opens_in_both_languages(signed_in, officer, name, language):
    officer.language = language
    officer.save()
    signed_in.cookies["language"] = language

    assert "<h1>" in text(signed_in.get(reverse(f"registry:{name}")))


@pytest.mark.parametrize("role", ["lab", "system_admin"])
def test_a_role_without_the_register_is_refused(client, role, db):
    client.force_login(person(role, "330106", organisation="lab-1" if role == "lab" else ""))

    text(client.get(reverse("registry:subjects")), 403)


def test_a_reader_may_not_enter_or_freeze(client, db):
    client.force_login(person("leader", "330106"))

    assert "subjects/new/" not in text(client.get(reverse("registry:subjects")))
    text(client.get(reverse("registry:subject_new")), 403)
    text(client.get(reverse("registry:frame_new")), 403)


def test_the_list_shows_the_own_region_alone_in_a_bounded_number_of_statements(
    signed_in, system, django_assert_max_num_queries
):
    rows = [subject_row(n) for n in range(1, 61)] + [subject_row(99, region=OTHER)]
    actions.import_subjects(by=system, rows=rows, source="表")

    with django_assert_max_num_queries(9):
        page = text(signed_in.get(reverse("registry:subjects")))

    assert code(1) in page
    assert code(99, OTHER) not in page
    assert "<strong>60</strong>" in page


def test_the_list_is_narrowed_by_region_division_class_and_code(signed_in, system):
    rows = [subject_row(1), subject_row(2, division="13", size="large", risk_class="D")]
    actions.import_subjects(by=system, rows=rows, source="表")
    url = reverse("registry:subjects")

    for query in ("division=13", "size=large", "risk_class=D", f"q={code(2)}", "q=甬江机械厂2"):
        page = text(signed_in.get(f"{url}?{query}"))
        assert code(2) in page, query
        assert code(1) not in page, query
    assert code(1) in text(signed_in.get(f"{url}?region=330106&is_active=True&sort=-name"))


def test_the_export_leaves_no_formula_behind(signed_in, system):
    actions.import_subjects(by=system, rows=[subject_row(1, name="=1+1")], source="表")

    sheet = b"".join(signed_in.get(reverse("registry:subjects") + "?format=csv").streaming_content).decode()

    assert code(1) in sheet
    assert ",=1+1" not in sheet


def test_the_record_shows_identity_standing_products_and_what_happened(
    signed_in, officer, subject, django_assert_max_num_queries
):
    actions.import_products(by=officer, rows=[product_row()], source="产品")
    actions.set_standing(by=officer, subject=subject, kind="risk_class", value="D", reason="抽查不合格两次")

    with django_assert_max_num_queries(30):
        page = text(signed_in.get(reverse("registry:subject", args=[subject.code])))

    for words in (
        subject.code,
        "浙江省杭州市西湖区",
        "抽查不合格两次",
        "轴承",
        "6204",
        'class="why"',
        'class="timeline"',
    ):
        assert words in page, words


def test_a_record_of_another_region_is_not_found(client, stranger, subject):
    client.force_login(stranger)

    text(client.get(reverse("registry:subject", args=[subject.code])), 404)
    text(client.get(reverse("registry:subject_edit", args=[subject.code])), 404)


def test_a_firm_sees_its_own_record_alone(client, system, subject):
    actions.register_subject(by=system, row=subject_row(2))
    client.force_login(person("firm", "330106", organisation=subject.code))

    page = text(client.get(reverse("registry:subjects")))

    assert subject.code in page
    assert code(2) not in page
    text(client.get(reverse("registry:subject", args=[code(2)])), 404)


def test_the_form_enters_a_subject_once_even_when_sent_twice(signed_in):
    url, said = reverse("registry:subject_new"), form(region="浙江省杭州市西湖区")

    first, second = signed_in.post(url, said), signed_in.post(url, said)

    assert first["Location"] == second["Location"] == reverse("registry:subject", args=[code(1)])
    assert (Subject.objects.count(), Entry.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"code": code(1)[:17] + "0"}, "id_code"),
        ({"code": "123"}, "id_code"),
        ({"region": "339999"}, "id_region"),
        ({"region": "330000"}, "id_region"),
        ({"division": "99"}, "id_division"),
        ({"output_value": "-1"}, "id_output_value"),
        ({"name": ""}, "id_name"),
    ],
)
def test_the_form_names_the_wrong_field_and_stores_nothing(signed_in, changes, words):
    page = text(signed_in.post(reverse("registry:subject_new"), form(**changes)))

    assert f'href="#{words}"' in page
    assert Subject.objects.count() == 0


def test_a_code_that_stands_already_is_told_at_its_field(signed_in, subject):
    page = text(signed_in.post(reverse("registry:subject_new"), form()))

    assert 'href="#id_code"' in page
    assert Subject.objects.count() == 1


def test_entering_into_another_region_is_refused_with_a_page(signed_in):
    text(signed_in.post(reverse("registry:subject_new"), form(code=code(1, OTHER), region=OTHER)), 403)

    assert Subject.objects.count() == 0


def test_a_correction_is_stored(signed_in, subject):
    url = reverse("registry:subject_edit", args=[subject.code])

    response = signed_in.post(url, form(name="新名", is_active=""))

    subject.refresh_from_db()
    assert response.status_code == 302
    assert (subject.name, subject.is_active) == ("新名", False)


def test_an_inspector_shows_fields_and_conflicts(signed_in, officer, subject):
    conflicts = [subject.code, code(77)]
    actions.import_inspectors(by=officer, rows=[inspector_row(1, conflicts=conflicts)], source="人员")

    page = text(signed_in.get(reverse("registry:inspector", args=["ZJ-0001"])))

    assert subject.name in page
    assert "西湖区市场监督管理局" in page
    assert "ZJ-0001" in text(signed_in.get(reverse("registry:inspectors")))


def test_a_frame_is_frozen_shown_and_downloaded(signed_in, subject):
    said = {"region": "330106", "purpose": "季度抽查", "zh-token": str(uuid7())}

    response = signed_in.post(reverse("registry:frame_new"), said)
    page = text(signed_in.get(response["Location"]))
    file = signed_in.get(response["Location"] + "frame.tsv")

    frame = Frame.objects.get()
    assert frame.sha256 in page
    assert 'class="why"' in page
    assert hashlib.sha256(file.content).hexdigest() == frame.sha256
    assert "季度抽查" in text(signed_in.get(reverse("registry:frames")))


def test_a_frame_outside_the_region_is_refused_and_unseen(signed_in, client, stranger, system, subject):
    frame = actions.freeze_frame(by=system, region="330106", as_of=dt.date(2026, 3, 2), purpose="甲")
    said = {"region": "330000", "purpose": "乙", "zh-token": str(uuid7())}

    text(signed_in.post(reverse("registry:frame_new"), said), 403)
    client.force_login(stranger)
    text(client.get(reverse("registry:frame", args=[frame.pk])), 404)
    text(client.get(reverse("registry:frame_file", args=[frame.pk])), 404)


def test_an_empty_frame_is_told_on_the_form(signed_in):
    said = {"region": "330106", "purpose": "季度抽查", "zh-token": str(uuid7())}

    assert 'class="summary"' in text(signed_in.post(reverse("registry:frame_new"), said))
    assert Frame.objects.count() == 0


def test_lists_never_imported_are_things_to_do(officer, subject):
    assert [item.id for item in slots.todo(officer)] == ["registry-products", "registry-inspectors"]
    assert slots.todo(person("leader", "330106")) == []
