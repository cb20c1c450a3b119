import django.db.models.deletion
import zhiheng.ledger.ids
from django.db import migrations, models
from zhiheng.ledger.together import Together


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('registry', '0001_first'),
    ]

    operations = [
        Together([
            migrations.CreateModel(
                name='Series',
                fields=[
                    ('id', models.SlugField(max_length=64, primary_key=True, serialize=False)),
                    ('zh', models.CharField(max_length=120)),
                    ('en', models.CharField(max_length=160)),
                    ('unit', models.CharField(max_length=24)),
                    ('basis', models.CharField(choices=[('probability', 'Probability sample'), ('judgement', 'Judgement'), ('census', 'Census'), ('administrative', 'Administrative records'), ('survey', 'Survey')], max_length=24)),
                    ('purpose', models.CharField(choices=[('evaluation', 'Evaluation'), ('enforcement', 'Enforcement'), ('risk-screening', 'Risk screening')], max_length=24)),
                    ('direction', models.CharField(choices=[('higher', 'Higher is better'), ('lower', 'Lower is better')], default='higher', max_length=8)),
                    ('definition', models.TextField(blank=True, default='')),
                    ('definition_en', models.TextField(blank=True, default='')),
                    ('article', models.PositiveSmallIntegerField(blank=True, null=True)),
                    ('warning', models.TextField(blank=True, default='')),
                    ('warning_en', models.TextField(blank=True, default='')),
                    ('system', models.CharField(blank=True, default='', max_length=4)),
                ],
                options={
                    'ordering': ('id',),
                    'constraints': [models.CheckConstraint(condition=models.Q(('direction__in', ['higher', 'lower'])), name='series_direction_known', violation_error_message='This value is not one of the allowed ones.'), models.CheckConstraint(condition=models.Q(('basis__in', ['probability', 'judgement', 'census', 'administrative', 'survey'])), name='series_basis_known', violation_error_message='This value is not one of the allowed ones.'), models.CheckConstraint(condition=models.Q(('purpose__in', ['evaluation', 'enforcement', 'risk-screening'])), name='series_purpose_known', violation_error_message='This value is not one of the allowed ones.'), models.CheckConstraint(condition=models.Q(('unit', ''), _negated=True), name='series_has_a_unit')],
                },
            ),
            migrations.CreateModel(
                name='Target',
                fields=[
                    ('id', models.CharField(max_length=32, primary_key=True, serialize=False)),
                    ('plan', models.CharField(max_length=80)),
                    ('region', models.CharField(max_length=6)),
                    ('article', models.PositiveSmallIntegerField()),
                    ('indicator', models.CharField(max_length=64)),
                    ('zh', models.CharField(max_length=120)),
                    ('en', models.CharField(max_length=160)),
                    ('goal', models.PositiveSmallIntegerField(blank=True, null=True)),
                    ('wording', models.CharField(blank=True, default='', max_length=24)),
                    ('operator', models.CharField(choices=[('reach', 'reach'), ('at_least', 'at least'), ('at_most', 'at most')], max_length=8)),
                    ('value', models.DecimalField(decimal_places=3, max_digits=10)),
                    ('unit', models.CharField(max_length=24)),
                    ('due', models.PositiveSmallIntegerField()),
                    ('series', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='targets', to='plan.series')),
                    ('binding', models.CharField(choices=[('unbound', 'Not bound yet'), ('bound', 'Bound'), ('refused', 'Refused')], default='unbound', max_length=8)),
                    ('binding_reason', models.TextField(blank=True, default='')),
                    ('binding_reason_en', models.TextField(blank=True, default='')),
                    ('bound_at', models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    'ordering': ('id',),
                    'constraints': [models.CheckConstraint(condition=models.Q(('operator__in', ['reach', 'at_least', 'at_most'])), name='target_operator_known', violation_error_message='This value is not one of the allowed ones.'), models.CheckConstraint(condition=models.Q(models.Q(('binding', 'bound'), ('series__isnull', False)), models.Q(('binding__in', ('unbound', 'refused')), ('series__isnull', True)), _connector='OR'), name='target_bound_to_one_series_or_none'), models.CheckConstraint(condition=models.Q(models.Q(('binding', 'refused'), _negated=True), models.Q(models.Q(('binding_reason', ''), _negated=True), models.Q(('binding_reason_en', ''), _negated=True)), _connector='OR'), name='target_refused_with_a_reason')],
                },
            ),
            migrations.CreateModel(
                name='Obligation',
                fields=[
                    ('id', models.UUIDField(default=zhiheng.ledger.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('region', models.CharField(max_length=6)),
                    ('period', models.CharField(max_length=17)),
                    ('article', models.PositiveSmallIntegerField()),
                    ('basis', models.CharField(max_length=400)),
                    ('purpose', models.CharField(choices=[('evaluation', 'Evaluation'), ('enforcement', 'Enforcement'), ('risk-screening', 'Risk screening')], default='evaluation', max_length=24)),
                    ('item', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='obligations', to='registry.catalogueitem')),
                    ('channel', models.CharField(blank=True, choices=[('factory', 'Factory'), ('shop', 'Shop'), ('platform', 'Online platform')], default='', max_length=8)),
                    ('thing', models.CharField(default='evaluation:-:-', max_length=80)),
                    ('quota', models.PositiveIntegerField(null=True)),
                    ('fractions', models.JSONField(default=dict)),
                    ('weights', models.JSONField(default=dict)),
                    ('weights_reason', models.CharField(blank=True, default='', max_length=400)),
                    ('burden_periods', models.PositiveSmallIntegerField(default=0)),
                    ('cycle_from', models.CharField(blank=True, default='', max_length=17)),
                    ('cycle_to', models.CharField(blank=True, default='', max_length=17)),
                    ('minimum_per_stratum', models.PositiveIntegerField()),
                    ('state', models.CharField(choices=[('draft', 'Draft'), ('issued', 'Issued'), ('done', 'Done'), ('withdrawn', 'Withdrawn'), ('lapsed', 'Lapsed')], default='draft', max_length=12)),
                    ('number', models.PositiveIntegerField(null=True)),
                    ('recorded_at', models.DateTimeField()),
                ],
                options={
                    'ordering': ('-period', 'region', 'id'),
                    'indexes': [models.Index(fields=['region', 'period'], name='obligation_region_period')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['draft', 'issued', 'done', 'withdrawn', 'lapsed'])), name='obligation_state_known', violation_error_message='This value is not one of the allowed ones.'), models.CheckConstraint(condition=models.Q(('purpose__in', ['evaluation', 'enforcement', 'risk-screening'])), name='obligation_purpose_known', violation_error_message='This value is not one of the allowed ones.'), models.CheckConstraint(condition=models.Q(('channel__in', ['', 'factory', 'shop', 'platform'])), name='obligation_channel_known'), models.CheckConstraint(condition=models.Q(('period__regex', '^(20[0-9]{2}(H[12]|Q[1-4]|-(0[1-9]|1[0-2]))?|20[0-9]{6}-20[0-9]{6})$')), name='obligation_period_known'), models.CheckConstraint(condition=models.Q(('minimum_per_stratum__gte', 1)), name='obligation_floor_above_zero'), models.CheckConstraint(condition=models.Q(('quota__isnull', True), ('quota__gte', 1), _connector='OR'), name='obligation_quota_above_zero'), models.CheckConstraint(condition=models.Q(models.Q(('cycle_from', ''), ('cycle_to', '')), models.Q(models.Q(('cycle_from', ''), _negated=True), models.Q(('cycle_to', ''), _negated=True)), _connector='OR'), name='obligation_cycle_has_both_ends'), models.UniqueConstraint(fields=('region', 'period', 'article', 'basis', 'thing'), name='obligation_once'), models.UniqueConstraint(fields=('region', 'number'), name='obligation_number_once_a_region')],
                },
            ),
            migrations.CreateModel(
                name='SeriesBreak',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('at', models.CharField(max_length=17)),
                    ('dimension', models.CharField(blank=True, max_length=32)),
                    ('revision', models.PositiveSmallIntegerField(default=0)),
                    ('scale', models.CharField(choices=[('difference', 'Difference'), ('ratio', 'Ratio'), ('logit', 'Logit')], max_length=12)),
                    ('old', models.CharField(max_length=80)),
                    ('new', models.CharField(max_length=80)),
                    ('bridge', models.CharField(blank=True, max_length=44)),
                    ('error', models.CharField(blank=True, max_length=44)),
                    ('reason', models.CharField(max_length=400)),
                    ('reason_en', models.CharField(max_length=400)),
                    ('source', models.CharField(max_length=400)),
                    ('confidence', models.CharField(max_length=12)),
                    ('recorded_at', models.DateTimeField()),
                    ('series', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='breaks', to='plan.series')),
                ],
                options={
                    'ordering': ('series', 'at', 'dimension', 'revision'),
                    'constraints': [models.CheckConstraint(condition=models.Q(('scale__in', ['difference', 'ratio', 'logit'])), name='series_break_scale_known', violation_error_message='This value is not one of the allowed ones.'), models.UniqueConstraint(fields=('series', 'at', 'dimension', 'revision'), name='series_break_once_a_revision'), models.CheckConstraint(condition=models.Q(('error', ''), models.Q(('bridge', ''), _negated=True), _connector='OR'), name='series_break_error_of_a_bridge'), models.CheckConstraint(condition=models.Q(models.Q(('reason', ''), _negated=True), models.Q(('reason_en', ''), _negated=True), models.Q(('source', ''), _negated=True)), name='series_break_says_why')],
                },
            ),
            migrations.CreateModel(
                name='SeriesVersion',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('version', models.PositiveSmallIntegerField()),
                    ('zh', models.CharField(max_length=120)),
                    ('en', models.CharField(max_length=160)),
                    ('unit', models.CharField(max_length=24)),
                    ('basis', models.CharField(choices=[('probability', 'Probability sample'), ('judgement', 'Judgement'), ('census', 'Census'), ('administrative', 'Administrative records'), ('survey', 'Survey')], max_length=24)),
                    ('purpose', models.CharField(choices=[('evaluation', 'Evaluation'), ('enforcement', 'Enforcement'), ('risk-screening', 'Risk screening')], max_length=24)),
                    ('direction', models.CharField(choices=[('higher', 'Higher is better'), ('lower', 'Lower is better')], max_length=8)),
                    ('definition', models.TextField(blank=True)),
                    ('definition_en', models.TextField(blank=True)),
                    ('population', models.CharField(blank=True, max_length=240)),
                    ('population_en', models.CharField(blank=True, max_length=240)),
                    ('frequency', models.CharField(blank=True, choices=[('year', 'Year'), ('half', 'Half-year'), ('quarter', 'Quarter'), ('month', 'Month')], max_length=8)),
                    ('owner', models.CharField(blank=True, max_length=120)),
                    ('lower', models.CharField(blank=True, max_length=24)),
                    ('upper', models.CharField(blank=True, max_length=24)),
                    ('valid_from', models.DateField(null=True)),
                    ('reason', models.CharField(blank=True, max_length=400)),
                    ('recorded_at', models.DateTimeField()),
                    ('series', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='plan.series')),
                ],
                options={
                    'ordering': ('series', 'version'),
                    'constraints': [models.CheckConstraint(condition=models.Q(('basis__in', ['probability', 'judgement', 'census', 'administrative', 'survey'])), name='series_version_basis_known', violation_error_message='This value is not one of the allowed ones.'), models.CheckConstraint(condition=models.Q(('purpose__in', ['evaluation', 'enforcement', 'risk-screening'])), name='series_version_purpose_known', violation_error_message='This value is not one of the allowed ones.'), models.CheckConstraint(condition=models.Q(('direction__in', ['higher', 'lower'])), name='series_version_direction_known', violation_error_message='This value is not one of the allowed ones.'), models.UniqueConstraint(fields=('series', 'version'), name='series_version_once'), models.CheckConstraint(condition=models.Q(('version__gte', 1)), name='series_version_from_one'), models.CheckConstraint(condition=models.Q(('version', 1), models.Q(('reason', ''), _negated=True), _connector='OR'), name='series_version_changed_with_a_reason')],
                },
            ),
        ]),
    ]
