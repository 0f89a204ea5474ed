"""Enrollments, progress and certificates show themselves to their learner and who looks after the course, helpers too."""

from __future__ import annotations

from alembic import op

from learncraft import roles, row_security, sql
from learncraft.acting import ANALYTICS_ROLE
from learncraft.row_security import OWN, REVIEWER, either, of_courses_looked_after, of_taught_courses

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None

COURSES = ("course_id", "SELECT c.id FROM courses AS c")
LESSONS = (
    "lesson_id",
    "SELECT l.id FROM courses AS c JOIN modules AS m ON m.course_id = c.id JOIN lessons AS l ON l.module_id = m.id",
)
ASSESSMENTS = (
    "assessment_id",
    "SELECT a.id FROM courses AS c JOIN modules AS m ON m.course_id = c.id"
    " JOIN lessons AS l ON l.module_id = m.id JOIN assessments AS a ON a.lesson_id = l.id",
)
LABS = (
    "lab_id",
    "SELECT b.id FROM courses AS c JOIN modules AS m ON m.course_id = c.id"
    " JOIN lessons AS l ON l.module_id = m.id JOIN labs AS b ON b.lesson_id = l.id",
)
OFFERINGS = ("offering_id", "SELECT o.id FROM courses AS c JOIN course_offerings AS o ON o.course_id = c.id")

NEW = {"enrollments": COURSES, "lesson_progress": LESSONS, "certificates": COURSES}
# Who rates a course says so to all who look at it.
READABLE = {"enrollments": "rating IS NOT NULL"}
# Reports count these rows; the columns that name a person lead nowhere for them.
COUNTED = ("enrollments", "lesson_progress")
# Those who help in a course see what its instructor sees.
WIDENED = {
    "registrations": (OFFERINGS,),
    "assessment_attempts": (ASSESSMENTS,),
    "accommodations": (ASSESSMENTS, COURSES),
    "grade_overrides": (ASSESSMENTS,),
    "lab_sessions": (LABS,),
}


def upgrade() -> None:
    op.get_bind().exec_driver_sql(sql.text("postgres/0050_whose_enrollment").replace("%", "%%"))
    for table, found in NEW.items():
        condition = either(OWN, REVIEWER, of_courses_looked_after(*found))
        for statement in row_security.protect(table, condition, reading=READABLE.get(table)):
            op.execute(statement)
    roles.make(op.get_bind())
    for table in COUNTED:
        op.execute(f"CREATE POLICY counted ON {table} FOR SELECT TO {ANALYTICS_ROLE} USING (true)")
    for table, ways in WIDENED.items():
        condition = either(OWN, REVIEWER, *(of_courses_looked_after(*found) for found in ways))
        for statement in row_security.protect_anew(table, condition):
            op.execute(statement)


def downgrade() -> None:
    for table, ways in WIDENED.items():
        condition = either(OWN, REVIEWER, *(of_taught_courses(*found) for found in ways))
        for statement in row_security.protect_anew(table, condition):
            op.execute(statement)
    for table in COUNTED:
        op.execute(f"DROP POLICY counted ON {table}")
    for table in NEW:
        for statement in row_security.release(table, reading=table in READABLE):
            op.execute(statement)
    op.execute("DROP FUNCTION who_is_in_course(uuid, uuid[])")
    for function in ("guard_seats()", "average_ratings(uuid)"):
        op.execute(f"ALTER FUNCTION {function} SECURITY INVOKER")
        op.execute(f"ALTER FUNCTION {function} RESET ALL")
