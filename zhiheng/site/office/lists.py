"""Brings an office's lists in from the command line, through the same steps as the pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from zhiheng.errors import BadInput, LimitExceeded, ZhihengError
from zhiheng.formats.spreadsheet import CellFault, Sheet, column_letter
from zhiheng.site.office import choices
from zhiheng.web import imports, said
from zhiheng.web.imports import answers, flow, held, known, layout, reading, told
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
    unread: list[str] = field(default_factory=list)
    said: dict[str, str] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)
    summary: dict[str, int] = field(default_factory=dict)
    faults: list[CellFault] = field(default_factory=list)
    lacks_columns: bool = False
    chose_good: bool = False


@dataclass(frozen=True)
class Ways:
    """What a person chose beforehand, and how one is asked; without a terminal the proposal is taken."""

    columns: Sequence[choices.Choice] = ()
    every: Sequence[choices.Choice] = ()
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
    if not any(text.strip() for row in sheet.rows for text in row):
        raise BadInput(
            _("%(file)s is empty.") % {"file": wanted.path.name},
            _("Fill in at least one row."),
            code="empty-list",
        )
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
    opened = sorted(_opened(files), key=lambda one: order.index(one[1]))
    choices.check([*ways.columns, *ways.every], [(short(spec), spec) for _wanted, spec, *_more in opened])
    return [_bring_in(officer, wanted, spec, sheet, data, ways) for wanted, spec, sheet, data in opened]


def _opened(files: Sequence[Wanted]) -> list[tuple[Wanted, ImportSpec, Sheet, bytes]]:
    """Read every file; when several cannot be read, one refusal names them all."""
    opened, refused = [], []
    for wanted in files:
        try:
            opened.append((wanted, *read(wanted)))
        except ZhihengError as error:
            refused.append(_of_file(error, wanted.path.name))
    if len(refused) == 1:
        raise refused[0]
    if refused:
        remedies = dict.fromkeys(error.remedy for error in refused)
        raise BadInput(
            " ".join(error.cause for error in refused), " ".join(remedies), code="files-unreadable"
        )
    return opened


def _bring_in(
    officer: Any, wanted: Wanted, spec: ImportSpec, sheet: Sheet, data: bytes, ways: Ways
) -> Brought:
    name = wanted.path.name
    upload = flow.receive(person=officer, spec=spec, data=data, name=name, sheet=sheet.name)
    try:
        choices.take(ways.columns, ways.every, short(spec), spec, sheet, upload, officer)
        if ways.confirm is not None:
            ways.confirm(spec, sheet, upload)
        brought = _described(officer, spec, sheet, upload)
        if brought.lacks_columns:
            flow.discard(person=officer, upload=upload)
            return brought
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
    words = said.of(error)
    cause = (
        words.cause
        if name in words.cause
        else _("%(file)s: %(cause)s") % {"file": name, "cause": words.cause}
    )
    return type(error)(cause, words.remedy, code=error.code, **error.facts)


def _described(officer: Any, spec: ImportSpec, sheet: Sheet, upload: Upload) -> Brought:
    names = layout.names(sheet, upload.header_row)
    recalled = known.recall(spec, sheet, known.home(officer, spec.permission))
    lacking = _lacking(spec, sheet, upload)
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
        unread=[str(one) for one in answers.unread(sheet, upload.header_row, upload.mapping)],
        said=dict(upload.said),
        told=told.sentences(spec, sheet, upload.header_row, upload.mapping, recalled, answers=upload.said),
        summary=dict(upload.summary),
        faults=lacking or held.faults(upload.pk),
        lacks_columns=bool(lacking),
    )


def _lacking(spec: ImportSpec, sheet: Sheet, upload: Upload) -> list[CellFault]:
    """Return a fault for each required column that was not found and that nobody answered for all rows."""
    found = []
    for column in reading.unmapped(spec, upload.mapping, upload.said):
        rule = _("The list has no column for “%(label)s”.") % {"label": column.label}
        if maybe := answers.doubtful(column, sheet, upload.header_row, upload.mapping):
            names = {"columns": "、".join(map(str, maybe)), "label": column.label}
            rule = _("It is not certain whether %(columns)s holds “%(label)s”.") % names
        remedy = _(
            "Name the column with --column %(key)s=B (or its header), or give one answer for every row with "
            "--every %(key)s=...; %(hint)s"
        ) % {"key": column.key, "hint": column.hint}
        place = maybe[0].place if maybe else 0
        found.append(CellFault(sheet.name, upload.header_row, place, "", rule, remedy))
    return found
