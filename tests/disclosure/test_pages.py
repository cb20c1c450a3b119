"""What a citizen reads, a newspaper cites and an officer does on the pages of notices."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import translation

from zhiheng.ledger.ids import uuid7
from zhiheng.people import clock
from zhiheng.reports import fonts
from zhiheng.stages.disclosure import actions, composing, queries, rules
from zhiheng.stages.disclosure.models import Notice, NoticeVersion

from .conftest import LATER, REGION, TYPED, moment

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


def text(response) -> str:
    return response.content.decode()


def hrefs(response) -> list[str]:
    return re.findall(r'href="([^"]+)"', text(response))


@pytest.fixture(params=["zh-hans", "en"])
def reader(request, client):
    """A citizen who reads Chinese, and one who reads English."""
    client.cookies["language"] = request.param
    return client


@pytest.fixture
def desk(client, officer):
    """The officer, signed in, reading English."""
    client.force_login(officer)
    client.cookies["language"] = "en"
    return client


@pytest.fixture
def corrected(published, officer):
    """The notice with its failing products, published as a correction."""
    with clock.at(moment(LATER)):
        return actions.correct(
            by=officer,
            notice=published,
            version=1,
            words=composing.typed_words(queries.versions(published)[0].said),
            reason="补充已确定的不合格产品",
        )


def address(notice) -> str:
    return f"/notices/{notice.number}/"


def test_a_notice_stands_at_its_address_with_ground_masks_signature_and_history(reader, corrected):
    page = reader.get(address(corrected))
    first, last = queries.versions(corrected)

    assert page.status_code == 200
    for word in (corrected.number, first.sha256, last.sha256, last.vkey, last.reason, "演示企业"):
        assert word in text(page), word
    assert f"http://testserver{address(corrected)}" in text(page)
    assert 'class="qr"' in text(page)
    assert f"{address(corrected)}v1/" in hrefs(page)
    assert f"/draws/{corrected.source_key}/" in hrefs(page)
    assert {f"{address(corrected)}notice.{form}" for form in ("json", "pdf", "docx")} <= set(hrefs(page))
    seq = queries.entries(corrected)[-1].seq
    assert reverse("web:published_entry", args=[seq]) in hrefs(page)


def test_the_history_shows_line_by_line_what_a_correction_changed(client, corrected):
    client.cookies["language"] = "en"
    page = text(client.get(address(corrected)))

    assert "<del>Failed, final: 0</del>" in page
    assert re.search(r"<ins>Failed, final: [1-9]\d*</ins>", page)


def test_an_earlier_version_says_that_it_is_not_the_newest(client, corrected):
    client.cookies["language"] = "en"
    page = client.get(f"{address(corrected)}v1/")

    assert "not the newest" in text(page)
    assert address(corrected) in hrefs(page)
    assert client.get(f"{address(corrected)}v3/").status_code == 404
    assert client.get(f"{address(corrected)}v0/").status_code == 404


@pytest.mark.parametrize("hides", [False, True])
def test_a_withdrawn_notice_keeps_its_page(client, plain, officer, hides):
    client.cookies["language"] = "en"
    actions.publish(by=officer, notice=plain)
    digest = queries.versions(plain)[0].sha256
    actions.withdraw(by=officer, notice=plain, version=1, reason="内容有误", hides=hides)

    now, before = client.get(address(plain)), client.get(f"{address(plain)}v1/")

    for word in ("This notice was withdrawn", "内容有误", digest, plain.number):
        assert word in text(now), word
    assert now.status_code == before.status_code == 200
    assert "What is masked" not in text(now)
    assert ("Please check the seat" in text(before)) is not hides
    assert ("A word on child seats" in text(now)) is not hides
    assert client.get(f"{address(plain)}notice.docx").status_code == (404 if hides else 200)


def test_a_draft_is_not_public(client, plain):
    assert TYPED["title_zh"] not in text(client.get("/notices/"))
    assert client.get("/notices/330000-2025-N0001/").status_code == 404


def test_masked_places_are_marked_and_counted(reader, plain, officer):
    actions.publish(by=officer, notice=plain)
    page = text(reader.get(address(plain)))

    assert "138****5678" in page and "张某某" in page
    assert "张三丰" not in page and "13812345678" not in page
    assert 'class="masked"' in page
    assert "public-notice / 1" in page


def test_words_of_a_notice_never_become_markup(reader, officer):
    words = {**TYPED, "title_zh": "<script>alert(1)</script>", "text_zh": "<b>粗</b> 13812345678"}
    made = actions.draft(by=officer, kind="other", region=REGION, words={**words, "text_en": ""})
    actions.publish(by=officer, notice=made)

    for path in (address(made), "/notices/", "/notices/feed.atom"):
        page = text(reader.get(path))
        assert "<script>alert" not in page
        assert "<b>粗</b>" not in page


def test_the_list_is_narrowed_searched_and_exported(client, published, plain, officer):
    actions.publish(by=officer, notice=plain)
    client.cookies["language"] = "en"
    both = client.get("/notices/")
    one = client.get("/notices/?kind=other&region=33&issued_from=2025-01-01")
    found = client.get(f"/notices/?q={published.number}")
    file = client.get("/notices/?format=csv")

    assert {address(published), address(plain)} <= set(hrefs(both))
    assert address(plain) in hrefs(one) and address(published) not in hrefs(one)
    assert address(published) in hrefs(found) and address(plain) not in hrefs(found)
    assert published.number in b"".join(file.streaming_content).decode("utf-8-sig")
    assert client.get("/notices/?format=xlsx").status_code == 200


def test_the_list_asks_no_more_of_the_database_for_more_notices(
    client, officer, django_assert_max_num_queries
):
    for number in range(12):
        words = {**TYPED, "title_zh": f"提示{number}"}
        made = actions.draft(by=officer, kind="other", region=REGION, words=words)
        actions.publish(by=officer, notice=made)

    with django_assert_max_num_queries(3):
        assert "提示11" in text(client.get("/notices/"))


def test_a_notice_page_asks_a_bounded_number_of_statements(client, corrected, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        client.get(address(corrected))


def test_the_list_of_results_to_publish_asks_a_bounded_number(desk, closed, django_assert_max_num_queries):
    with django_assert_max_num_queries(9):
        assert closed.serial in text(desk.get("/office/notices/due/"))


def test_the_feed_tells_every_version_and_is_valid_xml(reader, corrected):
    answer = reader.get("/notices/feed.atom")
    feed = ET.fromstring(answer.content)
    entries = feed.findall(f"{ATOM}entry")

    assert answer["Content-Type"].startswith("application/atom+xml")
    assert [one.find(f"{ATOM}id").text for one in entries] == [
        f"http://testserver{address(corrected)}v{number}/" for number in (2, 1)
    ]
    assert "补充已确定的不合格产品" in entries[0].find(f"{ATOM}summary").text


def test_the_proof_is_checked_on_the_page_and_a_changed_one_is_refused(client, corrected):
    client.cookies["language"] = "en"
    data = client.get(f"{address(corrected)}notice.json").content

    def handed_in(data):
        file = SimpleUploadedFile("notice.json", data, "application/json")
        return text(client.post("/verify/", {"bundle": file}))

    assert "Every step holds." in handed_in(data)
    assert "Its last ledger entry stands in the ledger of this site" in handed_in(data)
    assert "Refused: at least one step does not hold." in handed_in(data.replace(b"0.30 mg", b"0.20 mg", 1))


def test_a_notice_is_printed_as_word_and_as_pdf(client, corrected):
    word = client.get(f"{address(corrected)}notice.docx")
    assert word.content[:2] == b"PK"
    assert f"notice-{corrected.number}-v2" in word["Content-Disposition"]
    assert client.get(f"{address(corrected)}notice.xlsx").status_code == 404
    if fonts.has_chinese():
        assert client.get(f"{address(corrected)}notice.pdf").content[:5] == b"%PDF-"


def test_the_key_of_the_office_is_published(client, published):
    assert text(client.get("/notices/key.txt")).strip() == queries.versions(published)[0].vkey


def send(desk, path, **fields):
    """Send the form at a path as it stands there, with some fields filled in."""
    page = text(desk.get(path))
    token = re.search(r'name="zh-token" value="([^"]+)"', page)[1]
    return desk.post(path, {"zh-token": token, **fields})


def test_an_officer_drafts_looks_publishes_corrects_and_withdraws(desk, closed):
    answer = send(desk, "/office/notices/new/", kind="spot_check_result", source=f"draw:{closed.serial}")
    record = answer["Location"]
    preview = text(desk.get(record))
    assert "how it would be published" in preview
    assert "已检查" in preview and "Visits made" in preview
    made = Notice.objects.get()

    send(desk, f"{record}edit/", **{**made.words, "text_zh": "说明。电话13812345678"}, rule="public-notice")
    assert 'class="masked" title="masked">138****5678' in text(desk.get(record))

    public = send(desk, f"{record}publish/")["Location"]
    made.refresh_from_db()
    assert public == address(made)

    words = composing.typed_words(queries.versions(made)[0].said)
    send(
        desk,
        f"{record}correct/",
        **{**words, "title_zh": "更正后的标题"},
        rule="public-notice",
        reason="标题有误",
        version="1",
    )
    send(desk, f"{record}withdraw/", reason="抽取有误", version="2")
    made.refresh_from_db()
    assert (made.state, made.version, made.title) == (rules.WITHDRAWN, 3, "更正后的标题")


def test_a_form_sent_twice_publishes_once(desk, plain):
    path = f"/office/notices/{plain.pk}/publish/"
    token = re.search(r'name="zh-token" value="([^"]+)"', text(desk.get(path)))[1]

    first, second = (desk.post(path, {"zh-token": token}) for _time in range(2))

    assert first["Location"] == second["Location"]
    assert NoticeVersion.objects.count() == 1


def test_a_form_that_was_overtaken_says_so_and_publishes_nothing(desk, published, officer):
    path = f"/office/notices/{published.pk}/withdraw/"
    token = re.search(r'name="zh-token" value="([^"]+)"', text(desk.get(path)))[1]
    with clock.at(moment(LATER)):
        actions.correct(
            by=officer,
            notice=Notice.objects.get(pk=published.pk),
            version=1,
            words=composing.typed_words(queries.versions(published)[0].said),
            reason="补充",
        )

    answer = desk.post(path, {"zh-token": token, "reason": "有误", "version": "1"})

    assert "changed by somebody else" in text(answer)
    assert NoticeVersion.objects.count() == 2


def test_the_form_says_at_the_field_what_a_kind_needs(desk, closed):
    bare = send(desk, "/office/notices/new/", kind="other")
    lost = send(desk, "/office/notices/new/", kind="figure_release", source=f"draw:{closed.serial}")

    assert text(bare).count("written by hand; fill this in") == 6  # three fields, summary and field
    assert "Choose what a notice of this kind is filled from" in text(lost)


def test_a_draft_whose_source_moved_on_says_why_it_cannot_be_published(desk, released, officer, office):
    from zhiheng.stages.indicators import actions as indicators

    made = actions.draft(by=officer, kind="figure_release", source_key=str(released.pk))
    with clock.at(moment("2025-06-02T10:00:00")):
        indicators.release(
            by=_system(), series=office.series, region=REGION, periods=["2025Q1"], reason="修订"
        )

    page = text(desk.get(f"/office/notices/{made.pk}/"))

    assert "replaced by a later one" in page
    assert "/publish/" not in page


def _system():
    from zhiheng.people.scope import System

    return System("test")


@pytest.mark.parametrize("step", ["edit", "publish", "correct", "withdraw", "discard", ""])
def test_a_notice_of_another_region_is_not_found(client, person, published, step):
    client.force_login(person("officer", "320000"))

    path = f"/office/notices/{published.pk}/{step}{'/' if step else ''}"

    assert client.get(path).status_code == 404
    assert client.post(path, {"zh-token": str(uuid7())}).status_code in (404, 405)


def test_the_record_of_a_notice_says_that_the_records_moved_on(desk, published):
    with clock.at(moment("2025-02-20T10:00:00")):
        assert "something else now" not in text(desk.get(f"/office/notices/{published.pk}/"))
    assert "something else now" in text(desk.get(f"/office/notices/{published.pk}/"))


def test_who_only_reads_sees_no_button(client, person, plain):
    client.force_login(person("leader"))
    client.cookies["language"] = "en"

    page = client.get(f"/office/notices/{plain.pk}/")

    assert page.status_code == 200
    assert not [one for one in hrefs(page) if one.endswith(("/publish/", "/edit/", "/discard/"))]
    assert client.get(f"/office/notices/{plain.pk}/publish/").status_code == 403


def test_results_wait_on_the_workbench_and_in_their_list_with_the_rule_of_the_day(desk, closed):
    bench, due = desk.get("/office/"), desk.get("/office/notices/due/")

    start = f"/office/notices/new/?kind=spot_check_result&amp;source=draw:{closed.serial}"
    assert start in text(bench) and start in text(due)
    assert "10 Mar 2025" in text(due)
    assert "unverified" in text(due)
    assert closed.serial in text(desk.get(start.replace("&amp;", "&")))


def test_the_page_of_a_draw_leads_to_its_notice_and_before_it_says_the_day(client, closed, officer):
    client.cookies["language"] = "en"
    before = client.get(f"/draws/{closed.serial}/")
    made = actions.draft(by=officer, kind="spot_check_result", source_key=closed.serial)
    actions.publish(by=officer, notice=made)
    after = client.get(f"/draws/{closed.serial}/")

    assert "The results are to be published by 10 Mar 2025." in text(before)
    assert address(made) in hrefs(after)
    assert "are to be published by" not in text(after)


def test_the_page_of_a_figure_leads_to_the_notice_that_publishes_it(client, released, officer):
    made = actions.draft(by=officer, kind="figure_release", source_key=str(released.pk))
    actions.publish(by=officer, notice=made)
    figure = released.figures.get(region=REGION, division="")

    page = client.get(f"/figures/{figure.series_id}/{REGION}/2025Q1/")

    assert address(made) in hrefs(page)
    assert f"/figures/{figure.series_id}/{REGION}/2025Q1/" in hrefs(client.get(address(made)))


def test_the_record_of_a_firm_shows_the_notices_that_name_it(desk, corrected, officer):
    code = queries.versions(corrected)[-1].said["about"][1][1]
    record = desk.get(reverse("registry:subject", args=[code]))
    assert address(corrected) in hrefs(record)

    actions.withdraw(by=officer, notice=corrected, version=2, reason="有误")

    assert address(corrected) not in hrefs(desk.get(reverse("registry:subject", args=[code])))


def test_the_menu_of_everybody_leads_to_the_notices(client):
    assert reverse("disclosure:public_notices") in hrefs(client.get("/notices/"))


def test_the_entry_of_a_notice_is_told_in_words(client, published):
    with translation.override("en"):
        client.cookies["language"] = "en"
        assert "Notice published" in text(client.get(address(published)))


def test_the_file_names_no_person_and_no_key_of_a_person_beyond_the_ledger(client, published):
    value = json.loads(client.get(f"{address(published)}notice.json").content)

    assert set(value) == {"type", "content", "note", "vkey", "versions", "ledger"}
