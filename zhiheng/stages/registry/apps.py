"""The Django app of the registry stage: fills the slots of earlier rooms."""

from django.apps import AppConfig


class Config(AppConfig):
    """Registers the registry stage with Django."""

    name = "zhiheng.stages.registry"
    label = "registry"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Fill the slots once all rooms are loaded."""
        from . import slots

        slots.fill()
