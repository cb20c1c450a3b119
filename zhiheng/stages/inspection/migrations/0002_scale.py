"""Writes the class of the drawn unit on its visit, and the indexes that the board and the lists walk."""

from __future__ import annotations

from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def fill(apps, schema_editor):
    """Copy the class of each drawn unit to its visit."""
    visits = apps.get_model("inspection", "Visit").objects.using(schema_editor.connection.alias)
    drawn = apps.get_model("draw", "Selection").objects.filter(pk=OuterRef("selection"))
    visits.update(stratum=Subquery(drawn.values("stratum")[:1]))


class Migration(migrations.Migration):
    """The second step of inspection."""

    dependencies = (("inspection", "0001_first"),)

    operations = (
        migrations.RemoveIndex(model_name="visit", name="visit_board"),
        migrations.RemoveIndex(model_name="visit", name="visit_region_state"),
        migrations.AddField(
            model_name="visit",
            name="stratum",
            field=models.CharField(default="", max_length=8, verbose_name="stratum"),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
        migrations.AddIndex(
            model_name="visit", index=models.Index(fields=["state", "region"], name="visit_state_region")
        ),
        migrations.AddIndex(
            model_name="visit",
            index=models.Index(fields=["period", "draw", "stratum", "region", "state"], name="visit_board"),
        ),
        migrations.AlterField(
            model_name="case", name="region", field=models.CharField(max_length=6, verbose_name="region")
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(fields=["state", "opened_on", "id"], name="case_state_opened"),
        ),
    )
