-- Who acts: settings of one transaction, which learncraft/acting.py makes as it begins. Policies compare with them in
-- the form (SELECT acting_user()), which PostgreSQL works out once for a statement and not once for a row.

CREATE FUNCTION acting_user() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT nullif(current_setting('learncraft.user_id', true), '')::uuid
$$;

CREATE FUNCTION acting_role() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT coalesce(nullif(current_setting('learncraft.role', true), ''), 'nobody')
$$;

-- An entry of the audit trail for a changed row. The arguments are columns that say nothing: counters, and what is
-- computed. It runs as its owner, so those who cause an entry can't write, change or take away one themselves.
CREATE FUNCTION write_audit() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    ignored text[] := ARRAY['search_vector', 'created_at', 'updated_at'] || TG_ARGV[0:]::text[];
    was jsonb := CASE WHEN TG_OP <> 'INSERT' THEN to_jsonb(OLD) - ignored ELSE '{}'::jsonb END;
    becomes jsonb := CASE WHEN TG_OP <> 'DELETE' THEN to_jsonb(NEW) - ignored ELSE '{}'::jsonb END;
    row_id uuid := coalesce(becomes ->> 'id', was ->> 'id')::uuid;
BEGIN
    IF was = becomes THEN
        RETURN NULL;
    END IF;
    INSERT INTO audit_logs (
        user_id, action, entity_type, entity_id, old_values, new_values, ip_address, user_agent, session_id
    )
    VALUES (
        acting_user(), lower(TG_OP), TG_TABLE_NAME, row_id,
        CASE WHEN TG_OP <> 'INSERT' THEN audit_values(was, becomes) END,
        CASE WHEN TG_OP <> 'DELETE' THEN audit_values(becomes, was) END,
        nullif(current_setting('learncraft.address', true), '')::inet,
        nullif(current_setting('learncraft.agent', true), ''),
        nullif(current_setting('learncraft.sign_in', true), '')
    );
    RETURN NULL;
END $$;

-- What differs from the other row, without secrets, and with long values cut: the trail says what changed, and is no
-- second copy of every lesson.
CREATE FUNCTION audit_values(row_values jsonb, other jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(jsonb_object_agg(key, CASE
        WHEN key IN ('password_hash', 'oidc_subject', 'payment_id') AND value <> 'null' THEN '"(hidden)"'
        WHEN length(value::text) > 400 THEN to_jsonb(
            format('%s… (%s characters, %s)', left(value::text, 300), length(value::text), left(md5(value::text), 8))
        )
        ELSE value
    END), '{}')
    FROM jsonb_each(row_values)
    WHERE value IS DISTINCT FROM coalesce(other -> key, 'null')
$$;
