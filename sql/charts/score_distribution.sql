-- Graded attempts of each assessment by tenths of the points: 0 is under 10 %, 9 is 90 % and more.
select
    object_id as assessment_id,
    toUInt8(least(intDiv(toInt64(score * 100) * 10, toInt64(max_score * 100)), 9)) as tenth,
    count() as attempts
from learning_events
where {events}
    and event_type = 'assessment_graded'
    and max_score > 0
group by assessment_id, tenth
order by assessment_id, tenth
