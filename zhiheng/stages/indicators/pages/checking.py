"""The page where anybody checks a file: dropped here, checked in a child process, kept nowhere."""

from __future__ import annotations

from dataclasses import replace

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiheng import web
from zhiheng.errors import BadInput, LimitExceeded, ZhihengError
from zhiheng.formats import sandbox
from zhiheng.ledger.models import Entry
from zhiheng.reference import refusals
from zhiheng.stages.draw import bundles as draw_bundles
from zhiheng.verification import handed_in
from zhiheng.verification.report import Report
from zhiheng.web import said, wording

MOST_BYTES = 20 * 1024 * 1024
LIMITS = sandbox.Limits(
    memory_bytes=1024 * sandbox.MIB,
    cpu_seconds=20,
    wall_seconds=30.0,
    input_bytes=MOST_BYTES,
    output_bytes=sandbox.MIB,
)

STEPS = {
    "shape": gettext_lazy("The file has the published form"),
    "digest": gettext_lazy("The digest is that of its content"),
    "ledger": gettext_lazy("The ledger entries hang together"),
    "release": gettext_lazy("The release in the ledger holds this figure"),
    "draws": gettext_lazy("The ledger names the certificate of each draw"),
    "drawn units": gettext_lazy("Drawn units"),
    "rows": gettext_lazy("The rows are the stated ones"),
    "weights": gettext_lazy("Each weight is N/r of its stratum"),
    "counts": gettext_lazy("The counts fit rows, cells and strata"),
    "size rule": gettext_lazy("The size rule was kept"),
    "figure": gettext_lazy("The figure comes out again"),
    "committed": gettext_lazy("The draw was announced beforehand"),
    "commitment": gettext_lazy("The secret is the committed one"),
    "announcement": gettext_lazy("The announcement is unchanged"),
    "frame": gettext_lazy("The frame is the announced one"),
    "seed": gettext_lazy("Secret and public random text give the seed"),
    "exclusions": gettext_lazy("The units left out are the announced ones"),
    "probabilities": gettext_lazy("The probabilities are those of the frame"),
    "selection": gettext_lazy("The tickets give the drawn units"),
    "pairs": gettext_lazy("The tickets give the pairs of inspectors"),
    "bound": gettext_lazy("The ledger names this certificate"),
    "substitutions": gettext_lazy("Reserves stepped in by the order of their tickets"),
    "signature": gettext_lazy("Each version is signed by the key that it names"),
    "history": gettext_lazy("The versions follow one another"),
    "entries": gettext_lazy("The ledger names each version"),
    "log": gettext_lazy("The log holds the entries"),
    "recorded": gettext_lazy("The ledger recorded this number"),
    "formula": gettext_lazy("The ledger defined the formula before"),
    "inputs": gettext_lazy("The inputs are the set that the number names"),
    "number": gettext_lazy("The number comes out of formula and inputs again"),
    "origins": gettext_lazy("The inputs have bundles of their own"),
}


@web.page(public=True)
def verify(request: HttpRequest) -> HttpResponse:
    """Check a dropped bundle step by step, and say how to do it offline."""
    context = {"title": _("Check a file"), "most": MOST_BYTES // (1024 * 1024)}
    if request.method != "POST":
        return render(request, "indicators/verify.html", context)
    try:
        report = checked(request)
    except ZhihengError as error:
        told = context | {"error": said.of(error)}
        return render(request, "indicators/verify.html", told, status=error.http_status)
    return render(request, "indicators/verify.html", context | shown(report))


def checked(request: HttpRequest) -> Report:
    """Return the report on the file that was handed in."""
    sent = request.FILES.get("bundle")
    if sent is None:
        raise BadInput(_("No file was chosen."), _("Choose the file of a figure, number, draw or notice."))
    if sent.size > MOST_BYTES:
        raise LimitExceeded(
            _("This file is larger than %(most)s MB.") % {"most": MOST_BYTES // (1024 * 1024)},
            _("Check it offline; the commands stand below."),
        )
    found = _in_a_child(sent.read())
    if found is not None:
        return Report.from_dict(found)
    raise BadInput(
        _("This file is no bundle of a figure, a number, a draw or a notice."),
        _("Download one from the page of a figure, a number, a draw or a notice and hand it in unchanged."),
    )


def _in_a_child(data: bytes) -> dict | None:
    """Check the bytes away from this process, which a hostile file must not fill or hold up."""
    try:
        return sandbox.run(handed_in.PARSER, data, limits=LIMITS, draws=str(draw_bundles.folder()))
    except LimitExceeded as error:
        raise LimitExceeded(
            _("The file could not be read within the bounds of memory, time and size set for uploads."),
            _("Check it offline; the commands stand below."),
            code=error.code,
        ) from None


def shown(report: Report) -> dict:
    """Return the report as the page writes it, with the head looked up in this site's ledger."""
    entry = Entry.objects.filter(seq=report.seq, hash=report.head).first()
    if wording.is_chinese():
        steps = [replace(one, detail=refusals.both_in_chinese(one.detail)) for one in report.steps]
        report = replace(report, steps=tuple(steps))
    return {
        "report": report,
        "steps": [(STEPS.get(step.name, step.name), step) for step in report.steps],
        "entry": entry,
    }
