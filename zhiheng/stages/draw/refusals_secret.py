"""What is refused about the secret of a draw, its shares and its public random text."""

from __future__ import annotations

from zhiheng.errors import BadInput, Conflict, RuleRefused, ZhihengError


def _(text: str) -> str:
    """Mark a text for translation; a rule itself knows no language."""
    return text


SECRET: dict[str, tuple[type[ZhihengError], str, str]] = {
    "no-such-office": (
        BadInput,
        _("“%(office)s” is no office that holds a share."),
        _("Choose the regulator, discipline inspection or the notary."),
    ),
    "custodian-without-name": (
        BadInput,
        _("A custodian has no name."),
        _("Write the name of the body; it is published with every draw."),
    ),
    "bad-public-key": (
        BadInput,
        _("This is no public key of X25519."),
        _("Write its 32 bytes as 64 hexadecimal digits, or leave it out: the share is printed then."),
    ),
    "no-custodian": (
        RuleRefused,
        _("This person is not appointed as a custodian of the region."),
        _("Ask the security administrator for the appointment first."),
    ),
    "two-seats": (
        Conflict,
        _("This person holds the share of another office already."),
        _("Name somebody else: whoever held two shares could open a draw alone."),
    ),
    "no-such-seat": (
        BadInput,
        _("The secret of this draw has no seat %(seat)s."),
        _("Check the share and the draw that it was handed out for."),
    ),
    "another-seat": (
        RuleRefused,
        _("The share of seat %(seat)s belongs to another custodian."),
        _("Each custodian takes his own share alone."),
    ),
    "share-not-now": (
        Conflict,
        _("The secret of the draw %(draw)s is open, or the draw was aborted: no share is needed any more."),
        _("Open the page of the draw to see its state."),
    ),
    "share-shown-once": (
        Conflict,
        _("The share of seat %(seat)s was handed out already; the site no longer has it."),
        _("Two of three are enough. If two are lost, abort the draw with this reason and commit anew."),
    ),
    "share-too-early": (
        RuleRefused,
        _("Until %(day)s it is for the office to open this draw."),
        _("Bring the share when that day has passed."),
    ),
    "share-unreadable": (
        BadInput,
        _("A sign of this share is wrong or missing."),
        _("Compare it with the sheet, sign by sign."),
    ),
    "false-share": (
        RuleRefused,
        _("This is not the share that was handed to seat %(seat)s."),
        _("Bring the share of this draw; if it is, the sheet was altered, and two others are still enough."),
    ),
    "shares-of-another-secret": (
        Conflict,
        _("These shares are true, and they give another secret than the committed one."),
        _("Keep the sheets: with the announcement they prove that the office split a false secret."),
    ),
    "not-shared": (
        RuleRefused,
        _("The secret of this draw was not shared out."),
        _("Only the office can open it; the public page shows when it is overdue."),
    ),
    "shares-lacking": (
        RuleRefused,
        _("%(needed)s shares are needed, %(count)s were given."),
        _("Ask another custodian to bring his share."),
    ),
    "no-such-beacon": (
        BadInput,
        _("“%(kind)s” is no kind of public random text."),
        _("Choose one of the kinds of the form."),
    ),
    "many-fallbacks": (
        BadInput,
        _("More than %(most)s random texts would replace the first."),
        _("Name fewer; one or two are enough."),
    ),
    "beacon-twice": (
        BadInput,
        _("The same public random text is announced twice."),
        _("Name another one to replace the first."),
    ),
    "no-beacon-left": (
        RuleRefused,
        _("None of the announced random texts could be had."),
        _("Abort this draw with that reason and announce a new one."),
    ),
    "skipped-without-reason": (
        BadInput,
        _("A random text is passed over without a reason."),
        _("Write why it could not be had; the reason is published."),
    ),
    "not-sealed": (
        RuleRefused,
        _(
            "The announcement of the draw %(draw)s is in no signed checkpoint of the log, and its public "
            "random text exists: it could have been written afterwards."
        ),
        _(
            "Let the administrator see why the log does not seal. Then abort this draw with that reason and "
            "announce a new one with a later random text."
        ),
    ),
    "not-sealed-next": (
        RuleRefused,
        _(
            "The announcement of the draw %(draw)s is in no signed checkpoint of the log, and its public "
            "random text exists: it could have been written afterwards."
        ),
        _(
            "Let the administrator see that the log seals it now. Then pass over this random text with that "
            "reason; the next of the announced order comes later and is used."
        ),
    ),
    "sealed-late": (
        RuleRefused,
        _(
            "The announcement of the draw %(draw)s was sealed less than %(minutes)s minutes before its "
            "public random text: it could have been written afterwards."
        ),
        _("Abort this draw with that reason and announce a new one with a later random text."),
    ),
    "sealed-late-next": (
        RuleRefused,
        _(
            "The announcement of the draw %(draw)s was sealed less than %(minutes)s minutes before its "
            "public random text: it could have been written afterwards."
        ),
        _("Pass over this random text with that reason; the next of the announced order is used."),
    ),
}
