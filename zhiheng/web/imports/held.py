"""Rows of an upload lie in a file until the person decides; then they are removed.

They are no evidence yet: only what is stored becomes evidence, under the hash of the uploaded file.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from zhiheng.errors import NotFound
from zhiheng.formats import spreadsheet
from zhiheng.formats.spreadsheet import CellFault, Sheet


def keep(upload_id: Any, data: bytes, sheet: Sheet) -> None:
    """Keep the uploaded bytes and the parsed sheet; faults of another sheet are forgotten."""
    _path(upload_id, "faults").unlink(missing_ok=True)
    _write(_path(upload_id, "bin"), data)
    parsed = {
        "name": sheet.name,
        "rows": sheet.rows,
        "faults": [asdict(fault) for fault in sheet.faults],
        "encoding": sheet.encoding,
        "merged": sheet.merged,
        "hidden_rows": sheet.hidden_rows,
        "hidden_columns": sheet.hidden_columns,
        "widths": sheet.widths,
        "is_hidden": sheet.is_hidden,
        "others": [asdict(other) for other in sheet.others],
    }
    _write(_path(upload_id, "json"), json.dumps(parsed, ensure_ascii=False).encode())


def data(upload_id: Any) -> bytes:
    """Return the uploaded bytes."""
    return _read(_path(upload_id, "bin"))


def sheet(upload_id: Any) -> Sheet:
    """Return the parsed sheet."""
    return spreadsheet.from_parsed(json.loads(_read(_path(upload_id, "json"))))


def keep_faults(upload_id: Any, faults: Sequence[CellFault]) -> None:
    """Keep the faults of the last check."""
    rows = [[f.sheet, f.row, f.column, f.value, f.rule, f.remedy] for f in faults]
    _write(_path(upload_id, "faults"), json.dumps(rows, ensure_ascii=False).encode())


def faults(upload_id: Any) -> list[CellFault]:
    """Return the faults of the last check; none when the list waits for its mapping and was not checked."""
    if _path(upload_id, "bin").exists() and not _path(upload_id, "faults").exists():
        return []
    return [CellFault(*row) for row in json.loads(_read(_path(upload_id, "faults")))]


def remove(upload_id: Any) -> None:
    """Remove everything kept for an upload."""
    for kind in ("bin", "json", "faults"):
        _path(upload_id, kind).unlink(missing_ok=True)


def _path(upload_id: Any, kind: str) -> Path:
    return Path(settings.VAR) / "uploads" / f"{upload_id}.{kind}"


def _write(path: Path, content: bytes) -> None:
    """Write beside the place and rename, so that a kill leaves no half file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f"{path.name}.{os.getpid()}.part")
    partial.write_bytes(content)
    partial.replace(path)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise NotFound(
            _("The rows of this upload are no longer here."), _("Upload the list again; nothing was stored.")
        ) from None
