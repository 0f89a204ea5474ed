"""Catalogue: which course shall I take?"""

from __future__ import annotations

import html

import streamlit as st

from learncraft.courses.catalogue_words import CATEGORIES, LEVELS
from learncraft.enrollment import facets
from learncraft.enrollment.catalogue import PAGE_SIZE, CourseCard, Sort, catalogue, record_search
from learncraft.enrollment.facets import Choice, Facet, Filters
from learncraft.enrollment.lesson_search import LessonHit
from learncraft.language import _, noted, numbers
from pages.shared import frame, people, snippets, words
from pages.shared.render import plain

SORTS = {
    noted("Best match"): Sort.RELEVANCE,
    noted("Most learners"): Sort.POPULARITY,
    noted("Newest"): Sort.NEWEST,
}

viewer = people.viewer()
frame.head(_("Catalogue"), _("Courses that are open to you. Enroll on a course's page; leave whenever you like."))
filters = Filters({facet: facets.read(facet, st.query_params.get(facet.value, "")) for facet in Facet})


def narrow(chosen: Filters) -> None:
    """Put the choices into the address, which is what the page reads them from."""
    for facet in Facet:
        if chosen.of(facet):
            st.query_params[facet.value] = ",".join(chosen.of(facet))
        elif facet.value in st.query_params:
            del st.query_params[facet.value]


def choices_of(facet: Facet, choices: tuple[Choice, ...]) -> None:
    """One facet: its values, each with how many courses it would leave."""
    name, icon = words.FACETS[facet], words.FACET_ICONS[facet]
    chosen = filters.of(facet)
    first = words.choice(facet, chosen[0]) if chosen else ""
    more = f" +{len(chosen) - 1}" if len(chosen) > 1 else ""
    with st.popover(
        f"{name}: {plain(first)}{more}" if chosen else name,
        icon=f":material/{icon}:",
        type="primary" if chosen else "secondary",
        disabled=not choices,
    ):
        for choice in choices:
            st.button(
                f"{plain(words.choice(facet, choice.value))} · {numbers.number(choice.courses)}",
                icon=":material/check_box:" if choice.is_chosen else ":material/check_box_outline_blank:",
                key=f"{facet.value}-{choice.value}",
                type="tertiary",
                on_click=narrow,
                args=(filters.toggled(facet, choice.value),),
            )


def card(course: CourseCard) -> None:
    """One course at a glance."""
    with st.container(border=True, height="stretch"):
        if course.thumbnail_url:
            st.html(f'<img class="lc-cover" src="{html.escape(course.thumbnail_url)}" alt="" loading="lazy">')
        st.page_link("pages/learn/course.py", label=f"**{plain(course.title)}**", query_params={"course": course.slug})
        st.caption(
            f"{CATEGORIES[course.category]} · {LEVELS[course.skill_level]} · "
            f"{words.counted(course.lessons, 'lesson')} · {words.minutes(course.duration_minutes)}"
        )
        if any(is_hit for _, is_hit in course.snippet):
            snippets.show(course.snippet)
        else:
            st.markdown(plain(course.short_description))
        if course.ratings:
            st.caption(f"{words.stars(course.rating)} · {words.counted(course.ratings, 'rating')}")
        if course.percent is not None:
            st.progress(
                float(course.percent) / 100,
                text=_("You are in this course: {percent} %", percent=numbers.number(course.percent)),
            )
        else:
            price = _("Free") if not course.price else numbers.number(course.price, 2)
            facts = [
                price,
                words.counted(course.learners, "learner"),
                _("by {instructor}", instructor=plain(course.instructor)),
            ]
            if course.price and course.free_lessons:
                facts.insert(1, words.counted(course.free_lessons, "free lesson"))
            st.caption(" · ".join(facts))


def cards(courses: tuple[CourseCard, ...]) -> None:
    """Cards side by side, three to a row."""
    for first in range(0, len(courses), 3):
        for column, one in zip(st.columns(3), courses[first : first + 3], strict=False):
            with column:
                card(one)


def lesson(hit: LessonHit) -> None:
    """A lesson that has the words: the way into it, or into its course for those who are not in it yet."""
    with st.container(border=True, gap="small"):
        if hit.is_readable:
            st.page_link(
                "pages/learn/lesson.py",
                label=f"**{plain(hit.title)}** · {plain(hit.course_title)}",
                icon=":material/article:",
                query_params={"id": str(hit.id)},
            )
            snippets.show(hit.snippet)
        else:
            st.page_link(
                "pages/learn/course.py",
                label=_(
                    "{title} · in the course **{course_title}**",
                    title=plain(hit.title),
                    course_title=plain(hit.course_title),
                ),
                icon=":material/lock:",
                query_params={"course": hit.course_slug},
            )


def tell_search(query: str, results: int) -> None:
    """Note a search once, not at every rerun of the page."""
    told: set[str] = st.session_state.setdefault("_searches", set())
    if query not in told:
        told.add(query)
        with frame.action() as session:
            record_search(session, viewer.id, query=query, results=results)


search = st.text_input(
    _("Search"),
    key="q",
    bind="query-params",
    placeholder=_("A subject, a word, a tag"),
    icon=":material/search:",
    max_chars=200,
    width=480,
)
choosing = st.container(horizontal=True, vertical_alignment="center", gap="small", key="choosing")
with choosing:
    sort = st.selectbox(
        _("Sort by"),
        list(SORTS),
        format_func=_,
        key="sort",
        bind="query-params",
        width=160,
        label_visibility="collapsed",
    )

page = st.session_state.get("catalogue_page", 1)
asked = (search, sort, str(filters.chosen))
if st.session_state.get("_catalogue") != asked:
    st.session_state["_catalogue"], page = asked, 1
    st.session_state.pop("catalogue_page", None)
with frame.reading() as session:
    found = catalogue(session, viewer, search=search or "", filters=filters, sort=SORTS[sort], page=page)
if search and search.strip():
    tell_search(search.strip(), found.total + len(found.lessons))

with choosing:
    for one_facet, values in found.choices.items():
        choices_of(one_facet, values)
    if filters:
        st.button(_("Reset"), icon=":material/close:", key="reset", type="tertiary", on_click=narrow, args=(Filters(),))

if found.corrected:
    st.info(
        _(
            "Nothing was found for “{search}”. This is what there is for “{corrected}”.",
            search=plain(search or ""),
            corrected=plain(found.corrected),
        ),
        icon=":material/spellcheck:",
    )
if found.cards:
    named = [plain(words.choice(facet, value)).lower() for facet in Facet for value in filters.of(facet)]
    counted = words.counted(found.total, "course")
    st.caption(_("{courses} under {choices}", courses=counted, choices=", ".join(named)) if named else counted)
elif not found.lessons:
    frame.empty(_("No course fits"), _("Try fewer words, or give up one of your choices."), "search_off")
else:
    st.caption(_("No course is about this as a whole; these lessons speak of it."))
# Whoever just opens the catalogue sees first what was chosen for it.
is_opening = not filters and not (search or "").strip() and SORTS[sort] == Sort.RELEVANCE and page == 1
featured = tuple(one for one in found.cards if one.is_featured) if is_opening else ()
if featured:
    st.subheader(_("Featured"), anchor=False)
    cards(featured)
    if len(featured) < len(found.cards):
        st.subheader(_("All courses"), anchor=False)
cards(tuple(one for one in found.cards if one not in featured))
if found.total > PAGE_SIZE:
    st.pagination(-(-found.total // PAGE_SIZE), key="catalogue_page")
if found.lessons:
    st.header(_("In lessons"), anchor=False)
    for hit in found.lessons:
        lesson(hit)
