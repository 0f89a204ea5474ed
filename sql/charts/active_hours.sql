-- People with at least one event in each hour of the week, Monday is 1, in the reader's time zone.
select
    toDayOfWeek(bucket, 0, {time_zone:String}) as weekday,
    toHour(bucket, {time_zone:String}) as hour,
    uniqExact(actor_id) as learners
from presence
where {activity}
group by weekday, hour
order by weekday, hour
