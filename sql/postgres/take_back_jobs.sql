-- Give the jobs of dead workers back: to the queue, or to their end when somebody had cancelled them or when each of
-- their workers has died. One statement, so that two workers that look at once give each job back once.
WITH lost AS (
    SELECT job.id
    FROM procrastinate_jobs AS job
    LEFT JOIN procrastinate_workers AS worker ON worker.id = job.worker_id
    WHERE job.status = 'doing'
        AND job.worker_id IS DISTINCT FROM CAST(:own_id AS bigint)
        AND (worker.id IS NULL OR worker.last_heartbeat < now() - make_interval(secs => :silence))
    FOR UPDATE OF job SKIP LOCKED
),
given_back AS (
    UPDATE procrastinate_jobs AS job
    SET
        status = CASE
            WHEN job.abort_requested THEN 'aborted'
            WHEN job.attempts + 1 >= :most_tries THEN 'failed'
            ELSE 'todo'
        END::procrastinate_job_status,
        attempts = job.attempts + 1,
        abort_requested = false,
        worker_id = NULL
    FROM lost
    WHERE job.id = lost.id
    RETURNING job.id, job.task_name, job.status
),
reasons AS (
    INSERT INTO job_progress (job_id, error)
    SELECT id, 'Its worker ended in the middle of the work.'
    FROM given_back
    ON CONFLICT (job_id) DO UPDATE SET error = excluded.error
)
SELECT id, task_name, status::text AS status
FROM given_back
