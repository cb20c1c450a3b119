"""The firm's own page and the field pages through the client: who sees what, and with how many questions."""

from __future__ import annotations

import logging
import re
from collections import Counter
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from zhiheng.people import clock
from zhiheng.stages.inspection import actions, door, queries
from zhiheng.stages.inspection.models import AccessCode, Case, Sent, Visit, VisitFile

from .conftest import LAB, LATER

PDF = b"%PDF-1.4\n%%EOF\n"
JPEG = b"\xff\xd8\xff\xe0" + b"0" * 400


def text(response, status=200) -> str:
    assert response.status_code == status, response.status_code
    return response.content.decode()


def token(page: str) -> str:
    return re.search(r'name="zh-token" value="([^"]+)"', page)[1]


@pytest.fixture
def failed(visits, sampled, report):
    report(sampled(visits[0]))
    visits[0].refresh_from_db()
    return visits[0]


@pytest.fixture
def issued(failed, province):
    return actions.issue_code(by=province.officer, visit=failed)


@pytest.fixture
def firm(client, issued):
    """A browser in which the firm has opened its page."""
    client.cookies["language"] = "en"
    sent = {"organisation": issued.access.subject.code, "code": issued.code}
    assert client.post(reverse("inspection:my"), sent).url == reverse("inspection:my_page")
    return client


def test_the_code_is_shown_once_and_never_again(client, failed, province):
    client.force_login(province.officer)
    address = reverse("inspection:access", args=[failed.pk])
    mark = token(text(client.get(address)))

    first = client.post(address, {"zh-token": mark})
    second = client.post(address, {"zh-token": mark})

    code = re.search(r'class="access-code">([0-9A-Z-]{19})<', text(first))[1]
    assert "no-store" in first["Cache-Control"]
    assert code not in text(second)
    assert AccessCode.objects.count() == 1, "pressing twice issues one code"
    assert code not in text(client.get(address))


def test_no_page_offers_a_code_before_the_visit(client, visits, province):
    client.force_login(province.officer)

    assert client.get(reverse("inspection:access", args=[visits[0].pk])).status_code == 422
    visit_page = text(client.get(reverse("inspection:visit", args=[visits[0].pk])))
    assert reverse("inspection:access", args=[visits[0].pk]) not in visit_page


def test_the_page_is_no_account_and_opens_no_session(firm, issued):
    cookie = firm.cookies["firm"]

    assert "zhiheng" not in firm.cookies
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/my/", True, "Strict")
    assert int(cookie["max-age"]) == door.MINUTES * 60
    page = firm.get(reverse("inspection:my_page"))
    assert issued.access.subject.name in text(page)
    assert "no-store" in page["Cache-Control"]
    assert firm.get(reverse("inspection:cases")).status_code == 302, "it leads to no page of the office"


def test_the_page_says_what_was_found_the_date_and_what_can_be_done(firm):
    page = text(firm.get(reverse("inspection:my_page")))

    for words in ("0.12 mg/kg", "not above 0.10 mg/kg", "GB 4806.9-2023", LAB, "days left", "I do not agree"):
        assert words in page, words
    assert "held your firm, and it was drawn by lot" in page


def test_a_failing_result_is_not_told_before_its_notice_was_served(
    client, visits, sampled, report, person, province
):
    report(sampled(visits[0]), by=person("lab", "330000", LAB))
    issued = actions.issue_code(by=province.officer, visit=Visit.objects.get(pk=visits[0].pk))
    client.cookies["language"] = "en"
    sent = {"organisation": issued.access.subject.code, "code": issued.code}
    client.post(reverse("inspection:my"), sent)

    page = text(client.get(reverse("inspection:my_page")))

    assert Case.objects.get().state == "opened"
    assert "0.12" not in page
    assert "not there yet, or not served" in page


def test_nothing_of_the_page_is_found_without_the_codes_or_after_half_an_hour(client, firm, failed):
    case = Case.objects.get()
    addresses = [reverse("inspection:my_send", args=[case.pk, "object"])]
    with clock.at(LATER + timedelta(minutes=31)):
        assert 'id="id_code"' in text(firm.get(reverse("inspection:my_page")))
        for address in addresses:
            assert 'id="id_code"' in text(firm.get(address), 404)
            assert firm.post(address, {"said": "x"}).status_code == 404
    del firm.cookies["firm"]
    assert 'id="id_code"' in text(firm.get(addresses[0]), 404)
    assert not Sent.objects.exists()


def test_an_unknown_kind_and_the_case_of_another_firm_are_not_found(firm, visits, sampled, report):
    report(sampled(visits[1], seal="S-9"))
    own, other = Case.objects.get(visit=visits[0]), Case.objects.get(visit=visits[1])

    assert firm.get(reverse("inspection:my_send", args=[own.pk, "bribe"])).status_code == 404
    assert firm.get(reverse("inspection:my_send", args=[other.pk, "object"])).status_code == 404


def test_an_objection_leads_to_its_receipt_and_the_office_reads_it(firm, client, province, person):
    case = Case.objects.get()
    address = reverse("inspection:my_send", args=[case.pk, "object"])
    sent = {
        "zh-token": token(text(firm.get(address))),
        "objection_kind": "test",
        "said": "Stored too warm.",
        "files": SimpleUploadedFile("oven.pdf", PDF, "application/pdf"),
    }

    answer = firm.post(address, sent)
    receipt = text(firm.get(answer.url))

    one = Sent.objects.get()
    assert answer.url == reverse("inspection:my_receipt", args=[one.pk])
    assert one.files[0]["sha256"] in receipt
    assert "Stored too warm." in receipt
    again = firm.post(address, {**sent, "files": SimpleUploadedFile("oven.pdf", PDF, "application/pdf")})
    assert again.url == answer.url, "sent twice it is the same receipt"
    client.force_login(province.officer)
    assert "oven.pdf" in text(client.get(reverse("inspection:sent", args=[one.pk])))
    file = client.get(reverse("inspection:sent_file", args=[one.pk, one.files[0]["sha256"]]))
    assert file.content == PDF
    assert file["Content-Disposition"].startswith("attachment")
    assert "sandbox" in file["Content-Security-Policy"]
    assert reverse("inspection:sent", args=[one.pk]) in text(
        client.get(reverse("inspection:case", args=[case.pk]))
    )
    client.force_login(person("officer", "320000"))
    assert client.get(reverse("inspection:sent", args=[one.pk])).status_code == 404


def test_neither_code_nor_firm_stand_in_the_log(client, issued, caplog):
    caplog.set_level(logging.DEBUG)
    for code in ("ABCD-EFGH-2345-6789", issued.code):
        client.post(reverse("inspection:my"), {"organisation": issued.access.subject.code, "code": code})

    written = "\n".join(
        f"{record.getMessage()} {record.__dict__.get('params', '')}" for record in caplog.records
    )
    own = "\n".join(line.getMessage() for line in caplog.records if line.name.startswith("zhiheng"))
    assert "refused" in own and "opened" in own
    assert issued.code not in written
    for word in (issued.access.subject.code, issued.access.subject.name):
        assert word not in own


def test_a_firm_page_asks_the_database_a_bounded_number_of_questions(
    firm, visits, sampled, report, django_assert_max_num_queries
):
    with django_assert_max_num_queries(10):
        firm.get(reverse("inspection:my_page"))


# --- the field ------------------------------------------------------------------------------------


@pytest.fixture
def pair(visits, person):
    chosen = visits[0].selection
    both = (chosen.first_inspector.code, chosen.second_inspector.code)
    return [person("inspector", "330000", code) for code in both]


def test_the_day_of_an_inspector_costs_the_same_for_one_visit_and_for_many(
    client, person, visits, django_assert_max_num_queries
):
    drawn = Counter(visit.selection.first_inspector.code for visit in visits)
    busiest = person("inspector", "330000", drawn.most_common(1)[0][0])
    client.force_login(busiest)
    client.get(reverse("inspection:field"))  # the first look of a day is noted in the ledger

    with django_assert_max_num_queries(11):
        page = text(client.get(reverse("inspection:field")))

    own = queries.own_visits(busiest)
    assert own.count() >= 2
    assert page.count("data-visit=") == own.count()


def test_a_visit_is_recorded_with_its_picture_and_confirmed_by_the_second(client, pair, visits):
    first, second = pair
    client.force_login(first)
    address = reverse("inspection:field_visit", args=[visits[0].pk])
    page = client.get(address)
    assert "geolocation=(self)" in page["Permissions-Policy"]
    sent = {
        "form": "inspection.field",
        "zh-token": token(text(page)),
        "outcome": "sampled",
        "visited_on": "2025-03-10",
        "product_name": "kettle",
        "seal_no": "S-1",
        "lab": LAB,
        "both_present": "on",
        "place": "30.2741,120.1550",
        "taken": "2025-03-10T02:00:00.000Z,not a time",
    }
    pictures = lambda: SimpleUploadedFile("a.jpg", JPEG, "image/jpeg")  # noqa: E731  read anew at each sending

    assert client.post(address, {**sent, "photos": pictures()}).url == address
    assert client.post(address, {**sent, "photos": pictures()}).url == address, (
        "sent again after a lost answer"
    )

    kept = VisitFile.objects.get()
    assert kept.taken_at.isoformat() == "2025-03-10T02:00:00+00:00"
    assert kept.place == "30.27,120.16" or kept.place == "30.27,120.15"
    confirm = reverse("inspection:field_confirm", args=[visits[0].pk])
    assert confirm not in text(client.get(address))
    assert client.post(confirm).status_code == 422
    client.force_login(second)
    assert confirm in text(client.get(address))
    assert client.post(confirm).url == address
    assert confirm not in text(client.get(address))


def test_a_refused_visit_needs_no_laboratory_though_one_was_filled_in(client, pair, visits):
    client.force_login(pair[0])
    address = reverse("inspection:field_visit", args=[visits[0].pk])
    sent = {
        "form": "inspection.field",
        "zh-token": token(text(client.get(address))),
        "outcome": "refused",
        "visited_on": "2025-03-10",
        "lab": LAB,
        "both_present": "on",
    }

    assert client.post(address, sent).url == address
    visits[0].refresh_from_db()
    assert visits[0].state == "refused"


def test_a_time_still_to_come_is_not_believed(client, pair, visits):
    client.force_login(pair[0])
    address = reverse("inspection:field_visit", args=[visits[0].pk])
    sent = {
        "form": "inspection.field",
        "zh-token": token(text(client.get(address))),
        "outcome": "closed",
        "visited_on": "2025-03-10",
        "both_present": "on",
        "taken": "2031-01-01T00:00:00Z",
        "photos": SimpleUploadedFile("a.jpg", JPEG, "image/jpeg"),
    }

    client.post(address, sent)

    assert VisitFile.objects.get().taken_at is None


def test_a_foreign_inspector_finds_no_visit_and_no_picture(client, pair, visits, person, province):
    chosen = visits[0].selection
    own = {chosen.first_inspector.code, chosen.second_inspector.code}
    free = next(one.code for one in province.inspectors if one.code not in own)
    client.force_login(person("inspector", "330000", free))

    for name, more in (("field_visit", []), ("field_confirm", []), ("visit_file", ["0" * 64])):
        address = reverse(f"inspection:{name}", args=[visits[0].pk, *more])
        assert client.post(address).status_code in (404, 405)
