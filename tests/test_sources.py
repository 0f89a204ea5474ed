"""Everything that one of the five documents names exists, or the data dictionary says what serves it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from sqlalchemy import Enum, PrimaryKeyConstraint, UniqueConstraint

from learncraft import schema
from learncraft.schema_docs.source_names import NOTHING, SourceName, decisions, source_names
from tests import seeds

TABLES = schema.tables()
NAMES = {name.name: name for name in source_names()}


@pytest.fixture(scope="session")
def documents() -> dict[str, str]:
    """The documents' texts; they stand beside the checkout."""
    beside = Path(__file__).parent.parent.parent / "shared" / "data"
    folder = Path(os.environ.get("LEARNCRAFT_SHARED_DATA", beside)).parent / "seeds"
    if not folder.is_dir():
        pytest.skip(f"no documents at {folder}; set LEARNCRAFT_SHARED_DATA to the folder data beside seeds")
    return seeds.texts(folder)


def exists(target: str) -> bool:
    table, _, column = target.partition(".")
    return table in TABLES and (not column or column in TABLES[table].columns)


def test_the_reader_finds_what_the_documents_are_known_to_name(documents: dict[str, str]) -> None:
    expected = {
        "L": {"users.email", "lab_templates.ports", "content_embeddings.embedding", "progress"},
        "S": {"interactions.confidence_level", "audit_logs.ip_address", "study_materials.tags"},
        "P": {"topic_progress.last_position", "registrations.answers_json", "course_chunks.embedding"},
        "Q": {"refresh_tokens.token_jti", "quiz_attempts.answers", "uploaded_files.storage_provider"},
        "A": {"course_discussions.vote_count", "student_progress.bookmarks", "assessments.is_randomized"},
    }
    for letter, names in expected.items():
        assert names <= seeds.names(documents[letter])
    assert {letter: len(seeds.names(text)) > 80 for letter, text in documents.items()} == dict.fromkeys("LSPQA", True)
    assert sum(len(seeds.indexes(text)) for text in documents.values()) > 95


def test_every_table_and_column_of_the_documents_is_served(documents: dict[str, str]) -> None:
    asked = {(letter, name) for letter, text in documents.items() for name in seeds.names(text)}
    listed = {(letter, name.name) for name in source_names() for letter in name.sources if ":" not in name.name}
    assert asked == listed


@pytest.mark.parametrize("name", source_names(), ids=lambda name: name.name)
def test_what_serves_a_name_exists(name: SourceName) -> None:
    if name.name.startswith("enum:"):
        enums = {
            column.type.name for table in TABLES.values() for column in table.columns if isinstance(column.type, Enum)
        }
        assert set(name.served_by) <= enums
    elif name.served_by == (NOTHING,):
        assert name.why
    else:
        assert [target for target in name.served_by if not exists(target)] == []


def test_every_enum_of_the_documents_has_its_name_and_values_in_their_order(documents: dict[str, str]) -> None:
    ours = {
        column.type.name: column.type.enums
        for table in TABLES.values()
        for column in table.columns
        if isinstance(column.type, Enum)
    }
    for letter, text in documents.items():
        for name, values in seeds.enums(text).items():
            served = NAMES[f"enum:{name}"].served_by[0] if f"enum:{name}" in NAMES else name
            assert [value for value in values if value not in ours[served]] == [], (letter, name)
            if letter == "L":
                assert ours[served][: len(values)] == values


def test_every_index_of_the_documents_is_the_beginning_of_one_of_ours(documents: dict[str, str]) -> None:
    missing = []
    for letter, text in documents.items():
        for index in seeds.indexes(text):
            targets = [NAMES[f"{index.table}.{column}"].served_by[0] for column in index.columns]
            table, columns = targets[0].split(".")[0], [target.split(".")[1] for target in targets]
            if not any(have[: len(columns)] == columns for have in _indexed(table)):
                missing.append((letter, index))
    assert missing == []


def _indexed(table: str) -> list[list[str]]:
    keys = [one for one in TABLES[table].constraints if isinstance(one, UniqueConstraint | PrimaryKeyConstraint)]
    return [[column.name for column in one.columns] for one in [*TABLES[table].indexes, *keys]]


def test_the_tables_that_a_document_wants_searched_have_a_full_text_index(documents: dict[str, str]) -> None:
    for text in documents.values():
        for table in seeds.full_text_tables(text):
            gin = [index for index in TABLES[table].indexes if index.dialect_options["postgresql"]["using"] == "gin"]
            assert any("to_tsvector" in str(index.expressions[0]) for index in gin), table


def test_a_decision_says_what_serves_and_most_say_why() -> None:
    assert all(one.asked and one.served_by for one in decisions())
    assert sum(bool(one.why) for one in decisions()) > len(decisions()) * 0.8
