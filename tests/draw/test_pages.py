"""The pages of draws: who may see what, what is public before and after the reveal, forms sent twice."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from zhiheng.proof import canonical
from zhiheng.stages.draw import actions
from zhiheng.stages.draw.models import Draw
from zhiheng.verification import draw as verification

from .conftest import BEACON, SECRET


def text(response) -> str:
    return response.content.decode()


def token(response) -> str:
    return re.search(r'name="zh-token" value="([^"]+)"', text(response))[1]


@pytest.fixture
def officer(client, province):
    client.force_login(province.officer)
    return client


def test_the_public_sees_an_announced_draw_and_nobody_in_it(client, committed):
    page = client.get(reverse("draw:public_draw", args=[committed.serial]))

    assert page.status_code == 200
    assert committed.commitment in text(page) and committed.announcement_hash in text(page)
    assert SECRET.hex() not in text(page)
    assert "演示企业" not in text(page)
    assert client.get(reverse("draw:certificate", args=[committed.serial])).status_code == 404
    assert client.get(reverse("draw:frame_file", args=[committed.serial])).status_code == 404


def test_nobody_is_warned_while_one_visit_is_open(client, revealed):
    address = reverse("draw:public_draw", args=[revealed.serial])

    page = text(client.get(address))
    listed = b"".join(client.get(address + "?format=csv").streaming_content).decode()

    assert "2/20" in page and revealed.certificate_sha in page
    for chosen in revealed.selections.all():
        for told in (chosen.subject.name, chosen.unit_code, chosen.ticket[:12]):
            assert told not in page and told not in listed
    assert SECRET.hex() not in page and revealed.seed not in page
    assert client.get(reverse("draw:certificate", args=[revealed.serial])).status_code == 404
    assert client.get(reverse("draw:frame_file", args=[revealed.serial])).status_code == 404


def test_the_public_sees_the_drawn_firms_and_masked_inspectors_after_the_last_visit(client, closed):
    chosen = closed.selections.filter(is_reserve=False).first()

    page = text(client.get(reverse("draw:public_draw", args=[closed.serial])))

    assert chosen.subject.name in page and "2/20" in page and SECRET.hex() in page
    assert chosen.first_inspector.name not in page and "演*" in page
    assert f"zhiheng draw verify draw-{closed.serial}.json" in page


def test_the_office_sees_who_was_drawn_before_the_visits_and_no_seed(officer, revealed):
    chosen = revealed.selections.filter(is_reserve=False).first()

    page = text(officer.get(reverse("draw:draw", args=[revealed.serial])))

    assert chosen.subject.name in page
    assert SECRET.hex() not in page and revealed.seed not in page


def test_a_name_is_masked_to_its_first_character():
    from zhiheng.stages.draw.listing import masked

    assert [masked(name) for name in ("张三丰", "李", "")] == ["张*", "李*", ""]


def test_the_downloaded_certificate_proves_the_draw(client, closed):
    response = client.get(reverse("draw:certificate", args=[closed.serial]))

    report = verification.check(canonical.loads(b"".join(response.streaming_content)))

    assert report.ok, report.refusal


def test_the_downloaded_frame_is_the_announced_one(client, closed):
    import hashlib

    data = b"".join(client.get(reverse("draw:frame_file", args=[closed.serial])).streaming_content)

    assert hashlib.sha256(data).hexdigest() == closed.frame.sha256


@pytest.mark.parametrize("name", ["draws", "commit", "draw", "reveal", "abort"])
def test_a_stranger_is_sent_to_the_sign_in(client, committed, name):
    args = [] if name in ("draws", "commit") else [committed.serial]

    assert client.get(reverse(f"draw:{name}", args=args)).status_code == 302


@pytest.mark.parametrize("name", ["draw", "reveal", "abort"])
def test_an_officer_of_another_province_finds_no_draw(client, committed, person, name):
    client.force_login(person("officer", "320000"))

    assert client.get(reverse(f"draw:{name}", args=[committed.serial])).status_code == 404


def test_an_inspector_may_not_see_draws(client, committed, person):
    client.force_login(person("inspector", "330000", "ZJ001"))

    assert client.get(reverse("draw:draws")).status_code == 403


def test_an_officer_commits_reveals_and_sees_the_result(officer, province, frame):
    form = officer.get(reverse("draw:commit"))
    sent = {
        "zh-token": token(form),
        "obligation": str(province.obligation.pk),
        "frame": str(frame.pk),
        "beacon_kind": "text",
        "beacon_reference": "first 4 draws after 3 March 2025",
    }
    first, second = officer.post(reverse("draw:commit"), sent), officer.post(reverse("draw:commit"), sent)
    draw = Draw.objects.get()
    address = reverse("draw:draw", args=[draw.serial])
    assert first.url == second.url == address

    form = officer.get(reverse("draw:reveal", args=[draw.serial]))
    sent = {"zh-token": token(form), "beacon": BEACON.decode()}
    assert officer.post(reverse("draw:reveal", args=[draw.serial]), sent).url == address

    page = text(officer.get(address))
    assert "演示企业" in page and "Office" not in page
    assert Draw.objects.get().is_revealed


def test_a_refused_commit_says_why_on_the_form_and_stores_nothing(officer, province, frame):
    form = officer.get(reverse("draw:commit"))
    sent = {
        "zh-token": token(form),
        "obligation": str(province.obligation.pk),
        "frame": str(frame.pk),
        "beacon_kind": "dice",
        "beacon_reference": "ceremony of 5 March",
        "away": [one.code for one in province.inspectors[1:]],
    }

    page = officer.post(reverse("draw:commit"), sent)

    assert page.status_code == 200 and "error-summary" in text(page)
    assert not Draw.objects.exists()


def test_an_abort_is_public_with_its_reason(officer, client, committed):
    address = reverse("draw:abort", args=[committed.serial])
    form = officer.get(address)

    officer.post(address, {"zh-token": token(form), "reason": "A city was missing from the frame."})

    page = text(client.get(reverse("draw:public_draw", args=[committed.serial])))
    assert "A city was missing from the frame." in page


def test_an_overdue_draw_is_shown_as_overdue_to_everybody(client, committed):
    Draw.objects.update(reveal_by="2025-03-01")

    page = text(
        client.get(reverse("draw:public_draw", args=[committed.serial]), headers={"accept-language": "en"})
    )

    assert 'class="state stopped"' in page


def test_the_lists_have_a_bounded_number_of_statements(officer, revealed, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        assert revealed.serial in text(officer.get(reverse("draw:draws")))
    with django_assert_max_num_queries(8):
        assert revealed.serial in text(officer.get(reverse("draw:public_draws")))


def test_the_list_of_drawn_firms_leaves_as_csv(client, closed):
    address = reverse("draw:public_draw", args=[closed.serial]) + "?format=csv"

    lines = b"".join(client.get(address).streaming_content).decode().strip().splitlines()

    assert len(lines) == 1 + 10


def test_an_unknown_serial_is_not_found(client, db):
    assert client.get(reverse("draw:public_draw", args=["330000-2025Q1-099"])).status_code == 404


def test_every_ledger_verb_of_a_draw_has_words(db):
    from zhiheng.stages.draw import rules
    from zhiheng.web import timeline

    used = {
        edge.verb
        for edge in rules.PROCEDURE.transitions
        if edge.source in ("frame_frozen", "committed", "revealed")
    }

    assert used <= set(timeline.labels.verbs())


def test_the_workbench_counts_duties_and_draws(province, committed, person):
    from zhiheng.stages.draw.slots import todo

    mine = {item.id: item.count for item in todo(province.officer)}
    other = {item.id: item.count for item in todo(person("officer", "320000"))}

    assert mine == {"duties_without_draw": 0, "draws_to_reveal": 1, "draws_overdue": 0, "draws_to_close": 0}
    assert set(other.values()) == {0}


def test_the_workbench_offers_a_new_draw_after_an_abort(province, committed):
    from zhiheng.stages.draw.slots import todo

    actions.abort(by=province.officer, draw=committed, reason="Test")

    assert {item.id: item.count for item in todo(province.officer)}["duties_without_draw"] == 1


def test_the_record_of_a_firm_shows_the_draws_that_chose_it(revealed, province):
    from zhiheng.stages.draw.slots import subject_panel

    chosen = revealed.selections.filter(is_reserve=False).first()
    others = [s for s in province.subjects if not revealed.selections.filter(subject=s).exists()]

    panel = subject_panel(province.officer, chosen.subject)

    assert [row.draw.serial for row, _share in panel.context["rows"]] == [revealed.serial]
    assert subject_panel(province.officer, others[0]) is None


@pytest.mark.parametrize("role", ["firm", "inspector", None])
def test_the_record_of_a_firm_tells_the_draw_to_nobody_who_may_not_see_draws(revealed, person, role):
    from zhiheng.stages.draw.slots import subject_panel

    chosen = revealed.selections.filter(is_reserve=False).first()
    reader = person(role, "330000", chosen.unit_code) if role else None

    assert subject_panel(reader, chosen.subject) is None
