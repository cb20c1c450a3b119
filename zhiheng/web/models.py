"""What the shell keeps between two requests: drafts, submissions already done, uploads under way."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from zhiheng.ledger.ids import uuid7


class Draft(models.Model):
    """A form a person began, or got back with reasons; one for each form and thing."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    form_id = models.CharField(max_length=64)
    key = models.CharField(max_length=64, blank=True)
    title = models.CharField(max_length=120, blank=True)
    url = models.CharField(max_length=300, blank=True)
    data = models.JSONField(default=dict)
    reasons = models.JSONField(default=dict)
    updated_at = models.DateTimeField()

    class Meta:
        ordering = ("-updated_at",)
        constraints = (models.UniqueConstraint(fields=["person", "form_id", "key"], name="web_draft_once"),)

    def __str__(self) -> str:
        return f"{self.form_id} {self.key}".strip()


class Submission(models.Model):
    """A form that was acted upon; the same token again gets the first answer."""

    token = models.UUIDField(primary_key=True, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    purpose = models.CharField(max_length=64)
    result = models.JSONField(default=dict)
    done_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.purpose} {self.token}"


class Upload(models.Model):
    """A list somebody uploaded: seen, mapped, checked, then stored once or put aside.

    The rows lie in a file of their own until the person decides; afterwards they are removed.
    """

    class State(models.TextChoices):
        """Where an upload stands."""

        READ = "read"
        CHECKED = "checked"
        STORED = "stored"
        DISCARDED = "discarded"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    spec = models.CharField(max_length=64)
    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=16, choices=State, default=State.READ)
    header_row = models.PositiveIntegerField(default=1)
    mapping = models.JSONField(default=dict)
    said = models.JSONField(default=dict)
    summary = models.JSONField(default=dict)
    token = models.UUIDField(unique=True, default=uuid7, editable=False)
    uploaded_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-uploaded_at",)
        indexes = (models.Index(fields=["person", "state"], name="web_upload_person_state"),)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=["read", "checked", "stored", "discarded"]),
                name="web_upload_state",
            ),
        )

    def __str__(self) -> str:
        return self.name


class KnownList(models.Model):
    """A list as an office writes it: which column holds what, confirmed once, and how its own form looks.

    The same header in the same region is understood in the same way again; ``look`` is what an export in the
    office's own form is built from. It holds no row of the list, and ``source`` names the evidence.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    spec = models.CharField(max_length=64)
    region = models.CharField(max_length=6)
    signature = models.CharField(max_length=64)
    header_row = models.PositiveIntegerField()
    mapping = models.JSONField()
    said = models.JSONField(default=dict)
    look = models.JSONField(default=dict)
    source = models.CharField(max_length=64)
    confirmed_at = models.DateTimeField()

    class Meta:
        ordering = ("-confirmed_at",)
        indexes = (models.Index(fields=["spec", "region", "-confirmed_at"], name="web_known_list_newest"),)
        constraints = (
            models.UniqueConstraint(fields=["spec", "region", "signature"], name="web_known_list_once"),
            models.CheckConstraint(
                condition=models.Q(region__regex=r"^[0-9]{6}$"), name="web_known_list_region"
            ),
            models.CheckConstraint(condition=models.Q(header_row__gte=1), name="web_known_list_header_row"),
        )

    def __str__(self) -> str:
        return f"{self.spec} {self.region} {self.signature[:12]}"
