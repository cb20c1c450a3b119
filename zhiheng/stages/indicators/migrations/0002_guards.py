"""The database itself refuses to change or drop what was released."""

from django.db import migrations

from zhiheng.stages.indicators.guards import GUARDS


def install(_apps, schema_editor):
    GUARDS.install(schema_editor.connection)


def remove(_apps, schema_editor):
    GUARDS.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("indicators", "0001_first")]
    operations = [migrations.RunPython(install, remove, elidable=False)]
