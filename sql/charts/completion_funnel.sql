-- Distinct people who reached each lesson (opened or completed it) and who completed it.
select
    lesson_id,
    uniqExact(actor_id) as opened,
    uniqExactIf(actor_id, event_type = 'lesson_completed') as completed
from learning_events
where {events}
    and event_type in ('lesson_opened', 'lesson_completed')
group by lesson_id
order by lesson_id
