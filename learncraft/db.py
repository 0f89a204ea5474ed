"""The way to PostgreSQL: one engine, one transaction at a time, one vocabulary of column types.

Only `Database.transaction` commits. Services take the session as an argument.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, ClassVar, Self, TypeVar
from uuid import UUID

import uuid_utils.compat
from sqlalchemy import (
    DateTime,
    Double,
    Engine,
    Enum,
    ForeignKey,
    MetaData,
    Numeric,
    String,
    inspect,
    text,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Session, mapped_column

from learncraft import acting, broken_rules, connecting, retrying
from learncraft.acting import NOBODY, SYSTEM, Acting
from learncraft.connecting import POOL_OVERFLOW
from learncraft.errors import InvalidInputError, UnavailableError

Result = TypeVar("Result")


def new_id() -> UUID:
    """A time-ordered identifier (UUIDv7), so that new rows land beside each other in every index."""
    return uuid_utils.compat.uuid7()


# What columns mean, said once. The server default serves rows that come by plain SQL.
UuidPk = Annotated[
    UUID,
    mapped_column(
        primary_key=True, default=new_id, server_default=text("new_id()"), doc="Identifies the row (UUIDv7)."
    ),
]
CreatedAt = Annotated[datetime, mapped_column(server_default=text("now()"), doc="When the row was made.")]
UpdatedAt = Annotated[
    datetime,
    mapped_column(server_default=text("now()"), doc="When the row last changed; kept by the trigger touch_updated_at."),
]
Share = Annotated[float, mapped_column(Double)]  # 0 to 1
Percentage = Annotated[Decimal, mapped_column(Numeric(5, 2))]
Money = Annotated[Decimal, mapped_column(Numeric(10, 2))]
Points = Annotated[Decimal, mapped_column(Numeric(10, 2))]
# Columns of these two name their shape: `Mapped[JsonObject] = mapped_column(Json(Shape))`.
JsonObject = Annotated[dict[str, Any], mapped_column(server_default=text("'{}'::jsonb"), default=dict)]
JsonList = Annotated[list[Any], mapped_column(server_default=text("'[]'::jsonb"), default=list)]


class Base(DeclarativeBase):
    """All tables; constraint names follow one convention so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar = {datetime: DateTime(timezone=True), str: String}


def values_of(row: Base) -> dict[str, Any]:
    """What a row says, without when it was made and changed: to copy it from."""
    names = (one.key for one in inspect(type(row)).column_attrs)
    return {name: getattr(row, name) for name in names if name not in {"created_at", "updated_at"}}


def pg_enum(kind: type[StrEnum], name: str) -> Enum:
    """The PostgreSQL enum `name` with the values of `kind`, in their order."""
    return Enum(kind, name=name, values_callable=lambda members: [member.value for member in members])


def references(target: str, *, on_delete: str) -> ForeignKey:
    """A foreign key with its delete rule stated (CASCADE, RESTRICT or SET NULL)."""
    return ForeignKey(target, ondelete=on_delete)


def sqlalchemy_url(url: str) -> str:
    """A URL as operators write it (postgres://, postgresql://), for psycopg 3.

    Raises:
        InvalidInputError: the URL is not one of PostgreSQL's.
    """
    scheme, separator, rest = url.partition("://")
    if not separator or scheme not in {"postgres", "postgresql", "postgresql+psycopg"}:
        shown = re.sub(r"//[^@/]*@", "//...@", url)  # a password must not reach a screen or a log
        raise InvalidInputError(
            f"The database URL {shown!r} is not PostgreSQL's. Write postgresql://user:password@host:5432/name."
        )
    return f"postgresql+psycopg://{rest}"


class Database:
    """One PostgreSQL database. Threads share it.

    The platform itself is served by the owner's connections. People are served by those of `app_url`, a login that owns
    nothing; without it by the owner's, in transactions that give up its rights (learncraft/acting.py).
    """

    def __init__(
        self, url: str, *, app_url: str | None = None, pool_size: int = 20, overflow: int = POOL_OVERFLOW
    ) -> None:
        self.url = sqlalchemy_url(url)
        self._owner = connecting.engine(self.url, pool_size, overflow)
        self._people = (
            self._owner if app_url is None else connecting.engine(sqlalchemy_url(app_url), pool_size, overflow)
        )
        # Made once: each page reads by them several times in each run.
        self._snapshots = {engine: connecting.snapshots(engine) for engine in (self._owner, self._people)}
        self._unsaid = SYSTEM

    @property
    def engine(self) -> Engine:
        """The connections of who is served where nobody is named: the owner's, or, when confined, people's."""
        return self._owner if self._unsaid == SYSTEM else self._people

    def confined(self) -> Self:
        """The same database for what serves people: who names nobody there is nobody, and sees nobody's rows.

        The platform's own work must say that it is: `transaction(SYSTEM)`.
        """
        other = copy(self)
        other._unsaid = NOBODY
        return other

    @contextmanager
    def transaction(self, who: Acting | None = None) -> Iterator[Session]:
        """A session that commits when the block ends and undoes everything when it raises.

        It acts for `who`: without, for whom the block around it names (`acting.acting_as`). Where nobody is named, it
        is the platform itself, or nobody when this is what `confined` gave.

        Raises:
            UnavailableError: the server can't be reached.
            BrokenRuleError: the database refused a change; a sentence says which rule it breaks.
        """
        who = self._acting(who)
        with _reachable(), Session(self._engine_of(who), expire_on_commit=False) as session, session.begin():
            acting.begin(session, who)
            yield session

    @contextmanager
    def reading(self, who: Acting | None = None) -> Iterator[Session]:
        """A session for reads: read-only, one consistent snapshot, nothing to commit. It acts as `transaction` does.

        Raises:
            UnavailableError: the server can't be reached.
        """
        who = self._acting(who)
        with _reachable(), Session(self._snapshots[self._engine_of(who)]) as session:
            acting.begin(session, who)
            try:
                yield session
            finally:
                connecting.end_reading(session)

    def run(self, action: Callable[[Session], Result], *, retries: int = 3, who: Acting | None = None) -> Result:
        """Call `action` with a session in a fresh transaction, commit, and return what it returned.

        When the server asks for it (a deadlock, a serialization failure) or was restarted on the way, everything is
        done again from the start, up to `retries` times, so `action` must do nothing but work on its session. It is
        never done twice: when the connection is lost in the commit, the server is asked what became of it.

        Raises:
            UnavailableError: it was not done, in spite of all retries; or nobody can tell, as the server stays away.
            BrokenRuleError: the database refused a change; a sentence says which rule it breaks.
        """
        who = self._acting(who)
        return retrying.run(self._engine_of(who), _acting_for(who, action), retries=retries)

    def ping(self) -> str:
        """The server's version, such as '18.4'.

        Raises:
            UnavailableError: the server can't be reached.
        """
        with self.reading() as session:
            return str(session.scalar(text("show server_version")))

    def close(self) -> None:
        """Give back all connections."""
        self._owner.dispose()
        self._people.dispose()

    def _acting(self, who: Acting | None) -> Acting:
        return who or acting.named() or self._unsaid

    def _engine_of(self, who: Acting) -> Engine:
        return self._people if who.is_confined else self._owner


def _acting_for(who: Acting, action: Callable[[Session], Result]) -> Callable[[Session], Result]:
    def begun(session: Session) -> Result:
        acting.begin(session, who)
        return action(session)

    return begun


@contextmanager
def _reachable() -> Iterator[None]:
    """Turn a lost or refused connection, or a broken rule, into a sentence; the driver's text stays the cause."""
    try:
        yield
    except DBAPIError as error:
        if retrying.is_lost(error):
            raise UnavailableError(retrying.AWAY) from error
        if (broken := broken_rules.in_words(error)) is not None:
            raise broken from error
        raise
