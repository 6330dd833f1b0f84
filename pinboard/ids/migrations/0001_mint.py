"""`pinboard_mint(kind)`: a hybrid logical clock kept in a sequence.

The sequence's value is milliseconds << 10 | counter. Minting is one `nextval`. Only when its value
has fallen a whole millisecond behind the wall clock is the sequence moved on, by one connection at a
time. That is safe because everyone else who finds it behind waits for the lock, so the value cannot
pass the target between the look and the `setval`. The lock is taken and released inside one
expression: no interrupt is checked for in between, so it cannot be left behind.

After Kulkarni et al., "Logical Physical Clocks" (OPODIS 2014).
"""

from django.db import migrations

FORWARD = """
CREATE SEQUENCE pinboard_clock AS bigint MINVALUE 1 START 1;

CREATE FUNCTION pinboard_mint(kind integer) RETURNS bigint
LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    clock bigint := nextval('pinboard_clock');
    now_ms bigint := (extract(epoch FROM clock_timestamp()) * 1000)::bigint - 1767225600000;
    shard integer := coalesce(nullif(current_setting('pinboard.shard', true), ''), '0')::integer;
BEGIN
    IF clock >> 10 < now_ms THEN
        PERFORM
            pg_advisory_lock(6042026),
            CASE WHEN coalesce(pg_sequence_last_value('pinboard_clock'), 0) < (now_ms - 1) << 10
                 THEN setval('pinboard_clock', now_ms << 10) END,
            pg_advisory_unlock(6042026);
        clock := nextval('pinboard_clock');
    END IF;
    RETURN (clock << 12) | (shard << 6) | kind;
END $$;
"""

BACKWARD = "DROP FUNCTION pinboard_mint(integer); DROP SEQUENCE pinboard_clock;"


class Migration(migrations.Migration):
    dependencies = []
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
