"""Opens the first accounts of an office and marks the folder of its data as that of a real office."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from zhiheng.errors import BadInput, Conflict
from zhiheng.people import actions, clock, roles
from zhiheng.people.models import Person
from zhiheng.people.scope import System
from zhiheng.reference import regions
from zhiheng.site.demo import place as demo

MARK = "office.json"
ADMINISTRATORS = (("system", "system_admin"), ("security", "security_admin"), ("audit", "audit_admin"))
BY = System("init")


@dataclass(frozen=True)
class Account:
    """An account of the office; the password is known only in the moment in which it is made."""

    login: str
    role: str
    password: str = ""
    is_new: bool = False


def check_place(var: Path, region: str) -> None:
    """Refuse a folder that holds the demonstration, or the office of another region."""
    if (var / demo.MARK).exists():
        raise Conflict(
            _("%(folder)s holds the demonstration; real and invented firms never share a register.")
            % {"folder": var},
            _("Choose an empty folder, for instance: ZHIHENG_VAR=office zhiheng init ..."),
            code="is-demo",
        )
    found = regions.get(region)
    if found.placeholder:
        raise BadInput(
            _("%(region)s is a row of statistics, not a place with a government.") % {"region": found.zh},
            _("Give the code of the county, city or province of the office."),
        )
    held = _marked(var)
    if held and held != region:
        raise Conflict(
            _("This folder is that of the office of %(region)s (%(code)s).")
            % {"region": regions.get(held).zh, "code": held},
            _("Give that region, or choose another folder with ZHIHENG_VAR."),
            code="other-region",
        )


def _marked(var: Path) -> str:
    try:
        return str(json.loads((var / MARK).read_text(encoding="utf-8"))["region"])
    except (FileNotFoundError, ValueError, KeyError):
        return ""


def mark(var: Path, region: str) -> None:
    """Write the mark of a real office once; the demonstration never empties a folder that carries it."""
    if _marked(var):
        return
    part = var / f".{MARK}.{os.getpid()}.part"
    said = {"region": region, "begun_at": clock.now().isoformat()}
    part.write_text(json.dumps(said, ensure_ascii=False) + "\n", encoding="utf-8")
    part.replace(var / MARK)


def open_accounts(*, region: str, login: str, password: str = "") -> tuple[list[Account], Person]:
    """Open the accounts that do not stand yet; return them all, and the officer, who brings the lists in.

    Three administrators besides the officer: GB/T 22239 keeps them apart, and without the one who appoints
    nobody else could ever begin.
    """
    if login in dict(ADMINISTRATORS):
        raise BadInput(
            _("%(login)s is the login of an administrator, who does no business work.") % {"login": login},
            _("Choose another login for the officer."),
        )
    wanted = [*ADMINISTRATORS, (login, "officer")]
    accounts = [_open(name, role, region, password if role == "officer" else "") for name, role in wanted]
    return accounts, Person.objects.get(login=login)


def stands(login: str) -> bool:
    """Say whether an account with this login is open already."""
    return Person.objects.filter(login=login).exists()


def _open(login: str, role: str, region: str, password: str) -> Account:
    if stands(login):
        return Account(login, role)
    password = password or f"{secrets.token_hex(3)}-{secrets.token_hex(3)}-{secrets.token_hex(3)}"
    person = actions.create_person(
        by=BY, login=login, display_name=roles.get(role).zh, password=password, must_change=True
    )
    actions.appoint(by=BY, person=person, role=role, region=region)
    return Account(login, role, password, is_new=True)


def standing() -> dict[str, Any]:
    """Return how much stands in the register and who can sign in."""
    from zhiheng.stages.registry.models import Inspector, Product, Subject

    return {
        "people": Person.objects.count(),
        "subjects": Subject.objects.count(),
        "products": Product.objects.count(),
        "inspectors": Inspector.objects.count(),
    }
