-- People with at least one event in a course, and their events, one row per day of the reader's time zone.
-- The second condition on `bucket` says the same more roughly, in terms of the index.
select
    toDate(bucket, {time_zone:String}) as day,
    uniqExact(actor_id) as learners,
    sum(activity.events) as events
from activity
where course_id = {course_id:UUID}
    and day between {since:Date} and {until:Date}
    and bucket between toDateTime({since:Date}, 'UTC') - interval 1 day and toDateTime({until:Date}, 'UTC') + interval 2 day
group by day
order by day
