"""Two subjects that may be one, and what a person said of them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from zhiheng.ledger.ids import uuid7

from .kept import length, one_of
from .subjects import Subject

DECISIONS = (
    ("open", _("To be looked at")),
    ("later", _("Put off")),
    ("same", _("The same")),
    ("different", _("Different")),
)


class DuplicatePair(models.Model):
    """Two subjects alike by name, address or code; a pair stands here once, so it is never asked again."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    first = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="alike_after")
    second = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="alike_before")
    region = models.CharField(max_length=6)
    score = models.PositiveSmallIntegerField()
    reasons = models.JSONField(default=list)
    decision = models.CharField(max_length=12, choices=DECISIONS, default="open")
    reason = models.CharField(max_length=400, blank=True, default="")
    found_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-score", "id")
        constraints = (
            length("region", 6, "pair_region_length"),
            one_of("decision", DECISIONS, "pair_decision_known"),
            models.CheckConstraint(name="pair_in_order", condition=Q(first__lt=F("second"))),
            models.CheckConstraint(name="pair_score_in_per_cent", condition=Q(score__lte=100)),
            models.CheckConstraint(
                name="pair_decided_at_a_time",
                condition=Q(decision="open", decided_at__isnull=True)
                | ~Q(decision="open") & Q(decided_at__isnull=False),
            ),
            models.UniqueConstraint(fields=("first", "second"), name="pair_once"),
        )
        indexes = (models.Index(fields=("decision", "region", "-score"), name="pair_decision_region"),)

    def __str__(self) -> str:
        return f"{self.first_id} {self.second_id} {self.score}"
