"""The addresses of the pages of places, which other pages lead to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from urllib.parse import urlencode

from django.urls import reverse


def url(code: str, day: date | None = None) -> str:
    """Return the address of the page of a region."""
    page = reverse("indicators:region", args=[code])
    return page if day is None else f"{page}?{urlencode({'as_of': day.isoformat()})}"


def compare_url(
    series: str, period: str, voice: str, codes: Sequence[str] = (), day: date | None = None
) -> str:
    """Return the address that sets regions beside each other; without codes all that have a number."""
    asked = {"series": series, "period": f"{period}|{voice}", "regions": ",".join(codes)}
    if day is not None:
        asked["as_of"] = day.isoformat()
    said = {name: text for name, text in asked.items() if text}
    return f"{reverse('indicators:compare')}?{urlencode(said)}"
