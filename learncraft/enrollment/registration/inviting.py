"""Invitations by a CSV file. Each row is invited or comes back with the reason; none is lost."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from learncraft import background
from learncraft.accounts import queries as people
from learncraft.accounts.errors import InvalidProfileError
from learncraft.accounts.profiles import clean_email, clean_name
from learncraft.accounts.viewer import Viewer
from learncraft.db import new_id
from learncraft.enrollment.registration import offerings, states
from learncraft.enrollment.registration.models import Cohort, Registration
from learncraft.errors import InvalidInputError
from learncraft.language import current
from learncraft.language.numbers import number

MOST_ROWS = 2_000
LARGEST = 1_000_000
COLUMNS = ("email", "first_name", "last_name", "cohort")
_NAMES = {
    "email": "email",
    "e-mail": "email",
    "mail": "email",
    "address": "email",
    "first_name": "first_name",
    "first name": "first_name",
    "last_name": "last_name",
    "last name": "last_name",
    "name": "last_name",
    "cohort": "cohort",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the file, `line` counted from 1 with the heading. `fault` says why it can't be invited."""

    line: int
    email: str
    first_name: str
    last_name: str
    cohort: str
    fault: str = ""


def read(data: bytes) -> list[Row]:
    """All rows of a file, the ones that can't be invited with their reason.

    Raises:
        InvalidInputError: it is no such file at all.
    """
    if len(data) > LARGEST:
        raise InvalidInputError("The file is larger than 1 MB. Send it in several parts.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    lines = list(_lines(text))
    if not lines:
        raise InvalidInputError("The file is empty. It needs a line of headings with “email” among them.")
    heading = [_NAMES.get(cell.strip().lower(), "") for cell in lines[0][1]]
    if "email" not in heading:
        raise InvalidInputError("No column is called “email”. The first line names the columns.")
    if len(lines) - 1 > MOST_ROWS:
        raise InvalidInputError("The file has more than {most} rows. Send it in several parts.", most=number(MOST_ROWS))
    rows, seen = [], set[str]()
    for line, cells in lines[1:]:
        row = _row(line, dict(zip(heading, cells, strict=False)))
        if not row.fault and row.email in seen:
            row = Row(row.line, row.email, row.first_name, row.last_name, row.cohort, "This address came before.")
        seen.add(row.email)
        rows.append(row)
    return rows


def invite(session: Session, viewer: Viewer, offering_id: UUID, rows: list[Row]) -> list[Row]:
    """Invite people: each gets a registration that needs no review, and a message with a link. Returns all rows.

    Whoever registered before keeps their registration; one that isn't sent yet counts as invited from now on.

    Raises:
        OfferingNotFoundError, NotYoursToOfferError: as `offerings.lock_offering`.
    """
    offering = offerings.lock_offering(session, viewer, offering_id)
    named = session.execute(select(Cohort.name, Cohort.id).where(Cohort.offering_id == offering.id, Cohort.is_active))
    cohorts = {name.casefold(): cohort_id for name, cohort_id in named}
    return [row if row.fault else _invite(session, offering.id, cohorts, row) for row in rows]


def _invite(session: Session, offering_id: UUID, cohorts: dict[str, UUID], row: Row) -> Row:
    if row.cohort and row.cohort.casefold() not in cohorts:
        return _faulty(row, f"There is no cohort “{row.cohort}” of this offering.")
    registration = session.scalar(
        select(Registration)
        .where(
            Registration.offering_id == offering_id,
            Registration.email == row.email,
            Registration.status.not_in(states.ENDED),
        )
        .with_for_update()
    )
    if registration is not None and registration.submitted_at is not None:
        return _faulty(row, f"Registered already: {states.IN_WORDS[registration.status]}.")
    if registration is None:
        user = people.by_email(session, row.email)
        registration = Registration(
            id=new_id(),
            offering_id=offering_id,
            email=row.email,
            answers_json={},
            user_id=user.id if user is not None and user.is_email_verified else None,
            email_confirmed_at=func.now() if user is not None and user.is_email_verified else None,
        )
        session.add(registration)
    registration.invited_at = func.now()
    registration.first_name = row.first_name or registration.first_name
    registration.last_name = row.last_name or registration.last_name
    if row.cohort:
        registration.cohort_id = cohorts[row.cohort.casefold()]
    session.flush()
    background.defer(
        session, "write_to_registrant", registration_id=str(registration.id), about="invited", language=current()
    )
    return row


def as_csv(rows: list[Row]) -> str:
    """Rows with their reasons, as a file to mend and send again."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([*COLUMNS, "reason"])
    for row in rows:
        cells = (row.email, row.first_name, row.last_name, row.cohort, row.fault)
        # A spreadsheet would run what begins like a formula.
        writer.writerow([f"'{cell}" if cell[:1] in "=+-@\t\r" and cell else cell for cell in cells])
    return out.getvalue()


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    first = text.lstrip("\r\n").partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text.replace("\0", "")), delimiter=delimiter)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, cells
    except csv.Error as error:
        raise InvalidInputError("The file can't be read: {error}.", error=error) from error


def _row(line: int, cells: dict[str, str]) -> Row:
    raw = {name: " ".join(cells.get(name, "").split())[:300] for name in COLUMNS}
    try:
        return Row(
            line,
            clean_email(raw["email"]),
            clean_name(raw["first_name"], "first_name", required=False),
            clean_name(raw["last_name"], "last_name", required=False),
            raw["cohort"],
        )
    except InvalidProfileError as error:
        return Row(line, raw["email"], raw["first_name"], raw["last_name"], raw["cohort"], str(error))


def _faulty(row: Row, fault: str) -> Row:
    return Row(row.line, row.email, row.first_name, row.last_name, row.cohort, fault)
