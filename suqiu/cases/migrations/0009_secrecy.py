"""What leaves in bulk, what citizens ask of their data, what got out: rows that nobody deletes."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0008_appeals'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='look',
            name='what',
            field=models.CharField(choices=[('page', '看工单'), ('contact', '看电话'), ('file', '看附件'), ('print', '打印'), ('export', '导出'), ('search', '查找时看到一段')], help_text='看了什么', max_length=8, verbose_name='看什么'),
        ),
        migrations.CreateModel(
            name='Breach',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(help_text='同一份表单只报一次', max_length=120, unique=True, verbose_name='幂等键')),
                ('at', models.DateTimeField(help_text='什么时候报的，时限从这里起算', verbose_name='报告时间')),
                ('words', models.TextField(help_text='怎么发现的、流出去了什么；不写来电人姓名电话', verbose_name='情况')),
                ('state', models.CharField(choices=[('open', '处置中'), ('closing', '待第二人'), ('closed', '已结')], default='open', help_text='到了哪一步', max_length=8, verbose_name='状态')),
                ('tell_by', models.DateTimeField(help_text='最晚什么时候告诉来电人', verbose_name='告知本人的时限')),
                ('authority_by', models.DateTimeField(help_text='最晚什么时候报告', verbose_name='报告主管部门的时限')),
                ('told_at', models.DateTimeField(blank=True, help_text='短信什么时候发出的', null=True, verbose_name='告知本人')),
                ('told_count', models.PositiveIntegerField(default=0, help_text='给多少位来电人发了短信', verbose_name='发了短信')),
                ('untold_count', models.PositiveIntegerField(default=0, help_text='多少位没留号码、告知不到', verbose_name='没有号码')),
                ('authority_told_at', models.DateTimeField(blank=True, help_text='什么时候报告的', null=True, verbose_name='报告主管部门')),
                ('authority', models.CharField(blank=True, help_text='报告给谁、文号或回执', max_length=200, verbose_name='哪个部门')),
                ('finding', models.TextField(blank=True, help_text='谁、怎么流出去的、怎么补救、怎么处理', verbose_name='查明的结果')),
                ('asked_at', models.DateTimeField(blank=True, help_text='什么时候提请的', null=True, verbose_name='提请结案')),
                ('closed_at', models.DateTimeField(blank=True, help_text='什么时候结的', null=True, verbose_name='结案')),
                ('asked_by', models.ForeignKey(blank=True, help_text='谁提请结案', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('authority_told_by', models.ForeignKey(blank=True, help_text='谁报告的', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('by', models.ForeignKey(help_text='谁报的', on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('cases', models.ManyToManyField(help_text='泄露了哪几件', related_name='breaches', to='cases.case')),
                ('closed_by', models.ForeignKey(blank=True, help_text='第二人，不能是提请的人', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('told_by', models.ForeignKey(blank=True, help_text='谁告知的', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '泄露事件',
                'ordering': ['-id'],
                'constraints': [models.CheckConstraint(condition=models.Q(('closed_by', None), models.Q(('closed_by', models.F('asked_by')), _negated=True), _connector='OR'), name='breach_closed_by_two_persons'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'closed'), _negated=True), models.Q(('authority_told_at__isnull', False), ('closed_by__isnull', False), ('told_at__isnull', False)), _connector='OR'), name='closed_breach_is_told')],
            },
        ),
        migrations.CreateModel(
            name='DataRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('correct', '更正我的信息'), ('delete', '删除我的信息')], help_text='更正或删除', max_length=8, verbose_name='要什么')),
                ('key', models.CharField(help_text='同一份表单只提一次', max_length=120, unique=True, verbose_name='幂等键')),
                ('words', models.TextField(blank=True, help_text='本人写的；删除信息时一起删', verbose_name='原话')),
                ('name_sealed', models.BinaryField(blank=True, default=b'', help_text='AES-256-GCM 密文', verbose_name='改成的姓名（密文）')),
                ('preferred_time', models.CharField(blank=True, help_text='空为不改', max_length=60, verbose_name='改成的方便时间')),
                ('asked_at', models.DateTimeField(help_text='什么时候提的，答复时限从这里起算', verbose_name='提出时间')),
                ('due_at', models.DateTimeField(help_text='最晚什么时候答复', verbose_name='答复时限')),
                ('explanation', models.JSONField(default=list, help_text='逐行的（词，值）', verbose_name='怎么算的')),
                ('state', models.CharField(choices=[('waiting', '待答复'), ('second', '待第二人'), ('done', '已办'), ('declined', '不能办，有依据')], default='waiting', help_text='到了哪一步', max_length=8, verbose_name='状态')),
                ('is_whole', models.BooleanField(default=False, help_text='真为连同内容和附件；假为只删姓名电话，内容留到期满', verbose_name='全部删除')),
                ('answered_at', models.DateTimeField(blank=True, help_text='什么时候答复的', null=True, verbose_name='答复时间')),
                ('answer', models.TextField(blank=True, help_text='对本人说的话，本人看得到', verbose_name='答复')),
                ('basis', models.CharField(blank=True, help_text='不能办的依据哪一条', max_length=200, verbose_name='依据')),
                ('decided_at', models.DateTimeField(blank=True, help_text='什么时候办完的', null=True, verbose_name='办结时间')),
                ('by', models.ForeignKey(blank=True, help_text='谁答复的', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('case', models.ForeignKey(help_text='凭哪件诉求提的', on_delete=django.db.models.deletion.PROTECT, related_name='data_requests', to='cases.case')),
                ('second', models.ForeignKey(blank=True, help_text='删除的第二人，不能是答复人', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '个人信息请求',
                'ordering': ['-id'],
                'indexes': [models.Index(condition=models.Q(('state__in', ('waiting', 'second'))), fields=['due_at', 'id'], name='data_request_open')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ('waiting', 'second'))), fields=('case', 'kind'), name='one_open_data_request_of_a_kind'), models.CheckConstraint(condition=models.Q(('second', None), models.Q(('second', models.F('by')), _negated=True), _connector='OR'), name='data_request_by_two_persons'), models.CheckConstraint(condition=models.Q(models.Q(('kind', 'delete'), ('state', 'done'), _negated=True), ('second__isnull', False), _connector='OR'), name='deletion_needs_a_second')],
            },
        ),
        migrations.CreateModel(
            name='ExportRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(help_text='同一份表单只申请一次', max_length=120, unique=True, verbose_name='幂等键')),
                ('at', models.DateTimeField(help_text='什么时候申请的', verbose_name='申请时间')),
                ('since', models.DateField(blank=True, help_text='这一天起收到的，含当天', null=True, verbose_name='从哪天')),
                ('until', models.DateField(blank=True, help_text='到这一天为止收到的，含当天', null=True, verbose_name='到哪天')),
                ('columns', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=16), help_text='要哪几栏', size=None)),
                ('format', models.CharField(default='xlsx', help_text='xlsx 或 csv', max_length=4, verbose_name='格式')),
                ('why', models.CharField(help_text='给谁、做什么用', max_length=200, verbose_name='用途')),
                ('asked_for', models.PositiveIntegerField(help_text='申请时符合的有多少件，第二人看得到', verbose_name='申请时的件数')),
                ('state', models.CharField(choices=[('waiting', '待第二人'), ('made', '已导出'), ('refused', '没有同意'), ('expired', '文件已删除')], default='waiting', help_text='等第二人、已导出、没有同意或已删除', max_length=8, verbose_name='状态')),
                ('decided_at', models.DateTimeField(blank=True, help_text='第二人什么时候决定的', null=True, verbose_name='决定时间')),
                ('words', models.CharField(blank=True, help_text='第二人不同意的理由', max_length=200, verbose_name='理由')),
                ('count', models.PositiveIntegerField(default=0, help_text='文件里有多少件', verbose_name='导出件数')),
                ('path', models.CharField(blank=True, help_text='附件目录下的相对路径；过期后为空', max_length=120, verbose_name='存放')),
                ('sha256', models.CharField(blank=True, help_text='文件的 SHA-256，用来认出流出去的那一份', max_length=64, verbose_name='摘要')),
                ('expires_at', models.DateTimeField(blank=True, help_text='到这时文件删除', null=True, verbose_name='过期时间')),
                ('taken', models.PositiveIntegerField(default=0, help_text='申请人下载过几次，每次记台账', verbose_name='下载次数')),
                ('by', models.ForeignKey(help_text='谁要导出；按他的权限导', on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('second', models.ForeignKey(blank=True, help_text='第二人，不能是申请人', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'verbose_name': '导出申请',
                'ordering': ['-id'],
                'indexes': [models.Index(condition=models.Q(('state', 'made')), fields=['expires_at'], name='export_expires')],
                'constraints': [models.CheckConstraint(condition=models.Q(('second', None), models.Q(('second', models.F('by')), _negated=True), _connector='OR'), name='export_by_two_persons'), models.CheckConstraint(condition=models.Q(('state', 'waiting'), models.Q(('decided_at__isnull', False), ('second__isnull', False)), _connector='OR'), name='export_decided')],
            },
        ),
        migrations.RunSQL(
            [
                f"CREATE TRIGGER append_only BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION suqiu_append_only()"
                for table in ("cases_exportrequest", "cases_datarequest", "cases_breach")
            ],
            [
                f"DROP TRIGGER append_only ON {table}"
                for table in ("cases_exportrequest", "cases_datarequest", "cases_breach")
            ],
        ),
    ]
