"""The Django app of the disclosure stage: fills the slots of earlier rooms."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Config(AppConfig):
    """Registers the disclosure stage with Django."""

    name = "zhiheng.stages.disclosure"
    label = "disclosure"
    verbose_name = _("Disclosure")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Fill menu, to-do list, panels and the words of the time line."""
        from . import slots

        slots.fill()
