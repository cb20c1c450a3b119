"""Starts Django for a command or a server: chooses the settings, makes the folder of the data."""

from __future__ import annotations

import os
from pathlib import Path


def start(demo: bool | None = None, var: Path | str | None = None) -> None:
    """Configure Django once; ``demo`` and ``var`` win over the environment and reach child processes.

    Imported late, so that commands of the pure floors never pay for Django.
    """
    if demo is not None:
        os.environ["ZHIHENG_DEMO"] = "1" if demo else "0"
    if var is not None:
        os.environ["ZHIHENG_VAR"] = str(Path(var).resolve())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "zhiheng.site.settings")

    import django
    from django.conf import settings

    settings.VAR.mkdir(parents=True, exist_ok=True)
    django.setup()
