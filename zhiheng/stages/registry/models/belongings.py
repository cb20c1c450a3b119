"""What belongs to a subject for a time: its sites, roles and brands; and the batches of its products."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhiheng.ledger.ids import uuid7

from .kept import in_order, length, one_of
from .subjects import Product, Subject

SITE_KINDS = (
    ("factory", _("Factory premises")),
    ("warehouse", _("Warehouse")),
    ("shop", _("Shop")),
    ("online", _("Online shop")),
    ("office", _("Office premises")),
)
ROLE_KINDS = (
    ("producer", _("Producer")),
    ("seller", _("Seller")),
    ("platform", _("Platform operator")),
    ("importer", _("Importer")),
    ("agent", _("Agent of a producer abroad")),
)


class Dated(models.Model):
    """A row that holds from a day on; its end is told once, later, and when it was told is kept."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    end_recorded_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField()

    class Meta:
        abstract = True


def dated(name: str) -> tuple[models.CheckConstraint, ...]:
    """Return the constraints of a dated row: days in order, and an end together with when it was told."""
    return (
        in_order(f"{name}_days_in_order"),
        models.CheckConstraint(
            name=f"{name}_end_was_told",
            condition=Q(valid_until__isnull=True, end_recorded_at__isnull=True)
            | Q(valid_until__isnull=False, end_recorded_at__isnull=False),
        ),
    )


class Site(Dated):
    """A place where a subject makes, keeps or sells goods; of an online shop, its address on the web."""

    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="sites")
    kind = models.CharField(max_length=12, choices=SITE_KINDS)
    name = models.CharField(max_length=120, blank=True, default="")
    address = models.CharField(max_length=200)
    region = models.CharField(max_length=6)

    class Meta:
        ordering = ("-valid_from", "-id")
        constraints = (
            *dated("site"),
            one_of("kind", SITE_KINDS, "site_kind_known"),
            length("region", 6, "site_region_length"),
            models.CheckConstraint(name="site_has_an_address", condition=~Q(address="")),
            models.UniqueConstraint(fields=("subject", "kind", "address", "valid_from"), name="site_once"),
        )
        indexes = (
            models.Index(fields=("region", "address", "id"), name="site_region_address"),
            models.Index(fields=("address", "id"), name="site_address"),
        )

    def __str__(self) -> str:
        return self.address


class SubjectRole(Dated):
    """A part that a subject plays in the market for a time."""

    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="roles")
    kind = models.CharField(max_length=12, choices=ROLE_KINDS)

    class Meta:
        ordering = ("-valid_from", "-id")
        constraints = (
            *dated("role"),
            one_of("kind", ROLE_KINDS, "role_kind_known"),
            models.UniqueConstraint(fields=("subject", "kind", "valid_from"), name="role_once"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.valid_from}"


class Brand(Dated):
    """A brand under which a subject sells, with the number of its trade mark where there is one."""

    subject = models.ForeignKey(Subject, on_delete=models.PROTECT, related_name="brands")
    name = models.CharField(max_length=120)
    mark_no = models.CharField(max_length=40, blank=True, default="")

    class Meta:
        ordering = ("-valid_from", "-id")
        constraints = (
            *dated("brand"),
            models.CheckConstraint(name="brand_has_a_name", condition=~Q(name="")),
            models.UniqueConstraint(fields=("subject", "name", "valid_from"), name="brand_once"),
        )
        indexes = (models.Index(fields=("name", "id"), name="brand_name"),)

    def __str__(self) -> str:
        return self.name


class Batch(models.Model):
    """A lot of a product as it was made: its number, days and quantity; unknown stays empty."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="batches")
    number = models.CharField(max_length=60)
    made_on = models.DateField(null=True)
    expires_on = models.DateField(null=True)
    quantity = models.DecimalField(max_digits=16, decimal_places=3, null=True)
    unit = models.CharField(max_length=16, blank=True, default="")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ("-made_on", "number")
        constraints = (
            models.CheckConstraint(
                name="batch_days_in_order",
                condition=Q(made_on__isnull=True)
                | Q(expires_on__isnull=True)
                | Q(expires_on__gte=models.F("made_on")),
                violation_error_message=_("The last day must not be before the first."),
            ),
            models.CheckConstraint(
                name="batch_quantity_with_unit",
                condition=Q(quantity__isnull=True, unit="") | Q(quantity__gt=0) & ~Q(unit=""),
            ),
            models.CheckConstraint(name="batch_has_a_number", condition=~Q(number="")),
            models.UniqueConstraint(fields=("product", "number"), name="product_batch_once"),
        )
        indexes = (models.Index(fields=("number", "id"), name="batch_number"),)

    def __str__(self) -> str:
        return self.number
