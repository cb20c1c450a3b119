"""A visit: what became of one drawn unit, the files that show it, and to whom it was given since."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from zhiheng.formats.periods import LONGEST
from zhiheng.ledger.ids import uuid7
from zhiheng.procedure import machine

from .. import rules
from ..labels import FILE_KINDS, KINDS, OUTCOMES, VERDICTS
from .kept import InsertOnly


class Visit(models.Model):
    """What became of one drawn unit: a sample, or one of the states that are never a pass.

    The two inspectors are those of the draw; only where the visit was reassigned they are named here.
    Firm and class are those of the drawn unit, which never change; they stand here so that a list searched
    by a name, or the board of a quarter, reads one index (ADR 25).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    selection = models.OneToOneField("draw.Selection", on_delete=models.PROTECT, related_name="visit")
    draw = models.ForeignKey("draw.Draw", on_delete=models.PROTECT, related_name="visits")
    subject = models.ForeignKey(
        "registry.Subject", on_delete=models.PROTECT, related_name="visits", db_index=False
    )
    region = models.CharField(_("region"), max_length=6)
    division = models.CharField(_("division"), max_length=2)
    stratum = models.CharField(_("stratum"), max_length=16, default="")
    period = models.CharField(_("period"), max_length=LONGEST)
    state = models.CharField(_("state"), max_length=12, default=rules.ASSIGNED)
    outcome = models.CharField(_("outcome"), max_length=12, choices=OUTCOMES, blank=True, default="")
    verdict = models.CharField(_("verdict"), max_length=4, choices=VERDICTS, blank=True, default="")
    kind = models.CharField(_("kind of check"), max_length=8, choices=KINDS, default=rules.ON_SITE)
    first_inspector = models.ForeignKey(
        "registry.Inspector", null=True, on_delete=models.PROTECT, related_name="first_visits"
    )
    second_inspector = models.ForeignKey(
        "registry.Inspector", null=True, on_delete=models.PROTECT, related_name="second_visits"
    )
    note = models.CharField(_("note"), max_length=400, blank=True, default="")
    planned_on = models.DateField(_("planned for"), null=True)
    visited_on = models.DateField(_("visited on"), null=True)
    opened_at = models.DateTimeField()
    recorded_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("visit")
        ordering = ("-period", "region", "id")
        indexes = (
            # The orders of the lists; with state and draw, counting a narrowed list reads no row. The firm
            # stands in all of them, so that a search by its name meets a filter without reading one either.
            models.Index(
                fields=("state", "region", "subject", "period", "division", "id", "draw"),
                name="visit_state_region",
            ),
            models.Index(
                fields=("period", "region", "division", "id", "state", "draw", "subject"),
                name="visit_period_region",
            ),
            models.Index(
                fields=("region", "period", "division", "id", "state", "draw", "subject"),
                name="visit_region_period",
            ),
            # Who begins with a name that thousands share: found and put in order without reading a row.
            models.Index(
                fields=("subject", "period", "region", "division", "id", "state", "draw"),
                name="visit_subject",
            ),
            # Holds all that the board counts by, and what waits at laboratories in the order of its age.
            models.Index(fields=("period", "draw", "stratum", "region", "state"), name="visit_board"),
            models.Index(
                fields=("visited_on", "id"), name="visit_at_lab", condition=Q(state__in=rules.AT_LAB)
            ),
        )
        constraints = (
            models.CheckConstraint(
                name="visit_outcome_fits_its_state",
                condition=Q(state=rules.ASSIGNED, outcome="", visited_on__isnull=True)
                | Q(state__in=rules.WITH_SAMPLE, outcome="sampled", visited_on__isnull=False)
                | Q(state__in=rules.NON_RESPONSE, outcome=F("state"), visited_on__isnull=False),
            ),
            models.CheckConstraint(
                name="visit_verdict_only_when_decided",
                condition=Q(state=rules.PASSED, verdict="pass")
                | Q(state=rules.FAILED, verdict="fail")
                | ~Q(state__in=(rules.PASSED, rules.FAILED)) & Q(verdict=""),
            ),
            models.CheckConstraint(name="visit_kind_known", condition=Q(kind__in=rules.KINDS)),
            models.CheckConstraint(
                name="visit_reassigned_to_two",
                condition=Q(first_inspector__isnull=True, second_inspector__isnull=True)
                | Q(first_inspector__isnull=False, second_inspector__isnull=False)
                & ~Q(first_inspector=F("second_inspector")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.period} {self.region} {self.state}"

    @property
    def standing(self) -> machine.State:
        """The state with its name, from the table of the procedure."""
        return rules.VISITS.state(self.state)

    @property
    def inspectors(self) -> tuple[Any, Any]:
        """The two who make this visit: those drawn for it, or those it was given to since."""
        if self.first_inspector_id is not None:
            return self.first_inspector, self.second_inspector
        return self.selection.first_inspector, self.selection.second_inspector


class VisitFile(InsertOnly):
    """A file that shows what was seen at a visit: a photograph, a page of a shop, an order.

    Where a photograph was taken is known to about a kilometre.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="files")
    kind = models.CharField(_("kind of file"), max_length=8, choices=FILE_KINDS)
    sha256 = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    said = models.CharField(_("what it shows"), max_length=200, blank=True, default="")
    taken_at = models.DateTimeField(null=True)
    place = models.CharField(max_length=16, blank=True, default="")
    recorded_at = models.DateTimeField()

    class Meta:
        verbose_name = _("file of a visit")
        ordering = ("recorded_at", "id")
        constraints = (models.UniqueConstraint(fields=("visit", "sha256"), name="visit_file_once"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.sha256[:12]}"


class Reassignment(InsertOnly):
    """A visit that was given to another pair, with the reason; the certificate of the draw stays as it is."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="reassignments")
    before = models.CharField(max_length=80)
    after = models.CharField(max_length=80)
    reason = models.CharField(_("reason"), max_length=400)
    recorded_at = models.DateTimeField()

    class Meta:
        verbose_name = _("reassignment")
        ordering = ("recorded_at", "id")
        constraints = (
            models.CheckConstraint(name="reassignment_has_a_reason", condition=~Q(reason="")),
            models.CheckConstraint(name="reassignment_changes_the_pair", condition=~Q(before=F("after"))),
        )

    def __str__(self) -> str:
        return f"{self.before} -> {self.after}"
