"""When a certificate is due: a pure rule, set per course, explained in words."""

from __future__ import annotations

from decimal import ROUND_DOWN, Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from learncraft.courses.models import Course

KEY = "certificate"  # in the course's metadata


class CertificateRule(BaseModel):
    """What a course asks for. Without a word of its own it gives a certificate to whoever finishes it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    is_given: bool = True
    least_average: Annotated[Decimal, Field(ge=0, le=100)] | None = None  # percent, over lessons with a graded result


def rule_of(course: Course) -> CertificateRule:
    """The rule of a course; what can't be read counts as none of its own."""
    try:
        return CertificateRule.model_validate(course.extra.get(KEY, {}))
    except ValidationError:
        return CertificateRule()


def average(scores: list[Decimal]) -> Decimal | None:
    """The mean of the best results, in percent, rounded down to hundredths; None when nothing was graded."""
    if not scores:
        return None
    return (sum(scores, Decimal(0)) / len(scores)).quantize(Decimal("0.01"), rounding=ROUND_DOWN)


def what_is_missing(rule: CertificateRule, *, is_completed: bool, scores: list[Decimal]) -> str | None:
    """What stands between a learner and the certificate, as a sentence; None when it is due.

    `scores` are the learner's best results of the course's lessons that have one, each 0 to 100. A course in which
    nothing is graded can't ask for an average, so the average then holds nobody up.
    """
    if not rule.is_given:
        return "This course gives no certificate."
    if not is_completed:
        return "Finish all lessons to get the certificate."
    mean = average(scores)
    if rule.least_average is not None and mean is not None and mean < rule.least_average:
        return (
            f"The certificate asks for an average of {rule.least_average.normalize():f} %; yours is "
            f"{mean.normalize():f} %. Take a quiz again to raise it."
        )
    return None
