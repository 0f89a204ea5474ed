"""The Streamlit entry: who is here, which pages they get, run."""

from __future__ import annotations

from pages.shared import frame, navigation, people

frame.begin()
viewer = people.arrive()
page = navigation.for_viewer(viewer)
frame.draw(page)
page.run()
