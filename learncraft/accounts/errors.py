"""What can go wrong with accounts and sign-in, in words for the person in front of the screen."""

from __future__ import annotations

from learncraft.errors import InvalidInputError, LearnCraftError, NotFoundError
from learncraft.language import _n


class InvalidProfileError(InvalidInputError):
    """A name, an address or a preference can't be kept as it was typed. `field` names the form field."""

    def __init__(self, field: str, message: str, **values: object) -> None:
        super().__init__(message, **values)
        self.field = field


class WeakPasswordError(InvalidProfileError):
    """The password breaks the rule for passwords."""

    def __init__(self, message: str, **values: object) -> None:
        super().__init__("password", message, **values)


class WrongPasswordError(InvalidProfileError):
    """The current password, asked for before a change, is not right."""

    def __init__(self) -> None:
        super().__init__("current", "The current password is not right. Type it again, or ask for a reset link.")


class AddressTakenError(InvalidProfileError):
    """Somebody has an account with this address."""

    def __init__(self, email: str) -> None:
        super().__init__("email", "There is an account with the address {email} already.", email=email)


class LinkExpiredError(LearnCraftError):
    """A one-time link is too old, was used, or never was one of ours. The three are told in the same words."""

    def __init__(self) -> None:
        super().__init__("This link has expired or was used. Ask for a new one.")


class TooManyAttemptsError(LearnCraftError):
    """A rate limit was reached."""

    def __init__(self, seconds: int) -> None:
        super().__init__("Too many attempts. Wait {wait}, then try again.", wait=wait_in_words(seconds))
        self.seconds = seconds


class LastAdminError(InvalidInputError):
    """Without a system admin nobody could make one."""

    def __init__(self) -> None:
        super().__init__("This is the last system admin. Give the role to somebody else first.")


class UserNotFoundError(NotFoundError):
    """No such person."""

    def __init__(self) -> None:
        super().__init__("There is no such account. It may have been closed.")


class SignUpClosedError(LearnCraftError):
    """The operator makes the accounts here."""

    def __init__(self) -> None:
        super().__init__("New accounts are made by the administrators here. Ask them for one.")


class OrganisationSignInError(LearnCraftError):
    """The organisation's own sign-in didn't say who this is."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message or "Signing in with your organisation did not work. Try again.")


def wait_in_words(seconds: int) -> str:
    """A waiting time as people say it: "20 seconds", "1 minute", "12 minutes"."""
    if seconds < 60:
        return _n("{count} second", "{count} seconds", max(seconds, 1))
    return _n("{count} minute", "{count} minutes", -(-seconds // 60))
