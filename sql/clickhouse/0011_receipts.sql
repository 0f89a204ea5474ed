-- How many events came in each quarter of an hour, how many of them were late by more than a minute, how late the
-- latest was, in seconds, and how many claim a time that had not come. A store that has events already is counted.
CREATE TABLE IF NOT EXISTS receipts{on_cluster}
(
    bucket DateTime('UTC') CODEC(DoubleDelta, ZSTD),
    received_month Date CODEC(ZSTD),
    events SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD),
    from_future SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD),
    late SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD),
    longest_delay SimpleAggregateFunction(max, Int64) CODEC(T64, ZSTD)
)
ENGINE = {replicated}AggregatingMergeTree
PARTITION BY received_month
ORDER BY bucket
TTL received_month + INTERVAL {ttl_months} MONTH
SETTINGS
    non_replicated_deduplication_window = 10000,
    replicated_deduplication_window = 10000,
    ttl_only_drop_parts = 1,
    fsync_after_insert = 1,
    fsync_part_directory = 1;

TRUNCATE TABLE receipts{on_cluster};

INSERT INTO receipts
SELECT
    toStartOfFifteenMinutes(toDateTime(received_at, 'UTC')) AS bucket,
    toStartOfMonth(received_at) AS received_month,
    count() AS events,
    countIf(occurred_at > received_at + INTERVAL 5 MINUTE) AS from_future,
    countIf(occurred_at < received_at - INTERVAL 1 MINUTE) AS late,
    max(dateDiff('second', occurred_at, received_at)) AS longest_delay
FROM learning_events
GROUP BY bucket, received_month;

CREATE MATERIALIZED VIEW IF NOT EXISTS receipts_of_events{on_cluster} TO receipts AS
SELECT
    toStartOfFifteenMinutes(toDateTime(received_at, 'UTC')) AS bucket,
    toStartOfMonth(received_at) AS received_month,
    count() AS events,
    countIf(occurred_at > received_at + INTERVAL 5 MINUTE) AS from_future,
    countIf(occurred_at < received_at - INTERVAL 1 MINUTE) AS late,
    max(dateDiff('second', occurred_at, received_at)) AS longest_delay
FROM learning_events
GROUP BY bucket, received_month;
