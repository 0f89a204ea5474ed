-- Rules that span several rows. Each holds against plain SQL and against people who act at the same moment.
--
-- Whoever counts first rewrites the row that the count belongs to, unchanged. The second then waits for the first,
-- and counts what the first has committed; under REPEATABLE READ, where a count would be of an older state, the
-- server refuses the second instead ("could not serialize access"). A mere lock would not do that.

-- No more learners in a course than it has seats. Leaving or expiring frees a seat; lowering the number of seats
-- takes nobody's place away.
CREATE FUNCTION guard_seats() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    seats int;
    taken int;
BEGIN
    UPDATE courses SET max_students = max_students
    WHERE id = NEW.course_id AND max_students IS NOT NULL
    RETURNING max_students INTO seats;
    IF seats IS NULL THEN
        RETURN NULL;
    END IF;
    SELECT count(*) INTO taken FROM enrollments
    WHERE course_id = NEW.course_id AND status IN ('active', 'completed');
    IF taken > seats THEN
        RAISE EXCEPTION 'The course has % seats and all are taken.', seats
            USING ERRCODE = 'check_violation', CONSTRAINT = 'seats_of_course', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END
$$;

CREATE CONSTRAINT TRIGGER guard_seats_of_newcomers AFTER INSERT ON enrollments
    FOR EACH ROW WHEN (NEW.status IN ('active', 'completed')) EXECUTE FUNCTION guard_seats();

-- Only those who had no seat, or had one elsewhere, take one: finishing a full course is no new learner.
CREATE CONSTRAINT TRIGGER guard_seats_of_returners AFTER UPDATE OF status, course_id ON enrollments
    FOR EACH ROW WHEN (
        NEW.status IN ('active', 'completed')
        AND (OLD.status NOT IN ('active', 'completed') OR OLD.course_id <> NEW.course_id)
    ) EXECUTE FUNCTION guard_seats();

-- No more members in a cohort than it has places. Members who left don't count.
CREATE FUNCTION guard_cohort_places() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    places int;
    taken int;
BEGIN
    UPDATE cohorts SET capacity = capacity
    WHERE id = NEW.cohort_id AND capacity IS NOT NULL
    RETURNING capacity INTO places;
    IF places IS NULL THEN
        RETURN NULL;
    END IF;
    SELECT count(*) INTO taken FROM cohort_members WHERE cohort_id = NEW.cohort_id AND left_at IS NULL;
    IF taken > places THEN
        RAISE EXCEPTION 'The cohort has % places and all are taken.', places
            USING ERRCODE = 'check_violation', CONSTRAINT = 'places_of_cohort', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END
$$;

CREATE CONSTRAINT TRIGGER guard_places_of_newcomers AFTER INSERT ON cohort_members
    FOR EACH ROW WHEN (NEW.left_at IS NULL) EXECUTE FUNCTION guard_cohort_places();

CREATE CONSTRAINT TRIGGER guard_places_of_returners AFTER UPDATE OF left_at, cohort_id ON cohort_members
    FOR EACH ROW WHEN (
        NEW.left_at IS NULL AND (OLD.left_at IS NOT NULL OR OLD.cohort_id <> NEW.cohort_id)
    ) EXECUTE FUNCTION guard_cohort_places();

-- No row is its own ancestor. Arguments: the column of the parent, the table and the column of what rows of one
-- tree share (a lesson's module, a discussion's course).
--
-- A new row can be in a cycle only with rows of its own statement, so nobody else is waited for. A row that moves
-- waits for all moves in the same tree: two people could otherwise put two rows under each other.
CREATE FUNCTION guard_no_cycle() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    parent_column text := TG_ARGV[0];
    tree_table text := TG_ARGV[1];
    tree_column text := TG_ARGV[2];
    has_cycle boolean;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        EXECUTE format('UPDATE %I SET id = id WHERE id = ($1 ->> %L)::uuid', tree_table, tree_column)
        USING to_jsonb(NEW);
    END IF;
    EXECUTE format(
        'WITH RECURSIVE ancestors (id) AS (
            SELECT ($1 ->> %2$L)::uuid
            UNION
            SELECT t.%2$I FROM %1$I t JOIN ancestors a ON t.id = a.id WHERE t.%2$I IS NOT NULL
        )
        SELECT EXISTS (SELECT FROM ancestors WHERE id = ($1 ->> ''id'')::uuid)',
        TG_TABLE_NAME, parent_column)
    INTO has_cycle USING to_jsonb(NEW);
    IF has_cycle THEN
        RAISE EXCEPTION 'A row of % would stand below itself.', TG_TABLE_NAME
            USING ERRCODE = 'check_violation', CONSTRAINT = 'no_cycle', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END
$$;

CREATE CONSTRAINT TRIGGER guard_no_cycle AFTER INSERT OR UPDATE OF parent_lesson_id ON lessons
    FOR EACH ROW WHEN (NEW.parent_lesson_id IS NOT NULL)
    EXECUTE FUNCTION guard_no_cycle('parent_lesson_id', 'modules', 'module_id');

CREATE CONSTRAINT TRIGGER guard_no_cycle AFTER INSERT OR UPDATE OF parent_id ON course_discussions
    FOR EACH ROW WHEN (NEW.parent_id IS NOT NULL)
    EXECUTE FUNCTION guard_no_cycle('parent_id', 'courses', 'course_id');
