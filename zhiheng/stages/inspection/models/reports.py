"""The drafts of a laboratory's report of a sample, and the signed versions."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhiheng.ledger.ids import uuid7

from .kept import InsertOnly


class Report(InsertOnly):
    """A signed version of a laboratory's report of one sample; a correction is a later version."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sample = models.ForeignKey("inspection.Sample", on_delete=models.PROTECT, related_name="reports")
    lab = models.CharField(_("laboratory"), max_length=40)
    number = models.CharField(_("report number"), max_length=60)
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    reason = models.CharField(_("reason"), max_length=400, blank=True, default="")
    replaces = models.OneToOneField("self", models.PROTECT, null=True, related_name="replaced_by")
    reported_on = models.DateField(_("reported on"))
    signer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField(_("signed at"))
    sha256 = models.CharField(max_length=64)
    results = models.ManyToManyField(
        "inspection.Result", through="inspection.ReportLine", related_name="reports"
    )

    class Meta:
        verbose_name = _("report")
        ordering = ("-signed_at", "-id")
        indexes = (models.Index(fields=("lab", "-signed_at", "-id"), name="report_lab_signed"),)
        constraints = (
            models.UniqueConstraint(fields=("lab", "number", "version"), name="report_number_once"),
            models.UniqueConstraint(fields=("sample", "version"), name="report_version_once"),
            models.CheckConstraint(
                name="report_first_or_corrected_with_a_reason",
                condition=Q(version=1, replaces__isnull=True)
                | Q(version__gt=1, replaces__isnull=False) & ~Q(reason=""),
            ),
        )

    def __str__(self) -> str:
        return f"{self.number}/{self.version}"

    @property
    def is_corrected(self) -> bool:
        """Whether a later version stands in its place."""
        return hasattr(self, "replaced_by")


class ReportLine(InsertOnly):
    """One result that a report holds, at its place."""

    report = models.ForeignKey(Report, on_delete=models.PROTECT, related_name="lines")
    result = models.ForeignKey("inspection.Result", on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("report", "position")
        constraints = (models.UniqueConstraint(fields=("report", "position"), name="report_line_once"),)

    def __str__(self) -> str:
        return f"{self.report_id} {self.position}"


class ReportDraft(models.Model):
    """What a laboratory means to report of one sample; nothing follows from it until it is signed."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sample = models.OneToOneField("inspection.Sample", on_delete=models.PROTECT, related_name="report_draft")
    lab = models.CharField(_("laboratory"), max_length=40, db_index=True)
    number = models.CharField(_("report number"), max_length=60, blank=True, default="")
    reported_on = models.DateField(_("reported on"))
    lines = models.JSONField(default=list)
    corrects = models.OneToOneField(Report, models.PROTECT, null=True, related_name="correction")
    reason = models.CharField(_("reason"), max_length=400, blank=True, default="")
    saved_at = models.DateTimeField(_("saved at"))

    class Meta:
        verbose_name = _("draft of a report")
        ordering = ("-saved_at", "-id")
        constraints = (
            models.CheckConstraint(
                name="report_draft_corrects_with_a_reason", condition=Q(corrects__isnull=True) | ~Q(reason="")
            ),
        )

    def __str__(self) -> str:
        return f"{self.lab} {self.sample_id}"
