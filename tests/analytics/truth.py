"""What each chart must show, by plain SQL on PostgreSQL.

The statements read two temporary tables: `everything` has the events of the courses and people that are meant, those of
the future left out, with the local `day`; `events` only those of the period. `:begin` and `:end` are its borders.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, text

from learncraft.analytics.scope import Scope, Segment
from learncraft.assessments import items

_HONEST = "occurred_at <= created_at + interval '5 minutes'"
_COURSES = "(CAST(:courses AS uuid[]) IS NULL OR course_id = ANY(:courses))"
_SEGMENTS = {
    Segment.EVERYONE: "true",
    Segment.FINISHED: f"user_id IN (SELECT user_id FROM learning_events WHERE {_COURSES} AND {_HONEST} "
    "AND event_type = 'course_completed')",
    Segment.LEARNING: f"user_id NOT IN (SELECT user_id FROM learning_events WHERE {_COURSES} AND {_HONEST} "
    "AND event_type = 'course_completed')",
    Segment.NEW: f"user_id IN (SELECT user_id FROM learning_events WHERE {_COURSES} AND {_HONEST} "
    "AND event_type = 'enrolled' AND occurred_at >= :begin AND occurred_at < :end)",
}

TRUTH: dict[str, str] = {
    "active_learners_by_day": """
        SELECT d::date, count(DISTINCT user_id), count(user_id)
        FROM generate_series(CAST(:since AS date), CAST(:until AS date), interval '1 day') AS d
        LEFT JOIN events ON day = d::date GROUP BY d""",
    "active_hours": """
        SELECT extract(isodow FROM local)::int, extract(hour FROM local)::int, count(DISTINCT user_id)
        FROM events GROUP BY 1, 2""",
    "period_totals": """
        SELECT count(DISTINCT user_id), count(*), count(*) FILTER (WHERE event_type = 'enrolled'),
            count(*) FILTER (WHERE event_type = 'lesson_completed'),
            count(*) FILTER (WHERE event_type = 'course_completed'),
            count(*) FILTER (WHERE event_type = 'assessment_passed'),
            count(*) FILTER (WHERE event_type = 'assessment_failed') FROM events""",
    "doings": "SELECT event_type, count(*), count(DISTINCT user_id) FROM events GROUP BY 1",
    "enrollments_by_day": """
        SELECT d::date, count(*) FILTER (WHERE event_type = 'enrolled'),
            count(*) FILTER (WHERE event_type = 'unenrolled'),
            count(*) FILTER (WHERE event_type = 'course_completed'),
            coalesce(sum((event_data ->> 'price')::numeric) FILTER (WHERE event_type = 'enrolled'), 0)
        FROM generate_series(CAST(:since AS date), CAST(:until AS date), interval '1 day') AS d
        LEFT JOIN events ON day = d::date GROUP BY d""",
    "completion_funnel": """
        SELECT lesson_id, count(DISTINCT user_id),
            count(DISTINCT user_id) FILTER (WHERE event_type = 'lesson_completed')
        FROM events WHERE event_type IN ('lesson_opened', 'lesson_completed') GROUP BY 1""",
    "module_funnel": """
        SELECT module_id, count(DISTINCT user_id),
            count(DISTINCT user_id) FILTER (WHERE event_type = 'lesson_completed')
        FROM events WHERE event_type IN ('lesson_opened', 'lesson_completed') GROUP BY 1""",
    "enrollment_steps": """
        SELECT step, count(DISTINCT user_id) FROM unnest(ARRAY['enrolled', 'lesson_opened', 'lesson_completed',
            'assessment_passed', 'course_completed', 'certificate_issued']) AS step
        LEFT JOIN events ON event_type = step GROUP BY step""",
    "where_they_stopped": """
        SELECT lesson_id, count(*) FROM (
            SELECT user_id, (array_agg(lesson_id ORDER BY occurred_at DESC)
                    FILTER (WHERE event_type <> 'course_completed'))[1] AS lesson_id, max(occurred_at) AS seen
            FROM everything WHERE day <= :until
                AND event_type IN ('lesson_opened', 'lesson_completed', 'course_completed')
            GROUP BY user_id HAVING count(*) FILTER (WHERE event_type = 'course_completed') = 0) AS last
        WHERE seen < CAST(:end AS timestamptz) - interval '14 days' GROUP BY 1""",
    "people_behind": """
        SELECT user_id, count(*), count(*) FILTER (WHERE event_type = 'lesson_completed'),
            count(*) FILTER (WHERE is_correct), count(*) FILTER (WHERE NOT is_correct), max(occurred_at)
        FROM events WHERE lesson_id = :lesson_id GROUP BY 1""",
    "lesson_time": """
        WITH gaps AS (
            SELECT lesson_id, user_id, extract(epoch FROM occurred_at
                - lag(occurred_at) OVER (PARTITION BY lesson_id, user_id ORDER BY occurred_at)) AS gap
            FROM events WHERE lesson_id IS NOT NULL),
        spent AS (
            SELECT lesson_id, sum(least(gap, 1800)) / 60 AS minutes FROM gaps WHERE gap > 0 GROUP BY lesson_id, user_id)
        SELECT lesson_id, count(*), percentile_cont(0.25) WITHIN GROUP (ORDER BY minutes),
            percentile_cont(0.5) WITHIN GROUP (ORDER BY minutes), percentile_cont(0.75) WITHIN GROUP (ORDER BY minutes)
        FROM spent GROUP BY 1""",
    "videos_watched": """
        SELECT object_id, count(DISTINCT user_id), sum(greatest(position_end - position_start, 0)), max(position_end)
        FROM events WHERE event_type = 'video_watched' GROUP BY 1""",
    "video_attention": """
        SELECT slice * 5, count(DISTINCT user_id), count(*) FROM events
        CROSS JOIN LATERAL generate_series(floor(position_start / 5)::int, ceil(position_end / 5)::int - 1) AS slice
        WHERE event_type = 'video_watched' AND object_id = :video_id AND position_end > position_start GROUP BY 1""",
    "response_choices": """
        WITH answers AS (
            SELECT object_id, event_data -> 'response' AS response,
                sum(score) OVER (PARTITION BY attempt_id) / sum(max_score) OVER (PARTITION BY attempt_id) AS share
            FROM events WHERE event_type = 'answer_graded'),
        choices AS (
            SELECT object_id, share, response ->> 'option' AS choice FROM answers WHERE response ? 'option'
            UNION ALL SELECT object_id, share, response ->> 'value' FROM answers WHERE response ? 'value'
            UNION ALL SELECT object_id, share, jsonb_array_elements_text(response -> 'options') FROM answers
                WHERE response ? 'options')
        SELECT object_id, choice, count(*), avg(share)::double precision FROM choices GROUP BY 1, 2""",
    "assessment_results": """
        SELECT object_id, count(*) FILTER (WHERE event_type = 'assessment_graded'), count(DISTINCT user_id),
            count(DISTINCT user_id) FILTER (WHERE event_type = 'assessment_passed'),
            (avg(score / max_score) FILTER (WHERE event_type = 'assessment_graded'))::double precision,
            (stddev_samp(score / max_score) FILTER (WHERE event_type = 'assessment_graded'))::double precision
        FROM events WHERE event_type IN ('assessment_graded', 'assessment_passed') GROUP BY 1""",
    "score_distribution": """
        SELECT object_id, least(floor(score * 10 / max_score), 9)::int, count(*)
        FROM events WHERE event_type = 'assessment_graded' GROUP BY 1, 2""",
    "attempts_to_pass": """
        SELECT object_id, coalesce(first, 0)::int, count(*) FROM (
            SELECT object_id, user_id, min(place) FILTER (WHERE event_type = 'assessment_passed') AS first FROM (
                SELECT *, row_number() OVER (PARTITION BY object_id, user_id ORDER BY occurred_at) AS place
                FROM events WHERE event_type IN ('assessment_passed', 'assessment_failed')) AS placed
            GROUP BY 1, 2) AS firsts GROUP BY 1, 2""",
    "retention": """
        WITH weeks AS (SELECT DISTINCT user_id, date_trunc('week', day)::date AS week
            FROM everything WHERE day <= :until),
        firsts AS (SELECT user_id, min(week) AS cohort FROM weeks GROUP BY 1)
        SELECT cohort, (week - cohort) / 7, count(*) FROM weeks JOIN firsts USING (user_id)
        WHERE cohort >= date_trunc('week', CAST(:since AS date)) GROUP BY 1, 2""",
    "learners_at_risk": """
        WITH quarters AS (SELECT *, date_bin('15 minutes', occurred_at, '2000-01-01 UTC') AS bucket
            FROM everything WHERE day <= :until),
        learners AS (
            SELECT user_id, max(bucket) AS last_seen,
                count(*) FILTER (WHERE bucket >= CAST(:end AS timestamptz) - interval '14 days') AS recent,
                count(*) FILTER (WHERE bucket >= CAST(:end AS timestamptz) - interval '28 days'
                    AND bucket < CAST(:end AS timestamptz) - interval '14 days') AS before,
                count(*) FILTER (WHERE event_type = 'lesson_opened') AS opened,
                count(*) FILTER (WHERE event_type = 'lesson_completed') AS completed,
                count(*) FILTER (WHERE event_type = 'assessment_failed') AS failed,
                count(*) FILTER (WHERE event_type = 'assessment_passed') AS passed,
                max(bucket) FILTER (WHERE event_type = 'enrolled') AS joined,
                max(bucket) FILTER (WHERE event_type = 'unenrolled') AS gone,
                count(*) FILTER (WHERE event_type = 'course_completed') AS finished
            FROM quarters GROUP BY 1),
        judged AS (
            SELECT *, floor(extract(epoch FROM CAST(:end AS timestamptz) - last_seen) / 86400)::int AS away,
                opened > 0 AND last_seen < CAST(:end AS timestamptz) - interval '10 days' AS is_away,
                before >= 10 AND recent * 2 < before AS is_slowing, failed >= 2 AND passed = 0 AS is_failing,
                opened = 0 AND joined < CAST(:end AS timestamptz) - interval '7 days' AS never
            FROM learners WHERE finished = 0 AND joined IS NOT NULL AND (gone IS NULL OR gone <= joined))
        SELECT user_id, last_seen, away, recent, before, completed, failed, is_away, is_slowing, is_failing, never,
            count(*) OVER () FROM judged WHERE is_away OR is_slowing OR is_failing OR never""",
    "lab_results": """
        WITH tries AS (
            SELECT object_id, user_id, count(*) FILTER (WHERE event_type = 'lab_checked') AS checks,
                count(*) FILTER (WHERE event_type = 'lab_checked' AND NOT is_correct) AS failed,
                min(occurred_at) FILTER (WHERE event_type = 'lab_started') AS started,
                min(occurred_at) FILTER (WHERE event_type = 'lab_passed') AS passed
            FROM events WHERE event_type IN ('lab_started', 'lab_checked', 'lab_passed') GROUP BY 1, 2)
        SELECT object_id, count(*), count(passed), sum(checks)::int, sum(failed)::int,
            percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM passed - started) / 60)
                FILTER (WHERE passed >= started)
        FROM tries GROUP BY 1""",
    "flashcard_memory": """
        SELECT days, count(*), count(*) FILTER (WHERE is_correct) FROM (
            SELECT is_correct, floor(extract(epoch FROM occurred_at
                - lag(occurred_at) OVER (PARTITION BY user_id, object_id ORDER BY occurred_at)) / 86400)::int AS days
            FROM events WHERE event_type = 'flashcard_reviewed') AS pairs
        WHERE days IS NOT NULL GROUP BY 1""",
    "tutor_by_lesson": """
        SELECT lesson_id, count(*), count(DISTINCT user_id), count(*) FILTER (WHERE (event_data ->> 'answered')::bool)
        FROM events WHERE event_type = 'tutor_asked' GROUP BY 1""",
    "tutor_by_day": """
        SELECT d::date, count(*) FILTER (WHERE event_type = 'tutor_asked'),
            count(DISTINCT user_id) FILTER (WHERE event_type = 'tutor_asked'),
            count(*) FILTER (WHERE event_type = 'tutor_asked' AND (event_data ->> 'answered')::bool),
            count(*) FILTER (WHERE event_type = 'tutor_rated'),
            (avg((event_data ->> 'rating')::int) FILTER (WHERE event_type = 'tutor_rated'))::double precision
        FROM generate_series(CAST(:since AS date), CAST(:until AS date), interval '1 day') AS d
        LEFT JOIN events ON day = d::date GROUP BY d""",
    "learner_timeline": """
        SELECT occurred_at, event_type, coalesce(lesson_id, '00000000-0000-0000-0000-000000000000'),
            coalesce(object_id, '00000000-0000-0000-0000-000000000000'), score::double precision,
            max_score::double precision, is_correct
        FROM events WHERE user_id = :learner_id""",
    "active_windows": """
        SELECT d::date,
            (SELECT count(DISTINCT user_id) FROM everything WHERE day = d::date),
            (SELECT count(DISTINCT user_id) FROM everything WHERE day BETWEEN d::date - 6 AND d::date),
            (SELECT count(DISTINCT user_id) FROM everything WHERE day BETWEEN d::date - 29 AND d::date)
        FROM generate_series(CAST(:since AS date), CAST(:until AS date), interval '1 day') AS d""",
    "course_league": """
        WITH placed AS (
            SELECT *, floor(extract(epoch FROM bucket - CAST(:begin AS timestamptz)) * 12
                / extract(epoch FROM CAST(:end AS timestamptz) - CAST(:begin AS timestamptz)))::int AS slice
            FROM (SELECT *, date_bin('15 minutes', occurred_at, '2000-01-01 UTC') AS bucket FROM everything) AS e
            WHERE occurred_at >= :previous_begin AND occurred_at < :end AND course_id IS NOT NULL)
        SELECT course_id, count(DISTINCT user_id) FILTER (WHERE slice >= 0),
            count(DISTINCT user_id) FILTER (WHERE slice < 0),
            count(*) FILTER (WHERE slice >= 0 AND event_type = 'course_completed'),
            (SELECT array_agg((SELECT count(DISTINCT user_id) FROM placed AS here
                WHERE here.course_id = placed.course_id AND slice = part)::int ORDER BY part)
                FROM generate_series(0, 11) AS part)
        FROM placed GROUP BY course_id HAVING count(*) FILTER (WHERE slice >= 0) > 0""",
    "fruitless_searches": """
        SELECT trim(event_data ->> 'query'), count(*), count(DISTINCT user_id) FROM events
        WHERE event_type = 'search_made' AND (event_data ->> 'results')::int = 0 GROUP BY 1""",
    "receipts_by_day": """
        SELECT d::date, count(id), count(id) FILTER (WHERE occurred_at > created_at + interval '5 minutes'),
            count(id) FILTER (WHERE occurred_at < created_at - interval '1 minute'),
            coalesce(max(extract(epoch FROM date_trunc('second', created_at) - date_trunc('second', occurred_at))), 0)
                ::bigint
        FROM generate_series(CAST(:since AS date), CAST(:until AS date), interval '1 day') AS d
        LEFT JOIN learning_events ON (created_at AT TIME ZONE :zone)::date = d::date GROUP BY d""",
}

_ANSWERS = """
    SELECT object_id, score, max_score, is_correct, sum(score) OVER (PARTITION BY attempt_id) - score AS rest
    FROM events WHERE event_type = 'answer_graded'"""


def _question_results(connection: Connection, values: dict[str, Any]) -> list[tuple[Any, ...]]:
    answers: dict[Any, list[tuple[items.ItemAnswer, bool]]] = {}
    for key, points, possible, right, rest in connection.execute(text(_ANSWERS), values):
        answers.setdefault(key, []).append((items.ItemAnswer(float(points), float(possible), float(rest)), right))
    rows = []
    for key, given in answers.items():
        found = items.statistics([one for one, _ in given])
        numbers = (found.facility, found.deviation, found.discrimination, found.efficiency)
        rows.append((key, found.answers, sum(right for _, right in given), *numbers))
    return rows


COMPUTED: dict[str, Callable[[Connection, dict[str, Any]], list[tuple[Any, ...]]]] = {
    "question_results": _question_results
}


def truth(connection: Connection, key: str, scope: Scope, **more: object) -> list[tuple[Any, ...]]:
    """The rows that a chart must have, in any order."""
    values: dict[str, Any] = {
        "courses": None if scope.courses is None else list(scope.courses),
        "people": None if scope.people is None else list(scope.people),
        "since": scope.since,
        "until": scope.until,
        "begin": scope.begin,
        "end": scope.end,
        "previous_begin": scope.previous().begin,
        "zone": scope.time_zone,
        **more,
    }
    connection.execute(text("DROP TABLE IF EXISTS everything, events"))
    connection.execute(
        text(
            "CREATE TEMP TABLE everything AS SELECT *, occurred_at AT TIME ZONE :zone AS local, "
            "(occurred_at AT TIME ZONE :zone)::date AS day FROM learning_events "
            f"WHERE {_COURSES} AND {_HONEST} AND (CAST(:people AS uuid[]) IS NULL OR user_id = ANY(:people)) "
            f"AND {_SEGMENTS[scope.segment]}"
        ),
        values,
    )
    connection.execute(
        text("CREATE TEMP TABLE events AS SELECT * FROM everything WHERE day BETWEEN :since AND :until"), values
    )
    if key in COMPUTED:
        return COMPUTED[key](connection, values)
    return [tuple(row) for row in connection.execute(text(TRUTH[key]), values)]
