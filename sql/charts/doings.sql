-- What people do: events of each type, and how many people have at least one.
select
    event_type,
    sum(activity.events) as events,
    uniqExact(actor_id) as learners
from activity
where {activity}
group by event_type
order by events desc, event_type
