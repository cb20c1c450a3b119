"""The task list of a draw in the form of the office's own list of firms."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from zhiheng.stages.registry import own_forms
from zhiheng.web.tables import Column, OwnForm

from .models import Visit


def inspectors(visit: Visit) -> str:
    """Return the two inspectors whom the draw paired for a visit."""
    pair: tuple[Any, ...] = (visit.selection.first_inspector, visit.selection.second_inspector)
    return "、".join(one.name for one in pair if one is not None)


FORM = OwnForm(
    own_forms.SUBJECTS.spec,
    own_forms.of_subject(lambda visit: visit.subject),
    more=(Column("inspectors", _("Inspectors"), value=inspectors, sortable=False),),
    related=("subject", "selection__first_inspector", "selection__second_inspector", "draw"),
    known_as={"subject": "name"},
)
