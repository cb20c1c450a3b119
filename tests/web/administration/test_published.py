"""A stranger reads a public entry and checks it; of any other entry nobody learns whether it exists."""

from __future__ import annotations

import hashlib
import json

import pytest
from django.db import transaction

from zhiheng import ledger
from zhiheng.formats.shapes import LedgerEntry
from zhiheng.proof import canonical, chain

pytestmark = pytest.mark.django_db


@pytest.fixture
def entries(actor):
    """Return a public, an internal and a restricted entry."""
    with transaction.atomic():
        return {
            visibility: ledger.record(
                by=actor,
                verb="draw.committed",
                subjects=[("draw", "330000-2026Q1-001")],
                detail={"mark": "承诺"},
                visibility=visibility,
                region="330000",
            )
            for visibility in ("public", "internal", "restricted")
        }


def test_everybody_reads_a_public_entry(client, entries):
    answer = client.get(f"/ledger/{entries['public'].seq}/")

    page = answer.content.decode()
    assert answer.status_code == 200
    assert entries["public"].hash in page
    assert f"/ledger/{entries['public'].seq}/entry.json" in page


def said(answer, seq):
    """Return the words of a page, without the number asked for."""
    return answer.content.decode().split("<main", 1)[1].split("</main>", 1)[0].replace(str(seq), "")


@pytest.mark.parametrize("visibility", ["internal", "restricted"])
def test_an_entry_that_is_not_public_looks_like_none_at_all(client, entries, visibility):
    hidden = entries[visibility].seq

    pages = [client.get(f"/ledger/{seq}/") for seq in (hidden, 999_999)]
    files = [client.get(f"/ledger/{seq}/entry.json") for seq in (hidden, 999_999)]

    assert [answer.status_code for answer in pages + files] == [404] * 4
    assert said(pages[0], hidden) == said(pages[1], 999_999)


def test_even_the_audit_administrator_gets_no_public_page_of_it(three, signed_in, entries):
    assert signed_in(three.audit).get(f"/ledger/{entries['internal'].seq}/").status_code == 404


def test_the_file_is_the_shape_of_an_entry_and_hashes_to_its_hash(client, entries):
    answer = client.get(f"/ledger/{entries['public'].seq}/entry.json")

    said = canonical.loads(answer.content)
    assert answer["Content-Type"] == "application/json"
    assert LedgerEntry.from_dict(said).hash == entries["public"].hash
    chain.check([said])


def test_a_stranger_computes_the_hash_as_the_page_says(client, entries):
    """The page names two steps; here they are done with nothing of this house but the file."""
    said = json.loads(client.get(f"/ledger/{entries['public'].seq}/entry.json").content)

    def sha256(value):
        text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    statement = dict(said["statement"])
    seq, previous = statement.pop("seq"), statement.pop("previous")
    assert sha256({"body": sha256(statement), "previous": previous, "seq": seq}) == said["hash"]


def test_a_number_beyond_all_entries_is_not_found(client):
    assert client.get(f"/ledger/{10**30}/").status_code == 404
    assert client.get("/ledger/0/").status_code == 404


def test_a_public_entry_takes_no_post(client, entries):
    assert client.post(f"/ledger/{entries['public'].seq}/").status_code == 405


def test_the_page_has_a_bounded_number_of_statements(client, entries, django_assert_max_num_queries):
    with django_assert_max_num_queries(4):
        client.get(f"/ledger/{entries['public'].seq}/")
