"""A draw is announced before its beacon, revealed once, and equals what a stranger computes."""

from __future__ import annotations

import json
from datetime import timedelta
from fractions import Fraction

import pytest

from zhiheng import ledger
from zhiheng.errors import BadInput, Conflict, NotAllowed, NotFound, RuleRefused
from zhiheng.ledger import evidence
from zhiheng.people import clock
from zhiheng.proof import canonical, lottery, release
from zhiheng.stages.draw import actions, bundles, frames, jobs, queries, rules
from zhiheng.stages.draw.models import Draw, Selection
from zhiheng.verification import draw as verification

from .conftest import BEACON, NOON, SECRET, SIZES

EXPECTED = {"A": 2, "B": 3, "C": 3, "D": 2}


def test_a_commitment_fixes_sizes_and_frame_and_tells_nobody_the_secret(committed, frame):
    said = json.loads(committed.announcement)

    assert {row["stratum"]: row["sample"] for row in said["strata"]} == EXPECTED
    assert (said["frame_hash"], said["frame_size"]) == (frame.sha256, 40)
    assert committed.commitment == lottery.commitment(SECRET)
    assert committed.secret == committed.seed == ""
    assert SECRET.hex() not in committed.sealed_secret.token
    assert not Selection.objects.exists()


def test_the_announcement_stands_in_the_public_ledger_before_the_reveal(revealed):
    entries = list(ledger.timeline("draw", revealed.serial, public_only=True))

    assert [entry.verb for entry in entries] == ["draw.revealed", "draw.committed"]
    assert entries[1].detail["announcement"] == json.loads(revealed.announcement)
    assert SECRET.hex() not in canonical.dumps(entries[1].detail).decode()


def test_the_reveal_says_in_public_its_hashes_and_when_the_announcement_was_sealed_alone(revealed):
    entry = ledger.timeline("draw", revealed.serial, public_only=True)[0]

    certificate = canonical.loads(evidence.read(revealed.certificate_sha))
    assert entry.detail == {
        "serial": revealed.serial,
        "certificate_sha256": revealed.certificate_sha,
        "close_by": "2025-07-01",
        "announcement_sealed_at": None,
        "assignments_root": release.root(release.leaves(certificate)),
    }
    assert not list(bundles.folder().glob("*"))


def test_the_closing_publishes_secret_seed_and_bundle(closed):
    entry = ledger.timeline("draw", closed.serial, public_only=True)[0]

    assert (entry.verb, entry.detail["secret"]) == ("draw.closed", SECRET.hex())
    assert entry.detail["seed"] == closed.seed
    assert (bundles.folder() / bundles.name(closed.serial)).exists()


def test_the_job_writes_bundles_of_closed_draws_alone(closed):
    bundles.find(closed).unlink()
    assert (jobs.write_bundles(), jobs.write_bundles()) == (1, 0)

    bundles.find(closed).unlink()
    Draw.objects.update(state="revealed")
    assert jobs.write_bundles() == 0


def test_a_secret_comes_from_the_system_when_none_is_given(province, frame):
    draw = actions.commit(by=province.officer, obligation=province.obligation, frame=frame)

    assert len(draw.commitment) == 64
    assert draw.serial == "330000-2025Q1-001"


def test_the_selection_is_the_one_that_the_lottery_gives(revealed):
    seed = lottery.seed(SECRET, json.loads(revealed.announcement), BEACON)
    by_class: dict[str, list[str]] = {}
    for row in frames.rows(frames.published(revealed.frame)):
        by_class.setdefault(row.stratum, []).append(row.id)
    name = frames.namer(revealed.frame)

    for stratum, ids in by_class.items():
        chosen = list(
            queries.selections(revealed).filter(stratum=stratum).values_list("unit_code", flat=True)
        )
        spare = queries.selections(revealed, reserves=True).filter(stratum=stratum)
        order = lottery.select(seed, ids, EXPECTED[stratum] + 3)
        assert list(map(name, chosen)) == order[: EXPECTED[stratum]]
        assert [name(one.unit_code) for one in spare] == order[EXPECTED[stratum] :]


def test_every_unit_of_the_frame_has_its_exact_probability(revealed):
    total = Fraction(0)

    for row in frames.rows(frames.data(revealed.frame)):
        share = queries.probability(revealed, row.id)
        assert share == Fraction(EXPECTED[row.stratum], SIZES[row.stratum])
        total += share

    assert total == sum(EXPECTED.values()) == queries.selections(revealed).count()


def test_a_unit_outside_the_frame_has_no_probability(revealed):
    with pytest.raises(NotFound, match="does not hold"):
        queries.probability(revealed, "X10000000000000000")


def test_two_different_inspectors_from_different_offices_go_to_each_unit(revealed):
    for row in queries.selections(revealed):
        assert row.first_inspector.unit != row.second_inspector.unit


def test_conflicts_of_interest_and_leave_are_honoured(province, frame, django_capture_on_commit_callbacks):
    kin, away = province.inspectors[0], province.inspectors[1]
    kin.conflicts = [subject.code for subject in province.subjects]
    kin.save()

    draw = actions.commit(
        by=province.officer, obligation=province.obligation, frame=frame, secret=SECRET, away=[away.code]
    )
    draw = actions.reveal(by=province.officer, draw=draw, beacon=BEACON)

    sent = {
        code
        for row in queries.selections(draw)
        for code in (row.first_inspector.code, row.second_inspector.code)
    }
    assert sent and not sent & {kin.code, away.code}


def test_a_conflict_with_a_firm_outside_the_frame_is_not_published(province, frame):
    province.inspectors[0].conflicts = ["X1330106000009999A"]
    province.inspectors[0].save()

    draw = actions.commit(by=province.officer, obligation=province.obligation, frame=frame, secret=SECRET)

    assert draw.pairing["conflicts"] == []


def test_too_few_inspectors_are_refused_with_the_number_missing(province, frame):
    away = [one.code for one in province.inspectors[1:]]

    with pytest.raises(RuleRefused) as refused:
        actions.commit(by=province.officer, obligation=province.obligation, frame=frame, away=away)

    assert refused.value.code == "few-inspectors"
    assert refused.value.facts["missing"] == 1
    assert not Draw.objects.exists()


def test_a_second_draw_for_the_same_duty_is_refused(province, frame, committed):
    with pytest.raises(Conflict, match=committed.serial):
        actions.commit(by=province.officer, obligation=province.obligation, frame=frame)

    assert Draw.objects.count() == 1


def test_a_second_draw_is_possible_after_a_public_abort(province, frame, committed):
    aborted = actions.abort(by=province.officer, draw=committed, reason="The frame lacks a city.")
    second = actions.commit(by=province.officer, obligation=province.obligation, frame=frame)

    assert second.serial == "330000-2025Q1-002"
    assert (aborted.state, aborted.secret) == ("aborted", SECRET.hex())
    entry = ledger.timeline("draw", committed.serial, public_only=True)[0]
    assert entry.detail == {"reason": "The frame lacks a city.", "secret": SECRET.hex()}


def test_an_abort_without_a_reason_is_refused(province, committed):
    with pytest.raises(BadInput) as refused:
        actions.abort(by=province.officer, draw=committed, reason="  ")

    assert refused.value.code == "abort-without-reason"


def test_a_draw_is_revealed_once(province, revealed):
    before = list(Selection.objects.values_list("unit_code", flat=True))

    with pytest.raises(Conflict) as refused:
        actions.reveal(by=province.officer, draw=revealed, beacon=b"another public text")

    assert refused.value.code == "already-revealed"
    assert list(Selection.objects.values_list("unit_code", flat=True)) == before


@pytest.mark.parametrize("act", ["reveal", "abort"])
def test_an_ended_draw_cannot_be_moved_again(province, committed, act):
    actions.abort(by=province.officer, draw=committed, reason="The frame lacks a city.")

    with pytest.raises(Conflict) as refused:
        if act == "reveal":
            actions.reveal(by=province.officer, draw=committed, beacon=BEACON)
        else:
            actions.abort(by=province.officer, draw=committed, reason="again")

    assert refused.value.code == "was-aborted"


def test_a_revealed_draw_cannot_be_aborted(province, revealed):
    with pytest.raises(Conflict) as refused:
        actions.abort(by=province.officer, draw=revealed, reason="Not to our liking.")

    assert refused.value.code == "already-revealed"


def test_a_short_secret_and_a_short_beacon_are_refused(province, frame, committed):
    with pytest.raises(BadInput) as refused:
        actions.reveal(by=province.officer, draw=committed, beacon=b"7")
    assert refused.value.code == "short-beacon"

    actions.abort(by=province.officer, draw=committed, reason="Test")
    with pytest.raises(BadInput) as refused:
        actions.commit(by=province.officer, obligation=province.obligation, frame=frame, secret=b"short")
    assert refused.value.code == "short-secret"


@pytest.mark.parametrize(
    ("role", "region"), [("officer", "320000"), ("inspector", "330000"), ("leader", "330000")]
)
def test_nobody_else_commits_or_reveals(province, frame, committed, person, role, region):
    stranger = person(role, region)

    with pytest.raises(NotAllowed):
        actions.commit(by=stranger, obligation=province.obligation, frame=frame)
    with pytest.raises(NotAllowed):
        actions.reveal(by=stranger, draw=committed, beacon=BEACON)
    with pytest.raises(NotAllowed):
        actions.abort(by=stranger, draw=committed, reason="x")


def test_a_frame_of_another_region_is_refused(province, person):
    from datetime import date

    from zhiheng.stages.registry import actions as registry

    city = registry.freeze_frame(by=province.officer, region="330100", as_of=date(2025, 3, 3), purpose="city")

    with pytest.raises(RuleRefused) as refused:
        actions.commit(by=province.officer, obligation=province.obligation, frame=city)

    assert refused.value.code == "frame-elsewhere"


def test_a_duty_that_was_not_issued_has_no_draw(province, frame):
    province.obligation.state = "draft"
    province.obligation.save()

    with pytest.raises(RuleRefused) as refused:
        actions.commit(by=province.officer, obligation=province.obligation, frame=frame)

    assert refused.value.code == "duty-not-issued"


def another_duty(province, **changes):
    said = {"region": "330000", "period": "2025Q1", "article": 8, "basis": "another ground"}
    duty = province.obligation
    return type(duty).objects.create(
        **{**said, **changes},
        fractions=duty.fractions,
        minimum_per_stratum=2,
        state="issued",
        recorded_at=duty.recorded_at,
    )


def test_a_second_draw_on_another_ground_is_refused_by_the_name_of_the_first(province, frame, committed):
    duty = another_duty(province)

    with pytest.raises(Conflict, match=committed.serial) as refused:
        actions.commit(by=province.officer, obligation=duty, frame=frame)

    assert refused.value.code == "second-draw"
    assert duty not in queries.waiting_obligations(province.officer)


def test_two_draws_committed_at_once_leave_one_and_a_refusal(province, frame, committed, monkeypatch):
    monkeypatch.setattr(rules, "check_next", lambda earlier, same: 1)

    with pytest.raises(Conflict) as refused:
        actions.commit(by=province.officer, obligation=another_duty(province), frame=frame)

    assert refused.value.code == "drawn-at-once"
    assert Draw.objects.get() == committed


def test_another_region_has_its_own_draw(province, committed):
    from zhiheng.stages.registry import actions as registry

    city = registry.freeze_frame(by=province.officer, region="330100", as_of=NOON.date(), purpose="city")
    duty = another_duty(province, region="330100")

    draw = actions.commit(by=province.officer, obligation=duty, frame=city)

    assert draw.serial == "330100-2025Q1-001"


def test_an_old_frame_is_refused_when_the_region_has_a_newer_one(province, frame):
    from zhiheng.stages.registry import actions as registry

    with clock.at(NOON + timedelta(days=1)):
        today = clock.today()
        newer = registry.freeze_frame(by=province.officer, region="330000", as_of=today, purpose="newer")
        with pytest.raises(RuleRefused) as refused:
            actions.commit(by=province.officer, obligation=province.obligation, frame=frame)

        assert refused.value.code == "frame-not-newest"
        assert refused.value.facts == {"frozen": "2025-03-03", "newest": "2025-03-04"}
        assert list(queries.frames_of(province.officer)) == [newer]


def test_a_frame_older_than_its_duty_is_refused(province, frame):
    with clock.at(NOON + timedelta(days=1)):
        province.obligation.recorded_at = clock.now()
        province.obligation.save()
        with pytest.raises(RuleRefused) as refused:
            actions.commit(by=province.officer, obligation=province.obligation, frame=frame)

    assert refused.value.code == "frame-before-duty"


def test_a_draft_counts_from_the_day_it_was_issued(province, frame):
    from zhiheng.stages.plan import actions as plan

    province.obligation.state = "draft"
    province.obligation.save()
    with clock.at(NOON + timedelta(days=2)):
        duty = plan.move_obligation(by=province.officer, obligation=province.obligation, to="issued")
        with pytest.raises(RuleRefused) as refused:
            actions.commit(by=province.officer, obligation=duty, frame=frame)

    assert refused.value.code == "frame-before-duty"


def test_a_draw_whose_duty_was_withdrawn_can_only_be_aborted(province, committed):
    from zhiheng.stages.plan import actions as plan

    plan.move_obligation(by=province.officer, obligation=committed.obligation, to="withdrawn", reason="Test")

    with pytest.raises(RuleRefused) as refused:
        actions.reveal(by=province.officer, draw=committed, beacon=BEACON)

    assert refused.value.code == "duty-withdrawn"
    assert actions.abort(by=province.officer, draw=committed, reason="Withdrawn.").state == "aborted"


def test_a_duty_withdrawn_after_its_issue_stays_in_public_and_a_draft_never_shows(province):
    from zhiheng.stages.plan import actions as plan
    from zhiheng.stages.plan import queries as plans

    issued = plan.create_obligation(by=province.officer, region="330000", period="2025Q2", article=8)
    draft = plan.create_obligation(
        by=province.officer, region="330000", period="2025Q3", article=8, as_draft=True
    )
    for duty in (issued, draft):
        plan.move_obligation(by=province.officer, obligation=duty, to="withdrawn", reason="Test")

    shown = {duty.pk: duty.state for duty in plans.public_obligations(8)}

    assert shown[issued.pk] == "withdrawn" and draft.pk not in shown


def test_a_frame_whose_file_was_altered_is_refused_at_the_commitment(province, frame):
    ledger.evidence.path(frame.evidence_sha).unlink()

    with pytest.raises(NotFound):
        actions.commit(by=province.officer, obligation=province.obligation, frame=frame)

    assert not Draw.objects.exists()


def test_the_public_random_text_of_a_named_day_is_neither_past_nor_used_before_it(province, frame):
    duty = province.obligation
    with pytest.raises(BadInput) as past:
        actions.commit(
            by=province.officer, obligation=duty, frame=frame, beacon_reference="draw of 2025-03-02"
        )

    draw = actions.commit(
        by=province.officer, obligation=duty, frame=frame, beacon_reference="draw of 2025-03-05"
    )
    with pytest.raises(BadInput) as early:
        actions.reveal(by=province.officer, draw=draw, beacon=BEACON)

    assert (past.value.code, early.value.code) == ("beacon-past", "beacon-to-come")


def test_a_changed_site_key_is_told_and_a_former_key_still_opens(province, committed, settings):
    former, settings.SECRET_KEY = str(settings.SECRET_KEY), "another key"

    with pytest.raises(Conflict) as refused:
        actions.reveal(by=province.officer, draw=committed, beacon=BEACON)
    assert refused.value.code == "secret-does-not-open"

    settings.SECRET_KEY_FALLBACKS = [former]
    assert actions.reveal(by=province.officer, draw=committed, beacon=BEACON).is_revealed


def test_a_stranger_checks_the_bundle_and_finds_every_step_in_order(closed):
    bundle = canonical.loads(bundles.find(closed).read_bytes())

    report = verification.check(bundle)

    assert report.ok, report.refusal
    assert report.subject == closed.serial


def test_a_bundle_lost_to_a_kill_is_written_again_with_the_same_bytes(closed):
    place = bundles.find(closed)
    before = place.read_bytes()
    place.unlink()

    assert bundles.find(closed).read_bytes() == before


def test_a_large_frame_lies_beside_its_bundle(closed, monkeypatch):
    monkeypatch.setattr(bundles, "FRAME_INSIDE_UP_TO", 10)

    place = bundles.write(closed)

    bundle = canonical.loads(place.read_bytes())
    assert bundle["frame"] == {"file": f"frame-{closed.serial}.tsv"}
    assert verification.check(bundle, beside=place.parent).ok


def test_the_certificate_is_kept_under_its_own_digest(revealed):
    certificate = canonical.loads(evidence.read(revealed.certificate_sha))

    assert verification.certificate_sha256(certificate) == revealed.certificate_sha
    assert certificate["secret"] == SECRET.hex()


def test_a_refusal_reads_in_the_language_of_the_person(province, committed, monkeypatch):
    monkeypatch.setattr("zhiheng.stages.draw.words.gettext", lambda text: f"<{text}>")

    with pytest.raises(BadInput) as refused:
        actions.reveal(by=province.officer, draw=committed, beacon=b"7")

    assert refused.value.cause == "<The public random text has 1 bytes; 12 are the least.>"
