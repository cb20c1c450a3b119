"""What a person started and left open: drafts, forms that came back, uploads waiting for a decision."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from zhiheng.web.models import Draft, Upload
from zhiheng.web.slots import TodoItem, TodoRow

ROWS = 10
OPEN = (Upload.State.READ, Upload.State.CHECKED)


def provider(person: Any) -> list[TodoItem]:
    """Return the counts for the workbench, each with its newest rows."""
    drafts = list(
        Draft.objects.filter(person=person).only("title", "form_id", "url", "reasons", "updated_at")[:100]
    )
    returned = [draft for draft in drafts if draft.reasons]
    begun = [draft for draft in drafts if not draft.reasons]
    uploads = list(
        Upload.objects.filter(person=person, state__in=OPEN).only("name", "state", "uploaded_at")[:100]
    )
    started = [_draft_row(draft) for draft in begun[:ROWS]] + [
        _upload_row(upload) for upload in uploads[:ROWS]
    ]
    here = reverse("web:workbench") + "#web-"
    return [
        TodoItem(
            "web-returned",
            _("Forms returned to you"),
            len(returned),
            f"{here}returned",
            "returned",
            [_draft_row(draft) for draft in returned[:ROWS]],
        ),
        TodoItem(
            "web-started",
            _("Started by you"),
            len(begun) + len(uploads),
            f"{here}started",
            "todo",
            started,
        ),
    ]


def _draft_row(draft: Draft) -> TodoRow:
    note = _("%(count)s fields to mend") % {"count": len(draft.reasons)} if draft.reasons else _("Draft")
    return TodoRow(draft.title or draft.form_id, draft.url, button=_("Continue"), note=note)


def _upload_row(upload: Upload) -> TodoRow:
    url = reverse("web:upload", args=[upload.pk])
    return TodoRow(upload.name, url, button=_("Decide"), note=_("Upload not yet stored"))
