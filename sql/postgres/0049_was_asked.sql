-- Whether a question was answered, or is part of an attempt that is open now. It tells nobody whose attempt that is, so
-- whoever writes an assessment may ask it. Every question of a closed attempt has a row in answers.
CREATE FUNCTION question_was_asked(question uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT FROM answers AS a WHERE a.question_id = question)
        OR EXISTS (
            SELECT FROM assessment_attempts AS t
            JOIN questions AS q ON q.assessment_id = t.assessment_id
            WHERE q.id = question AND t.status = 'in_progress' AND t.question_ids ? question::text
        )
$$;
