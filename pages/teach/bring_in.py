"""Import a course: bring an archive in, and see what became of each item."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pandas as pd
import streamlit as st

from learncraft import runtime
from learncraft.errors import LearnCraftError
from learncraft.interchange.document import Outcome
from learncraft.interchange.service import ImportResult, import_course
from learncraft.language import Spoken, _
from pages.shared import frame, navigation, people

viewer = people.viewer(*navigation.TEACHERS)
RESULT = "_import_result"
OUTCOMES = Spoken({Outcome.IMPORTED: "Imported", Outcome.CONVERTED: "Converted", Outcome.SKIPPED: "Skipped"})

frame.head(
    _("Import a course"), _("An Open edX course archive (OLX, .tar.gz or .zip). Importing it again updates the course.")
)


def bring_in(name: str, data: bytes, *, dry_run: bool) -> ImportResult | None:
    """Read the archive and store the course; an archive that can't be read is said in words."""
    here = runtime.current()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / Path(name).name
        path.write_bytes(data)
        try:
            return import_course(
                here.database,
                here.settings,
                path,
                instructor_email=viewer.email,
                dry_run=dry_run,
                who=people.acting(),
            )
        except LearnCraftError as error:
            st.error(str(error), icon=":material/error:")
            return None


archive = st.file_uploader(_("Course archive"), type=["gz", "tgz", "tar", "zip"], key="archive", max_upload_size=1024)
with st.container(horizontal=True):
    look = st.button(_("Look first"), disabled=archive is None, icon=":material/search:", key="look")
    do = st.button(_("Import"), type="primary", disabled=archive is None, icon=":material/upload:", key="import")
if archive is not None and (look or do):
    with st.spinner(_("Reading the archive")):
        st.session_state[RESULT] = (bring_in(archive.name, archive.getvalue(), dry_run=look), look)

result, was_dry = st.session_state.get(RESULT, (None, False))
if result is not None:
    counts = result.counts
    if was_dry:
        st.info(_("“{title}” was read; nothing is stored yet.", title=result.title), icon=":material/search:")
    else:
        st.success(
            _("“{title}” is new among your courses.", title=result.title)
            if result.created
            else _("“{title}” is updated in your courses.", title=result.title),
            icon=":material/check_circle:",
        )
        st.page_link("pages/teach/courses.py", label=_("Go to my courses"), icon=":material/co_present:")
    for column, outcome in zip(st.columns(3), Outcome, strict=True):
        column.metric(OUTCOMES[outcome], counts[outcome], border=True)
    table = pd.DataFrame(
        [(OUTCOMES[item.outcome], item.kind, item.title, item.detail, item.path) for item in result.report],
        columns=[_("Outcome"), _("Kind"), _("Title"), _("How or why"), _("Path")],
    )
    shown = st.pills(_("Show"), list(Outcome), format_func=OUTCOMES.__getitem__, selection_mode="multi", key="outcomes")
    wanted = [OUTCOMES[one] for one in shown]
    st.dataframe(table[table[_("Outcome")].isin(wanted)] if wanted else table, hide_index=True)
    st.download_button(
        _("Report as CSV"),
        table.to_csv(index=False).encode(),
        f"{result.slug}-import.csv",
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
    )
