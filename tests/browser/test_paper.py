"""The page that checks without a server: from disk, with no network, it takes the true and nothing else."""

from __future__ import annotations

import copy
import hashlib
import hmac
import json
import math
import random
from fractions import Fraction
from pathlib import Path
from statistics import NormalDist

import pytest

from tests.verification import (
    made,
    test_joined,
    test_mutations,
    test_notice,
    test_sealed,
    test_special,
    test_terms,
)
from tests.verification.conftest import Stranger
from tests.verification.paper import Paper
from tests.verification.test_figure import random_body, within_division
from tests.verification.test_mutations import altered, at, branches, leaves

STRANGER = Stranger()
DRAW = f"draw-{made.SERIAL}.json"


@pytest.fixture(scope="package")
def paper(chromium):
    page = Paper(chromium)
    yield page
    page.close()


@pytest.fixture(scope="package")
def bundles():
    figures = made.figure_bundles()
    return {"draw": made.draw_bundle(), "headline": figures[""], "division": figures["38"]}


def last(report) -> str:
    return report["steps"][-1]["found"][1]


@pytest.mark.parametrize("kind", ["draw", "headline", "division"])
@pytest.mark.parametrize("is_sealed", [False, True])
def test_a_true_bundle_is_verified_and_the_head_is_that_of_the_ledger(kind, is_sealed, paper, bundles):
    bundle = made.sealed_bundle(bundles[kind]) if is_sealed else bundles[kind]

    report = paper.check("a.json", {"a.json": bundle, DRAW: bundles["draw"]})

    assert report["ok"], last(report)
    assert report["head"] == bundle["ledger"][-1]["hash"]
    states = {step["en"]: step["state"] for step in report["steps"]}
    assert states["The log holds these entries"] == ("holds" if is_sealed else "open")


def test_a_receipt_is_verified_and_the_key_is_compared_with_the_one_that_was_given(paper):
    files = {"receipt.json": made.receipt_file()}

    assert paper.check("receipt.json", files)["ok"]
    assert paper.check("receipt.json", files, str(made.LOG))["ok"]
    assert not paper.check("receipt.json", files, str(test_sealed.OTHER))["ok"]


@pytest.mark.parametrize(
    "bundle",
    [
        made.rich_bundle(used=(("B", 2, 6), ("B", 1, 7), ("A", 4, 5))),
        made.rich_bundle(made.PANEL),
        test_joined.bundle(test_joined.RIGHT),
        *(make() for make in test_special.SPECIAL.values()),
    ],
    ids=["exclusions and reserves", "panel", "joined", *test_special.SPECIAL],
)
def test_every_kind_of_draw_is_repeated(bundle, paper):
    assert paper.check("draw.json", {"draw.json": bundle})["ok"]


def test_a_frame_beside_the_bundle_is_asked_for_and_taken(paper, bundles):
    bundle = {**bundles["draw"], "frame": {"file": "frame-x.tsv"}}

    assert "put the file frame-x.tsv" in last(paper.check("d.json", {"d.json": bundle}))
    assert paper.check("d.json", {"d.json": bundle, "frame-x.tsv": made.frame_bytes().decode()})["ok"]


@pytest.mark.parametrize("acts", [1, 2, 3])
@pytest.mark.parametrize("hides", [False, True])
def test_a_notice_is_verified_with_all_its_versions(acts, hides, paper):
    report = paper.check("notice.json", {"notice.json": test_notice.made(acts, hides=hides and acts == 3)})

    assert report["ok"], last(report)


@pytest.mark.parametrize("kind", ["draw", "headline", "division", "notice"])
def test_every_changed_leaf_is_refused(kind, paper, bundles):
    bundle, mutants = {**bundles, "notice": test_notice.made()}[kind], []
    for number, path in enumerate(path for path in leaves(bundle) if path != ("type",)):
        values = altered(at(bundle, path))
        mutants.append(copy.deepcopy(bundle))
        at(mutants[-1], path[:-1])[path[-1]] = values[number % len(values)]

    assert len(mutants) > 100
    assert [one for one in zip(mutants, refused(paper, mutants), strict=True) if not one[1]] == []


@pytest.mark.parametrize("kind", ["draw", "headline", "division"])
def test_every_dropped_or_added_field_is_refused(kind, paper, bundles):
    bundle, mutants = bundles[kind], []
    for path in branches(bundle):
        branch = at(bundle, path)
        mutants.append(copy.deepcopy(bundle))
        place = at(mutants[-1], path)
        if isinstance(branch, dict):
            place["strange"] = 1
        else:
            place.append("strange")
        first = next(iter(branch if isinstance(branch, dict) else range(len(branch))), None)
        if first is not None and (path, first) != ((), "type"):
            mutants.append(copy.deepcopy(bundle))
            del at(mutants[-1], path)[first]

    assert [one for one in zip(mutants, refused(paper, mutants), strict=True) if not one[1]] == []


def refused(paper, mutants) -> list[bool]:
    """Tell of each value whether the page refuses it with a reason."""
    found = paper.check_each([json.dumps(one) for one in mutants])
    return [not ok and state == "fails" and bool(reason) for ok, state, reason in found]


@pytest.mark.parametrize(("division", "change"), test_mutations.FORGERIES)
def test_a_figure_forged_and_sealed_anew_is_refused_where_the_draw_lies_beside(division, change, paper):
    ledger = made.Ledger()
    certificate = made.made_draw(ledger)
    drawn = test_mutations.draw.bundle(
        certificate, entries=ledger.entries[:3], frame_lines=made.frame_bytes()
    )
    bundle = test_mutations.reissued(certificate, ledger, change, division)

    assert paper.check("figure.json", {"figure.json": bundle})["ok"]
    assert not paper.check("figure.json", {"figure.json": bundle, DRAW: drawn})["ok"]


@pytest.mark.parametrize(
    "change",
    [
        test_terms.let_a_friend_off,
        test_terms.swap_an_excluded_unit,
        test_terms.change_a_reason,
        test_terms.widen_a_field,
    ],
)
def test_terms_bent_after_the_announcement_are_refused(change, paper):
    assert refused(paper, [test_terms.reissued(change)]) == [True]


@pytest.mark.parametrize(("kind", "change"), test_special.BENT)
def test_special_draws_that_were_bent_are_refused(kind, change, paper):
    assert refused(paper, [test_special.reissued(test_special.SPECIAL[kind](), change)]) == [True]


@pytest.mark.parametrize(
    "change",
    [
        test_sealed.swap_receipts,
        test_sealed.give_one_twice,
        test_sealed.give_none,
        test_sealed.another_key,
        test_sealed.one_that_is_not_open,
    ],
)
def test_receipts_of_something_else_are_refused(change, paper, bundles):
    value = copy.deepcopy(made.sealed_bundle(bundles["draw"]))
    change(value["log"])

    assert refused(paper, [value]) == [True]


@pytest.mark.parametrize(
    "words",
    [
        "",
        "[]",
        '{"a":1,"a":1}',
        '{"a":1.5}',
        '{"a":1e2}',
        '{"a":9007199254740993}',
        '{"a":NaN}',
        '{"a":"\\ud800"}',
        '{"ä":1}',
        '{"a":01}',
        "[" * 100_000,
        '{"type":"zhiheng/draw-bundle/1"} x',
        '{"type":"zhiheng/draw-bundle/1","certificate":null,"frame":{},"ledger":[]}',
        '{"__proto__":{"type":"zhiheng/receipt/1"}}',
    ],
)
def test_what_is_no_bundle_is_refused_with_a_reason(words, paper):
    ((ok, state, reason),) = paper.check_each([words])

    assert (ok, state, bool(reason)) == (False, "fails", True)


def test_the_numbers_of_a_figure_are_those_of_the_python_verifier_to_the_last_bit(paper):
    bodies = [random_body(seed) for seed in range(40)]
    for body in list(bodies):
        code = next(row["division"] for row in body["rows"] if row["verdict"])
        bodies.append(within_division(body, code))

    found = paper.page.evaluate(
        """(all) => all.map((words) => {
            const body = zhiheng.readBundle(new TextEncoder().encode(words));
            return zhiheng.compute(body, zhiheng.chances(body)); })""",
        [json.dumps(body) for body in bodies],
    )

    for body, numbers in zip(bodies, found, strict=True):
        assert numbers == STRANGER.compute(body)


def test_exact_sums_quotients_and_quantiles_are_those_of_python(paper):
    drawn = random.Random(7)
    sums = [[drawn.uniform(-1, 1) * 10 ** drawn.randint(-12, 12) for _ in range(40)] for _ in range(300)]
    parts = [(drawn.randint(1, 10 ** drawn.randint(1, 30)), drawn.randint(1, 10**25)) for _ in range(500)]
    levels = [drawn.uniform(0.001, 0.999) for _ in range(300)] + [0.95, 0.975, 0.995, 1e-9]

    found = paper.page.evaluate(
        """([sums, parts, levels]) => [sums.map(zhiheng.fsum),
            parts.map(([a, b]) => zhiheng.nearest(BigInt(a), BigInt(b))), levels.map(zhiheng.quantile)]""",
        [sums, [[str(a), str(b)] for a, b in parts], levels],
    )

    assert found[0] == [math.fsum(one) for one in sums]
    assert found[1] == [float(Fraction(a, b)) for a, b in parts]
    assert found[2] == pytest.approx([NormalDist().inv_cdf(level) for level in levels], rel=1e-15)
    assert found[2][-4:-1] == [NormalDist().inv_cdf(level) for level in (0.95, 0.975, 0.995)]


@pytest.mark.skipif(
    not test_sealed.WYCHEPROOF.exists(), reason="the vectors of Project Wycheproof are not here"
)
def test_both_signature_checks_of_the_page_pass_the_vectors_of_wycheproof(paper):
    groups = json.loads(test_sealed.WYCHEPROOF.read_text("utf-8"))["testGroups"]
    cases = [
        [group["publicKey"]["pk"], case["sig"], case["msg"], case["result"] == "valid"]
        for group in groups
        for case in group["tests"]
    ]

    own, browser = paper.page.evaluate(
        """async (cases) => {
            const own = [], browser = [];
            for (const [key, signature, message] of cases) {
                const bytes = [key, signature, message].map(zhiheng.unhex);
                own.push(zhiheng.isSigned(...bytes));
                browser.push(await zhiheng.isSignedByBrowser(...bytes));
            }
            return [own, browser];
        }""",
        cases,
    )

    assert own == [case[3] for case in cases]
    assert set(browser) == {None} or browser == own


def test_hashes_of_every_length_are_those_of_python(paper):
    texts = [bytes(random.Random(size).randbytes(size)).hex() for size in range(0, 300)]
    found = paper.page.evaluate(
        """(texts) => texts.map((words) => { const bytes = zhiheng.unhex(words);
            const found = [zhiheng.sha256(bytes), zhiheng.sha512(bytes), zhiheng.hmac(bytes)(bytes)];
            return found.map(zhiheng.hex); })""",
        texts,
    )

    for words, (short, long, keyed) in zip(texts, found, strict=True):
        data = bytes.fromhex(words)
        assert short == hashlib.sha256(data).hexdigest()
        assert long == hashlib.sha512(data).hexdigest()
        assert keyed == hmac.digest(data, data, "sha256").hex()


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_a_person_hands_in_a_file_and_reads_each_step_in_both_languages(phone, chromium, bundles, tmp_path):
    good, bad = tmp_path / "draw-good.json", tmp_path / "draw-bad.json"
    good.write_text(json.dumps(made.sealed_bundle(bundles["draw"])), "utf-8")
    bad.write_text(good.read_text("utf-8").replace('"cap": 6', '"cap": 7'), "utf-8")
    window = Paper(chromium, phone=phone)

    window.hand_in(good)
    words = window.page.locator("main").inner_text()
    window.hand_in(bad)
    refusal = window.page.locator("#verdict").inner_text()

    assert "核验通过：每一步都成立" in words
    assert "Verified: every step holds" in words
    assert str(made.LOG) in words
    assert "Refused: one step does not hold" in refusal
    assert window.page.locator("li.fails .found").count() == 1
    assert window.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert {url.split(":")[0] for url in window.asked} == {"file"}
    assert window.complaints == []
    window.close()


def test_the_page_asks_for_nothing_and_names_no_other_host():
    words = (Path(__file__).parents[2] / "verifier" / "verify.html").read_text("utf-8")

    assert not any(mark in words for mark in ("http://", "https://", "src=", "@import", "url(", "<link"))
