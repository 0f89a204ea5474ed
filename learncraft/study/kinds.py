"""The closed sets of words that columns about studying hold."""

from __future__ import annotations

from enum import StrEnum


class SourceType(StrEnum):
    """How a material came."""

    UPLOAD = "upload"
    URL = "url"
    TEXT = "text"


class MaterialStatus(StrEnum):
    """Whether a material can be studied yet."""

    PROCESSING = "processing"
    READY = "ready"
    FAILED = "failed"


class ChunkType(StrEnum):
    """What a stretch of a material is."""

    PARAGRAPH = "paragraph"
    SECTION = "section"
    HEADING = "heading"
    LIST = "list"
    CODE = "code"
    TABLE = "table"
    TRANSCRIPT = "transcript"


class AssetType(StrEnum):
    """What was made of a material."""

    QUIZ = "quiz"
    FLASHCARD = "flashcard"
    SUMMARY = "summary"


class AssetStatus(StrEnum):
    """Whether something made may be used. Retired stays for those who used it."""

    GENERATING = "generating"
    READY = "ready"
    FAILED = "failed"
    RETIRED = "retired"


class CardState(StrEnum):
    """Where a flashcard is in its learner's memory (FSRS)."""

    NEW = "new"
    LEARNING = "learning"
    REVIEW = "review"
    RELEARNING = "relearning"


class LearningSessionType(StrEnum):
    """What a person does in a session."""

    QUIZ = "quiz"
    REVIEW = "review"
    STUDY = "study"


class LearningSessionStatus(StrEnum):
    """Whether a session goes on. Abandoned was left and closed by the clock."""

    ACTIVE = "active"
    PAUSED = "paused"
    COMPLETED = "completed"
    ABANDONED = "abandoned"


class StudyInteractionType(StrEnum):
    """What a person did with something they study."""

    ANSWER = "answer"
    VIEW = "view"
    SKIP = "skip"


class FeedbackType(StrEnum):
    """What kind of feedback it is. A report says that something is wrong."""

    RATING = "rating"
    COMMENT = "comment"
    REPORT = "report"


class FeedbackStatus(StrEnum):
    """Whether somebody has looked at it."""

    ACTIVE = "active"
    RESOLVED = "resolved"
    DISMISSED = "dismissed"


class MetricType(StrEnum):
    """What a number measures."""

    ACCURACY = "accuracy"
    SPEED = "speed"
    RETENTION = "retention"
    COMPLETION = "completion"
    TIME = "time"


class TimePeriod(StrEnum):
    """How long a stretch of time a number is about."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


class Aggregation(StrEnum):
    """How a number was put together."""

    SUM = "sum"
    AVERAGE = "average"
    MINIMUM = "minimum"
    MAXIMUM = "maximum"
    COUNT = "count"
    LAST = "last"
