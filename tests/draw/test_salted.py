"""A draw from a list goes by salted names: the office works with codes, the public sees names until then."""

from __future__ import annotations

import hashlib
import json
import re

import pytest

from zhiheng import ledger
from zhiheng.errors import Missing
from zhiheng.ledger import evidence
from zhiheng.ledger.models import Entry
from zhiheng.people import clock
from zhiheng.proof import canonical, lottery, pseudonyms
from zhiheng.stages.draw import actions, bundles, frames, queries
from zhiheng.stages.draw.models import Selection
from zhiheng.stages.inspection import actions as inspection
from zhiheng.stages.registry import names
from zhiheng.verification import closing
from zhiheng.verification import draw as verification

from . import campaign
from .conftest import BEACON, NAMES, NOON, SECRET

WHY = "the province publishes its register with classes"


def committed(province, frame, **more):
    return actions.commit(
        by=province.officer, obligation=province.obligation, frame=frame, secret=SECRET, **more
    )


def drawn(province, frame, **more):
    return actions.reveal(by=province.officer, draw=committed(province, frame, **more), beacon=BEACON)


def bundle_of(draw):
    return json.loads(bundles.write(draw).read_text("utf-8"))


def test_the_announcement_names_no_firm(province, frame):
    codes = [one.code for one in province.subjects]
    inspector = province.inspectors[0]
    inspector.conflicts = [codes[3]]
    inspector.save()

    draw = committed(province, frame, singles=[(codes[5], "conflict", "kin of the head of the office")])

    told = canonical.dumps(ledger.timeline("draw", draw.serial, public_only=True)[0].detail).decode()
    assert json.loads(draw.announcement)["ids"] == "salted"
    assert not [code for code in codes if code in told or code in json.dumps(draw.pairing)]
    assert [row["inspector"] for row in draw.pairing["conflicts"]] == [inspector.code]


def test_the_office_reads_the_firms_that_the_names_drew(province, frame):
    draw = drawn(province, frame)

    seed = bytes.fromhex(draw.seed)
    for chosen in Selection.objects.filter(draw=draw):
        assert chosen.subject.code == chosen.unit_code
        name = names.of(frame).of(chosen.unit_code)
        assert chosen.ticket == lottery.ticket(seed, name).hex()
    assert inspection.open_visits(by=province.officer, draw=draw) == 10


def test_the_whole_draw_is_verified_and_opens_the_drawn_firms_alone(province, frame):
    codes = {one.code for one in province.subjects}
    left_out = province.subjects[5].code
    draw = drawn(province, frame, singles=[(left_out, "conflict", "kin")])
    campaign.close(province.officer, draw)

    bundle = bundle_of(draw)

    report = verification.check(bundle)
    assert report.ok, report.refusal
    text = json.dumps(bundle)
    expected = set(queries.selections(draw).values_list("unit_code", flat=True))
    assert {code for code in codes if code in text} == expected
    certificate = bundle["certificate"]
    assert [row["reason"] for row in certificate["exclusions"]] == ["conflict"]
    assert certificate["exclusions"][0]["unit"] == names.of(frame).of(left_out)


def test_a_stranger_who_knows_every_code_finds_no_firm_that_was_not_drawn(province, frame):
    draw = drawn(province, frame)
    campaign.close(province.officer, draw)
    public = json.dumps(bundle_of(draw)) + ledger_of(draw)
    told = set(re.findall(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])", public))
    salts = {row["salt"] for row in canonical.loads(evidence.read(draw.certificate_sha))["openings"]}
    undrawn = {one.code for one in province.subjects} - {row.unit_code for row in queries.selections(draw)}

    guesses = {
        hashlib.sha256(bytes.fromhex(salt) + code.encode()).hexdigest(): code
        for code in undrawn
        for salt in {"", *salts}
    }

    assert len(undrawn) == 30 and not [code for code in undrawn if code in public]
    assert not told & guesses.keys()
    assert told >= {names.of(frame).of(code) for code in undrawn}  # they stand there, under their names


def ledger_of(draw):
    """Return all that the public ledger says, as text."""
    entries = Entry.objects.filter(visibility="public").order_by("seq")
    return "".join(canonical.dumps(ledger.statement_of(one)).decode() for one in entries)


def test_a_reserve_goes_by_its_name_too(province, frame):
    draw = drawn(province, frame)
    inspection.open_visits(by=province.officer, draw=draw)
    rows = [(one.unit_code, inspection_finding()) for one in queries.selections(draw)]
    inspection.record_visits_bulk(by=province.officer, draw=draw, rows=rows)

    made = actions.use_reserve(
        by=province.officer, selection=queries.selections(draw).first(), reason="nobody there"
    )

    assert made.reserve.first_inspector and made.reserve.second_inspector


def test_a_reserve_that_stepped_in_is_opened_by_the_closing_record_and_no_other_is(province, frame):
    draw = drawn(province, frame)
    inspection.open_visits(by=province.officer, draw=draw)
    first, *others = [one.unit_code for one in queries.selections(draw)]
    finding = inspection_finding()
    inspection.record_visits_bulk(by=province.officer, draw=draw, rows=[(first, finding)])
    made = actions.use_reserve(
        by=province.officer, selection=draw.selections.get(unit_code=first), reason="nobody there"
    )
    inspection.open_visits(by=province.officer, draw=draw)
    rows = [(unit, finding) for unit in (*others, made.reserve.unit_code)]
    inspection.record_visits_bulk(by=province.officer, draw=draw, rows=rows)

    draw = inspection.close_draw(by=province.officer, draw=draw)

    said = canonical.loads(evidence.read(draw.closing_sha))
    report = closing.check(said)
    assert report.ok, report.refusal
    assert [row["id"] for row in said["openings"]] == [made.reserve.unit_code]
    assert verification.check(bundle_of(draw), beside=bundles.folder()).ok
    spare = set(queries.waiting_reserves(draw).values_list("unit_code", flat=True))
    assert spare and not [code for code in spare if code in json.dumps([said, bundle_of(draw)])]


@pytest.mark.parametrize("forgery", ["another firm", "twice", "none", "a drawn one"])
def test_a_closing_record_that_opens_other_firms_is_refused(province, forgery):
    called = pseudonyms.Names(NAMES)
    row = {"stratum": "A", "order": 1, "outcome": "closed"}
    results = [
        {"unit": called.of(code), **row, "is_reserve": code != "drawn"} for code in ("drawn", "one", "two")
    ]
    openings = [called.opening("one"), called.opening("two")]
    if forgery == "another firm":
        openings[0]["id"] = "friend"
    elif forgery == "twice":
        openings.append(openings[0])
    elif forgery == "none":
        del openings[0]
    else:
        openings.append(called.opening("drawn"))

    said = closing.record(serial="x", data="demonstration", results=results, executions=[], openings=openings)

    assert [step.name for step in closing.check(said).steps if not step.ok] == ["openings"]


def inspection_finding():
    from zhiheng.stages.inspection.rules import Finding

    return Finding("closed", NOON.date())


def test_the_probability_of_a_firm_is_found_by_its_code(province, frame):
    draw = drawn(province, frame)

    probabilities = {queries.probability(draw, one.code) for one in province.subjects}

    assert probabilities == {row.probability for row in queries.strata(draw)}


@pytest.fixture
def goods(province):
    return campaign.item(divisions=["13", "34"])


def panel_draw(province, goods, period, day, **ids):
    with clock.at(f"{day}T10:00:00+08:00"):
        duty = campaign.duty(province.officer, goods, period=period, quota=16)
        frame = actions.freeze(by=province.officer, obligation=duty, **ids)
        draw = actions.commit(by=province.officer, obligation=duty, frame=frame, secret=SECRET)
        return campaign.close(province.officer, actions.reveal(by=province.officer, draw=draw, beacon=BEACON))


def announced_panel(province, goods):
    first = panel_draw(province, goods, "2025Q1", "2025-03-03")
    actions.announce_panel(
        by=province.officer, draw=first, name="yearly panel", shift=[1, 10], reason="the same firms"
    )
    return first


def test_a_panel_keeps_the_names_of_its_first_draw(province, goods):
    first = announced_panel(province, goods)

    second = panel_draw(province, goods, "2025Q2", "2025-04-07")

    assert second.frame.names_from == first.frame
    assert names.of(second.frame).of("A") == names.of(first.frame).of("A")
    chosen = second.selections.first()
    name = names.of(first.frame).of(chosen.unit_code)
    assert chosen.ticket == lottery.ticket(bytes.fromhex(first.seed), name).hex()
    assert verification.check(bundle_of(second)).ok


def test_a_panel_refuses_a_list_with_other_names(province, goods):
    announced_panel(province, goods)

    with campaign.refused("panel-other-names"):
        panel_draw(province, goods, "2025Q2", "2025-04-07", ids="open", ids_reason=WHY)


def test_a_panel_that_began_by_codes_goes_on_by_codes_for_the_same_reason(province, goods):
    first = panel_draw(province, goods, "2025Q1", "2025-03-03", ids="open", ids_reason=WHY)
    actions.announce_panel(
        by=province.officer, draw=first, name="yearly panel", shift=[1, 10], reason="the same firms"
    )

    second = panel_draw(province, goods, "2025Q2", "2025-04-07")

    assert (second.frame.ids, second.frame.ids_reason) == ("open", WHY)
    assert verification.check(bundle_of(second)).ok


def test_two_lists_without_a_panel_share_no_name(province, goods):
    first = panel_draw(province, goods, "2025Q1", "2025-03-03")
    second = panel_draw(province, goods, "2025Q2", "2025-04-07")

    lines = [set(frames.published(draw.frame).splitlines()) for draw in (first, second)]

    assert not lines[0] & lines[1]


def test_the_key_lies_sealed(frame):
    from zhiheng.ledger import locked
    from zhiheng.stages.registry.models import FrameKey

    held = FrameKey.objects.get(frame=frame)
    key = locked.unlock(held.token, names.USE)

    assert len(key) == pseudonyms.KEY_BYTES and key.hex() not in held.token
    with pytest.raises(Missing):
        locked.unlock(held.token, "another use")
