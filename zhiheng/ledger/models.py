"""What the ledger holds: entries in a chain, their subjects, evidence files, deliveries still to make.

Entry, EntrySubject and Evidence are append-only; triggers of the database refuse anything else (``guards``).
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from zhiheng.ledger.ids import uuid7

REGION = r"^[0-9]{6}$"


class Visibility(models.TextChoices):
    """Who may read an entry."""

    PUBLIC = "public"
    INTERNAL = "internal"
    RESTRICTED = "restricted"


class Head(models.Model):
    """The one row that says where the chain ends; whoever appends holds its lock."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    seq = models.PositiveBigIntegerField(default=0)
    hash = models.CharField(max_length=64)

    class Meta:
        constraints = (models.CheckConstraint(condition=Q(id=1), name="ledger_one_head"),)

    def __str__(self) -> str:
        return f"head at {self.seq}"


class Entry(models.Model):
    """One thing that happened; its hash binds it to all entries before it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    seq = models.PositiveBigIntegerField(unique=True)
    at = models.DateTimeField()
    verb = models.CharField(max_length=64)
    visibility = models.CharField(max_length=10, choices=Visibility)
    actor = models.JSONField()
    region = models.CharField(max_length=6)
    detail = models.JSONField()
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ("-seq",)
        # No more indexes than somebody reads by: thousands of entries a second are written here.
        indexes = (
            models.Index(fields=["region", "seq"], name="ledger_entry_of_a_region"),
            models.Index(fields=["seq"], name="ledger_entry_public", condition=Q(visibility="public")),
        )
        constraints = (
            models.CheckConstraint(condition=Q(seq__gte=1), name="ledger_entry_counts_from_one"),
            models.CheckConstraint(
                condition=Q(visibility__in=Visibility.values), name="ledger_entry_visibility"
            ),
        )

    def __str__(self) -> str:
        return f"{self.seq} {self.verb}"


class EntrySubject(models.Model):
    """One thing an entry is about; the time line of a thing is the entries that name it.

    It may be written before its entry, in one transaction; the check of the chain sees that the entry exists.
    """

    pk = models.CompositePrimaryKey("entry_id", "position")
    entry = models.ForeignKey(
        Entry, models.PROTECT, related_name="subjects", db_constraint=False, db_index=False
    )
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=32)
    key = models.CharField(max_length=128)

    class Meta:
        ordering = ("entry", "position")
        constraints = (
            models.UniqueConstraint(fields=["kind", "key", "entry"], name="ledger_subject_timeline"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class Sealed(models.Model):
    """Where a public entry stands in a log; the log itself lies in files (``ledger.sealing``).

    ``at`` is when its row was written, after the checkpoint that covers it was signed.
    """

    entry = models.OneToOneField(Entry, models.PROTECT, primary_key=True, related_name="sealed")
    seq = models.PositiveBigIntegerField(unique=True)
    log = models.CharField(max_length=200)
    place = models.PositiveBigIntegerField()
    at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["log", "place"], name="ledger_sealed_place"),)

    def __str__(self) -> str:
        return f"{self.log} {self.place}"


class Anchor(models.Model):
    """Where the national log holds a signed checkpoint of a shard."""

    log = models.CharField(max_length=200, db_index=True)
    size = models.PositiveBigIntegerField()
    note = models.TextField()
    national = models.CharField(max_length=200)
    place = models.PositiveBigIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["national", "place"], name="ledger_anchor_place"),)

    def __str__(self) -> str:
        return f"{self.log} {self.size}"


class Words(models.Model):
    """What a person wrote, which an entry binds by its salted number; this row alone holds text and salt.

    ``model``, ``field`` and ``row`` name the record that shows the same words.
    """

    commitment = models.CharField(max_length=64, primary_key=True)
    salt = models.CharField(max_length=64)
    text = models.TextField()
    model = models.CharField(max_length=64, blank=True)
    field = models.CharField(max_length=32, blank=True)
    row = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = (
            models.CheckConstraint(condition=~Q(salt="") & ~Q(text=""), name="ledger_words_are_whole"),
        )

    def __str__(self) -> str:
        return self.commitment[:12]


class Evidence(models.Model):
    """A file known by the SHA-256 of its bytes; the bytes lie under ``VAR/evidence``."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=100)
    stored_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.sha256[:12]} {self.name}"


class Delivery(models.Model):
    """One handler that an entry has still to reach, or has reached."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="deliveries")
    handler = models.CharField(max_length=200)
    attempts = models.PositiveIntegerField(default=0)
    next_attempt_at = models.DateTimeField()
    delivered_at = models.DateTimeField(null=True)
    last_error = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ("next_attempt_at", "id")
        constraints = (models.UniqueConstraint(fields=["entry", "handler"], name="ledger_delivery_once"),)
        indexes = (
            models.Index(
                fields=["next_attempt_at"],
                name="ledger_delivery_waiting",
                condition=Q(delivered_at__isnull=True),
            ),
        )

    def __str__(self) -> str:
        return f"{self.handler} {'done' if self.delivered_at else 'waiting'}"


class Turn(models.Model):
    """When a job of the schedule last had its turn; whoever runs it holds the row."""

    job = models.CharField(max_length=100, primary_key=True)
    began_at = models.DateTimeField()
    last_error = models.CharField(max_length=64, blank=True)

    def __str__(self) -> str:
        return self.job
