-- What learners of a course asked the tutor, for those who teach it: never who asked. Rows of ai_interactions show
-- themselves to their person alone; this function reads them as their owner, asks who wants to know, and takes names out.

CREATE FUNCTION without_person(said text, VARIADIC names text[]) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
    name text;
BEGIN
    said := regexp_replace(said, '[[:alnum:]._+-]+@[[:alnum:]-]+([.][[:alnum:]-]+)+', '[e-mail]', 'g');
    said := regexp_replace(said, '[+]?[0-9][0-9 ()/-]{7,}[0-9]', '[number]', 'g');
    FOREACH name IN ARRAY names LOOP
        IF length(name) >= 2 THEN
            said := regexp_replace(
                said, '\m' || regexp_replace(name, '([^[:alnum:]])', '\\\1', 'g') || '\M', '[name]', 'gi'
            );
        END IF;
    END LOOP;
    RETURN said;
END $$;

CREATE FUNCTION questions_to_tutor(wanted_course uuid, since timestamptz)
RETURNS TABLE (
    asked_at timestamptz, kind text, lesson_id uuid, question text, is_refused boolean, rating smallint, reason text
)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT
        i.created_at,
        i.interaction_type::text,
        CAST(i.context ->> 'lesson_id' AS uuid),
        without_person(i.input_text, u.first_name || ' ' || u.last_name, u.first_name, u.last_name),
        i.is_refused,
        i.feedback_rating,
        without_person(i.feedback_reason, u.first_name || ' ' || u.last_name, u.first_name, u.last_name)
    FROM courses AS c
    JOIN ai_interactions AS i ON i.context ->> 'course_id' = CAST(c.id AS text)
    JOIN users AS u ON u.id = i.user_id
    WHERE c.id = wanted_course
        AND c.deleted_at IS NULL
        AND (
            (acting_role() <> 'learner' AND c.instructor_id = acting_user())
            OR acting_role() IN ('content_admin', 'system_admin')
        )
        AND i.user_id <> c.instructor_id
        AND i.created_at >= since
        AND i.input_text <> ''
    ORDER BY i.created_at DESC
    LIMIT 2000
$$;
