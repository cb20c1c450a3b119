"""The Django app of the shell: registers what the shell itself puts into its slots."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class Config(AppConfig):
    """Registers web with Django."""

    name = "zhiheng.web"
    label = "web"
    verbose_name = _("Administration")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Put the drafts and uploads a person left open on the workbench."""
        from zhiheng.web import forgetting, slots, started
        from zhiheng.web.administration import places

        slots.todo.add(started.provider)
        forgetting.fill()
        places.fill()
