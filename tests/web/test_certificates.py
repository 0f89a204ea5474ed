"""Whoever has a number can check a certificate, and a badge, without an account."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from joserfc.jwk import RSAKey
from openbadgeslib.ob3.verifier import OB3VerificationError, OB3Verifier
from sqlalchemy import text

from learncraft.enrollment import service
from learncraft.enrollment.certificates import numbers, queries
from learncraft.enrollment.certificates.queries import CertificateView
from tests.factories import make_course, make_enrollment, make_user
from tests.web.conftest import Site

BASE = "https://learn.example.org"


@pytest.fixture
def site(make_site: Callable[..., Site]) -> Site:
    return make_site(base_url=BASE)


@pytest.fixture
def certificate(site: Site) -> CertificateView:
    with site.database.transaction() as session:
        learner = make_user(session, first_name="Žofie", last_name="<b>Nová</b>", email="zofie@example.org")
        made = make_course(session, title="Thinking & #counting", learning_objectives=["count"])
        enrollment = make_enrollment(session, made.course, learner)
        service.complete_lesson(session, learner_id=enrollment.user_id, lesson_id=made.lessons[0].id)
        return queries.of_learner(session, learner.id)[0]


def revoke(site: Site, reason: str) -> None:
    with site.database.transaction() as session:
        session.execute(
            text("UPDATE certificates SET is_revoked = true, revoked_at = now(), revoke_reason = :reason"),
            {"reason": reason},
        )


def test_a_valid_certificate_says_whose_it_is_and_shows_no_address(site: Site, certificate: CertificateView) -> None:
    answer = site.browser().client.get(f"/verify/{certificate.number}")
    assert answer.status_code == 200
    assert "This certificate is valid" in answer.text
    assert "Žofie &lt;b&gt;Nová&lt;/b&gt;" in answer.text
    assert "Thinking &amp; #counting" in answer.text
    assert "zofie@example.org" not in answer.text


def test_a_number_may_be_typed_carelessly(site: Site, certificate: CertificateView) -> None:
    client = site.browser().client
    typed = certificate.number.lower().replace("-", " ")
    answer = client.get("/verify", params={"number": typed})
    assert answer.headers["location"] == f"/verify/{certificate.number}"
    assert client.get(f"/verify/{typed.replace(' ', '')}").headers["location"] == f"/verify/{certificate.number}"


@pytest.mark.parametrize("typed", ["nonsense", "<script>alert(1)</script>", "\0", "a" * 500, "7Q4M-09TX-B2ZC-K5NA"])
def test_an_unknown_number_gets_a_sentence(site: Site, typed: str) -> None:
    client = site.browser().client
    answer = client.get("/verify", params={"number": typed}, follow_redirects=True)
    assert answer.status_code == 404
    assert "No certificate has this number" in answer.text
    assert "<script>" not in answer.text
    assert client.get(f"/verify/{numbers.new_number()}/certificate.pdf").status_code == 404
    assert client.get(f"/verify/{numbers.new_number()}/badge.jwt").status_code == 404


def test_the_printable_page_is_one_page_of_pdf_and_the_same_each_time(site: Site, certificate: CertificateView) -> None:
    client = site.browser().client
    first = client.get(f"/verify/{certificate.number}/certificate.pdf")
    assert first.headers["content-type"] == "application/pdf"
    assert first.content.startswith(b"%PDF-")
    assert first.content.count(b"/Type /Page\n") == 1 or first.content.count(b"/Type/Page/") == 1
    assert client.get(f"/verify/{certificate.number}/certificate.pdf").content == first.content


def public_key(site: Site, token: str) -> bytes:
    """The key that a badge names, fetched from where it says."""
    from jwt import get_unverified_header

    address = get_unverified_header(token)["kid"]
    assert address.startswith(f"{BASE}/verify/keys/")
    found = site.browser().client.get(address.removeprefix(BASE))
    assert "d" not in found.json()
    return RSAKey.import_key(found.json()).as_pem(private=False)


def test_a_badge_is_good_for_a_checker_that_we_did_not_write(site: Site, certificate: CertificateView) -> None:
    client = site.browser().client
    token = client.get(f"/verify/{certificate.number}/badge.jwt").text
    verifier = OB3Verifier(public_key(site, token))
    badge = verifier.verify(token)
    assert badge.achievement.name == "Thinking & #counting"
    assert badge.issuer.id == f"{BASE}/verify/issuer.json"
    assert client.get("/verify/issuer.json").json()["id"] == badge.issuer.id
    assert "zofie@example.org" not in json.dumps(token)
    head, payload, signature = token.split(".")
    forged = f"{head}.{payload[:-4]}{'AAAA' if payload[-4:] != 'AAAA' else 'BBBB'}.{signature}"
    with pytest.raises(OB3VerificationError):
        verifier.verify(forged)
    with pytest.raises(OB3VerificationError):
        OB3Verifier(RSAKey.generate_key(2048).as_pem(private=False)).verify(token)


def test_the_key_stays_the_same_and_is_its_owners_alone(site: Site, certificate: CertificateView) -> None:
    first, second = (site.browser().client.get(f"/verify/{certificate.number}/badge.jwt").text for _ in range(2))
    assert public_key(site, first) == public_key(site, second)
    assert (site.settings.home / "badge-key.pem").stat().st_mode & 0o077 == 0


def test_a_revoked_certificate_says_why_and_gives_neither_pdf_nor_badge(
    site: Site, certificate: CertificateView
) -> None:
    client = site.browser().client
    identifier = f"{BASE}/verify/{certificate.number}/badge.jwt"
    assert client.get("/verify/revoked.json").json()["revokedCredential"] == []
    revoke(site, "Somebody else took the exam.")
    page = client.get(f"/verify/{certificate.number}").text
    assert "no longer counts" in page
    assert "Somebody else took the exam." in page
    for name in ("certificate.pdf", "badge.jwt"):
        assert client.get(f"/verify/{certificate.number}/{name}").headers["location"] == f"/verify/{certificate.number}"
    [listed] = client.get("/verify/revoked.json").json()["revokedCredential"]
    assert listed == {"id": identifier, "revoked": True, "revocationReason": "Somebody else took the exam."}


def test_what_is_not_there_below_verify_is_no_page_of_ours(site: Site) -> None:
    assert site.browser().client.get("/verify/keys/another.json").status_code == 404
    assert site.browser().client.get("/verify/a/b/c").status_code == 404
