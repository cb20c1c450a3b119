"""A person who signs in, and the appointments that say what the person may do where."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from zhiheng.ledger.ids import uuid7
from zhiheng.people.roles import ADMINISTRATORS, ROLES


class Language(models.TextChoices):
    """In which language a person reads the pages."""

    CHINESE = "zh-hans", "简体中文"
    ENGLISH = "en", "English"


class Person(AbstractBaseUser):
    """Someone who signs in; rights come from appointments alone."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    login = models.CharField(
        max_length=64,
        unique=True,
        validators=[
            RegexValidator(
                r"^[A-Za-z0-9][A-Za-z0-9._@-]{1,63}\Z",
                _("Use two or more letters, digits or . _ @ - and start with a letter or digit."),
            )
        ],
    )
    display_name = models.CharField(max_length=64)
    language = models.CharField(max_length=8, choices=Language, default=Language.CHINESE)
    is_active = models.BooleanField(default=True)
    failed_sign_ins = models.PositiveSmallIntegerField(default=0)
    locked_until = models.DateTimeField(null=True, blank=True)
    must_change_password = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True, blank=True)

    # Set when a machine acts with a token: then no other appointment of this person counts.
    narrowed_to: UUID | None = None

    USERNAME_FIELD = "login"
    REQUIRED_FIELDS = ("display_name",)
    objects = BaseUserManager()

    class Meta:
        constraints = (
            models.CheckConstraint(condition=Q(language__in=Language.values), name="people_language"),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True) | Q(is_active=False), name="people_erased_is_closed"
            ),
        )

    def __str__(self) -> str:
        return self.display_name

    def is_locked(self, now: datetime) -> bool:
        """Say whether too many failed sign-ins keep this person out at a moment."""
        return self.locked_until is not None and now < self.locked_until

    def held_on(self, day: date) -> list[Appointment]:
        """Return the appointments in force on a day; they are read once for each copy of the person."""
        if "_appointments" not in self.__dict__:
            self.__dict__["_appointments"] = list(self.appointments.order_by("valid_from", "id"))
        held = [held for held in self.__dict__["_appointments"] if held.is_in_force(day)]
        return [one for one in held if self.narrowed_to in (None, one.pk)]

    def forget_appointments(self) -> None:
        """Read the appointments again at the next question."""
        self.__dict__.pop("_appointments", None)

    def refresh_from_db(self, *args: Any, **kwargs: Any) -> None:
        """Load the row again, and the appointments with it."""
        self.forget_appointments()
        super().refresh_from_db(*args, **kwargs)


class Appointment(models.Model):
    """A role that a person holds in a region, or for an organisation, from a day until a day.

    ``valid_to`` is the first day on which it no longer holds, so that ending it today takes effect at once.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="appointments")
    role = models.CharField(max_length=32, choices=[(role.id, role.zh) for role in ROLES.values()])
    region = models.CharField(max_length=6, db_index=True)
    organisation = models.CharField(max_length=64, blank=True, db_index=True)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("person", "valid_from", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(region__regex=r"^[0-9]{6}$"), name="people_appointment_region"
            ),
            models.CheckConstraint(condition=Q(role__in=list(ROLES)), name="people_appointment_role"),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")),
                name="people_appointment_ends_after_start",
            ),
            models.UniqueConstraint(
                fields=["person", "role", "region", "organisation"],
                condition=Q(valid_to__isnull=True),
                name="people_appointment_once",
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(valid_to__isnull=True, role__in=sorted(ADMINISTRATORS)),
                name="people_one_administrator_role",
            ),
        )

    def __str__(self) -> str:
        return f"{self.role} {self.region} {self.organisation}".strip()

    def is_in_force(self, day: date) -> bool:
        """Say whether the appointment holds on a day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


class ApiToken(models.Model):
    """A key with which a machine acts for one appointment; only its digest is kept.

    It reaches no further than the appointment, and ends with it, with its own last day, or when revoked.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, models.PROTECT, related_name="api_tokens")
    appointment = models.ForeignKey(Appointment, models.PROTECT, related_name="api_tokens")
    label = models.CharField(max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    expires_on = models.DateField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at", "-id")
        constraints = (
            models.CheckConstraint(condition=Q(digest__regex=r"^[0-9a-f]{64}$"), name="people_token_digest"),
        )

    def __str__(self) -> str:
        return self.label

    def is_open(self, day: date) -> bool:
        """Say whether the token may be used on a day; ``expires_on`` is its last one."""
        return self.revoked_at is None and day <= self.expires_on and self.appointment.is_in_force(day)
