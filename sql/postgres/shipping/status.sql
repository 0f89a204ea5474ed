-- The state of shipping besides the queue.
SELECT
    (SELECT max(acknowledged_at) FROM event_batches) AS last_acknowledged_at,
    (SELECT count(*) FROM event_batches WHERE acknowledged_at IS NULL AND sent_at IS NOT NULL) AS unacknowledged,
    (SELECT last_error FROM event_batches WHERE acknowledged_at IS NULL ORDER BY id LIMIT 1) AS last_error,
    (SELECT count(*) FROM event_quarantine) AS quarantined
