"""A draw, its strata with the stored probabilities, the units that were drawn, and those left out."""

from __future__ import annotations

from fractions import Fraction
from functools import cached_property
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from zhiheng.formats.periods import LONGEST
from zhiheng.ledger.ids import uuid7
from zhiheng.procedure import machine
from zhiheng.proof import canonical
from zhiheng.stages.plan.models import PLAIN_THING

from .. import rules
from ..rules import design


class Draw(models.Model):
    """One lottery over one frozen frame; at most one a duty, and one a region, period and thing, not aborted.

    ``thing`` is that of its duty: purpose, catalogue item and channel.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    serial = models.CharField(_("serial number"), max_length=32, unique=True)
    obligation = models.ForeignKey("plan.Obligation", on_delete=models.PROTECT, related_name="draws")
    frame = models.ForeignKey("registry.Frame", on_delete=models.PROTECT, related_name="draws")
    region = models.CharField(_("region"), max_length=6, db_index=True)
    period = models.CharField(_("period"), max_length=LONGEST, db_index=True)
    thing = models.CharField(max_length=80, default=PLAIN_THING)
    panel = models.ForeignKey("draw.Panel", null=True, on_delete=models.PROTECT, related_name="draws")
    method = models.CharField(max_length=32, default=rules.METHOD)
    state = models.CharField(_("state"), max_length=12, default=rules.COMMITTED)
    commitment = models.CharField(max_length=64)
    announcement = models.TextField()
    announcement_hash = models.CharField(max_length=64)
    beacon = models.JSONField(default=dict)
    secret = models.CharField(max_length=128, blank=True)
    seed = models.CharField(max_length=64, blank=True)
    pairing = models.JSONField(default=dict)
    certificate_sha = models.CharField(max_length=64, blank=True)
    closing_sha = models.CharField(max_length=64, blank=True, default="")
    abort_reason = models.CharField(max_length=400, blank=True)
    reveal_by = models.DateField()
    committed_at = models.DateTimeField()
    revealed_at = models.DateTimeField(null=True)
    close_by = models.DateField(null=True)

    class Meta:
        verbose_name = _("draw")
        ordering = ("-committed_at", "-serial")
        constraints = (
            models.UniqueConstraint(
                fields=("obligation",),
                condition=~Q(state=rules.ABORTED),
                name="draw_once_for_an_obligation",
            ),
            models.UniqueConstraint(
                fields=("region", "period", "thing"),
                condition=~Q(state=rules.ABORTED),
                name="draw_once_a_region_period_and_thing",
            ),
            models.CheckConstraint(
                name="draw_secret_only_after_its_reveal",
                condition=Q(state=rules.COMMITTED, secret="", seed="", revealed_at__isnull=True)
                | Q(state__in=rules.OPEN, revealed_at__isnull=False) & ~Q(secret="") & ~Q(seed="")
                | Q(state=rules.ABORTED, seed="", revealed_at__isnull=True) & ~Q(secret=""),
            ),
            models.CheckConstraint(
                name="draw_aborted_with_a_reason",
                condition=Q(state=rules.ABORTED) & ~Q(abort_reason="")
                | ~Q(state=rules.ABORTED) & Q(abort_reason=""),
            ),
        )

    def __str__(self) -> str:
        return self.serial

    @cached_property
    def joined(self) -> dict[str, Any] | None:
        """The table of joined strata that the announcement holds, where the quota was below their floors."""
        return canonical.loads(self.announcement).get("joined")

    @cached_property
    def weighted(self) -> dict[str, Any] | None:
        """The table of weights that the announcement holds, in a draw by weight."""
        return canonical.loads(self.announcement).get("weighting")

    @property
    def is_weighted(self) -> bool:
        """Whether firms were drawn by weight, each with a probability of its own."""
        return self.method == rules.BY_WEIGHT

    @property
    def standing(self) -> machine.State:
        """The state with its name, from the table of the procedure."""
        return rules.PROCEDURE.state(self.state)

    @property
    def is_revealed(self) -> bool:
        """Whether the units were drawn; the office knows them, the public does not yet."""
        return self.state in rules.OPEN

    @property
    def is_closed(self) -> bool:
        """Whether every visit has ended, so that list, secret, seed and certificate are public."""
        return self.state == rules.CLOSED


class SealedSecret(models.Model):
    """The secret of a draw before its reveal, encrypted, in a table that no page reads."""

    draw = models.OneToOneField(
        Draw, on_delete=models.PROTECT, primary_key=True, related_name="sealed_secret"
    )
    token = models.TextField()

    class Meta:
        verbose_name = _("sealed secret")

    def __str__(self) -> str:
        return f"sealed secret of {self.draw_id}"


class DrawStratum(models.Model):
    """One stratum of a draw: N units of which n are drawn, so each with probability n/N exactly."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="strata")
    stratum = models.CharField(max_length=16)
    population = models.PositiveIntegerField()
    sample = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("stratum")
        ordering = ("stratum",)
        constraints = (
            models.UniqueConstraint(fields=("draw", "stratum"), name="stratum_once_in_a_draw"),
            models.CheckConstraint(
                name="stratum_probability_above_zero_and_at_most_one",
                condition=Q(sample__gte=1, sample__lte=F("population")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.stratum} {self.sample}/{self.population}"

    @property
    def probability(self) -> Fraction:
        """The inclusion probability of every unit of this stratum."""
        return rules.probability(self.sample, self.population)

    @property
    def as_share(self) -> float:
        """The probability as a number from 0 to 1, for showing it."""
        return self.sample / self.population


class Selection(models.Model):
    """One drawn unit (or reserve) with its place in the order of tickets and its two inspectors."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="selections")
    unit_code = models.CharField(max_length=18, db_index=True)
    subject = models.ForeignKey("registry.Subject", on_delete=models.PROTECT, related_name="selections")
    stratum = models.CharField(max_length=16)
    order = models.PositiveIntegerField()
    ticket = models.CharField(max_length=64)
    first_inspector = models.ForeignKey(
        "registry.Inspector", null=True, on_delete=models.PROTECT, related_name="first_selections"
    )
    second_inspector = models.ForeignKey(
        "registry.Inspector", null=True, on_delete=models.PROTECT, related_name="second_selections"
    )
    is_reserve = models.BooleanField(default=False)
    probability_num = models.PositiveIntegerField(null=True)
    probability_den = models.PositiveIntegerField(null=True)

    class Meta:
        verbose_name = _("drawn unit")
        ordering = ("stratum", "order")
        constraints = (
            models.UniqueConstraint(fields=("draw", "unit_code"), name="unit_drawn_once_in_a_draw"),
            models.UniqueConstraint(fields=("draw", "stratum", "order"), name="one_unit_at_a_place"),
            models.CheckConstraint(
                name="selection_has_two_different_inspectors",
                condition=Q(is_reserve=True, first_inspector__isnull=True, second_inspector__isnull=True)
                | Q(first_inspector__isnull=False, second_inspector__isnull=False)
                & ~Q(first_inspector=F("second_inspector")),
            ),
            models.CheckConstraint(
                name="own_probability_above_zero_and_at_most_one",
                condition=Q(probability_num__isnull=True, probability_den__isnull=True)
                | Q(probability_num__gte=1, probability_num__lte=F("probability_den")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.draw_id} {self.unit_code}"

    def chance(self, share: DrawStratum) -> tuple[int, int]:
        """Return the inclusion probability as (numerator, denominator): its own, else that of its stratum."""
        if self.probability_num is not None:
            return self.probability_num, self.probability_den
        return share.sample, share.population


class PlannedDraw(models.Model):
    """The day on which the draw of a duty is planned; it stays when the draw has taken place."""

    obligation = models.OneToOneField(
        "plan.Obligation", on_delete=models.PROTECT, primary_key=True, related_name="planned_draw"
    )
    draw_on = models.DateField()
    planned_at = models.DateTimeField()

    class Meta:
        verbose_name = _("planned draw")
        ordering = ("draw_on", "obligation")

    def __str__(self) -> str:
        return f"{self.obligation_id} {self.draw_on}"


class ObligationFrame(models.Model):
    """A frame that was frozen for one duty: its goods, its channel, its strata."""

    frame = models.OneToOneField(
        "registry.Frame", on_delete=models.PROTECT, primary_key=True, related_name="duty"
    )
    obligation = models.ForeignKey("plan.Obligation", on_delete=models.PROTECT, related_name="frames")

    class Meta:
        verbose_name = _("frame of a duty")

    def __str__(self) -> str:
        return f"{self.obligation_id} {self.frame_id}"


class Exclusion(models.Model):
    """A unit of the frame with probability 0 in one draw, and why; fixed with the announcement."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="exclusions")
    unit_code = models.CharField(max_length=18, db_index=True)
    reason = models.CharField(max_length=16)
    note = models.CharField(max_length=400, blank=True, default="")

    class Meta:
        verbose_name = _("excluded unit")
        ordering = ("unit_code",)
        constraints = (
            models.UniqueConstraint(fields=("draw", "unit_code"), name="unit_excluded_once_from_a_draw"),
            models.CheckConstraint(
                name="exclusion_reason_known", condition=Q(reason__in=list(design.REASONS))
            ),
            models.CheckConstraint(
                name="single_exclusion_has_a_word",
                condition=~Q(reason__in=list(design.SINGLE)) | ~Q(note=""),
            ),
        )

    def __str__(self) -> str:
        return f"{self.unit_code} {self.reason}"


class Substitution(models.Model):
    """A reserve that stepped in for a drawn unit; the drawn one keeps its outcome and its probability."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="substitutions")
    original = models.OneToOneField(Selection, on_delete=models.PROTECT, related_name="replaced_by")
    reserve = models.OneToOneField(Selection, on_delete=models.PROTECT, related_name="stands_for")
    outcome = models.CharField(max_length=12)
    reason = models.CharField(max_length=400)
    used_at = models.DateTimeField()

    class Meta:
        verbose_name = _("substitution")
        ordering = ("used_at", "id")
        constraints = (
            models.CheckConstraint(name="substitution_has_a_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="substitution_is_of_another_unit", condition=~Q(original=F("reserve"))
            ),
        )

    def __str__(self) -> str:
        return f"{self.draw_id} {self.reserve_id}"


class Panel(models.Model):
    """Draws of one region and thing that go on with the numbers of the first, turned a little each time."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(max_length=80)
    region = models.CharField(max_length=6)
    thing = models.CharField(max_length=80)
    first_draw = models.OneToOneField(Draw, on_delete=models.PROTECT, related_name="begins_panel")
    shift_top = models.PositiveIntegerField()
    shift_bottom = models.PositiveIntegerField()
    reason = models.CharField(max_length=400)
    announced_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=400, blank=True, default="")

    class Meta:
        verbose_name = _("panel")
        ordering = ("-announced_at",)
        constraints = (
            models.UniqueConstraint(
                fields=("region", "thing"), condition=Q(ended_at__isnull=True), name="one_panel_for_a_thing"
            ),
            models.CheckConstraint(
                name="panel_turns_by_a_share",
                condition=Q(shift_top__gte=1, shift_bottom__gt=F("shift_top")),
            ),
            models.CheckConstraint(name="panel_with_name_and_reason", condition=~Q(name="") & ~Q(reason="")),
            models.CheckConstraint(
                name="panel_ended_with_a_reason",
                condition=Q(ended_at__isnull=True, end_reason="")
                | Q(ended_at__isnull=False) & ~Q(end_reason=""),
            ),
        )

    def __str__(self) -> str:
        return self.name


class Overlap(models.Model):
    """Another draw of the same goods and period whose frame held a drawn unit, and its chance there.

    With ``Selection`` itself these are all frames of the unit, so that an estimate over several frames can
    weigh it by 1 / sum of its chances (``methods.selection.frame_weights``).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    selection = models.ForeignKey(Selection, on_delete=models.PROTECT, related_name="overlaps")
    other = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="overlaps")
    stratum = models.CharField(max_length=16)
    population = models.PositiveIntegerField()
    sample = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("overlap of frames")
        constraints = (
            models.UniqueConstraint(fields=("selection", "other"), name="overlap_once"),
            models.CheckConstraint(
                name="overlap_has_a_chance", condition=Q(sample__gte=1, sample__lte=F("population"))
            ),
        )

    def __str__(self) -> str:
        return f"{self.selection_id} {self.other_id}"
