"""The database itself refuses to change or drop what was written to the ledger."""

from django.db import migrations

from zhiheng.ledger import guards


def install(_apps, schema_editor):
    guards.install(schema_editor.connection)


def remove(_apps, schema_editor):
    guards.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_first")]
    operations = [migrations.RunPython(install, remove, elidable=False)]
