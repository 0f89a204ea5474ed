-- What the models can't say: identifiers, updated_at, and partitions by month.

-- A UUIDv7 on every supported server: PostgreSQL 18 has uuidv7(), older ones get the same layout
-- (48 bits of milliseconds, then random bits) made from gen_random_uuid().
DO $do$
BEGIN
    IF current_setting('server_version_num')::int >= 180000 THEN
        EXECUTE 'CREATE FUNCTION new_id() RETURNS uuid LANGUAGE sql VOLATILE PARALLEL SAFE AS ''SELECT uuidv7()''';
    ELSE
        EXECUTE $sql$
            CREATE FUNCTION new_id() RETURNS uuid LANGUAGE sql VOLATILE PARALLEL SAFE AS $body$
                SELECT encode(
                    set_bit(set_bit(
                        overlay(uuid_send(gen_random_uuid())
                            PLACING substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3)
                            FROM 1 FOR 6),
                        52, 1), 53, 1),
                    'hex')::uuid
            $body$
        $sql$;
    END IF;
END
$do$;

CREATE FUNCTION touch_updated_at() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.updated_at := clock_timestamp();
    RETURN NEW;
END
$$;

-- Make the monthly partitions of `parent` from last month to `months_ahead` months from now.
-- Rows of other months go to the default partition, so that no write is ever refused.
CREATE FUNCTION ensure_month_partitions(parent text, months_ahead int) RETURNS int LANGUAGE plpgsql AS $$
DECLARE
    month date;
    child text;
    made int := 0;
BEGIN
    IF to_regclass(parent || '_default') IS NULL THEN
        EXECUTE format('CREATE TABLE %I PARTITION OF %I DEFAULT', parent || '_default', parent);
    END IF;
    FOR offset_months IN -1 .. months_ahead LOOP
        month := date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => offset_months);
        child := parent || to_char(month, '_YYYY_MM');
        IF to_regclass(child) IS NULL THEN
            EXECUTE format(
                'CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)',
                child, parent, month || ' 00:00:00+00', (month + interval '1 month')::date || ' 00:00:00+00');
            made := made + 1;
        END IF;
    END LOOP;
    RETURN made;
END
$$;
