-- A period in numbers: people and events, and how often the things happened that one hopes for.
select
    uniqExact(actor_id) as learners,
    sum(activity.events) as events,
    sumIf(activity.events, event_type = 'enrolled') as enrolled,
    sumIf(activity.events, event_type = 'lesson_completed') as lessons_completed,
    sumIf(activity.events, event_type = 'course_completed') as courses_completed,
    sumIf(activity.events, event_type = 'assessment_passed') as passed,
    sumIf(activity.events, event_type = 'assessment_failed') as failed
from activity
where {activity}
