import django.db.models.deletion
import zhiheng.ledger.ids
from django.conf import settings
from django.db import migrations, models
from zhiheng.ledger.together import Together


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('plan', '0001_first'),
        ('registry', '0001_first'),
    ]

    operations = [
        Together([
            migrations.CreateModel(
                name='Panel',
                fields=[
                    ('id', models.UUIDField(default=zhiheng.ledger.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('name', models.CharField(max_length=80)),
                    ('region', models.CharField(max_length=6)),
                    ('thing', models.CharField(max_length=80)),
                    ('shift_top', models.PositiveIntegerField()),
                    ('shift_bottom', models.PositiveIntegerField()),
                    ('reason', models.CharField(max_length=400)),
                    ('announced_at', models.DateTimeField()),
                    ('ended_at', models.DateTimeField(null=True)),
                    ('end_reason', models.CharField(blank=True, default='', max_length=400)),
                    ('first_draw', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='begins_panel', to='draw.draw')),
                ],
                options={
                    'verbose_name': 'panel',
                    'ordering': ('-announced_at',),
                    'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('region', 'thing'), name='one_panel_for_a_thing'), models.CheckConstraint(condition=models.Q(('shift_bottom__gt', models.F('shift_top')), ('shift_top__gte', 1)), name='panel_turns_by_a_share'), models.CheckConstraint(condition=models.Q(models.Q(('name', ''), _negated=True), models.Q(('reason', ''), _negated=True)), name='panel_with_name_and_reason'), models.CheckConstraint(condition=models.Q(models.Q(('end_reason', ''), ('ended_at__isnull', True)), models.Q(('ended_at__isnull', False), models.Q(('end_reason', ''), _negated=True)), _connector='OR'), name='panel_ended_with_a_reason')],
                },
            ),
            migrations.CreateModel(
                name='Draw',
                fields=[
                    ('id', models.UUIDField(default=zhiheng.ledger.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('serial', models.CharField(max_length=32, unique=True, verbose_name='serial number')),
                    ('obligation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='draws', to='plan.obligation')),
                    ('frame', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='draws', to='registry.frame')),
                    ('region', models.CharField(db_index=True, max_length=6, verbose_name='region')),
                    ('period', models.CharField(db_index=True, max_length=17, verbose_name='period')),
                    ('thing', models.CharField(default='evaluation:-:-', max_length=80)),
                    ('panel', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='draws', to='draw.panel')),
                    ('method', models.CharField(default='srs-within-strata', max_length=32)),
                    ('state', models.CharField(default='committed', max_length=12, verbose_name='state')),
                    ('commitment', models.CharField(max_length=64)),
                    ('announcement', models.TextField()),
                    ('announcement_hash', models.CharField(max_length=64)),
                    ('beacon', models.JSONField(default=dict)),
                    ('secret', models.CharField(blank=True, max_length=128)),
                    ('seed', models.CharField(blank=True, max_length=64)),
                    ('pairing', models.JSONField(default=dict)),
                    ('certificate_sha', models.CharField(blank=True, max_length=64)),
                    ('abort_reason', models.CharField(blank=True, max_length=400)),
                    ('reveal_by', models.DateField()),
                    ('committed_at', models.DateTimeField()),
                    ('revealed_at', models.DateTimeField(null=True)),
                    ('closing_sha', models.CharField(blank=True, default='', max_length=64)),
                    ('close_by', models.DateField(null=True)),
                ],
                options={
                    'verbose_name': 'draw',
                    'ordering': ('-committed_at', '-serial'),
                    'constraints': [models.UniqueConstraint(condition=models.Q(('state', 'aborted'), _negated=True), fields=('obligation',), name='draw_once_for_an_obligation'), models.UniqueConstraint(condition=models.Q(('state', 'aborted'), _negated=True), fields=('region', 'period', 'thing'), name='draw_once_a_region_period_and_thing'), models.CheckConstraint(condition=models.Q(models.Q(('revealed_at__isnull', True), ('secret', ''), ('seed', ''), ('state', 'committed')), models.Q(('revealed_at__isnull', False), ('state__in', ('revealed', 'closed')), models.Q(('secret', ''), _negated=True), models.Q(('seed', ''), _negated=True)), models.Q(('revealed_at__isnull', True), ('seed', ''), ('state', 'aborted'), models.Q(('secret', ''), _negated=True)), _connector='OR'), name='draw_secret_only_after_its_reveal'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'aborted'), models.Q(('abort_reason', ''), _negated=True)), models.Q(models.Q(('state', 'aborted'), _negated=True), ('abort_reason', '')), _connector='OR'), name='draw_aborted_with_a_reason')],
                },
            ),
            migrations.CreateModel(
                name='SealedSecret',
                fields=[
                    ('draw', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='sealed_secret', serialize=False, to='draw.draw')),
                    ('token', models.TextField()),
                ],
                options={
                    'verbose_name': 'sealed secret',
                },
            ),
            migrations.CreateModel(
                name='DrawStratum',
                fields=[
                    ('id', models.UUIDField(default=zhiheng.ledger.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('draw', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='strata', to='draw.draw')),
                    ('stratum', models.CharField(max_length=16)),
                    ('population', models.PositiveIntegerField()),
                    ('sample', models.PositiveIntegerField()),
                ],
                options={
                    'verbose_name': 'stratum',
                    'ordering': ('stratum',),
                    'constraints': [models.UniqueConstraint(fields=('draw', 'stratum'), name='stratum_once_in_a_draw'), models.CheckConstraint(condition=models.Q(('sample__gte', 1), ('sample__lte', models.F('population'))), name='stratum_probability_above_zero_and_at_most_one')],
                },
            ),
            migrations.CreateModel(
                name='Selection',
                fields=[
                    ('id', models.UUIDField(default=zhiheng.ledger.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('draw', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='selections', to='draw.draw')),
                    ('unit_code', models.CharField(db_index=True, max_length=18)),
                    ('subject', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='selections', to='registry.subject')),
                    ('stratum', models.CharField(max_length=16)),
                    ('order', models.PositiveIntegerField()),
                    ('ticket', models.CharField(max_length=64)),
                    ('first_inspector', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='first_selections', to='registry.inspector')),
                    ('second_inspector', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='second_selections', to='registry.inspector')),
                    ('is_reserve', models.BooleanField(default=False)),
                    ('probability_den', models.PositiveIntegerField(null=True)),
                    ('probability_num', models.PositiveIntegerField(null=True)),
                ],
                options={
                    'verbose_name': 'drawn unit',
                    'ordering': ('stratum', 'order'),
                    'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('probability_den__isnull', True), ('probability_num__isnull', True)), models.Q(('probability_num__gte', 1), ('probability_num__lte', models.F('probability_den'))), _connector='OR'), name='own_probability_above_zero_and_at_most_one'), models.UniqueConstraint(fields=('draw', 'unit_code'), name='unit_drawn_once_in_a_draw'), models.UniqueConstraint(fields=('draw', 'stratum', 'order'), name='one_unit_at_a_place'), models.CheckConstraint(condition=models.Q(models.Q(('first_inspector__isnull', True), ('is_reserve', True), ('second_inspector__isnull', True)), models.Q(('first_inspector__isnull', False), ('second_inspector__isnull', False), models.Q(('first_inspector', models.F('second_inspector')), _negated=True)), _connector='OR'), name='selection_has_two_different_inspectors')],
                },
            ),
            migrations.CreateModel(
                name='PlannedDraw',
                fields=[
                    ('obligation', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='planned_draw', serialize=False, to='plan.obligation')),
                    ('draw_on', models.DateField()),
                    ('planned_at', models.DateTimeField()),
                ],
                options={
                    'verbose_name': 'planned draw',
                    'ordering': ('draw_on', 'obligation'),
                },
            ),
            migrations.CreateModel(
                name='ObligationFrame',
                fields=[
                    ('frame', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='duty', serialize=False, to='registry.frame')),
                    ('obligation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='frames', to='plan.obligation')),
                ],
                options={
                    'verbose_name': 'frame of a duty',
                },
            ),
            migrations.CreateModel(
                name='Exclusion',
                fields=[
                    ('id', models.UUIDField(default=zhiheng.ledger.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('draw', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='exclusions', to='draw.draw')),
                    ('unit_code', models.CharField(db_index=True, max_length=18)),
                    ('reason', models.CharField(max_length=16)),
                    ('note', models.CharField(blank=True, default='', max_length=400)),
                ],
                options={
                    'verbose_name': 'excluded unit',
                    'ordering': ('unit_code',),
                    'constraints': [models.UniqueConstraint(fields=('draw', 'unit_code'), name='unit_excluded_once_from_a_draw'), models.CheckConstraint(condition=models.Q(('reason__in', ['higher-level', 'no-repeat', 'yearly-cap', 'covered', 'conflict', 'merged'])), name='exclusion_reason_known'), models.CheckConstraint(condition=models.Q(models.Q(('reason__in', ['conflict', 'merged']), _negated=True), models.Q(('note', ''), _negated=True), _connector='OR'), name='single_exclusion_has_a_word')],
                },
            ),
            migrations.CreateModel(
                name='Substitution',
                fields=[
                    ('id', models.UUIDField(default=zhiheng.ledger.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('draw', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='substitutions', to='draw.draw')),
                    ('original', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='replaced_by', to='draw.selection')),
                    ('reserve', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='stands_for', to='draw.selection')),
                    ('outcome', models.CharField(max_length=12)),
                    ('reason', models.CharField(max_length=400)),
                    ('used_at', models.DateTimeField()),
                ],
                options={
                    'verbose_name': 'substitution',
                    'ordering': ('used_at', 'id'),
                    'constraints': [models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='substitution_has_a_reason'), models.CheckConstraint(condition=models.Q(('original', models.F('reserve')), _negated=True), name='substitution_is_of_another_unit')],
                },
            ),
            migrations.CreateModel(
                name='Overlap',
                fields=[
                    ('id', models.UUIDField(default=zhiheng.ledger.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('selection', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='overlaps', to='draw.selection')),
                    ('other', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='overlaps', to='draw.draw')),
                    ('stratum', models.CharField(max_length=16)),
                    ('population', models.PositiveIntegerField()),
                    ('sample', models.PositiveIntegerField()),
                ],
                options={
                    'verbose_name': 'overlap of frames',
                    'constraints': [models.UniqueConstraint(fields=('selection', 'other'), name='overlap_once'), models.CheckConstraint(condition=models.Q(('sample__gte', 1), ('sample__lte', models.F('population'))), name='overlap_has_a_chance')],
                },
            ),
            migrations.CreateModel(
                name='Joint',
                fields=[
                    ('id', models.UUIDField(default=zhiheng.ledger.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('serial', models.CharField(max_length=32, unique=True, verbose_name='serial number')),
                    ('region', models.CharField(db_index=True, max_length=6, verbose_name='region')),
                    ('period', models.CharField(max_length=17, verbose_name='period')),
                    ('item', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='joints', to='registry.catalogueitem')),
                    ('purpose', models.CharField(choices=[('evaluation', 'Evaluation'), ('enforcement', 'Enforcement'), ('risk-screening', 'Risk screening')], max_length=24)),
                    ('basis', models.CharField(max_length=400)),
                    ('opened_at', models.DateTimeField()),
                    ('sealed_at', models.DateTimeField(null=True)),
                    ('record_sha', models.CharField(blank=True, default='', max_length=64)),
                ],
                options={
                    'verbose_name': 'joint campaign',
                    'ordering': ('-opened_at', '-serial'),
                    'constraints': [models.UniqueConstraint(fields=('region', 'period', 'item', 'purpose'), name='joint_once'), models.CheckConstraint(condition=models.Q(models.Q(('record_sha', ''), ('sealed_at__isnull', True)), models.Q(('sealed_at__isnull', False), models.Q(('record_sha', ''), _negated=True)), _connector='OR'), name='joint_sealed_with_a_record')],
                },
            ),
            migrations.CreateModel(
                name='JointFrame',
                fields=[
                    ('obligation', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='joint_frame', serialize=False, to='plan.obligation')),
                    ('joint', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='frames', to='draw.joint')),
                    ('channel', models.CharField(choices=[('factory', 'Factory'), ('shop', 'Shop'), ('platform', 'Online platform')], max_length=8)),
                ],
                options={
                    'verbose_name': 'list of a joint campaign',
                    'constraints': [models.UniqueConstraint(fields=('joint', 'channel'), name='joint_channel_once')],
                },
            ),
            migrations.CreateModel(
                name='Told',
                fields=[
                    ('id', models.UUIDField(default=zhiheng.ledger.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('selection', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='told', to='draw.selection')),
                    ('channel', models.CharField(choices=[('factory', 'Factory'), ('shop', 'Shop'), ('platform', 'Online platform')], max_length=8)),
                    ('answer', models.CharField(max_length=8)),
                    ('code', models.CharField(blank=True, default='', max_length=18)),
                    ('recorded_at', models.DateTimeField()),
                ],
                options={
                    'verbose_name': 'answer about other lists',
                    'ordering': ('recorded_at', 'id'),
                    'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('answer', 'listed'), models.Q(('code', ''), _negated=True)), models.Q(('answer__in', ('absent', 'unknown')), ('code', '')), _connector='OR'), name='told_with_a_code_where_listed')],
                },
            ),
            migrations.CreateModel(
                name='Custodian',
                fields=[
                    ('id', models.UUIDField(default=zhiheng.ledger.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('region', models.CharField(max_length=6, verbose_name='region')),
                    ('office', models.CharField(max_length=16, verbose_name='office')),
                    ('body', models.CharField(max_length=120, verbose_name='name of the body')),
                    ('public_key', models.CharField(blank=True, default='', max_length=64, verbose_name='public key')),
                    ('named_at', models.DateTimeField()),
                    ('ended_at', models.DateTimeField(null=True)),
                    ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ],
                options={
                    'verbose_name': 'custodian',
                    'ordering': ('region', 'office', '-named_at'),
                    'constraints': [models.UniqueConstraint(condition=models.Q(('ended_at__isnull', True)), fields=('region', 'office'), name='one_custodian_an_office'), models.CheckConstraint(condition=models.Q(('office__in', ('regulator', 'discipline', 'notary'))), name='custodian_office_known'), models.CheckConstraint(condition=models.Q(('body', ''), _negated=True), name='custodian_has_a_name')],
                },
            ),
            migrations.CreateModel(
                name='HeldShare',
                fields=[
                    ('id', models.UUIDField(default=zhiheng.ledger.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('seat', models.PositiveSmallIntegerField()),
                    ('commitment', models.CharField(max_length=64)),
                    ('token', models.TextField(blank=True, default='')),
                    ('box', models.TextField(blank=True, default='')),
                    ('handed_at', models.DateTimeField(null=True)),
                    ('given', models.TextField(blank=True, default='')),
                    ('given_at', models.DateTimeField(null=True)),
                    ('custodian', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='held_shares', to='draw.custodian')),
                    ('draw', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='held_shares', to='draw.draw')),
                ],
                options={
                    'verbose_name': 'held share',
                    'ordering': ('draw', 'seat'),
                    'constraints': [models.UniqueConstraint(fields=('draw', 'seat'), name='one_share_a_seat'), models.UniqueConstraint(fields=('draw', 'custodian'), name='one_seat_a_custodian'), models.CheckConstraint(condition=models.Q(('handed_at__isnull', True), ('token', ''), _connector='OR'), name='share_is_shown_once'), models.CheckConstraint(condition=models.Q(models.Q(('given', ''), ('given_at__isnull', True)), models.Q(models.Q(('given', ''), _negated=True), ('given_at__isnull', False)), _connector='OR'), name='share_given_with_its_day')],
                },
            ),
        ]),
    ]
