-- What the event store hasn't confirmed: the events after the last confirmed batch.
WITH confirmed AS (
    SELECT id, to_xid, to_id
    FROM event_batches
    WHERE acknowledged_at IS NOT NULL
    ORDER BY id DESC
    LIMIT 1
)
SELECT
    coalesce((SELECT id FROM confirmed), 0) AS last_batch,
    count(*) AS queued,
    coalesce(min(created_at), now()) AS shipped_until,
    coalesce(greatest(extract(epoch FROM now() - min(created_at)), 0), 0)::double precision AS lag_seconds
FROM learning_events
WHERE (xid, id) > (
    coalesce((SELECT to_xid FROM confirmed), '0'::xid8),
    coalesce((SELECT to_id FROM confirmed), '00000000-0000-0000-0000-000000000000'::uuid)
)
