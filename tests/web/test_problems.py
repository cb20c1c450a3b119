"""Refusals become pages or problem+json, in one place."""

from __future__ import annotations

import json

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db
KINDS = [("bad", 400), ("missing", 404), ("conflict", 409), ("rule", 422), ("large", 413)]


@pytest.mark.parametrize(("kind", "status"), KINDS)
def test_a_refusal_is_a_page_with_cause_remedy_and_a_way_back(client, kind, status):
    from tests.web.gallery import REFUSALS

    response = client.get(f"/gallery/refusal/{kind}/", headers={"Accept": "text/html"})

    html = response.content.decode()
    assert response.status_code == status
    assert REFUSALS[kind].cause in html
    assert REFUSALS[kind].remedy in html
    assert 'class="button" href="/"' in html


@pytest.mark.parametrize(("kind", "status"), KINDS)
def test_a_refusal_is_problem_json_for_a_program(client, kind, status):
    response = client.get(f"/gallery/refusal/{kind}/", headers={"Accept": "application/json"})

    body = json.loads(response.content)
    assert response["Content-Type"] == "application/problem+json"
    assert response.status_code == body["status"] == status
    assert body["code"] and body["detail"] and body["remedy"]


def test_an_address_that_leads_nowhere_is_a_page(client):
    response = client.get("/nowhere/")

    assert response.status_code == 404
    assert "not-found" in response.content.decode()


@pytest.mark.parametrize(
    "address", ["/log/checkpoint%00", "/?q=%00", "/?%00=q", "/api/v1/%00", "/nowhere/%00"]
)
def test_an_address_with_a_nul_is_refused_before_any_page_sees_it(client, address):
    response = client.get(address, headers={"Accept": "application/json"})

    assert (response.status_code, json.loads(response.content)["code"]) == (400, "bad-input")


def test_a_percent_sign_before_two_noughts_is_no_nul(client):
    assert client.get("/?q=%2500").status_code == 200


def test_a_fault_of_ours_says_nothing_of_the_inside():
    client = Client(raise_request_exception=False)

    for accept in ("text/html", "application/json"):
        response = client.get("/gallery/refusal/fault/", headers={"Accept": accept})
        assert response.status_code == 500
        assert "RuntimeError" not in response.content.decode()
        assert "a fault of ours" not in response.content.decode()


def test_a_form_without_its_mark_is_refused_with_what_to_do(officer):
    client = Client(enforce_csrf_checks=True)

    response = client.post("/sign-in/", {"login": "officer", "password": "x"})

    assert response.status_code == 403
    assert "form-expired" in response.content.decode()


def test_the_way_back_never_leads_off_the_site(client):
    response = client.get("/gallery/refusal/rule/", headers={"Referer": "https://elsewhere.example/x"})
    own = client.get("/gallery/refusal/rule/", headers={"Referer": "http://testserver/gallery/notice/"})

    assert "elsewhere" not in response.content.decode()
    assert 'href="http://testserver/gallery/notice/"' in own.content.decode()


def test_a_cause_cannot_carry_markup(client, monkeypatch):
    from tests.web import gallery
    from zhiheng.errors import BadInput

    monkeypatch.setitem(gallery.REFUSALS, "bad", BadInput("<script>alert(1)</script>", ""))

    assert "<script>alert" not in client.get("/gallery/refusal/bad/").content.decode()


def test_a_refusal_of_the_pure_floors_is_said_in_chinese(client, monkeypatch):
    from tests.web import gallery
    from zhiheng.errors import BadInput

    monkeypatch.setitem(gallery.REFUSALS, "bad", BadInput("Damaged.", "Save it.", code="damaged-workbook"))

    client.cookies["language"] = "en"
    assert "Damaged." in client.get("/gallery/refusal/bad/").content.decode()
