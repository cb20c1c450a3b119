"""The steps of an upload: read, map and check, store once, or put aside."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from zhiheng import ledger, people
from zhiheng.errors import BadInput, Conflict, NotFound
from zhiheng.formats import spreadsheet
from zhiheng.people import clock
from zhiheng.web.imports import answers, held, known, matching, reading
from zhiheng.web.imports.spec import ImportSpec, get
from zhiheng.web.models import Upload
from zhiheng.web.once import once


def receive(*, person: Any, spec: ImportSpec, data: bytes, name: str, sheet: str | None = None) -> Upload:
    """Parse an uploaded file in a child process; its header and mapping are recalled or guessed."""
    people.require(person, spec.permission)
    parsed = fitting_sheet([spec], data, name, sheet)[1]
    upload = Upload(
        person=person,
        spec=spec.id,
        name=PurePath(name.replace("\\", "/")).name[:200] or "list",
        sha256=hashlib.sha256(data).hexdigest(),
        uploaded_at=clock.now(),
    )
    _propose(upload, spec, parsed, person)
    held.keep(upload.pk, data, parsed)
    upload.save(force_insert=True)
    if not reading.unmapped(spec, upload.mapping, upload.said):
        check(person=person, upload=upload)
    return upload


def fitting_sheet(
    specs: Sequence[ImportSpec], data: bytes, name: str, wanted: str | None = None
) -> tuple[ImportSpec, spreadsheet.Sheet]:
    """Return the kind of list and the sheet that go together best; a hidden sheet only for want of others."""
    first = spreadsheet.read(data, name=name, sheet=wanted)
    spec = max(specs, key=lambda one: matching.fit(one, first))
    if wanted is not None:
        return spec, first
    best, chosen = (matching.fit(spec, first), not first.is_hidden), ""
    for other in first.others:
        head = spreadsheet.Sheet(other.name, other.head)
        for one in specs:
            found = (matching.fit(one, head), not other.is_hidden)
            if found[0] > best[0] and (found[1] or best[0][0] < 0):
                best, spec, chosen = found, one, other.name
    return spec, spreadsheet.read(data, name=name, sheet=chosen) if chosen else first


def choose_sheet(*, person: Any, upload: Upload, name: str) -> None:
    """Read another sheet of the workbook instead, and begin again with it."""
    _still_open(upload)
    spec = get(upload.spec)
    data = held.data(upload.pk)
    sheet = spreadsheet.read(data, name=upload.name, sheet=name)
    _propose(upload, spec, sheet, person)
    held.keep(upload.pk, data, sheet)
    upload.state, upload.summary = Upload.State.READ, {}
    upload.save(update_fields=["header_row", "mapping", "said", "state", "summary"])
    if not reading.unmapped(spec, upload.mapping, upload.said):
        check(person=person, upload=upload, sheet=sheet)


def _propose(upload: Upload, spec: ImportSpec, sheet: spreadsheet.Sheet, person: Any) -> None:
    """Take the mapping that was confirmed for such a list, else the best guess."""
    recalled = known.recall(spec, sheet, known.home(person, spec.permission))
    if recalled is not None:
        upload.header_row, upload.mapping = recalled.header_row, dict(recalled.known.mapping)
        upload.said = dict(recalled.known.said)
        return
    found = reading.guess(spec, sheet)
    if len(sheet.rows) <= found.header_row and not found.mapping:
        raise BadInput(
            _("The list is empty, or its header could not be found."),
            _("The first rows must hold the names of the columns, such as: %(names)s.")
            % {"names": "、".join(column.label for column in spec.columns[:4])},
            code="empty-list",
        )
    upload.header_row, upload.mapping = found.header_row, dict(found.mapping)
    upload.said = answers.assumed(spec, sheet, found.header_row, found.mapping, person, upload.name)


def remap(
    *,
    person: Any,
    upload: Upload,
    header_row: int,
    mapping: Mapping[str, int],
    said: Mapping[str, str] | None = None,
) -> None:
    """Take the mapping that the person chose, and check again; ``said`` holds for every row."""
    _still_open(upload)
    spec = get(upload.spec)
    kept = upload.said if said is None else answers.accepted(spec, said, person)
    kept = {key: text for key, text in kept.items() if not mapping.get(key)}
    _must_be_mapped(spec, mapping, kept)
    places = [place for place in mapping.values() if place]
    if len(set(places)) != len(places):
        raise BadInput(_("One column of the list is chosen twice."), _("Choose each column once."))
    upload.header_row, upload.mapping = header_row, {key: place for key, place in mapping.items() if place}
    upload.said = kept
    check(person=person, upload=upload)


def adjust(*, person: Any, upload: Upload, mapping: Mapping[str, int], said: Mapping[str, str]) -> None:
    """Take a mapping that may still lack columns; check the rows when it lacks none."""
    _still_open(upload)
    upload.mapping = {key: place for key, place in mapping.items() if place}
    upload.said = {key: text for key, text in said.items() if not upload.mapping.get(key)}
    if reading.unmapped(get(upload.spec), upload.mapping, upload.said):
        upload.state = Upload.State.READ
        upload.save(update_fields=["mapping", "said", "state"])
    else:
        check(person=person, upload=upload)


def check(*, person: Any, upload: Upload, sheet: spreadsheet.Sheet | None = None) -> reading.Checked:
    """Check every row and keep the faults; the numbers stand on the upload."""
    spec = get(upload.spec)
    sheet = sheet or held.sheet(upload.pk)
    checked = reading.check(spec, sheet, upload.header_row, upload.mapping, person, upload.said)
    held.keep_faults(upload.pk, checked.faults)
    upload.summary = {
        "rows": checked.total,
        "faulty": len(checked.faulty_rows),
        "good": len(checked.good),
        "faults": len(checked.faults),
    }
    upload.state = Upload.State.CHECKED
    upload.save(update_fields=["header_row", "mapping", "said", "summary", "state"])
    return checked


def confirm(*, person: Any, upload: Upload, good_rows_only: bool) -> dict[str, Any]:
    """Store the list once: all rows when none is faulty, or the good rows when the person chose that."""
    spec = get(upload.spec)
    people.require(person, spec.permission)

    def act() -> dict[str, Any]:
        _still_open(Upload.objects.select_for_update().get(pk=upload.pk))
        _must_be_mapped(spec, upload.mapping, upload.said)
        data, sheet = held.data(upload.pk), held.sheet(upload.pk)
        checked = reading.check(spec, sheet, upload.header_row, upload.mapping, person, upload.said)
        _may_store(checked, good_rows_only)
        ledger.evidence.store(data, name=upload.name)
        outcome = spec.store(by=person, rows=[dict(row.values) for row in checked.good], source=upload.sha256)
        known.remember(
            spec=spec,
            sheet=sheet,
            header_row=upload.header_row,
            mapping=upload.mapping,
            said=upload.said,
            region=known.home(person, spec.permission),
            source=upload.sha256,
        )
        summary = upload.summary | {"stored": len(checked.good), "left_out": len(checked.faulty_rows)}
        summary |= _told(outcome)
        Upload.objects.filter(pk=upload.pk).update(
            state=Upload.State.STORED, decided_at=clock.now(), summary=summary
        )
        return summary

    result = once(person=person, token=upload.token, purpose=f"import:{spec.id}", act=act)
    held.remove(upload.pk)
    return result


def discard(*, person: Any, upload: Upload) -> None:
    """Put an upload aside; its rows are removed."""
    _still_open(upload)
    upload.state, upload.decided_at = Upload.State.DISCARDED, clock.now()
    upload.save(update_fields=["state", "decided_at"])
    held.remove(upload.pk)


def own(person: Any, pk: Any) -> Upload:
    """Return an upload of this person; nobody sees those of others."""
    upload = Upload.objects.filter(person=person, pk=pk).first()
    if upload is None:
        raise NotFound(_("There is no such upload of yours."), _("Upload the list again."))
    return upload


def _still_open(upload: Upload) -> None:
    if upload.state in (Upload.State.STORED, Upload.State.DISCARDED):
        raise Conflict(
            _("This upload was already decided; nothing more is stored from it."),
            _("Upload the list again if it should be stored anew."),
            code="upload-decided",
        )


def _must_be_mapped(spec: ImportSpec, mapping: Mapping[str, int], said: Mapping[str, str]) -> None:
    """Refuse a list in which a required column was not found: its rows would be stored half empty."""
    lacking = reading.unmapped(spec, mapping, said)
    if lacking:
        raise BadInput(
            _("No column of the list is chosen for: %(names)s.") % {"names": answers.names(lacking)},
            _("Choose the column that holds it, or add it to the list and upload that again."),
            code="column-missing",
        )


def _may_store(checked: reading.Checked, good_rows_only: bool) -> None:
    if not checked.good:
        raise BadInput(
            _("No row of the list can be stored."), _("Mend the marked sheet and upload it again.")
        )
    if checked.faults and not good_rows_only:
        raise BadInput(
            _("Faults still stand in the list; nothing was stored."),
            _("Mend the marked sheet and upload it again, or choose to store the good rows alone."),
            code="faults-stand",
        )


def _told(outcome: Any) -> dict[str, int]:
    """Return the counts of an outcome, where the action tells them."""
    names = ("created", "updated", "unchanged")
    return {name: getattr(outcome, name) for name in names if isinstance(getattr(outcome, name, None), int)}


def size_limit() -> int:
    """Return how many bytes an upload may have."""
    return int(getattr(settings, "UPLOAD_MAX_BYTES", 20 * 1024 * 1024))
