"""The Django app of ledger."""

from django.apps import AppConfig


class Config(AppConfig):
    """Registers ledger with Django."""

    name = "zhiheng.ledger"
    label = "ledger"
    default_auto_field = "django.db.models.BigAutoField"
