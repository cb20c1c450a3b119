"""List pages: narrowing, order, pages, export, a bounded number of statements."""

from __future__ import annotations

import io
import re

import pytest
from django.test.utils import CaptureQueriesContext

from tests.web import gallery
from zhiheng.people.models import Appointment, Person
from zhiheng.web import tables
from zhiheng.web.tables import listing, plan

pytestmark = pytest.mark.django_db
LIST = "/gallery/list/"


def rows(response) -> list[str]:
    return [row.cells[0].text for row in response.context["table"].rows]


def body(response) -> str:
    return b"".join(response.streaming_content).decode("utf-8-sig")


def test_a_list_page_takes_a_bounded_number_of_statements(
    office, appointments, django_assert_max_num_queries
):
    office.get(LIST)

    with django_assert_max_num_queries(
        8
    ):  # session, person, appointments, count, rows; the session is kept alive
        response = office.get(LIST + "?q=人员&region=330000&sort=-region")

    assert len(response.context["table"].rows) == 40


def test_the_number_of_statements_does_not_grow_with_the_rows(office, appointments):
    from django.db import connection

    with CaptureQueriesContext(connection) as few:
        office.get(LIST + "?size=25&q=ORG00")
    with CaptureQueriesContext(connection) as many:
        office.get(LIST + "?size=25")

    assert len(many) <= len(few) + 1


def test_a_region_narrows_to_everything_inside_it(office, appointments):
    province = office.get(LIST + "?region=330000&size=100")
    county = office.get(LIST + "?region=330106&size=100")

    assert len(rows(province)) == 41  # the officer of Hangzhou too
    assert len(rows(county)) == 20
    assert "浙江省" in province.content.decode()


def test_a_region_may_be_named(office, appointments):
    assert len(rows(office.get(LIST + "?region=广东省&size=100"))) == 20


def test_an_unknown_region_is_refused_in_the_form_and_hides_nothing(office, appointments):
    response = office.get(LIST + "?region=忘川")

    table = response.context["table"]
    assert [item.name for item in table.refused] == ["region"]
    assert table.count == 61
    assert 'aria-invalid="true"' in response.content.decode()


def test_a_choice_that_is_none_is_refused(office, appointments):
    response = office.get(LIST + "?role=emperor")

    assert response.status_code == 200
    assert len(response.context["table"].refused) == 1


def test_a_date_narrows_and_a_wrong_one_is_refused(office, later):
    assert len(rows(office.get(LIST + "?from_from=2025-01-01&size=100"))) == 20
    assert len(office.get(LIST + "?from_from=yesterday").context["table"].refused) == 1


def test_a_search_is_a_prefix_of_the_declared_fields(office, appointments):
    assert rows(office.get(LIST + "?q=ORG01")) == [f"人员{number:03d}" for number in range(10, 20)]
    assert rows(office.get(LIST + "?q=RG01")) == []
    assert len(rows(office.get(LIST + "?q=人员05"))) == 10


@pytest.mark.parametrize("nasty", ["%", "_", "'; drop table people_person; --", "\\", "*", "\U0010ffff"])
def test_a_search_takes_every_sign_as_itself(office, appointments, nasty):
    response = office.get(LIST, {"q": nasty})

    assert response.status_code == 200
    assert Person.objects.count() == 61
    assert rows(response) == []


def test_a_column_sorts_both_ways_and_says_so(office, appointments):
    up = office.get(LIST + "?sort=name")
    down = office.get(LIST + "?sort=-name")

    assert rows(up) == sorted(rows(up))
    assert rows(down)[0] > rows(down)[-1]
    assert 'aria-sort="ascending"' in up.content.decode()
    assert 'aria-sort="descending"' in down.content.decode()


@pytest.mark.parametrize("sort", ["person__password", "state", "-person__login", "id); --", "days"])
def test_only_declared_columns_can_be_sorted_by(office, appointments, sort):
    response = office.get(LIST, {"sort": sort})

    assert rows(response) == rows(office.get(LIST))


def test_pages_do_not_overlap_and_hold_every_row(office, appointments):
    first = office.get(LIST + "?size=25&sort=role")
    second = office.get(LIST + "?size=25&sort=role&page=2")
    third = office.get(LIST + "?size=25&sort=role&page=3")

    seen = [row.id for response in (first, second, third) for row in response.context["table"].rows]
    assert len(seen) == len(set(seen)) == 61
    assert third.context["table"].next_url == ""
    assert first.context["table"].previous_url == ""


@pytest.mark.parametrize("page", ["0", "-3", "zwei", "²", "99999999999999999999"])
def test_a_page_that_is_no_number_does_not_break_the_list(office, appointments, page):
    assert office.get(LIST, {"page": page}).status_code == 200


def test_the_address_holds_the_whole_state(office, appointments):
    table = office.get(LIST + "?q=人员&region=330000&sort=-region&size=25").context["table"]

    for part in ("q=", "region=330000", "sort=-region", "size=25", "page=2"):
        assert part in table.next_url
    assert [chip.text for chip in table.chips] == ["人员", "浙江省"]
    assert "region=" not in table.chips[1].url
    assert "q=" in table.chips[1].url


def test_the_count_stops_at_its_limit(office, appointments, monkeypatch):
    monkeypatch.setattr(listing, "COUNT_LIMIT", 30)

    table = office.get(LIST + "?size=25").context["table"]

    assert (table.count_text, table.is_count_exact) == ("30+", False)


def test_a_count_is_never_asked_of_the_whole_table(office, appointments):
    from django.db import connection

    with CaptureQueriesContext(connection) as statements:
        office.get(LIST + "?size=25")

    counts = [query["sql"] for query in statements if "COUNT(" in query["sql"]]
    assert counts
    assert all("LIMIT 10001" in sql for sql in counts)


def test_a_list_goes_no_deeper_than_its_bound(office, appointments, monkeypatch):
    monkeypatch.setattr(listing, "DEPTH_LIMIT", 50)

    table = office.get(LIST + "?size=25&page=7").context["table"]

    assert table.number == 2
    assert table.next_url == ""
    assert table.is_at_depth


def test_an_empty_list_says_why_and_what_to_do(office, appointments):
    text = office.get(LIST + "?q=nobody").content.decode()

    assert 'class="empty"' in text
    assert f'href="{LIST}"' in text


def test_csv_holds_the_narrowed_rows_and_no_formula(office, person_with):
    person_with("leader", region="330106", display_name="=HYPERLINK(1)", organisation="+1-2")

    response = office.get(LIST + "?region=330106&format=csv")

    text = body(response)
    assert response["Content-Type"].startswith("text/csv")
    assert "appointments-" in response["Content-Disposition"]
    assert "'=HYPERLINK(1)" in text
    assert "'+1-2" in text
    assert len(text.splitlines()) == 2


def test_xlsx_holds_the_rows_as_text_and_no_formula(office, person_with):
    from openpyxl import load_workbook

    person_with("leader", region="330106", display_name="=1+1")

    response = office.get(LIST + "?region=330106&format=xlsx")

    sheet = load_workbook(io.BytesIO(response.content)).active
    cell = sheet["A2"]
    assert (cell.value, cell.data_type) == ("'=1+1", "s")
    assert sheet.max_row == 2


def test_an_unknown_format_is_the_page(office, appointments):
    assert office.get(LIST + "?format=exe")["Content-Type"].startswith("text/html")


def test_a_table_without_code_reads_only_its_fields(office, appointments):
    from django.db import connection

    with CaptureQueriesContext(connection) as statements:
        office.get("/gallery/light/")

    sql = next(query["sql"] for query in statements if "LIMIT 51" in query["sql"])
    assert "valid_from" not in sql.split("FROM")[0]


def test_rows_of_values_are_shown_too(rf, appointments):
    table = tables.Table(columns=(tables.Column("role", "角色"),), default_sort="role")

    page = table.page(rf.get("/x/"), Appointment.objects.values("pk", "role"))

    assert len(page.rows) == 50
    assert page.rows[0].id


@pytest.mark.parametrize("small", [10_000, 0])
@pytest.mark.parametrize(
    "query",
    [
        "sort=name",
        "region=330000&sort=-name",
        "region=330000&sort=region",
        "role=leader&sort=-valid_from",
        "region=330000&page=2&size=25",
        "q=ORG0&sort=organisation",
    ],
)
def test_every_way_to_a_page_finds_the_same_rows(office, appointments, monkeypatch, small, query):
    plainly = body(office.get(f"{LIST}?{query}&format=csv")).splitlines()[1:]
    monkeypatch.setattr(plan, "SMALL", small)

    shown = rows(office.get(f"{LIST}?size=100&{query}"))

    start = 25 if "page=2" in query else 0
    assert shown
    assert shown == [line.split(",")[0] for line in plainly][start : start + (25 if start else 100)]


@pytest.mark.parametrize(
    "query",
    ["region=330000&sort=-region&q=人员", "q=ORG0&sort=name", "q=人员0&sort=-organisation&role=leader"],
)
def test_a_search_is_sorted_where_its_rows_are_few_and_else_says_that_it_is_not(
    office, appointments, monkeypatch, query
):
    def ask():
        page = office.get(f"{LIST}?{query}&size=100")
        html = page.content.decode()
        return rows(page), "aria-sort" in html, "无法排序" in html

    found, is_marked, is_said = ask()
    plainly = [line.split(",")[0] for line in body(office.get(f"{LIST}?{query}&format=csv")).splitlines()[1:]]
    monkeypatch.setattr(plan, "SMALL", len(found) - 1)
    searched, *of_many = ask()

    assert found == plainly
    assert (is_marked, is_said, of_many) == (True, False, [False, True])
    assert searched == sorted(found)  # names and codes of the appointments grow alike


def test_a_page_past_the_end_of_a_narrowed_list_still_says_how_many_there_are(office, appointments):
    table = office.get(LIST + "?role=leader&page=7").context["table"]

    assert (table.rows, table.count) == ([], 20)


def test_few_rows_are_found_and_counted_by_one_statement(office, appointments):
    from django.db import connection

    with CaptureQueriesContext(connection) as asked:
        office.get(LIST + "?role=leader&region=330000&sort=name")

    about = [
        query["sql"] for query in asked if "COUNT(*)" in query["sql"] and "people_appointment" in query["sql"]
    ]
    assert len(about) == 1
    assert "OVER ()" in about[0]


def test_rows_of_a_region_are_collected_rather_than_walked_to(office, appointments, monkeypatch):
    from django.db import connection

    monkeypatch.setattr(plan, "SMALL", 0)
    with CaptureQueriesContext(connection) as by_name:
        office.get(LIST + "?region=330000&sort=name")
    with CaptureQueriesContext(connection) as by_region:
        office.get(LIST + "?region=330000&sort=region")

    assert any("CASE WHEN" in query["sql"] for query in by_name)
    assert not any("CASE WHEN" in query["sql"] for query in by_region)


def test_a_batch_posts_the_chosen_rows(rf, office, appointments):
    from django.template.loader import render_to_string

    batch = (tables.BatchAction("停用", "/gallery/stop/"),)
    table = tables.Table(columns=gallery.LIGHT.columns, default_sort="role", batch=batch)

    html = render_to_string("web/table.html", {"table": table.page(rf.get("/x/"), Appointment.objects.all())})

    assert html.count('name="ids"') == 50
    assert 'formaction="/gallery/stop/"' in html


def test_a_list_without_scripts_is_a_plain_form(office, appointments):
    html = office.get(LIST).content.decode()

    assert re.search(r'<form class="filters" method="get"', html)
    assert html.count("<script") == html.count("<script src=") <= 1


def test_a_list_page_stays_light(office, appointments):
    assert len(office.get(LIST).content) < 100_000
