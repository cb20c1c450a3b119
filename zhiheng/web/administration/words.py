"""The words of administration: permissions, the reason of each role, reasons for closing, verbs of people."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from zhiheng.people.permissions import P
from zhiheng.web.tables import State

PERMISSIONS: dict[str, Any] = {
    P.REGISTRY_VIEW: _("See the register of firms, products and inspectors"),
    P.REGISTRY_EDIT: _("Change the register by hand"),
    P.REGISTRY_IMPORT: _("Bring lists into the register"),
    P.PLAN_VIEW: _("See the plan and its targets in the office"),
    P.PLAN_EDIT: _("Set duties of the plan"),
    P.TARGET_BIND: _("Bind a target to a series"),
    P.DRAW_VIEW: _("See draws before they are public"),
    P.DRAW_COMMIT: _("Announce a draw"),
    P.DRAW_REVEAL: _("Reveal a draw"),
    P.DRAW_CUSTODY: _("Hold a share of the secret of a draw"),
    P.INSPECTION_VIEW: _("See inspections"),
    P.INSPECTION_RECORD: _("Record visits"),
    P.RESULT_RECORD: _("Record results of tests"),
    P.LAB_VIEW: _("See what laboratories have to do and how long they take"),
    P.CASE_HANDLE: _("Handle cases of failed results"),
    P.OBJECTION_FILE: _("Object to a result"),
    P.FIGURE_VIEW: _("See figures in the office"),
    P.FIGURE_RELEASE: _("Release figures"),
    P.NOTICE_VIEW: _("See notices before they are public"),
    P.NOTICE_PUBLISH: _("Publish, correct and withdraw notices"),
    P.LEDGER_VIEW: _("See what was recorded about the region's work"),
    P.PEOPLE_MANAGE: _("Open and close accounts"),
    P.SECURITY_MANAGE: _("Appoint and end appointments"),
    P.AUDIT_VIEW: _("Read every entry of the ledger"),
}

REASONS: dict[str, Any] = {
    "officer": _(
        "Runs the programme in a region: keeps the register, draws, sends inspectors out, handles cases; "
        "enters what a laboratory reports on paper; publishes notices. "
        "The region of the appointment says how far this reaches."
    ),
    "inspector": _(
        "Visits what was drawn and records what was found; does not see draws, so that nobody can be warned."
    ),
    "lab": _("Reports results for the samples sent to this laboratory, and sees no others."),
    "firm": _("Sees the record of this firm alone and may object to a result."),
    "custodian": _(
        "Holds one of three shares of the secret of each draw; two open a draw that its office withholds. "
        "Sees no list of drawn firms, so that a share is no way to know who is visited."
    ),
    "statistician": _(
        "Binds targets to series and releases figures; takes no part in draws and visits, "
        "so that the one who counts is not the one who is counted."
    ),
    "leader": _(
        "Sees everything of the region, the work of its laboratories too, and changes nothing by hand."
    ),
    "system_admin": _(
        "Opens and closes accounts; one of the three administrators that GB/T 22239 keeps apart."
    ),
    "security_admin": _(
        "Appoints and ends appointments; one of the three administrators that GB/T 22239 keeps apart."
    ),
    "audit_admin": _(
        "Reads every entry of the ledger, the restricted ones too; one of the three administrators that "
        "GB/T 22239 keeps apart."
    ),
}
"""The reasons of ``people.roles`` as messages; a test holds both to the same words."""

CLOSING: dict[str, Any] = {
    "left": _("The person left the office or changed duty"),
    "compromised": _("The password may be known to others"),
    "unused": _("The account is no longer used"),
    "requested": _("The person asked for it"),
}

ERASING: dict[str, Any] = {
    "requested": _("The person asked for it"),
    "mistaken": _("It was recorded by mistake"),
    "unlawful": _("It should not have been recorded"),
}

VISIBILITY: dict[str, State] = {
    "public": State(_("Public"), "done"),
    "internal": State(_("Internal"), "running"),
    "restricted": State(_("Restricted"), "todo"),
}

VERBS: dict[str, tuple[Any, str]] = {
    "people.created": (_("Account opened"), "done"),
    "people.closed": (_("Account closed"), "stopped"),
    "people.opened": (_("Account opened again"), "done"),
    "people.person_erased": (_("Account erased"), "stopped"),
    "people.password_reset": (_("Password set by an administrator"), "done"),
    "people.password_changed": (_("Password changed by the person"), "done"),
    "people.appointed": (_("Appointed"), "done"),
    "people.token_created": (_("Key for a machine made"), "done"),
    "people.token_revoked": (_("Key for a machine revoked"), "stopped"),
    "people.appointment_ended": (_("Appointment ended"), "stopped"),
    "people.signed_in": (_("Signed in"), "done"),
    "people.sign_in_refused": (_("Sign-in refused"), "todo"),
    "people.locked_out": (_("Locked after failed sign-ins"), "stopped"),
}
OF_THE_LEDGER = ("ledger.words_erased", _("Words of an entry erased"), "stopped")
OF_THE_LOG = ("ledger.log_ended", _("The public log ended, a new one was opened"), "stopped")
