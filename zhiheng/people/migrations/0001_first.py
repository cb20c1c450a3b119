import django.core.validators
import django.db.models.deletion
import zhiheng.ledger.ids
from django.conf import settings
from django.db import migrations, models
from zhiheng.ledger.together import Together


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        Together([
            migrations.CreateModel(
                name='Person',
                fields=[
                    ('password', models.CharField(max_length=128, verbose_name='password')),
                    ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                    ('id', models.UUIDField(default=zhiheng.ledger.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('login', models.CharField(max_length=64, unique=True, validators=[django.core.validators.RegexValidator('^[A-Za-z0-9][A-Za-z0-9._@-]{1,63}\\Z', 'Use two or more letters, digits or . _ @ - and start with a letter or digit.')])),
                    ('display_name', models.CharField(max_length=64)),
                    ('language', models.CharField(choices=[('zh-hans', '简体中文'), ('en', 'English')], default='zh-hans', max_length=8)),
                    ('is_active', models.BooleanField(default=True)),
                    ('failed_sign_ins', models.PositiveSmallIntegerField(default=0)),
                    ('locked_until', models.DateTimeField(blank=True, null=True)),
                    ('must_change_password', models.BooleanField(default=False)),
                    ('created_at', models.DateTimeField()),
                    ('erased_at', models.DateTimeField(blank=True, null=True)),
                ],
                options={
                    'constraints': [models.CheckConstraint(condition=models.Q(('language__in', ['zh-hans', 'en'])), name='people_language'), models.CheckConstraint(condition=models.Q(('erased_at__isnull', True), ('is_active', False), _connector='OR'), name='people_erased_is_closed')],
                },
            ),
            migrations.CreateModel(
                name='Appointment',
                fields=[
                    ('id', models.UUIDField(default=zhiheng.ledger.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='appointments', to=settings.AUTH_USER_MODEL)),
                    ('role', models.CharField(choices=[('officer', '监管人员'), ('inspector', '检查人员'), ('lab', '检验机构人员'), ('firm', '企业人员'), ('custodian', '份额保管人'), ('statistician', '统计人员'), ('leader', '负责人'), ('system_admin', '系统管理员'), ('security_admin', '安全管理员'), ('audit_admin', '审计管理员')], max_length=32)),
                    ('region', models.CharField(db_index=True, max_length=6)),
                    ('organisation', models.CharField(blank=True, db_index=True, max_length=64)),
                    ('valid_from', models.DateField()),
                    ('valid_to', models.DateField(blank=True, null=True)),
                ],
                options={
                    'ordering': ('person', 'valid_from', 'id'),
                    'constraints': [models.CheckConstraint(condition=models.Q(('region__regex', '^[0-9]{6}$')), name='people_appointment_region'), models.CheckConstraint(condition=models.Q(('role__in', ['officer', 'inspector', 'lab', 'firm', 'custodian', 'statistician', 'leader', 'system_admin', 'security_admin', 'audit_admin'])), name='people_appointment_role'), models.CheckConstraint(condition=models.Q(('valid_to__isnull', True), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='people_appointment_ends_after_start'), models.UniqueConstraint(condition=models.Q(('valid_to__isnull', True)), fields=('person', 'role', 'region', 'organisation'), name='people_appointment_once'), models.UniqueConstraint(condition=models.Q(('role__in', ['audit_admin', 'security_admin', 'system_admin']), ('valid_to__isnull', True)), fields=('person',), name='people_one_administrator_role')],
                },
            ),
            migrations.CreateModel(
                name='ApiToken',
                fields=[
                    ('id', models.UUIDField(default=zhiheng.ledger.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                    ('person', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='api_tokens', to=settings.AUTH_USER_MODEL)),
                    ('appointment', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='api_tokens', to='people.appointment')),
                    ('label', models.CharField(max_length=60)),
                    ('digest', models.CharField(max_length=64, unique=True)),
                    ('created_at', models.DateTimeField()),
                    ('expires_on', models.DateField()),
                    ('revoked_at', models.DateTimeField(blank=True, null=True)),
                    ('last_used_on', models.DateField(blank=True, null=True)),
                ],
                options={
                    'ordering': ('-created_at', '-id'),
                    'constraints': [models.CheckConstraint(condition=models.Q(('digest__regex', '^[0-9a-f]{64}$')), name='people_token_digest')],
                },
            ),
        ]),
    ]
