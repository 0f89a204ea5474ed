-- Numbers that many pages show, kept beside what they count. Each is computed by addition, under the lock of the
-- row that holds it, so that two votes at the same moment both count.

CREATE FUNCTION count_votes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP IN ('UPDATE', 'DELETE') THEN
        UPDATE course_discussions SET vote_count = vote_count - OLD.value WHERE id = OLD.discussion_id;
    END IF;
    IF TG_OP IN ('INSERT', 'UPDATE') THEN
        UPDATE course_discussions SET vote_count = vote_count + NEW.value WHERE id = NEW.discussion_id;
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER count_votes AFTER INSERT OR DELETE OR UPDATE OF value, discussion_id ON discussion_votes
    FOR EACH ROW EXECUTE FUNCTION count_votes();

-- An average can't be kept by addition when it is rounded, so it is computed from all ratings of the course. The
-- first statement makes those who rate at the same moment take turns, and the second sees what the first wrote.
CREATE FUNCTION average_ratings(of_course uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    UPDATE courses SET rating_count = rating_count WHERE id = of_course;
    UPDATE courses SET rating_average = found.average, rating_count = found.count
    FROM (
        SELECT coalesce(round(avg(rating), 2), 0) AS average, count(rating) AS count
        FROM enrollments WHERE course_id = of_course AND rating IS NOT NULL
    ) AS found
    WHERE courses.id = of_course;
END
$$;

CREATE FUNCTION count_ratings() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP IN ('UPDATE', 'DELETE') AND OLD.rating IS NOT NULL THEN
        PERFORM average_ratings(OLD.course_id);
    END IF;
    IF TG_OP = 'INSERT' THEN
        PERFORM average_ratings(NEW.course_id);
    ELSIF TG_OP = 'UPDATE' AND NEW.rating IS NOT NULL
        AND (OLD.rating IS NULL OR OLD.course_id <> NEW.course_id) THEN
        PERFORM average_ratings(NEW.course_id);
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER count_ratings_of_newcomers AFTER INSERT ON enrollments
    FOR EACH ROW WHEN (NEW.rating IS NOT NULL) EXECUTE FUNCTION count_ratings();
CREATE TRIGGER count_ratings AFTER UPDATE OF rating, course_id ON enrollments
    FOR EACH ROW WHEN (OLD.rating IS DISTINCT FROM NEW.rating OR OLD.course_id <> NEW.course_id)
    EXECUTE FUNCTION count_ratings();
CREATE TRIGGER count_ratings_of_leavers AFTER DELETE ON enrollments
    FOR EACH ROW WHEN (OLD.rating IS NOT NULL) EXECUTE FUNCTION count_ratings();

-- What was rated before the triggers were there.
UPDATE courses SET rating_average = found.average, rating_count = found.count
FROM (
    SELECT course_id, round(avg(rating), 2) AS average, count(rating) AS count
    FROM enrollments WHERE rating IS NOT NULL GROUP BY course_id
) AS found
WHERE courses.id = found.course_id;
