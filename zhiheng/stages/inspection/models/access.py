"""What a firm does on its own page by code, and the second word that inspectors add."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from zhiheng.ledger.ids import uuid7

from ..firm_labels import SENT_KINDS
from .cases import Case, Party
from .kept import InsertOnly
from .visits import Visit


class AccessCode(models.Model):
    """The key of a firm to its own page: shown once, kept as a slow salted hash, one in force for a firm.

    With a party it is the key of that producer or platform, to this one case of the subject and no other.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subject = models.ForeignKey("registry.Subject", on_delete=models.PROTECT, related_name="+")
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="access_codes")
    party = models.ForeignKey(Party, null=True, on_delete=models.PROTECT, related_name="access_codes")
    digest = models.CharField(max_length=128)
    mark = models.CharField(max_length=8)
    issued_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    failures = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True)
    session = models.CharField(max_length=64, blank=True, default="")
    opened_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("subject",),
                condition=Q(ended_at__isnull=True, party__isnull=True),
                name="access_code_one_in_force",
            ),
            models.UniqueConstraint(
                fields=("party",),
                condition=Q(ended_at__isnull=True, party__isnull=False),
                name="access_code_one_a_party",
            ),
            models.CheckConstraint(name="access_code_ends", condition=Q(expires_at__gt=F("issued_at"))),
        )

    def __str__(self) -> str:
        return f"{self.issued_at:%Y-%m-%d}"

    @property
    def organisation(self) -> str:
        """The social credit code that is typed with this key."""
        return self.party.code if self.party is not None else self.subject.code

    @property
    def name(self) -> str:
        """The name of who holds this key."""
        return self.party.name if self.party is not None else self.subject.name

    @property
    def region(self) -> str:
        """Where an entry about this key belongs: with the firm, or with the case of the party."""
        return self.visit.region if self.party is not None else self.subject.region


class Sent(InsertOnly):
    """What a firm sent in through its own page; the entry of the ledger that names it is its receipt."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    token = models.UUIDField(unique=True)
    access = models.ForeignKey(AccessCode, on_delete=models.PROTECT, related_name="sent")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="sent")
    kind = models.CharField(max_length=12, choices=SENT_KINDS)
    said = models.TextField(max_length=2000, blank=True)
    files = models.JSONField(default=list)
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ("-recorded_at", "-id")
        constraints = (
            models.CheckConstraint(name="sent_kind_known", condition=Q(kind__in=tuple(dict(SENT_KINDS)))),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.recorded_at:%Y-%m-%d}"


class Confirmation(InsertOnly):
    """The word of the second inspector that the record of a visit is right, given from the own account."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    visit = models.OneToOneField(Visit, on_delete=models.PROTECT, related_name="confirmation")
    inspector = models.CharField(max_length=40)
    recorded_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.inspector} {self.recorded_at:%Y-%m-%d}"
