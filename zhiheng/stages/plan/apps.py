"""The Django app of the plan stage: fills the slots of earlier rooms."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Config(AppConfig):
    """Registers the plan stage with Django."""

    name = "zhiheng.stages.plan"
    label = "plan"
    verbose_name = _("Plan and duties")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Fill the slots once all rooms are loaded."""
        from . import slots

        slots.fill()
