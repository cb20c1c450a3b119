"""Enters a whole country of new subjects at once, as columns; for first fillings of 10^5 to 10^6 rows."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext

from zhiheng import ledger
from zhiheng.errors import BadInput, Conflict
from zhiheng.ledger.ids import uuid7
from zhiheng.people import clock, scope
from zhiheng.people.permissions import P
from zhiheng.reference import regions

from .. import rules, store, words
from ..models import Subject
from .lists import Outcome

COLUMNS = ("code", "name", "region", "division", "size", "channel", "risk_class", "output_value")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def import_subjects_bulk(*, by: Any, region: str, columns: Mapping[str, Any], source: str) -> Outcome:
    """Enter new subjects of one region from columns of equal length; all or none, one ledger entry.

    ``output_value`` is a numeric array in 10,000 yuan; the other columns are arrays of texts. Codes that
    stand in the register already are refused: this is for filling, not for correcting.
    """
    actor = scope.require(by, P.REGISTRY_IMPORT, region=region)
    texts, amounts = _sorted_columns(columns)
    _check(texts, region)
    if not (np.isfinite(amounts) & (amounts >= 0) & (amounts < float(rules.MOST_OUTPUT))).all():
        words.refuse([rules.Fault("output_value", "output-value")])
    texts["output_value"] = np.char.mod("%.2f", amounts).tolist()
    size = len(texts["code"])
    lines = "\n".join(map("\t".join, zip(*(texts[name] for name in COLUMNS), strict=True))) + "\n"
    try:
        with transaction.atomic():
            store.insert_columns(
                Subject,
                {"id": [uuid7() for _ in range(size)], **texts},
                {"credit_class": "", "is_active": True, "recorded_at": clock.now()},
            )
            entry = ledger.record_rows(
                by=actor,
                verb="registry.subjects_imported",
                subjects=[("region", region)],
                detail={"source": ledger.bound(source), "created": size, "columns": list(COLUMNS)},
                rows=lines.encode(),
                row_count=size,
                media_type="text/tab-separated-values",
                region=region,
            )
    except IntegrityError as error:
        raise Conflict(
            gettext("Some of these codes are in the register already; nothing was stored."),
            gettext("Import them as a list, which corrects what stands."),
            code="taken",
        ) from error
    return Outcome(size, 0, 0, entry)


def _sorted_columns(columns: Mapping[str, Any]) -> tuple[dict[str, list[str]], np.ndarray]:
    """Return the columns as texts in the order of the codes, in which indexes grow at their end."""
    names = {"columns": ", ".join(COLUMNS)}
    lengths = {len(columns[name]) if name in columns else -1 for name in COLUMNS}
    if len(lengths) != 1 or lengths <= {0, -1}:
        raise BadInput(
            gettext("The columns of the register are missing, empty or of unequal length."),
            gettext("Give these columns with one value for each subject: %(columns)s.") % names,
            code="columns",
        )
    order = np.argsort(np.asarray(columns["code"]), kind="stable")
    amounts = np.asarray(columns["output_value"], dtype=np.float64)[order]
    texts = {name: np.asarray(columns[name])[order].tolist() for name in COLUMNS if name != "output_value"}
    return texts, amounts


def _check(texts: Mapping[str, list[str]], region: str) -> None:
    """Check distinct values by the rules for rows, and codes by the rule for arrays."""
    low, high = regions.span(region)
    faults: list[rules.Fault] = []
    for code in sorted(set(texts["region"])):
        faults += rules.region_faults(code, levels=("city", "county"))
        if not low <= code <= high:
            faults.append(rules.Fault("region", "region-outside", code))
    for name in ("division", "size", "channel", "risk_class"):
        for value in sorted(set(texts[name])):
            faults += rules.value_faults(name, value)
    words.refuse(faults)
    wrong = rules.wrong_codes(np.asarray(texts["code"]), demo=settings.DEMO)
    if wrong.size:
        place = int(wrong[0])
        words.refuse(rules.code_faults(texts["code"][place], demo=settings.DEMO), row=place + 1)
    if _CONTROL.search("".join(texts["name"])) or "" in texts["name"] or max(map(len, texts["name"])) > 120:
        words.refuse([rules.Fault("name", "not-a-name")])
