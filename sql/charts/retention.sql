-- Learners still active N weeks after their first week, one row per starting week (Monday, in the reader's time zone).
with weeks_of_learners as (
    select
        groupUniqArray(toMonday(toDate(bucket, {time_zone:String}))) as weeks,
        arrayMin(weeks) as cohort_week
    from presence
    where {activity_until}
    group by actor_id
)
select
    cohort_week,
    toUInt32(dateDiff('day', cohort_week, active_week) / 7) as week,
    count() as learners
from weeks_of_learners
array join weeks as active_week
where cohort_week >= toMonday(toDate({begin:DateTime64(3, 'UTC')}, {time_zone:String}))
group by cohort_week, week
order by cohort_week, week
