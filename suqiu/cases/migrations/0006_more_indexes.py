"""Cases of an area and about somebody, and promises not kept yet, are found by indexes of their own."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0005_words"),
        ("directory", "0004_one_time_passwords_end"),
    ]
    operations = [
        migrations.AlterField(
            model_name="case",
            name="area",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                help_text="事发区划",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="cases",
                to="directory.area",
            ),
        ),
        migrations.AlterField(
            model_name="case",
            name="about_department",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                help_text="被反映的单位，它看不到这件",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="directory.department",
            ),
        ),
        migrations.AlterField(
            model_name="case",
            name="about_officer",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                help_text="被反映的人，他看不到这件",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(model_name="case", index=models.Index(fields=["area", "received_at"], name="case_area")),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(about_department__isnull=False),
                fields=["about_department"],
                name="case_about_department",
            ),
        ),
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(about_officer__isnull=False),
                fields=["about_officer"],
                name="case_about_officer",
            ),
        ),
        migrations.AddIndex(
            model_name="promise",
            index=models.Index(
                condition=models.Q(kept_at=None, replaced_by=None),
                fields=["department", "due_at"],
                name="promise_open",
            ),
        ),
    ]
