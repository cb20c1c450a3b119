"""The laboratory's API: one key for one appointment, one shape of every refusal, each hand-in done once."""

from __future__ import annotations

import json
import logging
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client
from jsonschema import Draft202012Validator

from zhiheng.ledger.models import Entry
from zhiheng.people import actions as people
from zhiheng.people import clock, tokens
from zhiheng.people.models import ApiToken, Appointment
from zhiheng.stages.inspection.models import Move, Report, ReportDraft, Result

from .conftest import LAB, LATER

ITEM = {
    "item": "lead",
    "method": "GB 4806.9-2023",
    "value": "0.08",
    "unit": "mg/kg",
    "limit": "0.10",
    "limit_kind": "upper",
}
BASE = "/api/v1/lab"
UNKNOWN = "018f0000-0000-7000-8000-00000000dead"


@pytest.fixture(autouse=True)
def empty_cache():
    cache.clear()


@pytest.fixture
def lab(person):
    return person("lab", "330000", LAB)


@pytest.fixture
def make_key(db):
    def make(who, **more):
        said = {"label": "LIMS", "expires_on": LATER.date() + timedelta(days=90), **more}
        with clock.at(LATER):
            return people.create_token(by=who, appointment=who.appointments.get(), **said)

    return make


class Machine:
    """A client with a key."""

    def __init__(self, secret, client=None):
        self.secret, self.client = secret, client or Client()

    def get(self, path, **query):
        return self.client.get(BASE + path, query, headers={"Authorization": f"Bearer {self.secret}"})

    def post(self, path, body, key=None, **headers):
        return self.client.post(
            BASE + path,
            json.dumps(body),
            "application/json",
            headers={
                "Authorization": f"Bearer {self.secret}",
                "Idempotency-Key": key or str(uuid4()),
                **headers,
            },
        )


@pytest.fixture
def machine(lab, make_key):
    return Machine(make_key(lab)[1])


def hand_in(seal="S-001", *items, **more):
    return {
        "samples": [{"seal_no": seal, "reported_on": "2025-03-17", "items": list(items or [ITEM]), **more}]
    }


def problem(answer, status, code):
    assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json"), (
        answer.content
    )
    body = answer.json()
    assert (body["status"], body["code"], body["type"]) == (status, code, f"urn:zhiheng:problem:{code}")
    assert body["title"] and body["detail"]
    return body


def test_the_whole_way_from_the_waiting_sample_to_a_corrected_report(machine, visits, sampled):
    sampled(visits[0])
    waiting = machine.get("/samples").json()
    assert [(one["seal_no"], one["state"]) for one in waiting["samples"]] == [("S-001", "sealed")]

    received = machine.post("/receipts", {"seal_no": "S-001", "is_seal_intact": True})
    kept = machine.post("/drafts", hand_in("S-001", {**ITEM, "value": "0.5", "uncertainty": "0.45"})).json()
    draft = kept["drafts"][0]
    assert (received.json()["state"], kept["created"]) == ("received", 1)
    assert (draft["verdict"], draft["items"][0]["zone"], Result.objects.count()) == ("fail", "guard", 0)
    assert machine.get(f"/drafts/{draft['id']}").json() == draft

    signed = machine.post("/reports", {"drafts": [draft["id"]]}).json()["reports"][0]
    assert (signed["verdict"], signed["version"], signed["seal_no"]) == ("fail", 1, "S-001")

    begun = machine.post(f"/reports/{signed['id']}/corrections", {"reason": "Decimal point."}).json()
    machine.post("/drafts", hand_in("S-001", {**ITEM, "value": "<0.05"}))
    second = machine.post("/reports", {"drafts": [begun["id"]]}).json()["reports"][0]
    listed = machine.get("/reports").json()

    assert (second["version"], second["verdict"], second["reason"]) == (2, "pass", "Decimal point.")
    assert [(one["version"], one["is_corrected"]) for one in listed["reports"]] == [(2, False), (1, True)]
    record = machine.get(f"/reports/{second['id']}/record").json()
    assert record["replaces"] == signed["id"]


def test_a_repeated_hand_in_gets_the_first_answer_and_another_under_its_key_is_refused(
    machine, visits, sampled
):
    sampled(visits[0])
    first = machine.post("/drafts", hand_in(), key="hand-in-0001")

    again = machine.post("/drafts", hand_in(), key="hand-in-0001")
    other = machine.post("/drafts", hand_in(number="BG-1"), key="hand-in-0001")

    assert first.json() == again.json() and ReportDraft.objects.count() == 1
    problem(other, 409, "idempotency-key-used")
    draft = first.json()["drafts"][0]["id"]
    signed = [machine.post("/reports", {"drafts": [draft]}, key="sign-00001") for _time in range(2)]
    assert signed[0].json() == signed[1].json() and Report.objects.count() == 1


def test_a_refused_hand_in_leaves_its_key_free(machine, visits, sampled):
    problem(machine.post("/drafts", hand_in(), key="hand-in-0001"), 422, "no-such-sample")
    sampled(visits[0])

    assert machine.post("/drafts", hand_in(), key="hand-in-0001").status_code == 200


def test_every_fault_is_named_and_nothing_is_kept(machine, visits, sampled):
    sampled(visits[0])
    body = hand_in("S-001", {**ITEM, "value": "0,08"}, {**ITEM, "item": "zinc", "value": "-1"})
    body["samples"] += hand_in("S-404")["samples"]

    faults = problem(machine.post("/drafts", body), 400, "comma")["faults"]

    assert [(one["seal_no"], one["item"], one["code"]) for one in faults] == [
        ("S-001", "lead", "comma"),
        ("S-001", "zinc", "below-zero"),
        ("S-404", "lead", "no-such-sample"),
    ]
    assert all(one["cause"] and one["remedy"] for one in faults)
    assert not ReportDraft.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"samples": []},
        {"samples": [{"seal_no": "S", "reported_on": "soon", "items": [ITEM]}]},
        hand_in("S-001", {**ITEM, "value": 0.08}),
        hand_in("S-001", {**ITEM, "limit_kind": "both"}),
        hand_in("S-001", {**ITEM, "vlaue": "1"}),
        [],
    ],
)
def test_a_body_of_another_shape_is_refused_by_its_fields(machine, visits, body):
    assert problem(machine.post("/drafts", body), 422, "bad-shape")["faults"]


def test_what_is_no_json_or_has_no_idempotency_key_is_refused(machine, visits, sampled):
    sampled(visits[0])
    headers = {"Authorization": f"Bearer {machine.secret}"}

    broken = machine.client.post(BASE + "/drafts", "{", "application/json", headers=headers)
    bare = machine.client.post(BASE + "/drafts", json.dumps(hand_in()), "application/json", headers=headers)

    assert broken.status_code == 400 and broken["Content-Type"] == "application/problem+json"
    problem(bare, 400, "no-idempotency-key")


@pytest.mark.parametrize("secret", ["", "x", "zh1_" + "a" * 43, "zh1_" + "a" * 500])
def test_without_a_good_key_nothing_opens(later, db, secret):
    answer = Machine(secret).get("/samples")

    problem(answer, 401, "no-key")
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_key_ends_when_revoked_expired_or_with_its_appointment(later, lab, make_key, at):
    token, secret = make_key(lab)
    with at("2025-06-18T09:00:00+08:00"):
        assert Machine(secret).get("/samples").status_code == 200
    with at("2025-06-19T09:00:00+08:00"):
        problem(Machine(secret).get("/samples"), 401, "no-key")

    Appointment.objects.filter(pk=token.appointment_id).update(valid_to=LATER.date())
    problem(Machine(secret).get("/samples"), 401, "no-key")
    Appointment.objects.filter(pk=token.appointment_id).update(valid_to=None)

    people.revoke_token(by=lab, token=token)
    people.revoke_token(by=lab, token=token)
    problem(Machine(secret).get("/samples"), 401, "no-key")
    assert Entry.objects.filter(verb="people.token_revoked").count() == 1


def test_a_key_reaches_no_further_than_its_one_appointment(lab, make_key, visits, sampled, person):
    _token, secret = make_key(lab)
    Appointment.objects.create(
        person=lab, role="lab", region="330000", organisation="LAB-02", valid_from=date(2020, 1, 1)
    )
    sampled(visits[0], seal="S-002", lab="LAB-02")
    other = person("lab", "330000", "LAB-02")
    row = Machine(make_key(other)[1]).post("/drafts", hand_in("S-002")).json()["drafts"][0]
    machine = Machine(secret)

    assert machine.get("/samples").json()["total"] == 0
    problem(machine.post("/drafts", hand_in("S-002")), 422, "other-lab")
    problem(machine.get(f"/drafts/{row['id']}"), 404, "not-found")
    problem(machine.post("/reports", {"drafts": [row["id"]]}), 404, "not-found")


def test_a_firm_has_a_key_that_does_not_open_the_laboratory(person, make_key, visits):
    firm = person("firm", "330000", "X1330106000000001")

    problem(Machine(make_key(firm)[1]).get("/samples"), 403, "not-allowed")


def test_a_sample_with_a_broken_seal_is_not_taken_in_by_the_api(machine, visits, sampled):
    sampled(visits[0])

    problem(machine.post("/receipts", {"seal_no": "S-001", "is_seal_intact": False}), 422, "seal-broken")
    problem(machine.post("/receipts", {"seal_no": "S-001"}), 422, "bad-shape")
    assert machine.get("/samples").json()["samples"][0]["received_on"] is None


REFUSED = {"seal_no": "S-001", "ground": "damaged", "reason": "渗漏", "is_seal_intact": True}


def test_a_sample_is_refused_with_its_ground_and_the_custody_tells_it(machine, visits, sampled):
    sample = sampled(visits[0])

    said = machine.post("/refusals", REFUSED).json()
    again = machine.post("/refusals", {**REFUSED, "reason": "again"}).json()

    assert (said["state"], said["ground"], said["reason"], said["is_new"]) == (
        "returned",
        "damaged",
        "渗漏",
        True,
    )
    assert again == {**said, "is_new": False}
    step = Move.objects.get(sample=sample, kind="refused")
    assert (step.giver, step.taker, step.ground, step.reason) == (
        LAB,
        f"office {visits[0].region}",
        "damaged",
        "渗漏",
    )
    assert Entry.objects.get(verb="sample.refused").detail["ground"] == "damaged"
    problem(machine.post("/drafts", hand_in()), 409, "sample-returned")


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"ground": "seal"}, 400, "ground-not-the-seal"),
        ({"ground": "damaged", "is_seal_intact": False}, 400, "ground-not-the-seal"),
        ({"ground": "other", "reason": " "}, 400, "no-reason"),
        ({"ground": "bored"}, 422, "bad-shape"),
        ({"temperature": "cold"}, 400, "bad-shape"),
        ({"seal_no": "S-404"}, 422, "no-such-sample"),
        ({"seal_no": "S-002"}, 422, "other-lab"),
    ],
)
def test_a_refusal_that_cannot_be_is_told_and_nothing_is_done(
    machine, visits, sampled, changes, status, code
):
    sampled(visits[0])
    sampled(visits[1], seal="S-002", lab="LAB-02")

    problem(machine.post("/refusals", {**REFUSED, **changes}), status, code)

    assert not Move.objects.filter(kind="refused").exists()


def test_a_receipt_is_told_once_and_one_of_another_laboratory_by_its_rule(machine, visits, sampled):
    sampled(visits[0])
    sampled(visits[1], seal="S-002", lab="LAB-02")
    body = {"seal_no": "Ｓ－００１ ", "is_seal_intact": True}

    first, again = machine.post("/receipts", body).json(), machine.post("/receipts", body).json()

    assert (first["seal_no"], first["is_new"], again["is_new"]) == ("S-001", True, False)
    assert Move.objects.filter(kind="received").count() == 1
    problem(machine.post("/receipts", {**body, "seal_no": "S-002"}), 422, "other-lab")
    problem(machine.post("/receipts", {**body, "seal_no": "S-404"}), 422, "no-such-sample")
    problem(machine.post("/refusals", {**REFUSED}), 409, "step-not-now")


def test_a_result_is_corrected_and_signed_in_one_hand_in(machine, visits, sampled):
    sampled(visits[0])
    problem(machine.post("/corrections", correction(value="0.5")), 409, "no-report")
    zinc = {**ITEM, "item": "zinc"}
    draft = machine.post("/drafts", hand_in("S-001", {**ITEM, "value": "0.5"}, zinc)).json()["drafts"][0]
    machine.post("/reports", {"drafts": [draft["id"]]})

    same = machine.post("/corrections", correction(value="0.5")).json()
    other = machine.post("/drafts", hand_in("S-001", {**ITEM, "value": "0.05"}))
    made = machine.post("/corrections", correction(value="0.05")).json()
    again = machine.post("/corrections", correction(value="0.05")).json()

    assert (same["is_new"], same["report"]["version"]) == (False, 1)
    assert problem(other, 409, "sample-reported")["remedy"]
    assert (made["is_new"], made["report"]["version"], made["report"]["verdict"]) == (True, 2, "pass")
    assert again == {"report": made["report"], "is_new": False}
    assert Result.objects.filter(item="zinc").count() == 1 and Result.objects.count() == 3
    assert ReportDraft.objects.count() == 0 and Report.objects.count() == 2


def correction(seal="S-001", **changes):
    items = [{**ITEM, **changes}]
    return {"seal_no": seal, "reported_on": "2025-03-18", "items": items, "reason": "小数点错位"}


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({**correction(value="0.05"), "reason": " "}, 400, "no-reason"),
        ({**correction(value="0.05"), "reason": ""}, 422, "bad-shape"),
        (correction(value="0,05"), 400, "comma"),
        (correction(item="tin"), 400, "other-item"),
        (correction("S-002", value="0.05"), 422, "other-lab"),
        (correction("S-404", value="0.05"), 422, "no-such-sample"),
        ({**correction(value="0.05"), "reported_on": "2026-03-18"}, 400, "report-day"),
    ],
)
def test_a_correction_that_cannot_be_leaves_the_report_as_it_was(
    machine, visits, sampled, body, status, code
):
    sampled(visits[0])
    sampled(visits[1], seal="S-002", lab="LAB-02")
    draft = machine.post("/drafts", hand_in()).json()["drafts"][0]
    machine.post("/reports", {"drafts": [draft["id"]]})

    problem(machine.post("/corrections", body), status, code)

    assert Report.objects.count() == 1 and not ReportDraft.objects.exists()


def test_a_late_result_is_told_and_taken(machine, visits, sampled, at):
    food = next(visit for visit in visits if visit.division == "13")
    sampled(food)
    machine.post("/receipts", {"seal_no": "S-001", "is_seal_intact": True})

    with at("2025-06-10T09:00:00+08:00"):
        draft = machine.post("/drafts", hand_in()).json()["drafts"][0]
        signed = machine.post("/reports", {"drafts": [draft["id"]]})

    assert any("2025-04-18" in words for words in draft["items"][0]["warnings"])
    assert signed.status_code == 200


def test_unknown_things_are_not_found(machine, visits):
    for answer in (
        machine.get(f"/drafts/{UNKNOWN}"),
        machine.get(f"/reports/{UNKNOWN}"),
        machine.post(f"/reports/{UNKNOWN}/corrections", {"reason": "x"}),
    ):
        problem(answer, 404, "not-found")
    assert Client().get("/api/v1/nothing").json()["code"] == "not-found"


def test_too_much_and_too_often_are_refused(machine, visits, settings):
    settings.API_MAX_BYTES = 1000
    problem(machine.post("/drafts", hand_in(number="x" * 1000)), 413, "limit-exceeded")
    settings.API_REQUESTS_A_MINUTE = 3
    answers = [machine.get("/samples") for _time in range(4)]

    assert [one.status_code for one in answers[:2]] == [200, 200]
    problem(answers[-1], 429, "too-often")
    assert answers[-1]["Retry-After"] == "60"


def test_the_key_is_kept_as_its_digest_and_is_neither_logged_nor_in_the_ledger(
    lab, make_key, visits, caplog, settings
):
    with caplog.at_level(logging.DEBUG):
        token, secret = make_key(lab)
        Machine(secret).get("/samples")
        Machine(secret + "x").get("/samples")

    assert ApiToken.objects.get().digest == tokens.digest(secret)
    said = json.dumps([[one.detail, one.verb] for one in Entry.objects.all()])
    assert "people.token_created" in said and str(token.pk) in said
    for text in (said, caplog.text):
        assert secret not in text and token.digest not in text


def test_a_key_is_made_for_an_own_appointment_for_at_most_a_year_and_seldom(later, lab, make_key, person):
    officer = person("officer", "330000")
    for who, more in (
        (officer, {}),
        (lab, {"expires_on": date(2025, 3, 19)}),
        (lab, {"expires_on": date(2026, 4, 1)}),
        (lab, {"label": " "}),
    ):
        with pytest.raises(Exception) as refused:
            make_key(who, **more)
        assert refused.value.remedy
    for _number in range(10):
        make_key(lab)
    with pytest.raises(Exception, match="10"):
        make_key(lab)


def test_every_operation_declares_every_refusal_in_one_shape(db):
    schema = Client().get("/api/v1/openapi.json").json()

    operations = [one for path in schema["paths"].values() for one in path.values()]
    assert len(operations) == 13
    for operation in operations:
        assert operation["security"]
        for status in ("401", "403", "404", "409", "422"):
            shape = operation["responses"][status]["content"]["application/problem+json"]["schema"]
            assert shape == {"$ref": "#/components/schemas/ProblemOut"}
    assert "://" not in json.dumps(schema)


def test_what_the_api_answers_keeps_to_its_description(machine, visits, sampled):
    sampled(visits[0])
    schema = Client().get("/api/v1/openapi.json").json()
    kept = machine.post("/drafts", hand_in())
    signed = machine.post("/reports", {"drafts": [kept.json()["drafts"][0]["id"]]})
    sampled(visits[1], seal="S-002")
    seen = {
        "ReceiptOut": machine.post("/receipts", {"seal_no": "S-002", "is_seal_intact": True}),
        "CorrectedOut": machine.post("/corrections", correction(value="0.05")),
        "SamplesOut": machine.get("/samples"),
        "KeptOut": kept,
        "SignedOut": signed,
        "ReportsOut": machine.get("/reports"),
        "ProblemOut": machine.get(f"/reports/{UNKNOWN}"),
    }

    sampled(visits[2], seal="S-003")
    seen["RefusedOut"] = machine.post("/refusals", {**REFUSED, "seal_no": "S-003"})

    for name, answer in seen.items():
        assert answer.status_code == (404 if name == "ProblemOut" else 200), answer.content
        shape = {"$ref": f"#/components/schemas/{name}", "components": schema["components"]}
        assert [one.message for one in Draft202012Validator(shape).iter_errors(answer.json())] == [], name


def test_refusals_are_said_in_english_when_asked(machine, visits):
    headers = {"Authorization": f"Bearer {machine.secret}", "Accept-Language": "en"}

    english = machine.client.get(f"{BASE}/drafts/{UNKNOWN}", headers=headers).json()["detail"]
    chinese = machine.get(f"/drafts/{UNKNOWN}").json()["detail"]

    assert english.isascii() and not chinese.isascii()


def test_the_pages_make_show_once_and_revoke_a_key(client, lab, later):
    client.force_login(lab)
    form = {"appointment": lab.appointments.get().pk, "label": "LIMS", "expires_on": "2025-09-01"}

    made = client.post("/office/account/keys/", form).content.decode()
    secret = made.split('id="api-key">')[1].split("<")[0]

    assert Machine(secret).get("/samples").status_code == 200
    assert secret not in client.get("/office/account/keys/").content.decode()
    client.post(f"/office/account/keys/{ApiToken.objects.get().pk}/revoke/")
    assert Machine(secret).get("/samples").status_code == 401
