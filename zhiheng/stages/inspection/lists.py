"""Shows on a visit in which other lists of its joint campaign the firm stands, as far as it is known."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from zhiheng.stages.draw import memberships
from zhiheng.stages.draw.models import Joint, Overlap, Told
from zhiheng.stages.plan.models import CHANNELS
from zhiheng.web import slots

from . import labels
from .models import Visit


def is_asked(visit: Visit) -> bool:
    """Whether the visit belongs to a joint campaign whose record is not sealed yet."""
    return Joint.objects.filter(frames__obligation=visit.draw.obligation_id, sealed_at__isnull=True).exists()


def lists_panel(person: Any, visit: Visit) -> slots.Panel | None:
    """Return the other lists with what is known of each; none outside of a joint campaign."""
    joint = Joint.objects.filter(frames__obligation=visit.draw.obligation_id).first()
    if joint is None or person is None:
        return None
    held = memberships.standing(joint)
    listed = set(Overlap.objects.filter(selection=visit.selection_id).values_list("other_id", flat=True))
    told = {row.channel: row for row in Told.objects.filter(selection=visit.selection_id)}
    answers, rows = dict(labels.LIST_ANSWERS), []
    for name, label in CHANNELS:
        draw = held.draws.get(name)
        if draw is None or draw.pk == visit.draw_id:
            continue
        if draw.pk in listed:
            word, tone = _("Yes, by its code"), "done"
        elif name in told:
            word, tone = answers[told[name].answer], "running" if told[name].answer == "unknown" else "done"
        else:
            word, tone = _("Not by its code; ask at the visit"), "todo"
        rows.append((label, word, tone, told[name].code if name in told else ""))
    context = {"rows": rows, "joint": joint}
    return slots.Panel(
        _("Other lists of the joint campaign"), "inspection/lists_panel.html", context, id="lists"
    )
