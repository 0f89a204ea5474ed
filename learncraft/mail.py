"""Messages: by the configured mail server, or as files in the outbox folder of the home folder."""

from __future__ import annotations

import logging
import os
import secrets
import smtplib
import ssl
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import formatdate, make_msgid, parseaddr
from pathlib import Path
from urllib.parse import unquote, urlsplit

from learncraft.errors import InvalidInputError, UnavailableError
from learncraft.settings import Settings

TIMEOUT_SECONDS = 15

_log = logging.getLogger(__name__)


class MailError(UnavailableError):
    """The message could not be handed over."""


def send(settings: Settings, to: str, subject: str, text: str, *, stop: str | None = None) -> Path | None:
    """Hand a message over. Returns the file when it waits in the outbox, because no mail server is configured.

    `stop` is the address that ends such letters, for the button of the reader's mail program.
    Takes seconds with a slow server: call it after the answer, in the background.

    Raises:
        MailError: the mail server or the outbox doesn't take it.
    """
    message = _message(settings, to, subject, text, stop)
    if settings.smtp_url is None:
        path = _keep(settings.home / "outbox", message)
        _log.info("A message waits in %s", path)
        return path
    try:
        _hand_over(settings.smtp_url.get_secret_value(), message)
    except (OSError, smtplib.SMTPException) as error:
        raise MailError("The mail server did not take the message. Try again later.") from error
    return None


@dataclass(frozen=True, slots=True)
class Kept:
    """A message of the outbox."""

    to: str
    subject: str
    text: str
    sent_at: datetime


def kept(settings: Settings, *, search: str = "", most: int = 100) -> list[Kept]:
    """The messages of the outbox, the newest first. Files that are no messages are passed over."""
    outbox = settings.home / "outbox"
    if not outbox.is_dir():
        return []
    wanted, found = search.strip().lower(), list[Kept]()
    for path in sorted(outbox.glob("*.eml"), reverse=True):  # names begin with the time
        one = _read(path)
        if one is not None and wanted in f"{one.to} {one.subject}".lower():
            found.append(one)
        if len(found) == most:
            break
    return found


def _read(path: Path) -> Kept | None:
    try:
        message = message_from_bytes(path.read_bytes(), policy=default)
        content = message.get_content()
        sent_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except (OSError, KeyError, ValueError, LookupError):
        return None
    return Kept(str(message["To"]), str(message["Subject"]), str(content), sent_at)


def _message(settings: Settings, to: str, subject: str, text: str, stop: str | None) -> EmailMessage:
    message = EmailMessage()
    message["From"] = settings.mail_from
    message["To"] = to
    message["Subject"] = subject
    message["Date"] = formatdate()
    domain = parseaddr(settings.mail_from)[1].partition("@")[2] or "localhost"
    message["Message-ID"] = make_msgid(domain=domain)
    message["Auto-Submitted"] = "auto-generated"  # so that holiday notices don't come back
    if stop is not None:
        message["List-Unsubscribe"] = f"<{stop}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(text)
    return message


def _hand_over(url: str, message: EmailMessage) -> None:
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise InvalidInputError("LEARNCRAFT_SMTP_URL must be smtp://user:password@host:587 or smtps://...:465.")
    trust = ssl.create_default_context()
    if parts.scheme == "smtps":
        connection: smtplib.SMTP = smtplib.SMTP_SSL(
            parts.hostname, parts.port or 465, timeout=TIMEOUT_SECONDS, context=trust
        )
    else:
        connection = smtplib.SMTP(parts.hostname, parts.port or 587, timeout=TIMEOUT_SECONDS)
    with connection:
        connection.ehlo()
        if parts.scheme == "smtp" and connection.has_extn("starttls"):
            connection.starttls(context=trust)
            connection.ehlo()
        if parts.username:
            # Refused by the library when the server offers no sign-in; never sent before the line is encrypted
            # unless the server is this machine.
            _require_encryption(connection, parts.hostname)
            connection.login(unquote(parts.username), unquote(parts.password or ""))
        connection.send_message(message)


def _require_encryption(connection: smtplib.SMTP, host: str) -> None:
    if not isinstance(connection.sock, ssl.SSLSocket) and host not in {"localhost", "127.0.0.1", "::1"}:
        raise smtplib.SMTPException("The mail server offers no encryption, so the password was not sent.")


def _keep(outbox: Path, message: EmailMessage) -> Path:
    """Write the message, whole or not at all; its links sign people in, so it is for the owner's eyes only."""
    try:
        outbox.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = f"{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}-{secrets.token_hex(4)}.eml"
        draft = outbox / f".{name}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(message.as_bytes())
        return draft.replace(outbox / name)
    except OSError as error:
        raise MailError(f"The message could not be kept in {outbox}: {error.strerror or error}.") from error
