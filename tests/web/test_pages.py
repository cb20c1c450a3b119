"""Every kind of page, in both languages, without anything inline."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from zhiheng.web import slots

pytestmark = pytest.mark.django_db
PAGES = (
    "/office/",
    "/office/account/",
    "/office/imports/gallery-subjects/",
    "/gallery/list/",
    "/gallery/form/",
    "/gallery/review/",
    "/gallery/record/",
    "/gallery/figure/",
    "/gallery/groups/",
    "/gallery/notice/",
)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_whole_in_both_languages(office, path, language):
    office.cookies["language"] = language

    response = office.get(path)

    html = response.content.decode()
    assert response.status_code == 200
    assert f'lang="{"en" if language == "en" else "zh-CN"}"' in html
    assert 'class="skip" href="#main"' in html
    assert '<main id="main"' in html
    assert len(re.findall(r"<h1\b", html)) == 1
    assert len(html.encode()) < 100_000


@pytest.mark.parametrize("path", PAGES)
def test_no_page_carries_inline_style_or_script_or_leaves_the_site(office, path):
    html = office.get(path).content.decode()

    assert " style=" not in html
    assert "<style" not in html
    assert not re.search(r"<script(?![^>]*\bsrc=)", html)
    assert not re.search(r"""(?:src|href|action)=["'](?:https?:)?//""", html)
    assert not re.search(r"\son[a-z]+=", html)


@pytest.mark.parametrize("path", PAGES)
def test_every_field_has_its_label_and_every_id_stands_once(office, path):
    html = office.get(path).content.decode()

    ids = re.findall(r'\sid="([^"]+)"', html)
    labelled = set(re.findall(r'<label[^>]*\bfor="([^"]+)"', html))
    fields = re.findall(r"<(?:input|select|textarea)\b[^>]*>", html)
    assert len(ids) == len(set(ids))
    for field in fields:
        if 'type="hidden"' in field or "aria-label=" in field:
            continue
        assert re.search(r'\bid="([^"]+)"', field).group(1) in labelled, field


@pytest.mark.parametrize("path", PAGES)
def test_every_head_of_a_table_has_its_scope(office, path):
    html = office.get(path).content.decode()

    assert all("scope=" in head for head in re.findall(r"<th\b[^>]*>", html))


def test_english_pages_hold_no_chinese_of_the_shell(client, person_with):
    person = person_with("officer", region="330000", display_name="Someone")
    client.force_login(person, backend="zhiheng.people.sign_in.Backend")
    client.cookies["language"] = "en"

    html = client.get("/office/").content.decode()

    text = re.sub(r"<[^>]+>", " ", html).replace("中文", "")
    assert re.findall(r"[\u4e00-\u9fff]+", text) == []


def test_the_demo_says_so_on_every_page(office, settings):
    settings.DEMO = False
    assert "演示数据" not in office.get("/office/").content.decode()

    settings.DEMO = True

    for language in ("zh-hans", "en"):
        office.cookies["language"] = language
        assert "演示数据" in office.get("/office/").content.decode()


def test_a_printed_page_carries_address_and_hash_of_its_words(office, settings):
    settings.MIDDLEWARE = [
        *[name for name in settings.MIDDLEWARE if "printmark" not in name],
        "zhiheng.web.printmark.PrintMarkMiddleware",
    ]
    from django.test import Client

    from zhiheng.web import printmark

    client = Client()
    html = client.get("/gallery/notice/").content.decode()

    shown = re.search(r"SHA-256[^<]*</dt><dd>([0-9a-f]{64})</dd>", html).group(1)
    main = re.search(r"<main\b[^>]*>(.*?)</main>", html, re.S).group(1)
    assert "http://testserver/gallery/notice/" in html
    assert shown == printmark.text_hash(main)
    assert shown != printmark.text_hash(main.replace("接地电阻", "绝缘电阻"))


def test_a_page_with_its_hash_is_sent_to_its_last_byte(client):
    """The hash is longer than its place holder; a length counted before would cut the end of the page off."""
    answer = client.get("/")

    assert b"<!--print-hash-->" not in answer.content
    assert int(answer["Content-Length"]) == len(answer.content)


def test_the_hash_of_a_page_is_that_of_its_words_alone():
    from zhiheng.web import printmark

    assert printmark.text_hash("<p>合格  率</p>\n<b>&lt;94%</b>") == printmark.text_hash(
        "<i>合格 率</i> &lt;94%"
    )


@pytest.fixture
def menu(monkeypatch):
    made = slots.Menu()
    monkeypatch.setattr(slots, "menu", made)
    return made


def test_the_menu_shows_what_the_person_may_use(office, menu):
    from zhiheng.people import P

    menu.add(slots.MenuItem("list", "主体台账", "gallery-list", P.REGISTRY_VIEW, 20))
    menu.add(slots.MenuItem("people", "人员管理", "gallery-list", P.PEOPLE_MANAGE, 10))
    menu.add(slots.MenuItem("gone", "没有的页", "no-such-name", None, 5))

    html = office.get("/gallery/list/").content.decode()

    assert "主体台账" in html
    assert "人员管理" not in html
    assert "没有的页" not in html
    assert 'aria-current="page"' in html


def test_the_menu_of_the_office_stands_under_the_names_of_the_stages(office, menu):
    from zhiheng.people import P

    menu.add(slots.MenuItem("a", "甲", "web:workbench", P.REGISTRY_VIEW, 20))
    menu.add(slots.MenuItem("b", "乙", "web:matrix", P.REGISTRY_VIEW, 21))

    html = office.get("/gallery/list/").content.decode()

    side = html[html.index('class="side"') :]
    assert side.count('<li class="menu-head">系统管理</li>') == 1
    assert side.index("系统管理") < side.index("甲") < side.index("乙")


def test_the_workbench_shows_counts_before_the_list(office, monkeypatch):
    todo = slots.Providers()
    monkeypatch.setattr(slots, "todo", todo)
    todo.add(lambda person: [slots.TodoItem("a", "待录入", 12, "/gallery/list/")])
    todo.add(lambda person: [slots.TodoItem("b", "逾期案件", 1, "/gallery/list/", "overdue")])
    todo.add(lambda person: [slots.TodoItem("c", "没有了", 0, "/gallery/list/", "due")])

    response = office.get("/office/")

    html = response.content.decode()
    assert [count.number for count in response.context["counts"]] == [12, 0, 1, 0]
    assert html.index('class="counts"') < html.index("待录入") < html.index("逾期案件")
    assert "没有了" not in html


def test_a_long_queue_is_counted_to_a_limit_and_no_further(office, monkeypatch):
    from zhiheng.people.models import Person

    now = datetime(2025, 1, 1, tzinfo=UTC)
    Person.objects.bulk_create(Person(login=f"q{n}", display_name="q", created_at=now) for n in range(9))
    rows = Person.objects.filter(login__startswith="q").order_by("login")
    todo = slots.Providers()
    monkeypatch.setattr(slots, "todo", todo)
    monkeypatch.setattr(slots, "COUNTED", 7)
    todo.add(lambda person: [slots.queue("a", "待办", rows, "/", _row)])
    todo.add(lambda person: [slots.queue("b", "少", rows[:3], "/", _row)])

    with CaptureQueriesContext(connection) as statements:
        response = office.get("/office/")

    items = response.context["items"]
    assert [(item.count_text, len(item.rows)) for item in items] == [("7+", 5), ("3", 3)]
    assert response.context["counts"][0].text == "10+"
    asked = [query["sql"] for query in statements if "LIKE" in query["sql"]]
    assert len(asked) == 3, "a short queue takes one statement, a long one two"
    assert all("LIMIT" in sql for sql in asked)


def _row(one) -> slots.TodoRow:
    return slots.TodoRow(one.login, "/")


def test_an_empty_workbench_says_so(office, monkeypatch):
    monkeypatch.setattr(slots, "todo", slots.Providers())

    assert 'class="empty"' in office.get("/office/").content.decode()


def test_a_tone_that_is_none_is_refused():
    with pytest.raises(ValueError, match="tone"):
        slots.TodoItem("a", "x", 1, "/", "red")


def test_a_panel_of_a_slot_is_rendered_from_its_own_template(office):
    html = office.get("/gallery/record/").content.decode()

    assert "近期检查" in html
    assert "抽查批次" in html


def test_a_why_that_was_not_read_says_unverified(office):
    office.cookies["language"] = "en"

    html = office.get("/gallery/record/").content.decode()

    assert "unverified" in html
    assert "text read" not in html


def test_tiles_stand_in_the_same_order_with_a_word_beside_the_shade(office):
    html = office.get("/gallery/figure/").content.decode()

    tiles = re.findall(r'<li class="tile c(\d+) r(\d+) (\w+)">', html)
    assert len(tiles) == len({(col, row) for col, row, _tone in tiles}) == 34
    assert [tone for _c, _r, tone in tiles].count("none") == 30
    assert "95.1%" in html


@pytest.mark.django_db
def test_the_hash_in_the_foot_is_counted_in_the_length_of_the_answer(client):
    """A browser cuts a page off where its announced length ends."""
    response = client.get("/sign-in/")

    assert b"<!--print-hash-->" not in response.content
    assert int(response["Content-Length"]) == len(response.content)
    assert response.content.rstrip().endswith(b"</html>")
