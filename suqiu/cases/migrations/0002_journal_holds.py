"""The database itself refuses a changed line, and a changed case without a line of equal values."""

from django.db import migrations

COLUMNS = (
    "number state cycle demand_type routing_class urgency secrecy matter_id evidence_class evidence_held area_id event_id "
    "lead_department_id lead_officer_id first_department_id about_department_id about_officer_id dispute hops verdict"
).split()
MOMENTS = ("received_at", "dispatched_at", "closed_at", "next_due_at")

pairs = [f"'{c}', c.{c}" for c in [*COLUMNS, "next_due_kind"]]
pairs += [f"""'{m}', to_char(c.{m} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')""" for m in MOMENTS]

HOLDS = f"""
CREATE FUNCTION cases_chained(c cases_case) RETURNS jsonb LANGUAGE sql STABLE AS $$ SELECT jsonb_build_object({", ".join(pairs)}) $$;

CREATE FUNCTION cases_case_has_line() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE c cases_case; l cases_line;
BEGIN
    SELECT * INTO c FROM cases_case WHERE id = NEW.id;
    SELECT * INTO l FROM cases_line WHERE case_id = c.id AND no = c.line_no;
    IF l.id IS NULL OR l.hash <> c.head OR l.columns <> cases_chained(c)
       OR EXISTS (SELECT 1 FROM cases_line WHERE case_id = c.id AND no > c.line_no) THEN
        RAISE EXCEPTION 'case %: columns differ from journal line %', c.number, c.line_no USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER case_has_line AFTER INSERT OR UPDATE ON cases_case
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION cases_case_has_line();

CREATE FUNCTION cases_line_is_next() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.no = 1 AND NEW.prev = '' THEN RETURN NEW; END IF;
    IF NOT EXISTS (SELECT 1 FROM cases_line WHERE case_id = NEW.case_id AND no = NEW.no - 1 AND hash = NEW.prev) THEN
        RAISE EXCEPTION 'line % does not follow the line before', NEW.no USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER line_is_next BEFORE INSERT ON cases_line FOR EACH ROW EXECUTE FUNCTION cases_line_is_next();

CREATE FUNCTION cases_line_reaches_case() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM cases_case WHERE id = NEW.case_id AND line_no >= NEW.no) THEN
        RAISE EXCEPTION 'line % without its case', NEW.no USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER line_reaches_case AFTER INSERT ON cases_line
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION cases_line_reaches_case();

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON cases_line FOR EACH ROW EXECUTE FUNCTION suqiu_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON cases_look FOR EACH ROW EXECUTE FUNCTION suqiu_append_only();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON cases_seal FOR EACH ROW EXECUTE FUNCTION suqiu_append_only();
CREATE TRIGGER append_only BEFORE DELETE ON cases_case FOR EACH ROW EXECUTE FUNCTION suqiu_append_only();
CREATE TRIGGER append_only_all BEFORE TRUNCATE ON cases_line FOR EACH STATEMENT EXECUTE FUNCTION suqiu_append_only();
CREATE TRIGGER append_only_all BEFORE TRUNCATE ON cases_look FOR EACH STATEMENT EXECUTE FUNCTION suqiu_append_only();
CREATE TRIGGER append_only_all BEFORE TRUNCATE ON cases_seal FOR EACH STATEMENT EXECUTE FUNCTION suqiu_append_only();
CREATE TRIGGER append_only_all BEFORE TRUNCATE ON cases_case FOR EACH STATEMENT EXECUTE FUNCTION suqiu_append_only();

-- a dispatched open case has exactly one open `first`, and an open case somebody who leads
CREATE FUNCTION cases_case_is_answered_for() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE c cases_case; firsts int; leads int;
BEGIN
    SELECT * INTO c FROM cases_case WHERE id = NEW.id;
    SELECT count(*) FILTER (WHERE role = 'first'), count(*) FILTER (WHERE role = 'lead')
      INTO firsts, leads FROM cases_holding WHERE case_id = c.id AND until IS NULL;
    IF c.state IN ('S','H','V','F','L','G') AND firsts <> 1 THEN
        RAISE EXCEPTION 'case %: % open first holdings, not one', c.number, firsts USING ERRCODE = 'restrict_violation';
    END IF;
    IF c.state IN ('R','W','D','S','H','V','F','L','G') AND leads = 0 THEN
        RAISE EXCEPTION 'case %: nobody holds it', c.number USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER case_is_answered_for AFTER INSERT OR UPDATE OF state ON cases_case
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION cases_case_is_answered_for();
CREATE FUNCTION cases_holding_is_answered_for() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE c cases_case; firsts int;
BEGIN
    SELECT * INTO c FROM cases_case WHERE id = NEW.case_id;
    SELECT count(*) INTO firsts FROM cases_holding WHERE case_id = c.id AND until IS NULL AND role = 'first';
    IF c.state IN ('S','H','V','F','L','G') AND firsts <> 1 THEN
        RAISE EXCEPTION 'case %: % open first holdings, not one', c.number, firsts USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER holding_is_answered_for AFTER INSERT OR UPDATE ON cases_holding
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION cases_holding_is_answered_for();
"""

UNDO = "DROP FUNCTION cases_chained, cases_case_has_line, cases_line_is_next, cases_line_reaches_case, cases_case_is_answered_for, cases_holding_is_answered_for CASCADE"


class Migration(migrations.Migration):
    dependencies = [("cases", "0001_initial"), ("directory", "0002_append_only")]
    operations = [migrations.RunSQL(HOLDS, UNDO)]
