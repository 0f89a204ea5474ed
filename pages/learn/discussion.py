"""Discussion: what do others ask about this course, and who knows the answer?"""

from __future__ import annotations

from uuid import UUID

import streamlit as st

from learncraft.community import discussions, threads
from learncraft.community.discussions import Part
from learncraft.community.threads import Post, ThreadLine
from learncraft.courses.prose import without_pictures
from learncraft.enrollment import queries
from learncraft.errors import LearnCraftError
from learncraft.language import _, noted
from pages.shared import frame, people, words
from pages.shared.addresses import uuid_of
from pages.shared.render import plain

viewer = people.viewer()
frame.show_kept_error()
thread_id = uuid_of(st.query_params.get("thread"))
lesson_id = uuid_of(st.query_params.get("lesson"))
# A link within this page leaves the browser's address as it was, and the next click would come from there.
st.query_params["course"] = st.query_params.get("course", "")


def address(**more: str) -> dict[str, str]:
    """The address of this page with the course, and what else is given."""
    return {"course": str(part.course_id)} | more


def cast(post_id: UUID, value: int) -> None:
    """Vote, at a click."""
    with frame.saving() as session:
        if session is not None:
            discussions.vote(session, viewer, post_id, value)


def act(action: str, post: Post) -> None:
    """Accept or hide, at a click."""
    with frame.saving() as session:
        if session is not None:
            if action == "accept":
                discussions.accept(session, viewer, post.id, is_accepted=not post.is_accepted)
            else:
                discussions.hide(session, viewer, post.id, is_hidden=not post.is_hidden)


def votes(post: Post) -> None:
    """For and against, with the sum between."""
    up, down = post.my_vote == 1, post.my_vote == -1
    st.button(
        str(post.votes),
        key=f"up-{post.id}",
        icon=":material/thumb_up:",
        type="primary" if up else "tertiary",
        help=_("Take your vote back") if up else _("This helps"),
        disabled=post.is_own,
        on_click=cast,
        args=(post.id, 0 if up else 1),
    )
    st.button(
        "",
        key=f"down-{post.id}",
        icon=":material/thumb_down:",
        type="primary" if down else "tertiary",
        help=_("Take your vote back") if down else _("This doesn't help"),
        disabled=post.is_own,
        on_click=cast,
        args=(post.id, 0 if down else -1),
    )


def one_post(post: Post, question: Post | None) -> None:
    """One contribution, and what can be done with it."""
    with st.container(border=True, key=f"post-{post.id}"):
        if post.is_accepted:
            st.badge(_("The answer"), icon=":material/check_circle:", color="green")
        teacher = f" · {_('teaches this course')}" if post.is_by_teacher else ""
        changed = f" · {_('changed')}" if post.is_changed and not post.is_hidden else ""
        st.caption(f"**{plain(post.author)}**{teacher} · {words.when(post.written_at, viewer.time_zone)}{changed}")
        if post.is_hidden:
            st.caption(_(":material/visibility_off: This contribution was taken away."))
        if post.content:
            st.html(f'<div class="lc-prose">{without_pictures(post.content)}</div>')
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            votes(post)
            asked = question is not None and question.is_question
            if asked and not post.is_hidden and (part.moderates or (question is not None and question.is_own)):
                st.button(
                    _("Not the answer") if post.is_accepted else _("This is the answer"),
                    key=f"accept-{post.id}",
                    icon=":material/check:",
                    type="tertiary",
                    on_click=act,
                    args=("accept", post),
                )
            if part.moderates or (post.is_own and not post.is_hidden):
                st.button(
                    _("Show again") if post.is_hidden else _("Take away"),
                    key=f"hide-{post.id}",
                    icon=":material/visibility:" if post.is_hidden else ":material/delete:",
                    type="tertiary",
                    on_click=act,
                    args=("hide", post),
                )
            if post.is_own and not post.is_hidden:
                changing(post)


def changing(post: Post) -> None:
    """Write one's own contribution anew."""
    with st.popover(_("Change"), icon=":material/edit:", type="tertiary"):
        content = st.text_area(_("Text"), post.content, max_chars=discussions.LONGEST, key=f"change-{post.id}")
        if st.button(_("Save"), key=f"save-{post.id}", type="primary"):
            with frame.action(_("Changed")) as session:
                discussions.change(session, viewer, post.id, content=content)
            st.rerun()


def one_thread(wanted: UUID) -> None:
    """A thread with its replies, and the field for another one."""
    with frame.reading() as session:
        posts = frame.require(threads.thread(session, viewer, part, wanted), what="thread")
    first, *replies = posts
    about = " · " + _("about {lesson}", lesson=plain(first.lesson)) if first.lesson else ""
    frame.head(plain(first.title), f"{plain(course_title)}{about}")
    with st.container(horizontal=True):
        st.page_link(
            "pages/learn/discussion.py", label=_("All threads"), icon=":material/arrow_back:", query_params=address()
        )
        if first.lesson_id:
            st.page_link(
                "pages/learn/lesson.py",
                label=_("The lesson"),
                icon=":material/article:",
                query_params={"id": str(first.lesson_id)},
            )
    one_post(first, None)
    if replies:
        st.header(words.counted(len(replies), "reply", "replies"), anchor=False)
    for post in replies:
        one_post(post, first)
    if first.is_hidden:
        return
    with st.form("reply", clear_on_submit=True):
        content = st.text_area(_("Your reply"), max_chars=discussions.LONGEST, key="reply-text", help=_(MARKDOWN))
        if st.form_submit_button(_("Reply"), type="primary", icon=":material/send:"):
            with frame.action(_("Sent")) as session:
                discussions.reply(session, viewer, wanted, content=content)
            st.rerun()


def line(one: ThreadLine) -> None:
    """One thread of the list."""
    icon = (
        ":material/check_circle:" if one.is_answered else ":material/help:" if one.is_question else ":material/forum:"
    )
    with st.container(border=True, gap="small"):
        st.page_link(
            "pages/learn/discussion.py",
            label=f"**{plain(one.title)}**",
            icon=icon,
            query_params=address(thread=str(one.id)),
        )
        facts = [
            plain(one.author),
            words.counted(one.replies, "reply", "replies"),
            f"{one.votes:+d}" if one.votes else "",
        ]
        if one.lesson:
            facts.append(plain(one.lesson))
        if one.is_question:
            facts.append(_("answered") if one.is_answered else _("open question"))
        if one.is_hidden:
            facts.append(_("taken away"))
        facts.append(words.when(one.last_at, viewer.time_zone))
        st.caption(" · ".join(filter(None, facts)))


def beginning() -> None:
    """The form for a new thread."""
    with st.expander(_("Ask or tell something"), icon=":material/add_comment:"), st.form("thread"):
        title = st.text_input(_("Title"), max_chars=discussions.LONGEST_TITLE, key="thread-title")
        content = st.text_area(_("Text"), max_chars=discussions.LONGEST, key="thread-text", help=_(MARKDOWN))
        is_question = st.checkbox(_("It is a question"), value=True, key="thread-question")
        if st.form_submit_button(_("Send"), type="primary", icon=":material/send:"):
            with frame.action(_("Sent")) as session:
                made = discussions.begin(
                    session,
                    viewer,
                    part.course_id,
                    title=title,
                    content=content,
                    is_question=is_question,
                    lesson_id=lesson_id,
                )
            st.query_params.from_dict(address(thread=str(made)))
            st.rerun()


def all_threads() -> None:
    """The threads of the course, or of one lesson."""
    frame.head(_("Discussion"), plain(course_title) + (" · " + _("one lesson") if lesson_id else ""))
    with st.container(horizontal=True):
        st.page_link(
            "pages/learn/course.py", label=_("The course"), icon=":material/toc:", query_params={"course": course_slug}
        )
        if lesson_id:
            st.page_link(
                "pages/learn/lesson.py",
                label=_("The lesson"),
                icon=":material/article:",
                query_params={"id": str(lesson_id)},
            )
            st.page_link("pages/learn/discussion.py", label=_("The whole course"), query_params=address())
    with st.container(horizontal=True, vertical_alignment="bottom"):
        search = st.text_input(_("Search"), key="q", icon=":material/search:", max_chars=200, width=320)
        only_open = st.toggle(_("Open questions only"), key="open-only")
    with frame.reading() as session:
        found, total = threads.of_course(
            session,
            part,
            lesson_id=lesson_id,
            only_open=only_open,
            search=search or "",
            page=st.session_state.get("threads_page", 1),
        )
    beginning()
    if not found:
        frame.empty(_("Nothing here yet"), _("Ask what you don't understand; somebody else wonders too."), "forum")
    for one in found:
        line(one)
    if total > threads.PAGE_SIZE:
        st.pagination(-(-total // threads.PAGE_SIZE), key="threads_page")


MARKDOWN = noted("Markdown. Write @FirstLast to name somebody of the course: they get a letter.")
with frame.reading() as session:
    named = frame.require(queries.course_named(session, uuid_of(st.query_params.get("course"))), what="discussion")
    course_title, course_slug = named[1:]
    try:
        part: Part = discussions.part_in(session, viewer, named[0])
    except LearnCraftError as error:
        st.title(_("Discussion"), anchor=False)
        st.info(str(error), icon=":material/lock:")
        st.page_link(
            "pages/learn/course.py", label=_("The course"), icon=":material/toc:", query_params={"course": course_slug}
        )
        st.stop()
if thread_id is None:
    all_threads()
else:
    one_thread(thread_id)
