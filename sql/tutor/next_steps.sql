-- What somebody might do next in the courses that they are in, the most urgent first: an assessment tried and not passed,
-- a lesson left out before one that was begun, a lesson begun, the first one that isn't.
WITH mine AS MATERIALIZED (
    SELECT c.id, c.title, p.last_accessed_at
    FROM enrollments AS e
    JOIN courses AS c ON c.id = e.course_id AND c.deleted_at IS NULL
    LEFT JOIN course_progress AS p ON p.enrollment_id = e.id
    WHERE e.user_id = :viewer_id
        AND e.status IN ('active', 'completed')
        AND (e.expires_at IS NULL OR e.expires_at > now())
        AND (CAST(:course_id AS uuid) IS NULL OR c.id = :course_id)
),
ordered AS MATERIALIZED (
    SELECT
        c.id AS course_id,
        c.title AS course,
        c.last_accessed_at,
        m.id AS module_id,
        l.id AS lesson_id,
        l.title AS lesson,
        row_number() OVER (PARTITION BY c.id ORDER BY m.order_index, l.order_index) AS place,
        coalesce(p.status, 'not_started') AS status,
        p.updated_at,
        count(*) FILTER (WHERE p.status = 'completed') OVER (PARTITION BY c.id) AS finished,
        count(*) OVER (PARTITION BY c.id) AS lessons
    FROM mine AS c
    JOIN modules AS m ON m.course_id = c.id AND m.is_published
    JOIN lessons AS l ON l.module_id = m.id AND l.is_published
    LEFT JOIN lesson_progress AS p ON p.lesson_id = l.id AND p.user_id = :viewer_id
),
failed AS (
    SELECT DISTINCT ON (a.id) a.id, a.lesson_id, a.title, t.percent_score AS best, a.passing_score, t.submitted_at
    FROM ordered AS o
    JOIN assessments AS a ON a.lesson_id = o.lesson_id AND a.is_published
    JOIN assessment_attempts AS t ON t.assessment_id = a.id AND t.user_id = :viewer_id
    WHERE t.percent_score IS NOT NULL AND (NOT a.grades_held OR a.grades_released_at IS NOT NULL)
    ORDER BY a.id, t.percent_score DESC
),
found AS (
    SELECT o.*, 1 AS urgency, NULL AS before, f.title AS quiz, f.best, f.passing_score, f.submitted_at AS since
    FROM failed AS f
    JOIN ordered AS o ON o.lesson_id = f.lesson_id
    WHERE f.best < f.passing_score
    UNION ALL
    SELECT o.*, 2, later.lesson, NULL, NULL, NULL, later.updated_at
    FROM ordered AS o
    JOIN LATERAL (
        SELECT n.lesson, n.updated_at FROM ordered AS n
        WHERE n.course_id = o.course_id AND n.module_id = o.module_id AND n.place > o.place AND n.status <> 'not_started'
        ORDER BY n.place
        LIMIT 1
    ) AS later ON true
    WHERE o.status = 'not_started'
    UNION ALL
    SELECT o.*, 3, NULL, NULL, NULL, NULL, o.updated_at FROM ordered AS o WHERE o.status = 'in_progress'
    UNION ALL
    SELECT DISTINCT ON (o.course_id) o.*, 4, NULL, NULL, NULL, NULL, o.last_accessed_at
    FROM ordered AS o
    WHERE o.status = 'not_started'
    ORDER BY course_id, place
),
-- Each lesson once, for its most urgent reason.
once AS (
    SELECT DISTINCT ON (lesson_id) * FROM found ORDER BY lesson_id, urgency, since DESC NULLS LAST
)
SELECT
    course_id, course, module_id, lesson_id, lesson, status <> 'not_started' AS is_begun, finished, lessons,
    before, quiz, best::float, passing_score::float
FROM once
ORDER BY urgency, since DESC NULLS LAST, place
LIMIT :most
