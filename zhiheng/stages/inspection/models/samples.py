"""A sample taken at a visit."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from zhiheng.ledger.ids import uuid7

from .visits import Visit


class Sample(models.Model):
    """A sample taken at a visit; without seal and laboratory no result can be recorded for it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    visit = models.OneToOneField(Visit, on_delete=models.PROTECT, related_name="sample")
    seal_no = models.CharField(_("seal number"), max_length=40, unique=True, null=True)
    product_name = models.CharField(_("product"), max_length=120)
    lab = models.CharField(_("laboratory"), max_length=40, blank=True, default="", db_index=True)
    custody = models.JSONField(default=list)

    class Meta:
        verbose_name = _("sample")

    def __str__(self) -> str:
        return self.seal_no or f"{self.product_name} (unsealed)"
