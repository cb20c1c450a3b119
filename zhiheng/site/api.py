"""The API at /api/v1: the routers of the stages under one key, one shape of a problem, no page of its own.

The description is ``/api/v1/openapi.json``; the guides show it in use. A page that draws it would load
scripts from another host, so there is none.
"""

from __future__ import annotations

from typing import Any

from django.urls import URLPattern
from ninja import NinjaAPI

import zhiheng
from zhiheng.stages.inspection.api import router as lab
from zhiheng.web import api as shared


class Api(NinjaAPI):
    """Says in its description that a refusal comes as application/problem+json."""

    def get_openapi_schema(self, **kwargs: Any) -> Any:
        """Return the description, the content type of each refusal corrected."""
        schema = super().get_openapi_schema(**kwargs)
        for operations in schema["paths"].values():
            for operation in operations.values():
                for status, answer in operation["responses"].items():
                    if int(status) >= 400 and "content" in answer:
                        answer["content"] = {shared.JSON: answer["content"]["application/json"]}
        return schema


api = Api(
    title="质衡 Zhiheng",
    version=zhiheng.__version__,
    description="A laboratory's samples, drafts and reports. 检验机构的样品、报告草稿与报告。",
    docs_url=None,
    urls_namespace="api",
    auth=shared.Key(),
)
shared.install(api)
api.add_router("/lab", lab)

_DESCRIPTION = ("openapi-json", "api-root")


def _addresses() -> list[URLPattern]:
    """Return the addresses of the API, each with the mark of the gate; its root gives the description too."""
    found = list(api.urls[0])
    description = next(pattern.callback for pattern in found if pattern.name == "openapi-json")
    for pattern in found:
        is_description = pattern.name in _DESCRIPTION
        view = description if is_description else pattern.callback
        pattern.callback = shared.marked(view, public=is_description)
    return found


app_name = "api"
urlpatterns = _addresses()
