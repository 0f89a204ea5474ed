-- Who came and who left, day by day, and what was paid for it.
select
    toDate(occurred_at, {time_zone:String}) as day,
    countIf(event_type = 'enrolled') as enrolled,
    countIf(event_type = 'unenrolled') as left,
    countIf(event_type = 'course_completed') as finished,
    sumIf(price, event_type = 'enrolled') as revenue
from milestones
where {milestones}
    and event_type in ('enrolled', 'unenrolled', 'course_completed')
group by day
order by day
