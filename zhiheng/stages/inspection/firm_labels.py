"""The words of the firm's own page and of the field pages, and what comes next in each state of a case."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

SENT_KINDS = (
    ("accept", _("Result accepted")),
    ("object", _("Objection")),
    ("formalities", _("Formalities of the re-test declared")),
    ("correction", _("Proof of correction")),
    ("material", _("Further papers")),
)

VERBS = {
    "access.issued": (_("Access code issued to the firm"), "running"),
    "access.opened": (_("Firm's page opened with its code"), "done"),
    "access.refused": (_("A wrong access code was entered"), "stopped"),
    "access.locked": (_("Access code locked for a while"), "stopped"),
    "firm.sent": (_("Papers of the firm received"), "running"),
    "visit.confirmed": (_("Confirmed by the second inspector"), "done"),
}

# What a firm reads about a state of its case: what stands, and what comes next. Plain words, short sentences.
NEXT = {
    "notified": _(
        "You have the notice. If you agree, you need not do anything; you can also accept now. If you do not "
        "agree, object before the day below. When that day has passed, the result is final."
    ),
    "objected": _(
        "Your objection is here. The office examines it and decides. You can add papers. Then you will read "
        "the decision on this page."
    ),
    "retest_offered": _(
        "The office agrees to test again. Do the formalities and declare them here by the day below; "
        "without them the re-test may lapse."
    ),
    "retest_formal": _("The office now names the laboratory that tests again. You need not do anything."),
    "retesting": _("The spare sample is being tested again. You will read the result here."),
    "accepted": _(
        "The result is final. Stop making and selling the same product. The office will order you in "
        "writing what to correct, and by when."
    ),
    "rectifying": _(
        "Correct what the order asks and send the proof here before the day below. "
        "Then the office checks again."
    ),
    "rechecking": _("The office checks again. You need not do anything; keep your papers at hand."),
    "province_notice": _(
        "The re-check failed and the province says so in public. A second re-check will follow."
    ),
    "second_recheck": _("The office checks a second time. Keep your papers at hand."),
    "suspended": _("Business is suspended until a re-check conforms. Ask the office what is still missing."),
    "closed": _("The matter is closed. You need not do anything."),
    "overturned": _("The first result no longer stands. The matter is closed."),
    "licence_revoked": _(
        "The revocation of the licence was requested. Ask the office which ways are open to you."
    ),
}

OTHER_OBJECTED = _(
    "Another side of this matter has objected. You can still object yourself before the day below."
)
OTHERS_TURN = _(
    "Another side of this matter has objected. You need not do anything; you will read what follows here."
)
OTHERS_RETEST = _(
    "The office agrees to test again, because another side of this matter asked for it. "
    "You need not do anything."
)
SETTLED = _(
    "Your part of the objection time is over or you have answered. Other sides can still object; "
    "then it is final."
)
FOR_PRODUCER = {
    "accepted": _(
        "The result is final. The office now orders in writing what is to be corrected, and by whom."
    ),
    "rectifying": _(
        "The firm where the sample was taken was ordered to correct. "
        "What you corrected yourself you can show here."
    ),
}
FOR_PLATFORM = _(
    "You are told of this result because the product was sold on your platform. You cannot object; "
    "papers that help the office you can send here."
)


def next_for(state: str, *, steps: list[str], objected: bool, role: str) -> Any:
    """Return what one side of a case reads about where it stands and what comes next."""
    if role == "platform":
        return FOR_PLATFORM
    if state == "objected" and not objected:
        return OTHER_OBJECTED if "object" in steps else OTHERS_TURN
    if state == "retest_offered" and not objected:
        return OTHERS_RETEST
    if state == "notified" and "object" not in steps:
        return SETTLED
    return (FOR_PRODUCER.get(state) if role else None) or NEXT.get(state, "")
