-- Questions to the tutor day by day, how many were answered, and how the answers were rated (1 to 5).
select
    toDate(occurred_at, {time_zone:String}) as day,
    countIf(event_type = 'tutor_asked') as questions,
    uniqExactIf(actor_id, event_type = 'tutor_asked') as learners,
    countIf(event_type = 'tutor_asked' and is_answered) as answered,
    countIf(event_type = 'tutor_rated') as ratings,
    avgOrNullIf(rating, event_type = 'tutor_rated') as mean_rating
from milestones
where {milestones}
    and event_type in ('tutor_asked', 'tutor_rated')
group by day
order by day
