"""The key-product catalogue: what is to be watched in a year, why, and what is tested."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhiheng.ledger.ids import uuid7

from .kept import length, one_of

CATALOGUE_STATES = (
    ("candidate", _("Candidate")),
    ("issued", _("Issued")),
    ("dropped", _("Dropped")),
)
VERTICALS = (
    ("industrial", _("Industrial products")),
    ("consumer", _("Consumer goods")),
    ("building_material", _("Building materials")),
    ("food", _("Food")),
    ("engineering", _("Construction works")),
)


class CatalogueItem(models.Model):
    """One product category of a region's catalogue of a year, with its reason, hazards and test items.

    ``test_items`` is a list of ``{"item", "method", "unit", "limit", "limit_kind"}``; an unknown limit is
    null. ``is_full_coverage`` puts the category under the regime in which every producer is drawn in turn.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    region = models.CharField(max_length=6)
    year = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=32)
    name = models.CharField(max_length=120)
    vertical = models.CharField(max_length=20, choices=VERTICALS, default="industrial")
    divisions = models.JSONField(default=list)
    keywords = models.JSONField(default=list)
    reason = models.CharField(max_length=400)
    hazards = models.JSONField(default=list)
    test_items = models.JSONField(default=list)
    is_full_coverage = models.BooleanField(default=False)
    state = models.CharField(max_length=12, choices=CATALOGUE_STATES, default="candidate")
    state_reason = models.CharField(max_length=400, blank=True, default="")
    source = models.CharField(max_length=400, blank=True, default="")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ("-year", "region", "code")
        constraints = (
            length("region", 6, "catalogue_region_length"),
            one_of("state", CATALOGUE_STATES, "catalogue_state_known"),
            one_of("vertical", VERTICALS, "catalogue_vertical_known"),
            models.CheckConstraint(
                name="catalogue_item_has_name_and_reason",
                condition=~Q(code="") & ~Q(name="") & ~Q(reason=""),
            ),
            models.CheckConstraint(
                name="catalogue_item_dropped_with_a_reason",
                condition=~Q(state="dropped") | ~Q(state_reason=""),
            ),
            models.UniqueConstraint(fields=("region", "year", "code"), name="catalogue_item_once"),
        )
        indexes = (models.Index(fields=("year", "state", "region"), name="catalogue_year_state"),)

    def __str__(self) -> str:
        return f"{self.year} {self.name}"
