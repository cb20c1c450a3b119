"""A stranger runs the monitor on a copy of the log, with the checkpoints and receipts that somebody kept."""

from __future__ import annotations

import json
from datetime import date

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.verification.public_log import PublicLog
from zhiheng.errors import BadInput, CheckFailed
from zhiheng.ledger.sealing.directory import Log
from zhiheng.proof import canonical, note, receipt
from zhiheng.site import cli
from zhiheng.verification import closing
from zhiheng.verification.monitor import folder, leaks

TODAY = date(2025, 3, 15)
NAME = "demo.zhiheng.invalid/log"
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
KEY = note.public(NAME, PRIVATE)


def said(*, altered=False):
    log = PublicLog()
    log.frame()
    for number in (1, 2, 3):
        log.whole(number, sampled=39 if altered and number == 2 else 38, not_found=2)
    return log


def sealed(path, statements):
    """Write statements as a log of the site would; return it."""
    path.mkdir()
    (path / "vkey").write_text(f"{KEY}\n")
    log = Log.open(path, path.parent / f"{path.name}-state", KEY, lambda text: note.sign(text, NAME, PRIVATE))
    log.append([canonical.dumps(one) for one in statements])
    log.publish()
    return log


def receipt_of(path, log, index, statement):
    proof = receipt.Receipt(index, tuple(log.tree().inclusion(index)), (path / "checkpoint").read_text())
    return {
        "type": folder.RECEIPT_TYPE,
        "vkey": str(KEY),
        "statement": statement,
        "proof": receipt.write(proof),
    }


@pytest.fixture
def honest(tmp_path):
    path = tmp_path / "log"
    statements = list(said())
    log = sealed(path, statements)
    (tmp_path / "kept").write_text((path / "checkpoint").read_text())
    held = receipt_of(path, log, 6, statements[6])
    (tmp_path / "receipt-1.json").write_text(json.dumps(held, ensure_ascii=False))
    return path


def look(path, **more):
    return folder.look(path, today=TODAY, **more)


def test_an_honest_log_with_what_was_kept_gives_nothing_to_ask(honest, tmp_path):
    looked = look(honest, kept=[tmp_path / "kept"], receipts=[tmp_path / "receipt-1.json"])

    assert looked.found == ()
    assert looked.checked.size == 10


def test_a_log_written_anew_with_another_past_is_known_by_a_kept_checkpoint(honest, tmp_path):
    sealed(tmp_path / "forged", said(altered=True))

    looked = look(tmp_path / "forged", kept=[tmp_path / "kept"])

    assert [one.rule for one in looked.found] == ["log-altered"]


def test_a_log_that_became_shorter_is_known_by_a_kept_checkpoint(honest, tmp_path):
    sealed(tmp_path / "short", list(said())[:7])

    looked = look(tmp_path / "short", kept=[tmp_path / "kept"])

    assert [one.rule for one in looked.found] == ["log-altered"]


def test_an_entry_that_was_taken_out_is_known_by_the_receipt_that_a_firm_holds(honest, tmp_path):
    sealed(tmp_path / "forged", said(altered=True))

    looked = look(tmp_path / "forged", receipts=[tmp_path / "receipt-1.json"])

    assert [(one.rule, one.facts["index"]) for one in looked.found] == [("receipt-missing", 6)]


def test_two_views_of_one_log_are_known_when_their_readers_meet(tmp_path):
    one = sealed(tmp_path / "one", said())
    two = sealed(tmp_path / "two", said(altered=True))

    looked = look(tmp_path / "one", kept=[tmp_path / "two" / "checkpoint"])

    assert one.size == two.size
    assert [one.rule for one in looked.found] == ["log-altered"]


def test_a_receipt_that_proves_nothing_is_refused_and_not_counted_against_the_log(honest, tmp_path):
    held = json.loads((tmp_path / "receipt-1.json").read_text())
    held["statement"]["region"] = "110000"
    (tmp_path / "false.json").write_text(json.dumps(held))
    (tmp_path / "other.json").write_text("{}")

    with pytest.raises(CheckFailed):
        look(honest, receipts=[tmp_path / "false.json"])
    with pytest.raises(BadInput):
        look(honest, receipts=[tmp_path / "other.json"])


def test_a_log_whose_files_do_not_hold_is_refused(honest):
    place = honest / "tile" / "entries" / "000.p" / "10"
    data = bytearray(place.read_bytes())
    data[40] ^= 1
    place.write_bytes(data)

    with pytest.raises(CheckFailed):
        look(honest)


def test_an_entry_that_is_no_statement_is_named(tmp_path):
    log = sealed(tmp_path / "log", [])
    log.append([b"no statement", canonical.dumps(["x"])])
    log.publish()

    assert [one.rule for one in look(tmp_path / "log").found] == ["entry-unreadable"] * 2


def closed(serial, days):
    executions = [
        {"entry": {}, "salt": "0", "deed": {"draw": serial, "unit": f"u{place}", "on": day}}
        for place, day in enumerate(days)
    ]
    return closing.record(serial=serial, data="demonstration", results=[], executions=executions)


def figure(serial, verdicts):
    rows = [{"draw": serial, "unit": f"u{place}", "verdict": one} for place, one in enumerate(verdicts)]
    return {"body": {"rows": rows}}


def test_firms_that_were_warned_after_the_first_day_show():
    days = ["2025-03-10"] * 20 + ["2025-03-11"] * 30
    verdicts = ["fail"] * 10 + ["pass"] * 40

    (odd,) = leaks.watch([closed("d", days)], [figure("d", verdicts)])

    assert odd.rule == "slow-first-day"
    assert (odd.facts["first"], odd.facts["first_n"]) == (10, 20)
    assert (odd.facts["later"], odd.facts["later_n"]) == (30, 30)


def test_days_that_are_alike_do_not_show():
    days = ["2025-03-10"] * 20 + ["2025-03-11"] * 30
    verdicts = (["fail"] + ["pass"] * 4) * 10

    assert list(leaks.watch([closed("d", days)], [figure("d", verdicts)])) == []


def test_the_exact_test_is_that_of_r():
    # fisher.test(matrix(c(10, 10, 30, 0), 2), alternative = "less")$p.value, R 4.2
    assert float(leaks.at_most(10, 20, 40, 50)) == pytest.approx(1.798588365e-05, rel=1e-6)


def test_the_command_names_what_it_found_in_the_language_asked_for(honest, tmp_path, capsys):
    sealed(tmp_path / "forged", said(altered=True))
    asked = [
        "log",
        "monitor",
        str(tmp_path / "forged"),
        "--since",
        str(tmp_path / "kept"),
        "--on",
        "2025-03-15",
    ]

    assert cli.main([*asked, "--lang", "en"]) == 1
    assert "log altered" in capsys.readouterr().out
    assert cli.main([*asked, "--lang", "zh"]) == 1
    assert "日志被改动" in capsys.readouterr().out
    assert cli.main([*asked, "--json"]) == 1
    assert json.loads(capsys.readouterr().out)["findings"][0]["rule"] == "log-altered"
    assert cli.main(["log", "monitor", str(honest), "--on", "2025-03-15"]) == 0
