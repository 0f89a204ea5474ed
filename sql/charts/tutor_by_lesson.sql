-- Questions to the tutor by the lesson that they were asked in, and how many the course's material could answer.
select
    lesson_id,
    count() as questions,
    uniqExact(actor_id) as learners,
    countIf(toString(data.answered) in ('true', '1')) as answered
from learning_events
where {events}
    and event_type = 'tutor_asked'
group by lesson_id
order by lesson_id
