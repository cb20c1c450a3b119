"""What the rules of a draw refuse: one sentence and one remedy each, said in the reader's language later."""

from __future__ import annotations

from typing import Any

from zhiheng.errors import BadInput, Conflict, RuleRefused, ZhihengError

Refusal = tuple[type[ZhihengError], str, str]


def _(text: str) -> str:
    """Mark a text for translation; a rule itself knows no language."""
    return text


REFUSALS: dict[str, Refusal] = {
    "no-probability": (
        BadInput,
        _("%(sample)s of %(population)s units is no inclusion probability."),
        _("Draw at least one unit of every stratum, and at most all of them."),
    ),
    "no-floor": (
        BadInput,
        _("A minimum of %(minimum)s units a stratum would leave a class without any inspection."),
        _("State a minimum of at least 1."),
    ),
    "frame-empty": (
        RuleRefused,
        _("The frame holds no unit."),
        _("Check the region and the register, then freeze a frame that holds firms."),
    ),
    "stratum-without-fraction": (
        RuleRefused,
        _("The inspection duty states no sampling fraction for stratum %(stratum)s."),
        _("Add a fraction for every class that the frame holds."),
    ),
    "no-fraction": (
        BadInput,
        _("%(given)s is no sampling fraction for stratum %(stratum)s."),
        _("Write it as two whole numbers, such as [1, 20] for one in twenty."),
    ),
    "bad-period": (
        BadInput,
        _("“%(period)s” is neither a year nor a quarter."),
        _("Write a period as 2025 or 2025Q3."),
    ),
    "few-inspectors": (
        RuleRefused,
        _("%(units)s units are to be drawn and %(present)s inspectors can go: %(missing)s more needed."),
        _("Enter more inspectors of this region, or end a leave, and commit again."),
    ),
    "conflicts-leave-few": (
        RuleRefused,
        _("Conflicts of interest leave too few inspectors for the firm %(unit)s: %(missing)s more needed."),
        _("Enter more inspectors without a conflict with this firm, and commit again."),
    ),
    "short-secret": (
        BadInput,
        _("The secret has %(length)s bytes; %(least)s are the least."),
        _("Leave it out: the site takes 32 bytes from the operating system."),
    ),
    "short-beacon": (
        BadInput,
        _("The public random text has %(length)s bytes; %(least)s are the least."),
        _("Enter the whole published text that the announcement names, such as all numbers of four draws."),
    ),
    "second-draw": (
        Conflict,
        _("This region and period already have the draw %(draw)s, and a second one could be used to choose."),
        _("Use that draw, or abort it with a public reason before it is carried out."),
    ),
    "drawn-at-once": (
        Conflict,
        _("Somebody else committed the draw %(draw)s at the same moment."),
        _("Open the list of draws; the other one stands, this one was not stored."),
    ),
    "duty-withdrawn": (
        RuleRefused,
        _("The inspection duty of the draw %(draw)s was withdrawn."),
        _("Abort this draw with a public reason."),
    ),
    "beacon-past": (
        BadInput,
        _("The public random text of %(day)s may be known already."),
        _("Announce one that will be published from today on."),
    ),
    "beacon-to-come": (
        BadInput,
        _("The announced public random text belongs to %(day)s, which has not come yet."),
        _("Wait for that day and enter the text as it was published."),
    ),
    "duty-not-issued": (
        RuleRefused,
        _("The inspection duty was not issued, or is over."),
        _("Issue the duty first; then a draw can be committed for it."),
    ),
    "frame-elsewhere": (
        RuleRefused,
        _("The frame covers %(frame)s, the inspection duty %(obligation)s."),
        _("Freeze a frame of the region of the duty."),
    ),
    "frame-not-newest": (
        RuleRefused,
        _("This frame was frozen on %(frozen)s, and the region has a newer one of %(newest)s."),
        _("Choose the newest frame of the region; an older one could be picked for whom it holds."),
    ),
    "frame-before-duty": (
        RuleRefused,
        _("This frame was frozen on %(frozen)s, before the duty was issued on %(issued)s."),
        _("Freeze a new frame and commit with it."),
    ),
    "already-revealed": (
        Conflict,
        _("The draw %(draw)s was revealed already."),
        _("Its outcome stands; see its page."),
    ),
    "was-aborted": (
        Conflict,
        _("The draw %(draw)s was aborted."),
        _("Commit a new draw for the inspection duty."),
    ),
    "abort-without-reason": (
        BadInput,
        _("A draw is not aborted without a reason."),
        _("Write the reason; it is published with the serial number."),
    ),
    "secret-does-not-open": (
        Conflict,
        _("The sealed secret of the draw %(draw)s cannot be opened with the key of this site."),
        _("Restore the former key as a fallback, or abort the draw with this reason."),
    ),
    "frame-changed": (
        Conflict,
        _("The frame names the firm %(unit)s, which the register no longer holds."),
        _("Restore the register from its last good copy; a frozen frame is never edited."),
    ),
}


def refuse(code: str, table: dict[str, Refusal] = REFUSALS, **facts: Any) -> ZhihengError:
    """Return the refusal of this code with its facts filled in, to be raised."""
    kind, cause, remedy = table[code]
    return kind(cause % facts, remedy % facts, code=code, **facts)
