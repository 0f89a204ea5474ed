-- The last lesson of those who have not finished and did nothing in a lesson for two weeks before the period's end.
-- Weeks before the last are read as wholes, the last one event by event.
with known as (
    select actor_id, last_lesson, in_lesson_at, finished
    from learner_weeks
    where {weeks_until}
        and in_lesson_at > toDateTime64(0, 3, 'UTC')
    union all
    select
        actor_id,
        argMaxState(
            lesson_id,
            if(
                event_type = 'course_completed',
                0,
                toUInt64(toUnixTimestamp64Milli(occurred_at)) * 4096 + cityHash64(lesson_id) % 4096
            )
        ),
        max(occurred_at),
        countIf(event_type = 'course_completed')
    from learning_events
    where {events_of_last_week}
        and event_type in ('lesson_opened', 'lesson_completed', 'course_completed')
    group by actor_id
),
learners as (
    select
        actor_id,
        argMaxMerge(last_lesson) as lesson_id,
        max(in_lesson_at) as seen_at,
        sum(known.finished) as finished
    from known
    group by actor_id
)
select
    lesson_id,
    count() as learners
from learners
where learners.finished = 0
    and seen_at < {end:DateTime64(3, 'UTC')} - interval 14 day
group by lesson_id
order by lesson_id
