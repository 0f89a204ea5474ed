-- Write down the next batch: all events after the last one whose transactions can't change any more, in their order.
-- A transaction's id is given when it first writes, so below the oldest one still running nothing can appear. Those
-- known to run in another database of the server don't count: a neighbour's long night must not hold up our charts.
-- The size is limited in bytes too, since one insert is one block in memory.
WITH oldest_running AS (
    SELECT running.xid
    FROM pg_snapshot_xip(pg_current_snapshot()) AS running (xid)
    WHERE NOT EXISTS (
        SELECT 1
        FROM pg_stat_activity AS backend
        WHERE backend.backend_xid = running.xid::xid
            AND backend.datid <> (SELECT oid FROM pg_database WHERE datname = current_database())
    )
    ORDER BY running.xid
    LIMIT 1
),
ready AS (
    SELECT xid, id, octet_length(event_data::text) + 300 AS bytes
    FROM learning_events
    WHERE (xid, id) > (CAST(:from_xid AS xid8), CAST(:from_id AS uuid))
        AND xid < coalesce((SELECT xid FROM oldest_running), pg_snapshot_xmax(pg_current_snapshot()))
    ORDER BY xid, id
    LIMIT :max_events
),
taken AS (
    SELECT xid, id
    FROM (SELECT xid, id, sum(bytes) OVER (ORDER BY xid, id) - bytes AS before FROM ready) AS sized
    WHERE before < :max_bytes
)
INSERT INTO event_batches (from_xid, from_id, to_xid, to_id, event_count)
SELECT CAST(:from_xid AS xid8), CAST(:from_id AS uuid), last_taken.xid, last_taken.id, (SELECT count(*) FROM taken)
FROM (SELECT xid, id FROM taken ORDER BY xid DESC, id DESC LIMIT 1) AS last_taken
RETURNING
    id,
    from_xid::text AS from_xid,
    from_id,
    to_xid::text AS to_xid,
    to_id,
    event_count,
    (SELECT count(*) FROM ready) >= :max_events OR (SELECT count(*) FROM ready) > event_count AS is_full
