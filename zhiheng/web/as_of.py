"""Pages as of a day: the day that an address names, and the way back to the page of today.

What was recorded by the end of the day counts, at the place of the site; so does what others had published
by then. A page that is not kept by day refuses to be asked for one, and so does every page for a day to come.
"""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from zhiheng.errors import BadInput
from zhiheng.people import clock

NAME = "as_of"
_READ = "zh_as_of_was_read"


def day(request: HttpRequest) -> date | None:
    """Return the day that the address names, or None; one that has not come yet is refused."""
    setattr(request, _READ, True)
    text = request.GET.get(NAME, "")
    if not text:
        return None
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise BadInput(
            _("“%(text)s” is not a day.") % {"text": text[:40]}, _("Write it like 2025-04-30.")
        ) from None
    if found > clock.today():
        raise BadInput(
            _("%(text)s has not come yet: nobody knows what will be known by then.") % {"text": text[:40]},
            _("Choose today or a day before it."),
        )
    return found


def refuse_unread(request: HttpRequest) -> None:
    """Refuse a day that the address names where the page did not look at it: it shows today alone.

    What was sent to a page has been done by then, so that only reading is refused.
    """
    if request.method not in ("GET", "HEAD"):
        return
    if request.GET.get(NAME) and not getattr(request, _READ, False):
        raise BadInput(
            _("This page is not kept by day; it shows what is known today."),
            _("Leave %(name)s out, or look at the history of a series.") % {"name": NAME},
        )


def end_of(day: date | None) -> datetime | None:
    """Return the last moment of a day at the place of the site; None for now."""
    return None if day is None else last_moment(day)


def last_moment(day: date) -> datetime:
    """Return the last moment of a day at the place of the site."""
    return timezone.make_aware(datetime.combine(day, time.max))


def with_day(url: str, day: date | None) -> str:
    """Return an address that shows its page as of the same day.

    >>> with_day("/figures/?region=330000", date(2025, 4, 30)), with_day("/figures/", None)
    ('/figures/?region=330000&as_of=2025-04-30', '/figures/')
    """
    if day is None or not url:
        return url
    page, mark, place = url.partition("#")
    return f"{page}{'&' if '?' in page else '?'}{urlencode({NAME: day.isoformat()})}{mark}{place}"


def told(request: HttpRequest) -> dict[str, Any]:
    """Return what ``web/as_of.html`` says: the day, if one is asked for, and the address of today's page."""
    given = request.GET.copy()
    given.pop(NAME, None)
    rest = given.urlencode()
    return {"day": day(request), "today_url": f"{request.path}?{rest}" if rest else request.path}
