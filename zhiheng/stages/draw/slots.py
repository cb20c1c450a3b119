"""What the draw stage puts into the slots of earlier rooms: menu, things to do, a panel on each subject."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from zhiheng import people
from zhiheng.people import clock
from zhiheng.people.permissions import P
from zhiheng.stages.plan import said as plan_said
from zhiheng.stages.plan.models import CHANNELS
from zhiheng.web import slots, timeline, wording

from . import custody, memberships, queries, rules
from .labels import OFFICES, STATES, VERBS
from .models import Draw, JointFrame

ROWS = 5


def fill() -> None:
    """Register menu, to-do provider, panel and the words of the ledger's verbs."""
    slots.menu.add(slots.MenuItem("draws", gettext_lazy("Draws"), "draw:draws", P.DRAW_VIEW, order=40))
    slots.menu.add(
        slots.MenuItem("public_draws", gettext_lazy("Draws"), "draw:public_draws", order=30, public=True)
    )
    slots.todo.add(todo)
    slots.menu.add(
        slots.MenuItem(
            "plan_progress", gettext_lazy("Plan and quotas"), "draw:progress", P.PLAN_VIEW, order=12
        )
    )
    slots.menu.add(
        slots.MenuItem(
            "calendar", gettext_lazy("Year’s plan of draws"), "draw:calendar", P.DRAW_VIEW, order=13
        )
    )
    slots.menu.add(
        slots.MenuItem("cycles", gettext_lazy("Full coverage"), "draw:cycle", P.DRAW_VIEW, order=41)
    )
    slots.menu.add(
        slots.MenuItem("joints", gettext_lazy("Joint campaigns"), "draw:joints", P.DRAW_VIEW, order=41)
    )
    slots.menu.add(
        slots.MenuItem(
            "custodians", gettext_lazy("Custodians of the shares"), "draw:custodians", P.DRAW_COMMIT, order=42
        )
    )
    slots.menu.add(
        slots.MenuItem("shares", gettext_lazy("Shares I hold"), "draw:seats", P.DRAW_CUSTODY, order=40)
    )
    slots.panels.add("draw", custody_panel)
    slots.panels.add("draw", joint_panel)
    slots.panels.add("subject", subject_panel)
    slots.happenings.add("subject", happenings)
    slots.records.add("draw", records)
    timeline.groups.add("draws", gettext_lazy("Draws"), "draw.")
    slots.panels.add("obligation", obligation_panel)
    for verb, (label, tone) in VERBS.items():
        timeline.labels.add(verb, label, tone)


def todo(person: Any) -> list[slots.TodoItem]:
    """Return duties that wait for a draw, and draws that wait for their reveal."""
    duties = queries.waiting_obligations(person)
    waiting = queries.waiting_reveals(person)
    late = waiting.filter(reveal_by__lt=clock.today())
    return [
        slots.queue(
            "duties_without_draw",
            _("Inspection duties without a draw"),
            duties,
            reverse("draw:commit"),
            _duty,
            shown=ROWS,
        ),
        _reveals("draws_to_reveal", _("Draws to reveal"), waiting.exclude(pk__in=late), "todo"),
        _reveals("draws_overdue", _("Draws past their day of reveal"), late, "overdue"),
        slots.queue(
            "draws_to_close",
            _("Draws past their day of closing"),
            queries.waiting_closings(person).filter(close_by__lt=clock.today()),
            reverse("draw:draws") + f"?state={rules.REVEALED}",
            _closing,
            tone="overdue",
            shown=ROWS,
        ),
        *_shares(person),
    ]


def _shares(person: Any) -> list[slots.TodoItem]:
    if not people.may(person, P.DRAW_CUSTODY):
        return []
    return [
        slots.queue(
            "shares_to_take",
            _("Shares to take"),
            custody.untaken(person),
            reverse("draw:seats"),
            _share,
            shown=ROWS,
        ),
    ]


def _closing(draw: Draw) -> slots.TodoRow:
    return slots.TodoRow(
        draw.serial,
        reverse("draw:draw", args=[draw.serial]),
        about=wording.region_name(draw.region),
        due_on=draw.close_by,
        button=_("See what is open"),
    )


def _share(held: Any) -> slots.TodoRow:
    return slots.TodoRow(
        held.draw.serial,
        reverse("draw:share_take", args=[held.draw.serial]),
        about=wording.region_name(held.draw.region),
        due_on=held.draw.reveal_by,
        button=_("Take my share"),
    )


def _duty(duty: Any) -> slots.TodoRow:
    what = f"{wording.region_name(duty.region)} {wording.period(duty.period)}"
    url = reverse("draw:prepare", args=[duty.pk])
    planned = getattr(duty, "planned_draw", None)
    return slots.TodoRow(
        what,
        url,
        about=plan_said.about(duty),
        due_on=planned.draw_on if planned else None,
        button=_("Prepare the draw"),
    )


def _reveals(id: str, label: str, rows: Any, tone: str) -> slots.TodoItem:
    url = reverse("draw:draws") + f"?state={rules.COMMITTED}"
    return slots.queue(id, label, rows, url, _reveal, tone=tone, shown=ROWS)


def _reveal(draw: Draw) -> slots.TodoRow:
    return slots.TodoRow(
        draw.serial,
        reverse("draw:reveal", args=[draw.serial]),
        about=wording.region_name(draw.region),
        due_on=draw.reveal_by,
        button=_("Reveal"),
    )


def obligation_panel(person: Any, duty: Any) -> slots.Panel | None:
    """Return the draws of a duty, with the way to the next one, to whoever may see draws."""
    if not people.may(person, P.DRAW_VIEW, region=duty.region):
        return None
    found = queries.draws_for(duty)
    is_waiting = duty.state == "issued" and all(draw.state == rules.ABORTED for draw in found)
    context = {
        "draws": [(draw, STATES[draw.state]) for draw in found],
        "duty": duty,
        "may_prepare": is_waiting and people.may(person, P.DRAW_COMMIT, region=duty.region),
    }
    return slots.Panel(_("Draws"), "draw/obligation_panel.html", context, id="draws")


def joint_panel(person: Any, draw: Draw) -> slots.Panel | None:
    """Return the joint campaign that a draw belongs to, with the other lists of it."""
    held = JointFrame.objects.filter(obligation=draw.obligation_id).select_related("joint").first()
    if held is None:
        return None
    found = memberships.standing(held.joint)
    context = {
        "joint": held.joint,
        "others": [(name, one) for name, one in found.draws.items() if one.pk != draw.pk],
        "channels": dict(CHANNELS),
        "is_public": person is None,
    }
    return slots.Panel(_("Joint campaign"), "draw/joint_panel.html", context, id="joint")


def custody_panel(person: Any, draw: Draw) -> slots.Panel:
    """Return who holds shares of the secret of a draw; the office hands out those of bodies elsewhere."""
    may_hand_out = draw.state == rules.COMMITTED and people.may(person, P.DRAW_COMMIT, region=draw.region)
    seats = []
    for one in custody.of_draw(draw):
        is_open = may_hand_out and one.custodian.person_id is None and (one.handed_at is None or one.box)
        url = reverse("draw:share_hand_out", args=[draw.serial, one.seat]) if is_open else ""
        seats.append((one, dict(OFFICES)[one.custodian.office], custody.standing_of(one), url))
    context = {"seats": seats}
    return slots.Panel(_("Who can open this draw"), "draw/custody_panel.html", context, id="custody")


def subject_panel(person: Any, subject: Any) -> slots.Panel | None:
    """Return the draws that chose a subject, with the probability of each, to whoever may see draws."""
    found = queries.of_subject(person, subject)
    if not found:
        return None
    shares = queries.shares([chosen.draw for chosen in found])
    rows = [(chosen, chosen.chance(shares[chosen.draw_id, chosen.stratum])) for chosen in found]
    return slots.Panel(_("Draws"), "draw/subject_panel.html", {"rows": rows}, id="draws")


def happenings(person: Any, subjects: Sequence[str]) -> list[timeline.Entries]:
    """Return the draws that chose these subjects, for whoever may see draws."""
    serials = queries.serials_of(person, subjects)
    return [timeline.Entries("draw", serials, verbs=("draw.revealed",))] if serials else []


def records(person: Any, serials: Sequence[str]) -> dict[str, str]:
    """Return the pages of these draws."""
    seen = queries.draws(person).filter(serial__in=serials).order_by().values_list("serial", flat=True)
    return {serial: reverse("draw:draw", args=[serial]) for serial in seen}
