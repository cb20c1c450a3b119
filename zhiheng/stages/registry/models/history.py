"""What the register said of a subject, from which day and since when; which subjects became one or two."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from zhiheng.ledger.ids import uuid7

from .kept import InsertOnly, one_of
from .subjects import Subject

LINK_KINDS = (("merge", _("Merged into")), ("split", _("Split off")), ("undo", _("Merge undone")))


class SubjectVersion(InsertOnly):
    """The fields of a subject that were said to hold from a day on, and when the register was told.

    The first version holds all fields as the subject entered; it is written when something changes for the
    first time, from the row of the subject itself, so that a first filling writes each subject once. Each
    later one holds the fields that changed. A field holds what the version with the latest day says.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="versions", db_index=False)
    is_first = models.BooleanField(default=False)
    valid_from = models.DateField()
    recorded_at = models.DateTimeField()
    values = models.JSONField()

    class Meta:
        ordering = ("valid_from", "recorded_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("subject",), condition=Q(is_first=True), name="subject_version_first_once"
            ),
        )
        indexes = (
            models.Index(fields=("subject", "valid_from", "recorded_at"), name="subject_version_order"),
        )

    def __str__(self) -> str:
        return f"{self.valid_from} {sorted(self.values)}"


class SubjectLink(InsertOnly):
    """That a subject became part of another, came out of another, or that a merge was undone.

    ``entry`` is the ledger entry of the person's decision; ``was_active`` is how the source stood before.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=8, choices=LINK_KINDS)
    source = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="links_out")
    target = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="links_in")
    day = models.DateField()
    reason = models.CharField(max_length=400)
    entry = models.CharField(max_length=36)
    was_active = models.BooleanField(default=True)
    undoes = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="undone_by")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ("-recorded_at", "-id")
        constraints = (
            one_of("kind", LINK_KINDS, "subject_link_kind_known"),
            models.CheckConstraint(name="subject_link_joins_two", condition=~Q(source=F("target"))),
            models.CheckConstraint(name="subject_link_has_a_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="subject_link_undoes_only_as_undo",
                condition=Q(kind="undo", undoes__isnull=False) | ~Q(kind="undo") & Q(undoes__isnull=True),
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.source_id} {self.target_id}"
