"""What the catalogue is listed, counted and searched by. None of it is known from here alone: all can be made anew."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, Integer, SmallInteger, String, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from learncraft.courses.models import CourseCategory, SkillLevel
from learncraft.db import Base, pg_enum, references
from learncraft.json_shapes import Json, Words


class CourseListing(Base):
    """What the catalogue lists a published course by: a narrow row, for a course's own row is wide.

    Kept by the triggers keep_listing and keep_listed_learners; a course that is not open has none.
    """

    __tablename__ = "course_listings"
    __table_args__ = (
        CheckConstraint("jsonb_typeof(tags) = 'array'", name="tags_is_list"),
        Index("ix_course_listings_first", text("is_featured DESC"), text("learners DESC"), "title", "course_id"),
        Index("ix_course_listings_popular", text("learners DESC"), "title", "course_id"),
        Index("ix_course_listings_newest", text("published_at DESC"), "course_id"),
        Index("ix_course_listings_tags", "tags", postgresql_using="gin"),
    )

    course_id: Mapped[UUID] = mapped_column(references("courses.id", on_delete="CASCADE"), primary_key=True)
    category: Mapped[CourseCategory] = mapped_column(pg_enum(CourseCategory, "course_category"))
    skill_level: Mapped[SkillLevel] = mapped_column(pg_enum(SkillLevel, "skill_level"))
    length: Mapped[str] = mapped_column(String(10), doc="short, medium or long; by the function course_length.")
    price: Mapped[str] = mapped_column(
        String(10), doc="free, low or high; by the function course_price.", info={"unit": ""}
    )
    tags: Mapped[list[Any]] = mapped_column(Json(Words), doc="Words to find it by.")
    is_featured: Mapped[bool] = mapped_column(doc="Whether it stands first.")
    learners: Mapped[int] = mapped_column(doc="How many are in it.")
    title: Mapped[str] = mapped_column(String(500), doc="What it is called; the order among equals.")
    published_at: Mapped[datetime] = mapped_column(doc="Since when it is open.")


class CatalogueCell(Base):
    """How many published courses have one subject, level, length and price. Kept by the trigger count_listings."""

    __tablename__ = "catalogue_cells"
    __table_args__ = (CheckConstraint("courses >= 0", name="courses_not_negative"),)

    category: Mapped[CourseCategory] = mapped_column(pg_enum(CourseCategory, "course_category"), primary_key=True)
    skill_level: Mapped[SkillLevel] = mapped_column(pg_enum(SkillLevel, "skill_level"), primary_key=True)
    length: Mapped[str] = mapped_column(String(10), primary_key=True, doc="As in `course_listings`.")
    price: Mapped[str] = mapped_column(String(10), primary_key=True, doc="As in `course_listings`.", info={"unit": ""})
    courses: Mapped[int] = mapped_column(doc="How many there are.")


class CatalogueTag(Base):
    """How many published courses have a tag. Kept by the trigger count_listings."""

    __tablename__ = "catalogue_tags"
    __table_args__ = (
        CheckConstraint("courses >= 0", name="courses_not_negative"),
        Index("ix_catalogue_tags_frequent", text("courses DESC"), "tag"),
    )

    tag: Mapped[str] = mapped_column(Text, primary_key=True, doc="The tag.")
    courses: Mapped[int] = mapped_column(doc="How many have it.")


class SearchWord(Base):
    """A word of what can be found, for completions and for mending typing errors; `dictionary` keeps it.

    `variants` are the word and what is left of it without one or two letters: a word with the same remains as a
    mistyped one is within two errors of it. It works on any PostgreSQL, without pg_trgm.
    """

    __tablename__ = "search_words"
    __table_args__ = (Index("ix_search_words_variants", "variants", postgresql_using="gin"),)

    word: Mapped[str] = mapped_column(String(40, collation="C"), primary_key=True, doc="The word, in small letters.")
    documents: Mapped[int] = mapped_column(doc="How many courses and lessons have it.")
    variants: Mapped[list[str]] = mapped_column(ARRAY(String(40)), doc="What is left of it without one or two letters.")


class SearchCourseWords(Base):
    """Which words one published course has, as they stand counted in `search_words`.

    What a change takes away is told by them, so that a course is counted anew without looking at any other. There is no
    foreign key: the words of a course that was deleted have yet to be taken out of the count.
    """

    __tablename__ = "search_course_words"
    __table_args__ = (CheckConstraint("cardinality(words) = cardinality(documents)", name="a_number_for_each_word"),)

    course_id: Mapped[UUID] = mapped_column(primary_key=True, doc="The course.")
    mark: Mapped[int] = mapped_column(
        BigInteger, doc="A hash of all that the words come from; another one says that it changed."
    )
    words: Mapped[list[str]] = mapped_column(ARRAY(String(40)), doc="The words of the course and of its lessons.")
    documents: Mapped[list[int]] = mapped_column(
        ARRAY(Integer), doc="How many of them have it, the course itself among them; by the word's place."
    )


class SearchRefresh(Base):
    """When the words were last collected. One row, locked by whoever collects them."""

    __tablename__ = "search_refreshes"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False, doc="Always 1.")
    refreshed_at: Mapped[datetime] = mapped_column(doc="When the words were last collected.")
