"""Notices and their versions: a version is written once, and the database itself keeps it so."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from zhiheng.ledger.ids import uuid7
from zhiheng.proof import canonical
from zhiheng.reference import notices

from . import rules
from .refusals import refuse


class NumberSeries(models.Model):
    """The last number given in a region and year; whoever publishes holds its row, so none is left out."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    region = models.CharField(max_length=6)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("region", "year"), name="notice_numbers_once_a_year"),)

    def __str__(self) -> str:
        return rules.number(self.region, self.year, self.last)


class Notice(models.Model):
    """One notice under its permanent address; what it says stands in its versions.

    ``words`` are those of a draft as they were typed: they are masked when a version is made of them, and
    gone from here then. ``source`` is what the notice is filled from, a draw or a release.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.CharField(_("number"), max_length=24, blank=True, default="")
    kind = models.CharField(_("kind"), max_length=32)
    region = models.CharField(_("region"), max_length=6)
    state = models.CharField(_("state"), max_length=12, default=rules.DRAFTED)
    version = models.PositiveSmallIntegerField(_("version"), default=0)
    title = models.CharField(_("title"), max_length=200)
    title_en = models.CharField(max_length=200, blank=True, default="")
    source_kind = models.CharField(max_length=12, blank=True, default="")
    source_key = models.CharField(max_length=64, blank=True, default="")
    rule = models.CharField(_("masking"), max_length=48, default=rules.DEFAULT_RULE)
    event_on = models.DateField(_("day of the event"), null=True)
    words = models.JSONField(default=dict)
    is_hidden = models.BooleanField(default=False)
    issued_on = models.DateField(_("published on"), null=True)
    created_at = models.DateTimeField()
    moved_at = models.DateTimeField()

    class Meta:
        verbose_name = _("notice")
        ordering = ("-moved_at", "-id")
        constraints = (
            models.UniqueConstraint(
                fields=("number",), condition=~Q(number=""), name="notice_number_given_once"
            ),
            models.UniqueConstraint(
                fields=("kind", "source_kind", "source_key"),
                condition=Q(state__in=rules.TAKEN) & ~Q(source_key=""),
                name="notice_once_about_a_thing",
            ),
            models.CheckConstraint(
                name="notice_numbered_when_published",
                condition=Q(
                    state__in=(rules.DRAFTED, rules.DISCARDED), number="", version=0, issued_on__isnull=True
                )
                | Q(state__in=rules.PUBLIC, version__gte=1, issued_on__isnull=False) & ~Q(number=""),
            ),
            models.CheckConstraint(
                name="notice_typed_words_only_in_a_draft",
                condition=Q(state=rules.DRAFTED) | Q(words={}),
            ),
            models.CheckConstraint(
                name="notice_hidden_only_when_withdrawn",
                condition=Q(is_hidden=False) | Q(state=rules.WITHDRAWN),
            ),
        )
        indexes = (
            models.Index(fields=("state", "-issued_on", "id"), name="notice_by_day"),
            models.Index(fields=("region", "-issued_on", "id"), name="notice_by_region"),
            models.Index(fields=("source_kind", "source_key"), name="notice_by_source"),
            models.Index(fields=("title", "id"), name="notice_by_title"),
        )

    def __str__(self) -> str:
        return self.number or self.title

    @property
    def about_kind(self) -> notices.Kind:
        """The kind with its basis."""
        return notices.kind(self.kind)


class InsertOnly(models.Model):
    """A row that is written once; what changes is told by a newer version."""

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise TypeError("a published version is never changed; publish a correction")
        return super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise TypeError("a published version is never removed; withdraw the notice")


class NoticeVersion(InsertOnly):
    """One version of a notice: its canonical words, their digest, who signed them, when and why."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="versions")
    version = models.PositiveSmallIntegerField()
    act = models.CharField(max_length=12)
    content = models.TextField()
    sha256 = models.CharField(max_length=64, unique=True)
    reason = models.CharField(_("reason"), max_length=rules.MOST_REASON, blank=True, default="")
    note = models.TextField()
    vkey = models.CharField(max_length=200)
    actor_key = models.CharField(max_length=64)
    actor_role = models.CharField(max_length=40)
    actor_region = models.CharField(max_length=6)
    recorded_at = models.DateTimeField()

    class Meta:
        verbose_name = _("version of a notice")
        ordering = ("notice", "version")
        constraints = (
            models.UniqueConstraint(fields=("notice", "version"), name="notice_version_once"),
            models.CheckConstraint(
                name="notice_version_says_why",
                condition=Q(act=rules.ACTS["publish"], version=1, reason="")
                | Q(act__in=(rules.ACTS["correct"], rules.ACTS["withdraw"]), version__gt=1) & ~Q(reason=""),
            ),
        )

    def __str__(self) -> str:
        return f"v{self.version} {self.sha256[:12]}"

    @cached_property
    def said(self) -> dict[str, Any]:
        """The content as values, checked against the digest that was signed."""
        value = canonical.loads(self.content)
        if canonical.digest(value) != self.sha256:
            raise refuse("notice-altered")
        return value


class NoticeSubject(InsertOnly):
    """A thing that one version of a notice names: a draw, a release, a firm."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="subjects")
    version = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12)
    key = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("thing named in a notice")
        constraints = (
            models.UniqueConstraint(
                fields=("notice", "version", "kind", "key"), name="notice_names_a_thing_once"
            ),
        )
        indexes = (models.Index(fields=("kind", "key"), name="notice_subject_key"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"


class Look(models.Model):
    """One look of the public monitor at the public entries: when, and how far it read."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    looked_at = models.DateTimeField()
    entries = models.PositiveBigIntegerField()

    class Meta:
        ordering = ("-looked_at", "-id")

    def __str__(self) -> str:
        return f"{self.looked_at:%Y-%m-%d} {self.entries}"


class Observation(models.Model):
    """What the monitor found, since when, and until when it found it; it is never taken off the list."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    key = models.CharField(max_length=64, unique=True)
    rule = models.CharField(max_length=32)
    kind = models.CharField(max_length=8)
    subject = models.CharField(max_length=128)
    facts = models.JSONField(default=dict)
    entries = models.JSONField(default=list)
    found_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("kind", "-found_at", "subject", "id")

    def __str__(self) -> str:
        return f"{self.rule} {self.subject}"
