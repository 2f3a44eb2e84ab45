"""Appeals that wait for a second person are found by an index of their own."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('cases', '0006_more_indexes'),
        ('citizens', '0002_phone_code'),
        ('directory', '0004_one_time_passwords_end'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('evidence_held__contains', ['appeal']), ('state', 'X')), fields=['next_due_at', 'id'], name='case_appeal'),
        ),
    ]
