-- The confirmed batches that hold events of a month, in their order.
WITH bounds AS (
    SELECT
        (SELECT (xid, id) FROM learning_events
            WHERE created_at >= :since AND created_at < :until ORDER BY xid, id LIMIT 1) AS first,
        (SELECT (xid, id) FROM learning_events
            WHERE created_at >= :since AND created_at < :until ORDER BY xid DESC, id DESC LIMIT 1) AS last
)
SELECT
    batch.id,
    batch.from_xid::text AS from_xid,
    batch.from_id,
    batch.to_xid::text AS to_xid,
    batch.to_id,
    batch.event_count
FROM event_batches AS batch
CROSS JOIN bounds
WHERE batch.acknowledged_at IS NOT NULL
    AND (batch.to_xid, batch.to_id) >= bounds.first
    AND (batch.from_xid, batch.from_id) < bounds.last
ORDER BY batch.id
