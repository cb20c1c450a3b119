"""What was done at a visit, bound in public by a salted number until its draw is closed; who saw what."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhiheng.ledger.ids import uuid7
from zhiheng.proof import execution

from .visits import Visit


class Deed(models.Model):
    """One step at a visit: the public entry holds ``HMAC(salt, fields)``; both go public with the closing.

    Destroying salt and row leaves in the ledger a number from which nothing can be guessed.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="deeds")
    kind = models.CharField(max_length=12)
    fields = models.JSONField()
    salt = models.CharField(max_length=64)
    entry = models.UUIDField(unique=True)

    class Meta:
        verbose_name = _("step of a visit")
        ordering = ("id",)
        constraints = (
            models.CheckConstraint(name="deed_kind_known", condition=Q(kind__in=execution.KINDS)),
            models.CheckConstraint(name="deed_has_a_salt", condition=~Q(salt="")),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.visit_id}"


class Access(models.Model):
    """That an inspector opened his assignments of a draw, and when first."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    draw = models.ForeignKey("draw.Draw", on_delete=models.PROTECT, related_name="accesses")
    inspector = models.CharField(max_length=64)
    opened_at = models.DateTimeField()

    class Meta:
        verbose_name = _("opening of assignments")
        ordering = ("opened_at", "id")
        constraints = (models.UniqueConstraint(fields=("draw", "inspector"), name="assignments_opened_once"),)

    def __str__(self) -> str:
        return f"{self.draw_id} {self.inspector}"
