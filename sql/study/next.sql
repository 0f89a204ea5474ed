-- What was forgotten or is being learned first, then what rested longest, then what is new: one's own cards, then those
-- of the courses in the order of their lessons. What comes a little early is last.
SELECT * FROM scheduled
WHERE is_due OR (state = 'new' AND :may_meet)
ORDER BY
    CASE WHEN state = 'new' THEN 2 WHEN due_at > :now THEN 3 WHEN state = 'review' THEN 1 ELSE 0 END,
    due_at, is_shared, course_id, lesson_place, place, asset_id, card_id
LIMIT :most
