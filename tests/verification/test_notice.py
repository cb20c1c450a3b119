"""The file of a notice is checked offline, and whatever is changed in it is refused."""

from __future__ import annotations

import copy
import json
from datetime import date

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519

from tests.verification.made import Ledger
from tests.verification.test_mutations import altered, at, leaves
from zhiheng.proof import canonical, checkpoint, merkle, note, receipt
from zhiheng.reference import notices
from zhiheng.site import cli
from zhiheng.stages.disclosure.rules import content
from zhiheng.verification import bundles, handed_in
from zhiheng.verification import notice as verification

NUMBER = "330000-2025-N0001"
KEY = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = ed25519.Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
RULE = notices.redaction_rule("public-notice", date(2025, 3, 3))
TEXTS = (
    ("published", "请检查座椅。联系人：张三丰，电话13812345678。", ""),
    ("corrected", "请检查座椅和安全带。联系人：张三丰，电话13812345678。", "漏写安全带"),
    ("withdrawn", "", "型号有误"),
)


def words(text: str):
    table = content.table_section(
        content.both("产品"), [content.both("企业")], [["演示企业1"]] if text else []
    )
    facts = content.facts_section(content.both("数字"), [(content.both("抽查"), content.both("110"))])
    body = [content.text_section(text), facts, table] if text else []
    return content.masked(content.both("提示", "A word"), body, RULE)


def made(acts: int = 3, *, hides: bool = False, key=KEY):
    """Return the file of a notice with one to three versions."""
    ledger, versions, before = Ledger(), [], ""
    for version, (act, text, reason) in enumerate(TEXTS[:acts], 1):
        said = content.compose(
            number=NUMBER,
            version=version,
            act=act,
            kind=notices.kind("other"),
            words=words(text),
            region="330000",
            issued_on="2025-03-03",
            dated=f"2025-03-0{version + 2}",
            about=[("region", "330000")],
            data="demonstration",
            reason=reason,
            replaces=before,
            is_hidden=hides and act == "withdrawn",
        )
        sha256 = canonical.digest(said)
        text = verification.note_text(NUMBER, version, act, sha256)
        versions.append(
            {
                "version": version,
                "act": act,
                "sha256": sha256,
                "note": note.write(text, [note.sign(text, "zhiheng/notices", key)]),
                "vkey": str(note.public("zhiheng/notices", key)),
                "content": said,
                "is_hidden": False,
            }
        )
        ledger.append(
            f"notice.{act}",
            {"number": NUMBER, "version": version, "content_sha256": sha256, "reason": reason},
        )
        before = sha256
    for version in versions[:-1] if hides else ():
        version |= {"content": None, "is_hidden": True}
    return verification.bundle(versions, ledger.entries, None)


def refused(value) -> str:
    return verification.check(value).refusal


@pytest.mark.parametrize("acts", [1, 2, 3])
def test_a_notice_is_believed_at_every_stage_of_its_life(acts):
    report = verification.check(made(acts))

    assert report.ok, report.refusal
    assert [step.name for step in report.steps] == [
        *("shape", "digest", "signature", "history", "ledger", "entries", "log"),
    ]
    assert report.steps[-1].detail == "not checked: not sealed in a log"
    assert (report.subject, report.data, report.about) == (NUMBER, "demonstration", "notice")


def sealed(value, *, key=KEY):
    """Return the file with a receipt of a log for each of its entries."""
    grown, leaves = merkle.Tree(), [canonical.dumps(entry["statement"]) for entry in value["ledger"]]
    for leaf in leaves:
        grown.append(leaf)
    name, size = "zhiheng.example/log", len(leaves)
    text = str(checkpoint.Checkpoint(name, size, grown.root(size)))
    signed = note.write(text, [note.sign(text, name, key)])
    proofs = [receipt.Receipt(index, tuple(grown.inclusion(index, size)), signed) for index in range(size)]
    rows = [
        {"seq": entry["statement"]["seq"], "proof": receipt.write(proof)}
        for entry, proof in zip(value["ledger"], proofs, strict=True)
    ]
    return {**value, "log": {"vkey": str(note.public(name, key)), "receipts": rows}}


def test_a_sealed_notice_says_under_which_key_its_entries_stand_in_the_log():
    report = verification.check(sealed(made()))

    assert report.ok, report.refusal
    assert report.steps[-1].detail.startswith("3 of 3 entries sealed under zhiheng.example/log+")


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        (lambda log, other: log.update(vkey=other["vkey"]), "log: "),
        (lambda log, other: log["receipts"].clear(), "holds no receipt"),
        (lambda log, other: log["receipts"].append(log["receipts"][0]), "given twice"),
        (lambda log, other: log["receipts"][0].update(seq=2), "does not hold this entry"),
        (lambda log, other: log["receipts"][0].update(seq=9), "not open here"),
        (lambda log, other: log["receipts"][0].update(proof="x"), "no receipt of a log"),
    ],
)
def test_a_receipt_that_does_not_hold_refuses_the_notice(change, cause):
    value, other = sealed(made()), sealed(made(), key=OTHER)
    change(value["log"], other["log"])

    assert cause in refused(value)


def test_a_withdrawal_may_hide_the_words_before_it_and_nothing_else_may():
    hidden = made(hides=True)
    assert verification.check(hidden).ok

    forged = made()
    forged["versions"][0] |= {"content": None, "is_hidden": True}

    assert "no withdrawal hides" in refused(forged)


@pytest.mark.parametrize(
    "value", [made(), made(hides=True), sealed(made(2))], ids=["whole", "hidden", "sealed"]
)
def test_every_changed_leaf_is_refused(value):
    passed = []
    for path in leaves(value):
        for other in altered(at(value, path)):
            changed = copy.deepcopy(value)
            at(changed, path[:-1])[path[-1]] = other
            if verification.check(changed).ok:
                passed.append((path, other))

    assert passed == []


def test_every_lacking_field_is_refused():
    value, passed = made(), []
    for path in {leaf[:length] for leaf in leaves(value) for length in range(1, len(leaf) + 1)}:
        changed = copy.deepcopy(value)
        del at(changed, path[:-1])[path[-1]]
        if verification.check(changed).ok:
            passed.append(path)

    assert passed == []


def test_words_under_another_key_show_which_key_that_is():
    report = verification.check(made(key=OTHER))
    mine = str(note.public("zhiheng/notices", KEY))

    assert report.ok
    assert mine not in next(step.detail for step in report.steps if step.name == "signature")


def test_versions_out_of_order_and_a_version_left_out_are_refused():
    swapped, short = made(), made()
    swapped["versions"][0], swapped["versions"][1] = swapped["versions"][1], swapped["versions"][0]
    del short["versions"][1]

    assert "numbered from 1" in refused(swapped)
    assert "numbered from 1" in refused(short)


def test_a_notice_of_another_ledger_is_refused():
    value, other = made(), made(2)
    value["ledger"] = other["ledger"]

    assert "no ledger entry names version 3" in refused(value)


def test_an_entry_of_another_act_is_refused():
    value = made(1)
    ledger = Ledger()
    detail = {"number": NUMBER, "version": 1, "content_sha256": value["versions"][0]["sha256"]}
    ledger.append("notice.withdrawn", detail)
    value["ledger"] = ledger.entries

    assert "another act" in refused(value)


def test_the_command_ends_with_0_and_a_changed_file_with_1(tmp_path, capsys):
    good, bad = tmp_path / f"notice-{NUMBER}.json", tmp_path / "notice-x.json"
    good.write_bytes(canonical.dumps(made()))
    bad.write_bytes(good.read_bytes().replace("演示企业1".encode(), "演示企业2".encode()))

    assert cli.main(["verify", str(good)]) == 0
    assert f"verified: demonstration data, notice {NUMBER}" in capsys.readouterr().out
    assert cli.main(["verify", str(bad), "--json"]) == 1
    printed = capsys.readouterr()
    assert json.loads(printed.out)["kind"] == "notice"
    assert "refused: digest" in printed.err


def test_what_strangers_hand_in_is_told_by_its_type():
    value = made()

    assert value["type"] == bundles.NOTICE_TYPE
    assert handed_in.check(canonical.dumps(value), draws="/nowhere")["ok"]


@pytest.mark.parametrize("junk", [None, 3, [], "x", {}, {"text": 1}])
@pytest.mark.parametrize("name", ["content", "versions", "ledger", "note", "vkey"])
def test_a_field_of_another_kind_is_refused_and_never_a_fault(name, junk):
    assert not verification.check({**made(1), name: junk}).ok
