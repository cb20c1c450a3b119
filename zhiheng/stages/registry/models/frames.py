"""The frozen lists that draws pick from, and the sealed keys of their names."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhiheng.ledger.ids import uuid7
from zhiheng.proof.pseudonyms import OPEN, SALTED

from .kept import InsertOnly, length, one_of

ONCE = ("region", "as_of", "purpose", "evidence_sha", "outputs_sha256", "ids")
"""Two lists that agree in all of these, and in whose names go on, are one."""
IDS = ((SALTED, _("By salted names")), (OPEN, _("By their codes")))


class Frame(InsertOnly):
    """The list of subjects that a draw may pick from, frozen, counted and hashed, with their output.

    ``sha256`` and ``merkle_root`` are those of the published file; with salted ``ids`` it names units by
    pseudonyms, and ``evidence_sha`` is that of the office's own list with the codes. ``previous`` is the last
    frame of the same ``kind`` in the region, ``changes`` counts what differs from it. ``names_from`` is the
    earlier frame whose names go on, as those of a panel do.

    ``outputs`` is the output of its units by province and division, as decimal texts: what weighs the
    divisions of a released figure is settled here, before anything is drawn.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    region = models.CharField(max_length=6)
    kind = models.CharField(max_length=80)
    as_of = models.DateField()
    purpose = models.CharField(max_length=80)
    definition = models.TextField()
    unit_count = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    merkle_root = models.CharField(max_length=64)
    evidence_sha = models.CharField(max_length=64)
    ids = models.CharField(max_length=8, choices=IDS, default=SALTED)
    ids_reason = models.CharField(max_length=400, blank=True, default="")
    names_from = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="names_lent")
    previous = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="followed_by")
    changes = models.JSONField(default=dict)
    changes_sha = models.CharField(max_length=64, blank=True, default="")
    strata = models.JSONField()
    outputs = models.JSONField()
    outputs_sha256 = models.CharField(max_length=64)
    frozen_at = models.DateTimeField()

    class Meta:
        ordering = ("-frozen_at", "-id")
        constraints = (
            length("region", 6, "frame_region_length"),
            length("sha256", 64, "frame_hash_length"),
            length("merkle_root", 64, "frame_root_length"),
            length("outputs_sha256", 64, "frame_outputs_hash_length"),
            one_of("ids", IDS, "frame_ids_known"),
            models.CheckConstraint(name="frame_is_not_empty", condition=Q(unit_count__gt=0)),
            models.CheckConstraint(
                name="frame_changes_since_a_previous_one",
                condition=Q(previous__isnull=True, changes_sha="")
                | Q(previous__isnull=False) & ~Q(changes_sha=""),
            ),
            models.UniqueConstraint(
                fields=ONCE,
                name="frame_frozen_once",
                condition=Q(names_from__isnull=True),
            ),
            models.UniqueConstraint(fields=(*ONCE, "names_from"), name="frame_frozen_once_with_names"),
        )
        indexes = (
            models.Index(fields=("region", "-as_of"), name="frame_region_as_of"),
            models.Index(fields=("region", "kind", "-frozen_at"), name="frame_last_of_kind"),
        )

    def __str__(self) -> str:
        return f"{self.region} {self.as_of} {self.sha256[:12]}"

    @property
    def is_salted(self) -> bool:
        """Whether the published file names its units by pseudonyms."""
        return self.ids == SALTED

    @property
    def removed_without_reason(self) -> int:
        """How many units of the last frame are missing here without a reason in the register."""
        return self.changes.get("removed", {}).get("unknown", 0)


class FrameKey(models.Model):
    """The key of the names of a salted frame, encrypted, in a table that no page reads."""

    frame = models.OneToOneField(Frame, on_delete=models.PROTECT, primary_key=True, related_name="key")
    token = models.TextField()

    def __str__(self) -> str:
        return f"key of frame {self.frame_id}"
