"""The documented shapes of a working copy. They take what is unfinished: an image may still lack its file.

What learners get has the strict shapes of `learncraft.courses.blocks`; `blocks_of` makes them.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError

from learncraft.courses.blocks import Block, HtmlBlock, MarkdownBlock
from learncraft.courses.models import CourseCategory, LessonType, SkillLevel
from learncraft.courses.prose import sanitise
from learncraft.courses.shapes import Resource

LONGEST_TEXT = 500_000  # of one block
MOST_BLOCKS = 300

BlockType = Literal["section", "markdown", "html", "image", "file", "video", "code", "callout", "quiz", "lab", "embed"]
FIELDS: dict[str, tuple[str, ...]] = {
    "section": ("title",),
    "markdown": ("text",),
    "html": ("html",),
    "image": ("file_id", "alt", "caption"),
    "file": ("file_id", "title"),
    "video": ("video_id",),
    "code": ("language", "code"),
    "callout": ("kind", "text"),
    "quiz": ("assessment_id",),
    "lab": ("lab_id",),
    "embed": ("url", "title"),
}
_BLOCK: TypeAdapter[Block] = TypeAdapter(Block)

Title = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500)]
Line = Annotated[str, StringConstraints(max_length=2000)]
LongText = Annotated[str, StringConstraints(max_length=LONGEST_TEXT)]


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DraftBlock(_Shape):
    """A block as far as it is written. Only the fields of its type count."""

    id: Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[\w.:@-]+$")]
    type: BlockType
    title: Annotated[str, StringConstraints(max_length=500)] = ""
    text: LongText = ""
    html: LongText = ""
    code: LongText = ""
    language: Annotated[str, StringConstraints(max_length=40)] = ""
    kind: Literal["note", "tip", "warning"] = "note"
    alt: Annotated[str, StringConstraints(max_length=1000)] = ""
    caption: Annotated[str, StringConstraints(max_length=1000)] = ""
    url: Annotated[str, StringConstraints(max_length=1000)] = ""
    file_id: UUID | None = None
    video_id: UUID | None = None
    assessment_id: UUID | None = None
    lab_id: UUID | None = None


class DraftResource(_Shape):
    """Something to read or use beside a lesson, as far as it is written."""

    title: Line = ""
    url: Annotated[str, StringConstraints(max_length=1000)] = ""


class DraftVariant(_Shape):
    """What a lesson says to one persona instead of itself, or instead of one block."""

    persona_key: Annotated[str, StringConstraints(min_length=1, max_length=64)]
    content_key: Annotated[str, StringConstraints(min_length=1, max_length=64)] = "lesson"
    blocks: tuple[DraftBlock, ...] = Field(default=(), max_length=MOST_BLOCKS)
    is_published: bool = False


class LessonText(_Shape):
    """Everything of a lesson that its editor changes: what is saved, compared, kept as a revision and merged."""

    title: Title
    description: Annotated[str, StringConstraints(max_length=20_000)] = ""
    minutes: Annotated[int, Field(ge=0, le=6000)] = 0
    is_free: bool = False
    is_published: bool = True
    blocks: tuple[DraftBlock, ...] = Field(default=(), max_length=MOST_BLOCKS)
    learning_objectives: tuple[Line, ...] = Field(default=(), max_length=50)
    resources: tuple[DraftResource, ...] = Field(default=(), max_length=50)
    variants: tuple[DraftVariant, ...] = Field(default=(), max_length=50)

    def published_resources(self) -> tuple[Resource, ...]:
        """Resources as learners get them: a book has a title alone, a page may have its address alone."""
        given = ((one.title.strip() or one.url.strip(), one.url.strip()) for one in self.resources)
        return tuple(Resource(title=title, url=url) for title, url in given if title)


class Details(_Shape):
    """What a course says of itself; reviewed with its lessons."""

    title: Title
    slug: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=200)]
    short_description: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""
    description: Annotated[str, StringConstraints(max_length=50_000)] = ""  # Markdown or HTML
    category: CourseCategory
    skill_level: SkillLevel
    language: Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?$", max_length=10)] = "en"
    thumbnail_url: Annotated[str, StringConstraints(max_length=1000)] | None = None
    preview_video_url: Annotated[str, StringConstraints(strip_whitespace=True, max_length=500)] = ""
    estimated_duration: Annotated[int, Field(ge=0, le=100_000)] | None = None
    prerequisites: tuple[Line, ...] = Field(default=(), max_length=50)
    learning_objectives: tuple[Line, ...] = Field(default=(), max_length=50)
    tags: tuple[Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=50)], ...] = Field(
        default=(), max_length=30
    )


class Offer(_Shape):
    """On which terms people join a course and what they get in the end; holds at once, nobody reviews it."""

    price: Annotated[Decimal, Field(ge=0, le=99_999, decimal_places=2)] = Decimal(0)
    tier: str | None = None  # the least subscription that opens it
    max_students: Annotated[int, Field(gt=0, le=1_000_000)] | None = None
    required_courses: tuple[UUID, ...] = Field(default=(), max_length=20)
    gives_certificate: bool = True
    least_average: Annotated[Decimal, Field(ge=0, le=100)] | None = None


def blocks_of(drafts: tuple[DraftBlock, ...]) -> tuple[Block, ...]:
    """Blocks as learners get them; what is unfinished is left out. HTML is sanitised."""
    made = (block_of(draft) for draft in drafts)
    return tuple(block for block in made if block is not None)


def block_of(draft: DraftBlock) -> Block | None:
    """One block as learners get it; None while it lacks what it needs, or is empty."""
    given = {"id": draft.id, "type": draft.type} | {name: getattr(draft, name) for name in FIELDS[draft.type]}
    try:
        block = _BLOCK.validate_python(given)
    except ValidationError:
        return None
    match block:
        case HtmlBlock(html=source):
            cleaned = sanitise(source)
            return block.model_copy(update={"html": cleaned}) if cleaned.strip() else None
        case MarkdownBlock(text=text):
            return block if text.strip() else None
        case _:
            return block


def drafts_of(content: dict[str, Any]) -> tuple[DraftBlock, ...]:
    """The blocks of a stored lesson as its editor has them."""
    return tuple(DraftBlock.model_validate(one) for one in content.get("blocks", ()))


def kind_of(blocks: tuple[Block, ...]) -> LessonType:
    """What a lesson mostly is, by its blocks."""
    kinds = {block.type for block in blocks} - {"section"}
    worked = kinds & {"quiz", "video", "lab"}
    if not worked:
        return LessonType.READING
    if len(kinds) == 1:
        return LessonType(worked.pop())
    return LessonType.MIXED
