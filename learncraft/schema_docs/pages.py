"""All pages about the schema, by their path below docs/."""

from __future__ import annotations

from learncraft.schema_docs import dictionary, mermaid, overview
from learncraft.schema_docs.areas import areas


def pages() -> dict[str, str]:
    """Each page's text by its path."""
    found = {"data-dictionary.md": dictionary.page(areas()), "schema/overview.svg": overview.drawing(areas())}
    return found | {f"schema/erd-{area.name}.md": mermaid.page(area) for area in areas()}
