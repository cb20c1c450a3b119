import django.db.models.deletion
import zhiheng.ledger.ids
from django.conf import settings
from django.db import migrations, models
from zhiheng.ledger.together import Together


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('people', '__first__'),
    ]

    operations = [
        Together([
            migrations.CreateModel(
                name='Draft',
                fields=[
                    ('id', models.UUIDField(default=zhiheng.ledger.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('form_id', models.CharField(max_length=64)),
                    ('key', models.CharField(blank=True, max_length=64)),
                    ('title', models.CharField(blank=True, max_length=120)),
                    ('url', models.CharField(blank=True, max_length=300)),
                    ('data', models.JSONField(default=dict)),
                    ('reasons', models.JSONField(default=dict)),
                    ('updated_at', models.DateTimeField()),
                ],
                options={
                    'ordering': ('-updated_at',),
                    'constraints': [models.UniqueConstraint(fields=('person', 'form_id', 'key'), name='web_draft_once')],
                },
            ),
            migrations.CreateModel(
                name='Submission',
                fields=[
                    ('token', models.UUIDField(editable=False, primary_key=True, serialize=False)),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('purpose', models.CharField(max_length=64)),
                    ('result', models.JSONField(default=dict)),
                    ('done_at', models.DateTimeField()),
                ],
            ),
            migrations.CreateModel(
                name='Upload',
                fields=[
                    ('id', models.UUIDField(default=zhiheng.ledger.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
                    ('spec', models.CharField(max_length=64)),
                    ('name', models.CharField(max_length=200)),
                    ('sha256', models.CharField(max_length=64)),
                    ('state', models.CharField(choices=[('read', 'Read'), ('checked', 'Checked'), ('stored', 'Stored'), ('discarded', 'Discarded')], default='read', max_length=16)),
                    ('header_row', models.PositiveIntegerField(default=1)),
                    ('mapping', models.JSONField(default=dict)),
                    ('said', models.JSONField(default=dict)),
                    ('summary', models.JSONField(default=dict)),
                    ('token', models.UUIDField(default=zhiheng.ledger.ids.uuid7, editable=False, unique=True)),
                    ('uploaded_at', models.DateTimeField()),
                    ('decided_at', models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    'ordering': ('-uploaded_at',),
                    'indexes': [models.Index(fields=['person', 'state'], name='web_upload_person_state')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['read', 'checked', 'stored', 'discarded'])), name='web_upload_state')],
                },
            ),
            migrations.CreateModel(
                name='KnownList',
                fields=[
                    ('id', models.UUIDField(default=zhiheng.ledger.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('spec', models.CharField(max_length=64)),
                    ('region', models.CharField(max_length=6)),
                    ('signature', models.CharField(max_length=64)),
                    ('header_row', models.PositiveIntegerField()),
                    ('mapping', models.JSONField()),
                    ('said', models.JSONField(default=dict)),
                    ('look', models.JSONField(default=dict)),
                    ('source', models.CharField(max_length=64)),
                    ('confirmed_at', models.DateTimeField()),
                ],
                options={
                    'ordering': ('-confirmed_at',),
                    'indexes': [models.Index(fields=['spec', 'region', '-confirmed_at'], name='web_known_list_newest')],
                    'constraints': [models.UniqueConstraint(fields=('spec', 'region', 'signature'), name='web_known_list_once'), models.CheckConstraint(condition=models.Q(('region__regex', '^[0-9]{6}$')), name='web_known_list_region'), models.CheckConstraint(condition=models.Q(('header_row__gte', 1)), name='web_known_list_header_row')],
                },
            ),
        ]),
    ]
