-- What one person did, the newest first.
select
    occurred_at,
    event_type,
    lesson_id,
    object_id,
    toFloat64OrNull(toString(score)) as score,
    toFloat64OrNull(toString(max_score)) as max_score,
    is_correct
from learning_events
where {events}
    and actor_id = {learner_id:UUID}
order by occurred_at desc, event_id
limit {most:UInt32}
