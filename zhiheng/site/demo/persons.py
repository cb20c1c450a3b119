"""One account a role: opened and appointed by the ordinary actions, shown on the start page alone."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from zhiheng.reference import regions

from .calendar import moment
from .scale import PROVINCE, Scale

OPENED_ON = date(2022, 12, 1)
SYSTEM = "demo"


@dataclass(frozen=True)
class Part:
    """One account: its role, how it is named, and what to look at with it."""

    role: str
    zh: str
    en: str
    look_zh: str
    look_en: str


PARTS = {
    "nation": Part("officer", "全国监管人员", "National officer", "计划与任务", "The plan and its duties"),
    "province": Part("officer", "省级监管人员", "Provincial officer", "抽取与检查", "Draws and visits"),
    "city": Part("officer", "市级监管人员", "City officer", "待抽取的任务", "A duty that waits for its draw"),
    "county": Part("officer", "县级监管人员", "County officer", "本县台账", "The register of the county"),
    "inspector": Part("inspector", "检查人员", "Inspector", "待查任务", "Visits to make"),
    "statistician": Part("statistician", "统计人员", "Statistician", "数据发布", "Releases"),
    "custodian": Part(
        "custodian", "份额保管人", "Custodian of shares", "领取份额", "Shares of secrets to take"
    ),
    "leader": Part("leader", "负责人", "Leader", "覆盖情况", "The board of coverage"),
    "lab": Part("lab", "检验人员", "Laboratory", "待检样品", "Samples to test"),
    "firm": Part("firm", "企业人员", "Firm", "本企业结果与异议", "Its results, and an objection"),
    "system": Part("system_admin", "系统管理员", "System administrator", "账号", "Accounts"),
    "security": Part("security_admin", "安全管理员", "Security administrator", "任职", "Appointments"),
    "audit": Part("audit_admin", "审计管理员", "Audit administrator", "全部记录", "The whole ledger"),
}
# These belong to one organisation or certificate that is known only once work is under way.
LATE = ("inspector", "firm")
_NATIONWIDE = {"nation", "statistician", "custodian", "system", "security", "audit"}


@dataclass
class Cast:
    """The people of the demonstration by login, with what the start page says of each."""

    people: dict[str, Any] = field(default_factory=dict)
    accounts: list[dict[str, str]] = field(default_factory=list)

    def __getitem__(self, login: str) -> Any:
        return self.people[login]


def places(scale: Scale) -> dict[str, str]:
    """Return the region of each account that is not nationwide."""
    province = PROVINCE if scale.region == regions.NATION else scale.region
    city = next(found for found in regions.children(province) if not found.placeholder)
    county = next((found for found in regions.children(city.code) if not found.placeholder), city)
    return {"province": province, "city": city.code, "county": county.code}


def open_accounts(scale: Scale, *, lab: str) -> Cast:
    """Open every account whose place is known from the start."""
    cast = Cast()
    for login in PARTS:
        if login not in LATE:
            open_account(cast, scale, login, organisation=lab if login == "lab" else "")
    return cast


def name_custodians(cast: Cast) -> None:
    """Name the three bodies that hold shares of every secret: one has an account, two get printed sheets."""
    from zhiheng.people import clock
    from zhiheng.stages.draw import actions

    bodies = {
        "regulator": ("演示市场监管部门", cast["custodian"]),
        "discipline": ("演示纪检监察机构", None),
        "notary": ("演示公证机构", None),
    }
    with clock.at(moment(OPENED_ON, 11)):
        for office, (body, person) in bodies.items():
            actions.name_custodian(
                by=cast["nation"], region=regions.NATION, office=office, body=body, person=person
            )


def open_account(cast: Cast, scale: Scale, login: str, *, organisation: str = "") -> None:
    """Open one account and appoint its person, by the actions that the administrators use."""
    from zhiheng import people
    from zhiheng.people import actions, clock, roles

    part, by = PARTS[login], people.System(SYSTEM)
    role = roles.get(part.role)
    password = f"{secrets.token_hex(3)}-{secrets.token_hex(3)}-{secrets.token_hex(2)}"
    held = places(scale)
    region = regions.NATION if login in _NATIONWIDE else held.get(login, held["province"])
    with clock.at(moment(OPENED_ON)):
        name = f"演示{part.zh}"
        person = actions.create_person(by=by, login=login, display_name=name, password=password)
        actions.appoint(by=by, person=person, role=role.id, region=region, organisation=organisation)
    cast.people[login] = person
    cast.accounts.append(
        {
            "login": login,
            "password": password,
            "name_zh": name,
            "name_en": f"{part.en} (demonstration)",
            "role_zh": part.zh,
            "role_en": part.en,
            "region": region,
            "what_zh": part.look_zh,
            "what_en": part.look_en,
        }
    )
