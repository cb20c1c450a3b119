"""Policies of witnesses: the file of the specification, every refusal, and who makes a quorum."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.proof import keys
from zhiheng.errors import BadInput, CheckFailed
from zhiheng.proof import note, policy, providers, receipt

LOG = providers.key(keys.LOG)
W = [providers.key(one) for one in keys.WITNESSES]

# the example of c2sp.org/tlog-policy with keys, two witnesses of Y
EXAMPLE = f"""
log {LOG}

witness X1 {W[0]}
witness X2 {W[1]} https://witness.example/x2
witness X3 {W[2]}
group X-witnesses 2 X1 X2 X3

\t# the society
witness Y1 {W[3]}
witness Y2  {W[4]}\t
group Y-witnesses any Y1 Y2

group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
"""


def seen(*numbers):
    """Return a checkpoint that these witnesses saw, each at a time of its own."""
    return note.read(
        keys.cosigned(keys.stated(keys.grown(3)), [(keys.WITNESSES[n], 100 + n) for n in numbers])
    )


def test_the_example_of_the_specification_is_read_and_written():
    found = policy.read(EXAMPLE.encode())

    assert [one.key for one in found.logs] == [LOG]
    assert found.witnesses[1] == policy.Witness("X2", W[1], "https://witness.example/x2")
    assert [(one.name, one.least) for one in found.groups] == [
        ("X-witnesses", 2),
        ("Y-witnesses", 1),
        ("X-and-Y", 2),
    ]
    assert policy.read(policy.write(found)) == found


def test_a_quorum_is_met_by_two_of_x_and_one_of_y_and_by_no_fewer():
    found = policy.read(EXAMPLE.encode())
    sets = [set(some) for size in range(6) for some in combinations(range(5), size)]

    for some in sets:
        is_quorum = len(some & {0, 1, 2}) >= 2 and bool(some & {3, 4})
        if is_quorum:
            assert found.check(seen(*some)).log == LOG
        else:
            with pytest.raises(CheckFailed, match="no quorum"):
                found.check(seen(*some))


def test_the_moment_of_a_quorum_is_the_first_by_which_it_was_met():
    found = policy.read(EXAMPLE.encode()).check(seen(0, 1, 2, 4, 3))

    assert found.times == {"X1": 100, "X2": 101, "X3": 102, "Y1": 103, "Y2": 104}
    assert found.at == 103


def test_a_wrong_line_of_a_listed_witness_refuses_the_checkpoint_even_if_the_others_are_enough():
    signed = seen(0, 1, 3)
    wrong = note.Signature(W[2].name, W[2].hash, bytes(72))

    with pytest.raises(CheckFailed, match="does not hold"):
        policy.read(EXAMPLE.encode()).check(note.Note(signed.text, (*signed.signatures, wrong)))


def test_no_witness_is_asked_for_where_the_quorum_is_none_and_any_log_where_none_is_listed():
    free = policy.read(b"quorum none\n")

    assert free.check(seen()) == policy.Seen(free.check(seen()).checkpoint, None, {}, None)
    other = providers.key(providers.Ed25519("other.example", keys.private(7)))
    with pytest.raises(CheckFailed, match="No log of the policy"):
        policy.read(f"log {other}\nquorum none\n".encode()).check(seen())


def test_one_of_several_listed_logs_is_enough_and_a_receipt_asks_the_policy():
    other = providers.key(providers.Ed25519("other.example", keys.private(7)))
    found = policy.read(f"log {other}\nlog {LOG}\nwitness w {W[0]}\nquorum w\n".encode())
    tree = keys.grown(3)
    bare = receipt.Receipt(1, tuple(tree.inclusion(1)), keys.stated(tree))
    full = receipt.Receipt(1, bare.hashes, keys.cosigned(bare.checkpoint, [(keys.WITNESSES[0], 5)]))

    assert receipt.opened(full, b"entry 1", LOG, found.check).size == 3
    with pytest.raises(CheckFailed, match="no quorum"):
        receipt.opened(bare, b"entry 1", LOG, found.check)


def test_names_are_octets_and_a_kelvin_sign_is_no_k():
    text = f"witness K {W[0]}\nwitness \u212a {W[1]}\nquorum \u212a\n".encode()
    latin = f"witness \xe9 {W[0]}\nquorum \xe9\n".encode("latin-1")

    assert [one.name for one in policy.read(text).witnesses] == ["K", "\u212a"]
    assert policy.write(policy.read(latin)) == latin


@pytest.mark.parametrize(
    "text",
    [
        "",
        "quorum none",
        "quorum none\nquorum none\n",
        "quorum nobody\n",
        "quorum none\r\n",
        "quorum none\x7f\n",
        "quorum\xa0none\n",
        "quorum none none\n",
        "quorum none\nlog\n",
        "quorum none\nlog x+00000000+AAAA\n",
        "quorum none\nlog {w0}\n",
        "quorum none\nlog {log}\nlog {log}\n",
        "quorum none\nlog {log} a b\n",
        "quorum none\nwitness a {log}\n",
        "quorum none\nwitness none {w0}\n",
        "quorum none\nwitness a {w0}\nwitness b {w0}\n",
        "quorum none\nwitness a {w0}\nwitness a {w1}\n",
        "quorum a\nwitness a {w0}\n",
        "witness a {w0}\ngroup g any\nquorum g\n",
        "witness a {w0}\ngroup g 0 a\nquorum g\n",
        "witness a {w0}\ngroup g 2 a\nquorum g\n",
        "witness a {w0}\ngroup g 01 a\nquorum g\n",
        "witness a {w0}\ngroup g some a\nquorum g\n",
        "witness a {w0}\ngroup g any a none\nquorum g\n",
        "witness a {w0}\ngroup g 1 a a\nquorum g\n",
        "witness a {w0}\ngroup a any a\nquorum a\n",
        "witness a {w0}\ngroup none any a\nquorum none\n",
        "witness a {w0}\ngroup g any g a\nquorum g\n",
        "group g any a\nwitness a {w0}\nquorum g\n",
        "witness a {w0}\ngroup g any a\ngroup h any a\nquorum g\n",
        "says nothing\nquorum none\n",
    ],
)
def test_what_is_no_policy_is_refused(text):
    data = text.format(log=LOG, w0=W[0], w1=W[1]).encode()

    with pytest.raises(BadInput, match="no policy of witnesses"):
        policy.read(data)


def test_a_policy_made_with_a_name_of_two_words_is_not_written():
    made = policy.Policy((), (policy.Witness("two words", W[0]),), (), "two words")

    with pytest.raises(BadInput):
        policy.write(made)


@given(st.binary(max_size=80), st.data())
def test_a_torn_or_overwritten_policy_is_read_whole_or_refused(noise, data):
    whole = EXAMPLE.encode()
    start = data.draw(st.integers(0, len(whole)))
    changed = whole[:start] + noise + whole[data.draw(st.integers(start, len(whole))) :]

    try:
        found = policy.read(changed)
    except BadInput:
        return
    assert policy.read(policy.write(found)) == found
