"""The laboratories, and what each is recognised to test."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from zhiheng.ledger.ids import uuid7

from .kept import InsertOnly, in_order, length


class Lab(models.Model):
    """A testing body; ``code`` is the organisation of its staff's appointments and of its samples."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=120)
    region = models.CharField(max_length=6)
    located_at = models.CharField(max_length=200, blank=True, default="")
    uscc = models.CharField(max_length=18, blank=True, default="")
    approval_no = models.CharField(max_length=40, blank=True, default="")
    approval_until = models.DateField(null=True)
    samples_a_week = models.PositiveIntegerField(null=True)
    is_active = models.BooleanField(default=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = (
            length("region", 6, "lab_region_length"),
            models.CheckConstraint(name="lab_has_code_and_name", condition=~Q(code="") & ~Q(name="")),
        )
        indexes = (models.Index(fields=("region", "code"), name="lab_region_code"),)

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"


class LabVersion(InsertOnly):
    """What the register said of a laboratory since a moment, and why it was changed.

    The first version is written with the first change, from the row of the laboratory itself.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    lab = models.ForeignKey(Lab, on_delete=models.PROTECT, related_name="versions")
    values = models.JSONField()
    reason = models.CharField(max_length=400, blank=True, default="")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ("-recorded_at", "-id")

    def __str__(self) -> str:
        return f"{self.lab_id} {self.recorded_at:%Y-%m-%d}"


class LabScope(InsertOnly):
    """One line of a laboratory's recognised scope: an item by a method, for a time.

    The newest row of a product, an item and a method tells how it stands; ``ended_on`` takes it back.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    lab = models.ForeignKey(Lab, on_delete=models.PROTECT, related_name="scopes")
    product = models.CharField(max_length=120, blank=True, default="")
    item = models.CharField(max_length=120)
    method = models.CharField(max_length=120)
    limits = models.CharField(max_length=200, blank=True, default="")
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    end_reason = models.CharField(max_length=200, blank=True, default="")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ("item", "method", "-recorded_at", "-id")
        constraints = (
            in_order("lab_scope_days_in_order"),
            models.CheckConstraint(
                name="lab_scope_names_item_and_method", condition=~Q(item="") & ~Q(method="")
            ),
        )
        indexes = (
            models.Index(fields=("lab", "item", "method", "-recorded_at"), name="lab_scope_latest"),
            models.Index(fields=("item", "method"), name="lab_scope_item_method"),
        )

    def __str__(self) -> str:
        return f"{self.item} {self.method}"
