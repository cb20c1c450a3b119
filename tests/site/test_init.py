"""A real office starts from its own lists: all of it or nothing, every fault named, safe to run twice."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys

import pytest

from tests.site import offices
from zhiheng.ledger.models import Entry
from zhiheng.people.models import Appointment, Person
from zhiheng.site import cli
from zhiheng.stages.registry.models import Inspector, Product, Subject
from zhiheng.web.models import KnownList, Upload

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def a_real_office(settings, monkeypatch, var):
    """No demonstration, and an environment that comes back as it was."""
    monkeypatch.setenv("ZHIHENG_DEMO", "0")
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    settings.DEMO = False
    var.mkdir(parents=True, exist_ok=True)


@pytest.fixture
def files(tmp_path):
    return [
        offices.products(tmp_path / "产品.csv"),
        offices.subjects(tmp_path / "企业名录.xlsx"),
        offices.inspectors(tmp_path / "执法人员.xlsx"),
    ]


def init(*more, files=(), region=offices.REGION):
    given = ["--import", *map(str, files)] if files else []
    return cli.main(["init", "--region", region, *given, *more])


def answered(capsys):
    return json.loads(capsys.readouterr().out)


def test_an_office_starts_empty_with_its_accounts_and_no_demonstration(capsys, var):
    assert init("--json") == 0

    said = answered(capsys)
    assert said["state"] == "done"
    assert said["standing"] == {"people": 4, "subjects": 0, "products": 0, "inspectors": 0}
    held = Appointment.objects.values_list("person__login", "role", "region")
    assert set(held) == {
        ("system", "system_admin", "330106"),
        ("security", "security_admin", "330106"),
        ("audit", "audit_admin", "330106"),
        ("officer", "officer", "330106"),
    }
    for account in said["accounts"]:
        person = Person.objects.get(login=account["login"])
        assert person.check_password(account["password"])
        assert person.must_change_password
    assert json.loads((var / "office.json").read_text())["region"] == "330106"


def test_no_password_stands_in_the_ledger_or_on_the_disk(capsys, var):
    init("--json")
    said = answered(capsys)

    kept = "".join(str(entry.detail) for entry in Entry.objects.all())
    kept += "".join(path.read_text(errors="ignore") for path in var.rglob("*.json"))
    assert not any(account["password"] in kept for account in said["accounts"])


def test_the_lists_of_an_office_enter_as_they_are_whatever_their_order(capsys, files):
    assert init("--json", files=files) == 0

    said = answered(capsys)
    assert [one["kind"] for one in said["lists"]] == ["subjects", "products", "inspectors"]
    assert [one["created"] for one in said["lists"]] == [40, 20, 12]
    assert said["lists"][0]["sheet"] == "企业名录"
    firm = Subject.objects.get(code=offices.real_code(7))
    assert (firm.name, firm.region, firm.division) == ("西湖机械（7）有限公司", "330106", "34")
    assert str(firm.output_value) == "1250.00"
    assert Product.objects.filter(subject=firm, gtin=offices.real_gtin(7)).exists()
    assert Inspector.objects.filter(code="ZJ-0003", is_active=True).exists()
    assert Upload.objects.filter(state="stored").count() == 3


def test_running_it_twice_changes_nothing_and_says_what_stands(capsys, files):
    init("--json", files=files)
    capsys.readouterr()
    entries = Entry.objects.exclude(verb__startswith="people.").count()

    assert init("--json", files=files) == 0

    said = answered(capsys)
    assert [one["unchanged"] for one in said["lists"]] == [40, 20, 12]
    assert not any(account["is_new"] or account["password"] for account in said["accounts"])
    assert Entry.objects.exclude(verb__startswith="people.").count() == entries
    assert any("confirmed on" in sentence for sentence in said["lists"][0]["told"])


def test_every_fault_is_named_and_nothing_at_all_is_stored(capsys, tmp_path):
    wrong = offices.real_code(3)[:17] + ("0" if offices.real_code(3)[17] != "0" else "1")
    bad = offices.subjects(tmp_path / "坏.xlsx", C={3: wrong}, H={5: "很多"})

    assert init("--json", files=[bad]) == 2

    shown = capsys.readouterr()
    said = json.loads(shown.out)
    assert said["state"] == "refused"
    places = [(fault["sheet"], fault["row"], fault["column"], fault["value"]) for fault in said["faults"]]
    assert places == [("企业名录", 7, 3, wrong), ("企业名录", 9, 8, "很多")]
    assert all(fault["rule"] and fault["remedy"] for fault in said["faults"])
    assert f"row 7, column C, “{wrong}”" in shown.err
    assert (Person.objects.count(), Subject.objects.count(), KnownList.objects.count()) == (0, 0, 0)
    assert said["accounts"] == []


def test_the_good_rows_enter_when_that_is_asked_for(capsys, tmp_path):
    bad = offices.subjects(tmp_path / "坏.xlsx", H={5: "很多"})

    assert init("--json", "--good-rows", files=[bad]) == 0

    assert answered(capsys)["lists"][0]["left_out"] == 1
    assert Subject.objects.count() == 39


def test_a_list_without_a_good_row_leaves_nothing_to_be_decided(capsys, tmp_path):
    bad = offices.subjects(tmp_path / "坏.xlsx", count=1, H={1: "很多"})

    assert init("--json", "--good-rows", files=[bad]) == 0

    assert answered(capsys)["lists"][0]["left_out"] == 1
    assert [upload.state for upload in Upload.objects.all()] == ["discarded"]


def test_nothing_of_an_upload_is_left_behind_in_the_folder(capsys, tmp_path, var):
    init(files=[offices.subjects(tmp_path / "坏.xlsx", H={5: "很多"})])

    assert list((var / "uploads").glob("*")) == []


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--region", "999999"], "unknown-code"),
        (["--region", "419000"], "bad-input"),
        (["--region", "330106", "--import", "nowhere.xlsx"], "bad-input"),
        (["--region", "330106", "--kind", "subjects"], "bad-input"),
        (["--region", "330106", "--login", "audit"], "bad-input"),
        (["--region", "330106", "--login", "张三"], "bad-input"),
    ],
)
def test_wrong_use_is_one_clear_refusal(capsys, arguments, code):
    assert cli.main(["init", *arguments, "--json"]) == 2

    said = answered(capsys)
    assert (said["state"], said["code"]) == ("refused", code)
    assert said["cause"] and said["remedy"]
    assert not Person.objects.exists()


def test_a_list_of_no_known_kind_is_refused_with_the_kinds(capsys, tmp_path):
    path = tmp_path / "食谱.csv"
    path.write_text("菜名,价格\n红烧肉,30\n", encoding="utf-8")

    assert init("--json", files=[path]) == 2
    assert "subjects" in answered(capsys)["remedy"]


def test_a_kind_and_a_sheet_may_be_given(capsys, tmp_path):
    path = offices.inspectors(tmp_path / "执法人员.xlsx")

    assert init("--json", "--kind", "inspectors", "--sheet", "执法人员", files=[path]) == 0
    assert init("--json", "--kind", "cooks", files=[path]) == 2


def test_the_folder_of_a_demonstration_is_refused(capsys, var):
    (var / "demo.json").write_text("{}")

    assert init() == 2
    assert "demonstration" in capsys.readouterr().err
    assert not Person.objects.exists()


def test_an_office_does_not_become_another_one(capsys):
    init()

    assert init(region="440300") == 2
    assert Appointment.objects.filter(region="440300").count() == 0


def test_a_second_officer_may_be_added(capsys):
    init()

    assert init("--login", "second") == 0
    assert Person.objects.count() == 5


class Terminal(io.StringIO):
    """A keyboard on which the answers are typed in advance."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def typed(monkeypatch):
    def answers(*lines, passwords=("",)):
        monkeypatch.setattr(sys, "stdin", Terminal("\n".join(lines) + "\n"))
        coming = iter(passwords)
        monkeypatch.setattr("getpass.getpass", lambda *_args, **_more: next(coming))

    return answers


def test_at_a_terminal_the_mapping_is_shown_and_confirmed_once(typed, capsys, tmp_path):
    path = offices.subjects(tmp_path / "企业名录.xlsx")
    typed("", passwords=("a sentence typed by hand", "a sentence typed by hand"))
    assert init(files=[path]) == 0
    shown = capsys.readouterr().err
    typed(passwords=())
    assert init(files=[path]) == 0

    assert "C 基本情况 · 统一社会信用代码" in shown
    assert Person.objects.get(login="officer").check_password("a sentence typed by hand")
    assert "Is each column right?" in shown
    assert "Is each column right?" not in capsys.readouterr().err


def test_at_a_terminal_another_column_can_be_chosen_and_is_remembered(typed, capsys, tmp_path):
    path = tmp_path / "名单.csv"
    row = f"{offices.real_code(1)},甲有限公司,旧甲有限公司,330106,34,小型,生产"
    path.write_text(f"信用代码,企业名称,登记名称,地区,行业,规模,环节\n{row}\n", encoding="utf-8")
    typed("n", "", "c", "", "", "", "", "", "")

    assert init(files=[path]) == 0

    assert Subject.objects.get().name == "旧甲有限公司"
    assert KnownList.objects.get().mapping["name"] == 3


@pytest.mark.parametrize(("answer", "stored"), [("y", 39), ("n", 0)])
def test_at_a_terminal_the_good_rows_alone_are_stored_if_the_person_says_so(
    typed, capsys, tmp_path, answer, stored
):
    typed("", answer)

    code = init(files=[offices.subjects(tmp_path / "坏.xlsx", H={5: "很多"})])

    assert code == (0 if stored else 2)
    assert Subject.objects.count() == stored


def test_from_the_shell_it_is_one_object_on_standard_output(with_schema, tmp_path):
    with_schema(tmp_path / "var")
    path = offices.subjects(tmp_path / "企业名录.xlsx")
    environment = {
        name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "ZHIHENG_DEMO"}
    }
    done = subprocess.run(
        [sys.executable, "-m", "zhiheng.site.cli", "init", "--region", "330106", "--import", path, "--json"],
        env=environment | {"ZHIHENG_VAR": str(tmp_path / "var"), "LC_ALL": "C.UTF-8"},
        capture_output=True,
        stdin=subprocess.DEVNULL,
        text=True,
        timeout=120,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["lists"][0]["created"] == 40
    assert "新增 40" in done.stderr
    assert "Traceback" not in done.stderr
