"""An appeal may be against any decision, so those that wait are indexed whatever the state."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0007_appeals_that_wait"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(model_name="case", name="case_appeal"),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                fields=["next_due_at", "id"],
                condition=models.Q(evidence_held__contains=["appeal"]),
                name="case_appeal",
            ),
        ),
        migrations.AlterField(
            model_name="cycle",
            name="why",
            field=models.CharField(
                help_text="received、redo、leader、reopened（申诉成立）、not_his_will（撤单不是本人的意思）之一",
                max_length=20,
                verbose_name="起因",
            ),
        ),
    ]
