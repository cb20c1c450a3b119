"""Subjects, their products, and what later stages say of them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhiheng.ledger.ids import uuid7

from .kept import InsertOnly, length, one_of

SIZES = (("large", _("Large")), ("medium", _("Medium")), ("small", _("Small")))
CHANNELS = (("factory", _("Factory")), ("shop", _("Shop")), ("platform", _("Online platform")))
CLASSES = (("A", "A"), ("B", "B"), ("C", "C"), ("D", "D"))
STANDINGS = (("risk_class", _("Risk class")), ("credit_class", _("Credit class")))


class Subject(models.Model):
    """A business that makes or sells goods at one place, known by its social credit code."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(max_length=18, unique=True)
    name = models.CharField(max_length=120)
    region = models.CharField(max_length=6)
    division = models.CharField(max_length=2)
    size = models.CharField(max_length=8, choices=SIZES)
    channel = models.CharField(max_length=8, choices=CHANNELS)
    risk_class = models.CharField(max_length=1, choices=CLASSES, default="B")
    credit_class = models.CharField(max_length=1, choices=CLASSES, blank=True, default="")
    output_value = models.DecimalField(max_digits=16, decimal_places=2, default=0)
    is_active = models.BooleanField(default=True)
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged", db_index=False
    )
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = (
            length("code", 18, "subject_code_length"),
            length("region", 6, "subject_region_length"),
            length("division", 2, "subject_division_length"),
            one_of("size", SIZES, "subject_size_known"),
            one_of("channel", CHANNELS, "subject_channel_known"),
            one_of("risk_class", CLASSES, "subject_risk_class_known"),
            one_of("credit_class", CLASSES, "subject_credit_class_known", blank=True),
            models.CheckConstraint(
                name="subject_output_not_negative",
                condition=Q(output_value__gte=0),
                violation_error_message=_("The output value must not be negative."),
            ),
            models.CheckConstraint(name="subject_has_a_name", condition=~Q(name="")),
            # A frame holds active subjects: with this it never holds a subject and what was merged into it.
            models.CheckConstraint(
                name="subject_merged_is_not_active",
                condition=Q(merged_into__isnull=True) | Q(is_active=False),
            ),
        )
        indexes = (
            # Holds all that a frame asks for, so that freezing a million subjects reads no table rows.
            models.Index(
                fields=("region", "code", "division", "risk_class", "output_value", "is_active"),
                name="subject_region_code",
            ),
            models.Index(fields=("name", "code", "id"), name="subject_name_code"),
            models.Index(fields=("division", "region", "code"), name="subject_division_region"),
            # Rare values: without these the count of a list of one class reads most of a million rows.
            models.Index(fields=("risk_class", "region", "code"), name="subject_class_region"),
            models.Index(fields=("size", "region", "code"), name="subject_size_region"),
            models.Index(
                fields=("region", "code"), name="subject_inactive_region", condition=Q(is_active=False)
            ),
            models.Index(
                fields=("merged_into",), name="subject_merged", condition=Q(merged_into__isnull=False)
            ),
        )

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"


class Product(models.Model):
    """A product that a subject makes or sells, with the standard it says it meets."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="products")
    name = models.CharField(max_length=120)
    division = models.CharField(max_length=2)
    model = models.CharField(max_length=80, blank=True, default="")
    standard = models.CharField(max_length=80, blank=True, default="")
    gtin = models.CharField(max_length=14, blank=True, default="")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("subject", "name", "model"), name="product_once_per_subject"),
            models.UniqueConstraint(fields=("gtin",), condition=~Q(gtin=""), name="product_gtin_unique"),
            length("division", 2, "product_division_length"),
            models.CheckConstraint(name="product_has_a_name", condition=~Q(name="")),
        )
        indexes = (
            models.Index(fields=("name",), name="product_name"),
            models.Index(fields=("division",), name="product_division"),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.model}".strip()


class Standing(InsertOnly):
    """What a later stage says about a subject: its class from a day on, with the reason."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="standings")
    kind = models.CharField(max_length=16, choices=STANDINGS)
    value = models.CharField(max_length=1, choices=CLASSES)
    reason = models.CharField(max_length=400)
    source_entry = models.CharField(max_length=36)
    valid_from = models.DateField()
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ("-valid_from", "-recorded_at", "-id")
        constraints = (
            one_of("kind", STANDINGS, "standing_kind_known"),
            one_of("value", CLASSES, "standing_value_known"),
            models.CheckConstraint(name="standing_has_a_reason", condition=~Q(reason="")),
            models.UniqueConstraint(
                fields=("subject", "kind", "source_entry"), name="standing_once_an_entry"
            ),
        )
        indexes = (models.Index(fields=("subject", "kind", "-valid_from"), name="standing_latest"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.value} {self.valid_from}"
