"""The case that a failing result opens, its clocks, and what is said against the result."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhiheng.ledger.ids import uuid7
from zhiheng.procedure import machine

from .. import rules
from ..labels import CLOCK_STATES, OBJECTION_KINDS
from .kept import InsertOnly
from .visits import Visit


class Case(models.Model):
    """What follows from a failing result: a notice, an objection or not, correction, a re-check."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    visit = models.OneToOneField(Visit, on_delete=models.PROTECT, related_name="case")
    subject = models.ForeignKey("registry.Subject", on_delete=models.PROTECT, related_name="cases")
    region = models.CharField(_("region"), max_length=6, db_index=True)
    state = models.CharField(_("state"), max_length=20, default=rules.OPENED)
    opened_on = models.DateField(_("opened on"))
    served_on = models.DateField(_("notice served on"), null=True)
    contestable_until = models.DateField(null=True)
    moved_on = models.DateField(null=True)
    notice_sha = models.CharField(max_length=64, blank=True)
    notice_file = models.CharField(max_length=64, blank=True, default="")
    notice_line = models.PositiveIntegerField(default=1)
    opened_at = models.DateTimeField()
    closed_on = models.DateField(null=True)

    class Meta:
        verbose_name = _("case")
        ordering = ("-opened_on", "id")
        indexes = (models.Index(fields=("region", "state"), name="case_region_state"),)

    def __str__(self) -> str:
        return f"{self.opened_on} {self.state}"

    @property
    def standing(self) -> machine.State:
        """The state with its name, from the table of the procedure."""
        return rules.CASES.state(self.state)

    @property
    def last_step_on(self) -> date:
        """The day on which the case was opened or last moved; no later step is older."""
        return max(self.opened_on, self.moved_on or self.opened_on)

    @property
    def is_over(self) -> bool:
        """Whether nothing more happens in this case."""
        return self.standing.kind == "end"


class Clock(models.Model):
    """One time limit of a case with the proof of its date; an unverified one only reminds."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="clocks")
    rule = models.CharField(_("rule"), max_length=48)
    started_on = models.DateField()
    due_on = models.DateField(db_index=True)
    status = models.CharField(max_length=12, choices=CLOCK_STATES, default=rules.RUNNING)
    proof = models.JSONField()
    confidence = models.CharField(max_length=12)
    stopped_on = models.DateField(null=True)

    class Meta:
        verbose_name = _("clock")
        ordering = ("due_on", "rule")
        constraints = (
            models.UniqueConstraint(fields=("case", "rule"), name="clock_once_a_rule"),
            models.CheckConstraint(
                name="clock_stopped_with_its_day",
                condition=Q(status=rules.STOPPED, stopped_on__isnull=False)
                | ~Q(status=rules.STOPPED) & Q(stopped_on__isnull=True),
            ),
            models.CheckConstraint(
                name="clock_runs_only_when_verified",
                condition=Q(confidence="text") | ~Q(status=rules.RUNNING),
            ),
        )

    def __str__(self) -> str:
        return f"{self.rule} {self.due_on}"


class Objection(InsertOnly):
    """What the inspected firm says against a result, within its time limit."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="objection")
    kind = models.CharField(_("kind"), max_length=8, choices=OBJECTION_KINDS)
    grounds = models.TextField(_("grounds"), max_length=2000)
    filed_on = models.DateField()
    recorded_at = models.DateTimeField()

    class Meta:
        verbose_name = _("objection")

    def __str__(self) -> str:
        return f"{self.kind} {self.filed_on}"
