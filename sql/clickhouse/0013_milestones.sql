-- The events that one counts over all courses, in the order of their types: learning_events is in the order of courses,
-- and to find a rare type in every course is to read nearly all of it. What their data says is in columns here.
CREATE TABLE IF NOT EXISTS milestones{on_cluster}
(
    event_type LowCardinality(String),
    course_id UUID CODEC(ZSTD),
    occurred_at DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD),
    received_month Date CODEC(ZSTD),
    actor_id UUID CODEC(ZSTD),
    price Decimal(10, 2) CODEC(ZSTD),
    searched String CODEC(ZSTD),
    results Nullable(Int64) CODEC(ZSTD),
    is_answered Bool CODEC(ZSTD),
    rating Nullable(Int64) CODEC(ZSTD)
)
ENGINE = {replicated}MergeTree
PARTITION BY received_month
ORDER BY (event_type, course_id, occurred_at)
TTL received_month + INTERVAL {ttl_months} MONTH
SETTINGS
    non_replicated_deduplication_window = 10000,
    replicated_deduplication_window = 10000,
    ttl_only_drop_parts = 1,
    fsync_after_insert = 1,
    fsync_part_directory = 1;

TRUNCATE TABLE milestones{on_cluster};

INSERT INTO milestones
SELECT
    event_type,
    course_id,
    occurred_at,
    toStartOfMonth(received_at) AS received_month,
    actor_id,
    toDecimal64OrZero(toString(data.price), 2) AS price,
    trim(toString(data.query)) AS searched,
    toInt64OrNull(toString(data.results)) AS results,
    toString(data.answered) IN ('true', '1') AS is_answered,
    toInt64OrNull(toString(data.rating)) AS rating
FROM learning_events
WHERE event_type IN (
    'enrolled', 'unenrolled', 'lesson_completed', 'course_completed', 'certificate_issued', 'assessment_passed',
    'assessment_failed', 'tutor_asked', 'tutor_rated', 'search_made'
)
    AND occurred_at <= received_at + INTERVAL 5 MINUTE;

CREATE MATERIALIZED VIEW IF NOT EXISTS milestones_of_events{on_cluster} TO milestones AS
SELECT
    event_type,
    course_id,
    occurred_at,
    toStartOfMonth(received_at) AS received_month,
    actor_id,
    toDecimal64OrZero(toString(data.price), 2) AS price,
    trim(toString(data.query)) AS searched,
    toInt64OrNull(toString(data.results)) AS results,
    toString(data.answered) IN ('true', '1') AS is_answered,
    toInt64OrNull(toString(data.rating)) AS rating
FROM learning_events
WHERE event_type IN (
    'enrolled', 'unenrolled', 'lesson_completed', 'course_completed', 'certificate_issued', 'assessment_passed',
    'assessment_failed', 'tutor_asked', 'tutor_rated', 'search_made'
)
    AND occurred_at <= received_at + INTERVAL 5 MINUTE;
