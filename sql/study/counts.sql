SELECT
    count(*) FILTER (WHERE is_due) AS due,
    count(*) FILTER (WHERE state = 'new') AS unmet,
    count(*) FILTER (WHERE begun_at >= :today AND state <> 'new') AS met_today,
    count(*) FILTER (WHERE due_at < :tomorrow AND NOT is_due) AS later_today,
    min(due_at) FILTER (WHERE NOT is_due) AS next_at,
    count(*) FILTER (WHERE last_reviewed_at >= :today) AS done_today,
    count(*) AS cards,
    (
        SELECT array_agg(
            (SELECT count(*) FROM scheduled AS s WHERE s.due_at >= days.begins AND s.due_at < days.ends)
            ORDER BY days.begins
        )
        FROM unnest(CAST(:begins AS timestamptz []), CAST(:ends AS timestamptz [])) AS days (begins, ends)
    ) AS ahead
FROM scheduled
