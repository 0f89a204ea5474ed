-- An event that claims to have happened after it came (more than five minutes, which clocks may differ by) counts in no
-- chart: its activity lies at the zero of time, where no chart looks, so that sums still equal the events.
ALTER TABLE activity_of_events{on_cluster} MODIFY QUERY
SELECT
    course_id,
    if(
        occurred_at > received_at + INTERVAL 5 MINUTE,
        toDateTime(0, 'UTC'),
        toStartOfFifteenMinutes(toDateTime(occurred_at, 'UTC'))
    ) AS bucket,
    event_type,
    actor_id,
    toStartOfMonth(received_at) AS received_month,
    count() AS events
FROM learning_events
GROUP BY course_id, bucket, event_type, actor_id, received_month;
