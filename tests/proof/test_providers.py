"""Signers behind one protocol: software by Ed25519 and SM2, and modules that sign something else."""

from __future__ import annotations

import dataclasses

import pytest

from tests.proof import keys
from zhiheng.errors import BadInput, CheckFailed, Missing
from zhiheng.proof import checkpoint, note, providers, receipt


@pytest.mark.parametrize(
    "signer", [keys.LOG, keys.WITNESSES[0], keys.TWIN], ids=lambda one: type(one).__name__
)
def test_a_signer_of_each_kind_is_published_reads_back_and_passes_its_check(signer):
    assert isinstance(signer, providers.Signer)
    assert note.key(str(providers.key(signer))) == providers.key(signer)
    assert providers.checked(signer) is signer


def test_the_twin_of_a_log_is_signed_by_sm2_and_its_receipts_are_under_sm3():
    tree = keys.grown(6, "sm3")
    signed = keys.stated(tree, keys.TWIN)
    key = providers.key(keys.TWIN)
    held = receipt.Receipt(2, tuple(tree.inclusion(2)), signed)

    assert checkpoint.opened(signed, key)[0].root == tree.root()
    assert receipt.opened(receipt.read(receipt.write(held)), b"entry 2", key).size == 6
    with pytest.raises(CheckFailed):
        receipt.opened(held, b"entry 3", key)


def test_a_receipt_under_sha256_does_not_open_by_the_key_of_the_twin():
    tree = keys.grown(6)
    held = receipt.Receipt(2, tuple(tree.inclusion(2)), keys.stated(tree, keys.TWIN))

    with pytest.raises(CheckFailed):
        receipt.opened(held, b"entry 2", providers.key(keys.TWIN))


def test_a_key_of_another_mark_or_off_the_curve_is_refused():
    key = providers.key(keys.TWIN)
    for public in (b"another mark" + key.public[-65:], key.public[:-1] + b"\0", key.public + b"\0"):
        with pytest.raises(BadInput, match="kind"):
            note.key(str(dataclasses.replace(key, public=public)))
    with pytest.raises(BadInput, match="kind"):
        note.key(str(dataclasses.replace(key, kind=2)))


def test_a_module_that_signs_with_another_key_is_found_before_it_is_used():
    class Crossed(providers.Ed25519):
        def sign(self, message):
            return keys.private(99).sign(message)

    with pytest.raises(CheckFailed, match="own public key"):
        providers.checked(Crossed("log", keys.private(1)))


def test_a_log_does_not_sign_with_a_time_nor_a_witness_without():
    with pytest.raises(BadInput, match="with the time"):
        providers.signature("text\n", keys.LOG, at=1)
    with pytest.raises(BadInput, match="with the time"):
        providers.signature("text\n", keys.WITNESSES[0])


def test_the_software_provider_gives_signers_and_hashes_by_name():
    held = providers.Software({keys.ORIGIN: keys.LOG})

    assert isinstance(held, providers.Provider)
    assert held.signer(keys.ORIGIN) is keys.LOG
    assert held.digest("sm3", b"abc").hex().startswith("66c7f0f4")
    with pytest.raises(Missing, match="nobody"):
        held.signer("nobody")
    with pytest.raises(BadInput, match="does not know the hash"):
        held.digest("md5", b"")


def test_a_provider_is_found_by_its_name_and_nothing_else_is_taken_for_one():
    found = providers.named("tests.proof.test_providers:PROVIDER")

    assert found is PROVIDER
    for reference in ("tests.proof.nowhere:x", "tests.proof.keys:nothing", "tests.proof.keys", ":x"):
        with pytest.raises(Missing, match="no provider"):
            providers.named(reference)
    with pytest.raises(BadInput, match="is no provider"):
        providers.named("tests.proof.keys:ORIGIN")


def test_a_secret_is_not_shown_with_its_signer():
    assert "secret" not in repr(keys.TWIN)


PROVIDER = providers.Software({})
