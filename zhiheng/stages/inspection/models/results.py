"""What was measured, insert-only, and the bulk hand-ins that were stored whole."""

from __future__ import annotations

from fractions import Fraction

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Cast
from django.db.models.lookups import GreaterThan, GreaterThanOrEqual, LessThan, LessThanOrEqual
from django.utils.translation import gettext_lazy as _

from zhiheng.formats.shapes.result_record import BELOW
from zhiheng.ledger.ids import uuid7

from .. import rules
from ..labels import DECISION_NAMES, VERDICTS
from ..rules import sampling
from .kept import InsertOnly
from .samples import Sample, Specimen


def _number(field: str) -> Cast:
    return Cast(field, models.DecimalField(max_digits=24, decimal_places=9))


def _consistent(kind: str, verdict: str, lookup) -> Q:
    return Q(limit_kind=kind, verdict=verdict) & Q(lookup(_number("value"), _number("limit")))


_BY_RULE = ~Q(decision_rule=rules.SIMPLE_ACCEPTANCE)
_BY_NUMBER = (
    _consistent("upper", "pass", LessThanOrEqual)
    | _consistent("upper", "fail", GreaterThan)
    | _consistent("lower", "pass", GreaterThanOrEqual)
    | _consistent("lower", "fail", LessThan)
)
_BY_BOUND = _consistent("upper", "pass", LessThanOrEqual) | _consistent("lower", "fail", LessThanOrEqual)

VERDICT_FOLLOWS_VALUE = _BY_RULE | _BY_NUMBER
VERDICT_FOLLOWS_SAID = _BY_RULE | Q(qualifier="") & _BY_NUMBER | Q(qualifier=BELOW) & _BY_BOUND


class Result(InsertOnly):
    """One measured item of one sample, with what is needed to question it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sample = models.ForeignKey(Sample, on_delete=models.PROTECT, related_name="results")
    specimen = models.ForeignKey(Specimen, null=True, on_delete=models.PROTECT, related_name="results")
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
                condition=Q(replaces__isnull=True, specimen__isnull=True),
                name="result_once_an_item",
            ),
            models.UniqueConstraint(
                fields=("specimen", "item"),
                condition=Q(replaces__isnull=True, specimen__isnull=False),
                name="result_once_an_item_of_a_part",
            ),
            models.CheckConstraint(
                name="result_value_with_unit", condition=~Q(value="") & ~Q(unit="") & ~Q(limit="")
            ),
            models.CheckConstraint(name="result_qualifier_known", condition=Q(qualifier__in=("", BELOW))),
            models.CheckConstraint(name="result_verdict_known", condition=Q(verdict__in=("pass", "fail"))),
            models.CheckConstraint(name="result_verdict_follows_value", condition=VERDICT_FOLLOWS_SAID),
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
    def is_doubtful(self) -> bool:
        """Whether the value should be compared with the report once more."""
        return sampling.is_doubtful(self.value, self.limit, self.uncertainty)

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
