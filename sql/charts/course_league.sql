-- Courses beside each other: learners in the period and in the one before, completions, and learners in each twelfth
-- of the period, from the first to the last. Each learner of a course is found once, with a bit for each twelfth.
with finished as (
    select course_id, count() as completions
    from milestones
    where {milestones}
        and event_type = 'course_completed'
    group by course_id
),
learners_of_courses as (
    select
        course_id,
        actor_id,
        groupBitOr(bitShiftLeft(
            toUInt16(1),
            if(
                bucket < {begin:DateTime64(3, 'UTC')},
                12,
                intDiv(
                    (toInt64(bucket) - toUnixTimestamp({begin:DateTime64(3, 'UTC')})) * 12,
                    toUnixTimestamp({end:DateTime64(3, 'UTC')}) - toUnixTimestamp({begin:DateTime64(3, 'UTC')})
                )
            )
        )) as seen
    from presence
    where {activity_with_previous}
        and course_id != toUUID('00000000-0000-0000-0000-000000000000')
    group by course_id, actor_id
),
there as (
    select
        course_id,
        countIf(bitAnd(seen, 4095) > 0) as learners,
        countIf(bitTest(seen, 12)) as learners_before,
        sumForEach(arrayMap(twelfth -> toUInt64(bitTest(seen, twelfth)), range(12))) as twelfths
    from learners_of_courses
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
