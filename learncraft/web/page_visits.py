"""Opens pages as Streamlit's own test runner does, in this process, while what they ask is written down."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable

from streamlit.logger import set_log_level
from streamlit.testing.v1 import AppTest

from learncraft.bench.recording import Recorder
from learncraft.bench.visits import Visit
from learncraft.paths import root


class BrokenPageError(RuntimeError):
    """A page ended in a trace."""


def make(visits: Iterable[Visit], recorder: Recorder, *, progress: Callable[[str], None] = lambda _page: None) -> None:
    """Open the page of each visit and record its second run, for the first one signs in and finds its way.

    Raises:
        BrokenPageError: a page didn't end well.
    """
    set_log_level("ERROR")  # it warns of every run outside its own server
    # Its test runner makes loggers of other names, which that doesn't reach: two lines of warning for each visit.
    logging.getLogger("streamlit.runtime.scriptrunner_utils.script_run_context").setLevel(logging.ERROR)
    with recorder.listening():
        for visit in visits:
            progress(visit.name)
            app = AppTest.from_file(str(root() / "app.py"), default_timeout=60)
            app.session_state["_family"] = visit.family
            app.run()
            for name, value in visit.query.items():
                app.query_params[name] = value
            app.switch_page(visit.file)
            with recorder.run(visit.name):
                app.run()
            if app.exception:
                raise BrokenPageError(f"{visit.name} ({visit.query}): {app.exception[0].message}")
