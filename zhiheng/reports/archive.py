"""Writes a ZIP again without the clock, so that equal Word files and workbooks are equal byte for byte."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime

EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest time that a ZIP can name
_CHANGED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*")


def settled(data: bytes, *, changed: datetime) -> bytes:
    """Return the same files in the same order with one fixed time, last changed on the day of the paper."""
    day = changed.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as given, zipfile.ZipFile(held, "w") as out:
        for name in given.namelist():
            about = zipfile.ZipInfo(name, EPOCH)
            about.compress_type = zipfile.ZIP_DEFLATED
            about.external_attr = 0o600 << 16
            about.create_system = 3
            said = given.read(name)
            if name == "docProps/core.xml":
                said = _CHANGED.sub(rb"\g<1>" + day, said)
            out.writestr(about, said, compresslevel=6)
    return held.getvalue()
