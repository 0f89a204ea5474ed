"""Decks of flashcards: a learner's own at a lesson, and those of a course, which everybody in it studies."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from learncraft.row_security import OWN, REVIEWER, belongs_to, either, of_courses_looked_after

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None


def taught(lesson: str) -> str:
    """The lesson is of a course that the person looks after, or reviews."""
    lessons = (
        "SELECT l.id FROM courses AS c JOIN modules AS m ON m.course_id = c.id JOIN lessons AS l ON l.module_id = m.id"
    )
    return either(REVIEWER, of_courses_looked_after(lesson, lessons))


OF_MATERIAL = belongs_to("study_materials", "study_material_id")
PERSONAL = either(f"NOT is_shared AND {OWN}", f"is_shared AND ({taught('lesson_id')})")
# Who may read a shared deck may not write its cards, so these ask more than whether the material is seen.
WRITABLE = (
    "EXISTS (SELECT FROM study_materials AS parent WHERE parent.id = study_material_id AND ("
    + either(
        "NOT parent.is_shared AND parent.user_id = (SELECT acting_user())",
        f"parent.is_shared AND ({taught('parent.lesson_id')})",
    )
    + "))"
)


def upgrade() -> None:
    op.add_column("study_materials", sa.Column("lesson_id", sa.Uuid(), nullable=True))
    op.add_column(
        "study_materials", sa.Column("is_shared", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.create_foreign_key(
        op.f("fk_study_materials_lesson_id"),
        "study_materials",
        "lessons",
        ["lesson_id"],
        ["id"],
        ondelete="SET NULL",
    )
    op.create_index("ix_study_materials_lesson_id", "study_materials", ["lesson_id"])
    _decide("study_materials", PERSONAL)
    _decide("generated_assets", WRITABLE)
    _decide("content_chunks", WRITABLE)
    op.execute("CREATE POLICY readable ON study_materials FOR SELECT USING (is_shared)")
    op.execute(f"CREATE POLICY readable ON generated_assets FOR SELECT USING ({OF_MATERIAL})")


def downgrade() -> None:
    op.execute("DROP POLICY readable ON generated_assets")
    op.execute("DROP POLICY readable ON study_materials")
    # Decks of courses would become somebody's own material.
    op.execute("DELETE FROM study_materials WHERE is_shared")
    _decide("content_chunks", OF_MATERIAL)
    _decide("generated_assets", OF_MATERIAL)
    _decide("study_materials", OWN)
    op.drop_index("ix_study_materials_lesson_id", table_name="study_materials")
    op.drop_constraint(op.f("fk_study_materials_lesson_id"), "study_materials", type_="foreignkey")
    for column in ("is_shared", "lesson_id"):
        op.drop_column("study_materials", column)


def _decide(table: str, condition: str) -> None:
    """Whose rows a person sees and changes."""
    op.execute(f"ALTER POLICY personal ON {table} USING ({condition}) WITH CHECK ({condition})")
