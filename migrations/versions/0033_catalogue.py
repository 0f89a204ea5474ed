"""The catalogue: a narrow row of each published course to list by, and how many courses each choice would leave."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from learncraft import sql

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

TRIGGERS = ("keep_listed_learners", "keep_listing", "keep_listing_of_newcomers")
FUNCTIONS = (
    "count_listings()",
    "keep_listed_learners()",
    "keep_listing()",
    "course_price(numeric)",
    "course_length(int, int)",
)


def facets() -> list[sa.Column[object]]:
    """What courses are told apart by."""
    return [
        sa.Column("category", postgresql.ENUM(name="course_category", create_type=False), nullable=False),
        sa.Column("skill_level", postgresql.ENUM(name="skill_level", create_type=False), nullable=False),
        sa.Column("length", sa.String(length=10), nullable=False),
        sa.Column("price", sa.String(length=10), nullable=False),
    ]


def upgrade() -> None:
    op.create_table(
        "course_listings",
        sa.Column("course_id", sa.Uuid(), nullable=False),
        *facets(),
        sa.Column("tags", postgresql.JSONB(), nullable=False),
        sa.Column("is_featured", sa.Boolean(), nullable=False),
        sa.Column("learners", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("jsonb_typeof(tags) = 'array'", name=op.f("ck_course_listings_tags_is_list")),
        sa.ForeignKeyConstraint(
            ["course_id"], ["courses.id"], name=op.f("fk_course_listings_course_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("course_id", name=op.f("pk_course_listings")),
    )
    op.create_table(
        "catalogue_cells",
        *facets(),
        sa.Column("courses", sa.Integer(), nullable=False),
        sa.CheckConstraint("courses >= 0", name=op.f("ck_catalogue_cells_courses_not_negative")),
        sa.PrimaryKeyConstraint("category", "skill_level", "length", "price", name=op.f("pk_catalogue_cells")),
    )
    op.create_table(
        "catalogue_tags",
        sa.Column("tag", sa.Text(), nullable=False),
        sa.Column("courses", sa.Integer(), nullable=False),
        sa.CheckConstraint("courses >= 0", name=op.f("ck_catalogue_tags_courses_not_negative")),
        sa.PrimaryKeyConstraint("tag", name=op.f("pk_catalogue_tags")),
    )
    op.get_bind().exec_driver_sql(sql.text("postgres/0033_catalogue").replace("%", "%%"))
    op.create_index(
        "ix_course_listings_first",
        "course_listings",
        [sa.text("is_featured DESC"), sa.text("learners DESC"), "title", "course_id"],
    )
    op.create_index("ix_course_listings_popular", "course_listings", [sa.text("learners DESC"), "title", "course_id"])
    op.create_index("ix_course_listings_newest", "course_listings", [sa.text("published_at DESC"), "course_id"])
    op.create_index("ix_course_listings_tags", "course_listings", ["tags"], postgresql_using="gin")
    op.create_index("ix_catalogue_tags_frequent", "catalogue_tags", [sa.text("courses DESC"), "tag"])


def downgrade() -> None:
    for trigger in TRIGGERS:
        op.execute(f"DROP TRIGGER {trigger} ON courses")
    op.execute("DROP TRIGGER count_listings ON course_listings")
    op.execute("DROP TRIGGER count_listings_of_newcomers ON course_listings")
    for function in FUNCTIONS:
        op.execute(f"DROP FUNCTION {function}")
    op.execute("DROP FUNCTION discount_listing(course_listings)")
    op.execute("DROP FUNCTION count_listing(course_listings)")
    op.drop_table("catalogue_tags")
    op.drop_table("catalogue_cells")
    op.drop_table("course_listings")
