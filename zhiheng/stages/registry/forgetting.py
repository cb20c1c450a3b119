"""Erases the name of an inspector whose account is erased; the number stays, since draws name it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from zhiheng.errors import RuleRefused
from zhiheng.ledger.insert_only import ERASED
from zhiheng.people import erasing
from zhiheng.people.models import Person

from .models import Inspector, Qualification


def fill() -> None:
    """Let an erasure reach the register."""
    erasing.reaches("registry.Inspector", inspector)


def inspector(person: Person) -> None:
    """Erase the name behind the numbers that an account held, once they have been struck off the list."""
    rows = Inspector.objects.select_for_update().filter(code__in=_numbers(person))
    if any(row.is_active for row in rows):
        raise RuleRefused(
            _("This person is still on the list of inspectors."),
            _("Strike the inspector off the list first; then the account can be erased."),
            code="person-in-use",
        )
    Qualification.objects.filter(inspector__in=rows).update(person=ERASED)
    rows.update(name=ERASED)


def _numbers(person: Person) -> list[str]:
    held = person.appointments.filter(role="inspector").exclude(organisation="")
    return list(held.values_list("organisation", flat=True))
