"""A certificate as an Open Badges 3.0 credential, and where its parts are found.

Format: 1EdTech's Open Badges 3.0 on W3C's Verifiable Credentials Data Model 2.0, secured as a compact JSON Web Token
(its section "JSON Web Token Proof Format"): the payload is the credential itself with the claims iss, jti, nbf, sub.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from learncraft.enrollment.certificates.queries import CertificateView

CONTEXT = ("https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json")
FOLDER = "/verify"


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where a site shows what belongs to its badges. `base` is the site's address without a slash at the end."""

    base: str

    @property
    def issuer(self) -> str:
        """The site's profile, which is its identifier as an issuer."""
        return f"{self.base}{FOLDER}/issuer.json"

    @property
    def revocations(self) -> str:
        """The list of credentials that no longer count."""
        return f"{self.base}{FOLDER}/revoked.json"

    def key(self, name: str) -> str:
        """The public key of a name."""
        return f"{self.base}{FOLDER}/keys/{name}.json"

    def certificate(self, number: str) -> str:
        """The page that says whether a certificate counts."""
        return f"{self.base}{FOLDER}/{number}"

    def credential(self, number: str) -> str:
        """The identifier of the badge of a certificate, where it is found too."""
        return f"{self.certificate(number)}/badge.jwt"


def profile(addresses: Addresses, site: str) -> dict[str, Any]:
    """The site as the issuer of badges."""
    return {"id": addresses.issuer, "type": ["Profile"], "name": site, "url": addresses.base}


def credential(certificate: CertificateView, *, site: str, addresses: Addresses) -> dict[str, Any]:
    """The payload that is signed. The learner's address is in it as a salted hash only.

    Whoever knows the address can check that the badge is this person's; whoever sees the badge can't read it.
    """
    identifier = addresses.credential(certificate.number)
    subject = f"urn:uuid:{certificate.learner_id}"
    return {
        "@context": list(CONTEXT),
        "id": identifier,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": certificate.title,
        "issuer": profile(addresses, site),
        "validFrom": _moment(certificate.issued_at),
        "awardedDate": _moment(certificate.completed_at),
        "credentialSubject": {
            "id": subject,
            "type": ["AchievementSubject"],
            "identifier": [_identity(certificate), _name(certificate)],
            "achievement": {
                "id": f"urn:uuid:{certificate.course_id}",
                "type": ["Achievement"],
                "achievementType": "Course",
                "name": certificate.title,
                "description": certificate.about or f"The course “{certificate.title}”.",
                "criteria": {"narrative": _criteria(certificate)},
            },
        },
        "evidence": [{"id": addresses.certificate(certificate.number), "type": ["Evidence"], "name": "Certificate"}],
        "credentialStatus": {"id": addresses.revocations, "type": "1EdTechRevocationList"},
        "iss": addresses.issuer,
        "jti": identifier,
        "nbf": int(certificate.issued_at.timestamp()),
        "sub": subject,
    }


def revocation_list(numbers: list[tuple[str, str | None]], addresses: Addresses) -> dict[str, Any]:
    """The credentials that no longer count, with the reason."""
    return {
        "id": addresses.revocations,
        "type": ["1EdTechRevocationList"],
        "issuer": addresses.issuer,
        "revokedCredential": [
            {"id": addresses.credential(number), "revoked": True, "revocationReason": reason or ""}
            for number, reason in numbers
        ],
    }


def _identity(certificate: CertificateView) -> dict[str, Any]:
    salt = certificate.number  # known to whoever has the badge, and another one for each
    digest = hashlib.sha256(f"{certificate.email}{salt}".encode()).hexdigest()
    return {
        "type": "IdentityObject",
        "identityType": "emailAddress",
        "hashed": True,
        "salt": salt,
        "identityHash": f"sha256${digest}",
    }


def _name(certificate: CertificateView) -> dict[str, Any]:
    return {"type": "IdentityObject", "identityType": "name", "hashed": False, "identityHash": certificate.learner}


def _criteria(certificate: CertificateView) -> str:
    finished = "Finished all lessons of the course and passed what is graded in them."
    if not certificate.objectives:
        return finished
    return finished + " Afterwards one can:\n\n" + "\n".join(f"- {line}" for line in certificate.objectives)


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
