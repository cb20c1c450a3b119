"""The Django app of the registry stage: fills the slots of earlier rooms."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Config(AppConfig):
    """Registers the registry stage with Django."""

    name = "zhiheng.stages.registry"
    label = "registry"
    verbose_name = _("Registers")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Fill the slots once all rooms are loaded."""
        from . import forgetting, slots

        slots.fill()
        forgetting.fill()
