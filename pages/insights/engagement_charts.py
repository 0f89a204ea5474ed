"""Charts of who is active, when, and what they do."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from learncraft.analytics.engagement import ActiveDay, ActiveHour, Doing, EnrollmentDay
from learncraft.language import Spoken, _, dates, numbers
from pages.shared import charts
from pages.shared.charts import Drawn, Table

DOINGS = Spoken(
    {
        "answer_graded": "Answer graded",
        "answer_saved": "Answer saved",
        "assessment_failed": "Assessment failed",
        "assessment_graded": "Assessment graded",
        "assessment_passed": "Assessment passed",
        "assessment_started": "Assessment started",
        "assessment_submitted": "Assessment handed in",
        "bookmark_added": "Bookmark added",
        "certificate_issued": "Certificate issued",
        "course_completed": "Course finished",
        "course_viewed": "Course looked at",
        "discussion_posted": "Discussion post",
        "discussion_voted": "Discussion vote",
        "enrolled": "Enrolled",
        "flashcard_reviewed": "Flashcard reviewed",
        "hint_requested": "Hint asked for",
        "lab_checked": "Lab checked",
        "lab_expired": "Lab expired",
        "lab_passed": "Lab passed",
        "lab_started": "Lab started",
        "lesson_completed": "Lesson finished",
        "lesson_opened": "Lesson opened",
        "note_written": "Note written",
        "reading_scrolled": "Text read",
        "search_made": "Search",
        "signed_in": "Signed in",
        "tutor_asked": "Tutor asked",
        "tutor_rated": "Tutor rated",
        "unenrolled": "Left the course",
        "video_paused": "Video paused",
        "video_played": "Video started",
        "video_seeked": "Video: jumped",
        "video_watched": "Video watched",
    }
)


def active_days(days: Sequence[ActiveDay], before: Sequence[ActiveDay] | None) -> Drawn:
    """Active learners by day, beside those of the period before."""
    is_empty = not any(one.learners for one in days)
    traces = [
        go.Scatter(
            x=[one.day for one in days],
            y=[one.learners for one in days],
            customdata=[one.day.isoformat() for one in days],
            mode="lines+markers",
            name=_("Active learners"),
            line={"color": charts.LEARNERS, "width": 2.5},
            marker={"size": 5},
            fill="tozeroy",
            fillcolor="rgba(0, 114, 178, .14)",
        )
    ]
    if before and any(one.learners for one in before):
        traces.append(
            go.Scatter(
                x=[one.day for one in days],
                y=[one.learners for one in before],
                mode="lines",
                name=_("The period before"),
                line={"color": charts.BEFORE, "width": 1.5, "dash": "dot"},
            )
        )
    return Drawn(
        figure=None if is_empty else charts.figure(*traces, yaxis={"title": _("learners")}),
        table=Table(
            (_("Day"), _("Active learners"), _("Events")), tuple((one.day, one.learners, one.events) for one in days)
        ),
        nothing=_("Nobody was active in this period. Choose a longer one."),
    )


def hours(found: Sequence[ActiveHour]) -> Drawn:
    """The week as a grid of hours."""
    known = {(one.weekday, one.hour): one.learners for one in found}
    weekdays = [dates.weekday(number) for number in range(7)]
    grid = [[known.get((weekday, hour)) for hour in range(24)] for weekday in range(1, 8)]
    picture = charts.figure(
        go.Heatmap(
            z=grid,
            x=[f"{hour:02d}:00" for hour in range(24)],
            y=weekdays,
            colorscale=charts.SEQUENTIAL,
            colorbar={"title": _("learners"), "thickness": 12},
            hovertemplate=_("%{y} %{x}: %{z} learners") + "<extra></extra>",
            hoverongaps=False,
            zmin=0,
            xgap=1,
            ygap=1,
        ),
        hovermode="closest",
        xaxis={"dtick": 3, "tickangle": 0},
        yaxis={"autorange": "reversed", "rangemode": "normal", "showgrid": False},
    )
    return Drawn(
        figure=picture if found else None,
        table=Table(
            (_("Weekday"), _("Hour"), _("Learners")),
            tuple((weekdays[one.weekday - 1], f"{one.hour:02d}:00", one.learners) for one in found),
        ),
        nothing=_("Nobody was active in this period. Choose a longer one."),
    )


def doings(found: Sequence[Doing]) -> Drawn:
    """What was done, the most frequent first."""
    named = [(DOINGS.get(one.event_type, one.event_type), one) for one in found]
    shown = named[:16]
    picture = charts.figure(
        go.Bar(
            y=[label for label, _one in shown],
            x=[one.events for _label, one in shown],
            orientation="h",
            name=_("Events"),
            marker={"color": charts.LEARNERS},
            text=[
                _("{events} by {learners}", events=numbers.number(one.events), learners=numbers.number(one.learners))
                for _label, one in shown
            ],
            textposition="auto",
            cliponaxis=False,
        ),
        height=max(220, 30 * len(shown) + 60),
        hovermode="closest",
        xaxis={"title": _("events, and by how many learners"), "showgrid": True},
        yaxis={"autorange": "reversed", "rangemode": "normal"},
    )
    return Drawn(
        figure=picture if found else None,
        table=Table(
            (_("What"), _("Events"), _("Learners")), tuple((label, one.events, one.learners) for label, one in named)
        ),
        nothing=_("Nothing happened in this period. Choose a longer one."),
    )


def enrollments(days: Sequence[EnrollmentDay], *, with_money: bool = False) -> Drawn:
    """Who came, who left, who finished."""
    is_empty = not any(one.enrolled or one.left or one.finished for one in days)
    dates = [one.day for one in days]
    traces: list[go.Bar | go.Scatter] = [
        go.Bar(x=dates, y=[one.enrolled for one in days], name=_("Enrolled"), marker={"color": charts.LEARNERS}),
        go.Bar(
            x=dates,
            y=[-one.left for one in days],
            name=_("Left"),
            marker={"color": charts.WARNING, "pattern": charts.STRIPES},
            customdata=[one.left for one in days],
            hovertemplate="%{customdata}",
        ),
        go.Scatter(
            x=dates,
            y=[one.finished for one in days],
            name=_("Finished the course"),
            mode="lines+markers",
            line={"color": charts.COMPLETED, "dash": "dash"},
            marker={"symbol": "diamond", "size": 5},
        ),
    ]
    if with_money and any(one.revenue for one in days):
        revenue = go.Scatter(
            x=dates,
            y=[float(one.revenue) for one in days],
            name=_("Revenue (right)"),
            yaxis="y2",
            mode="lines",
            line={"color": charts.MONEY, "dash": "dot", "width": 2.5},
        )
        traces.append(revenue)
    layout: dict[str, object] = {"barmode": "relative", "yaxis": {"title": _("learners"), "rangemode": "normal"}}
    if len(traces) > 3:
        layout["yaxis2"] = {"overlaying": "y", "side": "right", "rangemode": "tozero", "showgrid": False}
    return Drawn(
        figure=None if is_empty else charts.figure(*traces, **layout),
        table=Table(
            (_("Day"), _("Enrolled"), _("Left"), _("Finished"), _("Revenue")),
            tuple((one.day, one.enrolled, one.left, one.finished, float(one.revenue)) for one in days),
        ),
        nothing=_("Nobody came or left in this period. Choose a longer one."),
    )


def events_of_one(days: Sequence[ActiveDay]) -> Drawn:
    """How much one learner did on each day."""
    is_empty = not any(one.events for one in days)
    bars = go.Bar(
        x=[one.day for one in days], y=[one.events for one in days], name=_("Events"), marker={"color": charts.LEARNERS}
    )
    return Drawn(
        figure=None if is_empty else charts.figure(bars, height=220, yaxis={"title": _("events")}),
        table=Table((_("Day"), _("Events")), tuple((one.day, one.events) for one in days)),
        nothing=_("This learner did nothing in this period. Choose a longer one."),
    )
