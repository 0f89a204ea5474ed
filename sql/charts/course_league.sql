-- Courses beside each other: learners in the period and in the one before, completions, and learners in each twelfth
-- of the period, from the first to the last.
select
    course_id,
    uniqExactIf(actor_id, bucket >= {begin:DateTime64(3, 'UTC')}) as learners,
    uniqExactIf(actor_id, bucket < {begin:DateTime64(3, 'UTC')}) as learners_before,
    sumIf(activity.events, event_type = 'course_completed' and bucket >= {begin:DateTime64(3, 'UTC')}) as completions,
    uniqExactResample(0, 12, 1)(
        actor_id,
        intDiv(
            (toInt64(bucket) - toUnixTimestamp({begin:DateTime64(3, 'UTC')})) * 12,
            toUnixTimestamp({end:DateTime64(3, 'UTC')}) - toUnixTimestamp({begin:DateTime64(3, 'UTC')})
        ) - if(bucket < {begin:DateTime64(3, 'UTC')}, 1, 0)
    ) as twelfths
from activity
where {activity_with_previous}
    and course_id != toUUID('00000000-0000-0000-0000-000000000000')
group by course_id
having learners > 0
order by learners desc, course_id
