-- Each lab: who started and who passed it, how often it was checked and how often that failed, and the median minutes
-- from a learner's first start to the first pass.
with tries as (
    select
        object_id as lab_id,
        actor_id,
        countIf(event_type = 'lab_checked') as checks,
        countIf(event_type = 'lab_checked' and not is_correct) as failed_checks,
        countIf(event_type = 'lab_passed') as passes,
        countIf(event_type = 'lab_started') as starts,
        minIf(occurred_at, event_type = 'lab_started') as started_at,
        minIf(occurred_at, event_type = 'lab_passed') as passed_at
    from learning_events
    where {events}
        and event_type in ('lab_started', 'lab_checked', 'lab_passed')
    group by lab_id, actor_id
)
select
    lab_id,
    count() as learners,
    countIf(passes > 0) as passed,
    sum(checks) as all_checks,
    sum(tries.failed_checks) as failed_checks,
    if(
        countIf(passes > 0 and starts > 0 and passed_at >= started_at) = 0,
        null,
        quantileExactInclusiveIf(0.5)(
            (toUnixTimestamp64Milli(passed_at) - toUnixTimestamp64Milli(started_at)) / 60000,
            passes > 0 and starts > 0 and passed_at >= started_at
        )
    ) as median_minutes
from tries
group by lab_id
order by lab_id
