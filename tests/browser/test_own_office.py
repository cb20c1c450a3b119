"""A real office's first morning: from its own two lists to the task list of a draw, nothing typed twice."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from tests import serving
from tests.country import ROOT
from tests.reports import poppler
from tests.site import offices

from .conftest import DESK, PATIENCE_MS
from .visitor import Visitor

OWN = "a sentence of the officer's own"
MOST_SECONDS = 600
SETTING_MS = 60_000


@dataclass
class Morning:
    """One officer at one window; every press and every typed text is counted."""

    officer: Visitor
    began: float
    presses: int = 0
    typed: list[str] = field(default_factory=list)

    def press(self, target: str) -> None:
        """Press a button or a link that leads to a page."""
        self.presses += 1
        self.officer.click(target)

    def fill(self, name: str, text: str) -> None:
        """Type into a field."""
        self.typed.append(text)
        self.officer.page.fill(f"main [name={name}]", text)

    def choose(self, name: str, place: int) -> None:
        """Choose from a list by place."""
        self.presses += 1
        self.officer.page.select_option(f"main select[name={name}]", index=place)

    @property
    def seconds(self) -> float:
        """The seconds since the command was started."""
        return time.monotonic() - self.began


@pytest.fixture(scope="module")
def lists(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Two odd workbooks, as they lie in an office."""
    folder = tmp_path_factory.mktemp("lists")
    return [offices.subjects(folder / "企业名录.xlsx"), offices.inspectors(folder / "执法人员.xlsx")]


@pytest.fixture(scope="module")
def begun(lists: list[Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The office after ``zhiheng init``, served: its address, the first password, when it began."""
    began = time.monotonic()
    var = tmp_path_factory.mktemp("office") / "var"
    kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "ZHIHENG_DEMO"}}
    environment = kept | {"ZHIHENG_VAR": str(var), "LC_ALL": "C.UTF-8"}
    command = [sys.executable, "-m", "zhiheng.site.cli"]
    done = subprocess.run(
        [*command, "init", "--region", offices.REGION, "--import", *map(str, lists)],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    password = re.search(r"officer，密码 (\S+?)（", done.stderr)[1]
    port, log = serving.free_port(), var.with_name("serve.log")
    with log.open("wb") as file:
        server = subprocess.Popen(
            [*command, "serve", "--port", str(port)],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        serving.first_answer(f"http://127.0.0.1:{port}/", server, lambda: log.read_text(errors="replace"))
        yield f"http://127.0.0.1:{port}", password, began
    finally:
        serving.stop(server)


@pytest.fixture
def morning(chromium: Any, begun: Any) -> Iterator[Morning]:
    """The officer, who has not signed in yet."""
    address, _password, began = begun
    context = chromium.new_context(viewport=DESK, locale="zh-CN", accept_downloads=True)
    context.set_default_timeout(PATIENCE_MS)
    yield Morning(Visitor(context.new_page(), address), began)
    context.close()


def test_from_the_office_s_lists_to_its_printed_task_sheets_without_double_entry(
    morning, begun, record_property
):
    sign_in(morning, begun[1])
    issue_the_duty(morning)
    freeze_the_frame(morning)
    serial = draw(morning)
    rows = task_list(morning, serial)
    sheets = printed_sheets(morning, serial)

    head, tasks = rows[3], rows[4:-1]
    assert rows[0][0] == "西湖区工业产品生产企业名录（2026年度）"
    assert head[1:5] == ("企业名称", "统一社会信用代码", "所在区县", "行业大类")
    assert head[-1] == "执法检查人员"
    assert len(tasks) >= 4
    for task in tasks:
        number = int(re.search(r"（(\d+)）", task[1])[1])
        assert task[2] == offices.real_code(number)
        assert task[7] == 12_500_000
        assert re.fullmatch(r"检查员\d+、检查员\d+", task[-1])
        assert task[2] in sheets, "a visit of the list has no task sheet"
    assert sheets.count("抽查任务单") >= len(tasks)
    assert "演示数据" not in sheets
    retyped = [text for text in morning.typed if "有限公司" in text or text.startswith("9133")]
    assert retyped == [], "a firm was typed by hand"
    record_property("presses", morning.presses)
    record_property("typed", len(morning.typed))
    record_property("seconds", round(morning.seconds))
    print(f"{morning.presses} presses, {len(morning.typed)} texts typed, {morning.seconds:.0f} seconds")
    assert morning.presses + len(morning.typed) <= 40
    assert morning.seconds < MOST_SECONDS


def sign_in(morning: Morning, password: str) -> None:
    """Sign in with the password that was shown once, and choose another one."""
    officer = morning.officer
    officer.open("/sign-in/")
    morning.fill("login", "officer")
    morning.fill("password", password)
    morning.press("main form button")
    assert officer.page.url.endswith("/office/account/"), officer.page.url
    assert "先设置您自己的密码" in officer.text()
    morning.fill("old", password)
    morning.fill("new", OWN)
    morning.fill("again", OWN)
    morning.press("main form button[value=submit], main form button")
    assert officer.page.url.endswith("/office/"), officer.text()


def issue_the_duty(morning: Morning) -> None:
    """Issue the duty of this quarter with the shares of the house."""
    today = date.today()
    morning.officer.open("/office/obligations/new/")
    morning.fill("region", offices.REGION)
    morning.fill("period", f"{today.year}Q{(today.month + 2) // 3}")
    morning.press("main form button[value=submit]")
    assert morning.officer.page.locator("#error-summary").count() == 0, morning.officer.text()


def freeze_the_frame(morning: Morning) -> None:
    """Freeze the register as it stands."""
    morning.officer.open("/office/frames/new/")
    morning.fill("region", "杭州市西湖区")
    morning.fill("purpose", "本季度监督抽查")
    morning.press("main form button[value=submit]")
    assert "40" in morning.officer.text()


def draw(morning: Morning) -> str:
    """Commit the draw, reveal it, and open its visits; return its serial number."""
    officer = morning.officer
    officer.open("/office/draws/commit/")
    morning.choose("obligation", 1)
    morning.choose("frame", 1)
    morning.choose("beacon_kind", 4)  # a text in words
    morning.fill("beacon_reference", f"{date.today().isoformat()}之后最先公布的4期")
    morning.fill("objection_reason", "当日即需抽查")
    morning.press("main form button[value=submit]")
    assert officer.page.locator("#error-summary").count() == 0, officer.text()
    serial = re.search(r"/office/draws/([^/]+)/", officer.page.url)[1]
    morning.press(f'main a[href="/office/draws/{serial}/reveal/"]')
    morning.fill("beacon", "01 05 12 19 23 31 + 07; 02 08 11 20 25 30 + 03")
    morning.press("main form button[value=submit]")
    assert officer.page.locator("#error-summary").count() == 0, officer.text()
    morning.press(f'main form[action="/office/draws/{serial}/visits/"] button')
    return serial


def task_list(morning: Morning, serial: str) -> list[tuple[Any, ...]]:
    """Take the visits of the draw in the office's own form."""
    officer = morning.officer
    officer.open(f"/office/visits/?draw={serial}")
    morning.presses += 1
    with officer.page.expect_download() as coming:
        officer.page.click('main a[href*="format=own"]')
    book = load_workbook(BytesIO(coming.value.path().read_bytes()))
    return list(book.active.iter_rows(values_only=True))


def printed_sheets(morning: Morning, serial: str) -> str:
    """Print the task sheets of the draw as one PDF, and return what it says."""
    officer = morning.officer
    officer.open(f"/office/draws/{serial}/")
    morning.presses += 1
    officer.click(officer.page.get_by_role("button", name="抽查任务单", exact=True))
    link = officer.page.get_by_role("link", name="领取文件")
    link.wait_for(timeout=SETTING_MS)
    morning.presses += 1
    with officer.page.expect_download() as coming:
        link.click()
    return poppler.text(coming.value.path())
