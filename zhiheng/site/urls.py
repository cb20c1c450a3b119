"""All addresses: the shell first, then each stage in the order of the loop."""

from __future__ import annotations

from django.urls import include, path

from zhiheng.stages import ORDER

_ROOMS = ("zhiheng.web", *(f"zhiheng.stages.{name}" for name in ORDER))

urlpatterns = [
    *(path("", include(f"{room}.urls")) for room in _ROOMS),
    path("api/v1/", include("zhiheng.site.api")),
]

handler400 = "zhiheng.web.problems.bad_request"
handler403 = "zhiheng.web.problems.not_allowed"
handler404 = "zhiheng.web.problems.not_found"
handler500 = "zhiheng.web.problems.server_error"
