-- Courses beside each other: learners in the period and in the one before, completions, and learners in each twelfth
-- of the period, from the first to the last.
with finished as (
    select course_id, count() as completions
    from learning_events
    where {events}
        and event_type = 'course_completed'
    group by course_id
),
there as (
    select
        course_id,
        uniqExactIf(actor_id, bucket >= {begin:DateTime64(3, 'UTC')}) as learners,
        uniqExactIf(actor_id, bucket < {begin:DateTime64(3, 'UTC')}) as learners_before,
        uniqExactResample(0, 12, 1)(
            actor_id,
            intDiv(
                (toInt64(bucket) - toUnixTimestamp({begin:DateTime64(3, 'UTC')})) * 12,
                toUnixTimestamp({end:DateTime64(3, 'UTC')}) - toUnixTimestamp({begin:DateTime64(3, 'UTC')})
            ) - if(bucket < {begin:DateTime64(3, 'UTC')}, 1, 0)
        ) as twelfths
    from presence
    where {activity_with_previous}
        and course_id != toUUID('00000000-0000-0000-0000-000000000000')
    group by course_id
    having learners > 0
)
select
    there.course_id as course_id,
    learners,
    learners_before,
    finished.completions as completions,
    twelfths
from there
left join finished using course_id
order by learners desc, course_id
