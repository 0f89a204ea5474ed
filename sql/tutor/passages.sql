-- Chunks by their identifiers, with the names of where they are.
SELECT
    e.id AS embedding_id,
    e.course_id,
    coalesce(c.title, '') AS course_title,
    l.module_id,
    e.lesson_id,
    coalesce(l.title, '') AS lesson_title,
    e.content_type::text AS content_type,
    e.block_id,
    e.headings,
    e.chunk_text AS text,
    e.start_offset,
    e.end_offset,
    e.start_seconds,
    e.end_seconds
FROM content_embeddings AS e
LEFT JOIN courses AS c ON c.id = e.course_id
LEFT JOIN lessons AS l ON l.id = e.lesson_id
WHERE e.id = ANY(CAST(:ids AS uuid[]))
