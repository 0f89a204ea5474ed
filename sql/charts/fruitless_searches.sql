-- What people searched the catalogue for and did not find, as they typed it.
select
    searched,
    count() as times,
    uniqExact(actor_id) as people
from milestones
where {milestones}
    and event_type = 'search_made'
    and results = 0
group by searched
order by times desc, searched
limit 100
