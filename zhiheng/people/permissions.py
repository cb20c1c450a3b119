"""What a person may be allowed to do: one name for each, for all stages, in one table."""

from __future__ import annotations


class P:
    """The permissions; a role is a set of them, and every action names the one it needs."""

    REGISTRY_VIEW = "registry.view"
    REGISTRY_EDIT = "registry.edit"
    REGISTRY_IMPORT = "registry.import"
    PLAN_VIEW = "plan.view"
    PLAN_EDIT = "plan.edit"
    TARGET_BIND = "plan.bind_target"
    DRAW_VIEW = "draw.view"
    DRAW_COMMIT = "draw.commit"
    DRAW_REVEAL = "draw.reveal"
    DRAW_CUSTODY = "draw.custody"
    INSPECTION_VIEW = "inspection.view"
    INSPECTION_RECORD = "inspection.record"
    RESULT_RECORD = "inspection.record_result"
    LAB_VIEW = "inspection.view_labs"
    CASE_HANDLE = "inspection.handle_case"
    OBJECTION_FILE = "inspection.file_objection"
    FIGURE_VIEW = "figure.view"
    FIGURE_RELEASE = "figure.release"
    NOTICE_VIEW = "notice.view"
    NOTICE_PUBLISH = "notice.publish"
    LEDGER_VIEW = "ledger.view"
    PEOPLE_MANAGE = "people.manage"
    SECURITY_MANAGE = "security.manage"
    AUDIT_VIEW = "audit.view"


ALL: tuple[str, ...] = tuple(value for name, value in vars(P).items() if name.isupper())
ADMINISTRATIVE = frozenset({P.PEOPLE_MANAGE, P.SECURITY_MANAGE, P.AUDIT_VIEW})
BUSINESS = frozenset(ALL) - ADMINISTRATIVE
