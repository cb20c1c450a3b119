"""The frozen lists that draws pick from."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from zhiheng.ledger.ids import uuid7

from .kept import InsertOnly, length


class Frame(InsertOnly):
    """The list of subjects that a draw may pick from, frozen, counted and hashed, with their output.

    ``outputs`` is the output of its units by province and division, as decimal texts: what weighs the
    divisions of a released figure is settled here, before anything is drawn.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    region = models.CharField(max_length=6)
    as_of = models.DateField()
    purpose = models.CharField(max_length=80)
    definition = models.TextField()
    unit_count = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    evidence_sha = models.CharField(max_length=64)
    strata = models.JSONField()
    outputs = models.JSONField()
    outputs_sha256 = models.CharField(max_length=64)
    frozen_at = models.DateTimeField()

    class Meta:
        ordering = ("-frozen_at", "-id")
        constraints = (
            length("region", 6, "frame_region_length"),
            length("sha256", 64, "frame_hash_length"),
            length("outputs_sha256", 64, "frame_outputs_hash_length"),
            models.CheckConstraint(name="frame_is_not_empty", condition=Q(unit_count__gt=0)),
            models.UniqueConstraint(
                fields=("region", "as_of", "purpose", "sha256", "outputs_sha256"), name="frame_frozen_once"
            ),
        )
        indexes = (models.Index(fields=("region", "-as_of"), name="frame_region_as_of"),)

    def __str__(self) -> str:
        return f"{self.region} {self.as_of} {self.sha256[:12]}"
