"""Grades of a course: learners by assessments, what makes the total, and what people set by hand."""
