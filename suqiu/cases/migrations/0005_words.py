"""What a case can be found by: one row of cut words beside each case."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.contrib.postgres.operations import BtreeGinExtension
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0004_holdings_stay")]
    operations = [
        BtreeGinExtension(),
        migrations.CreateModel(
            name="CaseWords",
            fields=[
                (
                    "window_no",
                    models.IntegerField(help_text="编号所在的段：每 65536 个一段，新的在后"),
                ),
                (
                    "seen_by",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40),
                        default=list,
                        help_text="能找到它的单位；热线中心不看这一列",
                        size=None,
                    ),
                ),
                ("words", django.contrib.postgres.search.SearchVectorField(help_text="切开的词")),
                ("version", models.PositiveSmallIntegerField(help_text="按哪一版切的词")),
                (
                    "case",
                    models.OneToOneField(
                        help_text="哪件诉求",
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="words",
                        serialize=False,
                        to="cases.case",
                    ),
                ),
            ],
            options={
                "verbose_name": "检索行",
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        "window_no", "seen_by", "words", name="case_words", fastupdate=False
                    )
                ],
            },
        ),
    ]
