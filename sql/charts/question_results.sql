-- Each question over all graded attempts of the period. Facility is the mean share of the points; the discrimination
-- index correlates the points of the question with those of the rest of the attempt; its efficiency compares the
-- covariance with the highest that the same points could have, each sorted.
with attempts as (
    select
        groupArray((
            object_id, ifNull(toFloat64(score), 0), ifNull(toFloat64(max_score), 0), ifNull(is_correct, false)
        )) as answered,
        arraySum(one -> one.2, answered) as total
    from learning_events
    where {events}
        and event_type = 'answer_graded'
    group by attempt_id
),
items as (
    select
        one.1 as question_id,
        one.2 as points,
        one.3 as possible,
        one.4 as right,
        total - one.2 as rest
    from attempts
    array join answered as one
),
counted as (
    select
        question_id,
        count() as answers,
        countIf(right) as correct,
        avg(points / nullIf(possible, 0)) as facility,
        stddevSamp(points / nullIf(possible, 0)) as deviation,
        corr(points, rest) as correlation,
        covarPop(points, rest) as covariance,
        arraySort(groupArray(points)) as sorted_points,
        arraySort(groupArray(rest)) as sorted_rest,
        arraySum(arrayMap((x, y) -> x * y, sorted_points, sorted_rest)) / answers
            - avg(points) * avg(rest) as highest
    from items
    group by question_id
)
select
    question_id,
    answers,
    correct,
    facility,
    if(isFinite(deviation), deviation, null) as deviation,
    if(isFinite(correlation), correlation, null) as discrimination,
    if(highest > 1e-9, covariance / highest, null) as efficiency
from counted
order by question_id
