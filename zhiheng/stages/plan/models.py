"""What was promised: series, targets bound to them, and obligations to inspect."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhiheng.formats import periods
from zhiheng.ledger.ids import uuid7
from zhiheng.reference import units

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
CHANNELS = (
    ("factory", _("Factory")),
    ("shop", _("Shop")),
    ("platform", _("Online platform")),
)
DIRECTIONS = (("higher", _("Higher is better")), ("lower", _("Lower is better")))
FREQUENCIES = (
    ("year", _("Year")),
    ("half", _("Half-year")),
    ("quarter", _("Quarter")),
    ("month", _("Month")),
)
SCALES = (("difference", _("Difference")), ("ratio", _("Ratio")), ("logit", _("Logit")))
OPERATORS = (("reach", _("reach")), ("at_least", _("at least")), ("at_most", _("at most")))
BINDINGS = (("unbound", _("Not bound yet")), ("bound", _("Bound")), ("refused", _("Refused")))
OBLIGATION_STATES = (
    ("draft", _("Draft")),
    ("issued", _("Issued")),
    ("done", _("Done")),
    ("withdrawn", _("Withdrawn")),
    ("lapsed", _("Lapsed")),
)

PLAIN_THING = "evaluation:-:-"


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


class SeriesVersion(models.Model):
    """What a series meant from a day on: insert-only, so that a definition of any day can be read again.

    ``Series`` holds the newest words for joins and constraints; each change of them adds a version. What is
    not known (population, frequency, owner, the day from which it holds) is empty. ``lower`` and ``upper``
    (as text, exact) are the ends of a scale of its own; where both are empty its unit has them.
    """

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="versions")
    version = models.PositiveSmallIntegerField()
    zh = models.CharField(max_length=120)
    en = models.CharField(max_length=160)
    unit = models.CharField(max_length=24)
    basis = models.CharField(max_length=24, choices=BASES)
    purpose = models.CharField(max_length=24, choices=PURPOSES)
    direction = models.CharField(max_length=8, choices=DIRECTIONS)
    definition = models.TextField(blank=True)
    definition_en = models.TextField(blank=True)
    population = models.CharField(max_length=240, blank=True)
    population_en = models.CharField(max_length=240, blank=True)
    frequency = models.CharField(max_length=8, blank=True, choices=FREQUENCIES)
    owner = models.CharField(max_length=120, blank=True)
    lower = models.CharField(max_length=24, blank=True)
    upper = models.CharField(max_length=24, blank=True)
    valid_from = models.DateField(null=True)
    reason = models.CharField(max_length=400, blank=True)
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ("series", "version")
        constraints = (
            _one_of("basis", BASES, "series_version_basis_known"),
            _one_of("purpose", PURPOSES, "series_version_purpose_known"),
            _one_of("direction", DIRECTIONS, "series_version_direction_known"),
            models.UniqueConstraint(fields=("series", "version"), name="series_version_once"),
            models.CheckConstraint(name="series_version_from_one", condition=Q(version__gte=1)),
            models.CheckConstraint(
                name="series_version_changed_with_a_reason", condition=Q(version=1) | ~Q(reason="")
            ),
        )

    def __str__(self) -> str:
        return f"{self.series_id} v{self.version}"

    @property
    def scale(self) -> units.Range:
        """Between which ends its numbers lie: those that it states, else those of its unit."""
        own = units.Range.of(self.lower, self.upper)
        return own if own.is_known else units.range_of(self.unit)


class SeriesBreak(models.Model):
    """Where a series does not go on as it was: insert-only; a correction is the next revision.

    ``bridge`` (as text, exact) leads from the old footing to the new one on its scale; it is empty where no
    period was measured on both, and its error is empty where it is not known.
    """

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="breaks")
    at = models.CharField(max_length=periods.LONGEST)
    dimension = models.CharField(max_length=32, blank=True)
    revision = models.PositiveSmallIntegerField(default=0)
    scale = models.CharField(max_length=12, choices=SCALES)
    old = models.CharField(max_length=80)
    new = models.CharField(max_length=80)
    bridge = models.CharField(max_length=44, blank=True)
    error = models.CharField(max_length=44, blank=True)
    reason = models.CharField(max_length=400)
    reason_en = models.CharField(max_length=400)
    source = models.CharField(max_length=400)
    confidence = models.CharField(max_length=12)
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ("series", "at", "dimension", "revision")
        constraints = (
            _one_of("scale", SCALES, "series_break_scale_known"),
            models.UniqueConstraint(
                fields=("series", "at", "dimension", "revision"), name="series_break_once_a_revision"
            ),
            models.CheckConstraint(
                name="series_break_error_of_a_bridge", condition=Q(error="") | ~Q(bridge="")
            ),
            models.CheckConstraint(
                name="series_break_says_why", condition=~Q(reason="") & ~Q(reason_en="") & ~Q(source="")
            ),
        )

    def __str__(self) -> str:
        return f"{self.series_id} {self.at}"


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
    """The duty to inspect in a region and period: what, how much of each class, by which clause.

    It may name an item of the catalogue (``item``), a channel, and a whole number of units (``quota``) that
    is shared out by ``weights`` (risk class, credit class, drawn lately). With ``cycle_from`` and
    ``cycle_to`` every producer is drawn once in that range of periods. ``thing`` is purpose, item and
    channel in one text, so that the database can hold what may stand once. ``number`` counts the issued
    duties of a region without a gap, in the order in which they became public.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    region = models.CharField(max_length=6)
    period = models.CharField(max_length=periods.LONGEST)
    article = models.PositiveSmallIntegerField()
    basis = models.CharField(max_length=400)
    purpose = models.CharField(max_length=24, choices=PURPOSES, default="evaluation")
    item = models.ForeignKey(
        "registry.CatalogueItem", null=True, on_delete=models.PROTECT, related_name="obligations"
    )
    channel = models.CharField(max_length=8, choices=CHANNELS, blank=True, default="")
    thing = models.CharField(max_length=80, default=PLAIN_THING)
    quota = models.PositiveIntegerField(null=True)
    fractions = models.JSONField(default=dict)
    weights = models.JSONField(default=dict)
    weights_reason = models.CharField(max_length=400, blank=True, default="")
    burden_periods = models.PositiveSmallIntegerField(default=0)
    cycle_from = models.CharField(max_length=periods.LONGEST, blank=True, default="")
    cycle_to = models.CharField(max_length=periods.LONGEST, blank=True, default="")
    minimum_per_stratum = models.PositiveIntegerField()
    state = models.CharField(max_length=12, choices=OBLIGATION_STATES, default="draft")
    number = models.PositiveIntegerField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ("-period", "region", "id")
        constraints = (
            _one_of("state", OBLIGATION_STATES, "obligation_state_known"),
            _one_of("purpose", PURPOSES, "obligation_purpose_known"),
            models.CheckConstraint(
                name="obligation_channel_known",
                condition=Q(channel__in=["", *(value for value, _label in CHANNELS)]),
            ),
            models.CheckConstraint(
                name="obligation_period_known", condition=Q(period__regex=f"^({periods.PATTERN})$")
            ),
            models.CheckConstraint(
                name="obligation_floor_above_zero", condition=Q(minimum_per_stratum__gte=1)
            ),
            models.CheckConstraint(
                name="obligation_quota_above_zero", condition=Q(quota__isnull=True) | Q(quota__gte=1)
            ),
            models.CheckConstraint(
                name="obligation_cycle_has_both_ends",
                condition=Q(cycle_from="", cycle_to="") | ~Q(cycle_from="") & ~Q(cycle_to=""),
            ),
            models.UniqueConstraint(
                fields=("region", "period", "article", "basis", "thing"), name="obligation_once"
            ),
            models.UniqueConstraint(fields=("region", "number"), name="obligation_number_once_a_region"),
        )
        indexes = (models.Index(fields=("region", "period"), name="obligation_region_period"),)

    def __str__(self) -> str:
        return f"{self.region} {self.period} §{self.article}"

    @property
    def is_plain(self) -> bool:
        """Whether it is the evaluation of all goods through all channels, from which the headline comes."""
        return self.thing == PLAIN_THING

    @property
    def needs_own_list(self) -> bool:
        """Whether its frame is frozen for it alone: other units than all, or other strata than classes."""
        return bool(self.item_id or self.channel or self.weights.get("credit") or self.burden_periods)

    @property
    def is_full_coverage(self) -> bool:
        """Whether each draw takes only those whom its cycle has not drawn yet."""
        return bool(self.cycle_from)


def thing(purpose: str, item: object, channel: str) -> str:
    """Return what an obligation is about, as one text.

    >>> thing("evaluation", None, "")
    'evaluation:-:-'
    """
    return f"{purpose}:{item or '-'}:{channel or '-'}"
