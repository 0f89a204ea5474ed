-- Distinct people who reached each module (opened or completed a lesson of it) and who completed a lesson there.
select
    module_id,
    uniqExact(actor_id) as opened,
    uniqExactIf(actor_id, event_type = 'lesson_completed') as completed
from learning_events
where {events}
    and event_type in ('lesson_opened', 'lesson_completed')
    and module_id != toUUID('00000000-0000-0000-0000-000000000000')
group by module_id
order by module_id
