-- What is mistyped so badly that no word is within two errors of it: the word with the most three-letter pieces in
-- common, on servers that have the extension pg_trgm. The others answer nothing. It may be installed at any time.
CREATE FUNCTION similar_word(mistyped text) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
    found text;
BEGIN
    IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') THEN
        EXECUTE 'SELECT word FROM search_words WHERE word % $1 AND similarity(word, $1) >= 0.4
            ORDER BY similarity(word, $1) DESC, documents DESC, word LIMIT 1' INTO found USING mistyped;
    END IF;
    RETURN found;
END
$$;

DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_trgm') THEN
        CREATE EXTENSION IF NOT EXISTS pg_trgm;
        CREATE INDEX ix_search_words_trigrams ON search_words USING gin (word gin_trgm_ops);
    END IF;
EXCEPTION WHEN insufficient_privilege THEN
    NULL;  -- an administrator may add the extension later, and the search then takes it as it is
END
$$;
