"""The organisation's own sign-in: OpenID Connect with state, nonce and PKCE."""

from __future__ import annotations

import logging
import secrets
import time
from dataclasses import dataclass
from threading import Lock
from typing import Any, cast

import httpx
from authlib.integrations.httpx_client import OAuth2Client
from authlib.oidc.core import CodeIDToken
from itsdangerous import BadData, URLSafeTimedSerializer
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from learncraft.accounts import service
from learncraft.accounts.errors import OrganisationSignInError
from learncraft.secrets import secret_key
from learncraft.settings import Settings
from learncraft.web import cookies
from learncraft.web.parts import Parts, address_of
from learncraft.web.protection import safe_next

_log = logging.getLogger(__name__)

_AWAY_SECONDS = 600  # how long a person may take at the organisation's page
_KEEP_KEYS_SECONDS = 600
_TIMEOUT_SECONDS = 10
_ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519"]


@dataclass(frozen=True, slots=True)
class Provider:
    """What the issuer says about itself, and its keys."""

    metadata: dict[str, Any]
    keys: KeySet
    read_at: float


class Organisation:
    """Routes of /auth/oidc."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._issuer = Issuer(parts.settings)
        self._notes = URLSafeTimedSerializer(secret_key(parts.settings), salt="learncraft.oidc")

    def routes(self) -> list[Route]:
        """The routes, for an installation that names an issuer."""
        return [
            Route("/auth/oidc", self.leave, methods=["GET"]),
            Route("/auth/oidc/callback", self.come_back, methods=["GET"]),
        ]

    async def leave(self, request: Request) -> Response:
        """Send the person to the organisation's page."""
        note = {
            "state": secrets.token_urlsafe(24),
            "nonce": secrets.token_urlsafe(24),
            "verifier": secrets.token_urlsafe(48),
            "next": safe_next(request.query_params.get("next")),
        }
        address = await run_in_threadpool(self._issuer.address, note, self._callback(request))
        response = RedirectResponse(address, status_code=303, headers={"Cache-Control": "no-store"})
        cookies.set_oidc_state(response, request, self._parts.settings, str(self._notes.dumps(note)))
        return response

    async def come_back(self, request: Request) -> Response:
        """Take what the organisation sent the person back with."""
        try:
            note = self._note(request)
            await run_in_threadpool(self._parts.limits.link, address_of(request))
            claims = await run_in_threadpool(
                self._issuer.claims, note, self._callback(request), request.query_params["code"]
            )

            def enter(session: Session) -> str:
                user = service.from_oidc(session, issuer=claims["iss"], subject=claims["sub"], claims=claims)
                return self._parts.open_session(session, request, user)

            token = await self._parts.write(enter)
        except OrganisationSignInError as error:
            response: Response = self._parts.pages.message(request, "You are not signed in", str(error), status=403)
        else:
            response = RedirectResponse(note["next"], status_code=303, headers={"Cache-Control": "no-store"})
            cookies.set_session(response, request, self._parts.settings, token)
        cookies.set_oidc_state(response, request, self._parts.settings, "")
        return response

    def _note(self, request: Request) -> dict[str, str]:
        """What was noted when this browser left; refuses a way back that it didn't begin."""
        try:
            kept = cookies.oidc_state(request, self._parts.settings) or ""
            note = cast(dict[str, str], self._notes.loads(kept, max_age=_AWAY_SECONDS))
        except BadData:
            raise OrganisationSignInError(
                "Signing in with your organisation took too long, or began in another browser. Try again."
            ) from None
        if not secrets.compare_digest(note["state"].encode(), request.query_params.get("state", "").encode()):
            raise OrganisationSignInError
        if "code" not in request.query_params:
            _log.info("The organisation refused a sign-in: %s", request.query_params.get("error", "no reason")[:100])
            raise OrganisationSignInError("Your organisation did not sign you in. Try again, or ask its help desk.")
        return note

    def _callback(self, request: Request) -> str:
        start = self._parts.settings.base_url or f"{request.url.scheme}://{request.url.netloc}"
        return f"{start.rstrip('/')}/auth/oidc/callback"


class Issuer:
    """The configured issuer. Asked beside the event loop; what it says of itself is kept for ten minutes."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = Lock()
        self._kept: Provider | None = None

    def address(self, note: dict[str, str], callback: str) -> str:
        """Where the person signs in."""
        provider = self._provider()
        with self._client(callback) as client:
            address, _ = client.create_authorization_url(
                provider.metadata["authorization_endpoint"],
                state=note["state"],
                nonce=note["nonce"],
                code_verifier=note["verifier"],
            )
        return str(address)

    def claims(self, note: dict[str, str], callback: str, code: str) -> dict[str, Any]:
        """Who it is, for a code: the claims of an ID token that is the issuer's, for us, now and for this try.

        Raises:
            OrganisationSignInError: the issuer doesn't answer, or its answer isn't right.
        """
        provider = self._provider()
        try:
            with self._client(callback) as client:
                token = client.fetch_token(
                    provider.metadata["token_endpoint"], code=code, code_verifier=note["verifier"]
                )
            return self._checked(token, note["nonce"])
        except OrganisationSignInError:
            raise
        except Exception as error:  # the libraries have no common family for what an issuer can get wrong
            _log.exception("The organisation's answer was not accepted")
            raise OrganisationSignInError from error

    def _checked(self, token: dict[str, Any], nonce: str) -> dict[str, Any]:
        provider = self._provider()
        try:
            decoded = jwt.decode(token["id_token"], provider.keys, algorithms=_ALGORITHMS)
        except JoseError:  # signed with a key that is newer than those we know
            provider = self._provider(fresh=True)
            decoded = jwt.decode(token["id_token"], provider.keys, algorithms=_ALGORITHMS)
        wanted = {
            "iss": {"essential": True, "values": [provider.metadata["issuer"]]},
            "aud": {"essential": True, "values": [self._settings.oidc_client_id]},
            "exp": {"essential": True},
            "sub": {"essential": True},
            "nonce": {"essential": True, "value": nonce},
        }
        checking = {"nonce": nonce, "client_id": self._settings.oidc_client_id, "access_token": token["access_token"]}
        CodeIDToken(decoded.claims, decoded.header, wanted, checking).validate(leeway=60)
        return dict(decoded.claims)

    def _provider(self, *, fresh: bool = False) -> Provider:
        with self._lock:
            kept = self._kept
            if kept is not None and not fresh and time.monotonic() - kept.read_at < _KEEP_KEYS_SECONDS:
                return kept
            try:
                self._kept = self._ask()
            except OrganisationSignInError:
                raise
            except Exception as error:  # network, JSON and keys each fail in their own ways
                _log.exception("The organisation's sign-in does not answer")
                raise OrganisationSignInError(
                    "Your organisation's sign-in does not answer. Try again in a moment."
                ) from error
            return self._kept

    def _ask(self) -> Provider:
        issuer = str(self._settings.oidc_issuer)
        metadata = _fetch(issuer.rstrip("/") + "/.well-known/openid-configuration")
        if metadata.get("issuer") != issuer:
            _log.error("LEARNCRAFT_OIDC_ISSUER is %s, but it calls itself %s", issuer, metadata.get("issuer"))
            raise OrganisationSignInError
        return Provider(metadata, KeySet.import_key_set(cast(Any, _fetch(metadata["jwks_uri"]))), time.monotonic())

    def _client(self, callback: str) -> OAuth2Client:
        secret = self._settings.oidc_client_secret
        return OAuth2Client(
            client_id=self._settings.oidc_client_id,
            client_secret=secret.get_secret_value() if secret else None,
            token_endpoint_auth_method="client_secret_basic" if secret else "none",
            scope="openid email profile",
            redirect_uri=callback,
            code_challenge_method="S256",
            timeout=_TIMEOUT_SECONDS,
        )


def _fetch(address: str) -> dict[str, Any]:
    answer = httpx.get(address, timeout=_TIMEOUT_SECONDS)
    answer.raise_for_status()
    return dict(answer.json())
