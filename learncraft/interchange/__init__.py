"""Courses in and out of other systems' formats.

Stands above courses and assessments because a course that comes in brings both. Every format is read
into one `document.CourseDocument`, and `writer` alone puts documents into the database.
"""
