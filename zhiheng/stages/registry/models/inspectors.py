"""The persons who may be drawn to check a subject, their certificates and the days they are away."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from zhiheng.ledger.ids import uuid7

from .kept import InsertOnly, in_order, length


class Inspector(models.Model):
    """A person of an inspection unit who may be drawn to check a subject."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=64)
    region = models.CharField(max_length=6)
    unit = models.CharField(max_length=120)
    fields = models.JSONField(default=list)
    conflicts = models.JSONField(default=list)
    is_active = models.BooleanField(default=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = (
            length("region", 6, "inspector_region_length"),
            models.CheckConstraint(name="inspector_has_a_code", condition=~Q(code="")),
            models.CheckConstraint(name="inspector_has_a_name", condition=~Q(name="")),
        )
        indexes = (models.Index(fields=("region", "code"), name="inspector_region_code"),)

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"


class Certificate(InsertOnly):
    """A certificate that lets an inspector check a field for a time; what ends it early is a newer row.

    The first day is unknown where the list of the office tells the last one alone.
    ``ended_on`` is the day from which it no longer counts (struck off, given back, expired early).
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    inspector = models.ForeignKey(Inspector, on_delete=models.PROTECT, related_name="certificates")
    number = models.CharField(max_length=40)
    issuer = models.CharField(max_length=120, blank=True, default="")
    fields = models.JSONField(default=list)
    valid_from = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    end_reason = models.CharField(max_length=200, blank=True, default="")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ("number", "-recorded_at", "-id")
        constraints = (
            in_order("certificate_days_in_order"),
            models.CheckConstraint(name="certificate_has_a_number", condition=~Q(number="")),
            models.CheckConstraint(
                name="certificate_ended_with_a_reason",
                condition=Q(ended_on__isnull=True) | ~Q(end_reason=""),
            ),
        )
        indexes = (models.Index(fields=("inspector", "number", "-recorded_at"), name="certificate_latest"),)

    def __str__(self) -> str:
        return self.number


class Leave(models.Model):
    """Days on which an inspector cannot be sent out; why is nobody's business, so it is not kept."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    inspector = models.ForeignKey(Inspector, on_delete=models.PROTECT, related_name="leaves")
    valid_from = models.DateField()
    valid_until = models.DateField()
    is_cancelled = models.BooleanField(default=False)
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ("-valid_from", "-id")
        constraints = (
            in_order("leave_days_in_order"),
            models.UniqueConstraint(fields=("inspector", "valid_from", "valid_until"), name="leave_once"),
        )

    def __str__(self) -> str:
        return f"{self.valid_from}..{self.valid_until}"
