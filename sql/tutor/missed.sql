-- Lessons that changed since they were indexed, never were, or have vectors of another model. What is saved by an action
-- is indexed at once; this finds what came another way.
SELECT l.id AS lesson_id, m.course_id
FROM lessons AS l
JOIN modules AS m ON m.id = l.module_id
JOIN courses AS c ON c.id = m.course_id AND c.deleted_at IS NULL
LEFT JOIN indexed_contents AS i
    ON i.content_type = 'lesson' AND i.content_id = l.id AND i.lesson_id = l.id AND i.persona_key IS NULL
WHERE i.id IS NULL
    OR l.updated_at > i.indexed_at
    OR EXISTS (SELECT FROM videos AS v WHERE v.lesson_id = l.id AND v.updated_at > i.indexed_at)
    OR EXISTS (SELECT FROM labs AS b WHERE b.lesson_id = l.id AND b.updated_at > i.indexed_at)
    OR EXISTS (SELECT FROM lesson_variants AS t WHERE t.lesson_id = l.id AND t.updated_at > i.indexed_at)
    OR EXISTS (
        SELECT FROM lesson_variants AS t
        WHERE t.lesson_id = l.id AND t.is_published AND NOT EXISTS (
            SELECT FROM indexed_contents AS o WHERE o.lesson_id = l.id AND o.persona_key = t.persona_key
        )
    )
    OR EXISTS (
        SELECT FROM content_embeddings AS e
        WHERE e.lesson_id = l.id AND (e.model IS DISTINCT FROM :model OR e.language <> c.language)
    )
ORDER BY m.course_id, m.order_index, l.order_index
LIMIT :most
