"""A notice is drafted, published, corrected and withdrawn; personal data never enter what is kept of it."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from zhiheng import ledger
from zhiheng.errors import BadInput, Conflict, NotAllowed, RuleRefused, ZhihengError
from zhiheng.ledger.models import Entry
from zhiheng.people import clock
from zhiheng.proof import canonical
from zhiheng.stages.disclosure import actions, bundles, composing, jobs, queries, rules, slots
from zhiheng.stages.disclosure.guards import GUARDS
from zhiheng.stages.disclosure.models import Notice, NoticeVersion
from zhiheng.verification import notice as verification

from .conftest import LATER, PUBLISHED_AT, REGION, TYPED, moment

pytestmark = pytest.mark.django_db


def words(notice, **changes):
    return {**composing.typed_words(queries.versions(notice)[-1].said), **changes}


def correct(officer, notice, **changes):
    given = {"reason": "补充已确定的不合格产品", "words": words(notice), "version": notice.version, **changes}
    with clock.at(moment(LATER)):
        return actions.correct(by=officer, notice=notice, **given)


def facts(notice, place):
    section = [one for one in queries.versions(notice)[-1].said["body"] if one["kind"] == "facts"][place]
    return {row["label"]["en"]: row["value"]["en"] for row in section["rows"]}


def rows(notice):
    return next(one["rows"] for one in queries.versions(notice)[-1].said["body"] if one["kind"] == "table")


def test_a_result_notice_counts_what_was_found_and_lists_nobody_who_may_still_object(published):
    found = facts(published, 1)

    assert found["Visits made"] == "140"
    assert found["refused"] == "8" and found["closed"] == "7"
    assert int(found["passed"]) + 15 + int(found["Failed, not final yet"]) == 140
    assert found["Failed, final"] == "0"
    assert rows(published) == []


def test_a_correction_lists_the_products_whose_failing_is_final(published, officer):
    open_before = int(facts(published, 1)["Failed, not final yet"])

    correct(officer, published)

    assert int(facts(published, 1)["Failed, final"]) == open_before == len(rows(published)) > 0
    name, code, region, product, items = rows(published)[0]
    assert name.startswith("演示企业") and len(code) == 18 and region in ("330106 西湖区", "330203 海曙区")
    assert (product, items) == ("演示产品", "铅 0.30 mg/kg (≤ 0.25 mg/kg)")
    assert published.state == rules.CORRECTED


def test_a_notice_takes_the_next_number_of_its_region_and_year(published, plain, officer):
    actions.publish(by=officer, notice=plain)

    assert [published.number, plain.number] == ["330000-2025-N0001", "330000-2025-N0002"]
    assert published.issued_on == date(2025, 2, 20)


def test_personal_data_never_enter_version_ledger_or_file(plain, officer):
    actions.publish(by=officer, notice=plain)
    actions.correct(
        by=officer,
        notice=plain,
        version=1,
        words=words(plain, text_zh="请检查座椅。\n联系人：张某某，电话138****5678；住址：文三路478号。"),
        reason="按投诉人：李四的来电13900001111更正",
    )
    kept = [
        *NoticeVersion.objects.values_list("content", flat=True),
        *NoticeVersion.objects.values_list("reason", flat=True),
        json.dumps(list(Entry.objects.values_list("detail", flat=True)), ensure_ascii=False),
        json.dumps(list(Notice.objects.values_list("words", "title")), ensure_ascii=False),
        bundles.compose(plain).decode(),
    ]

    assert not [
        text for text in kept for word in ("张三丰", "13812345678", "李四", "13900001111") if word in text
    ]
    assert queries.versions(plain)[1].reason == "按投诉人：李某的来电139****1111更正"


def test_a_notice_says_by_which_rule_how_many_places_are_masked(plain, officer):
    actions.publish(by=officer, notice=plain)
    first = queries.versions(plain)[0].said["redaction"]
    actions.correct(
        by=officer, notice=plain, version=1, words=words(plain, title_zh="更正"), reason="标题有误"
    )
    second = queries.versions(plain)[1].said["redaction"]

    assert (first["rule"], first["version"]) == ("public-notice", "1")
    assert first["masked"] == [
        {"kind": "person", "shown": "张某某", "count": 1},
        {"kind": "phone", "shown": "138****5678", "count": 1},
    ]
    assert second == first


def test_the_names_of_the_inspectors_are_masked_in_whatever_an_officer_writes(drafted, officer):
    inspector = drafted.source_key and "演示1"
    said = {**drafted.words, "text_zh": f"由{inspector}等带队。"}

    actions.redraft(by=officer, notice=drafted, words=said)

    assert composing.of_draft(drafted).words.body[0]["paragraphs"][0]["zh"] == "由演某某等带队。"


def test_a_firm_that_is_called_like_an_inspector_keeps_its_name_in_the_list(published, officer):
    from zhiheng.stages.inspection.models import Visit
    from zhiheng.stages.registry.models import Subject

    visit = Visit.objects.filter(verdict="fail").first()
    Subject.objects.filter(pk=visit.subject_id).update(name="演示1体育用品公司")

    correct(officer, published)

    assert "演示1体育用品公司" in [row[0] for row in rows(published)]


def test_the_office_is_told_when_the_records_say_something_else(published, officer):
    newest = queries.versions(published)[-1].said

    with clock.at(moment(PUBLISHED_AT)):
        assert not composing.has_moved_on(published, newest)
    with clock.at(moment(LATER)):
        assert composing.has_moved_on(published, newest)
        correct(officer, published)
        assert not composing.has_moved_on(published, queries.versions(published)[-1].said)


def test_names_of_sole_traders_are_masked_where_the_rule_says_so(published, officer):
    from zhiheng.stages.inspection.models import Visit
    from zhiheng.stages.registry.models import Subject

    visit = Visit.objects.filter(verdict="fail").order_by("region", "subject__code").first()
    Subject.objects.filter(pk=visit.subject_id).update(code="92330106MA2XXXXXXX", name="张三丰餐饮店")

    correct(officer, published, rule="public-notice-sole-traders")

    cells = [row[:2] for row in rows(published)]
    assert ["张某某店", "92330106**********"] in cells
    assert not queries.naming("subject", "92330106MA2XXXXXXX")
    assert {one["kind"] for one in queries.versions(published)[-1].said["redaction"]["masked"]} == {
        "sole_trader"
    }


def test_each_step_has_its_public_entry_with_the_digest_of_the_words(published, officer):
    correct(officer, published)
    actions.withdraw(by=officer, notice=published, version=2, reason="抽取记录有误")

    found = queries.entries(published)

    assert [entry.verb for entry in found] == ["notice.published", "notice.corrected", "notice.withdrawn"]
    digests = [version.sha256 for version in queries.versions(published)]
    assert [entry.detail["content_sha256"] for entry in found] == digests
    assert [entry.detail["replaces"] for entry in found] == ["", *digests[:2]]
    assert ledger.check() > 0


def test_a_draft_is_known_to_the_office_alone(drafted):
    entry = Entry.objects.get(verb="notice.drafted")

    assert entry.visibility == "internal"
    assert "title" not in json.dumps(entry.detail)
    assert not queries.published().exists()


def test_a_withdrawn_notice_keeps_its_trace_and_its_earlier_words(published, officer):
    actions.withdraw(by=officer, notice=published, version=1, reason="抽取记录有误")
    first, last = queries.versions(published)

    assert published.state == rules.WITHDRAWN
    assert (last.said["body"], last.reason, last.said["replaces"]) == ([], "抽取记录有误", first.sha256)
    assert bundles.is_shown(published, first)
    assert verification.check(canonical.loads(bundles.compose(published))).ok


def test_a_withdrawal_may_take_the_words_out_of_sight_but_not_their_digests(plain, officer):
    actions.publish(by=officer, notice=plain)
    before = queries.versions(plain)[0]
    actions.withdraw(by=officer, notice=plain, version=1, reason="含有个人信息", hides=True)

    file = bundles.compose(plain).decode()

    assert TYPED["title_zh"] not in file and "请检查座椅" not in file
    assert before.sha256 in file
    assert verification.check(canonical.loads(file)).ok
    assert Notice.objects.get(pk=plain.pk).title == composing.HIDDEN["zh"]


@pytest.mark.parametrize("step", ["publish", "redraft", "discard", "correct", "withdraw"])
def test_a_withdrawn_notice_is_over(published, officer, step):
    actions.withdraw(by=officer, notice=published, version=1, reason="抽取记录有误")
    more = {
        "redraft": {"words": TYPED},
        "discard": {"reason": "x"},
        "correct": {"words": TYPED, "reason": "x", "version": 2},
        "withdraw": {"reason": "x", "version": 2},
    }

    with pytest.raises(Conflict, match="withdrawn"):
        getattr(actions, step)(by=officer, notice=published, **more.get(step, {}))


def test_a_second_notice_about_the_same_draw_is_refused_until_the_first_is_withdrawn(published, officer):
    again = {"by": officer, "kind": "spot_check_result", "source_key": published.source_key}
    with pytest.raises(Conflict, match="already a notice"):
        actions.draft(**again)

    actions.withdraw(by=officer, notice=published, version=1, reason="抽取记录有误")

    assert actions.draft(**again).state == rules.DRAFTED


def test_a_draft_is_published_once(drafted, officer):
    same = Notice.objects.get(pk=drafted.pk)
    actions.publish(by=officer, notice=drafted)

    with pytest.raises(Conflict, match="somebody else"):
        actions.publish(by=officer, notice=same)

    assert NoticeVersion.objects.count() == 1
    assert Notice.objects.get(pk=drafted.pk).number == drafted.number


def test_of_two_corrections_of_one_version_one_wins(published, officer):
    same = Notice.objects.get(pk=published.pk)
    correct(officer, published)

    with pytest.raises(Conflict, match="somebody else"):
        correct(officer, same, version=1)
    with pytest.raises(Conflict, match="somebody else"):
        correct(officer, published, version=1)

    assert [version.version for version in queries.versions(published)] == [1, 2]


def test_a_correction_that_changes_nothing_is_refused(plain, officer):
    actions.publish(by=officer, notice=plain)

    with pytest.raises(RuleRefused, match="nothing that can be read"):
        actions.correct(by=officer, notice=plain, version=1, words=words(plain), reason="再看一遍")


@pytest.mark.parametrize("reason", ["", "  \n "])
def test_a_correction_and_a_withdrawal_need_a_reason(published, officer, reason):
    with pytest.raises(BadInput, match="No reason"):
        correct(officer, published, reason=reason)
    with pytest.raises(BadInput, match="No reason"):
        actions.withdraw(by=officer, notice=published, version=1, reason=reason)


@pytest.mark.parametrize(
    ("given", "cause"),
    [
        ({"kind": "none"}, "no kind of notice"),
        ({"kind": "spot_check_result"}, "none is named"),
        ({"kind": "spot_check_result", "source_key": "330000-2030Q1-001"}, "no such draw"),
        ({"kind": "figure_release", "source_key": "no-uuid"}, "no such draw or release"),
        ({"kind": "other", "region": REGION}, "title and a text"),
        ({"kind": "other", "region": REGION, "words": {**TYPED, "title_zh": "长" * 121}}, "longer than 120"),
    ],
)
def test_a_draft_that_cannot_be_is_refused(officer, given, cause):
    with pytest.raises(ZhihengError, match=cause):
        actions.draft(by=officer, **given)


def test_results_of_an_open_draw_are_not_published_but_it_may_be_announced(draw, officer):
    opened = draw()

    with pytest.raises(RuleRefused, match="not as far"):
        actions.draft(by=officer, kind="spot_check_result", source_key=opened.serial)
    made = actions.draft(by=officer, kind="draw_announcement", source_key=opened.serial)
    actions.publish(by=officer, notice=made)

    assert facts(made, 0)["Hash of the announcement"] == opened.announcement_hash


def test_figures_are_published_with_their_intervals(released, officer):
    made = actions.draft(by=officer, kind="figure_release", source_key=str(released.pk))
    actions.publish(by=officer, notice=made)

    said = facts(made, 0)
    assert "95% interval" in next(iter(said.values()))
    assert facts(made, 1)["Root over all figures"] == released.figures_root


@pytest.mark.parametrize(
    ("role", "region"), [("statistician", REGION), ("inspector", REGION), ("officer", "320000")]
)
def test_who_does_not_publish_there_is_refused(published, person, role, region):
    other = person(role, region)
    steps = [
        lambda: actions.draft(by=other, kind="other", region=REGION, words=TYPED),
        lambda: actions.publish(by=other, notice=published),
        lambda: actions.redraft(by=other, notice=published, words=TYPED),
        lambda: actions.discard(by=other, notice=published, reason="x"),
        lambda: actions.correct(by=other, notice=published, version=1, words=TYPED, reason="x"),
        lambda: actions.withdraw(by=other, notice=published, version=1, reason="x"),
    ]

    for step in steps:
        with pytest.raises(NotAllowed):
            step()


def test_an_office_sees_its_own_region(published, person):
    assert list(queries.notices(person("leader"))) == [published]
    assert list(queries.notices(person("officer", "320000"))) == []
    assert list(queries.notices(person("inspector"))) == []


def test_what_was_published_is_kept_by_the_database(published):
    assert GUARDS.standing(connection) == GUARDS.expected(connection.vendor)
    for table in GUARDS.tables:
        for statement in (f"DELETE FROM {table}", f"UPDATE {table} SET version = 9"):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
    with pytest.raises(TypeError):
        published.versions.first().save()
    with pytest.raises(TypeError):
        published.versions.first().delete()


def test_words_altered_in_the_store_are_not_shown(published):
    with GUARDS.lifted(connection):
        NoticeVersion.objects.update(content=published.versions.first().content.replace("140", "141"))

    with pytest.raises(RuleRefused, match="do not have the digest"):
        bundles.compose(published)


def test_results_are_due_twenty_working_days_after_the_draw_was_closed(closed, officer):
    (row,) = queries.awaited(officer)

    assert (row.closed_on, row.due.due_on) == (date(2025, 2, 10), date(2025, 3, 10))
    assert not row.due.limit.is_verified


def test_a_limit_that_was_not_read_reminds_and_is_never_overdue(closed, officer):
    items = {item.id: item for item in slots.todo(officer)}

    assert items["results_overdue"].count == 0
    assert items["results_late"].count == 1
    assert items["results_late"].tone == "due"
    assert "only reminds" in str(items["results_late"].rows[0].note)


def test_a_published_result_waits_no_longer_and_a_withdrawn_one_waits_again(published, officer):
    assert queries.awaited(officer) == []

    actions.withdraw(by=officer, notice=published, version=1, reason="抽取记录有误")

    assert [row.draw.serial for row in queries.awaited(officer)] == [published.source_key]


def test_a_discarded_draft_makes_room_and_keeps_no_words(drafted, officer):
    title = {"title_zh": "联系人：张三丰", "title_en": "Contact: Zhang San"}
    actions.redraft(by=officer, notice=drafted, words={**drafted.words, **title})
    actions.discard(by=officer, notice=drafted, reason="写错了")
    drafted.refresh_from_db()

    assert (drafted.words, drafted.number) == ({}, "")
    assert (drafted.title, drafted.title_en) == ("联系人：张某某", "Contact: Z***")
    assert actions.draft(by=officer, kind="spot_check_result", source_key=drafted.source_key).pk != drafted.pk


def test_at_nine_in_the_morning_the_notice_says_the_day(published):
    assert queries.versions(published)[0].said["dated"] == PUBLISHED_AT[:10]


def test_a_file_that_a_kill_left_out_or_left_old_is_written_by_the_next_tick(published, officer):
    place = bundles.write(published)
    correct(officer, published)
    assert queries.versions(published)[-1].sha256.encode() not in place.read_bytes()

    assert (jobs.write_bundles(), jobs.write_bundles()) == (1, 0)
    assert queries.versions(published)[-1].sha256.encode() in place.read_bytes()

    place.unlink()
    assert jobs.write_bundles() == 1
