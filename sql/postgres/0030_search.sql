-- Finding courses, lessons and people: what is indexed, in which language, with which weight.

-- The text search configuration of a language as courses name it ('en', 'pt-BR'); 'simple' when PostgreSQL has none.
CREATE FUNCTION search_config(language text) RETURNS regconfig LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE lower(split_part(translate(language, '_', '-'), '-', 1))
        WHEN 'ar' THEN 'pg_catalog.arabic'::regconfig
        WHEN 'ca' THEN 'pg_catalog.catalan'::regconfig
        WHEN 'da' THEN 'pg_catalog.danish'::regconfig
        WHEN 'de' THEN 'pg_catalog.german'::regconfig
        WHEN 'el' THEN 'pg_catalog.greek'::regconfig
        WHEN 'en' THEN 'pg_catalog.english'::regconfig
        WHEN 'es' THEN 'pg_catalog.spanish'::regconfig
        WHEN 'eu' THEN 'pg_catalog.basque'::regconfig
        WHEN 'fi' THEN 'pg_catalog.finnish'::regconfig
        WHEN 'fr' THEN 'pg_catalog.french'::regconfig
        WHEN 'ga' THEN 'pg_catalog.irish'::regconfig
        WHEN 'hi' THEN 'pg_catalog.hindi'::regconfig
        WHEN 'hu' THEN 'pg_catalog.hungarian'::regconfig
        WHEN 'hy' THEN 'pg_catalog.armenian'::regconfig
        WHEN 'id' THEN 'pg_catalog.indonesian'::regconfig
        WHEN 'it' THEN 'pg_catalog.italian'::regconfig
        WHEN 'lt' THEN 'pg_catalog.lithuanian'::regconfig
        WHEN 'nb' THEN 'pg_catalog.norwegian'::regconfig
        WHEN 'ne' THEN 'pg_catalog.nepali'::regconfig
        WHEN 'nl' THEN 'pg_catalog.dutch'::regconfig
        WHEN 'no' THEN 'pg_catalog.norwegian'::regconfig
        WHEN 'pt' THEN 'pg_catalog.portuguese'::regconfig
        WHEN 'ro' THEN 'pg_catalog.romanian'::regconfig
        WHEN 'ru' THEN 'pg_catalog.russian'::regconfig
        WHEN 'sr' THEN 'pg_catalog.serbian'::regconfig
        WHEN 'sv' THEN 'pg_catalog.swedish'::regconfig
        WHEN 'ta' THEN 'pg_catalog.tamil'::regconfig
        WHEN 'tr' THEN 'pg_catalog.turkish'::regconfig
        WHEN 'yi' THEN 'pg_catalog.yiddish'::regconfig
        ELSE 'pg_catalog.simple'::regconfig
    END
$$;

-- HTML or Markdown as plain words. U+0002 and U+0003 are taken out, for snippets mark hits with them; a text is cut
-- where its vector could outgrow PostgreSQL's megabyte.
CREATE FUNCTION search_plain(source text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT replace(replace(replace(replace(replace(
        regexp_replace(
            regexp_replace(left(translate(coalesce(source, ''), U&'\0002\0003', ''), 200000),
                '</?[a-zA-Z!][^>]*>|\]\([^)\s]*\)', ' ', 'g'),
            '[*_`#|~\[\]]+|\s+', ' ', 'g'),
        '&lt;', '<'), '&gt;', '>'), '&quot;', '"'), '&nbsp;', ' '), '&amp;', '&')
$$;

-- A JSON list of sentences as one text.
CREATE FUNCTION search_sentences(list jsonb) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(string_agg(one, ' · '), '') FROM jsonb_array_elements_text(list) AS one
$$;

-- What is to be read in a lesson's blocks, in their order.
CREATE FUNCTION lesson_plain(content jsonb) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT search_plain(string_agg(
        concat_ws(' ', block ->> 'title', block ->> 'text', block ->> 'html', block ->> 'code', block ->> 'alt',
            block ->> 'caption'),
        E'\n' ORDER BY place))
    FROM jsonb_array_elements(content -> 'blocks') WITH ORDINALITY AS blocks (block, place)
$$;

CREATE FUNCTION course_vector(
    language text, title text, short_description text, tags jsonb, learning_objectives jsonb, description text
) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT setweight(to_tsvector(search_config(language), title), 'A')
        || setweight(to_tsvector(search_config(language), concat_ws(' . ', short_description,
            search_sentences(tags), search_sentences(learning_objectives))), 'B')
        || setweight(to_tsvector(search_config(language), search_plain(description)), 'C')
$$;

CREATE FUNCTION lesson_vector(
    language text, title text, description text, learning_objectives jsonb, content jsonb
) RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT setweight(to_tsvector(search_config(language), title), 'A')
        || setweight(to_tsvector(search_config(language), concat_ws(' . ', search_plain(description),
            search_sentences(learning_objectives))), 'B')
        || setweight(to_tsvector(search_config(language), lesson_plain(content)), 'C')
$$;

-- The words of a person's names and address, each of which may be typed in part.
CREATE FUNCTION people_words(first_name text, last_name text, email text, username text)
RETURNS tsvector LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT array_to_tsvector(array_remove(regexp_split_to_array(
        lower(first_name || ' ' || last_name || ' ' || email || ' ' || coalesce(username, '')), '[^[:alnum:]]+'), ''))
$$;

-- Triggers instead of generated columns: a lesson's language is its course's, and a generated column would be computed
-- again at each enrollment, since courses have another trigger before updates.
CREATE FUNCTION keep_course_vector() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.search_vector := course_vector(
        NEW.language, NEW.title, NEW.short_description, NEW.tags, NEW.learning_objectives, NEW.description);
    RETURN NEW;
END
$$;

CREATE FUNCTION keep_people_vector() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.search_vector := people_words(NEW.first_name, NEW.last_name, NEW.email, NEW.username);
    RETURN NEW;
END
$$;

CREATE FUNCTION keep_lesson_vector() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.search_vector := lesson_vector(
        (SELECT c.language FROM courses c JOIN modules m ON m.course_id = c.id WHERE m.id = NEW.module_id),
        NEW.title, NEW.description, NEW.learning_objectives, NEW.content);
    RETURN NEW;
END
$$;

-- A course in another language, or a module in another course: the lessons follow, one course at a time.
CREATE FUNCTION keep_lessons_language() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changed uuid := NEW.id;
BEGIN
    UPDATE lessons AS l
    SET search_vector = lesson_vector(c.language, l.title, l.description, l.learning_objectives, l.content)
    FROM modules AS m, courses AS c
    WHERE l.module_id = m.id AND c.id = m.course_id
        AND CASE TG_TABLE_NAME WHEN 'courses' THEN m.course_id ELSE m.id END = changed;
    RETURN NULL;
END
$$;
