"""The papers that were handed out, and the prints that a person asked for."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhiheng.ledger.ids import uuid7

from ..labels import PAPERS, PRINT_STATES
from .cases import Case
from .kept import InsertOnly


class IssuedPaper(InsertOnly):
    """A paper that was handed out: its words and its file by their hashes, and the template that set it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(_("paper"), max_length=24, choices=PAPERS)
    language = models.CharField(max_length=2)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="papers")
    region = models.CharField(_("region"), max_length=6)
    number = models.CharField(_("number"), max_length=64)
    dated = models.DateField(_("dated"))
    template = models.CharField(_("template"), max_length=24)
    engine = models.CharField(_("set by"), max_length=120)
    form = models.CharField(max_length=4)
    data_sha = models.CharField(_("hash of the content"), max_length=64)
    file_sha = models.CharField(_("hash of the file"), max_length=64)
    issued_at = models.DateTimeField(_("issued"))

    class Meta:
        verbose_name = _("issued paper")
        ordering = ("-issued_at", "-id")
        indexes = (models.Index(fields=("region", "-issued_at"), name="paper_region_issued"),)
        constraints = (
            models.UniqueConstraint(fields=("case", "kind", "data_sha"), name="paper_issued_once"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"


class PrintJob(models.Model):
    """Papers of many visits that a person asked for as one file; runs as a job and can be found again."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=24, choices=PAPERS)
    form = models.CharField(max_length=4)
    language = models.CharField(max_length=2)
    draw = models.ForeignKey("draw.Draw", on_delete=models.PROTECT, null=True, related_name="+")
    visits = models.JSONField(default=list)
    origin = models.CharField(max_length=200)
    state = models.CharField(max_length=8, choices=PRINT_STATES, default="queued")
    total = models.PositiveIntegerField()
    done = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    file_sha = models.CharField(max_length=64, blank=True, default="")
    fault = models.CharField(max_length=64, blank=True, default="")
    asked_at = models.DateTimeField()
    moved_at = models.DateTimeField()
    fetched_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("print job")
        ordering = ("-asked_at", "-id")
        indexes = (models.Index(fields=("person", "state"), name="print_person_state"),)
        constraints = (
            models.CheckConstraint(
                name="print_done_with_its_file",
                condition=Q(state="done") & ~Q(file_sha="") | ~Q(state="done") & Q(file_sha=""),
            ),
            models.CheckConstraint(
                name="print_failed_with_its_fault",
                condition=Q(state="failed") & ~Q(fault="") | ~Q(state="failed") & Q(fault=""),
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.total} {self.state}"
