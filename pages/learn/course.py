"""A course: what is it, and how far am I?"""

from __future__ import annotations

import streamlit as st

from learncraft import runtime
from learncraft.courses import embeds
from learncraft.courses.catalogue_words import CATEGORIES, LEVELS
from learncraft.courses.models import CourseStatus
from learncraft.enrollment import cart, instructors, queries, reviews, service
from learncraft.enrollment.instructors import Teacher
from learncraft.enrollment.models import EnrollmentStatus, ProgressStatus
from learncraft.enrollment.queries import CourseView, OutlineModule
from learncraft.enrollment.registration import queries as offerings
from learncraft.enrollment.registration.queries import OfferingView
from learncraft.enrollment.way_in import WayIn, way_in
from learncraft.language import _, numbers
from pages.learn import course_reviews
from pages.shared import foreign, frame, people, portraits, words
from pages.shared.render import plain, prose

viewer = people.viewer()
with frame.reading() as session:
    course = frame.require(queries.course_for(session, viewer, st.query_params.get("course", "")), what="course")
    modules = queries.outline(session, viewer, course.id)
    way = None if course.is_enrolled else way_in(session, viewer, course.id)
    opinions = reviews.of_course(session, viewer, course.id)
    teaching = instructors.teachers(session, course.id)
    offered = [] if course.is_enrolled else offerings.of_course(session, course.id)

STATUS_ICONS = {
    ProgressStatus.NOT_STARTED: ":material/radio_button_unchecked:",
    ProgressStatus.IN_PROGRESS: ":material/timelapse:",
    ProgressStatus.COMPLETED: ":material/check_circle:",
}


def next_lesson() -> queries.OutlineLesson | None:
    """The lesson last opened while it is unfinished, else the first unfinished one."""
    lessons = [lesson for module in modules for lesson in module.lessons]
    unfinished = [lesson for lesson in lessons if lesson.status != ProgressStatus.COMPLETED]
    last = [lesson for lesson in unfinished if lesson.id == course.last_lesson_id]
    return next(iter([*last, *unfinished]), None)


def joined(course: CourseView) -> None:
    """How far the viewer is, and the way on."""
    lessons = sum(len(module.lessons) for module in modules)
    done = sum(module.completed for module in modules)
    st.progress(
        done / lessons if lessons else 0.0,
        text=_("{done} of {lessons} finished", done=done, lessons=words.counted(lessons, "lesson")),
    )
    following = next_lesson()
    if following is None:
        st.success(_("You have finished this course."), icon=":material/workspace_premium:")
        st.page_link("pages/learn/certificates.py", label=_("My certificates"), icon=":material/workspace_premium:")
        return
    label = _("Start") if done == 0 and course.last_lesson_id is None else _("Continue")
    if st.button(f"{label}: {plain(following.title)}", type="primary", icon=":material/play_arrow:", key="continue"):
        st.switch_page("pages/learn/lesson.py", query_params={"id": str(following.id)})


def not_joined(course: CourseView, way: WayIn) -> None:
    """The way in."""
    if course.status != CourseStatus.PUBLISHED:
        st.info(_("Learners can't see this course until it is published."), icon=":material/visibility_off:")
        return
    if way.expired_at is not None:
        day = words.day(way.expired_at, viewer.time_zone)
        st.info(_("Your place ended on {day}. Your progress is kept.", day=day), icon=":material/event_busy:")
    if way.required:
        builds_on(way)
    if way.is_missing_a_course:
        return
    if way.is_by_registration and not way.is_paid_for:
        st.info(
            _("Places in this course are given by registration.")
            if offered
            else _("Places in this course are given by registration. Nothing is offered now; look again later."),
            icon=":material/how_to_reg:",
        )
        return
    if way.costs_something:
        to_buy(course, way)
        return
    label = _("Enroll for free") if not way.price else _("Enroll with your subscription")
    if way.is_paid_for:
        label = _("Take your place again")
    if st.button(label, type="primary", icon=":material/add:", key="enroll"):
        with frame.action(_("You are enrolled. Have a good time!")) as session:
            service.enroll(session, learner_id=viewer.id, course_id=course.id)
        st.rerun()


def builds_on(way: WayIn) -> None:
    """The courses to finish before, and how far the viewer is in each."""
    if way.is_missing_a_course:
        st.info(_("This course builds on others. Finish them first, then you can join."), icon=":material/lock:")
    for one in way.required:
        if one.is_finished:
            state = _("finished")
        elif one.percent is None:
            state = _("you are not in it yet")
        else:
            state = _("you are at {percent} %", percent=numbers.number(one.percent))
        st.page_link(
            "pages/learn/course.py",
            label=f"**{plain(one.title)}** · {state}",
            icon=":material/check_circle:" if one.is_finished else ":material/radio_button_unchecked:",
            query_params={"course": one.slug},
        )


def preview() -> None:
    """The film and the way into a lesson that everybody may see, for those who aren't in the course."""
    film = embeds.address(course.film) if course.film else None
    if film is not None:
        foreign.show(film, _("A film about {title}", title=course.title), f"film-{course.id}", label=_("Play the film"))
    elif course.film:
        foreign.elsewhere(course.film, _("The film about this course can't be shown here any more."))
    free = [lesson for module in modules for lesson in module.lessons if lesson.is_free]
    if free:
        st.page_link(
            "pages/learn/lesson.py",
            label=_("Look into it first: {title} is free", title=plain(free[0].title)),
            icon=":material/visibility:",
            query_params={"id": str(free[0].id)},
        )


def to_buy(course: CourseView, way: WayIn) -> None:
    """The price, and the way into the cart."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"### {words.money(way.price, runtime.current().settings.currency)}", width="content")
        if way.is_in_cart:
            st.page_link("pages/account/cart.py", label=_("Go to your cart"), icon=":material/shopping_cart:")
        elif st.button(_("Put into the cart"), type="primary", icon=":material/add_shopping_cart:", key="to-cart"):
            with frame.action(_("It is in your cart")) as session:
                cart.put_in(session, learner_id=viewer.id, course_id=course.id)
            st.rerun()
    if way.least_tier is not None:
        st.caption(_("Or with a subscription, {least_tier} and above.", least_tier=words.tier(way.least_tier)))
        st.page_link(
            "pages/account/subscription.py", label=_("Look at subscriptions"), icon=":material/card_membership:"
        )


def with_others(one: OfferingView) -> None:
    """An offering of the course: when, how many places, and the way to register."""
    with st.container(border=True, gap="small"):
        st.page_link(
            "pages/learn/registration.py",
            label=f"**{plain(one.title)}**",
            icon=":material/how_to_reg:",
            query_params={"offering": str(one.id)},
        )
        for cohort in one.cohorts:
            if cohort.is_active:
                left = (
                    ""
                    if cohort.free is None
                    else " · " + _("{places} left", places=words.counted(cohort.free, "place"))
                )
                if cohort.free == 0:
                    left = " · " + _("full, with a waiting list")
                st.caption(
                    _(
                        "{name}: begins {day}{left}",
                        name=plain(cohort.name),
                        day=words.date_of(cohort.start_date),
                        left=left,
                    )
                )
        if one.closed:
            st.caption(one.closed)


def teacher(person: Teacher) -> None:
    """Somebody who teaches the course, in short, with the way to their profile."""
    with st.container(horizontal=True, vertical_alignment="center"):
        portraits.show(person.name, person.picture)
        st.page_link(
            "pages/learn/instructor.py", label=f"**{plain(person.name)}**", query_params={"id": str(person.id)}
        )
    if person.about:
        st.markdown(plain(person.about))


def lessons_of(module: OutlineModule, is_open: bool) -> None:
    """A module with its lessons, those one may open as links."""
    with st.expander(
        _(
            "**{title}** · {completed} of {lessons}",
            title=plain(module.title),
            completed=module.completed,
            lessons=len(module.lessons),
        )
        if course.is_enrolled
        else f"**{plain(module.title)}** · {words.counted(len(module.lessons), 'lesson')}",
        expanded=is_open,
    ):
        if module.description:
            st.caption(plain(module.description))
        may_open = course.is_enrolled or course.is_taught
        for lesson in module.lessons:
            takes = f" · {words.minutes(lesson.duration_minutes)}" if lesson.duration_minutes else ""
            label = f"{plain(lesson.title)}{takes}"
            icon = (
                STATUS_ICONS[lesson.status]
                if course.is_enrolled
                else f":material/{words.LESSON_ICONS[lesson.lesson_type]}:"
            )
            if may_open or lesson.is_free:
                st.page_link(
                    "pages/learn/lesson.py",
                    label=label if may_open else _("{label} · free preview", label=label),
                    icon=icon,
                    query_params={"id": str(lesson.id)},
                )
            else:
                st.caption(f"{icon} {label}")


frame.head(
    plain(course.title),
    _(
        "{CATEGORIES} · {LEVELS} · {duration_minutes} · by {instructor}",
        CATEGORIES=CATEGORIES[course.category],
        LEVELS=LEVELS[course.skill_level],
        duration_minutes=words.minutes(course.duration_minutes),
        instructor=plain(course.instructor),
    ),
)
if course.short_description:
    st.markdown(plain(course.short_description))
if way is None:
    joined(course)
    st.page_link(
        "pages/learn/grades.py", label=_("My grades"), icon=":material/grading:", query_params={"course": course.slug}
    )
    st.page_link(
        "pages/learn/discussion.py",
        label=_("Discussion"),
        icon=":material/forum:",
        query_params={"course": str(course.id)},
    )
else:
    not_joined(course, way)
    preview()
    if offered:
        st.header(_("With others"), anchor=False)
    for offering in offered:
        with_others(offering)

st.header(_("What is inside"), anchor=False)
following = next_lesson()
for place, one in enumerate(modules):
    holds_next = following is not None and any(lesson.id == following.id for lesson in one.lessons)
    lessons_of(one, is_open=holds_next if course.is_enrolled else place == 0)

if course.learning_objectives:
    st.header(_("What you will be able to do"), anchor=False)
    st.markdown("\n".join(f"- {plain(line)}" for line in course.learning_objectives))
if course.prerequisites:
    st.header(_("What you need before"), anchor=False)
    st.markdown("\n".join(f"- {plain(line)}" for line in course.prerequisites))
if course.description:
    st.header(_("About the course"), anchor=False)
    prose(course.description)
st.header(_("Who teaches"), anchor=False)
for person in teaching:
    teacher(person)

course_reviews.show(viewer, course, opinions)

if course.enrollment == EnrollmentStatus.ACTIVE:
    with st.popover(_("Leave this course"), icon=":material/logout:", type="tertiary"):
        st.markdown(_("You leave the course; your progress and answers are kept, and you may come back."))
        if st.button(_("Leave the course"), key="leave"):
            with frame.action(_("You have left the course")) as session:
                service.leave(session, learner_id=viewer.id, course_id=course.id)
            st.rerun()
