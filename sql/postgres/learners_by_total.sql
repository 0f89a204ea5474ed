-- Learners in the order of their totals, for one page of them. The total is that of gradebook/rules.py, unrounded; what the
-- page shows is computed there. Learners without a total come last, whichever way round.
WITH items AS (
    SELECT item.*
    FROM unnest(
        CAST(:items AS uuid[]), CAST(:weights AS numeric[]), CAST(:categories AS integer[]),
        CAST(:category_weights AS numeric[]), CAST(:drops AS integer[])
    ) AS item (id, weight, category, category_weight, drop_lowest)
    WHERE item.weight > 0
),
learners AS (
    SELECT users.id, users.last_name, users.first_name
    FROM users
    WHERE users.id = ANY(CAST(:learners AS uuid[]))
),
earned AS (
    SELECT
        user_id,
        assessment_id,
        CASE :rule
            WHEN 'best' THEN max(percent_score)
            WHEN 'average' THEN round(avg(percent_score), 2)
            ELSE (array_agg(percent_score ORDER BY attempt_number DESC))[1]
        END AS percent
    FROM assessment_attempts
    WHERE assessment_id = ANY(CAST(:items AS uuid[])) AND status <> 'in_progress' AND percent_score IS NOT NULL
    GROUP BY user_id, assessment_id
),
by_hand AS (
    SELECT DISTINCT ON (assessment_id, user_id) assessment_id, user_id, kind, percent
    FROM grade_overrides
    WHERE assessment_id = ANY(CAST(:items AS uuid[]))
    ORDER BY assessment_id, user_id, id DESC
),
grades AS (
    SELECT
        learners.id AS user_id,
        items.*,
        CASE by_hand.kind
            WHEN 'percent' THEN by_hand.percent
            WHEN 'excused' THEN NULL
            ELSE coalesce(earned.percent, CASE WHEN :missing_is_zero THEN 0 END)
        END AS percent
    FROM learners
    CROSS JOIN items
    LEFT JOIN earned ON earned.user_id = learners.id AND earned.assessment_id = items.id
    LEFT JOIN by_hand ON by_hand.user_id = learners.id AND by_hand.assessment_id = items.id
),
ranked AS (
    SELECT
        grades.*,
        row_number() OVER (PARTITION BY user_id, category ORDER BY percent, weight, id) AS place,
        count(*) OVER (PARTITION BY user_id, category) AS there
    FROM grades
    WHERE percent IS NOT NULL
),
by_category AS (
    SELECT user_id, category_weight, sum(percent * weight) / sum(weight) AS percent
    FROM ranked
    WHERE place > least(drop_lowest, there - 1)
    GROUP BY user_id, category, category_weight
),
totals AS (
    SELECT user_id, sum(percent * category_weight) / sum(category_weight) AS total
    FROM by_category
    GROUP BY user_id
)
SELECT learners.id
FROM learners
LEFT JOIN totals ON totals.user_id = learners.id
ORDER BY totals.total * CAST(:direction AS integer) NULLS LAST, learners.last_name, learners.first_name, learners.id
LIMIT :page_size OFFSET :before
