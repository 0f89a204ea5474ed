-- Each assessment: graded attempts and learners, how many passed at least once, and the mean and spread of results.
with graded as (
    select
        object_id,
        actor_id,
        event_type,
        if(event_type = 'assessment_graded', toFloat64(score) / nullIf(toFloat64(max_score), 0), null) as share
    from learning_events
    where {events}
        and event_type in ('assessment_graded', 'assessment_passed')
)
select
    object_id as assessment_id,
    countIf(event_type = 'assessment_graded') as attempts,
    uniqExact(actor_id) as learners,
    uniqExactIf(actor_id, event_type = 'assessment_passed') as passed,
    avg(share) as mean_result,
    if(count(share) > 1, stddevSamp(share), null) as spread
from graded
group by assessment_id
order by assessment_id
