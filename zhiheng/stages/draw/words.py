"""Says the refusals of a stage's rules in the language of the reader."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.utils.translation import gettext

from zhiheng.errors import NotFound, ZhihengError

from .refusals import REFUSALS, Refusal

Action = TypeVar("Action", bound=Callable[..., Any])


def spoken(table: dict[str, Refusal] = REFUSALS) -> Callable[[Action], Action]:
    """Wrap an action so that a refusal from the table reads in the language of the person acting."""

    def wrap(action: Action) -> Action:
        @wraps(action)
        def said(*args: Any, **kwargs: Any) -> Any:
            try:
                return action(*args, **kwargs)
            except ZhihengError as error:
                raise translated(error, table) from error

        return said  # type: ignore[return-value]

    return wrap


def translated(error: ZhihengError, table: dict[str, Refusal] = REFUSALS) -> ZhihengError:
    """Return the same refusal in the active language; one that the table does not know stays as it is."""
    if error.code not in table:
        return error
    _, cause, remedy = table[error.code]
    try:
        said = gettext(cause) % error.facts, gettext(remedy) % error.facts
    except KeyError:
        return error
    return type(error)(*said, code=error.code, **error.facts)


def not_found() -> NotFound:
    """Return the refusal for a record that is not there, or not for this reader."""
    return NotFound(
        gettext("There is no such record, or it lies outside your appointment."),
        gettext("Check the address, or look for it in the list."),
    )
