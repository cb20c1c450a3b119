"""The key-product catalogue: what is to be watched in a year, why, and what is tested."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhiheng.ledger.ids import uuid7

from .kept import InsertOnly, length, one_of

CATALOGUE_STATES = (
    ("candidate", _("Candidate")),
    ("issued", _("Issued")),
    ("dropped", _("Dropped")),
    ("ended", _("Taken out by a supplement")),
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

    ``test_items`` is a list of ``{"item", "method", "unit", "limit", "limit_kind", "source", "confidence"}``;
    an unknown limit is null. ``is_full_coverage`` puts the category under the regime in which every producer
    is drawn in turn. A candidate may change; an issued row never does: what changes afterwards is a row of a
    later ``supplement`` (0 is the first issue), issued or ended; the latest of a code tells what holds.
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
    supplement = models.PositiveSmallIntegerField(default=0)
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ("-year", "region", "code", "-supplement")
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
                condition=~Q(state__in=("dropped", "ended")) | ~Q(state_reason=""),
            ),
            models.UniqueConstraint(
                fields=("region", "year", "code", "supplement"), name="catalogue_item_once"
            ),
            models.UniqueConstraint(
                fields=("region", "year", "code"),
                condition=Q(state="candidate"),
                name="catalogue_one_candidate",
            ),
        )
        indexes = (models.Index(fields=("year", "state", "region"), name="catalogue_year_state"),)

    def __str__(self) -> str:
        return f"{self.year} {self.name}"

    def save(self, *args, **kwargs):
        if not self._state.adding and getattr(self, "_was", "candidate") in ("issued", "ended"):
            raise TypeError("an issued item is never changed; write a supplement")
        super().save(*args, **kwargs)
        self._was = self.state

    def delete(self, *args, **kwargs):
        raise TypeError("an item is never removed; drop it with a reason")

    @classmethod
    def from_db(cls, db, field_names, values):
        """Remember the state that was read: only a candidate may be written again."""
        found = super().from_db(db, field_names, values)
        found._was = found.__dict__.get("state", "")
        return found


class CatalogueIssue(InsertOnly):
    """One issue of a region's catalogue of a year: number 0 is the whole, later numbers are supplements.

    ``sha256`` is the hash of the canonical file of all items that hold from then on, kept as evidence.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    region = models.CharField(max_length=6)
    year = models.PositiveSmallIntegerField()
    number = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=400)
    item_count = models.PositiveIntegerField()
    changed_count = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    issued_at = models.DateTimeField()

    class Meta:
        ordering = ("-year", "region", "-number")
        constraints = (
            length("region", 6, "catalogue_issue_region_length"),
            length("sha256", 64, "catalogue_issue_hash_length"),
            models.CheckConstraint(name="catalogue_issue_has_a_reason", condition=~Q(reason="")),
            models.UniqueConstraint(fields=("region", "year", "number"), name="catalogue_issued_once"),
        )

    def __str__(self) -> str:
        return f"{self.region} {self.year} {self.number}"
