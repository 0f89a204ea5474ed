"""What a course says of itself, and on which terms people join it. Without a course in the address: a new one."""

from __future__ import annotations

import html
from decimal import Decimal
from typing import Any

import streamlit as st
from babel import Locale, UnknownLocaleError

from learncraft import runtime
from learncraft.accounts.models import SubscriptionTier
from learncraft.authoring import details as service
from learncraft.authoring import pictures, sharing
from learncraft.authoring.queries import BuiltCourse
from learncraft.authoring.shapes import Details, Offer
from learncraft.authoring.sharing import Helper
from learncraft.courses.models import CourseCategory, SkillLevel
from learncraft.courses.naming import slugify
from learncraft.courses.teaching import decides_on
from learncraft.language import _, current
from pages.shared import building, frame, navigation, people, words
from pages.shared.render import plain

viewer = people.viewer(*navigation.TEACHERS)
LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl", "pl", "ru", "tr", "ar", "zh", "ja")  # offered first


def name_of_language(code: str) -> str:
    """A language's name in the reader's, such as 'German'; the code itself for one that nobody knows."""
    try:
        found = Locale.parse(code, sep="-").get_display_name(current())
    except (UnknownLocaleError, ValueError):
        return code
    return found[:1].upper() + found[1:] if found else code


def lines(typed: str) -> list[str]:
    """A text area's lines, without empty ones."""
    return [line.strip() for line in typed.splitlines() if line.strip()]


def ask_details(known: Details | None, *, frozen: bool) -> dict[str, Any]:
    """The fields of what the course says of itself."""
    title = st.text_input(_("Title"), known.title if known else "", max_chars=500, disabled=frozen)
    slug = st.text_input(
        _("Address"),
        known.slug if known else "",
        max_chars=200,
        disabled=frozen,
        help=_("The course's name in links: small letters, digits and hyphens. Empty: made of the title."),
    )
    left, middle, right = st.columns(3)
    category = left.selectbox(
        _("Subject"),
        list(CourseCategory),
        index=list(CourseCategory).index(known.category) if known else 0,
        format_func=words.CATEGORIES.__getitem__,
        disabled=frozen,
    )
    level = middle.selectbox(
        _("Level"),
        list(SkillLevel),
        index=list(SkillLevel).index(known.skill_level) if known else 0,
        format_func=words.LEVELS.__getitem__,
        disabled=frozen,
    )
    codes = list(dict.fromkeys([*LANGUAGES, known.language if known else "en"]))
    language = right.selectbox(
        _("Language"),
        codes,
        index=codes.index(known.language) if known else 0,
        format_func=name_of_language,
        disabled=frozen,
    )
    short = st.text_area(
        _("In one sentence"), known.short_description if known else "", max_chars=500, height=68, disabled=frozen
    )
    film = st.text_input(
        _("Film that everybody may watch"),
        known.preview_video_url if known else "",
        max_chars=500,
        disabled=frozen,
        placeholder="https://www.youtube.com/watch?v=…",
        help=_("Shown on the course's page to those who think of joining."),
    )
    return {
        "title": title,
        "slug": slug,
        "category": category,
        "skill_level": level,
        "language": language,
        "short_description": short,
        "preview_video_url": film,
        **ask_more(known, frozen=frozen),
    }


def ask_more(known: Details | None, *, frozen: bool) -> dict[str, Any]:
    """The longer texts, each line of a list on a line of its own."""
    description = st.text_area(
        _("Description"),
        known.description if known else "",
        height=160,
        disabled=frozen,
        help=_("Markdown or HTML. What could run or imitate is taken out."),
    )
    objectives = st.text_area(
        _("What learners can do afterwards, one line each"),
        "\n".join(known.learning_objectives) if known else "",
        disabled=frozen,
    )
    needs = st.text_area(
        _("What learners should know before, one line each"),
        "\n".join(known.prerequisites) if known else "",
        disabled=frozen,
    )
    tags = st.text_input(_("Tags, separated by commas"), ", ".join(known.tags) if known else "", disabled=frozen)
    return {
        "description": description,
        "learning_objectives": lines(objectives),
        "prerequisites": lines(needs),
        "tags": list(dict.fromkeys(tag.strip().lower() for tag in tags.split(",") if tag.strip())),
    }


def ask_offer(known: Offer, choices: dict[Any, str]) -> dict[str, Any]:
    """The fields of the terms."""
    left, middle, right = st.columns(3)
    price = left.number_input(
        _("Price in {currency}", currency=runtime.current().settings.currency),
        0.0,
        99_999.0,
        float(known.price),
        step=1.0,
        format="%.2f",
    )
    paid = [None, *(tier for tier in SubscriptionTier if tier != SubscriptionTier.FREE)]
    tier = middle.selectbox(
        _("Opened by a subscription"),
        paid,
        index=next((place for place, one in enumerate(paid) if one and one.value == known.tier), 0),
        format_func=lambda one: (
            _("No, sold by itself only") if one is None else _("{tier} and above", tier=words.tier(one))
        ),
    )
    seats = right.number_input(
        _("Seats, empty for any number"), 1, 1_000_000, known.max_students, placeholder=_("Any number")
    )
    required = st.multiselect(
        _("Courses to finish before"),
        list(choices),
        [one for one in known.required_courses if one in choices],
        format_func=choices.__getitem__,
    )
    gives = st.toggle(_("Finishing it gives a certificate"), known.gives_certificate)
    average = st.number_input(
        _("Least average of graded work in %, empty for none"),
        0.0,
        100.0,
        None if known.least_average is None else float(known.least_average),
        placeholder=_("None"),
    )
    return {
        "price": Decimal(str(price)).quantize(Decimal("0.01")),
        "tier": tier.value if tier else None,
        "max_students": int(seats) if seats else None,
        "required_courses": required,
        "gives_certificate": gives,
        "least_average": None if average is None else Decimal(str(average)),
    }


def new() -> None:
    """A course from nothing."""
    frame.head(_("New course"), _("It begins as a draft that only you see. Everything here can be changed later."))
    with frame.reading() as session:
        choices = service.required_choices(session, viewer, None)
    with st.form("new-course", enter_to_submit=False):
        given = ask_details(None, frozen=False)
        with st.expander(_("Price, seats and certificate"), icon=":material/sell:"):
            terms = ask_offer(Offer(), choices)
        asked = st.form_submit_button(_("Create the course"), type="primary", icon=":material/add:")
    if asked:
        with frame.action(_("The course is made. Add its first module.")) as session:
            given["slug"] = slugify(given["slug"]) or service.free_slug(session, given["title"])
            course_id = service.create(session, viewer, service.read_details(given), service.read_offer(terms))
        st.switch_page("pages/teach/builder.py", query_params={"course": str(course_id)})


def edit(course: BuiltCourse) -> None:
    """What a course says of itself, and its terms."""
    building.head(course, "details")
    if course.is_in_review:
        st.info(_("The course is in review. Withdraw it to change what it says."), icon=":material/hourglass:")
    with frame.reading() as session:
        offer = service.offer_of(session, course.id)
        choices = service.required_choices(session, viewer, course.id)
        helpers = sharing.helpers(session, course.id)
    with st.form("details", enter_to_submit=False):
        st.subheader(_("What it says of itself"), anchor=False)
        if course.is_seen:
            st.caption(_("Learners see changes with the next publication."))
        given = ask_details(course.details, frozen=course.is_in_review)
        saves = st.form_submit_button(_("Save the details"), type="primary", disabled=course.is_in_review)
    if saves:
        given |= {
            "thumbnail_url": course.details.thumbnail_url,
            "estimated_duration": course.details.estimated_duration,
            "slug": slugify(given["slug"]) or course.details.slug,
        }
        with frame.action(_("The details are saved")) as session:
            service.change(session, viewer, course.id, service.read_details(given), version=course.version)
        st.rerun()
    picture(course)
    if decides_on(viewer, course.instructor_id):
        change_terms(course, offer, choices)
    people_of(course, helpers)


def change_terms(course: BuiltCourse, offer: Offer, choices: dict[Any, str]) -> None:
    """The terms, for who decides on the course."""
    with st.form("offer", enter_to_submit=False):
        st.subheader(_("Price, seats and certificate"), anchor=False)
        st.caption(_("Holds at once for those who join from now on."))
        terms = ask_offer(offer, choices)
        sets = st.form_submit_button(_("Save the terms"), type="primary")
    if sets:
        with frame.action(_("The terms are saved")) as session:
            service.change_offer(session, viewer, course.id, service.read_offer(terms))
        st.rerun()


def people_of(course: BuiltCourse, helpers: list[Helper]) -> None:
    """Who teaches the course: its instructor, and who helps."""
    is_own = decides_on(viewer, course.instructor_id)
    with st.container(border=True):
        st.subheader(_("Who teaches it"), anchor=False)
        st.markdown(f":material/person: **{plain(course.instructor)}**, {_('instructor')}")
        for one in helpers:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.markdown(f":material/group: {plain(one.name)}, {plain(one.email)}", width="content")
                if (is_own or one.id == viewer.id) and st.button(
                    _("Leave") if one.id == viewer.id else _("Remove"), key=f"remove-{one.id}", type="tertiary"
                ):
                    with frame.action(_("The course is built without them from now on")) as session:
                        sharing.remove_helper(session, viewer, course.id, one.id)
                    st.rerun()
        if not is_own:
            return
        email = st.text_input(_("E-mail of somebody who teaches"), key="asked", max_chars=255)
        with st.container(horizontal=True):
            if st.button(_("Let them help"), icon=":material/person_add:", disabled=not email):
                with frame.action(_("They find the course among theirs")) as session:
                    sharing.add_helper(session, viewer, course.id, email)
                st.rerun()
            if st.button(
                _("Hand the course over"),
                icon=":material/swap_horiz:",
                disabled=not email,
                help=_("You stay as a helper."),
            ):
                with frame.action(_("The course is theirs; you help from now on")) as session:
                    sharing.hand_over(session, viewer, course.id, email)
                st.rerun()


def picture(course: BuiltCourse) -> None:
    """The picture of the course."""
    with st.container(border=True):
        st.subheader(_("Picture"), anchor=False)
        if course.details.thumbnail_url:
            st.html(
                f'<img src="{course.details.thumbnail_url}" style="max-width:20rem"'
                f' alt="{html.escape(_("The picture of the course"))}">'
            )
        given = st.file_uploader(
            _("A PNG, JPEG or WebP file of at most 5 MB"),
            type=["png", "jpg", "jpeg", "webp"],
            max_upload_size=5,
            disabled=course.is_in_review,
        )
        if given is not None and st.button(_("Use this picture"), key="use-picture", icon=":material/image:"):
            with frame.action(_("The picture is saved")) as session:
                pictures.set_picture(
                    session,
                    viewer,
                    course.id,
                    files_dir=runtime.current().settings.files_dir,
                    name=given.name,
                    data=given.getvalue(),
                )
            st.rerun()


if st.query_params.get("course"):
    edit(building.course_of_address(viewer))
else:
    new()
