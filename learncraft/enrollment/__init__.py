"""Enrollment: catalogue, joining a course, and progress through it."""
