-- Which attempt was the first to pass, one row per assessment and number; 0 stands for learners who have not passed.
with outcomes as (
    select
        object_id as assessment_id,
        actor_id,
        arraySort(groupArray((occurred_at, event_type = 'assessment_passed'))) as ordered
    from learning_events
    where {events}
        and event_type in ('assessment_passed', 'assessment_failed')
    group by assessment_id, actor_id
)
select
    assessment_id,
    toUInt32(arrayFirstIndex(one -> one.2, ordered)) as attempt,
    count() as learners
from outcomes
group by assessment_id, attempt
order by assessment_id, attempt
