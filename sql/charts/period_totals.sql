-- A period in numbers: people and events, and how often the things happened that one hopes for.
with there as (
    select
        uniqExact(actor_id) as people,
        sum(presence.events) as all_events
    from presence
    where {activity}
),
done as (
    select
        countIf(event_type = 'enrolled') as enrolled,
        countIf(event_type = 'lesson_completed') as lessons_completed,
        countIf(event_type = 'course_completed') as courses_completed,
        countIf(event_type = 'assessment_passed') as passed,
        countIf(event_type = 'assessment_failed') as failed
    from milestones
    where {milestones}
        and event_type in (
            'enrolled', 'lesson_completed', 'course_completed', 'assessment_passed', 'assessment_failed'
        )
)
select
    people as learners,
    all_events as events,
    enrolled,
    lessons_completed,
    courses_completed,
    passed,
    failed
from there
cross join done
