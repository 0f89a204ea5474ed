-- People with at least one event, and their events, one row per day of the reader's time zone.
select
    toDate(bucket, {time_zone:String}) as day,
    uniqExact(actor_id) as learners,
    sum(presence.events) as events
from presence
where {activity}
group by day
order by day
