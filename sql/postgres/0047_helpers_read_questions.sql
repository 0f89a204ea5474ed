-- Those who help to teach a course read what its learners ask the tutor, too.
CREATE OR REPLACE FUNCTION questions_to_tutor(wanted_course uuid, since timestamptz)
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
            (
                acting_role() <> 'learner'
                AND (
                    c.instructor_id = acting_user()
                    OR EXISTS (
                        SELECT FROM course_instructors AS h WHERE h.course_id = c.id AND h.user_id = acting_user()
                    )
                )
            )
            OR acting_role() IN ('content_admin', 'system_admin')
        )
        AND i.user_id <> c.instructor_id
        AND i.created_at >= since
        AND i.input_text <> ''
    ORDER BY i.created_at DESC
    LIMIT 2000
$$;
