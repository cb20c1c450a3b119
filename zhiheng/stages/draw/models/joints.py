"""Joint campaigns: draws of one item from several lists that may share firms, and what visits told of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhiheng.formats.periods import LONGEST
from zhiheng.ledger.ids import uuid7
from zhiheng.stages.plan.models import CHANNELS, PURPOSES

from .draws import Selection


class Joint(models.Model):
    """Draws of one item and period from several lists that may share firms: factories, shops, platforms.

    Once every draw is closed its record is sealed: the chances and the weight of each drawn unit.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    serial = models.CharField(_("serial number"), max_length=32, unique=True)
    region = models.CharField(_("region"), max_length=6, db_index=True)
    period = models.CharField(_("period"), max_length=LONGEST)
    item = models.ForeignKey("registry.CatalogueItem", on_delete=models.PROTECT, related_name="joints")
    purpose = models.CharField(max_length=24, choices=PURPOSES)
    basis = models.CharField(max_length=400)
    opened_at = models.DateTimeField()
    sealed_at = models.DateTimeField(null=True)
    record_sha = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        verbose_name = _("joint campaign")
        ordering = ("-opened_at", "-serial")
        constraints = (
            models.UniqueConstraint(fields=("region", "period", "item", "purpose"), name="joint_once"),
            models.CheckConstraint(
                name="joint_sealed_with_a_record",
                condition=Q(sealed_at__isnull=True, record_sha="")
                | Q(sealed_at__isnull=False) & ~Q(record_sha=""),
            ),
        )

    def __str__(self) -> str:
        return self.serial


class JointFrame(models.Model):
    """One list of a joint campaign: the duty whose draw is taken from the firms of one channel."""

    obligation = models.OneToOneField(
        "plan.Obligation", on_delete=models.PROTECT, primary_key=True, related_name="joint_frame"
    )
    joint = models.ForeignKey(Joint, on_delete=models.PROTECT, related_name="frames")
    channel = models.CharField(max_length=8, choices=CHANNELS)

    class Meta:
        verbose_name = _("list of a joint campaign")
        constraints = (models.UniqueConstraint(fields=("joint", "channel"), name="joint_channel_once"),)

    def __str__(self) -> str:
        return f"{self.joint_id} {self.channel}"


class Told(models.Model):
    """An answer at a visit: whether the firm stands in another list under another code; the newest counts."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    selection = models.ForeignKey(Selection, on_delete=models.PROTECT, related_name="told")
    channel = models.CharField(max_length=8, choices=CHANNELS)
    answer = models.CharField(max_length=8)
    code = models.CharField(max_length=18, blank=True, default="")
    recorded_at = models.DateTimeField()

    class Meta:
        verbose_name = _("answer about other lists")
        ordering = ("recorded_at", "id")
        constraints = (
            models.CheckConstraint(
                name="told_with_a_code_where_listed",
                condition=Q(answer="listed") & ~Q(code="") | Q(answer__in=("absent", "unknown"), code=""),
            ),
        )

    def __str__(self) -> str:
        return f"{self.selection_id} {self.channel} {self.answer}"
