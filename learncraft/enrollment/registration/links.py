"""The link that confirms an address: signed, for one registration, for seven days, for one use.

What makes it single is the registration itself: the link holds what its use changes, so nothing has to be stored.
"""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import UUID

from itsdangerous import BadData, SignatureExpired, URLSafeTimedSerializer

from learncraft.enrollment.registration.errors import LinkTooOldError, WrongLinkError
from learncraft.enrollment.registration.models import Registration

DAYS = 7


class ConfirmLinks:
    """Makes and reads the tokens."""

    def __init__(self, secret: str) -> None:
        digest = {"digest_method": hashlib.sha256}
        self._serializer = URLSafeTimedSerializer(secret, salt="learncraft.registration", signer_kwargs=digest)

    def make(self, registration: Registration) -> str:
        """A token for whoever reads mail at the registration's address."""
        return str(self._serializer.dumps([registration.id.hex, registration.email]))

    def read(self, token: str) -> tuple[UUID, str]:
        """Which registration, and which address.

        Raises:
            WrongLinkError: it isn't one of ours.
            LinkTooOldError: its time is over.
        """
        try:
            content: Any = self._serializer.loads(token, max_age=DAYS * 24 * 60 * 60)
            registration_id, email = content
            return UUID(hex=registration_id), str(email)
        except SignatureExpired:
            raise LinkTooOldError(DAYS) from None
        except (BadData, ValueError, TypeError):
            raise WrongLinkError from None
