"""Who and what exists: subjects, products, inspectors, their standing, and frozen frames."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from zhiheng.ledger.ids import uuid7

SIZES = (("large", _("Large")), ("medium", _("Medium")), ("small", _("Small")))
CHANNELS = (("factory", _("Factory")), ("shop", _("Shop")), ("platform", _("Online platform")))
CLASSES = (("A", "A"), ("B", "B"), ("C", "C"), ("D", "D"))
STANDINGS = (("risk_class", _("Risk class")), ("credit_class", _("Credit class")))


def _one_of(field: str, choices: tuple, name: str, *, blank: bool = False) -> models.CheckConstraint:
    values = [value for value, _label in choices] + ([""] if blank else [])
    return models.CheckConstraint(
        name=name,
        condition=Q(**{f"{field}__in": values}),
        violation_error_message=_("This value is not one of the allowed ones."),
    )


def _length(field: str, length: int, name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        name=name,
        condition=Exact(Length(field), length),
        violation_error_message=_("This code has a wrong length."),
    )


class InsertOnly(models.Model):
    """A row that is written once; what changes is told by a newer row."""

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise TypeError("this row is never changed; write a newer one")
        return super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise TypeError("this row is never removed; write a newer one")


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
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = (
            _length("code", 18, "subject_code_length"),
            _length("region", 6, "subject_region_length"),
            _length("division", 2, "subject_division_length"),
            _one_of("size", SIZES, "subject_size_known"),
            _one_of("channel", CHANNELS, "subject_channel_known"),
            _one_of("risk_class", CLASSES, "subject_risk_class_known"),
            _one_of("credit_class", CLASSES, "subject_credit_class_known", blank=True),
            models.CheckConstraint(
                name="subject_output_not_negative",
                condition=Q(output_value__gte=0),
                violation_error_message=_("The output value must not be negative."),
            ),
            models.CheckConstraint(name="subject_has_a_name", condition=~Q(name="")),
        )
        indexes = (
            # Holds all that a frame asks for, so that freezing a million subjects reads no table rows.
            models.Index(
                fields=("region", "code", "division", "risk_class", "output_value", "is_active"),
                name="subject_region_code",
            ),
            models.Index(fields=("name", "code"), name="subject_name_code"),
            models.Index(fields=("division", "region", "code"), name="subject_division_region"),
            # Rare values: without these the count of a list of one class reads most of a million rows.
            models.Index(fields=("risk_class", "region", "code"), name="subject_class_region"),
            models.Index(fields=("size", "region", "code"), name="subject_size_region"),
            models.Index(
                fields=("region", "code"), name="subject_inactive_region", condition=Q(is_active=False)
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
            _length("division", 2, "product_division_length"),
            models.CheckConstraint(name="product_has_a_name", condition=~Q(name="")),
        )
        indexes = (
            models.Index(fields=("name",), name="product_name"),
            models.Index(fields=("division",), name="product_division"),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.model}".strip()


class Inspector(models.Model):
    """A person of an inspection unit who may be drawn to check a subject."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(max_length=32, unique=True)
    name = models.CharField(max_length=64)
    region = models.CharField(max_length=6)
    unit = models.CharField(max_length=120)
    fields = models.JSONField(default=list)
    conflicts = models.JSONField(default=list)
    is_active = models.BooleanField(default=True)
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = (
            _length("region", 6, "inspector_region_length"),
            models.CheckConstraint(name="inspector_has_a_code", condition=~Q(code="")),
            models.CheckConstraint(name="inspector_has_a_name", condition=~Q(name="")),
        )
        indexes = (models.Index(fields=("region", "code"), name="inspector_region_code"),)

    def __str__(self) -> str:
        return f"{self.name} ({self.code})"


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
            _one_of("kind", STANDINGS, "standing_kind_known"),
            _one_of("value", CLASSES, "standing_value_known"),
            models.CheckConstraint(name="standing_has_a_reason", condition=~Q(reason="")),
            models.UniqueConstraint(
                fields=("subject", "kind", "source_entry"), name="standing_once_an_entry"
            ),
        )
        indexes = (models.Index(fields=("subject", "kind", "-valid_from"), name="standing_latest"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.value} {self.valid_from}"


class Frame(InsertOnly):
    """The list of subjects that a draw may pick from, frozen, counted and hashed, with their output.

    ``outputs`` is the output of its units by province and division, as decimal texts: what weighs the
    divisions of a released figure is settled here, before anything is drawn.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    region = models.CharField(max_length=6)
    as_of = models.DateField()
    purpose = models.CharField(max_length=80)
    definition = models.TextField()
    unit_count = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    evidence_sha = models.CharField(max_length=64)
    strata = models.JSONField()
    outputs = models.JSONField()
    outputs_sha256 = models.CharField(max_length=64)
    frozen_at = models.DateTimeField()

    class Meta:
        ordering = ("-frozen_at", "-id")
        constraints = (
            _length("region", 6, "frame_region_length"),
            _length("sha256", 64, "frame_hash_length"),
            _length("outputs_sha256", 64, "frame_outputs_hash_length"),
            models.CheckConstraint(name="frame_is_not_empty", condition=Q(unit_count__gt=0)),
            models.UniqueConstraint(
                fields=("region", "as_of", "purpose", "sha256", "outputs_sha256"), name="frame_frozen_once"
            ),
        )
        indexes = (models.Index(fields=("region", "-as_of"), name="frame_region_as_of"),)

    def __str__(self) -> str:
        return f"{self.region} {self.as_of} {self.sha256[:12]}"
