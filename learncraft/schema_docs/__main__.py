"""Writes the pages about the schema, or with `--check` says which of them are out of date."""

from __future__ import annotations

import sys
from pathlib import Path

from learncraft.paths import root
from learncraft.schema_docs.pages import pages


def stale(folder: Path) -> list[str]:
    """The pages under `folder` that are not what the models say."""
    found = []
    for name, page in pages().items():
        path = folder / name
        if not path.exists() or path.read_text(encoding="utf-8") != page:
            found.append(name)
    return found


def main(arguments: list[str]) -> int:
    """Write the pages, or check them."""
    docs = root() / "docs"
    if arguments == ["--check"]:
        for name in stale(docs):
            sys.stdout.write(f"docs/{name} is out of date; run python -m learncraft.schema_docs.\n")
        return 1 if stale(docs) else 0
    for name, page in pages().items():
        path = docs / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
