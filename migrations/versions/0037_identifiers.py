"""Names of programs are found whole; what is deleted is found no more; no index that only costs."""

from __future__ import annotations

from alembic import op

from learncraft import sql

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

FORGOTTEN = {"videos": "video", "labs": "lab", "uploaded_files": "file", "study_materials": "study_material"}
TABLE = "content_embeddings"
# As 0032 made it.
BEFORE = r"""
CREATE OR REPLACE FUNCTION chunk_words(source text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT regexp_replace(
        translate(source, U&'/\\_<>=@#$%^&*|~`"()[]{}\0002\0003', repeat(' ', 25)),
        '(?<=[[:alpha:]])[.](?=[[:alpha:]])|(?<=[[:lower:]])(?=[[:upper:]])', ' ', 'g')
$$
"""


def upgrade() -> None:
    op.get_bind().exec_driver_sql(sql.text("postgres/0037_identifiers").replace("%", "%%"))
    for table, kind in FORGOTTEN.items():
        op.execute(
            f"CREATE TRIGGER forget_chunks AFTER DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION forget_chunks('{kind}')"
        )
    op.execute(
        "CREATE TRIGGER forget_variant AFTER DELETE ON lesson_variants FOR EACH ROW EXECUTE FUNCTION forget_variant()"
    )
    op.execute(
        "CREATE TRIGGER forget_hidden_variant AFTER UPDATE OF is_published ON lesson_variants "
        "FOR EACH ROW WHEN (OLD.is_published AND NOT NEW.is_published) EXECUTE FUNCTION forget_variant()"
    )
    # Vectors of the built-in model are compared exactly, after permission; the index was never asked, and keeping it
    # took more than half of the time of indexing.
    op.drop_index("ix_content_embeddings_embedding_small", table_name=TABLE)
    # Each search reads the words and vectors of all chunks that a person may read: they stay in the row, as they are.
    op.execute(f"ALTER TABLE {TABLE} SET (toast_tuple_target = 8160)")
    _compute_words_anew()


def downgrade() -> None:
    op.get_bind().exec_driver_sql(BEFORE.replace("%", "%%"))
    op.execute(f"ALTER TABLE {TABLE} RESET (toast_tuple_target)")
    _compute_words_anew()
    op.create_index(
        "ix_content_embeddings_embedding_small",
        TABLE,
        ["embedding_small"],
        postgresql_using="hnsw",
        postgresql_ops={"embedding_small": "halfvec_cosine_ops"},
    )
    op.execute("DROP TRIGGER forget_hidden_variant ON lesson_variants")
    op.execute("DROP TRIGGER forget_variant ON lesson_variants")
    for table in FORGOTTEN:
        op.execute(f"DROP TRIGGER forget_chunks ON {table}")
    op.execute("DROP FUNCTION forget_variant()")
    op.execute("DROP FUNCTION forget_chunks()")


def _compute_words_anew() -> None:
    """A written value makes PostgreSQL compute the column of words with the function as it is now."""
    op.execute(f"UPDATE {TABLE} SET chunk_text = chunk_text")
