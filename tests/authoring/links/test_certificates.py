"""TLS is checked against the name of the site, though the connection goes to an address."""

from __future__ import annotations

import asyncio
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from learncraft.authoring.links import rounds
from learncraft.authoring.links.allowed import Inside
from learncraft.authoring.links.answers import Answer, Outcome
from learncraft.authoring.links.asking import Manners
from tests.authoring.links.site import site


def certificate(folder: Path, host: str) -> Path:
    """A certificate for a host that signs itself, with its key, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    usage = dict.fromkeys(
        ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "crl_sign"), False
    )
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=True, key_cert_sign=True, encipher_only=False, decipher_only=False, **usage
            ),
            critical=True,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / f"{host}.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + secret)
    return path


def test_a_certificate_is_asked_for_the_name_and_not_for_the_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = certificate(tmp_path, "right.example")
    shown = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    shown.load_cert_chain(path)

    async def here(_loop: Any, _host: str, port: int, **_: Any) -> list[Any]:
        return [(0, 0, 0, "", ("127.0.0.1", port))]

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", here)
    with site(shown) as there:
        right, wrong = (f"https://{name}.example:{there.server_port}/200/a" for name in ("right", "wrong"))
        inside = Inside.of(f"right.example:{there.server_port},wrong.example:{there.server_port}")

        def answers() -> dict[str, Answer]:
            found: list[Outcome] = []
            rounds.ask_all([right, wrong], Manners("Test", inside, seconds=5.0, pause=0.0), found.extend)
            return {one.address: one.answer for one in found}

        assert answers() == {right: Answer.CERTIFICATE, wrong: Answer.CERTIFICATE}  # nobody vouches for it
        monkeypatch.setattr(httpx, "create_ssl_context", lambda: ssl.create_default_context(cafile=str(path)))
        assert answers() == {right: Answer.WELL, wrong: Answer.CERTIFICATE}
        assert there.heads[-1]["Host"] == f"right.example:{there.server_port}"
