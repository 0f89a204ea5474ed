-- Events by the day on which they came: how many, how late the latest was, and how many are left out of all charts
-- because they claim to have happened more than five minutes after they came.
select
    toDate(bucket, {time_zone:String}) as day,
    sum(receipts.events) as events,
    sum(receipts.from_future) as from_future,
    sum(receipts.late) as late,
    max(receipts.longest_delay) as longest_delay
from receipts
where bucket >= {begin:DateTime64(3, 'UTC')}
    and bucket < {end:DateTime64(3, 'UTC')}
group by day
order by day
