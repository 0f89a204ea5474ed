-- The chunks that a person may read and that answer a question best: BM25 over their words, cosine of their vectors, and
-- the sum of both. Permission comes first: what isn't in `readable` is never scored.
WITH taught AS MATERIALIZED (
    SELECT id FROM courses WHERE deleted_at IS NULL AND ((instructor_id = :viewer_id AND :teaches) OR :reviews_content)
    UNION
    SELECT course_id FROM course_instructors WHERE user_id = :viewer_id AND :teaches
),
learned AS MATERIALIZED (
    SELECT course_id AS id
    FROM enrollments
    WHERE user_id = :viewer_id
        AND status IN ('active', 'completed')
        AND (expires_at IS NULL OR expires_at > now())
),
-- Free lessons of other courses are found only by who asks about that course or lesson: they aren't "your courses".
named AS MATERIALIZED (
    SELECT unnest(CAST(:course_ids AS uuid[])) AS id
    UNION
    SELECT m.course_id FROM lessons AS l JOIN modules AS m ON m.id = l.module_id WHERE l.id = :lesson_id
),
reachable AS MATERIALIZED (
    SELECT
        c.id,
        c.id IN (SELECT id FROM taught) AS is_taught,
        c.id IN (SELECT id FROM learned) AS is_learned,
        c.status = 'published' AND c.id IN (SELECT id FROM named) AS has_previews
    FROM courses AS c
    WHERE c.id IN (SELECT id FROM taught UNION SELECT id FROM learned UNION SELECT id FROM named)
        AND c.deleted_at IS NULL
        AND (CAST(:course_ids AS uuid[]) IS NULL OR c.id = ANY(CAST(:course_ids AS uuid[])))
),
readable AS MATERIALIZED (
    SELECT l.id AS lesson_id
    FROM reachable AS c
    JOIN modules AS m ON m.course_id = c.id
    JOIN lessons AS l ON l.module_id = m.id
    WHERE (CAST(:lesson_id AS uuid) IS NULL OR l.id = :lesson_id)
        AND (c.is_taught OR (l.is_published AND m.is_published AND (c.is_learned OR (c.has_previews AND l.is_free))))
),
-- Of a lesson that is told anew for the persona that the learner chose, only that telling.
chosen AS MATERIALIZED (
    SELECT
        t.lesson_id,
        t.study_persona,
        EXISTS (
            SELECT FROM lesson_variants AS v
            WHERE v.lesson_id = t.lesson_id AND v.persona_key = t.study_persona
                AND v.content_key = 'lesson' AND v.is_published
        ) AS is_told_anew
    FROM topic_personalization AS t
    WHERE t.user_id = :viewer_id
),
permitted AS NOT MATERIALIZED (
    SELECT e.id, e.language, e.tsv, e.start_offset, e.end_offset, e.model, e.{column}
    FROM readable AS r
    JOIN content_embeddings AS e ON e.lesson_id = r.lesson_id
    LEFT JOIN chosen AS p ON p.lesson_id = e.lesson_id
    WHERE e.persona_key = p.study_persona
        OR e.persona_key = CAST(:persona AS text)
        OR (e.persona_key IS NULL AND (e.content_type <> 'lesson' OR NOT coalesce(p.is_told_anew, false)))
    UNION ALL
    SELECT e.id, e.language, e.tsv, e.start_offset, e.end_offset, e.model, e.{column}
    FROM content_embeddings AS e
    JOIN study_materials AS s ON s.id = e.content_id AND s.deleted_at IS NULL AND s.user_id = :viewer_id
    WHERE e.owner_id = :viewer_id
        AND CAST(:course_ids AS uuid[]) IS NULL AND CAST(:lesson_id AS uuid) IS NULL
),
-- Each chunk is read once: its place counts for its identifier from here on, as numbers are compared faster.
scored AS MATERIALIZED (
    SELECT
        row_number() OVER () AS place,
        id,
        language,
        tsv,
        coalesce(end_offset - start_offset, length(tsv)) AS size,
        CASE WHEN model = :model THEN 1 - ({column} <=> CAST(:vector AS {type})) END AS cosine
    FROM permitted
),
whole AS MATERIALIZED (
    SELECT count(*) AS chunks, greatest(avg(size), 1)::float AS size FROM scored
),
asked AS MATERIALIZED (
    SELECT number, language, CAST(quoted AS tsquery) AS word_query
    FROM unnest(CAST(:languages AS text[]), CAST(:quoted AS text[])) WITH ORDINALITY AS asked (language, quoted, number)
),
-- How often each word is in each chunk, levelling off as BM25 has it: ts_rank of one word is w * (1 + 1/4 + 1/9 ...),
-- for its occurrences, by 1.645, which is BM25's curve for k1 = 0.64, and takes a tenth of the time of counting them.
-- A word of a heading weighs twice one of the text.
hits AS MATERIALIZED (
    SELECT s.place, s.size, a.number, ts_rank('{{0.5, 0.5, 0.5, 1.0}}', s.tsv, a.word_query) * 3.29 AS often
    FROM scored AS s
    JOIN asked AS a ON a.language = s.language AND s.tsv @@ a.word_query
),
rarity AS MATERIALIZED (
    -- A few chunks say little about how rare a word is: they count as a hundred.
    SELECT
        a.number,
        a.language,
        ln(1 + (greatest(w.chunks, 100) - coalesce(h.found, 0) + 0.5) / (coalesce(h.found, 0) + 0.5))::float AS idf
    FROM asked AS a
    CROSS JOIN whole AS w
    LEFT JOIN (SELECT number, count(*) AS found FROM hits GROUP BY number) AS h ON h.number = a.number
),
-- Chunks are of one size, more or less, so length tells little: b is 0.1.
worded AS MATERIALIZED (
    SELECT
        h.place,
        sum(r.idf * h.often) / (0.9 + 0.1 * min(h.size) / (SELECT size FROM whole)) AS bm25,
        sum(r.idf) AS covered
    FROM hits AS h
    JOIN rarity AS r ON r.number = h.number
    GROUP BY h.place
),
-- Each search's scores from its hundredth to its best.
bounds AS MATERIALIZED (
    SELECT
        (SELECT max(bm25) FROM worded) AS best_words,
        coalesce((SELECT bm25 FROM worded ORDER BY bm25 DESC OFFSET 99 LIMIT 1), 0) AS least_words,
        (SELECT max(cosine) FROM scored) AS best_vectors,
        coalesce(
            (SELECT cosine FROM scored WHERE cosine IS NOT NULL ORDER BY cosine DESC OFFSET 99 LIMIT 1),
            least((SELECT min(cosine) FROM scored), 0)
        ) AS least_vectors
),
stretched AS (
    SELECT
        s.place,
        coalesce(w.bm25, 0) AS bm25,
        coalesce(w.covered, 0) AS covered,
        greatest((coalesce(w.bm25, 0) - b.least_words) / nullif(b.best_words - b.least_words, 0), 0) AS words,
        greatest((s.cosine - b.least_vectors) / nullif(b.best_vectors - b.least_vectors, 0), 0) AS vectors
    FROM scored AS s
    CROSS JOIN bounds AS b
    LEFT JOIN worded AS w ON w.place = s.place
    WHERE w.place IS NOT NULL OR s.cosine IS NOT NULL
),
best AS MATERIALIZED (
    SELECT
        t.place,
        t.bm25,
        t.covered,
        CASE WHEN b.best_words > b.least_words THEN (t.words + :weight * coalesce(t.vectors, 0)) / (1 + :weight)
            ELSE coalesce(t.vectors, 0) END AS score
    FROM stretched AS t
    CROSS JOIN bounds AS b
    ORDER BY score DESC, t.place
    LIMIT :most
)
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
    e.end_seconds,
    b.score::float AS score,
    ARRAY[b.bm25, b.covered, s.cosine, (SELECT sum(idf) FROM rarity WHERE rarity.language = s.language)]::float[]
        AS signals
FROM best AS b
JOIN scored AS s ON s.place = b.place
JOIN content_embeddings AS e ON e.id = s.id
LEFT JOIN courses AS c ON c.id = e.course_id
LEFT JOIN lessons AS l ON l.id = e.lesson_id
ORDER BY b.score DESC, e.id
