-- The last lesson of those who have not finished and did nothing in a lesson for two weeks before the period's end.
with last_seen as (
    select
        actor_id,
        argMaxIf(lesson_id, (occurred_at, lesson_id), event_type != 'course_completed') as lesson_id,
        max(occurred_at) as seen_at,
        countIf(event_type = 'course_completed') as finished
    from learning_events
    where {events_until}
        and event_type in ('lesson_opened', 'lesson_completed', 'course_completed')
    group by actor_id
)
select
    lesson_id,
    count() as learners
from last_seen
where finished = 0
    and seen_at < {end:DateTime64(3, 'UTC')} - interval 14 day
group by lesson_id
order by lesson_id
