"""The Django app of the inspection stage: fills the slots of earlier rooms."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Config(AppConfig):
    """Registers the inspection stage with Django."""

    name = "zhiheng.stages.inspection"
    label = "inspection"
    verbose_name = _("Inspections and cases")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Fill the slots."""
        from . import slots

        slots.fill()
