"""The least that each role of PostgreSQL needs. Roles belong to the whole server; what they may do, to one database.

The owner owns the tables, migrates them and does the platform's own work. People are served as `learncraft_app`
(learncraft/acting.py). `learncraft_analytics` is for people's own reports: give it to a login of theirs.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import ProgrammingError

from learncraft.acting import ANALYTICS_ROLE, APP_ROLE
from learncraft.errors import LearnCraftError

_ROLES_LOCK = 7_101_845
# The trail is written by its trigger alone, and the schema's revision by migrations.
READ_ONLY = ("audit_logs", "alembic_version")
# What reports count. Names, addresses, answers, notes and conversations are not among it.
FOR_ANALYTICS = (
    "courses",
    "modules",
    "lessons",
    "assessments",
    "enrollments",
    "course_progress",
    "lesson_progress",
    "cohorts",
    "course_offerings",
    "learning_events",
)

# A part of a partitioned table is not granted: policies hold only for who comes through the whole.
_LACKING = """
SELECT quote_ident(c.relname) FROM pg_class AS c
WHERE c.relnamespace = 'public'::regnamespace AND NOT c.relispartition AND c.relkind = ANY (:kinds)
    AND NOT EXISTS (
        SELECT FROM aclexplode(c.relacl) AS granted
        WHERE granted.grantee = CAST(:role AS regrole) AND granted.privilege_type = :privilege
    )
ORDER BY c.relname
"""


# A login is powerful that policies don't hold for, or that could take them away, also as a role that it may become.
_LOGIN = """
SELECT quote_ident(session_user) AS name,
    EXISTS (
        SELECT FROM pg_roles AS r
        WHERE pg_has_role(session_user, r.oid, 'MEMBER') AND (
            r.rolsuper OR r.rolbypassrls OR r.rolcreaterole
            OR EXISTS (SELECT FROM pg_class AS c WHERE c.relnamespace = 'public'::regnamespace AND c.relowner = r.oid)
        )
    ) AS is_powerful,
    pg_has_role(session_user, :role, 'USAGE') AS is_member
"""
_PLACE = """
SELECT concat(current_database(), ' ', oid, ' ', pg_postmaster_start_time())
FROM pg_database WHERE datname = current_database()
"""


@dataclass(frozen=True, slots=True)
class Login:
    """Who a connection signs in as, and whether policies hold for them."""

    name: str
    is_powerful: bool
    is_member: bool

    @property
    def remedy(self) -> str:
        """What makes a login one that people can be served by."""
        return f"GRANT {APP_ROLE} TO {self.name};"


class RolesError(LearnCraftError):
    """The server's roles can't be made."""


def make(connection: Connection) -> None:
    """Make the roles where they are missing, in the caller's transaction. Safe to repeat.

    Raises:
        RolesError: the owner may not make roles; the message says what to run.
    """
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ROLES_LOCK})
    for role in (APP_ROLE, ANALYTICS_ROLE):
        _make(connection, role)


def ensure(connection: Connection) -> None:
    """Make the roles, and give them what they lack, in the caller's transaction. Safe to repeat.

    Raises:
        RolesError: the owner may not make roles; the message says what to run.
    """
    make(connection)
    for role in (APP_ROLE, ANALYTICS_ROLE):
        # A restore makes the schema anew, and a new one is open to its owner alone.
        if not connection.scalar(text(f"SELECT has_schema_privilege('{role}', 'public', 'USAGE')")):
            connection.execute(text(f"GRANT USAGE ON SCHEMA public TO {role}"))
    for table in _lacking(connection, APP_ROLE, "SELECT", "rpv"):
        rights = "SELECT" if table in READ_ONLY else "SELECT, INSERT, UPDATE, DELETE"
        connection.execute(text(f"GRANT {rights} ON {table} TO {APP_ROLE}"))
    for sequence in _lacking(connection, APP_ROLE, "USAGE", "S"):
        connection.execute(text(f"GRANT USAGE ON SEQUENCE {sequence} TO {APP_ROLE}"))
    for table in _lacking(connection, ANALYTICS_ROLE, "SELECT", "rpv"):
        if table in FOR_ANALYTICS:
            connection.execute(text(f"GRANT SELECT ON {table} TO {ANALYTICS_ROLE}"))


def of_login(engine: Engine) -> Login:
    """Who an engine's connections sign in as."""
    with engine.connect() as connection:
        found = connection.execute(text(_LOGIN), {"role": APP_ROLE}).one()
        return Login(found.name, found.is_powerful, found.is_member)


def place_of(engine: Engine) -> str:
    """Which database of which server an engine leads to."""
    with engine.connect() as connection:
        return str(connection.scalar(text(_PLACE)))


def _make(connection: Connection, role: str) -> None:
    """Roles are the server's, so another database may make the same one at this moment."""
    try:
        with connection.begin_nested():
            connection.execute(
                text(
                    f"DO $$ BEGIN IF to_regrole('{role}') IS NULL THEN CREATE ROLE {role} NOLOGIN; END IF;"
                    f" EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
                )
            )
            if not connection.scalar(text(f"SELECT pg_has_role(current_user, '{role}', 'MEMBER')")):
                connection.execute(text(f"GRANT {role} TO CURRENT_USER"))
    except ProgrammingError as error:
        owner = connection.scalar(text("SELECT quote_ident(current_user)"))
        raise RolesError(
            f"PostgreSQL doesn't let {owner} make the role {role}. Run as an administrator of the server: "
            f"CREATE ROLE {role} NOLOGIN; GRANT {role} TO {owner};"
        ) from error


def _lacking(connection: Connection, role: str, privilege: str, kinds: str) -> list[str]:
    found = connection.execute(text(_LACKING), {"role": role, "privilege": privilege, "kinds": list(kinds)})
    return [str(name) for (name,) in found]
