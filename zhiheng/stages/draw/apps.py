"""The Django app of the draw stage: fills the slots of earlier rooms."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Config(AppConfig):
    """Registers the draw stage with Django."""

    name = "zhiheng.stages.draw"
    label = "draw"
    verbose_name = _("Draws")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Fill the slots."""
        from . import slots

        slots.fill()
