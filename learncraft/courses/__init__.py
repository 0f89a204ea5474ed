"""Courses: course > module > lesson, with their videos and files."""
