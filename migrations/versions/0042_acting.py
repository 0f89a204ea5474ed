"""Personal rows show themselves only to their person and who may see them; changes leave a trail."""

from __future__ import annotations

from alembic import op

from learncraft import row_security, sql
from learncraft.row_security import ADMIN, OWN, REVIEWER, belongs_to, either, of_taught_courses

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

TAUGHT_ASSESSMENTS = of_taught_courses(
    "assessment_id",
    "SELECT a.id FROM courses AS c JOIN modules AS m ON m.course_id = c.id"
    " JOIN lessons AS l ON l.module_id = m.id JOIN assessments AS a ON a.lesson_id = l.id",
)
TAUGHT_COURSES = of_taught_courses("course_id", "SELECT c.id FROM courses AS c")
TAUGHT_LABS = of_taught_courses(
    "lab_id",
    "SELECT b.id FROM courses AS c JOIN modules AS m ON m.course_id = c.id"
    " JOIN lessons AS l ON l.module_id = m.id JOIN labs AS b ON b.lesson_id = l.id",
)
TAUGHT_OFFERINGS = of_taught_courses(
    "offering_id", "SELECT o.id FROM courses AS c JOIN course_offerings AS o ON o.course_id = c.id"
)

PERSONAL = {
    "user_sessions": either(OWN, ADMIN),
    "user_preferences": either(OWN, ADMIN),
    "subscriptions": either(OWN, ADMIN),
    "cart_items": either(OWN, ADMIN),
    "registrations": either(OWN, REVIEWER, TAUGHT_OFFERINGS),
    "assessment_attempts": either(OWN, REVIEWER, TAUGHT_ASSESSMENTS),
    "answers": belongs_to("assessment_attempts", "attempt_id"),
    "answer_files": belongs_to("assessment_attempts", "attempt_id"),
    "marks": belongs_to("assessment_attempts", "attempt_id"),
    "sightings": belongs_to("assessment_attempts", "attempt_id"),
    "accommodations": either(OWN, REVIEWER, TAUGHT_ASSESSMENTS, TAUGHT_COURSES),
    "grade_overrides": either(OWN, REVIEWER, TAUGHT_ASSESSMENTS),
    "lab_sessions": either(OWN, REVIEWER, TAUGHT_LABS),
    "user_notes": OWN,
    "video_bookmarks": OWN,
    "study_materials": OWN,
    "content_chunks": belongs_to("study_materials", "study_material_id"),
    "generated_assets": belongs_to("study_materials", "study_material_id"),
    "learning_sessions": OWN,
    "interactions": OWN,
    "user_feedback": OWN,
    "progress_metrics": OWN,
    "flashcard_reviews": OWN,
    "rag_chat_sessions": OWN,
    "rag_chat_messages": belongs_to("rag_chat_sessions", "session_id"),
    "ai_interactions": OWN,
    "learner_persona_profiles": OWN,
    "topic_personalization": OWN,
    "saved_views": OWN,
    "weekly_letters": OWN,
    "audit_logs": ADMIN,
}
READABLE = {"user_notes": "is_public"}

# Tables that leave a trail, with their columns that would only make noise.
AUDITED = {
    "users": ("last_login_at",),
    "courses": ("rating_average", "rating_count", "enrollment_count"),
    "lessons": (),
    "assessments": (),
    "questions": (),
    "enrollments": (),
    "certificates": (),
    "registrations": (),
    "subscriptions": (),
}


def upgrade() -> None:
    op.get_bind().exec_driver_sql(sql.text("postgres/0042_acting").replace("%", "%%"))
    for table, condition in PERSONAL.items():
        for statement in row_security.protect(table, condition, reading=READABLE.get(table)):
            op.execute(statement)
    for table, noise in AUDITED.items():
        told = ", ".join(f"'{column}'" for column in noise)
        op.execute(
            f"CREATE TRIGGER write_audit AFTER INSERT OR UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION write_audit({told})"
        )


def downgrade() -> None:
    for table in AUDITED:
        op.execute(f"DROP TRIGGER write_audit ON {table}")
    for table in PERSONAL:
        for statement in row_security.release(table, reading=table in READABLE):
            op.execute(statement)
    op.execute("DROP FUNCTION write_audit()")
    op.execute("DROP FUNCTION audit_values(jsonb, jsonb)")
    op.execute("DROP FUNCTION acting_role()")
    op.execute("DROP FUNCTION acting_user()")
