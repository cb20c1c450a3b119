"""Releases and the figures they hold: insert-only, so that every day's page can be shown again."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from zhiheng.formats.periods import LONGEST
from zhiheng.formats.shapes import fields
from zhiheng.formats.shapes import observation as shape
from zhiheng.ledger.ids import uuid7
from zhiheng.stages.plan.models import Series

from . import rules

ZERO_TO_ONE = ("estimate", "lower", "upper", "raw", "hajek", "coverage")


WITHHELD = Q(status=rules.SUPPRESSED, estimate__isnull=True, raw__isnull=True, hajek__isnull=True)
SHOWN = Q(status__in=rules.SHOWN, estimate__isnull=False, lower__isnull=False, upper__isnull=False)


class Unchanging(models.QuerySet):
    """Rows that were published: they are added, never changed or removed."""

    def update(self, **changes):
        raise TypeError("released rows are never changed; release again")

    def delete(self):
        raise TypeError("released rows are never removed; release again")


class InsertOnly(models.Model):
    """A row that is written once; a correction is a new release that replaces the old one."""

    objects = Unchanging.as_manager()

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise TypeError("released rows are never changed; release again")
        return super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise TypeError("released rows are never removed; release again")


def _known(field: str, values: Sequence[str], name: str) -> models.CheckConstraint:
    return models.CheckConstraint(name=name, condition=Q(**{f"{field}__in": list(values)}))


class Release(InsertOnly):
    """One act of publishing: a series, a region, some periods, computed from one hashed data set."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="releases")
    region = models.CharField(max_length=6, db_index=True)
    periods = models.JSONField()
    vintage = models.DateField()
    dataset_sha = models.CharField(max_length=64)
    dataset_rows = models.PositiveIntegerField()
    base_sha = models.CharField(max_length=64)
    figures_root = models.CharField(max_length=64)
    method = models.CharField(max_length=64)
    method_version = models.CharField(max_length=16)
    parameters = models.JSONField()
    basis = models.CharField(max_length=24)
    purpose = models.CharField(max_length=24)
    reason = models.CharField(max_length=400, blank=True)
    actor_role = models.CharField(max_length=40)
    recorded_at = models.DateTimeField(db_index=True)
    replaces = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="replaced_by"
    )

    class Meta:
        verbose_name = _("release")
        ordering = ("-recorded_at", "-id")
        indexes = (models.Index(fields=("series", "region", "recorded_at"), name="release_series_region"),)

    def __str__(self) -> str:
        return f"{self.series_id} {self.region} {' '.join(self.periods)} ({self.vintage})"


class ReleasedPeriod(InsertOnly):
    """One period of a release with its place in the order of revisions: the database holds each place once.

    ``revision`` is 0 for the first release of a period in a series and region, 1 for what replaced it, and
    so on; two releases at the same moment would claim the same place, and one of them is refused.
    """

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="released_periods")
    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="+")
    region = models.CharField(max_length=6)
    period = models.CharField(max_length=LONGEST)
    revision = models.PositiveSmallIntegerField()

    class Meta:
        verbose_name = _("released period")
        ordering = ("series", "region", "period", "revision")
        constraints = (
            models.UniqueConstraint(
                fields=("series", "region", "period", "revision"), name="period_released_once_a_revision"
            ),
            models.UniqueConstraint(fields=("release", "period"), name="period_once_in_a_release"),
        )

    def __str__(self) -> str:
        return f"{self.series_id} {self.region} {self.period} ({self.revision})"


class Figure(InsertOnly):
    """One share of one region, division and period, with its interval, as one release says it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="figures")
    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="figures")
    region = models.CharField(max_length=6)
    division = models.CharField(max_length=2, blank=True)
    period = models.CharField(max_length=LONGEST)
    status = models.CharField(max_length=12, choices=[(state, state) for state in rules.STATES])
    estimate = models.FloatField(null=True)
    lower = models.FloatField(null=True)
    upper = models.FloatField(null=True)
    standard_error = models.FloatField(null=True)
    raw = models.FloatField(null=True)
    hajek = models.FloatField(null=True)
    design_effect = models.FloatField(null=True)
    n = models.PositiveIntegerField()
    n_sampled = models.PositiveIntegerField()
    population = models.PositiveIntegerField()
    coverage = models.FloatField()
    basis = models.CharField(max_length=24)
    purpose = models.CharField(max_length=24)
    bundle_sha = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("figure")
        ordering = ("region", "period", "division")
        constraints = (
            models.UniqueConstraint(
                fields=("release", "region", "division", "period"), name="figure_once_in_a_release"
            ),
            models.CheckConstraint(
                name="figure_inside_its_interval",
                condition=Q(estimate__isnull=True, lower__isnull=True, upper__isnull=True)
                | Q(lower__lte=F("estimate"), upper__gte=F("estimate")),
            ),
            models.CheckConstraint(
                name="figure_withheld_or_shown",
                condition=Q(
                    status=rules.SUPPRESSED, estimate__isnull=True, raw__isnull=True, hajek__isnull=True
                )
                | Q(status__in=rules.SHOWN, estimate__isnull=False, lower__isnull=False, upper__isnull=False),
            ),
            models.CheckConstraint(
                name="figure_counts_in_order",
                condition=Q(n__lte=F("n_sampled")) & Q(n_sampled__lte=F("population")),
            ),
            *(
                models.CheckConstraint(
                    name=f"figure_{field}_is_a_share",
                    condition=Q(**{f"{field}__isnull": True})
                    | Q(**{f"{field}__gte": 0.0, f"{field}__lte": 1.0}),
                )
                for field in ZERO_TO_ONE
            ),
        )
        indexes = (
            models.Index(fields=("series", "region", "period", "division"), name="figure_by_key"),
            models.Index(fields=("series", "period", "division", "region"), name="figure_by_period"),
        )

    def __str__(self) -> str:
        return f"{self.series_id} {self.region} {self.division or '*'} {self.period}"

    @property
    def is_shown(self) -> bool:
        """Whether the size rule lets the rate be seen."""
        return self.status in rules.SHOWN

    @property
    def reading(self) -> rules.Reading:
        """The figure as a comparison sees it: the error is the one behind its published interval."""
        half = None if self.lower is None else (self.upper - self.lower) / 2
        error = None if half is None else half / rules.Z_95
        return rules.Reading(self.estimate, error, self.basis, self.purpose)

    @property
    def name(self) -> str:
        """The name of the figure in file names and in the summary of the demo."""
        parts = [self.series_id, self.region, self.period]
        return "-".join([*parts, self.division] if self.division else parts)


class Formula(InsertOnly):
    """How a series follows from others: a tree that was checked when it was defined; versions are added."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="formulas")
    version = models.CharField(max_length=16)
    sha = models.CharField(max_length=64, unique=True)
    body = models.JSONField()
    voice = models.CharField(max_length=8)
    reason = models.CharField(max_length=400, blank=True)
    actor_role = models.CharField(max_length=40)
    recorded_at = models.DateTimeField()

    class Meta:
        verbose_name = _("formula")
        ordering = ("series", "recorded_at", "id")
        constraints = (
            models.UniqueConstraint(fields=("series", "version"), name="formula_once_a_version"),
            _known("voice", shape.VOICES, "formula_voice_known"),
        )

    def __str__(self) -> str:
        return f"{self.series_id} {self.version}"


class Observation(InsertOnly):
    """One number of one vintage (``formats.shapes.observation``); the current one has the highest revision.

    Numbers are decimal texts: exact on every database. ``sha`` is the digest of the whole row.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    series = models.ForeignKey(
        Series, on_delete=models.PROTECT, related_name="observations", db_index=False
    )  # the unique key begins with it
    region = models.CharField(max_length=12)
    period = models.CharField(max_length=32)
    breakdown = models.CharField(max_length=400, blank=True)
    voice = models.CharField(max_length=8)
    revision = models.PositiveIntegerField()
    origin = models.CharField(max_length=12)
    unit = models.CharField(max_length=24)
    basis = models.CharField(max_length=24)
    purpose = models.CharField(max_length=24)
    value = models.CharField(max_length=44, blank=True)
    lower = models.CharField(max_length=44, blank=True)
    upper = models.CharField(max_length=44, blank=True)
    standard_error = models.CharField(max_length=44, blank=True)
    interval = models.CharField(max_length=8)
    level = models.CharField(max_length=8, blank=True)
    n = models.BigIntegerField(null=True)
    population = models.BigIntegerField(null=True)
    coverage = models.CharField(max_length=44, blank=True)
    design_effect = models.CharField(max_length=44, blank=True)
    status = models.CharField(max_length=12)
    flags = models.CharField(max_length=80, blank=True)
    said = models.CharField(max_length=40, blank=True)
    evidence = models.CharField(max_length=1, blank=True)
    source = models.CharField(max_length=400, blank=True)
    note = models.CharField(max_length=1000, blank=True)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    recorded_at = models.DateTimeField()
    reason = models.CharField(max_length=400, blank=True)
    formula_sha = models.CharField(max_length=64, blank=True)
    inputs_sha = models.CharField(max_length=64, blank=True)
    bundle_sha = models.CharField(max_length=64, blank=True)
    release = models.ForeignKey(
        Release, null=True, on_delete=models.PROTECT, related_name="observations", db_index=False
    )  # its index below holds released rows alone
    sha = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("observation")
        ordering = ("series", "region", "period", "breakdown", "voice", "revision")
        constraints = (
            models.UniqueConstraint(
                fields=("series", "region", "period", "breakdown", "voice", "revision"),
                name="observation_once_a_revision",
            ),
            _known("voice", shape.VOICES, "observation_voice_known"),
            _known("origin", shape.ORIGINS, "observation_origin_known"),
            _known("interval", shape.INTERVALS, "observation_interval_known"),
            _known("status", shape.STATUSES, "observation_status_known"),
            _known("basis", fields.BASES, "observation_basis_known"),
            _known("purpose", fields.PURPOSES, "observation_purpose_known"),
            models.CheckConstraint(
                name="observation_restated_with_a_reason", condition=Q(revision=0) | ~Q(reason="")
            ),
            models.CheckConstraint(
                name="observation_withheld_shows_nothing",
                condition=~Q(status="suppressed") | Q(value="", lower="", upper="", said=""),
            ),
        )
        indexes = (
            models.Index(fields=("series", "period", "breakdown", "region"), name="observation_by_period"),
            # Its entries are many rows each, so it takes little room: what lies in some years of a series.
            models.Index(fields=("series", "valid_from"), name="observation_by_day"),
            models.Index(
                fields=("release",), name="observation_by_release", condition=Q(release__isnull=False)
            ),
        )

    def __str__(self) -> str:
        return f"{self.series_id} {self.region} {self.period} {self.breakdown} ({self.revision})".strip()


class Vintage(InsertOnly):
    """What one act of recording made of a series, written with its observations.

    ``number`` counts the vintages of a series from 1, ``day_number`` its days on which something was
    recorded, and ``place`` the vintages within one day from 0. ``rows`` were recorded in it, ``standing``
    are in force since. ``state_sha`` is the digest of the one before and of what was recorded, so that one
    version names one content.
    """

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="vintages", db_index=False)
    number = models.PositiveIntegerField()
    day = models.DateField()
    day_number = models.PositiveIntegerField()
    place = models.PositiveIntegerField()
    recorded_at = models.DateTimeField()
    rows = models.PositiveIntegerField()
    standing = models.PositiveIntegerField()
    reason = models.CharField(max_length=400, blank=True)
    release = models.ForeignKey(
        Release, null=True, on_delete=models.PROTECT, related_name="vintages", db_index=False
    )
    state_sha = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("vintage")
        ordering = ("series", "number")
        constraints = (
            models.UniqueConstraint(fields=("series", "number"), name="vintage_once_a_number"),
            models.UniqueConstraint(fields=("series", "recorded_at"), name="vintage_once_a_moment"),
            models.UniqueConstraint(fields=("series", "day_number", "place"), name="vintage_once_a_version"),
            models.CheckConstraint(
                name="vintage_counts_in_order",
                condition=Q(number__gte=1, day_number__gte=1, rows__gte=1, standing__gte=1)
                & Q(day_number__lte=F("number"), place__lt=F("number")),
            ),
        )
        indexes = (models.Index(fields=("day", "recorded_at"), name="vintage_by_day"),)

    def __str__(self) -> str:
        return f"{self.series_id} {self.version}"

    @property
    def version(self) -> str:
        """The version of the dataflow that this vintage is."""
        return f"1.{self.day_number}.{self.place}"


class Line(InsertOnly):
    """One line through time that a series has: a region, a breakdown and a voice, from its first number on.

    There are as many as a page may offer to choose from, whatever the number of their observations.
    """

    series = models.ForeignKey(Series, on_delete=models.PROTECT, related_name="lines", db_index=False)
    region = models.CharField(max_length=12)
    breakdown = models.CharField(max_length=400, blank=True)
    voice = models.CharField(max_length=8)
    recorded_at = models.DateTimeField()

    class Meta:
        verbose_name = _("line of a series")
        ordering = ("series", "breakdown", "voice", "region")
        constraints = (
            models.UniqueConstraint(fields=("series", "breakdown", "voice", "region"), name="line_once"),
            _known("voice", shape.VOICES, "line_voice_known"),
        )

    def __str__(self) -> str:
        return f"{self.series_id} {self.region} {self.breakdown} {self.voice}".strip()
