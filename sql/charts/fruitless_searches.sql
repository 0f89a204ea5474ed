-- What people searched the catalogue for and did not find, as they typed it.
select
    trim(toString(data.query)) as searched,
    count() as times,
    uniqExact(actor_id) as people
from learning_events
where {events}
    and event_type = 'search_made'
    and toInt64OrNull(toString(data.results)) = 0
group by searched
order by times desc, searched
limit 100
