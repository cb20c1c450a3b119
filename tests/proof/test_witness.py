"""A witness: every answer of the protocol, no fork ever signed, and nothing signed before it is kept."""

from __future__ import annotations

import base64
import hashlib
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.proof import keys
from zhiheng.errors import BadInput, CheckFailed
from zhiheng.proof import checkpoint, note, providers, witness

WITNESS = keys.WITNESSES[0]
TRUSTED = {keys.ORIGIN: [providers.key(keys.LOG)], keys.TWIN.name: [providers.key(keys.TWIN)]}

# c2sp.org/tlog-witness
LINES = (
    "Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=",
    "opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=",
)
SPECIFIED = f"""old 20852014
PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=
5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=
/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=

example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa {LINES[0]}
— example.com/behind-the-sofa {LINES[1]}
"""


class Memory:
    """Keeps states in one lock, and what it was asked in order."""

    def __init__(self):
        self.held, self.lock, self.said = {}, threading.Lock(), []

    def latest(self, origin):
        return self.held.get(origin, witness.Latest())

    def replace(self, origin, old, new):
        with self.lock:
            self.said.append((origin, new.size))
            if self.latest(origin) != old:
                return False
            self.held[origin] = new
            return True


def asked(tree, old, size=None, signer=keys.LOG):
    """Return the request of a log that goes on from ``old`` to ``size``."""
    size = len(tree) if size is None else size
    proof = tuple(tree.consistency(old, size)) if 0 < old <= size else ()
    return witness.Request(old, proof, keys.stated(tree, signer, size))


def answered(request, memory, at=1_000):
    return witness.answered(str(request), keys=TRUSTED, memory=memory, signers=[WITNESS], at=at)


def knowing(tree, size):
    """Return a memory in which the witness has cosigned the first ``size`` entries."""
    memory = Memory()
    assert answered(asked(tree, 0, size), memory).status == 200
    return memory


def test_the_request_of_the_specification_is_read_and_written_byte_for_byte():
    found = witness.read(SPECIFIED)

    assert (found.old_size, len(found.proof)) == (20852014, 4)
    assert str(found) == SPECIFIED
    assert witness.read(SPECIFIED.encode()) == found


def test_a_growing_log_is_cosigned_at_every_step_and_the_log_keeps_the_lines():
    tree, memory = keys.grown(40), Memory()
    before = 0
    for at, size in enumerate([0, 1, 2, 7, 8, 8, 33, 40], start=1):
        request = asked(tree, before, size)
        answer = answered(request, memory, at)

        assert (answer.status, memory.held[keys.ORIGIN].size) == (200, size)
        whole = witness.cosigned(request.checkpoint, answer.body, [providers.key(WITNESS)])
        assert note.read(whole).by(providers.key(WITNESS)).time == at
        assert answer.checkpoint == whole
        assert checkpoint.opened(whole, providers.key(keys.LOG))[0].size == size
        before = size


def test_a_stale_size_is_told_the_size_that_is_known():
    tree = keys.grown(9)
    memory = knowing(tree, 5)

    for old in (0, 4, 7):
        answer = answered(asked(tree, old), memory)
        assert (answer.status, answer.body, answer.content_type) == (409, "5\n", "text/x.tlog.size")
        assert witness.known_size(answer.body) == 5
    assert memory.held[keys.ORIGIN].size == 5


def test_a_fork_is_not_signed_at_any_size():
    tree, other = keys.grown(12), keys.grown(12, fork=3)
    memory = knowing(tree, 5)
    fork = asked(other, 5, 12)
    same = asked(other, 5, 5)
    short = witness.Request(5, fork.proof[:-1], asked(tree, 5, 12).checkpoint)
    borrowed = witness.Request(5, asked(tree, 5, 12).proof, fork.checkpoint)

    for request in (fork, same, short, borrowed):
        assert answered(request, memory).status == 422
    assert memory.held[keys.ORIGIN] == witness.Latest(5, tree.root(5))


def test_an_empty_tree_has_the_root_of_the_empty_tree_and_needs_no_proof():
    tree = keys.grown(2)
    text = str(checkpoint.Checkpoint(keys.ORIGIN, 0, bytes(32)))
    wrong = note.write(text, [providers.signature(text, keys.LOG)])

    assert answered(witness.Request(0, (), wrong), Memory()).status == 422
    assert answered(witness.Request(0, (bytes(32),), keys.stated(tree)), Memory()).status == 422
    assert answered(asked(tree, 0, 0), Memory()).status == 200


def test_an_unknown_log_an_unknown_key_and_a_wrong_signature_have_answers_of_their_own():
    tree = keys.grown(2)
    stranger = providers.Ed25519("stranger.example", keys.private(5))
    thief = providers.Ed25519(keys.ORIGIN, keys.private(5))
    signed = note.read(keys.stated(tree))
    spoiled = note.Note(signed.text, (note.Signature(keys.ORIGIN, signed.signatures[0].hash, bytes(64)),))

    assert answered(asked(tree, 0, signer=stranger), Memory()).status == 404
    assert answered(asked(tree, 0, signer=thief), Memory()).status == 403
    assert answered(witness.Request(0, (), str(spoiled)), Memory()).status == 403


def test_lines_of_strangers_are_left_out_of_what_monitors_are_shown():
    tree = keys.grown(2)
    signed = keys.cosigned(keys.stated(tree), [(keys.WITNESSES[4], 3)])
    answer = answered(witness.Request(0, (), signed), Memory())

    names = [line.name for line in note.read(answer.checkpoint).signatures]
    assert names == [keys.ORIGIN, WITNESS.name]
    assert (
        witness.monitor_path(keys.ORIGIN) == f"{hashlib.sha256(keys.ORIGIN.encode()).hexdigest()}/checkpoint"
    )


def test_an_old_size_beyond_the_checkpoint_is_malformed():
    tree = keys.grown(9)

    assert answered(asked(tree, 7, 5), knowing(tree, 7)).status == 400


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("old 20852014", "old 020852014"),
        ("old 20852014", "old -1"),
        ("old 20852014", "old 9223372036854775808"),
        ("old 20852014", "size 20852014"),
        ("old 20852014\n", ""),
        ("kaw=\n", "kaw=\r\n"),
        ("kaw=\n", "kax=\n"),
        ("PlRN", "Pl"),
        (
            "PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n",
            (base64.b64encode(bytes(32)).decode() + "\n") * 61,
        ),
        ("\n\nexample", "\nexample"),
        ("20852163", "x"),
        ("\n\n— ", "\n— "),
        (SPECIFIED, ""),
    ],
)
def test_what_is_no_request_is_malformed(old, new):
    assert old in SPECIFIED
    data = SPECIFIED.replace(old, new, 1)

    answer = witness.answered(data, keys=TRUSTED, memory=Memory(), signers=[WITNESS], at=1)
    assert answer.status == 400


def test_bytes_that_are_no_text_are_malformed():
    assert witness.answered(b"\xff", keys=TRUSTED, memory=Memory(), signers=[WITNESS], at=1).status == 400


def test_nothing_is_signed_before_it_is_kept():
    tree, memory = keys.grown(4), Memory()
    order = memory.said

    class Watched(providers.Ed25519):
        def sign(self, message):
            order.append("signed")
            return super().sign(message)

    watched = Watched(WITNESS.name, WITNESS.private, note.COSIGNATURE)
    witness.answered(str(asked(tree, 0)), keys=TRUSTED, memory=memory, signers=[watched], at=1)
    assert order == [(keys.ORIGIN, 4), "signed"]


def test_one_of_two_requests_at_once_is_told_the_new_size():
    tree = keys.grown(9)

    class Raced(Memory):
        def replace(self, origin, old, new):
            self.held[origin] = witness.Latest(9, tree.root())
            return super().replace(origin, old, new)

    answer = answered(asked(tree, 0, 4), Raced())
    assert (answer.status, answer.body) == (409, "9\n")


def test_a_memory_that_fails_lets_nothing_out():
    class Full(Memory):
        def replace(self, origin, old, new):
            raise OSError("no space left")

    with pytest.raises(OSError, match="no space"):
        answered(asked(keys.grown(4), 0), Full())


def test_the_twin_under_sm3_is_witnessed_by_its_own_tree():
    tree, memory = keys.grown(9, "sm3"), Memory()
    steps = [
        answered(asked(tree, old, size, keys.TWIN), memory).status for old, size in [(0, 0), (0, 4), (4, 9)]
    ]

    assert steps == [200, 200, 200]
    assert answered(asked(keys.grown(9), 9, 9, keys.TWIN), memory).status == 422


def test_the_log_takes_lines_of_witnesses_that_it_knows_and_no_other():
    tree = keys.grown(3)
    signed = keys.stated(tree)
    body = str(providers.signature(note.read(signed).text, WITNESS, at=9))
    once = witness.cosigned(signed, body, [providers.key(WITNESS)])
    later = str(providers.signature(note.read(signed).text, WITNESS, at=10))
    wrong = str(note.Signature(WITNESS.name, providers.key(WITNESS).hash, bytes(72)))

    assert witness.cosigned(once, body, [providers.key(WITNESS)]) == once
    again = note.read(witness.cosigned(once, later, [providers.key(WITNESS)]))
    assert [line.name for line in again.signatures] == [keys.ORIGIN, WITNESS.name]
    assert again.by(providers.key(WITNESS)).time == 10
    for other in (wrong, body.replace("witness0", "witness9")):
        with pytest.raises(CheckFailed):
            witness.cosigned(signed, other, [providers.key(WITNESS)])
    for size in ("", "5", "05\n", "-1\n", "9223372036854775808\n", "5\n\n"):
        with pytest.raises(BadInput):
            witness.known_size(size)


@given(st.data())
def test_no_single_bit_of_a_request_can_be_turned(data):
    tree = keys.grown(12)
    memory = knowing(tree, 5)
    whole = bytearray(str(asked(tree, 5, 11)).encode())
    bit = data.draw(st.integers(0, 8 * len(whole) - 1))
    whole[bit // 8] ^= 1 << bit % 8

    answer = witness.answered(bytes(whole), keys=TRUSTED, memory=memory, signers=[WITNESS], at=1)
    assert answer.status in (400, 403, 404, 409, 422)
    assert memory.held[keys.ORIGIN].size == 5
