-- Keep answers of one attempt where they are newer than what is kept; says which were. The rows come in the order of
-- their questions, so that two tabs that save the same ones can't wait for each other.
INSERT INTO answers (id, attempt_id, question_id, response, sequence, saved_at)
SELECT given.id, :attempt_id, given.question_id, given.response, given.sequence, :saved_at
FROM jsonb_to_recordset(CAST(:rows AS jsonb))
    AS given (id uuid, question_id uuid, response jsonb, sequence bigint)
ORDER BY given.question_id
ON CONFLICT (attempt_id, question_id) DO UPDATE
SET response = excluded.response, sequence = excluded.sequence, saved_at = excluded.saved_at
WHERE answers.sequence < excluded.sequence
RETURNING question_id
