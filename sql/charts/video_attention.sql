-- One video cut into slices of some seconds: how many people saw each slice, and how often it was played in all.
-- A slice was seen when an interval that the player reports touches it.
select
    toUInt32(slice * {step:UInt32}) as second,
    uniqExact(actor_id) as viewers,
    count() as views
from learning_events
array join range(
    toUInt32(intDiv(toUInt32(position_start), {step:UInt32})),
    toUInt32(least(ceil(position_end / {step:UInt32}), 20000))
) as slice
where {events}
    and event_type = 'video_watched'
    and object_id = {video_id:UUID}
    and position_start >= 0
    and position_end > position_start
group by second
order by second
