"""A producer and a platform hold codes of their own, each for its one case."""

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """Adds the party and the mark of a code, one code in force for each party, and the notices to parties."""

    dependencies = [("inspection", "0001_first")]

    operations = [
        migrations.AddField(
            "accesscode",
            "party",
            models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="access_codes",
                to="inspection.party",
            ),
        ),
        migrations.AddField(
            "accesscode", "mark", models.CharField(max_length=8, default=""), preserve_default=False
        ),
        migrations.RemoveConstraint("accesscode", "access_code_one_in_force"),
        migrations.AddConstraint(
            "accesscode",
            models.UniqueConstraint(
                fields=("subject",),
                condition=Q(("ended_at__isnull", True), ("party__isnull", True)),
                name="access_code_one_in_force",
            ),
        ),
        migrations.AddConstraint(
            "accesscode",
            models.UniqueConstraint(
                fields=("party",),
                condition=Q(("ended_at__isnull", True), ("party__isnull", False)),
                name="access_code_one_a_party",
            ),
        ),
        migrations.AlterField(
            model_name='issuedpaper',
            name='kind',
            field=models.CharField(choices=[('task-sheet', 'Task sheet'), ('sampling-sheet', 'Sampling sheet'), ('seal-label', 'Seal label'), ('notice', 'Notice of the result'), ('notice-producer', 'Notice to the producer on the label'), ('notice-platform', 'Notice to the online platform'), ('test-report', 'Test report'), ('objection-receipt', 'Receipt of the objection'), ('order-to-correct', 'Order to correct'), ('ledger', 'Ledger of visits')], max_length=24, verbose_name='paper'),
        ),
        migrations.AlterField(
            model_name='printjob',
            name='kind',
            field=models.CharField(choices=[('task-sheet', 'Task sheet'), ('sampling-sheet', 'Sampling sheet'), ('seal-label', 'Seal label'), ('notice', 'Notice of the result'), ('notice-producer', 'Notice to the producer on the label'), ('notice-platform', 'Notice to the online platform'), ('test-report', 'Test report'), ('objection-receipt', 'Receipt of the objection'), ('order-to-correct', 'Order to correct'), ('ledger', 'Ledger of visits')], max_length=24),
        ),
    ]
