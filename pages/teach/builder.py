"""The course builder: what is in the course, and what does each lesson say?"""

from __future__ import annotations

import streamlit as st

from learncraft.web import authoring
from pages.shared import building, frame, navigation, people
from pages.shared.addresses import uuid_of
from pages.teach import course_builder

viewer = people.viewer(*navigation.TEACHERS)
course = building.course_of_address(viewer)
lesson = uuid_of(st.query_params.get("lesson"))  # asked for by the part itself, together with its module
block = st.query_params.get("block")  # one that somebody found something at
with frame.reading() as session:
    outline = authoring.outline(session, course, None)

building.head(course, "builder")
course_builder.show(outline, lesson, block, questions=navigation.address_of("pages/teach/assessment.py"))
