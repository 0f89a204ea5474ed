"""Files, videos, quizzes and labs by their titles, where a difference between two texts has their identifiers."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sqlalchemy import text
from sqlalchemy.orm import Session

from learncraft.authoring.block_names import BLOCKS
from learncraft.language import _

_PARTS = ("image", "file", "video", "quiz", "lab")  # blocks that name something by its identifier
_IDENTIFIER = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_NAMES = text(
    """
    SELECT id, original_filename AS name FROM uploaded_files WHERE id = ANY(CAST(:ids AS uuid[]))
    UNION ALL SELECT id, title FROM videos WHERE id = ANY(CAST(:ids AS uuid[]))
    UNION ALL SELECT id, title FROM assessments WHERE id = ANY(CAST(:ids AS uuid[]))
    UNION ALL SELECT id, title FROM labs WHERE id = ANY(CAST(:ids AS uuid[]))
    """
)


def put_in(session: Session, differences: Iterable[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The same differences with titles; what has none any more is called so. One query, if there is something to name.

    Two parts of one title are still told apart by the end of their identifiers.
    """
    given = list(differences)
    part = re.compile(rf"([ +-] *(?:{'|'.join(re.escape(BLOCKS[one]) for one in _PARTS)}): )({_IDENTIFIER})")
    ids = {found[2] for lines in given for line in lines if (found := part.fullmatch(line))}
    if not ids:
        return given
    names = {str(row.id): row.name for row in session.execute(_NAMES, {"ids": list(ids)})}

    def named(line: str) -> str:
        found = part.fullmatch(line)
        if found is None:
            return line
        return f"{found[1]}{names.get(found[2], _('something that is gone'))} (…{found[2][-4:]})"

    return [tuple(named(line) for line in lines) for lines in given]
