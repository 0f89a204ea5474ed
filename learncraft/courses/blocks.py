"""The parts of a lesson's content: the documented shape of `lessons.content`.

A lesson's content is `{"version": 1, "blocks": [...]}`. Each block has a `type`, and an `id` that stays
the same when the lesson is edited, so that bookmarks, citations and events can point at it.
"""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field


class _Block(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(min_length=1, max_length=64)


class SectionBlock(_Block):
    """Starts a new part of the lesson; the player shows one part at a time."""

    type: Literal["section"] = "section"
    title: str


class MarkdownBlock(_Block):
    """Prose in Markdown; HTML in it is sanitised when shown."""

    type: Literal["markdown"] = "markdown"
    text: str


class HtmlBlock(_Block):
    """Prose in HTML, sanitised before it is stored and again when shown."""

    type: Literal["html"] = "html"
    html: str


class ImageBlock(_Block):
    """A picture from the file store, with its text alternative."""

    type: Literal["image"] = "image"
    file_id: UUID
    alt: str
    caption: str = ""


class FileBlock(_Block):
    """A file to download."""

    type: Literal["file"] = "file"
    file_id: UUID
    title: str


class VideoBlock(_Block):
    """A row of `videos`."""

    type: Literal["video"] = "video"
    video_id: UUID


class CodeBlock(_Block):
    """Code to read, highlighted for its language."""

    type: Literal["code"] = "code"
    language: str
    code: str


class CalloutBlock(_Block):
    """A remark set apart from the text."""

    type: Literal["callout"] = "callout"
    kind: Literal["note", "tip", "warning"] = "note"
    text: str


class QuizBlock(_Block):
    """An assessment taken at this place of the lesson."""

    type: Literal["quiz"] = "quiz"
    assessment_id: UUID


class LabBlock(_Block):
    """A lab that is worked on at this place of the lesson."""

    type: Literal["lab"] = "lab"
    lab_id: UUID


class EmbedBlock(_Block):
    """A page of another site shown inside the lesson; `embeds` says which sites are allowed."""

    type: Literal["embed"] = "embed"
    url: str = Field(max_length=1000)
    title: str = Field(min_length=1, max_length=200)


Block = Annotated[
    SectionBlock
    | MarkdownBlock
    | HtmlBlock
    | ImageBlock
    | FileBlock
    | VideoBlock
    | CodeBlock
    | CalloutBlock
    | QuizBlock
    | LabBlock
    | EmbedBlock,
    Field(discriminator="type"),
]


class LessonContent(BaseModel):
    """The whole content of one lesson, in reading order."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: Literal[1] = 1
    blocks: tuple[Block, ...] = ()
