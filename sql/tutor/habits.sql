-- How often somebody did what speaks for one way of learning or another; counted, never read.
SELECT
    (SELECT count(*) FROM lesson_progress WHERE user_id = :viewer_id AND video_completed) AS videos,
    (SELECT count(*) FROM ai_interactions WHERE user_id = :viewer_id AND interaction_type = 'hint') AS hints,
    (SELECT count(*) FROM lab_sessions WHERE user_id = :viewer_id) AS labs,
    (SELECT count(*) FROM user_notes WHERE user_id = :viewer_id) AS notes,
    (SELECT count(*) FROM flashcard_reviews WHERE user_id = :viewer_id) AS flashcards
