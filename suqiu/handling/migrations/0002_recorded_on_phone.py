"""Beside the time of receipt, the time at which it was written down on a phone without a signal."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("handling", "0001_initial")]

    operations = [
        migrations.RenameField("sitevisit", "recorded_at", "received_at"),
        migrations.AlterField(
            "sitevisit",
            "received_at",
            models.DateTimeField(help_text="系统收到的时间；几个时间都留", verbose_name="收到时间"),
        ),
        migrations.AddField(
            "sitevisit",
            "recorded_at",
            models.DateTimeField(help_text="在手机上记下的时间；不是从手机传来的为空", null=True, verbose_name="手机记录时间"),
        ),
        migrations.AddField(
            "contact",
            "recorded_at",
            models.DateTimeField(help_text="在手机上记下的时间；不是从手机传来的为空", null=True, verbose_name="手机记录时间"),
        ),
        migrations.AlterField(
            "contact",
            "at",
            models.DateTimeField(help_text="系统收到的时间", verbose_name="时间"),
        ),
    ]
