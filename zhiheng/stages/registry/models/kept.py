"""What all tables of the register share: insert-only rows, and constraints that say what they mean."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _


def one_of(field: str, choices: tuple, name: str, *, blank: bool = False) -> models.CheckConstraint:
    """Return the constraint that a field holds one of its choices."""
    values = [value for value, _label in choices] + ([""] if blank else [])
    return models.CheckConstraint(
        name=name,
        condition=Q(**{f"{field}__in": values}),
        violation_error_message=_("This value is not one of the allowed ones."),
    )


def length(field: str, size: int, name: str) -> models.CheckConstraint:
    """Return the constraint that a code has its length."""
    return models.CheckConstraint(
        name=name,
        condition=Exact(Length(field), size),
        violation_error_message=_("This code has a wrong length."),
    )


def in_order(name: str, first: str = "valid_from", last: str = "valid_until") -> models.CheckConstraint:
    """Return the constraint that a time does not end before it begins; an open end is allowed."""
    return models.CheckConstraint(
        name=name,
        condition=Q(**{f"{last}__isnull": True}) | Q(**{f"{last}__gte": F(first)}),
        violation_error_message=_("The last day must not be before the first."),
    )


class InsertOnly(models.Model):
    """A row that is written once; what changes is told by a newer row."""

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        if not self._state.adding:
            raise TypeError("this row is never changed; write a newer one")
        return super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise TypeError("this row is never removed; write a newer one")
