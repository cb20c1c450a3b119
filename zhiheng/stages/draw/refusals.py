"""What the rules of a draw refuse: one sentence and one remedy each, said in the reader's language later."""

from __future__ import annotations

from typing import Any

from zhiheng.errors import BadInput, Conflict, RuleRefused, ZhihengError

from .refusals_secret import SECRET

Refusal = tuple[type[ZhihengError], str, str]


def _(text: str) -> str:
    """Mark a text for translation; a rule itself knows no language."""
    return text


REFUSALS: dict[str, Refusal] = {
    **SECRET,
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
    "quota-below-shares": (
        RuleRefused,
        _("A quota of %(quota)s is below the %(least)s firms that the shares of this duty ask for."),
        _("Set the duty anew with a higher quota, or without shares."),
    ),
    "no-such-exclusion": (
        BadInput,
        _("“%(reason)s” is no reason for leaving a firm out of a draw."),
        _("Choose one of the reasons of the form."),
    ),
    "exclusion-without-word": (
        BadInput,
        _("The firm %(unit)s is left out without a word of explanation."),
        _("Write why; it is published with the certificate."),
    ),
    "beacon-before-objections": (
        RuleRefused,
        _("Firms may object to this list until %(until)s, and the public random text is due before that."),
        _("Name a random text of a later day, or write why it cannot wait; the reason is published."),
    ),
    "joint-needs-open-ids": (
        RuleRefused,
        _("The lists of a joint campaign are compared with one another in public, firm by firm."),
        _("Choose no names for it: it is listed by codes, and the reason is published by itself."),
    ),
    "panel-other-names": (
        RuleRefused,
        _("The list names firms otherwise than the first draw %(draw)s of the panel did."),
        _("Freeze the list again with the names of that draw, so that each firm keeps its number."),
    ),
    "excluded-elsewhere": (
        BadInput,
        _("The firm %(unit)s does not stand in this frame."),
        _("Leave it out of the list of exclusions; it cannot be drawn anyway."),
    ),
    "all-excluded": (
        RuleRefused,
        _("Every firm of the frame is excluded or was drawn in this cycle."),
        _("Nothing is left to draw: end the duty as done, or choose fewer exclusions."),
    ),
    "frame-of-another-duty": (
        RuleRefused,
        _("This frame was not frozen for this duty, which names its own goods, channel or classes."),
        _("Freeze the list of this duty on its page, then commit."),
    ),
    "frame-not-needed": (
        RuleRefused,
        _("This duty draws from the frame of its whole region."),
        _("Freeze a frame of the region and commit with it."),
    ),
    "few-in-field": (
        RuleRefused,
        _("Only %(present)s inspectors may check division %(division)s: %(missing)s more needed."),
        _("Enter inspectors of this field, or commit without matching fields."),
    ),
    "panel-not-closed": (
        RuleRefused,
        _("A panel begins with a closed draw, whose seed is public; the draw %(draw)s is not closed."),
        _("Close the draw first, then announce the panel."),
    ),
    "panel-stands": (
        Conflict,
        _("There is a panel for the same region, goods, channel and purpose already: %(panel)s."),
        _("End that panel first, or let its draws go on."),
    ),
    "panel-share": (
        BadInput,
        _("%(given)s is no share by which a panel turns."),
        _("Write two whole numbers, the first smaller, such as 1/10."),
    ),
    "panel-leaps": (
        RuleRefused,
        _(
            "Of stratum %(stratum)s %(share)s is drawn, and the panel turns by %(given)s: the firms between "
            "would never be drawn, while others come up again and again."
        ),
        _("Turn by a smaller share, draw more of this stratum, or end the panel."),
    ),
    "panel-of-a-panel": (
        RuleRefused,
        _("The draw %(draw)s belongs to a panel itself."),
        _("Begin a panel with a draw that had its own lottery."),
    ),
    "reserve-not-open": (
        RuleRefused,
        _("A reserve steps in only between the reveal and the end of the draw %(draw)s."),
        _("Open the draw to see its state."),
    ),
    "reserve-without-reason": (
        RuleRefused,
        _("The visit of the drawn firm did not fail: no reserve can take its place."),
        _("Record first what the visit met: refused, closed, not found or no stock."),
    ),
    "reserve-without-word": (
        BadInput,
        _("A reserve is not used without a reason."),
        _("Write why; it stays with the draw."),
    ),
    "reserve-twice": (
        Conflict,
        _("The place of this firm was taken by a reserve already."),
        _("See the list of substitutions on the page of the draw."),
    ),
    "reserves-used-up": (
        RuleRefused,
        _("Class %(stratum)s has no reserve left."),
        _("Leave the place empty: the estimate counts it as not answered."),
    ),
    "bad-period": (
        BadInput,
        _("“%(period)s” is no period."),
        _(
            "Write 2026, 2026H1, 2026Q1, 2026-03, a campaign as 20260301-20260531, or an assessment year as "
            "20250701-20260630."
        ),
    ),
    "planned-outside": (
        BadInput,
        _("The day %(day)s does not lie in the period of the duty."),
        _("Choose a day of the period."),
    ),
    "planned-in-the-past": (
        BadInput,
        _("The day %(day)s is past."),
        _("Choose today or a later day."),
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
        _("The draw %(draw)s is on the same goods, channel and purpose in this region and period already."),
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
    "no-weights": (
        RuleRefused,
        _("The duty gives all classes of this frame the same weight."),
        _("Draw at random within the classes, or set a duty with weights."),
    ),
    "weights-not-here": (
        RuleRefused,
        _("A panel, a cycle of full coverage and a joint campaign are not drawn by weight."),
        _("Draw at random within the classes."),
    ),
    "joint-of-one": (
        BadInput,
        _("A joint campaign needs two lists or more; %(count)s stand here."),
        _("Give a number for at least two of factories, shops and online platforms."),
    ),
    "joint-stands": (
        Conflict,
        _("A joint campaign on “%(item)s” stands already for this region, period and purpose."),
        _("Go on with that one; it is in the list of joint campaigns."),
    ),
    "joint-not-drawn": (
        RuleRefused,
        _("Nothing was drawn yet from these lists: %(channels)s."),
        _("Draw from each list, or withdraw its duty with a reason."),
    ),
    "joint-not-closed": (
        RuleRefused,
        _("These draws are not closed yet: %(draws)s."),
        _("Close each once its last visit has ended; until then answers about other lists may still come."),
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
