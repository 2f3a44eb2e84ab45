"""The ledger of hard cases moves to the room that every stage may read: rows first, then the old table goes."""

from django.db import migrations

COLUMNS = ("case_id", "plan", "plan_on", "asked_at", "signed_by_id", "signed_at", "ended_at")


def move(apps, schema_editor):
    _copy(apps.get_model("handling", "Hanging"), apps.get_model("cases", "Hanging"))


def move_back(apps, schema_editor):
    _copy(apps.get_model("cases", "Hanging"), apps.get_model("handling", "Hanging"))


def _copy(old, new):
    new.objects.bulk_create(new(**row) for row in old.objects.order_by("id").values(*COLUMNS))


class Migration(migrations.Migration):
    dependencies = [("cases", "0014_hard_cases"), ("handling", "0005_proof")]

    operations = [migrations.RunPython(move, move_back), migrations.DeleteModel("Hanging")]
