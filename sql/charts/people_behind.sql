-- The people behind a point of a chart: what each did in a lesson, with an object, or at all. Zero means any.
select
    actor_id,
    count() as events,
    countIf(event_type = 'lesson_completed') as completed,
    countIf(is_correct) as correct,
    countIf(not is_correct) as wrong,
    max(occurred_at) as last_seen
from learning_events
where {events}
    and ({lesson_id:UUID} = toUUID('00000000-0000-0000-0000-000000000000') or lesson_id = {lesson_id:UUID})
    and ({object_id:UUID} = toUUID('00000000-0000-0000-0000-000000000000') or object_id = {object_id:UUID})
group by actor_id
order by last_seen desc, actor_id
limit {most:UInt32}
