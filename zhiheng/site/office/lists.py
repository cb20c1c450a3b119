"""Brings an office's lists in from the command line, through the same steps as the pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from zhiheng.errors import BadInput, LimitExceeded, ZhihengError
from zhiheng.formats.spreadsheet import CellFault, Sheet, column_letter
from zhiheng.web import imports
from zhiheng.web.imports import flow, held, known, layout, reading, told
from zhiheng.web.imports.spec import ImportSpec
from zhiheng.web.models import Upload


@dataclass(frozen=True)
class Wanted:
    """A file to bring in; kind and sheet are guessed where they are not given."""

    path: Path
    kind: str = ""
    sheet: str = ""


@dataclass
class Brought:
    """What became of one list."""

    file: str
    kind: str
    sheet: str
    header_row: int = 0
    columns: dict[str, str] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)
    summary: dict[str, int] = field(default_factory=dict)
    faults: list[CellFault] = field(default_factory=list)
    chose_good: bool = False


@dataclass(frozen=True)
class Ways:
    """How a person is asked; without a terminal the proposal is taken as it is."""

    confirm: Callable[[ImportSpec, Sheet, Upload], None] | None = None
    store_good: Callable[[Brought], bool] | None = None


def short(spec: ImportSpec) -> str:
    """Return the word by which the command line knows a kind of list."""
    return spec.id.removeprefix("registry-")


def kinds() -> dict[str, ImportSpec]:
    """Return every kind of list by its word."""
    return {short(spec): spec for spec in imports.registered()}


def read(wanted: Wanted) -> tuple[ImportSpec, Sheet, bytes]:
    """Return the kind, the sheet and the bytes of a file; refuse one that fits no kind."""
    try:
        data = wanted.path.read_bytes()
    except OSError as error:
        raise BadInput(
            _("%(file)s cannot be read: %(why)s.") % {"file": wanted.path, "why": error.strerror},
            _("Check the name of the file."),
        ) from None
    if len(data) > flow.size_limit():
        raise LimitExceeded(
            _("%(file)s has more than %(limit)s MiB.")
            % {"file": wanted.path.name, "limit": flow.size_limit() // 2**20},
            _("Split it, or remove pictures and unused sheets."),
            code="file-too-large",
        )
    spec, sheet = flow.fitting_sheet(_specs(wanted), data, wanted.path.name, wanted.sheet or None)
    found = reading.guess(spec, sheet)
    required = sum(column.required for column in spec.columns)
    if not wanted.kind and 2 * len(reading.unmapped(spec, found.mapping)) > required:
        raise BadInput(
            _("It is not clear what kind of list %(file)s is.") % {"file": wanted.path.name},
            _("Give the kind with --kind: %(kinds)s.") % {"kinds": ", ".join(kinds())},
            code="kind-unknown",
        )
    return spec, sheet, data


def _specs(wanted: Wanted) -> Sequence[ImportSpec]:
    if not wanted.kind:
        return imports.registered()
    found = kinds().get(wanted.kind.removeprefix("registry-"))
    if found is None:
        raise BadInput(
            _("There is no kind of list called %(kind)s.") % {"kind": wanted.kind},
            _("Give the kind with --kind: %(kinds)s.") % {"kinds": ", ".join(kinds())},
            code="kind-unknown",
        )
    return [found]


def bring_in(officer: Any, files: Sequence[Wanted], ways: Ways) -> list[Brought]:
    """Bring all files in, in the order in which one list needs the other; the caller holds the transaction.

    Good rows of a faulty list are stored too, so that the lists that follow can be checked against them; the
    caller undoes everything when a fault stands and nobody chose the good rows alone.
    """
    order = list(kinds().values())
    opened = [(wanted, *read(wanted)) for wanted in files]
    opened.sort(key=lambda one: order.index(one[1]))
    return [_bring_in(officer, wanted, spec, sheet, data, ways) for wanted, spec, sheet, data in opened]


def _bring_in(
    officer: Any, wanted: Wanted, spec: ImportSpec, sheet: Sheet, data: bytes, ways: Ways
) -> Brought:
    name = wanted.path.name
    upload = flow.receive(person=officer, spec=spec, data=data, name=name, sheet=sheet.name)
    try:
        if ways.confirm is not None:
            ways.confirm(spec, sheet, upload)
        lacking = reading.unmapped(spec, upload.mapping, officer)
        if lacking:
            raise BadInput(
                _("%(file)s: no column was found for %(names)s.")
                % {"file": name, "names": "、".join(column.label for column in lacking)},
                _("Add the column to the list, or choose it at a terminal or on the import page."),
                code="column-missing",
            )
        brought = _described(officer, spec, sheet, upload)
        if brought.faults and ways.store_good is not None:
            brought.chose_good = ways.store_good(brought)
        if upload.summary["good"]:
            brought.summary |= flow.confirm(person=officer, upload=upload, good_rows_only=True)
        elif not brought.faults:
            raise BadInput(
                _("%(file)s has no rows below its header.") % {"file": name}, _("Fill in at least one row.")
            )
        else:
            flow.discard(person=officer, upload=upload)
            brought.summary |= {"stored": 0, "left_out": upload.summary["faulty"]}
        return brought
    except ZhihengError as error:
        raise _of_file(error, name) from error
    finally:
        held.remove(upload.pk)


def _of_file(error: ZhihengError, name: str) -> ZhihengError:
    """Return a refusal that names the file it is about."""
    if name in error.cause:
        return error
    return type(error)(f"{name}: {error.cause}", error.remedy, code=error.code, **error.facts)


def _described(officer: Any, spec: ImportSpec, sheet: Sheet, upload: Upload) -> Brought:
    names = layout.names(sheet, upload.header_row)
    recalled = known.recall(spec, sheet, known.home(officer, spec.permission))
    return Brought(
        file=upload.name,
        kind=short(spec),
        sheet=sheet.name,
        header_row=upload.header_row,
        columns={
            key: f"{column_letter(place)} {names[place - 1].shown}".strip()
            for key, place in upload.mapping.items()
            if place and place <= len(names)
        },
        told=told.sentences(spec, sheet, upload.header_row, upload.mapping, recalled, person=officer),
        summary=dict(upload.summary),
        faults=held.faults(upload.pk),
    )
