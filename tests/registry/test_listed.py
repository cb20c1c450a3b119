"""A firm asks whether it is on a list and takes the proof away; of a salted list it needs its own salt."""

from __future__ import annotations

import json

import pytest
from django.urls import reverse

from zhiheng import ledger
from zhiheng.errors import BadInput, CheckFailed
from zhiheng.ledger.models import Entry
from zhiheng.people import clock
from zhiheng.proof import frame_index
from zhiheng.stages.registry import actions, listed, names
from zhiheng.stages.registry.models import Subject
from zhiheng.verification import frame_proof

from .conftest import code, subject_row

pytestmark = pytest.mark.django_db
MANY = 600


@pytest.fixture
def register(system):
    rows = [subject_row(n, risk_class="ABCD"[n % 4]) for n in range(1, 9)]
    actions.import_subjects(by=system, rows=rows, source="表")


def freeze(by, ids="open"):
    return actions.freeze_frame(
        by=by,
        region="330100",
        as_of=clock.today(),
        purpose="季度抽查",
        ids=ids,
        ids_reason="地方条例要求公布名录" if ids == "open" else "",
    )


@pytest.fixture
def open_frame(system, register):
    return freeze(system)


@pytest.fixture
def salted_frame(system, register):
    return freeze(system, "salted")


def salt_of(frame, n):
    return names.of(frame).salt(code(n)).hex()


def ask_page(client, frame, **said):
    return client.post(reverse("registry:public_frame", args=[frame.pk]), said)


def test_a_listed_firm_gets_its_class_and_a_proof(open_frame):
    answer = listed.ask(open_frame, code(5))

    assert (answer.is_listed, answer.stratum) == (True, "B")
    assert frame_proof.check(answer.proof).ok


def test_an_absent_firm_gets_the_proof_of_its_absence(open_frame):
    answer = listed.ask(open_frame, code(77))

    assert (answer.is_listed, answer.stratum) == (False, "")
    assert frame_proof.check(answer.proof).ok


def test_of_a_salted_list_everybody_hears_yes_or_no_alone(salted_frame):
    found = listed.ask(salted_frame, code(5)), listed.ask(salted_frame, code(77))

    assert [answer.is_listed for answer in found] == [True, False]
    assert [answer.proof for answer in found] == [None, None]
    assert [answer.stratum for answer in found] == ["", ""]


def test_with_its_salt_a_firm_gets_its_class_and_the_proof(salted_frame):
    answer = listed.ask(salted_frame, code(5), salt_of(salted_frame, 5))

    assert (answer.is_listed, answer.stratum) == (True, "B")
    assert frame_proof.check(answer.proof).ok
    told = json.dumps(answer.proof)
    assert code(5) in told and not [n for n in range(1, 9) if n != 5 and code(n) in told]


def test_the_salt_of_another_firm_opens_nothing(salted_frame):
    with pytest.raises(BadInput):
        listed.ask(salted_frame, code(5), salt_of(salted_frame, 6))


def test_a_lost_index_is_made_again(open_frame):
    listed.index_path(open_frame).unlink()

    assert frame_proof.check(listed.ask(open_frame, code(1)).proof).ok
    assert listed.index_path(open_frame).exists()


def test_an_altered_index_is_made_again(open_frame):
    whole = listed.index_path(open_frame).read_bytes()
    listed.index_path(open_frame).write_bytes(whole[:-32] + bytes(32))
    listed.index_path(open_frame).write_bytes(b"torn")

    assert listed.ask(open_frame, code(1)).is_listed
    assert listed.index_path(open_frame).read_bytes() == whole


def test_a_list_goes_by_salted_names_unless_that_is_decided_otherwise(client, system, register):
    frame = actions.freeze_frame(by=system, region="330100", as_of=clock.today(), purpose="季度抽查")

    page = client.get(reverse("registry:public_frame", args=[frame.pk])).content.decode()

    assert frame.is_salted and "以加盐名称列出" in page
    assert code(5) not in ledger.evidence.read(frame.sha256).decode()


def test_a_list_that_was_opened_says_in_public_why(client, open_frame):
    entry = Entry.objects.get(verb="registry.frame_frozen")

    page = client.get(reverse("registry:public_frame", args=[open_frame.pk])).content.decode()

    assert (entry.visibility, entry.detail["ids"]) == ("public", "open")
    assert entry.detail["ids_reason"] == "地方条例要求公布名录"
    assert "地方条例要求公布名录" in page


def test_an_altered_list_gives_no_proof(open_frame):
    place = ledger.evidence.path(open_frame.sha256)
    place.write_bytes(place.read_bytes().replace(b"\tB\t", b"\tA\t"))

    with pytest.raises(CheckFailed):
        listed.ask(open_frame, code(5))


def test_a_proof_reads_a_block_and_not_the_file(system, monkeypatch):
    actions.import_subjects(by=system, rows=[subject_row(n) for n in range(1, MANY)], source="表")
    frame = freeze(system)
    read = []
    plain = frame_index.Prover._block
    monkeypatch.setattr(
        frame_index.Prover, "_block", lambda self, block: read.append(block) or plain(self, block)
    )

    assert frame_proof.check(listed.ask(frame, code(300)).proof).ok
    assert len(set(read)) <= 2


def test_the_page_answers_and_hands_out_the_proof(client, open_frame):
    page = ask_page(client, open_frame, code=f" {code(5).lower()} ")
    assert code(5) in page.content.decode() and "下载证明" in page.content.decode()

    file = ask_page(client, open_frame, code=code(5), do="proof")

    assert file["Content-Disposition"].endswith(f"frame-proof-{code(5)}.json")
    assert frame_proof.check(json.loads(file.content)).ok


def test_the_page_of_a_salted_list_hands_out_no_proof_without_the_salt(client, salted_frame):
    page = ask_page(client, salted_frame, code=code(5), do="proof")
    wrong = ask_page(client, salted_frame, code=code(5), salt="00" * 32, do="proof")
    right = ask_page(client, salted_frame, code=code(5), salt=salt_of(salted_frame, 5), do="proof")

    assert "text/html" in page["Content-Type"] and "text/html" in wrong["Content-Type"]
    assert frame_proof.check(json.loads(right.content)).ok


def test_a_code_that_is_none_is_refused_on_the_form(client, open_frame):
    page = ask_page(client, open_frame, code="123").content.decode()

    assert "error-summary" in page


def test_everybody_sees_the_lists_and_what_changed(client, system, open_frame):
    Subject.objects.filter(code=code(5)).update(is_active=False)
    with clock.at("2026-03-10T09:00:00+08:00"):
        later = freeze(system)

        index = client.get(reverse("registry:public_frames")).content.decode()
        page = client.get(reverse("registry:public_frame", args=[later.pk])).content.decode()
        changes = client.get(reverse("registry:frame_changes", args=[later.pk]))

    assert str(later.pk) in index
    assert "原因不明" in page and later.merkle_root in page
    assert b"".join(changes.streaming_content) == f"removed\t{code(5)}\tunknown\n".encode()


def test_the_first_list_has_no_changes_to_hand_out(client, open_frame):
    assert client.get(reverse("registry:frame_changes", args=[open_frame.pk])).status_code == 404


def test_the_office_hands_a_firm_its_own_file_and_that_is_kept(client, city_officer, salted_frame):
    client.force_login(city_officer)
    url = reverse("registry:frame_unit", args=[salted_frame.pk])

    assert client.get(url).status_code == 200
    file = client.post(url, {"code": code(5)})

    proof = json.loads(file.content)
    assert frame_proof.check(proof).ok and proof["opening"]["salt"] == salt_of(salted_frame, 5)
    entry = Entry.objects.get(verb="registry.unit_opened")
    assert entry.visibility == "internal"
    client.post(url, {"code": code(5)})
    assert Entry.objects.filter(verb="registry.unit_opened").count() == 1
    assert "error-summary" in client.post(url, {"code": code(77)}).content.decode()
