-- Distinct people at each step of the way from joining to a certificate.
select
    event_type as step,
    uniqExact(actor_id) as learners
from learning_events
where {events}
    and event_type in (
        'enrolled', 'lesson_opened', 'lesson_completed', 'assessment_passed', 'course_completed', 'certificate_issued'
    )
group by step
order by step
