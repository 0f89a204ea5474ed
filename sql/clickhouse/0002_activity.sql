-- How many events of each type each person had in each quarter of an hour of a course. Each time zone's midnight is
-- a border between two quarters, so any day of any time zone is counted exactly. Partial sums add up on read.
CREATE TABLE IF NOT EXISTS activity{on_cluster}
(
    course_id UUID CODEC(ZSTD),
    bucket DateTime('UTC') CODEC(DoubleDelta, ZSTD),
    event_type LowCardinality(String),
    actor_id UUID CODEC(ZSTD),
    received_month Date CODEC(ZSTD),
    events SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD)
)
ENGINE = {replicated}AggregatingMergeTree
PARTITION BY received_month
ORDER BY (course_id, bucket, event_type, actor_id)
TTL received_month + INTERVAL {ttl_months} MONTH
SETTINGS
    non_replicated_deduplication_window = 10000,
    replicated_deduplication_window = 10000,
    ttl_only_drop_parts = 1,
    fsync_after_insert = 1,
    fsync_part_directory = 1;

CREATE MATERIALIZED VIEW IF NOT EXISTS activity_of_events{on_cluster} TO activity AS
SELECT
    course_id,
    toStartOfFifteenMinutes(toDateTime(occurred_at, 'UTC')) AS bucket,
    event_type,
    actor_id,
    toStartOfMonth(received_at) AS received_month,
    count() AS events
FROM learning_events
GROUP BY course_id, bucket, event_type, actor_id, received_month;
