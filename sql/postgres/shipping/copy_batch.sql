-- The events of one batch as ClickHouse reads them (tab-separated), always the same rows in the same order.
-- An absent identifier is the zero UUID. Values that ClickHouse's types can't hold are brought to their border: one
-- strange event must not hold up all those after it (ClickHouse parses JSON to a depth of about 1,000).
COPY (
    SELECT
        id,
        date_trunc('milliseconds', least(greatest(occurred_at, '1970-01-01 UTC'), '2105-12-31 UTC') AT TIME ZONE 'UTC'),
        date_trunc('milliseconds', created_at AT TIME ZONE 'UTC'),
        event_type,
        user_id,
        coalesce(course_id, '00000000-0000-0000-0000-000000000000'),
        coalesce(module_id, '00000000-0000-0000-0000-000000000000'),
        coalesce(lesson_id, '00000000-0000-0000-0000-000000000000'),
        coalesce(object_id, '00000000-0000-0000-0000-000000000000'),
        coalesce(attempt_id, '00000000-0000-0000-0000-000000000000'),
        coalesce(cohort_id, '00000000-0000-0000-0000-000000000000'),
        round(nullif(score, 'NaN'), 2),
        round(nullif(max_score, 'NaN'), 2),
        duration_ms,
        nullif(position_start, 'NaN'),
        nullif(position_end, 'NaN'),
        is_correct::integer,
        CASE
            WHEN jsonb_typeof(event_data) <> 'object' THEN jsonb_build_object('value', left(event_data::text, 1000))
            WHEN octet_length(event_data::text) > 1000 AND jsonb_path_exists(event_data, '$.**{100}')
                THEN jsonb_build_object('not_kept', 'nested too deeply')
            ELSE event_data
        END,
        %(batch_id)s::bigint
    FROM learning_events
    WHERE (xid, id) > (%(from_xid)s::xid8, %(from_id)s::uuid)
        AND (xid, id) <= (%(to_xid)s::xid8, %(to_id)s::uuid)
        AND created_at >= %(since)s::timestamptz
        AND created_at < %(until)s::timestamptz
    ORDER BY xid, id
) TO STDOUT
