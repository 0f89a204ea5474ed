-- What each learner did in each week of a course, weeks of UTC: for questions about somebody's whole past, which read
-- the weeks before the last one here and the rest event by event.
CREATE TABLE IF NOT EXISTS learner_weeks{on_cluster}
(
    course_id UUID CODEC(ZSTD),
    week Date CODEC(DoubleDelta, ZSTD),
    actor_id UUID CODEC(ZSTD),
    received_month Date CODEC(ZSTD),
    last_seen SimpleAggregateFunction(max, DateTime('UTC')) CODEC(ZSTD),
    joined_at SimpleAggregateFunction(max, DateTime('UTC')) CODEC(ZSTD),
    left_at SimpleAggregateFunction(max, DateTime('UTC')) CODEC(ZSTD),
    opened SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD),
    completed SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD),
    failed SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD),
    passed SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD),
    finished SimpleAggregateFunction(sum, UInt64) CODEC(T64, ZSTD),
    in_lesson_at SimpleAggregateFunction(max, DateTime64(3, 'UTC')) CODEC(ZSTD),
    last_lesson AggregateFunction(argMax, UUID, UInt64) CODEC(ZSTD)
)
ENGINE = {replicated}AggregatingMergeTree
PARTITION BY received_month
ORDER BY (course_id, week, actor_id)
TTL received_month + INTERVAL {ttl_months} MONTH
SETTINGS
    non_replicated_deduplication_window = 10000,
    replicated_deduplication_window = 10000,
    ttl_only_drop_parts = 1,
    fsync_after_insert = 1,
    fsync_part_directory = 1;

TRUNCATE TABLE learner_weeks{on_cluster};

INSERT INTO learner_weeks
SELECT
    course_id,
    toMonday(occurred_at) AS week,
    actor_id,
    toStartOfMonth(received_at) AS received_month,
    max(toStartOfFifteenMinutes(toDateTime(occurred_at, 'UTC'))) AS last_seen,
    max(if(
        event_type = 'enrolled', toStartOfFifteenMinutes(toDateTime(occurred_at, 'UTC')), toDateTime(0, 'UTC')
    )) AS joined_at,
    max(if(
        event_type = 'unenrolled', toStartOfFifteenMinutes(toDateTime(occurred_at, 'UTC')), toDateTime(0, 'UTC')
    )) AS left_at,
    countIf(event_type = 'lesson_opened') AS opened,
    countIf(event_type = 'lesson_completed') AS completed,
    countIf(event_type = 'assessment_failed') AS failed,
    countIf(event_type = 'assessment_passed') AS passed,
    countIf(event_type = 'course_completed') AS finished,
    max(if(
        event_type IN ('lesson_opened', 'lesson_completed', 'course_completed'),
        occurred_at,
        toDateTime64(0, 3, 'UTC')
    )) AS in_lesson_at,
    argMaxState(
        lesson_id,
        -- The moment; of two lessons in one millisecond always the same one. A number is compared ten times as fast.
        if(
            event_type IN ('lesson_opened', 'lesson_completed'),
            toUInt64(toUnixTimestamp64Milli(occurred_at)) * 4096 + cityHash64(lesson_id) % 4096,
            0
        )
    ) AS last_lesson
FROM learning_events
WHERE occurred_at <= received_at + INTERVAL 5 MINUTE
GROUP BY course_id, week, actor_id, received_month;

CREATE MATERIALIZED VIEW IF NOT EXISTS learner_weeks_of_events{on_cluster} TO learner_weeks AS
SELECT
    course_id,
    toMonday(occurred_at) AS week,
    actor_id,
    toStartOfMonth(received_at) AS received_month,
    max(toStartOfFifteenMinutes(toDateTime(occurred_at, 'UTC'))) AS last_seen,
    max(if(
        event_type = 'enrolled', toStartOfFifteenMinutes(toDateTime(occurred_at, 'UTC')), toDateTime(0, 'UTC')
    )) AS joined_at,
    max(if(
        event_type = 'unenrolled', toStartOfFifteenMinutes(toDateTime(occurred_at, 'UTC')), toDateTime(0, 'UTC')
    )) AS left_at,
    countIf(event_type = 'lesson_opened') AS opened,
    countIf(event_type = 'lesson_completed') AS completed,
    countIf(event_type = 'assessment_failed') AS failed,
    countIf(event_type = 'assessment_passed') AS passed,
    countIf(event_type = 'course_completed') AS finished,
    max(if(
        event_type IN ('lesson_opened', 'lesson_completed', 'course_completed'),
        occurred_at,
        toDateTime64(0, 3, 'UTC')
    )) AS in_lesson_at,
    argMaxState(
        lesson_id,
        -- The moment; of two lessons in one millisecond always the same one. A number is compared ten times as fast.
        if(
            event_type IN ('lesson_opened', 'lesson_completed'),
            toUInt64(toUnixTimestamp64Milli(occurred_at)) * 4096 + cityHash64(lesson_id) % 4096,
            0
        )
    ) AS last_lesson
FROM learning_events
WHERE occurred_at <= received_at + INTERVAL 5 MINUTE
GROUP BY course_id, week, actor_id, received_month;
