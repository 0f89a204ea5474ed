"""What the tutor finds in: headings of chunks, names of programs taken apart, files and resources beside lessons."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from learncraft import sql

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

BEFORE = ("lesson", "video", "lab", "study_material")
TABLE = "content_embeddings"


def upgrade() -> None:
    op.get_bind().exec_driver_sql(sql.text("postgres/0032_passages").replace("%", "%%"))
    op.execute("ALTER TYPE embedded_content ADD VALUE 'file'")
    op.add_column(
        TABLE, sa.Column("headings", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False)
    )
    _vector("chunk_vector(language, headings, chunk_text)")
    _unique(("content_type", "content_id", "persona_key", "lesson_id", "chunk_index", "model"))
    op.create_table(
        "indexed_contents",
        sa.Column("id", sa.Uuid(), server_default=sa.text("new_id()"), nullable=False),
        sa.Column("content_type", postgresql.ENUM(name="embedded_content", create_type=False), nullable=False),
        sa.Column("content_id", sa.Uuid(), nullable=False),
        sa.Column("persona_key", sa.String(length=64), nullable=True),
        sa.Column("lesson_id", sa.Uuid(), nullable=True),
        sa.Column("owner_id", sa.Uuid(), nullable=True),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("chunk_count", sa.Integer(), nullable=False),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("indexed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("fingerprint ~ '^[0-9a-f]{64}$'", name=op.f("ck_indexed_contents_fingerprint_is_sha256")),
        sa.CheckConstraint("chunk_count >= 0", name=op.f("ck_indexed_contents_chunk_count_not_negative")),
        sa.CheckConstraint(
            "(lesson_id IS NULL) <> (owner_id IS NULL)", name=op.f("ck_indexed_contents_of_a_lesson_or_of_a_person")
        ),
        sa.ForeignKeyConstraint(
            ["lesson_id"], ["lessons.id"], name=op.f("fk_indexed_contents_lesson_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["users.id"], name=op.f("fk_indexed_contents_owner_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indexed_contents")),
        sa.UniqueConstraint(
            "content_type",
            "content_id",
            "persona_key",
            "lesson_id",
            name="uq_indexed_contents_content",
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index("ix_indexed_contents_lesson_id", "indexed_contents", ["lesson_id"])
    op.create_index("ix_indexed_contents_owner_id", "indexed_contents", ["owner_id"])


def downgrade() -> None:
    op.drop_table("indexed_contents")
    op.execute(f"DELETE FROM {TABLE} WHERE content_type = 'file'")  # made again by the next indexing
    _unique(("content_type", "content_id", "persona_key", "chunk_index", "model"))
    _vector("to_tsvector(text_search_config(language), chunk_text)")
    op.drop_column(TABLE, "headings")
    op.execute("DROP FUNCTION chunk_vector(text, text[], text)")
    op.execute("DROP FUNCTION chunk_words(text)")
    # An enum can't lose a value: the type is made anew.
    op.execute("ALTER TYPE embedded_content RENAME TO embedded_content_of_0032")
    op.execute(f"CREATE TYPE embedded_content AS ENUM {BEFORE}")
    op.execute(
        f"ALTER TABLE {TABLE} ALTER COLUMN content_type TYPE embedded_content "
        "USING content_type::text::embedded_content"
    )
    op.execute("DROP TYPE embedded_content_of_0032")


def _unique(columns: tuple[str, ...]) -> None:
    """A file may be shown in several lessons, each of which has its chunks."""
    op.drop_constraint("uq_content_embeddings_chunk", TABLE, type_="unique")
    op.create_unique_constraint("uq_content_embeddings_chunk", TABLE, columns, postgresql_nulls_not_distinct=True)


def _vector(expression: str) -> None:
    """Compute the words anew; PostgreSQL 15 can't change the expression of a column."""
    op.drop_index("ix_content_embeddings_tsv", table_name=TABLE)
    op.drop_column(TABLE, "tsv")
    op.add_column(
        TABLE, sa.Column("tsv", postgresql.TSVECTOR(), sa.Computed(expression, persisted=True), nullable=False)
    )
    op.create_index("ix_content_embeddings_tsv", TABLE, ["tsv"], postgresql_using="gin")
