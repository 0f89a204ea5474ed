-- Minutes that people spend in each lesson: the time between one event and the next of the same person and lesson,
-- where a pause counts as 30 minutes at most. Quartiles over people who have more than one event there.
with spent as (
    select
        lesson_id,
        actor_id,
        arraySum(
            gap -> least(gap, 1800000),
            arrayDifference(arraySort(groupArray(toUnixTimestamp64Milli(occurred_at))))
        ) / 60000 as minutes
    from learning_events
    where {events}
        and lesson_id != toUUID('00000000-0000-0000-0000-000000000000')
    group by lesson_id, actor_id
)
select
    lesson_id,
    count() as learners,
    quantileExactInclusive(0.25)(minutes) as lower_quartile,
    quantileExactInclusive(0.5)(minutes) as median,
    quantileExactInclusive(0.75)(minutes) as upper_quartile
from spent
where minutes > 0
group by lesson_id
order by lesson_id
