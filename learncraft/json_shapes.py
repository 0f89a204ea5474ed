"""JSONB columns whose shape is a pydantic model, checked on every write through SQLAlchemy.

What is stored is what was given: a check never rewrites a value. Plain SQL passes by this check, so each
column also has a CHECK for the cheap part (object or list).
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, JsonValue, RootModel, ValidationError
from sqlalchemy import Dialect
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import DontWrapMixin
from sqlalchemy.sql.operators import OperatorType
from sqlalchemy.types import TypeDecorator, TypeEngine

from learncraft.errors import InvalidInputError


class ShapeError(DontWrapMixin, InvalidInputError):
    """A value that doesn't have its column's documented shape."""


class AnyObject(RootModel[dict[str, JsonValue]]):
    """Any keys: what a feature or an import keeps beside the columns. Nothing is looked up by it."""


class AnyJson(RootModel[JsonValue]):
    """Anything at all."""


class Sentences(RootModel[tuple[str, ...]]):
    """Sentences in the order shown."""


class Words(RootModel[tuple[str, ...]]):
    """Words to find something by."""


class Json(TypeDecorator[Any]):
    """A JSONB column that takes only values of `shape`; None is SQL's NULL."""

    impl = JSONB(none_as_null=True)
    cache_ok = True

    def __init__(self, shape: type[BaseModel]) -> None:
        super().__init__()
        self.shape = shape

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        if value is None:
            return None
        if isinstance(value, BaseModel):
            value = value.model_dump(mode="json")
        try:
            self.shape.model_validate(value)
        except ValidationError as error:
            raise ShapeError(_in_words(self.shape, error)) from error
        return value

    def coerce_compared_value(self, op: OperatorType | None, value: Any) -> TypeEngine[Any]:
        """What a column is compared with is plain JSON: `tags @> '["sql"]'` needs no whole shape."""
        return JSONB().coerce_compared_value(op, value)


def _in_words(shape: type[BaseModel], error: ValidationError) -> str:
    first = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(step) for step in first["loc"]) or "the value itself"
    more = f" (and {error.error_count() - 1} more)" if error.error_count() > 1 else ""
    return f"This is not a valid {shape.__name__}: at {place}, {first['msg'][:1].lower()}{first['msg'][1:]}{more}."
