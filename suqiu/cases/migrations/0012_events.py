"""One case is due when the first of those who wait with it is due: a clock of its own kind."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0011_meetings_and_parts'),
        ('citizens', '0002_phone_code'),
        ('directory', '0004_one_time_passwords_end'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name='clock',
            name='kind',
            field=models.CharField(choices=[('accept', '受理'), ('dispatch', '派单'), ('sub_term', '县中心转派'), ('outer', '总时限'), ('unit', '单位答复'), ('contact', '首次联系'), ('sign_in', '签收'), ('return_review', '退单审核'), ('ruling', '裁定'), ('hand_over', '告知转手'), ('first_sees', '首办看答复'), ('assist', '协办'), ('meeting', '到场记录'), ('extension', '延期审批'), ('follow_up', '回访'), ('confirm', '重办复核'), ('redo', '重办'), ('leader', '领导定'), ('settle', '等本人评价'), ('pause', '等本人补充'), ('plan', '挂账到期'), ('recheck', '月度复核'), ('promise', '承诺'), ('appeal', '申诉复核'), ('event', '同一事件里最早的')], help_text='哪一种时限', max_length=16, verbose_name='时限'),
        ),
        migrations.AlterField(
            model_name='clockterm',
            name='kind',
            field=models.CharField(choices=[('accept', '受理'), ('dispatch', '派单'), ('sub_term', '县中心转派'), ('outer', '总时限'), ('unit', '单位答复'), ('contact', '首次联系'), ('sign_in', '签收'), ('return_review', '退单审核'), ('ruling', '裁定'), ('hand_over', '告知转手'), ('first_sees', '首办看答复'), ('assist', '协办'), ('meeting', '到场记录'), ('extension', '延期审批'), ('follow_up', '回访'), ('confirm', '重办复核'), ('redo', '重办'), ('leader', '领导定'), ('settle', '等本人评价'), ('pause', '等本人补充'), ('plan', '挂账到期'), ('recheck', '月度复核'), ('promise', '承诺'), ('appeal', '申诉复核'), ('event', '同一事件里最早的')], help_text='哪一种时限', max_length=16, verbose_name='时限'),
        ),
    ]
