"""Which statements of a migration would stop people at work: what holds a lock while it reads or writes a big table."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

# Tables with rows for each learner, each sign-in, each event. Others stay small enough to be locked for a moment.
BIG = frozenset(
    {
        "ai_interactions",
        "answers",
        "assessment_attempts",
        "audit_logs",
        "certificates",
        "content_chunks",
        "content_embeddings",
        "course_discussions",
        "course_progress",
        "discussion_votes",
        "enrollments",
        "interactions",
        "learning_events",
        "lesson_progress",
        "progress_metrics",
        "rag_chat_messages",
        "user_notes",
        "user_preferences",
        "user_sessions",
        "users",
        "video_bookmarks",
        "video_views",
    }
)
_PIECE = re.compile(r"(\$\w*\$).*?\1|'(?:[^']|'')*'|--[^\n]*|/\*.*?\*/|;|[^$'\-/;]+|.", re.S)
_NAME = r"(?:ONLY |IF EXISTS |IF NOT EXISTS )*\"?(?:public\.)?\"?(?P<table>\w+)\"?"


@dataclass(frozen=True, slots=True)
class Rule:
    """A statement that is refused, and what to write instead."""

    pattern: re.Pattern[str]
    instead: str
    on_any_table: bool = False


def _rule(pattern: str, instead: str, *, on_any_table: bool = False) -> Rule:
    return Rule(re.compile(pattern.replace("TABLE_NAME", _NAME), re.I | re.S), instead, on_any_table)


RULES = (
    _rule(
        r"CREATE (?:UNIQUE )?INDEX (?!CONCURRENTLY)(?:IF NOT EXISTS )?\S+ ON TABLE_NAME",
        "CREATE INDEX CONCURRENTLY, in op.get_context().autocommit_block()",
    ),
    _rule(
        r"ALTER TABLE TABLE_NAME ADD (?:CONSTRAINT \S+ )?(?:CHECK|FOREIGN KEY)(?!.*NOT VALID)",
        "add it NOT VALID, and VALIDATE CONSTRAINT in the next migration",
    ),
    _rule(
        r"ALTER TABLE TABLE_NAME ADD (?:CONSTRAINT \S+ )?(?:UNIQUE|PRIMARY KEY|EXCLUDE)(?!.*USING INDEX)",
        "build a unique index CONCURRENTLY, then ADD CONSTRAINT ... USING INDEX",
    ),
    _rule(
        r"ALTER TABLE TABLE_NAME ADD (?:COLUMN )?(?!CONSTRAINT |CHECK )\S+ (?!.*\bDEFAULT\b).*\bNOT NULL",
        "a column is added with a default, or may be empty",
    ),
    _rule(
        r"ALTER TABLE TABLE_NAME ADD (?:COLUMN )?.*\bDEFAULT \(?"
        r"(?:new_id|gen_random_uuid|uuidv7|clock_timestamp|random)\(",
        "a default that differs by row rewrites the table: add the column empty, fill it in batches",
    ),
    _rule(
        r"ALTER TABLE TABLE_NAME ALTER (?:COLUMN )?\S+ (?:SET DATA )?TYPE\b",
        "add a column of the new type, fill it in batches, read from it, and let the old one be",
    ),
    _rule(
        r"ALTER TABLE TABLE_NAME ALTER (?:COLUMN )?\S+ SET NOT NULL",
        "a CHECK (... IS NOT NULL) NOT VALID, validated by the next migration",
    ),
    _rule(r"(?:UPDATE|DELETE FROM) TABLE_NAME(?!.*\bLIMIT\b)", "some hundred rows at a time, as 0030_search.py does"),
    _rule(
        r"ALTER TABLE TABLE_NAME (?:DROP (?:COLUMN )?(?!CONSTRAINT|EXPRESSION)|RENAME )",
        "servers of the version before still use it: stop using it, and drop it in a later version",
        on_any_table=True,
    ),
    _rule(r"(?:TRUNCATE|LOCK)(?: TABLE)? TABLE_NAME", "nothing that stops everybody", on_any_table=True),
    _rule(
        r"(?:CLUSTER|VACUUM FULL|REINDEX (?!.*CONCURRENTLY)(?:TABLE|INDEX)) TABLE_NAME",
        "REINDEX INDEX CONCURRENTLY, in op.get_context().autocommit_block()",
        on_any_table=True,
    ),
)
_MAKES = re.compile(r"CREATE TABLE " + _NAME, re.I)


def statements(script: str) -> list[str]:
    """A script in single statements without comments, strings and functions' texts emptied."""
    found = [""]
    for piece in _PIECE.finditer(script):
        text = piece[0]
        if text == ";":
            found.append("")
        elif text.startswith("$") and piece[1]:
            found[-1] += "$$"
        elif text.startswith("'"):
            found[-1] += "''"
        elif not text.startswith(("--", "/*")):
            found[-1] += text
    return [" ".join(one.split()) for one in found if one.strip()]


def refused(scripts: Iterable[str]) -> list[str]:
    """What one migration may not do, each with what to write instead. Tables that it makes itself are empty."""
    found, made = [], set()
    for script in scripts:
        for statement in statements(script):
            if table := _MAKES.match(statement):
                made.add(table["table"])
            for rule in RULES:
                match = rule.pattern.match(statement)
                if match and match["table"] not in made and (rule.on_any_table or match["table"] in BIG):
                    found.append(f"{statement[:200]} -- instead: {rule.instead}")
    return found
