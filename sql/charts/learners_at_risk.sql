-- Learners who may be lost, with the reasons: they do nothing, do less than half of before, fail and do not pass, or
-- joined and did not begin. Who finished or left is not asked after. `in_all` counts them beyond the limit.
with known as (
    select
        actor_id,
        bucket,
        presence.events as events,
        '' as event_type
    from presence
    where {activity_until}
    union all
    select
        actor_id,
        toStartOfFifteenMinutes(toDateTime(occurred_at, 'UTC')) as bucket,
        0 as events,
        toString(event_type) as event_type
    from learning_events
    where {events_until}
        and event_type in (
            'enrolled', 'unenrolled', 'lesson_opened', 'lesson_completed', 'assessment_failed', 'assessment_passed',
            'course_completed'
        )
),
learners as (
    select
        actor_id,
        max(bucket) as last_seen,
        sumIf(known.events, bucket >= {end:DateTime64(3, 'UTC')} - interval 14 day) as recent,
        sumIf(
            known.events,
            bucket >= {end:DateTime64(3, 'UTC')} - interval 28 day
                and bucket < {end:DateTime64(3, 'UTC')} - interval 14 day
        ) as before,
        countIf(event_type = 'lesson_opened') as opened,
        countIf(event_type = 'lesson_completed') as completed,
        countIf(event_type = 'assessment_failed') as failed,
        countIf(event_type = 'assessment_passed') as passed,
        maxIf(bucket, event_type = 'enrolled') as joined_at,
        maxIf(bucket, event_type = 'unenrolled') as left_at,
        countIf(event_type = 'course_completed') as finished
    from known
    group by actor_id
),
judged as (
    select
        *,
        toUInt32(dateDiff('second', last_seen, {end:DateTime64(3, 'UTC')}) / 86400) as days_away,
        opened > 0 and last_seen < {end:DateTime64(3, 'UTC')} - toIntervalDay({idle_days:UInt32}) as is_away,
        before >= 10 and recent * 2 < before as is_slowing,
        failed >= {failures:UInt32} and passed = 0 as is_failing,
        opened = 0 and joined_at < {end:DateTime64(3, 'UTC')} - interval 7 day as never_began
    from learners
    where finished = 0
        and left_at <= joined_at
        and joined_at > 0
)
select
    actor_id,
    last_seen,
    days_away,
    recent,
    before,
    completed,
    failed,
    toBool(judged.is_away) as is_away,
    toBool(judged.is_slowing) as is_slowing,
    toBool(judged.is_failing) as is_failing,
    toBool(judged.never_began) as never_began,
    count() over () as in_all
from judged
where judged.is_away + judged.is_slowing + judged.is_failing + judged.never_began >= {reasons:UInt8}
order by judged.is_away + judged.is_slowing + judged.is_failing + judged.never_began desc, last_seen desc, actor_id
limit {most:UInt32}
