-- How many confirmed events came in each month, as days begin in UTC: what the event store must hold.
WITH confirmed AS (
    SELECT to_xid, to_id
    FROM event_batches
    WHERE acknowledged_at IS NOT NULL
    ORDER BY id DESC
    LIMIT 1
)
SELECT date_trunc('month', created_at AT TIME ZONE 'UTC')::date AS month, count(*) AS events
FROM learning_events
WHERE (xid, id) <= (SELECT to_xid, to_id FROM confirmed)
    AND created_at >= :since
GROUP BY month
ORDER BY month
