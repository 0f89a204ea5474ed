"""The printable certificate: one PDF page by Typst, with a QR code that leads to the page where it is checked."""

from __future__ import annotations

import json
from datetime import datetime
from functools import cache
from io import BytesIO
from pathlib import Path

import segno
import typst

from learncraft.enrollment.certificates.queries import CertificateView
from learncraft.language import _, current, dates

_TEMPLATE = Path(__file__).with_name("certificate.typ")


def pdf(certificate: CertificateView, *, site: str, address: str) -> bytes:
    """The certificate as a PDF file. `address` is where it can be checked.

    It is in the reader's language. The same certificate gives the same bytes: its date is the one of issue. Fonts come
    with Typst; for scripts that they lack, such as Chinese, the machine's own fonts are taken.
    """
    given = {
        "site": site,
        "language": current(),
        "document_title": f"{certificate.title} · {certificate.learner}",
        "heading": _("Certificate of completion"),
        "before_name": _("This is to certify that"),
        "learner": certificate.learner,
        "before_title": _("has completed the course"),
        "title": certificate.title,
        "completed_label": _("Completed on"),
        "completed_on": in_words(certificate.completed_at),
        "instructor_label": _("Instructor"),
        "instructor": certificate.instructor,
        "number_label": _("Certificate number"),
        "number": certificate.number,
        "check_label": _("Check it at"),
        "address": address,
        "shown_address": address.split("://", 1)[-1],
        "qr_code": qr_code(address),
        "qr_alt": _("QR code of {address}", address=address),
    }
    made = _compiler().compile(
        format="pdf", sys_inputs={"certificate": json.dumps(given)}, timestamp=int(certificate.issued_at.timestamp())
    )
    assert isinstance(made, bytes)
    return made


def in_words(moment: datetime) -> str:
    """A date as people write it, such as 26 November 2026."""
    return dates.day(moment.date(), fields="yMMMMd")


def qr_code(address: str) -> str:
    """The address as a QR code, in SVG. Level M: a seventh of it may be dirty."""
    buffer = BytesIO()
    segno.make(address, error="m", micro=False).save(buffer, kind="svg", border=0, dark="#1f2430", xmldecl=False)
    return buffer.getvalue().decode()


@cache
def _compiler() -> typst.Compiler:
    """One for the process: it keeps fonts and the template."""
    return typst.Compiler(str(_TEMPLATE), root=str(_TEMPLATE.parent))
