-- What was chosen, question by question: each option, how often, and how well those who chose it did in the whole
-- attempt. Of a question with several choices each choice counts; typed answers are left out.
with attempts as (
    select
        groupArray((
            object_id,
            multiIf(
                data.response.option.:String is not null, [ifNull(data.response.option.:String, '')],
                data.response.value.:Bool is not null, [if(ifNull(data.response.value.:Bool, false), 'true', 'false')],
                arrayMap(option -> ifNull(option, ''), data.response.options.:`Array(Nullable(String))`)
            )
        )) as answered,
        sum(toFloat64(score)) / nullIf(sum(toFloat64(max_score)), 0) as share
    from learning_events
    where {events}
        and event_type = 'answer_graded'
    group by attempt_id
)
select
    one.1 as question_id,
    choice,
    count() as answers,
    avg(share) as mean_result
from attempts
array join answered as one
array join one.2 as choice
group by question_id, choice
order by question_id, choice
