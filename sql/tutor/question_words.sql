-- The words of a question in their basic form, in each language that the given courses are taught in.
SELECT language, tsvector_to_array(to_tsvector(search_config(language), chunk_words(:question))) AS words
FROM (
    SELECT DISTINCT c.language
    FROM courses AS c
    WHERE c.deleted_at IS NULL
        AND (
            c.instructor_id = :viewer_id
            OR :reviews_content
            OR c.id = ANY(CAST(:course_ids AS uuid[]))
            OR EXISTS (SELECT FROM course_instructors AS h WHERE h.course_id = c.id AND h.user_id = :viewer_id)
            OR EXISTS (SELECT FROM enrollments AS e WHERE e.course_id = c.id AND e.user_id = :viewer_id)
            OR EXISTS (
                SELECT FROM lessons AS l JOIN modules AS m ON m.id = l.module_id
                WHERE l.id = :lesson_id AND m.course_id = c.id
            )
        )
    UNION
    SELECT DISTINCT language FROM content_embeddings WHERE owner_id = :viewer_id
) AS spoken
