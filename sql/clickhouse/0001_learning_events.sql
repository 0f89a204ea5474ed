-- All learning events: one wide row per event, in the order that charts of one course read them.
-- An identifier that an event doesn't have is the zero UUID: a nullable key column costs space and speed.
-- Partitions follow the month of receipt, as PostgreSQL's do, so a partition can be rebuilt from its twin, and an
-- event that comes years late doesn't touch an old one.
-- Deduplication of repeated inserts is off by default on a single server; its window is in inserts.
CREATE TABLE IF NOT EXISTS learning_events{on_cluster}
(
    event_id UUID,
    occurred_at DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD),
    received_at DateTime64(3, 'UTC') CODEC(Delta, ZSTD),
    received_month Date MATERIALIZED toStartOfMonth(received_at) CODEC(ZSTD),
    event_type LowCardinality(String),
    actor_id UUID CODEC(ZSTD),
    course_id UUID CODEC(ZSTD),
    module_id UUID CODEC(ZSTD),
    lesson_id UUID CODEC(ZSTD),
    object_id UUID CODEC(ZSTD),
    attempt_id UUID CODEC(ZSTD),
    cohort_id UUID CODEC(ZSTD),
    score Nullable(Decimal(10, 2)) CODEC(ZSTD),
    max_score Nullable(Decimal(10, 2)) CODEC(ZSTD),
    duration_ms Nullable(Int32) CODEC(ZSTD),
    position_start Nullable(Float64) CODEC(ZSTD),
    position_end Nullable(Float64) CODEC(ZSTD),
    is_correct Nullable(Bool) CODEC(ZSTD),
    data JSON,
    batch_id UInt64 CODEC(Delta, ZSTD),
    INDEX batch_id_range batch_id TYPE minmax GRANULARITY 1
)
ENGINE = {replicated}MergeTree
PARTITION BY received_month
ORDER BY (course_id, event_type, actor_id, occurred_at)
TTL received_month + INTERVAL {ttl_months} MONTH
SETTINGS
    non_replicated_deduplication_window = 10000,
    replicated_deduplication_window = 10000,
    ttl_only_drop_parts = 1,
    fsync_after_insert = 1,
    fsync_part_directory = 1;
