"""Demands that an officer files for somebody who cannot go online."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0008_appeals"),
        ("directory", "0004_one_time_passwords_end"),
        ("intake", "0003_memberships"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Filing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "consent_way",
                    models.CharField(
                        choices=[("spoken", "当面说的"), ("signed", "签了字"), ("phone", "电话里说的")],
                        help_text="当面、签字或电话",
                        max_length=8,
                        verbose_name="怎么同意的",
                    ),
                ),
                ("consent_at", models.DateTimeField(help_text="他什么时候同意的", verbose_name="同意时间")),
                (
                    "code_way",
                    models.CharField(
                        choices=[("sms", "短信发给本人"), ("paper", "打印给本人")],
                        help_text="能收短信的只发短信",
                        max_length=8,
                        verbose_name="查询码怎么给的",
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        help_text="谁代办的；他不因此多看、多办什么",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "case",
                    models.OneToOneField(
                        help_text="哪件诉求；替谁办的是它的来电人",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="filing",
                        to="cases.case",
                    ),
                ),
                (
                    "department",
                    models.ForeignKey(
                        help_text="代办人当时的单位",
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="directory.department",
                    ),
                ),
            ],
            options={"verbose_name": "线下代办", "ordering": ["case_id"]},
        ),
    ]
