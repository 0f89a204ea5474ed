-- Graded answers to each question of a course. Facility is the mean share of the points, over all graded answers.
select
    object_id as question_id,
    count() as answers,
    countIf(is_correct) as correct,
    avg(toFloat64(score) / nullIf(toFloat64(max_score), 0)) as facility
from learning_events
where course_id = {course_id:UUID}
    and event_type = 'answer_graded'
group by question_id
order by question_id
