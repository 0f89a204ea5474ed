"""Policies of personal tables, for migrations: whose rows a person sees and changes.

A policy is a condition on the row. It holds for reading and for writing, so nobody writes in another's name. Each
question about who acts is asked in the form `(SELECT acting_user())`: once for a statement, and indexes stay in use.
"""

from __future__ import annotations

OWN = "user_id = (SELECT acting_user())"
ADMIN = "(SELECT acting_role()) = 'system_admin'"
REVIEWER = "(SELECT acting_role()) IN ('content_admin', 'system_admin')"


def either(*conditions: str) -> str:
    """One of several conditions is enough."""
    return " OR ".join(f"({condition})" for condition in conditions)


def belongs_to(parent: str, column: str) -> str:
    """A row goes with another one that has a policy itself."""
    return f"EXISTS (SELECT FROM {parent} AS parent WHERE parent.id = {column})"


def of_taught_courses(column: str, found: str) -> str:
    """A row of a course that the person teaches; `found` selects the values of `column` from courses AS c on.

    It depends on no row, so PostgreSQL looks once, and only if the person teaches at all.
    """
    return (
        f"(SELECT acting_role()) <> 'learner' AND {column} IN ({found} WHERE c.instructor_id = (SELECT acting_user()))"
    )


def of_courses_looked_after(column: str, found: str) -> str:
    """Like `of_taught_courses`, for those who help in a course as well as for its instructor."""
    return (
        f"(SELECT acting_role()) <> 'learner' AND {column} IN ({found} WHERE c.id IN ("  # noqa: S608
        "SELECT id FROM courses WHERE instructor_id = (SELECT acting_user())"
        " UNION ALL SELECT course_id FROM course_instructors WHERE user_id = (SELECT acting_user())))"
    )


def protect(table: str, condition: str, *, reading: str | None = None) -> list[str]:
    """Statements that put a table under a policy. `reading`: when others may read, but not write."""
    statements = [
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"CREATE POLICY personal ON {table} USING ({condition}) WITH CHECK ({condition})",
    ]
    if reading is not None:
        statements.append(f"CREATE POLICY readable ON {table} FOR SELECT USING ({reading})")
    return statements


def protect_anew(table: str, condition: str) -> list[str]:
    """Statements that replace the condition of a table under a policy."""
    return [f"ALTER POLICY personal ON {table} USING ({condition}) WITH CHECK ({condition})"]


def release(table: str, *, reading: bool = False) -> list[str]:
    """Statements that take `protect` back."""
    statements = [f"DROP POLICY readable ON {table}"] if reading else []
    return [*statements, f"DROP POLICY personal ON {table}", f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"]
