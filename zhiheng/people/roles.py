"""Roles: who does what kind of work, and why the role carries these permissions and no others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from zhiheng.errors import UnknownCode
from zhiheng.people.permissions import ALL, BUSINESS, P

Scope = Literal["region", "organisation"]


@dataclass(frozen=True, slots=True)
class Role:
    """A kind of work; ``scope`` says whether an appointment covers a region or one organisation."""

    id: str
    zh: str
    en: str
    reason: str
    permissions: frozenset[str]
    scope: Scope = "region"

    def __post_init__(self) -> None:
        unknown = self.permissions - set(ALL)
        if unknown:
            raise UnknownCode(f"The role {self.id} carries {min(unknown)!r}, which is no permission.", "")


_VIEWS = frozenset(
    {
        P.REGISTRY_VIEW,
        P.PLAN_VIEW,
        P.DRAW_VIEW,
        P.INSPECTION_VIEW,
        P.FIGURE_VIEW,
        P.NOTICE_VIEW,
        P.LEDGER_VIEW,
    }
)

_ALL = (
    Role(
        "officer",
        "监管人员",
        "Regulatory officer",
        "Runs the programme in a region: keeps the register, draws, sends inspectors out, handles cases; "
        "enters what a laboratory reports on paper; publishes notices. "
        "The region of the appointment says how far this reaches.",
        _VIEWS
        | {
            P.REGISTRY_EDIT,
            P.REGISTRY_IMPORT,
            P.PLAN_EDIT,
            P.TARGET_BIND,
            P.DRAW_COMMIT,
            P.DRAW_REVEAL,
            P.INSPECTION_RECORD,
            P.RESULT_RECORD,
            P.LAB_VIEW,
            P.CASE_HANDLE,
            P.NOTICE_PUBLISH,
        },
    ),
    Role(
        "inspector",
        "检查人员",
        "Inspector",
        "Visits what was drawn and records what was found; does not see draws, so that nobody can be warned.",
        frozenset({P.REGISTRY_VIEW, P.INSPECTION_VIEW, P.INSPECTION_RECORD}),
    ),
    Role(
        "lab",
        "检验机构人员",
        "Laboratory staff",
        "Reports results for the samples sent to this laboratory, and sees no others.",
        frozenset({P.INSPECTION_VIEW, P.RESULT_RECORD, P.LAB_VIEW}),
        "organisation",
    ),
    Role(
        "firm",
        "企业人员",
        "Firm's representative",
        "Sees the record of this firm alone and may object to a result.",
        frozenset({P.REGISTRY_VIEW, P.INSPECTION_VIEW, P.OBJECTION_FILE}),
        "organisation",
    ),
    Role(
        "custodian",
        "份额保管人",
        "Custodian of shares",
        "Holds one of three shares of the secret of each draw; two open a draw that its office withholds. "
        "Sees no list of drawn firms, so that a share is no way to know who is visited.",
        frozenset({P.DRAW_CUSTODY}),
    ),
    Role(
        "statistician",
        "统计人员",
        "Statistician",
        "Binds targets to series and releases figures; takes no part in draws and visits, so that the one "
        "who counts is not the one who is counted.",
        _VIEWS | {P.TARGET_BIND, P.FIGURE_RELEASE},
    ),
    Role(
        "leader",
        "负责人",
        "Leader",
        "Sees everything of the region, the work of its laboratories too, and changes nothing by hand.",
        _VIEWS | {P.LAB_VIEW},
    ),
    Role(
        "system_admin",
        "系统管理员",
        "System administrator",
        "Opens and closes accounts; one of the three administrators that GB/T 22239 keeps apart.",
        frozenset({P.PEOPLE_MANAGE}),
    ),
    Role(
        "security_admin",
        "安全管理员",
        "Security administrator",
        "Appoints and ends appointments; one of the three administrators that GB/T 22239 keeps apart.",
        frozenset({P.SECURITY_MANAGE}),
    ),
    Role(
        "audit_admin",
        "审计管理员",
        "Audit administrator",
        "Reads every entry of the ledger, the restricted ones too; one of the three administrators that "
        "GB/T 22239 keeps apart.",
        frozenset({P.AUDIT_VIEW}),
    ),
)

ROLES: dict[str, Role] = {role.id: role for role in _ALL}
ADMINISTRATORS = frozenset({"system_admin", "security_admin", "audit_admin"})

SYSTEM_ROLE = "system"
"""The role that an entry names when a job or the installation acted; nobody can be appointed to it."""


def get(role_id: str) -> Role:
    """Return a role by its id."""
    try:
        return ROLES[role_id]
    except KeyError:
        raise UnknownCode(
            f"{role_id!r} is not a role.", f"Use one of {', '.join(ROLES)}.", role=str(role_id)
        ) from None


def carrying(permission: str) -> tuple[Role, ...]:
    """Return the roles that carry a permission, in the order of the table."""
    if permission not in ALL:
        raise UnknownCode(f"{permission!r} is not a permission.", "Use a name of people.permissions.P.")
    return tuple(role for role in _ALL if permission in role.permissions)


def are_apart(role_ids: frozenset[str] | set[str]) -> bool:
    """Say whether one person may hold these roles together.

    Nobody holds two of the three administrators, and no administrator does business work.

    >>> are_apart({"system_admin", "audit_admin"}), are_apart({"officer", "leader"})
    (False, True)
    """
    administrators = ADMINISTRATORS & role_ids
    if len(administrators) > 1:
        return False
    return not administrators or not any(get(role).permissions & BUSINESS for role in role_ids)
