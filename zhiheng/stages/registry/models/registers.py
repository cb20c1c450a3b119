"""The dated registers about subjects: licences and certificates, and persons' qualifications."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhiheng.ledger.ids import uuid7

from .inspectors import Inspector
from .kept import InsertOnly, in_order, one_of
from .subjects import Product, Subject

LICENCE_KINDS = (
    ("production", _("Production licence for industrial products")),
    ("ccc", _("Compulsory product certification")),
    ("declaration", _("Self-declaration of compulsory certification")),
)
LICENCE_STATES = (("valid", _("Valid")), ("suspended", _("Suspended")), ("withdrawn", _("Withdrawn")))
QUALIFICATION_KINDS = (
    ("chief_quality_officer", _("Chief quality officer")),
    ("professional_title", _("Professional title")),
    ("occupational", _("Occupational qualification")),
    ("training", _("Training")),
)


class Licence(InsertOnly):
    """A licence or certificate of a subject, for a product or a range of products, for a time.

    What changes is a newer row that ``replaces`` the one before; the row that nothing replaces tells how the
    number stands. ``valid_until`` unknown stays empty.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="licences")
    product = models.ForeignKey(Product, null=True, on_delete=models.PROTECT, related_name="licences")
    kind = models.CharField(max_length=16, choices=LICENCE_KINDS)
    number = models.CharField(max_length=64)
    scope = models.CharField(max_length=400, blank=True, default="")
    issuer = models.CharField(max_length=120, blank=True, default="")
    state = models.CharField(max_length=12, choices=LICENCE_STATES, default="valid")
    reason = models.CharField(max_length=400, blank=True, default="")
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    replaces = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="replaced_by")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ("number", "-recorded_at", "-id")
        constraints = (
            one_of("kind", LICENCE_KINDS, "licence_kind_known"),
            one_of("state", LICENCE_STATES, "licence_state_known"),
            in_order("licence_days_in_order"),
            models.CheckConstraint(name="licence_has_a_number", condition=~Q(number="")),
            models.CheckConstraint(
                name="licence_stopped_with_a_reason", condition=Q(state="valid") | ~Q(reason="")
            ),
            models.UniqueConstraint(
                fields=("kind", "number"), condition=Q(replaces__isnull=True), name="licence_begins_once"
            ),
        )
        indexes = (
            models.Index(fields=("kind", "number", "-recorded_at"), name="licence_latest"),
            models.Index(fields=("subject", "kind"), name="licence_subject_kind"),
            models.Index(fields=("valid_until",), name="licence_valid_until"),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.state}"


class Qualification(InsertOnly):
    """What a person of a subject (or an inspector) is qualified for; the name is shown masked in public.

    ``duties`` says what a chief quality officer answers for. An end is a newer row that ``replaces`` this.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject = models.ForeignKey(Subject, null=True, on_delete=models.PROTECT, related_name="qualifications")
    inspector = models.ForeignKey(
        Inspector, null=True, on_delete=models.PROTECT, related_name="qualifications"
    )
    person = models.CharField(max_length=64)
    kind = models.CharField(max_length=24, choices=QUALIFICATION_KINDS)
    title = models.CharField(max_length=120)
    number = models.CharField(max_length=64, blank=True, default="")
    issuer = models.CharField(max_length=120, blank=True, default="")
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    duties = models.CharField(max_length=400, blank=True, default="")
    ended_on = models.DateField(null=True)
    end_reason = models.CharField(max_length=200, blank=True, default="")
    replaces = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="replaced_by")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ("-valid_from", "-id")
        constraints = (
            one_of("kind", QUALIFICATION_KINDS, "qualification_kind_known"),
            in_order("qualification_days_in_order"),
            models.CheckConstraint(
                name="qualification_belongs_to_one",
                condition=Q(subject__isnull=False, inspector__isnull=True)
                | Q(subject__isnull=True, inspector__isnull=False),
            ),
            models.CheckConstraint(
                name="qualification_has_person_and_title", condition=~Q(person="") & ~Q(title="")
            ),
            models.CheckConstraint(
                name="qualification_ended_with_a_reason",
                condition=Q(ended_on__isnull=True) | ~Q(end_reason=""),
            ),
        )
        indexes = (models.Index(fields=("kind", "valid_until"), name="qualification_kind_until"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.title}"
