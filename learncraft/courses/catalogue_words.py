"""What a course's subject, level and language are called, to those who read."""

from __future__ import annotations

from babel import Locale, UnknownLocaleError

from learncraft.courses.models import CourseCategory, SkillLevel
from learncraft.language import Spoken, current

CATEGORIES = Spoken(
    {
        CourseCategory.WEB_DEVELOPMENT: "Web development",
        CourseCategory.MOBILE_DEVELOPMENT: "Mobile development",
        CourseCategory.DEVOPS: "DevOps",
        CourseCategory.CLOUD: "Cloud",
        CourseCategory.DATA_SCIENCE: "Data science",
        CourseCategory.MACHINE_LEARNING: "Machine learning",
        CourseCategory.SECURITY: "Security",
        CourseCategory.DATABASES: "Databases",
        CourseCategory.PROGRAMMING_LANGUAGES: "Programming languages",
    }
)
LEVELS = Spoken(
    {
        SkillLevel.BEGINNER: "Beginner",
        SkillLevel.INTERMEDIATE: "Intermediate",
        SkillLevel.ADVANCED: "Advanced",
        SkillLevel.EXPERT: "Expert",
    }
)


def name_of_language(code: str) -> str:
    """A language's name in the reader's, such as 'German'; the code itself for one that nobody knows."""
    try:
        found = Locale.parse(code, sep="-").get_display_name(current())
    except (UnknownLocaleError, ValueError):
        return code
    return found[:1].upper() + found[1:] if found else code
