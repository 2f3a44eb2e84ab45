"""One table of shares, in the room that every stage may read; the city's own numbers come along, from both places where they stood."""

from django.db import migrations

SETTING = "share:"


def move(apps, schema_editor):
    share, setting = apps.get_model("cases", "Share"), apps.get_model("directory", "Setting")
    rows = list(apps.get_model("followup", "Share").objects.values("kind", "percent", "source"))
    for kept in setting.objects.filter(key__startswith=SETTING):
        rows.append({"kind": kept.key.removeprefix(SETTING), "percent": min(max(int(kept.value), 0), 100), "source": "ours"})
    share.objects.bulk_create(share(**row) for row in rows)
    setting.objects.filter(key__startswith=SETTING).delete()


def move_back(apps, schema_editor):
    old, setting = apps.get_model("followup", "Share"), apps.get_model("directory", "Setting")
    for row in apps.get_model("cases", "Share").objects.all():
        if row.kind in ("on_spot", "look_back"):
            old.objects.create(kind=row.kind, percent=row.percent, source=row.source)
        else:
            setting.objects.create(key=f"{SETTING}{row.kind}", value=row.percent)


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0015_k5_shares"),
        ("directory", "0005_found_by_case"),
        ("followup", "0003_looking_again"),
    ]

    operations = [migrations.RunPython(move, move_back), migrations.DeleteModel("Share")]
