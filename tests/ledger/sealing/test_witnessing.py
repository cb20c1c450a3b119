"""Two offices: one seals, the other witnesses through its real endpoint, and signs no second history."""

from __future__ import annotations

import urllib.parse

import pytest

from zhiheng.ledger.sealing import keys, places, sequencer, status, witnessing
from zhiheng.proof import checkpoint, note, policy, providers, witness
from zhiheng.verification import log as verification

pytestmark = pytest.mark.django_db
NAME = "witness.test.invalid"
URL = "https://other.test.invalid/witness"


@pytest.fixture
def offices(settings, tmp_path, client, publish):
    """The policies of both sides; the post between them goes through the real pages of the site."""
    settings.WITNESS_NAME = NAME
    publish(3)
    sequencer.seal_now()
    log, seen = places.key().public, providers.key(witnessing.signer())
    settings.LOG_POLICY = str(tmp_path / "policy")
    settings.WITNESS = str(tmp_path / "witnessed")
    witnesses = policy.Policy((), (policy.Witness("west", seen, URL),), (), "west")
    (tmp_path / "policy").write_bytes(policy.write(witnesses))
    (tmp_path / "witnessed").write_bytes(policy.write(policy.Policy((policy.Log(log),), (), (), "none")))
    posted = []

    def post(url, body):
        posted.append(body)
        answer = client.post(urllib.parse.urlparse(url).path, body, content_type="text/plain")
        return answer.status_code, answer.content.decode()

    post.posted = posted
    return post


def signed():
    return note.read((places.public() / "checkpoint").read_bytes())


def test_a_witness_signs_below_the_checkpoint(offices):
    assert witnessing.ask_all(offices) == {"west": "signed"}

    said = policy.read(open_policy()).check(signed())
    assert set(said.times) == {"west"}
    assert verification.check(places.public()).report.ok
    assert status.of_all()["logs"][0]["cosigned_by"] == [NAME]


def open_policy():
    from pathlib import Path

    from django.conf import settings

    return Path(settings.LOG_POLICY).read_bytes()


def test_a_later_checkpoint_is_sent_with_the_proof_from_the_earlier_one(offices, publish):
    witnessing.ask_all(offices)
    publish(300)
    sequencer.seal_now()
    assert signed().by(providers.key(witnessing.signer())) is None

    assert witnessing.ask_all(offices) == {"west": "signed"}

    assert offices.posted[-1].startswith(b"old 3\n")
    assert checkpoint.read(signed().text).size == 303
    assert signed().by(providers.key(witnessing.signer())) is not None


def test_a_size_that_the_log_has_forgotten_is_learnt_from_the_answer_409(offices, publish, var):
    import shutil

    witnessing.ask_all(offices)
    shutil.rmtree(var / "log-state" / "witnesses")
    publish(4)
    sequencer.seal_now()

    assert witnessing.ask_all(offices) == {"west": "signed"}
    assert [body.partition(b"\n")[0] for body in offices.posted] == [b"old 0", b"old 0", b"old 3"]


def test_a_second_history_gets_422_and_no_signature(offices, client):
    witnessing.ask_all(offices)
    key = places.key()
    text = str(checkpoint.Checkpoint(key.name, 5, b"\x07" * 32))
    forged = note.write(text, [key.sign(text)])

    answer = client.post(
        "/witness/add-checkpoint",
        str(witness.Request(3, (b"\x01" * 32,), forged)),
        content_type="text/plain",
    )

    assert answer.status_code == 422
    assert witnessing.Files(witnessing.folder()).latest(key.name).size == 3


def test_a_stale_size_gets_409_and_the_size_that_is_known(offices, client):
    witnessing.ask_all(offices)

    answer = client.post(
        "/witness/add-checkpoint", str(witness.Request(1, (), str(signed()))), content_type="text/plain"
    )

    assert (answer.status_code, answer["Content-Type"]) == (409, "text/x.tlog.size")
    assert answer.content == b"3\n"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda text: text.replace("unnamed.", "other."), 404),
        (lambda text: text[:-8] + "AAAAAA=\n", 403),
        (lambda text: "nothing", 400),
        (lambda text: text + "x" * witnessing.MOST_BYTES, 413),
    ],
)
def test_what_is_not_a_checkpoint_of_a_known_log_is_refused(offices, client, change, expected):
    body = change(str(witness.Request(0, (), str(signed()))))

    assert client.post("/witness/add-checkpoint", body, content_type="text/plain").status_code == expected


def test_what_was_seen_is_on_disk_before_anything_is_signed(offices, client, monkeypatch):
    monkeypatch.setattr(providers, "signature", die)

    with pytest.raises(KeyboardInterrupt):
        client.post(
            "/witness/add-checkpoint", str(witness.Request(0, (), str(signed()))), content_type="text/plain"
        )

    assert witnessing.Files(witnessing.folder()).latest(places.key().name).size == 3


def die(*_args, **_fields):
    raise KeyboardInterrupt


def test_everybody_sees_the_last_checkpoint_that_was_cosigned(offices, client):
    witnessing.ask_all(offices)
    place = witness.monitor_path(places.key().name)

    assert client.get(f"/witness/{place}").content.decode() == str(signed())
    assert client.get(f"/witness/{'0' * 64}/checkpoint").status_code == 404


def test_a_witness_that_cannot_be_reached_holds_nothing_up(offices):
    def nobody(_url, _body):
        raise OSError

    assert witnessing.ask_all(nobody) == {"west": "OSError"}
    assert verification.check(places.public()).report.ok


def test_a_witness_that_knows_more_than_the_log_is_a_warning(offices):
    assert witnessing.ask_all(lambda _url, _body: (409, "999\n")) == {
        "west": "The witness west has seen 999 entries, and this log has 3."
    }


def test_a_site_that_is_no_witness_answers_404(client, settings):
    settings.WITNESS = ""

    assert client.post("/witness/add-checkpoint", "x", content_type="text/plain").status_code == 404


def test_the_key_of_a_witness_is_another_one(offices):
    assert providers.key(witnessing.signer()).public != places.key().public.public
    assert isinstance(keys.read(places.key_place(1)).private, type(places.key().private))
