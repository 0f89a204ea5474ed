-- Who was there: people and their events in each quarter of an hour of a course, whatever they did. Each time zone's
-- midnight is a border between two quarters. It is the activity without the types, a quarter of its size, for the
-- charts that ask only who came when. Events from the future lie at the zero of time, as there.
CREATE TABLE IF NOT EXISTS presence{on_cluster}
(
    course_id UUID CODEC(ZSTD),
    bucket DateTime('UTC') CODEC(DoubleDelta, ZSTD),
    actor_id UUID CODEC(ZSTD),
    received_month Date CODEC(ZSTD),
    events SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD)
)
ENGINE = {replicated}AggregatingMergeTree
PARTITION BY received_month
ORDER BY (course_id, bucket, actor_id)
TTL received_month + INTERVAL {ttl_months} MONTH
SETTINGS
    non_replicated_deduplication_window = 10000,
    replicated_deduplication_window = 10000,
    ttl_only_drop_parts = 1,
    fsync_after_insert = 1,
    fsync_part_directory = 1;

TRUNCATE TABLE presence{on_cluster};

INSERT INTO presence
SELECT
    course_id,
    if(
        occurred_at > received_at + INTERVAL 5 MINUTE,
        toDateTime(0, 'UTC'),
        toStartOfFifteenMinutes(toDateTime(occurred_at, 'UTC'))
    ) AS bucket,
    actor_id,
    toStartOfMonth(received_at) AS received_month,
    count() AS events
FROM learning_events
GROUP BY course_id, bucket, actor_id, received_month;

CREATE MATERIALIZED VIEW IF NOT EXISTS presence_of_events{on_cluster} TO presence AS
SELECT
    course_id,
    if(
        occurred_at > received_at + INTERVAL 5 MINUTE,
        toDateTime(0, 'UTC'),
        toStartOfFifteenMinutes(toDateTime(occurred_at, 'UTC'))
    ) AS bucket,
    actor_id,
    toStartOfMonth(received_at) AS received_month,
    count() AS events
FROM learning_events
GROUP BY course_id, bucket, actor_id, received_month;
