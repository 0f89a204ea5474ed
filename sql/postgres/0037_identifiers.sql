-- Names of programs are found whole, too: read_csv is the words read, csv and readcsv, whoever writes it how.
CREATE OR REPLACE FUNCTION chunk_words(source text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT regexp_replace(
        translate(
            regexp_replace(
                source, '([[:alpha:]][[:alnum:]]*)_([[:alnum:]]+)|([[:lower:]]+)([[:upper:]][[:alnum:]]*)',
                '\1\3 \2\4 \1\2\3\4', 'g'),
            U&'/\\_<>=@#$%^&*|~`"()[]{}\0002\0003', repeat(' ', 25)),
        '(?<=[[:alpha:]])[.](?=[[:alpha:]])', ' ', 'g')
$$;

-- What is gone can't be found, at once and whoever took it away: the chunks go with their content.
CREATE FUNCTION forget_chunks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM content_embeddings WHERE content_type = TG_ARGV[0]::embedded_content AND content_id = OLD.id;
    DELETE FROM indexed_contents WHERE content_type = TG_ARGV[0]::embedded_content AND content_id = OLD.id;
    RETURN NULL;
END
$$;

-- A telling of a lesson that is no longer shown.
CREATE FUNCTION forget_variant() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM content_embeddings
    WHERE content_type = 'lesson' AND content_id = OLD.lesson_id AND persona_key = OLD.persona_key;
    DELETE FROM indexed_contents
    WHERE content_type = 'lesson' AND content_id = OLD.lesson_id AND persona_key = OLD.persona_key;
    RETURN NULL;
END
$$;
