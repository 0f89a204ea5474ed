-- What an administrator and the AI tutor platform's document call background jobs: the library's table with the
-- document's columns and statuses. It is read with the rights of who asks.
CREATE VIEW background_jobs WITH (security_invoker = true) AS
SELECT
    job.id AS job_id,
    job.task_name AS job_type,
    CASE job.status
        WHEN 'todo' THEN 'PENDING'
        WHEN 'doing' THEN 'RUNNING'
        WHEN 'succeeded' THEN 'COMPLETED'
        WHEN 'failed' THEN 'FAILED'
        ELSE 'CANCELLED'
    END AS status,
    job.args AS payload,
    job.queue_name,
    job.priority,
    job.attempts,
    job.lock,
    job.scheduled_at AS run_after,
    job.abort_requested AS is_cancelling,
    job.worker_id,
    happened.created_at,
    happened.started_at,
    CASE WHEN job.status NOT IN ('todo', 'doing') THEN happened.finished_at END AS finished_at,
    progress.done,
    progress.total,
    progress.words,
    progress.error
FROM procrastinate_jobs AS job
LEFT JOIN job_progress AS progress ON progress.job_id = job.id
LEFT JOIN LATERAL (
    SELECT
        min(event.at) FILTER (WHERE event.type = 'deferred') AS created_at,
        max(event.at) FILTER (WHERE event.type = 'started') AS started_at,
        max(event.at) FILTER (WHERE event.type IN ('succeeded', 'failed', 'cancelled', 'aborted')) AS finished_at
    FROM procrastinate_events AS event
    WHERE event.job_id = job.id
) AS happened ON true;

-- Give rows that came before their month had a partition a partition of that month. It moves the default partition
-- aside and inserts its rows anew, so that a table whose rows may not be deleted can be sorted too. Months that
-- nobody can mean (before 2000, or further ahead than partitions are made) stay in the default partition.
CREATE FUNCTION sort_default_partition(parent text, months_ahead int) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    key text;
    filled text;
    month date;
    limit_month date := date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => months_ahead + 1);
    is_needed boolean;
    moved bigint;
BEGIN
    IF to_regclass(parent || '_default') IS NULL THEN
        RETURN 0;
    END IF;
    SELECT a.attname INTO STRICT key
    FROM pg_partitioned_table p
    JOIN pg_attribute a ON a.attrelid = p.partrelid AND a.attnum = p.partattrs[0]
    WHERE p.partrelid = to_regclass(parent);
    EXECUTE format('SELECT EXISTS (SELECT FROM %I WHERE %I >= %L AND %I < %L)',
        parent || '_default', key, '2000-01-01 00:00:00+00', key, limit_month || ' 00:00:00+00') INTO is_needed;
    IF NOT is_needed THEN
        RETURN 0;
    END IF;
    EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', parent);
    EXECUTE format('ALTER TABLE %I DETACH PARTITION %I', parent, parent || '_default');
    EXECUTE format('ALTER TABLE %I RENAME TO %I', parent || '_default', parent || '_unsorted');
    EXECUTE format('CREATE TABLE %I PARTITION OF %I DEFAULT', parent || '_default', parent);
    FOR month IN EXECUTE format(
        'SELECT DISTINCT date_trunc(''month'', %I AT TIME ZONE ''UTC'')::date FROM %I WHERE %I >= %L AND %I < %L',
        key, parent || '_unsorted', key, '2000-01-01 00:00:00+00', key, limit_month || ' 00:00:00+00')
    LOOP
        IF to_regclass(parent || to_char(month, '_YYYY_MM')) IS NULL THEN
            EXECUTE format(
                'CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)',
                parent || to_char(month, '_YYYY_MM'), parent,
                month || ' 00:00:00+00', (month + interval '1 month')::date || ' 00:00:00+00');
        END IF;
    END LOOP;
    SELECT string_agg(quote_ident(attname), ', ') INTO STRICT filled
    FROM pg_attribute
    WHERE attrelid = to_regclass(parent) AND attnum > 0 AND NOT attisdropped AND attgenerated = '';
    EXECUTE format('INSERT INTO %I (%s) SELECT %s FROM %I', parent, filled, filled, parent || '_unsorted');
    GET DIAGNOSTICS moved = ROW_COUNT;
    EXECUTE format('DROP TABLE %I', parent || '_unsorted');
    RETURN moved;
END
$$;
