"""The office journal refuses change, from the table's owner too."""

from django.db import migrations

REFUSE = """
CREATE FUNCTION suqiu_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '% is append-only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation'; END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON directory_officeline FOR EACH ROW EXECUTE FUNCTION suqiu_append_only();
CREATE TRIGGER append_only_all BEFORE TRUNCATE ON directory_officeline FOR EACH STATEMENT EXECUTE FUNCTION suqiu_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("directory", "0001_initial")]
    operations = [migrations.RunSQL(REFUSE, "DROP FUNCTION suqiu_append_only CASCADE")]
