-- The chunks that a person may read, with how well each answers a question: BM25 over its words, cosine of its vector.
-- One row for each chunk among the best by either. Permission comes first: what isn't in `readable` is never scored.
WITH taught AS MATERIALIZED (
    SELECT id FROM courses WHERE deleted_at IS NULL AND (instructor_id = :viewer_id OR :reviews_content)
),
learned AS MATERIALIZED (
    SELECT e.course_id AS id
    FROM enrollments AS e
    JOIN courses AS c ON c.id = e.course_id
    WHERE e.user_id = :viewer_id
        AND e.status IN ('active', 'completed')
        AND (e.expires_at IS NULL OR e.expires_at > now())
        AND c.deleted_at IS NULL
),
-- Free lessons of other courses are found only by who asks about that course or lesson: they aren't "your courses".
readable AS MATERIALIZED (
    SELECT l.id AS lesson_id
    FROM lessons AS l
    JOIN modules AS m ON m.id = l.module_id
    JOIN courses AS c ON c.id = m.course_id
    WHERE c.deleted_at IS NULL
        AND (CAST(:course_ids AS uuid[]) IS NULL OR c.id = ANY(CAST(:course_ids AS uuid[])))
        AND (CAST(:lesson_id AS uuid) IS NULL OR l.id = :lesson_id)
        AND (
            c.id IN (SELECT id FROM taught)
            OR (
                l.is_published AND m.is_published
                AND (
                    c.id IN (SELECT id FROM learned)
                    OR (
                        l.is_free AND c.status = 'published'
                        AND (CAST(:course_ids AS uuid[]) IS NOT NULL OR CAST(:lesson_id AS uuid) IS NOT NULL)
                    )
                )
            )
        )
),
-- Of a lesson told in the persona that the learner chose, only that telling.
chosen AS MATERIALIZED (
    SELECT lesson_id, study_persona FROM topic_personalization WHERE user_id = :viewer_id
),
permitted AS (
    SELECT e.id, e.language, e.tsv, e.start_offset, e.end_offset, e.model, e.{column}
    FROM readable AS r
    JOIN content_embeddings AS e ON e.lesson_id = r.lesson_id
    LEFT JOIN chosen AS p ON p.lesson_id = e.lesson_id
    WHERE e.persona_key IS NULL OR e.persona_key = p.study_persona
    UNION ALL
    SELECT e.id, e.language, e.tsv, e.start_offset, e.end_offset, e.model, e.{column}
    FROM content_embeddings AS e
    JOIN study_materials AS s ON s.id = e.content_id AND s.deleted_at IS NULL AND s.user_id = :viewer_id
    WHERE e.owner_id = :viewer_id
        AND CAST(:course_ids AS uuid[]) IS NULL AND CAST(:lesson_id AS uuid) IS NULL
),
scored AS MATERIALIZED (
    SELECT
        id,
        language,
        coalesce(end_offset - start_offset, length(tsv)) AS size,
        CASE WHEN tsv @@ CAST(:any_word AS tsquery) THEN tsv END AS tsv,
        CASE WHEN model = :model THEN 1 - ({column} <=> CAST(:vector AS {type})) END AS cosine
    FROM permitted
),
whole AS MATERIALIZED (
    SELECT count(*) AS chunks, greatest(avg(size), 1) AS size FROM scored
),
asked AS MATERIALIZED (
    SELECT language, word
    FROM unnest(CAST(:languages AS text[]), CAST(:words AS text[])) AS pairs (language, word)
),
hits AS MATERIALIZED (
    SELECT s.id, s.size, s.language, t.lexeme AS word,
        -- A word of a heading counts three times.
        cardinality(t.positions) + 2 * cardinality(array_positions(t.weights, 'A')) AS times
    FROM scored AS s
    CROSS JOIN LATERAL unnest(s.tsv) AS t
    JOIN asked AS a ON a.language = s.language AND a.word = t.lexeme
),
rarity AS MATERIALIZED (
    SELECT a.language, a.word, ln(1 + (w.chunks - count(h.id) + 0.5) / (count(h.id) + 0.5)) AS idf
    FROM asked AS a
    CROSS JOIN whole AS w
    LEFT JOIN hits AS h ON h.language = a.language AND h.word = a.word
    GROUP BY a.language, a.word, w.chunks
),
worded AS MATERIALIZED (
    SELECT
        h.id,
        -- k1 is 0.9 and b is 0.5: chunks are of one size, so that length tells little.
        sum(r.idf * h.times * 1.9 / (h.times + 0.9 * (0.5 + 0.5 * h.size / w.size))) AS bm25,
        sum(r.idf) AS covered
    FROM hits AS h
    JOIN rarity AS r ON r.language = h.language AND r.word = h.word
    CROSS JOIN whole AS w
    GROUP BY h.id
),
best AS (
    (SELECT id FROM worded ORDER BY bm25 DESC, id LIMIT 100)
    UNION
    (SELECT id FROM scored WHERE cosine IS NOT NULL ORDER BY cosine DESC, id LIMIT 100)
)
SELECT
    b.id,
    coalesce(w.bm25, 0)::float AS bm25,
    coalesce(w.covered, 0)::float AS covered,
    s.cosine::float AS cosine,
    (SELECT sum(idf) FROM rarity WHERE rarity.language = s.language)::float AS asked
FROM best AS b
JOIN scored AS s ON s.id = b.id
LEFT JOIN worded AS w ON w.id = b.id
