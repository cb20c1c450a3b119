"""A visit: what became of one drawn unit."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from zhiheng.ledger.ids import uuid7
from zhiheng.procedure import machine

from .. import rules
from ..labels import OUTCOMES, VERDICTS


class Visit(models.Model):
    """What became of one drawn unit: a sample, or one of the states that are never a pass."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    selection = models.OneToOneField("draw.Selection", on_delete=models.PROTECT, related_name="visit")
    draw = models.ForeignKey("draw.Draw", on_delete=models.PROTECT, related_name="visits")
    region = models.CharField(_("region"), max_length=6)
    division = models.CharField(_("division"), max_length=2)
    period = models.CharField(_("period"), max_length=6)
    state = models.CharField(_("state"), max_length=12, default=rules.ASSIGNED)
    outcome = models.CharField(_("outcome"), max_length=12, choices=OUTCOMES, blank=True, default="")
    verdict = models.CharField(_("verdict"), max_length=4, choices=VERDICTS, blank=True, default="")
    note = models.CharField(_("note"), max_length=400, blank=True, default="")
    visited_on = models.DateField(_("visited on"), null=True)
    opened_at = models.DateTimeField()
    recorded_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("visit")
        ordering = ("-period", "region", "id")
        indexes = (
            models.Index(fields=("region", "state"), name="visit_region_state"),
            models.Index(fields=("period", "region", "division", "id"), name="visit_period_region"),
            models.Index(fields=("region", "period", "division", "id"), name="visit_region_period"),
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
        )

    def __str__(self) -> str:
        return f"{self.period} {self.region} {self.state}"

    @property
    def standing(self) -> machine.State:
        """The state with its name, from the table of the procedure."""
        return rules.VISITS.state(self.state)
