import django.db.models.deletion
import zhiheng.ledger.ids
from django.db import migrations, models
from zhiheng.ledger.together import Together


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        Together([
            migrations.CreateModel(
                name='Notice',
                fields=[
                    ('id', models.UUIDField(default=zhiheng.ledger.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('number', models.CharField(blank=True, default='', max_length=24, verbose_name='number')),
                    ('kind', models.CharField(max_length=32, verbose_name='kind')),
                    ('region', models.CharField(max_length=6, verbose_name='region')),
                    ('state', models.CharField(default='drafted', max_length=12, verbose_name='state')),
                    ('version', models.PositiveSmallIntegerField(default=0, verbose_name='version')),
                    ('title', models.CharField(max_length=200, verbose_name='title')),
                    ('title_en', models.CharField(blank=True, default='', max_length=200)),
                    ('source_kind', models.CharField(blank=True, default='', max_length=12)),
                    ('source_key', models.CharField(blank=True, default='', max_length=64)),
                    ('rule', models.CharField(default='public-notice', max_length=48, verbose_name='masking')),
                    ('event_on', models.DateField(null=True, verbose_name='day of the event')),
                    ('words', models.JSONField(default=dict)),
                    ('is_hidden', models.BooleanField(default=False)),
                    ('issued_on', models.DateField(null=True, verbose_name='published on')),
                    ('created_at', models.DateTimeField()),
                    ('moved_at', models.DateTimeField()),
                ],
                options={
                    'verbose_name': 'notice',
                    'ordering': ('-moved_at', '-id'),
                    'indexes': [models.Index(fields=['state', '-issued_on', 'id'], name='notice_by_day'), models.Index(fields=['region', '-issued_on', 'id'], name='notice_by_region'), models.Index(fields=['source_kind', 'source_key'], name='notice_by_source'), models.Index(fields=['title', 'id'], name='notice_by_title')],
                    'constraints': [models.UniqueConstraint(condition=models.Q(('number', ''), _negated=True), fields=('number',), name='notice_number_given_once'), models.UniqueConstraint(condition=models.Q(('state__in', ('drafted', 'published', 'corrected')), models.Q(('source_key', ''), _negated=True)), fields=('kind', 'source_kind', 'source_key'), name='notice_once_about_a_thing'), models.CheckConstraint(condition=models.Q(models.Q(('issued_on__isnull', True), ('number', ''), ('state__in', ('drafted', 'discarded')), ('version', 0)), models.Q(('issued_on__isnull', False), ('state__in', ('published', 'corrected', 'withdrawn')), ('version__gte', 1), models.Q(('number', ''), _negated=True)), _connector='OR'), name='notice_numbered_when_published'), models.CheckConstraint(condition=models.Q(('state', 'drafted'), ('words', {}), _connector='OR'), name='notice_typed_words_only_in_a_draft'), models.CheckConstraint(condition=models.Q(('is_hidden', False), ('state', 'withdrawn'), _connector='OR'), name='notice_hidden_only_when_withdrawn')],
                },
            ),
            migrations.CreateModel(
                name='NumberSeries',
                fields=[
                    ('id', models.UUIDField(default=zhiheng.ledger.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('region', models.CharField(max_length=6)),
                    ('year', models.PositiveSmallIntegerField()),
                    ('last', models.PositiveIntegerField(default=0)),
                ],
                options={
                    'constraints': [models.UniqueConstraint(fields=('region', 'year'), name='notice_numbers_once_a_year')],
                },
            ),
            migrations.CreateModel(
                name='NoticeSubject',
                fields=[
                    ('id', models.UUIDField(default=zhiheng.ledger.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('version', models.PositiveSmallIntegerField()),
                    ('kind', models.CharField(max_length=12)),
                    ('key', models.CharField(max_length=64)),
                    ('notice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='subjects', to='disclosure.notice')),
                ],
                options={
                    'verbose_name': 'thing named in a notice',
                    'indexes': [models.Index(fields=['kind', 'key'], name='notice_subject_key')],
                    'constraints': [models.UniqueConstraint(fields=('notice', 'version', 'kind', 'key'), name='notice_names_a_thing_once')],
                },
            ),
            migrations.CreateModel(
                name='NoticeVersion',
                fields=[
                    ('id', models.UUIDField(default=zhiheng.ledger.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('version', models.PositiveSmallIntegerField()),
                    ('act', models.CharField(max_length=12)),
                    ('content', models.TextField()),
                    ('sha256', models.CharField(max_length=64, unique=True)),
                    ('reason', models.CharField(blank=True, default='', max_length=400, verbose_name='reason')),
                    ('note', models.TextField()),
                    ('vkey', models.CharField(max_length=200)),
                    ('actor_key', models.CharField(max_length=64)),
                    ('actor_role', models.CharField(max_length=40)),
                    ('actor_region', models.CharField(max_length=6)),
                    ('recorded_at', models.DateTimeField()),
                    ('notice', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='disclosure.notice')),
                ],
                options={
                    'verbose_name': 'version of a notice',
                    'ordering': ('notice', 'version'),
                    'constraints': [models.UniqueConstraint(fields=('notice', 'version'), name='notice_version_once'), models.CheckConstraint(condition=models.Q(models.Q(('act', 'published'), ('reason', ''), ('version', 1)), models.Q(('act__in', ('corrected', 'withdrawn')), ('version__gt', 1), models.Q(('reason', ''), _negated=True)), _connector='OR'), name='notice_version_says_why')],
                },
            ),
            migrations.CreateModel(
                name='Look',
                fields=[
                    ('id', models.UUIDField(default=zhiheng.ledger.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('looked_at', models.DateTimeField()),
                    ('entries', models.PositiveBigIntegerField()),
                ],
                options={
                    'ordering': ('-looked_at', '-id'),
                },
            ),
            migrations.CreateModel(
                name='Observation',
                fields=[
                    ('id', models.UUIDField(default=zhiheng.ledger.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('key', models.CharField(max_length=64, unique=True)),
                    ('rule', models.CharField(max_length=32)),
                    ('kind', models.CharField(max_length=8)),
                    ('subject', models.CharField(max_length=128)),
                    ('facts', models.JSONField(default=dict)),
                    ('entries', models.JSONField(default=list)),
                    ('found_at', models.DateTimeField()),
                    ('gone_at', models.DateTimeField(null=True)),
                ],
                options={
                    'ordering': ('kind', '-found_at', 'subject', 'id'),
                },
            ),
        ]),
    ]
