"""Each attack on a draw is carried out against the running system, and shows in what the public can see.

The attacker is the office itself: it has the database, the key of the log and the disk. The public has a copy
of the log, checkpoints and receipts that somebody kept, and the files that anybody may download.
"""

from __future__ import annotations

import datetime as dt
import json
import shutil

import pytest
from django.db import connection, transaction

from tests.disclosure.conftest import REGION, moment
from tests.indicators.conftest import BEACON, BY, FRACTIONS
from zhiheng import ledger
from zhiheng.errors import ZhihengError
from zhiheng.ledger import guards
from zhiheng.ledger.models import Entry, Sealed
from zhiheng.ledger.sealing import places, receipts, sequencer
from zhiheng.people import clock
from zhiheng.stages.draw import actions as draws
from zhiheng.stages.draw import bundles
from zhiheng.stages.draw.models import Draw
from zhiheng.stages.indicators import actions
from zhiheng.stages.indicators import bundles as figure_bundles
from zhiheng.stages.inspection import actions as inspection
from zhiheng.stages.inspection.models import Visit
from zhiheng.stages.inspection.rules import Finding, Measurement
from zhiheng.stages.plan import actions as plan
from zhiheng.stages.registry import actions as registry
from zhiheng.stages.registry.models import Subject
from zhiheng.verification import bundles as files
from zhiheng.verification.monitor import folder

SPRING = dt.date(2025, 4, 1)
HONEST = {"objections-cut"}  # the small province here does not wait for objections; that shows as well


@pytest.fixture(autouse=True)
def nothing_opened():
    sequencer.forget()
    yield
    sequencer.forget()


def published(tmp_path, name="mirror"):
    """Seal what is public, and copy the log as any stranger can."""
    sequencer.seal_now()
    shutil.copytree(places.public(), tmp_path / name)
    return tmp_path / name


def seen(mirror, on=SPRING, **more):
    """Return what the monitor finds in a copy, apart from what this province is asked about anyway."""
    found = folder.look(mirror, today=on, **more).found
    return {(one.rule, one.subject) for one in found if one.rule not in HONEST}


def kept_receipt(tmp_path, verb):
    """The receipt that a firm took away of the first entry with a verb."""
    entry = Entry.objects.filter(verb=verb).order_by("seq").first()
    place = tmp_path / "receipt-of-a-firm.json"
    place.write_bytes(receipts.of(entry).document())
    return place


def forge(verb, **detail):
    """Alter an entry in the database, past the guards, and hang every later one on it anew."""
    from zhiheng.ledger import entries
    from zhiheng.ledger.models import Head
    from zhiheng.proof import chain

    with guards.lifted(connection):
        changed = Entry.objects.filter(verb=verb).order_by("seq").first()
        changed.detail = {**changed.detail, **detail}
        changed.save()
        previous = None
        for entry in Entry.objects.filter(seq__gte=changed.seq).order_by("seq"):
            entry.previous = entry.previous if previous is None else previous
            entry.hash = previous = chain.entry_hash(entries.statement_of(entry))
            entry.save()
    Head.objects.update(hash=previous)


def logged_anew():
    """Throw the log away and write another with the same key, as the office that owns both can."""
    shutil.rmtree(places.public())
    shutil.rmtree(places.state())
    with guards.lifted(connection):
        Sealed.objects.all().delete()
    sequencer.forget()
    sequencer.seal_now()


def test_an_honest_draw_gives_the_public_nothing_to_ask(closed, tmp_path):
    assert seen(published(tmp_path), files=bundles.folder()) == set()


def test_a_draw_repeated_until_a_friend_is_left_out_shows(draw, tmp_path):
    first = draw(is_revealed=False)
    with clock.at(moment("2025-01-16T09:00:00")):
        draws.abort(by=BY, draw=first, reason="名单有误")
        again = draws.commit(
            by=BY, obligation=first.obligation, frame=first.frame, secret=bytes(range(1, 33))
        )

    found = seen(published(tmp_path), on=dt.date(2025, 1, 17))

    assert ("drawn-again", again.serial) in found
    assert ("given-up", first.serial) in found


def test_a_friend_dropped_from_the_list_shows(inspected, tmp_path):
    inspected()
    friend = Subject.objects.filter(risk_class="D").first()
    with clock.at(moment("2025-04-02T09:00:00")):
        Subject.objects.filter(pk=friend.pk).update(is_active=False)  # past every action
        frame = registry.freeze_frame(by=BY, region=REGION, as_of=dt.date(2025, 4, 2), purpose="next")

    assert ("left-unexplained", str(frame.pk)) in seen(published(tmp_path), on=dt.date(2025, 4, 3))


def test_a_list_padded_with_phantoms_shows(inspected, draw, office, tmp_path):
    inspected()
    second = draw("2025Q2")
    units = office.units("2025Q2")
    rows = [
        (unit, Finding("not_found" if place % 4 == 0 else "refused", dt.date(2025, 1, 20)))
        for place, unit in enumerate(units)
    ]
    with clock.at(moment("2025-02-01T09:00:00")):
        inspection.record_visits_bulk(by=BY, draw=second, rows=rows)
        inspection.close_draw(by=BY, draw=second)

    assert ("not-found", second.serial) in seen(published(tmp_path))


def test_a_list_fitted_after_the_announcement_is_refused_by_the_files(closed, tmp_path):
    closed = Draw.objects.get(pk=closed.pk)
    bundle = json.loads(bundles.find(closed).read_bytes())
    lines = bundle["frame"]["lines"].splitlines(keepends=True)
    drawn = {row["unit"] for row in bundle["certificate"]["selected"]}
    friend = next(place for place, line in enumerate(lines) if line.split("\t")[0] in drawn)
    del lines[friend]
    bundle["frame"]["lines"] = "".join(lines)

    report = files.check(bundle)

    assert not report.ok
    assert report.refusal.startswith("frame: ")


def test_weights_tilted_after_the_announcement_are_refused_by_the_files(draw, tmp_path):
    with clock.at(moment("2025-01-06T09:00:00")):
        duty = plan.create_obligation(
            by=BY, region=REGION, period="2025Q3", article=27, fractions=FRACTIONS, minimum_per_stratum=5
        )
        duty.weights = {"risk": {"A": 1, "B": 2, "C": 4, "D": 16}}
        duty.save()
        frame = registry.freeze_frame(by=BY, region=REGION, as_of=dt.date(2025, 1, 6), purpose="weighted")
        made = draws.commit(by=BY, obligation=duty, frame=frame, by_weight=True)
    with clock.at(moment("2025-01-10T09:00:00")):
        made = draws.reveal(by=BY, draw=made, beacon=BEACON)
    bundle = json.loads(bundles.compose(made)[0])
    said = bundle["certificate"]["announcement"]["weighting"]
    said["classes"][0]["weight"] += 1

    report = files.check(bundle)

    assert files.check(json.loads(bundles.compose(made)[0])).ok
    assert "announcement" in {step.name for step in report.steps if not step.ok}


def test_a_result_edited_in_the_database_stops_the_log(closed):
    sequencer.seal_now()
    before = (places.public() / "checkpoint").read_bytes()
    forge("draw.closed", outcomes={"sampled": 160})
    sequencer.forget()

    with pytest.raises(ZhihengError) as refused:
        sequencer.seal_now()

    assert refused.value.code == "log-ahead"
    assert (places.public() / "checkpoint").read_bytes() == before


def test_a_log_written_anew_over_edited_results_shows_by_what_people_kept(closed, tmp_path):
    published(tmp_path, "before")
    held = kept_receipt(tmp_path, "draw.closed")
    forge("draw.closed", outcomes={"sampled": 160})
    logged_anew()

    found = seen(published(tmp_path, "after"), kept=[tmp_path / "before" / "checkpoint"], receipts=[held])

    assert {rule for rule, _ in found} == {"log-altered", "receipt-missing"}


def test_a_draw_that_is_withheld_shows_and_the_custodians_need_not_wait(draw, tmp_path):
    waiting = draw(is_revealed=False)

    found = seen(published(tmp_path), on=waiting.reveal_by + dt.timedelta(days=1))

    assert ("reveal-overdue", waiting.serial) in found


def test_results_that_are_withheld_show(draw, tmp_path):
    waiting = draw()

    found = seen(published(tmp_path), on=waiting.close_by + dt.timedelta(days=1))

    assert ("close-overdue", waiting.serial) in found


def test_a_draw_left_out_of_the_record_shows_by_its_number(draw, tmp_path):
    hidden = draw(is_revealed=False)
    serial = hidden.serial
    with guards.lifted(connection):
        Draw.objects.filter(pk=hidden.pk).update(serial=serial[:-1] + "2")
        entry = Entry.objects.get(verb="draw.committed")
        entry.detail["announcement"]["draw_id"] = serial[:-1] + "2"
        entry.save()
        entry.subjects.filter(kind="draw").update(key=serial[:-1] + "2")
    logged_anew()  # the log had sealed the announcement within a second

    rules = {rule for rule, _ in seen(published(tmp_path))}

    assert "serial-gap" in rules


def test_two_readers_who_are_shown_different_logs_find_out_when_they_meet(closed, tmp_path):
    published(tmp_path, "one")
    forge("draw.closed", outcomes={"sampled": 160})
    logged_anew()
    published(tmp_path, "two")

    found = seen(tmp_path / "one", kept=[tmp_path / "two" / "checkpoint"])

    assert {rule for rule, _ in found} == {"log-altered"}


def test_an_entry_dated_back_shows(closed, tmp_path):
    with transaction.atomic():
        ledger.record(
            by=BY.actor(),
            verb="draw.noted",
            subjects=[("draw", closed.serial)],
            detail={},
            visibility="public",
            region=REGION,
            at=moment("2025-01-05T09:00:00"),
        )

    assert "dated-back" in {rule for rule, _ in seen(published(tmp_path))}


def test_firms_that_were_warned_show_in_the_days_of_the_results(draw, office, person, tmp_path):
    """The list leaks on the evening of the first day: from then on every product on show passes."""
    made = draw()
    days = (dt.date(2025, 1, 20), dt.date(2025, 1, 21))
    visits = list(Visit.objects.filter(draw=made).order_by("selection__unit_code"))
    results = []
    for place, visit in enumerate(visits):
        day, seal = days[place % 3 > 0], f"W{place:04d}"
        with clock.at(moment(f"{day}T15:00:00")):
            inspection.record_visit(
                by=BY,
                visit=visit,
                outcome="sampled",
                visited_on=day,
                product_name="演示",
                seal_no=seal,
                lab="LAB-1",
            )
        value = "0.30" if day == days[0] and place % 2 == 0 else "0.10"
        results.append(
            Measurement(seal, "铅", "T 1", value, "mg/kg", "0.25", "upper", dt.date(2025, 2, 10), "LAB-1")
        )
    with clock.at(moment("2025-02-10T09:00:00")):
        inspection.record_results_bulk(by=BY, draw=made, rows=results)
        made = inspection.close_draw(by=BY, draw=made)
    with clock.at(moment("2025-04-03T10:00:00")):
        release = actions.release(by=person(), series=office.series, region=REGION, periods=["2025Q1"])
    sequencer.seal_now()
    bundles.write(made)
    figure_bundles.write_headlines(release)

    found = seen(published(tmp_path), on=dt.date(2025, 4, 4), files=bundles.folder())

    assert ("slow-first-day", made.serial) in found
