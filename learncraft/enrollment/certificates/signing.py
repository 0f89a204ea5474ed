"""The key that signs badges: made once per installation, its public half shown to whoever checks a badge."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from learncraft.errors import InvalidInputError
from learncraft.secrets import make_private
from learncraft.settings import Settings

FILE_NAME = "badge-key.pem"
BITS = 2048
ALGORITHM = "RS256"  # the one that every checker of Open Badges 3.0 has to know


def signing_key(settings: Settings) -> RSAKey:
    """The private key, from the file that the operator named, or from the home folder, where it is made once.

    Raises:
        InvalidInputError: the file holds no RSA key.
    """
    return _read(_path(settings))


def public_key(settings: Settings) -> dict[str, Any]:
    """The public half as a JSON Web Key, with its thumbprint (RFC 7638) as name."""
    key = signing_key(settings)
    return {**key.as_dict(private=False), "kid": key.thumbprint(), "alg": ALGORITHM, "use": "sig"}


def sign(payload: dict[str, Any], *, key: RSAKey, key_address: str) -> str:
    """The payload as a compact JSON Web Signature, which says at what address its key is found."""
    header = {"alg": ALGORITHM, "typ": "JWT", "kid": key_address}
    return jwt.encode(header, payload, key, algorithms=[ALGORITHM])


def _path(settings: Settings) -> Path:
    path = settings.badge_key_file or settings.home / FILE_NAME
    if settings.badge_key_file is None and not path.exists():
        make_private(path, RSAKey.generate_key(BITS, private=True).as_pem(private=True))
    return path


@cache
def _read(path: Path) -> RSAKey:
    try:
        key = RSAKey.import_key(path.read_bytes())
    except (OSError, ValueError, JoseError) as error:
        raise InvalidInputError("{path} holds no RSA key that badges could be signed with.", path=path) from error
    if not key.is_private:
        raise InvalidInputError("{path} holds a public key only. Badges are signed with the private one.", path=path)
    return key
