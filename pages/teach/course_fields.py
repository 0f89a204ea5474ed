"""The fields of what a course says of itself, and of the terms on which people join it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import streamlit as st

from learncraft import runtime
from learncraft.accounts.models import SubscriptionTier
from learncraft.authoring.shapes import Details, Offer
from learncraft.courses.catalogue_words import CATEGORIES, LEVELS, name_of_language
from learncraft.courses.models import CourseCategory, SkillLevel
from learncraft.language import _
from pages.shared import words

LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl", "pl", "ru", "tr", "ar", "zh", "ja")  # offered first


def lines(typed: str) -> list[str]:
    """A text area's lines, without empty ones."""
    return [line.strip() for line in typed.splitlines() if line.strip()]


def ask_details(known: Details | None, name: str, *, frozen: bool = False, live: bool = False) -> dict[str, Any]:
    """The fields of what the course says of itself. `name` tells fields that were filled anew from those before."""
    title = st.text_input(
        _("Title"), known.title if known else "", max_chars=500, key=f"title-{name}", live=live, disabled=frozen
    )
    slug = st.text_input(
        _("Address"),
        known.slug if known else "",
        max_chars=200,
        key=f"slug-{name}",
        live=live,
        disabled=frozen,
        help=_("The course's name in links: small letters, digits and hyphens. Empty: made of the title."),
    )
    kind = ask_kind(known, name, frozen=frozen)
    short = st.text_area(
        _("In one sentence"),
        known.short_description if known else "",
        max_chars=500,
        height=68,
        key=f"short-{name}",
        disabled=frozen,
    )
    film = st.text_input(
        _("Film that everybody may watch"),
        known.preview_video_url if known else "",
        max_chars=500,
        key=f"film-{name}",
        live=live,
        disabled=frozen,
        placeholder="https://www.youtube.com/watch?v=…",
        help=_("Shown on the course's page to those who think of joining."),
    )
    return {
        "title": title,
        "slug": slug,
        **kind,
        "short_description": short,
        "preview_video_url": film,
        **ask_more(known, name, frozen=frozen, live=live),
    }


def ask_kind(known: Details | None, name: str, *, frozen: bool) -> dict[str, Any]:
    """What a catalogue goes by: subject, level and language, beside each other."""
    left, middle, right = st.columns(3)
    category = left.selectbox(
        _("Subject"),
        list(CourseCategory),
        index=list(CourseCategory).index(known.category) if known else 0,
        format_func=CATEGORIES.__getitem__,
        key=f"category-{name}",
        disabled=frozen,
    )
    level = middle.selectbox(
        _("Level"),
        list(SkillLevel),
        index=list(SkillLevel).index(known.skill_level) if known else 0,
        format_func=LEVELS.__getitem__,
        key=f"level-{name}",
        disabled=frozen,
    )
    codes = list(dict.fromkeys([*LANGUAGES, known.language if known else "en"]))
    language = right.selectbox(
        _("Language"),
        codes,
        index=codes.index(known.language) if known else 0,
        format_func=name_of_language,
        key=f"language-{name}",
        disabled=frozen,
    )
    return {"category": category, "skill_level": level, "language": language}


def ask_more(known: Details | None, name: str, *, frozen: bool, live: bool) -> dict[str, Any]:
    """The longer texts, each line of a list on a line of its own."""
    description = st.text_area(
        _("Description"),
        known.description if known else "",
        height=160,
        key=f"description-{name}",
        disabled=frozen,
        help=_("Markdown or HTML. What could run or imitate is taken out."),
    )
    objectives = st.text_area(
        _("What learners can do afterwards, one line each"),
        "\n".join(known.learning_objectives) if known else "",
        key=f"objectives-{name}",
        disabled=frozen,
    )
    needs = st.text_area(
        _("What learners should know before, one line each"),
        "\n".join(known.prerequisites) if known else "",
        key=f"needs-{name}",
        disabled=frozen,
    )
    tags = st.text_input(
        _("Tags, separated by commas"),
        ", ".join(known.tags) if known else "",
        key=f"tags-{name}",
        live=live,
        disabled=frozen,
    )
    return {
        "description": description,
        "learning_objectives": lines(objectives),
        "prerequisites": lines(needs),
        "tags": list(dict.fromkeys(tag.strip().lower() for tag in tags.split(",") if tag.strip())),
    }


def ask_offer(known: Offer, choices: dict[Any, str], name: str) -> dict[str, Any]:
    """The fields of the terms."""
    left, middle, right = st.columns(3)
    price = left.number_input(
        _("Price in {currency}", currency=runtime.current().settings.currency),
        0.0,
        99_999.0,
        float(known.price),
        step=1.0,
        format="%.2f",
        key=f"price-{name}",
    )
    paid = [None, *(tier for tier in SubscriptionTier if tier != SubscriptionTier.FREE)]
    tier = middle.selectbox(
        _("Opened by a subscription"),
        paid,
        index=next((place for place, one in enumerate(paid) if one and one.value == known.tier), 0),
        format_func=lambda one: (
            _("No, sold by itself only") if one is None else _("{tier} and above", tier=words.tier(one))
        ),
        key=f"tier-{name}",
    )
    seats = right.number_input(
        _("Seats, empty for any number"),
        1,
        1_000_000,
        known.max_students,
        placeholder=_("Any number"),
        key=f"seats-{name}",
    )
    required = st.multiselect(
        _("Courses to finish before"),
        list(choices),
        [one for one in known.required_courses if one in choices],
        format_func=choices.__getitem__,
        key=f"required-{name}",
    )
    gives = st.toggle(_("Finishing it gives a certificate"), known.gives_certificate, key=f"gives-{name}")
    average = st.number_input(
        _("Least average of graded work in %, empty for none"),
        0.0,
        100.0,
        None if known.least_average is None else float(known.least_average),
        placeholder=_("None"),
        key=f"average-{name}",
    )
    return {
        "price": Decimal(str(price)).quantize(Decimal("0.01")),
        "tier": tier.value if tier else None,
        "max_students": int(seats) if seats else None,
        "required_courses": required,
        "gives_certificate": gives,
        "least_average": None if average is None else Decimal(str(average)),
    }
