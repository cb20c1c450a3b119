import django.db.models.deletion
import zhiheng.ledger.ids
from django.db import migrations, models
from zhiheng.ledger.together import Together


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('plan', '0001_first'),
    ]

    operations = [
        Together([
            migrations.CreateModel(
                name='Release',
                fields=[
                    ('id', models.UUIDField(default=zhiheng.ledger.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('series', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='releases', to='plan.series')),
                    ('region', models.CharField(db_index=True, max_length=6)),
                    ('periods', models.JSONField()),
                    ('vintage', models.DateField()),
                    ('dataset_sha', models.CharField(max_length=64)),
                    ('dataset_rows', models.PositiveIntegerField()),
                    ('base_sha', models.CharField(max_length=64)),
                    ('figures_root', models.CharField(max_length=64)),
                    ('method', models.CharField(max_length=64)),
                    ('method_version', models.CharField(max_length=16)),
                    ('parameters', models.JSONField()),
                    ('basis', models.CharField(max_length=24)),
                    ('purpose', models.CharField(max_length=24)),
                    ('reason', models.CharField(blank=True, max_length=400)),
                    ('actor_role', models.CharField(max_length=40)),
                    ('recorded_at', models.DateTimeField(db_index=True)),
                    ('replaces', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='replaced_by', to='indicators.release')),
                ],
                options={
                    'verbose_name': 'release',
                    'ordering': ('-recorded_at', '-id'),
                    'indexes': [models.Index(fields=['series', 'region', 'recorded_at'], name='release_series_region')],
                },
            ),
            migrations.CreateModel(
                name='ReleasedPeriod',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('release', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='released_periods', to='indicators.release')),
                    ('series', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='plan.series')),
                    ('region', models.CharField(max_length=6)),
                    ('period', models.CharField(max_length=17)),
                    ('revision', models.PositiveSmallIntegerField()),
                ],
                options={
                    'verbose_name': 'released period',
                    'ordering': ('series', 'region', 'period', 'revision'),
                    'constraints': [models.UniqueConstraint(fields=('series', 'region', 'period', 'revision'), name='period_released_once_a_revision'), models.UniqueConstraint(fields=('release', 'period'), name='period_once_in_a_release')],
                },
            ),
            migrations.CreateModel(
                name='Figure',
                fields=[
                    ('id', models.UUIDField(default=zhiheng.ledger.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('release', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='figures', to='indicators.release')),
                    ('series', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='figures', to='plan.series')),
                    ('region', models.CharField(max_length=6)),
                    ('division', models.CharField(blank=True, max_length=2)),
                    ('period', models.CharField(max_length=17)),
                    ('status', models.CharField(choices=[('published', 'published'), ('thin', 'thin'), ('census', 'census'), ('suppressed', 'suppressed')], max_length=12)),
                    ('estimate', models.FloatField(null=True)),
                    ('lower', models.FloatField(null=True)),
                    ('upper', models.FloatField(null=True)),
                    ('standard_error', models.FloatField(null=True)),
                    ('raw', models.FloatField(null=True)),
                    ('hajek', models.FloatField(null=True)),
                    ('design_effect', models.FloatField(null=True)),
                    ('n', models.PositiveIntegerField()),
                    ('n_sampled', models.PositiveIntegerField()),
                    ('population', models.PositiveIntegerField()),
                    ('coverage', models.FloatField()),
                    ('basis', models.CharField(max_length=24)),
                    ('purpose', models.CharField(max_length=24)),
                    ('bundle_sha', models.CharField(blank=True, max_length=64)),
                ],
                options={
                    'verbose_name': 'figure',
                    'ordering': ('region', 'period', 'division'),
                    'indexes': [models.Index(fields=['series', 'region', 'period', 'division'], name='figure_by_key'), models.Index(fields=['series', 'period', 'division', 'region'], name='figure_by_period')],
                    'constraints': [models.UniqueConstraint(fields=('release', 'region', 'division', 'period'), name='figure_once_in_a_release'), models.CheckConstraint(condition=models.Q(models.Q(('estimate__isnull', True), ('lower__isnull', True), ('upper__isnull', True)), models.Q(('lower__lte', models.F('estimate')), ('upper__gte', models.F('estimate'))), _connector='OR'), name='figure_inside_its_interval'), models.CheckConstraint(condition=models.Q(models.Q(('estimate__isnull', True), ('hajek__isnull', True), ('raw__isnull', True), ('status', 'suppressed')), models.Q(('estimate__isnull', False), ('lower__isnull', False), ('status__in', ('published', 'thin', 'census')), ('upper__isnull', False)), _connector='OR'), name='figure_withheld_or_shown'), models.CheckConstraint(condition=models.Q(('n__lte', models.F('n_sampled')), ('n_sampled__lte', models.F('population'))), name='figure_counts_in_order'), models.CheckConstraint(condition=models.Q(('estimate__isnull', True), models.Q(('estimate__gte', 0.0), ('estimate__lte', 1.0)), _connector='OR'), name='figure_estimate_is_a_share'), models.CheckConstraint(condition=models.Q(('lower__isnull', True), models.Q(('lower__gte', 0.0), ('lower__lte', 1.0)), _connector='OR'), name='figure_lower_is_a_share'), models.CheckConstraint(condition=models.Q(('upper__isnull', True), models.Q(('upper__gte', 0.0), ('upper__lte', 1.0)), _connector='OR'), name='figure_upper_is_a_share'), models.CheckConstraint(condition=models.Q(('raw__isnull', True), models.Q(('raw__gte', 0.0), ('raw__lte', 1.0)), _connector='OR'), name='figure_raw_is_a_share'), models.CheckConstraint(condition=models.Q(('hajek__isnull', True), models.Q(('hajek__gte', 0.0), ('hajek__lte', 1.0)), _connector='OR'), name='figure_hajek_is_a_share'), models.CheckConstraint(condition=models.Q(('coverage__isnull', True), models.Q(('coverage__gte', 0.0), ('coverage__lte', 1.0)), _connector='OR'), name='figure_coverage_is_a_share')],
                },
            ),
        ]),
    ]
