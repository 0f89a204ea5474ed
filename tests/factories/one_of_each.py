"""One valid row in every table, so that a test can break one thing at a time, or fill a database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from learncraft import background
from learncraft.accounts import models as accounts
from learncraft.analytics import models as analytics
from learncraft.assessments import models as assessments
from learncraft.assessments import records
from learncraft.assessments.draft_shapes import DraftDocument, DraftQuestion
from learncraft.assessments.gradebook import models as gradebook
from learncraft.authoring import models as authoring
from learncraft.authoring.links.models import CheckedLink, LinkCheck
from learncraft.background import JobProgress
from learncraft.community import models as community
from learncraft.courses import media_models as media
from learncraft.courses import models as courses
from learncraft.courses.teaching import CoInstructor
from learncraft.db import Base, new_id
from learncraft.enrollment import models as enrollment
from learncraft.enrollment.registration import models as registration
from learncraft.enrollment.video_views import VideoView
from learncraft.events import LearningEvent, QuarantinedEvent
from learncraft.labs import models as labs
from learncraft.payments import models as payments
from learncraft.study import models as study
from learncraft.tutor import models as tutor
from tests.factories import MadeCourse, make_assessment, make_course, make_enrollment, make_lesson, make_user

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
HASH = "0" * 64
_places = count(100)


@dataclass(frozen=True, slots=True)
class OneOfEach:
    """What the rows hang on."""

    course: MadeCourse
    user_id: UUID
    enrollment_id: UUID


def add(session: Session, kind: type[Base], /, **values: Any) -> UUID:
    """One row of a table, with its identifier."""
    row = kind(id=new_id(), **values)
    session.add(row)
    session.flush()
    return row.id  # type: ignore[attr-defined,no-any-return]


def one_of_each(session: Session) -> OneOfEach:
    """One valid row in every table that isn't the machinery's own."""
    course = make_course(session, lessons=2, tags=["sql"])
    user = make_user(session)
    done = make_enrollment(session, course.course, user, status="completed", completed_at=NOW)
    made = OneOfEach(course, user.id, done.id)
    people(session, made)
    course_parts(session, made)
    taking_part(session, made)
    buying(session, made)
    quizzes(session, made)
    discussing(session, made)
    chatting(session, made, in_lab=working(session, made))
    studying(session, made)
    session.execute(text("INSERT INTO search_words VALUES ('word', 1, '{wor}') ON CONFLICT DO NOTHING"))
    session.execute(text("INSERT INTO search_course_words VALUES (new_id(), 1, '{word}', '{1}')"))
    session.execute(text("INSERT INTO search_refreshes VALUES (1, now()) ON CONFLICT DO NOTHING"))
    session.add(JobProgress(job_id=background.defer(session, "make_partitions"), words="Making partitions"))
    happening(session, made)
    building(session, made)
    reading_charts(session, made)
    return made


def building(session: Session, made: OneOfEach) -> None:
    """A working copy with what is said of it."""
    lesson, module = made.course.lessons[0], made.course.modules[0]
    add(session, CoInstructor, course_id=made.course.id, user_id=made.user_id)
    details = {"title": "C", "slug": "c", "category": "databases", "skill_level": "beginner"}
    session.add(authoring.CourseDraft(course_id=made.course.id, details=details))
    session.flush()
    session.add(authoring.ModuleDraft(id=module.id, course_id=made.course.id, title="M", order_index=0))
    session.flush()
    content = {"title": "L", "blocks": []}
    session.add(authoring.LessonDraft(id=lesson.id, module_id=module.id, slug="l", order_index=0, content=content))
    session.flush()
    add(session, authoring.LessonRevision, lesson_id=lesson.id, number=1, kind="begun", content=content)
    add(session, authoring.LessonEditor, lesson_id=lesson.id, tab=new_id(), user_id=made.user_id)
    add(
        session,
        authoring.ReviewRemark,
        course_id=made.course.id,
        lesson_id=lesson.id,
        author_id=made.user_id,
        body="Explain joins first.",
    )
    gone = {"address": "https://example.org/gone", "answer": "gone", "http_status": 404, "failures": 1}
    session.add(CheckedLink(address_hash=HASH, checked_at=NOW, failing_since=NOW, **gone))
    session.add(LinkCheck(course_id=made.course.id, asked_at=NOW, ended_at=NOW))
    session.flush()


def reading_charts(session: Session, made: OneOfEach) -> None:
    """What those who read charts keep."""
    add(session, accounts.UnsentWords, user_id=made.user_id, place="remark", words="Half a rem")
    add(session, analytics.SavedView, user_id=made.user_id, name="Mine", page="pages/insights/course.py", query="")
    add(session, analytics.LearnerContact, course_id=made.course.id, learner_id=made.user_id, reasons=["Away."])
    add(session, analytics.WeeklyLetter, user_id=made.user_id, week=date(2026, 3, 2))


def people(session: Session, made: OneOfEach) -> None:
    make_subscription(session, made.user_id)
    add(session, accounts.Tutor, user_id=made.user_id, specialization=["sql"])
    add(session, accounts.AuditLog, action="update", entity_type="users", new_values={"bio": "new"})
    add(
        session,
        accounts.UserSession,
        user_id=made.user_id,
        family_id=new_id(),
        token_jti=new_id().hex,
        refresh_token_hash=HASH,
        expires_at=datetime.now(UTC) + timedelta(days=1),
    )


def make_subscription(session: Session, user_id: UUID, **values: Any) -> UUID:
    """A month of Pro from NOW."""
    defaults = {"tier": "pro", "current_period_start": NOW, "current_period_end": NOW + timedelta(days=30)}
    return add(session, accounts.Subscription, user_id=user_id, **defaults | values)


def course_parts(session: Session, made: OneOfEach) -> None:
    lesson = made.course.lessons[0]
    content = {"version": 1, "blocks": [{"id": "p1", "type": "markdown", "text": "As in football."}]}
    add(session, courses.LessonVariant, lesson_id=lesson.id, persona_key="sports", payload=content)
    video = add(session, media.Video, lesson_id=lesson.id, title="Film")
    add(session, media.VideoQuality, video_id=video, quality="720p", bitrate=2_500_000, url="/720")
    add(session, enrollment.VideoBookmark, user_id=made.user_id, video_id=video, position_seconds=5)
    add(
        session,
        media.VideoFile,
        video_id=video,
        name="720p.m3u8",
        storage_path="b",
        content_hash=HASH,
        mime_type="application/vnd.apple.mpegurl",
        file_size=1,
    )
    add(session, media.VideoCaption, video_id=video, language="en", vtt="WEBVTT")
    add(session, VideoView, user_id=made.user_id, video_id=video, watched=[{"start": 0, "end": 5}], watched_seconds=5)
    add(
        session,
        media.Upload,
        user_id=made.user_id,
        course_id=made.course.id,
        video_id=video,
        filename="film.mp4",
        fingerprint="film.mp4 1000",
        size=1000,
        received=10,
    )
    add(
        session,
        courses.CourseReview,
        course_id=made.course.id,
        actor_id=made.user_id,
        decision="returned",
        from_status="pending_review",
        to_status="revision_needed",
        summary="Explain joins first.",
        comments=[{"lesson_id": str(lesson.id), "text": "Too fast."}],
    )
    add(
        session,
        media.UploadedFile,
        uploader_id=made.course.course.instructor_id,
        filename="a.png",
        original_filename="a.png",
        file_url="/a",
        storage_path="a",
        content_hash=HASH,
        file_size=1,
    )


def taking_part(session: Session, made: OneOfEach) -> None:
    add(session, enrollment.LessonProgress, user_id=made.user_id, lesson_id=made.course.lessons[0].id)
    make_certificate(session, made.enrollment_id, made.user_id, made.course.id)
    add(session, enrollment.CartItem, user_id=made.user_id, course_id=made.course.id, price=10)
    offering = add(session, registration.CourseOffering, course_id=made.course.id, title="Spring")
    cohort = make_cohort(session, made.course.id, offering_id=offering)
    add(session, registration.CohortMember, cohort_id=cohort, user_id=made.user_id, batch_no=1)
    add(
        session,
        registration.Registration,
        offering_id=offering,
        user_id=made.user_id,
        email="kim@example.org",
        answers_json={"about_you": {"age": 30}},
        cohort_id=cohort,
    )


def buying(session: Session, made: OneOfEach) -> None:
    paid = {
        "provider": "manual",
        "provider_reference": new_id().hex,
        "currency": "EUR",
        "total": 10,
        "status": "paid",
        "paid_at": NOW,
    }
    order = add(session, payments.Order, user_id=made.user_id, **paid)
    add(session, payments.OrderItem, order_id=order, course_id=made.course.id, title="Course", price=10)
    session.execute(text("INSERT INTO payment_notices (id, kind) VALUES ('evt_1', 'paid') ON CONFLICT DO NOTHING"))


def make_certificate(session: Session, enrollment_id: UUID, user_id: UUID, course_id: UUID) -> UUID:
    """A certificate of a completed enrollment."""
    return add(
        session,
        enrollment.Certificate,
        enrollment_id=enrollment_id,
        user_id=user_id,
        course_id=course_id,
        certificate_number=new_id().hex,
        title="Course",
        completion_date=NOW,
    )


def make_cohort(session: Session, course_id: UUID, **values: Any) -> UUID:
    """A cohort that begins in spring."""
    return add(
        session, registration.Cohort, course_id=course_id, **{"name": "Spring", "start_date": date(2026, 4, 1)} | values
    )


def quizzes(session: Session, made: OneOfEach) -> None:
    assessment, [question] = make_assessment(session, made.course.lessons[0])
    attempt = add(
        session,
        assessments.AssessmentAttempt,
        user_id=made.user_id,
        assessment_id=assessment.id,
        attempt_number=1,
        question_ids=[str(question.id)],
    )
    add(session, assessments.Answer, attempt_id=attempt, question_id=question.id, response={"option": "a"})
    bank = add(session, assessments.QuestionBank, owner_id=made.course.course.instructor_id, title="Joins")
    item = add(
        session,
        assessments.QuestionBankItem,
        bank_id=bank,
        question_type="true_false",
        content="So?",
        correct_answer={"value": True},
        tags=["joins"],
    )
    add(
        session,
        records.QuestionBankDraft,
        user_id=made.user_id,
        item_id=item,
        document=DraftQuestion(id=new_id()).model_dump(mode="json"),
    )
    add(session, assessments.AssessmentDraw, assessment_id=assessment.id, bank_id=bank, question_count=1)
    add(session, records.AssessmentDraft, assessment_id=assessment.id, document=DraftDocument().model_dump(mode="json"))
    grades(session, made, assessment_id=assessment.id)
    around_an_attempt(session, made, attempt_id=attempt, assessment_id=assessment.id, question_id=question.id)


def around_an_attempt(
    session: Session, made: OneOfEach, *, attempt_id: UUID, assessment_id: UUID, question_id: UUID
) -> None:
    grader_id = made.course.course.instructor_id
    asked = {"attempt_id": attempt_id, "question_id": question_id}
    file_id = add(
        session,
        media.UploadedFile,
        uploader_id=grader_id,
        filename="essay.pdf",
        original_filename="essay.pdf",
        file_url="/essay",
        storage_path="essay",
        content_hash=HASH,
        file_size=1,
    )
    add(session, records.AnswerFile, file_id=file_id, **asked)
    add(session, records.Mark, grader_id=grader_id, points=1, levels={"clarity": "high"}, **asked)
    key_change_id = add(
        session,
        records.KeyChange,
        question_id=question_id,
        changed_by=grader_id,
        reason="Both are right.",
        old_key={"option": "a"},
        new_key={"option": "b"},
        old_points=1,
        new_points=1,
    )
    change = {
        "question_id": str(question_id),
        "old_points": "0",
        "new_points": "1",
        "old_reason": "Not the right option",
        "new_reason": "Right",
    }
    add(
        session,
        records.Regrading,
        attempt_id=attempt_id,
        key_change_id=key_change_id,
        regraded_by=grader_id,
        reason="Both are right.",
        old_score=0,
        new_score=1,
        old_percent=0,
        new_percent=100,
        was_passing=False,
        is_passing=True,
        changes=[change],
    )
    add(
        session,
        records.Accommodation,
        user_id=made.user_id,
        assessment_id=assessment_id,
        time_factor=1.5,
        reason="Reads slowly.",
        granted_by=grader_id,
    )
    add(session, records.Sighting, attempt_id=attempt_id, kind="focus_lost", happened_at=NOW)


def working(session: Session, made: OneOfEach) -> UUID:
    lab = make_lab(session, made.course.lessons[0].id)
    return add(session, labs.LabSession, lab_id=lab, user_id=made.user_id)


def make_lab(session: Session, lesson_id: UUID) -> UUID:
    """A lab of a lesson, with an environment of its own."""
    template = add(
        session, labs.LabTemplate, name=f"Python {new_id()}", base_image="python:3.11", tech_stack="python", ports=[80]
    )
    return add(
        session,
        labs.Lab,
        lesson_id=lesson_id,
        template_id=template,
        title="Lab",
        instructions="Do it.",
        success_criteria=[{"id": "runs", "title": "It runs", "check": "python main.py"}],
    )


def make_thread(session: Session, course_id: UUID, user_id: UUID, **values: Any) -> UUID:
    """A thread, or with `parent_id` a reply."""
    return add(
        session,
        community.CourseDiscussion,
        course_id=course_id,
        user_id=user_id,
        **{"content": "How?", "title": "How?"} | values,
    )


def grades(session: Session, made: OneOfEach, *, assessment_id: UUID) -> None:
    add(session, gradebook.GradingScheme, course_id=made.course.id)
    category = add(session, gradebook.GradeCategory, course_id=made.course.id, title="Homework")
    add(session, gradebook.GradedItem, assessment_id=assessment_id, category_id=category)
    session.add(
        gradebook.GradeOverride(
            id=new_id(),
            user_id=made.user_id,
            assessment_id=assessment_id,
            kind="percent",
            percent=80,
            reason="An error in the key.",
            given_by=made.course.course.instructor_id,
        )
    )
    session.flush()


def discussing(session: Session, made: OneOfEach) -> None:
    add(session, community.UserNote, user_id=made.user_id, lesson_id=made.course.lessons[0].id, content="Aha.")
    thread = make_thread(session, made.course.id, made.user_id)
    add(session, community.DiscussionVote, discussion_id=thread, user_id=made.user_id, value=1)


def studying(session: Session, made: OneOfEach) -> None:
    owner = {"user_id": made.user_id}
    material = make_material(session, made.user_id)
    chunk = add(
        session, study.ContentChunk, study_material_id=material, chunk_order=0, content="A", chunk_type="paragraph"
    )
    asset = add(
        session,
        study.GeneratedAsset,
        study_material_id=material,
        content_chunk_id=chunk,
        asset_type="flashcard",
        content={"kind": "flashcard", "cards": [{"id": "c1", "front": "Q", "back": "A"}]},
        generation_model="extractive",
    )
    add(session, study.FlashcardReview, **owner, generated_asset_id=asset, card_id="c1")
    sitting = add(session, study.LearningSession, **owner, study_material_id=material, session_type="review")
    add(
        session,
        study.Interaction,
        **owner,
        learning_session_id=sitting,
        generated_asset_id=asset,
        interaction_type="answer",
        interaction_data={"item_id": "c1"},
    )
    add(session, study.UserFeedback, **owner, generated_asset_id=asset, feedback_type="rating", rating=4)
    add(session, study.ProgressMetric, **owner, learning_session_id=sitting, metric_type="accuracy", metric_value=0.5)


def make_material(session: Session, user_id: UUID) -> UUID:
    """A text that a person brought."""
    return add(session, study.StudyMaterial, user_id=user_id, title="Notes", source_type="text")


def chatting(session: Session, made: OneOfEach, *, in_lab: UUID) -> None:
    chunk = {"content_id": made.course.lessons[0].id, "content_type": "lesson", "course_id": made.course.id}
    add(session, tutor.ContentEmbedding, **chunk, chunk_index=0, chunk_text="Joins combine rows.", content_hash=HASH)
    lesson = {"content_id": made.course.lessons[0].id, "content_type": "lesson", "lesson_id": made.course.lessons[0].id}
    add(session, tutor.IndexedContent, **lesson, fingerprint=HASH, chunk_count=1)
    chat = add(session, tutor.RagChatSession, user_id=made.user_id, course_id=made.course.id)
    call = add(
        session,
        tutor.AiInteraction,
        user_id=made.user_id,
        session_id=in_lab,
        chat_session_id=chat,
        interaction_type="query",
        input_text="What is a join?",
        output_text="It combines rows.",
    )
    add(session, tutor.RagChatMessage, session_id=chat, role="user", content="What is a join?", ai_interaction_id=call)
    add(
        session,
        tutor.LearnerPersonaProfile,
        user_id=made.user_id,
        persona_key="rote_memorizer",
        analysis_summary="You repeat much.",
    )
    add(
        session,
        tutor.TopicPersonalization,
        user_id=made.user_id,
        lesson_id=made.course.lessons[0].id,
        study_persona="sports",
    )


def happening(session: Session, made: OneOfEach) -> None:
    add(session, LearningEvent, user_id=made.user_id, event_type="signed_in")
    add(session, QuarantinedEvent, event_type="odd", payload={}, reason="Unknown.")
    session.execute(
        text(
            "INSERT INTO event_batches (from_xid, from_id, to_xid, to_id, event_count) "
            "VALUES ('1', new_id(), '2', new_id(), 1)"
        )
    )
    session.add(accounts.RateLimit(key="sign_in:kim", amount=1, expires_at=NOW))
    session.flush()


def nested_lesson(session: Session, made: MadeCourse, *, below: UUID) -> UUID:
    """A lesson under another one, in the first module."""
    return make_lesson(session, made.modules[0], order_index=next(_places), parent_lesson_id=below).id
