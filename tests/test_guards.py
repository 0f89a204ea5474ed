"""Each rule of the database, broken with plain SQL.

A case is a sentence, the constraint that says no, and a statement that breaks it in a database with one row of each.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import pytest
from sqlalchemy import CheckConstraint, text
from sqlalchemy.dialects.postgresql import dialect
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from learncraft import schema
from tests.factories.one_of_each import one_of_each


class Rule(NamedTuple):
    """A rule of one table and what breaks it: the SET of an update, or a whole statement."""

    sentence: str
    table: str
    constraint: str
    breaks: str


def rules_of(table: str, *cases: tuple[str, str, str]) -> list[Rule]:
    return [Rule(sentence, table, f"ck_{table}_{name}", breaks) for sentence, name, breaks in cases]


def object_rules(table: str, **columns: str) -> list[Rule]:
    """The cheap check of JSONB columns: a list where an object belongs, or the other way round."""
    found = []
    for column, name in columns.items():
        wrong = "{}" if name.endswith("_list") else "[]"
        sentence = f"{column} of {table} is {'a list' if wrong == '{}' else 'an object'}"
        found.append(Rule(sentence, table, f"ck_{table}_{name}", f"{column} = '{wrong}'"))
    return found


RULES = [
    *object_rules("course_drafts", details="details_is_object"),
    *rules_of("course_drafts", ("details are counted from 1", "version_positive", "version = 0")),
    *rules_of("module_drafts", ("a deleted module has no place", "deleted_stands_apart", "deleted_at = now()")),
    *rules_of(
        "lesson_drafts",
        ("a deleted lesson has no place", "deleted_stands_apart", "order_index = -1"),
        ("a lesson is not nested in itself", "not_its_own_parent", "parent_lesson_id = id"),
        ("a lesson's text has blocks", "content_has_blocks", """content = '{"title": "L", "blocks": {}}'"""),
        ("saves are counted from 1", "version_positive", "version = 0"),
    ),
    *rules_of(
        "lesson_revisions",
        ("a revision's text has blocks", "content_has_blocks", "content = '{\"blocks\": 1}'"),
        ("how a revision came about is known", "kind_known", "kind = 'guessed'"),
    ),
    *rules_of(
        "review_remarks",
        ("a remark says something", "body_given", "body = ''"),
        ("a question belongs to an assessment", "question_of_an_assessment", "question_id = id"),
        (
            "an answer isn't settled by itself",
            "answer_is_not_settled",
            "answers_id = id, resolved_at = now()",
        ),
        ("a block belongs to a lesson", "block_of_a_lesson", "lesson_id = NULL, block_id = 'p1'"),
        ("what somebody took care of has a date", "resolved_has_a_date", "resolved_by = author_id, resolved_at = NULL"),
    ),
    *rules_of(
        "checked_links",
        ("what came back from a link is known", "answer_known", "answer = 'perhaps'"),
        ("a link fails a number of times", "failures_not_negative", "failures = -1, failing_since = NULL"),
        ("what fails has failed since a day", "failing_has_a_date", "failing_since = NULL"),
        ("what doesn't fail has no such day", "failing_has_a_date", "failures = 0"),
    ),
    *rules_of(
        "link_checks",
        ("a check ends after it was asked for", "ends_after_it_was_asked", "ended_at = asked_at - interval '1 second'"),
    ),
    *rules_of("uploaded_files", ("a contrast is one by WCAG", "text_contrast_between_1_and_21", "text_contrast = 0.5")),
    *rules_of(
        "uploads",
        ("nothing is uploaded that has no bytes", "size_positive", "size = 0, received = 0"),
        ("no more arrives than there is", "received_within_size", "received = size + 1"),
        ("what has arrived is a file", "finished_has_a_file", "finished_at = now()"),
    ),
    *rules_of(
        "video_files",
        ("a stream's file has a size", "file_size_not_negative", "file_size = -1"),
        ("a stream's file is known by its hash", "content_hash_is_sha256", "content_hash = 'abc'"),
        ("a stream's file has a simple name", "name_is_simple", "name = '../x.m3u8'"),
    ),
    *rules_of("video_captions", ("captions have a language", "language_is_a_tag", "language = 'English'")),
    *object_rules("video_views", watched="watched_is_list"),
    *rules_of("video_views", ("seconds are not negative", "seconds_not_negative", "position_seconds = -1")),
    *rules_of(
        "orders",
        ("an order costs nothing less than nothing", "total_not_negative", "total = -1"),
        ("money has a name of three capitals", "currency_is_iso_4217", "currency = 'eur'"),
        ("what is paid has a date", "paid_has_a_date", "paid_at = NULL"),
    ),
    *rules_of("order_items", ("a price is not negative", "price_not_negative", "price = -1")),
    *rules_of(
        "saved_views",
        ("a view has a name", "name_not_empty", "name = ' '"),
        ("a view's filters fit into an address", "query_not_too_long", "query = repeat('x', 2001)"),
    ),
    *object_rules("learner_contacts", reasons="reasons_is_list"),
    *rules_of("unsent_words", ("what waits to be sent says something", "words_not_empty", "words = ''")),
    *rules_of(
        "subscriptions",
        ("a period ends after it begins", "period_in_order", "current_period_end = current_period_start"),
        ("free needs no subscription", "free_needs_no_subscription", "tier = 'free'"),
    ),
    *rules_of("audit_logs", ("a failure has a reason", "failure_has_a_reason", "is_success = false")),
    *object_rules("audit_logs", old_values="old_values_is_object", new_values="new_values_is_object"),
    *rules_of(
        "grading_schemes",
        ("how attempts count is known", "attempt_rule_known", "attempt_rule = 'first'"),
        ("a total has up to two decimals", "decimals_between_0_and_2", "decimals = 3"),
    ),
    *rules_of(
        "grade_categories",
        ("a category weighs something", "weight_positive", "weight = 0"),
        ("a category has a name", "title_given", "title = ''"),
        ("fewer than none are not dropped", "drop_lowest_not_negative", "drop_lowest = -1"),
    ),
    *rules_of("graded_items", ("an assessment's weight is not negative", "weight_not_negative", "weight = -1")),
    *rules_of(
        "grade_overrides",
        ("a kind of grade is known", "kind_known", "kind = 'guess', percent = NULL"),
        ("only a percentage has one", "percent_only_when_set", "kind = 'excused'"),
        ("a grade is at most 100", "percent_between_0_and_100", "percent = 100.5"),
        ("a grade set by hand has a reason", "reason_given", "reason = ''"),
    ),
    *object_rules("tutors", availability="availability_is_object"),
    *object_rules("users", metadata="metadata_is_object"),
    *object_rules("courses", metadata="metadata_is_object"),
    *object_rules("lessons", metadata="metadata_is_object"),
    *object_rules("assessments", metadata="metadata_is_object"),
    *object_rules(
        "assessment_attempts",
        question_ids="question_ids_is_list",
        feedback="feedback_is_object",
        metadata="metadata_is_object",
    ),
    *rules_of(
        "assessments",
        ("one or two people mark", "graders_needed_1_or_2", "graders_needed = 3"),
        ("a gap of marks is a share", "mark_gap_between_0_and_100", "mark_gap_percent = 101"),
    ),
    *rules_of("answers", ("a moment of typing is not before all time", "sequence_not_negative", "sequence = -1")),
    *rules_of("marks", ("a mark is not below nothing", "points_not_negative", "points = -1")),
    *object_rules("marks", levels="levels_is_object"),
    *object_rules("assessment_drafts", document="document_is_object"),
    *object_rules("question_bank_drafts", document="document_is_object"),
    *object_rules("key_changes", old_key="old_key_is_object", new_key="new_key_is_object"),
    *rules_of(
        "key_changes",
        ("a corrected question is worth something", "points_positive", "new_points = 0"),
        ("a corrected key has a reason", "reason_given", "reason = ''"),
    ),
    *object_rules("regradings", changes="changes_is_list"),
    *rules_of(
        "regradings",
        ("a new score is not below nothing", "scores_not_negative", "new_score = -1"),
        ("a new grading has a reason", "reason_given", "reason = ''"),
    ),
    *rules_of(
        "accommodations",
        ("an accommodation is for a course or an assessment", "one_scope", "assessment_id = NULL"),
        ("an accommodation shortens no time", "time_factor_between_1_and_10", "time_factor = 0.5"),
        ("an accommodation takes no minutes away", "extra_minutes_not_negative", "extra_minutes = -1"),
        ("an accommodation takes no attempts away", "extra_attempts_not_negative", "extra_attempts = -1"),
        ("an accommodation has a reason", "reason_given", "reason = ''"),
    ),
    *rules_of(
        "sightings",
        ("what is seen is known", "kind_known", "kind = 'cheated'"),
        ("nobody is away for less than no time", "away_not_negative", "away_ms = -1"),
    ),
    *object_rules("lesson_progress", last_position="position_is_object"),
    *object_rules("learning_events", event_data="event_data_is_object"),
    *object_rules("event_quarantine", payload="payload_is_object"),
    *rules_of("lesson_variants", ("a variant has blocks", "payload_has_blocks", """payload = '{"blocks": 1}'""")),
    *object_rules("course_reviews_log", comments="comments_is_list"),
    *rules_of("course_reviews_log", ("who sends a course back says why", "returned_says_why", "summary = NULL")),
    *rules_of(
        "video_qualities",
        ("a bitrate is positive", "bitrate_positive", "bitrate = 0"),
        ("a quality is a height", "quality_is_known", "quality = 'good'"),
    ),
    *object_rules(
        "lab_templates",
        resource_limits="resource_limits_is_object",
        environment_vars="environment_vars_is_object",
    ),
    *rules_of("lab_templates", ("a port is below 65536", "ports_exist", "ports = '{80, 70000}'")),
    *object_rules(
        "labs",
        success_criteria="success_criteria_is_list",
        starter_files="starter_is_object",
        solution_files="solution_is_object",
    ),
    *rules_of("labs", ("a lab lasts a while", "duration_positive", "duration_minutes = 0")),
    *object_rules("lab_sessions", validation_result="validation_is_object"),
    *rules_of(
        "lab_sessions",
        (
            "a lab session expires after it starts",
            "expires_after_start",
            "started_at = now(), expires_at = now() - interval '1 s'",
        ),
        (
            "a lab session is not completed before it starts",
            "completed_after_start",
            "started_at = now(), completed_at = now() - interval '1 s'",
        ),
        ("a lab session is not reset less than never", "reset_count_not_negative", "reset_count = -1"),
        ("a running lab session has started", "running_has_started", "status = 'running'"),
        ("a completed lab session has a date", "completed_has_a_date", "status = 'completed'"),
    ),
    *rules_of(
        "video_bookmarks", ("a moment is not before the video", "position_not_negative", "position_seconds = -1")
    ),
    *rules_of(
        "certificates",
        ("a revoked certificate has a date", "revoked_has_a_date", "is_revoked = true"),
        ("a valid certificate has no reason to be revoked", "reason_only_when_revoked", "revoke_reason = 'x'"),
        ("a certificate's number can't be guessed", "number_not_guessable", "certificate_number = '12'"),
        ("a certificate comes after the course", "issued_after_completion", "completion_date = issued_at + '1 s'"),
    ),
    *rules_of("cart_items", ("a price is not negative", "price_not_negative", "price = -1")),
    *object_rules("course_offerings", form="form_is_list"),
    *rules_of(
        "course_offerings",
        ("an offering's price is not negative", "price_not_negative", "price = -1"),
        (
            "registration opens before it closes",
            "registration_in_order",
            "registration_opens_at = now(), registration_closes_at = now()",
        ),
    ),
    *rules_of(
        "cohorts",
        ("a cohort ends after it starts", "dates_in_order", "end_date = start_date - 1"),
        ("a cohort has places", "capacity_positive", "capacity = 0"),
        ("a batch of a cohort has places", "batch_size_positive", "batch_size = 0"),
    ),
    *rules_of(
        "cohort_members",
        ("batches count from one", "batch_no_positive", "batch_no = 0"),
        ("nobody leaves a cohort before joining it", "left_after_joining", "left_at = joined_at - interval '1 s'"),
    ),
    *rules_of(
        "enrollments",
        ("an answer answers a review, one day", "answer_has_a_date", "review_answer = 'Thanks', rating = NULL"),
    ),
    *object_rules("registrations", answers_json="answers_is_object"),
    *rules_of(
        "registrations",
        ("an address is in lower case", "email_is_lowercase_address", "email = 'Kim@example.org'"),
        ("a submitted form has a date", "submitted_has_a_date", "status = 'submitted'"),
        (
            "who is enrolled has an enrollment",
            "enrolled_has_an_enrollment",
            "status = 'enrolled', submitted_at = now()",
        ),
        ("stages count from nothing", "stage_not_negative", "stage = -1"),
    ),
    *object_rules("question_bank_items", options="options_is_list", correct_answer="correct_answer_is_object"),
    *rules_of(
        "question_bank_items",
        ("a question is worth something", "points_positive", "points = 0"),
        ("difficulty is one to five", "difficulty_between_1_and_5", "difficulty = 6"),
        ("a question is Markdown or HTML", "content_format_known", "content_format = 'latex'"),
    ),
    *rules_of("assessment_draws", ("a draw draws", "question_count_positive", "question_count = 0")),
    *object_rules("user_notes", position_data="position_is_object"),
    *rules_of("user_notes", ("a note says something", "content_not_empty", "content = '  '")),
    *rules_of(
        "course_discussions",
        ("nothing replies to itself", "not_its_own_parent", "parent_id = id"),
        ("a thread has a title", "thread_has_a_title", "title = NULL"),
        ("a contribution says something", "content_not_empty", "content = ''"),
        ("only questions are answered", "only_questions_are_answered", "is_answered = true"),
        ("only replies are accepted", "only_replies_are_accepted", "is_accepted = true"),
        (
            "a reply is no question",
            "reply_is_no_question",
            "INSERT INTO course_discussions (course_id, user_id, parent_id, content, is_question) "
            "SELECT course_id, user_id, id, 'So?', true FROM course_discussions",
        ),
    ),
    *rules_of("discussion_votes", ("a vote is for or against", "value_is_up_or_down", "value = 2")),
    *object_rules("study_materials", metadata="metadata_is_object"),
    *rules_of(
        "study_materials",
        ("a length is not negative", "content_length_not_negative", "content_length = -1"),
        ("what came from an address names it", "url_source_has_an_address", "source_type = 'url'"),
        ("a material's level is one of the known", "level_known", "difficulty_level = 'extreme'"),
    ),
    *object_rules("content_chunks", metadata="metadata_is_object"),
    *rules_of(
        "content_chunks",
        ("chunks count from nothing", "chunk_order_not_negative", "chunk_order = -1"),
        ("a chunk has no fewer words than none", "word_count_not_negative", "word_count = -1"),
        ("relevance is a share", "relevance_between_0_and_1", "relevance_score = 1.1"),
    ),
    *object_rules("generated_assets", metadata="metadata_is_object", generation_params="params_is_object"),
    *rules_of(
        "generated_assets",
        ("an asset is what its type says", "content_is_of_its_type", "asset_type = 'quiz'"),
        ("quality is a share", "quality_between_0_and_1", "quality_score = -0.1"),
        ("an asset's difficulty is one to ten", "difficulty_between_1_and_10", "difficulty_level = 11"),
    ),
    *rules_of(
        "flashcard_reviews",
        ("stability is positive", "stability_positive", "stability = 0"),
        ("a card's difficulty is one to ten", "difficulty_between_1_and_10", "difficulty = 11"),
        ("a card is not forgotten more often than asked", "counts_in_order", "lapse_count = 1"),
        ("a card that was reviewed is not new", "new_was_never_reviewed", "last_reviewed_at = now()"),
        (
            "a card in review has its memory's state",
            "review_has_memory_state",
            "state = 'review', last_reviewed_at = now()",
        ),
    ),
    *object_rules("learning_sessions", session_data="session_data_is_object", configuration="configuration_is_object"),
    *rules_of(
        "learning_sessions",
        (
            "a session ends after it starts",
            "ends_after_start",
            "status = 'completed', ended_at = started_at - interval '1 s'",
        ),
        ("a session that is over has an end", "over_has_an_end", "status = 'completed'"),
        ("interactions are not fewer than none", "interactions_not_negative", "total_interactions = -1"),
        ("completion is a percentage", "percentage_between_0_and_100", "completion_percentage = 101"),
    ),
    *object_rules("interactions", interaction_data="interaction_data_is_object", feedback_data="feedback_is_object"),
    *rules_of(
        "interactions",
        ("an answer takes time", "response_time_not_negative", "response_time_ms = -1"),
        ("confidence is a share", "confidence_between_0_and_1", "confidence_level = 2"),
    ),
    *object_rules("user_feedback", metadata="metadata_is_object"),
    *rules_of(
        "user_feedback",
        ("a rating is one to five", "rating_between_1_and_5", "rating = 6"),
        ("a rating has a number", "rating_has_a_number", "rating = NULL"),
        ("a comment has words", "comment_has_words", "feedback_type = 'comment'"),
    ),
    *object_rules("progress_metrics", metric_data="metric_data_is_object"),
    *rules_of("progress_metrics", ("a metric is a number", "value_is_a_number", "metric_value = 'NaN'")),
    *rules_of(
        "content_embeddings",
        ("chunks of a lesson count from nothing", "chunk_index_not_negative", "chunk_index = -1"),
        ("a hash is SHA-256", "content_hash_is_sha256", "content_hash = 'abc'"),
        ("a chunk is of a course or of a person", "of_a_course_or_of_a_person", "course_id = NULL"),
        (
            "a vector names its model",
            "vector_names_its_model",
            "embedding_small = array_fill(0.1, '{256}')::halfvec(256)",
        ),
        ("a chunk's start is before its end", "offsets_in_order", "start_offset = 2, end_offset = 1"),
        ("a scene's start is before its end", "seconds_in_order", "start_seconds = 2, end_seconds = 1"),
    ),
    *rules_of(
        "indexed_contents",
        ("what was indexed has a hash of SHA-256", "fingerprint_is_sha256", "fingerprint = 'abc'"),
        ("chunks are not fewer than none", "chunk_count_not_negative", "chunk_count = -1"),
        ("what was indexed is of a lesson or of a person", "of_a_lesson_or_of_a_person", "lesson_id = NULL"),
    ),
    *object_rules("ai_interactions", context="context_is_object"),
    *rules_of(
        "ai_interactions",
        ("an answer's rating is one to five", "rating_between_1_and_5", "feedback_rating = 0"),
        ("tokens are not fewer than none", "tokens_not_negative", "tokens_used = 1, prompt_tokens = -1"),
        ("a call takes time", "response_time_not_negative", "response_time_ms = -1"),
    ),
    *object_rules("rag_chat_messages", citations="citations_is_list"),
    *rules_of("rag_chat_messages", ("only answers cite", "only_answers_cite", "citations = '[1]'")),
    *object_rules("learner_persona_profiles", evidence="evidence_is_object"),
    *rules_of(
        "learner_persona_profiles",
        ("a persona's confidence is a share", "confidence_between_0_and_1", "confidence = 2"),
    ),
]


def refused_by(session: Session, statement: str) -> str:
    with pytest.raises(IntegrityError) as refusal, session.begin_nested():
        session.execute(text(statement))
        session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    return refusal.value.orig.diag.constraint_name  # type: ignore[union-attr]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.sentence)
def test_the_database_holds_that(session: Session, rule: Rule) -> None:
    one_of_each(session)
    statement = rule.breaks if rule.breaks.startswith("INSERT") else f"UPDATE {rule.table} SET {rule.breaks}"
    assert refused_by(session, re.sub(r":(?=:)|(?<=:):", lambda found: f"\\{found[0]}", statement)) == rule.constraint


# Their keys are about some rows only: imported ones, accepted replies, files of courses.
KEYED_SOMETIMES = {"assessments", "course_discussions", "uploaded_files", "videos"}
MACHINERY = {
    "catalogue_cells",
    "catalogue_tags",
    "course_listings",
    "event_batches",
    "event_quarantine",
    "job_progress",
    "learning_events",
    "payment_notices",
    "rate_limits",
    "search_course_words",
    "search_refreshes",
    "search_words",
}

# A working copy has the identifier of what it becomes, so that a copy of it with none is no row at all.
WORKING_COPIES = {"course_drafts", "module_drafts", "lesson_drafts"}
# What they are about is their identifier: an address, a course.
KEYED_BY_THE_THING = {"checked_links", "link_checks"}
WITHOUT_ANOTHER_KEY = KEYED_SOMETIMES | MACHINERY | WORKING_COPIES | KEYED_BY_THE_THING


@pytest.mark.parametrize("table", sorted(set(schema.tables()) - WITHOUT_ANOTHER_KEY))
def test_no_row_fits_twice_where_one_thing_is_one_row(session: Session, table: str) -> None:
    """A copy with an identifier of its own is refused by a key, wherever the table has one beside the identifier."""
    one_of_each(session)
    model = schema.tables()[table]
    keys = [index for index in model.indexes if index.unique]
    keys += [one for one in model.constraints if one.__visit_name__ == "unique_constraint" and "id" not in one.columns]
    exclusions = [one for one in model.constraints if one.__visit_name__ == "exclude_constraint"]
    columns = ", ".join(column.name for column in model.columns if column.name != "id" and column.computed is None)
    copy = f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {table}"
    if keys or exclusions:
        assert refused_by(session, copy) in {one.name for one in [*keys, *exclusions]} | CONVENTION[table]
    else:
        session.execute(text(copy))


def _names_by_convention() -> dict[str, set[str]]:
    preparer = dialect().identifier_preparer
    return {
        name: {
            preparer.format_constraint(one) for one in table.constraints if one.__visit_name__ == "unique_constraint"
        }
        for name, table in schema.tables().items()
    }


CONVENTION = _names_by_convention()
OLDER = "user_preferences user_sessions videos modules enrollments course_progress questions answers uploaded_files"


def test_each_check_of_the_newer_tables_has_a_case() -> None:
    preparer = dialect().identifier_preparer
    tested = {rule.constraint for rule in RULES}
    newer = {rule.table for rule in RULES} - {"users", "courses", "lessons", "assessments", "assessment_attempts"}
    untested = {
        preparer.format_constraint(one)
        for name, table in schema.tables().items()
        if name not in OLDER.split() and name in newer and name != "lesson_progress"
        for one in table.constraints
        if isinstance(one, CheckConstraint)
    } - tested
    assert untested == set()
