"""Certificates for everybody: /verify says whether one counts, shows it, and gives its badge. No sign-in is needed."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from learncraft.acting import SYSTEM, acting_as
from learncraft.enrollment.certificates import badge, document, numbers, queries, signing
from learncraft.enrollment.certificates.badge import Addresses
from learncraft.enrollment.certificates.queries import CertificateView
from learncraft.web.parts import Parts
from learncraft.web.protection import public_address

_FRESH = {"Cache-Control": "no-cache"}  # a revocation has to be seen at once
_CSP = {"Content-Security-Policy": "frame-ancestors 'self'"}  # the browsers' PDF viewers don't start in a sandbox
_LONGEST = 100


class Certificates:
    """The routes below /verify."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def routes(self) -> list[Route]:
        """The routes; the fixed names come before the numbers."""
        return [
            Route("/verify", self.ask, methods=["GET"]),
            Route("/verify/issuer.json", self.issuer, methods=["GET"]),
            Route("/verify/revoked.json", self.revoked, methods=["GET"]),
            Route("/verify/keys/{name}.json", self.key, methods=["GET"]),
            Route("/verify/{number}", self.show, methods=["GET"]),
            Route("/verify/{number}/certificate.pdf", self.pdf, methods=["GET"]),
            Route("/verify/{number}/badge.jwt", self.badge, methods=["GET"]),
        ]

    async def ask(self, request: Request) -> Response:
        """The form for a number; one that was typed leads to its page."""
        typed = request.query_params.get("number", "").strip()
        if not typed:
            return self._form(request)
        number = numbers.read_number(typed)
        if number is None:
            return self._form(request, typed=typed[:_LONGEST], wrong=True, status=404)
        return RedirectResponse(f"/verify/{number}", status_code=303, headers=_FRESH)

    async def show(self, request: Request) -> Response:
        """Whether a certificate counts, whose it is, and for what."""
        typed = request.path_params["number"]
        found = await self._find(typed)
        if found is None:
            return self._form(request, typed=typed[:_LONGEST], wrong=True, status=404)
        if found.number != typed:
            return RedirectResponse(f"/verify/{found.number}", status_code=303, headers=_FRESH)
        return self._parts.pages.show(
            request,
            "certificate.html",
            certificate=found,
            completed=document.in_words(found.completed_at),
            issued=document.in_words(found.issued_at),
            revoked=document.in_words(found.revoked_at) if found.revoked_at else None,
            headers=_FRESH,
        )

    async def pdf(self, request: Request) -> Response:
        """The printable page of a certificate that counts."""
        found = await self._find(request.path_params["number"])
        if found is None or found.is_revoked:
            return self._gone(request, found)
        address = self._addresses(request).certificate(found.number)
        site = self._parts.settings.site_name
        made = await run_in_threadpool(lambda: document.pdf(found, site=site, address=address))
        name = f"certificate-{found.number}.pdf"
        headers = {**_FRESH, **_CSP, "Content-Disposition": f'inline; filename="{name}"'}
        return Response(made, media_type="application/pdf", headers=headers)

    async def badge(self, request: Request) -> Response:
        """The signed badge of a certificate that counts."""
        found = await self._find(request.path_params["number"])
        if found is None or found.is_revoked:
            return self._gone(request, found)
        settings, addresses = self._parts.settings, self._addresses(request)
        payload = badge.credential(found, site=settings.site_name, addresses=addresses)

        def signed() -> str:
            key = signing.signing_key(settings)
            return signing.sign(payload, key=key, key_address=addresses.key(key.thumbprint()))

        name = f"badge-{found.number}.jwt"
        headers = {**_FRESH, "Content-Disposition": f'attachment; filename="{name}"'}
        return Response(await run_in_threadpool(signed), media_type="application/vc+jwt", headers=headers)

    async def issuer(self, request: Request) -> Response:
        """The site's profile as an issuer of badges."""
        return JSONResponse(badge.profile(self._addresses(request), self._parts.settings.site_name))

    async def key(self, request: Request) -> Response:
        """The public key that checks our signatures."""
        key = await run_in_threadpool(lambda: signing.public_key(self._parts.settings))
        if request.path_params["name"] != key["kid"]:
            return JSONResponse({"error": "This site signs with another key."}, status_code=404)
        return JSONResponse(key, media_type="application/jwk+json")

    async def revoked(self, request: Request) -> Response:
        """The badges that no longer count."""
        with acting_as(SYSTEM):  # rows are personal; what no longer counts is for all who check
            found = await self._parts.read(queries.revoked)
        return JSONResponse(badge.revocation_list(found, self._addresses(request)), headers=_FRESH)

    async def _find(self, typed: str) -> CertificateView | None:
        number = numbers.read_number(typed)
        if number is None:
            return None
        with acting_as(SYSTEM):  # rows are personal; whoever was given the number may see this one
            return await self._parts.read(lambda session: queries.by_number(session, number))

    def _form(self, request: Request, *, typed: str = "", wrong: bool = False, status: int = 200) -> Response:
        return self._parts.pages.show(request, "verify.html", status=status, typed=typed, wrong=wrong)

    def _gone(self, request: Request, found: CertificateView | None) -> Response:
        if found is None:
            return self._form(request, typed=request.path_params["number"][:_LONGEST], wrong=True, status=404)
        return RedirectResponse(f"/verify/{found.number}", status_code=303, headers=_FRESH)

    def _addresses(self, request: Request) -> Addresses:
        return Addresses(public_address(request, self._parts.settings))
