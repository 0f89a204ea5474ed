-- What the catalogue lists and counts by, kept beside the courses: a course's own row is wide, and the numbers of all
-- choices are asked for at each look. What is short, long, cheap and dear is said here alone.

CREATE FUNCTION course_length(duration_minutes int, estimated_duration int)
RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE
        WHEN minutes < 120 THEN 'short'
        WHEN minutes < 600 THEN 'medium'
        ELSE 'long'
    END
    FROM (SELECT coalesce(nullif(duration_minutes, 0), estimated_duration, 0) AS minutes) AS known
$$;

CREATE FUNCTION course_price(price numeric) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN price = 0 THEN 'free' WHEN price < 50 THEN 'low' ELSE 'high' END
$$;

CREATE FUNCTION keep_listing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status = 'published' AND NEW.deleted_at IS NULL THEN
        INSERT INTO course_listings AS kept (
            course_id, category, skill_level, length, price, tags, is_featured, learners, title, published_at
        ) VALUES (
            NEW.id, NEW.category, NEW.skill_level, course_length(NEW.duration_minutes, NEW.estimated_duration),
            course_price(NEW.price), NEW.tags, NEW.is_featured, NEW.enrollment_count, NEW.title, NEW.published_at
        )
        ON CONFLICT (course_id) DO UPDATE SET
            category = EXCLUDED.category, skill_level = EXCLUDED.skill_level, length = EXCLUDED.length,
            price = EXCLUDED.price, tags = EXCLUDED.tags, is_featured = EXCLUDED.is_featured,
            learners = EXCLUDED.learners, title = EXCLUDED.title, published_at = EXCLUDED.published_at;
    ELSE
        DELETE FROM course_listings WHERE course_id = NEW.id;
    END IF;
    RETURN NULL;
END
$$;

-- The part that changes with each learner touches nothing else.
CREATE FUNCTION keep_listed_learners() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE course_listings SET learners = NEW.enrollment_count WHERE course_id = NEW.id;
    RETURN NULL;
END
$$;

-- Tags in one order, so that two who count the same ones at the same moment wait for each other at the first of them.
CREATE FUNCTION count_listing(listing course_listings) RETURNS void LANGUAGE sql AS $$
    INSERT INTO catalogue_cells AS kept (category, skill_level, length, price, courses)
    VALUES (listing.category, listing.skill_level, listing.length, listing.price, 1)
    ON CONFLICT (category, skill_level, length, price) DO UPDATE SET courses = kept.courses + 1;
    INSERT INTO catalogue_tags AS kept (tag, courses)
    SELECT DISTINCT tag, 1 FROM jsonb_array_elements_text(listing.tags) AS tag ORDER BY tag
    ON CONFLICT (tag) DO UPDATE SET courses = kept.courses + 1;
$$;

CREATE FUNCTION discount_listing(listing course_listings) RETURNS void LANGUAGE sql AS $$
    UPDATE catalogue_cells SET courses = courses - 1
    WHERE (category, skill_level, length, price)
        = (listing.category, listing.skill_level, listing.length, listing.price);
    WITH locked AS (
        SELECT tag FROM catalogue_tags
        WHERE tag IN (SELECT jsonb_array_elements_text(listing.tags))
        ORDER BY tag
        FOR UPDATE
    )
    UPDATE catalogue_tags AS kept SET courses = courses - 1 FROM locked WHERE kept.tag = locked.tag;
    DELETE FROM catalogue_tags WHERE courses = 0 AND tag IN (SELECT jsonb_array_elements_text(listing.tags));
$$;

CREATE FUNCTION count_listings() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP IN ('UPDATE', 'DELETE') THEN
        PERFORM discount_listing(OLD);
    END IF;
    IF TG_OP IN ('INSERT', 'UPDATE') THEN
        PERFORM count_listing(NEW);
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER count_listings_of_newcomers AFTER INSERT OR DELETE ON course_listings
    FOR EACH ROW EXECUTE FUNCTION count_listings();
CREATE TRIGGER count_listings AFTER UPDATE ON course_listings
    FOR EACH ROW WHEN (
        (OLD.category, OLD.skill_level, OLD.length, OLD.price, OLD.tags)
        IS DISTINCT FROM (NEW.category, NEW.skill_level, NEW.length, NEW.price, NEW.tags)
    ) EXECUTE FUNCTION count_listings();

CREATE TRIGGER keep_listing_of_newcomers AFTER INSERT ON courses
    FOR EACH ROW WHEN (NEW.status = 'published') EXECUTE FUNCTION keep_listing();
CREATE TRIGGER keep_listing AFTER UPDATE OF
    category, skill_level, duration_minutes, estimated_duration, price, tags, is_featured, title, published_at, status,
    deleted_at
ON courses FOR EACH ROW EXECUTE FUNCTION keep_listing();
CREATE TRIGGER keep_listed_learners AFTER UPDATE OF enrollment_count ON courses
    FOR EACH ROW WHEN (OLD.enrollment_count <> NEW.enrollment_count) EXECUTE FUNCTION keep_listed_learners();

-- The courses that were there before the triggers. Each counts by them.
INSERT INTO course_listings
    (course_id, category, skill_level, length, price, tags, is_featured, learners, title, published_at)
SELECT id, category, skill_level, course_length(duration_minutes, estimated_duration), course_price(price), tags,
    is_featured, enrollment_count, title, published_at
FROM courses
WHERE status = 'published' AND deleted_at IS NULL
ORDER BY id;
