-- Which words of a chunk can be found, and how much each counts.

-- A text with names of programs taken apart: df.groupby, and/or and readCsv are two words each. PostgreSQL's own parser
-- sees hosts and paths of files in them, which nobody asks for.
CREATE FUNCTION chunk_words(source text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT regexp_replace(
        translate(source, U&'/\\_<>=@#$%^&*|~`"()[]{}\0002\0003', repeat(' ', 25)),
        '(?<=[[:alpha:]])[.](?=[[:alpha:]])|(?<=[[:lower:]])(?=[[:upper:]])', ' ', 'g')
$$;

-- Headings count beside the text: who asks for "outer joins" means the section of that name.
CREATE FUNCTION chunk_vector(language text, headings text[], chunk_text text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
    RETURN setweight(to_tsvector(search_config(language), chunk_words(array_to_string(headings, ' . '))), 'A')
        || to_tsvector(search_config(language), chunk_words(chunk_text));
END
$$;
