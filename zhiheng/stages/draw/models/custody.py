"""Who can open a draw besides the office: custodians, and the share of each in the secret of a draw."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhiheng.ledger.ids import uuid7
from zhiheng.proof import shares

from .draws import Draw


class Custodian(models.Model):
    """One of three bodies that hold shares for a region; ``person`` where it has an account here.

    ``public_key`` is the X25519 key of a body to which its shares are sealed, in hexadecimal.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    region = models.CharField(_("region"), max_length=6)
    office = models.CharField(_("office"), max_length=16)
    body = models.CharField(_("name of the body"), max_length=120)
    person = models.ForeignKey("people.Person", null=True, on_delete=models.PROTECT, related_name="+")
    public_key = models.CharField(_("public key"), max_length=64, blank=True, default="")
    named_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("custodian")
        ordering = ("region", "office", "-named_at")
        constraints = (
            models.UniqueConstraint(
                fields=("region", "office"),
                condition=Q(ended_at__isnull=True),
                name="one_custodian_an_office",
            ),
            models.CheckConstraint(name="custodian_office_known", condition=Q(office__in=shares.OFFICES)),
            models.CheckConstraint(name="custodian_has_a_name", condition=~Q(body="")),
        )

    def __str__(self) -> str:
        return self.body


class HeldShare(models.Model):
    """One seat of a draw: the commitment of its share, and the share itself until it is handed out.

    ``token`` is the share encrypted for this site, gone once it was shown; ``box`` is sealed to the key of
    its custodian. ``given`` is the share that came back after the day of the reveal, encrypted again.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    draw = models.ForeignKey(Draw, on_delete=models.PROTECT, related_name="held_shares")
    custodian = models.ForeignKey(Custodian, on_delete=models.PROTECT, related_name="held_shares")
    seat = models.PositiveSmallIntegerField()
    commitment = models.CharField(max_length=64)
    token = models.TextField(blank=True, default="")
    box = models.TextField(blank=True, default="")
    handed_at = models.DateTimeField(null=True)
    given = models.TextField(blank=True, default="")
    given_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("held share")
        ordering = ("draw", "seat")
        constraints = (
            models.UniqueConstraint(fields=("draw", "seat"), name="one_share_a_seat"),
            models.UniqueConstraint(fields=("draw", "custodian"), name="one_seat_a_custodian"),
            models.CheckConstraint(
                name="share_is_shown_once", condition=Q(handed_at__isnull=True) | Q(token="")
            ),
            models.CheckConstraint(
                name="share_given_with_its_day",
                condition=Q(given="", given_at__isnull=True) | ~Q(given="") & Q(given_at__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"{self.draw_id} {self.seat}"
