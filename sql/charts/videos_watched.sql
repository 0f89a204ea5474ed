-- Each video: how many people watched, and for how long in all, from the intervals that players report.
select
    object_id as video_id,
    uniqExact(actor_id) as viewers,
    sum(greatest(position_end - position_start, 0)) as seconds,
    max(position_end) as furthest
from learning_events
where {events}
    and event_type = 'video_watched'
group by video_id
order by video_id
