"""The case that a failing result opens, its parties, its clocks, and what is said against the result."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhiheng.formats.periods import LONGEST
from zhiheng.ledger.ids import uuid7
from zhiheng.procedure import machine

from .. import rules
from ..labels import CLOCK_STATES, DECISIONS, OBJECTION_KINDS, PARTIES, SERVICES, STANDS
from .kept import InsertOnly
from .visits import Visit


class Case(models.Model):
    """What follows from a failing result: a notice, an objection or not, correction, a re-check.

    The period is that of its visit, which never changes (ADR 25).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    visit = models.OneToOneField(Visit, on_delete=models.PROTECT, related_name="case")
    subject = models.ForeignKey("registry.Subject", on_delete=models.PROTECT, related_name="cases")
    region = models.CharField(_("region"), max_length=6)
    period = models.CharField(_("period"), max_length=LONGEST)
    state = models.CharField(_("state"), max_length=20, default=rules.OPENED)
    opened_on = models.DateField(_("opened on"))
    served_on = models.DateField(_("notice served on"), null=True)
    served_by = models.CharField(_("way of service"), max_length=8, choices=SERVICES, blank=True, default="")
    service_sha = models.CharField(max_length=64, blank=True, default="")
    contestable_until = models.DateField(null=True)
    moved_on = models.DateField(null=True)
    notice_sha = models.CharField(max_length=64, blank=True)
    notice_file = models.CharField(max_length=64, blank=True, default="")
    notice_line = models.PositiveIntegerField(default=1)
    opened_at = models.DateTimeField()
    closed_on = models.DateField(null=True)
    is_held = models.BooleanField(_("publication held back"), default=False)

    class Meta:
        verbose_name = _("case")
        ordering = ("-opened_on", "id")
        indexes = (
            models.Index(fields=("region", "state"), name="case_region_state"),
            # The lists of all cases and of those in one state, newest first, read only rows that they show.
            models.Index(fields=("state", "opened_on", "id"), name="case_state_opened"),
            models.Index(fields=("opened_on", "id"), name="case_opened"),
            # The board counts the open cases of a quarter, and finds those of an overdue clock.
            models.Index(fields=("period", "region", "state", "id"), name="case_board"),
            # The public list asks which few cases keep their visit from being seen.
            models.Index(
                fields=("visit", "id", "state", "contestable_until", "is_held"),
                name="case_hiding",
                condition=Q(is_held=True) | Q(state__in=rules.HIDING),
            ),
        )

        constraints = (models.CheckConstraint(name="case_period_known", condition=~Q(period="")),)

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
    def objection(self) -> Objection | None:
        """The newest objection, or none."""
        return self.objections.order_by("-recorded_at", "-id").first()

    @property
    def is_over(self) -> bool:
        """Whether nothing more happens in this case."""
        return self.standing.kind == "end"


class Party(models.Model):
    """Who else is told of a failing result: the labelled producer, the platform.

    The drawn firm is the case's own subject and has no row here. A producer may object within a time of its
    own from its own service; a platform is told.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="parties")
    role = models.CharField(_("role"), max_length=8, choices=PARTIES)
    name = models.CharField(_("name"), max_length=120)
    code = models.CharField(_("social credit code"), max_length=18, blank=True, default="", db_index=True)
    region = models.CharField(_("region"), max_length=6, blank=True, default="")
    stand = models.CharField(_("standing"), max_length=9, choices=STANDS, default=rules.UNSERVED)
    served_on = models.DateField(_("notice served on"), null=True)
    served_by = models.CharField(_("way of service"), max_length=8, choices=SERVICES, blank=True, default="")
    service_sha = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        verbose_name = _("party")
        ordering = ("role",)
        constraints = (
            models.UniqueConstraint(fields=("case", "role"), name="party_once_a_role"),
            models.CheckConstraint(name="party_role_known", condition=Q(role__in=rules.PARTIES)),
            models.CheckConstraint(
                name="party_served_with_its_day",
                condition=Q(stand=rules.UNSERVED, served_on__isnull=True)
                | ~Q(stand=rules.UNSERVED) & Q(served_on__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.role} {self.stand}"

    @property
    def may_object(self) -> bool:
        """Whether the law gives this party an objection of its own."""
        return self.role in rules.OBJECTING


class Clock(models.Model):
    """One time limit of a case with the proof of its date; an unverified one only reminds."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="clocks")
    party = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="clocks")
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
        indexes = (models.Index(fields=("status", "due_on", "rule", "id", "case"), name="clock_status_due"),)
        constraints = (
            models.UniqueConstraint(
                fields=("case", "rule"), condition=Q(party__isnull=True), name="clock_once_a_rule"
            ),
            models.UniqueConstraint(
                fields=("party", "rule"), condition=Q(party__isnull=False), name="clock_once_a_rule_and_party"
            ),
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
    """What the inspected firm or the labelled producer says against a result, within its time limit."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="objections")
    party = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="objections")
    kind = models.CharField(_("kind"), max_length=12, choices=OBJECTION_KINDS)
    grounds = models.TextField(_("grounds"), max_length=2000)
    filed_on = models.DateField()
    evidence_sha = models.CharField(max_length=64, blank=True, default="")
    recorded_at = models.DateTimeField()

    class Meta:
        verbose_name = _("objection")
        ordering = ("recorded_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("case",), condition=Q(party__isnull=True), name="objection_once_by_the_firm"
            ),
            models.UniqueConstraint(
                fields=("party",), condition=Q(party__isnull=False), name="objection_once_a_party"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.filed_on}"


class Decision(InsertOnly):
    """What the office decided on one objection, and why."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    objection = models.OneToOneField(Objection, on_delete=models.PROTECT, related_name="decision")
    outcome = models.CharField(_("decision"), max_length=8, choices=DECISIONS)
    reason = models.CharField(_("reason"), max_length=400, blank=True, default="")
    decided_on = models.DateField()
    recorded_at = models.DateTimeField()

    class Meta:
        verbose_name = _("decision on an objection")
        constraints = (
            models.CheckConstraint(
                name="decision_with_its_reason", condition=Q(outcome="retest") | ~Q(reason="")
            ),
        )

    def __str__(self) -> str:
        return f"{self.outcome} {self.decided_on}"
