"""What was promised: series, targets bound to them, and obligations to inspect."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhiheng.ledger.ids import uuid7

BASES = (
    ("probability", _("Probability sample")),
    ("judgement", _("Judgement")),
    ("census", _("Census")),
    ("administrative", _("Administrative records")),
    ("survey", _("Survey")),
)
PURPOSES = (
    ("evaluation", _("Evaluation")),
    ("enforcement", _("Enforcement")),
    ("risk-screening", _("Risk screening")),
)
DIRECTIONS = (("higher", _("Higher is better")), ("lower", _("Lower is better")))
OPERATORS = (("reach", _("reach")), ("at_least", _("at least")), ("at_most", _("at most")))
BINDINGS = (("unbound", _("Not bound yet")), ("bound", _("Bound")), ("refused", _("Refused")))
OBLIGATION_STATES = (
    ("draft", _("Draft")),
    ("issued", _("Issued")),
    ("done", _("Done")),
    ("withdrawn", _("Withdrawn")),
    ("lapsed", _("Lapsed")),
)


def _one_of(field: str, choices: tuple, name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        name=name,
        condition=Q(**{f"{field}__in": [value for value, _label in choices]}),
        violation_error_message=_("This value is not one of the allowed ones."),
    )


class Series(models.Model):
    """What will be measured: one indicator with one unit, one basis and one purpose."""

    id = models.SlugField(primary_key=True, max_length=64)
    zh = models.CharField(max_length=120)
    en = models.CharField(max_length=160)
    unit = models.CharField(max_length=24)
    basis = models.CharField(max_length=24, choices=BASES)
    purpose = models.CharField(max_length=24, choices=PURPOSES)
    direction = models.CharField(max_length=8, choices=DIRECTIONS, default="higher")
    definition = models.TextField(blank=True, default="")
    definition_en = models.TextField(blank=True, default="")
    article = models.PositiveSmallIntegerField(null=True, blank=True)
    warning = models.TextField(blank=True, default="")
    warning_en = models.TextField(blank=True, default="")
    system = models.CharField(max_length=4, blank=True, default="")

    class Meta:
        ordering = ("id",)
        constraints = (
            _one_of("direction", DIRECTIONS, "series_direction_known"),
            _one_of("basis", BASES, "series_basis_known"),
            _one_of("purpose", PURPOSES, "series_purpose_known"),
            models.CheckConstraint(name="series_has_a_unit", condition=~Q(unit="")),
        )

    def __str__(self) -> str:
        return f"{self.zh} ({self.id})"


class Target(models.Model):
    """A number that a plan promises by a year, bound to exactly one series or refused with a reason."""

    id = models.CharField(primary_key=True, max_length=32)
    plan = models.CharField(max_length=80)
    region = models.CharField(max_length=6)
    article = models.PositiveSmallIntegerField()
    indicator = models.CharField(max_length=64)
    zh = models.CharField(max_length=120)
    en = models.CharField(max_length=160)
    goal = models.PositiveSmallIntegerField(null=True, blank=True)
    wording = models.CharField(max_length=24, blank=True, default="")
    operator = models.CharField(max_length=8, choices=OPERATORS)
    value = models.DecimalField(max_digits=10, decimal_places=3)
    unit = models.CharField(max_length=24)
    due = models.PositiveSmallIntegerField()
    series = models.ForeignKey(
        Series, null=True, blank=True, on_delete=models.PROTECT, related_name="targets"
    )
    binding = models.CharField(max_length=8, choices=BINDINGS, default="unbound")
    binding_reason = models.TextField(blank=True, default="")
    binding_reason_en = models.TextField(blank=True, default="")
    bound_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            _one_of("operator", OPERATORS, "target_operator_known"),
            models.CheckConstraint(
                name="target_bound_to_one_series_or_none",
                condition=Q(binding="bound", series__isnull=False)
                | Q(binding__in=("unbound", "refused"), series__isnull=True),
            ),
            models.CheckConstraint(
                name="target_refused_with_a_reason",
                condition=~Q(binding="refused") | (~Q(binding_reason="") & ~Q(binding_reason_en="")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.id} {self.zh}"


class Obligation(models.Model):
    """The duty to inspect in a region and quarter: which share of each class, by which clause."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    region = models.CharField(max_length=6)
    period = models.CharField(max_length=6)
    article = models.PositiveSmallIntegerField()
    basis = models.CharField(max_length=400)
    fractions = models.JSONField()
    minimum_per_stratum = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=OBLIGATION_STATES, default="draft")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ("-period", "region", "id")
        constraints = (
            _one_of("state", OBLIGATION_STATES, "obligation_state_known"),
            models.CheckConstraint(
                name="obligation_period_is_a_quarter", condition=Q(period__regex=r"^[0-9]{4}Q[1-4]$")
            ),
            models.CheckConstraint(
                name="obligation_floor_above_zero", condition=Q(minimum_per_stratum__gte=1)
            ),
            models.UniqueConstraint(fields=("region", "period", "article", "basis"), name="obligation_once"),
        )
        indexes = (models.Index(fields=("region", "period"), name="obligation_region_period"),)

    def __str__(self) -> str:
        return f"{self.region} {self.period} §{self.article}"
