"""The Django app of people; it hands the house clock to the ledger."""

from django.apps import AppConfig


class Config(AppConfig):
    """Registers people with Django."""

    name = "zhiheng.people"
    label = "people"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let the ledger read the one clock."""
        from zhiheng.ledger import instants
        from zhiheng.people import clock

        instants.use_clock(clock.now)
