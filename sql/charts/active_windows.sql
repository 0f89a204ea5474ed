-- People active on each day, in the 7 days and in the 30 days that end with it. A person's days are put in order; each
-- counts for a window until the next one or the window's length, whichever comes first, so nobody counts twice.
with days_of_people as (
    select arraySort(groupUniqArray(toDate(bucket, {time_zone:String}))) as days
    from presence
    where {activity_with_month}
    group by actor_id
),
changes as (
    select
        days[place] as first_day,
        days[place + 1] as next_day,
        place < length(days) as has_next
    from days_of_people
    array join arrayEnumerate(days) as place
),
borders as (
    select border.1 as day, sum(border.2) as a, sum(border.3) as b, sum(border.4) as c
    from changes
    array join [
        (first_day, 1, 1, 1),
        (first_day + 1, -1, 0, 0),
        (if(has_next, least(first_day + 7, next_day), first_day + 7), 0, -1, 0),
        (if(has_next, least(first_day + 30, next_day), first_day + 30), 0, 0, -1)
    ] as border
    group by day
),
running as (
    select
        day,
        sum(a) over (order by day) as on_day,
        sum(b) over (order by day) as in_week,
        sum(c) over (order by day) as in_month
    from borders
)
select
    day,
    toUInt64(on_day) as day_learners,
    toUInt64(in_week) as week_learners,
    toUInt64(in_month) as month_learners
from running
where day < toDate({end:DateTime64(3, 'UTC')}, {time_zone:String})
order by day
