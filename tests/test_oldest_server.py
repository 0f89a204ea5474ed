"""Nothing in our SQL needs more than PostgreSQL 15, the oldest server that we take."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# What came with 16, 17 and 18, and would be refused by 15.
NEWER = re.compile(
    r"\bany_value\s*\(|\bWITH\s+(INHERIT|SET|ADMIN)\s+(TRUE|FALSE)\b|\bJSON_TABLE\s*\(|\bJSON_(QUERY|VALUE|EXISTS)\s*\("
    r"|\bIS\s+JSON\b|\bGENERATED\s+ALWAYS\s+AS\s*\([^;]*\)\s*VIRTUAL\b|\bRETURNING\s+(old|new)\.|\bmerge_action\s*\("
    r"|\bWITHOUT\s+OVERLAPS\b|\bNOT\s+ENFORCED\b|\bSPLIT\s+PARTITION\b|\bMERGE\s+PARTITIONS\b|\bON_ERROR\s+ignore\b"
    r"|\bxmltext\s*\(|\brandom_normal\s*\(|\berror_on_null\s*\("
    r"|\barray_(sort|reverse|shuffle|sample)\s*\(",
    re.IGNORECASE,
)


def sources() -> Iterator[Path]:
    yield from sorted((ROOT / "sql").rglob("*.sql"))
    for folder in ("learncraft", "migrations"):
        yield from sorted((ROOT / folder).rglob("*.py"))


def test_no_statement_needs_a_newer_server() -> None:
    asked = [path for path in sources() if "clickhouse" not in path.parts and "charts" not in path.parts]
    assert len(asked) > 100
    found = [f"{path.relative_to(ROOT)}: {hit[0]}" for path in asked for hit in NEWER.finditer(path.read_text("utf-8"))]
    assert found == []


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT any_value(x) FROM y",
        "GRANT a TO b WITH INHERIT FALSE",
        "CREATE TABLE t (a int, b int GENERATED ALWAYS AS (a + 1) VIRTUAL)",
        "UPDATE t SET a = 1 RETURNING old.a",
    ],
)
def test_the_check_sees_what_is_newer(statement: str) -> None:
    assert NEWER.search(statement)
