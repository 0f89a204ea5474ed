-- The flashcards of one learner, each with its schedule: their own, and those of lessons that they have opened in courses
-- that they are in.
WITH decks AS (
    SELECT s.id AS material_id, s.title, s.lesson_id, false AS is_shared
    FROM study_materials AS s
    WHERE s.user_id = :learner AND NOT s.is_shared AND s.deleted_at IS NULL
    UNION ALL
    SELECT s.id, s.title, s.lesson_id, true
    FROM lesson_progress AS p
    JOIN study_materials AS s ON s.lesson_id = p.lesson_id AND s.is_shared AND s.deleted_at IS NULL
    JOIN lessons AS l ON l.id = p.lesson_id AND l.is_published
    JOIN modules AS m ON m.id = l.module_id AND m.is_published
    JOIN courses AS c ON c.id = m.course_id AND c.deleted_at IS NULL
    JOIN enrollments AS e ON e.course_id = c.id AND e.user_id = p.user_id AND e.status IN ('active', 'completed')
    WHERE p.user_id = :learner
), cards AS (
    SELECT
        a.id AS asset_id, card.content ->> 'id' AS card_id, card.content ->> 'front' AS front,
        card.content ->> 'back' AS back, d.title AS deck, d.is_shared, d.lesson_id, l.title AS lesson,
        c.id AS course_id, c.title AS course, card.place,
        coalesce(m.order_index, 0) * 1000 + coalesce(l.order_index, 0) AS lesson_place
    FROM decks AS d
    JOIN generated_assets AS a
        ON a.study_material_id = d.material_id AND a.asset_type = 'flashcard' AND a.status = 'ready'
    CROSS JOIN LATERAL jsonb_array_elements(a.content -> 'cards') WITH ORDINALITY AS card (content, place)
    LEFT JOIN lessons AS l ON l.id = d.lesson_id
    LEFT JOIN modules AS m ON m.id = l.module_id
    LEFT JOIN courses AS c ON c.id = m.course_id
), known AS (
    SELECT
        k.*, coalesce(r.state, 'new') AS state, r.step, r.stability, r.difficulty,
        CASE WHEN r.state <> 'new' THEN r.due_at END AS due_at, r.last_reviewed_at,
        coalesce(r.review_count, 0) AS review_count, r.created_at AS begun_at
    FROM cards AS k
    LEFT JOIN flashcard_reviews AS r
        ON r.user_id = :learner AND r.generated_asset_id = k.asset_id AND r.card_id = k.card_id
), scheduled AS (
    -- A card that is being learned may come a little early; one that rests for days may not.
    SELECT
        k.*,
        coalesce(
            k.due_at <= :now OR (k.state IN ('learning', 'relearning') AND k.due_at <= :soon), false
        ) AS is_due
    FROM known AS k
)
