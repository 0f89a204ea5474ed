"""The documented shapes of the JSONB columns about labs."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, RootModel


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ResourceLimits(_Shape):
    """What one session may use, as Kubernetes writes it: half a core is '0.5' or '500m', memory is '512Mi'."""

    cpu: str = Field(default="0.5", pattern=r"^([0-9]+(\.[0-9]+)?|[0-9]+m)$")
    memory: str = Field(default="512Mi", pattern=r"^[0-9]+[KMGT]i?$")
    storage: str = Field(default="1Gi", pattern=r"^[0-9]+[KMGT]i?$")


class EnvironmentVars(RootModel[dict[Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")], str]]):
    """Variables that a session starts with, by name."""


def _stays_below(path: str) -> str:
    if not path or path.startswith("/") or ".." in path.split("/"):
        raise ValueError("the path must stay below the learner's folder")
    return path


class LabFiles(RootModel[dict[Annotated[str, AfterValidator(_stays_below)], str]]):
    """Texts of files by their path below the learner's folder; no path leads out of it."""


class Criterion(_Shape):
    """One thing that a check looks at."""

    id: str = Field(min_length=1, max_length=64)
    title: str = Field(min_length=1)
    check: str = ""  # a command that ends with 0, or code that raises nothing; empty: a person looks
    hint: str = ""
    points: int = Field(default=1, ge=1)


class SuccessCriteria(RootModel[tuple[Criterion, ...]]):
    """What has to hold for a lab to be passed, in the order shown."""


class CriterionResult(_Shape):
    """What a check found."""

    id: str
    is_met: bool
    message: str = ""


class ValidationResult(_Shape):
    """The newest check of a session."""

    is_passed: bool
    results: tuple[CriterionResult, ...] = ()
    output: str = ""
