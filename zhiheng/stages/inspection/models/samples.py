"""A sample taken at a visit, its sealed parts, how it was paid for, and through whose hands it went."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhiheng.ledger.ids import uuid7

from ..labels import GROUNDS, MOVES, PARTS
from ..rules import sampling
from .kept import InsertOnly
from .visits import Visit


class Sample(models.Model):
    """A sample taken at a visit; without seal and laboratory no result can be recorded for it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    visit = models.OneToOneField(Visit, on_delete=models.PROTECT, related_name="sample")
    seal_no = models.CharField(_("seal number"), max_length=40, unique=True, null=True)
    product_name = models.CharField(_("product"), max_length=120)
    lab = models.CharField(_("laboratory"), max_length=40, blank=True, default="", db_index=True)
    custody = models.JSONField(default=list)
    brand = models.CharField(_("brand"), max_length=80, blank=True, default="")
    model = models.CharField(_("model or grade"), max_length=80, blank=True, default="")
    batch_no = models.CharField(_("batch number"), max_length=80, blank=True, default="")
    made_on = models.CharField(_("date of manufacture"), max_length=40, blank=True, default="")
    quantity = models.CharField(_("quantity"), max_length=40, blank=True, default="")
    standard = models.CharField(_("standard on the label"), max_length=80, blank=True, default="")
    producer_name = models.CharField(_("producer on the label"), max_length=120, blank=True, default="")
    producer_code = models.CharField(_("code of the producer"), max_length=18, blank=True, default="")
    producer_region = models.CharField(_("region of the producer"), max_length=6, blank=True, default="")

    class Meta:
        verbose_name = _("sample")

    def __str__(self) -> str:
        return self.seal_no or f"{self.product_name} (unsealed)"


class Specimen(InsertOnly):
    """One sealed part of a sample: a further unit to be tested, or the spare one kept for a re-test."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sample = models.ForeignKey(Sample, on_delete=models.PROTECT, related_name="specimens")
    role = models.CharField(_("use"), max_length=5, choices=PARTS)
    seal_no = models.CharField(_("seal number"), max_length=40, unique=True)
    model = models.CharField(_("model or grade"), max_length=80, blank=True, default="")
    batch_no = models.CharField(_("batch number"), max_length=80, blank=True, default="")
    quantity = models.CharField(_("quantity"), max_length=40, blank=True, default="")
    kept_at = models.CharField(_("where it is kept"), max_length=120)
    recorded_at = models.DateTimeField()

    class Meta:
        verbose_name = _("part of a sample")
        ordering = ("role", "seal_no")
        constraints = (
            models.CheckConstraint(
                name="specimen_has_seal_and_place", condition=~Q(seal_no="") & ~Q(kept_at="")
            ),
            models.CheckConstraint(name="specimen_role_known", condition=Q(role__in=tuple(dict(PARTS)))),
        )

    def __str__(self) -> str:
        return f"{self.role} {self.seal_no}"


class Move(InsertOnly):
    """One step of the custody of a sample: when, where, from whom to whom, under which seal, in which state.

    Organisations and certificate numbers stand here, never a person's name.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sample = models.ForeignKey(Sample, on_delete=models.PROTECT, related_name="moves")
    specimen = models.ForeignKey(Specimen, null=True, on_delete=models.PROTECT, related_name="moves")
    kind = models.CharField(_("step"), max_length=12, choices=MOVES)
    at = models.DateTimeField()
    place = models.CharField(_("place"), max_length=120, blank=True, default="")
    giver = models.CharField(_("from"), max_length=64)
    taker = models.CharField(_("to"), max_length=64)
    seal = models.CharField(_("seal number"), max_length=40, db_index=True)
    is_seal_intact = models.BooleanField(_("seal intact"), null=True)
    condition = models.CharField(_("condition"), max_length=200, blank=True, default="")
    temperature = models.CharField(_("temperature in ℃"), max_length=12, blank=True, default="")
    ground = models.CharField(_("ground"), max_length=12, choices=GROUNDS, blank=True, default="")
    reason = models.CharField(_("reason"), max_length=400, blank=True, default="")

    class Meta:
        verbose_name = _("step of custody")
        ordering = ("at", "id")
        constraints = (
            models.CheckConstraint(name="move_kind_known", condition=Q(kind__in=tuple(dict(MOVES)))),
            models.CheckConstraint(
                name="move_received_only_with_its_seal",
                condition=~Q(kind="received") | Q(is_seal_intact=True),
            ),
            models.CheckConstraint(
                name="move_refused_with_its_reason",
                condition=~Q(kind__in=("refused", "lost")) | ~Q(reason="", ground__in=("", sampling.OTHER)),
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.giver} -> {self.taker}"


class Purchase(InsertOnly):
    """What was paid for a sample and where; bought under a consumer's name, and the name is not kept."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sample = models.OneToOneField(Sample, on_delete=models.PROTECT, related_name="purchase")
    platform = models.CharField(_("platform"), max_length=120, blank=True, default="")
    platform_code = models.CharField(_("code of the platform"), max_length=18, blank=True, default="")
    shop = models.CharField(_("shop on the platform"), max_length=120, blank=True, default="")
    price_paid = models.DecimalField(_("price paid in yuan"), max_digits=12, decimal_places=2)
    bought_on = models.DateField(_("bought on"))
    order_sha = models.CharField(max_length=64, blank=True, default="")
    recorded_at = models.DateTimeField()

    class Meta:
        verbose_name = _("purchase")
        constraints = (
            models.CheckConstraint(name="purchase_price_not_negative", condition=Q(price_paid__gte=0)),
            models.CheckConstraint(
                name="purchase_online_with_its_order", condition=Q(platform="") | ~Q(order_sha="")
            ),
        )

    def __str__(self) -> str:
        return f"{self.price_paid} {self.bought_on}"
