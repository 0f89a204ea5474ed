-- Learners who may be lost, with the reasons: they do nothing, do less than half of before, fail and do not pass, or
-- joined and did not begin. Who finished or left is not asked after. `in_all` counts them beyond the limit.
-- Weeks before the last are read as wholes, the last four weeks by quarters of an hour, the last one event by event.
with known as (
    select
        actor_id, last_seen, joined_at, left_at, 0 as recent, 0 as before,
        opened, completed, failed, passed, finished
    from learner_weeks
    where {weeks_until}
    union all
    select
        actor_id, bucket, toDateTime(0, 'UTC'), toDateTime(0, 'UTC'),
        if(bucket >= {end:DateTime64(3, 'UTC')} - interval 14 day, presence.events, 0),
        if(bucket < {end:DateTime64(3, 'UTC')} - interval 14 day, presence.events, 0),
        0, 0, 0, 0, 0
    from presence
    where {activity_until}
        and bucket >= {end:DateTime64(3, 'UTC')} - interval 28 day
    union all
    select
        actor_id, toDateTime(0, 'UTC'),
        if(event_type = 'enrolled', toStartOfFifteenMinutes(toDateTime(occurred_at, 'UTC')), toDateTime(0, 'UTC')),
        if(event_type = 'unenrolled', toStartOfFifteenMinutes(toDateTime(occurred_at, 'UTC')), toDateTime(0, 'UTC')),
        0, 0, event_type = 'lesson_opened', event_type = 'lesson_completed', event_type = 'assessment_failed',
        event_type = 'assessment_passed', event_type = 'course_completed'
    from learning_events
    where {events_of_last_week}
        and event_type in (
            'enrolled', 'unenrolled', 'lesson_opened', 'lesson_completed', 'assessment_failed', 'assessment_passed',
            'course_completed'
        )
),
learners as (
    select
        actor_id,
        max(known.last_seen) as last_seen,
        sum(known.recent) as recent,
        sum(known.before) as before,
        sum(known.opened) as opened,
        sum(known.completed) as completed,
        sum(known.failed) as failed,
        sum(known.passed) as passed,
        sum(known.finished) as finished,
        max(known.joined_at) as joined_at,
        max(known.left_at) as left_at
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
