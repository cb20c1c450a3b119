"""Visits, sealed samples, insert-only results, and the case that a failing result opens."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Cast
from django.db.models.lookups import GreaterThan, GreaterThanOrEqual, LessThan, LessThanOrEqual
from django.utils.translation import gettext_lazy as _

from zhiheng.formats.shapes.result_record import BELOW
from zhiheng.ledger.ids import uuid7
from zhiheng.procedure import machine

from . import rules
from .labels import CLOCK_STATES, DECISION_NAMES, OBJECTION_KINDS, OUTCOMES, VERDICTS
from .report_models import Receipt, Report, ReportDraft, ReportLine  # noqa: F401  one place to take models from


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


class Sample(models.Model):
    """A sample taken at a visit; without seal and laboratory no result can be recorded for it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    visit = models.OneToOneField(Visit, on_delete=models.PROTECT, related_name="sample")
    seal_no = models.CharField(_("seal number"), max_length=40, unique=True, null=True)
    product_name = models.CharField(_("product"), max_length=120)
    lab = models.CharField(_("laboratory"), max_length=40, blank=True, default="", db_index=True)
    custody = models.JSONField(default=list)

    class Meta:
        verbose_name = _("sample")

    def __str__(self) -> str:
        return self.seal_no or f"{self.product_name} (unsealed)"


class InsertOnly(models.Model):
    """A row that is written once; a correction is a new row that replaces it."""

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise TypeError("a recorded row is never changed; record a correction that replaces it")
        return super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise TypeError("a recorded row is never removed; record a correction that replaces it")


def _number(field: str) -> Cast:
    return Cast(field, models.DecimalField(max_digits=24, decimal_places=9))


def _consistent(kind: str, verdict: str, lookup, qualifier: str = "") -> Q:
    said = Q(qualifier=qualifier, limit_kind=kind, verdict=verdict)
    return said & Q(lookup(_number("value"), _number("limit")))


VERDICT_FOLLOWS_VALUE = (
    ~Q(decision_rule=rules.SIMPLE_ACCEPTANCE)
    | _consistent("upper", "pass", LessThanOrEqual)
    | _consistent("upper", "fail", GreaterThan)
    | _consistent("lower", "pass", GreaterThanOrEqual)
    | _consistent("lower", "fail", LessThan)
    | _consistent("upper", "pass", LessThanOrEqual, BELOW)
    | _consistent("lower", "fail", LessThanOrEqual, BELOW)
)


class Result(InsertOnly):
    """One measured item of one sample, with what is needed to question it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sample = models.ForeignKey(Sample, on_delete=models.PROTECT, related_name="results")
    item = models.CharField(_("item"), max_length=120)
    method = models.CharField(_("method"), max_length=120)
    value = models.CharField(_("value"), max_length=24)
    qualifier = models.CharField(max_length=1, blank=True, default="", choices=((BELOW, _("less than")),))
    unit = models.CharField(_("unit"), max_length=24)
    uncertainty = models.CharField(_("expanded uncertainty"), max_length=24, null=True)
    limit = models.CharField(_("limit"), max_length=24)
    limit_kind = models.CharField(
        max_length=5, choices=(("upper", _("not above")), ("lower", _("not below")))
    )
    decision_rule = models.CharField(_("decision rule"), max_length=32)
    verdict = models.CharField(_("verdict"), max_length=4, choices=VERDICTS)
    basis = models.CharField(max_length=24)
    purpose = models.CharField(max_length=24)
    probability_num = models.PositiveIntegerField()
    probability_den = models.PositiveIntegerField()
    lab = models.CharField(_("laboratory"), max_length=40)
    reported_on = models.DateField(_("reported on"))
    recorded_at = models.DateTimeField(db_index=True)
    replaces = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by"
    )

    class Meta:
        verbose_name = _("result")
        ordering = ("item", "recorded_at")
        constraints = (
            models.UniqueConstraint(
                fields=("sample", "item"),
                condition=Q(replaces__isnull=True),
                name="result_once_an_item",
            ),
            models.CheckConstraint(
                name="result_value_with_unit", condition=~Q(value="") & ~Q(unit="") & ~Q(limit="")
            ),
            models.CheckConstraint(name="result_qualifier_known", condition=Q(qualifier__in=("", BELOW))),
            models.CheckConstraint(name="result_verdict_known", condition=Q(verdict__in=("pass", "fail"))),
            models.CheckConstraint(name="result_verdict_follows_value", condition=VERDICT_FOLLOWS_VALUE),
            models.CheckConstraint(
                name="result_probability_above_zero_and_at_most_one",
                condition=Q(probability_num__gte=1, probability_num__lte=F("probability_den")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.item} {self.said} {self.unit} {self.verdict}"

    @property
    def said(self) -> str:
        """The value as the laboratory said it, with its sign when it is a bound."""
        return f"{self.qualifier}{self.value}"

    @property
    def decision_name(self) -> str:
        """The decision rule as a person reads it."""
        return str(DECISION_NAMES.get(self.decision_rule, self.decision_rule))

    @property
    def probability(self) -> Fraction:
        """The inclusion probability of the unit in its draw."""
        return Fraction(self.probability_num, self.probability_den)


class Batch(InsertOnly):
    """A bulk hand-in that was stored whole; the same rows again return it instead of doing anything."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    draw = models.ForeignKey("draw.Draw", on_delete=models.PROTECT, related_name="batches")
    kind = models.CharField(max_length=12)
    rows_sha256 = models.CharField(max_length=64)
    row_count = models.PositiveIntegerField()
    recorded_at = models.DateTimeField()

    class Meta:
        verbose_name = _("batch")
        constraints = (
            models.UniqueConstraint(fields=("draw", "kind", "rows_sha256"), name="batch_stored_once"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.row_count}"


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
