"""Charts of how videos are watched."""

from __future__ import annotations

from collections.abc import Sequence

import plotly.graph_objects as go

from learncraft.analytics.video import Slice, VideoUse
from learncraft.courses.queries import VideoName
from learncraft.language import _, numbers
from pages.shared import charts
from pages.shared.charts import Drawn, Table


def clock(second: float) -> str:
    """A moment of a video, such as 2:05."""
    minutes, seconds = divmod(int(second), 60)
    return f"{minutes}:{seconds:02d}"


def videos(names: Sequence[VideoName], found: Sequence[VideoUse]) -> Drawn:
    """How many watched each video."""
    known = {one.video_id: one for one in found}
    shown = [(one, known[one.id]) for one in names if one.id in known]
    labels = charts.numbered([one.title for one, _use in shown])
    picture = charts.figure(
        go.Bar(
            y=labels,
            x=[use.viewers for _name, use in shown],
            customdata=[str(one.id) for one, _use in shown],
            orientation="h",
            name=_("Viewers"),
            marker={"color": charts.LEARNERS},
            text=[
                _(
                    "{viewers} · {minutes} min each",
                    viewers=numbers.number(use.viewers),
                    minutes=numbers.number(use.seconds / 60 / use.viewers),
                )
                for _name, use in shown
            ],
            textposition="auto",
            cliponaxis=False,
        ),
        height=max(200, 34 * len(labels) + 60),
        hovermode="closest",
        xaxis={"title": _("viewers, and the minutes that each watched"), "showgrid": True},
        yaxis={"autorange": "reversed", "rangemode": "normal"},
    )
    return Drawn(
        figure=picture if shown else None,
        table=Table(
            (_("Video"), _("Lesson"), _("Viewers"), _("Watched (min, all together)")),
            tuple((one.title, one.lesson, use.viewers, round(use.seconds / 60, 1)) for one, use in shown),
        ),
        nothing=_("Nobody has watched a video of this course in this period."),
    )


def attention(video: VideoName, viewers: int, step: int, slices: Sequence[Slice]) -> Drawn:
    """The share of viewers who saw each part, and how often they played it."""
    known = {one.second: one for one in slices}
    last = max([*known, (video.seconds or 1) - 1])
    seconds = list(range(0, last + 1, step))
    shares = [100 * known[at].viewers / viewers if at in known and viewers else 0.0 for at in seconds]
    again = [known[at].views / known[at].viewers if at in known else 0.0 for at in seconds]
    labels = [clock(at) for at in seconds]
    peaks = sorted(
        (at for at, times in zip(seconds, again, strict=True) if times >= 1.5), key=lambda at: -again[at // step]
    )
    note = (
        _("Watched again most at {moments}.", moments=", ".join(clock(at) for at in sorted(peaks[:3]))) if peaks else ""
    )
    return Drawn(
        figure=_curves(seconds, labels, shares, again) if slices else None,
        table=Table(
            (_("From"), _("Viewers"), _("Share of viewers (%)"), _("Plays"), _("Times played by each")),
            tuple(
                (
                    label,
                    known[at].viewers if at in known else 0,
                    round(share, 1),
                    known[at].views if at in known else 0,
                    round(times, 2),
                )
                for at, label, share, times in zip(seconds, labels, shares, again, strict=True)
            ),
        ),
        nothing=_("Nobody has watched this video in this period."),
        note=note,
    )


def _curves(
    seconds: Sequence[int], labels: Sequence[str], shares: Sequence[float], again: Sequence[float]
) -> go.Figure:
    """How many saw each second, and, by the axis on the right, how often."""
    return charts.figure(
        go.Scatter(
            x=seconds,
            y=shares,
            name=_("Saw it (% of viewers)"),
            mode="lines",
            line={"color": charts.LEARNERS, "width": 2.5},
            fill="tozeroy",
            fillcolor="rgba(0, 114, 178, .14)",
            customdata=labels,
        ),
        go.Scatter(
            x=seconds,
            y=again,
            name=_("Times played by each (right)"),
            yaxis="y2",
            mode="lines",
            line={"color": charts.WARNING, "width": 2, "dash": "dot"},
        ),
        xaxis={
            "title": _("time in the video"),
            "tickvals": seconds[:: max(1, len(seconds) // 8)],
            "ticktext": labels[:: max(1, len(seconds) // 8)],
        },
        yaxis={"title": _("% of viewers"), "range": [0, 105]},
        yaxis2={
            "overlaying": "y",
            "side": "right",
            "rangemode": "tozero",
            "tickmode": "linear",
            "dtick": 1,
            "showgrid": False,
        },
    )
