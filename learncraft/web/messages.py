"""The messages that LearnCraft sends about accounts, and how they go out after the answer."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from learncraft import mail
from learncraft.accounts.service import Message
from learncraft.errors import LearnCraftError
from learncraft.language import _, current, speaking
from learncraft.settings import Settings

_log = logging.getLogger(__name__)


def sign_up(settings: Settings, message: Message, address: str) -> None:
    """Confirm an address, or say that it has an account. Which of the two, only its owner reads."""
    with speaking(message.language or current()):
        _sign_up(settings, message, address)


def _sign_up(settings: Settings, message: Message, address: str) -> None:
    site = settings.site_name
    if message.token is None:
        mail.send(
            settings,
            message.to,
            _("You have an account at {site}", site=site),
            _(
                "Hello,\n\nsomebody, probably you, asked for a new account at {site} with this address. "
                "It has one already.\n\nSign in:\n{address}/auth/sign-in\n\n"
                "Choose a new password, if you don't know it any more:\n{address}/auth/forgot\n",
                site=site,
                address=address,
            ),
        )
        return
    mail.send(
        settings,
        message.to,
        _("Finish your account at {site}", site=site),
        _(
            "Hello {name},\n\nopen this link within 24 hours to choose a password and start:\n{link}\n\n"
            "If you didn't ask for an account, do nothing.\n",
            name=message.first_name,
            link=f"{address}/auth/sign-up/{message.token}",
        ),
    )


def reset(settings: Settings, message: Message, address: str) -> None:
    """The link to choose a new password."""
    with speaking(message.language or current()):
        mail.send(
            settings,
            message.to,
            _("Choose a new password at {site}", site=settings.site_name),
            _(
                "Hello {name},\n\nopen this link within one hour to choose a new password:\n{link}\n\n"
                "It works once. If you didn't ask for it, do nothing; your password stays as it is.\n",
                name=message.first_name,
                link=f"{address}/auth/reset/{message.token}",
            ),
        )


@contextmanager
def logged() -> Iterator[None]:
    """Work after the answer: a failure is the operator's to know, in the log."""
    try:
        yield
    except LearnCraftError:
        _log.exception("A message could not be sent")
