"""What the office journal and the bells say of one case is found by an index."""

import django.db.models.fields.json
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('directory', '0004_one_time_passwords_end'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='notice',
            index=models.Index(condition=models.Q(('case_number', ''), _negated=True), fields=['case_number'], name='notice_case'),
        ),
        migrations.AddIndex(
            model_name='officeline',
            index=models.Index(django.db.models.fields.json.KeyTextTransform('case', 'says'), name='office_line_case'),
        ),
    ]
