"""Directions between packages that import-linter can't see, since it knows modules and not names."""

from __future__ import annotations

import ast
import importlib
from enum import Enum
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = sorted((ROOT / "pages").rglob("*.py"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_a_page_takes_only_enumerations_from_models(page: Path) -> None:
    """Tables stay below services and queries; what a status or a role is called may be known everywhere."""
    for node in ast.walk(ast.parse(page.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.endswith("models"):
            module = importlib.import_module(node.module)
            tables = [alias.name for alias in node.names if not issubclass(getattr(module, alias.name), Enum)]
            assert tables == [], f"{page.name} line {node.lineno} takes tables from {node.module}"
        elif isinstance(node, ast.Import):
            assert not any(alias.name.endswith("models") for alias in node.names), page.name
