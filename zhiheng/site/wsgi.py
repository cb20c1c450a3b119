"""The WSGI application that ``zhiheng serve`` (granian) or any other server runs."""

from __future__ import annotations

from zhiheng.site import setup

setup.start()

from django.core.wsgi import get_wsgi_application  # noqa: E402 - settings must be chosen first

application = get_wsgi_application()
