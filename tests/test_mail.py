"""Messages: kept in the outbox, or handed to a mail server."""

from __future__ import annotations

import email
import email.policy
import socket
import threading
from pathlib import Path

import pytest

from learncraft import mail
from learncraft.settings import Settings


def settings(home: Path, **values: object) -> Settings:
    return Settings(home=home, _env_file=None, **values)  # type: ignore[arg-type]


def test_without_a_mail_server_the_message_waits_for_its_owners_eyes(tmp_path: Path) -> None:
    path = mail.send(settings(tmp_path), "ana@example.org", "Grüße", "Öffne das.\n")
    assert path is not None and path.parent == tmp_path / "outbox"
    assert path.stat().st_mode & 0o077 == 0
    letter = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert (letter["To"], letter["Subject"], letter.get_content()) == ("ana@example.org", "Grüße", "Öffne das.\n")
    assert letter["Message-ID"] and letter["Date"]


def test_nobody_writes_headers_through_an_address(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"linefeed|newline|carriage"):
        mail.send(settings(tmp_path), "ana@example.org\nBcc: all@example.org", "x", "y")


def test_a_mail_server_takes_the_message(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        heard: list[str] = []
        thread = threading.Thread(target=_smtp, args=(server, heard))
        thread.start()
        url = f"smtp://127.0.0.1:{server.getsockname()[1]}"
        assert mail.send(settings(tmp_path, smtp_url=url), "ana@example.org", "Hello", "text") is None
        thread.join(5)
    assert any(line.lower().startswith("rcpt to:<ana@example.org>") for line in heard)
    assert "Subject: Hello" in heard


def test_a_silent_mail_server_is_said_in_words(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(mail.MailError, match="did not take the message"):
        mail.send(settings(tmp_path, smtp_url=f"smtp://127.0.0.1:{port}"), "ana@example.org", "Hello", "text")


def _smtp(server: socket.socket, heard: list[str]) -> None:
    connection, _ = server.accept()
    with connection, connection.makefile("rw", newline="\r\n") as line:
        line.write("220 test\r\n")
        line.flush()
        inside = False
        for raw in line:
            said = raw.rstrip("\r\n")
            heard.append(said)
            if inside and said != ".":
                continue
            inside = said.upper() == "DATA"
            line.write("354 go on\r\n" if inside else "221 bye\r\n" if said.upper() == "QUIT" else "250 ok\r\n")
            line.flush()
            if said.upper() == "QUIT":
                return
