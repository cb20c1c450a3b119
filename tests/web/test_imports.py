"""Lists from spreadsheets: understood, every fault by its cell, stored once or not at all."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook, load_workbook

from tests.web import gallery
from zhiheng.formats import identifiers
from zhiheng.formats.spreadsheet import Sheet
from zhiheng.web.imports import marked, reading
from zhiheng.web.models import KnownList, Upload

pytestmark = pytest.mark.django_db
START = "/office/imports/gallery-subjects/"
HEADER = ["统一社会信用代码", "企业名称", "行政区划"]


def code(number: int) -> str:
    return identifiers.demo_uscc(number, "330106")


def csv(*rows: list[str]) -> bytes:
    return "\n".join(",".join(row) for row in [HEADER, *rows]).encode()


def workbook(*rows: list[object]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def send(office, data: bytes, name: str = "名单.csv"):
    return office.post(START, {"file": SimpleUploadedFile(name, data)})


def uploaded(office, data: bytes, name: str = "名单.csv") -> Upload:
    response = send(office, data, name)
    assert response.status_code == 302, response.content.decode()
    return Upload.objects.get()


def decide(office, upload: Upload, do: str, **more):
    return office.post(f"/office/uploads/{upload.pk}/", {"do": do, **more})


def test_a_good_list_is_stored_once_and_only_after_the_person_says_so(office, officer):
    upload = uploaded(office, csv([code(1), "甲", "330106"], [code(2), "乙", "浙江省"]))
    assert gallery.STORED == []
    assert upload.summary == {"rows": 2, "faulty": 0, "good": 2, "faults": 0}

    first = decide(office, upload, "store")
    second = decide(office, upload, "store")

    assert first.status_code == second.status_code == 302
    assert len(gallery.STORED) == 1
    assert gallery.STORED[0]["by"] == officer
    assert gallery.STORED[0]["source"] == upload.sha256
    assert [row["region"] for row in gallery.STORED[0]["rows"]] == ["330106", "330000"]
    assert "2" in office.get(f"/office/uploads/{upload.pk}/").content.decode()


def test_what_was_stored_is_kept_as_evidence_and_its_rows_are_removed(office, settings):
    from zhiheng.ledger import evidence

    data = csv([code(1), "甲", "330106"])
    upload = uploaded(office, data)
    assert list(Path(settings.VAR, "uploads").glob("*"))

    decide(office, upload, "store")

    assert evidence.read(upload.sha256) == data
    assert list(Path(settings.VAR, "uploads").glob("*")) == []


def test_title_rows_above_the_header_and_strange_order_are_understood(office):
    rows = [
        ["浙江省主体名单"],
        ["制表日期 2026年3月"],
        [],
        ["序号", "行政区划(县级)", "企业名称*", "信用代码"],
    ]
    rows += [[1, "330106", "甲", code(1)], [2, "330106", "乙", code(2)]]

    upload = uploaded(office, workbook(*rows), "名单.xlsx")

    assert upload.header_row == 4
    assert upload.mapping == {"region": 2, "name": 3, "code": 4}
    assert upload.summary["good"] == 2


def test_english_headers_are_understood(office):
    data = f"Social credit code,Name,Region\n{code(1)},A,330106".encode()

    assert uploaded(office, data).summary["good"] == 1


def test_every_fault_is_named_by_sheet_row_column_value_rule_and_remedy(office):
    data = workbook(HEADER, [code(1), "甲", "330106"], ["X1BAD", "", "999999"], [code(1), "丙", "330106"])

    upload = uploaded(office, data, "名单.xlsx")

    page = office.get(f"/office/uploads/{upload.pk}/faults/")
    named = [(fault.sheet, fault.row, letter, fault.value) for fault, letter in page.context["faults"]]
    assert named == [
        ("Sheet", 3, "A", "X1BAD"),
        ("Sheet", 3, "B", ""),
        ("Sheet", 3, "C", "999999"),
        ("Sheet", 4, "A", code(1)),
    ]
    assert all(fault.rule and fault.remedy for fault, _letter in page.context["faults"])


def test_nothing_is_stored_while_a_fault_stands(office):
    upload = uploaded(office, csv([code(1), "甲", "330106"], ["X1BAD", "乙", "330106"]))

    response = decide(office, upload, "store")

    assert response.status_code == 400
    assert gallery.STORED == []
    upload.refresh_from_db()
    assert upload.state == "checked"


def test_the_good_rows_alone_are_stored_when_the_person_chooses_so(office):
    upload = uploaded(office, csv([code(1), "甲", "330106"], ["X1BAD", "乙", "330106"]))

    decide(office, upload, "store-good")

    assert [row["name"] for row in gallery.STORED[0]["rows"]] == ["甲"]
    upload.refresh_from_db()
    assert (upload.summary["stored"], upload.summary["left_out"]) == (1, 1)


def test_a_list_without_a_good_row_is_not_stored(office):
    upload = uploaded(office, csv(["X1BAD", "乙", "330106"]))

    assert decide(office, upload, "store-good").status_code == 400
    assert gallery.STORED == []


def test_a_storing_that_fails_leaves_the_upload_to_be_tried_again(office):
    from zhiheng.errors import RuleRefused

    upload = uploaded(office, csv([code(1), "甲", "330106"]))

    def refuse(**_all):
        raise RuleRefused("Outside of your region.", "Ask the province.")

    object.__setattr__(gallery.SPEC, "store", refuse)
    try:
        response = decide(office, upload, "store")
    finally:
        object.__setattr__(gallery.SPEC, "store", gallery.store)

    assert response.status_code == 422
    assert "Outside of your region." in response.content.decode()
    assert decide(office, upload, "store").status_code == 302
    assert len(gallery.STORED) == 1


def test_an_upload_put_aside_stores_nothing_ever(office, settings):
    upload = uploaded(office, csv([code(1), "甲", "330106"]))

    decide(office, upload, "discard")

    assert decide(office, upload, "store").status_code == 409
    assert gallery.STORED == []
    assert list(Path(settings.VAR, "uploads").glob("*")) == []


def test_an_upload_of_somebody_else_is_not_found(office, client, person_with):
    upload = uploaded(office, csv([code(1), "甲", "330106"]))
    client.force_login(person_with("officer", region="330100"), backend="zhiheng.people.sign_in.Backend")

    for path in ("", "faults/", "marked.xlsx"):
        assert client.get(f"/office/uploads/{upload.pk}/{path}").status_code == 404


def test_who_may_not_import_is_refused(client, person_with):
    client.force_login(person_with("leader"), backend="zhiheng.people.sign_in.Backend")

    assert client.get(START).status_code == 403
    assert send(client, csv([code(1), "甲", "330106"])).status_code == 403


def test_a_header_that_is_not_understood_can_be_mapped_by_hand(office):
    data = f"甲列,乙列,丙列\n{code(1)},甲,330106".encode()
    upload = uploaded(office, data)
    assert upload.state == "read"
    assert decide(office, upload, "store").status_code == 400

    decide(office, upload, "map", **{"header_row": 1, "map-code": 1, "map-name": 2, "map-region": 3})

    upload.refresh_from_db()
    assert upload.summary["good"] == 1


@pytest.mark.parametrize(
    "mapping",
    [
        {"header_row": "1", "map-code": "1", "map-name": "1", "map-region": "2"},
        {"header_row": "1", "map-code": "1"},
        {"header_row": "x"},
        {"header_row": "0", "map-code": "1", "map-name": "2", "map-region": "3"},
        {"header_row": "1", "map-code": "-1", "map-name": "2", "map-region": "3"},
    ],
)
def test_a_wrong_mapping_is_refused(office, mapping):
    upload = uploaded(office, csv([code(1), "甲", "330106"]))

    assert decide(office, upload, "map", **mapping).status_code == 400


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "leer.csv"),
        (b"PK\x03\x04 this is no workbook", "x.xlsx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1old", "x.xls"),
        (bytes(range(256)) * 10, "x.xlsx"),
    ],
)
def test_a_file_that_is_no_list_is_refused_with_what_to_do(office, data, name):
    response = send(office, data, name)

    assert response.status_code in {400, 413}
    assert 'role="alert"' in response.content.decode()
    assert not Upload.objects.exists()


def test_a_form_without_a_file_is_refused(office):
    assert office.post(START, {}).status_code == 400


def test_a_file_that_is_too_large_is_refused_before_it_is_read(office, settings):
    settings.UPLOAD_MAX_BYTES = 10

    assert send(office, csv([code(1), "甲", "330106"])).status_code == 413


def test_an_unknown_kind_of_list_is_not_found(office):
    assert office.get("/office/imports/nothing/").status_code == 404


def test_a_name_of_a_file_cannot_leave_its_folder(office):
    upload = uploaded(office, csv([code(1), "甲", "330106"]), "../../etc/名单.csv")

    assert "/" not in upload.name


def test_the_marked_sheet_holds_the_rows_and_colours_the_faulty_cells(office):
    upload = uploaded(office, csv([code(1), "甲", "330106"], ["=1+1", "乙", "330106"]))

    response = office.get(f"/office/uploads/{upload.pk}/marked.xlsx")

    sheet = load_workbook(io.BytesIO(response.content)).active
    assert [cell.value for cell in sheet[1]][:3] == HEADER
    assert sheet["A3"].value == "'=1+1"
    assert sheet["A3"].fill.fgColor.rgb == marked.FILL
    assert sheet["B3"].fill.fgColor.rgb != marked.FILL
    assert sheet["D3"].value.startswith("A: ")
    assert sheet["D2"].value is None


def test_the_marked_sheet_can_be_mended_and_uploaded_again(office):
    upload = uploaded(office, csv([code(1), "甲", "330106"], [code(2), "", "330106"]))
    book = load_workbook(io.BytesIO(office.get(f"/office/uploads/{upload.pk}/marked.xlsx").content))
    book.active["B3"].value = "乙"
    held = io.BytesIO()
    book.save(held)

    send(office, held.getvalue(), "again.xlsx")

    again = Upload.objects.get(name="again.xlsx")
    assert again.summary == {"rows": 2, "faulty": 0, "good": 2, "faults": 0}


def test_the_template_has_the_header_that_is_understood(office):
    data = office.get(f"{START}template.xlsx").content

    header = [cell.value for cell in load_workbook(io.BytesIO(data)).active[1]]
    assert set(reading.match(gallery.SPEC, header)) == {"code", "name", "region", "note"}


def test_faults_of_one_kind_stand_together_with_their_number(office):
    rows = [[code(number), "甲", "330106" if number % 2 else "999999"] for number in range(40)]

    upload = uploaded(office, csv(*rows))

    groups = office.get(f"/office/uploads/{upload.pk}/").context["groups"]
    assert [(group["letter"], group["group"].count) for group in groups] == [("C", 20)]
    assert len(groups[0]["group"].first) == 5


def test_a_number_whose_last_digits_excel_lost_is_a_fault(officer):
    from zhiheng.formats.spreadsheet import CellFault

    lost = CellFault("s", 2, 1, "913301060000000000", "digits are lost", "format as text")
    sheet = Sheet("s", (tuple(HEADER), ("913301060000000000", "甲", "330106")), (lost,))

    checked = reading.check(gallery.SPEC, sheet, 1, {"code": 1, "name": 2, "region": 3}, officer)

    assert checked.faults == [lost]
    assert checked.good == []


def test_an_open_upload_waits_on_the_workbench(office):
    uploaded(office, csv([code(1), "甲", "330106"]))

    assert "名单.csv" in office.get("/office/").content.decode()


def test_a_fault_that_came_up_since_the_check_stops_the_storing(office):
    upload = uploaded(office, csv([code(1), "甲", "330106"]))
    from zhiheng.web import imports

    def now_wrong(_person, rows):
        yield imports.ImportFault(rows[0].number, "code", "It was entered meanwhile.", "Leave it out.")

    before = gallery.SPEC.check_rows
    object.__setattr__(gallery.SPEC, "check_rows", now_wrong)
    try:
        response = decide(office, upload, "store")
    finally:
        object.__setattr__(gallery.SPEC, "check_rows", before)

    assert response.status_code == 400
    assert gallery.STORED == []


def book_of(*sheets, hidden=()) -> bytes:
    """Return a workbook of several sheets, each a name and its rows."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets:
        page = book.create_sheet(name)
        for row in rows:
            page.append(row)
        page.sheet_state = "hidden" if name in hidden else "visible"
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


ODD = ["甲列", "乙列", "丙列"]


def test_a_mapping_made_by_hand_is_remembered_for_lists_with_this_header(office):
    first = uploaded(office, workbook(ODD, [code(1), "甲", "330106"]), "一月.xlsx")
    decide(office, first, "map", **{"header_row": 1, "map-code": 1, "map-name": 2, "map-region": 3})
    decide(office, first, "store")

    send(office, workbook(["三月名单"], [], ODD, [code(2), "乙", "330106"]), "三月.xlsx")

    second = Upload.objects.get(name="三月.xlsx")
    page = office.get(f"/office/uploads/{second.pk}/").content.decode()
    assert (second.header_row, second.mapping) == (3, {"code": 1, "name": 2, "region": 3})
    assert second.summary["good"] == 1
    assert "曾于2026年" in page or "已于2026年" in page


def test_a_mapping_is_remembered_when_it_was_confirmed_and_not_before(office):
    upload = uploaded(office, workbook(ODD, [code(1), "甲", "330106"]))
    decide(office, upload, "map", **{"header_row": 1, "map-code": 1, "map-name": 2, "map-region": 3})
    decide(office, upload, "discard")

    assert not KnownList.objects.exists()


def test_a_remembered_mapping_can_be_changed(office):
    header = ["名称", "曾用名", "统一社会信用代码", "地区"]
    row = ["甲", "旧甲", code(1), "330106"]
    decide(office, uploaded(office, workbook(header, row), "1.xlsx"), "store")
    send(office, workbook(header, row), "2.xlsx")
    second = Upload.objects.get(name="2.xlsx")
    decide(office, second, "map", **{"header_row": 1, "map-code": 3, "map-name": 2, "map-region": 4})
    decide(office, second, "store")

    send(office, workbook(header, row), "3.xlsx")

    assert Upload.objects.get(name="3.xlsx").mapping["name"] == 2
    assert KnownList.objects.count() == 1


def test_the_mapping_of_another_region_is_not_taken_over(office, client, person_with):
    upload = uploaded(office, workbook(ODD, [code(1), "甲", "330106"]))
    decide(office, upload, "map", **{"header_row": 1, "map-code": 1, "map-name": 2, "map-region": 3})
    decide(office, upload, "store")
    client.force_login(person_with("officer", region="440300"), backend="zhiheng.people.sign_in.Backend")

    send(client, workbook(ODD, [code(2), "乙", "330106"]), "别处.xlsx")

    assert Upload.objects.get(name="别处.xlsx").state == "read"


def test_the_sheet_that_fits_is_read_and_the_others_are_named(office):
    data = book_of(("封面", [["填表说明"]]), ("主体", [HEADER, [code(1), "甲", "330106"]]))

    upload = uploaded(office, data, "名单.xlsx")

    page = office.get(f"/office/uploads/{upload.pk}/").content.decode()
    assert upload.summary["good"] == 1
    assert "封面" in page


def test_a_hidden_sheet_is_not_preferred_to_one_in_sight(office):
    shown = [HEADER, [code(1), "甲", "330106"]]
    hidden = [[*HEADER, "备注"], [code(2), "乙", "330106", "旧"]]

    upload = uploaded(office, book_of(("底稿", hidden), ("名单", shown), hidden=("底稿",)))

    decide(office, upload, "store")
    assert [row["name"] for row in gallery.STORED[0]["rows"]] == ["甲"]


def test_another_sheet_can_be_chosen_and_nothing_of_the_first_is_kept(office):
    first, second = [HEADER, ["X1BAD", "甲", "330106"]], [HEADER, [code(2), "乙", "330106"]]
    upload = uploaded(office, book_of(("一", first), ("二", second)))
    assert upload.summary["faults"] == 1

    decide(office, upload, "sheet", sheet="二")
    decide(office, upload, "store")

    assert [row["name"] for row in gallery.STORED[0]["rows"]] == ["乙"]


def test_a_sheet_that_is_not_there_is_refused(office):
    upload = uploaded(office, book_of(("一", [HEADER, [code(2), "乙", "330106"]]), ("二", [["x"]])))

    assert decide(office, upload, "sheet", sheet="三").status_code == 400


def test_what_is_left_out_is_said_on_the_page(office):
    rows = [HEADER, [code(1), "甲", "330106"], ["合计", None, None], ["注：截至3月底。"]]

    upload = uploaded(office, workbook(*rows))

    page = office.get(f"/office/uploads/{upload.pk}/").content.decode()
    assert upload.summary == {"rows": 1, "faulty": 0, "good": 1, "faults": 0}
    assert "合计" in page and "截至3月底" in page


def test_every_fault_that_a_file_carries_is_said_in_chinese():
    from zhiheng.formats import delimited
    from zhiheng.formats import spreadsheet as formats
    from zhiheng.web import said

    _rows, found, _encoding = delimited.parse('代码,名称\n9.1E+17,"x\n甲\x01乙,1\n'.encode())
    found += formats.parse(workbook(["代码"], [913310224245426205]))["faults"]

    rules = {fault["rule"] for fault in found}
    assert len(rules) == 4
    for fault in found:
        assert said.of_cell(formats.CellFault(**fault)).rule != fault["rule"]
