"""A one-time password ends; what one officer did in the office journal is found by an index."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("directory", "0003_administration")]
    operations = [
        migrations.AddField(
            model_name="officer",
            name="one_time_until",
            field=models.DateTimeField(
                blank=True,
                help_text="过了不能再用它登录；空为没有一次性密码，或不会过期",
                null=True,
                verbose_name="一次性密码到期",
            ),
        ),
        migrations.RunSQL(
            "UPDATE directory_officer SET one_time_until = now() + interval '24 hours' WHERE has_one_time_password",
            migrations.RunSQL.noop,
        ),
        migrations.AddIndex(model_name="officeline", index=models.Index(fields=["by_id", "at"], name="office_line_by")),
    ]
