-- Nobody but those who look after a course sees who else is in it. What holds for all of a course's learners runs as its
-- owner, or seats would be counted by each learner as one.
ALTER FUNCTION guard_seats() SECURITY DEFINER SET search_path = public, pg_temp;
ALTER FUNCTION average_ratings(uuid) SECURITY DEFINER SET search_path = public, pg_temp;

-- Those of some people who are in a course now. Whoever mentions a name in a discussion learns whether it is heard there,
-- and can't list anybody: it answers only somebody who is in the course, or looks after it,
-- and the platform itself, which acts as the owner.
CREATE FUNCTION who_is_in_course(wanted uuid, people uuid[]) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT e.user_id FROM enrollments AS e
    WHERE e.course_id = wanted AND e.user_id = ANY (people)
        AND e.status IN ('active', 'completed') AND (e.expires_at IS NULL OR e.expires_at > now())
        AND (
            (SELECT current_setting('role') = 'none' AND pg_has_role(session_user, current_user, 'MEMBER'))
            OR (SELECT acting_role()) IN ('content_admin', 'system_admin')
            OR EXISTS (
                SELECT FROM enrollments AS own
                WHERE own.course_id = wanted AND own.user_id = (SELECT acting_user())
                    AND own.status IN ('active', 'completed')
            )
            OR EXISTS (SELECT FROM courses AS c WHERE c.id = wanted AND c.instructor_id = (SELECT acting_user()))
            OR EXISTS (
                SELECT FROM course_instructors AS h WHERE h.course_id = wanted AND h.user_id = (SELECT acting_user())
            )
        )
$$;
