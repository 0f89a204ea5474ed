"""The messages that LearnCraft sends about accounts, and how they go out after the answer."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from learncraft import mail
from learncraft.accounts.service import Message
from learncraft.errors import LearnCraftError
from learncraft.settings import Settings

_log = logging.getLogger(__name__)


def sign_up(settings: Settings, message: Message, address: str) -> None:
    """Confirm an address, or say that it has an account. Which of the two, only its owner reads."""
    site = settings.site_name
    if message.token is None:
        mail.send(
            settings,
            message.to,
            f"You have an account at {site}",
            f"Hello,\n\nsomebody, probably you, asked for a new account at {site} with this address. "
            f"It has one already.\n\nSign in:\n{address}/auth/sign-in\n\n"
            f"Choose a new password, if you don't know it any more:\n{address}/auth/forgot\n",
        )
        return
    mail.send(
        settings,
        message.to,
        f"Finish your account at {site}",
        f"Hello {message.first_name},\n\nopen this link within 24 hours to choose a password and start:\n"
        f"{address}/auth/sign-up/{message.token}\n\nIf you didn't ask for an account, do nothing.\n",
    )


def reset(settings: Settings, message: Message, address: str) -> None:
    """The link to choose a new password."""
    mail.send(
        settings,
        message.to,
        f"Choose a new password at {settings.site_name}",
        f"Hello {message.first_name},\n\nopen this link within one hour to choose a new password:\n"
        f"{address}/auth/reset/{message.token}\n\n"
        "It works once. If you didn't ask for it, do nothing; your password stays as it is.\n",
    )


@contextmanager
def logged() -> Iterator[None]:
    """Work after the answer: a failure is the operator's to know, in the log."""
    try:
        yield
    except LearnCraftError:
        _log.exception("A message could not be sent")
