"""The database refuses to lose a holding: an open `first` could otherwise be deleted where it may not be ended."""

from django.db import migrations

STAY = """
CREATE TRIGGER append_only BEFORE DELETE ON cases_holding FOR EACH ROW EXECUTE FUNCTION suqiu_append_only();
CREATE TRIGGER append_only_all BEFORE TRUNCATE ON cases_holding FOR EACH STATEMENT EXECUTE FUNCTION suqiu_append_only();
"""
UNDO = "DROP TRIGGER append_only ON cases_holding; DROP TRIGGER append_only_all ON cases_holding"


class Migration(migrations.Migration):
    dependencies = [("cases", "0003_line_at")]
    operations = [migrations.RunSQL(STAY, UNDO)]
