"""What the database refuses, in words. Services ask before; this is for who was faster, and for what nobody foresaw."""

from __future__ import annotations

import logging
import re

from psycopg import errors
from sqlalchemy.exc import DBAPIError

from learncraft.errors import InvalidInputError
from learncraft.language import _, noted

log = logging.getLogger(__name__)

UNCHANGED = noted("Nothing was changed.")

# By the name of the rule, where the reason is worth more than its kind.
SENTENCES = {
    "seats_of_course": noted("All seats of this course are taken."),
    "places_of_cohort": noted("All places in this cohort are taken."),
    "no_cycle": noted("Nothing can stand below itself."),
    "ck_lessons_not_its_own_parent": noted("Nothing can stand below itself."),
    "fk_lessons_parent_same_module": noted("A lesson can stand only below a lesson of its own module."),
    "uq_users_email_living": noted("There is an account with this address already."),
    "uq_users_username_living": noted("Somebody has this name already. Choose another one."),
    "uq_courses_slug_living": noted("Another course has this address already. Choose another one."),
    "uq_enrollments_user_id_course_id": noted("This person is in the course already."),
    "uq_cart_items_user_id_course_id": noted("The course lies in the cart already."),
    "uq_cohort_members_cohort_id_user_id": noted("This person is in the cohort already."),
    "uq_subscriptions_active": noted("This person has a subscription that runs already."),
    "ex_subscriptions_period": noted("Two subscriptions of one person can't overlap."),
    "uq_lab_sessions_live": noted("A session of this lab runs already. End it, or go on in it."),
    "uq_certificates_enrollment_id": noted("The certificate of this course has been given already."),
    "uq_registrations_open": noted("There is a registration with this address already."),
}
_KINDS: dict[type[errors.Error], str] = {
    errors.UniqueViolation: noted("This is there already, and there can be only one. Somebody may have been faster."),
    errors.ForeignKeyViolation: noted("What this belongs to is gone, or something still belongs to it."),
    errors.ExclusionViolation: noted("Two times overlap."),
    errors.StringDataRightTruncation: noted("A text is longer than there is room for."),
    errors.NumericValueOutOfRange: noted("A number is larger than there is room for."),
}


class BrokenRuleError(InvalidInputError):
    """The database refused a change because of one of its rules. The whole action was undone."""


def in_words(error: DBAPIError) -> BrokenRuleError | None:
    """The refusal as a sentence; None when it is no rule that was broken."""
    refusal = error.orig
    if not isinstance(refusal, errors.IntegrityError | errors.DataError):
        return None
    said = refusal.diag
    words = SENTENCES.get(said.constraint_name or "") or next(
        (sentence for kind, sentence in _KINDS.items() if isinstance(refusal, kind)), None
    )
    if words is None and isinstance(refusal, errors.NotNullViolation):
        words = _("{value} is missing.", value=_plain(said.column_name or "a value").capitalize())
    if words is None and isinstance(refusal, errors.CheckViolation):
        rule = (said.constraint_name or "").removeprefix(f"ck_{said.table_name}_")
        words = _(
            "A value isn't possible in {where}: {rule}.", where=_plain(said.table_name or "this"), rule=_plain(rule)
        )
    log.warning("The database refused a change: %s", said.message_primary)
    return BrokenRuleError(f"{_(words or 'A value is not one that can be kept.')} {_(UNCHANGED)}")


def _plain(name: str) -> str:
    return re.sub(r"_+", " ", name).strip()
