"""Another hour for what was promised."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0008_appeals"),
        ("handling", "0002_recorded_on_phone"),
    ]

    operations = [
        migrations.CreateModel(
            name="NewTime",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("cycle", models.PositiveSmallIntegerField(help_text="第几轮", verbose_name="轮次")),
                ("due_at", models.DateTimeField(help_text="提的是什么时候", verbose_name="改到")),
                ("is_his", models.BooleanField(help_text="来电人提的为真，单位另提的为假", verbose_name="来电人提的")),
                ("at", models.DateTimeField(help_text="什么时候提的", verbose_name="提出时间")),
                (
                    "is_waiting",
                    models.BooleanField(default=True, help_text="等对方答应为真；定了或换了为假", verbose_name="还没有定"),
                ),
                (
                    "case",
                    models.ForeignKey(
                        help_text="哪件诉求",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="new_times",
                        to="cases.case",
                    ),
                ),
                (
                    "promise",
                    models.ForeignKey(
                        help_text="哪个承诺要改时间",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="new_times",
                        to="cases.promise",
                    ),
                ),
            ],
            options={
                "verbose_name": "改时间",
                "ordering": ["id"],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("is_waiting", True)), fields=("case",), name="one_new_time_waits"
                    )
                ],
            },
        ),
    ]
