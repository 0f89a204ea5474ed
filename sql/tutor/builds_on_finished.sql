-- Published courses that ask for a course that somebody has finished, and for none that they haven't; not joined yet.
SELECT c.title, done.title AS finished
FROM enrollments AS e
JOIN courses AS done ON done.id = e.course_id
JOIN courses AS c ON c.metadata -> 'required_courses' @> to_jsonb(CAST(done.id AS text))
WHERE e.user_id = :viewer_id
    AND e.status = 'completed'
    AND c.status = 'published'
    AND c.deleted_at IS NULL
    AND NOT EXISTS (SELECT FROM enrollments AS mine WHERE mine.course_id = c.id AND mine.user_id = :viewer_id)
    AND NOT EXISTS (
        SELECT FROM jsonb_array_elements_text(c.metadata -> 'required_courses') AS needed (id)
        WHERE NOT EXISTS (
            SELECT FROM enrollments AS held
            WHERE held.user_id = :viewer_id AND held.status = 'completed' AND CAST(held.course_id AS text) = needed.id
        )
    )
ORDER BY e.completed_at DESC NULLS LAST, c.title
LIMIT 1
