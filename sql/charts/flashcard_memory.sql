-- How well flashcards are remembered by the days since the same person saw the same card before. The first time that
-- a card is seen has no such number and is left out.
with seen as (
    select arraySort(groupArray((occurred_at, ifNull(is_correct, false)))) as views
    from learning_events
    where {events}
        and event_type = 'flashcard_reviewed'
    group by actor_id, object_id
)
select
    toUInt32(dateDiff('second', pair.1.1, pair.2.1) / 86400) as days,
    count() as reviews,
    countIf(pair.2.2) as remembered
from seen
array join arrayZip(arrayPopBack(views), arrayPopFront(views)) as pair
group by days
order by days
