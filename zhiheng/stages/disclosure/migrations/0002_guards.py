"""The database itself refuses to change or drop what notices write once."""

from django.db import migrations

from zhiheng.stages.disclosure.guards import GUARDS


def install(_apps, schema_editor):
    GUARDS.install(schema_editor.connection)


def remove(_apps, schema_editor):
    GUARDS.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("disclosure", "0001_first")]
    operations = [migrations.RunPython(install, remove, elidable=False)]
