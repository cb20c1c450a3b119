"""What follows in a case: re-test and re-checks, measures, and its way to another region."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from zhiheng.ledger.ids import uuid7

from .. import rules
from ..labels import ANSWERS, LIMIT_KINDS, MEASURES, PHASES, VERDICTS
from .cases import Case
from .kept import InsertOnly
from .results import VERDICT_FOLLOWS_VALUE


class Retest(InsertOnly):
    """The laboratory named for the re-test of a case; its result is final.

    ``is_covered`` is None where no scope of the laboratory is on record.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="retest")
    lab = models.CharField(_("laboratory"), max_length=40, db_index=True)
    named_on = models.DateField()
    is_first_lab = models.BooleanField()
    is_covered = models.BooleanField(null=True)
    reason = models.CharField(_("reason"), max_length=400, blank=True, default="")
    recorded_at = models.DateTimeField()

    class Meta:
        verbose_name = _("re-test")
        constraints = (
            models.CheckConstraint(name="retest_names_a_laboratory", condition=~Q(lab="")),
            models.CheckConstraint(
                name="retest_first_laboratory_with_a_reason", condition=Q(is_first_lab=False) | ~Q(reason="")
            ),
        )

    def __str__(self) -> str:
        return f"{self.lab} {self.named_on}"


class CaseTest(InsertOnly):
    """One measured item of a re-test or a re-check; it never replaces the first result."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="tests")
    phase = models.CharField(_("test"), max_length=16, choices=PHASES)
    item = models.CharField(_("item"), max_length=120)
    method = models.CharField(_("method"), max_length=120)
    value = models.CharField(_("value"), max_length=24)
    unit = models.CharField(_("unit"), max_length=24)
    uncertainty = models.CharField(_("expanded uncertainty"), max_length=24, null=True)
    limit = models.CharField(_("limit"), max_length=24)
    limit_kind = models.CharField(max_length=5, choices=LIMIT_KINDS)
    decision_rule = models.CharField(_("decision rule"), max_length=32)
    verdict = models.CharField(_("verdict"), max_length=4, choices=VERDICTS)
    lab = models.CharField(_("laboratory"), max_length=40)
    reported_on = models.DateField(_("reported on"))
    report_sha = models.CharField(max_length=64, blank=True, default="")
    recorded_at = models.DateTimeField()

    class Meta:
        verbose_name = _("result of a re-test or re-check")
        ordering = ("recorded_at", "item")
        constraints = (
            models.UniqueConstraint(fields=("case", "phase", "item"), name="case_test_once_an_item"),
            models.CheckConstraint(name="case_test_phase_known", condition=Q(phase__in=rules.PHASES)),
            models.CheckConstraint(name="case_test_verdict_follows_value", condition=VERDICT_FOLLOWS_VALUE),
        )

    def __str__(self) -> str:
        return f"{self.phase} {self.item} {self.verdict}"


class Measure(InsertOnly):
    """A measure beside the steps: stop of sale and its end, a hold on publication and its end."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="measures")
    kind = models.CharField(_("measure"), max_length=16, choices=MEASURES)
    on = models.DateField(_("day"))
    reason = models.CharField(_("reason"), max_length=400)
    recorded_at = models.DateTimeField()

    class Meta:
        verbose_name = _("measure")
        ordering = ("recorded_at", "id")
        constraints = (
            models.CheckConstraint(name="measure_kind_known", condition=Q(kind__in=tuple(dict(MEASURES)))),
            models.CheckConstraint(name="measure_has_a_reason", condition=~Q(reason="")),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.on}"


class Transfer(models.Model):
    """A case offered to another region: until it is answered the sender holds it, afterwards both see it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="transfers")
    from_region = models.CharField(_("from"), max_length=6, db_index=True)
    to_region = models.CharField(_("to"), max_length=6, db_index=True)
    reason = models.CharField(_("reason"), max_length=400)
    offered_on = models.DateField(_("offered on"))
    answer = models.CharField(_("answer"), max_length=8, choices=ANSWERS, blank=True, default="")
    answered_on = models.DateField(_("answered on"), null=True)
    answer_reason = models.CharField(max_length=400, blank=True, default="")

    class Meta:
        verbose_name = _("transfer to another region")
        ordering = ("offered_on", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("case",), condition=Q(answer=""), name="transfer_open_once_a_case"
            ),
            models.CheckConstraint(
                name="transfer_answered_with_its_day",
                condition=Q(answer="", answered_on__isnull=True)
                | Q(answer="accepted", answered_on__isnull=False)
                | Q(answer="returned", answered_on__isnull=False) & ~Q(answer_reason=""),
            ),
            models.CheckConstraint(
                name="transfer_to_another_region", condition=~Q(from_region=F("to_region")) & ~Q(reason="")
            ),
        )

    def __str__(self) -> str:
        return f"{self.from_region} -> {self.to_region} {self.answer}"
